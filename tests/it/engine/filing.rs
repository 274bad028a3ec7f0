//! Follow-ups are filed as issues, once, whatever the forge answers.

use hotwash::domain::{event::What, ids::IssueRef};

use super::{
    model::{BOT, Fault},
    scene::{BODY, Scene, alice, bob, key},
};

async fn started() -> (Scene, u64) {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident", "severity::high"]);
    scene.settle().await;
    scene.model.say(&bob(), issue, "on it");
    scene.until("09:10").await;
    (scene, issue)
}

/// The numbers of the issues that the bot filed.
fn filed(scene: &Scene) -> Vec<u64> {
    let inner = scene.model.open();
    let own = inner.issues.values().filter(|issue| issue.author.as_ref().is_some_and(|author| author.id == BOT));
    own.map(|issue| issue.number).collect()
}

async fn one_issue_despite(faults: &[Fault]) {
    let (mut scene, issue) = started().await;
    scene.model.open().filing_faults.extend(faults);
    scene.model.say(&bob(), issue, "@hotwash followup Mend the fence @carol by 2026-12-01");
    scene.until("09:30").await;
    assert_eq!(filed(&scene).len(), 1, "{faults:?}");
    let board = scene.text(issue, "board");
    assert!(board.contains(&format!("issues/{}", filed(&scene)[0])), "{board}");
}

#[tokio::test]
async fn a_follow_up_is_filed_once_whatever_the_forge_answers() {
    one_issue_despite(&[]).await;
    one_issue_despite(&[Fault::Ghost]).await;
    one_issue_despite(&[Fault::Lost]).await;
    one_issue_despite(&[Fault::Lost, Fault::Lost, Fault::Ghost]).await;
}

#[tokio::test]
async fn what_is_filed_is_no_incident_and_tells_of_none() {
    let (mut scene, issue) = started().await;
    scene.model.say(
        &bob(),
        issue,
        "@hotwash followup Mend the fence <!-- hotwash:incident -->, see @team and #7 @carol by 2026-12-01",
    );
    scene.until("12:00").await;
    let number = filed(&scene)[0];
    let inner = scene.model.open();
    let found = &inner.issues[&number];
    assert_eq!(found.labels.iter().collect::<Vec<_>>(), ["follow-up"]);
    assert_eq!(found.assignees[0].login, "carol");
    assert!(found.body.contains(&format!("#{issue}")) && found.body.contains("Mend the fence"), "{}", found.body);
    for live in ["@team", "#7", "Chickens"] {
        assert!(!found.body.contains(live) && !found.title.contains(live), "{live}: {} {}", found.title, found.body);
    }
    assert!(!found.body.contains(hotwash::text::marker::INCIDENT), "{}", found.body);
    assert!(inner.comments.iter().all(|(of, _)| *of == issue), "the bot works on its own follow-up");
}

#[tokio::test]
async fn a_database_that_is_lost_does_not_file_it_again() {
    let (mut scene, issue) = started().await;
    scene.model.say(&bob(), issue, "@hotwash followup Mend the fence");
    scene.until("09:30").await;
    let mut other = Scene::new();
    other.clock.set(hotwash::clock::Clock::now(scene.clock.as_ref()));
    other.model.inner = std::sync::Arc::clone(&scene.model.inner);
    other.restart();
    other.engine.sweep_once().await;
    other.until("10:30").await;
    assert_eq!(filed(&other), filed(&scene));
    let entries = other.store.journal(&IssueRef::new("github", "acme/incidents", issue)).await.unwrap();
    let told = entries.iter().filter(|entry| matches!(entry.event.what, What::Filed { .. })).count();
    assert_eq!(told, 1, "it is found by its marker");
}

#[tokio::test]
async fn somebody_who_cannot_be_assigned_is_left_out_and_that_is_said() {
    let (mut scene, issue) = started().await;
    scene.model.say(&bob(), issue, "@hotwash followup Mend the fence @nobody");
    scene.until("09:30").await;
    assert_eq!(filed(&scene).len(), 1);
    let reply = scene.text(issue, "reply/");
    assert!(reply.contains("did not let me assign nobody"), "{reply}");
}

#[tokio::test]
async fn what_the_forge_refuses_for_good_is_given_up_and_shown() {
    let (mut scene, issue) = started().await;
    scene.model.open().filing_faults.extend([Fault::Refused; 3]);
    scene.model.say(&bob(), issue, "@hotwash followup Mend the fence");
    scene.until("09:45").await;
    assert_eq!(filed(&scene), Vec::<u64>::new());
    assert!(scene.text(issue, "board").contains("refused"), "{}", scene.text(issue, "board"));
}

#[tokio::test]
async fn a_marker_of_another_incident_or_by_somebody_else_is_no_proof() {
    let (mut scene, issue) = started().await;
    let said = "@hotwash followup Mend the fence";
    let effect = |comment| hotwash::plan::keys::follow_up(comment, said);
    let comment = scene.model.say(&bob(), issue, said);
    let kind = hotwash::domain::message::MessageKind::FollowUp;
    let here = IssueRef::new("github", "acme/incidents", issue);
    let elsewhere = IssueRef::new("github", "acme/incidents", issue + 7);
    let stamped = |at: &IssueRef| hotwash::text::marker::stamp(kind, &effect(comment), at, &key());
    scene.model.file(&bob(), "Copied", &stamped(&here), &["follow-up"]);
    scene.model.file(&super::model::bot(), "Of another", &stamped(&elsewhere), &["follow-up"]);
    scene.until("09:30").await;
    assert_eq!(filed(&scene).len(), 2, "that of another incident, and the one of this");
}
