//! The claim loop: takes what is due, works on several incidents at a time, sleeps until the next is due.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
};
use tracing::Instrument;

use crate::{
    domain::time::Moment,
    forge::ForgeError,
    store::{Claim, Failed, StoreError},
    telemetry,
};

use super::{Engine, Trouble};

/// Between two looks into the schedule at the least.
const SHORTEST_NAP: TimeDelta = TimeDelta::milliseconds(1);

/// After the schedule could not be read.
const AFTER_A_FAILURE: TimeDelta = TimeDelta::seconds(1);

/// A worker whose lease was lost keeps its place for this long.
const AFTER_A_LOST_LEASE: Duration = Duration::from_secs(1);

/// Until when the claim loop sleeps by itself; nothing while it is awake, or waits for a place.
///
/// So a worker that is done wakes the loop only for what would else be late.
#[derive(Default)]
pub(super) struct Nap(Mutex<Option<Moment>>);

impl Nap {
    fn until(&self, at: Moment) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    fn over(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn is_too_long_for(&self, due: Option<Moment>) -> bool {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_none_or(|until| due.is_some_and(|due| due < until))
    }
}

impl Engine {
    /// Works until `stop` turns true, then finishes what is in hand and returns.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let places = Arc::new(Semaphore::new(self.patience.workers));
        let mut work = JoinSet::new();
        while !*stop.borrow() {
            while work.try_join_next().is_some() {}
            self.nap.over();
            self.ask_about_doubted(&mut work);
            let until = match self.start_due(&places, &mut work).await {
                Ok(until) => until,
                Err(error) => {
                    tracing::error!(error.class = "store", "cannot take work: {error}");
                    Some(self.ports.clock.machine_now() + AFTER_A_FAILURE)
                }
            };
            tokio::select! {
                () = self.wake.notified() => {}
                () = self.ports.clock.nap(until) => {}
                _ = stop.changed() => break,
            }
        }
        while work.join_next().await.is_some() {}
    }

    /// Works on what is due now, one issue after another, and returns how many looks that took. For callers that hold
    /// the clock themselves; `run` does the same for as long as the program lives.
    pub async fn work_off(self: &Arc<Self>) -> Result<usize, StoreError> {
        let lease = TimeDelta::from_std(self.patience.lease).unwrap_or(TimeDelta::MAX);
        let _in_hand = self.in_hand();
        self.settle_doubts().await;
        let mut looks = 0;
        loop {
            let claims = self.ports.store.claim(self.ports.clock.machine_now(), 16, lease).await?;
            if claims.is_empty() {
                return Ok(looks);
            }
            looks += claims.len();
            for claim in claims {
                self.guarded(claim).await;
            }
        }
    }

    /// Starts work on what is due, as far as places are free. Says from when on there may be more to start.
    async fn start_due(
        self: &Arc<Self>,
        places: &Arc<Semaphore>,
        work: &mut JoinSet<()>,
    ) -> Result<Option<Moment>, StoreError> {
        let free = places.available_permits();
        if free == 0 {
            return Ok(None);
        }
        let _claiming = self.in_hand();
        let now = self.ports.clock.machine_now();
        let lease = TimeDelta::from_std(self.patience.lease).unwrap_or(TimeDelta::MAX);
        let claims = self.ports.store.claim(now, free, lease).await?;
        let all_taken = claims.len() == free;
        for claim in claims {
            let Ok(place) = Arc::clone(places).try_acquire_owned() else { break };
            let (engine, in_hand) = (Arc::clone(self), self.in_hand());
            work.spawn(async move {
                let due = engine.guarded(claim).await;
                drop(place);
                if engine.nap.is_too_long_for(due) {
                    engine.wake();
                }
                drop(in_hand);
            });
        }
        if all_taken {
            return Ok(None);
        }
        let due = self.ports.store.next_due().await?;
        let until = due.map(|due| due.max(now + SHORTEST_NAP));
        self.nap.until(until.unwrap_or(Moment::MAX_UTC));
        Ok(until)
    }

    /// Works on one claim. A look that panics is put off like one that failed, or it would come back at the end of its
    /// lease for ever.
    async fn guarded(self: &Arc<Self>, claim: Claim) -> Option<Moment> {
        let (engine, held) = (Arc::clone(self), claim.clone());
        // A set of one, because it takes its task along when it is dropped: a worker that is cut off leaves nobody at work.
        let mut look = JoinSet::new();
        look.spawn(async move { engine.one(&held).await });
        if let Some(Ok(due)) = look.join_next().await {
            return due;
        }
        tracing::error!(
            incident.id = %claim.issue,
            "a look at this issue broke: a mistake in this program, please report it; it is tried again later"
        );
        telemetry::reconcile("broken");
        let not_before = self.ports.clock.machine_now() + pause_before(claim.attempts, &claim.issue.to_string());
        match self.ports.store.fail(&claim, not_before, self.patience.park_after).await {
            Ok(Failed::Retry) => {}
            Ok(Failed::Parked) => parked(claim.hints.len()),
            Err(error) => tracing::error!("{error}"),
        }
        Some(Moment::MIN_UTC)
    }

    /// Works on one claim and says when its issue is due again: at once where that is not known.
    async fn one(&self, claim: &Claim) -> Option<Moment> {
        let span = tracing::info_span!("reconcile", incident.id = %claim.issue, deliveries = claim.hints.len());
        async {
            let mut due = Some(Moment::MIN_UTC);
            let outcome = match self.reconcile(claim).await {
                Ok(next) => {
                    due = next;
                    "done"
                }
                Err(Trouble::Store(StoreError::LeaseLost(_))) => {
                    // Whoever has it now is at work: to claim it again at once would only be lost again.
                    self.ports.clock.pause(AFTER_A_LOST_LEASE).await;
                    "lease-lost"
                }
                Err(trouble) => self.failed(claim, &trouble).await,
            };
            telemetry::reconcile(outcome);
            due
        }
        .instrument(span)
        .await
    }

    async fn failed(&self, claim: &Claim, trouble: &Trouble) -> &'static str {
        if matches!(trouble, Trouble::NoProject(_)) {
            return self.nobodys(claim, trouble).await;
        }
        tracing::warn!(error.class = trouble.class(), attempts = claim.attempts, "{}", trouble.told());
        if let Trouble::Forge(error) = trouble {
            self.refused(&claim.issue, Some(error));
        }
        let not_before = self.ports.clock.machine_now() + back_off(trouble, claim.attempts, &claim.issue.to_string());
        // An outage or a limit is nobody's fault: such work waits as long as it takes and is never parked.
        let park_after = match trouble {
            Trouble::Forge(ForgeError::Invalid { .. }) | Trouble::Render(_) | Trouble::NoProject(_) => {
                self.patience.park_after
            }
            Trouble::Forge(_) | Trouble::Store(_) | Trouble::Lagging(_) => u32::MAX,
        };
        match self.ports.store.fail(claim, not_before, park_after).await {
            Ok(Failed::Parked) => parked(claim.hints.len()),
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
    pause_before(attempts, spread_by)
}

fn pause_before(attempts: u32, spread_by: &str) -> TimeDelta {
    let longest = (1_000_i64 << attempts.min(9)).min(300_000);
    let spread = spread_by.bytes().fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 1_000);
    TimeDelta::milliseconds(longest / 2 + longest / 2 * spread / 1_000)
}

fn parked(deliveries: usize) {
    tracing::error!(
        deliveries,
        "what was delivered was parked after too many failures; mend the cause, then have it delivered again"
    );
}

fn not_finished(error: &StoreError) -> &'static str {
    tracing::error!("{error}");
    "store"
}
