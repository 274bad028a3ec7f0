//! A line for each check: for people at once, for programs at the end.

use std::io::{IsTerminal as _, stdout};

use serde_json::{Value, json};

use crate::{
    audit::{Check, Outcome},
    config::{environment, wants_colours},
};

use super::{super::out::say, Section};

/// How it is shown.
pub(super) struct Show {
    json: bool,
    marks: Marks,
    shown: Vec<Value>,
    worst: Outcome,
}

/// What stands at the beginning of a line.
#[derive(Clone, Copy)]
enum Marks {
    Words,
    Symbols,
    Coloured,
}

impl Show {
    pub(super) fn new(json: bool) -> Self {
        let marks = match (stdout().is_terminal(), wants_colours(&environment())) {
            (false, _) => Marks::Words,
            (true, false) => Marks::Symbols,
            (true, true) => Marks::Coloured,
        };
        Self { json, marks, shown: Vec::new(), worst: Outcome::Ok }
    }

    /// Shows what was looked at in one place, without waiting for the rest.
    pub(super) fn section(&mut self, section: Section) {
        let Section { about, checks } = section;
        self.worst = checks.iter().map(|check| check.outcome).max().map_or(self.worst, |worst| worst.max(self.worst));
        if self.json {
            self.shown.extend(checks.iter().map(|check| as_json(&about, check)));
            return;
        }
        say(&about);
        for check in &checks {
            say(&format!("  {} {:<15} {}", self.mark(check.outcome), check.id, harmless(&check.to_string())));
        }
    }

    pub(super) fn end(&self) {
        if self.json {
            say(&json!({ "outcome": self.worst.as_str(), "checks": self.shown }).to_string());
        }
    }

    fn mark(&self, outcome: Outcome) -> String {
        let (symbol, colour) = match outcome {
            Outcome::Ok => ('✓', 32),
            Outcome::Note => ('·', 36),
            Outcome::Unasked => ('?', 35),
            Outcome::Warning => ('!', 33),
            Outcome::Error => ('✗', 31),
        };
        match self.marks {
            Marks::Words => format!("{:<8}", outcome.as_str()),
            Marks::Symbols => symbol.to_string(),
            Marks::Coloured => format!("\u{1b}[{colour}m{symbol}\u{1b}[0m"),
        }
    }
}

/// What a forge calls things can hold whatever steers a terminal.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn as_json(about: &str, check: &Check) -> Value {
    json!({
        "about": about, "check": check.id, "outcome": check.outcome.as_str(), "says": check.says, "mend": check.mend,
    })
}
