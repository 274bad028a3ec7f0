//! `calendar` and `holidays` of a project: when business is done there.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use chrono::{NaiveDate, NaiveTime, Weekday};

use super::calendar_file::days_off;
use crate::{
    document::{Node, Table, quoted, unread},
    domain::calendar::BusinessHours,
};

/// The largest calendar file, in bytes.
const LARGEST: u64 = 1024 * 1024;

const DAYS: [(&str, Weekday); 7] = [
    ("Mon", Weekday::Mon),
    ("Tue", Weekday::Tue),
    ("Wed", Weekday::Wed),
    ("Thu", Weekday::Thu),
    ("Fri", Weekday::Fri),
    ("Sat", Weekday::Sat),
    ("Sun", Weekday::Sun),
];

/// `calendar` and `holidays`.
pub(super) fn business(project: &Table<'_>, folder: &Path, files: &mut CalendarFiles) -> BusinessHours {
    let mut hours = BusinessHours::default();
    if let Some(calendar) = project.sub("calendar") {
        calendar.only(&["days", "from", "to"]);
        if let Some(list) = calendar.get("days") {
            hours.days = days(&list);
        }
        hours.from = calendar.get("from").and_then(|node| time(&node)).unwrap_or(hours.from);
        hours.to = calendar.get("to").and_then(|node| time(&node)).unwrap_or(hours.to);
        if hours.to <= hours.from {
            calendar.reject(format!(
                "the day ends at {} and begins at {}; `to` is later than `from`",
                hours.to.format("%H:%M"),
                hours.from.format("%H:%M")
            ));
        }
    }
    hours.holidays = holidays(project, folder, files);
    hours
}

/// Days, names of iCalendar files, or both.
fn holidays(project: &Table<'_>, folder: &Path, files: &mut CalendarFiles) -> BTreeSet<NaiveDate> {
    let mut days = BTreeSet::new();
    let Some(node) = project.get("holidays") else { return days };
    let items = if node.is_text() { vec![node] } else { node.items() };
    for item in items {
        match item.plain() {
            Some(name) if Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("ics")) => {
                days.extend(files.days(&item, project, folder.join(name)));
            }
            Some(text) if text.parse::<NaiveDate>().is_err() => item.reject(format!(
                "{} is neither a day such as 2026-12-25 nor an iCalendar file, whose name ends in .ics",
                quoted(text)
            )),
            _ => days.extend(item.date()),
        }
    }
    days
}

/// The days off of the calendar files that were read so far, so that projects share one and its problems are said once.
#[derive(Default)]
pub(super) struct CalendarFiles(BTreeMap<PathBuf, BTreeSet<NaiveDate>>);

impl CalendarFiles {
    fn days(&mut self, node: &Node<'_>, project: &Table<'_>, path: PathBuf) -> BTreeSet<NaiveDate> {
        if let Some(known) = self.0.get(&path) {
            return known.clone();
        }
        let days = from_file(node, project, &path).unwrap_or_default();
        self.0.insert(path, days.clone());
        days
    }
}

/// `None` where nothing can be taken from the file; why is reported.
fn from_file(node: &Node<'_>, project: &Table<'_>, path: &Path) -> Option<BTreeSet<NaiveDate>> {
    let file = path.display().to_string();
    let text = text_of(path).map_err(|why| node.reject(format!("the calendar file {} {why}", quoted(&file)))).ok()?;
    let read = days_off(&text, &file).map_err(|problems| project.adopt(problems)).ok()?;
    if let Some(first) = read.timed.first() {
        node.warn(format!(
            "{} events of {} have a time of day and are passed over, the first of them on line {first}; only whole days \
             are days off",
            read.timed.len(),
            quoted(&file)
        ));
    }
    if read.days.is_empty() {
        node.reject(format!("{} holds no whole-day event, so it makes no day a day off", quoted(&file)));
    }
    Some(read.days)
}

/// In words, why there is none.
fn text_of(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read ({})", unread(&error));
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST {
        return Err(format!("has {size} bytes; the most is {LARGEST}"));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
        format!("is not UTF-8 text on line {}", 1 + good.filter(|byte| **byte == b'\n').count())
    })
}

fn days(list: &Node<'_>) -> Vec<Weekday> {
    let items = list.items();
    if list.is_list() && items.is_empty() {
        list.reject("is empty, so business would never be done; list days such as \"Mon\"");
    }
    let mut days: Vec<Weekday> = Vec::new();
    for item in items {
        match item.choice(&DAYS) {
            Some(day) if days.contains(&day) => item.reject("is listed already"),
            Some(day) => days.push(day),
            None => {}
        }
    }
    days
}

fn time(node: &Node<'_>) -> Option<NaiveTime> {
    let text = node.text()?;
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok();
    if time.is_none() {
        node.reject(format!("{} is not a time of day; write it like \"09:00\"", quoted(text)));
    }
    time
}
