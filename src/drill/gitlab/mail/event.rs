//! What a happening is called, and what is said about it.
//!
//! What always holds: an event of a confidential issue goes to those who asked for confidential ones, by the state after
//! the change; the header of such an event has a name of its own.

use serde_json::{Map, Value, json};

use super::super::{Dates, Kinds, Options, WEB, wire::Wire};
use crate::{
    domain::{snapshot::Visibility, time::Moment},
    drill::model::{Happening, Issue, Label, Project, UserId, What},
};

/// A happening in GitLab's words.
pub(in super::super) struct Event {
    /// As in `X-Gitlab-Event`.
    pub(super) header: &'static str,
    /// The flag that hooks need.
    pub(super) trigger: &'static str,
    pub(super) action: Option<String>,
    pub(super) body: Value,
}

impl Event {
    /// `Issue Hook.open`
    pub(super) fn spoken(&self) -> String {
        self.action.as_ref().map_or_else(|| self.header.to_owned(), |action| format!("{}.{action}", self.header))
    }

    /// The events behind what one request did; none where GitLab tells nobody.
    pub(super) fn all(wire: Wire<'_>, together: &[Happening], options: Options) -> Vec<Self> {
        let Some(last) = together.last() else { return Vec::new() };
        let Some(issue) = &last.issue else { return Vec::new() };
        let teller = Teller { wire, project: &last.project, issue, by: last.by, at: last.at, options };
        match &last.what {
            What::Commented(comment) => vec![teller.note(comment, "create")],
            What::CommentEdited { comment, .. } => vec![teller.note(comment, "update")],
            What::Reacted { reaction, comment } => vec![teller.emoji(reaction, comment.as_ref(), "award")],
            What::Unreacted { reaction, comment } => vec![teller.emoji(reaction, comment.as_ref(), "revoke")],
            _ => teller.on_issue(together),
        }
    }
}

/// Tells of one issue.
pub(super) struct Teller<'a> {
    pub(super) wire: Wire<'a>,
    pub(super) project: &'a Project,
    pub(super) issue: &'a Issue,
    pub(super) by: UserId,
    pub(super) at: Moment,
    pub(super) options: Options,
}

impl Teller<'_> {
    pub(super) fn when(&self, at: Moment) -> String {
        when(self.options, at)
    }

    fn is_incident(&self) -> bool {
        self.issue.kind.as_deref() == Some("incident")
    }

    fn on_issue(&self, together: &[Happening]) -> Vec<Event> {
        let Some(first) = together.first() else { return Vec::new() };
        let action = match first.what {
            What::Filed | What::MovedIn { .. } => "open",
            What::Closed | What::MovedAway { .. } => "close",
            What::Reopened => "reopen",
            What::Edited { .. }
            | What::Labelled(_)
            | What::Unlabelled(_)
            | What::LabelLost
            | What::Assigned(_)
            | What::Unassigned(_)
            | What::Confidential { .. }
            | What::Severity { .. }
            | What::Escalation { .. }
            | What::Locked
            | What::Unlocked => "update",
            // Deleting, comments that go, and what concerns the project alone reach no hook of a project.
            _ => return Vec::new(),
        };
        vec![self.issue_event(action, &self.changes(together))]
    }

    pub(super) fn issue_event(&self, action: &str, changes: &Map<String, Value>) -> Event {
        let hidden = self.issue.confidential;
        let item = match (self.is_incident(), self.options.kinds) {
            (false, _) | (true, Kinds::Issue) => false,
            (true, Kinds::WorkItem) => true,
            (true, Kinds::Mixed) => action == "open",
        };
        let kind = if item { "work_item" } else { "issue" };
        let labels = self.labels();
        let mut attributes = self.attributes();
        if let Value::Object(fields) = &mut attributes {
            fields.insert("action".to_owned(), json!(action));
        }
        let mut body = json!({
            "object_kind": kind, "event_type": if hidden { format!("confidential_{kind}") } else { kind.to_owned() },
            "user": self.person(self.by), "project": self.project(), "object_attributes": attributes, "labels": labels,
            "changes": changes, "repository": self.repository(),
        });
        if let (Value::Object(fields), false) = (&mut body, self.issue.assignees.is_empty()) {
            let people: Vec<Value> = self.issue.assignees.iter().map(|id| self.person(*id)).collect();
            fields.insert("assignees".to_owned(), json!(people));
        }
        let (header, trigger) = if hidden {
            ("Confidential Issue Hook", "confidential_issues_events")
        } else {
            ("Issue Hook", "issues_events")
        };
        Event { header, trigger, action: Some(action.to_owned()), body }
    }

    fn labels(&self) -> Vec<Value> {
        self.issue.labels.iter().filter_map(|name| self.label(name, &[])).collect()
    }

    /// A label's definition as it is, or as one of these happenings still names it.
    pub(super) fn label(&self, name: &str, together: &[Happening]) -> Option<Value> {
        let told = together.iter().find_map(|happening| match &happening.what {
            What::Labelled(label) | What::Unlabelled(label) if label.name == name => Some(label),
            _ => None,
        });
        let label: &Label = self.project.label(name).or(told)?;
        let made = self.when(self.project.created_at);
        Some(json!({
            "id": label.id, "title": label.name, "color": format!("#{}", label.color), "project_id": self.project.id.0,
            "created_at": made, "updated_at": made, "template": false, "description": label.description,
            "type": "ProjectLabel", "group_id": null,
        }))
    }

    pub(super) fn person(&self, id: UserId) -> Value {
        let user = self.wire.world.user_by_id(id);
        let login = user.map_or("ghost", |user| user.login.as_str());
        let name = user.and_then(|user| user.name.as_deref()).unwrap_or(login);
        let avatar = format!("{WEB}/uploads/-/system/user/avatar/{}/avatar.png", id.0);
        json!({ "id": id.0, "name": name, "username": login, "avatar_url": avatar, "email": "[REDACTED]" })
    }

    pub(super) fn project(&self) -> Value {
        project(self.wire, self.project)
    }

    pub(super) fn repository(&self) -> Value {
        let (url, path) = (self.wire.project_url(self.project), self.wire.world.path(self.project));
        json!({
            "name": self.project.name, "url": format!("git@gitlab.example:{path}.git"),
            "description": self.project.description, "homepage": url,
        })
    }

    pub(super) fn attributes(&self) -> Value {
        let issue = self.issue;
        let (edited, closed) = (issue.edits.last().filter(|_| issue.edits.len() > 1), issue.closed);
        let kind = if self.is_incident() { "Incident" } else { "Issue" };
        let assignees: Vec<u64> = issue.assignees.iter().map(|id| id.0).collect();
        let severity = issue.severity.name().to_lowercase();
        let status = json!({
            "id": "gid://gitlab/WorkItems::Statuses::SystemDefined::Status/1", "name": "To do", "category": "to_do",
            "description": null, "color": "#737278",
        });
        let mut attributes = json!({
            "author_id": issue.author.0, "closed_at": closed.map(|(at, _)| self.when(at)),
            "confidential": issue.confidential, "created_at": self.when(issue.created_at), "description": issue.body,
            "discussion_locked": issue.lock.is_some().then_some(true), "due_date": null, "id": issue.id.0,
            "iid": issue.number, "last_edited_at": edited.map(|edit| self.when(edit.at)),
            "last_edited_by_id": edited.map(|edit| edit.by.0), "milestone_id": null, "moved_to_id": null,
            "duplicated_to_id": null, "project_id": self.project.id.0, "relative_position": null,
            "state_id": if issue.open { 1 } else { 2 }, "time_estimate": 0, "title": issue.title,
            "updated_at": self.when(issue.updated_at), "updated_by_id": edited.map(|edit| edit.by.0), "weight": null,
            "health_status": null, "type": kind, "url": self.wire.issue_url(self.project, issue),
            "total_time_spent": 0, "time_change": 0, "human_total_time_spent": null, "human_time_change": null,
            "human_time_estimate": null, "assignee_ids": assignees, "assignee_id": assignees.first(),
            "labels": self.labels(), "state": if issue.open { "opened" } else { "closed" }, "severity": severity,
            "customer_relations_contacts": [], "status": status,
        });
        if let (Value::Object(fields), true) = (&mut attributes, self.is_incident()) {
            fields.insert("escalation_status".to_owned(), json!(issue.escalation.name().to_lowercase()));
        }
        attributes
    }
}

/// A moment as deliveries write it.
pub(super) fn when(options: Options, at: Moment) -> String {
    match options.dates {
        Dates::Iso => at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        Dates::Utc => at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Dates::Offset => (at + chrono::TimeDelta::hours(2)).format("%Y-%m-%d %H:%M:%S +0200").to_string(),
    }
}

/// A project as deliveries write it.
pub(super) fn project(wire: Wire<'_>, project: &Project) -> Value {
    let (url, path) = (wire.project_url(project), wire.world.path(project));
    let ssh = format!("git@gitlab.example:{path}.git");
    let level = match project.visibility {
        Visibility::Private => 0,
        Visibility::Internal => 10,
        Visibility::Public => 20,
    };
    json!({
        "id": project.id.0, "name": project.name, "description": project.description, "web_url": url,
        "avatar_url": null, "git_ssh_url": ssh, "git_http_url": format!("{url}.git"),
        "namespace": path.split('/').next(), "visibility_level": level, "path_with_namespace": path,
        "default_branch": "main", "ci_config_path": "", "homepage": url, "url": ssh, "ssh_url": ssh,
        "http_url": format!("{url}.git"),
    })
}
