//! What goes wrong: each fault as the adapter meets it, whether it was done all the same, and that the same seed gives
//! the same weather.

use chrono::TimeDelta;
use hotwash::drill::faults::{Effect, How, Mail, Switch};

use super::bench::{Bench, Ear, PATH, at};

impl Bench {
    fn bodies(&self, number: u64) -> Vec<String> {
        self.forge.look(|world| {
            let issue = world.issue(PATH, number).unwrap().id;
            world.comments(issue).map(|comment| comment.body.clone()).collect()
        })
    }

    /// Nothing stays in flight once the other side is gone.
    async fn rests(&self) {
        let empty = async {
            while self.forge.in_flight() > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(5), empty).await.expect("something is still in flight");
    }

    fn met(&self) -> Vec<&'static str> {
        self.forge.faults().met().iter().map(|met| met.what).collect()
    }
}

#[tokio::test]
async fn a_write_fails_in_every_way_with_and_without_being_done() {
    let ways = [How::Status(502), How::Reset, How::Truncated, How::Hang];
    for (how, done) in ways.into_iter().flat_map(|how| [(how, false), (how, true)]) {
        let bench = Bench::open().await;
        let number = bench.file("It burns", &[]);
        let forge = bench.as_person("bob");
        forge.read.project(PATH).await.unwrap();
        let effect = if done { Effect::AtOnce } else { Effect::Nothing };
        bench.forge.faults().switch_on(Switch::writes(how, effect).at("/comments").at_most(1));
        let error = forge.write.comment(&at(number), "once", bench.later()).await.unwrap_err();
        assert_eq!(error.class(), "unknown", "{how:?} {effect:?}");
        // An answer can break off only if there is one.
        let written = done || how == How::Truncated;
        assert_eq!(bench.bodies(number).len(), usize::from(written), "{how:?} {effect:?}");
        assert_eq!(bench.forge.faults().met().len(), 1);
        forge.write.comment(&at(number), "twice", bench.later()).await.unwrap();
        assert_eq!(bench.bodies(number).last().unwrap(), "twice");
        bench.rests().await;
    }
}

#[tokio::test]
async fn a_ghost_write_appears_when_its_time_comes() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    let forge = bench.as_person("bob");
    forge.read.project(PATH).await.unwrap();
    bench.deliver().await;
    let later = Effect::Later(TimeDelta::seconds(20));
    bench.forge.faults().switch_on(Switch::writes(How::Status(500), later).at_most(1));
    assert!(forge.write.comment(&at(number), "boo", bench.later()).await.is_err());
    let due = bench.now() + TimeDelta::seconds(20);
    assert_eq!((bench.bodies(number).len(), bench.forge.next_due()), (0, Some(due)));
    bench.hand.pass(19);
    assert_eq!((bench.forge.deliver_due(bench.now()).await, bench.bodies(number).len()), (0, 0));
    bench.hand.pass(1);
    assert_eq!((bench.forge.deliver_due(bench.now()).await, bench.bodies(number)), (1, vec!["boo".to_owned()]));
    assert_eq!(bench.met(), ["ghost", "appeared"]);
    assert_eq!(forge.read.comments(&at(number), None).await.unwrap()[0].created_at, due);
}

#[tokio::test]
async fn a_limit_is_met_with_and_without_a_time_to_wait() {
    for (wait, expected) in [(Some(17), 17), (None, 60)] {
        let bench = Bench::open().await;
        let number = bench.file("It burns", &[]);
        bench.forge.faults().switch_on(Switch::reads(How::TooMany(wait)).at_most(1));
        let error = bench.as_person("bob").read.issue(&at(number)).await.unwrap_err();
        let later = matches!(error, hotwash::forge::ForgeError::Later { after, .. } if after.as_secs() == expected);
        assert!(later, "{error:?}");
        assert_eq!(bench.met(), ["limit"]);
    }
}

#[tokio::test]
async fn lists_lag_behind_while_single_things_do_not() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    bench.forge.faults().lag(Some(TimeDelta::seconds(5)));
    let forge = bench.as_person("bob");
    forge.read.comments(&at(number), None).await.unwrap();
    bench.hand.pass(60);
    let posted = forge.write.comment(&at(number), "new", bench.later()).await.unwrap();
    assert_eq!(forge.read.issue(&at(number)).await.unwrap().comments, 1);
    assert_eq!(forge.read.comments(&at(number), None).await.unwrap().len(), 0);
    assert_eq!(bench.forge.faults().count("stale"), 1);
    bench.hand.pass(5);
    assert_eq!(forge.read.comments(&at(number), None).await.unwrap()[0].id, posted.id);
    assert_eq!(bench.forge.faults().count("stale"), 1);
}

#[tokio::test]
async fn deliveries_are_lost_doubled_and_late() {
    let (bench, ear) = (Bench::open().await, Ear::open().await);
    bench.listen(&ear);
    bench.deliver().await;
    let mail = Mail { drop: 20, double: 20, late: 50, delay: TimeDelta::seconds(30) };
    bench.forge.faults().mail(mail);
    for nth in 0..100 {
        bench.file(&format!("{nth}"), &[]);
    }
    bench.hand.pass(30);
    bench.deliver().await;
    let faults = bench.forge.faults();
    let (lost, doubled, late) = (faults.count("drop"), faults.count("double"), faults.count("late"));
    assert!(lost > 5 && doubled > 5 && late > 20, "{lost} {doubled} {late}");
    let heard = &ear.heard()[1..];
    assert_eq!(heard.len(), 100 - lost + doubled);
    let numbers: Vec<u64> = heard.iter().map(|got| got.body["issue"]["number"].as_u64().unwrap()).collect();
    assert!(!numbers.is_sorted(), "late ones arrive after others");
    let mut ids: Vec<&str> = heard.iter().map(|got| got.header("x-github-delivery")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 100 - lost, "a copy has its original's id");
}

#[tokio::test]
async fn an_answer_later_than_ten_seconds_is_a_failure() {
    let bench = Bench::open().await;
    let hand = std::sync::Arc::clone(&bench.hand);
    let slow = super::super::support::http::Server::start(move |_| {
        hand.pass(11);
        async { super::super::support::http::Answer::Send(super::super::support::http::json(202, "{}")) }
    })
    .await;
    let config = super::bench::hook(&slow.url());
    let deed = hotwash::drill::model::Deed::AddHook { project: PATH.to_owned(), config };
    bench.forge.act("alice", deed).unwrap();
    assert_eq!(bench.forge.deliver_due(bench.now()).await, 1);
    assert_eq!(bench.forge.attempts()[0].status, None);
    assert_eq!(bench.forge.in_flight(), 0);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_weather() {
    let story = async || {
        let bench = Bench::open().await;
        let number = bench.file("It burns", &[]);
        let forge = bench.as_person("bob");
        forge.read.project(PATH).await.unwrap();
        let faults = bench.forge.faults();
        faults.switch_on(Switch::writes(How::Status(500), Effect::AtOnce).percent(30));
        faults.switch_on(Switch::writes(How::Reset, Effect::Nothing).percent(30));
        for nth in 0..30 {
            let _ = forge.write.comment(&at(number), &format!("{nth}"), bench.later()).await;
        }
        (bench.bodies(number), faults.met())
    };
    let (first, second) = (story().await, story().await);
    assert!(first.1.len() > 8, "{:?}", first.1);
    assert_eq!(first, second);
}
