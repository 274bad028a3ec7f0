//! What the forge says right now, in neutral words. Adapters make these; nothing here knows an API.

use std::collections::BTreeSet;

use super::{
    forge_severity::ForgeSeverity,
    ids::CommentId,
    people::{Account, Actor},
    time::Moment,
};

/// An issue as read just now. Title and body are confidential.
#[derive(Clone, PartialEq, Eq)]
pub struct Issue {
    /// The number people see.
    pub number: u64,
    /// The title.
    pub title: String,
    /// The body; empty where the forge says null.
    pub body: String,
    /// Open or closed.
    pub open: bool,
    /// Who filed it, where the account still exists.
    pub author: Option<Account>,
    /// Names of the labels on the issue.
    pub labels: BTreeSet<String>,
    /// Who is assigned.
    pub assignees: Vec<Account>,
    /// How many comments the forge counts.
    pub comments: u64,
    /// When it was filed.
    pub created_at: Moment,
    /// When it last changed in any way.
    pub updated_at: Moment,
    /// When it was closed, if it is.
    pub closed_at: Option<Moment>,
    /// Who closed it, where the forge says.
    pub closed_by: Option<Account>,
    /// Where people read it.
    pub url: String,
    /// A pull or merge request: never an incident.
    pub is_change_request: bool,
    /// Whether only the trusted can read it; `None` where the forge has no such flag.
    pub confidential: Option<bool>,
    /// What is written under it is mailed to somebody outside the forge.
    pub is_mailed: bool,
    /// The forge itself calls it an incident.
    pub is_incident: bool,
    /// How bad the forge itself says it is; `None` where it says so of no issue, or not of this kind.
    pub forge_severity: Option<ForgeSeverity>,
}

impl std::fmt::Debug for Issue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issue").field("number", &self.number).field("open", &self.open).finish_non_exhaustive()
    }
}

/// A comment as read just now. The body is confidential.
#[derive(Clone, PartialEq, Eq)]
pub struct Comment {
    /// The forge's number.
    pub id: CommentId,
    /// Who wrote it, where the account still exists.
    pub author: Option<Account>,
    /// The text.
    pub body: String,
    /// When it was posted.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// Where people read it.
    pub url: String,
    /// Fewer people can read it than the issue's other comments.
    pub internal: bool,
}

impl std::fmt::Debug for Comment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Comment").field("id", &self.id).field("author", &self.author).finish_non_exhaustive()
    }
}

/// One entry of the issue's own history (labels, assignees, state), from the forge's timeline or from a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Moment,
    /// Who.
    pub by: Actor,
    /// What.
    pub what: Changed,
}

/// What a `Change` changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// A label was put on.
    LabelAdded(String),
    /// A label was taken off.
    LabelRemoved(String),
    /// Somebody was assigned.
    Assigned(Account),
    /// Somebody was unassigned.
    Unassigned(Account),
    /// The title or body was edited.
    Edited,
    /// The issue was closed.
    Closed,
    /// The issue was opened again.
    Reopened,
    /// The confidential flag was taken off.
    Exposed,
    /// The confidential flag was put on.
    Hidden,
    /// The forge's own severity was set.
    ForgeSeverity(ForgeSeverity),
}

/// One version of an issue's text, from the forge's own record of edits. The text is confidential.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    /// When.
    pub at: Moment,
    /// Who.
    pub by: Actor,
    /// The whole text after it; `None` where people had this version deleted.
    pub body: Option<String>,
}

impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edit").field("at", &self.at).field("by", &self.by).finish_non_exhaustive()
    }
}

/// Who can read something, or whom a text is fit for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Audience {
    /// Only those who are trusted with the incident.
    #[default]
    Trusted,
    /// Others as well.
    Anyone,
}

/// Who can read a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Only members.
    Private,
    /// Everyone in the enterprise (GitHub) or on the instance (GitLab).
    Internal,
    /// Everyone.
    Public,
}
