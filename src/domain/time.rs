//! Moments and how people read them.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// An instant. Kept in UTC; shown in the project's zone and in UTC.
pub type Moment = DateTime<Utc>;

/// An IANA zone, as configured per project.
pub type Zone = Tz;

/// `2026-11-20 10:00 EST (15:00 UTC)`: the zone's wall clock first, because that is what a responder looks at.
#[must_use]
pub fn spoken(at: Moment, zone: Zone) -> String {
    if zone == Tz::UTC {
        return at.format("%Y-%m-%d %H:%M UTC").to_string();
    }
    let local = at.with_timezone(&zone);
    let utc =
        if local.date_naive() == at.date_naive() { at.format("%H:%M UTC") } else { at.format("%Y-%m-%d %H:%M UTC") };
    format!("{} ({utc})", local.format("%Y-%m-%d %H:%M %Z"))
}

/// `1 h 5 min`, `45 s`, `3 d 2 h`: at most two units, largest first.
#[must_use]
pub fn lasting(span: chrono::Duration) -> String {
    let seconds = span.num_seconds().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}
