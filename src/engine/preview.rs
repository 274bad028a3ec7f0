//! What would be done about one issue, and why, without doing it: the very plan that `run` would apply.

use chrono::TimeDelta;

use crate::{
    domain::{action::Plan, finding::Finding, ids::IssueRef},
    plan::why::{Explained, explain},
    store::Claim,
};

use super::{Engine, Trouble, cache::Left, desk::Desk};

impl Engine {
    /// Reads the issue and plans. Writes nothing, neither to the forge nor to the database.
    ///
    /// Without a journal everything is read again from the issue, as after the loss of the database.
    pub async fn preview(&self, issue: &IssueRef) -> Result<Option<Plan>, Trouble> {
        Ok(self.glance(issue).await?.map(|(desk, findings)| desk.plan(findings)))
    }

    /// Reads the issue and explains one duty of it. Writes nothing. `None` for what is no incident, or no duty.
    pub async fn explain(&self, issue: &IssueRef, duty: &str) -> Result<Option<Explained>, Trouble> {
        let seen = self.glance(issue).await?;
        Ok(seen.and_then(|(desk, _)| explain(&desk.incident, &desk.project, duty, desk.now())))
    }

    /// The issue as read now, on a desk of its own; `None` where it is no incident.
    async fn glance(&self, issue: &IssueRef) -> Result<Option<(Desk<'_>, Vec<Finding>)>, Trouble> {
        let watched = self.watched(issue)?;
        let forge = self.forge(&issue.forge).cloned().ok_or_else(|| Trouble::NoProject(issue.clone()))?;
        let store = &self.ports.store;
        let events = store.journal(issue).await?.into_iter().map(|entry| entry.event).collect();
        let left = Left { events, ledger: store.ledger(issue).await?, ..Left::default() };
        let claim = Claim {
            issue: issue.clone(),
            token: 0,
            // Nobody holds anything here, and nothing is to be lengthened.
            until: self.ports.clock.machine_now() + TimeDelta::days(1),
            hints: Vec::new(),
            seen: 0,
            full: true,
            attempts: 0,
        };
        let mut desk = Desk::with(self, claim, watched, left);
        let look = desk.look(&forge, &[]).await?;
        Ok(look.incident.then_some((desk, look.reading.findings)))
    }
}
