//! What should be done: a plan is a value that prints, compares, and is applied by the engine alone.

use std::fmt;

use super::{
    event::{Event, Occurrence},
    forge_severity::ForgeSeverity,
    ids::CommentId,
    message::{Message, MessageKind, TimelineEntry, Wild},
    time::Moment,
};

/// Everything that should be done now for one incident, and when to look again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// Facts that follow from what was seen, to be journalled before anything is done.
    pub facts: Vec<Event>,
    /// What to do, in order.
    pub actions: Vec<Action>,
    /// When to look again, if nothing happens before.
    pub wake_at: Option<Moment>,
}

/// One thing to do. Its key is made of facts, never of the time of execution, so doing it twice is visible.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// The effect's identity within the incident, such as `reminder/sitrep@2026-11-20T15:00:00Z`.
    pub key: String,
    /// What.
    pub what: Effect,
}

/// The kinds of effects on a forge.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Put labels on and take others off. Safe to repeat.
    Label {
        /// To put on, with what their definition should be.
        add: Vec<LabelDefinition>,
        /// To take off.
        remove: Vec<String>,
    },
    /// Post a new comment. Never repeated blindly.
    Comment {
        /// What it says.
        message: Box<Message>,
        /// The occurrences it speaks of.
        covers: Vec<Occurrence>,
    },
    /// Replace the text of a comment written before. Safe to repeat.
    Rewrite {
        /// Which comment.
        comment: CommentId,
        /// The new text.
        message: Box<Message>,
    },
    /// File an issue of its own for what is to be done afterwards. Never repeated blindly.
    File(Box<Filing>),
    /// Post the report of one closing. Never repeated blindly.
    Report {
        /// Which closing: 1, 2, ...
        closing: u32,
    },
    /// Put a line on top of a report that is no longer the current one, keeping what people wrote. Safe to repeat.
    Supersede {
        /// Which comment.
        comment: CommentId,
        /// The line.
        message: Box<Message>,
    },
    /// Fold away a reminder that has done its work. Safe to repeat.
    Collapse {
        /// Which comment.
        comment: CommentId,
        /// The key of the reminder's effect.
        of: String,
        /// What is left to read where the forge cannot fold.
        message: Box<Message>,
    },
    /// Make the issue readable by the trusted alone. Safe to repeat.
    MakeConfidential,
    /// Set the forge's own severity. Safe to repeat.
    ForgeSeverity {
        /// To what.
        to: ForgeSeverity,
    },
    /// Write an entry into the forge's own timeline of the incident. Never repeated blindly.
    Enter(Box<Entry>),
    /// Link the issue of a follow-up to the incident's. Safe to repeat.
    Link {
        /// The number of the other issue.
        number: u64,
    },
    /// Close the issue: what it tracks was a false alarm. Safe to repeat.
    Close,
    /// React to a comment. Safe to repeat.
    React {
        /// Which comment.
        comment: CommentId,
    },
}

/// An issue to be filed in the incident's project.
#[derive(Debug, Clone, PartialEq)]
pub struct Filing {
    /// What it is called; not trusted.
    pub title: Wild,
    /// What it says.
    pub message: Message,
    /// The label that it carries.
    pub label: LabelDefinition,
    /// Whom to assign, by handle without the `@`.
    pub assignee: Option<String>,
    /// It was not asked for before this moment, so it was not filed before.
    pub since: Moment,
}

/// What is to stand in the forge's own timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What it says.
    pub message: TimelineEntry,
    /// When it happened.
    pub at: Moment,
}

/// A label and what it should look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelDefinition {
    /// Its name.
    pub name: String,
    /// Six hexadecimal digits.
    pub color: String,
    /// One line, at most 100 characters.
    pub description: String,
}

impl Effect {
    /// The kind of message this effect writes, if it writes one.
    #[must_use]
    pub fn kind(&self) -> Option<MessageKind> {
        match self {
            Self::Comment { message, .. }
            | Self::Rewrite { message, .. }
            | Self::Supersede { message, .. }
            | Self::Collapse { message, .. } => Some(message.kind()),
            Self::File(filing) => Some(filing.message.kind()),
            Self::Report { .. } => Some(MessageKind::Retrospective),
            Self::Enter(_) => Some(MessageKind::Timeline),
            Self::Label { .. }
            | Self::MakeConfidential
            | Self::ForgeSeverity { .. }
            | Self::Link { .. }
            | Self::Close
            | Self::React { .. } => None,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            Effect::Label { add, remove } => {
                let add: Vec<&str> = add.iter().map(|label| label.name.as_str()).collect();
                write!(f, "labels: put on [{}], take off [{}]", add.join(", "), remove.join(", "))
            }
            Effect::Comment { message, .. } => write!(f, "comment: {} ({})", message.kind(), self.key),
            Effect::File(_) => write!(f, "file an issue ({})", self.key),
            Effect::Report { closing } => write!(f, "comment: retrospective of closing {closing} ({})", self.key),
            Effect::Supersede { comment, .. } => write!(f, "mark comment {comment} as superseded"),
            Effect::Rewrite { comment, message } => write!(f, "rewrite comment {comment}: {}", message.kind()),
            Effect::Collapse { comment, of, .. } => write!(f, "collapse comment {comment} ({of})"),
            Effect::MakeConfidential => write!(f, "make the issue confidential ({})", self.key),
            Effect::ForgeSeverity { to } => write!(f, "set the forge's own severity to {to}"),
            Effect::Enter(_) => write!(f, "write into the forge's own timeline ({})", self.key),
            Effect::Link { number } => write!(f, "link issue {number}"),
            Effect::Close => write!(f, "close the issue ({})", self.key),
            Effect::React { comment } => write!(f, "react to comment {comment}"),
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.actions.is_empty() {
            writeln!(f, "nothing to do")?;
        }
        for action in &self.actions {
            writeln!(f, "{action}")?;
        }
        match self.wake_at {
            Some(at) => write!(f, "look again at {}", at.format("%Y-%m-%dT%H:%M:%SZ")),
            None => write!(f, "nothing further is due"),
        }
    }
}
