//! The database file and the connections to it.
//!
//! What always holds: one process per file; the file is readable by its owner alone from the moment it exists; every
//! connection is set up the same way, and the settings that durability rests on are read back. What is deliberately not
//! here: the schema (`migrate`), the check for damage (`checkpoint`: reading a large file must not delay the start).

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};

use super::failure::{unavailable, while_doing};
use crate::store::StoreError;

/// The oldest SQLite without the WAL-reset bug, which could damage a database that several connections use.
const OLDEST: [u32; 3] = [3, 51, 3];
/// How long a connection waits for a lock that another program holds.
const PATIENCE: Duration = Duration::from_secs(5);
/// Larger than SQLite's default, so that a compressed delivery fits one page; not larger, because every small change
/// writes whole pages.
const PAGE: u32 = 8_192;
/// What a path may not hold in a URI as it is.
const IN_URIS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// Refuses a database library that is too old to be trusted with WAL files. `found` is as in `3.51.3`.
pub fn trust_version(found: &str) -> Result<(), StoreError> {
    let parts: Vec<u32> = found.split('.').map_while(|part| part.parse().ok()).collect();
    if parts.as_slice() < OLDEST.as_slice() {
        return Err(StoreError::TooOld { found: found.to_owned() });
    }
    Ok(())
}

/// The file with all symbolic links followed, so that two names of one file share one lock.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, StoreError> {
    let resolved = fs::canonicalize(path).or_else(|_| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        fs::canonicalize(folder).map(|folder| folder.join(name))
    });
    resolved.map_err(|error| {
        let what = format!("opening {}: its folder cannot be found; create it first", path.display());
        unavailable(what, error)
    })
}

/// Takes the file for this process until the returned handle is dropped. The lock file stays behind: removing it would
/// let two processes hold two different locks.
pub(super) fn occupy(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let lock = private(OpenOptions::new().write(true).create(true).truncate(false), &name)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.display().to_string() }),
        Err(TryLockError::Error(error)) => {
            Err(unavailable(format!("locking {}: the file system cannot lock files", name.display()), error))
        }
    }
}

/// Makes an empty file that only its owner can read, unless the file is there.
pub(super) fn create(path: &Path) -> Result<(), StoreError> {
    if path.exists() {
        return Ok(());
    }
    create_new(path)
}

/// Makes an empty file that only its owner can read; an existing one is an error.
pub(super) fn create_new(path: &Path) -> Result<(), StoreError> {
    private(OpenOptions::new().write(true).create_new(true), path).map(drop)
}

fn private(options: &mut OpenOptions, path: &Path) -> Result<File, StoreError> {
    open_private(options, path).map_err(|error| {
        let what = format!("creating {}: check that this user may write to its folder", path.display());
        unavailable(what, error)
    })
}

#[cfg(unix)]
fn open_private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let existed = path.exists();
    let file = options.mode(0o600).open(path)?;
    if !existed {
        // The process's umask may have taken bits away; SQLite gives its side files the mode of the database.
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

#[cfg(not(unix))]
fn open_private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.open(path)
}

/// The connection that writes.
pub(super) fn writer(path: &Path) -> Result<Connection, StoreError> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, PATIENCE).and_then(|db| {
        // Takes effect on a new file only.
        db.pragma_update(None, "page_size", PAGE)?;
        let mode: String = db.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
        assert_setting("journal_mode", &mode, "wal")?;
        db.pragma_update(None, "synchronous", "full")?;
        let level: i64 = db.pragma_query_value(None, "synchronous", |row| row.get(0))?;
        assert_setting("synchronous", &level.to_string(), "2")?;
        db.pragma_update(None, "wal_autocheckpoint", 0)?;
        // Removed bodies are overwritten, not just unlinked.
        db.pragma_update(None, "secure_delete", true)?;
        // Eight MiB: the inner pages of the indexes by which deliveries are deduplicated.
        db.pragma_update(None, "cache_size", -8_192)?;
        Ok(db)
    })
}

/// The connection that answers questions. SQLite keeps a book beside the file even for readers; on a medium that cannot
/// be written it does without, unless something waits in a `-wal` that could not be read then.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let db = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, PATIENCE)?;
    let refused = db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).err();
    let no_book = refused.is_some_and(|error| {
        let code = error.sqlite_error_code();
        matches!(code, Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::SystemIoFailure))
    });
    if no_book && nothing_waits(path) {
        return unchanging(path);
    }
    Ok(db)
}

/// The connection of who reads a moment only and leaves no trace: without any book where nothing waits to be read there.
pub(super) fn onlooker(path: &Path) -> Result<Connection, StoreError> {
    if nothing_waits(path) { unchanging(path) } else { reader(path) }
}

/// No change stands outside the file itself.
fn nothing_waits(path: &Path) -> bool {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    fs::metadata(wal).map_or_else(|error| error.kind() == io::ErrorKind::NotFound, |facts| facts.len() == 0)
}

/// A connection that takes the file for one that nobody changes.
fn unchanging(path: &Path) -> Result<Connection, StoreError> {
    let text = path.to_str().ok_or_else(|| {
        unavailable(format!("opening {}: the name is not UTF-8; choose another", path.display()), "SQLite needs UTF-8")
    })?;
    let uri = format!("file:{}?immutable=1", utf8_percent_encode(text, IN_URIS));
    connect(Path::new(&uri), OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI, PATIENCE)
}

/// The connection that copies the WAL. It gives way to the writer at once.
pub(super) fn checkpointer(path: &Path) -> Result<Connection, StoreError> {
    let db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, Duration::ZERO)?;
    db.pragma_update(None, "synchronous", "full")?;
    Ok(db)
}

fn connect(path: &Path, access: OpenFlags, patience: Duration) -> Result<Connection, StoreError> {
    let set_up = || {
        // Each connection stays on one thread, so SQLite need not lock it.
        let db = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        db.busy_timeout(patience)?;
        // The built-in SQLite would otherwise compile a statement anew for each new value bound to it.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        db.pragma_update(None, "foreign_keys", true)?;
        db.pragma_update(None, "trusted_schema", false)?;
        // Savepoints keep their old pages in memory.
        db.pragma_update(None, "temp_store", "memory")?;
        db.set_prepared_statement_cache_capacity(64);
        Ok::<_, StoreError>(db)
    };
    set_up().map_err(|error| while_doing(error, "opening", path))
}

fn assert_setting(name: &str, found: &str, wanted: &str) -> Result<(), StoreError> {
    if found == wanted {
        return Ok(());
    }
    let what = format!("{name} is {found} and cannot be made {wanted}; is the file on a local disk?");
    Err(unavailable(what, "without it, an acknowledged delivery could be lost"))
}
