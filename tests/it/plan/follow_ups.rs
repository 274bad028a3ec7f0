//! Follow-ups become issues of their own.

use chrono::NaiveDate;
use hotwash::domain::{
    action::{Effect, Filing},
    command::Command,
    event::{DutyState::Due, DutyState::Met, Exposure, What},
    message::{Message, MessageKind},
    people::Person,
};

use super::story::{Story, given, medium};

fn buy_locks() -> Command {
    let by = NaiveDate::from_ymd_opt(2026, 12, 1);
    Command::Followup { text: "Buy locks @all".to_owned(), owner: Some(Person::Handle("carol".to_owned())), by }
}

fn asked() -> Story {
    medium().opened("09:00").says(buy_locks(), "09:30")
}

/// The process of the stories has no such duty.
fn owing(story: Story) -> Story {
    story.process(
        r#"
[[duty]]
id = "afterwards"
title = "File the follow-ups"
owes = "ic"
start = "closed"
ask = "File them."
met_by = ["follow-up"]
source = "test"
schedule = [{ within = "2h" }]
"#,
    )
}

fn filing(story: &Story) -> Filing {
    let filed = story.done().iter().find_map(|action| match &action.what {
        Effect::File(filing) => Some(Filing::clone(filing)),
        _ => None,
    });
    filed.expect("nothing was filed")
}

#[test]
fn a_follow_up_is_filed_once_with_owner_date_and_label() {
    let story = given(asked()).at("09:30");
    assert_eq!(story.keys("follow-up/").len(), 1, "{:?}", story.keys(""));
    let filing = filing(&story);
    assert_eq!((filing.label.name.as_str(), filing.assignee.as_deref()), ("follow-up", Some("carol")));
    assert_eq!(filing.title.0, "Buy locks @all");
    let Message::FollowUp(issue) = filing.message else { panic!("another message") };
    assert_eq!((issue.incident, issue.date.as_str(), issue.by.as_str()), (1, "2026-12-01", "@bob"));
    assert_eq!(story.at("09:31").keys("follow-up/"), Vec::<String>::new());
}

#[test]
fn the_board_says_where_it_is() {
    let story = given(asked()).at("09:30").at("09:31");
    let Message::Board(board) = story.message(MessageKind::Board) else { panic!("not a board") };
    let line = &board.follow_ups[0];
    assert!(line.number.starts_with('#'), "{}", line.number);
    assert_eq!((line.text.0.as_str(), line.owner.0.as_str()), ("Buy locks @all", "@carol"));
}

#[test]
fn in_an_exercise_it_says_so() {
    let mut story = asked();
    story.project.exercise = true;
    let filing = filing(&given(story).at("09:30"));
    assert!(filing.title.0.starts_with("EXERCISE: "));
}

#[test]
fn nothing_is_filed_where_everybody_could_read_it() {
    let story = given(asked().tells(What::Exposed { how: Exposure::Project }, "09:10")).at("09:30");
    assert_eq!(story.keys("follow-up/"), Vec::<String>::new());
    let story = story.tells(What::Hidden, "10:00").at("10:00");
    assert_eq!(story.keys("follow-up/").len(), 1);
}

#[test]
fn whoever_is_not_assigned_is_told_of() {
    let mut story = given(asked()).at("09:30");
    for event in &mut story.events {
        if let What::Filed { assigned, .. } = &mut event.what {
            *assigned = false;
        }
    }
    let story = story.at("09:31");
    let Message::Reply(reply) = story.message(MessageKind::Reply) else { panic!("not a reply") };
    assert!(reply.lines[0].contains("carol"), "{:?}", reply.lines);
    assert_eq!(story.at("09:32").keys("reply/"), Vec::<String>::new());
}

#[test]
fn a_follow_up_filed_before_the_closing_meets_the_duty_after_it() {
    let closed = |story: Story| owing(story).label("status::resolved", "10:00").closed("10:00");
    closed(medium().opened("09:00")).at("12:01").judged("afterwards", &[("12:00", Due)]);
    let filed = asked().at("09:31");
    closed(filed).at("10:01").judged("afterwards", &[("12:00", Met)]);
}

#[test]
fn a_follow_up_after_the_closing_or_the_word_that_there_is_none_meets_it_too() {
    let closed = || owing(medium().opened("09:00")).label("status::resolved", "10:00").closed("10:00");
    closed().says(buy_locks(), "10:30").at("10:30").at("10:31").judged("afterwards", &[("12:00", Met)]);
    closed().says(Command::NoFollowup, "10:30").at("10:31").judged("afterwards", &[("12:00", Met)]);
    let before = owing(medium().opened("09:00").says(Command::NoFollowup, "09:30"));
    before.label("status::resolved", "10:00").closed("10:00").at("10:01").judged("afterwards", &[("12:00", Met)]);
}

#[test]
fn what_is_only_asked_for_meets_nothing() {
    let closed = owing(medium().opened("09:00")).label("status::resolved", "10:00").closed("10:00");
    let story = closed.tells(What::Exposed { how: Exposure::Project }, "10:10").says(buy_locks(), "10:30");
    story.at("12:01").judged("afterwards", &[("12:00", Due)]);
}
