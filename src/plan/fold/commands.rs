//! What commands and ticked boxes leave behind in the incident.

use super::{
    super::{
        authority::may_approve,
        keys::{self, BOARD},
    },
    Fold, Set, same_person,
};
use crate::domain::{
    command::Command,
    event::Event,
    ids::CommentId,
    incident::{Disruption, Evidence, Filed, FollowUp, Note, Shift, Snooze, Task, Via, Waiver},
    people::{Account, Actor, Person},
    process::EvidenceKind,
    time::Moment,
};

/// What the name of a task's box begins with: `task-3`.
pub const TASK: &str = "task-";

/// What `done` puts before the name of an item that is a duty's as well.
pub const ITEM: &str = "item ";

/// What `done` puts before the name of a duty that is an item's as well.
pub const DUTY: &str = "duty ";

impl Fold<'_> {
    pub(super) fn command(&mut self, event: &Event, comment: CommentId, command: &Command) {
        match command {
            Command::Ack => {
                self.evidence(event, EvidenceKind::Ack);
                if let Actor::Person(Account { login, .. }) = &event.by {
                    self.set(event, Via::Command, Set::FirstResponder(Person::Handle(login.clone())));
                }
            }
            Command::Ic { who } | Command::Handoff { who } => self.set(event, Via::Command, Set::Ic(who.clone())),
            Command::Status { to } => self.set(event, Via::Command, Set::Status(to.clone())),
            Command::Severity { to } => self.set(event, Via::Command, Set::Severity(to.clone())),
            Command::Phase { to } => self.set(event, Via::Command, Set::Phase(to.clone())),
            Command::Sitrep { text: Some(_) } => self.evidence(event, EvidenceKind::Sitrep),
            Command::Snooze { duty, span } => {
                let snooze = Snooze { from: event.at, until: event.at + *span };
                self.incident.snoozes.insert(duty.clone(), snooze);
            }
            Command::Waive { duty, reason } => {
                let waiver = Waiver { at: event.at, by: event.by.clone(), reason: reason.clone() };
                self.incident.waived.insert(duty.clone(), waiver);
            }
            Command::Sitrep { text: None } | Command::Why { .. } | Command::Help => {}
            Command::Responders { .. } | Command::Shift { .. } => self.people(event, command),
            Command::Lead { .. }
            | Command::Step { .. }
            | Command::Done { .. }
            | Command::Followup { .. }
            | Command::NoFollowup => self.work(event, comment, command),
            Command::Disrupt { .. }
            | Command::Approve
            | Command::Decline
            | Command::Notified { .. }
            | Command::Timeline { .. }
            | Command::Playbook { .. }
            | Command::Flag { .. } => self.record(event, comment, command),
        }
    }

    /// Who works.
    fn people(&mut self, event: &Event, command: &Command) {
        match command {
            Command::Responders { add, remove } => {
                let joined = add.iter().map(|who| (event.at, who.clone(), true));
                let left = remove.iter().map(|who| (event.at, who.clone(), false));
                self.incident.rota.extend(joined.chain(left));
            }
            Command::Shift { who, span } => {
                self.incident.shifts.push(Shift { who: who.clone(), at: event.at, span: *span });
                self.evidence(event, EvidenceKind::Shift);
            }
            _ => {}
        }
    }

    /// The text of the command that is being taken in: its identity inside its comment.
    fn said(&self) -> &str {
        self.incident.given.last().map(|given| given.text.as_str()).unwrap_or_default()
    }

    /// What is to be done, and what was.
    fn work(&mut self, event: &Event, comment: CommentId, command: &Command) {
        match command {
            Command::Lead { text, owner } => self.task(event.at, comment, (true, false), text, owner.as_ref()),
            Command::Step { text, owner, deferred } => {
                self.task(event.at, comment, (false, *deferred), text, owner.as_ref());
            }
            Command::Done { what } => self.done(event, what),
            Command::Followup { text, owner, by } => {
                let said = self.said();
                let follow_up = FollowUp {
                    at: event.at,
                    text: text.clone(),
                    owner: owner.clone(),
                    by: *by,
                    comment,
                    asked_by: event.by.clone(),
                    asked_url: event.url.clone(),
                    key: keys::follow_up(comment, said),
                    filed: None,
                    linked: false,
                };
                self.incident.follow_ups.push(follow_up);
            }
            Command::NoFollowup => {
                let none = (event.at, event.by.clone());
                self.incident.no_follow_ups.get_or_insert(none);
                self.evidence(event, EvidenceKind::FollowUp);
            }
            _ => {}
        }
    }

    /// A follow-up is worth what it asks for once it is filed; whoever asked for it did so in time, or not.
    pub(super) fn filed(&mut self, event: &Event, key: &str, number: u64, assigned: bool) {
        let Some(asked) = self.incident.follow_ups.iter_mut().find(|asked| asked.key == key) else { return };
        asked.filed = Some(Filed { number, url: event.url.clone(), assigned });
        let asked = Event { at: asked.at, by: asked.asked_by.clone(), ..event.clone() };
        self.evidence(&asked, EvidenceKind::FollowUp);
    }

    /// Whoever files the follow-ups before the closing need not file another one after it.
    pub(super) fn filed_before_closing(&mut self) {
        for closed in self.incident.closings_at.clone() {
            let filed = self.incident.follow_ups.iter().find(|asked| asked.filed.is_some() && asked.at <= closed);
            let filed = filed.map(|asked| (asked.asked_by.clone(), asked.filed.as_ref().and_then(|it| it.url.clone())));
            let none = self.incident.no_follow_ups.clone().filter(|(at, _)| *at <= closed).map(|(_, by)| (by, None));
            if let Some((by, url)) = filed.or(none) {
                self.incident.evidence.push(Evidence { at: closed, kind: EvidenceKind::FollowUp, by, url });
            }
        }
    }

    /// A task by its number, else an item, else a duty.
    fn done(&mut self, event: &Event, what: &str) {
        if let Ok(number) = what.parse::<usize>() {
            return self.tick(event, &format!("{TASK}{number}"), true);
        }
        let duty = what.strip_prefix(DUTY);
        let name = what.strip_prefix(ITEM).or(duty).unwrap_or(what);
        if duty.is_none() && self.project.process.items().any(|item| item.id == name) {
            self.tick(event, name, true);
        } else {
            self.evidence(event, EvidenceKind::Done(name.to_owned()));
        }
    }

    /// Numbered in the order of moments and comments, and of lines in a comment: whatever was noticed first, a journal
    /// that is written anew gives the same numbers.
    fn task(
        &mut self,
        at: Moment,
        comment: CommentId,
        (lead, deferred): (bool, bool),
        text: &str,
        owner: Option<&Person>,
    ) {
        let tasks = &mut self.incident.tasks;
        let place = tasks.partition_point(|task| (task.at, task.comment) <= (at, comment));
        let (text, owner) = (text.to_owned(), owner.cloned());
        tasks.insert(place, Task { number: 0, comment, lead, text, owner, deferred, at, done: None });
        for (number, task) in (1..).zip(tasks.iter_mut()) {
            task.number = number;
        }
    }

    /// What was said about the incident.
    fn record(&mut self, event: &Event, comment: CommentId, command: &Command) {
        match command {
            Command::Disrupt { text } => self.incident.disruptions.push(Disruption {
                at: event.at,
                by: event.by.clone(),
                text: text.clone(),
                severity: String::new(),
                decided: None,
                comment,
                url: event.url.clone(),
            }),
            Command::Approve | Command::Decline => {
                self.decisions.push((event.clone(), *command == Command::Approve));
            }
            Command::Notified { who, at } => {
                let told = Event { at: at.map_or(event.at, |at| at.min(event.at)), ..event.clone() };
                self.evidence(&told, EvidenceKind::Notified(who.clone()));
            }
            Command::Timeline { at, text } => self.incident.notes.push(Note {
                at: at.unwrap_or(event.at),
                by: event.by.clone(),
                text: text.clone(),
                url: event.url.clone(),
                key: keys::told(comment, self.said()),
            }),
            Command::Playbook { name } if !self.incident.playbooks.contains(name) => {
                self.incident.playbooks.push(name.clone());
            }
            Command::Flag { name } => self.raise(event, name),
            _ => {}
        }
    }

    /// A flag is raised once.
    fn raise(&mut self, event: &Event, flag: &str) {
        if !self.incident.flags.contains_key(flag) {
            self.incident.flags.insert(flag.to_owned(), (event.at, event.by.clone()));
            self.evidence(event, EvidenceKind::Flag(flag.to_owned()));
        }
    }

    /// A person ticked a box of the board, or took the tick away.
    pub(super) fn ticked(&mut self, event: &Event, item: &str, on: bool) {
        for board in self.incident.written.iter_mut().filter(|written| written.key == BOARD) {
            if on {
                board.boxes.insert(item.to_owned());
            } else {
                board.boxes.remove(item);
            }
        }
        self.tick(event, item, on);
    }

    /// Something is done, or not done after all. Whoever said so first is remembered.
    fn tick(&mut self, event: &Event, item: &str, on: bool) {
        self.ticks.push((event.at, item.to_owned(), on));
        if on && self.incident.is_ticked(item) {
            return;
        }
        let done = on.then(|| (event.at, event.by.clone()));
        if let Some(task) = self.incident.tasks.iter_mut().find(|task| task.item() == item) {
            task.done = done;
            return;
        }
        if item.strip_prefix(TASK).is_some_and(|number| number.parse::<usize>().is_ok()) {
            return; // there is no such task
        }
        match done {
            Some(done) => {
                self.incident.ticked.insert(item.to_owned(), done);
                self.evidence(event, EvidenceKind::Ticked(item.to_owned()));
                let raised =
                    self.project.process.items().find(|known| known.id == item).and_then(|it| it.raises.as_ref());
                if let Some(flag) = raised {
                    self.raise(event, flag);
                }
            }
            None => {
                self.incident.ticked.remove(item);
            }
        }
    }

    /// Which severity held when a disruption was asked for decides what may be done, and by whom it is decided.
    pub(super) fn decide(&mut self) {
        let turns = &self.incident.turns;
        for asked in &mut self.incident.disruptions {
            let before = turns.iter().filter(|turn| turn.dimension == "severity" && turn.to.at <= asked.at);
            let last = before.max_by_key(|turn| turn.to.at).map(|turn| turn.to.value.clone());
            asked.severity = last.unwrap_or_default();
        }
        let mut decisions = std::mem::take(&mut self.decisions);
        decisions.sort_by_key(|(event, _)| event.at);
        for (event, yes) in decisions {
            let open = |asked: &&mut Disruption| asked.decided.is_none() && asked.at <= event.at;
            let Some(asked) = self.incident.disruptions.iter_mut().rev().find(open) else { continue };
            if !yes || may_approve(asked, &event.by, event.at, &self.project.process) {
                asked.decided = Some((event.at, event.by.clone(), yes));
                self.evidence(&event, EvidenceKind::Decided);
            }
        }
    }
}

/// Who responds: as the issue names them, with those who joined or left by command since.
#[must_use]
pub fn responders(named: &[Person], rota: &[(Moment, Person, bool)]) -> Vec<Person> {
    let mut all = named.to_vec();
    for (_, who, joined) in rota {
        all.retain(|known| !same_person(known, who));
        if *joined {
            all.push(who.clone());
        }
    }
    all
}
