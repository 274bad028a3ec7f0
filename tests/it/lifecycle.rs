//! The whole program against a simulated forge over real HTTP: one incident from the report to the retrospective, in
//! fair weather and foul, and with the power cut; each on GitHub and on GitLab. What an incident costs the forge is counted
//! in `drill::calls`, where no other work of the machine disturbs it.
//!
//! `HOTWASH_SEED` repeats a run, `HOTWASH_KILLS` sets how often the power is cut.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use hotwash::drill::{face::Kind, faults::Mail};
use tokio::task::JoinSet;

use crate::support::{
    bot::Settings,
    forge::Outcome,
    kills::{killed, lost},
    settings::{number, say, seed},
    stage::Stage,
    story::whole_incident,
    thread::Canonical,
};

/// One hour of the incident takes six seconds.
const SPEED: u32 = 600;

fn settings() -> Settings {
    Settings { speed: SPEED, sweep_every: "2s" }
}

/// The story in one kind of weather; what it ended in, and that nothing acknowledged was lost.
async fn story_in(on: Kind, name: &str, weather: Mail, seed: u64) -> Canonical {
    let stage = Stage::set_on(on, &settings(), seed).await;
    stage.forge.weather(weather);
    stage.watched_by(Box::new(|scene| assert!(scene.of_kind("board").len() <= 1, "two boards")));
    let (_, end) = whole_incident(&stage, &|step| say(&format!("{name}: {step}"))).await;
    assert_eq!(stage.stop_bot(), Some(0), "a graceful stop, {name}");
    let log = stage.forge.log();
    assert_eq!(lost(&log, &stage.folder().join("hotwash.db")), Vec::<String>::new(), "{name}");
    let refused: Vec<_> = log.iter().filter(|it| matches!(it.outcome, Outcome::Answered(_))).collect();
    assert!(refused.is_empty(), "an authentic delivery is never refused: {refused:?}");
    end
}

/// What the story ends in, however it was disturbed.
fn assert_ends_as_expected(end: &Canonical) {
    let count = |kind: &str| end.comments.iter().filter(|(it, _)| it.starts_with(kind)).map(|(_, n)| n).sum::<usize>();
    assert_eq!(end.labels, ["incident", "phase::retrospective", "severity::high", "status::resolved"]);
    assert_eq!(end.reminded.iter().collect::<Vec<_>>(), ["acknowledge", "sitrep"]);
    assert_eq!((count("board "), count("retrospective ")), (1, 2), "{end:?}");
}

async fn an_incident(on: Kind) {
    let end = story_in(on, "fair", Mail::default(), seed()).await;
    assert_ends_as_expected(&end);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_incident_from_its_report_to_its_retrospective() {
    an_incident(Kind::Github).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_incident_from_its_report_to_its_retrospective_on_gitlab() {
    an_incident(Kind::Gitlab).await;
}

async fn any_weather(on: Kind) {
    let mut ends = BTreeMap::new();
    let (seed, delay) = (seed(), TimeDelta::seconds(1));
    let weathers = [
        ("fair", Mail::default()),
        ("dropped", Mail { drop: 40, ..Mail::default() }),
        ("doubled", Mail { double: 80, late: 40, delay, ..Mail::default() }),
        ("shuffled and delayed", Mail { late: 60, delay, ..Mail::default() }),
        ("all of it", Mail { drop: 30, double: 40, late: 60, delay }),
    ];
    // Side by side, each on its own stage: most of a story is waiting.
    let mut stories = JoinSet::new();
    for (name, weather) in weathers {
        stories.spawn(async move { (name, story_in(on, name, weather, seed).await) });
    }
    for (name, end) in stories.join_all().await {
        assert_ends_as_expected(&end);
        ends.insert(name, end);
    }
    for (name, end) in &ends {
        assert_eq!(Some(end), ends.get("fair"), "{name}, seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lost_doubled_and_shuffled_deliveries_end_in_the_same_labels_and_comments() {
    any_weather(Kind::Github).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lost_doubled_and_shuffled_deliveries_end_in_the_same_labels_and_comments_on_gitlab() {
    any_weather(Kind::Gitlab).await;
}

async fn power_cuts(on: Kind) {
    let seed = seed();
    let kills = number("HOTWASH_KILLS", 3);
    let undisturbed = story_in(on, "undisturbed", Mail::default(), seed).await;
    killed(on, &settings(), &undisturbed, kills, seed).await;
    say(&format!("{kills} kills, seed {seed}: no acknowledged delivery lost, no comment doubled"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn power_cuts_lose_nothing_and_double_nothing() {
    power_cuts(Kind::Github).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn power_cuts_lose_nothing_and_double_nothing_on_gitlab() {
    power_cuts(Kind::Gitlab).await;
}
