//! The calendar against two independent clocks, in every zone. `HOTWASH_LONG=1` takes every day of two years instead
//! of the days around each shift; `HOTWASH_CASES` sets the number of random business spans.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use hotwash::domain::calendar::{BusinessHours, CronRule, resolve};

use crate::support::{
    dice::Dice,
    settings::{number, seed, setting},
    zones::{FIRST, LAST, Table, by_jiff, moment, naive},
};

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

fn rule(text: &str) -> CronRule {
    CronRule::parse(text).unwrap()
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

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
fn daily_slots_fire_once_a_day_in_every_zone() {
    let long = setting("HOTWASH_LONG").is_some();
    let mut fired = 0_u64;
    for table in Table::all() {
        for (text, clock) in [("0 30 2 * * * *", 9_000), ("0 15 0 * * * *", 900), ("0 45 23 * * * *", 85_500)] {
            for (from, to) in windows(&table, long) {
                fired += daily_slots_match(&table, &rule(text), clock, (from, to));
            }
        }
    }
    println!("{fired} daily slots compared");
    assert!(fired > 10_000);
}

/// Days to look at, as days since 1970: two weeks around every shift and three weeks of an ordinary year, or all.
fn windows(table: &Table, long: bool) -> Vec<(i64, i64)> {
    if long {
        return vec![(FIRST / DAY, LAST / DAY)];
    }
    let mut windows = vec![(FIRST / DAY, FIRST / DAY + 21)];
    windows.extend(table.shifts().map(|(at, ..)| (at / DAY - 3, at / DAY + 4)));
    windows
}

fn daily_slots_match(table: &Table, rule: &CronRule, clock: i64, (from, to): (i64, i64)) -> u64 {
    let mut expected: Vec<i64> = (from..to).map(|day| table.instants(day * DAY + clock)[0]).collect();
    expected.dedup();
    let mut at = moment(expected[0] - 1);
    for slot in &expected {
        at = rule.next(at, table.zone).unwrap();
        assert_eq!(at, moment(*slot), "`{rule}` in {}", table.zone);
    }
    expected.len() as u64
}

#[test]
fn a_quarter_hour_schedule_never_leaves_its_step_around_any_shift() {
    let quarters = rule("0 */15 * * * * *");
    let mut asked = 0_u64;
    for table in Table::all() {
        for (shift, ..) in table.shifts() {
            for after in (shift - 4 * HOUR..shift + 4 * HOUR).step_by(427) {
                let next = quarters.next(moment(after), table.zone).unwrap();
                assert_eq!(next, moment((after / 900 + 1) * 900), "after {} in {}", moment(after), table.zone);
                asked += 1;
            }
        }
    }
    println!("asked {asked} times");
    assert!(asked > 10_000);
}

#[test]
fn any_rule_asked_at_any_moment_around_a_shift_gives_the_least_later_slot() {
    type Names = fn(i64, i64) -> bool;
    let rules: [(&str, bool, Names); 5] = [
        ("0 0 * * * * *", true, |_, m| m == 0),
        ("0 10,50 * * * * *", true, |_, m| m == 10 || m == 50),
        ("0 10 */2 * * * *", false, |h, m| h % 2 == 0 && m == 10),
        ("0 0,30 0-3 * * * *", false, |h, m| h < 4 && m % 30 == 0),
        ("0 59 1,23 * * * *", false, |h, m| (h == 1 || h == 23) && m == 59),
    ];
    let seed = seed();
    let mut dice = Dice::new(seed);
    for table in Table::all() {
        for (shift, ..) in table.shifts() {
            let (text, every_hour, names) = dice.pick(&rules);
            let slots = brute_slots(&table, shift, *every_hour, *names);
            for _ in 0..24 {
                let after = shift + dice.within(-30 * HOUR..30 * HOUR);
                let expected = slots.iter().find(|slot| **slot > after).unwrap();
                let next = rule(text).next(moment(after), table.zone).unwrap();
                assert_eq!(next, moment(*expected), "`{text}` after {} in {}, seed {seed}", moment(after), table.zone);
            }
        }
    }
}

/// Every slot within three days of a shift, by walking the wall clock minute by minute.
fn brute_slots(table: &Table, shift: i64, every_hour: bool, names: fn(i64, i64) -> bool) -> Vec<i64> {
    let start = shift / 60 * 60;
    let mut slots: Vec<i64> = (start - 3 * DAY..start + 3 * DAY)
        .step_by(60)
        .filter(|wall| names(wall.rem_euclid(DAY) / HOUR, wall.rem_euclid(HOUR) / 60))
        .flat_map(|wall| table.instants(wall).into_iter().take(if every_hour { 2 } else { 1 }))
        .collect();
    slots.sort_unstable();
    slots.dedup();
    slots
}

#[test]
fn every_wall_clock_moment_around_a_shift_resolves_as_jiff_resolves_it() {
    let (mut zones, mut compared) = (0, 0_u64);
    for table in Table::all() {
        let Some(jiff) = table.in_jiff() else { continue };
        zones += 1;
        let around: Vec<i64> = table.shifts().map(|it| it.0).chain([FIRST + 40 * DAY]).collect();
        for wall in around.iter().flat_map(|at| (at - 26 * HOUR..at + 26 * HOUR).step_by(1_260)) {
            assert_eq!(resolve(naive(wall), table.zone), moment(by_jiff(&jiff, wall)), "{wall} in {}", table.zone);
            compared += 1;
        }
    }
    println!("{compared} moments in {zones} zones on which both editions of the database agree");
    assert!(zones > 500, "only {zones} zones agree");
}

#[test]
fn business_schedules_skip_weekends_and_holidays() {
    let daily = rule("0 0 10 * * * *");
    let hours = BusinessHours { holidays: vec![NaiveDate::from_ymd_opt(2026, 11, 26).unwrap()], ..Default::default() };
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
fn business_time_stops_overnight_and_over_the_weekend() {
    let hours = BusinessHours::default();
    let add = |from: &str, h| hours.add(utc(from), Duration::hours(h), Tz::UTC).unwrap();
    assert_eq!(add("2026-11-20T16:00:00Z", 1), utc("2026-11-20T17:00:00Z"));
    assert_eq!(add("2026-11-20T16:00:00Z", 3), utc("2026-11-23T11:00:00Z"));
    assert_eq!(add("2026-11-21T12:00:00Z", 8), utc("2026-11-23T17:00:00Z"));
    assert_eq!(add("2026-11-21T12:00:00Z", 0), utc("2026-11-21T12:00:00Z"));
    // A year and a half of business hours is no reason to give up.
    assert!(add("2026-11-20T16:00:00Z", 8 * 600) > utc("2029-01-01T00:00:00Z"));
}

#[test]
fn a_night_shift_belongs_to_the_day_on_which_it_begins() {
    let at = |h| NaiveTime::from_hms_opt(h, 0, 0).unwrap();
    let nights = BusinessHours { days: vec![Weekday::Fri], from: at(22), to: at(6), holidays: Vec::new() };
    let start = utc("2026-11-21T05:00:00Z"); // Saturday, still Friday's shift
    assert_eq!(nights.add(start, Duration::hours(1), Tz::UTC), Some(utc("2026-11-21T06:00:00Z")));
    assert_eq!(nights.add(start, Duration::hours(2), Tz::UTC), Some(utc("2026-11-27T23:00:00Z")));
    let whole = BusinessHours { days: vec![Weekday::Fri, Weekday::Sat], from: at(0), to: at(0), holidays: Vec::new() };
    assert_eq!(whole.add(start, Duration::hours(19), Tz::UTC), Some(utc("2026-11-22T00:00:00Z")));
}

#[test]
fn shifts_that_a_gap_pushes_into_each_other_count_once() {
    let at = |h, m| NaiveTime::from_hms_opt(h, m, 0).unwrap();
    let days = vec![Weekday::Sat, Weekday::Sun];
    let hours = BusinessHours { days, from: at(4, 15), to: at(2, 45), holidays: Vec::new() };
    // The clock jumps from 01:00 to 03:00: Saturday's shift ends at 04:45, when Sunday's has begun.
    let start = utc("2027-03-28T02:00:00Z");
    let end = hours.add(start, Duration::hours(2), Tz::Antarctica__Troll);
    assert_eq!(end, Some(utc("2027-03-28T04:00:00Z")));
}

#[test]
fn business_that_is_never_done_is_said_so() {
    let never = BusinessHours { days: Vec::new(), ..Default::default() };
    assert_eq!(never.add(utc("2026-11-20T16:00:00Z"), Duration::hours(1), Tz::UTC), None);
    let endless = BusinessHours::default().add(utc("2026-11-20T16:00:00Z"), Duration::days(100_000), Tz::UTC);
    assert_eq!(endless, None);
}

#[test]
fn business_time_equals_a_count_minute_by_minute() {
    let seed = seed();
    let mut dice = Dice::new(seed);
    let tables: Vec<_> = Table::all().into_iter().filter_map(|it| it.in_jiff().map(|jiff| (it, jiff))).collect();
    let cases = number("HOTWASH_CASES", 20_000);
    for case in 0..cases {
        let (table, jiff) = dice.pick(&tables);
        let hours = some_hours(&mut dice);
        let near = dice.pick(&table.spans).from.clamp(FIRST, LAST) / 60 * 60;
        let start = near + dice.within(-5 * 1_440..2 * 1_440) * 60;
        let minutes = if dice.chance(90) { dice.within(1..600) } else { dice.within(600..2_400) };
        let expected = count_minutes(&hours, jiff, table, start, minutes);
        let found = hours.add(moment(start), Duration::minutes(minutes), table.zone);
        assert_eq!(
            found,
            Some(moment(expected)),
            "seed {seed}, case {case}: {minutes} min from {} in {} with {hours:?}",
            moment(start),
            table.zone
        );
    }
    println!("{cases} spans compared");
}

fn some_hours(dice: &mut Dice) -> BusinessHours {
    const WEEK: [Weekday; 7] =
        [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let clock =
        |quarter: i64| NaiveTime::from_num_seconds_from_midnight_opt(u32::try_from(quarter * 900).unwrap(), 0).unwrap();
    let mut days: Vec<Weekday> = WEEK.into_iter().filter(|_| dice.chance(75)).collect();
    if days.is_empty() {
        days.push(Weekday::Sun);
    }
    let today = FIRST / DAY;
    let holidays = (0..dice.within(0..60)).map(|_| naive((today + dice.within(-10..760)) * DAY).date()).collect();
    BusinessHours { days, from: clock(dice.within(0..96)), to: clock(dice.within(0..96)), holidays }
}

/// The first moment by which `minutes` minutes have begun inside a shift, walking from `start`.
fn count_minutes(hours: &BusinessHours, jiff: &jiff::tz::TimeZone, table: &Table, start: i64, minutes: i64) -> i64 {
    let second = |time: NaiveTime| (time - NaiveTime::MIN).num_seconds();
    let mut day = start.div_euclid(DAY) - 4;
    let (mut at, mut left, mut opens, mut closes) = (start, minutes, 0, 0);
    while left > 0 {
        while at >= closes {
            day += 1;
            let date = naive(day * DAY).date();
            if hours.works_on(date) {
                let over_midnight = if hours.to <= hours.from { DAY } else { 0 };
                opens = by_jiff(jiff, day * DAY + second(hours.from));
                closes = by_jiff(jiff, day * DAY + over_midnight + second(hours.to));
            }
        }
        assert!(at < LAST + 400 * DAY, "no end in {}", table.zone);
        left -= i64::from(at >= opens);
        at += 60;
    }
    at
}

#[test]
fn a_wrong_schedule_is_refused_with_what_to_write() {
    let complaint = |text| CronRule::parse(text).unwrap_err();
    assert!(complaint("0 10 * * Mon").starts_with("has 5 of seven fields; write second minute hour"));
    assert!(complaint("").starts_with("has 0 of seven fields"));
    assert!(complaint("0 0 10 * * Mon * *").starts_with("has 8 of seven fields"));
    assert!(complaint("0 0 10 * * 0 *").starts_with("counts weekdays in numbers"));
    assert!(complaint("0 0 10 * * 1-5 *").contains("`Mon-Fri`"));
    assert!(complaint("0 0 25 * * Mon *").starts_with("is not a schedule: "));
    assert!(complaint("0 0 10 * * Mond *").starts_with("is not a schedule: "));
    assert_eq!(rule("0 0 10,16 * * Mon-Fri *").to_string(), "0 0 10,16 * * Mon-Fri *");
    assert!(CronRule::parse("0 0 10 * * Mon").is_ok(), "the year may be left out");
}
