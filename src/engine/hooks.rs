//! The webhooks that deliver here, looked at with every sweep: GitLab switches one off by itself, and then everything
//! waits for the sweep while nobody hears of it.
//!
//! What always holds: what is wrong stands among the troubles until a look finds it mended; where the bot may not see the
//! webhook, that is said once and asked again a day later. What is deliberately not here: what is good enough (`audit`).

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;

use crate::{
    audit::{Check, setup::hook},
    domain::{project::Project, setup::Shown, time::Moment},
    telemetry,
};

use super::{Engine, Watched, told};

/// How long nobody asks for what the bot may not see.
const RESPITE: TimeDelta = TimeDelta::days(1);

/// Projects whose webhooks the bot may not see, and when that was found.
#[derive(Default)]
pub(super) struct Unseen(Mutex<BTreeMap<(String, String), Moment>>);

impl Unseen {
    fn add(&self, project: &Project, now: Moment) {
        let key = (project.forge.clone(), project.path.clone());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, now);
    }

    fn holds(&self, project: &Project, now: Moment) -> bool {
        let key = (project.forge.clone(), project.path.clone());
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back ends the respite as well.
        known.get(&key).is_some_and(|at| (TimeDelta::zero()..RESPITE).contains(&(now - *at)))
    }
}

impl Engine {
    /// Looks at the webhook of one project.
    pub(super) async fn look_at_hook(&self, watched: &Watched) {
        let project = &watched.project;
        let (Some(intake), Some(forge)) = (&watched.intake, self.forge(&project.forge)) else { return };
        let Some(inspect) = forge.read.inspect() else { return };
        let now = self.ports.clock.machine_now();
        if self.unseen.holds(project, now) {
            return;
        }
        match inspect.hooks(&project.path).await {
            Ok(Shown::Needs(right)) => {
                tracing::info!(project = %project.path, "the bot may not see the webhook, which takes {right}");
                self.unseen.add(project, now);
                telemetry::webhook_faults(&project.forge, &project.path, 0);
                self.note_faults(project, &[]);
            }
            Ok(hooks) => {
                let mut faults = hook::checks(&hooks, intake);
                // Another address may be the right one, and the configuration's wrong: `doctor` says so.
                faults.retain(|check| check.outcome.is_finding() && check.id == hook::ID);
                telemetry::webhook_faults(&project.forge, &project.path, faults.len());
                self.note_faults(project, &faults);
            }
            // What was known stays known; a forge that does not answer is the sweep's to tell.
            Err(error) => tracing::debug!(project = %project.path, "cannot look at the webhook: {}", told(&error)),
        }
    }

    fn note_faults(&self, project: &Project, faults: &[Check]) {
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let what = (!said.is_empty()).then(|| {
            format!("the webhook of {}:{} needs attention: {}", project.forge, project.path, said.join(" | "))
        });
        if let Some(what) = &what {
            tracing::warn!(project = %project.path, "{what}");
        }
        self.trouble(&format!("webhook {}/{}", project.forge, project.path), what);
    }
}
