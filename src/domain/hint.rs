//! What a delivery says happened. A hint explains a change that is seen by reading; it never changes state by itself.

use serde::{Deserialize, Serialize};

use super::{forge_severity::ForgeSeverity, ids::CommentId, people::Account, time::Moment};

/// Who did what when, according to one authentic delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// When the thing changed, as the forge states it (machine time).
    pub at: Moment,
    /// Who sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Account>,
    /// What happened.
    #[serde(flatten)]
    pub what: Hinted,
}

/// What a hint speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Hinted {
    /// The issue was filed.
    Opened,
    /// The body was edited.
    Edited,
    /// A label was put on.
    LabelAdded {
        /// Its name.
        label: String,
    },
    /// A label was taken off.
    LabelRemoved {
        /// Its name.
        label: String,
    },
    /// Somebody was assigned.
    Assigned {
        /// Who.
        who: Account,
    },
    /// Somebody was unassigned.
    Unassigned {
        /// Who.
        who: Account,
    },
    /// The issue was closed.
    Closed,
    /// The issue was opened again.
    Reopened,
    /// The confidential flag was taken off.
    Exposed,
    /// The confidential flag was put on.
    Hidden,
    /// The forge's own severity was set.
    ForgeSeverity {
        /// To what.
        to: ForgeSeverity,
    },
    /// A comment was posted.
    CommentPosted {
        /// Which.
        comment: CommentId,
    },
    /// A comment was edited.
    CommentEdited {
        /// Which.
        comment: CommentId,
    },
    /// A comment was deleted.
    CommentDeleted {
        /// Which.
        comment: CommentId,
    },
    /// The issue left the project, or was deleted.
    Left,
    /// Anything else about the issue.
    Other,
}
