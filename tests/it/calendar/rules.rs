//! Schedules on the wall clock: single nights and single rules, with literal times.

use chrono::NaiveDate;
use chrono_tz::Tz;
use hotwash::domain::calendar::{BusinessHours, CronRule};

use super::{rule, utc};

/// `after` in UTC, then the slots that follow it.
fn fires(text: &str, zone: Tz, after: &str, expected: &[&str]) {
    let (rule, mut at) = (rule(text), utc(after));
    for slot in expected {
        at = rule.next(at, zone).unwrap();
        assert_eq!(at, utc(slot), "`{text}` in {zone}");
    }
}

#[test]
fn a_slot_that_does_not_exist_moves_forward_by_the_gap() {
    let daily = "0 30 2 * * * *";
    fires(daily, Tz::America__New_York, "2026-03-07T08:00:00Z", &["2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"]);
    fires(daily, Tz::Australia__Lord_Howe, "2026-10-03T12:00:00Z", &["2026-10-03T15:30:00Z", "2026-10-04T15:30:00Z"]);
    fires("0 15 2 * * * *", Tz::Australia__Lord_Howe, "2026-10-03T12:00:00Z", &["2026-10-03T15:45:00Z"]);
}

#[test]
fn a_slot_that_exists_twice_fires_once() {
    let daily = "0 30 1 * * * *";
    fires(daily, Tz::America__New_York, "2026-10-31T12:00:00Z", &["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]);
    // Asked between the two, and exactly at the first.
    fires(daily, Tz::America__New_York, "2026-11-01T06:00:00Z", &["2026-11-02T06:30:00Z"]);
    fires(daily, Tz::America__New_York, "2026-11-01T05:30:00Z", &["2026-11-02T06:30:00Z"]);
}

#[test]
fn ten_o_clock_stays_ten_o_clock() {
    let twice = "0 0 10,16 * * Mon-Fri *";
    let expected = ["2026-03-06T21:00:00Z", "2026-03-09T14:00:00Z", "2026-03-09T20:00:00Z"];
    fires(twice, Tz::America__New_York, "2026-03-06T15:00:00Z", &expected);
}

#[test]
fn a_rule_that_names_every_hour_uses_both_hours_of_a_fold() {
    let hourly = ["2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z"];
    fires("0 0 * * * * *", Tz::America__New_York, "2026-11-01T04:30:00Z", &hourly);
    fires("0 0 0-23 * * * *", Tz::America__New_York, "2026-11-01T04:30:00Z", &hourly);
    // Every other hour is not every hour: 01:00 stands twice on the clock and counts once.
    fires("0 0 1/2 * * * *", Tz::America__New_York, "2026-11-01T04:30:00Z", &[hourly[0], "2026-11-01T08:00:00Z"]);
}

#[test]
fn a_day_that_the_date_line_swallowed_is_neither_missed_nor_doubled() {
    let expected = ["2011-12-29T20:00:00Z", "2011-12-30T20:00:00Z", "2011-12-31T20:00:00Z"];
    fires("0 0 10 * * * *", Tz::Pacific__Apia, "2011-12-29T00:00:00Z", &expected);
}

#[test]
fn fractions_of_a_second_do_not_repeat_a_slot() {
    let daily = rule("0 0 10 * * * *");
    let next = |after: &str| daily.next(utc(after), Tz::UTC).unwrap();
    assert_eq!(next("2026-06-01T09:59:59.999999Z"), utc("2026-06-01T10:00:00Z"));
    assert_eq!(next("2026-06-01T10:00:00.000001Z"), utc("2026-06-02T10:00:00Z"));
}

#[test]
fn business_schedules_skip_weekends_and_holidays() {
    let daily = rule("0 0 10 * * * *");
    let hours =
        BusinessHours { holidays: [NaiveDate::from_ymd_opt(2026, 11, 26).unwrap()].into(), ..Default::default() };
    let next = |after: &str| daily.next_business(utc(after), Tz::America__New_York, &hours).unwrap();
    assert_eq!(next("2026-11-25T16:00:00Z"), utc("2026-11-27T15:00:00Z"));
    assert_eq!(next("2026-11-27T16:00:00Z"), utc("2026-11-30T15:00:00Z"));
    let never = BusinessHours { days: Vec::new(), ..Default::default() };
    assert_eq!(rule("* * * * * * *").next_business(utc("2026-11-25T16:00:00Z"), Tz::UTC, &never), None);
}

#[test]
fn a_rule_without_a_future_never_fires() {
    assert_eq!(rule("0 0 10 * * * 2025").next(utc("2026-01-01T00:00:00Z"), Tz::UTC), None);
    assert_eq!(rule("0 0 10 30 Feb * *").next(utc("2026-01-01T00:00:00Z"), Tz::UTC), None);
}

#[test]
fn a_wrong_schedule_is_refused_with_what_to_write() {
    let complaint = |text| CronRule::parse(text).unwrap_err();
    assert!(complaint("0 10 * * Mon").starts_with("has 5 of seven fields; write second minute hour"));
    assert!(complaint("").starts_with("has 0 of seven fields"));
    assert!(complaint("0 0 10 * * Mon * *").starts_with("has 8 of seven fields"));
    assert!(complaint("0 0 10 * * 0 *").starts_with("counts weekdays in numbers"));
    assert!(complaint("0 0 10 * * 1-5 *").contains("`Mon-Fri`"));
    assert!(complaint("0 0 10 * * Sat-Sun *").ends_with("list them: `Sat,Sun`"));
    assert!(complaint("0 0 10 * * Mon,fri-mon *").ends_with("list them: `Fri,Sat,Sun,Mon`"));
    assert!(complaint("0 0 25 * * Mon *").starts_with("has `25` as its hour; there stands 0 to 23,"));
    assert!(complaint("0 0 10 * * Mond *").starts_with("has `Mond` as its weekday; there stands Sun to Sat,"));
    assert!(complaint("0 0 10 32 * Mon *").starts_with("has `32` as its day of the month; there stands 1 to 31,"));
    assert!(complaint("0 0 10 * * Mon soon").starts_with("has `soon` as its year; "));
    assert!(complaint("0 61 25 * * Mon *").starts_with("has `61` as its minute; "), "the first that is wrong");
    assert_eq!(rule("0 0 10,16 * * Mon-Fri *").to_string(), "0 0 10,16 * * Mon-Fri *");
    assert!(CronRule::parse("0 0 10 * * Mon").is_ok(), "the year may be left out");
}

#[test]
fn rules_are_told_in_words_as_far_as_they_are_times_on_weekdays() {
    let told = |text: &str| rule(text).in_words();
    assert_eq!(told("0 0 10,16 * * Mon-Fri *"), "at 10:00 and 16:00, Monday to Friday");
    assert_eq!(told("0 30 9 * * *"), "at 09:30");
    assert_eq!(told("0 0 8 * * Sat,Sun *"), "at 08:00, Saturday and Sunday");
    assert_eq!(told("0 0/5 8 * * * *"), "at the times of “0 0/5 8 * * * *”");
}

#[test]
fn a_rule_on_days_off_only_gives_up_at_once() {
    let (saturdays, hours) = (rule("0 0 10 * * Sat *"), BusinessHours::default());
    let after = utc("2026-11-20T12:00:00Z");
    // Walking through the years each time, this would take hours.
    assert!((0..20_000).all(|_| saturdays.next_business(after, Tz::UTC, &hours).is_none()));
    let start = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    let closed = |days| BusinessHours { holidays: start.iter_days().take(days).collect(), ..BusinessHours::default() };
    let daily = rule("0 0 10 * * * *");
    assert!(daily.next_business(after, Tz::UTC, &closed(600)).is_some());
    assert_eq!(daily.next_business(after, Tz::UTC, &closed(900)), None, "nobody waits for years");
}
