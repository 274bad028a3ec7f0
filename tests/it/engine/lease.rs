//! Lists that take longer to read than a lease lasts.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use chrono::TimeDelta;
use hotwash::{
    clock::Clock,
    domain::forge_severity::ForgeSeverity,
    store::{Claim, SharedStore},
};
use tokio::task::JoinHandle;

use super::{
    clock::HeldClock,
    model::Slowly,
    scene::{BODY, Scene, alice, bob},
};

const LEASE: TimeDelta = TimeDelta::seconds(60);

/// An incident about which every list is read at the next look, and a worker that is in the middle of reading one of them.
async fn reading(of: &'static str, pages: u32) -> (Scene, u64, Arc<Slowly>, JoinHandle<usize>) {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.model.open().issues.get_mut(&issue).unwrap().forge_severity = Some(ForgeSeverity::Unknown);
    scene.until("09:30").await;
    scene.restart();
    scene.model.edit(&bob(), issue, "escaped", "escaped again");
    scene.model.say(&bob(), issue, "@hotwash timeline The gate was open");
    scene.model.close(&bob(), issue);
    let slowly = Arc::new(Slowly::new(of, pages));
    let waiting = std::mem::take(&mut scene.model.open().outbox);
    scene.model.open().slowly = Some(Arc::clone(&slowly));
    for (number, hint) in waiting {
        scene.deliver(number, &hint).await;
    }
    let engine = Arc::clone(&scene.engine);
    let worker = tokio::spawn(async move { engine.work_off().await.unwrap() });
    slowly.is_asked(1).await;
    (scene, issue, slowly, worker)
}

fn pass(clock: &HeldClock, seconds: i64) {
    clock.set(clock.now() + TimeDelta::seconds(seconds));
}

/// Another program asks for work.
async fn take(store: &SharedStore, clock: &HeldClock) -> Vec<Claim> {
    store.claim(clock.machine_now(), 16, LEASE).await.unwrap()
}

async fn is_read_by_one(of: &'static str) {
    let (mut scene, issue, slowly, worker) = reading(of, 30).await;
    for page in 1..=30 {
        pass(&scene.clock, 10);
        let taken = take(&scene.store, &scene.clock).await;
        assert_eq!(taken.len(), 0, "{of}: after {} seconds of reading", page * 10);
        slowly.give();
        slowly.is_asked((page + 1).min(30)).await;
    }
    worker.await.unwrap();
    assert_eq!(slowly.asked(), 30, "{of}: it was read once");
    scene.model.open().slowly = None;
    scene.later(TimeDelta::minutes(5)).await;
    let reports = scene.keys(issue).into_iter().filter(|key| key == "retrospective/close-1").count();
    let entries = scene.model.open().entries.clone();
    let different: BTreeSet<&String> = entries.iter().collect();
    assert_eq!((reports, different.len()), (1, entries.len()), "{of}: what follows is written once");
    assert!(entries.iter().any(|entry| entry.contains("The gate was open")), "{of}: {entries:?}");
}

#[tokio::test]
async fn a_list_of_many_pages_is_read_to_its_end_by_one_worker_while_nobody_else_takes_the_incident() {
    for of in ["comments", "history", "edits", "timeline"] {
        is_read_by_one(of).await;
    }
}

#[tokio::test]
async fn whoever_lost_the_incident_stops_reading() {
    for of in ["comments", "history", "edits", "timeline"] {
        let (mut scene, issue, slowly, worker) = reading(of, 30).await;
        slowly.give();
        slowly.is_asked(2).await;
        // Suspended for longer than the lease, and another program was faster.
        pass(&scene.clock, 600);
        let taken = take(&scene.store, &scene.clock).await;
        assert_eq!(taken.len(), 1, "{of}");
        let ended = tokio::time::timeout(Duration::from_secs(10), worker).await;
        ended.expect("a worker waits for pages of an incident that is not its own").unwrap();
        assert_eq!(slowly.asked(), 2, "{of}: nothing more is read");
        let reports = |scene: &Scene| scene.keys(issue).iter().filter(|key| key.starts_with("retrospective/")).count();
        if of != "timeline" {
            assert_eq!(reports(&scene), 0, "{of}: nor written");
        }
        scene.model.open().slowly = None;
        scene.later(TimeDelta::minutes(5)).await;
        assert_eq!(reports(&scene), 1, "{of}: that is for whoever has it now");
    }
}
