//! What asks somebody for something: reminders, escalations, gates.

use serde::Serialize;

use super::{When, Why, Wild};

/// A duty is due.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reminder {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Duty id.
    pub duty: String,
    /// Title.
    pub title: String,
    /// What is asked for.
    pub ask: String,
    /// Where to post it, as the configuration says; empty where it does not.
    pub place: Wild,
    /// Who is meant, as a mention; empty where nobody is known.
    pub mention: String,
    /// When it is due.
    pub due: When,
    /// It is already past due.
    pub overdue: bool,
    /// `event` or `incident`.
    pub noun: String,
    /// `@hotwash`.
    pub bot: String,
    /// Why this was said.
    pub why: Why,
}

/// Several things came due while nobody could say so.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CatchUp {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Who is meant, as mentions; empty where nobody is known.
    pub mention: String,
    /// Some are not due yet.
    pub ahead: bool,
    /// What is to be done, the first due first.
    pub items: Vec<CatchUpItem>,
    /// `@hotwash`.
    pub bot: String,
}

/// One overdue duty in a catch-up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CatchUpItem {
    /// Duty id.
    pub duty: String,
    /// Title.
    pub title: String,
    /// What is asked for.
    pub ask: String,
    /// Where to post it, as the configuration says; empty where it does not.
    pub place: Wild,
    /// When it is, or was, due.
    pub due: When,
    /// It is not due yet.
    pub ahead: bool,
    /// How many earlier occurrences passed unmet.
    pub missed: u32,
    /// Roles that are called because it is not met, by title.
    pub escalated: Vec<String>,
    /// Those of them that nobody plays: (title, id).
    pub nobody: Vec<(String, String)>,
    /// Why.
    pub why: Why,
}

/// What is left of a reminder that has done its work, where the forge cannot fold it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Collapsed {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// The duty's title.
    pub title: String,
    /// What became of it: `met`, `met late`, `superseded`, `no longer applies`.
    pub outcome: String,
    /// When it was due.
    pub due: When,
}

/// A duty was not met and others are called.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Escalation {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Duty id.
    pub duty: String,
    /// Title.
    pub title: String,
    /// What is asked for.
    pub ask: String,
    /// Where to post it, as the configuration says; empty where it does not.
    pub place: Wild,
    /// Who is called, as mentions; empty where nobody is known.
    pub mention: String,
    /// The roles that are called, by title.
    pub to: Vec<String>,
    /// Those of them that nobody plays: (title, id).
    pub nobody: Vec<(String, String)>,
    /// Who was called before: `@alice`; shown, not mentioned.
    pub before: Vec<String>,
    /// Since when it is due.
    pub due: When,
    /// `@hotwash`.
    pub bot: String,
    /// Why this was said.
    pub why: Why,
}

/// A phase was left, or was to be left, while items of its gate were open.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gate {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Who changed the phase, as a mention; empty where nobody is known.
    pub mention: String,
    /// The phase left, by title.
    pub from: String,
    /// The phase entered, by title.
    pub to: String,
    /// The phase was put back.
    pub held: bool,
    /// What is open: (id, text).
    pub items: Vec<(String, String)>,
    /// `@hotwash`.
    pub bot: String,
    /// Why this was said.
    pub why: Why,
}
