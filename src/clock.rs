//! The clock as an argument. The only place that asks the machine for the time.
//!
//! Two times are told apart. *Incident time* (`now`) is what deadlines are computed in; an exercise makes it run
//! faster. *Machine time* (`machine_now`) is what the forge and the network live in: leases, settling and back-off use it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::time::Moment;

/// A source of time.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// Incident time.
    fn now(&self) -> Moment;
    /// Machine time.
    fn machine_now(&self) -> Moment;
    /// Incident time of a moment that the forge stated in machine time.
    fn incident_time(&self, stated: Moment) -> Moment;
    /// Machine time at which incident time will be `at`: the inverse of `incident_time`.
    fn machine_time(&self, at: Moment) -> Moment;
    /// Returns once incident time has reached `at`, or earlier (callers look again; at most 30 s of machine time pass).
    async fn sleep_until(&self, at: Moment);
    /// Returns once this much machine time has passed.
    async fn pause(&self, span: Duration);
    /// Returns once machine time has reached `until` (`None`: nothing is known to come), or earlier: callers look again.
    /// A clock that can be set, on a machine that can be suspended, returns at least every 30 s.
    async fn nap(&self, until: Option<Moment>) {
        let left = until.map_or(LONGEST_NAP, |until| (until - self.machine_now()).to_std().unwrap_or_default());
        self.pause(left.min(LONGEST_NAP)).await;
    }
    /// The same as `pause`, for whoever has nothing in hand meanwhile. A clock that leaps tells the two apart.
    async fn rest(&self, span: Duration) {
        self.pause(span).await;
    }
}

/// So that clock jumps and suspended machines are noticed.
const LONGEST_NAP: Duration = Duration::from_secs(30);

/// Shared handle.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock, optionally sped up from an epoch for exercises.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    epoch: Moment,
    speed: u32,
}

impl SystemClock {
    /// Incident time is machine time.
    #[must_use]
    pub fn real() -> Self {
        Self { epoch: DateTime::UNIX_EPOCH, speed: 1 }
    }

    /// Incident time equals machine time at `epoch` and runs `speed` times as fast from there.
    #[must_use]
    pub fn exercise(epoch: Moment, speed: u32) -> Self {
        Self { epoch, speed: speed.max(1) }
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Moment {
        self.incident_time(self.machine_now())
    }

    #[expect(clippy::disallowed_methods, reason = "the only place that asks the machine for the time")]
    fn machine_now(&self) -> Moment {
        Utc::now()
    }

    fn incident_time(&self, stated: Moment) -> Moment {
        let since = stated - self.epoch;
        if self.speed == 1 || since < TimeDelta::zero() {
            return stated;
        }
        i32::try_from(self.speed)
            .ok()
            .and_then(|speed| since.checked_mul(speed))
            .map_or(stated, |scaled| self.epoch + scaled)
    }

    fn machine_time(&self, at: Moment) -> Moment {
        let since = at - self.epoch;
        if self.speed == 1 || since < TimeDelta::zero() {
            return at;
        }
        i32::try_from(self.speed).map_or(at, |speed| self.epoch + since / speed)
    }

    async fn sleep_until(&self, at: Moment) {
        let left = (at - self.now()).to_std().unwrap_or_default() / self.speed;
        tokio::time::sleep(left.min(LONGEST_NAP)).await;
    }

    async fn pause(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }
}
