//! The journal of one incident, entry by entry, and whether its chain is whole.

use serde_json::{Map, Value, json};

use super::{clock::when, keeper::Keeper};
use crate::store::{Entry, chain};

impl Keeper<'_> {
    pub(super) async fn journal_view(&self, number: u64) -> Option<Value> {
        let head = self.issue_head(number)?;
        let known = self.known_of(number).await;
        let entries = known.as_ref().map(|known| known.entries.as_slice()).unwrap_or_default();
        let chain = match chain::verify(entries) {
            Ok(hash) => json!({ "whole": true, "says": hash }),
            Err(why) => json!({ "whole": false, "says": why.to_string() }),
        };
        let lines: Vec<Value> = entries.iter().rev().map(|entry| self.entry(entry)).collect();
        Some(
            json!({ "head": head, "why_not": known.as_ref().err(), "chain": chain, "count": lines.len(), "lines": lines }),
        )
    }

    fn entry(&self, entry: &Entry) -> Value {
        // As stored, so that what is shown is what the hash is over; what stands in columns of its own is left out.
        let mut facts: Map<String, Value> = serde_json::from_str(&entry.json).unwrap_or_default();
        let what = facts.remove("what").and_then(|what| what.as_str().map(str::to_owned)).unwrap_or_default();
        for shown in ["at", "by", "url"] {
            facts.remove(shown);
        }
        let facts: Vec<Value> =
            facts.iter().map(|(name, value)| json!({ "name": name, "value": plain(value) })).collect();
        json!({
            "seq": entry.seq,
            "at": when(entry.event.at, self.script.project.zone),
            "who": entry.event.by.spoken(),
            "what": what.replace('-', " "),
            "facts": facts,
        })
    }
}

/// A text as it is, anything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
