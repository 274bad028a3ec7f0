//! A clock that stands still while anything moves, and leaps to the next moment that somebody waits for.
//!
//! What always holds: waiting costs nothing; waiters are woken in the order of their moments; the clock never goes back.
//! Incident time is machine time. What is deliberately not here: when it may leap (`stage`).

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use async_trait::async_trait;
use chrono::TimeDelta;

use crate::{clock::Clock, domain::time::Moment};

/// A clock that moves only when it is told to. Clones are the same clock.
#[derive(Clone)]
pub struct VirtualClock {
    face: Arc<Mutex<Face>>,
}

struct Face {
    now: Moment,
    jumps: u64,
    serial: u64,
    /// By moment, then by who came first.
    waiters: BTreeMap<(Moment, u64), Waker>,
}

impl VirtualClock {
    /// Stands at `now`.
    #[must_use]
    pub fn at(now: Moment) -> Self {
        Self { face: Arc::new(Mutex::new(Face { now, jumps: 0, serial: 0, waiters: BTreeMap::new() })) }
    }

    /// The earliest moment that somebody waits for; may lie in the past for a task that was woken and did not run yet.
    #[must_use]
    pub fn next_waiter(&self) -> Option<Moment> {
        self.face().waiters.keys().next().map(|(at, _)| *at)
    }

    /// How often the clock was moved.
    #[must_use]
    pub fn jumps(&self) -> u64 {
        self.face().jumps
    }

    /// How many wait now.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.face().waiters.len()
    }

    /// How many began to wait so far. Grows whenever a task comes to rest on this clock.
    #[must_use]
    pub fn waits(&self) -> u64 {
        self.face().serial
    }

    /// Moves to `at` and wakes everybody whose moment has come, the earliest first. A moment that has passed already
    /// moves nothing.
    pub fn advance_to(&self, at: Moment) {
        let due = {
            let mut face = self.face();
            if at > face.now {
                face.now = at;
                face.jumps += 1;
            }
            let now = face.now;
            let later = face.waiters.split_off(&(now, u64::MAX));
            std::mem::replace(&mut face.waiters, later)
        };
        // Outside the lock, because a woken task may look at the clock at once.
        due.into_values().for_each(Waker::wake);
    }

    fn face(&self) -> MutexGuard<'_, Face> {
        self.face.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_until(&self, until: Moment) -> Wait {
        let mut face = self.face();
        face.serial += 1;
        Wait { clock: self.clone(), key: (until, face.serial) }
    }
}

/// One task's wait. Giving it up leaves no trace.
struct Wait {
    clock: VirtualClock,
    key: (Moment, u64),
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut face = self.clock.face();
        if face.now >= self.key.0 {
            face.waiters.remove(&self.key);
            return Poll::Ready(());
        }
        face.waiters.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.clock.face().waiters.remove(&self.key);
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Moment {
        self.face().now
    }

    fn machine_now(&self) -> Moment {
        self.now()
    }

    fn incident_time(&self, stated: Moment) -> Moment {
        stated
    }

    fn machine_time(&self, at: Moment) -> Moment {
        at
    }

    async fn sleep_until(&self, at: Moment) {
        self.wait_until(at).await;
    }

    async fn pause(&self, span: Duration) {
        let span = TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
        let until = self.now().checked_add_signed(span).unwrap_or(Moment::MAX_UTC);
        self.wait_until(until).await;
    }

    async fn nap(&self, until: Option<Moment>) {
        self.wait_until(until.unwrap_or(Moment::MAX_UTC)).await;
    }
}
