//! An iCalendar file (RFC 5545) to the days off in it.
//!
//! What always holds: whole-day events count and nothing else does; repeated ones count up to the end of 2100, where
//! schedules end as well; however the file is made, reading it is bounded. Deliberately not here: the notation
//! (`icalendar`) and what a rule of repetition means (`rrule`).

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, TimeZone};
use icalendar::parser::{Component, Property, read_calendar, unfold};
use rrule::{RRuleSet, Tz};

use crate::document::{Hint, Level, Problem, quoted};

/// Components stand inside one another at most this deep.
const DEEPEST: usize = 8;
/// No event lasts longer, in days.
const LONGEST: u64 = 366;
/// More days than this, repetitions counted each, are not taken from one file.
const MOST_DAYS: usize = 100_000;
/// A file has no more rules of repetition than this: each costs time, even one that never comes true.
const MOST_RULES: usize = 500;
/// Repetitions end with the year before this one.
const LAST_YEAR: i32 = 2101;

/// What a file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct DaysOff {
    pub(super) days: BTreeSet<NaiveDate>,
    /// Lines of the events that have a time of day.
    pub(super) timed: Vec<u32>,
}

/// Reads a file; `file` is how problems name it.
///
/// # Errors
/// Everything wrong with it, each with its line.
pub(super) fn days_off(text: &str, file: &str) -> Result<DaysOff, Vec<Problem>> {
    let text = text.trim_start_matches('\u{feff}');
    let lines = events_of(text).map_err(|(line, what)| vec![problem(file, line, what)])?;
    let unfolded = unfold(text);
    let calendar = read_calendar(&unfolded).map_err(|_| {
        let what = "cannot be read as one iCalendar calendar; export it anew from your calendar program";
        vec![Problem::of_file(file, what)]
    })?;
    let is_event = |component: &&Component<'_>| component.name.as_str().eq_ignore_ascii_case("VEVENT");
    let events: Vec<(&Component<'_>, u32)> = calendar.components.iter().filter(is_event).zip(lines).collect();
    if events.iter().flat_map(|(event, _)| all(event, "RRULE")).count() > MOST_RULES {
        let what = format!("repeats more than {MOST_RULES} events; keep those that are days off");
        return Err(vec![Problem::of_file(file, what)]);
    }
    let moved: BTreeSet<(&str, NaiveDate)> = events.iter().filter_map(|(event, _)| moved(event)).collect();
    let (mut read, mut problems, mut room) = (DaysOff::default(), Vec::new(), MOST_DAYS);
    for (event, line) in &events {
        match days_of(event, &moved, room) {
            Ok(Some(days)) => {
                room = room.saturating_sub(days.len());
                read.days.extend(days);
            }
            Ok(None) => read.timed.push(*line),
            Err(what) => {
                let name = value(event, "SUMMARY").map(quoted).unwrap_or_default();
                problems.push(problem(file, *line, format!("the event {name} {what}").replace("  ", " ")));
            }
        }
    }
    if problems.is_empty() { Ok(read) } else { Err(problems) }
}

fn problem(file: &str, line: u32, what: String) -> Problem {
    Problem { level: Level::Error, file: file.to_owned(), line, column: 1, key: String::new(), what, hint: Hint::None }
}

/// The lines on which the calendar's events begin; or where and how components are not properly inside one another.
fn events_of(text: &str) -> Result<Vec<u32>, (u32, String)> {
    let mut open: Vec<(String, u32)> = Vec::new();
    let (mut events, mut begun) = (Vec::new(), false);
    for (number, line) in whole_lines(text) {
        let Some((key, name)) = line.split_once(':') else {
            return Err((number, "is no line of an iCalendar file: it has no colon".to_owned()));
        };
        let name = name.trim().to_uppercase();
        if open.is_empty() && (begun || !key.eq_ignore_ascii_case("BEGIN") || name != "VCALENDAR") {
            let what = "is not one iCalendar calendar, which begins with BEGIN:VCALENDAR and ends with its END";
            return Err((number, what.to_owned()));
        }
        begun = true;
        if key.eq_ignore_ascii_case("BEGIN") {
            if open.len() == 1 && name == "VEVENT" {
                events.push(number);
            }
            open.push((name, number));
            if open.len() > DEEPEST {
                return Err((number, format!("stands inside more than {DEEPEST} other components")));
            }
        } else if key.eq_ignore_ascii_case("END") {
            match open.pop() {
                Some((begun, _)) if begun == name => {}
                before => {
                    let begun = before.map_or_else(String::new, |(begun, line)| format!("{begun} of line {line}"));
                    return Err((number, format!("ends {}, but what is open is {begun}", quoted(&name))));
                }
            }
        }
    }
    match open.pop() {
        Some((name, line)) => {
            Err((line, format!("begins {}, which never ends; is the file cut short?", quoted(&name))))
        }
        None if !begun => Err((1, "is empty; an iCalendar file begins with BEGIN:VCALENDAR".to_owned())),
        None => Ok(events),
    }
}

/// The lines that hold something, each with the number of its first part: folded ones continue the one before.
fn whole_lines(text: &str) -> Vec<(u32, String)> {
    let mut lines: Vec<(u32, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some((_, line))) => line.push_str(more),
            _ if line.trim().is_empty() => {}
            _ => lines.push((number, line.to_owned())),
        }
    }
    lines
}

/// The days of one event; `None` where it has a time of day. At most `room` of them, else what to do.
fn days_of(
    event: &Component<'_>,
    moved: &BTreeSet<(&str, NaiveDate)>,
    room: usize,
) -> Result<Option<Vec<NaiveDate>>, String> {
    if value(event, "STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")) {
        return Ok(Some(Vec::new()));
    }
    let start = event.find_prop("DTSTART").ok_or("has no DTSTART; every event begins on a day")?;
    if is_timed(start) {
        return Ok(None);
    }
    let first = day(start)?;
    let span = span(event, first)?;
    let mut starts = BTreeSet::from([first]);
    for rule in all(event, "RRULE") {
        starts.extend(repeated(first, rule.val.as_str())?);
    }
    for more in all(event, "RDATE").filter(|more| !is_timed(more)) {
        starts.extend(days_listed(more)?);
    }
    for less in all(event, "EXDATE") {
        for day in days_listed(less)? {
            starts.remove(&day);
        }
    }
    let uid = value(event, "UID").filter(|_| event.find_prop("RECURRENCE-ID").is_none());
    starts.retain(|day| uid.is_none_or(|uid| !moved.contains(&(uid, *day))));
    if starts.len() * usize::try_from(span).unwrap_or(usize::MAX) > room {
        return Err(format!(
            "makes more than {MOST_DAYS} days off together with those before it; give its rule an end"
        ));
    }
    let lasting = |day: NaiveDate| (0..span).filter_map(move |more| day.checked_add_days(Days::new(more)));
    Ok(Some(starts.into_iter().flat_map(lasting).collect()))
}

/// How many days it lasts: to its end, which is the first day after it.
fn span(event: &Component<'_>, first: NaiveDate) -> Result<u64, String> {
    let days = match (event.find_prop("DTEND"), value(event, "DURATION")) {
        (Some(end), _) => (day(end)? - first).num_days(),
        (None, Some(text)) => whole_days(text)
            .ok_or_else(|| format!("has the duration {}, which is not one of whole days such as P2D", quoted(text)))?,
        (None, None) => 1,
    };
    match u64::try_from(days) {
        // Some programs give the day itself for its end.
        Ok(0) => Ok(1),
        Ok(days) if days <= LONGEST => Ok(days),
        Ok(days) => Err(format!("lasts {days} days; the most is {LONGEST}")),
        Err(_) => Err("ends before it begins".to_owned()),
    }
}

/// `P2D`, `P1W`
fn whole_days(text: &str) -> Option<i64> {
    let (number, size) = match text.strip_prefix('P')? {
        weeks if weeks.ends_with('W') => (weeks.strip_suffix('W')?, 7),
        days => (days.strip_suffix('D')?, 1),
    };
    number.parse::<u16>().ok().map(|number| i64::from(number) * size)
}

/// The days on which a rule repeats what begins on `first`, in UTC, so that no zone moves them.
fn repeated(first: NaiveDate, rule: &str) -> Result<Vec<NaiveDate>, String> {
    let rule = rule.trim().to_uppercase();
    let bad = |why: String| format!("has the rule {}, which {why}", quoted(&rule));
    if ["SECONDLY", "MINUTELY", "HOURLY"].iter().any(|often| rule.contains(often)) {
        return Err(bad("repeats it within a day".to_owned()));
    }
    let in_utc = |part: &str| match part.strip_prefix("UNTIL=") {
        Some(until) if until.len() == 8 => format!("UNTIL={until}T000000Z"),
        Some(until) if !until.ends_with('Z') => format!("UNTIL={until}Z"),
        _ => part.to_owned(),
    };
    let parts: Vec<String> = rule.split(';').map(in_utc).collect();
    let text = format!("DTSTART:{}T000000Z\nRRULE:{}", first.format("%Y%m%d"), parts.join(";"));
    let set: RRuleSet = text.parse().map_err(|error| bad(format!("is not to be understood ({error})")))?;
    let end = Tz::UTC.with_ymd_and_hms(LAST_YEAR, 1, 1, 0, 0, 0).single();
    let set = match end {
        Some(end) => set.before(end),
        None => set,
    };
    Ok(set.all(u16::MAX).dates.iter().map(chrono::DateTime::date_naive).filter(|day| *day >= first).collect())
}

/// The event that stands for one repetition of another: whose, and for which day.
fn moved<'e>(event: &'e Component<'_>) -> Option<(&'e str, NaiveDate)> {
    let instead = event.find_prop("RECURRENCE-ID").filter(|instead| !is_timed(instead))?;
    Some((value(event, "UID")?, day(instead).ok()?))
}

fn value<'e>(event: &'e Component<'_>, name: &str) -> Option<&'e str> {
    event.find_prop(name).map(|property| property.val.as_str().trim())
}

fn all<'e, 'c>(event: &'e Component<'c>, name: &'static str) -> impl Iterator<Item = &'e Property<'c>> {
    event.properties.iter().filter(move |property| property.name.as_str() == name)
}

fn is_timed(property: &Property<'_>) -> bool {
    property.val.as_str().contains('T')
}

fn day(property: &Property<'_>) -> Result<NaiveDate, String> {
    day_of(property.name.as_str(), property.val.as_str())
}

fn days_listed(property: &Property<'_>) -> Result<Vec<NaiveDate>, String> {
    property.val.as_str().split(',').map(|text| day_of(property.name.as_str(), text)).collect()
}

/// What has a time of day gives its day.
fn day_of(name: &str, text: &str) -> Result<NaiveDate, String> {
    let text = text.trim().split('T').next().unwrap_or_default();
    NaiveDate::parse_from_str(text, "%Y%m%d")
        .map_err(|_| format!("has the {name} {}, which is not a day such as 20261225", quoted(text)))
}
