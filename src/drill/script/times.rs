//! Moments of a script: wall-clock times in the project's zone, or spans since the step before.
//!
//! What always holds: a moment that the clocks skip is a problem; one that they show twice is the first of the two that
//! does not go back; nobody acts earlier than the step before.

use std::ops::RangeInclusive;

use chrono::{Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};

use crate::{
    document::{Hint, Node, Table, quoted},
    domain::time::{Moment, Zone, spoken},
};

/// How long after the last step the play goes on.
pub(super) const RUN_ON: RangeInclusive<Duration> = Duration::zero()..=Duration::days(31);
/// Where the script does not say: long enough for the report.
pub(super) const DEFAULT_RUN_ON: Duration = Duration::minutes(2);
/// Spans between two steps, and of what lasts.
pub(super) const SPANS: RangeInclusive<Duration> = Duration::zero()..=Duration::days(366);

const FORMS: [&str; 4] = ["\"10:05\"", "\"+1d 10:05\"", "\"2026-11-20 10:05\"", "with seconds if need be"];

/// The first moment of all.
pub(super) fn start(node: &Node<'_>, zone: Zone) -> Option<Moment> {
    let text = node.text()?;
    let Some(wall) = dated(text) else {
        let example = Hint::Allowed(vec!["\"2026-11-20 09:58\"".to_owned()]);
        node.reject_for(format!("{} is not a day and a time", quoted(text)), example);
        return None;
    };
    resolve(node, wall, zone, None)
}

/// A moment to read the steps by where there is no start.
pub(super) fn some_midnight(zone: Zone) -> Option<Moment> {
    zone.with_ymd_and_hms(2000, 1, 1, 0, 0, 0).earliest().map(|at| at.with_timezone(&Utc))
}

/// The moment of a step: `at` or `after`, exactly one of them.
pub(super) fn of_step(step: &Table<'_>, zone: Zone, before: Moment) -> Option<Moment> {
    match (step.get("at"), step.get("after")) {
        (Some(at), None) => moment(&at, zone, before),
        (None, Some(after)) => Some(before + after.span(&SPANS)?),
        (Some(_), Some(after)) => {
            after.reject("stands beside `at`; keep one of the two");
            None
        }
        (None, None) => {
            step.reject_absence("says neither `at` nor `after`, so nobody knows when it happens");
            None
        }
    }
}

/// A wall-clock moment, not earlier than `before`.
pub(super) fn moment(node: &Node<'_>, zone: Zone, before: Moment) -> Option<Moment> {
    let at = free(node, zone, before)?;
    if at < before {
        let what = format!("lies before {}, when the step before happens", spoken(before, zone));
        node.reject(format!("{what}; write a day, as in \"+1d 10:05\" or \"2026-11-20 10:05\""));
        return None;
    }
    Some(at)
}

/// A wall-clock moment, told from the day of `near`.
pub(super) fn free(node: &Node<'_>, zone: Zone, near: Moment) -> Option<Moment> {
    let text = node.text()?;
    let today = near.with_timezone(&zone).date_naive();
    let Some(wall) = wall(text, today) else {
        let forms = Hint::Allowed(FORMS.iter().map(|&form| form.to_owned()).collect());
        node.reject_for(format!("{} is not a time", quoted(text)), forms);
        return None;
    };
    resolve(node, wall, zone, Some(near))
}

fn wall(text: &str, today: NaiveDate) -> Option<NaiveDateTime> {
    if let Some(time) = clock(text) {
        return Some(today.and_time(time));
    }
    let Some(ahead) = text.strip_prefix('+') else { return dated(text) };
    let (days, time) = ahead.split_once("d ")?;
    let days: u16 = days.parse().ok()?;
    Some(today.checked_add_signed(TimeDelta::days(i64::from(days)))?.and_time(clock(time.trim())?))
}

fn dated(text: &str) -> Option<NaiveDateTime> {
    let (day, time) = text.split_once([' ', 'T'])?;
    let day: NaiveDate = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    Some(day.and_time(clock(time.trim())?))
}

fn clock(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S")).ok()
}

fn resolve(node: &Node<'_>, wall: NaiveDateTime, zone: Zone, near: Option<Moment>) -> Option<Moment> {
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) => Some(at.with_timezone(&Utc)),
        LocalResult::Ambiguous(first, second) => {
            let passed = near.is_some_and(|near| first.with_timezone(&Utc) < near);
            Some(if passed { second } else { first }.with_timezone(&Utc))
        }
        LocalResult::None => {
            node.reject(format!("{} does not exist in {zone}: the clocks skip it", wall.format("%Y-%m-%d %H:%M")));
            None
        }
    }
}
