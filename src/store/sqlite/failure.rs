//! What SQLite's errors mean to the person on call.
//!
//! What always holds: the text says what to do about it, and never holds a value that was bound to a statement.

use std::{path::Path, sync::Arc};

use rusqlite::{Error, ErrorCode};

use crate::store::StoreError;

/// An error that several waiting callers share, because their changes were in one transaction.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
pub(super) struct Shared(pub(super) Arc<Error>);

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        Shared(Arc::new(error)).into()
    }
}

impl From<Shared> for StoreError {
    fn from(shared: Shared) -> Self {
        let what = advice(&shared.0);
        if is_damage(&shared.0) {
            return Self::Corrupt { what: what.to_owned() };
        }
        Self::Unavailable { what: what.to_owned(), source: Box::new(shared) }
    }
}

/// Adds what was attempted, and on which file.
pub(super) fn while_doing(error: StoreError, doing: &str, path: &Path) -> StoreError {
    let said = |what| format!("{doing} ({}): {what}", path.display());
    match error {
        StoreError::Unavailable { what, source } => StoreError::Unavailable { what: said(what), source },
        StoreError::Corrupt { what } => StoreError::Corrupt { what: said(what) },
        other => other,
    }
}

/// Something outside SQLite stands in the way.
pub(super) fn unavailable(what: String, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Unavailable { what, source: source.into() }
}

/// A thread of the store is gone: after a panic, or while the store shuts down.
pub(super) fn stopped() -> StoreError {
    unavailable("the database thread has stopped; restart the program".to_owned(), "no thread takes the request")
}

fn is_damage(error: &Error) -> bool {
    use Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
    let unreadable = matches!(
        error,
        FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) | Utf8Error(..)
    );
    unreadable || matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

fn advice(error: &Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "the disk is full; free some space, and work goes on by itself",
        Some(ErrorCode::ReadOnly) => "it is read-only; check the mount and who owns the file and its folder",
        Some(ErrorCode::SystemIoFailure) => "the disk reports an error; check the volume and the kernel's log",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program keeps it locked; end database shells and backups that hold it open"
        }
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            "it cannot be opened; check that the folder exists and that this user may write there"
        }
        Some(ErrorCode::OutOfMemory) => "the machine is out of memory",
        Some(ErrorCode::DatabaseCorrupt) => "the file is damaged; keep a copy of it, then restore a backup",
        Some(ErrorCode::NotADatabase) => "the file is not an SQLite database; check store.url",
        _ if is_damage(error) => "a stored value has an unexpected form; was the file edited by hand?",
        _ => "SQLite refused",
    }
}
