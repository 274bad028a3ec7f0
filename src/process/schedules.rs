//! When a duty is due: the schedules of a duty, of which the first that applies rules.

use chrono::Duration;

use crate::{
    document::{Node, Table, quoted},
    domain::{
        calendar::CronRule,
        process::{Calendar, Due, EPOCH, Pattern, Schedule},
        time::Zone,
    },
};

use super::names::{Dimension, Terms};

/// On which calendar a span is counted, as process files say it.
pub(super) const CALENDARS: [(&str, Calendar); 3] = [
    ("always", Calendar::Fixed(Pattern::RoundTheClock)),
    ("business", Calendar::Fixed(Pattern::BusinessHours)),
    ("severity", Calendar::OfSeverity),
];

const KEYS: [&str; 8] = ["severity", "status", "phase", "after", "within", "calendar", "every", "cron"];

/// Duties count in minutes and months.
pub(super) const LEAST: Duration = Duration::minutes(1);
pub(super) const MOST: Duration = Duration::days(366);

pub(super) fn schedules(duty: &Table<'_>, terms: &Terms<'_>) -> Vec<Schedule> {
    let tables = duty.each("schedule");
    if tables.is_empty() {
        duty.reject_absence("has no [[duty.schedule]], so it could never apply");
    }
    let mut earlier: Vec<(u32, Schedule)> = Vec::new();
    for table in &tables {
        let Some(schedule) = schedule(table, terms) else { continue };
        if let Some(line) = covering(&schedule, &earlier, terms) {
            table.reject_absence(format!("can never apply: the schedules up to line {line} cover it"));
        }
        earlier.push((table.line(), schedule));
    }
    earlier.into_iter().map(|(_, schedule)| schedule).collect()
}

fn schedule(table: &Table<'_>, terms: &Terms<'_>) -> Option<Schedule> {
    table.only(&KEYS);
    let severities = names(table, "severity", &terms.severities);
    let statuses = names(table, "status", &terms.statuses);
    let phases = names(table, "phase", &terms.phases);
    let after = table.get("after").map(|node| node.span(&(LEAST..=MOST)));
    let due = due(table);
    if let (Some(Some(after)), Some(Due::Within(within, _))) = (after, &due)
        && after >= *within
    {
        table.reject("is due before it begins to apply; make `after` shorter than `within`");
    }
    Some(Schedule { severities: severities?, statuses: statuses?, phases: phases?, after: after.flatten(), due: due? })
}

/// The names under a key; none means all, so an empty list is refused. `None` where one of them is wrong: a schedule
/// is not compared with others before it is known where it applies.
fn names(table: &Table<'_>, key: &str, dimension: &Dimension<'_>) -> Option<Vec<String>> {
    let Some(list) = table.get(key) else { return Some(Vec::new()) };
    let items = list.items();
    if list.is_list() && items.is_empty() {
        list.reject("is empty; leave the key out for all");
    }
    let known: Vec<String> = items.iter().filter_map(|item| dimension.refer(item)).collect();
    (!items.is_empty() && known.len() == items.len()).then_some(known)
}

/// Exactly one of three keys.
fn due(table: &Table<'_>) -> Option<Due> {
    let forms = ["within", "every", "cron"].map(|key| table.get(key));
    if forms.iter().flatten().count() > 1 {
        table.reject("has more than one of `within`, `every` and `cron`; keep one");
        return None;
    }
    if let (Some(calendar), [None, ..]) = (table.get("calendar"), &forms) {
        calendar.reject("goes with `within` only: `every` runs round the clock, `cron` fires on business days");
    }
    match forms {
        [Some(within), ..] => {
            let always = Some(Calendar::Fixed(Pattern::RoundTheClock));
            let calendar = table.get("calendar").map_or(always, |node| node.choice(&CALENDARS));
            Some(Due::Within(within.span(&(LEAST..=MOST))?, calendar?))
        }
        [None, Some(every), _] => Some(Due::Every(every.span(&(LEAST..=MOST))?)),
        [None, None, Some(cron)] => rule(&cron).map(Due::Cron),
        [None, None, None] => {
            table.reject_absence(
                "has no due: add one of `within = \"1h\"`, `every = \"1h\"` or `cron = \"0 0 10 * * Mon-Fri *\"`",
            );
            None
        }
    }
}

/// A rule of the wall clock that fires, and not more than once a minute.
pub(super) fn rule(node: &Node<'_>) -> Option<CronRule> {
    let text = node.text()?;
    match CronRule::parse(text) {
        Ok(rule) if is_hurried(&rule) => {
            node.reject(format!("{} fires more than once a minute; write one second, such as 0, first", quoted(text)));
            None
        }
        Ok(rule) if rule.next(EPOCH, Zone::UTC).is_some() => Some(rule),
        Ok(_) => {
            node.reject(format!("{} names no moment in the years to come", quoted(text)));
            None
        }
        Err(reason) => {
            node.reject(format!("{} {reason}", quoted(text)));
            None
        }
    }
}

/// Whether the first two moments lie closer together than duties are counted.
fn is_hurried(rule: &CronRule) -> bool {
    let first = rule.next(EPOCH, Zone::UTC);
    let second = first.and_then(|first| rule.next(first, Zone::UTC));
    first.zip(second).is_some_and(|(first, second)| second - first < LEAST)
}

/// The line of the last earlier schedule if the earlier ones leave no case to this one.
fn covering(schedule: &Schedule, earlier: &[(u32, Schedule)], terms: &Terms<'_>) -> Option<u32> {
    let after = |schedule: &Schedule| schedule.after.unwrap_or_default();
    let rivals: Vec<Cases> =
        earlier.iter().filter(|(_, other)| after(other) <= after(schedule)).map(|(_, s)| Cases::of(s, terms)).collect();
    let own = Cases::of(schedule, terms);
    let own = &own;
    let mut all = own.0.iter().flat_map(|severity| {
        own.1.iter().flat_map(move |status| own.2.iter().map(move |phase| (severity, status, phase)))
    });
    let covered = all.all(|(severity, status, phase)| {
        rivals.iter().any(|rival| rival.0.contains(severity) && rival.1.contains(status) && rival.2.contains(phase))
    });
    earlier.last().filter(|_| covered && !own.is_empty()).map(|(line, _)| *line)
}

/// The severities, statuses and phases in which a schedule applies, written out.
struct Cases(Vec<String>, Vec<String>, Vec<String>);

impl Cases {
    fn of(schedule: &Schedule, terms: &Terms<'_>) -> Self {
        let or = |names: &[String], all: Vec<String>| if names.is_empty() { all } else { names.to_vec() };
        Self(
            or(&schedule.severities, terms.severities.names.clone()),
            or(&schedule.statuses, terms.running()),
            or(&schedule.phases, terms.phases.names.clone()),
        )
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty() || self.1.is_empty() || self.2.is_empty()
    }
}
