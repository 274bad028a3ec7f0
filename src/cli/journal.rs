//! `hotwash journal`: export the record, or verify that nobody changed it.

use std::path::Path;

use clap::Subcommand;

use crate::{
    domain::ids::IssueRef,
    store::{SharedStore, chain},
};

use super::{Failure, compose, configuration, issue::named, out::say, runtime};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the journal as JSON lines, one entry a line with its hash. The output is confidential.
    Export {
        /// Only this issue.
        issue: Option<String>,
    },
    /// Recompute the hash chain of each incident; says where it breaks.
    Verify {
        /// Only this issue.
        issue: Option<String>,
    },
}

pub(super) fn run(config: &Path, command: &Command) -> Result<(), Failure> {
    let config = configuration(config)?;
    let (Command::Export { issue } | Command::Verify { issue }) = command;
    let only = issue.as_deref().map(|text| named(text, &config)).transpose()?;
    runtime()?.block_on(async {
        let store = compose::store_to_read(&config)?;
        let issues = match only {
            Some(issue) => vec![issue],
            None => store.incidents().await?,
        };
        match command {
            Command::Export { .. } => export(&store, &issues).await,
            Command::Verify { .. } => verify(&store, &issues).await,
        }
    })
}

async fn export(store: &SharedStore, issues: &[IssueRef]) -> Result<(), Failure> {
    for issue in issues {
        for entry in store.journal(issue).await? {
            let issue = serde_json::to_string(&issue.to_string()).unwrap_or_default();
            // The event goes out byte for byte as it is stored, because the hash is over those bytes.
            say(&format!(
                "{{\"issue\":{issue},\"seq\":{},\"hash\":\"{}\",\"event\":{}}}",
                entry.seq, entry.hash, entry.json
            ));
        }
    }
    Ok(())
}

async fn verify(store: &SharedStore, issues: &[IssueRef]) -> Result<(), Failure> {
    let mut broken = Vec::new();
    for issue in issues {
        let entries = store.journal(issue).await?;
        match chain::verify(&entries) {
            Ok(head) => say(&format!("{issue}: {} entries, whole, head {head}", entries.len())),
            Err(why) => broken.push(format!("{issue}: broken: {why}")),
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::Findings(broken.join("\n"))) }
}
