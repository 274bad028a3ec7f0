//! Two clocks to hold the calendar against: a table made from the one direction of time that is never ambiguous
//! (instant to wall clock), and jiff with its own edition of the time zone database.

use chrono::{DateTime, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use hotwash::domain::time::Moment;

/// The years under test: 2026 and 2027, in seconds since 1970.
pub(crate) const FIRST: i64 = 1_767_225_600;
pub(crate) const LAST: i64 = 1_830_297_600;
const DAY: i64 = 86_400;

/// A stretch of time with one offset: seconds since 1970, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) offset: i64,
}

/// A zone's offsets over the years under test and two weeks on either side.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) zone: Tz,
    pub(crate) spans: Vec<Span>,
}

impl Table {
    pub(crate) fn of(zone: Tz) -> Self {
        let (start, end) = (FIRST - 14 * DAY, LAST + 14 * DAY);
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

    pub(crate) fn all() -> Vec<Self> {
        TZ_VARIANTS.iter().map(|zone| Self::of(*zone)).collect()
    }

    /// Where the offset changes: (instant, before, after).
    pub(crate) fn shifts(&self) -> impl Iterator<Item = (i64, i64, i64)> + '_ {
        self.spans.windows(2).map(|pair| (pair[1].from, pair[0].offset, pair[1].offset))
    }

    /// Every instant of a wall-clock moment (seconds as if in UTC), in order; where there is none, the one that lies
    /// the gap's length later on the wall clock.
    pub(crate) fn instants(&self, wall: i64) -> Vec<i64> {
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

    /// The same zone in jiff, if both editions of the database agree on the years under test.
    pub(crate) fn in_jiff(&self) -> Option<jiff::tz::TimeZone> {
        let zone = jiff::tz::TimeZone::get(self.zone.name()).ok()?;
        let agrees = |at: i64| {
            let stamp = jiff::Timestamp::from_second(at).unwrap();
            i64::from(zone.to_offset(stamp).seconds()) == offset(self.zone, at)
        };
        let edges = self.spans.iter().flat_map(|span| [span.from, span.to - 1]);
        let days = (FIRST..LAST).step_by(5 * 86_400);
        edges.chain(days).all(agrees).then_some(zone)
    }
}

pub(crate) fn offset(zone: Tz, at: i64) -> i64 {
    zone.offset_from_utc_datetime(&naive(at)).fix().local_minus_utc().into()
}

pub(crate) fn naive(seconds: i64) -> NaiveDateTime {
    moment(seconds).naive_utc()
}

pub(crate) fn moment(seconds: i64) -> Moment {
    DateTime::<Utc>::from_timestamp(seconds, 0).unwrap()
}

/// The instant of a wall-clock moment by jiff's "compatible" rule.
pub(crate) fn by_jiff(zone: &jiff::tz::TimeZone, wall: i64) -> i64 {
    let civil = jiff::Timestamp::from_second(wall).unwrap().to_zoned(jiff::tz::TimeZone::UTC).datetime();
    zone.to_ambiguous_timestamp(civil).compatible().unwrap().as_second()
}

fn bisect(zone: Tz, mut same: i64, mut other: i64) -> i64 {
    let before = offset(zone, same);
    while other - same > 1 {
        let middle = same + (other - same) / 2;
        if offset(zone, middle) == before { same = middle } else { other = middle }
    }
    other
}
