//! Lost, doubled and shuffled deliveries end in the same labels and the same comments.

use hotwash::domain::hint::Hint;

use super::scene::{BODY, Scene, alice, bob};
use crate::support::settings::setting;

/// What is visible in the end.
#[derive(Debug, PartialEq, Eq)]
struct End {
    labels: Vec<String>,
    comments: Vec<String>,
    collapsed: usize,
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// How deliveries fare: in percent.
#[derive(Clone, Copy)]
struct Weather {
    lost: u64,
    doubled: u64,
    shuffled: bool,
}

async fn story(weather: Weather, random: &mut Random) -> End {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    let mut held: Vec<(u64, Hint)> = Vec::new();
    let steps: [(&str, &str); 10] = [
        ("09:00", ""),
        ("09:04", "ack"),
        ("09:08", "high"),
        ("10:20", "sitrep"),
        ("10:40", "remediate"),
        ("11:10", "other"),
        ("12:20", "sitrep"),
        ("12:40", "resolve"),
        ("12:50", "close"),
        ("13:10", ""),
    ];
    for (moment, what) in steps {
        pass(&mut scene, moment, weather, random, &mut held).await;
        match what {
            "ack" => drop(scene.model.say(&bob(), issue, "@hotwash ack")),
            "high" => scene.model.label(&alice(), issue, "severity::high"),
            "sitrep" => drop(scene.model.say(&bob(), issue, "[sitrep] still looking")),
            "remediate" => scene.model.label(&alice(), issue, "phase::remediate"),
            "other" => scene.model.label(&bob(), issue, "customer::acme"),
            "resolve" => scene.model.edit(&alice(), issue, "investigating", "resolved"),
            "close" => scene.model.close(&alice(), issue),
            _ => {}
        }
    }
    pass(&mut scene, "14:00", weather, random, &mut held).await;
    let mut comments = scene.keys(issue);
    comments.sort();
    let collapsed = scene.model.open().collapsed.len();
    End { labels: scene.labels(issue), comments, collapsed }
}

/// Time passes, with a sweep every five minutes.
async fn pass(scene: &mut Scene, moment: &str, weather: Weather, random: &mut Random, held: &mut Vec<(u64, Hint)>) {
    let end = super::scene::at(moment);
    loop {
        deliver(scene, weather, random, held).await;
        scene.engine.sweep_once().await;
        scene.engine.work_off().await.unwrap();
        let now = hotwash::clock::Clock::now(scene.clock.as_ref());
        if now >= end {
            break;
        }
        let due = scene.store.next_due().await.unwrap().unwrap_or(end);
        let sweep = now + chrono::TimeDelta::minutes(1);
        scene.clock.set(due.min(sweep).min(end).max(now));
    }
}

async fn deliver(scene: &mut Scene, weather: Weather, random: &mut Random, held: &mut Vec<(u64, Hint)>) {
    held.append(&mut scene.model.open().outbox);
    if weather.shuffled {
        for index in (1..held.len()).rev() {
            let other = usize::try_from(random.below(u64::try_from(index + 1).unwrap())).unwrap();
            held.swap(index, other);
        }
    }
    // Some wait for a later turn.
    let keep = if weather.shuffled { held.len() / 3 } else { 0 };
    let later = held.split_off(held.len() - keep);
    for (number, hint) in std::mem::replace(held, later) {
        if random.below(100) < weather.lost {
            continue;
        }
        scene.deliver(number, &hint).await;
        if random.below(100) < weather.doubled {
            scene.deliver(number, &hint).await;
        }
    }
}

#[tokio::test]
async fn disordered_deliveries_end_in_the_same_state() {
    let calm = Weather { lost: 0, doubled: 0, shuffled: false };
    let undisturbed = story(calm, &mut Random(1)).await;
    assert!(undisturbed.comments.iter().any(|key| key.starts_with("reminder/")), "{undisturbed:?}");
    let cases: u64 = setting("HOTWASH_CASES").and_then(|text| text.parse().ok()).unwrap_or(60);
    let seed: u64 = setting("HOTWASH_SEED").and_then(|text| text.parse().ok()).unwrap_or(20_261_116);
    let weathers = [
        Weather { lost: 30, doubled: 0, shuffled: false },
        Weather { lost: 0, doubled: 60, shuffled: true },
        Weather { lost: 30, doubled: 40, shuffled: true },
        Weather { lost: 100, doubled: 0, shuffled: false },
    ];
    for case in 0..cases {
        let mut random = Random(seed.wrapping_add(case).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let weather = weathers[usize::try_from(case).unwrap() % weathers.len()];
        let end = story(weather, &mut random).await;
        assert_eq!(end, undisturbed, "seed {seed} case {case}");
    }
}
