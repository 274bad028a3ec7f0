//! `hotwash db`: keep the database safe.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::store::sqlite::SqliteStore;

use super::{Failure, configuration, out::say, runtime};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a whole, consistent copy of the database to a new file. The server must be stopped.
    Backup {
        /// The new file.
        to: PathBuf,
    },
}

pub(super) fn run(config: &Path, command: &Command) -> Result<(), Failure> {
    let config = configuration(config)?;
    let Command::Backup { to } = command;
    runtime()?.block_on(async {
        let store = SqliteStore::open(&config.store.path)?;
        store.backup_to(to).await?;
        say(&format!("backed up to {}", to.display()));
        Ok(())
    })
}
