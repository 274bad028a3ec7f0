//! Whether things are as they should be: facts in, findings out, one rule a file.
//!
//! What always holds: every rule is pure, knows no forge by name where facts are enough, and says what to do about what
//! it finds. What is deliberately not here: asking (`forge`), and showing (`cli`, `web`).

pub mod setup; // forge, token, project, webhook

use std::fmt;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// As it should be.
    Ok,
    /// As it should be, with something to know.
    Note,
    /// Nobody could ask.
    Unasked,
    /// Works, and should be mended.
    Warning,
    /// Does not work.
    Error,
}

impl Outcome {
    /// The word for it, in text and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Unasked => "unasked",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// True for what a person should mend.
    #[must_use]
    pub fn is_finding(self) -> bool {
        matches!(self, Self::Warning | Self::Error)
    }
}

/// One thing that was looked at. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at: a stable word, such as `webhook`.
    pub id: &'static str,
    /// How it came out.
    pub outcome: Outcome,
    /// What is so, in one sentence without a full stop.
    pub says: String,
    /// What to do about it; empty where there is nothing to do.
    pub mend: String,
}

impl Check {
    /// As it should be.
    #[must_use]
    pub fn ok(id: &'static str, says: impl Into<String>) -> Self {
        Self { id, outcome: Outcome::Ok, says: says.into(), mend: String::new() }
    }

    /// Anything else.
    #[must_use]
    pub fn new(id: &'static str, outcome: Outcome, says: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { id, outcome, says: says.into(), mend: mend.into() }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)?;
        if self.mend.is_empty() { Ok(()) } else { write!(f, "; {}", self.mend) }
    }
}
