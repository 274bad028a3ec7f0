//! Moments and how people read them.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, NaiveDateTime, Timelike as _, Utc};
use chrono_tz::Tz;

/// An instant. Kept in UTC; shown in the project's zone and in UTC.
pub type Moment = DateTime<Utc>;

/// An IANA zone, as configured per project.
pub type Zone = Tz;

/// `2026-11-20 10:00 EST (15:00 UTC)`: the zone's wall clock first, because that is what a responder looks at.
#[must_use]
pub fn spoken(at: Moment, zone: Zone) -> String {
    let (utc, mut text) = (at.naive_utc(), String::with_capacity(48));
    if zone == Tz::UTC {
        date(&mut text, utc);
        minute(&mut text, ' ', utc);
        text.push_str(" UTC");
        return text;
    }
    let there = at.with_timezone(&zone);
    let local = there.naive_local();
    date(&mut text, local);
    minute(&mut text, ' ', local);
    let _ = write!(text, " {} (", there.offset());
    if local.date() == utc.date() {
        two(&mut text, utc.hour());
        text.push(':');
        two(&mut text, utc.minute());
    } else {
        date(&mut text, utc);
        minute(&mut text, ' ', utc);
    }
    text.push_str(" UTC)");
    text
}

/// `2026-11-20T15:00:00Z`.
#[must_use]
pub fn exact(at: Moment) -> String {
    let (utc, mut text) = (at.naive_utc(), String::with_capacity(20));
    date(&mut text, utc);
    minute(&mut text, 'T', utc);
    text.push(':');
    two(&mut text, utc.second());
    text.push('Z');
    text
}

// Every message holds dozens of moments, and a pattern that is read anew for each costs most of a plan.

fn date(text: &mut String, at: NaiveDateTime) {
    match u32::try_from(at.year()) {
        Ok(year @ 0..=9_999) => {
            two(text, year / 100);
            two(text, year % 100);
        }
        _ => {
            let _ = write!(text, "{:+05}", at.year());
        }
    }
    text.push('-');
    two(text, at.month());
    text.push('-');
    two(text, at.day());
}

fn minute(text: &mut String, separator: char, at: NaiveDateTime) {
    text.push(separator);
    two(text, at.hour());
    text.push(':');
    two(text, at.minute());
}

/// Two digits of a number below a hundred.
fn two(text: &mut String, number: u32) {
    for digit in [number / 10 % 10, number % 10] {
        text.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
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
