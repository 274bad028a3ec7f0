//! One report per closing; reopening marks it and starts the clocks anew.

use hotwash::domain::{
    action::Effect,
    event::{DutyState::Due, What},
    ids::CommentId,
    message::{Message, MessageKind},
    reading::Field,
};

use super::story::{bob, given, high};

#[test]
fn closing_brings_one_report() {
    let story = given(high().opened("09:00").field(Field::Status, "resolved", "11:00").closed("11:05")).at("11:05");
    assert_eq!(story.keys("retrospective/"), ["retrospective/close-1"]);
    assert_eq!(story.at("11:06").keys("retrospective/"), Vec::<String>::new());
}

#[test]
fn whoever_sets_a_false_alarm_is_asked_once_to_close_it() {
    let story = given(high().opened("09:00").field(Field::Status, "false alarm", "09:30")).at("09:30");
    assert_eq!(story.keys("ask-to-close/"), ["ask-to-close/2026-11-16T09:30:00Z"]);
    let Message::Reply(asked) = story.message(MessageKind::Reply) else { panic!("not a reply") };
    assert_eq!(asked.to, "@alice");
    let story = story.at("09:31");
    assert_eq!((story.keys("ask-to-close/"), story.keys("close/")), (Vec::<String>::new(), Vec::<String>::new()));
    let closed = high().opened("09:00").field(Field::Status, "false alarm", "09:30").closed("09:30");
    assert_eq!(given(closed).at("09:31").keys("ask-to-close/"), Vec::<String>::new());
}

#[test]
fn a_false_alarm_is_closed_where_the_project_says_so_and_again_only_when_it_is_one_again() {
    let mut story = high().opened("09:00").field(Field::Status, "false alarm", "09:30");
    story.project.close_false_alarms = true;
    let story = given(story).at("09:30");
    assert_eq!(story.keys("close/"), ["close/2026-11-16T09:30:00Z"]);
    assert_eq!(story.keys("ask-to-close/"), Vec::<String>::new());
    let story = story.at("09:31");
    assert_eq!((story.keys("close/").len(), story.keys("retrospective/").len()), (0, 1));
    let story = story.reopened("10:00").at("10:00").effective("investigating", "high", "initiate");
    assert_eq!(story.keys("close/"), Vec::<String>::new());
    let story = story.label("status::false-alarm", "11:00").at("11:00");
    assert_eq!(story.keys("close/"), ["close/2026-11-16T11:00:00Z"]);
    let mut resolved = high().opened("09:00").field(Field::Status, "resolved", "09:30");
    resolved.project.close_false_alarms = true;
    assert_eq!(given(resolved).at("09:31").keys("close/"), Vec::<String>::new());
}

#[test]
fn an_open_incident_gets_no_report() {
    let story = given(high().opened("09:00").field(Field::Status, "resolved", "11:00")).at("11:05");
    assert_eq!(story.keys("retrospective/"), Vec::<String>::new());
}

#[test]
fn reopening_marks_the_report_and_the_next_closing_brings_a_new_one() {
    let story = given(high().opened("09:00").closed("11:00").reopened("12:00").closed("13:00")).at("11:00").at("12:00");
    assert_eq!(story.keys("superseded/"), ["superseded/retrospective/close-1"]);
    let story = story.at("13:00");
    assert_eq!(story.keys("retrospective/"), ["retrospective/close-2"]);
    assert_eq!(story.keys("superseded/"), Vec::<String>::new());
}

#[test]
fn the_clocks_start_again_at_the_reopening() {
    given(high().opened("09:00").comment(bob(), "09:01").sitrep("09:30").closed("10:00").reopened("15:00"))
        .at("16:01")
        .judged("sitrep", &[("16:00", Due)]);
}

#[test]
fn an_old_report_found_anew_is_told_by_the_reopening_behind_it() {
    let wrote = |nth: u64| What::Wrote {
        key: format!("retrospective/close-{nth}"),
        kind: MessageKind::Retrospective,
        comment: CommentId(nth),
        covers: Vec::new(),
    };
    let story = high().opened("09:00").closed("10:00").tells(wrote(1), "10:00").reopened("11:00");
    let story = story.closed("12:00").tells(wrote(2), "12:00").reopened("13:00");
    let story = given(story).at("14:00");
    let said: Vec<String> = story
        .done()
        .iter()
        .filter_map(|action| match &action.what {
            Effect::Supersede { message, .. } => match message.as_ref() {
                Message::Superseded(superseded) => Some(superseded.reopened_at.spoken.clone()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert_eq!(said, ["2026-11-16 11:00 UTC", "2026-11-16 13:00 UTC"]);
}
