//! Reminders: once each, at most one live per duty, one catch-up after downtime, capped.

use chrono::Duration;
use hotwash::{
    domain::{
        command::Command,
        message::{Message, MessageKind},
    },
    plan::why::explain,
};

use super::story::{Story, bob, given, high, low, medium};

#[test]
fn a_due_sitrep_is_reminded_of_once() {
    given(high().opened("09:00").comment(bob(), "09:01"))
        .at("09:59")
        .stays_silent()
        .at("10:00")
        .reminds("sitrep")
        .at("10:00")
        .stays_silent()
        .at("10:05")
        .stays_silent();
}

#[test]
fn a_sitrep_folds_the_reminder_away() {
    given(high().opened("09:00").comment(bob(), "09:01").sitrep("10:10"))
        .at("10:00")
        .reminds("sitrep")
        .at("10:11")
        .collapses(1)
        .at("10:12")
        .collapses(0);
}

#[test]
fn an_hour_without_sitrep_brings_a_new_reminder_and_folds_the_old_one() {
    given(high().opened("09:00").comment(bob(), "09:01"))
        .at("10:00")
        .reminds("sitrep")
        .at("11:00")
        .reminds("sitrep")
        .collapses(1)
        .at("11:01")
        .collapses(0);
}

#[test]
fn twelve_running_hours_bring_twelve_reminders() {
    given(high().opened("09:00").comment(bob(), "09:01")).running_until("21:00").reminds_times("sitrep", 12);
}

#[test]
fn after_downtime_everything_overdue_goes_into_one_comment() {
    given(high().opened("09:00")).at("12:20").catches_up(&["acknowledge", "sitrep"]).at("12:21").stays_silent();
}

#[test]
fn a_catch_up_says_how_often_the_duty_was_missed() {
    let story = given(high().opened("09:00").comment(bob(), "09:01")).at("12:20").catches_up(&["sitrep"]);
    let Message::CatchUp(catch_up) = story.message(MessageKind::CatchUp) else { panic!("not a catch-up") };
    assert_eq!(catch_up.items[0].missed, 2);
    assert_eq!(catch_up.items[0].due.spoken, "2026-11-16 12:00 UTC");
}

#[test]
fn a_catch_up_is_folded_away_when_all_it_speaks_of_is_settled() {
    given(high().opened("09:00").sitrep("12:30"))
        .at("12:20")
        .catches_up(&["acknowledge", "sitrep"])
        .at("12:31")
        .collapses(1);
}

#[test]
fn the_hourly_cap_holds_reminders_back_and_the_board_says_so() {
    let story = given(high().cap(1).opened("09:00")).at("09:10").reminds("acknowledge").at("10:00").stays_silent();
    let Message::Board(board) = story.message(MessageKind::Board) else { panic!("not a board") };
    assert_eq!(board.held_back.len(), 1);
    story.at("10:10").reminds("sitrep");
}

#[test]
fn a_snooze_keeps_quiet_and_changes_no_due_moment() {
    let snooze = Command::Snooze { duty: "sitrep".to_owned(), span: Duration::minutes(30) };
    given(low().opened("08:00").comment(bob(), "08:01").says(snooze, "09:50"))
        .at("10:05")
        .stays_silent()
        .at("10:21")
        .reminds("sitrep");
}

#[test]
fn a_snooze_on_a_high_incident_ends_at_the_next_due_moment() {
    let snooze = Command::Snooze { duty: "sitrep".to_owned(), span: Duration::hours(5) };
    given(high().opened("09:00").comment(bob(), "09:01").says(snooze, "10:10"))
        .at("10:00")
        .reminds("sitrep")
        .at("10:30")
        .stays_silent()
        .at("11:00")
        .reminds("sitrep");
}

/// A duty `x` of an hour with reminders at fractions and at spans.
fn x(story: Story) -> Story {
    let x = "[[duty]]\nid = \"x\"\ntitle = \"X\"\nowes = \"ic\"\nask = \"Do X.\"\nmet_by = [\"done:x\"]\nsource = \"test\"\n\
             remind = [50, \"15m before\", 100, \"30m after\"]\nschedule = [{ within = \"1h\" }]\n";
    story.following(x).opened("09:00").comment(bob(), "09:01").sitrep("09:02")
}

#[test]
fn reminders_go_out_so_long_before_and_after_the_due_moment_each_once() {
    let story = given(x(low())).at("09:29").stays_silent().at("09:30").reminds("x").at("09:44").stays_silent();
    let story = story.at("09:45").reminds("x").collapses(1);
    assert_eq!(story.keys("reminder/"), ["reminder/x@2026-11-16T10:00:00Z/900s-before"]);
    let story = story.at("09:46").stays_silent().at("10:00").reminds("x").at("10:29").stays_silent();
    let story = story.at("10:30").reminds("x");
    assert_eq!(story.keys("reminder/"), ["reminder/x@2026-11-16T10:00:00Z/1800s-after"]);
    let Message::Reminder(reminder) = story.message(MessageKind::Reminder) else { panic!("not a reminder") };
    assert!(reminder.overdue);
    story.at("10:31").stays_silent().at("15:59").stays_silent();
}

#[test]
fn the_service_wakes_for_each_reminder_and_stops_when_it_is_met() {
    given(x(low())).running_until("10:45").reminds_times("x", 4);
    given(x(low()).says_done("x", "09:50")).running_until("10:45").reminds_times("x", 2);
}

#[test]
fn after_downtime_only_the_last_reminder_is_said() {
    let story = given(x(low())).at("10:31").reminds("x");
    assert_eq!(story.keys("reminder/"), ["reminder/x@2026-11-16T10:00:00Z/1800s-after"]);
    story.at("10:32").stays_silent();
}

#[test]
fn what_is_to_come_is_told_when_somebody_asks() {
    let story = given(x(low())).at("09:40");
    let explained = explain(&story.incident(), &story.project, "x", story.moment("09:40")).unwrap();
    let reminders: Vec<&str> = explained.reminders.iter().map(|at| at.exact.as_str()).collect();
    assert_eq!(reminders, ["2026-11-16T09:45:00Z", "2026-11-16T10:00:00Z", "2026-11-16T10:30:00Z"]);
}

#[test]
fn every_reminder_says_why() {
    let story = given(high().opened("09:00").comment(bob(), "09:01")).at("10:00").reminds("sitrep");
    let Message::Reminder(reminder) = story.message(MessageKind::Reminder) else { panic!("not a reminder") };
    assert_eq!(reminder.why.rule, "sitrep: every 1 h");
    assert_eq!(reminder.why.started_by, "the issue was opened");
    assert_eq!(reminder.why.due.unwrap().spoken, "2026-11-16 10:00 UTC");
    assert!(reminder.why.source.contains("198"), "{}", reminder.why.source);
}

#[test]
fn a_rule_of_the_wall_clock_is_told_in_words() {
    let story = given(medium().opened("09:00").comment(bob(), "09:01")).at("10:00").reminds("sitrep");
    let Message::Reminder(reminder) = story.message(MessageKind::Reminder) else { panic!("not a reminder") };
    assert_eq!(reminder.why.rule, "sitrep: at 10:00 and 16:00, Monday to Friday, on business days, in UTC");
}

#[test]
fn the_incident_commander_is_addressed() {
    let story =
        given(high().opened("09:00").ic_field("carol", "09:00").comment(bob(), "09:01")).at("10:00").reminds("sitrep");
    let Message::Reminder(reminder) = story.message(MessageKind::Reminder) else { panic!("not a reminder") };
    assert_eq!(reminder.mention, "@carol");
}

#[test]
fn no_reminder_at_night_for_a_business_hours_severity() {
    given(medium().opened("Fri 16:30").comment(bob(), "Fri 16:31")).running_until("next Mon 09:59").stays_silent();
}

#[test]
fn a_snooze_of_a_deadline_ends_when_it_is_due_while_people_work_round_the_clock() {
    let snooze = || Command::Snooze { duty: "acknowledge".to_owned(), span: Duration::hours(8) };
    given(high().opened("09:00").says(snooze(), "09:02")).at("09:09").stays_silent().at("09:10").reminds("acknowledge");
    given(low().opened("09:00").says(snooze(), "09:02")).at("09:10").stays_silent();
}
