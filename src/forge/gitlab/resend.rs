//! Deliveries that failed, asked for again: GitLab itself never tries twice.
//!
//! What always holds: a delivery of which any attempt arrived is left alone; at most four are asked for in one call, oldest
//! first, because GitLab takes five a minute; that it takes no more now ends the asking, and keeps nothing else waiting.
//! What is more is found by the sweep, which needs no deliveries.

use std::collections::{BTreeMap, BTreeSet};

use gitlab::api::projects::hooks::Hooks;
use serde::Deserialize;

use super::{
    super::ForgeError,
    Gitlab,
    client::Ask,
    endpoints::{HookEvents, ResendEvent},
    wire::When,
};
use crate::domain::time::Moment;

const MOST: usize = 4;

/// GitLab gives no more deliveries at once.
const LOG_PAGE: u32 = 20;

impl Gitlab {
    /// How many were asked for; 0 where the token may not see the hooks, which takes a Maintainer.
    pub(super) async fn resend(&self, project: &str, since: Moment) -> Result<u32, ForgeError> {
        let what = format!("listing the webhooks of {}", self.shared.client.spoken(project));
        let number = self.number(project).await?;
        let endpoint = Hooks::builder().project(number).build().expect("a project is named");
        let Some(hooks) = allowed(self.pages::<Hook>(&what, &endpoint).await)? else { return Ok(0) };
        let name = self.shared.client.name();
        let mut asked = 0;
        for hook in hooks.into_iter().filter(|hook| hook.delivers_to(name)).filter_map(|hook| hook.id) {
            let what = format!("listing the deliveries for {}", self.shared.client.spoken(project));
            // Newest first, so what an earlier delivery came to stands before it.
            let old = |event: &HookEvent| event.created_at.0.is_some_and(|at| at < since);
            let ask = Ask { size: LOG_PAGE, ..Ask::read(&what) };
            let log = self.pages_until::<HookEvent>(ask, &HookEvents { project: number, hook }, old).await;
            let Some(log) = allowed(log)? else { continue };
            for event in failed(&log, since).into_iter().take(MOST) {
                asked += u32::from(self.ask_again(project, &ResendEvent { project: number, hook, event }).await?);
            }
        }
        Ok(asked)
    }

    async fn ask_again(&self, project: &str, again: &ResendEvent) -> Result<bool, ForgeError> {
        let what = format!("asking for a delivery again for {}", self.shared.client.spoken(project));
        let _turn = self.shared.client.lane().turn(&self.shared.clock, self.shared.write_interval).await;
        match self.shared.client.send(Ask { limited_apart: true, ..Ask::change(&what) }, again).await {
            // GitLab answers only once we have answered its delivery; whoever is slow may have it all the same.
            Ok(_) | Err(ForgeError::Unknown { .. }) => Ok(true),
            // Five a minute; a limit in force for everything is met by whoever asks next.
            Err(ForgeError::Later { .. }) => Ok(false),
            Err(ForgeError::Gone { .. } | ForgeError::Invalid { .. } | ForgeError::Denied { status: 403, .. }) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

/// `None` where the token may not ask, or an old server knows no such thing.
fn allowed<T>(answer: Result<T, ForgeError>) -> Result<Option<T>, ForgeError> {
    match answer {
        Err(ForgeError::Gone { .. } | ForgeError::Denied { status: 403, .. }) => Ok(None),
        other => other.map(Some),
    }
}

/// The newest attempt of each delivery that never arrived, oldest first.
fn failed(log: &[HookEvent], since: Moment) -> Vec<u64> {
    let arrived: BTreeSet<String> = log.iter().filter(|event| event.arrived()).filter_map(HookEvent::key).collect();
    let mut newest: BTreeMap<String, (Moment, u64)> = BTreeMap::new();
    for event in log {
        let (Some(id), Some(at)) = (event.id, event.created_at.0) else { continue };
        let key = event.key().unwrap_or_else(|| id.to_string());
        if at < since || arrived.contains(&key) {
            continue;
        }
        let entry = newest.entry(key).or_insert((at, id));
        *entry = (*entry).max((at, id));
    }
    let mut failed: Vec<(Moment, u64)> = newest.into_values().collect();
    failed.sort_unstable();
    failed.into_iter().map(|(_, id)| id).collect()
}

#[derive(Deserialize)]
struct Hook {
    id: Option<u64>,
    url: Option<String>,
}

impl Hook {
    /// True if it delivers to this forge's intake.
    fn delivers_to(&self, forge: &str) -> bool {
        let url = self.url.as_deref().unwrap_or_default();
        url.split(['?', '#']).next().is_some_and(|path| path.ends_with(&format!("/webhooks/{forge}")))
    }
}

/// One delivery of a hook, as its log shows it.
#[derive(Deserialize)]
struct HookEvent {
    id: Option<u64>,
    #[serde(default)]
    created_at: When,
    response_status: Option<String>,
    request_headers: Option<BTreeMap<String, serde_json::Value>>,
}

impl HookEvent {
    /// True if our side took it.
    fn arrived(&self) -> bool {
        let status = self.response_status.as_deref().and_then(|status| status.parse::<u16>().ok());
        status.is_some_and(|status| (200..400).contains(&status))
    }

    /// What tells it from others and not from its repetitions. The UUID of an event does neither.
    fn key(&self) -> Option<String> {
        let headers = self.request_headers.as_ref()?;
        let named = |name: &str| headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        let (_, value) = named("idempotency-key")?;
        value.as_str().map(str::to_owned)
    }
}
