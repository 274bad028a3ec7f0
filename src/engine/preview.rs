//! What would be done about one issue, without doing it: the very plan that `run` would apply.

use chrono::TimeDelta;

use crate::{
    domain::{action::Plan, ids::IssueRef},
    store::Claim,
};

use super::{Engine, Trouble, cache::Left, desk::Desk};

impl Engine {
    /// Reads the issue and plans. Writes nothing, neither to the forge nor to the database.
    ///
    /// Without a journal everything is read again from the issue, as after the loss of the database.
    pub async fn preview(&self, issue: &IssueRef) -> Result<Option<Plan>, Trouble> {
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
        Ok(look.incident.then(|| desk.plan(look.reading.findings)))
    }
}
