//! Deadlines and sizes of the door, as one value so that tests can be fast.
//!
//! What always holds: every state a connection can be in has a deadline here. What is deliberately not here: who
//! enforces them (`pulse` for connections, `body` for bodies, `intake` for the store).

use std::time::Duration;

/// Deadlines and sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections held at once. One more makes the longest silent connection leave; if none is silent, accepting
    /// pauses until a connection ends.
    pub connections: usize,
    /// From accepting a connection to its first byte.
    pub first_byte: Duration,
    /// From the first byte of a request to the end of its header.
    pub header: Duration,
    /// Bytes of a request's header, at most.
    pub header_bytes: usize,
    /// From the end of a header to the end of its body.
    pub body: Duration,
    /// Bytes of a body, at most; exactly this many are accepted.
    pub body_bytes: usize,
    /// Bytes held by all bodies together, beyond the first 64 KiB of each, which are always granted.
    pub bodies_bytes: usize,
    /// How long the store may take before the forge is told to come again. The write itself goes on.
    pub acknowledge: Duration,
    /// From an answer to the first byte of the next request. Longer than the keep-alive of common reverse proxies, so
    /// that they hang up first and never send a delivery into a closing connection.
    pub idle: Duration,
    /// How long bytes that nobody will read are thrown away after the last answer, so that the peer gets to see it.
    pub linger: Duration,
    /// From the shutdown signal to the end of accepting, for load balancers to notice `/readyz`.
    pub notice: Duration,
    /// From the end of accepting to the end of everything.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            first_byte: Duration::from_secs(5),
            header: Duration::from_secs(5),
            header_bytes: 64 * 1024,
            body: Duration::from_secs(10),
            body_bytes: 25 * 1024 * 1024,
            bodies_bytes: 256 * 1024 * 1024,
            // GitHub and GitLab give up at 10 s.
            acknowledge: Duration::from_secs(8),
            idle: Duration::from_secs(75),
            linger: Duration::from_secs(1),
            notice: Duration::ZERO,
            drain: Duration::from_secs(20),
        }
    }
}
