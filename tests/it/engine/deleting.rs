//! A forge that folds nothing away: what has done its work is deleted, and who deleted what stands in the journal.

use hotwash::domain::{
    event::What,
    ids::{CommentId, IssueRef},
    people::Actor,
};

use super::scene::{BODY, Scene, alice, bob};

/// A reminder that was met, on a forge that does not let the bot delete it.
async fn refused() -> (Scene, u64, CommentId) {
    let mut scene = Scene::new();
    scene.model.open().deletes = true;
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident", "severity::high"]);
    scene.settle().await;
    scene.model.say(&bob(), issue, "on it");
    scene.until("10:01").await;
    let (key, reminder) = scene.bots(issue).pop().unwrap();
    assert!(key.starts_with("reminder/"), "{key}");
    scene.model.open().denied.insert("collapse");
    scene.model.say(&bob(), issue, "Sitrep: two hens found, fence mended");
    scene.until("10:20").await;
    assert!(tried(&scene) >= 2 && stands(&scene, issue, reminder), "it is tried, and tried again");
    (scene, issue, reminder)
}

fn tried(scene: &Scene) -> u32 {
    scene.model.open().writes.get("collapse").copied().unwrap_or_default()
}

fn stands(scene: &Scene, issue: u64, comment: CommentId) -> bool {
    scene.bots(issue).iter().any(|(_, there)| *there == comment)
}

/// Who deleted the comment, by the journal.
async fn deleted(scene: &Scene, issue: u64, comment: CommentId) -> Vec<Actor> {
    let entries = scene.store.journal(&IssueRef::new("github", "acme/incidents", issue)).await.unwrap();
    let gone = entries.into_iter().filter(|entry| entry.event.what == What::CommentGone { comment });
    gone.map(|entry| entry.event.by).collect()
}

#[tokio::test]
async fn what_the_forge_did_not_let_the_bot_delete_was_deleted_by_somebody_else() {
    for restarted in [false, true] {
        let (mut scene, issue, reminder) = refused().await;
        if restarted {
            scene.restart();
        }
        scene.model.delete(&bob(), issue, reminder);
        // Nobody hears of it but by reading.
        scene.model.open().outbox.clear();
        scene.until("11:00").await;
        assert_eq!(deleted(&scene, issue, reminder).await, [Actor::Somebody], "restarted: {restarted}");
    }
}

#[tokio::test]
async fn a_deletion_that_is_refused_is_tried_less_and_less_often_and_done_once_it_is_allowed() {
    let (mut scene, issue, reminder) = refused().await;
    let before = tried(&scene);
    scene.model.close(&bob(), issue);
    scene.until("20:00").await;
    assert!(tried(&scene) - before <= 4, "{} times in ten hours", tried(&scene) - before);
    let entries = scene.store.journal(&IssueRef::new("github", "acme/incidents", issue)).await.unwrap();
    let marks = entries.iter().filter(|entry| matches!(entry.event.what, What::TakingBack { .. })).count();
    assert!(marks <= 10, "{marks} entries for nothing");
    scene.model.open().denied.clear();
    scene.later(chrono::TimeDelta::days(1)).await;
    assert!(!stands(&scene, issue, reminder));
    assert_eq!(deleted(&scene, issue, reminder).await, [Actor::Bot]);
}
