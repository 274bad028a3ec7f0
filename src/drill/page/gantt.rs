//! The pictures that reports hold, drawn: Mermaid's Gantt charts, exactly as `report::picture` writes them.
//!
//! What always holds: every text in the picture is escaped; at most [`MOST`] bars; nothing is loaded. Any other diagram
//! is shown as its source. What is deliberately not here: the rest of Mermaid.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use pulldown_cmark_escape::escape_html;

use crate::domain::time::Moment;

/// More than the report ever draws.
const MOST: usize = 100;
/// Characters of a title or a label.
const LONGEST: usize = 100;

/// Pixels: the whole width, the room for headings on the left, and on the right.
const WIDTH: i64 = 800;
const LEFT: i64 = 96;
const RIGHT: i64 = 16;
const TOP: i64 = 64;
const ROW: i64 = 26;
/// About the width of a letter.
const LETTER: i64 = 7;

struct Chart<'t> {
    title: &'t str,
    sections: Vec<(&'t str, Vec<Bar<'t>>)>,
}

struct Bar<'t> {
    label: &'t str,
    from: Moment,
    to: Moment,
}

/// The picture with its source beneath; the source alone where it is another kind of diagram.
#[must_use]
pub(super) fn html(source: &str) -> String {
    let code = format!("<pre><code>{}</code></pre>", escaped(source));
    let Some(picture) = read(source).and_then(|chart| draw(&chart)) else {
        return format!("<div class=\"picture\"><p>A diagram that is not drawn here; its source:</p>{code}</div>\n");
    };
    format!(
        "<div class=\"picture\"><div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Picture\">{picture}</div>\
         <details><summary>Source of the picture</summary>{code}</details></div>\n"
    )
}

fn read(source: &str) -> Option<Chart<'_>> {
    let mut lines = source.lines().map(str::trim).filter(|line| !line.is_empty());
    if lines.next()? != "gantt" {
        return None;
    }
    let mut chart = Chart { title: "", sections: Vec::new() };
    let mut count = 0;
    for line in lines {
        if let Some(title) = line.strip_prefix("title ") {
            chart.title = title;
        } else if let Some(name) = line.strip_prefix("section ") {
            chart.sections.push((name, Vec::new()));
        } else if line.starts_with("axisFormat ") || line == "dateFormat YYYY-MM-DDTHH:mm:ss" {
            // The report's own; drawn like that below.
        } else {
            count += 1;
            chart.sections.last_mut()?.1.push(bar(line)?);
        }
    }
    let short = |text: &str| text.chars().count() <= LONGEST;
    let labels = chart.sections.iter().flat_map(|(name, bars)| bars.iter().map(|bar| bar.label).chain([*name]));
    let fits = short(chart.title) && labels.clone().all(short) && count <= MOST && chart.sections.len() <= MOST;
    (fits && count > 0).then_some(chart)
}

/// `name :2026-11-20T15:00:00, 2026-11-20T16:00:00`
fn bar(line: &str) -> Option<Bar<'_>> {
    let (label, span) = line.split_once(" :")?;
    let (from, to) = span.split_once(", ")?;
    let moment = |text: &str| -> Option<Moment> {
        let naive = NaiveDateTime::parse_from_str(text.trim(), "%Y-%m-%dT%H:%M:%S").ok()?;
        Some(DateTime::<Utc>::from_naive_utc_and_offset(naive, Utc))
    };
    let (from, to) = (moment(from)?, moment(to)?);
    (from <= to).then_some(Bar { label, from, to })
}

fn draw(chart: &Chart<'_>) -> Option<String> {
    let bars = || chart.sections.iter().flat_map(|(_, bars)| bars);
    let axis = Axis { from: bars().map(|bar| bar.from).min()?, to: bars().map(|bar| bar.to).max()? };
    let rows = i64::try_from(bars().count()).ok()?;
    let height = TOP + rows * ROW + 8;
    let mut svg = format!(
        "<svg class=\"gantt\" role=\"img\" aria-label=\"{title}\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\"><text class=\"title\" x=\"{LEFT}\" y=\"20\">{title}</text>",
        title = escaped(chart.title),
    );
    axis.draw(&mut svg, height);
    let mut y = TOP;
    for (nth, (name, bars)) in chart.sections.iter().enumerate() {
        let _ = write!(svg, "<text class=\"section\" x=\"4\" y=\"{}\">{}</text>", y + 15, escaped(name));
        for bar in bars {
            axis.bar(&mut svg, bar, nth % 4, y);
            y += ROW;
        }
    }
    svg.push_str("</svg>");
    Some(svg)
}

struct Axis {
    from: Moment,
    to: Moment,
}

impl Axis {
    fn x(&self, at: Moment) -> i64 {
        let whole = (self.to - self.from).num_seconds().max(1);
        let part = i128::from((at - self.from).num_seconds()) * i128::from(WIDTH - LEFT - RIGHT) / i128::from(whole);
        LEFT + i64::try_from(part).unwrap_or_default()
    }

    fn draw(&self, svg: &mut String, height: i64) {
        for at in self.ticks() {
            let x = self.x(at);
            let words = at.format("%m-%d %H:%M");
            let _ = write!(
                svg,
                "<line class=\"tick\" x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{height}\"/>\
                 <text class=\"tick\" x=\"{x}\" y=\"{}\">{words}</text>",
                TOP - 14,
                TOP - 20,
            );
        }
    }

    /// Six at most, at round times.
    fn ticks(&self) -> Vec<Moment> {
        const MINUTES: [i64; 14] = [1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 7_200, 14_400];
        let span = (self.to - self.from).num_seconds();
        let fits = |minutes: &&i64| span / (**minutes * 60) < 6;
        let step = MINUTES.iter().find(fits).map_or(span / 5 / 86_400 * 86_400 + 86_400, |minutes| minutes * 60);
        let first = self.from.timestamp().div_euclid(step) * step;
        let ticks = (0..=7).filter_map(|nth| DateTime::from_timestamp(first + nth * step, 0));
        // The words of one at the very edge would stand outside.
        let edge = TimeDelta::seconds(span / 20);
        ticks.filter(|at| *at >= self.from && *at <= self.to - edge).collect()
    }

    fn bar(&self, svg: &mut String, bar: &Bar<'_>, colour: usize, y: i64) {
        let (x, end) = (self.x(bar.from), self.x(bar.to));
        let width = (end - x).max(3);
        let wanted = i64::try_from(bar.label.chars().count()).unwrap_or(i64::MAX / LETTER) * LETTER + 10;
        let (class, at) = if wanted <= width {
            ("inside", x + 6)
        } else if x + width + wanted <= WIDTH {
            ("right", x + width + 5)
        } else {
            ("left", x - 5)
        };
        let _ = write!(
            svg,
            "<rect class=\"bar bar-{colour}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"20\" rx=\"3\"/>\
             <text class=\"{class}\" x=\"{at}\" y=\"{}\">{}</text>",
            y + 15,
            escaped(bar.label),
        );
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    escape_html(&mut safe, text).expect("writing to a String cannot fail");
    safe
}
