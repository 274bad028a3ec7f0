//! A Mermaid Gantt chart of status, severity, phase and command over time.
//!
//! What always holds: at most 60 bars; no text from people (names of states come from the process, commanders by
//! checked login only), and nothing that Mermaid would read as its own notation. Moments are in UTC.

use super::Source;
use crate::domain::{incident::Turn, time::Moment};

/// The most bars that still make a picture.
const MOST: usize = 60;

/// Dimensions with the headings of their bars, from top to bottom.
const SECTIONS: [(&str, &str); 4] =
    [("status", "Status"), ("severity", "Severity"), ("phase", "Phase"), ("IC", "Command")];

struct Bar {
    section: usize,
    label: String,
    from: Moment,
    to: Moment,
}

/// The chart's source without its fence; empty where there is nothing to draw.
pub(super) fn gantt(source: &Source<'_>) -> String {
    let Some(end) = source.last() else {
        return String::new();
    };
    let all: Vec<Bar> =
        SECTIONS.iter().enumerate().flat_map(|(section, (name, _))| bars(source, section, name, end)).collect();
    let count = all.len();
    let shown = longest(all);
    if shown.is_empty() {
        return String::new();
    }
    let title = match count - shown.len() {
        0 => "Who and what held when (UTC)".to_owned(),
        hidden => format!("Who and what held when (UTC), without the {hidden} shortest"),
    };
    let mut lines = vec![
        "gantt".to_owned(),
        format!("    title {title}"),
        "    dateFormat YYYY-MM-DDTHH:mm:ss".to_owned(),
        "    axisFormat %m-%d %H:%M".to_owned(),
    ];
    for (section, (_, heading)) in SECTIONS.iter().enumerate() {
        let inside: Vec<&Bar> = shown.iter().filter(|bar| bar.section == section).collect();
        if !inside.is_empty() {
            lines.push(format!("    section {heading}"));
            lines.extend(inside.into_iter().map(line));
        }
    }
    lines.join("\n")
}

/// Each value lasts until the next of its dimension; values replaced in the same moment are not drawn.
fn bars(source: &Source<'_>, section: usize, dimension: &str, end: Moment) -> Vec<Bar> {
    let mut turns: Vec<&Turn> = source.incident.turns.iter().filter(|turn| turn.dimension == dimension).collect();
    turns.sort_by_key(|turn| turn.to.at);
    let ends = turns.iter().skip(1).map(|turn| turn.to.at).chain([end]);
    let known = |turn: &Turn| {
        let process = &source.project.process;
        let value = &turn.to.value;
        match dimension {
            "status" => process.status(value).map(|status| plain(&status.name)),
            "severity" => process.severity(value).map(|severity| plain(&severity.name)),
            "phase" => process.phase(value).map(|phase| plain(&phase.name)),
            _ => Some(login(value)),
        }
    };
    turns
        .iter()
        .zip(ends)
        .filter(|(turn, to)| turn.to.at < *to)
        .filter_map(|(turn, to)| Some(Bar { section, label: known(turn)?, from: turn.to.at, to }))
        .collect()
}

/// The longest bars, in their old order.
fn longest(bars: Vec<Bar>) -> Vec<Bar> {
    let mut ranked: Vec<(usize, Bar)> = bars.into_iter().enumerate().collect();
    ranked.sort_by_key(|(place, bar)| (std::cmp::Reverse(bar.to - bar.from), *place));
    ranked.truncate(MOST);
    ranked.sort_by_key(|(place, _)| *place);
    ranked.into_iter().map(|(_, bar)| bar).collect()
}

fn line(bar: &Bar) -> String {
    let form = "%Y-%m-%dT%H:%M:%S";
    format!("    {} :{}, {}", bar.label, bar.from.format(form), bar.to.format(form))
}

/// A name of the process without what Mermaid reads as notation.
fn plain(name: &str) -> String {
    let kept: String = name.chars().filter(|c| c.is_alphanumeric() || " -_.".contains(*c)).take(40).collect();
    if kept.trim().is_empty() { "unnamed".to_owned() } else { kept.trim().to_owned() }
}

/// A commander's login; a free name is text from people and is not drawn.
fn login(value: &str) -> String {
    match value.strip_prefix('@') {
        Some(login) if !login.is_empty() && login.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) => {
            login.chars().take(40).collect()
        }
        _ if value.is_empty() => "nobody".to_owned(),
        _ => "named in the issue".to_owned(),
    }
}
