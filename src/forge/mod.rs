//! The outside world of issues: one trait for reading, one for writing, and errors that say what to do next.
//!
//! What always holds: library types end inside `forge/<name>/`; adapters retry nothing that writes. What is
//! deliberately not here: deciding what to write (`plan`), and doing it once (`engine`).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;

use crate::domain::{
    action::LabelDefinition,
    forge_severity::ForgeSeverity,
    ids::{CommentId, IssueRef},
    people::{Account, Permission},
    snapshot::{Change, Comment, Edit, Issue, Visibility},
    time::Moment,
};

mod answer; // what an answer means
mod definitions; // label definitions known to exist
pub mod github;
pub mod gitlab;
mod inspect; // how a forge is set up for the bot
mod lane; // limits and pacing of one token or installation
mod paging; // lists in pages that fit
pub mod thread; // comments, as far as they could be read

pub use inspect::Inspect;
pub use thread::{Gaps, Thread};

/// Reading never changes anything.
#[async_trait]
pub trait Read: Send + Sync + 'static {
    /// The bot's own account: its events are ignored, and only its comments can carry valid markers.
    async fn whoami(&self) -> Result<Account, ForgeError>;
    /// The issue as it is now. `ForgeError::Gone` if it is deleted, moved away or out of reach.
    async fn issue(&self, issue: &IssueRef) -> Result<Issue, ForgeError>;
    /// Every comment changed at or after `since` (all of them for `None`), oldest first, all pages; of long texts perhaps
    /// only the beginning. An error where the list cannot be read to its end.
    async fn comments(&self, issue: &IssueRef, since: Option<Moment>) -> Result<Vec<Comment>, ForgeError>;
    /// The same as far as it can be read, with what is missing.
    async fn thread(&self, issue: &IssueRef, since: Option<Moment>) -> Result<Thread, ForgeError> {
        Ok(Thread { comments: self.comments(issue, since).await?, gaps: Gaps::default() })
    }
    /// The issue's own history of labels, assignees and state, oldest first, all pages. Unknown entries are left out.
    async fn history(&self, issue: &IssueRef) -> Result<Vec<Change>, ForgeError>;
    /// The versions of the issue's text, oldest first, the first as it was filed; those before `since` may be left out.
    /// None where the forge keeps no record of edits or does not show it.
    async fn edits(&self, issue: &IssueRef, since: Option<Moment>) -> Result<Vec<Edit>, ForgeError> {
        let _ = (issue, since);
        Ok(Vec::new())
    }
    /// When the texts of these comments last changed, `None` for one whose text is the first. Each comes with the
    /// `updated_at` under which it was read: an answer that is older than that is an error. What is missing from the answer
    /// is dated by its own stamp, as everything is where nothing but a change of the text moves that.
    async fn last_edits(
        &self,
        issue: &IssueRef,
        comments: &[(CommentId, Moment)],
    ) -> Result<BTreeMap<CommentId, Option<Moment>>, ForgeError> {
        let _ = (issue, comments);
        Ok(BTreeMap::new())
    }
    /// What the account may do in the project now. Decided by the numeric id: an account whose login now belongs to
    /// another id has `Permission::None`.
    async fn permission(&self, project: &str, account: &Account) -> Result<Permission, ForgeError>;
    /// What whoever bears this login may do in the project now; `Permission::None` where nobody does.
    async fn permission_of(&self, project: &str, login: &str) -> Result<Permission, ForgeError>;
    /// One comment as it is now.
    async fn comment(&self, issue: &IssueRef, comment: CommentId) -> Result<Comment, ForgeError>;
    /// Who can read the project, and the forge's number for it.
    async fn project(&self, project: &str) -> Result<ProjectFacts, ForgeError>;
    /// Whether the trusted alone can read the project, by what is known from the last minutes. Asked only where issues
    /// have no flag of their own.
    async fn is_private(&self, project: &str) -> Result<bool, ForgeError> {
        Ok(self.project(project).await?.visibility == Visibility::Private)
    }
    /// Issues changed at or after `since` (for `None`: all open ones that carry `label`), any state, oldest change first,
    /// all pages, pull requests left out.
    async fn changed(&self, project: &str, since: Option<Moment>, label: &str) -> Result<Vec<Issue>, ForgeError>;
    /// Numbers of issues with a comment changed at or after `since`, all pages.
    async fn commented(&self, project: &str, since: Moment) -> Result<BTreeSet<u64>, ForgeError>;
    /// Forgets what is remembered of a project (visibility, labels): it is asked for anew before the next write.
    fn forget(&self, project: &str);
    /// Names of the label definitions that exist in the project.
    async fn labels(&self, project: &str) -> Result<BTreeSet<String>, ForgeError>;
    /// The texts of the entries that the bot's own account wrote into the forge's timeline of the incident, all pages. None
    /// where the forge keeps no such timeline.
    async fn timeline(&self, issue: &IssueRef) -> Result<Vec<String>, ForgeError> {
        let _ = issue;
        Ok(Vec::new())
    }
    /// Asks the forge to deliver again what failed since `since`. Returns how many were asked for; `Ok(0)` where the
    /// hook does not allow it.
    async fn redeliver_failed(&self, project: &str, since: Moment) -> Result<u32, ForgeError>;
    /// How many requests, reading and writing, were sent and are not answered yet. 0 where nobody counts.
    fn under_way(&self) -> usize {
        0
    }
    /// Who can say how the forge is set up; `None` where nobody can.
    fn inspect(&self) -> Option<&dyn Inspect> {
        None
    }
}

/// Writing. Each call is one request (a label definition that is missing costs one more), sent at most once.
#[async_trait]
pub trait Write: Send + Sync + 'static {
    /// Posts a comment where the trusted alone can read it. Waiting for its turn may take long: if the turn comes at `not_after` (machine time) or later,
    /// nothing is sent and the answer is `ForgeError::Later`, because by then somebody else may be posting it.
    async fn comment(&self, issue: &IssueRef, body: &str, not_after: Moment) -> Result<Comment, ForgeError>;
    /// Posts a comment that holds nothing of the incident, wherever others can read it. Otherwise as `comment`.
    async fn announce(&self, issue: &IssueRef, body: &str, not_after: Moment) -> Result<Comment, ForgeError>;
    /// Replaces a comment's text.
    async fn rewrite(&self, issue: &IssueRef, comment: CommentId, body: &str) -> Result<(), ForgeError>;
    /// Folds a comment away as resolved. Where the forge cannot, replaces its text by `instead`.
    async fn collapse(&self, issue: &IssueRef, comment: CommentId, instead: &str) -> Result<(), ForgeError>;
    /// Files an issue, creating missing label definitions; with the same deadline as `comment`. People whom the forge does
    /// not assign are an error or are left out; the issue that comes back says who is assigned.
    async fn file(&self, project: &str, draft: &NewIssue, not_after: Moment) -> Result<Issue, ForgeError>;
    /// Puts labels on, creating missing definitions. Returns the labels now on the issue.
    async fn add_labels(&self, issue: &IssueRef, labels: &[LabelDefinition]) -> Result<BTreeSet<String>, ForgeError>;
    /// Takes one label off. Success if it was not on.
    async fn remove_label(&self, issue: &IssueRef, label: &str) -> Result<(), ForgeError>;
    /// Whether `collapse` deletes the comment here, because nothing can be folded away.
    fn collapses_by_deleting(&self) -> bool {
        false
    }
    /// Whether `move_labels` is one request here, so that a dimension is never without its label or with two.
    fn moves_labels_at_once(&self) -> bool {
        false
    }
    /// Puts labels on, creating missing definitions, and takes others off. Returns the labels now on the issue.
    async fn move_labels(
        &self,
        issue: &IssueRef,
        add: &[LabelDefinition],
        remove: &[String],
    ) -> Result<BTreeSet<String>, ForgeError> {
        let mut now_on = self.add_labels(issue, add).await?;
        for label in remove {
            self.remove_label(issue, label).await?;
            now_on.remove(label);
        }
        Ok(now_on)
    }
    /// Makes the issue readable by the trusted alone. Success where the forge has no such flag.
    async fn make_confidential(&self, issue: &IssueRef) -> Result<(), ForgeError> {
        let _ = issue;
        Ok(())
    }
    /// Sets the forge's own severity of an incident. Success where the forge has none.
    async fn set_severity(&self, issue: &IssueRef, to: ForgeSeverity) -> Result<(), ForgeError> {
        let _ = (issue, to);
        Ok(())
    }
    /// Writes an entry into the forge's own timeline of an incident, at the moment `at` (machine time); with the same
    /// deadline as `comment`. Success where the forge keeps no such timeline.
    async fn enter(&self, issue: &IssueRef, entry: &str, at: Moment, not_after: Moment) -> Result<(), ForgeError> {
        let _ = (issue, entry, at, not_after);
        Ok(())
    }
    /// Whether the forge keeps links between issues.
    fn links_issues(&self) -> bool {
        false
    }
    /// Links another issue of the same project to this one. Success if it was linked, and where the forge keeps no links.
    async fn link(&self, issue: &IssueRef, other: u64) -> Result<(), ForgeError> {
        let _ = (issue, other);
        Ok(())
    }
    /// Closes the issue as one that nothing came of. Success if it was closed.
    async fn close(&self, issue: &IssueRef) -> Result<(), ForgeError>;
    /// Reacts to a comment with a thumb up. Success where the forge has no reactions.
    async fn react(&self, issue: &IssueRef, comment: CommentId) -> Result<(), ForgeError>;
}

/// An issue to be filed. Title and body are confidential.
pub struct NewIssue {
    /// What it is called.
    pub title: String,
    /// What it says.
    pub body: String,
    /// The labels that it carries.
    pub labels: Vec<LabelDefinition>,
    /// Logins of those who are assigned.
    pub assignees: Vec<String>,
}

/// Reading and writing through one adapter.
#[derive(Clone)]
pub struct Forge {
    /// Reading.
    pub read: Arc<dyn Read>,
    /// Writing.
    pub write: Arc<dyn Write>,
}

/// What the forge says of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectFacts {
    /// The forge's number for it; stays the same when it is renamed.
    pub id: u64,
    /// The path as the forge spells it now.
    pub path: String,
    /// Who can read it.
    pub visibility: Visibility,
    /// Nothing can be written.
    pub archived: bool,
}

/// With the status 0, nobody was asked: others than the trusted could have read it.
fn denied(what: &str, status: u16) -> String {
    match status {
        0 => format!("nothing was sent ({what}); make the issue confidential, or the project private"),
        200..300 => format!("the forge did not do it ({what}); check the role of the token's account"),
        _ => format!("the forge refused {what} ({status}); check the token and its permissions"),
    }
}

/// Why a call did not succeed, by what to do next. Holds no confidential text.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    /// The thing does not exist, was moved, or is hidden from the token (404, 410, 301 without a target).
    #[error("{what} is gone or hidden from the token")]
    Gone {
        /// What was asked for.
        what: String,
    },
    /// The token may not (401, 403 that is no limit).
    #[error("{}", denied(what, *status))]
    Denied {
        /// What was asked for.
        what: String,
        /// HTTP status.
        status: u16,
    },
    /// The request itself is wrong (400, 409, 422); the same again will fail the same.
    #[error("the forge did not accept {what} ({status})")]
    Invalid {
        /// What was asked for.
        what: String,
        /// HTTP status.
        status: u16,
    },
    /// A limit; nothing was done. Ask again after this long.
    #[error("the forge asks to wait {} s before {what}", after.as_secs())]
    Later {
        /// What was asked for.
        what: String,
        /// How long.
        after: Duration,
    },
    /// The request never left (no connection, TLS failure): nothing was done.
    #[error("could not reach the forge for {what}")]
    Unreachable {
        /// What was asked for.
        what: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Nobody knows whether it was done (time-out, reset, 5xx, unreadable answer).
    #[error("the outcome of {what} is unknown")]
    Unknown {
        /// What was asked for.
        what: String,
        /// The cause, without any confidential text.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ForgeError {
    /// True where the forge certainly did not do what was asked.
    #[must_use]
    pub fn certainly_not_done(&self) -> bool {
        !matches!(self, Self::Unknown { .. })
    }

    /// A short, stable word for metrics and logs.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self {
            Self::Gone { .. } => "gone",
            Self::Denied { .. } => "denied",
            Self::Invalid { .. } => "invalid",
            Self::Later { .. } => "later",
            Self::Unreachable { .. } => "unreachable",
            Self::Unknown { .. } => "unknown",
        }
    }
}
