//! Sees everything that is ever said: on a forge that can fold nothing away, a reminder that was met is deleted, so what
//! stands in the thread in the end is not all that people were told.

use std::collections::BTreeMap;

use hotwash::{
    domain::ids::CommentId,
    drill::model::{Comment, Event, Issue, World},
};

/// Every comment as it was first seen.
#[derive(Debug, Default)]
pub(super) struct Witness {
    seen: BTreeMap<CommentId, Comment>,
    /// How many things had happened when it last looked.
    serial: u64,
}

impl Witness {
    /// Looks at every thread of the project.
    pub(super) fn look(&mut self, world: &World, project: &str) {
        if std::mem::replace(&mut self.serial, world.serial()) == world.serial() {
            return;
        }
        let Some(project) = world.project(project) else { return };
        for comment in world.issues(project.id).flat_map(|issue| world.comments(issue.id)) {
            self.seen.entry(comment.id).or_insert_with(|| comment.clone());
        }
    }

    /// What stood in a thread and stands there no more.
    pub(super) fn gone<'w>(&'w self, world: &'w World, issue: &Issue) -> Vec<&'w Comment> {
        let of_it = self.seen.values().filter(|comment| comment.issue == issue.id);
        let gone: Vec<&Comment> = of_it.filter(|comment| world.comment(comment.id).is_none()).collect();
        let deleted = world.history(issue.id).iter().filter(|entry| matches!(entry.event, Event::CommentDeleted));
        assert_eq!(gone.len(), deleted.count(), "a comment on issue {} came and went unseen", issue.number);
        gone
    }
}
