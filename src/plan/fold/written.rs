//! What the bot itself did.

use super::Fold;
use crate::domain::{
    event::{Event, Occurrence, What},
    ids::CommentId,
    incident::{FollowUp, Reminded, Written},
    message::MessageKind,
};

impl Fold<'_> {
    /// One of its doings.
    pub(super) fn own(&mut self, event: &Event) {
        match &event.what {
            What::Labelled { added, removed } => {
                if !added.is_empty() {
                    self.incident.label_moves.push(event.at);
                }
                self.incident.labels.extend(added.iter().cloned());
                self.incident.labels.retain(|label| !removed.contains(label));
            }
            What::Wrote { key, kind, comment, covers } => self.wrote(event, key, *kind, *comment, covers),
            What::Filed { key, number, assigned } => self.filed(event, key, *number, *assigned),
            What::Linked { number } => {
                let linked = |asked: &&mut FollowUp| asked.filed.as_ref().is_some_and(|filed| filed.number == *number);
                self.incident.follow_ups.iter_mut().filter(linked).for_each(|asked| asked.linked = true);
            }
            What::Entered { key } => {
                self.incident.entered.insert(key.clone());
            }
            What::Rewrote { key, digest, .. } => {
                let boxes = self.incident.all_ticked();
                for written in self.incident.written.iter_mut().filter(|written| written.key == *key) {
                    written.at = event.at;
                    written.digest = Some(digest.clone());
                    written.boxes.clone_from(&boxes);
                }
            }
            What::TakingBack { key, comment } => {
                self.incident.taken_back.insert(*comment, key.clone());
            }
            What::NotTakenBack { comment } => {
                self.incident.taken_back.remove(comment);
            }
            What::Collapsed { key } => {
                for reminder in self.incident.reminders.iter_mut().filter(|reminder| reminder.key == *key) {
                    reminder.collapsed = true;
                }
                for written in self.incident.written.iter_mut().filter(|written| written.key == *key) {
                    written.collapsed = true;
                }
            }
            What::Duty { occurrence, state, .. } => {
                self.incident.duties.insert(occurrence.clone(), *state);
            }
            What::GaveUp { key, .. } => self.incident.given_up.push(key.clone()),
            _ => {}
        }
    }

    fn wrote(&mut self, event: &Event, key: &str, kind: MessageKind, comment: CommentId, covers: &[Occurrence]) {
        let mut known = false;
        for reminder in self.incident.reminders.iter_mut().filter(|reminder| reminder.key == key) {
            known = true;
            if reminder.gone && reminder.comment == comment {
                (reminder.gone, reminder.collapsed) = (false, false);
            }
        }
        for written in self.incident.written.iter_mut().filter(|written| written.key == key) {
            known = true;
            written.gone &= written.comment != comment;
        }
        if known {
            return;
        }
        if matches!(kind, MessageKind::Reminder | MessageKind::CatchUp | MessageKind::Escalation) {
            self.incident.reminders.push(Reminded {
                key: key.to_owned(),
                at: event.at,
                comment,
                covers: covers.to_vec(),
                collapsed: false,
                gone: false,
            });
        } else {
            self.incident.written.push(Written {
                key: key.to_owned(),
                kind,
                comment,
                at: event.at,
                digest: None,
                gone: false,
                boxes: self.incident.all_ticked(),
                collapsed: false,
            });
        }
    }
}
