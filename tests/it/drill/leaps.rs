//! When time may leap: never while the program has something in hand that does not wait for the clock.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use chrono::TimeDelta;
use hotwash::{
    clock::SharedClock,
    domain::time::Moment,
    drill::{
        faults::Faults,
        service::{Broken, Running, Service, Surroundings, Watch},
        stage::Stage,
    },
    store::SharedStore,
};
use tokio::task::yield_now;

use super::stage::script;

/// Many more turns than it takes the stage to see that all is quiet.
const TURNS: usize = 2_000;

/// A program that does nothing but what a test says.
#[derive(Clone, Default)]
struct Puppet(Arc<Strings>);

#[derive(Default)]
struct Strings {
    busy: AtomicBool,
    requests: AtomicUsize,
    clock: Mutex<Option<SharedClock>>,
    /// What the clock showed when it asked last, while it was stopped.
    saw: Mutex<Option<Moment>>,
}

impl Watch for Puppet {
    fn requests(&self) -> usize {
        self.0.requests.load(Ordering::SeqCst)
    }

    fn is_idle(&self) -> bool {
        !self.0.busy.load(Ordering::SeqCst)
    }
}

impl Puppet {
    fn clock(&self) -> SharedClock {
        self.0.clock.lock().unwrap().clone().unwrap()
    }

    fn is_busy(&self, busy: bool) {
        self.0.busy.store(busy, Ordering::SeqCst);
    }
}

#[async_trait]
impl Service for Puppet {
    async fn start(&self, surroundings: &Surroundings) -> Result<Box<dyn Running>, Broken> {
        let clock = SharedClock::clone(&surroundings.clock);
        *self.0.clock.lock().unwrap() = Some(SharedClock::clone(&clock));
        // Like the sweep: it rests, with nothing in hand, so there is always somebody who waits for the clock.
        tokio::spawn(async move {
            loop {
                clock.rest(Duration::from_mins(5)).await;
            }
        });
        Ok(Box::new(self.clone()))
    }
}

#[async_trait]
impl Running for Puppet {
    fn address(&self) -> SocketAddr {
        // Nobody listens there; nothing is delivered.
        SocketAddr::from(([127, 0, 0, 1], 9))
    }

    fn webhook(&self) -> String {
        "/".to_owned()
    }

    fn watch(&self) -> Arc<dyn Watch> {
        Arc::new(self.clone())
    }

    async fn next_due(&self) -> Result<Option<Moment>, Broken> {
        Ok(None)
    }

    fn store(&self) -> SharedStore {
        unreachable!("nobody asks the puppet what it knows")
    }

    /// It waits for its turn to write while another request is sent and not accepted yet.
    async fn stop(self: Box<Self>) -> Result<(), Broken> {
        self.is_busy(true);
        self.0.requests.store(1, Ordering::SeqCst);
        let clock = self.clock();
        let sending = async {
            let sent = Instant::now();
            while sent.elapsed() < Duration::from_millis(50) {
                yield_now().await;
            }
            *self.0.saw.lock().unwrap() = Some(clock.now());
            self.0.requests.store(0, Ordering::SeqCst);
        };
        tokio::join!(clock.pause(Duration::from_secs(1)), sending);
        self.is_busy(false);
        Ok(())
    }

    async fn kill(self: Box<Self>) -> Result<(), Broken> {
        Ok(())
    }
}

#[tokio::test]
async fn time_stands_still_while_something_is_in_hand_that_does_not_wait_for_the_clock() {
    let (script, puppet) = (script(), Puppet::default());
    let mut stage = Stage::set(&script, &puppet, Faults::new(0)).await.unwrap();
    let (start, clock) = (stage.now(), puppet.clock());
    puppet.is_busy(true);
    let works = async {
        for turn in 0..TURNS {
            assert_eq!(clock.now(), start, "time leapt in turn {turn}, over what it was doing");
            yield_now().await;
        }
        puppet.is_busy(false);
    };
    let end = start + TimeDelta::minutes(10);
    let (leapt, ()) = tokio::join!(stage.towards(end), works);
    assert!(leapt.unwrap());
    assert_eq!(stage.now(), start + TimeDelta::minutes(5), "and then to the next moment somebody waits for");
}

#[tokio::test]
async fn time_leaps_for_what_waits_with_something_in_hand() {
    let (script, puppet) = (script(), Puppet::default());
    let mut stage = Stage::set(&script, &puppet, Faults::new(0)).await.unwrap();
    let (start, clock) = (stage.now(), puppet.clock());
    puppet.is_busy(true);
    let end = start + TimeDelta::minutes(3);
    let works = async {
        clock.pause(Duration::from_secs(1)).await;
        let woken = clock.now();
        puppet.is_busy(false);
        woken
    };
    let plays = async { while stage.towards(end).await.unwrap() {} };
    let ((), woken) = tokio::join!(plays, works);
    assert_eq!(woken, start + TimeDelta::seconds(1));
}

#[tokio::test]
async fn the_end_waits_for_a_request_that_was_sent_and_not_accepted_yet() {
    let (script, puppet) = (script(), Puppet::default());
    let mut stage = Stage::set(&script, &puppet, Faults::new(0)).await.unwrap();
    let start = stage.now();
    stage.strike().await.unwrap();
    let saw = puppet.0.saw.lock().unwrap().unwrap();
    assert_eq!(saw, start, "time leapt over a request");
    assert_eq!(stage.now(), start + TimeDelta::seconds(1), "no farther than what is in hand waits for");
}
