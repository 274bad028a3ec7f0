//! Comments: what was said, what the bot finds of its own, what is gone, and who ticked what.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{
    super::{
        fold::commands::TASK,
        judge::{Pending, identity},
        keys,
    },
    Notice, SeenComment,
};
use crate::domain::{
    event::{Event, What},
    hint::Hinted,
    ids::CommentId,
    incident::Incident,
    people::{Account, Actor},
    project::Project,
    time::Moment,
};

/// By how much a forge's lists may lag.
const LATELY: TimeDelta = TimeDelta::minutes(1);

impl Notice<'_> {
    pub(super) fn comments(&mut self) {
        for comment in self.seen.comments {
            match &comment.author {
                Some(author) if self.is_bot(author) => self.own(comment),
                Some(author) => self.persons(comment, author),
                None => {}
            }
        }
    }

    /// A comment of this bot that the journal does not know was written just before a crash, or the journal is new.
    fn own(&mut self, comment: &SeenComment) {
        let Some((kind, key)) = &comment.marker else { return };
        if self.incident.deleted.contains(&comment.id) {
            return;
        }
        let known = self.incident.reminders.iter().any(|reminder| reminder.key == *key && !reminder.gone)
            || self.incident.written.iter().any(|written| written.key == *key && !written.gone);
        if !known {
            let what = What::Wrote { key: key.clone(), kind: *kind, comment: comment.id, covers: keys::covers(key) };
            let url = Some(comment.url.clone());
            self.noticed.events.push(Event { at: comment.created_at, by: Actor::Bot, url, what });
            self.noticed.adopted.push((key.clone(), comment.id));
        }
        if key == keys::BOARD {
            self.boxes(comment);
        }
    }

    fn boxes(&mut self, comment: &SeenComment) {
        let (at, by) = self.editor(comment);
        for what in ticks(self.incident, self.seen.project, comment.id, &comment.boxes) {
            let url = Some(comment.url.clone());
            self.noticed.events.push(Event { at, by: by.clone(), url, what });
        }
    }

    /// Who last edited one of the bot's comments, and when: by a delivery, else somebody.
    fn editor(&self, comment: &SeenComment) -> (Moment, Actor) {
        let edits = self.seen.hints.iter().filter(|hint| hint.what == Hinted::CommentEdited { comment: comment.id });
        let persons = edits.filter_map(|hint| Some((hint.at, hint.by.as_ref().filter(|by| !self.is_bot(by))?)));
        let last = persons.max_by_key(|(at, _)| *at);
        last.map_or((comment.updated_at, Actor::Somebody), |(at, by)| (at, Actor::Person(by.clone())))
    }

    fn persons(&mut self, comment: &SeenComment, author: &Account) {
        let known = self.incident.comments.get(&comment.id).copied();
        let at = if known.is_none() { comment.created_at } else { comment.updated_at };
        if known.is_none() || (comment.sitrep && known == Some(false)) {
            let what = What::Commented { comment: comment.id, sitrep: comment.sitrep };
            let by = Actor::Person(author.clone());
            self.noticed.events.push(Event { at, by, url: Some(comment.url.clone()), what });
        }
        for spoken in &comment.spoken {
            let text = identity(spoken);
            let given = self.incident.given.iter().any(|given| given.comment == comment.id && given.text == text);
            let twice = |pending: &Pending| pending.comment == comment.id && identity(&pending.spoken) == text;
            if !given && !self.noticed.pending.iter().any(twice) {
                self.noticed.pending.push(Pending {
                    comment: comment.id,
                    by: author.clone(),
                    at: if comment.updated_at > comment.created_at { comment.updated_at } else { comment.created_at },
                    url: comment.url.clone(),
                    spoken: spoken.clone(),
                });
            }
        }
    }

    pub(super) fn gone(&mut self) {
        let mut gone: BTreeSet<CommentId> = BTreeSet::new();
        for hint in self.seen.hints {
            if let Hinted::CommentDeleted { comment } = hint.what {
                gone.insert(comment);
            }
        }
        let present: BTreeSet<CommentId> = self.seen.comments.iter().map(|comment| comment.id).collect();
        if self.seen.all_comments {
            gone.extend(absent(self.incident, &present, self.seen.issue.comments, self.seen.now));
        }
        let known: BTreeSet<CommentId> = known_comments(self.incident).collect();
        for comment in gone.intersection(&known).copied().collect::<Vec<_>>() {
            if present.contains(&comment) {
                continue;
            }
            let at = self.seen.issue.updated_at;
            match self.incident.taken_back.get(&comment) {
                // It died between the deed and its record.
                Some(key) => {
                    self.tell(at, Actor::Bot, What::Collapsed { key: key.clone() });
                    self.tell(at, Actor::Bot, What::CommentGone { comment });
                }
                None => self.tell(at, Actor::Somebody, What::CommentGone { comment }),
            }
        }
    }
}

/// Known comments that a list of all lacks, if it can be believed. One that lags proves nothing: it has fewer than the forge
/// counts, or shows what the bot deleted.
#[must_use]
pub fn absent(incident: &Incident, present: &BTreeSet<CommentId>, counted: u64, now: Moment) -> BTreeSet<CommentId> {
    if u64::try_from(present.len()).unwrap_or(u64::MAX) < counted || !present.is_disjoint(&incident.deleted) {
        return BTreeSet::new();
    }
    let fresh = fresh(incident, now);
    known_comments(incident).filter(|known| !present.contains(known) && !fresh.contains(known)).collect()
}

/// What the bot wrote so lately that a list may not show it yet, though it counts as many for one that it shows still.
fn fresh(incident: &Incident, now: Moment) -> BTreeSet<CommentId> {
    let reminded = incident.reminders.iter().map(|reminder| (reminder.at, reminder.comment));
    let written = incident.written.iter().map(|written| (written.at, written.comment));
    reminded.chain(written).filter(|(at, _)| *at + LATELY > now).map(|(_, comment)| comment).collect()
}

/// Boxes of the board that are not as the bot wrote them, nor as the incident has them, were ticked by a person.
#[must_use]
pub fn ticks(incident: &Incident, project: &Project, board: CommentId, boxes: &[(String, bool)]) -> Vec<What> {
    let written = incident.written.iter().find(|written| written.comment == board);
    let turned = |(item, on): &&(String, bool)| {
        let shown = written.is_some_and(|written| written.boxes.contains(item));
        let known = item.starts_with(TASK) || project.process.items().any(|known| known.id == *item);
        known && *on != shown && *on != incident.is_ticked(item)
    };
    boxes.iter().filter(turned).map(|(item, on)| What::Ticked { item: item.clone(), on: *on }).collect()
}

/// Every comment that the journal believes to exist.
pub fn known_comments(incident: &Incident) -> impl Iterator<Item = CommentId> + '_ {
    incident
        .comments
        .keys()
        .copied()
        .chain(incident.reminders.iter().filter(|reminder| !reminder.gone).map(|reminder| reminder.comment))
        .chain(incident.written.iter().filter(|written| !written.gone).map(|written| written.comment))
}
