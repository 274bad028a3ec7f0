//! The journal's hash chain: how an entry is linked to the one before it, and how a journal is checked.
//!
//! What always holds: a changed, missing, added or moved entry inside the journal is found, and so is every entry
//! after it. What is deliberately not here: a journal whose newest entries were cut off is a valid shorter journal; to
//! notice that, compare its head with one that was written down elsewhere (the retrospective shows it).

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{Entry, Stored};
use crate::domain::event::Event;

/// What stands in for the hash before the first entry: 64 zeros.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Where a journal stops being trustworthy. Holds no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the journal is broken at entry {seq}: {why}")]
pub struct Broken {
    /// The first entry that cannot be trusted, counted from 1.
    pub seq: u64,
    /// What is wrong with it.
    pub why: String,
}

/// The hash of the entry that holds `json` and follows the entry with hash `previous`; hex SHA-256.
#[must_use]
pub fn link(previous: &str, json: &str) -> String {
    let digest = Sha256::new().chain_update(previous).chain_update("\n").chain_update(json).finalize();
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Checks a whole journal, oldest entry first, and gives its head: the last entry's hash, or [`GENESIS`] when empty.
pub fn verify(entries: &[Entry]) -> Result<String, Broken> {
    linked(entries.iter().map(|entry| (entry.seq, entry.json.as_str(), entry.hash.as_str())))
}

/// The same for entries as they are stored, each of which must be an event that this program knows as well.
pub fn verify_stored(entries: &[Stored]) -> Result<String, Broken> {
    let linked = linked(entries.iter().map(|entry| (entry.seq, entry.json.as_str(), entry.hash.as_str())));
    let unreadable = entries.iter().find_map(|entry| {
        let error = serde_json::from_str::<Event>(&entry.json).err()?;
        // The error's own words could quote the event.
        let why = format!("it is no event that this program knows (column {})", error.column());
        Some(Broken { seq: entry.seq, why })
    });
    match (linked, unreadable) {
        (Err(broken), Some(unreadable)) => Err(if unreadable.seq < broken.seq { unreadable } else { broken }),
        (Ok(_), Some(unreadable)) => Err(unreadable),
        (linked, None) => linked,
    }
}

fn linked<'e>(entries: impl Iterator<Item = (u64, &'e str, &'e str)>) -> Result<String, Broken> {
    let mut head = GENESIS.to_owned();
    for (expected, (seq, json, stored)) in (1_u64..).zip(entries) {
        if seq != expected {
            let why = format!("entry {seq} stands in its place; entries were removed, added or moved");
            return Err(Broken { seq: expected, why });
        }
        let hash = link(&head, json);
        if hash != stored {
            let why = "its hash does not fit its content and the entry before it; one of them was changed".to_owned();
            return Err(Broken { seq: expected, why });
        }
        head = hash;
    }
    Ok(head)
}
