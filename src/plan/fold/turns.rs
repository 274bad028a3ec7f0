//! How each of status, severity, phase and IC turns, setting by setting, in the order of their moments.

use super::{Fold, Set, Setting, same_person};
use crate::domain::{
    incident::{self, Effective, Evidence, Turn, Via},
    people::Person,
    process::EvidenceKind,
};

impl Fold<'_> {
    pub(super) fn settle(&mut self, setting: Setting) {
        let Setting { at, via, by, url, to } = setting;
        let effective = |value: String| Effective { value, at, by: by.clone(), via, url: url.clone() };
        match to {
            Set::Status(name) => self.status(effective(name)),
            Set::Severity(name) => self.severity(effective(name)),
            Set::ForgeSeverity(to) => {
                let process = &self.project.process;
                let meant = process.meant_by(to, &self.incident.severity.value).map(|severity| severity.name.clone());
                if let Some(name) = meant {
                    self.severity(effective(name));
                }
            }
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

    pub(super) fn enter(&mut self, to: Effective) {
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
