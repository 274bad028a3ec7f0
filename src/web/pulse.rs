//! What one connection is doing, and by when it has to do something else.
//!
//! What always holds: every phase has a deadline, and the deadline is looked at after every step of the connection.
//! What is deliberately not here: the bytes (`connection`), and how many connections there may be (`listen`).

use std::{
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, Sleep},
};

use super::limits::Limits;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Accepted; nothing was heard of it.
    Silent,
    /// Sending a header.
    Header,
    /// A request is being worked on.
    Busy,
    /// Between an answer and the next request.
    Idle,
}

impl Phase {
    /// Owes nothing and is owed nothing.
    pub(super) fn is_quiet(self) -> bool {
        matches!(self, Self::Silent | Self::Idle)
    }

    /// The word for it in metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Header => "header",
            Self::Busy => "busy",
            Self::Idle => "idle",
        }
    }

    /// How long it may last.
    fn limit(self, limits: &Limits) -> Duration {
        match self {
            Self::Silent => limits.first_byte,
            Self::Header => limits.header,
            // Handlers keep their own deadlines; this one stands behind them.
            Self::Busy => limits.body + limits.acknowledge + Duration::from_secs(1),
            Self::Idle => limits.idle,
        }
    }
}

/// The phase of one connection and since when.
pub(super) struct Pulse {
    state: Mutex<(Phase, Instant)>,
    leave: Notify,
}

impl Pulse {
    /// A connection that was accepted just now.
    pub(super) fn new() -> Self {
        Self { state: Mutex::new((Phase::Silent, Instant::now())), leave: Notify::new() }
    }

    /// Bytes came in.
    pub(super) fn heard(&self) {
        let mut state = self.lock();
        if state.0.is_quiet() {
            *state = (Phase::Header, Instant::now());
        }
    }

    /// A request is complete up to its header.
    pub(super) fn busy(&self) {
        *self.lock() = (Phase::Busy, Instant::now());
    }

    /// Its answer is made. A peer that does not read it is idle, and leaves for that.
    pub(super) fn answered(&self) {
        *self.lock() = (Phase::Idle, Instant::now());
    }

    /// What it is doing and since when.
    pub(super) fn now(&self) -> (Phase, Instant) {
        *self.lock()
    }

    /// Asks the connection to make room.
    pub(super) fn ask_to_leave(&self) {
        self.leave.notify_one();
    }

    /// Completes when it was asked to make room and still is quiet.
    pub(super) async fn leaving(&self) {
        loop {
            self.leave.notified().await;
            if self.now().0.is_quiet() {
                return;
            }
        }
    }

    /// Ready with the phase that has lasted too long. To be polled after each step of the connection; `sleep` is reset
    /// only when a deadline comes closer, so that a request costs no timer.
    pub(super) fn poll_overdue(
        &self,
        cx: &mut Context<'_>,
        mut sleep: Pin<&mut Sleep>,
        limits: &Limits,
    ) -> Poll<Phase> {
        loop {
            let (phase, since) = self.now();
            let deadline = since + phase.limit(limits);
            if deadline < sleep.deadline() {
                sleep.as_mut().reset(deadline);
            }
            ready!(sleep.as_mut().poll(cx));
            if Instant::now() >= deadline {
                return Poll::Ready(phase);
            }
            sleep.as_mut().reset(deadline);
        }
    }

    fn lock(&self) -> MutexGuard<'_, (Phase, Instant)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
