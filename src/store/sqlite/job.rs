//! A piece of work on its way to a database thread, and the answer on its way back.
//!
//! What always holds: no future owns a transaction. A caller that goes away leaves the work whole or not begun, never
//! half done. What is deliberately not here: when to commit (`writer`).

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::failure::{Shared, stopped};
use crate::store::StoreError;

/// Work that a database thread can do without knowing what it is.
pub(super) trait Job: Send {
    /// Does the work; `false` when its changes must be taken back.
    fn run(&mut self, db: &Connection) -> bool;
    /// The database error behind a failure, where there is one.
    fn cause(&self) -> Option<Shared>;
    /// Tells the caller; `lost` says why the whole transaction came to nothing.
    fn answer(self: Box<Self>, lost: Option<&Shared>);
}

/// What waits for a thread.
pub(super) type Queue = mpsc::Sender<Box<dyn Job>>;

struct Task<T, W> {
    work: Option<W>,
    outcome: Result<T, StoreError>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Job for Task<T, W>
where
    T: Send,
    W: FnOnce(&Connection) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, db: &Connection) -> bool {
        if let Some(work) = self.work.take() {
            self.outcome = work(db);
        }
        self.outcome.is_ok()
    }

    fn cause(&self) -> Option<Shared> {
        match &self.outcome {
            Err(StoreError::Unavailable { source, .. }) => source.downcast_ref().cloned(),
            _ => None,
        }
    }

    fn answer(self: Box<Self>, lost: Option<&Shared>) {
        // Whatever the work found out, it found out inside the transaction that is lost.
        let outcome = lost.map_or(self.outcome, |shared| Err(shared.clone().into()));
        // A caller that went away does not want to know.
        let _ = self.reply.send(outcome);
    }
}

/// Has a thread do `work` and waits for the answer. Waits for a free place first when the queue is full.
pub(super) async fn ask<T, W>(queue: &Queue, work: W) -> Result<T, StoreError>
where
    T: Send + 'static,
    W: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let task = Task { work: Some(work), outcome: Err(stopped()), reply };
    queue.send(Box::new(task)).await.map_err(|_| stopped())?;
    answer.await.map_err(|_| stopped())?
}
