//! What happened, kept until hooks were told.
//!
//! What always holds: a happening carries things as they were right after it, because hooks are told later.

use super::{
    escalation::Escalation,
    ids::{HookId, UserId},
    issue::{Comment, Issue, Reaction},
    label::Label,
    project::{Access, Project},
};
use crate::domain::{forge_severity::ForgeSeverity, time::Moment};

/// Something happened.
#[derive(Debug, Clone)]
pub struct Happening {
    /// Its place in the order of everything.
    pub serial: u64,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: UserId,
    /// The project as it was then.
    pub project: Project,
    /// The issue as it was then, where it is about one.
    pub issue: Option<Issue>,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum What {
    /// An issue was filed.
    Filed,
    /// Title or text changed; each part says what it was before.
    Edited {
        /// The title before.
        title: Option<String>,
        /// The text before.
        body: Option<Option<String>>,
    },
    /// A label was put on.
    Labelled(Label),
    /// A label was taken off.
    Unlabelled(Label),
    /// A label went because its definition was deleted. GitHub tells of the issue and does not name the label.
    LabelLost,
    /// Somebody was assigned.
    Assigned(UserId),
    /// Somebody was unassigned.
    Unassigned(UserId),
    /// The issue was closed.
    Closed,
    /// The issue was opened again.
    Reopened,
    /// The conversation was locked.
    Locked,
    /// The conversation was unlocked.
    Unlocked,
    /// Confidentiality changed.
    Confidential {
        /// What it was before.
        before: bool,
    },
    /// The forge's own severity changed.
    Severity {
        /// What it was before.
        before: ForgeSeverity,
    },
    /// The forge's own status of an incident changed.
    Escalation {
        /// What it was before.
        before: Escalation,
        /// Because the incident was closed.
        closing: bool,
    },
    /// The issue was deleted.
    Deleted,
    /// The issue left for another project.
    MovedAway {
        /// The issue there.
        new: Box<Issue>,
        /// The other project.
        to: Box<Project>,
    },
    /// The issue came from another project.
    MovedIn {
        /// The issue there.
        old: Box<Issue>,
        /// The other project.
        from: Box<Project>,
    },
    /// Somebody commented.
    Commented(Comment),
    /// A comment changed.
    CommentEdited {
        /// As it is.
        comment: Comment,
        /// What it said before.
        before: String,
    },
    /// A comment was deleted.
    CommentDeleted(Comment),
    /// Somebody reacted.
    Reacted {
        /// With what, to what.
        reaction: Reaction,
        /// The comment, where it is to one.
        comment: Option<Comment>,
    },
    /// Somebody took a reaction back.
    Unreacted {
        /// What it was.
        reaction: Reaction,
        /// The comment, where it was to one.
        comment: Option<Comment>,
    },
    /// A label was defined.
    LabelDefined(Label),
    /// A definition changed.
    LabelChanged {
        /// As it is.
        now: Label,
        /// As it was.
        before: Label,
    },
    /// A definition was deleted.
    LabelDropped(Label),
    /// Everybody can read the project now.
    Publicised,
    /// Only members can read it now.
    Privatised,
    /// It has another name.
    Renamed {
        /// The name before.
        before: String,
    },
    /// It has another owner.
    Transferred {
        /// The owner before.
        before: UserId,
    },
    /// Nothing can be written any more.
    Archived,
    /// It can again.
    Unarchived,
    /// The project is gone.
    ProjectDeleted,
    /// Somebody's access changed.
    AccessSet {
        /// Whose.
        who: UserId,
        /// What it was.
        before: Access,
        /// What it is.
        now: Access,
    },
    /// A webhook is tried, for the first time or again.
    Pinged(HookId),
}
