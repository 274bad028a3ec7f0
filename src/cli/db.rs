//! `hotwash db`: keep the database safe, bring it to the newest schema. Needs no more of the configuration than `[store]`.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::store::sqlite::{SqliteStore, backup, look};

use super::{Failure, out::say, store_settings};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a whole, consistent copy of the database to a new file. The server may go on.
    Backup {
        /// The new file.
        to: PathBuf,
    },
    /// Bring the database to the newest schema, as the start of `serve` does. The server must be stopped.
    Migrate,
}

pub(super) fn run(config: &Path, command: &Command) -> Result<(), Failure> {
    let path = store_settings(config)?.path;
    match command {
        Command::Backup { to } => {
            there(&path)?;
            new(to)?;
            backup(&path, to)?;
            say(&format!("backed up to {}", to.display()));
            Ok(())
        }
        Command::Migrate => migrate(&path),
    }
}

/// An empty record and a record that is somewhere else must not look alike.
pub(super) fn there(database: &Path) -> Result<(), Failure> {
    if database.exists() { Ok(()) } else { Err(absent(database)) }
}

fn absent(database: &Path) -> Failure {
    let file = database.display();
    Failure::Usage(format!("there is no database {file}; check store.url in the configuration, or let `serve` make it"))
}

/// A file that a copy can be written to.
fn new(file: &Path) -> Result<(), Failure> {
    let usage = |why: String| Err(Failure::Usage(format!("cannot back up to {}: {why}", file.display())));
    if file.exists() {
        return usage("it is there already and is not overwritten; name a new file".to_owned());
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return usage(format!("there is no folder {}; make it, or name another", folder.display()));
    }
    Ok(())
}

fn migrate(path: &Path) -> Result<(), Failure> {
    let file = path.display();
    let before = look(path)?.ok_or_else(|| absent(path))?;
    drop(SqliteStore::open(path)?);
    let newest = before.newest;
    say(&match before.version {
        version if version == newest => format!("{file} has the newest schema already, version {newest}"),
        version => format!("{file} went from schema version {version} to {newest}"),
    });
    Ok(())
}
