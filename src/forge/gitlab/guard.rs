//! Who can read the issue: known before every write.
//!
//! What always holds: nothing is written to an issue that is neither confidential nor in a private project, nor to one
//! of which GitLab mails everything to an address outside. That an issue is confidential is remembered for at most five
//! minutes, because a delivery tells when it no longer is; that a project is private is never remembered, because nobody is told when it no longer is. What makes an issue safer, or says nothing of
//! an incident, does not pass here (`write`).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;

use super::{
    super::{ForgeError, Read as _, answer::before_writing},
    Gitlab,
};
use crate::domain::{
    ids::IssueRef,
    snapshot::{Issue, Visibility},
    time::Moment,
};

const REMEMBERED: TimeDelta = TimeDelta::minutes(5);
/// So many issues are remembered; then all are forgotten, and asked for again.
const MOST: usize = 10_000;

/// Whether each issue is confidential and mailed to nobody, and when GitLab said so.
#[derive(Default)]
pub(super) struct Audiences {
    known: Mutex<HashMap<IssueRef, (bool, Moment)>>,
}

impl Audiences {
    pub(super) fn keep(&self, issue: &IssueRef, read: &Issue, now: Moment) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(issue.clone(), (read.confidential == Some(true) && !read.is_mailed, now));
    }

    /// Everything known of a project's issues is asked for anew.
    pub(super) fn forget(&self, project: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).retain(|issue, _| issue.project != project);
    }

    fn lately(&self, issue: &IssueRef, now: Moment) -> Option<bool> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (closed, at) = known.get(issue)?;
        // A clock that was set back ends the memory as well.
        (TimeDelta::zero()..REMEMBERED).contains(&(now - *at)).then_some(*closed)
    }
}

impl Gitlab {
    /// Refuses unless only people who are trusted with it can read the issue.
    pub(super) async fn closed(&self, issue: &IssueRef, what: &str) -> Result<(), ForgeError> {
        let now = self.shared.clock.machine_now();
        if self.shared.audiences.lately(issue, now) == Some(true) {
            return Ok(());
        }
        let denied = |why: &str| Err(ForgeError::Denied { what: format!("{what}: {why}"), status: 0 });
        let read = self.issue(issue).await.map_err(before_writing)?;
        if read.is_mailed {
            return denied("GitLab mails what is written there to an address outside (Service Desk)");
        }
        // GitLab tells nobody when a project is opened to others, so that is asked anew each time.
        if read.confidential == Some(true)
            || self.fresh_facts(&issue.project).await.map_err(before_writing)?.visibility == Visibility::Private
        {
            return Ok(());
        }
        denied("the issue is not confidential and its project not private")
    }
}
