//! What changed about an issue, as deliveries say it: each with what was before and what is now.

use serde_json::{Map, Value, json};

use super::event::Teller;
use crate::drill::model::{Escalation, Happening, UserId, What};

/// A change: its name, what was before, and what is now.
type Change = (&'static str, Value, Value);

impl Teller<'_> {
    /// What changed, by name.
    pub(super) fn changes(&self, together: &[Happening]) -> Map<String, Value> {
        let filed = matches!(together.first().map(|first| &first.what), Some(What::Filed | What::MovedIn { .. }));
        let mut all = vec![("updated_at", Value::Null, json!(self.when(self.at)))];
        if filed {
            all.extend(self.filed());
        } else {
            all.extend(together.iter().flat_map(|happening| self.turned(&happening.what)));
            all.extend(self.moved_labels(together).map(|(before, now)| ("labels", json!(before), json!(now))));
            all.extend(self.moved_people(together).map(|(before, now)| ("assignees", json!(before), json!(now))));
        }
        let written = |(name, before, now): Change| (name.to_owned(), json!({ "previous": before, "current": now }));
        all.into_iter().map(written).collect()
    }

    fn filed(&self) -> Vec<Change> {
        let issue = self.issue;
        let mut all: Vec<Change> = [
            ("author_id", json!(issue.author.0)),
            ("created_at", json!(self.when(issue.created_at))),
            ("description", json!(issue.body)),
            ("id", json!(issue.id.0)),
            ("iid", json!(issue.number)),
            ("project_id", json!(self.project.id.0)),
            ("title", json!(issue.title)),
        ]
        .map(|(name, value)| (name, Value::Null, value))
        .into();
        all.extend(issue.confidential.then_some(("confidential", json!(false), json!(true))));
        all
    }

    fn turned(&self, what: &What) -> Vec<Change> {
        let (issue, now) = (self.issue, json!(self.when(self.at)));
        let closed = || vec![("closed_at", Value::Null, now.clone()), ("state_id", json!(1), json!(2))];
        match what {
            What::Edited { title, body } => {
                let mut all = Vec::new();
                all.extend(title.as_ref().map(|before| ("title", json!(before), json!(issue.title))));
                if let Some(before) = body {
                    all.push(("description", json!(before), json!(issue.body)));
                    all.push(("last_edited_at", Value::Null, now));
                    all.push(("last_edited_by_id", Value::Null, json!(self.by.0)));
                    all.push(("updated_by_id", Value::Null, json!(self.by.0)));
                }
                all
            }
            What::Severity { before } => {
                let small = |name: &str| json!(name.to_lowercase());
                vec![("severity", small(before.name()), small(issue.severity.name()))]
            }
            What::Confidential { before } => vec![("confidential", json!(before), json!(!before))],
            What::Escalation { before, closing } => {
                let small = |status: Escalation| json!(status.name().to_lowercase());
                // An incident that is closed is resolved as well, which is told of on its own, with the closing again.
                let mut all = if *closing { closed() } else { Vec::new() };
                all.extend(closing.then(|| ("updated_by_id", Value::Null, json!(self.by.0))));
                all.push(("escalation_status", small(*before), small(issue.escalation)));
                all
            }
            What::Closed | What::MovedAway { .. } => closed(),
            What::Reopened => vec![("closed_at", now, Value::Null), ("state_id", json!(2), json!(1))],
            What::Locked | What::Unlocked => {
                let locked = issue.lock.is_some();
                vec![("discussion_locked", json!(!locked), json!(locked))]
            }
            _ => Vec::new(),
        }
    }

    fn moved_labels(&self, together: &[Happening]) -> Option<(Vec<Value>, Vec<Value>)> {
        let mut before: Vec<String> = self.issue.labels.clone();
        let mut moved = false;
        for happening in together.iter().rev() {
            match &happening.what {
                What::Labelled(label) => before.retain(|name| *name != label.name),
                What::Unlabelled(label) => before.push(label.name.clone()),
                _ => continue,
            }
            moved = true;
        }
        let written = |names: &[String]| names.iter().filter_map(|name| self.label(name, together)).collect();
        moved.then(|| (written(&before), written(&self.issue.labels)))
    }

    fn moved_people(&self, together: &[Happening]) -> Option<(Vec<Value>, Vec<Value>)> {
        let mut before: Vec<UserId> = self.issue.assignees.clone();
        let mut moved = false;
        for happening in together.iter().rev() {
            match &happening.what {
                What::Assigned(who) => before.retain(|known| known != who),
                What::Unassigned(who) => before.push(*who),
                _ => continue,
            }
            moved = true;
        }
        let written = |ids: &[UserId]| ids.iter().map(|id| self.person(*id)).collect();
        moved.then(|| (written(&before), written(&self.issue.assignees)))
    }
}
