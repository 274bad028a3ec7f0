//! Deliveries that failed, asked for again: GitHub itself never tries twice.
//!
//! What always holds: a delivery of which any attempt arrived is left alone; each other one is asked for once a call,
//! at most 100 a hook, oldest first. What is more is found by the sweep, which needs no deliveries.

use std::collections::{BTreeSet, HashMap};

use http::Method;
use serde_json::json;

use super::{
    super::ForgeError,
    Github,
    access::Pass,
    answer::unknown,
    client::Ask,
    route,
    wire::{Delivery, Hook},
};
use crate::domain::time::Moment;

/// Pages of 100 deliveries; GitHub keeps three days.
const PAGES: usize = 300;
/// Attempts asked for in one call and hook.
const MOST: usize = 100;
/// Events that say anything about an incident.
const OF_INTEREST: [&str; 4] = ["issues", "issue_comment", "repository", "public"];

impl Github {
    pub(super) async fn redeliver(&self, project: &str, since: Moment) -> Result<u32, ForgeError> {
        let (pass, hooks, of) = match self.shared.access.as_app() {
            // One hook serves every repository of the App, so the project's number tells its deliveries apart.
            Some(app) => (app.clone(), vec!["/app/hook".to_owned()], Some(self.facts(project).await?.id)),
            None => match self.repository_hooks(project).await? {
                Some(hooks) => {
                    (self.shared.access.any_pass(&self.shared.client, &self.shared.clock).await?, hooks, None)
                }
                None => return Ok(0),
            },
        };
        let mut asked = 0;
        for hook in hooks {
            let Some(deliveries) = self.deliveries(&pass, project, &hook, since).await? else { continue };
            for id in failed(deliveries, since, of).into_iter().take(MOST) {
                asked += u32::from(self.ask_again(&pass, project, &hook, id).await?);
            }
        }
        Ok(asked)
    }

    /// Paths of the repository's hooks that deliver here; `None` where the token may not see them.
    async fn repository_hooks(&self, project: &str) -> Result<Option<Vec<String>>, ForgeError> {
        let what = format!("listing the webhooks of {}", self.shared.client.spoken(project));
        let base = format!("{}/hooks", route::repository(project));
        let hooks: Vec<Hook> = match self.pages(project, &what, format!("{base}?per_page=100")).await {
            Err(ForgeError::Gone { .. } | ForgeError::Denied { status: 403, .. }) => return Ok(None),
            other => other?,
        };
        let ours = hooks.into_iter().filter(|hook| hook.delivers_to(&self.shared.name)).filter_map(|hook| hook.id);
        Ok(Some(ours.map(|id| format!("{base}/{id}")).collect()))
    }

    /// The hook's deliveries back to `since`, newest first; `None` where the token may not see them.
    async fn deliveries(
        &self,
        pass: &Pass,
        project: &str,
        hook: &str,
        since: Moment,
    ) -> Result<Option<Vec<Delivery>>, ForgeError> {
        let what = format!("listing the deliveries for {}", self.shared.client.spoken(project));
        let (mut all, mut next) = (Vec::new(), Some(format!("{hook}/deliveries?per_page=100")));
        for _ in 0..PAGES {
            let Some(path) = next else { return Ok(Some(all)) };
            let answer = match self.shared.client.send(pass, &Ask::get(what.as_str(), path)).await {
                Err(ForgeError::Gone { .. } | ForgeError::Denied { status: 403, .. }) => return Ok(None),
                other => other?,
            };
            let page: Vec<Delivery> = answer.read(&what)?;
            let at_the_end = page.iter().any(|delivery| delivery.delivered_at.is_some_and(|at| at < since));
            next = route::next_page(&answer.headers).filter(|_| !at_the_end);
            all.extend(page);
        }
        match next {
            None => Ok(Some(all)),
            Some(_) => Err(unknown(&what, format!("the list is longer than {PAGES} pages"))),
        }
    }

    /// True if GitHub will deliver again; false where it no longer can.
    async fn ask_again(&self, pass: &Pass, project: &str, hook: &str, id: u64) -> Result<bool, ForgeError> {
        let what = format!("asking for a delivery again for {}", self.shared.client.spoken(project));
        let ask = Ask::change(Method::POST, what, format!("{hook}/deliveries/{id}/attempts"), json!({}));
        let _turn = pass.lane.turn(&self.shared.clock, self.shared.write_interval).await;
        match self.shared.client.send(pass, &ask).await {
            Ok(_) => Ok(true),
            Err(ForgeError::Gone { .. } | ForgeError::Invalid { .. } | ForgeError::Denied { status: 403, .. }) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

/// The newest attempt of each delivery that never arrived, oldest first.
fn failed(deliveries: Vec<Delivery>, since: Moment, of: Option<u64>) -> Vec<u64> {
    let arrived: BTreeSet<String> =
        deliveries.iter().filter(|one| one.arrived()).filter_map(|one| one.guid.clone()).collect();
    let mut newest: HashMap<String, (Moment, u64)> = HashMap::new();
    for one in deliveries {
        let elsewhere = of.is_some() && one.repository_id.is_some() && one.repository_id != of;
        let dull = one.event.as_deref().is_some_and(|event| !OF_INTEREST.contains(&event));
        let (Some(id), Some(guid), Some(at)) = (one.id, one.guid, one.delivered_at) else { continue };
        if elsewhere || dull || at < since || arrived.contains(&guid) {
            continue;
        }
        let entry = newest.entry(guid).or_insert((at, id));
        *entry = (*entry).max((at, id));
    }
    let mut failed: Vec<(Moment, u64)> = newest.into_values().collect();
    failed.sort_unstable();
    failed.into_iter().map(|(_, id)| id).collect()
}
