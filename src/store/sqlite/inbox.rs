//! Deliveries: kept once, closed when worked on, parked when they cannot be.
//!
//! What always holds: a delivery is pending, done or parked; a pending one has an issue, and that issue has a wake-up;
//! rows stay for ever, so the same id or content is recognised years later. What is deliberately not here: what a
//! delivery says.

use rusqlite::{Connection, params};

use super::{row::Micros, schedule};
use crate::{
    domain::time::Moment,
    store::{Accepted, Counts, Delivery, StoreError},
};

const PENDING: i64 = 0;
/// Worked on, or of no interest.
pub(super) const DONE: i64 = 1;
/// Cannot be worked on; a person should look.
pub(super) const PARKED: i64 = 2;

/// A delivery as it goes into the database: the body is compressed before the writer sees it.
pub(super) struct Packed {
    delivery: Delivery,
    lz4: Vec<u8>,
}

impl Packed {
    /// Compresses the body; done on the caller's task, because the writer is what everybody waits for.
    pub(super) fn new(delivery: Delivery) -> Self {
        Self { lz4: lz4_flex::block::compress_prepend_size(&delivery.body), delivery }
    }
}

/// Keeps a delivery and marks its issue. The issue of a duplicate is marked as well: one look too many costs little, and
/// the first look may have come too early.
pub(super) fn accept(db: &Connection, packed: &Packed) -> Result<Accepted, StoreError> {
    let delivery = &packed.delivery;
    let now = Micros::from(delivery.received_at);
    let issue = delivery.issue.as_ref().map(|issue| schedule::mark(db, issue, now, false)).transpose()?;
    let state = match issue {
        _ if delivery.unreadable => PARKED,
        Some(_) => PENDING,
        None => DONE,
    };
    let added = db
        .prepare_cached(
            "INSERT INTO inbox (forge, delivery, digest, event, received_at, issue, state, hint)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            delivery.forge,
            delivery.id,
            delivery.digest,
            delivery.event,
            now,
            issue,
            state,
            delivery.hint,
        ])?;
    if added == 0 {
        return again(db, delivery, issue);
    }
    let id = db.last_insert_rowid();
    db.prepare_cached("INSERT INTO body (id, lz4) VALUES (?1, ?2)")?.execute(params![id, packed.lz4])?;
    Ok(Accepted::New)
}

/// The id, the content, or both are there. Two rows may match: one by id and one by content.
fn again(db: &Connection, delivery: &Delivery, issue: Option<i64>) -> Result<Accepted, StoreError> {
    let mut copies = db.prepare_cached(
        "SELECT id, state, issue FROM inbox WHERE forge = ?1 AND (delivery = ?2 OR digest = ?3) ORDER BY id",
    )?;
    let copies: Vec<(i64, i64, Option<i64>)> = copies
        .query_map(params![delivery.forge, delivery.id, delivery.digest], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect::<Result<_, _>>()?;
    for (id, state, first_issue) in copies {
        if let Some(first) = first_issue.filter(|first| state != PENDING && Some(*first) != issue) {
            schedule::mark_row(db, first, delivery.received_at.into())?;
        }
        // A copy that still cannot be read opens nothing: it would only be parked again.
        if state == PARKED && !delivery.unreadable {
            reopen(db, id, issue.or(first_issue), delivery.hint.as_deref())?;
        }
    }
    Ok(Accepted::Duplicate)
}

/// Gives a parked delivery a new place in the order of arrival, so that a claim made before cannot close it unseen.
fn reopen(db: &Connection, id: i64, issue: Option<i64>, hint: Option<&str>) -> Result<(), StoreError> {
    let state = if issue.is_some() { PENDING } else { DONE };
    db.prepare_cached(
        "UPDATE inbox SET id = (SELECT max(id) + 1 FROM inbox), state = ?2, issue = ?3, hint = coalesce(?4, hint)
         WHERE id = ?1",
    )?
    .execute(params![id, state, issue, hint])?;
    Ok(())
}

/// The hints of what waits for an issue, in order of arrival, and the last row's number (0 when nothing waits).
pub(super) fn waiting(db: &Connection, issue: i64) -> Result<(Vec<String>, i64), StoreError> {
    let mut rows = db.prepare_cached("SELECT id, hint FROM inbox WHERE issue = ?1 AND state = 0 ORDER BY id")?;
    let rows = rows.query_map([issue], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?)))?;
    let (mut hints, mut seen) = (Vec::new(), 0);
    for row in rows {
        let (id, hint) = row?;
        seen = id;
        hints.extend(hint);
    }
    Ok((hints, seen))
}

/// Moves what waits for an issue, up to the row `seen`, to another state.
pub(super) fn close(db: &Connection, issue: i64, seen: i64, state: i64) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE inbox SET state = ?3 WHERE issue = ?1 AND state = 0 AND id <= ?2")?
        .execute(params![issue, seen, state])?;
    Ok(())
}

/// Deliveries and issues by state.
pub(super) fn counts(db: &Connection) -> Result<Counts, StoreError> {
    let count = |sql| db.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0)).map(i64::cast_unsigned);
    Ok(Counts {
        pending: count("SELECT count(*) FROM inbox WHERE state = 0")?,
        parked: count("SELECT count(*) FROM inbox WHERE state = 2")?,
        scheduled: count("SELECT count(*) FROM schedule")?,
    })
}

/// Bodies that may be forgotten, by row number, from the one after `from`.
pub(super) fn forgettable(db: &Connection, from: i64, before: Moment, limit: usize) -> Result<Vec<i64>, StoreError> {
    let mut rows = db.prepare_cached(
        "SELECT body.id FROM body CROSS JOIN inbox ON inbox.id = body.id
         WHERE body.id > ?1 AND inbox.state = 1 AND inbox.received_at < ?2 ORDER BY body.id LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = rows.query_map(params![from, Micros::from(before), limit], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Removes bodies; gives how many there were.
pub(super) fn forget(db: &Connection, rows: &[i64]) -> Result<u64, StoreError> {
    let mut delete = db.prepare_cached("DELETE FROM body WHERE id = ?1")?;
    let mut forgotten = 0;
    for row in rows {
        forgotten += delete.execute([row])? as u64;
    }
    Ok(forgotten)
}
