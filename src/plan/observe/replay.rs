//! What the forge's own history tells that the journal does not: everything, of an issue that the journal does not know;
//! else what was done and undone while nobody looked.
//!
//! What always holds: what the journal tells already is not told again. Of a label, an assignee, or the closing, only
//! what is newer than the last that is known counts, and only if it turns what is known; so a stamp that differs by a
//! second does no harm.

use chrono::TimeDelta;

use super::Notice;
use crate::domain::{
    event::What,
    people::{Account, Actor},
    snapshot::{Change, Changed},
    time::Moment,
};

/// By how much the bot's label is later than what a person did in the same second.
const FOLLOWS: TimeDelta = TimeDelta::milliseconds(999);

impl Notice<'_> {
    pub(super) fn replay(&mut self) {
        let Some(history) = self.seen.history else { return };
        let opened = if self.first { self.became_incident() } else { None };
        let last_closing = history.iter().rposition(|change| change.what == Changed::Closed);
        let too_new = self.too_new(history);
        for (nth, change) in history.iter().enumerate().filter(|(nth, _)| Some(*nth) != too_new) {
            let by = self.doer(&change.by);
            if !self.is_news(change, &by, opened) {
                continue;
            }
            let Some(what) = self.turned(&change.what) else { continue };
            // The issue itself says when it was last closed, perhaps in another second.
            let closed_at = self.seen.issue.closed_at.filter(|_| last_closing == Some(nth) && !self.seen.issue.open);
            let (at, by) = match what {
                // Nobody remembers whose edit or command this followed; that it held is still to be seen.
                What::LabelAdded { .. } if by == Actor::Bot => (change.at + FOLLOWS, Actor::Somebody),
                _ => (closed_at.unwrap_or(change.at), by),
            };
            self.tell(at, by, what);
        }
    }

    /// A closing or a reopening after the issue was read and before its history was: the issue still says the opposite. The
    /// next look tells it; told now, it would seem undone at once.
    fn too_new(&self, history: &[Change]) -> Option<usize> {
        let issue = self.seen.issue;
        let last = history.iter().rposition(|change| matches!(change.what, Changed::Closed | Changed::Reopened))?;
        let change = history.get(last)?;
        let contradicts = (change.what == Changed::Closed) == issue.open;
        (contradicts && change.at >= issue.updated_at).then_some(last)
    }

    /// Whether the journal cannot know of it. What the bot did, it wrote down itself.
    fn is_news(&self, change: &Change, by: &Actor, opened: Option<Moment>) -> bool {
        if self.first {
            // Closings of the time before are no closings of the incident.
            let turns = matches!(change.what, Changed::Closed | Changed::Reopened);
            return !turns || opened.is_none_or(|opened| change.at >= opened);
        }
        let known = match &change.what {
            Changed::LabelAdded(_)
            | Changed::LabelRemoved(_)
            | Changed::Assigned(_)
            | Changed::Unassigned(_)
            | Changed::ForgeSeverity(_)
                if *by == Actor::Bot =>
            {
                return false;
            }
            Changed::LabelAdded(label) | Changed::LabelRemoved(label) => {
                self.incident.label_at.get(&self.spelled(label)).copied()
            }
            Changed::Assigned(who) | Changed::Unassigned(who) => self.incident.assignee_at.get(&who.id).copied(),
            Changed::Closed | Changed::Reopened => self.incident.closed_at.max(self.incident.reopened_at),
            Changed::ForgeSeverity(_) => self.incident.forge_severity_at,
            // Who can read it is told elsewhere (`audience`).
            Changed::Edited | Changed::Exposed | Changed::Hidden => return false,
        };
        Some(change.at) > known.max(self.incident.opened)
    }

    /// What it makes of the labels, assignees and state as told so far, if it turns them.
    fn turned(&mut self, changed: &Changed) -> Option<What> {
        match changed {
            Changed::LabelAdded(label) => {
                let label = self.spelled(label);
                self.labels.insert(label.clone()).then_some(What::LabelAdded { label })
            }
            Changed::LabelRemoved(label) => {
                let label = self.spelled(label);
                self.labels.remove(&label).then_some(What::LabelRemoved { label })
            }
            Changed::Assigned(who) => {
                let new = !self.is_assigned(who);
                new.then(|| self.assignees.insert(who.clone())).map(|_| What::Assigned { who: who.clone() })
            }
            Changed::Unassigned(who) => {
                let was = self.is_assigned(who);
                self.assignees.retain(|one| one.id != who.id);
                was.then(|| What::Unassigned { who: who.clone() })
            }
            Changed::Closed => std::mem::replace(&mut self.open, false).then_some(What::Closed),
            Changed::Reopened => (!std::mem::replace(&mut self.open, true)).then_some(What::Reopened),
            Changed::ForgeSeverity(to) => {
                let before = std::mem::replace(&mut self.forge_severity, *to);
                (before != *to).then_some(What::ForgeSeverity { to: *to })
            }
            Changed::Edited | Changed::Exposed | Changed::Hidden => None,
        }
    }

    fn is_assigned(&self, who: &Account) -> bool {
        self.assignees.iter().any(|one| one.id == who.id)
    }
}
