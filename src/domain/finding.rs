//! Something wrong or missing that a person should mend, with where and how.

use serde::{Deserialize, Serialize};

/// One finding. `text` and `nearest` may hold what people wrote: not trusted, and never logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable id, such as `field-unreadable`.
    pub id: String,
    /// What is wrong, in the words of this program; holds no text from people.
    pub what: String,
    /// 1-based line of the body, where one applies.
    pub line: Option<u32>,
    /// The offending text, as written by a person; at most 80 characters.
    pub text: Option<String>,
    /// The nearest allowed values, best first.
    pub nearest: Vec<String>,
}

impl Finding {
    /// A finding about the incident as a whole.
    #[must_use]
    pub fn about(id: &str, what: impl Into<String>) -> Self {
        Self { id: id.to_owned(), what: what.into(), line: None, text: None, nearest: Vec::new() }
    }

    /// A finding at a line of the body, quoting the offending text (cut to 80 characters).
    #[must_use]
    pub fn at(id: &str, what: impl Into<String>, line: u32, text: &str) -> Self {
        Self { line: Some(line), text: Some(text.chars().take(80).collect()), ..Self::about(id, what) }
    }

    /// Adds the allowed values that come nearest.
    #[must_use]
    pub fn nearest(self, nearest: Vec<String>) -> Self {
        Self { nearest, ..self }
    }
}
