//! Brings the file to the schema that this program knows.
//!
//! What always holds: each step is one transaction; a file of another program or of a newer Hotwash is not touched.
//! Files in `migrations/sqlite/` are numbered from 1 and, once released, never changed.

use std::path::Path;

use rusqlite::Connection;

use super::failure::while_doing;
use crate::store::StoreError;

/// `HtWs`, in the file's header: what `file` and database tools know the file by.
const APPLICATION: i32 = 0x4874_5773;

const STEPS: [&str; 1] = [include_str!("../../../migrations/sqlite/0001_first.sql")];

/// Applies what is missing.
pub(super) fn run(db: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let version = recognise(db, path)?;
    for (number, step) in (1_i32..).zip(STEPS).filter(|(number, _)| *number > version) {
        apply(db, number, step).map_err(|error| while_doing(error, &format!("applying migration {number}"), path))?;
    }
    Ok(())
}

/// The schema's version; 0 for a new file.
pub(super) fn recognise(db: &Connection, path: &Path) -> Result<i32, StoreError> {
    let read = |name| db.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let (application, version) = (read("application_id")?, read("user_version")?);
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let path = path.display();
    if application != APPLICATION && tables > 0 {
        let what = format!("{path} is the database of another program; set store.url to a file of its own");
        return Err(StoreError::Corrupt { what });
    }
    let newest = newest();
    if version > newest {
        let what = format!(
            "{path} has schema version {version}, and this program knows versions up to {newest}; run the newer \
             program, or restore the backup from before its first start"
        );
        return Err(StoreError::Corrupt { what });
    }
    Ok(version)
}

/// The newest version that this program knows.
pub(super) fn newest() -> i32 {
    i32::try_from(STEPS.len()).unwrap_or(i32::MAX)
}

fn apply(db: &mut Connection, number: i32, step: &str) -> Result<(), StoreError> {
    let transaction = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    transaction.execute_batch(step)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", number)?;
    Ok(transaction.commit()?)
}
