//! An issue's history, as the timeline and as events.
//!
//! What always holds: the timeline has comments and no opening; neither has edits of the text.

use serde_json::{Value, json};

use super::{Wire, association, issues::closed, node, people::merge, stamp};
use crate::drill::model::{Entry, Event, Issue, Project};

impl Wire<'_> {
    /// A line of the timeline; `None` for what the timeline leaves out.
    pub(in super::super) fn timeline(&self, project: &Project, issue: &Issue, entry: &Entry) -> Option<Value> {
        if let Event::Commented(id) = entry.event {
            let comment = self.world.comment(id)?;
            let mut line = self.comment_in(project, issue, comment);
            let more = json!({
                "event": "commented", "actor": self.user_by_id(comment.author),
                "author_association": association(*self, comment.author, Some(project)),
            });
            merge(&mut line, more);
            return Some(line);
        }
        self.event(project, entry)
    }

    /// A line of the events: like the timeline's, without comments.
    pub(in super::super) fn event(&self, project: &Project, entry: &Entry) -> Option<Value> {
        let (word, more) = match &entry.event {
            Event::Labelled(label) => ("labeled", json!({ "label": { "name": label.name, "color": label.color } })),
            Event::Unlabelled(label) => ("unlabeled", json!({ "label": { "name": label.name, "color": label.color } })),
            Event::Assigned(who) => ("assigned", self.appointment(*who, entry)),
            Event::Unassigned(who) => ("unassigned", self.appointment(*who, entry)),
            Event::Renamed { from, to } => ("renamed", json!({ "rename": { "from": from, "to": to } })),
            Event::Closed(why) => ("closed", json!({ "state_reason": closed(*why) })),
            Event::Reopened => ("reopened", json!({ "state_reason": null })),
            Event::Locked(reason) => ("locked", json!({ "lock_reason": reason })),
            Event::Unlocked => ("unlocked", json!({ "lock_reason": null })),
            Event::Transferred => ("transferred", json!({})),
            Event::CommentDeleted => ("comment_deleted", json!({})),
            Event::Commented(_) | Event::Confidential(_) | Event::Severity(_) | Event::Noted(_) => return None,
        };
        let mut line = json!({
            "id": entry.id, "node_id": node("EV", entry.id),
            "url": format!("{}/issues/events/{}", self.repository_url(project), entry.id),
            "actor": self.user_by_id(entry.by), "event": word, "commit_id": null, "commit_url": null,
            "created_at": stamp(entry.at), "performed_via_github_app": self.via_app(entry.by),
        });
        merge(&mut line, more);
        Some(line)
    }

    fn appointment(&self, who: crate::drill::model::UserId, entry: &Entry) -> Value {
        json!({ "assignee": self.user_by_id(who), "assigner": self.user_by_id(entry.by) })
    }
}
