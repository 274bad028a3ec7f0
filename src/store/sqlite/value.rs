//! Named values, and the row that is written to see whether anything can be.

use rusqlite::{Connection, OptionalExtension as _};

use crate::store::StoreError;

/// Reads one.
pub(super) fn get(db: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    let value = db
        .prepare_cached("SELECT value FROM named_value WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(value)
}

/// Sets one.
pub(super) fn set(db: &Connection, name: &str, value: &str) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO named_value (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute([name, value])?;
    Ok(())
}

/// A real write, flushed like any other: one that is rolled back never reaches the disk and would prove nothing.
pub(super) fn beat(db: &Connection) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO heartbeat (id, beats) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET beats = beats + 1",
    )?
    .execute([])?;
    Ok(())
}
