//! The virtual clock: waiting costs nothing, everybody is woken at their moment and in order.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::TimeDelta;
use hotwash::{clock::Clock, domain::time::Moment, drill::clock::VirtualClock};
use tokio::task::yield_now;

fn nine() -> Moment {
    "2026-11-20T09:00:00Z".parse().unwrap()
}

fn after(minutes: i64) -> Moment {
    nine() + TimeDelta::minutes(minutes)
}

/// Somebody who waits, and notes the time when they wake.
fn waits(clock: &VirtualClock, name: &'static str, minutes: u64, woken: &Arc<Mutex<Vec<(&'static str, Moment)>>>) {
    let (clock, woken) = (clock.clone(), Arc::clone(woken));
    tokio::spawn(async move {
        clock.pause(Duration::from_mins(minutes)).await;
        woken.lock().unwrap().push((name, clock.now()));
    });
}

#[tokio::test]
async fn everybody_wakes_at_their_moment_and_in_order() {
    let clock = VirtualClock::at(nine());
    let woken = Arc::new(Mutex::new(Vec::new()));
    for (name, minutes) in [("late", 60 * 24), ("soon", 5), ("also soon", 5), ("later", 30)] {
        waits(&clock, name, minutes, &woken);
    }
    yield_now().await;
    assert_eq!((clock.next_waiter(), clock.waiting()), (Some(after(5)), 4));
    assert!(woken.lock().unwrap().is_empty(), "time stands still");

    while let Some(next) = clock.next_waiter() {
        clock.advance_to(next);
        yield_now().await;
    }
    let order = [("soon", after(5)), ("also soon", after(5)), ("later", after(30)), ("late", after(24 * 60))];
    assert_eq!(*woken.lock().unwrap(), order);
    assert_eq!((clock.jumps(), clock.waiting()), (3, 0));
}

#[tokio::test]
async fn a_leap_over_several_moments_wakes_all_of_them_in_order() {
    let clock = VirtualClock::at(nine());
    let woken = Arc::new(Mutex::new(Vec::new()));
    for (name, minutes) in [("third", 30), ("first", 1), ("second", 20), ("not yet", 61)] {
        waits(&clock, name, minutes, &woken);
    }
    yield_now().await;
    clock.advance_to(after(60));
    yield_now().await;
    let names: Vec<&str> = woken.lock().unwrap().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["first", "second", "third"]);
    assert!(woken.lock().unwrap().iter().all(|(_, at)| *at == after(60)), "they slept too long, and see it");
    assert_eq!((clock.jumps(), clock.next_waiter()), (1, Some(after(61))));
}

#[tokio::test]
async fn a_wait_that_is_given_up_leaves_no_trace() {
    let clock = VirtualClock::at(nine());
    tokio::select! {
        () = clock.pause(Duration::from_hours(1)) => panic!("nobody moved the clock"),
        () = yield_now() => {}
    }
    assert_eq!((clock.waiting(), clock.next_waiter()), (0, None));
}

#[tokio::test]
async fn the_clock_never_goes_back_and_past_moments_need_no_waiting() {
    let clock = VirtualClock::at(nine());
    clock.advance_to(after(-10));
    assert_eq!((clock.now(), clock.jumps()), (nine(), 0));
    clock.sleep_until(after(-10)).await;
    clock.pause(Duration::ZERO).await;
    clock.nap(Some(nine())).await;
    assert_eq!((clock.now(), clock.machine_now(), clock.jumps()), (nine(), nine(), 0));
}

#[tokio::test]
async fn a_nap_without_an_end_is_ended_by_no_moment() {
    let clock = VirtualClock::at(nine());
    let napping = clock.clone();
    let nap = tokio::spawn(async move { napping.nap(None).await });
    yield_now().await;
    clock.advance_to(after(60 * 24 * 365));
    yield_now().await;
    assert!(!nap.is_finished());
    nap.abort();
}
