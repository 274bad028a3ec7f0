//! How bad the forge itself says an incident is: GitLab's severity of issues of the type Incident.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the five that GitLab knows, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ForgeSeverity {
    /// Nobody said yet.
    #[default]
    Unknown,
    /// S4.
    Low,
    /// S3.
    Medium,
    /// S2.
    High,
    /// S1.
    Critical,
}

impl ForgeSeverity {
    /// Every one with the word that the forge's interface uses.
    pub const ALL: [(&'static str, Self); 5] = [
        ("UNKNOWN", Self::Unknown),
        ("LOW", Self::Low),
        ("MEDIUM", Self::Medium),
        ("HIGH", Self::High),
        ("CRITICAL", Self::Critical),
    ];

    /// The word, such as `HIGH`.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, known)| *known == self).map_or("UNKNOWN", |(name, _)| name)
    }

    /// The one with this word, whatever its case.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(word.trim())).map(|(_, known)| *known)
    }
}

impl fmt::Display for ForgeSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
