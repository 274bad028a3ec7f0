//! The newest change by a person wins, whatever it was made through and in whatever order it was noticed.

use hotwash::domain::{command::Command, people::Actor, reading::Field};

use super::story::{given, high, unknown};

#[test]
fn an_incident_starts_as_the_process_says() {
    given(unknown().opened("09:00")).effective("investigating", "unknown", "initiate");
}

#[test]
fn the_newest_of_body_label_and_command_wins() {
    let severity = |to: &str| Command::Severity { to: to.to_owned() };
    given(unknown().opened("09:00").field(Field::Severity, "low", "09:05").label("severity::high", "09:10")).effective(
        "investigating",
        "high",
        "initiate",
    );
    given(unknown().opened("09:00").label("severity::high", "09:10").field(Field::Severity, "low", "09:15")).effective(
        "investigating",
        "low",
        "initiate",
    );
    given(unknown().opened("09:00").label("severity::high", "09:10").says(severity("medium"), "09:20")).effective(
        "investigating",
        "medium",
        "initiate",
    );
}

#[test]
fn the_order_of_noticing_does_not_matter() {
    given(unknown().opened("09:00").label("severity::high", "09:30").field(Field::Severity, "low", "09:05")).effective(
        "investigating",
        "high",
        "initiate",
    );
}

#[test]
fn the_phase_follows_from_the_status_and_a_person_may_set_another() {
    given(high().opened("09:00").field(Field::Status, "confirmed", "09:30")).effective(
        "confirmed",
        "high",
        "remediate",
    );
    given(high().opened("09:00").field(Field::Status, "confirmed", "09:30").label("phase::assess", "09:40")).effective(
        "confirmed",
        "high",
        "assess",
    );
    given(high().opened("09:00").label("phase::assess", "09:20").field(Field::Status, "resolved", "09:30")).effective(
        "resolved",
        "high",
        "retrospective",
    );
}

#[test]
fn phases_stay_put_where_the_project_does_not_advance_them() {
    let mut story = high().opened("09:00").field(Field::Status, "confirmed", "09:30");
    story.project.advance = false;
    story.effective("confirmed", "high", "initiate");
}

#[test]
fn the_bots_own_labels_are_nobodys_wish() {
    let mut story = unknown().opened("09:00").label("severity::high", "09:10");
    story.events.last_mut().unwrap().by = Actor::Bot;
    story.effective("investigating", "unknown", "initiate");
}

#[test]
fn the_peak_severity_is_kept() {
    let incident = given(high().opened("09:00").label("severity::low", "09:30")).incident();
    assert_eq!((incident.severity.value.as_str(), incident.peak_severity.as_str()), ("low", "high"));
}

#[test]
fn the_first_responder_who_acknowledges_becomes_commander_once() {
    let story = given(high().opened("09:00").says(Command::Ack, "09:05"));
    assert_eq!(story.incident().ic.unwrap().who.written(), "@bob");
    let story = given(high().opened("09:00").ic_field("carol", "09:00").says(Command::Ack, "09:05"));
    assert_eq!(story.incident().ic.unwrap().who.written(), "@carol");
}

#[test]
fn reopening_resumes_the_status_that_held_before_the_end() {
    given(
        high()
            .opened("09:00")
            .field(Field::Status, "confirmed", "09:30")
            .label("phase::assess", "09:40")
            .field(Field::Status, "resolved", "10:00")
            .closed("10:05")
            .reopened("11:00"),
    )
    .effective("confirmed", "high", "assess");
}

#[test]
fn leads_and_steps_are_numbered_by_their_moments_in_whatever_order_they_were_noticed() {
    let lead = |text: &str| Command::Lead { text: text.to_owned(), owner: None };
    let story = high().opened("09:00").says(lead("second"), "09:10").says_done("1", "09:12");
    let incident = given(story.says(lead("first"), "09:05").says(lead("third"), "09:15")).incident();
    let tasks: Vec<(usize, &str, bool)> =
        incident.tasks.iter().map(|task| (task.number, task.text.as_str(), task.done.is_some())).collect();
    assert_eq!(tasks, [(1, "first", false), (2, "second", true), (3, "third", false)]);
}
