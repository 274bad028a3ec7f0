//! A folder for one drill alone: readable by nobody else, and gone with it.

use std::{
    fs::{DirBuilder, remove_dir_all},
    io::ErrorKind,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use super::Trouble;

/// Removed when dropped.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// A new one, below the machine's own place for such things.
    pub(super) fn new() -> Result<Self, Trouble> {
        let base = std::env::temp_dir();
        let mut nth = 0_u32;
        loop {
            let path = base.join(format!("hotwash-drill-{}-{nth}", std::process::id()));
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => nth += 1,
                Err(source) => return Err(Trouble::Machine { what: "no temporary folder can be made", source }),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed lies where such things are cleared away.
        let _ = remove_dir_all(&self.0);
    }
}
