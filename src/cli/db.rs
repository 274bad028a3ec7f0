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
            backup(&path, to)?;
            say(&format!("backed up to {}", to.display()));
            Ok(())
        }
        Command::Migrate => migrate(&path),
    }
}

fn migrate(path: &Path) -> Result<(), Failure> {
    let file = path.display();
    let Some(before) = look(path)? else {
        return Err(Failure::Outside(format!("there is no database {file}; check store.url, or let `serve` make it")));
    };
    drop(SqliteStore::open(path)?);
    let newest = before.newest;
    say(&match before.version {
        version if version == newest => format!("{file} has the newest schema already, version {newest}"),
        version => format!("{file} went from schema version {version} to {newest}"),
    });
    Ok(())
}
