//! The journal and the ledger of one incident.
//!
//! What always holds: entries are numbered without a gap, each is linked to the one before, and both tables change in
//! one transaction under the claim's lease. The text that was hashed is the text that is stored.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{row, row::Micros, schedule};
use crate::{
    domain::{event::Event, ids::CommentId, ids::IssueRef},
    store::{EffectRow, Entry, StoreError, Stored, chain},
};

/// Events as they will be stored.
pub(super) fn written(events: &[Event]) -> Result<Vec<String>, StoreError> {
    events
        .iter()
        .map(|event| {
            // The cause is left out: it could quote the event.
            let refused = |_| StoreError::Corrupt { what: "an event that cannot be written as JSON".to_owned() };
            serde_json::to_string(event).map_err(refused)
        })
        .collect()
}

/// Appends events and changes ledger rows of the issue in this row, whose lease was looked at in the same transaction.
pub(super) fn record(db: &Connection, issue: i64, events: &[String], effects: &[EffectRow]) -> Result<(), StoreError> {
    if !events.is_empty() {
        append(db, issue, events)?;
    }
    if effects.is_empty() {
        return Ok(());
    }
    let mut upsert = db.prepare_cached(
        "INSERT INTO ledger (issue, key, state, attempts, sent_at, not_before, absences, remote, digest)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (issue, key) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
            sent_at = excluded.sent_at, not_before = excluded.not_before, absences = excluded.absences,
            remote = excluded.remote, digest = excluded.digest",
    )?;
    for effect in effects {
        upsert.execute(params![
            issue,
            effect.key,
            effect.state,
            effect.attempts,
            effect.sent_at.map(Micros::from),
            effect.not_before.map(Micros::from),
            effect.absences,
            effect.remote.map(|comment| comment.0.cast_signed()),
            effect.digest,
        ])?;
    }
    Ok(())
}

fn append(db: &Connection, issue: i64, events: &[String]) -> Result<(), StoreError> {
    let last = db
        .prepare_cached("SELECT seq, hash FROM journal WHERE issue = ?1 ORDER BY seq DESC LIMIT 1")?
        .query_row([issue], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    let (mut seq, mut head) = last.unwrap_or_else(|| (0, chain::GENESIS.to_owned()));
    let mut insert = db.prepare_cached("INSERT INTO journal (issue, seq, json, hash) VALUES (?1, ?2, ?3, ?4)")?;
    for json in events {
        seq += 1;
        head = chain::link(&head, json);
        insert.execute(params![issue, seq, json, head])?;
    }
    Ok(())
}

/// The journal, oldest entry first.
pub(super) fn journal(db: &Connection, issue: &IssueRef) -> Result<Vec<Entry>, StoreError> {
    let Some(id) = schedule::find(db, issue)? else { return Ok(Vec::new()) };
    let mut rows = db.prepare_cached("SELECT seq, json, hash FROM journal WHERE issue = ?1 ORDER BY seq")?;
    let rows = rows.query_map([id], |row| {
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    })?;
    rows.map(|row| {
        let (seq, json, hash) = row?;
        let event = serde_json::from_str(&json).map_err(|error| StoreError::Corrupt {
            // The error's own words could quote the event.
            what: format!("journal entry {seq} of {issue} is no event this program knows (column {})", error.column()),
        })?;
        Ok(Entry { seq, event, json, hash })
    })
    .collect()
}

/// The journal as it is stored, oldest entry first: also where an entry is none.
pub(super) fn stored(db: &Connection, issue: &IssueRef) -> Result<Vec<Stored>, StoreError> {
    let Some(id) = schedule::find(db, issue)? else { return Ok(Vec::new()) };
    let mut rows = db.prepare_cached("SELECT seq, json, hash FROM journal WHERE issue = ?1 ORDER BY seq")?;
    let rows = rows.query_map([id], |row| {
        let text =
            |column| Ok::<_, rusqlite::Error>(String::from_utf8_lossy(row.get_ref(column)?.as_bytes()?).into_owned());
        Ok(Stored { seq: row.get::<_, i64>(0)?.cast_unsigned(), json: text(1)?, hash: text(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Issues for which something was done, as the ledger knows, and of which the journal holds nothing; ordered. What is
/// done for a whole project stands in the ledger alone.
pub(super) fn bereft(db: &Connection) -> Result<Vec<IssueRef>, StoreError> {
    let mut rows = db.prepare_cached(
        "SELECT forge, project, number FROM issue WHERE number <> 0
         AND EXISTS (SELECT 1 FROM ledger WHERE ledger.issue = issue.id)
         AND NOT EXISTS (SELECT 1 FROM journal WHERE journal.issue = issue.id) ORDER BY forge, project, number",
    )?;
    let rows = rows.query_map([], |row| row::issue(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The ledger, by key.
pub(super) fn ledger(db: &Connection, issue: &IssueRef) -> Result<BTreeMap<String, EffectRow>, StoreError> {
    let Some(id) = schedule::find(db, issue)? else { return Ok(BTreeMap::new()) };
    let mut rows = db.prepare_cached(
        "SELECT key, state, attempts, sent_at, not_before, absences, remote, digest FROM ledger WHERE issue = ?1",
    )?;
    let rows = rows.query_map([id], |row| {
        let moment = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<Micros>>(column)?.map(Micros::moment));
        let effect = EffectRow {
            key: row.get(0)?,
            state: row.get(1)?,
            attempts: row.get(2)?,
            sent_at: moment(3)?,
            not_before: moment(4)?,
            absences: row.get(5)?,
            remote: row.get::<_, Option<i64>>(6)?.map(|comment| CommentId(comment.cast_unsigned())),
            digest: row.get(7)?,
        };
        Ok((effect.key.clone(), effect))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Issues with a journal, ordered.
pub(super) fn incidents(db: &Connection) -> Result<Vec<IssueRef>, StoreError> {
    let mut rows = db.prepare_cached(
        "SELECT forge, project, number FROM issue
         WHERE EXISTS (SELECT 1 FROM journal WHERE journal.issue = issue.id) ORDER BY forge, project, number",
    )?;
    let rows = rows.query_map([], |row| row::issue(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
