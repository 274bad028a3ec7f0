//! The meeting about all incidents of a project, and what its agenda says of each.

use crate::domain::calendar::CronRule;

use super::Prompt;

/// What the agenda can fill in by itself, by name, with its heading. Source: gitlab-sirt guide, line 26.
pub const ANSWERS: [(&str, &str, Answer); 6] = [
    ("scope", "Scope", Answer::Scope),
    ("impact", "Impact", Answer::Impact),
    ("work", "Work done", Answer::Work),
    ("next-steps", "Next steps", Answer::NextSteps),
    ("blockers", "Blockers", Answer::Blockers),
    ("status", "Current status", Answer::Status),
];

/// What is said of an incident, from its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The systems that the issue names.
    Scope,
    /// The impact that the issue names.
    Impact,
    /// Steps and leads that are done.
    Work,
    /// Steps and leads that are open.
    NextSteps,
    /// Duties past due, and disruptions that wait for a decision.
    Blockers,
    /// Status, severity, phase, commander.
    Status,
}

/// One heading below each incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewField {
    /// Filled in as far as the record tells.
    Known(Answer),
    /// For people to fill in.
    Blank(Prompt),
}

/// A meeting at which all incidents are gone through: those that are open, and those of the time since the last one.
#[derive(Debug, Clone)]
pub struct Review {
    /// What it is called.
    pub title: String,
    /// When its agenda is filed, on business days, in the project's zone; at most once a day.
    pub cron: CronRule,
    /// What is said of each incident, in this order.
    pub fields: Vec<ReviewField>,
    /// What is talked about besides.
    pub topics: Vec<String>,
    /// Where the rule comes from.
    pub source: String,
}

impl ReviewField {
    /// The field of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ANSWERS.into_iter().find(|(known, ..)| *known == name).map(|(.., answer)| Self::Known(answer))
    }

    /// What stands before it.
    #[must_use]
    pub fn heading(&self) -> &str {
        match self {
            Self::Known(answer) => ANSWERS.iter().find(|(.., known)| known == answer).map_or("", |(_, title, _)| title),
            Self::Blank(prompt) => &prompt.heading,
        }
    }
}
