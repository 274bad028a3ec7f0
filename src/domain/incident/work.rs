//! What people do about an incident, and say of it: leads and steps, disruptions, shifts, follow-ups.

use chrono::{Duration, NaiveDate};

use crate::domain::{
    ids::CommentId,
    people::{Actor, Person},
    time::Moment,
};

/// What is to be looked into or done about one incident, kept by command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// From 1, over leads and steps together, in the order in which they were named.
    pub number: usize,
    /// The comment that names it.
    pub comment: CommentId,
    /// A lead; else a remediation step.
    pub lead: bool,
    /// What; not trusted.
    pub text: String,
    /// Who does it.
    pub owner: Option<Person>,
    /// It can wait until after the incident is resolved.
    pub deferred: bool,
    /// Since when it is known.
    pub at: Moment,
    /// When and by whom it was done.
    pub done: Option<(Moment, Actor)>,
}

impl Task {
    /// The name of its box: `task-3`.
    #[must_use]
    pub fn item(&self) -> String {
        format!("task-{}", self.number)
    }
}

/// Somebody wants to disrupt service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disruption {
    /// When it was asked for.
    pub at: Moment,
    /// By whom.
    pub by: Actor,
    /// What; not trusted.
    pub text: String,
    /// The severity that held.
    pub severity: String,
    /// When and by whom it was decided, and whether it may go ahead.
    pub decided: Option<(Moment, Actor, bool)>,
    /// The comment it stands in.
    pub comment: CommentId,
    /// Where it was asked.
    pub url: Option<String>,
}

/// Who works, since when, for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Who.
    pub who: Vec<Person>,
    /// Since when.
    pub at: Moment,
    /// How long, where it was said.
    pub span: Option<Duration>,
}

/// Something that happened, as a person tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// When it happened.
    pub at: Moment,
    /// Who told it.
    pub by: Actor,
    /// What; not trusted.
    pub text: String,
    /// Where it was told.
    pub url: Option<String>,
    /// The key of the effect that copies it into the forge's own timeline.
    pub key: String,
}

/// What is to be done after the incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// When it was recorded.
    pub at: Moment,
    /// What; not trusted.
    pub text: String,
    /// By whom.
    pub owner: Option<Person>,
    /// By when.
    pub by: Option<NaiveDate>,
    /// The comment it stands in.
    pub comment: CommentId,
    /// Who asked for it.
    pub asked_by: Actor,
    /// Where it was asked for.
    pub asked_url: Option<String>,
    /// The key of the effect that files it.
    pub key: String,
    /// The issue that was filed for it.
    pub filed: Option<Filed>,
    /// That issue is linked to the incident's.
    pub linked: bool,
}

/// An issue that this bot filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Its number.
    pub number: u64,
    /// Where it is.
    pub url: Option<String>,
    /// Whoever was named for it is assigned.
    pub assigned: bool,
}

/// A duty that need not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// From when on.
    pub at: Moment,
    /// Who said so.
    pub by: Actor,
    /// Why; not trusted.
    pub reason: String,
}
