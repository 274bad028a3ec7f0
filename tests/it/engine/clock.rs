//! A clock that stands still until it is told otherwise. Waiting for it with something in hand moves it.

use std::{sync::Mutex, time::Duration};

use async_trait::async_trait;
use chrono::TimeDelta;
use hotwash::{clock::Clock, domain::time::Moment};
use tokio::sync::Notify;

pub(crate) struct HeldClock {
    now: Mutex<Moment>,
    moved: Notify,
}

impl HeldClock {
    pub(crate) fn at(moment: Moment) -> Self {
        Self { now: Mutex::new(moment), moved: Notify::new() }
    }

    pub(crate) fn set(&self, moment: Moment) {
        *self.now.lock().unwrap() = moment;
        self.moved.notify_waiters();
    }
}

#[async_trait]
impl Clock for HeldClock {
    fn now(&self) -> Moment {
        *self.now.lock().unwrap()
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
        self.set(at.max(self.now()));
    }

    async fn pause(&self, span: Duration) {
        self.set(self.now() + TimeDelta::from_std(span).unwrap());
    }

    /// Whoever has nothing in hand moves nothing.
    async fn nap(&self, until: Option<Moment>) {
        loop {
            let moved = self.moved.notified();
            if until.is_some_and(|until| self.now() >= until) {
                return;
            }
            moved.await;
        }
    }
}
