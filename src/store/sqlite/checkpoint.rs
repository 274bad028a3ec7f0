//! Moves the WAL's content into the database while others write, and keeps the WAL from growing.
//!
//! A flush is cheap; copying megabytes of pages into the database is not, and by default SQLite does it inside whichever
//! commit comes next. Here a thread with its own connection does it. Three rules:
//!
//! 1. Past [`BUSY_FRAMES`] frames not yet copied, the writer wakes the thread, which copies passively: nobody waits.
//! 2. A WAL that is written all the time is never quite copied, so it could not start over. Past [`LONG_FRAMES`] frames
//!    the writer itself copies the last few, once the thread has left no more than [`TAIL_FRAMES`]; past [`LIMIT_FRAMES`]
//!    it copies whatever the thread has left.
//! 3. When nothing was written for [`IDLE`], everything is copied and the WAL file is cut to nothing.
//!
//! What always holds: with the 8 KiB pages of a new file the WAL starts over between 64 and 128 MiB, give or take what is written during
//! one copy, unless another program keeps a read transaction open; then it grows, and the log says so. On start the thread also reads the whole
//! database for damage, so that start itself is quick; what it finds stops every further call.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    time::Duration,
};

use rusqlite::Connection;

const BUSY_FRAMES: i64 = 2_048;
const LONG_FRAMES: i64 = 8_192;
/// About two commits of a full house.
const TAIL_FRAMES: i64 = 1_024;
const LIMIT_FRAMES: i64 = 16_384;
/// Only a foreign reader lets it come to this.
const ALARM_FRAMES: i64 = 4 * LIMIT_FRAMES;
const IDLE: Duration = Duration::from_secs(2);
/// Copying under load leaves what was written meanwhile; so often it is tried to catch up before the next wake-up.
const ROUNDS: usize = 4;

/// What the threads of one store tell each other.
#[derive(Default)]
pub(super) struct Health {
    damage: OnceLock<String>,
    commits: AtomicU64,
    stopping: AtomicBool,
}

impl Health {
    /// What the check of the whole file found, if it found anything.
    pub(super) fn damage(&self) -> Option<&str> {
        self.damage.get().map(String::as_str)
    }

    /// The store is closing: do not begin anything long.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }
}

/// The writer's side: how full the WAL is.
pub(super) struct Pressure {
    health: Arc<Health>,
    wake: SyncSender<()>,
    asleep: Arc<AtomicBool>,
    changes: u64,
    warned: bool,
}

/// The thread's side.
pub(super) struct Checkpointer {
    health: Arc<Health>,
    woken: Receiver<()>,
    asleep: Arc<AtomicBool>,
}

/// Both sides. Dropping the writer's side ends the thread.
pub(super) fn pair(health: &Arc<Health>) -> (Pressure, Checkpointer) {
    // One place: a second wake-up says nothing that the first does not.
    let (wake, woken) = sync_channel(1);
    let asleep = Arc::new(AtomicBool::new(true));
    let pressure =
        Pressure { health: Arc::clone(health), wake, asleep: Arc::clone(&asleep), changes: 0, warned: false };
    (pressure, Checkpointer { health: Arc::clone(health), woken, asleep })
}

impl Pressure {
    /// Looks at the WAL between two transactions.
    pub(super) fn after_commit(&mut self, db: &Connection) {
        // A transaction that changed nothing wrote nothing.
        let before = std::mem::replace(&mut self.changes, db.total_changes());
        if self.changes == before {
            return;
        }
        self.health.commits.fetch_add(1, Ordering::Release);
        let Some((frames, copied)) = checkpoint(db, "PRAGMA wal_checkpoint(NOOP)") else { return };
        let left = frames - copied;
        if left >= BUSY_FRAMES || self.asleep.swap(false, Ordering::AcqRel) {
            // A full channel means that it is awake already.
            let _ = self.wake.try_send(());
        }
        if frames >= LIMIT_FRAMES || (frames >= LONG_FRAMES && left <= TAIL_FRAMES) {
            // With everything copied and nobody reading old frames, the next transaction starts at the WAL's beginning.
            // While the thread is at it, SQLite refuses at once, and the next commit tries again.
            checkpoint(db, "PRAGMA wal_checkpoint(PASSIVE)");
        }
        self.warn(frames);
    }

    fn warn(&mut self, frames: i64) {
        let long = frames > ALARM_FRAMES;
        if long && !self.warned {
            tracing::warn!(frames, "the WAL file keeps growing: does another program hold the database open?");
        }
        self.warned = long;
    }
}

impl Checkpointer {
    /// Runs until the writer is gone.
    pub(super) fn run(&self, db: &Connection) {
        self.look_for_damage(db);
        loop {
            // Clean and idle: sleep until the writer says that it wrote.
            self.asleep.store(true, Ordering::Release);
            if self.woken.recv().is_err() || !self.until_idle(db) {
                return;
            }
            checkpoint(db, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /// Copies on demand until nothing was written for a while; `false` when the writer is gone.
    fn until_idle(&self, db: &Connection) -> bool {
        loop {
            let before = self.health.commits.load(Ordering::Acquire);
            match self.woken.recv_timeout(IDLE) {
                Ok(()) => copy(db),
                Err(RecvTimeoutError::Disconnected) => return false,
                Err(RecvTimeoutError::Timeout) if self.health.commits.load(Ordering::Acquire) == before => return true,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn look_for_damage(&self, db: &Connection) {
        if self.health.stopping.load(Ordering::Acquire) {
            return;
        }
        match db.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)) {
            Ok(verdict) if verdict == "ok" => {}
            Ok(verdict) => drop(self.health.damage.set(verdict)),
            // The store closes, or the disk fails; the next write will say so better.
            Err(error) if error.sqlite_error_code() != Some(rusqlite::ErrorCode::DatabaseCorrupt) => {}
            Err(error) => drop(self.health.damage.set(error.to_string())),
        }
        if let Some(damage) = self.health.damage() {
            tracing::error!(damage, "the database file is damaged; nothing more is read or written");
        }
    }
}

fn copy(db: &Connection) {
    for _ in 0..ROUNDS {
        let left = checkpoint(db, "PRAGMA wal_checkpoint(PASSIVE)").map_or(0, |(frames, copied)| frames - copied);
        if left <= TAIL_FRAMES / 2 {
            return;
        }
    }
}

/// Frames in the WAL, and how many of them are copied. `None` where SQLite could not say; a failing disk shows itself
/// at the next commit, so it is not reported twice.
fn checkpoint(db: &Connection, pragma: &str) -> Option<(i64, i64)> {
    let mut statement = db.prepare_cached(pragma).ok()?;
    statement.query_row([], |row| Ok((row.get(1)?, row.get(2)?))).ok()
}
