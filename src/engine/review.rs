//! Filing the agenda of the meeting about all incidents of a project.
//!
//! A project is worked on like an issue, under the number 0 that no issue has: with a lease, a ledger and a moment at
//! which it is looked at again. So several programs file one agenda, and a crash neither loses nor doubles it.

use chrono::DateTime;

use crate::{
    domain::{ids::IssueRef, incident::Incident, time::Moment},
    forge::Forge,
    plan::{
        fold::fold,
        keys,
        review::{agenda, covered_from, is_on, meetings},
    },
    store::EffectState,
};

use super::{Engine, Trouble, apply::Applied, desk::Desk};

impl Engine {
    /// Has every project looked at whose process has such a meeting.
    pub(super) async fn call_meetings(&self) -> Result<(), Trouble> {
        let with_meetings = self.ports.projects.iter().filter(|watched| watched.project.process.review.is_some());
        let projects: Vec<IssueRef> =
            with_meetings.map(|watched| IssueRef::project(&watched.project.forge, &watched.project.path)).collect();
        if !projects.is_empty() {
            self.ports.store.nudge(projects, self.ports.clock.machine_now(), false).await?;
            self.wake();
        }
        Ok(())
    }
}

impl Desk<'_> {
    /// Files what is due, and says when the next is.
    pub(super) async fn meet(&mut self, forge: &Forge) -> Result<Option<Moment>, Trouble> {
        let Some(review) = self.project.process.review.clone() else { return Ok(None) };
        self.settle_filings(forge).await?;
        let store = &self.engine.ports.store;
        let name = format!("review/{}/{}", self.claim.issue.forge, self.claim.issue.project);
        let now = self.now();
        let known = store.value(&name).await?;
        let since = if let Some(Ok(since)) = known.as_deref().map(DateTime::parse_from_rfc3339) {
            since.to_utc()
        } else {
            // Meetings of the time before are none of ours.
            store.set_value(&name, &now.to_rfc3339()).await?;
            now
        };
        let meetings = meetings(&review, &self.project, since, now);
        let next = meetings.next.map(|at| self.engine.ports.clock.machine_time(at));
        let Some(at) = meetings.last else { return Ok(next) };
        let (key, from) = (keys::review(at), covered_from(at, since));
        // Whoever has to wait, or is done, need not gather what would be on it.
        let applied = if let Some(applied) = self.settled(&self.row(&key)) {
            applied
        } else {
            let incidents = self.incidents_since(from).await?;
            let filing = agenda(&review, &self.project, incidents, at, from);
            self.file(forge, &key, &filing).await?
        };
        match applied {
            Applied::Wait(at) => Ok(Some(at)),
            Applied::Done => {
                self.engine.refused(&self.claim.issue, None);
                let given_up = self.row(&key).state == EffectState::GivenUp;
                let what = format!("the agenda of {} could not be filed: the forge refused it", review.title);
                self.engine.trouble(&name, given_up.then_some(what));
                self.engine.ports.store.set_value(&name, &at.to_rfc3339()).await?;
                Ok(next)
            }
        }
    }

    /// The project's incidents that are open, or were under way from this moment on.
    async fn incidents_since(&mut self, from: Moment) -> Result<Vec<Incident>, Trouble> {
        let mut all = self.engine.ports.store.incidents().await?;
        all.retain(|issue| issue.is_in(&self.claim.issue) && !issue.is_project());
        let mut on_it = Vec::new();
        for issue in all {
            self.stay().await?;
            let entries = self.engine.ports.store.journal(&issue).await?;
            let events: Vec<_> = entries.into_iter().map(|entry| entry.event).collect();
            let incident = fold(&issue, &events, &self.project);
            if is_on(&incident, from) {
                on_it.push(incident);
            }
        }
        Ok(on_it)
    }
}
