//! The seeds' four metrics, each measured, stated or missing, never guessed.
//!
//! What always holds: a metric that cannot be had says how to supply it; moments that contradict each other give a
//! note, never a negative span. Source: cloud.gov guide, basic response metrics.

use super::Source;
use crate::domain::{
    message::{MetricLine, Wild},
    process::{Ending, Metric},
    reading::{Field, Value},
    time::{Moment, lasting, spoken},
};

/// A moment and how it was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    at: Moment,
    /// A person stated it in a field; otherwise the journal measured it.
    stated: bool,
    /// In words, such as `the filing`.
    by: &'static str,
}

/// The three moments that the times lie between.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    started: Option<Known>,
    aware: Option<Known>,
    contained: Option<Known>,
}

impl Times {
    /// Fields first, the journal where they are silent.
    pub(super) fn of(source: &Source<'_>) -> Self {
        let measured = |at: Option<Moment>, by| at.map(|at| Known { at, stated: false, by });
        Self {
            started: stated(source, Field::Started, "the field Started"),
            aware: stated(source, Field::Discovered, "the field Discovered")
                .or_else(|| measured(source.incident.opened, "the filing of the issue")),
            contained: stated(source, Field::Contained, "the field Contained")
                .or_else(|| measured(resolved_at(source), "the status that ended the response")),
        }
    }

    /// What contradicts itself, in words for the summary.
    pub(super) fn contradictions(&self, source: &Source<'_>) -> Vec<String> {
        [(self.started, self.aware), (self.aware, self.contained), (self.started, self.contained)]
            .into_iter()
            .filter_map(|(from, to)| contradiction(source, from?, to?))
            .collect()
    }
}

fn stated(source: &Source<'_>, field: Field, by: &'static str) -> Option<Known> {
    match source.incident.fields.get(&field) {
        Some(Value::Moment(at)) => Some(Known { at: *at, stated: true, by }),
        _ => None,
    }
}

/// When the response ended for good: the last change to a status that resolves, unless it was left again.
fn resolved_at(source: &Source<'_>) -> Option<Moment> {
    let mut statuses: Vec<_> = source.incident.turns.iter().filter(|turn| turn.dimension == "status").collect();
    statuses.sort_by_key(|turn| turn.to.at);
    let ended = |turn: &&&crate::domain::incident::Turn| source.ending(&turn.to) == Some(Ending::Resolved);
    statuses.iter().rev().take_while(ended).last().map(|turn| turn.to.at)
}

fn contradiction(source: &Source<'_>, from: Known, to: Known) -> Option<String> {
    let zone = source.project.zone;
    (to.at < from.at)
        .then(|| format!("{} ({}) lies before {} ({})", to.by, spoken(to.at, zone), from.by, spoken(from.at, zone)))
}

/// The lines, those that the process asks for in its order.
pub(super) fn lines(source: &Source<'_>, times: &Times) -> Vec<MetricLine> {
    let line = |metric: &Metric| match metric {
        Metric::DiscoveryMethod => text(source, "Discovery method", Field::DiscoveryMethod),
        Metric::TimeToDiscovery => {
            span(source, "Time to discovery", (times.started, "Started"), (times.aware, "Discovered"))
        }
        Metric::TimeToContainment => {
            span(source, "Time to containment", (times.aware, "Discovered"), (times.contained, "Contained"))
        }
        Metric::ThreatActions => text(source, "Threat actions", Field::ThreatActions),
    };
    source.project.process.report.metrics.iter().map(line).collect()
}

fn text(source: &Source<'_>, name: &str, field: Field) -> MetricLine {
    match source.incident.fields.get(&field) {
        Some(Value::Text(text)) if !text.trim().is_empty() => {
            line(name, text, "stated", format!("the field {} in the description", field.title()))
        }
        _ => line(name, "", "missing", supply(field.title(), "what is known")),
    }
}

fn span(source: &Source<'_>, name: &str, from: (Option<Known>, &str), to: (Option<Known>, &str)) -> MetricLine {
    let (Some(start), Some(end)) = (from.0, to.0) else {
        let field = if from.0.is_none() { from.1 } else { to.1 };
        return line(name, "", "missing", supply(field, "2026-11-20 14:05"));
    };
    if let Some(contradiction) = contradiction(source, start, end) {
        let note = format!("not to be had: {contradiction}. Mend the fields in the description and close again");
        return line(name, "", "missing", note);
    }
    let zone = source.project.zone;
    let basis = if end.stated { "stated" } else { "measured" };
    let note = format!("from {} ({}) to {} ({})", start.by, spoken(start.at, zone), end.by, spoken(end.at, zone));
    line(name, &lasting(end.at - start.at), basis, note)
}

fn supply(field: &str, example: &str) -> String {
    format!("to supply it, add a line to the description, such as: {field}: {example}")
}

fn line(name: &str, value: &str, basis: &str, note: String) -> MetricLine {
    MetricLine { name: name.to_owned(), value: Wild(value.to_owned()), basis: basis.to_owned(), note }
}
