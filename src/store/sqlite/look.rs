//! A look at the file without using it: whether it is a database of this program, of which version, and whether it could
//! be written.
//!
//! What always holds: nothing is made, changed or locked, and no file appears beside it.

use std::{
    ffi::OsStr,
    fs::OpenOptions,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use super::{failure::while_doing, file, migrate, value};
use crate::store::StoreError;

/// What was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The schema's version; 0 for a file that holds nothing yet.
    pub version: i32,
    /// The newest that this program knows.
    pub newest: i32,
}

/// Looks at the file; `None` where there is none.
///
/// # Errors
/// Where it cannot be read, belongs to another program, or to a newer version of this one.
pub fn look(path: &Path) -> Result<Option<Look>, StoreError> {
    if !path.exists() {
        return Ok(None);
    }
    let path = file::resolve(path)?;
    let db = file::onlooker(&path)?;
    let version = migrate::recognise(&db, &path).map_err(|error| while_doing(error, "reading", &path))?;
    Ok(Some(Look { version, newest: migrate::newest() }))
}

/// A named value of a database that holds something.
///
/// # Errors
/// Where it cannot be read.
pub fn peek(path: &Path, name: &str) -> Result<Option<String>, StoreError> {
    let path = file::resolve(path)?;
    let read = file::onlooker(&path).and_then(|db| value::get(&db, name));
    read.map_err(|error| while_doing(error, "reading", &path))
}

/// Why this user cannot write the database, its lock or new files beside them, as far as that can be found out without
/// writing.
#[must_use]
pub fn obstacle(path: &Path) -> Option<String> {
    let path = file::resolve(path).ok()?;
    let beside = |end| PathBuf::from([path.as_os_str(), OsStr::new(end)].into_iter().collect::<std::ffi::OsString>());
    let folder = path.parent()?;
    let all = ["", ".lock", "-wal", "-shm"].map(beside);
    let files = all.iter().map(PathBuf::as_path).filter(|file| file.exists());
    // Opening alone changes nothing.
    let closed = files.filter_map(|file| Some((file, OpenOptions::new().write(true).open(file).err()?)));
    let (place, error) = closed.into_iter().next().or_else(|| Some((folder, takes_files(folder).err()?)))?;
    Some(format!("{} cannot be written by this user ({})", place.display(), error.kind()))
}

/// Whether files can be made there: one without a name is, which nobody sees and which is gone at once. Where the file
/// system knows no such files, nothing is said against it.
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn takes_files(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;

    // As in `open(2)`; the part that means a folder differs between the two.
    const FOLDER: i32 = if cfg!(target_arch = "x86_64") { 0o200_000 } else { 0o40_000 };
    const UNNAMED: i32 = 0o20_000_000 | FOLDER;
    match OpenOptions::new().write(true).mode(0o600).custom_flags(UNNAMED).open(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => Err(error),
        _ => Ok(()),
    }
}

/// Elsewhere the folder's own word for it has to do.
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn takes_files(folder: &Path) -> io::Result<()> {
    let is_closed = std::fs::metadata(folder)?.permissions().readonly();
    if is_closed { Err(ErrorKind::PermissionDenied.into()) } else { Ok(()) }
}
