//! How long texts and lists may be. Every forge has its own figures.

/// Bounds, in characters and in entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Characters of an issue's title.
    pub title: usize,
    /// Characters of an issue's or a comment's text.
    pub body: usize,
    /// Characters of a label's name.
    pub label: usize,
    /// Characters of a label's description.
    pub description: usize,
    /// Labels on one issue.
    pub labels: usize,
    /// People assigned to one issue.
    pub assignees: usize,
}

impl Default for Caps {
    /// GitHub's.
    fn default() -> Self {
        Self { title: 256, body: 65_536, label: 50, description: 100, labels: 100, assignees: 10 }
    }
}
