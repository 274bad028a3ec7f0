//! Duties are judged at their true times.

use chrono_tz::{America::New_York, Europe::Berlin};
use hotwash::domain::event::DutyState::{Due, Late, Met, Missed};

use super::story::{given, high, low, medium, unknown};

#[test]
fn a_high_incident_owes_a_sitrep_an_hour_after_opening() {
    given(high().opened("09:00").sitrep("09:50")).at("09:55").judged("sitrep", &[("10:00", Met)]);
}

#[test]
fn an_early_sitrep_re_arms_the_hourly_clock() {
    given(high().opened("09:00").sitrep("09:30"))
        .running_until("10:40")
        .judged("sitrep", &[("10:00", Met), ("10:30", Due)]);
}

#[test]
fn a_sitrep_after_the_due_moment_is_late() {
    given(high().opened("09:00").sitrep("10:20")).at("10:25").judged("sitrep", &[("10:00", Late)]);
}

#[test]
fn an_unmet_hour_is_missed_when_the_next_one_comes() {
    given(high().opened("09:00")).at("11:10").judged("sitrep", &[("10:00", Missed), ("11:00", Due)]);
}

#[test]
fn downtime_does_not_change_how_a_duty_is_judged() {
    let facts = || high().opened("09:00").sitrep("10:30").sitrep("11:20").sitrep("13:45");
    let watched = given(facts()).running_until("14:00");
    let slept = given(facts()).at("14:00");
    assert_eq!(watched.incident().duties, slept.incident().duties);
}

#[test]
fn medium_owes_two_sitreps_on_a_business_day() {
    given(medium().opened("08:00").sitrep("09:45").sitrep("16:10"))
        .running_until("Tue 09:00")
        .judged("sitrep", &[("10:00", Met), ("16:00", Late)]);
}

#[test]
fn low_owes_one_sitrep_on_a_business_day_and_none_on_the_weekend() {
    given(low().opened("Fri 11:00")).at("Sun 20:00").judged("sitrep", &[]);
    given(low().opened("Fri 11:00")).at("next Mon 10:01").judged("sitrep", &[("next Mon 10:00", Due)]);
}

#[test]
fn high_runs_round_the_clock() {
    given(high().opened("Sat 23:30")).at("Sun 00:31").judged("sitrep", &[("Sun 00:30", Due)]);
}

#[test]
fn an_unassessed_incident_keeps_the_cadence_of_medium_after_one_hour() {
    given(unknown().opened("09:30")).at("10:01").judged("sitrep", &[]);
    given(unknown().opened("08:30")).at("10:01").judged("sitrep", &[("10:00", Due)]);
}

#[test]
fn lowering_the_severity_re_computes_at_once() {
    given(high().opened("09:00").sitrep("09:40").label("severity::low", "10:00"))
        .at("11:00")
        .judged("sitrep", &[("10:00", Met)]);
}

#[test]
fn raising_the_severity_counts_from_the_last_sitrep_but_nobody_is_late_for_a_clock_that_did_not_run() {
    given(low().opened("09:00").sitrep("09:10").label("severity::high", "12:00"))
        .at("12:00")
        .judged("sitrep", &[("10:00", Met), ("12:00", Due)]);
}

#[test]
fn an_overdue_sitrep_does_not_vanish_with_a_lower_severity() {
    given(high().opened("09:00").label("severity::low", "10:30")).at("10:31").judged("sitrep", &[("10:00", Missed)]);
}

#[test]
fn ten_o_clock_stays_ten_o_clock_when_the_clocks_change() {
    // New York leaves daylight saving on 2026-11-01, Berlin on 2026-10-25.
    let story = given(low().zone(New_York).opened("2026-10-30 11:00")).running_until("2026-11-02 10:01");
    let sitreps = |story: &super::story::Story| {
        let incident = story.incident();
        let keys = incident.duties.keys().filter(|occurrence| occurrence.duty == "sitrep");
        keys.map(|occurrence| occurrence.due.to_rfc3339()).collect::<Vec<_>>()
    };
    let due = sitreps(&story);
    assert_eq!(due, ["2026-11-02T15:00:00+00:00"]);
    let story = given(low().zone(Berlin).opened("2026-10-23 11:00")).running_until("2026-10-26 10:01");
    let due = sitreps(&story);
    assert_eq!(due, ["2026-10-26T09:00:00+00:00"]);
}

#[test]
fn the_report_must_be_acknowledged_within_ten_minutes() {
    given(high().opened("09:00").comment(super::story::bob(), "09:05"))
        .at("09:06")
        .judged("acknowledge", &[("09:10", Met)]);
    given(high().opened("09:00").comment(super::story::bob(), "09:15"))
        .at("09:16")
        .judged("acknowledge", &[("09:10", Late)]);
    given(high().opened("09:00")).at("09:11").judged("acknowledge", &[("09:10", Due)]);
}

#[test]
fn the_reporters_own_comment_does_not_acknowledge_the_report() {
    given(high().opened("09:00").comment(super::story::alice(), "09:05"))
        .at("09:11")
        .judged("acknowledge", &[("09:10", Due)]);
}

#[test]
fn naming_oneself_commander_acknowledges_but_naming_somebody_else_does_not() {
    given(high().opened("09:00").ic_field("alice", "09:00")).at("09:11").judged("acknowledge", &[("09:10", Met)]);
    given(high().opened("09:00").ic_field("bob", "09:00")).at("09:11").judged("acknowledge", &[("09:10", Due)]);
}

#[test]
fn a_program_that_greets_is_no_responder() {
    let greeter = hotwash::domain::people::Actor::Person(hotwash::domain::people::Account::new(99, "welcome[bot]"));
    given(high().opened("09:00").comment(greeter, "09:01")).at("09:11").judged("acknowledge", &[("09:10", Due)]);
}

#[test]
fn the_report_of_a_program_is_no_sitrep() {
    let by = |login: &str| hotwash::domain::people::Actor::Person(hotwash::domain::people::Account::new(99, login));
    for program in ["status[bot]", "project_17_bot_3f9c", "group_5_bot", "project_17_bot2"] {
        let story = given(high().opened("09:00").sitrep_by(by(program), "09:30")).at("10:01");
        story.judged("sitrep", &[("10:00", Due)]);
    }
    for person in ["robot", "project_17_bottle", "group_leads_bot_fan"] {
        let story = given(high().opened("09:00").sitrep_by(by(person), "09:30")).at("10:01");
        story.judged("sitrep", &[("10:00", Met)]);
    }
}

#[test]
fn several_early_sitreps_do_not_meet_the_days_to_come() {
    given(low().opened("08:00").sitrep("09:00").sitrep("09:10").sitrep("09:20"))
        .running_until("Wed 09:00")
        .judged("sitrep", &[("10:00", Met), ("Tue 10:00", Due)]);
}

#[test]
fn a_forgotten_incident_has_the_same_next_due_moment_whenever_one_looks() {
    let forgotten = || given(high().opened("2026-10-01 09:00"));
    let due = |story: &super::story::Story| {
        let project = &story.project;
        let standings = hotwash::plan::duties::standings(&story.incident(), project, story.moment("10:30"));
        standings.iter().find(|standing| standing.spec.id == "sitrep").unwrap().open.clone().unwrap().due
    };
    assert_eq!(due(&forgotten()), forgotten().moment("10:00"));
    let story = forgotten().at("10:05").catches_up(&["acknowledge", "sitrep"]).at("10:06").stays_silent();
    story.at("10:31").stays_silent();
}

#[test]
fn nothing_is_owed_after_a_false_alarm_or_a_closing() {
    given(high().opened("09:00").label("status::false-alarm", "09:30")).at("12:00").stays_silent();
    given(high().opened("09:00").comment(super::story::bob(), "09:01").closed("09:30")).at("12:00").stays_silent();
}

#[test]
fn an_issue_that_slept_for_ten_years_costs_little() {
    let story = given(high().opened("2016-11-14 09:00")).at("10:00");
    assert!(story.incident().duties.len() < 2_000);
}

#[test]
fn a_slot_that_was_met_ahead_stays_met_when_the_severity_changes_before_it() {
    let story =
        low().opened("08:00").sitrep("09:30").label_off("severity::low", "09:40").label("severity::medium", "09:40");
    given(story)
        .at("10:05")
        .stays_silent()
        .judged("sitrep", &[("10:00", Met)])
        .at("16:05")
        .reminds("sitrep")
        .judged("sitrep", &[("10:00", Met), ("16:00", Due)]);
}
