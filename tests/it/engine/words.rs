//! Whose word counts, and what is not lost when a delivery is.

use hotwash::domain::{
    event::{DutyState, What},
    ids::IssueRef,
    people::Account,
    process::EvidenceKind,
};

use super::scene::{BODY, Scene, alice, bob};

fn mallory() -> Account {
    Account::new(66, "mallory")
}

async fn started() -> (Scene, u64) {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident", "severity::high"]);
    scene.settle().await;
    (scene, issue)
}

async fn events(scene: &Scene, issue: u64) -> Vec<What> {
    let journal = scene.store.journal(&IssueRef::new("github", "acme/incidents", issue)).await.unwrap();
    journal.into_iter().map(|entry| entry.event.what).collect()
}

async fn met_by(scene: &Scene, issue: u64, duty: &str) -> Vec<(DutyState, Option<EvidenceKind>)> {
    let of_duty = events(scene, issue).await.into_iter().filter_map(|what| match what {
        What::Duty { occurrence, state, evidence } if occurrence.duty == duty => Some((state, evidence)),
        _ => None,
    });
    of_duty.collect()
}

#[tokio::test]
async fn somebody_whom_the_forge_does_not_know_does_not_become_commander() {
    let (mut scene, issue) = started().await;
    scene.model.say(&bob(), issue, "@hotwash ic @nobody");
    scene.until("09:05").await;
    let reply = scene.text(issue, "reply/");
    assert!(reply.contains("Nobody of that name has access"), "{reply}");
    assert!(!scene.text(issue, "board").contains("@nobody"));
    scene.model.say(&bob(), issue, "@hotwash handoff @carol");
    scene.until("09:10").await;
    assert!(scene.text(issue, "board").contains("**IC**: @carol"), "{}", scene.text(issue, "board"));
}

#[tokio::test]
async fn a_commander_waits_while_the_forge_does_not_say_who_that_is() {
    let (mut scene, issue) = started().await;
    scene.model.say(&bob(), issue, "on it");
    scene.settle().await;
    scene.model.open().broken.insert("permission");
    scene.model.say(&bob(), issue, "@hotwash ic @carol");
    scene.until("09:02").await;
    assert!(!scene.text(issue, "board").contains("@carol"));
    scene.model.open().broken.clear();
    scene.until("09:08").await;
    assert!(scene.text(issue, "board").contains("**IC**: @carol"));
}

#[tokio::test]
async fn what_somebody_says_who_may_only_read_meets_nothing() {
    let (mut scene, issue) = started().await;
    scene.model.say(&mallory(), issue, "[sitrep] all is well");
    scene.model.say(&mallory(), issue, "@hotwash ack");
    scene.until("09:20").await;
    assert_eq!(met_by(&scene, issue, "acknowledge").await, [(DutyState::Due, None)]);
    scene.model.say(&bob(), issue, "[sitrep] all is not well");
    scene.until("09:30").await;
    let met = met_by(&scene, issue, "sitrep").await;
    assert!(met.iter().all(|(_, evidence)| *evidence == Some(EvidenceKind::Sitrep)), "{met:?}");
    let states = met_by(&scene, issue, "acknowledge").await;
    assert_eq!(states.last(), Some(&(DutyState::Late, Some(EvidenceKind::ResponderComment))));
}

#[tokio::test]
async fn a_sitrep_of_somebody_who_may_only_read_does_not_push_the_next_one_back() {
    let (mut scene, issue) = started().await;
    scene.model.say(&bob(), issue, "on it");
    scene.until("09:50").await;
    scene.model.say(&mallory(), issue, "[sitrep] all is well");
    scene.until("10:01").await;
    assert!(scene.keys(issue).contains(&"reminder/sitrep@2026-11-16T10:00:00Z".to_owned()), "{:?}", scene.keys(issue));
}

#[tokio::test]
async fn a_tick_whose_delivery_is_lost_outlives_the_next_writing_of_the_board() {
    let (mut scene, issue) = started().await;
    scene.model.say(&bob(), issue, "@hotwash step Mend the fence");
    scene.until("09:05").await;
    let (_, board) = scene.bots(issue).into_iter().find(|(key, _)| key == "board").unwrap();
    let ticked = scene.text(issue, "board").replacen("- [ ] Mend", "- [x] Mend", 1);
    assert!(ticked.contains("- [x] Mend"), "{ticked}");
    scene.model.reword(&bob(), issue, board, &ticked);
    scene.model.open().outbox.clear();
    scene.model.label(&bob(), issue, "severity::medium");
    scene.until("09:10").await;
    let text = scene.text(issue, "board");
    assert!(text.contains("- [x] Mend") && text.contains("medium"), "{text}");
    let ticks = events(&scene, issue).await.into_iter().filter(|what| matches!(what, What::Ticked { .. })).count();
    assert_eq!(ticks, 1);
}

#[tokio::test]
async fn a_board_that_waits_for_its_turn_sees_the_tick_as_well() {
    let (mut scene, issue) = started().await;
    scene.model.say(&bob(), issue, "@hotwash step Mend the fence");
    scene.until("09:05").await;
    let (_, board) = scene.bots(issue).into_iter().find(|(key, _)| key == "board").unwrap();
    scene.model.label(&bob(), issue, "severity::medium");
    scene.settle().await;
    scene.model.label(&bob(), issue, "severity::high");
    scene.settle().await;
    let ticked = scene.text(issue, "board").replacen("- [ ] Mend", "- [x] Mend", 1);
    scene.model.reword(&bob(), issue, board, &ticked);
    scene.model.open().outbox.clear();
    scene.until("09:10").await;
    let text = scene.text(issue, "board");
    assert!(text.contains("- [x] Mend"), "{text}");
}
