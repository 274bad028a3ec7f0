//! What the program said and took back: a forge that folds nothing away shows nothing of a reminder that was met.
//!
//! What always holds: only what the journal says was taken back is counted as such; what a person deletes is gone, and
//! what came and went unseen stops the test.

use std::collections::{BTreeMap, BTreeSet};

use hotwash::{
    domain::{
        event::{Event, What},
        ids::{CommentId, IssueRef},
    },
    drill::model::World,
    text::marker::MarkerKey,
};

use super::thread::{PROJECT, Said};

/// Of one issue.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The program's own comments, as they were first seen.
    said: BTreeMap<CommentId, Said>,
    /// Keys of what was taken back.
    collapsed: BTreeSet<String>,
}

impl Memory {
    /// Keeps what is new.
    pub(super) fn listen(&mut self, world: &World, issue: &IssueRef, keys: &[MarkerKey]) {
        let Some(found) = world.issue(PROJECT, issue.number) else { return };
        for comment in world.comments(found.id) {
            self.said.entry(comment.id).or_insert_with(|| Said::of(world, comment, issue, keys));
        }
    }

    /// Whether something is gone of which it is not known why.
    pub(super) fn misses(&self, world: &World) -> bool {
        let known = |said: &Said| said.mark.as_ref().is_some_and(|(_, key)| self.collapsed.contains(key));
        self.said.iter().any(|(id, said)| world.comment(*id).is_none() && !known(said))
    }

    /// Learns from the journal what was taken back.
    pub(super) fn recall(&mut self, world: &World, journal: &[Event]) {
        self.collapsed.extend(journal.iter().filter_map(|event| match &event.what {
            What::Collapsed { key } => Some(key.clone()),
            _ => None,
        }));
        for event in journal {
            if let What::Wrote { key, comment, .. } = &event.what {
                let seen = self.said.contains_key(comment) || world.comment(*comment).is_some();
                assert!(seen, "{key} came and went unseen");
            }
        }
    }

    /// What stands in the thread no more because its work is done.
    pub(super) fn taken_back(&self, world: &World) -> impl Iterator<Item = Said> {
        let gone = self.said.iter().filter(|(id, _)| world.comment(**id).is_none()).map(|(_, said)| said);
        let done = |said: &&Said| said.mark.as_ref().is_some_and(|(_, key)| self.collapsed.contains(key));
        gone.filter(done).map(|said| Said { folded: true, ..said.clone() })
    }
}
