//! The report after closing.

use serde::Serialize;

use super::{FollowUpLine, ShiftLine, TaskLine, When, Why, Wild};

/// The report after closing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Retrospective {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// It was a false alarm: only the short form.
    pub short: bool,
    /// The title.
    pub title: Wild,
    /// The address.
    pub url: String,
    /// The process's title.
    pub process: String,
    /// How often the issue was closed, this time included.
    pub closing: u32,
    /// The sections in their order.
    pub sections: Vec<SectionLine>,
    /// Summary lines: (label, value).
    pub summary: Vec<(String, Wild)>,
    /// Status, severity, phase and IC over time.
    pub turns: Vec<TurnLine>,
    /// The timeline.
    pub timeline: Vec<TimelineLine>,
    /// The Mermaid source of the picture, without its fence.
    pub picture: String,
    /// The metrics that the process asks for.
    pub metrics: Vec<MetricLine>,
    /// How duties went.
    pub duties: Vec<DutySummary>,
    /// Met in time and expected, for situation reports: (in time, late, missed).
    pub punctuality: (u32, u32, u32),
    /// Leads, done and open.
    pub leads: Vec<TaskLine>,
    /// Steps, done, open and deferred.
    pub steps: Vec<TaskLine>,
    /// What is to be done after the incident.
    pub follow_ups: Vec<FollowUpLine>,
    /// Who worked when, where it was said.
    pub shifts: Vec<ShiftLine>,
    /// Headed blanks to fill in, with what people wrote into them in an earlier report. Templates see them among the
    /// sections.
    #[serde(skip)]
    pub blanks: Vec<Blank>,
    /// The journal's digest at this point.
    pub digest: String,
    /// How many entries the journal had.
    pub entries: u64,
    /// Why this was said.
    pub why: Why,
}

/// One section of the report.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct SectionLine {
    /// `summary`, `metrics`, ..., or `blank`.
    pub name: String,
    /// Of a blank: its heading; empty otherwise.
    pub heading: String,
    /// Of a blank: what to write there; empty otherwise.
    pub hint: String,
    /// Of a blank: what people wrote there before, line by line.
    pub kept: Vec<Wild>,
}

/// A headed blank of the report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Blank {
    /// The heading, such as `Cause analysis (Five Whys)`.
    pub heading: String,
    /// What to write there, in this program's words.
    pub hint: String,
    /// What people wrote there before, line by line; empty where nothing was written.
    pub kept: Vec<Wild>,
}

/// One change of an effective value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TurnLine {
    /// When.
    pub at: When,
    /// `status`, `severity`, `phase` or `IC`.
    pub dimension: String,
    /// What it became.
    pub to: Wild,
    /// Who: `@alice`.
    pub by: String,
    /// Through what.
    pub via: String,
    /// Where; empty where there is none.
    pub url: String,
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimelineLine {
    /// When.
    pub at: When,
    /// Who: `@alice`.
    pub by: String,
    /// What, in this program's words.
    pub what: String,
    /// A value from people that belongs to it; empty where there is none.
    pub detail: Wild,
    /// Where; empty where there is none.
    pub url: String,
}

/// One metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricLine {
    /// Its name.
    pub name: String,
    /// Its value; empty where it is missing.
    pub value: Wild,
    /// `measured`, `stated` or `missing`.
    pub basis: String,
    /// How it was come by, or how to supply it.
    pub note: String,
}

/// How one duty went over the whole incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DutySummary {
    /// Title.
    pub title: String,
    /// Met in time.
    pub met: u32,
    /// Met late.
    pub late: u32,
    /// Never met.
    pub missed: u32,
    /// Waived.
    pub waived: u32,
}
