//! What a spectator is told: the thread as it grows, as data.

use crate::domain::{message::MessageKind, time::Moment};

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// What the script says to whoever watches.
    Note(Moment, String),
    /// Something happened.
    Line(Line),
    /// An expectation was looked at.
    Looked(Verdict),
    /// The report, at the very end.
    Report(String),
    /// The last line.
    End(Tally),
}

/// Something that happened, when, and who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Moment,
    /// A login; empty for what nobody did.
    pub who: String,
    /// The program under drill did it.
    pub own: bool,
    /// The issue's number; 0 for what is about none.
    pub issue: u64,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// An issue was filed.
    Filed {
        /// Its title.
        title: String,
        /// What it says.
        body: String,
        /// The labels put on with it.
        labels: Vec<String>,
    },
    /// The title changed.
    Renamed(String),
    /// The text changed: the lines that are new.
    Edited(Vec<String>),
    /// Somebody commented.
    Commented {
        /// Its number.
        comment: u64,
        /// For one of the program's own: which kind.
        kind: Option<MessageKind>,
        /// What it says.
        body: String,
    },
    /// A comment changed: the lines that are new.
    Reworded {
        /// Its number.
        comment: u64,
        /// For one of the program's own: which kind.
        kind: Option<MessageKind>,
        /// New lines.
        fresh: Vec<String>,
        /// What it says now.
        body: String,
    },
    /// A comment was folded away.
    Folded {
        /// Its number.
        comment: u64,
        /// For one of the program's own: which kind.
        kind: Option<MessageKind>,
        /// Its first line.
        first: String,
    },
    /// A comment was deleted; on GitLab, what was met is taken back so.
    Deleted {
        /// For one of the program's own: which kind.
        kind: Option<MessageKind>,
        /// Its first line, where it was seen before.
        first: String,
    },
    /// Labels were put on and taken off.
    Labels {
        /// On.
        added: Vec<String>,
        /// Off.
        removed: Vec<String>,
    },
    /// People were assigned and unassigned.
    Assigned {
        /// On.
        added: Vec<String>,
        /// Off.
        removed: Vec<String>,
    },
    /// The issue was closed.
    Closed,
    /// It was opened again.
    Reopened,
    /// A comment got a reaction.
    Reacted {
        /// Which.
        content: String,
        /// The comment's first line.
        to: String,
    },
    /// The forge refused what somebody tried.
    Refused {
        /// What was tried.
        tried: String,
        /// What the forge said.
        why: String,
    },
    /// Something befell the machinery: in words.
    Befell(String),
}

/// What became of an expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The script's line.
    pub line: u32,
    /// When it was looked at.
    pub at: Moment,
    /// What was expected, in words.
    pub expected: String,
    /// What was found instead; `None` where it holds.
    pub found: Option<String>,
}

/// How it all ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The last moment.
    pub at: Moment,
    /// From the first moment to the last, in words.
    pub lasted: String,
    /// Comments by people.
    pub comments: usize,
    /// Comments by the program.
    pub own: usize,
    /// Expectations that hold.
    pub held: usize,
    /// Expectations that do not.
    pub failed: usize,
    /// How often the clock jumped.
    pub jumps: u64,
    /// How many things went wrong on the forge, because the script had them.
    pub faults: usize,
}

/// Somebody who watches.
pub trait Audience: Send {
    /// Is told something.
    fn hears(&mut self, told: &Told);
}
