//! Sees what is new in an issue since the last look, in the order in which people would notice it.
//!
//! What always holds: nothing is told twice, and nothing that people could see is left out.

use std::collections::BTreeMap;

use super::told::{Line, What};
use crate::{
    domain::{
        ids::{CommentId, IssueRef},
        message::MessageKind,
        time::Moment,
    },
    drill::model::{Comment, Event, Issue, Target, UserId, World},
    text::marker::{self, Marker, MarkerKey},
};

/// What was seen of one issue.
pub(super) struct Watch {
    /// The issue as the program under drill names it.
    pub(super) issue: IssueRef,
    bot: String,
    keys: Vec<MarkerKey>,
    known: bool,
    edits: usize,
    /// The last line of the history that was told. Not their number: a deleted comment takes its line along.
    last_entry: u64,
    reactions: usize,
    comments: BTreeMap<CommentId, (usize, bool)>,
    /// What each comment is, and how it begins.
    heads: BTreeMap<CommentId, (Option<MessageKind>, String)>,
}

impl Watch {
    /// Watches an issue on which `bot` marks its comments with one of `keys`.
    #[must_use]
    pub(super) fn new(issue: IssueRef, bot: &str, keys: Vec<MarkerKey>) -> Self {
        Self {
            issue,
            bot: bot.to_owned(),
            keys,
            known: false,
            edits: 0,
            last_entry: 0,
            reactions: 0,
            comments: BTreeMap::new(),
            heads: BTreeMap::new(),
        }
    }

    /// The mark of one of the program's own comments.
    #[must_use]
    pub(super) fn marker(&self, world: &World, comment: &Comment) -> Option<Marker> {
        let own = login(world, comment.author).eq_ignore_ascii_case(&self.bot);
        own.then(|| marker::read(&comment.body, &self.issue, &self.keys)).flatten()
    }

    /// The program's own comments with their marks, oldest first.
    #[must_use]
    pub(super) fn written<'w>(&self, world: &'w World, issue: &Issue) -> Vec<(Marker, &'w Comment)> {
        world.comments(issue.id).filter_map(|comment| Some((self.marker(world, comment)?, comment))).collect()
    }

    /// What is new now, oldest first.
    pub(super) fn news(&mut self, world: &World, now: Moment) -> Vec<Line> {
        let Some(issue) = world.issue(&self.issue.project, self.issue.number) else { return Vec::new() };
        let mut lines = Vec::new();
        if !self.known {
            self.known = true;
            lines.push(self.filed(world, issue));
        }
        lines.extend(self.history(world, issue));
        lines.extend(self.edits(world, issue));
        lines.extend(self.changed_comments(world, issue, now));
        lines.extend(self.reactions(world, issue));
        lines.sort_by_key(|line| line.at);
        lines
    }

    fn line(&self, world: &World, at: Moment, by: UserId, what: What) -> Line {
        let who = login(world, by);
        let own = who.eq_ignore_ascii_case(&self.bot);
        Line { at, who, own, issue: self.issue.number, what }
    }

    /// The text as it was filed; later versions are told as edits.
    fn filed(&mut self, world: &World, issue: &Issue) -> Line {
        let first = issue.edits.first().map(|edit| edit.text.clone());
        self.edits = 1;
        let entries = world.history(issue.id);
        let with_it = entries.iter().take_while(|entry| entry.by == issue.author && entry.at == issue.created_at);
        let mut labels = Vec::new();
        for entry in with_it {
            let Event::Labelled(label) = &entry.event else { break };
            labels.push(label.name.clone());
            self.last_entry = entry.id;
        }
        let body = first.or_else(|| issue.body.clone()).unwrap_or_default();
        let what = What::Filed { title: issue.title.clone(), body, labels };
        self.line(world, issue.created_at, issue.author, what)
    }

    fn history(&mut self, world: &World, issue: &Issue) -> Vec<Line> {
        let (entries, told) = (world.history(issue.id), self.last_entry);
        let mut lines: Vec<Line> = Vec::new();
        for entry in entries.iter().filter(|entry| entry.id > told) {
            let what = match &entry.event {
                Event::Labelled(label) => What::Labels { added: vec![label.name.clone()], removed: Vec::new() },
                Event::Unlabelled(label) => What::Labels { added: Vec::new(), removed: vec![label.name.clone()] },
                Event::Assigned(who) => What::Assigned { added: vec![login(world, *who)], removed: Vec::new() },
                Event::Unassigned(who) => What::Assigned { added: Vec::new(), removed: vec![login(world, *who)] },
                Event::Renamed { to, .. } => What::Renamed(to.clone()),
                Event::Closed(_) => What::Closed,
                Event::Reopened => What::Reopened,
                Event::CommentDeleted => self.deleted(world),
                Event::Commented(id) => match world.comment(*id) {
                    Some(comment) => self.commented(world, comment),
                    None => continue,
                },
                _ => continue,
            };
            let line = self.line(world, entry.at, entry.by, what);
            let is_more = lines.last_mut().is_some_and(|last| joined(last, &line));
            if !is_more {
                lines.push(line);
            }
        }
        self.last_entry = entries.last().map_or(told, |entry| entry.id);
        lines
    }

    /// The forge does not say which comment it was.
    fn deleted(&mut self, world: &World) -> What {
        let gone = self.heads.keys().copied().find(|id| world.comment(*id).is_none());
        let (kind, first) = gone.and_then(|id| self.heads.remove(&id)).unwrap_or_default();
        What::Deleted { kind, first }
    }

    fn commented(&mut self, world: &World, comment: &Comment) -> What {
        self.comments.insert(comment.id, (comment.edits.len().max(1), false));
        let (kind, first) = (self.kind(world, comment), comment.edits.first().map_or(&comment.body, |edit| &edit.text));
        self.heads.insert(comment.id, (kind, first_line(first)));
        What::Commented { comment: comment.id.0, kind, body: first.clone() }
    }

    fn kind(&self, world: &World, comment: &Comment) -> Option<MessageKind> {
        self.marker(world, comment).map(|marker| marker.kind)
    }

    fn edits(&mut self, world: &World, issue: &Issue) -> Vec<Line> {
        let mut lines = Vec::new();
        for pair in issue.edits.windows(2).skip(self.edits - 1) {
            let [before, after] = pair else { continue };
            lines.push(self.line(world, after.at, after.by, What::Edited(fresh(&before.text, &after.text))));
        }
        self.edits = self.edits.max(issue.edits.len());
        lines
    }

    fn changed_comments(&mut self, world: &World, issue: &Issue, now: Moment) -> Vec<Line> {
        let mut lines = Vec::new();
        for comment in world.comments(issue.id) {
            let (versions, folded) = self.comments.get(&comment.id).copied().unwrap_or((1, false));
            let kind = self.kind(world, comment);
            for pair in comment.edits.windows(2).skip(versions - 1) {
                let [before, after] = pair else { continue };
                let (fresh, body) = (fresh(&before.text, &after.text), after.text.clone());
                let what = What::Reworded { comment: comment.id.0, kind, fresh, body };
                lines.push(self.line(world, after.at, after.by, what));
            }
            let folds = comment.minimised.is_some();
            if folds && !folded {
                let first = first_line(&comment.body);
                let what = What::Folded { comment: comment.id.0, kind, first };
                // Forges do not say when, nor who; folding is the program's own doing.
                lines.push(self.line(world, now, comment.author, what));
            }
            self.comments.insert(comment.id, (versions.max(comment.edits.len()), folds));
        }
        lines
    }

    fn reactions(&mut self, world: &World, issue: &Issue) -> Vec<Line> {
        let mut all: Vec<(&crate::drill::model::Reaction, String)> = Vec::new();
        for comment in world.comments(issue.id) {
            let to = first_line(&comment.body);
            all.extend(world.reactions(Target::Comment(comment.id)).map(|reaction| (reaction, to.clone())));
        }
        all.sort_by_key(|(reaction, _)| reaction.id);
        let news = all.split_off(self.reactions.min(all.len()));
        self.reactions += news.len();
        let told = |(reaction, to): (&crate::drill::model::Reaction, String)| {
            let what = What::Reacted { content: reaction.content.clone(), to };
            self.line(world, reaction.at, reaction.by, what)
        };
        news.into_iter().map(told).collect()
    }
}

/// Adds a line about labels or people to one of the same moment and person.
fn joined(last: &mut Line, more: &Line) -> bool {
    if (last.at, &last.who) != (more.at, &more.who) {
        return false;
    }
    match (&mut last.what, &more.what) {
        (What::Labels { added, removed }, What::Labels { added: on, removed: off })
        | (What::Assigned { added, removed }, What::Assigned { added: on, removed: off }) => {
            added.extend(on.iter().cloned());
            removed.extend(off.iter().cloned());
            true
        }
        _ => false,
    }
}

/// Lines of the new text that the old one does not have.
fn fresh(before: &str, after: &str) -> Vec<String> {
    let old: Vec<&str> = before.lines().map(str::trim).collect();
    after.lines().filter(|line| !line.trim().is_empty() && !old.contains(&line.trim())).map(str::to_owned).collect()
}

/// The first line that says something of its own: without hidden text and the mark of an exercise.
#[must_use]
pub(super) fn first_line(body: &str) -> String {
    let dull = |line: &str| line.is_empty() || line.starts_with("<!--") || line.starts_with("**EXERCISE**");
    body.lines().map(str::trim).find(|line| !dull(line)).unwrap_or_default().to_owned()
}

/// The login behind a number; `ghost` once the account is gone.
#[must_use]
pub(super) fn login(world: &World, user: UserId) -> String {
    world.user_by_id(user).map_or_else(|| "ghost".to_owned(), |user| user.login.as_str().to_owned())
}
