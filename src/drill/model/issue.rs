//! Issues, their comments, and their history.

use super::{
    deed::Close,
    escalation::Escalation,
    ids::{IssueId, ProjectId, ReactionId, UserId},
    label::Label,
};
use crate::domain::{forge_severity::ForgeSeverity, ids::CommentId, time::Moment};

/// An issue as it is.
#[derive(Debug, Clone)]
pub struct Issue {
    /// Its number in the world.
    pub id: IssueId,
    /// Where it is.
    pub project: ProjectId,
    /// The number people see.
    pub number: u64,
    /// What it is called.
    pub title: String,
    /// What it says; `None` where nothing was ever said.
    pub body: Option<String>,
    /// Open or closed.
    pub open: bool,
    /// Why it was closed, or that it was opened again.
    pub reason: Option<Reason>,
    /// Names of labels, as they were spelled when defined.
    pub labels: Vec<String>,
    /// Who is assigned.
    pub assignees: Vec<UserId>,
    /// Who filed it.
    pub author: UserId,
    /// Who can still comment.
    pub lock: Option<Lock>,
    /// Only members see it (forges that know confidential issues).
    pub confidential: bool,
    /// To whom what is written under it is mailed (forges with a Service Desk).
    pub reply_to: Option<String>,
    /// What kind of issue it is (forges that know kinds).
    pub kind: Option<String>,
    /// How bad it is, in the forge's own words (forges that know that of incidents).
    pub severity: ForgeSeverity,
    /// How far people are with it, in the forge's own words (forges that know that of incidents).
    pub escalation: Escalation,
    /// When it was filed.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// When it was closed, and by whom.
    pub closed: Option<(Moment, UserId)>,
    /// Every text it had, the first included, as soon as there was a second.
    pub edits: Vec<Edit>,
    /// How many comments it has.
    pub comments: u64,
}

/// Why the state is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Closed so.
    Closed(Close),
    /// Opened again.
    Reopened,
}

/// A lock on the conversation, with its reason where one was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock(pub Option<String>);

/// One version of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// When it was written.
    pub at: Moment,
    /// By whom.
    pub by: UserId,
    /// The whole text.
    pub text: String,
}

/// A comment.
#[derive(Debug, Clone)]
pub struct Comment {
    /// Its number.
    pub id: CommentId,
    /// Under which issue.
    pub issue: IssueId,
    /// Who wrote it.
    pub author: UserId,
    /// What it says.
    pub body: String,
    /// When it was posted.
    pub created_at: Moment,
    /// When its text last changed.
    pub updated_at: Moment,
    /// It is for the team alone.
    pub internal: bool,
    /// The first comment of its discussion, which may be itself; `None` where it is in none (forges that know discussions).
    pub thread: Option<CommentId>,
    /// Why it is folded away, if it is.
    pub minimised: Option<String>,
    /// Every text it had, the first included, as soon as there was a second.
    pub edits: Vec<Edit>,
}

/// What is reacted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// An issue's first post.
    Issue(IssueId),
    /// A comment.
    Comment(CommentId),
}

/// A reaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// Its number.
    pub id: ReactionId,
    /// To what.
    pub to: Target,
    /// Whose.
    pub by: UserId,
    /// Which: `+1`, `eyes`, ...
    pub content: String,
    /// When.
    pub at: Moment,
}

/// One line of an issue's history.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number.
    pub id: u64,
    /// When.
    pub at: Moment,
    /// Who.
    pub by: UserId,
    /// What.
    pub event: Event,
}

/// What a line of the history says. Texts of an issue are not in it: forges keep those elsewhere.
#[derive(Debug, Clone)]
pub enum Event {
    /// A label was put on.
    Labelled(Label),
    /// A label was taken off.
    Unlabelled(Label),
    /// Somebody was assigned.
    Assigned(UserId),
    /// Somebody was unassigned.
    Unassigned(UserId),
    /// The title changed.
    Renamed {
        /// From.
        from: String,
        /// To.
        to: String,
    },
    /// It was closed.
    Closed(Close),
    /// It was opened again.
    Reopened,
    /// The conversation was locked.
    Locked(Option<String>),
    /// The conversation was unlocked.
    Unlocked,
    /// It came from another project.
    Transferred,
    /// Somebody commented.
    Commented(CommentId),
    /// A comment was deleted.
    CommentDeleted,
    /// Confidentiality changed.
    Confidential(bool),
    /// The forge's own severity changed.
    Severity(ForgeSeverity),
    /// The forge noted something else, in its own words.
    Noted(String),
}
