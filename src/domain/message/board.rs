//! The board.

use serde::Serialize;

use super::{Checklist, DisruptionLine, FollowUpLine, Holder, ShiftLine, Shown, TaskLine, WaivedLine, When, Why, Wild};

/// The one sticky comment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Board {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// `event` or `incident`.
    pub noun: String,
    /// The process's title.
    pub process: String,
    /// Open or closed.
    pub open: bool,
    /// Effective status.
    pub status: Shown,
    /// Effective severity.
    pub severity: Shown,
    /// What this severity means.
    pub severity_definition: String,
    /// Effective phase.
    pub phase: Shown,
    /// Who commands, if anybody does.
    pub ic: Option<Holder>,
    /// Who reported.
    pub reporter: Vec<Wild>,
    /// Who works on it.
    pub responders: Vec<Wild>,
    /// Running duties, the next due first.
    pub duties: Vec<DutyLine>,
    /// Who works now, if that was said.
    pub shift: Option<ShiftLine>,
    /// Disruptions of service that nobody has decided on.
    pub disruptions: Vec<DisruptionLine>,
    /// Checklists of the phase, of raised flags and of playbooks in use.
    pub checklists: Vec<Checklist>,
    /// What has to be looked into.
    pub leads: Vec<TaskLine>,
    /// What has to be done.
    pub steps: Vec<TaskLine>,
    /// What is to be done after the incident.
    pub follow_ups: Vec<FollowUpLine>,
    /// Duties that need not be.
    pub waived: Vec<WaivedLine>,
    /// What a person should mend.
    pub findings: Vec<FindingLine>,
    /// Reminders that the hourly cap holds back.
    pub held_back: Vec<String>,
    /// `@hotwash`, for the command forms.
    pub mention: String,
    /// The command forms: (form, effect).
    pub commands: Vec<(String, String)>,
    /// Details are withheld because the project is not private.
    pub exposed: bool,
    /// Why this stands here.
    pub why: Why,
}

/// A duty on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DutyLine {
    /// Duty id.
    pub id: String,
    /// Title.
    pub title: String,
    /// `waiting`, `due`, `met`, ...
    pub state: String,
    /// When it is due.
    pub due: Option<When>,
    /// Role that owes it.
    pub owes: String,
    /// Where to post it, as the configuration says; empty where it does not.
    pub place: Wild,
    /// Snoozed until.
    pub snoozed_until: Option<When>,
}

/// A finding on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingLine {
    /// What is wrong.
    pub what: String,
    /// Line of the body; 0 where none applies.
    pub line: u32,
    /// The offending text; empty where there is none.
    pub text: Wild,
    /// The nearest allowed values.
    pub nearest: Vec<String>,
}
