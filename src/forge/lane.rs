//! The limits and the pace of one identity: a token, an installation, or the App itself.
//!
//! What always holds: while a limit is in force nothing is sent; at most one write is under way, and the pause between
//! two is kept whatever became of the first; at most 20 reads are under way.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{MutexGuard, Semaphore, SemaphorePermit};

use crate::{clock::SharedClock, domain::time::Moment};

/// How many reads may be under way at once. GitHub's own bound is 100, shared with everything else of the account; GitLab
/// has none.
const READS: usize = 20;

/// How long a limit lasts, and how far it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit {
    /// How long to wait.
    pub(super) after: Duration,
    /// It is the hourly budget of one API; otherwise it holds for the whole account.
    pub(super) budget: bool,
    /// The forge did not say how long.
    pub(super) unstated: bool,
}

/// The two APIs have separate hourly budgets on GitHub. On GitLab everything counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    Rest,
    Graph,
}

/// One identity's limits and pace.
pub(super) struct Lane {
    reads: Semaphore,
    last_write: tokio::sync::Mutex<Option<Moment>>,
    limits: Mutex<Limits>,
}

#[derive(Default)]
struct Limits {
    rest: Standing,
    graph: Standing,
}

#[derive(Default, Clone, Copy)]
struct Standing {
    until: Option<Moment>,
    length: Duration,
    unstated: u32,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            reads: Semaphore::new(READS),
            last_write: tokio::sync::Mutex::new(None),
            limits: Mutex::new(Limits::default()),
        }
    }
}

impl Lane {
    /// How long the limit in force still lasts.
    pub(super) fn closed_for(&self, api: Api, now: Moment) -> Option<Duration> {
        let standing = self.with(|limits| *limits.of(api));
        let left = (standing.until? - now).to_std().ok()?;
        // A clock that was set back must not make the wait longer than it was.
        Some(left.min(standing.length)).filter(|left| !left.is_zero())
    }

    /// How many limits in a row came without a time to wait.
    pub(super) fn repeats(&self, api: Api) -> u32 {
        self.with(|limits| limits.of(api).unstated)
    }

    /// Closes the lane for as long as GitHub asks.
    pub(super) fn close(&self, api: Api, limit: Limit, now: Moment) {
        self.with(|limits| {
            if limit.budget {
                return limits.of(api).impose(limit, now);
            }
            limits.rest.impose(limit, now);
            limits.graph.impose(limit, now);
        });
    }

    /// An answer that is no limit: the next unstated wait starts small again.
    pub(super) fn answered(&self, api: Api) {
        self.with(|limits| limits.of(api).unstated = 0);
    }

    /// A place among the reads.
    pub(super) async fn place(&self) -> SemaphorePermit<'_> {
        self.reads.acquire().await.expect("the semaphore is never closed")
    }

    /// Waits until no other write is under way and the pause since the last one is over.
    pub(super) async fn turn<'a>(&'a self, clock: &'a SharedClock, interval: Duration) -> Turn<'a> {
        let turn = Turn { last: self.last_write.lock().await, clock };
        if let Some(last) = *turn.last {
            let passed = (clock.machine_now() - last).to_std().unwrap_or_default();
            let left = interval.saturating_sub(passed);
            if !left.is_zero() {
                clock.pause(left).await;
            }
        }
        turn
    }

    fn with<T>(&self, look: impl FnOnce(&mut Limits) -> T) -> T {
        look(&mut self.limits.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Limits {
    fn of(&mut self, api: Api) -> &mut Standing {
        match api {
            Api::Rest => &mut self.rest,
            Api::Graph => &mut self.graph,
        }
    }
}

impl Standing {
    fn impose(&mut self, limit: Limit, now: Moment) {
        self.until = Some(now + limit.after);
        self.length = limit.after;
        self.unstated = if limit.unstated { self.unstated.saturating_add(1) } else { 0 };
    }
}

/// The right to write. Its end starts the pause, even where the write was given up half way.
pub(super) struct Turn<'a> {
    last: MutexGuard<'a, Option<Moment>>,
    clock: &'a SharedClock,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.last = Some(self.clock.machine_now());
    }
}
