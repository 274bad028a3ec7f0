//! Everything the bot can say, as data. `render` turns it into text with one template per kind.
//!
//! What always holds: fields of type `Wild` hold text from people and reach a forge only through the neutraliser;
//! all other strings are this program's own words, checked names, or addresses that a forge gave.

mod asking;
mod board;
mod retrospective;
mod review;
mod telling;
mod work;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::{
    asking::{CatchUp, CatchUpItem, Collapsed, Escalation, Gate, Reminder},
    board::{Board, DutyLine, FindingLine},
    retrospective::{Blank, DutySummary, MetricLine, Retrospective, SectionLine, TimelineLine, TurnLine},
    review::{Review, ReviewAnswer, ReviewLine},
    telling::{FalseAlarm, Handoff, Reply, Sitrep, Superseded},
    work::{
        Authority, Checklist, DisruptionLine, FollowUpIssue, FollowUpLine, ItemLine, ShiftLine, TaskLine,
        TimelineEntry, WaivedLine,
    },
};
use super::{
    snapshot::Audience,
    time::{Moment, Zone, exact, spoken},
};

/// Text from people: a title, a name, a field's value. Not trusted; never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Wild(pub String);

impl fmt::Debug for Wild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wild({} bytes)", self.0.len())
    }
}

impl From<&str> for Wild {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// The kinds of comments (and of issues that the bot files), as in the hidden marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageKind {
    /// The one sticky comment.
    Board,
    /// A duty is due.
    Reminder,
    /// Several things come up together, or came due while nobody could say so.
    CatchUp,
    /// A duty was not met and others are told.
    Escalation,
    /// Something stands in the way of a phase change.
    Gate,
    /// Confidentiality is at risk.
    Alarm,
    /// A situation report.
    Sitrep,
    /// A hand-off packet.
    Handoff,
    /// What this severity allows.
    Authority,
    /// An answer to a command.
    Reply,
    /// The report after closing.
    Retrospective,
    /// The weekly agenda.
    Review,
    /// An issue of its own for what is to be done afterwards.
    FollowUp,
    /// An entry of the forge's own timeline.
    Timeline,
}

impl MessageKind {
    /// Every kind with the name that markers and template files use.
    pub const ALL: [(&'static str, Self); 14] = [
        ("board", Self::Board),
        ("reminder", Self::Reminder),
        ("catch-up", Self::CatchUp),
        ("escalation", Self::Escalation),
        ("gate", Self::Gate),
        ("alarm", Self::Alarm),
        ("sitrep", Self::Sitrep),
        ("handoff", Self::Handoff),
        ("authority", Self::Authority),
        ("reply", Self::Reply),
        ("retrospective", Self::Retrospective),
        ("review", Self::Review),
        ("follow-up", Self::FollowUp),
        ("timeline", Self::Timeline),
    ];

    /// The name in markers, such as `catch-up`.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("board", |(name, _)| name)
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One comment, as data.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Message {
    /// See [`Board`].
    Board(Box<Board>),
    /// See [`Reminder`].
    Reminder(Reminder),
    /// See [`CatchUp`].
    CatchUp(CatchUp),
    /// See [`Sitrep`].
    Sitrep(Sitrep),
    /// See [`Handoff`].
    Handoff(Box<Handoff>),
    /// See [`Authority`].
    Authority(Authority),
    /// See [`Reply`].
    Reply(Reply),
    /// See [`Retrospective`].
    Retrospective(Box<Retrospective>),
    /// See [`Superseded`].
    Superseded(Superseded),
    /// See [`Collapsed`].
    Collapsed(Collapsed),
    /// See [`Alarm`].
    Alarm(Alarm),
    /// See [`Escalation`].
    Escalation(Escalation),
    /// See [`Gate`].
    Gate(Gate),
    /// See [`FollowUpIssue`].
    FollowUp(FollowUpIssue),
    /// See [`FalseAlarm`].
    FalseAlarm(FalseAlarm),
    /// See [`Review`].
    Review(Box<Review>),
    /// See [`TimelineEntry`].
    TimelineEntry(TimelineEntry),
}

impl Message {
    /// The kind in the marker.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::Board(_) => MessageKind::Board,
            Self::Reminder(_) | Self::Collapsed(_) => MessageKind::Reminder,
            Self::CatchUp(_) => MessageKind::CatchUp,
            Self::Sitrep(_) => MessageKind::Sitrep,
            Self::Handoff(_) => MessageKind::Handoff,
            Self::Authority(_) => MessageKind::Authority,
            Self::Reply(_) | Self::FalseAlarm(_) => MessageKind::Reply,
            Self::Retrospective(_) | Self::Superseded(_) => MessageKind::Retrospective,
            Self::Alarm(_) => MessageKind::Alarm,
            Self::Escalation(_) => MessageKind::Escalation,
            Self::Gate(_) => MessageKind::Gate,
            Self::FollowUp(_) => MessageKind::FollowUp,
            Self::Review(_) => MessageKind::Review,
            Self::TimelineEntry(_) => MessageKind::Timeline,
        }
    }

    /// Whom it is fit for. Only what holds no detail of the incident is fit for everybody.
    #[must_use]
    pub fn audience(&self) -> Audience {
        match self {
            Self::Alarm(_) => Audience::Anyone,
            _ => Audience::Trusted,
        }
    }

    /// The template's name: `templates/<name>.md.hbs`.
    #[must_use]
    pub fn template(&self) -> &'static str {
        match self {
            Self::Board(_) => "board",
            Self::Reminder(_) => "reminder",
            Self::CatchUp(_) => "catch-up",
            Self::Sitrep(_) => "sitrep",
            Self::Handoff(_) => "handoff",
            Self::Authority(_) => "authority",
            Self::Reply(_) => "reply",
            Self::Retrospective(_) => "retrospective",
            Self::Superseded(_) => "superseded",
            Self::Collapsed(_) => "collapsed",
            Self::Alarm(_) => "alarm",
            Self::Escalation(_) => "escalation",
            Self::Gate(_) => "gate",
            Self::FollowUp(_) => "follow-up",
            Self::FalseAlarm(_) => "false-alarm",
            Self::Review(_) => "review",
            Self::TimelineEntry(_) => "timeline",
        }
    }
}

/// A moment as shown: `2026-11-20 10:00 EST (15:00 UTC)`, and exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct When {
    /// For people.
    pub spoken: String,
    /// `2026-11-20T15:00:00Z`.
    pub exact: String,
}

impl When {
    /// A moment as shown in a zone.
    #[must_use]
    pub fn new(at: Moment, zone: Zone) -> Self {
        Self { spoken: spoken(at, zone), exact: exact(at) }
    }
}

/// The last line of every comment: which rule, what started the clock, when it is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    /// The rule, such as `sitrep: every 1 h`.
    pub rule: String,
    /// Handbook and line; empty where there is none.
    pub source: String,
    /// What started it, such as `severity high set by @alice through a label`.
    pub started_by: String,
    /// When that was.
    pub started_at: Option<When>,
    /// When it is due; `None` for what is not a duty.
    pub due: Option<When>,
}

/// Somebody or nobody, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// `@alice`, or a name; neutralised on output without losing a good handle's mention only where `mention` is set.
    pub name: Wild,
    /// `@alice` where the bot means to notify; empty otherwise. Only ever a checked login.
    pub mention: String,
}

/// An effective value as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The value.
    pub value: String,
    /// Who set it: `@alice`, `somebody`, `Hotwash`. Shown in code marks, never as a mention.
    pub by: String,
    /// Through what, in words.
    pub via: String,
    /// Since when.
    pub at: When,
    /// Where the evidence is; empty where there is none.
    pub url: String,
}

/// Confidentiality is at risk. Holds no detail of the incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alarm {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Who should act, as mentions.
    pub mention: String,
    /// The issue lost its confidential flag; otherwise its project is not private.
    pub flag: bool,
    /// The issue never had the flag, and the forge does not let this bot put it on.
    pub refused: bool,
    /// What is written there is mailed to an address outside of the forge.
    pub mailed: bool,
    /// Others can no longer read it: what is left of the alarm where the forge cannot fold it.
    pub over: bool,
    /// Why this was said.
    pub why: Why,
}
