//! A clock that stands still while anything moves, and leaps to the next moment that somebody waits for.
//!
//! What always holds: waiting costs nothing; waiters are woken in the order of their moments; the clock never goes back.
//! Incident time is machine time. What is deliberately not here: when it may leap (`stage`).

use std::{
    collections::{BTreeMap, btree_map::OccupiedEntry},
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
    waiters: BTreeMap<(Moment, u64), Waiter>,
}

struct Waiter {
    waker: Waker,
    /// It waits in the middle of something.
    in_hand: bool,
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

    /// The earliest moment for which somebody waits in the middle of something.
    #[must_use]
    pub fn next_in_hand(&self) -> Option<Moment> {
        self.face().waiters.iter().find(|(_, waiter)| waiter.in_hand).map(|((at, _), _)| *at)
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
        self.move_to(at);
        while self.wake_one() {}
    }

    /// Moves to `at` and wakes nobody yet.
    pub fn move_to(&self, at: Moment) {
        let mut face = self.face();
        if at > face.now {
            face.now = at;
            face.jumps += 1;
        }
    }

    /// Wakes the first whose moment has come; false where there is none.
    pub fn wake_one(&self) -> bool {
        let due = {
            let mut face = self.face();
            let now = face.now;
            face.waiters.first_entry().filter(|first| first.key().0 <= now).map(OccupiedEntry::remove)
        };
        // Outside the lock, because a woken task may look at the clock at once.
        due.map(|waiter| waiter.waker.wake()).is_some()
    }

    fn face(&self) -> MutexGuard<'_, Face> {
        self.face.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_until(&self, until: Moment, in_hand: bool) -> Wait {
        let mut face = self.face();
        face.serial += 1;
        Wait { clock: self.clone(), key: (until, face.serial), in_hand }
    }

    fn after(&self, span: Duration) -> Moment {
        let span = TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
        self.now().checked_add_signed(span).unwrap_or(Moment::MAX_UTC)
    }
}

/// One task's wait. Giving it up leaves no trace.
struct Wait {
    clock: VirtualClock,
    key: (Moment, u64),
    in_hand: bool,
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut face = self.clock.face();
        if face.now >= self.key.0 {
            face.waiters.remove(&self.key);
            return Poll::Ready(());
        }
        face.waiters.insert(self.key, Waiter { waker: context.waker().clone(), in_hand: self.in_hand });
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
        self.wait_until(at, true).await;
    }

    async fn pause(&self, span: Duration) {
        self.wait_until(self.after(span), true).await;
    }

    async fn rest(&self, span: Duration) {
        self.wait_until(self.after(span), false).await;
    }

    async fn nap(&self, until: Option<Moment>) {
        self.wait_until(until.unwrap_or(Moment::MAX_UTC), false).await;
    }
}
