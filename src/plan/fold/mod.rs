//! The incident as the fold of its journal: the newest change by a person wins.
//!
//! What always holds: the order in which facts were noticed does not matter, only their moments do. Where moments are
//! equal, a command beats a label, a label beats the body. What is deliberately not here: looking at the forge
//! (`observe`), and deciding what to do (`plan`).

pub mod commands;
mod gates;

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;

use crate::domain::{
    command::Command,
    event::{Event, Outcome, What},
    ids::{CommentId, IssueRef},
    incident::{self, Effective, Evidence, Given, Incident, Reminded, Turn, Via, Written},
    message::MessageKind,
    people::{Account, Actor, Person},
    process::{EvidenceKind, Process},
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
            incident: blank(issue, &project.process),
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
            What::CommentGone { comment } => self.gone(*comment),
            What::Commanded { comment, text, command, outcome } => {
                self.given(event, *comment, text, command.as_ref(), outcome);
            }
            What::Ticked { item, on } => self.ticked(event, item, *on),
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
                self.set(event, Via::Reopening, Set::Reopened);
            }
            What::Exposed => self.incident.exposed = true,
            What::Hidden => self.incident.exposed = false,
            What::Labelled { .. }
            | What::Wrote { .. }
            | What::Filed { .. }
            | What::Rewrote { .. }
            | What::Collapsed { .. }
            | What::Duty { .. }
            | What::GaveUp { .. } => self.own(event),
        }
    }

    /// What the bot itself did.
    fn own(&mut self, event: &Event) {
        match &event.what {
            What::Labelled { added, removed } => {
                if !added.is_empty() {
                    self.incident.label_moves.push(event.at);
                }
                self.incident.labels.extend(added.iter().cloned());
                self.incident.labels.retain(|label| !removed.contains(label));
            }
            What::Wrote { key, kind, comment, covers } => self.wrote(event, key, *kind, *comment, covers),
            What::Filed { key, number, assigned } => self.filed(event, key, *number, *assigned),
            What::Rewrote { key, digest, .. } => {
                let boxes = self.incident.all_ticked();
                for written in self.incident.written.iter_mut().filter(|written| written.key == *key) {
                    written.at = event.at;
                    written.digest = Some(digest.clone());
                    written.boxes.clone_from(&boxes);
                }
            }
            What::Collapsed { key } => {
                for reminder in self.incident.reminders.iter_mut().filter(|reminder| reminder.key == *key) {
                    reminder.collapsed = true;
                }
            }
            What::Duty { occurrence, state, .. } => {
                self.incident.duties.insert(occurrence.clone(), *state);
            }
            What::GaveUp { key, .. } => self.incident.given_up.push(key.clone()),
            _ => {}
        }
    }

    /// A comment is no longer there: whoever deleted it does not want it back.
    fn gone(&mut self, comment: CommentId) {
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

    fn comment(&mut self, event: &Event, comment: CommentId, sitrep: bool) {
        let was = self.incident.comments.insert(comment, sitrep);
        if self.unheard.contains(&comment) {
            return;
        }
        if sitrep && was != Some(true) {
            self.evidence(event, EvidenceKind::Sitrep);
        }
        let filed_by = self.incident.filed_by.as_ref().map(|account| account.id);
        // A program that greets or copies is no responder.
        let responder = |account: &Account| Some(account.id) != filed_by && !account.login.ends_with("[bot]");
        if was.is_none() && event.by.account().is_some_and(responder) {
            self.evidence(event, EvidenceKind::ResponderComment);
        }
    }

    fn wrote(
        &mut self,
        event: &Event,
        key: &str,
        kind: MessageKind,
        comment: CommentId,
        covers: &[crate::domain::event::Occurrence],
    ) {
        let mut known = false;
        for reminder in self.incident.reminders.iter_mut().filter(|reminder| reminder.key == key) {
            known = true;
            if reminder.gone && reminder.comment == comment {
                (reminder.gone, reminder.collapsed) = (false, false);
            }
        }
        for written in self.incident.written.iter_mut().filter(|written| written.key == key) {
            known = true;
            written.gone &= written.comment != comment;
        }
        if known {
            return;
        }
        if matches!(kind, MessageKind::Reminder | MessageKind::CatchUp | MessageKind::Escalation) {
            self.incident.reminders.push(Reminded {
                key: key.to_owned(),
                at: event.at,
                comment,
                covers: covers.to_vec(),
                collapsed: false,
                gone: false,
            });
        } else {
            self.incident.written.push(Written {
                key: key.to_owned(),
                kind,
                comment,
                at: event.at,
                digest: None,
                gone: false,
                boxes: self.incident.all_ticked(),
            });
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
        start(&mut self.incident, self.project);
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

    fn settle(&mut self, setting: Setting) {
        let Setting { at, via, by, url, to } = setting;
        let effective = |value: String| Effective { value, at, by: by.clone(), via, url: url.clone() };
        match to {
            Set::Status(name) => self.status(effective(name)),
            Set::Severity(name) => self.severity(effective(name)),
            Set::Phase(name) => self.phase(effective(name)),
            Set::Ic(person) => self.ic(effective(person.written()), person),
            Set::FirstResponder(person) => {
                if self.incident.ic.is_none() {
                    self.ic(effective(person.written()), person);
                }
            }
            Set::NotIc(person) => {
                let holds = self
                    .incident
                    .ic
                    .as_ref()
                    .is_some_and(|command| command.who == person && command.since.via == Via::Assignee);
                if holds {
                    self.incident.ic = None;
                }
            }
            Set::Reopened => self.resume(&effective),
        }
    }

    /// A reopened incident goes on where it was before it ended.
    fn resume(&mut self, effective: &dyn Fn(String) -> Effective) {
        let ended = |name: &str| self.project.process.status(name).is_some_and(|status| status.ending.is_some());
        if !ended(&self.incident.status.value) {
            return;
        }
        let turns = &self.incident.turns;
        let last = |dimension: &str, among: &[Turn], fits: &dyn Fn(&str) -> bool| {
            let found = among.iter().rposition(|turn| turn.dimension == dimension && fits(&turn.to.value))?;
            among.get(found).map(|turn| (found, turn.to.value.clone()))
        };
        let Some((active, status)) = last("status", turns, &|name| !ended(name)) else { return };
        let end = turns
            .iter()
            .skip(active + 1)
            .position(|turn| turn.dimension == "status")
            .map_or(active, |at| active + 1 + at);
        let phase = last("phase", turns.get(..end).unwrap_or(turns), &|_| true).map(|(_, phase)| phase);
        let to = effective(status);
        self.turn("status", &to);
        self.incident.status = to;
        if let Some(phase) = phase {
            self.phase(effective(phase));
        }
    }

    fn turn(&mut self, dimension: &'static str, to: &Effective) {
        self.incident.turns.push(Turn { dimension, to: to.clone() });
    }

    fn status(&mut self, to: Effective) {
        if self.incident.status.value == to.value {
            return;
        }
        self.turn("status", &to);
        self.reached(&to, EvidenceKind::Status(to.value.clone()));
        let phase = self.project.process.status(&to.value).and_then(|status| status.phase.clone());
        let (at, by, url) = (to.at, to.by.clone(), to.url.clone());
        self.incident.status = to;
        if let (true, Some(value)) = (self.project.advance, phase) {
            self.phase(Effective { value, at, by, via: Via::Process, url });
        }
    }

    fn severity(&mut self, to: Effective) {
        if self.incident.severity.value == to.value {
            return;
        }
        self.turn("severity", &to);
        let process = &self.project.process;
        let rank = |name: &str| process.severity(name).map_or(0, |severity| severity.rank);
        if rank(&to.value) > rank(&self.incident.peak_severity) {
            self.incident.peak_severity.clone_from(&to.value);
        }
        if rank(&to.value) > 0 {
            self.reached(&to, EvidenceKind::SeverityAssessed);
        }
        self.incident.severity = to;
    }

    fn phase(&mut self, to: Effective) {
        if self.incident.phase.value == to.value {
            self.wish = None;
        } else if self.passes(&to) {
            self.enter(to);
        }
    }

    fn enter(&mut self, to: Effective) {
        self.wish = None;
        self.turn("phase", &to);
        self.reached(&to, EvidenceKind::Phase(to.value.clone()));
        self.incident.phase = to;
    }

    /// That a value was reached can meet a duty.
    fn reached(&mut self, to: &Effective, kind: EvidenceKind) {
        self.incident.evidence.push(Evidence { at: to.at, kind, by: to.by.clone(), url: to.url.clone() });
    }

    fn ic(&mut self, since: Effective, who: Person) {
        let same = self.incident.ic.as_ref().is_some_and(|command| same_person(&command.who, &who));
        if same {
            return;
        }
        self.turn("IC", &since);
        // Whoever reports may name a commander who knows nothing of it yet; naming oneself is an answer.
        let reporter = self.incident.filed_by.as_ref();
        let by_reporter = reporter.is_some() && since.by.account() == reporter;
        let oneself = reporter.is_some_and(|account| same_person(&who, &Person::Handle(account.login.clone())));
        let hands_over = self.incident.ic.as_ref().is_some_and(|command| match since.by.account() {
            Some(account) => same_person(&command.who, &Person::Handle(account.login.clone())),
            None => false,
        });
        if !by_reporter || oneself || hands_over {
            self.reached(&since, EvidenceKind::IcNamed);
        }
        self.incident.ic = Some(incident::Command { who, since });
    }
}

/// What a label says in the project's words.
enum Named {
    Status(String),
    Severity(String),
    Phase(String),
    /// It has one of our prefixes, but names nothing that the process has.
    Stray,
    /// It is none of ours.
    Foreign,
}

fn named_by(label: &str, project: &Project) -> Named {
    let names = &project.labels;
    let process = &project.process;
    let find =
        |slug: &str, mut all: Box<dyn Iterator<Item = &String> + '_>| all.find(|name| slug_of(name) == slug).cloned();
    if let Some(slug) = label.strip_prefix(&names.status) {
        find(slug, Box::new(process.statuses.iter().map(|status| &status.name))).map_or(Named::Stray, Named::Status)
    } else if let Some(slug) = label.strip_prefix(&names.severity) {
        find(slug, Box::new(process.severities.iter().map(|severity| &severity.name)))
            .map_or(Named::Stray, Named::Severity)
    } else if let Some(slug) = label.strip_prefix(&names.phase) {
        find(slug, Box::new(process.phases.iter().map(|phase| &phase.name))).map_or(Named::Stray, Named::Phase)
    } else {
        Named::Foreign
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

fn blank(issue: &IssueRef, process: &Process) -> Incident {
    let nothing =
        Effective { value: String::new(), at: DateTime::UNIX_EPOCH, by: Actor::Bot, via: Via::Start, url: None };
    Incident {
        issue: issue.clone(),
        opened: None,
        filed_by: None,
        url: None,
        open: true,
        closed_at: None,
        closed_by: None,
        reopened_at: None,
        reopened_by: None,
        stray_labels: Vec::new(),
        label_moves: Vec::new(),
        closings: 0,
        status: nothing.clone(),
        severity: nothing.clone(),
        phase: nothing,
        breaches: Vec::new(),
        ic: None,
        peak_severity: process.severities.first().map(|severity| severity.name.clone()).unwrap_or_default(),
        turns: Vec::new(),
        fields: BTreeMap::new(),
        body: BTreeMap::new(),
        body_at: None,
        tasks: Vec::new(),
        ticked: BTreeMap::new(),
        flags: BTreeMap::new(),
        playbooks: Vec::new(),
        disruptions: Vec::new(),
        shifts: Vec::new(),
        rota: Vec::new(),
        notes: Vec::new(),
        follow_ups: Vec::new(),
        no_follow_ups: None,
        waived: BTreeMap::new(),
        closings_at: Vec::new(),
        labels: BTreeSet::new(),
        assignees: BTreeSet::new(),
        comments: BTreeMap::new(),
        given: Vec::new(),
        evidence: Vec::new(),
        duties: BTreeMap::new(),
        reminders: Vec::new(),
        written: Vec::new(),
        snoozes: BTreeMap::new(),
        exposed: false,
        given_up: Vec::new(),
    }
}

/// What an incident starts with: the process's first status and severity, and the phase that follows.
fn start(incident: &mut Incident, project: &Project) {
    let process = &project.process;
    let at = incident.opened.unwrap_or(DateTime::UNIX_EPOCH);
    let by = incident.filed_by.clone().map_or(Actor::Somebody, Actor::Person);
    let url = incident.url.clone();
    let starting = |value: String| Effective { value, at, by: by.clone(), via: Via::Start, url: url.clone() };
    let status = process.statuses.first();
    let phase = status
        .and_then(|status| status.phase.clone())
        .or_else(|| process.phases.first().map(|phase| phase.name.clone()))
        .unwrap_or_default();
    incident.status = starting(status.map(|status| status.name.clone()).unwrap_or_default());
    incident.severity = starting(process.severities.first().map(|severity| severity.name.clone()).unwrap_or_default());
    incident.phase = starting(phase);
    for (dimension, to) in [
        ("status", incident.status.clone()),
        ("severity", incident.severity.clone()),
        ("phase", incident.phase.clone()),
    ] {
        incident.turns.push(Turn { dimension, to });
    }
}
