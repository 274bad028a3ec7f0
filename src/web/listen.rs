//! The accept loop: how many connections there are, and how they all end.
//!
//! What always holds: at most [`Limits::connections`] are served at once, and silent ones never keep others out; a
//! failing `accept` is reported and waited out, never spun on. What is deliberately not here: what a connection serves.

use std::{
    future::Future,
    io,
    pin::pin,
    sync::{Arc, Weak},
    time::Duration,
};

use axum::Router;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{connection, limits::Limits, pulse::Pulse};
use crate::telemetry;

/// How often room is asked for again while there is none.
const ASK_AGAIN: Duration = Duration::from_millis(50);

/// How long to wait when `accept` fails for want of something (descriptors, memory).
const STARVED: Duration = Duration::from_millis(200);

/// Serves any router under the same deadlines until `shutdown` completes, then drains for at most [`Limits::drain`].
pub async fn listen(listener: TcpListener, router: Router, limits: Limits, shutdown: impl Future<Output = ()> + Send) {
    let drain_limit = limits.drain;
    let (drain, draining) = watch::channel(false);
    let mut house = House::new(router, limits, draining);
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            () = house.admit(&listener) => {}
        }
    }
    drop(listener);
    // Nobody listens any more only if every connection is gone.
    let _ = drain.send(true);
    let connections = house.close();
    finish(connections, drain_limit).await;
}

/// Waits for every connection, then cuts off what is left.
async fn finish(mut connections: JoinSet<()>, limit: Duration) {
    let all = async { while connections.join_next().await.is_some() {} };
    if timeout(limit, all).await.is_err() {
        tracing::warn!(connections = connections.len(), "connections were cut off: the time to finish them is over");
    }
}

/// Everybody inside.
struct House {
    router: Router,
    limits: Arc<Limits>,
    draining: watch::Receiver<bool>,
    slots: Arc<Semaphore>,
    pulses: Vec<Weak<Pulse>>,
    connections: JoinSet<()>,
}

impl House {
    fn new(router: Router, limits: Limits, draining: watch::Receiver<bool>) -> Self {
        let slots = Arc::new(Semaphore::new(limits.connections));
        Self { router, limits: Arc::new(limits), draining, slots, pulses: Vec::new(), connections: JoinSet::new() }
    }

    /// Ends the house and hands over who is still inside.
    fn close(self) -> JoinSet<()> {
        self.connections
    }

    /// Accepts one connection and finds it a slot. Cancel-safe: a connection without a slot is closed with the loop.
    async fn admit(&mut self, listener: &TcpListener) {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => return refused(&error).await,
        };
        let slot = self.slot().await;
        self.serve(stream, slot);
    }

    /// A slot, at once or as soon as somebody quiet has left or somebody busy is done.
    async fn slot(&self) -> OwnedSemaphorePermit {
        if let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() {
            return slot;
        }
        loop {
            self.make_room();
            let slot = Arc::clone(&self.slots).acquire_owned();
            if let Ok(slot) = timeout(ASK_AGAIN, slot).await {
                return slot.expect("nobody closes the semaphore");
            }
        }
    }

    /// Asks the connection that has been quiet for longest to leave.
    fn make_room(&self) {
        let quiet = self.pulses.iter().filter_map(Weak::upgrade).filter(|pulse| pulse.now().0.is_quiet());
        if let Some(longest) = quiet.min_by_key(|pulse| pulse.now().1) {
            longest.ask_to_leave();
        }
    }

    fn serve(&mut self, stream: TcpStream, slot: OwnedSemaphorePermit) {
        // Small answers should leave at once; a socket that refuses the option still works.
        let _ = stream.set_nodelay(true);
        let pulse = Arc::new(Pulse::new());
        self.remember(&pulse);
        let run = connection::run(stream, self.router.clone(), Arc::clone(&self.limits), pulse, self.draining.clone());
        self.connections.spawn(async move {
            let _counted = Counted::new();
            let ending = run.await;
            metrics::counter!(telemetry::CONNECTIONS_ENDED, "why" => ending).increment(1);
            drop(slot);
        });
        while self.connections.try_join_next().is_some() {}
    }

    fn remember(&mut self, pulse: &Arc<Pulse>) {
        if self.pulses.len() >= self.limits.connections.saturating_mul(2) {
            self.pulses.retain(|known| known.strong_count() > 0);
        }
        self.pulses.push(Arc::downgrade(pulse));
    }
}

/// One open connection in the gauge, however it ends.
struct Counted;

impl Counted {
    fn new() -> Self {
        metrics::gauge!(telemetry::CONNECTIONS).increment(1.0);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!(telemetry::CONNECTIONS).decrement(1.0);
    }
}

/// A failed `accept`: either the peer was gone already, or this process lacks something.
async fn refused(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted) {
        return;
    }
    tracing::warn!(%error, "cannot accept connections; if this repeats, raise the limit of open files");
    sleep(STARVED).await;
}
