//! `hotwash journal`: export the record, or verify that nobody changed it. Needs no more of the configuration than
//! `[store]`.

use std::{collections::BTreeSet, path::Path};

use clap::Subcommand;

use crate::{
    config::{Config, environment},
    domain::ids::IssueRef,
    store::{Store as _, Stored, chain, sqlite::SqliteReader},
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
    let store = SqliteReader::open(&file)?;
    let known = runtime()?.block_on(store.incidents())?;
    let bereft: BTreeSet<IssueRef> = store.bereft()?.into_iter().collect();
    let issues = match (only, issue) {
        (Some(issue), _) => vec![issue],
        (None, Some(text)) => vec![among(text, &known)?],
        // Where effects are known and no incident, the record was taken away.
        (None, None) => known.into_iter().chain(bereft.iter().cloned()).collect(),
    };
    if issues.is_empty() {
        complain("the journal is empty: no incident was ever seen");
    }
    let mut broken = Vec::new();
    for issue in &issues {
        let entries = store.stored(issue)?;
        if entries.is_empty() {
            broken.push(missing(issue, bereft.contains(issue)));
            continue;
        }
        match command {
            Command::Export { .. } => broken.extend(export(issue, &entries)),
            Command::Verify { .. } => broken.extend(verify(issue, &entries)),
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::Findings(broken.join("\n"))) }
}

/// Finding no entry is a finding, because somebody expected them.
fn missing(issue: &IssueRef, is_bereft: bool) -> String {
    let lost = if is_bereft {
        ", although the ledger knows what was done about it: its entries were removed; restore a backup"
    } else {
        ""
    };
    format!("{issue}: the journal holds nothing about it{lost}")
}

/// Prints the entries; gives what cannot be printed, because it is not one line of JSON.
fn export(issue: &IssueRef, entries: &[Stored]) -> Vec<String> {
    let name = serde_json::to_string(&issue.to_string()).unwrap_or_default();
    let (whole, broken): (Vec<&Stored>, Vec<&Stored>) = entries.iter().partition(|entry| {
        !entry.json.contains('\n') && serde_json::from_str::<serde::de::IgnoredAny>(&entry.json).is_ok()
    });
    for Stored { seq, json, hash } in whole {
        // The event goes out byte for byte as it is stored, because the hash is over those bytes.
        let hash = serde_json::to_string(hash).unwrap_or_default();
        say(&format!("{{\"issue\":{name},\"seq\":{seq},\"hash\":{hash},\"event\":{json}}}"));
    }
    let told =
        |entry: &Stored| format!("{issue}: entry {} is left out: it is no JSON; `journal verify` says more", entry.seq);
    broken.into_iter().map(told).collect()
}

/// Tells that it is whole, or gives where it is not.
fn verify(issue: &IssueRef, entries: &[Stored]) -> Option<String> {
    match chain::verify_stored(entries) {
        Ok(head) => {
            say(&format!("{issue}: {} entries, whole, head {head}", entries.len()));
            None
        }
        Err(why) => Some(format!("{issue}: broken: {why}")),
    }
}
