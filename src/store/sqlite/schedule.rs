//! Which issue wants a look when, and who looks at it.
//!
//! What always holds: an issue has at most one row in the schedule. While nobody holds it, that row is its wake-up;
//! while somebody does, it is the end of the lease. So a claim takes what is due without asking who holds what, and an
//! idle schedule costs nothing, however long. What is asked for while an issue is held is kept beside it and comes into
//! force when the issue is handed back. A back-off stands against deliveries and nudges alike.

use chrono::Duration;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{
    inbox,
    row::{self, Micros},
};
use crate::{
    domain::{ids::IssueRef, time::Moment},
    store::{Claim, Failed, StoreError},
};

/// One issue as scheduled.
pub(super) struct Place {
    pub(super) id: i64,
    due_at: Option<Micros>,
    held: bool,
    token: i64,
    attempts: u32,
    not_before: Option<Micros>,
    again_at: Option<Micros>,
}

/// The issue's row, if it was ever heard of.
pub(super) fn find(db: &Connection, issue: &IssueRef) -> Result<Option<i64>, StoreError> {
    Ok(place(db, issue)?.map(|place| place.id))
}

/// Marks an issue as wanting a look at `at`, or earlier if it already does. Gives its row.
pub(super) fn mark(db: &Connection, issue: &IssueRef, at: Micros, full: bool) -> Result<i64, StoreError> {
    let place = match place(db, issue)? {
        Some(place) => place,
        None => enter(db, issue)?,
    };
    bring_forward(db, &place, at, full)?;
    Ok(place.id)
}

/// Like [`mark`], for an issue known by its row.
pub(super) fn mark_row(db: &Connection, id: i64, at: Micros) -> Result<(), StoreError> {
    let issue = db
        .prepare_cached("SELECT forge, project, number FROM issue WHERE id = ?1")?
        .query_row([id], |row| row::issue(row, 0))?;
    mark(db, &issue, at, false).map(drop)
}

fn bring_forward(db: &Connection, place: &Place, at: Micros, full: bool) -> Result<(), StoreError> {
    if place.held {
        let sooner = place.again_at.is_none_or(|again| at < again);
        if sooner || full {
            let again_at = if sooner { Some(at) } else { place.again_at };
            db.prepare_cached("UPDATE issue SET again_at = ?2, again_full = again_full OR ?3 WHERE id = ?1")?
                .execute(params![place.id, again_at, full])?;
        }
        return Ok(());
    }
    let at = place.not_before.map_or(at, |limit| limit.max(at));
    if place.due_at.is_none_or(|due| at < due) {
        plan(db, place, Some(at))?;
    }
    if full {
        db.prepare_cached("UPDATE issue SET wants_full = 1 WHERE id = ?1")?.execute([place.id])?;
    }
    Ok(())
}

/// Takes up to `limit` due issues.
pub(super) fn claim(db: &Connection, now: Moment, limit: usize, lease: Duration) -> Result<Vec<Claim>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let until = Micros::from(now.checked_add_signed(lease).unwrap_or(Moment::MAX_UTC));
    let now = Micros::from(now);
    let mut due = db.prepare_cached(
        "SELECT forge, project, number FROM schedule JOIN issue ON issue.id = schedule.issue
         WHERE schedule.due_at <= ?1 ORDER BY schedule.due_at, schedule.issue LIMIT ?2",
    )?;
    let due: Vec<IssueRef> = due.query_map(params![now, limit], |row| row::issue(row, 0))?.collect::<Result<_, _>>()?;
    due.into_iter().map(|issue| hold(db, issue, now, until)).collect()
}

fn hold(db: &Connection, issue: IssueRef, now: Micros, until: Micros) -> Result<Claim, StoreError> {
    let place = place(db, &issue)?.ok_or_else(|| gone(&issue))?;
    plan(db, &place, Some(until))?;
    // After an expired lease, what was asked for meanwhile is part of this claim, unless its moment is yet to come.
    let (token, full): (i64, bool) = db
        .prepare_cached(
            "UPDATE issue SET held_since = ?2, token = token + 1, wants_full = wants_full OR again_full,
                again_full = 0, again_at = CASE WHEN again_at > ?2 THEN again_at END
             WHERE id = ?1 RETURNING token, wants_full",
        )?
        .query_row(params![place.id, now], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (hints, seen) = inbox::waiting(db, place.id)?;
    Ok(Claim { issue, token, until: until.moment(), hints, seen, full, attempts: place.attempts })
}

/// The earliest moment at which a claim could succeed.
pub(super) fn next_due(db: &Connection) -> Result<Option<Moment>, StoreError> {
    let first = db
        .prepare_cached("SELECT due_at FROM schedule ORDER BY due_at LIMIT 1")?
        .query_row([], |row| row.get::<_, Micros>(0))
        .optional()?;
    Ok(first.map(Micros::moment))
}

/// Lengthens the lease.
pub(super) fn extend(db: &Connection, claim: &Claim, until: Moment) -> Result<(), StoreError> {
    let place = held(db, claim)?;
    plan(db, &place, Some(until.into()))
}

/// Hands the issue back with its deliveries up to the row `seen` done. Says when it is due.
pub(super) fn finish(
    db: &Connection,
    place: &Place,
    seen: i64,
    next: Option<Moment>,
) -> Result<Option<Moment>, StoreError> {
    inbox::close(db, place.id, seen, inbox::DONE)?;
    let due = place.again_at.into_iter().chain(next.map(Micros::from)).min();
    plan(db, place, due)?;
    db.prepare_cached(
        "UPDATE issue SET held_since = NULL, attempts = 0, not_before = NULL, again_at = NULL,
            wants_full = again_full, again_full = 0
         WHERE id = ?1",
    )?
    .execute([place.id])?;
    Ok(due.map(Micros::moment))
}

/// Hands the issue back after a failure.
pub(super) fn fail(db: &Connection, claim: &Claim, not_before: Moment, park_after: u32) -> Result<Failed, StoreError> {
    let place = held(db, claim)?;
    let attempts = place.attempts.saturating_add(1);
    let not_before = Micros::from(not_before);
    plan(db, &place, Some(not_before))?;
    db.prepare_cached(
        "UPDATE issue SET held_since = NULL, attempts = ?2, not_before = ?3, again_at = NULL,
            wants_full = wants_full OR again_full, again_full = 0
         WHERE id = ?1",
    )?
    .execute(params![place.id, attempts, not_before])?;
    if attempts < park_after {
        return Ok(Failed::Retry);
    }
    inbox::close(db, place.id, claim.seen, inbox::PARKED)?;
    Ok(Failed::Parked)
}

/// Frees what a process that ended in the middle of its work held. One process uses the file, so nobody holds it now.
pub(super) fn release_all(db: &Connection) -> Result<(), StoreError> {
    db.execute_batch(
        "BEGIN IMMEDIATE;
         DELETE FROM schedule WHERE (due_at, issue) IN (SELECT due_at, id FROM issue WHERE held_since IS NOT NULL);
         INSERT INTO schedule (due_at, issue) SELECT held_since, id FROM issue WHERE held_since IS NOT NULL;
         UPDATE issue SET due_at = held_since, held_since = NULL, again_at = NULL,
            wants_full = wants_full OR again_full, again_full = 0
         WHERE held_since IS NOT NULL;
         COMMIT;",
    )?;
    Ok(())
}

/// The issue's place, if the claim's lease still stands.
pub(super) fn held(db: &Connection, claim: &Claim) -> Result<Place, StoreError> {
    place(db, &claim.issue)?
        .filter(|place| place.held && place.token == claim.token)
        .ok_or_else(|| StoreError::LeaseLost(claim.issue.clone()))
}

fn place(db: &Connection, issue: &IssueRef) -> Result<Option<Place>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, due_at, held_since IS NOT NULL, token, attempts, not_before, again_at FROM issue
         WHERE forge = ?1 AND project = ?2 AND number = ?3",
    )?;
    let place = statement.query_row(params![issue.forge, issue.project, issue.number.cast_signed()], |row| {
        Ok(Place {
            id: row.get(0)?,
            due_at: row.get(1)?,
            held: row.get(2)?,
            token: row.get(3)?,
            attempts: row.get(4)?,
            not_before: row.get(5)?,
            again_at: row.get(6)?,
        })
    });
    Ok(place.optional()?)
}

fn enter(db: &Connection, issue: &IssueRef) -> Result<Place, StoreError> {
    db.prepare_cached("INSERT INTO issue (forge, project, number) VALUES (?1, ?2, ?3)")?.execute(params![
        issue.forge,
        issue.project,
        issue.number.cast_signed()
    ])?;
    place(db, issue)?.ok_or_else(|| gone(issue))
}

/// Moves the issue's one row in the schedule.
fn plan(db: &Connection, place: &Place, due: Option<Micros>) -> Result<(), StoreError> {
    if place.due_at == due {
        return Ok(());
    }
    if place.due_at.is_some() {
        db.prepare_cached("DELETE FROM schedule WHERE due_at = ?2 AND issue = ?1")?
            .execute(params![place.id, place.due_at])?;
    }
    if due.is_some() {
        db.prepare_cached("INSERT INTO schedule (due_at, issue) VALUES (?2, ?1)")?.execute(params![place.id, due])?;
    }
    db.prepare_cached("UPDATE issue SET due_at = ?2 WHERE id = ?1")?.execute(params![place.id, due])?;
    Ok(())
}

fn gone(issue: &IssueRef) -> StoreError {
    StoreError::Corrupt { what: format!("the row of {issue} is missing") }
}
