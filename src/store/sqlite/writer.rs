//! The one thread that writes: it takes everything that waits, commits once, then answers everybody.
//!
//! What always holds: an answer `Ok` was committed and flushed before it was sent; a piece of work that fails takes back
//! its own changes only; if the commit fails, nobody is told `Ok`, and the thread lives on to try the next batch.
//! What is deliberately not here: copying the WAL into the database while people wait (`checkpoint`).

use rusqlite::Connection;
use tokio::sync::mpsc::Receiver;

use super::{checkpoint::Pressure, failure::Shared, job::Job};

/// So many pieces of work share one flush at most; bounds the time that the first of them waits.
const BATCH: usize = 256;

/// Runs until nobody can ask any more. Gives the connection back, to be closed after all others: the last to close
/// removes the WAL, and two that close at the same moment each take the other for the last.
pub(super) fn run(db: Connection, mut queue: Receiver<Box<dyn Job>>, mut pressure: Pressure) -> Connection {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
        let lost = together(&db, &mut batch).err();
        if lost.is_some() {
            roll_back(&db);
        }
        for job in batch.drain(..) {
            job.answer(lost.as_ref());
        }
        pressure.after_commit(&db);
    }
    db
}

/// One transaction for all of them, one savepoint for each.
fn together(db: &Connection, batch: &mut [Box<dyn Job>]) -> Result<(), Shared> {
    statement(db, "BEGIN IMMEDIATE")?;
    if let [only] = batch {
        return alone(db, only.as_mut());
    }
    for job in batch {
        statement(db, "SAVEPOINT work")?;
        if !job.run(db) {
            // A full disk ends the whole transaction, not just the statement.
            if db.is_autocommit()
                && let Some(cause) = job.cause()
            {
                return Err(cause);
            }
            statement(db, "ROLLBACK TO work")?;
        }
        statement(db, "RELEASE work")?;
    }
    statement(db, "COMMIT")
}

/// A piece of work with the transaction to itself, which needs no savepoint: what it takes back is everything.
fn alone(db: &Connection, job: &mut dyn Job) -> Result<(), Shared> {
    if job.run(db) {
        return statement(db, "COMMIT");
    }
    if db.is_autocommit() {
        return job.cause().map_or(Ok(()), Err);
    }
    statement(db, "ROLLBACK")
}

fn statement(db: &Connection, sql: &str) -> Result<(), Shared> {
    let ran = db.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    ran.map(drop).map_err(|error| Shared(error.into()))
}

fn roll_back(db: &Connection) {
    if !db.is_autocommit() && statement(db, "ROLLBACK").is_err() {
        tracing::error!("the database refuses to roll back; the next transaction will fail as well");
    }
}

/// Answers questions, one at a time, until nobody can ask any more.
pub(super) fn read(db: &Connection, mut queue: Receiver<Box<dyn Job>>) {
    while let Some(mut job) = queue.blocking_recv() {
        job.run(db);
        job.answer(None);
    }
}
