//! One issue, one holder; nothing asked for is forgotten.

use super::*;

pub(super) async fn one_issue_has_one_holder(database: &dyn Backend) {
    let store = database.open().await;
    store.nudge(vec![issue(7)], at("09:00"), false).await.unwrap();
    let claims = futures(&store, 8).await;
    assert_eq!(claims.len(), 1, "eight asked at once: {claims:?}");
    assert!(claim_all(&store, "09:09").await.is_empty());
}

async fn futures(store: &SharedStore, callers: usize) -> Vec<Claim> {
    let callers: Vec<_> = (0..callers)
        .map(|_| {
            let store = Arc::clone(store);
            tokio::spawn(async move { claim_all(&store, "09:00").await })
        })
        .collect();
    let mut claims = Vec::new();
    for caller in callers {
        claims.extend(caller.await.unwrap());
    }
    claims
}

pub(super) async fn an_expired_lease_can_be_taken_and_its_holder_is_refused(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    let first = claim_one(&store, "09:00").await;
    let second = claim_one(&store, "09:10").await;
    assert!(second.token > first.token);
    assert_eq!(second.hints, ["hint of a"]);
    is_lost(store.extend(&first, at("12:00")).await);
    is_lost(store.record(&first, vec![opened("09:00")], vec![]).await);
    is_lost(store.fail(&first, at("12:00"), 3).await);
    is_lost(store.finish(&first, None).await);
    store.finish(&second, None).await.unwrap();
    assert_eq!((waiting(&store).await, store.next_due().await.unwrap()), ((0, 0), None));
}

pub(super) async fn a_lease_that_was_handed_back_is_lost(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    let claim = claim_one(&store, "09:00").await;
    store.finish(&claim, Some(at("10:00"))).await.unwrap();
    is_lost(store.finish(&claim, None).await);
    is_lost(store.extend(&claim, at("12:00")).await);
    assert_eq!(store.next_due().await.unwrap(), Some(at("10:00")));
}

pub(super) async fn a_longer_lease_keeps_others_out(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    let claim = claim_one(&store, "09:00").await;
    store.extend(&claim, at("09:30")).await.unwrap();
    assert!(claim_all(&store, "09:29").await.is_empty());
    store.record(&claim, vec![opened("09:00")], vec![]).await.unwrap();
    assert_eq!(claim_one(&store, "09:30").await.issue, issue(7));
}

pub(super) async fn the_longest_waiting_come_first(database: &dyn Backend) {
    let store = database.open().await;
    for (number, clock) in [(1, "09:03"), (2, "09:01"), (3, "09:02"), (4, "09:09")] {
        store.nudge(vec![issue(number)], at(clock), false).await.unwrap();
    }
    let numbers = |claims: Vec<Claim>| claims.into_iter().map(|claim| claim.issue.number).collect::<Vec<_>>();
    assert_eq!(numbers(store.claim(at("09:05"), 2, minutes(10)).await.unwrap()), [2, 3]);
    assert_eq!(numbers(store.claim(at("09:05"), 2, minutes(10)).await.unwrap()), [1]);
}

pub(super) async fn finishing_sets_the_next_look(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    store.finish(&claim_one(&store, "09:00").await, Some(at("10:00"))).await.unwrap();
    assert_eq!((waiting(&store).await, store.next_due().await.unwrap()), ((0, 0), Some(at("10:00"))));
    assert!(claim_all(&store, "09:59").await.is_empty());
    let claim = claim_one(&store, "10:00").await;
    assert!(claim.hints.is_empty());
    store.finish(&claim, None).await.unwrap();
    assert_eq!(store.counts().await.unwrap().scheduled, 0);
}

pub(super) async fn deliveries_that_came_meanwhile_are_due_at_once(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    let claim = claim_one(&store, "09:00").await;
    accept(&store, Delivery { received_at: at("09:05"), ..delivery("b") }).await;
    store.finish(&claim, Some(at("15:00"))).await.unwrap();
    assert_eq!(waiting(&store).await, (1, 0));
    assert_eq!(claim_one(&store, "09:06").await.hints, ["hint of b"]);
}

pub(super) async fn a_nudge_moves_a_look_forward_and_never_back(database: &dyn Backend) {
    let store = database.open().await;
    for (clock, due) in [("10:00", "10:00"), ("11:00", "10:00"), ("09:30", "09:30")] {
        store.nudge(vec![issue(7)], at(clock), false).await.unwrap();
        assert_eq!(store.next_due().await.unwrap(), Some(at(due)), "after a nudge for {clock}");
    }
    assert_eq!(store.counts().await.unwrap().scheduled, 1);
}

pub(super) async fn a_nudge_during_a_lease_waits_for_its_end(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    let claim = claim_one(&store, "09:00").await;
    store.nudge(vec![issue(7)], at("09:05"), false).await.unwrap();
    assert!(claim_all(&store, "09:06").await.is_empty());
    store.finish(&claim, Some(at("15:00"))).await.unwrap();
    assert_eq!(claim_one(&store, "09:06").await.issue, issue(7));
}

pub(super) async fn a_full_look_is_asked_for_once(database: &dyn Backend) {
    let store = database.open().await;
    store.nudge(vec![issue(7)], at("09:00"), true).await.unwrap();
    store.nudge(vec![issue(7)], at("09:00"), false).await.unwrap();
    let first = claim_one(&store, "09:00").await;
    assert!(first.full);
    store.nudge(vec![issue(7)], at("09:01"), true).await.unwrap();
    store.finish(&first, None).await.unwrap();
    let second = claim_one(&store, "09:01").await;
    assert!(second.full, "asked for again while the first was at work");
    store.fail(&second, at("09:02"), 5).await.unwrap();
    let third = claim_one(&store, "09:02").await;
    assert!(third.full, "the second look failed");
    store.finish(&third, Some(at("09:03"))).await.unwrap();
    assert!(!claim_one(&store, "09:03").await.full);
}

pub(super) async fn a_failure_keeps_deliveries_and_waits(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    let claim = claim_one(&store, "09:00").await;
    assert_eq!(store.fail(&claim, at("09:20"), 3).await.unwrap(), Failed::Retry);
    accept(&store, Delivery { received_at: at("09:01"), ..delivery("b") }).await;
    store.nudge(vec![issue(7)], at("09:02"), false).await.unwrap();
    assert!(claim_all(&store, "09:19").await.is_empty(), "neither a delivery nor a nudge ends the back-off");
    let claim = claim_one(&store, "09:20").await;
    assert_eq!((claim.attempts, claim.hints), (1, vec!["hint of a".to_owned(), "hint of b".to_owned()]));
}

pub(super) async fn a_success_forgets_failures(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    store.fail(&claim_one(&store, "09:00").await, at("09:20"), 3).await.unwrap();
    store.finish(&claim_one(&store, "09:20").await, Some(at("12:00"))).await.unwrap();
    store.nudge(vec![issue(7)], at("09:05"), false).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at("09:05")), "the back-off is over");
    assert_eq!(claim_one(&store, "09:21").await.attempts, 0);
}

pub(super) async fn too_many_failures_park_what_the_claim_saw(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    assert_eq!(store.fail(&claim_one(&store, "09:00").await, at("09:10"), 2).await.unwrap(), Failed::Retry);
    let claim = claim_one(&store, "09:10").await;
    accept(&store, delivery("b")).await;
    assert_eq!(store.fail(&claim, at("10:00"), 2).await.unwrap(), Failed::Parked);
    assert_eq!(waiting(&store).await, (1, 1));
    assert!(claim_all(&store, "09:59").await.is_empty());
    let claim = claim_one(&store, "10:00").await;
    assert_eq!((claim.attempts, claim.hints), (2, vec!["hint of b".to_owned()]));
}

pub(super) async fn the_next_moment_is_the_end_of_a_lease(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    let claim = claim_one(&store, "09:00").await;
    assert_eq!(store.next_due().await.unwrap(), Some(at("09:10")));
    store.nudge(vec![issue(8)], at("09:07"), false).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at("09:07")));
    store.extend(&claim, at("09:06")).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at("09:06")));
}

pub(super) async fn nothing_asked_for_is_nothing_done(database: &dyn Backend) {
    let store = database.open().await;
    store.nudge(vec![], at("09:00"), true).await.unwrap();
    store.nudge(vec![issue(7)], at("09:00"), false).await.unwrap();
    assert!(store.claim(at("09:00"), 0, minutes(10)).await.unwrap().is_empty());
    assert_eq!(claim_one(&store, "09:00").await.issue, issue(7));
}
