//! The facts at the head of the report.
//!
//! What always holds: the peak severity is named, whatever the last one is; facts that nobody stated are left out.

use super::{Source, measures::Times};
use crate::domain::{
    message::Wild,
    reading::{Field, Value},
    time::{lasting, spoken},
};

/// Fields that people state and the summary repeats.
const STATED: [Field; 7] = [
    Field::Reporter,
    Field::Responders,
    Field::Kind,
    Field::Systems,
    Field::Impact,
    Field::DataClassification,
    Field::ExternalDependency,
];

/// (label, value).
pub(super) fn lines(source: &Source<'_>, times: &Times) -> Vec<(String, Wild)> {
    let mut lines = vec![
        ("Outcome".to_owned(), source.incident.status.value.clone()),
        ("Peak severity".to_owned(), peak(source)),
        ("Incident commander".to_owned(), commanders(source)),
    ];
    lines.extend(course(source));
    for field in STATED {
        let value = source.incident.fields.get(&field).map(words).unwrap_or_default();
        if !value.is_empty() {
            lines.push((field.title().to_owned(), value));
        }
    }
    lines.extend(times.contradictions(source).into_iter().map(|what| ("To mend".to_owned(), what)));
    lines.into_iter().map(|(label, value)| (label, Wild(value))).collect()
}

fn peak(source: &Source<'_>) -> String {
    let (peak, last) = (&source.incident.peak_severity, &source.incident.severity.value);
    let assessed = source.project.process.severity(peak).is_some_and(|severity| severity.rank > 0);
    match (assessed, peak == last) {
        (false, _) => format!("{last} (never assessed)"),
        (true, true) => peak.clone(),
        (true, false) => format!("{peak} (at the end {last})"),
    }
}

/// Everyone who had command, in order.
fn commanders(source: &Source<'_>) -> String {
    let mut turns: Vec<_> = source.incident.turns.iter().filter(|turn| turn.dimension == "IC").collect();
    turns.sort_by_key(|turn| turn.to.at);
    let mut names: Vec<String> = turns.into_iter().map(|turn| turn.to.value.clone()).collect();
    names.extend(source.incident.ic.as_ref().map(|ic| ic.who.written()));
    names.retain(|name| !name.is_empty());
    names.dedup();
    if names.is_empty() { "nobody took it".to_owned() } else { names.join(", then ") }
}

/// Filed, closed, how long in between, how often reopened.
fn course(source: &Source<'_>) -> Vec<(String, String)> {
    let (incident, zone) = (source.incident, source.project.zone);
    let mut lines = Vec::new();
    if let Some(opened) = incident.opened {
        let by = incident.filed_by.as_ref().map_or(String::new(), |account| format!(" by @{}", account.login));
        lines.push(("Filed".to_owned(), format!("{}{by}", spoken(opened, zone))));
    }
    match incident.closed_at.filter(|_| !incident.open) {
        Some(closed) => {
            let by = incident.closed_by.as_ref().map_or(String::new(), |by| format!(" by {}", by.spoken()));
            lines.push(("Closed".to_owned(), format!("{}{by}", spoken(closed, zone))));
            if let Some(opened) = incident.opened.filter(|opened| *opened <= closed) {
                lines.push(("Lasted".to_owned(), lasting(closed - opened)));
            }
        }
        None => lines.push(("Closed".to_owned(), "not yet".to_owned())),
    }
    if let Some(reopened) = incident.reopened_at {
        lines.push(("Reopened".to_owned(), format!("last {}", spoken(reopened, zone))));
    }
    lines
}

/// A field's value in one line.
fn words(value: &Value) -> String {
    match value {
        Value::Named(text) | Value::Text(text) => text.trim().to_owned(),
        Value::People(people) => {
            people.iter().map(crate::domain::people::Person::written).collect::<Vec<_>>().join(", ")
        }
        Value::Moment(at) => at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}
