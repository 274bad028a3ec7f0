//! Deliveries are kept once and never dropped.

use super::*;

pub(super) async fn a_new_delivery_makes_its_issue_due(database: &dyn Backend) {
    let store = database.open().await;
    assert_eq!(store.next_due().await.unwrap(), None);
    accept(&store, delivery("a")).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at("09:00")));
    assert!(claim_all(&store, "08:59").await.is_empty());
    let claim = claim_one(&store, "09:00").await;
    assert_eq!((claim.issue, claim.hints, claim.attempts), (issue(7), vec!["hint of a".to_owned()], 0));
    assert_eq!(claim.until, at("09:10"));
}

pub(super) async fn the_same_id_is_kept_once(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    repeat(&store, delivery("a")).await;
    assert_eq!(waiting(&store).await, (1, 0));
    assert_eq!(claim_one(&store, "09:00").await.hints, ["hint of a"]);
}

pub(super) async fn the_same_content_under_another_id_is_kept_once(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    repeat(&store, Delivery { id: "b".to_owned(), ..delivery("a") }).await;
    assert_eq!(waiting(&store).await, (1, 0));
}

pub(super) async fn another_forge_may_use_the_same_id(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    let theirs = IssueRef::new("gitlab", "acme/incidents", 7);
    accept(&store, Delivery { forge: "gitlab".to_owned(), issue: Some(theirs), ..delivery("a") }).await;
    assert_eq!(waiting(&store).await, (2, 0));
    assert_eq!(claim_all(&store, "09:00").await.len(), 2);
}

pub(super) async fn a_duplicate_of_finished_work_marks_its_issue_once_more(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    store.finish(&claim_one(&store, "09:00").await, None).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), None);
    repeat(&store, Delivery { received_at: at("11:00"), ..delivery("a") }).await;
    let claim = claim_one(&store, "11:00").await;
    assert_eq!((claim.hints.len(), waiting(&store).await), (0, (0, 0)));
}

pub(super) async fn a_delivery_of_no_interest_is_kept_and_done(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, Delivery { issue: None, hint: None, ..delivery("ping") }).await;
    assert_eq!((waiting(&store).await, store.next_due().await.unwrap()), ((0, 0), None));
    repeat(&store, Delivery { issue: None, hint: None, ..delivery("ping") }).await;
    assert_eq!(waiting(&store).await, (0, 0));
}

pub(super) async fn an_unreadable_delivery_is_parked_until_a_copy_can_be_read(database: &dyn Backend) {
    let store = database.open().await;
    let unreadable = Delivery { issue: None, hint: None, unreadable: true, ..delivery("a") };
    accept(&store, unreadable.clone()).await;
    assert_eq!((waiting(&store).await, store.next_due().await.unwrap()), ((0, 1), None));
    repeat(&store, unreadable).await;
    assert_eq!(waiting(&store).await, (0, 1));
    repeat(&store, delivery("a")).await;
    assert_eq!(waiting(&store).await, (1, 0));
    assert_eq!(claim_one(&store, "09:00").await.hints, ["hint of a"]);
}

pub(super) async fn a_parked_delivery_is_opened_by_a_redelivery(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    let parked = store.fail(&claim_one(&store, "09:00").await, at("09:30"), 1).await.unwrap();
    assert_eq!((parked, waiting(&store).await), (Failed::Parked, (0, 1)));
    repeat(&store, Delivery { received_at: at("09:20"), ..delivery("a") }).await;
    assert_eq!(waiting(&store).await, (1, 0));
    assert!(claim_all(&store, "09:29").await.is_empty(), "the back-off stands");
    assert_eq!(claim_one(&store, "09:30").await.hints, ["hint of a"]);
}

pub(super) async fn a_delivery_opened_during_a_lease_outlives_it(database: &dyn Backend) {
    let store = database.open().await;
    accept(&store, delivery("a")).await;
    store.fail(&claim_one(&store, "09:00").await, at("09:00"), 1).await.unwrap();
    accept(&store, delivery("b")).await;
    let claim = claim_one(&store, "09:01").await;
    assert_eq!(claim.hints, ["hint of b"]);
    repeat(&store, delivery("a")).await;
    store.finish(&claim, None).await.unwrap();
    assert_eq!(claim_one(&store, "09:02").await.hints, ["hint of a"]);
}

pub(super) async fn forgetting_bodies_keeps_deduplication(database: &dyn Backend) {
    let store = database.open().await;
    for id in ["old", "older"] {
        accept(&store, delivery(id)).await;
    }
    store.finish(&claim_one(&store, "09:00").await, None).await.unwrap();
    accept(&store, Delivery { issue: None, received_at: at("12:00"), ..delivery("young") }).await;
    accept(&store, delivery("waiting")).await;
    assert_eq!(store.forget_bodies(at("12:00")).await.unwrap(), 2);
    assert_eq!(store.forget_bodies(at("12:00")).await.unwrap(), 0);
    repeat(&store, delivery("old")).await;
    assert_eq!(claim_one(&store, "12:00").await.hints, ["hint of waiting"]);
    assert_eq!(store.forget_bodies(at("12:01")).await.unwrap(), 1, "the young one");
}

pub(super) async fn what_many_callers_were_told_is_there_after_a_restart(database: &dyn Backend) {
    let store = database.open().await;
    let callers: Vec<_> = (0..64)
        .map(|n| {
            let (store, delivery) = (Arc::clone(&store), delivery(&format!("d{n}")));
            tokio::spawn(async move { store.accept(Delivery { issue: Some(issue(n)), ..delivery }).await })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap(), Accepted::New);
    }
    drop(store);
    let store = database.open().await;
    let claims = claim_all(&store, "09:00").await;
    let found: BTreeSet<_> = claims.into_iter().map(|claim| (claim.issue.number, claim.hints)).collect();
    assert_eq!(found, (0..64).map(|n| (n, vec![format!("hint of d{n}")])).collect());
}
