//! Fields, labels, assignees and state: what turned, when, and by whom.

use std::collections::{BTreeMap, BTreeSet};

use super::{Notice, SeenEdit, asking::SAME_EDIT, spelled, turned};
use crate::domain::{
    event::What,
    hint::Hinted,
    people::{Account, Actor},
    reading::{Field, Reading, Value},
    snapshot::Changed,
    time::Moment,
};

impl<'a> Notice<'a> {
    pub(super) fn fields(&mut self) {
        let (seen, mut known) = (self.seen, self.incident.body.clone());
        for edit in self.new_edits() {
            if let Some(reading) = &edit.reading {
                self.turn_fields(&mut known, reading, edit.at.max(seen.issue.created_at), &edit.by);
            }
        }
        // What the journal knows already did not bring what is new.
        let newest = self.new_edits().last().filter(|edit| edit.reading.as_ref() == Some(seen.reading));
        let newest = newest.map(|edit| (edit.at, edit.by.clone()));
        let told = self.who(|what| matches!(what, Hinted::Edited), |_| false);
        let later = |told: &(Moment, Actor)| newest.as_ref().is_none_or(|newest| told.0 > newest.0 + SAME_EDIT);
        let (at, by) = told.filter(later).or(newest).unwrap_or_else(|| self.unexplained());
        self.turn_fields(&mut known, seen.reading, at, &by);
    }

    /// The versions that the journal does not know. What an issue said before it became an incident counts only as it
    /// stood then.
    fn new_edits(&self) -> &'a [SeenEdit] {
        let edits = self.seen.edits;
        if !self.first {
            let known = edits.iter().take_while(|edit| Some(edit.at) <= self.incident.body_at).count();
            return edits.get(known..).unwrap_or_default();
        }
        let opened = self.became_incident().unwrap_or(self.seen.issue.created_at);
        let before = edits.iter().take_while(|edit| edit.at <= opened).count();
        edits.get(before.saturating_sub(1)..).unwrap_or_default()
    }

    fn turn_fields(&mut self, known: &mut BTreeMap<Field, Option<Value>>, reading: &Reading, at: Moment, by: &Actor) {
        for field in Field::ALL {
            let Some(what) = turned(field, known, reading) else { continue };
            match reading.fields.get(&field) {
                Some(read) => known.insert(field, read.value.clone()),
                None => known.remove(&field),
            };
            self.tell(at, by.clone(), what);
        }
    }

    pub(super) fn labels(&mut self) {
        let now = spelled(self.seen.issue, self.seen.project);
        let added: Vec<String> = now.difference(&self.labels).cloned().collect();
        let removed: Vec<String> = self.labels.difference(&now).cloned().collect();
        for label in added {
            let who = self.who(
                |what| matches!(what, Hinted::LabelAdded { label: hinted } if self.spelled(hinted) == label),
                |what| matches!(what, Changed::LabelAdded(changed) if self.spelled(changed) == label),
            );
            let (at, by) = who.unwrap_or_else(|| self.unexplained());
            self.tell(at, by, What::LabelAdded { label });
        }
        for label in removed {
            let who = self.who(
                |what| matches!(what, Hinted::LabelRemoved { label: hinted } if self.spelled(hinted) == label),
                |what| matches!(what, Changed::LabelRemoved(changed) if self.spelled(changed) == label),
            );
            let (at, by) = who.unwrap_or_else(|| self.unexplained());
            self.tell(at, by, What::LabelRemoved { label });
        }
    }

    pub(super) fn assignees(&mut self) {
        let now: BTreeSet<Account> = self.seen.issue.assignees.iter().cloned().collect();
        let known = &self.assignees;
        let assigned: Vec<Account> =
            now.iter().filter(|who| !known.iter().any(|one| one.id == who.id)).cloned().collect();
        let unassigned: Vec<Account> =
            known.iter().filter(|who| !now.iter().any(|one| one.id == who.id)).cloned().collect();
        for who in assigned {
            let by = self.who(
                |what| matches!(what, Hinted::Assigned { who: hinted } if hinted.id == who.id),
                |what| matches!(what, Changed::Assigned(changed) if changed.id == who.id),
            );
            let (at, by) = by.unwrap_or_else(|| self.unexplained());
            self.tell(at, by, What::Assigned { who });
        }
        for who in unassigned {
            let by = self.who(
                |what| matches!(what, Hinted::Unassigned { who: hinted } if hinted.id == who.id),
                |what| matches!(what, Changed::Unassigned(changed) if changed.id == who.id),
            );
            let (at, by) = by.unwrap_or_else(|| self.unexplained());
            self.tell(at, by, What::Unassigned { who });
        }
    }

    pub(super) fn state(&mut self) {
        match (self.open, self.seen.issue.open) {
            (true, false) => self.closed(),
            (false, true) => self.reopened(),
            (true, true) if !self.first => self.interrupted(),
            (false, false) if !self.first && self.seen.issue.closed_at > self.closed_at => {
                self.reopened();
                self.closed();
            }
            _ => {}
        }
    }

    /// Deliveries may tell of a closing and a reopening between two looks at an open issue.
    fn interrupted(&mut self) {
        let hinted = |wanted: &Hinted| {
            let hint = self.seen.hints.iter().filter(|hint| hint.what == *wanted).max_by_key(|hint| hint.at)?;
            Some((hint.at, hint.by.as_ref().map_or(Actor::Somebody, |account| self.actor(account))))
        };
        let both = hinted(&Hinted::Closed).zip(hinted(&Hinted::Reopened));
        let Some(((closed, closed_by), (reopened, reopened_by))) = both else { return };
        if reopened < closed || Some(closed) <= self.turned_at.max(self.incident.opened) {
            return;
        }
        self.tell(closed, closed_by, What::Closed);
        self.tell(reopened, reopened_by, What::Reopened);
    }

    fn closed(&mut self) {
        let issue = self.seen.issue;
        let who = self.who(|what| matches!(what, Hinted::Closed), |what| matches!(what, Changed::Closed));
        let by = issue.closed_by.as_ref().map(|account| self.actor(account));
        let (at, actor) = who.unwrap_or_else(|| self.unexplained());
        self.tell(issue.closed_at.unwrap_or(at), by.unwrap_or(actor), What::Closed);
    }

    fn reopened(&mut self) {
        let who = self.who(|what| matches!(what, Hinted::Reopened), |what| matches!(what, Changed::Reopened));
        let (at, by) = who.unwrap_or_else(|| self.unexplained());
        let at = self.seen.issue.closed_at.map_or(at, |closed| at.min(closed));
        self.tell(at, by, What::Reopened);
    }
}
