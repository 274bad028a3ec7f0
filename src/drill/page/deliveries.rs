//! What the forge told the program: every attempt to deliver, the newest first.

use serde_json::{Value, json};

use super::{clock::when, keeper::Keeper};

/// Attempts that are shown.
const SHOWN: usize = 200;

impl Keeper<'_> {
    pub(super) fn deliveries_view(&mut self) -> Value {
        let attempts = self.stage.forge().deliveries();
        let mut lines = Vec::new();
        for attempt in attempts.iter().rev().take(SHOWN) {
            lines.push(json!({
                "id": attempt.id,
                "at": when(attempt.at, self.script.project.zone),
                "event": attempt.spoken,
                "again": attempt.again,
                "arrived": attempt.arrived,
                "answer": attempt.status.map_or_else(|| "none".to_owned(), |status| status.to_string()),
                "number": self.slips.give(),
            }));
        }
        json!({ "lines": lines, "as": self.actor, "older": attempts.len().saturating_sub(SHOWN) })
    }
}
