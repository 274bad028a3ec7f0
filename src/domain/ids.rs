//! Names of things on a forge. An id is checked where it enters and never again.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The issue that tracks one incident: the configured forge name, the configured project path, the issue's number.
///
/// The path is the one in the configuration, so a renamed repository keeps its record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IssueRef {
    /// Configured forge name, as in `POST /webhooks/<forge>`.
    pub forge: String,
    /// Configured project path, as in `acme/incidents`.
    pub project: String,
    /// The number people see after `#`.
    pub number: u64,
}

impl IssueRef {
    /// Names an issue of a configured project.
    #[must_use]
    pub fn new(forge: impl Into<String>, project: impl Into<String>, number: u64) -> Self {
        Self { forge: forge.into(), project: project.into(), number }
    }

    /// Names the project itself, for what is about no single issue: forges count issues from 1.
    #[must_use]
    pub fn project(forge: impl Into<String>, project: impl Into<String>) -> Self {
        Self::new(forge, project, 0)
    }

    /// The project itself is meant, and none of its issues.
    #[must_use]
    pub fn is_project(&self) -> bool {
        self.number == 0
    }

    /// Both belong to one project.
    #[must_use]
    pub fn is_in(&self, other: &Self) -> bool {
        self.forge == other.forge && self.project == other.project
    }
}

impl fmt::Display for IssueRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}#{}", self.forge, self.project, self.number)
    }
}

/// A comment's number on its forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommentId(pub u64);

impl fmt::Display for CommentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
