//! Business time: single nights with literal times, and random spans against a walk over every minute of two years.

use std::collections::BTreeSet;

use chrono::{Duration, NaiveTime, Weekday};
use chrono_tz::{TZ_VARIANTS, Tz};
use hotwash::domain::calendar::BusinessHours;

use super::{
    DAY, ODD_ZONES,
    diary::Diary,
    minutes::{COUNT_ENDS, Minutes, Walls},
    utc,
    zones::{Clock, FIRST, LAST, moment, naive},
};
use crate::support::{
    dice::Dice,
    settings::{number, say, seed, setting},
};

/// So many spans are counted on one calendar before the next is drawn.
const SPANS: u64 = 500;

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
    let nights = BusinessHours { days: vec![Weekday::Fri], from: at(22), to: at(6), holidays: BTreeSet::new() };
    let start = utc("2026-11-21T05:00:00Z"); // Saturday, still Friday's shift
    assert_eq!(nights.add(start, Duration::hours(1), Tz::UTC), Some(utc("2026-11-21T06:00:00Z")));
    assert_eq!(nights.add(start, Duration::hours(2), Tz::UTC), Some(utc("2026-11-27T23:00:00Z")));
    let whole =
        BusinessHours { days: vec![Weekday::Fri, Weekday::Sat], from: at(0), to: at(0), holidays: BTreeSet::new() };
    assert_eq!(whole.add(start, Duration::hours(19), Tz::UTC), Some(utc("2026-11-22T00:00:00Z")));
}

#[test]
fn shifts_that_a_gap_pushes_into_each_other_count_once() {
    let at = |h, m| NaiveTime::from_hms_opt(h, m, 0).unwrap();
    let days = vec![Weekday::Sat, Weekday::Sun];
    let hours = BusinessHours { days, from: at(4, 15), to: at(2, 45), holidays: BTreeSet::new() };
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
fn a_gap_before_midnight_carries_the_end_of_a_shift_into_the_day_after_the_next() {
    let at = |h, m| NaiveTime::from_hms_opt(h, m, 0).unwrap();
    let hours = BusinessHours { days: vec![Weekday::Fri], from: at(23, 45), to: at(23, 30), holidays: BTreeSet::new() };
    // Nuuk's clock jumps from Saturday 23:00 to Sunday 00:00: Friday's shift ends on Sunday at 00:30.
    let sunday = utc("2026-03-29T01:10:00Z");
    let end = hours.add(sunday, Duration::minutes(20), Tz::America__Nuuk);
    assert_eq!(end, Some(utc("2026-03-29T01:30:00Z")));
}

#[test]
fn business_time_equals_a_count_minute_by_minute() {
    let seed = seed();
    let mut dice = Dice::new(seed);
    let cases = number("HOTWASH_CASES", 20_000);
    let zones = if setting("HOTWASH_LONG").is_some() { &TZ_VARIANTS[..] } else { &ODD_ZONES[..] };
    let (mut counted, mut beyond, mut calendars) = (0, 0, 0_usize);
    while counted < cases {
        // Each zone in turn, so that none is left to chance.
        let clock = Clock::of(zones[calendars % zones.len()]);
        let diary = Diary::some(&mut dice, &clock);
        let (hours, minutes) = (diary.hours(), Minutes::walk(&Walls::of(&clock), &diary));
        for _ in 0..SPANS.min(cases - counted) {
            beyond += u64::from(!one_span(&mut dice, &clock, &hours, &minutes, seed));
            counted += 1;
        }
        calendars += 1;
    }
    say(&format!("{counted} spans on {calendars} calendars compared, {beyond} of them ending beyond the two years"));
    assert!(beyond < cases / 20, "{beyond} of {cases} spans could only be bounded");
}

/// Compares one span; gives false if the walk ended first, so that only a bound was compared.
fn one_span(dice: &mut Dice, clock: &Clock, hours: &BusinessHours, minutes: &Minutes, seed: u64) -> bool {
    let (start, span) = (some_start(dice, clock), some_span(dice));
    let expected = minutes.count(start, span);
    let found = hours.add(moment(start), Duration::seconds(span), clock.zone);
    let told = || format!("seed {seed}: {span} s from {} in {} with {hours:?}", moment(start), clock.zone);
    match expected {
        Some(expected) => assert_eq!(found, Some(moment(expected)), "{}", told()),
        None => assert!(found.is_some_and(|end| end > moment(COUNT_ENDS)), "{found:?}; {}", told()),
    }
    expected.is_some()
}

/// Anywhere in the two years, or in the nights around a shift; on the minute, or not.
fn some_start(dice: &mut Dice, clock: &Clock) -> i64 {
    let shifts: Vec<i64> = clock.table.shifts().map(|it| it.0).filter(|at| (FIRST..LAST).contains(at)).collect();
    let minute = if shifts.is_empty() || dice.chance(40) {
        dice.within(FIRST / 60..(LAST - 40 * DAY) / 60)
    } else {
        dice.pick(&shifts) / 60 + dice.within(-3 * 1_440..1_440)
    };
    minute * 60 + if dice.chance(30) { dice.within(0..60) } else { 0 }
}

fn some_span(dice: &mut Dice) -> i64 {
    let minutes = match dice.within(0..10) {
        0 => dice.within(600..3_000),
        1..4 => dice.within(1..60),
        _ => dice.within(1..600),
    };
    minutes * 60 + if dice.chance(30) { dice.within(-59..60) } else { 0 }
}

#[test]
fn working_days_are_those_that_the_week_and_the_holidays_say() {
    let mut dice = Dice::new(seed());
    let clock = Clock::of(Tz::UTC);
    for _ in 0..50 {
        let diary = Diary::some(&mut dice, &clock);
        let hours = diary.hours();
        for day in FIRST / DAY..LAST / DAY {
            assert_eq!(hours.works_on(naive(day * DAY).date()), diary.works_on(day), "day {day} with {diary:?}");
        }
    }
}
