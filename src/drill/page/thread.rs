//! A thread as the forge would show it: description, comments and what happened, oldest first.
//!
//! What always holds: texts pass through `markdown`; what the forge folds away is folded away.

use serde_json::{Value, json};

use super::{clock::when, labels, markdown};
use crate::{
    domain::time::Zone,
    drill::model::{Close, Comment, Edit, Entry, Event, Issue, Target, UserId, World},
};

/// Tells one thread.
pub(super) struct Teller<'w> {
    pub(super) world: &'w World,
    pub(super) issue: &'w Issue,
    pub(super) bot: &'w str,
    pub(super) zone: Zone,
    pub(super) links: &'w str,
}

impl Teller<'_> {
    /// Everything, oldest first.
    pub(super) fn items(&self) -> Vec<Value> {
        let mut items = vec![self.description()];
        let mut group: Vec<&Entry> = Vec::new();
        for entry in self.world.history(self.issue.id) {
            if group.last().is_some_and(|last| !joined(last, entry)) {
                items.extend(self.happened(&group));
                group.clear();
            }
            group.push(entry);
        }
        items.extend(self.happened(&group));
        items
    }

    fn description(&self) -> Value {
        let issue = self.issue;
        let body = issue.body.as_deref().unwrap_or_default();
        let text = Said {
            id: "description".to_owned(),
            by: issue.author,
            at: issue.created_at,
            verb: "filed this",
            body,
            edits: &issue.edits,
            folded: None,
            to: Target::Issue(issue.id),
        };
        self.said(&text)
    }

    fn commented(&self, comment: &Comment) -> Value {
        self.said(&Said {
            id: format!("issuecomment-{}", comment.id),
            by: comment.author,
            at: comment.created_at,
            verb: "commented",
            body: &comment.body,
            edits: &comment.edits,
            folded: comment.minimised.as_deref(),
            to: Target::Comment(comment.id),
        })
    }

    fn said(&self, said: &Said<'_>) -> Value {
        let who = login(self.world, said.by);
        let edited = said.edits.last().filter(|_| said.edits.len() > 1);
        let edited = edited.map(|edit| json!({ "who": login(self.world, edit.by), "at": when(edit.at, self.zone) }));
        let reactions = self.world.reactions(said.to);
        let reactions: Vec<Value> = reactions
            .map(|reaction| json!({ "who": login(self.world, reaction.by), "what": word(&reaction.content) }))
            .collect();
        let empty = said.body.trim().is_empty();
        json!({
            "said": true,
            "id": said.id,
            "own": who.eq_ignore_ascii_case(self.bot),
            "who": who,
            "verb": said.verb,
            "at": when(said.at, self.zone),
            "html": if empty { String::new() } else { markdown::html(said.body, self.links) },
            "empty": empty,
            "edited": edited,
            "folded": said.folded.unwrap_or_default().to_lowercase(),
            "gist": gist(said.body),
            "reactions": reactions,
        })
    }

    /// Entries of one sort, by one person, at one moment.
    fn happened(&self, group: &[&Entry]) -> Option<Value> {
        let first = group.first()?;
        let mut chips = Vec::new();
        let words = match &first.event {
            Event::Commented(id) => return self.world.comment(*id).map(|comment| self.commented(comment)),
            Event::Labelled(_) => "put on".to_owned(),
            Event::Unlabelled(_) => "took off".to_owned(),
            Event::Assigned(_) => format!("assigned {}", self.people(group)),
            Event::Unassigned(_) => format!("unassigned {}", self.people(group)),
            Event::Renamed { from, to } => format!("changed the title from “{from}” to “{to}”"),
            Event::Closed(Close::Completed) => "closed this as completed".to_owned(),
            Event::Closed(Close::NotPlanned) => "closed this as not planned".to_owned(),
            Event::Closed(Close::Duplicate) => "closed this as a duplicate".to_owned(),
            Event::Reopened => "opened this again".to_owned(),
            Event::Locked(_) => "locked the conversation".to_owned(),
            Event::Unlocked => "unlocked the conversation".to_owned(),
            Event::Transferred => "moved this here".to_owned(),
            Event::CommentDeleted => "deleted a comment".to_owned(),
            Event::Confidential(true) => "made this confidential".to_owned(),
            Event::Confidential(false) => "made this visible to everybody who can see the project".to_owned(),
            Event::Severity(to) => format!("set the severity of the issue itself to {to}"),
            Event::Noted(_) => return None,
        };
        for entry in group {
            if let Event::Labelled(label) | Event::Unlabelled(label) = &entry.event {
                chips.push(labels::chip(label));
            }
        }
        Some(json!({
            "said": false, "id": format!("event-{}", first.id), "who": login(self.world, first.by),
            "at": when(first.at, self.zone), "words": words, "labels": chips,
        }))
    }

    fn people(&self, group: &[&Entry]) -> String {
        let of = |entry: &&Entry| match &entry.event {
            Event::Assigned(who) | Event::Unassigned(who) => Some(login(self.world, *who)),
            _ => None,
        };
        group.iter().filter_map(of).collect::<Vec<_>>().join(", ")
    }
}

/// A text by somebody.
struct Said<'w> {
    id: String,
    by: UserId,
    at: crate::domain::time::Moment,
    verb: &'static str,
    body: &'w str,
    edits: &'w [Edit],
    folded: Option<&'w str>,
    to: Target,
}

/// Labels and people that were moved in one go are told in one line.
fn joined(last: &Entry, next: &Entry) -> bool {
    let same = matches!(
        (&last.event, &next.event),
        (Event::Labelled(_), Event::Labelled(_))
            | (Event::Unlabelled(_), Event::Unlabelled(_))
            | (Event::Assigned(_), Event::Assigned(_))
            | (Event::Unassigned(_), Event::Unassigned(_))
    );
    same && last.by == next.by && last.at == next.at
}

/// The login behind a number; `ghost` once the account is gone.
pub(super) fn login(world: &World, user: UserId) -> String {
    world.user_by_id(user).map_or_else(|| "ghost".to_owned(), |user| user.login.as_str().to_owned())
}

/// The first words of a text that say something of their own, without marks.
fn gist(body: &str) -> String {
    let dull = |line: &&str| !line.is_empty() && !line.starts_with("<!--") && !line.starts_with("**EXERCISE**");
    let line = body.lines().map(str::trim).find(dull).unwrap_or_default();
    line.chars().filter(|c| !"*`#_".contains(*c)).take(100).collect::<String>().trim().to_owned()
}

/// A reaction in words, because not every machine has its picture.
fn word(content: &str) -> &str {
    match content {
        "+1" => "thumbs up",
        "-1" => "thumbs down",
        other => other,
    }
}
