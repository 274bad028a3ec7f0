//! A look at the file without using it: whether it is a database of this program, and of which version.
//!
//! What always holds: nothing is made, changed or locked, and no file appears beside it.

use std::path::Path;

use super::{failure::while_doing, file, migrate};
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
