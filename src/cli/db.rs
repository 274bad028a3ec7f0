//! `hotwash db`: keep the database safe.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::store::sqlite::backup;

use super::{Failure, configuration, out::say};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a whole, consistent copy of the database to a new file. The server may go on.
    Backup {
        /// The new file.
        to: PathBuf,
    },
}

pub(super) fn run(config: &Path, command: &Command) -> Result<(), Failure> {
    let config = configuration(config)?;
    let Command::Backup { to } = command;
    backup(&config.store.path, to)?;
    say(&format!("backed up to {}", to.display()));
    Ok(())
}
