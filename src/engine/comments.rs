//! Which comments are read, and by when they are dated: those that deliveries point at where the forge's count agrees, else
//! the whole thread.
//!
//! What always holds: a list that lags tells neither what is gone nor what is nobody's business; a comment that is known, or
//! that a delivery tells of, is read by its number where a list lacks it; what was written is dated by its text, where the
//! forge says when that was. What is deliberately not here: what is read of a long thread (`gaps`), and what is made of it
//! (`plan::observe`).

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::{
    clock::SharedClock,
    domain::{
        hint::{Hint, Hinted},
        ids::CommentId,
        snapshot::{Comment, Issue},
    },
    forge::{Forge, ForgeError},
    plan::observe::{SeenComment, absent, known_comments, wants_dating},
};

use super::{Trouble, desk::Desk, gaps::in_incident_time, told};

/// So many comments that a list lacks are asked for; if they are gone, it is believed for the rest.
const MOST_ASKED: usize = 20;

impl Desk<'_> {
    /// The comments that may have changed, and whether they are all there are.
    pub(super) async fn comments(
        &mut self,
        forge: &Forge,
        issue: &Issue,
        hints: &[Hint],
    ) -> Result<(Vec<Comment>, bool), Trouble> {
        let (mut comments, all) = self.listed(forge, issue, hints).await?;
        self.add_posted(forge, &mut comments, hints).await?;
        let all = all && self.add_absent(forge, &mut comments, issue.comments, hints).await?;
        Ok((comments, all))
    }

    async fn listed(&mut self, forge: &Forge, issue: &Issue, hints: &[Hint]) -> Result<(Vec<Comment>, bool), Trouble> {
        let clock = SharedClock::clone(&self.engine.ports.clock);
        let closing = self.incident.open && !issue.open;
        let hinted = || {
            let of_a_comment =
                |hint: &&Hint| matches!(hint.what, Hinted::CommentPosted { .. } | Hinted::CommentEdited { .. });
            hints.iter().filter(of_a_comment)
        };
        let untouched = self.incident.opened.is_none() && issue.comments == 0 && self.ledger.is_empty();
        if untouched && !self.claim.full && hinted().next().is_none() {
            return Ok((Vec::new(), true));
        }
        if self.claim.full || self.incident.opened.is_none() || closing {
            return self.whole_thread(forge).await;
        }
        let mut read = Vec::new();
        if let Some(earliest) = hinted().map(|hint| hint.at).min() {
            let since = clock.machine_time(earliest) - TimeDelta::seconds(2);
            read = self.comments_since(forge, since).await?;
        }
        if self.expected(&read, hints) == issue.comments {
            return Ok((read, false));
        }
        // A delivery was lost, or a comment was deleted: only the whole thread can tell.
        self.whole_thread(forge).await
    }

    /// The whole thread, and whether nothing is missing.
    async fn whole_thread(&mut self, forge: &Forge) -> Result<(Vec<Comment>, bool), Trouble> {
        let comments = self.every_comment(forge).await?;
        Ok((comments, !self.gaps.missing))
    }

    /// Reads by their numbers the new comments that deliveries tell of and a list does not show, because it lags.
    async fn add_posted(&mut self, forge: &Forge, read: &mut Vec<Comment>, hints: &[Hint]) -> Result<(), Trouble> {
        for comment in self.unlisted(read, hints) {
            self.stay().await?;
            match forge.read.comment(&self.claim.issue, comment).await {
                Ok(comment) => read.push(in_incident_time(comment, &self.engine.ports.clock)),
                // Deleted since then; but one part of a forge may not know yet what another delivered.
                Err(ForgeError::Gone { .. }) if self.claim.attempts == 0 => {
                    return Err(Trouble::Lagging(self.claim.issue.clone()));
                }
                Err(ForgeError::Gone { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        read.sort_by_key(|comment| (comment.created_at, comment.id));
        Ok(())
    }

    /// Dates comments by the last change of their text, where that matters and their stamps may be of something else. Says
    /// whether any is dated anew.
    pub(super) async fn date(
        &mut self,
        forge: &Forge,
        comments: &mut [Comment],
        seen: &[SeenComment],
    ) -> Result<bool, Trouble> {
        let wanted = wants_dating(&self.incident, seen);
        let asked: Vec<&mut Comment> = comments.iter_mut().filter(|one| wanted.contains(&one.id)).collect();
        self.redate(forge, asked).await
    }

    /// The same for these. Without an answer, their stamps stand.
    pub(super) async fn redate(&mut self, forge: &Forge, comments: Vec<&mut Comment>) -> Result<bool, Trouble> {
        if comments.is_empty() {
            return Ok(false);
        }
        self.stay().await?;
        let clock = SharedClock::clone(&self.engine.ports.clock);
        let asked: Vec<_> = comments.iter().map(|one| (one.id, clock.machine_time(one.updated_at))).collect();
        let said = match forge.read.last_edits(&self.claim.issue, &asked).await {
            Err(error) if !self.is_early() => {
                tracing::warn!(incident.id = %self.claim.issue, error.class = error.class(), "{}", told(&error));
                return Ok(false);
            }
            said => said?,
        };
        for comment in comments {
            if let Some(edited) = said.get(&comment.id) {
                let first = comment.created_at;
                comment.updated_at = edited.map_or(first, |at| clock.incident_time(at).max(first));
            }
        }
        Ok(!said.is_empty())
    }

    /// Reads by their numbers the known comments that a list of all lacks: one that lags may be just as long as it should be,
    /// where somebody wrote and somebody deleted. What is not there is gone. Says whether the list, with what was added, can
    /// be believed.
    async fn add_absent(
        &mut self,
        forge: &Forge,
        read: &mut Vec<Comment>,
        counted: u64,
        hints: &[Hint],
    ) -> Result<bool, Trouble> {
        let present: BTreeSet<CommentId> = read.iter().map(|comment| comment.id).collect();
        let told =
            |comment: &CommentId| hints.iter().any(|hint| hint.what == Hinted::CommentDeleted { comment: *comment });
        let mut absent = absent(&self.incident, &present, counted, self.now());
        absent.retain(|comment| !told(comment));
        for comment in absent.iter().take(MOST_ASKED) {
            self.stay().await?;
            match forge.read.comment(&self.claim.issue, *comment).await {
                Ok(comment) => read.push(in_incident_time(comment, &self.engine.ports.clock)),
                // One part of a forge may not know yet what another showed.
                Err(ForgeError::Gone { .. }) if self.claim.attempts == 0 => {
                    return Err(Trouble::Lagging(self.claim.issue.clone()));
                }
                Err(ForgeError::Gone { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let lagged = read.len() > present.len();
        read.sort_by_key(|comment| (comment.created_at, comment.id));
        Ok(!lagged || absent.len() <= MOST_ASKED)
    }

    /// New comments that deliveries tell of and that are neither known nor listed.
    fn unlisted(&self, read: &[Comment], hints: &[Hint]) -> BTreeSet<CommentId> {
        let mut unlisted: BTreeSet<CommentId> = BTreeSet::new();
        for hint in hints {
            match hint.what {
                Hinted::CommentPosted { comment } => _ = unlisted.insert(comment),
                Hinted::CommentDeleted { comment } => _ = unlisted.remove(&comment),
                _ => {}
            }
        }
        let known: BTreeSet<_> = known_comments(&self.incident).chain(read.iter().map(|comment| comment.id)).collect();
        unlisted.retain(|comment| !known.contains(comment) && !self.incident.deleted.contains(comment));
        unlisted
    }

    /// Comments that are there and nobody's business, such as those that another program posts. A list that lags tells
    /// nothing of them: it is shorter than the forge counts, shows what was deleted, or lacks what should be there.
    pub(super) fn count_foreign(&mut self, comments: &[Comment], counted: u64) {
        let there: BTreeSet<CommentId> = comments.iter().map(|comment| comment.id).collect();
        let known: BTreeSet<CommentId> = known_comments(&self.incident).collect();
        let number = |all: &BTreeSet<CommentId>| u64::try_from(all.len()).unwrap_or(u64::MAX);
        if number(&there) >= counted && there.is_disjoint(&self.incident.deleted) && known.is_subset(&there) {
            self.foreign = number(&there) - number(&known);
        }
    }

    /// How many comments the issue should have, by the journal and what was just read.
    fn expected(&self, read: &[Comment], hints: &[Hint]) -> u64 {
        let known: BTreeSet<_> = known_comments(&self.incident).collect();
        let new = read.iter().filter(|comment| !known.contains(&comment.id)).count();
        let gone = hints
            .iter()
            .filter(|hint| matches!(&hint.what, Hinted::CommentDeleted { comment } if known.contains(comment)))
            .count();
        let count = (known.len() + new).saturating_sub(gone);
        u64::try_from(count).unwrap_or(u64::MAX).saturating_add(self.foreign)
    }
}
