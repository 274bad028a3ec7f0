//! A forge that misbehaves: one visible comment whatever happens to the answer.

use chrono::TimeDelta;
use hotwash::domain::{
    event::{DutyState, What},
    ids::IssueRef,
};

use super::{
    model::Fault,
    scene::{BODY, Scene, alice, bob},
};

async fn started() -> (Scene, u64) {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident", "severity::high"]);
    scene.settle().await;
    scene.model.say(&bob(), issue, "on it");
    scene.until("09:59").await;
    (scene, issue)
}

const REMINDER: &str = "reminder/sitrep@2026-11-16T10:00:00Z";

async fn one_reminder_despite(faults: &[Fault]) {
    let (mut scene, issue) = started().await;
    scene.model.open().faults.extend(faults);
    scene.until("10:30").await;
    let reminders: Vec<String> = scene.keys(issue).into_iter().filter(|key| key != "board").collect();
    assert_eq!(reminders, [REMINDER], "{faults:?}");
}

#[tokio::test]
async fn a_write_that_was_applied_though_an_error_came_back_is_not_repeated() {
    one_reminder_despite(&[Fault::Ghost]).await;
}

#[tokio::test]
async fn a_write_that_was_lost_is_sent_again_after_looking_twice() {
    one_reminder_despite(&[Fault::Lost]).await;
    one_reminder_despite(&[Fault::Lost, Fault::Lost, Fault::Ghost]).await;
}

#[tokio::test]
async fn a_write_that_shows_up_late_is_waited_for() {
    one_reminder_despite(&[Fault::Late(8)]).await;
    one_reminder_despite(&[Fault::Late(29)]).await;
}

#[tokio::test]
async fn a_limit_is_waited_out() {
    one_reminder_despite(&[Fault::Limited, Fault::Limited]).await;
}

#[tokio::test]
async fn a_comment_refused_for_good_is_given_up_and_shown_on_the_board() {
    let (mut scene, issue) = started().await;
    scene.model.open().faults.extend([Fault::Refused, Fault::Refused, Fault::Refused]);
    scene.until("10:30").await;
    assert_eq!(scene.keys(issue), ["board"]);
    assert!(scene.text(issue, "board").contains("refused"), "{}", scene.text(issue, "board"));
}

#[tokio::test]
async fn a_label_that_a_person_took_off_comes_back() {
    let (mut scene, issue) = started().await;
    scene.model.unlabel(&bob(), issue, "status::investigating");
    scene.settle().await;
    assert!(scene.labels(issue).contains(&"status::investigating".to_owned()));
}

#[tokio::test]
async fn a_reminder_that_a_person_deleted_is_not_posted_again() {
    let (mut scene, issue) = started().await;
    scene.until("10:01").await;
    let (_, id) = scene.bots(issue).into_iter().find(|(key, _)| key == REMINDER).unwrap();
    scene.model.delete(&bob(), issue, id);
    scene.until("10:50").await;
    assert_eq!(scene.keys(issue), ["board"]);
}

#[tokio::test]
async fn a_board_that_a_person_deleted_stays_away() {
    let (mut scene, issue) = started().await;
    let (_, board) = scene.bots(issue).remove(0);
    scene.model.delete(&bob(), issue, board);
    scene.model.label(&bob(), issue, "severity::low");
    scene.until("11:00").await;
    assert!(!scene.keys(issue).contains(&"board".to_owned()));
}

#[tokio::test]
async fn a_marker_pasted_by_a_person_moves_nothing() {
    let (mut scene, issue) = started().await;
    let board = scene.text(issue, "board");
    let stolen = board.lines().last().unwrap().to_owned();
    let forged = hotwash::text::marker::stamp(
        hotwash::domain::message::MessageKind::Reminder,
        REMINDER,
        &IssueRef::new("github", "acme/incidents", issue),
        &hotwash::text::marker::MarkerKey::derive(b"guessed"),
    );
    scene.model.say(&bob(), issue, &format!("hello {stolen}\n{forged}"));
    scene.until("10:05").await;
    assert_eq!(scene.keys(issue), ["board", REMINDER]);
}

#[tokio::test]
async fn commands_from_somebody_without_write_access_are_not_obeyed() {
    let (mut scene, issue) = started().await;
    let mallory = hotwash::domain::people::Account::new(66, "mallory");
    scene.model.say(&mallory, issue, "@hotwash severity low\n@hotwash status resolved");
    scene.settle().await;
    assert!(scene.labels(issue).contains(&"severity::high".to_owned()));
    assert_eq!(scene.keys(issue).iter().filter(|key| key.starts_with("reply/")).count(), 1, "one refusal a comment");
}

#[tokio::test]
async fn an_edited_comment_runs_only_what_changed() {
    let (mut scene, issue) = started().await;
    let id = scene.model.say(&bob(), issue, "@hotwash severity low");
    scene.later(TimeDelta::minutes(1)).await;
    scene.model.label(&alice(), issue, "severity::high");
    scene.later(TimeDelta::minutes(1)).await;
    scene.model.reword(&bob(), issue, id, "@hotwash severity low\n@hotwash phase assess");
    scene.later(TimeDelta::minutes(1)).await;
    let labels = scene.labels(issue);
    assert!(
        labels.contains(&"severity::high".to_owned()) && labels.contains(&"phase::assess".to_owned()),
        "{labels:?}"
    );
}

#[tokio::test]
async fn an_unreadable_severity_keeps_the_last_good_one() {
    let (mut scene, issue) = started().await;
    scene.model.edit(&bob(), issue, "**Severity**: unknown", "**Severity**: Hihg");
    scene.later(TimeDelta::minutes(1)).await;
    assert!(scene.labels(issue).contains(&"severity::high".to_owned()));
    let board = scene.text(issue, "board");
    assert!(board.contains("Hihg") && board.contains("high"), "{board}");
}

#[tokio::test]
async fn an_issue_that_was_hidden_for_a_while_is_found_again_and_its_clocks_go_on() {
    let (mut scene, issue) = started().await;
    let hidden = scene.model.open().issues.remove(&issue).unwrap();
    scene.until("10:20").await;
    assert_eq!(scene.model.open().writes.get("comment"), Some(&1), "only the board was ever posted");
    scene.model.open().issues.insert(issue, hidden);
    scene.until("10:59").await;
    assert_eq!(scene.keys(issue), ["board", REMINDER]);
}

#[tokio::test]
async fn a_history_that_is_not_to_be_had_after_a_start_stops_no_clock() {
    let (mut scene, issue) = started().await;
    scene.model.open().broken.insert("history");
    scene.model.open().reads.remove("history");
    scene.restart();
    scene.until("10:05").await;
    assert!(scene.model.open().reads.contains_key("history"), "the first look after a start asks for it");
    assert!(scene.keys(issue).contains(&REMINDER.to_owned()), "{:?}", scene.keys(issue));
}

#[tokio::test]
async fn a_permission_that_cannot_be_read_stops_no_clock_and_the_command_is_obeyed_later() {
    let (mut scene, issue) = started().await;
    scene.model.open().broken.insert("permission");
    scene.model.say(&bob(), issue, "@hotwash severity low");
    scene.until("10:05").await;
    assert!(scene.keys(issue).contains(&REMINDER.to_owned()), "{:?}", scene.keys(issue));
    assert!(scene.labels(issue).contains(&"severity::high".to_owned()), "nobody knows whether bob may");
    scene.model.open().broken.clear();
    scene.until("10:11").await;
    assert!(scene.labels(issue).contains(&"severity::low".to_owned()), "{:?}", scene.labels(issue));
}

#[tokio::test]
async fn what_came_of_a_duty_waits_for_a_command_that_is_not_judged() {
    let (mut scene, issue) = started().await;
    scene.model.say(&bob(), issue, "@hotwash sitrep all is well");
    scene.model.open().broken.insert("permission");
    // Nobody looks for more than an hour.
    scene.clock.set(super::scene::at("11:05"));
    scene.settle().await;
    assert!(!scene.keys(issue).iter().any(|key| key.starts_with("catch-up/")), "{:?}", scene.keys(issue));
    scene.model.open().broken.clear();
    scene.until("11:06").await;
    let journal = scene.store.journal(&IssueRef::new("github", "acme/incidents", issue)).await.unwrap();
    let first = super::scene::at("10:00");
    let states: Vec<DutyState> = journal
        .iter()
        .filter_map(|entry| match &entry.event.what {
            What::Duty { occurrence, state, .. } if occurrence.duty == "sitrep" && occurrence.due == first => {
                Some(*state)
            }
            _ => None,
        })
        .collect();
    assert_eq!(states, [DutyState::Met], "the sitrep was posted in time");
}

#[tokio::test]
async fn a_command_that_waits_for_a_permission_outlives_a_restart() {
    let (mut scene, issue) = started().await;
    scene.model.open().broken.insert("permission");
    let id = scene.model.say(&bob(), issue, "no command yet");
    scene.settle().await;
    scene.model.reword(&bob(), issue, id, "@hotwash severity low");
    scene.settle().await;
    scene.restart();
    scene.model.open().broken.clear();
    scene.until("10:06").await;
    assert!(scene.labels(issue).contains(&"severity::low".to_owned()), "{:?}", scene.labels(issue));
}

#[tokio::test]
async fn a_named_commander_is_obeyed_without_asking() {
    let mut scene = Scene::commanded_by(&["Bob"]);
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident", "severity::high"]);
    scene.settle().await;
    scene.model.open().broken.insert("permission");
    scene.model.say(&bob(), issue, "@hotwash severity low");
    scene.later(TimeDelta::minutes(1)).await;
    assert!(scene.labels(issue).contains(&"severity::low".to_owned()));
    assert_eq!(scene.model.open().reads.get("permission"), None);
}

#[tokio::test]
async fn an_open_incident_out_of_sight_is_looked_for_at_least_every_quarter_of_an_hour() {
    let (mut scene, issue) = started().await;
    let hidden = scene.model.open().issues.remove(&issue).unwrap();
    scene.until("18:00").await;
    scene.model.open().issues.insert(issue, hidden);
    scene.until("18:16").await;
    assert_eq!(scene.keys(issue), ["board", "catch-up/sitrep@2026-11-16T18:00:00Z"]);
}

#[tokio::test]
async fn an_incident_lost_from_sight_twice_is_looked_for_soon_each_time() {
    let (mut scene, issue) = started().await;
    let hidden = scene.model.open().issues.remove(&issue).unwrap();
    scene.until("12:00").await;
    scene.model.open().issues.insert(issue, hidden);
    scene.until("12:30").await;
    scene.model.open().issues.remove(&issue).unwrap();
    let reference = IssueRef::new("github", "acme/incidents", issue);
    scene.store.nudge(vec![reference], super::scene::at("12:30"), false).await.unwrap();
    scene.model.open().reads.clear();
    scene.until("12:46").await;
    let reads = scene.model.open().reads["issue"];
    assert!((5..=10).contains(&reads), "the search begins anew, every few seconds at first: {reads}");
}

#[tokio::test]
async fn a_comment_whose_turn_comes_near_the_end_of_the_lease_is_not_sent_then_but_after() {
    let (mut scene, issue) = started().await;
    // The lease lasts a minute; from 45 s on nothing may leave.
    scene.model.open().faults.push_back(Fault::Queued(50));
    scene.until("10:00").await;
    assert_eq!(scene.model.open().writes.get("comment"), Some(&1), "only the board was ever posted");
    scene.until("10:02").await;
    assert_eq!(scene.keys(issue), ["board", REMINDER]);
}

#[tokio::test]
async fn a_thread_that_never_becomes_complete_holds_a_lost_comment_back_for_minutes_only() {
    let (mut scene, issue) = started().await;
    scene.model.open().issues.get_mut(&issue).unwrap().comments += 1;
    scene.model.open().faults.push_back(Fault::Lost);
    scene.until("10:04").await;
    assert_eq!(scene.keys(issue), ["board"], "not sent again on the word of an incomplete thread");
    scene.until("10:10").await;
    assert_eq!(scene.keys(issue), ["board", REMINDER]);
}

#[tokio::test]
async fn the_second_page_of_a_long_sitrep_is_posted_though_its_first_try_was_lost() {
    let (mut scene, issue) = started().await;
    scene.model.open().faults.extend([Fault::Queued(0), Fault::Lost]);
    scene.model.say(
        &bob(),
        issue,
        &format!("@hotwash sitrep {}", "all*is*well, so *far* we know|as_of \n\n".repeat(1_500)),
    );
    scene.until("10:20").await;
    let keys: Vec<String> = scene.keys(issue).into_iter().filter(|key| key.starts_with("sitrep/")).collect();
    assert!(keys.len() >= 2 && keys[1].ends_with("#2"), "{keys:?}");
    let mut once = keys.clone();
    once.dedup();
    assert_eq!(keys, once);
}

#[tokio::test]
async fn a_label_that_cannot_be_put_on_holds_back_no_reminder() {
    let (mut scene, issue) = started().await;
    scene.model.open().broken.insert("add labels");
    scene.model.unlabel(&bob(), issue, "status::investigating");
    scene.until("10:05").await;
    assert_eq!(scene.keys(issue), ["board", REMINDER]);
    scene.model.open().broken.clear();
    scene.until("10:15").await;
    assert!(scene.labels(issue).contains(&"status::investigating".to_owned()));
}

#[tokio::test]
async fn a_look_that_breaks_is_put_off_and_loses_nothing() {
    let mut scene = Scene::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident"]);
    scene.model.open().breaks = true;
    scene.settle().await;
    assert_eq!(scene.keys(issue), Vec::<String>::new());
    let due = scene.store.next_due().await.unwrap().unwrap();
    assert!(due < super::scene::at("09:01"), "it is tried again long before the lease would have ended: {due}");
    scene.until("09:01").await;
    assert_eq!(scene.keys(issue), ["board"]);
}

#[tokio::test]
async fn a_report_waits_for_the_judgement_of_a_command_and_tells_of_it() {
    let (mut scene, issue) = started().await;
    scene.until("09:30").await;
    scene.model.open().broken.insert("permission");
    scene.model.say(&bob(), issue, "@hotwash severity low");
    scene.clock.set(super::scene::at("09:31"));
    scene.model.close(&alice(), issue);
    scene.settle().await;
    let reported = |scene: &Scene| scene.keys(issue).iter().any(|key| key.starts_with("retrospective/"));
    assert!(!reported(&scene), "nobody knows yet whether bob may");
    scene.model.open().broken.clear();
    scene.until("09:33").await;
    let report = scene.text(issue, "retrospective/");
    assert!(report.contains("at the end low"), "{report}");
}

#[tokio::test]
async fn a_report_does_not_wait_for_ever_for_a_forge_that_tells_no_permission() {
    let (mut scene, issue) = started().await;
    scene.until("09:30").await;
    scene.model.open().broken.insert("permission");
    scene.model.say(&bob(), issue, "@hotwash severity low");
    scene.model.close(&alice(), issue);
    scene.until("09:45").await;
    assert!(scene.keys(issue).iter().any(|key| key.starts_with("retrospective/")), "{:?}", scene.keys(issue));
}
