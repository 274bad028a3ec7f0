//! Threads of which the forge says that it does not give all.

use super::{
    model::Fault,
    scene::{BODY, Scene, alice, bob},
};

const CUT: &str = "only the beginning is read";

async fn started() -> (Scene, u64) {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident", "severity::high"]);
    scene.settle().await;
    scene.model.say(&bob(), issue, "on it");
    scene.until("09:59").await;
    (scene, issue)
}

#[tokio::test]
async fn a_lost_comment_is_not_sent_again_at_once_on_the_word_of_a_thread_with_gaps() {
    let (mut scene, issue) = started().await;
    scene.model.open().gaps.missing = true;
    scene.model.open().faults.push_back(Fault::Lost);
    scene.until("10:04").await;
    assert_eq!(scene.keys(issue), ["board"]);
    scene.until("10:10").await;
    assert_eq!(scene.keys(issue), ["board", "reminder/sitrep@2026-11-16T10:00:00Z"], "but not held back for ever");
}

#[tokio::test]
async fn the_board_says_what_is_not_read_once_it_is_known_and_no_longer_than_it_is_so() {
    let (mut scene, issue) = started().await;
    let said: Vec<_> = (0..7).map(|nth| scene.model.say(&bob(), issue, &format!("look {nth}"))).collect();
    scene.model.open().gaps.cut = said.iter().copied().collect();
    scene.until("10:02").await;
    let board = scene.text(issue, "board");
    assert!(board.contains("only the beginning is read, 256 KiB at most") && board.contains(", and others"), "{board}");
    assert!(!board.contains("could not be read to its end"), "{board}");
    // Only the whole thread shows that nothing is missing any more; a closing has it read.
    scene.model.open().gaps.cut.clear();
    scene.model.close(&bob(), issue);
    scene.until("10:10").await;
    let board = scene.text(issue, "board");
    assert!(!board.contains("only the beginning"), "{board}");
}

#[tokio::test]
async fn nothing_is_put_on_top_of_a_report_of_which_only_the_beginning_is_known() {
    let (mut scene, issue) = started().await;
    scene.model.close(&alice(), issue);
    scene.until("10:10").await;
    let (_, report) = scene.bots(issue).into_iter().find(|(key, _)| key == "retrospective/close-1").unwrap();
    let first = scene.text(issue, "retrospective/close-1");
    scene.model.open().gaps.cut.insert(report);
    scene.model.reopen(&bob(), issue);
    scene.until("10:20").await;
    scene.model.close(&bob(), issue);
    scene.until("10:40").await;
    assert_eq!(scene.text(issue, "retrospective/close-1"), first, "what people wrote further down would be lost");
    assert!(scene.keys(issue).contains(&"retrospective/close-2".to_owned()), "{:?}", scene.keys(issue));
}

/// A board that says of a comment that only its beginning is read; and how often the thread was read until then.
async fn cut() -> (Scene, u64, u32) {
    let (mut scene, issue) = started().await;
    let long = scene.model.say(&bob(), issue, "a long story");
    scene.model.open().gaps.cut.insert(long);
    scene.until("10:02").await;
    assert!(scene.text(issue, "board").contains(CUT));
    let lists = lists(&scene);
    (scene, issue, lists)
}

fn lists(scene: &Scene) -> u32 {
    scene.model.open().reads.get("comments").copied().unwrap_or_default()
}

/// The board is written anew, with something else on it.
async fn turned(scene: &mut Scene, issue: u64, severity: &str, by: &str) {
    scene.model.label(&bob(), issue, &format!("severity::{severity}"));
    scene.until(by).await;
    let board = scene.text(issue, "board");
    assert!(board.to_lowercase().contains(severity) && board.contains(CUT), "{board}");
}

#[tokio::test]
async fn a_restart_does_not_take_a_cut_comment_for_whole() {
    let (mut scene, issue, before) = cut().await;
    scene.restart();
    turned(&mut scene, issue, "low", "10:10").await;
    assert_eq!(lists(&scene) - before, 1, "the first look after it reads the whole thread");
    turned(&mut scene, issue, "medium", "10:20").await;
    assert_eq!(lists(&scene) - before, 1, "the others need not");
}

#[tokio::test]
async fn a_look_that_broke_or_failed_does_not_take_a_cut_comment_for_whole() {
    let (mut scene, issue, before) = cut().await;
    scene.model.open().breaks = true;
    turned(&mut scene, issue, "low", "10:10").await;
    assert_eq!(lists(&scene) - before, 1, "whatever the look that broke had in hand is not believed");
    scene.model.open().broken.insert("issue");
    scene.model.label(&bob(), issue, "severity::medium");
    scene.settle().await;
    scene.model.open().broken.clear();
    turned(&mut scene, issue, "medium", "10:20").await;
    assert_eq!(lists(&scene) - before, 1, "one that only found no forge knows what it knew");
}

#[tokio::test]
async fn a_thread_that_cannot_be_read_after_a_restart_is_said_to_be_unread_and_holds_no_clock_back() {
    let (mut scene, issue, _) = cut().await;
    scene.restart();
    scene.model.open().broken.insert("comments");
    scene.until("12:10").await;
    assert!(scene.keys(issue).iter().filter(|key| key.starts_with("reminder/")).count() > 1, "{:?}", scene.keys(issue));
    assert!(scene.text(issue, "board").contains("has not been read"), "{}", scene.text(issue, "board"));
    scene.model.open().broken.clear();
    turned(&mut scene, issue, "medium", "12:30").await;
    assert!(!scene.text(issue, "board").contains("has not been read"));
}
