//! Every zone, around every shift of two years: schedules and wall-clock moments, against a table of offsets.

use hotwash::domain::calendar::{CronRule, resolve};

use super::{
    DAY, HOUR, rule,
    zones::{Clock, FIRST, Table, moment, naive},
};
use crate::support::{
    dice::Dice,
    settings::{say, seed},
};

#[test]
fn daily_slots_fire_once_a_day_in_every_zone() {
    let mut fired = 0_u64;
    for table in Table::all() {
        for (text, clock) in [("0 30 2 * * * *", 9_000), ("0 15 0 * * * *", 900), ("0 45 23 * * * *", 85_500)] {
            for (from, to) in windows(&table) {
                fired += daily_slots_match(&table, &rule(text), clock, (from, to));
            }
        }
    }
    say(&format!("{fired} daily slots compared"));
    assert!(fired > 10_000);
}

/// Days to look at, as days since 1970: a week around every shift and three weeks of an ordinary year.
fn windows(table: &Table) -> Vec<(i64, i64)> {
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
    say(&format!("asked {asked} times"));
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
fn every_wall_clock_moment_around_a_shift_resolves_as_the_other_clock_resolves_it() {
    let mut compared = 0_u64;
    for clock in Clock::all() {
        let around: Vec<i64> = clock.table.shifts().map(|it| it.0).chain([FIRST + 40 * DAY]).collect();
        for wall in around.iter().flat_map(|at| (at - 26 * HOUR..at + 26 * HOUR).step_by(1_260)) {
            let expected = clock.instants(wall)[0];
            assert_eq!(resolve(naive(wall), clock.zone), moment(expected), "{wall} in {}", clock.zone);
            compared += 1;
        }
    }
    say(&format!("{compared} wall-clock moments compared"));
    assert!(compared > 100_000);
}
