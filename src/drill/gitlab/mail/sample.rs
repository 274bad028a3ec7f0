//! What a test of a hook tells of: something that is there, as if it had just happened; an emoji and a token that are not.

use chrono::TimeDelta;
use serde_json::{Map, json};

use super::{
    super::{Options, wire::Wire},
    event::{Event, Teller, project as shown, when},
};
use crate::{
    domain::time::Moment,
    drill::model::{Comment, Issue, Project, Reaction, ReactionId, Target, UserId},
};

/// Who tests a hook, where and when.
#[derive(Clone, Copy)]
pub(in super::super) struct Trial<'a> {
    pub(in super::super) wire: Wire<'a>,
    pub(in super::super) project: &'a Project,
    pub(in super::super) by: UserId,
    pub(in super::super) at: Moment,
}

impl Trial<'_> {
    /// The event of a trigger, or what the project lacks for it.
    pub(super) fn event(self, trigger: &str, options: Options) -> Result<Event, &'static str> {
        match trigger {
            "issues_events" | "confidential_issues_events" => {
                let newest = self.wire.world.issues(self.project.id).max_by_key(|issue| issue.number);
                let issue = newest.ok_or("Ensure the project has issues.")?;
                Ok(self.teller(issue, options).issue_event("open", &Map::new()))
            }
            "note_events" | "confidential_note_events" => {
                let (issue, comment) = self.newest_note()?;
                Ok(self.teller(issue, options).note(comment, "create"))
            }
            "emoji_events" => {
                let (issue, comment) = self.newest_note()?;
                let (id, to) = (ReactionId(1), Target::Comment(comment.id));
                let thumb = Reaction { id, to, by: self.by, content: "+1".to_owned(), at: self.at };
                Ok(self.teller(issue, options).emoji(&thumb, Some(comment), "award"))
            }
            _ => Ok(self.token(options)),
        }
    }

    fn teller<'b>(&'b self, issue: &'b Issue, options: Options) -> Teller<'b> {
        Teller { wire: self.wire, project: self.project, issue, by: self.by, at: self.at, options }
    }

    fn newest_note(&self) -> Result<(&Issue, &Comment), &'static str> {
        let world = self.wire.world;
        let all = world.issues(self.project.id).flat_map(|issue| world.comments(issue.id).map(move |one| (issue, one)));
        all.max_by_key(|(_, comment)| comment.id).ok_or("Ensure the project has notes.")
    }

    /// A token of the project's own that ends in two days.
    fn token(&self, options: Options) -> Event {
        let world = self.wire.world;
        let bot = world
            .members(self.project)
            .into_iter()
            .find(|id| world.user_by_id(*id).is_some_and(|user| user.login.as_str().contains("bot")));
        let ends = (self.at + TimeDelta::days(2)).format("%Y-%m-%d").to_string();
        let attributes = json!({
            "user_id": bot.map(|id| id.0), "created_at": when(options, self.at), "id": 1,
            "name": "pat_for_webhook_event", "expires_at": ends,
        });
        let body = json!({
            "object_kind": "access_token", "project": shown(self.wire, self.project), "object_attributes": attributes,
            "event_name": "expiring_access_token",
        });
        let trigger = "resource_access_token_events";
        Event { header: "Resource Access Token Hook", trigger, action: None, body }
    }
}
