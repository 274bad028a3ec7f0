//! What came of quick actions, as whoever typed nothing else is told.

use serde_json::{Map, Value, json};

/// An action, and whether it could be applied.
pub(super) struct Carried {
    pub(super) word: String,
    pub(super) arguments: String,
    pub(super) done: bool,
}

impl Carried {
    /// What it did, in a line.
    pub(super) fn summary(&self) -> String {
        let given = &self.arguments;
        match self.word.as_str() {
            "close" => "Closed this issue.".to_owned(),
            "reopen" => "Reopened this issue.".to_owned(),
            "confidential" => "Made this issue confidential.".to_owned(),
            "label" | "labels" => format!("Added {given} label(s)."),
            "relabel" => format!("Replaced all labels with {given} label(s)."),
            "unlabel" | "remove_label" if given.is_empty() => "Removed all labels.".to_owned(),
            "unlabel" | "remove_label" => format!("Removed {given} label(s)."),
            "assign" => format!("Assigned {given}."),
            "unassign" => format!("Removed assignee {given}.").replace(" .", "."),
            "title" => format!("Changed the title to \"{given}\"."),
            "severity" => "Severity updated to ".to_owned() + given + ".",
            word => format!("Applied the {word} command."),
        }
    }

    /// What it changed, by the names of the API.
    fn change(&self) -> Option<(&'static str, Value)> {
        Some(match self.word.as_str() {
            "close" => ("state_event", json!("close")),
            "reopen" => ("state_event", json!("reopen")),
            "confidential" => ("confidential", json!(true)),
            "title" => ("title", json!(self.arguments)),
            "severity" => ("severity", json!(self.arguments.to_lowercase())),
            _ => return None,
        })
    }
}

/// What is answered to a text of nothing but actions, or the words for those that could not be applied.
pub(super) fn told(all: &[Carried]) -> Result<Value, String> {
    let failed: Vec<String> =
        all.iter().filter(|one| !one.done).map(|one| format!("Could not apply {} command.", one.word)).collect();
    if !failed.is_empty() {
        return Err(failed.join(", "));
    }
    let changes: Map<String, Value> =
        all.iter().filter_map(Carried::change).map(|(name, value)| (name.to_owned(), value)).collect();
    let summary: Vec<String> = all.iter().map(Carried::summary).collect();
    Ok(json!({ "commands_changes": changes, "summary": summary }))
}
