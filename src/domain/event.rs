//! The journal's words: everything seen and done about one incident, each with its moment, actor and evidence.
//!
//! What always holds: an event states a fact and is never changed; the incident is the fold of its events. Events are
//! stored as JSON, so names here are part of the file format: add, never rename.

use serde::{Deserialize, Serialize};

use super::{
    command::Command,
    forge_severity::ForgeSeverity,
    ids::CommentId,
    message::MessageKind,
    people::{Account, Actor},
    process::EvidenceKind,
    reading::{Field, Value},
    time::Moment,
};

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened, as far as is known (not when it was noticed).
    pub at: Moment,
    /// Who stands behind it.
    pub by: Actor,
    /// Where the evidence is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The fact.
    #[serde(flatten)]
    pub what: What,
}

/// The kinds of facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// The issue was filed (or first seen) as an incident.
    Opened,
    /// The body's field holds this now.
    FieldSet {
        /// Which field.
        field: Field,
        /// What it holds.
        value: Value,
    },
    /// The body's field holds something that cannot be understood; the last good value stays.
    FieldUnreadable {
        /// Which field.
        field: Field,
        /// 1-based line of the body.
        line: u32,
    },
    /// The field is gone from the body; the last good value stays.
    FieldGone {
        /// Which field.
        field: Field,
    },
    /// A label was put on by somebody.
    LabelAdded {
        /// Its name.
        label: String,
    },
    /// A label was taken off by somebody.
    LabelRemoved {
        /// Its name.
        label: String,
    },
    /// This bot moved labels.
    Labelled {
        /// Put on.
        added: Vec<String>,
        /// Taken off.
        removed: Vec<String>,
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
    /// A person commented (or edited the comment so that its kind changed).
    Commented {
        /// Which comment.
        comment: CommentId,
        /// It is a situation report.
        sitrep: bool,
    },
    /// Whoever wrote this comment may not write in the project: what it says meets no duty.
    Unheard {
        /// Which comment.
        comment: CommentId,
    },
    /// A comment that was known is no longer there.
    CommentGone {
        /// Which comment.
        comment: CommentId,
    },
    /// A command was given and judged.
    Commanded {
        /// The comment it stands in.
        comment: CommentId,
        /// The command's text with white space folded, cut to 200 characters: its identity inside the comment.
        text: String,
        /// The command, where it was understood.
        command: Option<Command>,
        /// What became of it.
        outcome: Outcome,
    },
    /// A person ticked a box of the board, or took the tick away.
    Ticked {
        /// The item, or `task-3`.
        item: String,
        /// It is ticked now.
        on: bool,
    },
    /// The forge's own severity was set, by a person or by this bot.
    ForgeSeverity {
        /// To what.
        to: ForgeSeverity,
    },
    /// The issue was closed.
    Closed,
    /// The issue was opened again.
    Reopened,
    /// Others than the trusted can read the issue: nothing is written there but an alarm.
    Exposed {
        /// How that came about.
        #[serde(default)]
        how: Exposure,
    },
    /// Only the trusted can read the issue again.
    Hidden,
    /// The issue is gone from its place: moved, transferred, deleted, or hidden from the token.
    Lost,
    /// The issue is at its place again.
    Found,
    /// This bot wrote a comment.
    Wrote {
        /// The effect's key.
        key: String,
        /// What kind of comment.
        kind: MessageKind,
        /// The comment's number.
        comment: CommentId,
        /// The due moments that a reminder or catch-up speaks of.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        covers: Vec<Occurrence>,
    },
    /// This bot filed an issue of its own for a follow-up.
    Filed {
        /// The effect's key.
        key: String,
        /// The number of the issue.
        number: u64,
        /// Whoever was named for it is assigned.
        assigned: bool,
    },
    /// This bot linked the issue of a follow-up to this one.
    Linked {
        /// The number of the other issue.
        number: u64,
    },
    /// This bot wrote an entry into the forge's own timeline of the incident.
    Entered {
        /// The effect's key.
        key: String,
    },
    /// This bot changed a comment it wrote before.
    Rewrote {
        /// The effect's key.
        key: String,
        /// What kind of comment.
        kind: MessageKind,
        /// Digest of the text, to tell whether a new text differs.
        digest: String,
    },
    /// This bot is about to delete a comment that has done its work, on a forge that folds nothing away: written down
    /// before it is done.
    TakingBack {
        /// The key of the comment's effect.
        key: String,
        /// Which.
        comment: CommentId,
    },
    /// The forge did not let this bot delete a comment that it had set about deleting: whoever deletes it now is
    /// somebody else.
    NotTakenBack {
        /// Which.
        comment: CommentId,
    },
    /// This bot folded away a reminder that had done its work.
    Collapsed {
        /// The key of the reminder's effect.
        key: String,
    },
    /// A duty changed its state.
    Duty {
        /// Which occurrence.
        #[serde(flatten)]
        occurrence: Occurrence,
        /// The new state.
        state: DutyState,
        /// What met it, where something did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<EvidenceKind>,
    },
    /// An effect was given up for good; the board says so.
    GaveUp {
        /// The effect's key.
        key: String,
        /// Why, in this program's words.
        why: String,
    },
}

/// How others came to be able to read an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exposure {
    /// Its project is not private.
    #[default]
    Project,
    /// Somebody took its confidential flag off.
    Flag,
    /// It never had the flag: this bot puts it on.
    Filed,
    /// What is written there is mailed to an address outside of the forge.
    Mailed,
}

/// One occurrence of a duty: its id and the moment it is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Occurrence {
    /// Duty id.
    pub duty: String,
    /// When it is due.
    pub due: Moment,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Outcome {
    /// Obeyed.
    Obeyed,
    /// Understood, but its author may not give commands here.
    NotAllowed,
    /// Not understood, or not possible; one sentence in this program's words.
    Refused {
        /// Why.
        why: String,
    },
}

/// Where an occurrence of a duty stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DutyState {
    /// Not due yet, nothing seen.
    Waiting,
    /// Due and nothing seen.
    Due,
    /// Evidence came in time.
    Met,
    /// Evidence came after the due moment.
    Late,
    /// The next occurrence came first.
    Missed,
    /// Somebody with the right to said it need not be.
    Waived,
    /// It no longer applies.
    Cancelled,
}
