//! Why something was not done.

use super::{ids::IssueId, project::Access};

/// Why a deed was refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such thing, or it may not be seen, which looks the same.
    #[error("there is no such {0}")]
    Absent(&'static str),
    /// It was here and was deleted.
    #[error("the issue was deleted")]
    Deleted,
    /// It was here and is elsewhere now.
    #[error("the issue was moved")]
    Moved(IssueId),
    /// It may be seen, but not done.
    #[error("{needs:?} access is needed")]
    Forbidden {
        /// What it would take.
        needs: Access,
    },
    /// The project is archived.
    #[error("the project is archived")]
    Archived,
    /// The conversation is locked.
    #[error("the conversation is locked")]
    Locked,
    /// Issues are switched off here.
    #[error("the project has no issues")]
    NoIssues,
    /// What was asked is not well said.
    #[error("the {field} of the {of} {fault}")]
    Invalid {
        /// What is being made or changed.
        of: &'static str,
        /// Which part of it.
        field: &'static str,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// What is wrong with a part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It must be given.
    #[error("is missing")]
    Missing,
    /// It exceeds the bound.
    #[error("is longer than {0}")]
    TooLong(usize),
    /// It is no value that is known.
    #[error("is not valid")]
    Unknown,
    /// There is one already.
    #[error("exists already")]
    Taken,
}

impl Refusal {
    pub(super) fn invalid(of: &'static str, field: &'static str, fault: Fault) -> Self {
        Self::Invalid { of, field, fault }
    }
}
