//! What a happening is called, and what is said about it.

use serde_json::{Map, Value, json};

use super::{
    super::wire::{Wire, hook as hook_wire, node, role},
    Via,
};
use crate::drill::model::{Grants, Happening, InstallationId, What};

/// A happening in GitHub's words.
pub(super) struct Event {
    /// As in `X-GitHub-Event`.
    pub(super) name: &'static str,
    pub(super) action: Option<&'static str>,
    body: Map<String, Value>,
}

/// Whether an installation's permissions let it hear of an event.
pub(super) fn may_hear(event: &str, grants: &Grants) -> bool {
    match event {
        "issues" | "issue_comment" => grants.contains_key("issues"),
        "member" => grants.contains_key("members"),
        _ => true,
    }
}

impl Event {
    /// `issues.opened`
    pub(super) fn spoken(&self) -> String {
        self.action.map_or_else(|| self.name.to_owned(), |action| format!("{}.{action}", self.name))
    }

    /// The events behind a happening; none where GitHub tells nobody.
    pub(super) fn all(wire: &Wire<'_>, happening: &Happening) -> Vec<Self> {
        let Some((name, action)) = named(&happening.what) else { return Vec::new() };
        let own = Self::new(wire, happening, name, action);
        // Publishing is told twice, under two names.
        let twice = matches!(happening.what, What::Publicised);
        let also = twice.then(|| Self::new(wire, happening, "public", None));
        also.into_iter().chain([own]).collect()
    }

    fn new(wire: &Wire<'_>, happening: &Happening, name: &'static str, action: Option<&'static str>) -> Self {
        let mut body = Map::new();
        if let Some(action) = action {
            body.insert("action".to_owned(), json!(action));
        }
        if let Some(issue) = &happening.issue {
            body.insert("issue".to_owned(), wire.issue_in(&happening.project, issue));
        }
        body.extend(said(wire, happening));
        body.insert("repository".to_owned(), wire.repository(&happening.project));
        let owner = wire.world.user_by_id(happening.project.owner);
        if let Some(owner) = owner.filter(|owner| owner.kind == crate::drill::model::Kind::Organisation) {
            body.insert("organization".to_owned(), wire.organisation(owner));
        }
        body.insert("sender".to_owned(), wire.user_by_id(happening.by));
        Self { name, action, body }
    }

    /// The payload as one hook hears it.
    pub(super) fn payload(&self, wire: &Wire<'_>, via: Via, installation: Option<InstallationId>) -> Value {
        let mut body = self.body.clone();
        if let Some(id) = installation {
            let coded = json!({ "id": id.0, "node_id": node("INS", id.0) });
            body.insert("installation".to_owned(), coded);
        }
        if let (Via::Hook(id), "ping") = (via, self.name)
            && let Some(hook) = wire.world.hook(id)
        {
            let repository = wire.world.project_by_id(hook.project).map(|project| wire.repository_url(project));
            body.insert("hook_id".to_owned(), json!(id.0));
            body.insert("hook".to_owned(), hook_wire(&repository.unwrap_or_default(), hook, None));
            body.insert("zen".to_owned(), json!("Practice makes calm."));
        }
        Value::Object(body)
    }
}

fn named(what: &What) -> Option<(&'static str, Option<&'static str>)> {
    let (name, action) = match what {
        What::Filed | What::MovedIn { .. } => ("issues", "opened"),
        What::Edited { title: None, body: None } => ("issues", "typed"),
        What::Edited { .. } => ("issues", "edited"),
        What::Labelled(_) => ("issues", "labeled"),
        What::Unlabelled(_) | What::LabelLost => ("issues", "unlabeled"),
        What::Assigned(_) => ("issues", "assigned"),
        What::Unassigned(_) => ("issues", "unassigned"),
        What::Closed => ("issues", "closed"),
        What::Reopened => ("issues", "reopened"),
        What::Locked => ("issues", "locked"),
        What::Unlocked => ("issues", "unlocked"),
        What::Deleted => ("issues", "deleted"),
        What::MovedAway { .. } => ("issues", "transferred"),
        What::Commented(_) => ("issue_comment", "created"),
        What::CommentEdited { .. } => ("issue_comment", "edited"),
        What::CommentDeleted(_) => ("issue_comment", "deleted"),
        What::LabelDefined(_) => ("label", "created"),
        What::LabelChanged { .. } => ("label", "edited"),
        What::LabelDropped(_) => ("label", "deleted"),
        What::Publicised => ("repository", "publicized"),
        What::Privatised => ("repository", "privatized"),
        What::Renamed { .. } => ("repository", "renamed"),
        What::Transferred { .. } => ("repository", "transferred"),
        What::Archived => ("repository", "archived"),
        What::Unarchived => ("repository", "unarchived"),
        What::ProjectDeleted => ("repository", "deleted"),
        What::AccessSet { before: crate::drill::model::Access::None, .. } => ("member", "added"),
        What::AccessSet { now: crate::drill::model::Access::None, .. } => ("member", "removed"),
        What::AccessSet { .. } => ("member", "edited"),
        What::Pinged(_) => return Some(("ping", None)),
        // GitHub tells nobody of reactions, and knows no confidential issues, severities and statuses.
        What::Reacted { .. }
        | What::Unreacted { .. }
        | What::Confidential { .. }
        | What::Severity { .. }
        | What::Escalation { .. } => return None,
    };
    Some((name, Some(action)))
}

/// What the event says besides issue, repository and sender.
fn said(wire: &Wire<'_>, happening: &Happening) -> Map<String, Value> {
    let project = &happening.project;
    let comment = |comment| {
        let issue = happening.issue.as_ref();
        issue.map_or(Value::Null, |issue| wire.comment_in(project, issue, comment))
    };
    let more = match &happening.what {
        What::Edited { title: None, body: None } => {
            json!({ "type": happening.issue.as_ref().and_then(|issue| issue.kind.clone()) })
        }
        What::Edited { title, body } => {
            let mut changes = Map::new();
            if let Some(before) = title {
                changes.insert("title".to_owned(), json!({ "from": before }));
            }
            if let Some(before) = body {
                changes.insert("body".to_owned(), json!({ "from": before.clone().unwrap_or_default() }));
            }
            json!({ "changes": changes })
        }
        What::Labelled(label) | What::Unlabelled(label) | What::LabelDefined(label) | What::LabelDropped(label) => {
            json!({ "label": wire.label(project, label) })
        }
        What::LabelChanged { now, before } => {
            let mut changes = Map::new();
            let mut compare = |name: &str, before: Value, now: Value| {
                if before != now {
                    changes.insert(name.to_owned(), json!({ "from": before }));
                }
            };
            compare("name", json!(before.name), json!(now.name));
            compare("color", json!(before.color), json!(now.color));
            compare("description", json!(before.description), json!(now.description));
            json!({ "label": wire.label(project, now), "changes": changes })
        }
        What::Assigned(who) | What::Unassigned(who) => json!({ "assignee": wire.user_by_id(*who) }),
        What::MovedAway { new, to } => {
            json!({ "changes": { "new_issue": wire.issue_in(to, new), "new_repository": wire.repository(to) } })
        }
        What::MovedIn { old, from } => {
            json!({ "changes": { "old_issue": wire.issue_in(from, old), "old_repository": wire.repository(from) } })
        }
        What::Commented(said) | What::CommentDeleted(said) => json!({ "comment": comment(said) }),
        What::CommentEdited { comment: said, before } => {
            json!({ "comment": comment(said), "changes": { "body": { "from": before } } })
        }
        What::Renamed { before } => json!({ "changes": { "repository": { "name": { "from": before } } } }),
        What::Transferred { before } => transferred(wire, *before),
        What::AccessSet { who, before, now } => json!({
            "member": wire.user_by_id(*who),
            "changes": { "permission": { "from": role(*before), "to": role(*now) } },
        }),
        _ => json!({}),
    };
    match more {
        Value::Object(more) => more,
        _ => Map::new(),
    }
}

/// An owner before is named by what it is.
fn transferred(wire: &Wire<'_>, before: crate::drill::model::UserId) -> Value {
    let owner = wire.world.user_by_id(before);
    let from = match owner {
        Some(owner) if owner.kind == crate::drill::model::Kind::Organisation => {
            json!({ "organization": wire.organisation(owner) })
        }
        _ => json!({ "user": wire.user_by_id(before) }),
    };
    json!({ "changes": { "owner": { "from": from } } })
}
