//! One incident from the filed issue to its report.

use hotwash::domain::{
    event::What,
    hint::{Hint, Hinted},
    ids::IssueRef,
};

use super::{
    model::bot,
    scene::{BODY, Scene, alice, bob},
};

#[tokio::test]
async fn an_incident_from_the_filed_issue_to_its_report() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.settle().await;
    assert_eq!(scene.labels(issue), ["incident", "phase::initiate", "severity::unknown", "status::investigating"]);
    assert_eq!(scene.keys(issue), ["board"]);

    scene.until("09:04").await;
    scene.model.say(&bob(), issue, "@hotwash ack");
    scene.until("09:06").await;
    scene.model.label(&bob(), issue, "severity::high");
    scene.until("09:07").await;
    assert_eq!(scene.labels(issue), ["incident", "phase::initiate", "severity::high", "status::investigating"]);
    assert!(scene.text(issue, "board").contains("bob"), "{}", scene.text(issue, "board"));

    scene.until("10:10").await;
    assert_eq!(scene.keys(issue), ["board", "reminder/sitrep@2026-11-16T10:06:00Z"]);
    scene.model.say(&bob(), issue, "Sitrep: two hens found, fence mended");
    scene.until("10:30").await;
    assert_eq!(scene.model.open().collapsed.len(), 1);

    scene.model.label(&alice(), issue, "phase::remediate");
    scene.until("10:31").await;
    assert_eq!(scene.labels(issue), ["incident", "phase::remediate", "severity::high", "status::investigating"]);
    scene.model.edit(&alice(), issue, "investigating", "resolved");
    scene.until("10:32").await;
    assert_eq!(scene.labels(issue), ["incident", "phase::retrospective", "severity::high", "status::resolved"]);
    scene.model.close(&alice(), issue);
    scene.until("20:00").await;
    assert_eq!(
        scene.keys(issue),
        ["board", "reminder/sitrep@2026-11-16T10:06:00Z", "retrospective/close-1"],
        "nothing reminds after the end"
    );
}

#[tokio::test]
async fn a_board_that_waited_for_its_turn_needs_no_second_look() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.until("09:04").await;
    scene.model.open().reads.clear();
    scene.model.say(&bob(), issue, "@hotwash ack");
    scene.settle().await;
    scene.model.label(&bob(), issue, "severity::high");
    scene.settle().await;
    assert!(!scene.text(issue, "board").contains("| **Severity** | high |"), "the board has to wait");
    scene.until("09:05").await;
    assert!(scene.text(issue, "board").contains("| **Severity** | high |"), "{}", scene.text(issue, "board"));
    assert_eq!(scene.model.open().reads.get("issue"), Some(&2), "one for each burst, none for the board");
}

#[tokio::test]
async fn a_board_that_waited_does_not_hide_what_the_sweep_found() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.settle().await;
    scene.engine.sweep_once().await;
    scene.until("09:04").await;
    scene.model.say(&bob(), issue, "@hotwash ack");
    scene.settle().await;
    scene.model.label(&bob(), issue, "severity::high");
    scene.settle().await;
    // While the board waits, a person edits the issue and the delivery is lost. The sweep sees it just when the board's
    // turn has come.
    scene.model.edit(&alice(), issue, "investigating", "confirmed");
    scene.model.open().outbox.clear();
    scene.clock.set(super::scene::at("09:05"));
    scene.engine.sweep_once().await;
    scene.settle().await;
    assert!(scene.labels(issue).contains(&"status::confirmed".to_owned()), "{:?}", scene.labels(issue));
}

#[tokio::test]
async fn an_echo_does_not_hide_what_the_sweep_found() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.until("09:25").await;
    scene.engine.sweep_once().await;
    scene.until("09:40").await;
    scene.model.edit(&alice(), issue, "investigating", "confirmed");
    scene.model.open().outbox.clear();
    // Just then a delivery comes in that repeats what the bot did long ago.
    let label = "severity::unknown".to_owned();
    let echo = Hint { by: Some(bot()), at: super::scene::at("09:40"), what: Hinted::LabelAdded { label } };
    scene.deliver(issue, &echo).await;
    scene.engine.sweep_once().await;
    scene.settle().await;
    assert!(scene.labels(issue).contains(&"status::confirmed".to_owned()), "{:?}", scene.labels(issue));
}

#[tokio::test]
async fn an_issue_that_vanishes_while_its_board_waits_is_not_told_as_a_deleted_comment() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.until("09:04").await;
    scene.model.say(&bob(), issue, "@hotwash ack");
    scene.settle().await;
    scene.model.label(&bob(), issue, "severity::high");
    scene.settle().await;
    let hidden = scene.model.open().issues.remove(&issue).unwrap();
    scene.until("09:06").await;
    let reference = IssueRef::new("github", "acme/incidents", issue);
    let journal = scene.store.journal(&reference).await.unwrap();
    assert!(!journal.iter().any(|entry| matches!(entry.event.what, What::CommentGone { .. })), "{journal:#?}");
    scene.model.open().issues.insert(issue, hidden);
    scene.until("09:30").await;
    assert!(scene.text(issue, "board").contains("| **Severity** | high |"), "{}", scene.text(issue, "board"));
}

#[tokio::test]
async fn reopening_and_closing_again_gives_one_current_report() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.settle().await;
    scene.model.close(&alice(), issue);
    scene.until("09:10").await;
    scene.model.reopen(&bob(), issue);
    scene.until("09:20").await;
    let first = scene.text(issue, "retrospective/close-1");
    assert!(first.to_lowercase().contains("superseded"), "{first}");
    scene.model.close(&bob(), issue);
    scene.until("09:30").await;
    let second = scene.text(issue, "retrospective/close-2");
    assert!(!second.to_lowercase().contains("superseded"), "{second}");
    assert_eq!(scene.text(issue, "retrospective/close-1"), first, "marked once");
}

#[tokio::test]
async fn what_people_wrote_into_the_blanks_is_kept() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.model.close(&alice(), issue);
    scene.until("09:10").await;
    let (_, id) = scene.bots(issue).into_iter().find(|(key, _)| key == "retrospective/close-1").unwrap();
    let text = scene.text(issue, "retrospective/close-1");
    let heading = text.lines().find(|line| line.contains("Prevention") && line.starts_with('#')).unwrap().to_owned();
    let filled = text.replace(&heading, &format!("{heading}\n\nMend the fence before winter."));
    scene.model.reword(&bob(), issue, id, &filled);
    scene.model.reopen(&bob(), issue);
    scene.until("09:20").await;
    scene.model.close(&bob(), issue);
    scene.until("09:30").await;
    let second = scene.text(issue, "retrospective/close-2");
    assert!(second.contains("Mend the fence before winter"), "{second}");
    assert_eq!(second.matches("Mend the fence before winter").count(), 1);
}

#[tokio::test]
async fn a_burst_of_deliveries_costs_one_read_of_the_issue() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.settle().await;
    scene.model.open().reads.clear();
    for label in ["a", "b", "c", "d", "e"] {
        scene.model.label(&alice(), issue, label);
    }
    scene.settle().await;
    assert_eq!(scene.model.open().reads.get("issue"), Some(&1));
    assert_eq!(scene.model.open().reads.get("history"), None);
}

#[tokio::test]
async fn the_bots_own_doings_cost_no_read() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.settle().await;
    scene.until("09:05").await;
    scene.model.open().reads.clear();
    scene.model.label(&bob(), issue, "severity::low");
    scene.settle().await;
    // One look for the person's label; the echo of the label that the bot took off costs nothing.
    assert_eq!(scene.model.open().reads.get("issue"), Some(&1));
}

#[tokio::test]
async fn an_issue_that_is_no_incident_is_left_alone() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "A feature", "- **Status**: new\n- **Severity**: low\n", &["feature"]);
    scene.settle().await;
    scene.until("12:00").await;
    assert_eq!(scene.labels(issue), ["feature"]);
    assert!(scene.model.open().writes.is_empty());
}

#[tokio::test]
async fn the_templates_marker_makes_an_incident_without_a_label() {
    let mut scene = Scene::new();
    let body = format!("<!-- hotwash:incident -->\n{BODY}");
    let issue = scene.model.file(&alice(), "Chickens", &body, &[]);
    scene.settle().await;
    assert!(scene.labels(issue).contains(&"incident".to_owned()));
}

#[tokio::test]
async fn what_was_said_with_the_closing_is_in_the_report() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident", "severity::high"]);
    scene.until("09:20").await;
    scene.model.say(&bob(), issue, "@hotwash status false alarm");
    scene.model.close(&bob(), issue);
    scene.until("09:30").await;
    let report = scene.text(issue, "retrospective/close-1");
    assert!(report.contains("false alarm") && !report.contains("### Duties"), "{report}");
}

#[tokio::test]
async fn a_long_paragraph_of_a_sitrep_is_posted_whole() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.settle().await;
    let long = "the fox came through the north fence ".repeat(40);
    scene.model.say(&bob(), issue, &format!("@hotwash sitrep {long} and left"));
    scene.until("09:01").await;
    assert!(scene.text(issue, "sitrep/").contains("and left"));
}

#[tokio::test]
async fn a_box_ticked_on_the_board_is_journalled_and_shown() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.until("09:04").await;
    scene.model.say(&bob(), issue, "@hotwash lead who *opened* the coop? @alice\n@hotwash step mend `done` the fence");
    scene.until("09:06").await;
    let board = scene.bots(issue)[0].1;
    let text = scene.text(issue, "board");
    assert!(text.contains("opened\\* the coop? `task-1`") && !text.contains(" *opened"), "{text}");
    let ticked =
        text.lines().map(|line| if line.contains("`task-2`") { line.replace("[ ]", "[x]") } else { line.to_owned() });
    scene.model.reword(&bob(), issue, board, &ticked.collect::<Vec<_>>().join("\r\n"));
    scene.until("09:08").await;
    let journal = scene.store.journal(&IssueRef::new("github", "acme/incidents", issue)).await.unwrap();
    let ticks: Vec<_> = journal
        .iter()
        .filter(|entry| matches!(entry.event.what, What::Ticked { .. }))
        .map(|entry| &entry.event)
        .collect();
    assert_eq!(ticks.len(), 1, "{ticks:#?}");
    assert_eq!(ticks[0].by.account().unwrap().login, "bob");
    assert_eq!(ticks[0].what, What::Ticked { item: "task-2".to_owned(), on: true });
    let text = scene.text(issue, "board");
    assert!(text.contains("`task-2`, done by `bob`") && text.contains("- [ ] who"), "{text}");

    let untouched = scene.text(issue, "board").replace("[x]", "[ ]");
    scene.model.reword(&alice(), issue, board, &untouched);
    scene.until("09:10").await;
    assert!(!scene.text(issue, "board").contains("done by"), "{}", scene.text(issue, "board"));
}
