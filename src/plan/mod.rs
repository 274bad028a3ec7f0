//! Decides: from the incident, its project and the moment to everything that should be done now.
//!
//! What always holds: the same input gives the same plan; every action has a key made of facts; a rule only looks at
//! the view. The list of rules in `plan` is the table of contents. What is deliberately not here: wording (`render`),
//! doing (`engine`), and the report's content (`report`).

mod anchors;
mod answers;
mod audience;
mod authority;
mod board;
mod cadence;
mod closing;
mod collapse;
pub mod duties;
pub mod earlier;
mod escalate;
mod false_alarm;
mod findings;
pub mod fold;
mod follow_ups;
mod forge_severity;
mod forge_timeline;
mod gates;
pub mod judge;
pub mod keys;
mod labels;
pub mod observe;
mod remind;
pub mod review;
mod roles;
pub mod stretch;
mod transitions;
mod view;
pub mod why;

use std::collections::BTreeSet;

use crate::domain::{
    action::{Action, Plan},
    finding::Finding,
    forge_severity::ForgeSeverity,
    incident::Incident,
    project::Project,
    time::Moment,
};

use view::View;

/// What a plan needs beside the incident's journal.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    /// What reading the body found.
    pub findings: Vec<Finding>,
    /// The title: not trusted.
    pub title: String,
    /// Keys of comments of which a further page is still to be posted.
    pub owed: BTreeSet<String>,
    /// The forge's own severity, as read just now; `None` where the forge itself does not call the issue an incident.
    pub forge_severity: Option<ForgeSeverity>,
    /// The forge keeps links between issues.
    pub links: bool,
}

/// Everything that should be done now.
#[must_use]
pub fn plan(incident: &Incident, project: &Project, circumstances: &Circumstances, now: Moment) -> Plan {
    if incident.opened.is_none() {
        return Plan::default();
    }
    let standings = duties::standings(incident, project, now);
    let mut notes = Notes::default();
    let findings = findings::all(incident, project, circumstances, now);
    let view = View { incident, project, now, standings: &standings, findings: &findings, circumstances };
    let facts = transitions::transitions(&view);

    labels::agree(&view, &mut notes);
    forge_severity::agree(&view, &mut notes);
    remind::remind(&view, &mut notes);
    gates::gate(&view, &mut notes);
    let reminders = std::mem::take(&mut notes.actions);
    board::board(&view, &mut notes);
    let board = std::mem::take(&mut notes.actions);
    notes.actions = in_reading_order(incident, reminders, board);
    answers::answer(&view, &mut notes);
    collapse::collapse(&view, &mut notes);
    false_alarm::tell(&view, &mut notes);
    closing::false_alarm(&view, &mut notes);
    follow_ups::file(&view, &mut notes);
    closing::report(&view, &mut notes);
    follow_ups::link(&view, &mut notes);
    forge_timeline::copy(&view, &mut notes);
    audience::protect(&view, &mut notes);

    Plan { facts, actions: notes.actions, wake_at: notes.wake_at }
}

/// The first board stands above the first reminder; later the reminder, which notifies, goes first.
fn in_reading_order(incident: &Incident, reminders: Vec<Action>, board: Vec<Action>) -> Vec<Action> {
    let first_board = !incident.written.iter().any(|written| written.key == keys::BOARD);
    if !first_board {
        return reminders.into_iter().chain(board).collect();
    }
    let (labels, reminders): (Vec<Action>, Vec<Action>) =
        reminders.into_iter().partition(|action| action.key.starts_with("labels/"));
    labels.into_iter().chain(board).chain(reminders).collect()
}

/// What the rules leave behind.
#[derive(Debug, Default)]
struct Notes {
    actions: Vec<Action>,
    wake_at: Option<Moment>,
    held_back: Vec<String>,
}

impl Notes {
    fn act(&mut self, action: Action) {
        if !self.actions.iter().any(|known| known.key == action.key) {
            self.actions.push(action);
        }
    }

    fn wake(&mut self, at: Moment) {
        self.wake_at = Some(self.wake_at.map_or(at, |known| known.min(at)));
    }

    fn hold(&mut self, what: &str) {
        self.held_back.push(what.to_owned());
    }
}
