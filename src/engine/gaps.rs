//! A thread of which not everything can be read: everybody who depends on it is told so.
//!
//! What always holds: what is missing stays said until the whole thread was read without it; so whoever does not
//! know, as after a start, reads it whole first, or says that it could not. What is deliberately not
//! here: how much is read and kept (`forge`).

use super::{Trouble, desk::Desk};
use crate::{
    clock::SharedClock,
    domain::{finding::Finding, ids::CommentId, snapshot::Comment, time::Moment},
    forge::{
        Forge, Gaps, Thread,
        thread::{MOST_OF_A_TEXT, MOST_OF_ALL},
    },
    telemetry,
};

/// So many cut comments are named at most.
const MOST_NAMED: usize = 5;

impl Desk<'_> {
    /// The whole thread, as far as it can be read.
    pub(super) async fn every_comment(&mut self, forge: &Forge) -> Result<Vec<Comment>, Trouble> {
        let Thread { comments, gaps } = self.read_thread(forge, None).await?;
        self.note_gaps(gaps);
        self.surveyed = true;
        Ok(comments)
    }

    /// The comments that changed since a machine moment.
    pub(super) async fn comments_since(&mut self, forge: &Forge, since: Moment) -> Result<Vec<Comment>, Trouble> {
        let Thread { comments, gaps } = self.read_thread(forge, Some(since)).await?;
        let mut known = self.gaps.clone();
        known.cut.retain(|id| !comments.iter().any(|comment| comment.id == *id));
        known.cut.extend(gaps.cut);
        known.missing |= gaps.missing;
        self.note_gaps(known);
        Ok(comments)
    }

    async fn read_thread(&mut self, forge: &Forge, since: Option<Moment>) -> Result<Thread, Trouble> {
        let issue = self.claim.issue.clone();
        let Thread { comments, gaps } = self.meanwhile(forge.read.thread(&issue, since)).await?;
        let clock = &self.engine.ports.clock;
        Ok(Thread { comments: comments.into_iter().map(|one| in_incident_time(one, clock)).collect(), gaps })
    }

    fn note_gaps(&mut self, gaps: Gaps) {
        if gaps != self.gaps && !gaps.is_none() {
            telemetry::thread_gap(if gaps.missing { "missing" } else { "cut" });
            tracing::warn!(
                incident.id = %self.claim.issue,
                cut = gaps.cut.len(),
                "the thread cannot be read whole: {}",
                if gaps.missing { "comments are missing" } else { "of long comments, only the beginning is read" }
            );
        }
        self.gaps = gaps;
    }

    /// Of this comment, only the beginning is known.
    pub(super) fn is_cut(&self, comment: CommentId) -> bool {
        self.gaps.cut.contains(&comment)
    }

    /// What the board says of it.
    pub(super) fn gap_findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !self.surveyed {
            let what = "the thread has not been read since this program started, because the forge does not give it; it is \
                        tried again at each look. What was written meanwhile may not be known, and long comments may be \
                        known in part";
            findings.push(Finding::about("thread-unread", what));
        }
        if self.gaps.missing {
            let what = "the thread could not be read to its end: a comment is too large, or there are too many. What is \
                        missing meets no duty, and no command in it is obeyed; delete what is too large, or go on in \
                        another issue";
            findings.push(Finding::about("thread-incomplete", what));
        }
        if !self.gaps.cut.is_empty() {
            let named: Vec<String> = self.gaps.cut.iter().take(MOST_NAMED).map(ToString::to_string).collect();
            let more = if self.gaps.cut.len() > MOST_NAMED { ", and others" } else { "" };
            let what = format!(
                "of very long comments only the beginning is read, {} KiB at most, and less in a thread of more than {} MiB \
                 (number {}{more}); a command further down is not obeyed: give it in a comment of its own",
                MOST_OF_A_TEXT >> 10,
                MOST_OF_ALL >> 20,
                named.join(", ")
            );
            findings.push(Finding::about("comment-cut", what));
        }
        findings
    }
}

/// A comment as the forge dates it, in the incident's time.
pub(super) fn in_incident_time(comment: Comment, clock: &SharedClock) -> Comment {
    Comment {
        created_at: clock.incident_time(comment.created_at),
        updated_at: clock.incident_time(comment.updated_at),
        ..comment
    }
}
