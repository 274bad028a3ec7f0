//! What is due and stays unmet is told to others, step by step.

use chrono::Duration;
use hotwash::{
    domain::{
        command::Command,
        event::DutyState::{Due, Missed},
        message::{Escalation, Message, MessageKind},
    },
    plan::keys,
};

use super::story::{Story, bob, given, high, low};

/// A duty `x` of the commander, due an hour after the opening, told to the leads 10 minutes and to the director 30
/// minutes later.
const LADDER: &str = r#"
[[role]]
id = "leads"
title = "Leads"
handles = ["@dave", "@erin"]
source = "test"

[[role]]
id = "director"
title = "Director of security"
source = "test"

[[duty]]
id = "x"
title = "X"
owes = "ic"
ask = "Do X."
met_by = ["done:x"]
source = "test"
schedule = [{ within = "1h" }]

[[duty.escalate]]
after = "10m"
to = ["leads"]

[[duty.escalate]]
after = "30m"
to = ["director", "leads"]
ask = "Find somebody who does X."
"#;

/// Acknowledged, and with a sitrep, so that nothing but `x` is due before noon.
fn x(story: Story) -> Story {
    story
        .following(LADDER)
        .role("director", &["@frank"])
        .opened("09:00")
        .ic_field("carol", "09:00")
        .comment(bob(), "09:01")
}

fn quiet() -> Story {
    x(low()).sitrep("09:30")
}

fn quiet_high() -> Story {
    x(high()).sitrep("09:59").sitrep("10:40").sitrep("11:30")
}

fn said(story: &Story) -> Escalation {
    let Message::Escalation(said) = story.message(MessageKind::Escalation) else { panic!("not an escalation") };
    said
}

#[test]
fn t3_each_step_is_taken_in_its_time_and_once() {
    let story = given(quiet()).at("10:00").reminds("x").at("10:09").stays_silent().at("10:10");
    assert_eq!(story.keys("escalation/"), ["escalation/x@2026-11-16T10:00:00Z/1"]);
    let story = story.at("10:10").stays_silent().at("10:29").stays_silent().at("10:30");
    assert_eq!(story.keys("escalation/"), ["escalation/x@2026-11-16T10:00:00Z/2"]);
    story.at("10:31").stays_silent().at("16:00").stays_silent();
}

#[test]
fn the_service_wakes_for_each_step() {
    let story = given(quiet_high()).running_until("11:00");
    let wanted = ["escalation/x@2026-11-16T10:00:00Z/1", "escalation/x@2026-11-16T10:00:00Z/2"];
    assert_eq!(story.keys("escalation/"), wanted);
}

#[test]
fn an_escalation_says_who_is_called_what_for_and_who_was_called_before() {
    let story = given(quiet()).at("10:00").at("10:10");
    let first = said(&story);
    assert_eq!((first.mention.as_str(), first.ask.as_str()), ("@dave @erin", "Do X."));
    assert_eq!((first.to, first.before), (vec!["Leads".to_owned()], vec!["@carol".to_owned()]));
    assert_eq!(first.due.spoken, "2026-11-16 10:00 UTC");
    let second = said(&story.at("10:30"));
    assert_eq!((second.mention.as_str(), second.ask.as_str()), ("@frank @dave @erin", "Find somebody who does X."));
    assert_eq!(second.before, ["@carol", "@dave", "@erin"]);
    assert_eq!(second.nobody, []);
}

#[test]
fn a_role_that_nobody_plays_is_named_and_the_commander_is_called() {
    let mut story = quiet();
    story.project.roles.clear();
    let second = said(&given(story).at("10:10").at("10:30"));
    assert_eq!(second.nobody, [("Director of security".to_owned(), "director".to_owned())]);
    assert_eq!(second.mention, "@carol @dave @erin");
}

#[test]
fn what_is_met_or_waived_or_a_false_alarm_or_closed_is_told_to_nobody_more() {
    given(quiet().says_done("x", "10:05")).at("10:00").reminds("x").at("10:30").stays_silent();
    given(quiet().waives("x", "10:05")).at("10:00").at("10:30").stays_silent();
    given(quiet().label("status::false-alarm", "10:05")).at("10:00").at("10:30").stays_silent();
    given(quiet().closed("10:05")).at("10:00").at("10:30").stays_silent();
}

#[test]
fn once_met_the_escalation_is_folded_away() {
    let story = given(quiet().says_done("x", "10:20")).at("10:00").at("10:10").collapses(1).at("10:21").collapses(1);
    assert_eq!(story.keys("collapse/"), ["collapse/escalation/x@2026-11-16T10:00:00Z/1"]);
    story.at("10:22").collapses(0);
}

#[test]
fn after_downtime_only_the_highest_step_is_taken_and_the_reminder_with_it() {
    let story = given(quiet()).at("10:45");
    assert_eq!(story.keys("escalation/"), ["escalation/x@2026-11-16T10:00:00Z/2"]);
    assert_eq!(story.keys("reminder/"), Vec::<String>::new());
    story.at("10:46").stays_silent().at("12:00").stays_silent();
}

#[test]
fn after_downtime_everything_overdue_goes_into_one_comment_the_escalation_included() {
    let story = given(x(low())).at("10:15").catches_up(&["sitrep", "x"]);
    assert_eq!(story.keys("escalation/"), Vec::<String>::new());
    let Message::CatchUp(catch_up) = story.message(MessageKind::CatchUp) else { panic!("not a catch-up") };
    assert_eq!(catch_up.mention, "@carol @dave @erin");
    assert_eq!(catch_up.items[1].escalated, ["Leads"]);
    let story = story.at("10:16").stays_silent().at("10:30");
    assert_eq!(story.keys("escalation/"), ["escalation/x@2026-11-16T10:00:00Z/2"], "only the step that is new");
    story.at("10:31").stays_silent();
}

#[test]
fn what_a_cap_holds_back_is_told_to_others_all_the_same_and_counts() {
    let story = given(x(low()).cap(1)).at("10:00").catches_up(&["sitrep", "x"]).at("10:10");
    assert_eq!(story.keys("escalation/").len(), 1);
    let story = given(quiet().cap(2)).at("10:00").reminds("x").at("10:10");
    assert_eq!(story.keys("escalation/").len(), 1);
    let snooze = Command::Snooze { duty: "sitrep".to_owned(), span: Duration::minutes(15) };
    let late = given(x(low()).cap(1).says(snooze, "09:59").says_done("x", "10:15"))
        .at("10:00")
        .reminds("x")
        .at("10:10")
        .at("10:20");
    assert_eq!(late.keys("reminder/"), Vec::<String>::new(), "the escalation at 10:10 counts");
    late.at("11:11").reminds("sitrep");
}

#[test]
fn a_snooze_holds_an_escalation_back_but_not_round_the_clock() {
    let snooze = || Command::Snooze { duty: "x".to_owned(), span: Duration::minutes(40) };
    let story = given(quiet().says(snooze(), "10:01")).at("10:00").reminds("x").at("10:30").stays_silent();
    assert_eq!(story.running_until("10:45").keys("escalation/"), ["escalation/x@2026-11-16T10:00:00Z/2"]);
    let story = given(quiet_high().says(snooze(), "10:01")).at("10:00").at("10:10");
    assert_eq!(story.keys("escalation/").len(), 1);
}

#[test]
fn each_hour_without_a_sitrep_is_told_to_others_anew() {
    let sitrep = "[[role]]\nid = \"leads\"\ntitle = \"Leads\"\nsource = \"test\"\n[[duty]]\nid = \"y\"\ntitle = \"Y\"\n\
                  owes = \"ic\"\nask = \"Y.\"\nmet_by = [\"done:y\"]\nsource = \"test\"\nschedule = [{ every = \"1h\" }]\n\
                  escalate = [{ after = \"0m\", to = [\"leads\"] }]\n";
    let story = high().following(sitrep).opened("09:00").comment(bob(), "09:01").sitrep("09:30").sitrep("10:20");
    let story = given(story.sitrep("11:10")).running_until("11:05");
    let wanted = ["escalation/y@2026-11-16T10:00:00Z/1", "escalation/y@2026-11-16T11:00:00Z/1"];
    assert_eq!(story.keys("escalation/"), wanted);
    assert_eq!(story.keys("reminder/y@"), Vec::<String>::new(), "an escalation when it is due says it all");
    story.judged("y", &[("10:00", Missed), ("11:00", Due)]);
}

/// A duty of 2 business hours, told to the leads 2 such hours later, and to the director 4 hours later on every clock.
const BUSINESS: &str = r#"
[[role]]
id = "leads"
title = "Leads"
source = "test"

[[duty]]
id = "x"
title = "X"
owes = "ic"
ask = "Do X."
met_by = ["done:x"]
source = "test"
schedule = [{ within = "2h", calendar = "severity" }]

[[duty.escalate]]
after = "2h"
to = ["leads"]
"#;

fn in_business(story: Story, more: &str) -> Story {
    story.following(&format!("{BUSINESS}{more}")).opened("14:00").comment(bob(), "14:01").sitrep("14:02")
}

#[test]
fn a_step_is_counted_as_its_duty_in_the_time_in_which_people_work() {
    let story = given(in_business(low(), "")).at("16:00").reminds("x").at("18:00").stays_silent();
    let story = story.running_until("Tue 09:59");
    assert_eq!(story.keys("escalation/"), Vec::<String>::new(), "one business hour is left on Monday, one on Tuesday");
    assert_eq!(story.at("Tue 10:00").keys("escalation/"), ["escalation/x@2026-11-16T16:00:00Z/1"]);
    let round_the_clock = high().following(BUSINESS).opened("14:00").comment(bob(), "14:01").sitrep("17:30");
    let story = given(round_the_clock).at("16:00").at("18:00");
    assert_eq!(story.keys("escalation/"), ["escalation/x@2026-11-16T16:00:00Z/1"]);
}

#[test]
fn a_step_can_be_counted_round_the_clock_whatever_its_duty_is() {
    let always = "\n[[duty.escalate]]\nafter = \"4h\"\nto = [\"leads\"]\ncalendar = \"always\"\n";
    let story = given(in_business(low(), always)).at("16:00").at("19:59").stays_silent().at("20:00");
    assert_eq!(story.keys("escalation/"), ["escalation/x@2026-11-16T16:00:00Z/2"], "the later step comes first");
    story.running_until("Tue 09:59").stays_silent();
}

#[test]
fn a_holiday_puts_a_step_off() {
    let mut story = in_business(low(), "");
    story.project.business.holidays.extend(chrono::NaiveDate::from_ymd_opt(2026, 11, 17));
    let story = given(story).at("16:00").reminds("x").at("Tue 16:00").stays_silent().running_until("Wed 09:59");
    assert_eq!(story.at("Wed 10:00").keys("escalation/"), ["escalation/x@2026-11-16T16:00:00Z/1"]);
}

#[test]
fn a_key_tells_which_step_of_what_so_that_a_lost_journal_repeats_none() {
    let story = given(x(low())).at("10:15");
    let catch_up = &story.keys("catch-up/")[0];
    let steps = keys::steps(catch_up);
    assert_eq!(steps.iter().map(|(about, step)| (about.duty.as_str(), *step)).collect::<Vec<_>>(), [("x", 1)]);
    assert_eq!(keys::covers(catch_up).len(), 2);
    let alone = keys::escalation(&steps[0].0, 2);
    assert_eq!(keys::steps(&alone), [(steps[0].0.clone(), 2)]);
    assert_eq!(keys::covers(&alone), [steps[0].0.clone()]);
    assert_eq!(keys::steps("reminder/x@2026-11-16T10:00:00Z/50"), [], "percents are no steps");
}
