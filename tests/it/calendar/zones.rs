//! Two clocks to hold the calendar against: a table made from the one direction of time that is never ambiguous
//! (instant to wall clock), and jiff with its own edition of the time zone database.

use chrono::{DateTime, NaiveDateTime, Offset as _, TimeZone as _, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use hotwash::domain::time::Moment;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::DAY;

/// The years under test: 2026 and 2027, in seconds since 1970.
pub(super) const FIRST: i64 = 1_767_225_600;
pub(super) const LAST: i64 = 1_830_297_600;
/// With two weeks on either side.
pub(super) const START: i64 = FIRST - 14 * DAY;
pub(super) const END: i64 = LAST + 14 * DAY;

/// A stretch of time with one offset: seconds since 1970, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) offset: i64,
}

/// A zone's offsets over the years under test and two weeks on either side.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) zone: Tz,
    pub(super) spans: Vec<Span>,
}

impl Table {
    pub(super) fn of(zone: Tz) -> Self {
        let (start, end) = (START, END);
        let mut spans = vec![Span { from: start, to: end, offset: offset(zone, start) }];
        let mut at = start;
        while at < end {
            let next = (at + DAY).min(end);
            if offset(zone, at) != offset(zone, next) {
                let shift = bisect(zone, at, next);
                spans.last_mut().unwrap().to = shift;
                spans.push(Span { from: shift, to: end, offset: offset(zone, shift) });
            }
            at = next;
        }
        Self { zone, spans }
    }

    pub(super) fn all() -> Vec<Self> {
        TZ_VARIANTS.iter().map(|zone| Self::of(*zone)).collect()
    }

    /// Where the offset changes: (instant, before, after).
    pub(super) fn shifts(&self) -> impl Iterator<Item = (i64, i64, i64)> + '_ {
        self.spans.windows(2).map(|pair| (pair[1].from, pair[0].offset, pair[1].offset))
    }

    /// Every instant of a wall-clock moment (seconds as if in UTC), in order; where there is none, the one that lies
    /// the gap's length later on the wall clock.
    pub(super) fn instants(&self, wall: i64) -> Vec<i64> {
        let natural: Vec<i64> = self
            .spans
            .iter()
            .filter(|span| (span.from..span.to).contains(&(wall - span.offset)))
            .map(|span| wall - span.offset)
            .collect();
        if !natural.is_empty() {
            return natural;
        }
        self.shifts()
            .filter(|(at, before, after)| (at + before..at + after).contains(&wall))
            .map(|it| wall - it.1)
            .collect()
    }
}

pub(super) fn offset(zone: Tz, at: i64) -> i64 {
    zone.offset_from_utc_datetime(&naive(at)).fix().local_minus_utc().into()
}

pub(super) fn naive(seconds: i64) -> NaiveDateTime {
    moment(seconds).naive_utc()
}

pub(super) fn moment(seconds: i64) -> Moment {
    DateTime::<Utc>::from_timestamp(seconds, 0).unwrap()
}

/// One zone as somebody other than the calendar reads it: by jiff where its edition of the database agrees, else by the
/// table. `editions` holds which zones those are.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    pub(super) zone: Tz,
    pub(super) table: Table,
    pub(super) jiff: Option<TimeZone>,
}

impl Clock {
    pub(super) fn of(zone: Tz) -> Self {
        let table = Table::of(zone);
        let jiff = TimeZone::get(zone.name()).ok().filter(|jiff| agree(jiff, &table));
        Self { zone, table, jiff }
    }

    pub(super) fn all() -> Vec<Self> {
        TZ_VARIANTS.iter().map(|zone| Self::of(*zone)).collect()
    }

    /// Seconds by which the wall clock is ahead of UTC at an instant.
    pub(super) fn offset(&self, at: i64) -> i64 {
        self.jiff.as_ref().map_or_else(|| offset(self.zone, at), |jiff| offset_in(jiff, at))
    }

    /// Every instant of a wall-clock moment (seconds as if in UTC), in order; where there is none, the one that lies
    /// the gap's length later.
    pub(super) fn instants(&self, wall: i64) -> Vec<i64> {
        let Some(jiff) = &self.jiff else { return self.table.instants(wall) };
        let moment = jiff.to_ambiguous_timestamp(Offset::UTC.to_datetime(stamp(wall)));
        match moment.offset() {
            AmbiguousOffset::Fold { .. } => vec![moment.earlier(), moment.later()],
            _ => vec![moment.compatible()],
        }
        .into_iter()
        .map(|instant| instant.unwrap().as_second())
        .collect()
    }
}

/// Whether both editions of the database tell the same of the years under test: at either side of each shift of either.
fn agree(jiff: &TimeZone, table: &Table) -> bool {
    let theirs = jiff.following(stamp(START)).map(|shift| shift.timestamp().as_second()).take_while(|at| *at < END);
    let ours = table.spans.iter().flat_map(|span| [span.from, span.to - 1]);
    ours.chain(theirs.flat_map(|at| [at - 1, at])).all(|at| offset_in(jiff, at) == offset(table.zone, at))
}

fn offset_in(jiff: &TimeZone, at: i64) -> i64 {
    jiff.to_offset(stamp(at)).seconds().into()
}

fn stamp(at: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(at).unwrap()
}

fn bisect(zone: Tz, mut same: i64, mut other: i64) -> i64 {
    let before = offset(zone, same);
    while other - same > 1 {
        let middle = same + (other - same) / 2;
        if offset(zone, middle) == before { same = middle } else { other = middle }
    }
    other
}
