//! `hotwash journal`: export the record, or verify that nobody changed it. Needs no more of the configuration than
//! `[store]`.

use std::{path::Path, sync::Arc};

use clap::Subcommand;

use crate::{
    config::{Config, environment},
    domain::ids::IssueRef,
    store::{Entry, SharedStore, chain, sqlite::SqliteReader},
};

use super::{
    Failure, db,
    issue::{among, named},
    out::{complain, say},
    runtime, store_settings,
};

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
    let file = store_settings(config)?.path;
    let (Command::Export { issue } | Command::Verify { issue }) = command;
    // Where the configuration is whole, it says which issue is meant; the record itself does otherwise.
    let whole = Config::load(config, &environment()).ok();
    let only = match (issue, &whole) {
        (Some(text), Some(whole)) => Some(named(text, whole)?),
        _ => None,
    };
    db::there(&file)?;
    runtime()?.block_on(async {
        let store: SharedStore = Arc::new(SqliteReader::open(&file)?);
        let known = store.incidents().await?;
        let issues = match (only, issue) {
            (Some(issue), _) => vec![issue],
            (None, Some(text)) => vec![among(text, &known)?],
            (None, None) => known,
        };
        if issues.is_empty() {
            complain("the journal is empty: no incident was ever seen");
        }
        match command {
            Command::Export { .. } => export(&store, &issues).await,
            Command::Verify { .. } => verify(&store, &issues).await,
        }
    })
}

async fn export(store: &SharedStore, issues: &[IssueRef]) -> Result<(), Failure> {
    for issue in issues {
        for entry in entries(store, issue).await? {
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

/// The entries of one incident; finding none is a finding, because somebody expected them.
async fn entries(store: &SharedStore, issue: &IssueRef) -> Result<Vec<Entry>, Failure> {
    let entries = store.journal(issue).await?;
    if entries.is_empty() {
        return Err(Failure::Findings(format!("{issue}: the journal holds nothing about it")));
    }
    Ok(entries)
}

async fn verify(store: &SharedStore, issues: &[IssueRef]) -> Result<(), Failure> {
    let mut broken = Vec::new();
    for issue in issues {
        let entries = match entries(store, issue).await {
            Err(Failure::Findings(why)) => {
                broken.push(why);
                continue;
            }
            entries => entries?,
        };
        match chain::verify(&entries) {
            Ok(head) => say(&format!("{issue}: {} entries, whole, head {head}", entries.len())),
            Err(why) => broken.push(format!("{issue}: broken: {why}")),
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::Findings(broken.join("\n"))) }
}
