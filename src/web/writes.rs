//! Store writes that outlive the request they came with.
//!
//! What always holds: `finished` returns only after every write that was begun has ended. What is deliberately not here:
//! the writing itself (`intake`).

use std::convert::Infallible;

use tokio::sync::mpsc;

/// Held by whatever may begin a write, until nothing can any more and every write has ended.
pub(super) struct Pending {
    _open: mpsc::Sender<Infallible>,
}

/// The other end: knows when the last [`Pending`] is gone.
pub(super) struct Writes {
    all: mpsc::Receiver<Infallible>,
}

impl Writes {
    /// Completes when no write is under way and none can begin any more.
    pub(super) async fn finished(mut self) {
        // Nothing can be sent; the channel only tells when its last sender is gone.
        let _ = self.all.recv().await;
    }
}

/// A fresh pair.
pub(super) fn tracked() -> (Pending, Writes) {
    let (open, all) = mpsc::channel(1);
    (Pending { _open: open }, Writes { all })
}
