//! Everything somebody can do.

use super::{
    escalation::Escalation,
    hook::HookConfig,
    ids::{HookId, ReactionId, UserId},
    issue::Target,
    people::Login,
    project::Access,
};
use crate::domain::{forge_severity::ForgeSeverity, ids::CommentId, snapshot::Visibility};

/// An issue by the path of its project and its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// `acme/incidents`; a former path is understood.
    pub project: String,
    /// The number people see.
    pub number: u64,
}

impl At {
    /// The issue so called.
    pub fn new(project: impl Into<String>, number: u64) -> Self {
        Self { project: project.into(), number }
    }
}

/// Why an issue is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// Done.
    Completed,
    /// Will not be done.
    NotPlanned,
    /// There is another one.
    Duplicate,
}

/// One thing somebody does.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Files an issue. Labels are defined where they do not exist.
    File {
        /// Where.
        project: String,
        /// What it is called.
        title: String,
        /// What it says.
        body: Option<String>,
        /// Label names.
        labels: Vec<String>,
        /// Who is assigned.
        assignees: Vec<Login>,
        /// Only members see it.
        confidential: bool,
    },
    /// Changes title, text or both at once.
    Edit {
        /// Which.
        at: At,
        /// The new title.
        title: Option<String>,
        /// The new text.
        body: Option<String>,
    },
    /// Puts labels on.
    Label {
        /// Which.
        at: At,
        /// Label names.
        names: Vec<String>,
    },
    /// Takes one label off.
    Unlabel {
        /// Which.
        at: At,
        /// The label's name.
        name: String,
    },
    /// Makes these the labels, and no others.
    SetLabels {
        /// Which.
        at: At,
        /// Label names.
        names: Vec<String>,
    },
    /// Defines a label.
    DefineLabel {
        /// Where.
        project: String,
        /// Its name.
        name: String,
        /// Six hexadecimal digits; the forge chooses where absent.
        color: Option<String>,
        /// What it means.
        description: Option<String>,
    },
    /// Changes a definition.
    RedefineLabel {
        /// Where.
        project: String,
        /// Its name so far.
        name: String,
        /// Its new name.
        new_name: Option<String>,
        /// Six hexadecimal digits.
        color: Option<String>,
        /// What it means.
        description: Option<String>,
    },
    /// Deletes a definition, and takes the label off everywhere.
    DropLabel {
        /// Where.
        project: String,
        /// Its name.
        name: String,
    },
    /// Assigns people.
    Assign {
        /// Which.
        at: At,
        /// Who.
        who: Vec<Login>,
    },
    /// Takes people off.
    Unassign {
        /// Which.
        at: At,
        /// Who.
        who: Vec<Login>,
    },
    /// Closes.
    Close {
        /// Which.
        at: At,
        /// Why.
        reason: Close,
    },
    /// Opens again.
    Reopen {
        /// Which.
        at: At,
    },
    /// Locks the conversation.
    Lock {
        /// Which.
        at: At,
        /// Why, in the forge's word.
        reason: Option<String>,
    },
    /// Unlocks it.
    Unlock {
        /// Which.
        at: At,
    },
    /// Makes it confidential, or no longer.
    SetConfidential {
        /// Which.
        at: At,
        /// Only members see it.
        confidential: bool,
    },
    /// Says what kind of issue it is.
    SetKind {
        /// Which.
        at: At,
        /// The kind; none for a plain issue.
        kind: Option<String>,
    },
    /// Says how bad an incident is, in the forge's own words.
    SetSeverity {
        /// Which.
        at: At,
        /// How bad.
        severity: ForgeSeverity,
    },
    /// Says how far people are with an incident, in the forge's own words.
    SetEscalation {
        /// Which.
        at: At,
        /// How far.
        to: Escalation,
    },
    /// Deletes the issue for good.
    Delete {
        /// Which.
        at: At,
    },
    /// Moves the issue to another project of the same owner.
    Transfer {
        /// Which.
        at: At,
        /// The path of the other project.
        to: String,
    },
    /// Comments.
    Comment {
        /// On which.
        at: At,
        /// What.
        body: String,
    },
    /// Comments for the team alone.
    Note {
        /// On which.
        at: At,
        /// What.
        body: String,
    },
    /// Begins a discussion (forges that know discussions).
    Discuss {
        /// On which.
        at: At,
        /// What.
        body: String,
    },
    /// Answers a comment, which is or becomes a discussion.
    Reply {
        /// On which.
        at: At,
        /// Which comment.
        to: CommentId,
        /// What.
        body: String,
    },
    /// Changes a comment.
    EditComment {
        /// Which.
        id: CommentId,
        /// The new text.
        body: String,
    },
    /// Deletes a comment.
    DeleteComment {
        /// Which.
        id: CommentId,
    },
    /// Folds a comment away.
    Minimise {
        /// Which.
        id: CommentId,
        /// Why, in the forge's word.
        reason: String,
    },
    /// Unfolds it.
    Restore {
        /// Which.
        id: CommentId,
    },
    /// Reacts.
    React {
        /// To what.
        to: Target,
        /// With what: `+1`, `eyes`, ...
        content: String,
    },
    /// Takes a reaction back.
    Unreact {
        /// Which.
        id: ReactionId,
    },
    /// Changes who can read a project.
    SetVisibility {
        /// Which.
        project: String,
        /// Who from now on.
        visibility: Visibility,
    },
    /// Gives a project another name.
    Rename {
        /// Which.
        project: String,
        /// The new last part of its path.
        name: String,
    },
    /// Gives a project another owner.
    MoveProject {
        /// Which.
        project: String,
        /// Who owns it from now on.
        to: Login,
    },
    /// Stops all writing in a project, or allows it again.
    SetArchived {
        /// Which.
        project: String,
        /// Whether.
        archived: bool,
    },
    /// Deletes a project for good.
    DeleteProject {
        /// Which.
        project: String,
    },
    /// Gives somebody an access; `Access::None` takes it.
    SetAccess {
        /// Where.
        project: String,
        /// To whom.
        who: Login,
        /// Which.
        access: Access,
    },
    /// Shuts an account out, or lets it in again.
    SetBlocked {
        /// Whose.
        who: UserId,
        /// Whether it is shut out from now on.
        blocked: bool,
    },
    /// Ends a secret that stands for a person.
    EndToken {
        /// The secret.
        secret: String,
        /// The number it goes by.
        id: u64,
    },
    /// Adds a webhook to a project.
    AddHook {
        /// Where.
        project: String,
        /// What it is told, and where.
        config: HookConfig,
    },
    /// Changes a webhook.
    ChangeHook {
        /// Which.
        id: HookId,
        /// What it is from now on.
        config: HookConfig,
    },
    /// Removes a webhook.
    RemoveHook {
        /// Which.
        id: HookId,
    },
    /// Sends a webhook a trial.
    PingHook {
        /// Which.
        id: HookId,
    },
}
