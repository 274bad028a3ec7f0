//! Everything the bot can say, as data. `render` turns it into text with one template per kind.
//!
//! What always holds: fields of type `Wild` hold text from people and reach a forge only through the neutraliser;
//! all other strings are this program's own words, checked names, or addresses that a forge gave.

mod board;
mod retrospective;
mod review;
mod work;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::{
    board::{Board, DutyLine, FindingLine},
    retrospective::{Blank, DutySummary, MetricLine, Retrospective, SectionLine, TimelineLine, TurnLine},
    review::{Review, ReviewAnswer, ReviewLine},
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

/// A duty is due.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reminder {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Duty id.
    pub duty: String,
    /// Title.
    pub title: String,
    /// What is asked for.
    pub ask: String,
    /// Where to post it, as the configuration says; empty where it does not.
    pub place: Wild,
    /// Who is meant, as a mention; empty where nobody is known.
    pub mention: String,
    /// When it is due.
    pub due: When,
    /// It is already past due.
    pub overdue: bool,
    /// `event` or `incident`.
    pub noun: String,
    /// `@hotwash`.
    pub bot: String,
    /// Why this was said.
    pub why: Why,
}

/// Several things came due while nobody could say so.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CatchUp {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Who is meant, as mentions; empty where nobody is known.
    pub mention: String,
    /// Some are not due yet.
    pub ahead: bool,
    /// What is to be done, the first due first.
    pub items: Vec<CatchUpItem>,
    /// `@hotwash`.
    pub bot: String,
}

/// One overdue duty in a catch-up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CatchUpItem {
    /// Duty id.
    pub duty: String,
    /// Title.
    pub title: String,
    /// What is asked for.
    pub ask: String,
    /// Where to post it, as the configuration says; empty where it does not.
    pub place: Wild,
    /// When it is, or was, due.
    pub due: When,
    /// It is not due yet.
    pub ahead: bool,
    /// How many earlier occurrences passed unmet.
    pub missed: u32,
    /// Roles that are called because it is not met, by title.
    pub escalated: Vec<String>,
    /// Those of them that nobody plays: (title, id).
    pub nobody: Vec<(String, String)>,
    /// Why.
    pub why: Why,
}

/// A situation report in the seeds' form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sitrep {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// It is a draft from the state, and does not meet the duty.
    pub draft: bool,
    /// The issue's title.
    pub title: Wild,
    /// The issue's address.
    pub url: String,
    /// Effective severity.
    pub severity: String,
    /// Effective status.
    pub status: String,
    /// Who commands; empty where nobody does.
    pub ic: Wild,
    /// Who works on it.
    pub responders: Vec<Wild>,
    /// What was reported, one entry a line.
    pub text: Vec<Wild>,
    /// Who reported it: `@alice`.
    pub by: String,
    /// Why this was said.
    pub why: Why,
}

/// A hand-off packet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Handoff {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Who takes over, as a mention; empty where it is a name.
    pub mention: String,
    /// Who takes over.
    pub to: Wild,
    /// Who had it; empty where nobody did.
    pub from: Wild,
    /// Effective status, severity, phase.
    pub status: Shown,
    /// Effective severity.
    pub severity: Shown,
    /// Effective phase.
    pub phase: Shown,
    /// Who works on it.
    pub responders: Vec<Wild>,
    /// Where the last sitrep is; empty where there is none.
    pub last_sitrep_url: String,
    /// When the last sitrep was.
    pub last_sitrep_at: Option<When>,
    /// What is due next.
    pub duties: Vec<DutyLine>,
    /// Leads that are not done.
    pub leads: Vec<TaskLine>,
    /// Steps that are not done.
    pub steps: Vec<TaskLine>,
    /// Open findings.
    pub findings: Vec<FindingLine>,
    /// Why this was said.
    pub why: Why,
}

/// An answer to a command.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reply {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// `@alice`, who asked.
    pub to: String,
    /// The answer's paragraphs, in this program's words.
    pub lines: Vec<String>,
    /// A checklist that belongs to the answer.
    pub items: Vec<ItemLine>,
    /// What was asked, where it is quoted.
    pub quoted: Wild,
    /// `@hotwash`.
    pub bot: String,
    /// The forms to show: (form, effect); empty where none are.
    pub forms: Vec<(String, String)>,
    /// Why this was said.
    pub why: Why,
}

/// The line put on top of an earlier report that is no longer the current one; the report itself stays below it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Superseded {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// When the incident was reopened.
    pub reopened_at: When,
    /// Who reopened it.
    pub by: String,
}

/// What is left of a reminder that has done its work, where the forge cannot fold it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Collapsed {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// The duty's title.
    pub title: String,
    /// What became of it: `met`, `met late`, `superseded`, `no longer applies`.
    pub outcome: String,
    /// When it was due.
    pub due: When,
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
    /// Others can no longer read it: what is left of the alarm where the forge cannot fold it.
    pub over: bool,
    /// Why this was said.
    pub why: Why,
}

/// A duty was not met and others are called.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Escalation {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Duty id.
    pub duty: String,
    /// Title.
    pub title: String,
    /// What is asked for.
    pub ask: String,
    /// Where to post it, as the configuration says; empty where it does not.
    pub place: Wild,
    /// Who is called, as mentions; empty where nobody is known.
    pub mention: String,
    /// The roles that are called, by title.
    pub to: Vec<String>,
    /// Those of them that nobody plays: (title, id).
    pub nobody: Vec<(String, String)>,
    /// Who was called before: `@alice`; shown, not mentioned.
    pub before: Vec<String>,
    /// Since when it is due.
    pub due: When,
    /// `@hotwash`.
    pub bot: String,
    /// Why this was said.
    pub why: Why,
}

/// A phase was left, or was to be left, while items of its gate were open.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gate {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Who changed the phase, as a mention; empty where nobody is known.
    pub mention: String,
    /// The phase left, by title.
    pub from: String,
    /// The phase entered, by title.
    pub to: String,
    /// The phase was put back.
    pub held: bool,
    /// What is open: (id, text).
    pub items: Vec<(String, String)>,
    /// `@hotwash`.
    pub bot: String,
    /// Why this was said.
    pub why: Why,
}

/// It was a false alarm: whoever was told of it learns that.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FalseAlarm {
    /// Everything says EXERCISE.
    pub exercise: bool,
    /// Who was told and can be mentioned, as mentions; empty where nobody can.
    pub mention: String,
    /// The status.
    pub status: String,
    /// Who set it: `@alice`.
    pub by: String,
    /// Of those who were told, the ones that the mentions reach.
    pub reached: Vec<Wild>,
    /// Of those who were told, the ones that somebody has to tell.
    pub others: Vec<Wild>,
    /// Why this was said.
    pub why: Why,
}
