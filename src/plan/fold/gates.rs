//! Whether a phase may be left: its gate's items should be ticked first.
//!
//! What always holds: only the way forward has gates; a false alarm and a reopening pass. Where gates are enforced, the
//! newest wish that was refused comes true with the last tick.

use super::{Fold, MOST_BREACHES};
use crate::domain::{
    incident::{Breach, Effective, Via},
    process::{Ending, Item},
    project::Gates,
    time::Moment,
};

impl Fold<'_> {
    /// Whether the phase changes to this now. Notes it where items are open.
    pub(super) fn passes(&mut self, to: &Effective) -> bool {
        let open = self.gate(to);
        if open.is_empty() {
            return true;
        }
        let held = self.project.gates == Gates::Enforce;
        let from = self.incident.phase.value.clone();
        self.wish = held.then(|| to.clone());
        self.note(Breach { from, to: to.clone(), open, held });
        !held
    }

    /// Who tries the same again is not told the same again.
    fn note(&mut self, breach: Breach) {
        let breaches = &mut self.incident.breaches;
        let same = |known: &Breach| {
            let (known, new) =
                ((&known.from, &known.to.value, &known.open), (&breach.from, &breach.to.value, &breach.open));
            known == new
        };
        if breach.held && breaches.last().is_some_and(|known| known.held && same(known)) {
            return;
        }
        if breaches.len() >= MOST_BREACHES {
            breaches.remove(0);
        }
        breaches.push(breach);
    }

    /// A wish that was refused comes true as soon as the gate is open, if that is not after this moment.
    pub(super) fn release(&mut self, until: Option<Moment>) {
        let Some(wish) = self.wish.clone() else { return };
        let later = |at: &Moment| *at > wish.at && until.is_none_or(|until| *at <= until);
        let mut moments: Vec<Moment> = self.ticks.iter().map(|(at, _, _)| *at).filter(later).collect();
        moments.sort_unstable();
        let opened = moments.into_iter().find(|at| self.gate(&Effective { at: *at, ..wish.clone() }).is_empty());
        if let Some(at) = opened {
            self.enter(Effective { at, ..wish });
        }
    }

    /// The ids of the items that are open when the phase is left for this one.
    fn gate(&self, to: &Effective) -> Vec<String> {
        let process = &self.project.process;
        let place = |name: &str| process.phases.iter().position(|phase| phase.name == name);
        let status = process.status(&self.incident.status.value);
        let false_alarm = status.is_some_and(|status| status.ending == Some(Ending::FalseAlarm));
        let forward = place(&self.incident.phase.value) < place(&to.value);
        let Some(phase) = process.phase(&self.incident.phase.value).filter(|_| forward) else { return Vec::new() };
        if false_alarm || to.via == Via::Reopening {
            return Vec::new();
        }
        let open = |item: &&Item| item.gate && !self.is_ticked(&item.id, to.at);
        phase.entry.iter().filter(open).map(|item| item.id.clone()).collect()
    }

    fn is_ticked(&self, item: &str, at: Moment) -> bool {
        let turns = self.ticks.iter().filter(|(turned, ticked, _)| ticked == item && *turned <= at);
        turns.max_by_key(|(turned, ..)| *turned).is_some_and(|(_, _, on)| *on)
    }
}
