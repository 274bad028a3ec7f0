//! The agenda of a meeting about all incidents.

use serde::Serialize;

use super::{When, Why, Wild};

/// The agenda, as an issue of its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Review {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// What the meeting is called.
    pub title: String,
    /// Incidents that were under way after this moment are on it.
    pub since: When,
    /// The incidents, open ones first.
    pub incidents: Vec<ReviewLine>,
    /// Numbers of incidents that are on it, but for which there was no room.
    pub more: Vec<u64>,
    /// What is talked about besides.
    pub topics: Vec<String>,
    /// Why this was said.
    pub why: Why,
}

/// One incident on the agenda.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReviewLine {
    /// The incident's number.
    pub number: u64,
    /// Open or closed.
    pub open: bool,
    /// Effective severity.
    pub severity: String,
    /// Since when it is open.
    pub opened: When,
    /// When it was closed.
    pub closed: Option<When>,
    /// What is said of it.
    pub answers: Vec<ReviewAnswer>,
}

/// One heading below an incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReviewAnswer {
    /// The heading.
    pub heading: String,
    /// What the record tells, one entry a line.
    pub known: Vec<Wild>,
    /// What to write there where the record tells nothing.
    pub hint: String,
}
