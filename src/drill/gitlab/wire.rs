//! Facts as GitLab writes them.

use serde_json::{Value, json};

use super::{
    super::model::{Access, Comment, Entry, Event, Hook, Issue, Kind, Label, Project, Target, User, UserId, World},
    WEB, ticks,
};
use crate::domain::{forge_severity::ForgeSeverity, snapshot::Visibility, time::Moment};

/// Looks facts up while writing.
#[derive(Clone, Copy)]
pub(super) struct Wire<'a> {
    pub(super) world: &'a World,
}

/// `2026-11-16T09:00:00.000Z`
pub(super) fn stamp(at: Moment) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// GitLab's number for an access.
pub(super) fn level(access: Access) -> u64 {
    match access {
        Access::None => 0,
        Access::Read => 10,
        Access::Plan => 15,
        Access::Triage => 20,
        Access::Write => 30,
        Access::Maintain => 40,
        Access::Admin => 50,
    }
}

/// Something that GitLab noted about an issue by itself.
pub(super) struct Noted {
    pub(super) id: u64,
    pub(super) at: Moment,
    pub(super) by: UserId,
    pub(super) body: String,
}

/// Numbers of notes about texts, which the model does not number, begin here.
const TEXTS: u64 = 1 << 40;

/// A severity as GitLab shows it to people.
fn graded(severity: ForgeSeverity) -> &'static str {
    match severity {
        ForgeSeverity::Unknown => "Unknown",
        ForgeSeverity::Low => "Low - S4",
        ForgeSeverity::Medium => "Medium - S3",
        ForgeSeverity::High => "High - S2",
        ForgeSeverity::Critical => "Critical - S1",
    }
}

/// What is noted about a text that changed: boxes that were ticked and emptied, or else that it did.
fn reworded(before: &str, after: &str) -> Vec<String> {
    let word = |ticked: bool| if ticked { "completed" } else { "incomplete" };
    let turned = ticks::turned(before, after).into_iter();
    let notes: Vec<String> =
        turned.map(|(what, ticked)| format!("marked the checklist item **{what}** as {}", word(ticked))).collect();
    if notes.is_empty() { vec!["changed the description".to_owned()] } else { notes }
}

/// An account.
pub(super) fn user(user: &User) -> Value {
    let login = user.login.as_str();
    json!({
        "id": user.id.0, "username": login, "name": user.name.as_deref().unwrap_or(login),
        "state": if user.blocked { "blocked" } else { "active" },
        "locked": false, "public_email": "", "avatar_url": null, "web_url": format!("{WEB}/{login}"),
    })
}

/// A definition.
pub(super) fn label(label: &Label) -> Value {
    json!({
        "id": label.id, "name": label.name, "description": label.description, "description_html": "",
        "text_color": "#FFFFFF", "color": format!("#{}", label.color), "subscribed": false, "priority": null,
        "is_project_label": true, "archived": false,
    })
}

/// Whether a program stands behind an account.
pub(super) fn is_bot(user: &User) -> bool {
    matches!(user.kind, Kind::Program(_))
}

/// A member.
pub(super) fn member(of: &User, access: Access) -> Value {
    let mut member = user(of);
    if let Value::Object(fields) = &mut member {
        fields.insert("access_level".to_owned(), json!(level(access)));
        fields.insert("expires_at".to_owned(), Value::Null);
        fields.insert("membership_state".to_owned(), json!("active"));
    }
    member
}

impl Wire<'_> {
    pub(super) fn user_by_id(self, id: UserId) -> Value {
        match self.world.user_by_id(id) {
            Some(found) => user(found),
            // Who is gone is shown as the ghost.
            None => json!({ "id": 1, "username": "ghost", "name": "Ghost User", "state": "active" }),
        }
    }

    pub(super) fn project_url(self, project: &Project) -> String {
        format!("{WEB}/{}", self.world.path(project))
    }

    pub(super) fn issue_url(self, project: &Project, issue: &Issue) -> String {
        format!("{}/-/issues/{}", self.project_url(project), issue.number)
    }

    pub(super) fn project(self, project: &Project) -> Value {
        let path = self.world.path(project);
        let visibility = match project.visibility {
            Visibility::Private => "private",
            Visibility::Internal => "internal",
            Visibility::Public => "public",
        };
        json!({
            "id": project.id.0, "description": project.description, "name": project.name,
            "path": project.name, "path_with_namespace": path, "name_with_namespace": path.replace('/', " / "),
            "created_at": stamp(project.created_at), "default_branch": "main", "web_url": self.project_url(project),
            "visibility": visibility, "archived": project.archived, "issues_enabled": project.has_issues,
            "issues_access_level": "enabled", "empty_repo": false, "topics": [],
        })
    }

    pub(super) fn issue(self, project: &Project, issue: &Issue) -> Value {
        let kind = issue.kind.as_deref().unwrap_or("issue");
        let assignees: Vec<Value> = issue.assignees.iter().map(|id| self.user_by_id(*id)).collect();
        let full = format!("{}#{}", self.world.path(project), issue.number);
        let boxes = ticks::boxes(issue.body.as_deref().unwrap_or_default());
        let ticked = boxes.iter().filter(|(_, ticked)| *ticked).count();
        let votes =
            |thumb: &str| self.world.reactions(Target::Issue(issue.id)).filter(|one| one.content == thumb).count();
        json!({
            "id": issue.id.0, "iid": issue.number, "project_id": project.id.0, "title": issue.title,
            "description": issue.body, "state": if issue.open { "opened" } else { "closed" },
            "created_at": stamp(issue.created_at), "updated_at": stamp(issue.updated_at),
            "closed_at": issue.closed.map(|(at, _)| stamp(at)),
            "closed_by": issue.closed.map(|(_, by)| self.user_by_id(by)),
            "labels": issue.labels, "milestone": null, "assignee": assignees.first(), "assignees": assignees,
            "author": self.user_by_id(issue.author), "type": kind.to_uppercase(), "issue_type": kind.to_lowercase(),
            "user_notes_count": issue.comments, "merge_requests_count": 0, "upvotes": votes("+1"),
            "downvotes": votes("-1"),
            "due_date": null, "confidential": issue.confidential, "discussion_locked": issue.lock.is_some(),
            "web_url": self.issue_url(project, issue), "severity": issue.severity.name(),
            "time_stats": {
                "time_estimate": 0, "total_time_spent": 0, "human_time_estimate": null, "human_total_time_spent": null,
            },
            "task_completion_status": { "count": boxes.len(), "completed_count": ticked }, "blocking_issues_count": 0,
            "has_tasks": !boxes.is_empty(), "references": { "short": format!("#{}", issue.number), "relative": full, "full": full },
            "subscribed": false, "moved_to_id": null, "imported": false, "imported_from": "none",
            "service_desk_reply_to": issue.reply_to,
        })
    }

    pub(super) fn note(self, project: &Project, issue: &Issue, comment: &Comment) -> Value {
        let stamps = (comment.created_at, comment.updated_at);
        let mut note = self.any_note(project, issue, comment.id.0, (comment.author, &comment.body), stamps, false);
        if let Value::Object(fields) = &mut note {
            fields.extend(["internal", "confidential"].map(|name| (name.to_owned(), json!(comment.internal))));
            fields.insert("type".to_owned(), json!(comment.thread.map(|_| "DiscussionNote")));
        }
        note
    }

    pub(super) fn system_note(self, project: &Project, issue: &Issue, noted: &Noted) -> Value {
        self.any_note(project, issue, noted.id, (noted.by, &noted.body), (noted.at, noted.at), true)
    }

    fn any_note(
        self,
        project: &Project,
        issue: &Issue,
        id: u64,
        (by, body): (UserId, &str),
        (created, updated): (Moment, Moment),
        system: bool,
    ) -> Value {
        json!({
            "id": id, "type": null, "body": body, "author": self.user_by_id(by), "created_at": stamp(created),
            "updated_at": stamp(updated), "system": system, "noteable_id": issue.id.0, "noteable_type": "Issue",
            "project_id": project.id.0, "resolvable": false, "confidential": false, "internal": false,
            "imported": false, "imported_from": "none", "noteable_iid": issue.number, "commands_changes": {},
        })
    }

    /// What GitLab noted by itself, oldest first.
    pub(super) fn noted(self, issue: &Issue) -> Vec<Noted> {
        let named = |id: UserId| self.world.user_by_id(id).map_or("ghost", |user| user.login.as_str());
        let said = |entry: &Entry| {
            let body = match &entry.event {
                Event::Assigned(who) => format!("assigned to @{}", named(*who)),
                Event::Unassigned(who) => format!("unassigned @{}", named(*who)),
                Event::Renamed { from, to } => format!("changed title from **{{-{from}-}}** to **{{+{to}+}}**"),
                Event::Confidential(true) => "made the issue confidential".to_owned(),
                Event::Confidential(false) => "made the issue visible to everyone".to_owned(),
                Event::Severity(to) => format!("changed the severity to **{}**", graded(*to)),
                Event::Noted(words) => words.clone(),
                Event::Locked(_) => "locked the discussion in this issue".to_owned(),
                Event::Unlocked => "unlocked the discussion in this issue".to_owned(),
                _ => return None,
            };
            Some(Noted { id: entry.id, at: entry.at, by: entry.by, body })
        };
        let mut all: Vec<Noted> = self.world.history(issue.id).iter().filter_map(said).collect();
        let texts = issue.edits.windows(2).enumerate().flat_map(|(nth, versions)| {
            let [before, after] = versions else { return Vec::new() };
            let first = TEXTS + (issue.id.0 * 1_000 + nth as u64) * 100;
            let noted = |(id, body)| Noted { id, at: after.at, by: after.by, body };
            (first..).zip(reworded(&before.text, &after.text)).map(noted).collect::<Vec<_>>()
        });
        all.extend(texts);
        all.sort_by_key(|noted| (noted.at, noted.id));
        all
    }

    pub(super) fn label_event(self, issue: &Issue, entry: &Entry) -> Option<Value> {
        let (label, action) = match &entry.event {
            Event::Labelled(label) => (label, "add"),
            Event::Unlabelled(label) => (label, "remove"),
            _ => return None,
        };
        let label = json!({
            "id": label.id, "name": label.name, "color": format!("#{}", label.color),
            "description": label.description,
        });
        Some(json!({
            "id": entry.id, "user": self.user_by_id(entry.by), "created_at": stamp(entry.at),
            "resource_type": "Issue", "resource_id": issue.id.0, "label": label, "action": action,
        }))
    }

    pub(super) fn state_event(self, issue: &Issue, entry: &Entry) -> Option<Value> {
        let state = match &entry.event {
            Event::Closed(_) => "closed",
            Event::Reopened => "reopened",
            _ => return None,
        };
        Some(json!({
            "id": entry.id, "user": self.user_by_id(entry.by), "created_at": stamp(entry.at),
            "resource_type": "Issue", "resource_id": issue.id.0, "state": state,
        }))
    }
}

/// Names of the flags that a hook can have.
pub(super) const FLAGS: [&str; 6] = [
    "issues_events",
    "confidential_issues_events",
    "note_events",
    "confidential_note_events",
    "emoji_events",
    "resource_access_token_events",
];

/// A hook, without its secrets.
pub(super) fn hook(hook: &Hook, status: (&str, Option<Moment>)) -> Value {
    let secrets = super::mail::secrets(hook.config.secret.as_deref());
    let mut shown = json!({
        "id": hook.id.0, "url": hook.config.url, "project_id": hook.project.0, "created_at": stamp(hook.created_at),
        "enable_ssl_verification": !hook.unverified, "push_events": false, "tag_push_events": false, "merge_requests_events": false,
        "alert_status": status.0, "disabled_until": status.1.map(stamp), "url_variables": [],
        "token_present": secrets.0.is_some(), "signing_token_present": secrets.1.is_some(),
    });
    if let Value::Object(fields) = &mut shown {
        for flag in FLAGS {
            fields.insert(flag.to_owned(), json!(hears(hook, flag)));
        }
    }
    shown
}

/// Whether a hook has a flag.
pub(super) fn hears(hook: &Hook, flag: &str) -> bool {
    hook.config.events.iter().any(|event| event == "*" || event == flag)
}
