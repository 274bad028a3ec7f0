//! The claim loop: takes what is due, works on several incidents at a time, sleeps until the next is due.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
};
use tracing::Instrument;

use crate::{
    forge::ForgeError,
    store::{Claim, Failed, StoreError},
    telemetry,
};

use super::{Engine, Trouble};

/// The loop looks again at least this often, so that clock jumps and suspended machines are noticed.
const LONGEST_NAP: Duration = Duration::from_secs(30);

/// A worker whose lease was lost keeps its place for this long.
const AFTER_A_LOST_LEASE: Duration = Duration::from_secs(1);

impl Engine {
    /// Works until `stop` turns true, then finishes what is in hand and returns.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let places = Arc::new(Semaphore::new(self.patience.workers));
        let mut work = JoinSet::new();
        while !*stop.borrow() {
            while work.try_join_next().is_some() {}
            let nap = match self.start_due(&places, &mut work).await {
                Ok(nap) => nap,
                Err(error) => {
                    tracing::error!(error.class = "store", "cannot take work: {error}");
                    Duration::from_secs(1)
                }
            };
            tokio::select! {
                () = self.wake.notified() => {}
                () = self.ports.clock.pause(nap) => {}
                _ = stop.changed() => break,
            }
        }
        while work.join_next().await.is_some() {}
    }

    /// Works on what is due now, one issue after another, and returns how many looks that took. For callers that hold
    /// the clock themselves; `run` does the same for as long as the program lives.
    pub async fn work_off(&self) -> Result<usize, StoreError> {
        let lease = TimeDelta::from_std(self.patience.lease).unwrap_or(TimeDelta::MAX);
        let mut looks = 0;
        loop {
            let claims = self.ports.store.claim(self.ports.clock.machine_now(), 16, lease).await?;
            if claims.is_empty() {
                return Ok(looks);
            }
            looks += claims.len();
            for claim in &claims {
                self.one(claim).await;
            }
        }
    }

    /// Starts work on what is due, as far as places are free. Says how long nothing further is due.
    async fn start_due(
        self: &Arc<Self>,
        places: &Arc<Semaphore>,
        work: &mut JoinSet<()>,
    ) -> Result<Duration, StoreError> {
        let free = places.available_permits();
        if free == 0 {
            return Ok(LONGEST_NAP);
        }
        let now = self.ports.clock.machine_now();
        let lease = TimeDelta::from_std(self.patience.lease).unwrap_or(TimeDelta::MAX);
        let claims = self.ports.store.claim(now, free, lease).await?;
        let all_taken = claims.len() == free;
        for claim in claims {
            let Ok(place) = Arc::clone(places).try_acquire_owned() else { break };
            let engine = Arc::clone(self);
            work.spawn(async move {
                engine.one(&claim).await;
                drop(place);
                engine.wake();
            });
        }
        if all_taken {
            return Ok(LONGEST_NAP);
        }
        let due = self.ports.store.next_due().await?;
        let nap = due.map_or(LONGEST_NAP, |due| (due - now).to_std().unwrap_or_default());
        Ok(nap.clamp(Duration::from_millis(1), LONGEST_NAP))
    }

    async fn one(&self, claim: &Claim) {
        let span = tracing::info_span!("reconcile", incident.id = %claim.issue, deliveries = claim.hints.len());
        async {
            let outcome = match self.reconcile(claim).await {
                Ok(next) => {
                    let finished = self.ports.store.finish(claim, next).await;
                    finished.map_or_else(|error| not_finished(&error), |()| "done")
                }
                Err(Trouble::Store(StoreError::LeaseLost(_))) => {
                    // Whoever has it now is at work: to claim it again at once would only be lost again.
                    self.ports.clock.pause(AFTER_A_LOST_LEASE).await;
                    "lease-lost"
                }
                Err(trouble) => self.failed(claim, &trouble).await,
            };
            telemetry::reconcile(outcome);
        }
        .instrument(span)
        .await;
    }

    async fn failed(&self, claim: &Claim, trouble: &Trouble) -> &'static str {
        if matches!(trouble, Trouble::NoProject(_)) {
            return self.nobodys(claim, trouble).await;
        }
        tracing::warn!(error.class = trouble.class(), attempts = claim.attempts, "{}", trouble.told());
        let not_before = self.ports.clock.machine_now() + back_off(trouble, claim.attempts, &claim.issue.to_string());
        // An outage or a limit is nobody's fault: such work waits as long as it takes and is never parked.
        let park_after = match trouble {
            Trouble::Forge(ForgeError::Invalid { .. }) | Trouble::Render(_) | Trouble::NoProject(_) => {
                self.patience.park_after
            }
            Trouble::Forge(_) | Trouble::Store(_) => u32::MAX,
        };
        match self.ports.store.fail(claim, not_before, park_after).await {
            Ok(Failed::Parked) => tracing::error!(
                deliveries = claim.hints.len(),
                "what was delivered was parked after too many failures; mend the cause, then have it delivered again"
            ),
            Ok(Failed::Retry) => {}
            Err(error) => tracing::error!("{error}"),
        }
        trouble.class()
    }

    /// The project left the configuration: its issues rest, and the sweep finds them when it comes back.
    async fn nobodys(&self, claim: &Claim, trouble: &Trouble) -> &'static str {
        tracing::warn!(
            error.class = trouble.class(),
            "{trouble}; it is left alone until the project is configured again"
        );
        match self.ports.store.finish(claim, None).await {
            Ok(()) => trouble.class(),
            Err(error) => not_finished(&error),
        }
    }
}

/// Twice as long each time, at most five minutes, spread a little so that many incidents do not come back at once.
fn back_off(trouble: &Trouble, attempts: u32, spread_by: &str) -> TimeDelta {
    if let Trouble::Forge(ForgeError::Later { after, .. }) = trouble {
        return TimeDelta::from_std(*after).unwrap_or(TimeDelta::MAX);
    }
    let longest = (1_000_i64 << attempts.min(9)).min(300_000);
    let spread = spread_by.bytes().fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 1_000);
    TimeDelta::milliseconds(longest / 2 + longest / 2 * spread / 1_000)
}

fn not_finished(error: &StoreError) -> &'static str {
    tracing::error!("{error}");
    "store"
}
