//! Duties: what somebody owes, by when, and who hears of it if it is not done.

use chrono::Duration;

use super::{EvidenceKind, Pattern};
use crate::domain::{
    calendar::CronRule,
    time::{Moment, lasting},
};

/// Something that somebody owes.
#[derive(Debug, Clone)]
pub struct DutySpec {
    /// Stable id, such as `sitrep`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Who owes it: `ic`, `reporter`, `responders`, or a role of the process.
    pub owes: String,
    /// What starts its clock.
    pub start: Start,
    /// What the reminder asks for, in one sentence.
    pub ask: String,
    /// The schedules; the first that applies to the incident rules.
    pub schedules: Vec<Schedule>,
    /// What meets it.
    pub met_by: Vec<EvidenceKind>,
    /// When reminders go out.
    pub remind: Vec<RemindAt>,
    /// The route on which it is told.
    pub route: Option<String>,
    /// Whom it escalates to while it is not met, in the order of time.
    pub ladder: Vec<Rung>,
    /// Handbook and line.
    pub source: String,
}

/// When a reminder goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemindAt {
    /// So many percent of the way from start to due; 100 is when it is due.
    Percent(u8),
    /// So long before it is due, on the clock on the wall.
    Before(Duration),
    /// So long after it was due, on the clock on the wall.
    After(Duration),
}

impl RemindAt {
    /// When it is due.
    pub const DUE: Self = Self::Percent(100);

    /// The moment, for something that runs from `from` to `due`; never before `from`.
    #[must_use]
    pub fn moment(self, from: Moment, due: Moment) -> Moment {
        match self {
            Self::DUE => due,
            Self::Percent(percent) => from + Duration::seconds((due - from).num_seconds() * i64::from(percent) / 100),
            Self::Before(span) => (due - span).max(from),
            Self::After(span) => due + span,
        }
    }
}

/// What starts a duty's clock. Where it happens again, the clock starts again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// The issue was filed, or reopened.
    Opened,
    /// The issue was closed: the duty is owed afterwards.
    Closed,
    /// Somebody took the command.
    Ic,
    /// A shift began.
    Shift,
    /// Somebody asked to disrupt service.
    Disruption,
    /// A phase was entered.
    Phase(String),
    /// A status was set.
    Status(String),
    /// A flag was raised.
    Flag(String),
    /// Another duty was met.
    Met(String),
}

/// One step of an escalation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// How long after the due moment.
    pub after: Duration,
    /// On which calendar that is counted; the duty's own where none is named.
    pub calendar: Option<Calendar>,
    /// Whom to call: roles.
    pub to: Vec<String>,
    /// What to ask of them, in one sentence; the duty's own where there is none.
    pub ask: Option<String>,
}

/// When a duty is due, for some severities, statuses and phases.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Applies to these severities; empty means all.
    pub severities: Vec<String>,
    /// Applies in these statuses; empty means all that do not end the response.
    pub statuses: Vec<String>,
    /// Applies in these phases; empty means all.
    pub phases: Vec<String>,
    /// Applies only once the start lies this far back.
    pub after: Option<Duration>,
    /// The rule.
    pub due: Due,
}

/// When something is due.
#[derive(Debug, Clone)]
pub enum Due {
    /// Once each time the clock starts: this long after it, on this calendar.
    Within(Duration, Calendar),
    /// Again and again: this long after the last evidence, round the clock.
    Every(Duration),
    /// Again and again: at these wall-clock moments in the project's zone, on business days.
    Cron(CronRule),
}

/// On which calendar a span of time is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calendar {
    /// Always the same.
    Fixed(Pattern),
    /// As people work at the severity that holds.
    OfSeverity,
}

impl Due {
    /// On which calendar its clock runs. Slots of the wall clock belong to how people work at the severity.
    #[must_use]
    pub fn calendar(&self) -> Calendar {
        match self {
            Self::Within(_, calendar) => *calendar,
            Self::Every(_) => Calendar::Fixed(Pattern::RoundTheClock),
            Self::Cron(_) => Calendar::OfSeverity,
        }
    }

    /// `within 1 h of business time`, `every 4 h`, `at 10:00, Monday to Friday, on business days`.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Within(span, Calendar::Fixed(Pattern::RoundTheClock)) => format!("within {}", lasting(*span)),
            Self::Within(span, Calendar::Fixed(Pattern::BusinessHours)) => {
                format!("within {} of business time", lasting(*span))
            }
            Self::Within(span, Calendar::OfSeverity) => {
                format!("within {} of working time at this severity", lasting(*span))
            }
            Self::Every(span) => format!("every {}", lasting(*span)),
            Self::Cron(rule) => format!("{}, on business days", rule.in_words()),
        }
    }
}
