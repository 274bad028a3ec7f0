//! Moments as people write them: RFC 3339, or `2026-11-20 14:05[:07]` with an optional zone.
//!
//! Decisions: a time that the clocks skip does not exist and is a finding; one that they show twice is the first of the
//! two; a zone's abbreviation (`EDT`) counts where the project's own zone uses it at that time, so that what the bot
//! prints can be pasted back; a note in parentheses at the end is no part of the moment.

use chrono::{
    DateTime, Datelike, Duration, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, TimeZone, Timelike, Utc,
};
use chrono_tz::{TZ_VARIANTS, Tz};

use crate::{domain::time::Moment, text::nearest::nearest};

/// More than any moment takes, in bytes.
const LONGEST: usize = 100;

/// The moment, or at most three that may be meant, in the form that is understood.
pub(in crate::text) fn read(text: &str, zone: Tz) -> Result<Moment, Vec<String>> {
    let text = without_note(text.trim_matches(['`', '"', '\'', '“', '”', ' ']));
    if text.len() > LONGEST {
        return Err(Vec::new());
    }
    if let Ok(exact) = DateTime::parse_from_rfc3339(text) {
        return Ok(exact.with_timezone(&Utc));
    }
    let parts = Parts::of(text).ok_or_else(Vec::new)?;
    let naive = parts.wall_clock()?;
    let clock = Clock::of(parts.zone, naive, zone)
        .map_err(|near| near.into_iter().map(|name| format!("{} {name}", shown(naive))).collect::<Vec<_>>())?;
    if !parts.exact {
        return Err(vec![suffixed(naive, parts.zone)]);
    }
    clock
        .resolve(naive)
        .ok_or_else(|| clock.after_gap(naive).map(|next| suffixed(next, parts.zone)).into_iter().collect())
}

/// The text without a note in parentheses at its end; all of it where nothing stands before the note.
pub(super) fn without_note(text: &str) -> &str {
    let text = text.trim();
    match text.strip_suffix(')').and_then(|open| open.split_once('(')) {
        Some((before, _)) if !before.trim().is_empty() => before.trim_end(),
        _ => text,
    }
}

fn shown(naive: NaiveDateTime) -> String {
    let seconds = naive.second() != 0;
    naive.format(if seconds { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M" }).to_string()
}

fn suffixed(naive: NaiveDateTime, zone: &str) -> String {
    format!("{} {zone}", shown(naive)).trim_end().to_owned()
}

/// The numbers of a moment, not yet checked.
struct Parts<'a> {
    date: (i32, u32, u32),
    time: (u32, u32, u32),
    zone: &'a str,
    /// Written as it should be; otherwise it is only good for a suggestion.
    exact: bool,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (year, rest) = number(text, 4)?;
        let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
        let (month, rest) = number(rest.strip_prefix(separator)?, 2)?;
        let (day, rest) = number(rest.strip_prefix(separator)?, 2)?;
        let exact = separator == '-';
        let date = (i32::try_from(year).ok()?, month, day);
        let rest = rest.trim_start_matches([',', ' ']);
        let clock = rest.strip_prefix(['T', 't']).unwrap_or(rest);
        let Some((hour, rest)) = number(clock, 2) else {
            return Some(Self { date, time: (0, 0, 0), zone: "", exact: false });
        };
        let (minute, rest) = number(rest.strip_prefix(':')?, 2)?;
        let (second, rest) = match rest.strip_prefix(':') {
            Some(rest) => number(rest, 2)?,
            None => (0, rest),
        };
        let rest =
            rest.strip_prefix('.').map_or(rest, |digits| digits.trim_start_matches(|c: char| c.is_ascii_digit()));
        Some(Self { date, time: (hour, minute, second), zone: rest.trim(), exact })
    }

    /// The date and time if they exist on the calendar and the clock.
    fn wall_clock(&self) -> Result<NaiveDateTime, Vec<String>> {
        let ((year, month, day), (hour, minute, second)) = (self.date, self.time);
        let suggest =
            |naive: Option<NaiveDateTime>| naive.map(|naive| suffixed(naive, self.zone)).into_iter().collect();
        let Some(date) = NaiveDate::from_ymd_opt(year, month, day) else {
            let time = |date: NaiveDate| date.and_hms_opt(hour.min(23), minute.min(59), second.min(59));
            return Err(suggest(mended(year, month, day).and_then(time)));
        };
        date.and_hms_opt(hour, minute, second).ok_or_else(|| {
            // 25:00 is an hour past midnight, 14:75 a quarter past three.
            let past = Duration::seconds(i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second));
            suggest(date.and_hms_opt(0, 0, 0).and_then(|midnight| midnight.checked_add_signed(past)))
        })
    }
}

/// Up to `most` digits at the beginning, at least one (a year: all four).
fn number(text: &str, most: usize) -> Option<(u32, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    let enough = digits > 0 && (most < 4 || digits == most) && !rest.starts_with(|c: char| c.is_ascii_digit());
    if enough { Some((number.parse().ok()?, rest)) } else { None }
}

/// A date that may be meant by one that does not exist: day and month swapped, or the month's last day.
fn mended(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    let last = || (28..day.min(31)).rev().find_map(|day| NaiveDate::from_ymd_opt(year, month, day));
    NaiveDate::from_ymd_opt(year, day, month).filter(|_| month > 12).or_else(last)
}

/// What the wall clock is set by.
enum Clock {
    Zone(Tz),
    Offset(FixedOffset),
}

impl Clock {
    /// The zone of this name, or the names that come nearest.
    fn of(name: &str, at: NaiveDateTime, home: Tz) -> Result<Self, Vec<String>> {
        if name.is_empty() {
            return Ok(Self::Zone(home));
        }
        if name.eq_ignore_ascii_case("z") {
            return Ok(Self::Zone(Tz::UTC));
        }
        if let Some(zone) = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name)) {
            return Ok(Self::Zone(*zone));
        }
        let local = home.from_local_datetime(&at).earliest();
        if local.is_some_and(|local| local.format("%Z").to_string().eq_ignore_ascii_case(name)) {
            return Ok(Self::Zone(home));
        }
        offset(name).map(Self::Offset).ok_or_else(|| nearest_zones(name))
    }

    fn resolve(&self, naive: NaiveDateTime) -> Option<Moment> {
        match self {
            Self::Zone(zone) => earliest(zone.from_local_datetime(&naive)),
            Self::Offset(offset) => earliest(offset.from_local_datetime(&naive)),
        }
    }

    /// The wall clock as it shows after the hour that was skipped.
    fn after_gap(&self, naive: NaiveDateTime) -> Option<NaiveDateTime> {
        [60, 30, 24 * 60].into_iter().find_map(|minutes| {
            naive.checked_add_signed(Duration::minutes(minutes)).filter(|next| self.resolve(*next).is_some())
        })
    }
}

fn earliest<Z: TimeZone>(local: MappedLocalTime<DateTime<Z>>) -> Option<Moment> {
    local.earliest().map(|at| at.with_timezone(&Utc)).filter(|at| (0..=9999).contains(&at.year()))
}

/// `+01:00`, `-0500`, `+1`, `UTC+1`.
fn offset(text: &str) -> Option<FixedOffset> {
    let word = |prefix: &str| text.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix));
    let text = text.get(word("utc").or_else(|| word("gmt")).map_or(0, str::len)..)?.trim();
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let digits = text.trim_start_matches(['+', '-', '−']);
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes),
        Some(_) => return None,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let parse = |text: &str| text.parse::<i32>().ok().filter(|_| text.len() <= 2 && !text.starts_with(['+', '-']));
    let (hours, minutes) = (parse(hours)?, parse(minutes)?);
    let valid = hours <= 23 && minutes <= 59;
    if valid { FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60)) } else { None }
}

/// Zones of that city, else zones of a similar name.
fn nearest_zones(name: &str) -> Vec<String> {
    let city = name.replace(' ', "_");
    let of_city = |zone: &&Tz| zone.name().rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case(&city));
    let cities: Vec<String> = TZ_VARIANTS.iter().filter(of_city).map(|zone| zone.name().to_owned()).take(3).collect();
    if cities.is_empty() { nearest(name, TZ_VARIANTS.iter().map(|zone| zone.name())) } else { cities }
}
