//! A clock that stands still until it is told otherwise. Waiting for it moves it.

use std::{sync::Mutex, time::Duration};

use async_trait::async_trait;
use chrono::TimeDelta;
use hotwash::{clock::Clock, domain::time::Moment};

pub(crate) struct HeldClock(Mutex<Moment>);

impl HeldClock {
    pub(crate) fn at(moment: Moment) -> Self {
        Self(Mutex::new(moment))
    }

    pub(crate) fn set(&self, moment: Moment) {
        *self.0.lock().unwrap() = moment;
    }
}

#[async_trait]
impl Clock for HeldClock {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap()
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
        let mut now = self.0.lock().unwrap();
        *now = at.max(*now);
    }

    async fn pause(&self, span: Duration) {
        *self.0.lock().unwrap() += TimeDelta::from_std(span).unwrap();
    }
}
