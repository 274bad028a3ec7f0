//! What answers and tells: situation reports, hand-offs, answers to commands.

use serde::Serialize;

use super::{DutyLine, FindingLine, ItemLine, Shown, TaskLine, When, Why, Wild};

/// A situation report in the seeds' form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sitrep {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// It is a draft from the state, and does not meet the duty.
    pub draft: bool,
    /// The title.
    pub title: Wild,
    /// The address.
    pub url: String,
    /// Effective severity.
    pub severity: String,
    /// Effective status.
    pub status: String,
    /// Who commands; empty where nobody does.
    pub ic: Wild,
    /// Who works on it.
    pub responders: Vec<Wild>,
    /// What was reported, one entry a line.
    pub text: Vec<Wild>,
    /// Who reported it: `@alice`.
    pub by: String,
    /// Why this was said.
    pub why: Why,
}

/// A hand-off packet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Handoff {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Who takes over, as a mention; empty where it is a name.
    pub mention: String,
    /// Who takes over.
    pub to: Wild,
    /// Who had it; empty where nobody did.
    pub from: Wild,
    /// Effective status, severity, phase.
    pub status: Shown,
    /// Effective severity.
    pub severity: Shown,
    /// Effective phase.
    pub phase: Shown,
    /// Who works on it.
    pub responders: Vec<Wild>,
    /// Where the last sitrep is; empty where there is none.
    pub last_sitrep_url: String,
    /// When the last sitrep was.
    pub last_sitrep_at: Option<When>,
    /// What is due next.
    pub duties: Vec<DutyLine>,
    /// Leads that are not done.
    pub leads: Vec<TaskLine>,
    /// Steps that are not done.
    pub steps: Vec<TaskLine>,
    /// Open findings.
    pub findings: Vec<FindingLine>,
    /// Why this was said.
    pub why: Why,
}

/// An answer to a command.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reply {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// `@alice`, who asked.
    pub to: String,
    /// The answer's paragraphs, in this program's words.
    pub lines: Vec<String>,
    /// A checklist that belongs to the answer.
    pub items: Vec<ItemLine>,
    /// What was asked, where it is quoted.
    pub quoted: Wild,
    /// `@hotwash`.
    pub bot: String,
    /// The forms to show: (form, effect); empty where none are.
    pub forms: Vec<(String, String)>,
    /// Why this was said.
    pub why: Why,
}

/// The line put on top of an earlier report that is no longer the current one; the report itself stays below it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Superseded {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// When the incident was reopened.
    pub reopened_at: When,
    /// Who reopened it.
    pub by: String,
}

/// It was a false alarm: whoever was told of it learns that.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FalseAlarm {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Who was told and can be mentioned, as mentions; empty where nobody can.
    pub mention: String,
    /// The status.
    pub status: String,
    /// Who set it: `@alice`.
    pub by: String,
    /// Of those who were told, the ones that the mentions reach.
    pub reached: Vec<Wild>,
    /// Of those who were told, the ones that somebody has to tell.
    pub others: Vec<Wild>,
    /// Why this was said.
    pub why: Why,
}
