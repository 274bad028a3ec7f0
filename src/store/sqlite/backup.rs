//! Copies of the database while it is in use.
//!
//! What always holds: the copy is one moment of the database, complete, flushed, readable by its owner alone, and made
//! without the original's lock file: a running server does not stand in the way, and is not held up.

use std::{
    fs::{self, File},
    path::Path,
};

use super::{
    failure::{unavailable, while_doing},
    file, migrate,
};
use crate::store::StoreError;

/// Writes a copy of the database `from` to the new file `to`. Blocks for as long as reading and writing it all takes.
pub fn backup(from: &Path, to: &Path) -> Result<(), StoreError> {
    let from = file::resolve(from)?;
    if !from.exists() {
        let what = format!("reading {}: there is no such database; check store.url", from.display());
        return Err(unavailable(what, std::io::Error::from(std::io::ErrorKind::NotFound)));
    }
    if to.exists() {
        let what = format!("writing {}: the file exists and is not overwritten; name a new one", to.display());
        return Err(unavailable(what, std::io::Error::from(std::io::ErrorKind::AlreadyExists)));
    }
    file::create_new(to)?;
    copy(&from, to).inspect_err(|_| {
        // Half a copy must not be taken for a backup. The failure itself is what is reported.
        let _ = fs::remove_file(to);
    })
}

fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let doing = format!("copying {} to", from.display());
    let target = to.to_str().ok_or_else(|| {
        unavailable(format!("{doing} {}: the name is not UTF-8; choose another", to.display()), "SQLite needs UTF-8")
    })?;
    // A copy of something else, or of nothing, would be found out on the day on which it is needed.
    let vacuum = || -> Result<usize, StoreError> {
        let db = file::checkpointer(from)?;
        if migrate::recognise(&db, from)? == 0 {
            let what = format!("{} holds no database yet; check store.url", from.display());
            return Err(StoreError::Corrupt { what });
        }
        Ok(db.execute("VACUUM INTO ?1", [target])?)
    };
    vacuum().map_err(|error| while_doing(error, &doing, to))?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let flush = || File::open(to)?.sync_all().and_then(|()| File::open(folder)?.sync_all());
    flush().map_err(|error| unavailable(format!("{doing} {}: the copy cannot be flushed", to.display()), error))
}
