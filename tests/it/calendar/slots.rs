//! Every slot of two years: what the rules name, enumerated on the wall clock and turned into instants by jiff, against
//! what the calendar gives one after another. None missed, none doubled.

use std::collections::BTreeSet;

use chrono_tz::{TZ_VARIANTS, Tz};
use hotwash::{domain::process::Due, process};
use jiff::civil::{Date, Weekday, date};

use super::{
    DAY, HOUR, ODD_ZONES,
    diary::Diary,
    rule,
    zones::{Clock, FIRST, LAST, moment},
};
use crate::support::{
    dice::Dice,
    settings::{say, seed, setting},
};

/// A rule and what it means, said once more without it.
struct Meant {
    text: &'static str,
    days: fn(Date) -> bool,
    hours: &'static [i64],
    minutes: &'static [i64],
    second: i64,
}

const ALL_HOURS: &[i64] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23];

const fn daily(text: &'static str, hours: &'static [i64], minutes: &'static [i64]) -> Meant {
    Meant { text, days: |_| true, hours, minutes, second: 0 }
}

fn working(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Those of the shipped processes, and times at which some clock somewhere shifts.
const RULES: [Meant; 14] = [
    Meant { text: "0 0 10,16 * * Mon-Fri *", days: working, hours: &[10, 16], minutes: &[0], second: 0 },
    Meant { text: "0 0 10 * * Mon-Fri *", days: working, hours: &[10], minutes: &[0], second: 0 },
    daily("0 30 2 * * * *", &[2], &[30]),
    daily("0 0 2 * * * *", &[2], &[0]),
    daily("0 15 0 * * * *", &[0], &[15]),
    daily("0 0 0 * * * *", &[0], &[0]),
    daily("0 30 1 * * * *", &[1], &[30]),
    daily("0 45 23 * * * *", &[23], &[45]),
    daily("0 10,50 0-3 * * * *", &[0, 1, 2, 3], &[10, 50]),
    daily("0 5 * * * * *", ALL_HOURS, &[5]),
    Meant {
        text: "0 30 2 * * Sun *",
        days: |day| day.weekday() == Weekday::Sunday,
        hours: &[2],
        minutes: &[30],
        second: 0,
    },
    Meant {
        text: "0 0 9 1-7 * Mon *",
        days: |day| day.weekday() == Weekday::Monday && day.day() <= 7,
        hours: &[9],
        minutes: &[0],
        second: 0,
    },
    Meant {
        text: "0 0 0 1,31 Mar,Oct * *",
        days: |day| [1, 31].contains(&day.day()) && [3, 10].contains(&day.month()),
        hours: &[0],
        minutes: &[0],
        second: 0,
    },
    Meant {
        text: "59 59 1,2 * * Sat,Sun 2026-2027",
        days: |day| !working(day) && [2026, 2027].contains(&day.year()),
        hours: &[1, 2],
        minutes: &[59],
        second: 59,
    },
];

impl Meant {
    /// The wall-clock moments that it names on these days, in order, as seconds since 1970.
    fn walls(&self, days: (i64, i64), counts: impl Fn(i64) -> bool) -> Vec<i64> {
        let mut walls = Vec::new();
        for day in (days.0..days.1).filter(|day| counts(*day)) {
            let on = date(1970, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
            if (self.days)(on) {
                let times = self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |it| hour * 60 + it));
                walls.extend(times.map(|minute| day * DAY + minute * 60 + self.second));
            }
        }
        walls
    }

    /// The instants of `from..to` at which it fires: once on a wall that stands twice, unless it names every hour.
    fn instants(&self, clock: &Clock, (from, to): (i64, i64), counts: impl Fn(i64) -> bool) -> Vec<i64> {
        let each = if self.hours.len() == 24 { 2 } else { 1 };
        let walls = self.walls((from.div_euclid(DAY) - 2, to.div_euclid(DAY) + 3), counts);
        let all: BTreeSet<i64> =
            walls.into_iter().flat_map(|wall| clock.instants(wall).into_iter().take(each)).collect();
        all.range(from..to).copied().collect()
    }
}

/// The slots in `from..to` that the calendar gives, each asked for with the one before.
fn given((from, to): (i64, i64), next: impl Fn(i64) -> Option<i64>) -> Vec<i64> {
    let slots = std::iter::successors(next(from - 1), |slot| next(*slot));
    slots.take_while(|slot| *slot < to).collect()
}

/// The whole of the two years, or the days around each shift and the turn of the years.
fn windows(clock: &Clock, long: bool) -> Vec<(i64, i64)> {
    if long {
        return vec![(FIRST, LAST)];
    }
    let shifts = clock.table.shifts().map(|it| it.0).filter(|at| (FIRST..LAST).contains(at));
    shifts.chain([FIRST + 2 * DAY, FIRST + 365 * DAY]).map(|at| (at - 2 * DAY, at + 3 * DAY)).collect()
}

fn zones(long: bool) -> &'static [Tz] {
    if long { &TZ_VARIANTS } else { &ODD_ZONES }
}

/// The first place at which the slots differ.
fn difference(found: &[i64], expected: &[i64]) -> Option<String> {
    let at = (0..found.len().max(expected.len())).find(|at| found.get(*at) != expected.get(*at))?;
    let told = |slots: &[i64]| slots.get(at).map(|slot| moment(*slot));
    Some(format!("slot {at} is {:?}, expected {:?}", told(found), told(expected)))
}

#[test]
fn every_slot_of_two_years_is_given_once() {
    let long = setting("HOTWASH_LONG").is_some();
    let seed = seed();
    let (mut dice, mut slots) = (Dice::new(seed), 0);
    for zone in zones(long) {
        let clock = Clock::of(*zone);
        for meant in &RULES {
            let rule = rule(meant.text);
            for window in windows(&clock, long) {
                let expected = meant.instants(&clock, window, |_| true);
                let next = |after| rule.next(moment(after), *zone).map(|slot| slot.timestamp());
                assert_eq!(difference(&given(window, next), &expected), None, "`{rule}` in {zone}");
                slots += expected.len();
                // Asked at any other moment, too.
                for _ in 0..if long { 50 } else { 4 } {
                    let after = dice.within(window.0..window.1);
                    if let Some(slot) = expected.iter().find(|slot| **slot > after) {
                        assert_eq!(next(after), Some(*slot), "`{rule}` after {after} in {zone}, seed {seed}");
                    }
                }
            }
        }
    }
    say(&format!("{slots} slots of {} rules in {} zones compared", RULES.len(), zones(long).len()));
    assert!(slots > 10_000);
}

#[test]
fn every_slot_on_a_business_day_is_given_once() {
    let long = setting("HOTWASH_LONG").is_some();
    let seed = seed();
    let (mut dice, mut slots) = (Dice::new(seed), 0);
    for zone in zones(long) {
        let clock = Clock::of(*zone);
        for meant in RULES.iter().filter(|meant| meant.hours.len() < 24) {
            let (rule, diary) = (rule(meant.text), Diary::some(&mut dice, &clock));
            let hours = diary.hours();
            for window in windows(&clock, long) {
                let expected = meant.instants(&clock, window, |day| diary.works_on(day));
                let next = |after| rule.next_business(moment(after), *zone, &hours).map(|slot| slot.timestamp());
                let differs = difference(&given(window, next), &expected);
                assert_eq!(differs, None, "`{rule}` in {zone}, seed {seed}, {diary:?}");
                slots += expected.len();
            }
        }
    }
    say(&format!("{slots} slots on business days compared in {} zones", zones(long).len()));
    assert!(slots > 5_000);
}

#[test]
fn the_rules_of_the_shipped_processes_are_among_those_compared() {
    let mut shipped = 0;
    for name in process::names() {
        let process = process::read(process::shipped(name).unwrap(), name).unwrap();
        for schedule in process.duties.iter().flat_map(|duty| &duty.schedules) {
            let Due::Cron(rule) = &schedule.due else { continue };
            assert!(RULES.iter().any(|meant| meant.text == rule.to_string()), "add `{rule}` of {name} to RULES");
            shipped += 1;
        }
    }
    assert!(shipped > 0);
}

#[test]
fn a_comparison_that_misses_or_doubles_a_slot_fails() {
    let meant = &RULES[2];
    let clock = Clock::of(Tz::Europe__Berlin);
    let slots = meant.instants(&clock, (FIRST, FIRST + 300 * DAY), |_| true);
    assert_eq!(slots.len(), 300);
    let differ = |found: Vec<i64>| difference(&found, &slots).is_some();
    let without = |at: usize| slots.iter().enumerate().filter(|it| it.0 != at).map(|it| *it.1).collect::<Vec<_>>();
    let doubled = slots.iter().flat_map(|slot| [*slot, slot + HOUR]).collect();
    assert!(!differ(slots.clone()));
    assert!(differ(without(0)) && differ(without(150)) && differ(without(299)) && differ(doubled));
}
