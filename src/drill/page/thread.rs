//! A thread as the forge would show it: description, comments and what happened, oldest first.
//!
//! What always holds: texts pass through `markdown`; what the forge folds away is folded away.

use serde_json::{Value, json};

use super::{clock::when, labels, looks::Looks, markdown};
use crate::{
    domain::{
        ids::IssueRef,
        time::{Moment, Zone},
    },
    drill::{
        face::Kind,
        model::{Comment, Edit, Entry, Event, Issue, Target, UserId, World},
    },
    text::marker::{self, MarkerKey},
};

/// Tells one thread.
pub(super) struct Teller<'w> {
    pub(super) world: &'w World,
    pub(super) issue: &'w Issue,
    pub(super) bot: &'w str,
    pub(super) zone: Zone,
    pub(super) looks: Looks,
    /// The address of the project's issues, up to the number.
    pub(super) links: &'w str,
    /// The issue as the program names it, and what the program marks its texts with.
    pub(super) marks: (&'w IssueRef, &'w [MarkerKey]),
}

impl Teller<'_> {
    /// Everything, oldest first.
    pub(super) fn items(&self) -> Vec<Value> {
        let mut items = vec![(self.issue.created_at, self.description())];
        let mut group: Vec<&Entry> = Vec::new();
        for entry in self.world.history(self.issue.id) {
            if group.last().is_some_and(|last| !joined(last, entry)) {
                items.extend(self.happened(&group));
                group.clear();
            }
            group.push(entry);
        }
        items.extend(self.happened(&group));
        items.extend(self.noted_edits());
        items.extend(self.filed());
        items.sort_by_key(|(at, _)| *at);
        items.into_iter().map(|(_, item)| item).collect()
    }

    /// GitLab notes each edit of the description.
    fn noted_edits(&self) -> Vec<(Moment, Value)> {
        if self.looks.0 != Kind::Gitlab {
            return Vec::new();
        }
        let edits = self.issue.edits.iter().enumerate().skip(1);
        let told = edits.map(|(nth, edit)| {
            (edit.at, self.event(&format!("edit-{nth}"), edit.by, edit.at, "changed the description", &[]))
        });
        told.collect()
    }

    /// Issues that the program filed for this one, by the mark that binds them to it.
    fn filed(&self) -> Vec<(Moment, Value)> {
        let (issue, keys) = self.marks;
        let ours = |other: &&Issue| {
            login(self.world, other.author).eq_ignore_ascii_case(self.bot)
                && other.body.as_deref().is_some_and(|body| marker::read(body, issue, keys).is_some())
        };
        let told = self.world.issues(self.issue.project).filter(ours).map(|other| {
            let words = format!("filed issue #{}: {}", other.number, other.title);
            let chips = labels::chips(self.world, other);
            (
                other.created_at,
                self.event(&format!("issue-{}", other.number), other.author, other.created_at, &words, &chips),
            )
        });
        told.collect()
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
            id: self.looks.anchor(comment.id),
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
    fn happened(&self, group: &[&Entry]) -> Option<(Moment, Value)> {
        let first = group.first()?;
        if let Event::Commented(id) = first.event {
            return self.world.comment(id).map(|comment| (first.at, self.commented(comment)));
        }
        let words = self.looks.happened(self.world, group)?;
        let chips = group.iter().filter_map(|entry| match &entry.event {
            Event::Labelled(label) | Event::Unlabelled(label) => Some(labels::chip(label)),
            _ => None,
        });
        let chips: Vec<Value> = chips.collect();
        Some((first.at, self.event(&format!("event-{}", first.id), first.by, first.at, &words, &chips)))
    }

    fn event(&self, id: &str, by: UserId, at: Moment, words: &str, chips: &[Value]) -> Value {
        json!({
            "said": false, "id": id, "who": login(self.world, by), "at": when(at, self.zone), "words": words,
            "labels": chips,
        })
    }
}

/// A text by somebody.
struct Said<'w> {
    id: String,
    by: UserId,
    at: Moment,
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
