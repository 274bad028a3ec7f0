//! What every simulated forge has in common: connections and how they fail, requests taken apart, writes that happen
//! after all, and sending deliveries.
//!
//! What always holds: nothing leaves the loopback. What is deliberately not here: what any request means.

pub(super) mod call; // one request, taken apart
pub(super) mod ghosts; // writes that happen after all
pub(super) mod listen; // connections, and how they fail
pub(super) mod reply; // answers, before they are bytes
pub(super) mod send; // deliveries, to places on this machine

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, AtomicUsize},
};

use http::HeaderMap;

use super::faults::Faults;
use crate::{clock::SharedClock, domain::time::Moment};

/// One simulated forge, as its connections see it.
pub(super) trait Site: Send + Sync + 'static {
    /// What may stand before every path.
    const PREFIXES: &'static [&'static str];

    /// What it has in common with the others.
    fn line(&self) -> &Line;
    /// The answer to a request at a moment.
    fn answer(&self, call: &call::Call, now: Moment) -> reply::Reply;
    /// How it says that it is in trouble.
    fn broken(status: u16) -> reply::Reply;
    /// How it says that it was asked too much, and when to come again.
    fn too_many(wait: Option<u32>, now: Moment) -> reply::Reply;
    /// Headers that every answer has.
    fn dress(headers: &mut HeaderMap);
}

/// What all simulated forges keep.
pub(super) struct Line {
    pub(super) clock: SharedClock,
    pub(super) faults: Arc<Faults>,
    pub(super) ghosts: Mutex<ghosts::Ghosts>,
    pub(super) busy: Arc<AtomicUsize>,
    pub(super) served: AtomicU64,
}

impl Line {
    /// What the forge's own clock shows, which may not be what the others' show.
    pub(super) fn now(&self) -> Moment {
        self.clock.machine_now() + self.faults.skewed()
    }

    pub(super) fn new(clock: SharedClock, faults: Faults) -> Self {
        Self {
            clock,
            faults: Arc::new(faults),
            ghosts: Mutex::default(),
            busy: Arc::default(),
            served: AtomicU64::default(),
        }
    }
}

/// What is inside; a holder that panicked leaves nothing half done that anybody relies on.
pub(super) fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
