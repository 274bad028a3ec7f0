//! What is said about notes, and about the emoji that people award.
//!
//! What always holds: an internal note is told of as a confidential one; an emoji is told of to whoever asked for emoji,
//! whatever it stands under.

use serde_json::{Value, json};

use super::{
    super::rest::{discussions, reactions},
    event::{Event, Teller},
};
use crate::{
    domain::time::Moment,
    drill::model::{Comment, Reaction, Target},
};

impl Teller<'_> {
    pub(super) fn note(&self, comment: &Comment, action: &str) -> Event {
        let hidden = self.issue.confidential || comment.internal;
        let mut attributes = self.note_attributes(comment, comment.updated_at);
        if let Value::Object(fields) = &mut attributes {
            fields.insert("updated_by_id".to_owned(), json!((action == "update").then_some(self.by.0)));
            fields.insert("action".to_owned(), json!(action));
        }
        let body = json!({
            "object_kind": "note", "event_type": if hidden { "confidential_note" } else { "note" },
            "user": self.person(self.by), "project_id": self.project.id.0, "project": self.project(),
            "object_attributes": attributes, "repository": self.repository(), "issue": self.attributes(),
        });
        let (header, trigger) =
            if hidden { ("Confidential Note Hook", "confidential_note_events") } else { ("Note Hook", "note_events") };
        Event { header, trigger, action: Some(action.to_owned()), body }
    }

    fn note_attributes(&self, comment: &Comment, touched: Moment) -> Value {
        json!({
            "author_id": comment.author.0, "change_position": null, "commit_id": null,
            "created_at": self.when(comment.created_at), "discussion_id": discussions::id(comment), "id": comment.id.0,
            "internal": comment.internal, "line_code": null, "note": comment.body, "noteable_id": self.issue.id.0,
            "noteable_type": "Issue", "original_position": null, "position": null, "project_id": self.project.id.0,
            "resolved_at": null, "resolved_by_id": null, "resolved_by_push": null, "st_diff": null, "system": false,
            "type": comment.thread.map(|_| "DiscussionNote"), "updated_at": self.when(touched), "updated_by_id": null, "description": comment.body,
            "url": self.note_url(comment),
        })
    }

    fn note_url(&self, comment: &Comment) -> String {
        format!("{}#note_{}", self.wire.issue_url(self.project, self.issue), comment.id.0)
    }

    /// An award that was given or taken back. Awards count as changes of notes and not of issues.
    pub(super) fn emoji(&self, reaction: &Reaction, comment: Option<&Comment>, action: &str) -> Event {
        let url = comment.map_or_else(|| self.wire.issue_url(self.project, self.issue), |note| self.note_url(note));
        let (kind, id) = match reaction.to {
            Target::Issue(id) => ("Issue", id.0),
            Target::Comment(id) => ("Note", id.0),
        };
        let given = self.when(reaction.at);
        let attributes = json!({
            "user_id": reaction.by.0, "created_at": given, "id": reaction.id.0,
            "name": reactions::name(&reaction.content), "awardable_type": kind, "awardable_id": id,
            "updated_at": given, "awarded_on_url": url,
        });
        let mut body = json!({
            "object_kind": "emoji", "event_type": action, "user": self.person(self.by),
            "project_id": self.project.id.0, "project": self.project(), "object_attributes": attributes,
            "issue": self.attributes(),
        });
        if let (Value::Object(fields), Some(comment)) = (&mut body, comment) {
            fields.insert("note".to_owned(), self.note_attributes(comment, self.at));
        }
        Event { header: "Emoji Hook", trigger: "emoji_events", action: Some(action.to_owned()), body }
    }
}
