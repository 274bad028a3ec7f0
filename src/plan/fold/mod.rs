//! The incident as the fold of its journal: the newest change by a person wins.
//!
//! What always holds: the order in which facts were noticed does not matter, only their moments do. Where moments are
//! equal, a command beats the forge's own severity, that a label, a label the body. What is deliberately not here: looking at the forge
//! (`observe`), and deciding what to do (`plan`).

pub mod commands;
mod gates;
mod labels;
mod start;
mod turns;
mod written;

use std::collections::BTreeSet;

use chrono::DateTime;

use self::labels::{Named, named_by};
use crate::domain::{
    command::Command,
    event::{Event, Exposure, Outcome, What},
    forge_severity::ForgeSeverity,
    ids::{CommentId, IssueRef},
    incident::{Effective, Evidence, Exposed, Given, Incident, Via},
    people::{Account, Actor, Person},
    process::EvidenceKind,
    project::Project,
    reading::{Field, Value},
    time::Moment,
};

/// Only so many of the last times that a gate was not heeded are kept.
const MOST_BREACHES: usize = 20;

/// Folds a journal, oldest entry first, into the incident.
#[must_use]
pub fn fold(issue: &IssueRef, events: &[Event], project: &Project) -> Incident {
    let mut fold = Fold::new(issue, project);
    for event in events {
        fold.take(event);
    }
    fold.finish()
}

/// A person (or the process) set one dimension to a value.
struct Setting {
    at: Moment,
    via: Via,
    by: Actor,
    url: Option<String>,
    to: Set,
}

enum Set {
    Status(String),
    Severity(String),
    /// What the forge's own severity means beside ours.
    ForgeSeverity(ForgeSeverity),
    Phase(String),
    Ic(Person),
    /// The account was unassigned; it stops being IC if an assignment made it so.
    NotIc(Person),
    /// The first responder becomes IC if there is none.
    FirstResponder(Person),
    Reopened,
}

struct Fold<'a> {
    project: &'a Project,
    incident: Incident,
    settings: Vec<Setting>,
    /// Every tick of a box and every one taken away: when, which, whether it is on.
    ticks: Vec<(Moment, String, bool)>,
    /// Every approval and refusal of a disruption, and whether it is an approval.
    decisions: Vec<(Event, bool)>,
    /// Comments by people who may not write here: they meet nothing.
    unheard: BTreeSet<CommentId>,
    /// A phase that is to come once the gate of the present one is open.
    wish: Option<Effective>,
}

impl<'a> Fold<'a> {
    fn new(issue: &IssueRef, project: &'a Project) -> Self {
        Self {
            project,
            incident: start::blank(issue, &project.process),
            settings: Vec::new(),
            ticks: Vec::new(),
            decisions: Vec::new(),
            unheard: BTreeSet::new(),
            wish: None,
        }
    }

    fn take(&mut self, event: &Event) {
        if matches!(event.what, What::FieldSet { .. } | What::FieldUnreadable { .. } | What::FieldGone { .. }) {
            self.incident.body_at = self.incident.body_at.max(Some(event.at));
        }
        self.moved(event);
        match &event.what {
            What::Opened => {
                self.incident.opened = Some(event.at);
                self.incident.filed_by = event.by.account().cloned();
                self.incident.url.clone_from(&event.url);
                self.incident.open = true;
            }
            What::FieldSet { field, value } => self.field(event, *field, value),
            What::FieldUnreadable { field, .. } => {
                self.incident.body.insert(*field, None);
            }
            What::FieldGone { field } => {
                self.incident.body.remove(field);
            }
            What::LabelAdded { label } => {
                self.incident.labels.insert(label.clone());
                if event.by.is_human() {
                    self.label(event, label);
                }
            }
            What::LabelRemoved { label } => {
                self.incident.labels.remove(label);
            }
            What::Assigned { who } => {
                self.incident.assignees.insert(who.clone());
                if event.by.is_human() {
                    self.set(event, Via::Assignee, Set::Ic(Person::Handle(who.login.clone())));
                }
            }
            What::Unassigned { who } => {
                self.incident.assignees.remove(who);
                if event.by.is_human() {
                    self.set(event, Via::Assignee, Set::NotIc(Person::Handle(who.login.clone())));
                }
            }
            What::Commented { comment, sitrep } => self.comment(event, *comment, *sitrep),
            What::Unheard { comment } => {
                self.unheard.insert(*comment);
            }
            What::CommentGone { comment } => self.gone(*comment, &event.by),
            What::Commanded { comment, text, command, outcome } => {
                self.given(event, *comment, text, command.as_ref(), outcome);
            }
            What::Ticked { item, on } => self.ticked(event, item, *on),
            What::ForgeSeverity { to } => self.forge_severity(event, *to),
            What::Closed => {
                self.incident.open = false;
                self.incident.closed_at = Some(event.at);
                self.incident.closed_by = Some(event.by.clone());
                self.incident.closings += 1;
                self.incident.closings_at.push(event.at);
            }
            What::Reopened => {
                self.incident.open = true;
                self.incident.reopened_at = Some(event.at);
                self.incident.reopened_by = Some(event.by.clone());
                self.incident.reopenings.push((event.at, event.by.clone()));
                self.set(event, Via::Reopening, Set::Reopened);
            }
            What::Exposed { how } => self.exposed(event, *how),
            What::Hidden => self.incident.exposure = None,
            What::Lost => self.incident.lost = Some(event.at),
            What::Found => self.incident.lost = None,
            What::Labelled { .. }
            | What::Wrote { .. }
            | What::Filed { .. }
            | What::Linked { .. }
            | What::Entered { .. }
            | What::Rewrote { .. }
            | What::TakingBack { .. }
            | What::NotTakenBack { .. }
            | What::Collapsed { .. }
            | What::Duty { .. }
            | What::GaveUp { .. } => self.own(event),
        }
    }

    /// When a label or an assignee last changed: what the forge's history tells up to then is known.
    fn moved(&mut self, event: &Event) {
        let at = event.at;
        let mut label = |name: &String| {
            let known = self.incident.label_at.entry(name.clone()).or_insert(at);
            *known = at.max(*known);
        };
        match &event.what {
            What::LabelAdded { label: name } | What::LabelRemoved { label: name } => label(name),
            What::Labelled { added, removed } => added.iter().chain(removed).for_each(label),
            What::Assigned { who } | What::Unassigned { who } => {
                let known = self.incident.assignee_at.entry(who.id).or_insert(at);
                *known = at.max(*known);
            }
            _ => {}
        }
    }

    fn exposed(&mut self, event: &Event, how: Exposure) {
        let anew = self.incident.exposure.as_ref().is_some_and(|before| before.how != how);
        self.incident.exposure = Some(Exposed { at: event.at, by: event.by.clone(), how, anew });
    }

    /// A comment is no longer there: whoever deleted it does not want it back.
    fn gone(&mut self, comment: CommentId, by: &Actor) {
        if *by == Actor::Bot && self.incident.taken_back.contains_key(&comment) {
            self.incident.deleted.insert(comment);
        }
        self.incident.comments.remove(&comment);
        for reminder in self.incident.reminders.iter_mut().filter(|reminder| reminder.comment == comment) {
            reminder.collapsed = true;
            reminder.gone = true;
        }
        for written in self.incident.written.iter_mut().filter(|written| written.comment == comment) {
            written.gone = true;
        }
    }

    fn given(&mut self, event: &Event, comment: CommentId, text: &str, command: Option<&Command>, outcome: &Outcome) {
        self.incident.given.push(Given {
            comment,
            text: text.to_owned(),
            command: command.cloned(),
            outcome: outcome.clone(),
            at: event.at,
            by: event.by.clone(),
            url: event.url.clone(),
        });
        if let (Some(command), Outcome::Obeyed) = (command, outcome) {
            self.command(event, comment, command);
        }
    }

    fn set(&mut self, event: &Event, via: Via, to: Set) {
        self.settings.push(Setting { at: event.at, via, by: event.by.clone(), url: event.url.clone(), to });
    }

    fn evidence(&mut self, event: &Event, kind: EvidenceKind) {
        let evidence = Evidence { at: event.at, kind, by: event.by.clone(), url: event.url.clone() };
        self.incident.evidence.push(evidence);
    }

    fn field(&mut self, event: &Event, field: Field, value: &Value) {
        self.incident.body.insert(field, Some(value.clone()));
        let blank = matches!(value, Value::People(people) if people.is_empty())
            || matches!(value, Value::Text(text) if text.is_empty());
        if !blank || !self.incident.fields.contains_key(&field) {
            self.incident.fields.insert(field, value.clone());
        }
        match (field, value) {
            (Field::Status, Value::Named(name)) => self.set(event, Via::Body, Set::Status(name.clone())),
            (Field::Severity, Value::Named(name)) => self.set(event, Via::Body, Set::Severity(name.clone())),
            (Field::Ic, Value::People(people)) => {
                if let Some(person) = people.first() {
                    self.set(event, Via::Body, Set::Ic(person.clone()));
                }
            }
            _ => {}
        }
    }

    fn label(&mut self, event: &Event, label: &str) {
        match named_by(label, self.project) {
            Named::Status(name) => self.set(event, Via::Label, Set::Status(name)),
            Named::Severity(name) => self.set(event, Via::Label, Set::Severity(name)),
            Named::Phase(name) => self.set(event, Via::Label, Set::Phase(name)),
            Named::Stray => self.incident.stray_labels.push((event.at, label.to_owned())),
            Named::Foreign => {}
        }
    }

    /// A person who sets it sets ours.
    fn forge_severity(&mut self, event: &Event, to: ForgeSeverity) {
        self.incident.forge_severity = to;
        if event.by.is_human() {
            // What the bot set does not count: somebody may have chosen just before, and is yet to be heard.
            self.incident.forge_severity_at = self.incident.forge_severity_at.max(Some(event.at));
            self.set(event, Via::Forge, Set::ForgeSeverity(to));
        } else {
            self.incident.forge_severity_moves.push(event.at);
        }
    }

    fn comment(&mut self, event: &Event, comment: CommentId, sitrep: bool) {
        let was = self.incident.comments.insert(comment, sitrep);
        if self.unheard.contains(&comment) {
            return;
        }
        // A program that greets, copies or reports is no responder, and nobody's situation report.
        let program = event.by.account().is_some_and(Account::is_program);
        if sitrep && was != Some(true) && !program {
            self.evidence(event, EvidenceKind::Sitrep);
        }
        let filed_by = self.incident.filed_by.as_ref().map(|account| account.id);
        let responder = |account: &Account| Some(account.id) != filed_by && !program;
        if was.is_none() && event.by.account().is_some_and(responder) {
            self.evidence(event, EvidenceKind::ResponderComment);
        }
    }

    fn finish(mut self) -> Incident {
        self.settings.sort_by_key(|setting| (setting.at, setting.via));
        let mut settings = std::mem::take(&mut self.settings);
        // What was written before the issue became an incident holds from its first moment as one.
        let opened = self.incident.opened.unwrap_or(DateTime::UNIX_EPOCH);
        for setting in &mut settings {
            setting.at = setting.at.max(opened);
        }
        start::start(&mut self.incident, self.project);
        for setting in settings {
            self.release(Some(setting.at));
            self.settle(setting);
        }
        self.release(None);
        self.filed_before_closing();
        self.decide();
        self.incident.evidence.sort_by_key(|evidence| evidence.at);
        self.incident
    }
}

/// Handles are the same without regard to case.
fn same_person(one: &Person, other: &Person) -> bool {
    match (one, other) {
        (Person::Handle(one), Person::Handle(other)) => one.eq_ignore_ascii_case(other),
        _ => one == other,
    }
}

/// How a value is written on a label: spaces become `-`.
#[must_use]
pub fn slug_of(value: &str) -> String {
    value.replace(' ', "-")
}
