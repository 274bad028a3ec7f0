//! The templates that a project's messages are written with, looked up by themselves: whatever else is wrong with the
//! configuration, what is wrong with them can then be told beside it.

use std::path::{Path, PathBuf};

use crate::{
    document::{Table, text_of},
    domain::process::Wording,
    process,
};

/// Whose words a project uses in place of the shipped ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Those that its process brings along.
    pub wording: Vec<Wording>,
    /// The folder of its own.
    pub folder: Option<PathBuf>,
}

impl Words {
    /// By what a project names them: projects that name the same have the same.
    pub(super) fn named(project: &Table<'_>) -> [Option<String>; 2] {
        ["process", "templates"].map(|key| project.get(key).and_then(|node| node.plain().map(str::to_owned)))
    }

    /// As far as they can be found; what cannot is told by whoever reads the project. Names of files start from `folder`.
    #[must_use]
    pub fn of(project: &Table<'_>, folder: &Path) -> Self {
        let plain = |key: &str| project.get(key).and_then(|node| node.plain().map(|name| folder.join(name)));
        Self {
            wording: plain("process").map(|file| wording(&file)).unwrap_or_default(),
            folder: plain("templates").filter(|folder| folder.is_dir()),
        }
    }
}

/// Shipped processes have none, and are no files.
fn wording(file: &Path) -> Vec<Wording> {
    let Ok(text) = text_of(file) else { return Vec::new() };
    let name = file.display().to_string();
    process::read(&text, &name).map_or_else(|_| process::wording(&text, &name), |process| process.wording)
}
