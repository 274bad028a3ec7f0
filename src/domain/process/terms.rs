//! The words for where an incident stands: phases, statuses, severities.

use super::Item;
use crate::domain::forge_severity::ForgeSeverity;

/// Where the response stands.
#[derive(Debug, Clone)]
pub struct Phase {
    /// Canonical name, as on the label.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Label colour: six hexadecimal digits.
    pub color: String,
    /// What to do, from entry on; shown on the board.
    pub entry: Vec<Item>,
    /// Handbook and line.
    pub source: String,
}

/// What is believed.
#[derive(Debug, Clone)]
pub struct Status {
    /// Canonical name, such as `false alarm`.
    pub name: String,
    /// Other spellings, lower case.
    pub aliases: Vec<String>,
    /// The phase that follows from it, if any.
    pub phase: Option<String>,
    /// Whether it ends the response.
    pub ending: Option<Ending>,
    /// What the matter is called while this holds: `event` or `incident`.
    pub noun: String,
    /// Label colour: six hexadecimal digits.
    pub color: String,
    /// Handbook and line.
    pub source: String,
}

/// How a status ends the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was an incident and is over.
    Resolved,
    /// It was none.
    FalseAlarm,
}

/// How bad it is.
#[derive(Debug, Clone)]
pub struct Severity {
    /// Canonical name, such as `high`.
    pub name: String,
    /// Other spellings, lower case.
    pub aliases: Vec<String>,
    /// 0 for unknown, then growing with how bad it is.
    pub rank: u8,
    /// One sentence.
    pub definition: String,
    /// What this looks like.
    pub examples: Vec<String>,
    /// What responders may do alone, where the process says so.
    pub authority: Option<Authority>,
    /// Work goes on round the clock, or in business hours.
    pub pattern: Pattern,
    /// What GitLab's own severity is to be while this one holds, where the process says so; see [`super::Process::shown_as`].
    pub gitlab: Option<ForgeSeverity>,
    /// Label colour: six hexadecimal digits.
    pub color: String,
    /// Handbook and line.
    pub source: String,
}

/// Whether responders may disrupt service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// Act now, tell people as soon as possible.
    Act,
    /// Consult first; act alone if nobody answers in time.
    Consult,
    /// Only after everybody agreed.
    Agree,
}

impl Authority {
    /// Whoever asks cannot decide alone.
    #[must_use]
    pub fn wants_others(self) -> bool {
        matches!(self, Self::Consult | Self::Agree)
    }
}

/// When people work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// 24/7.
    RoundTheClock,
    /// The project's business hours.
    BusinessHours,
}
