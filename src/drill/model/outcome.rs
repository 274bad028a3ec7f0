//! What comes of what somebody does.

use super::ids::{HookId, IssueId, ReactionId};
use crate::domain::ids::CommentId;

/// What came of a deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// An issue, filed, changed or moved.
    Issue(IssueId),
    /// A comment, posted or changed.
    Comment(CommentId),
    /// A reaction; false where it was there before.
    Reaction(ReactionId, bool),
    /// A webhook.
    Hook(HookId),
    /// Done, and nothing to show.
    Done,
}
