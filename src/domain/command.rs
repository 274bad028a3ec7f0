//! What people may tell the bot in a comment: `@hotwash VERB ...`.

use chrono::{Duration, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{people::Person, time::Moment};

/// One command as understood. Arguments are as written: names and text are not trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub enum Command {
    /// `ack`
    Ack,
    /// `ic @who`
    Ic {
        /// The new incident commander.
        who: Person,
    },
    /// `handoff @who`
    Handoff {
        /// The new incident commander.
        who: Person,
    },
    /// `status X`
    Status {
        /// As written; resolved against the process by `plan`.
        to: String,
    },
    /// `severity X`
    Severity {
        /// As written; resolved against the process by `plan`.
        to: String,
    },
    /// `phase X`
    Phase {
        /// As written; resolved against the process by `plan`.
        to: String,
    },
    /// `sitrep TEXT...`, to the end of the comment; `None` asks for a draft.
    Sitrep {
        /// The situation report; several lines are kept.
        text: Option<String>,
    },
    /// `snooze DUTY 30m`
    Snooze {
        /// Duty id.
        duty: String,
        /// How long, in seconds.
        #[serde(with = "seconds")]
        span: Duration,
    },
    /// `waive DUTY REASON`
    Waive {
        /// Duty id.
        duty: String,
        /// Why it need not be.
        reason: String,
    },
    /// `done WHAT`: a duty, a lead or step by its number, or an item of a checklist.
    Done {
        /// As written.
        what: String,
    },
    /// `notified WHO [when]`
    Notified {
        /// As written; a route or role of the process where it has one of that name.
        who: String,
        /// When, where it was said.
        at: Option<Moment>,
    },
    /// `responders +@a -@b`
    Responders {
        /// Who joins.
        add: Vec<Person>,
        /// Who leaves.
        remove: Vec<Person>,
    },
    /// `shift @who [3h]`
    Shift {
        /// Who works now.
        who: Vec<Person>,
        /// How long, in seconds, where it was said.
        #[serde(with = "maybe_seconds")]
        span: Option<Duration>,
    },
    /// `lead TEXT`
    Lead {
        /// What to look into.
        text: String,
        /// Who does.
        owner: Option<Person>,
    },
    /// `step TEXT [@who] [deferred]`
    Step {
        /// What to do.
        text: String,
        /// Who does it.
        owner: Option<Person>,
        /// It can wait until after the incident is resolved.
        deferred: bool,
    },
    /// `disrupt TEXT`: somebody wants to disrupt service.
    Disrupt {
        /// What, and why.
        text: String,
    },
    /// `approve`: the last disruption asked for may go ahead.
    Approve,
    /// `decline`: it may not.
    Decline,
    /// `timeline [WHEN] TEXT`
    Timeline {
        /// When it happened; now where nothing was said.
        at: Option<Moment>,
        /// What happened.
        text: String,
    },
    /// `playbook NAME`
    Playbook {
        /// As written; resolved against the process by `plan`.
        name: String,
    },
    /// `flag NAME`
    Flag {
        /// As written; resolved against the process by `plan`.
        name: String,
    },
    /// `followup TEXT [@who] [by DATE]`
    Followup {
        /// What is to be done.
        text: String,
        /// By whom.
        owner: Option<Person>,
        /// By when.
        by: Option<NaiveDate>,
    },
    /// `followup none`: nothing is to be done afterwards.
    NoFollowup,
    /// `why DUTY`
    Why {
        /// Duty id.
        duty: String,
    },
    /// `help`
    Help,
}

impl Command {
    /// The verb as people type it.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Ack => "ack",
            Self::Ic { .. } => "ic",
            Self::Handoff { .. } => "handoff",
            Self::Status { .. } => "status",
            Self::Severity { .. } => "severity",
            Self::Phase { .. } => "phase",
            Self::Sitrep { .. } => "sitrep",
            Self::Snooze { .. } => "snooze",
            Self::Waive { .. } => "waive",
            Self::Done { .. } => "done",
            Self::Notified { .. } => "notified",
            Self::Responders { .. } => "responders",
            Self::Shift { .. } => "shift",
            Self::Lead { .. } => "lead",
            Self::Step { .. } => "step",
            Self::Disrupt { .. } => "disrupt",
            Self::Approve => "approve",
            Self::Decline => "decline",
            Self::Timeline { .. } => "timeline",
            Self::Playbook { .. } => "playbook",
            Self::Flag { .. } => "flag",
            Self::Followup { .. } | Self::NoFollowup => "followup",
            Self::Why { .. } => "why",
            Self::Help => "help",
        }
    }
}

/// The forms that `help` and a refusal quote, in the order people need them: (form, effect).
pub const FORMS: [(&str, &str); 25] = [
    ("ack", "acknowledge the report; the first responder becomes IC if there is none"),
    ("ic @who", "name the incident commander"),
    ("handoff @who", "hand the command over, with a packet of where things stand"),
    ("status VALUE", "set the status"),
    ("severity VALUE", "set the severity"),
    ("phase VALUE", "set the phase"),
    ("sitrep TEXT", "post a situation report; without text, the bot drafts one"),
    ("responders +@a -@b", "say who joins the response and who leaves it"),
    ("shift @who 3h", "say who works now, and how long"),
    ("lead TEXT @who", "note what has to be looked into, and if you like by whom"),
    ("step TEXT @who deferred", "note what has to be done; a deferred one can wait until the incident is over"),
    ("done WHAT", "tick off a lead or step by its number, an item of a checklist, or a duty"),
    ("disrupt TEXT", "ask to disrupt service, and see what this severity allows"),
    ("approve", "let the disruption asked for last go ahead"),
    ("decline", "refuse it"),
    ("notified WHO at 14:05", "record that somebody was told; without a time, just now"),
    ("timeline 14:05 TEXT", "record what happened; without a time, just now"),
    ("playbook NAME", "start the checklist for one kind of incident"),
    ("flag NAME", "say something that has consequences, and get its checklist"),
    ("followup TEXT @who by 2026-12-01", "file an issue for what is to be done after the incident"),
    ("followup none", "say that nothing is to be done after the incident"),
    ("waive DUTY REASON", "say that a duty need not be, and why"),
    ("snooze DUTY 30m", "hold a duty's reminders back for a while"),
    ("why DUTY", "explain where a duty's clock comes from"),
    ("help", "show these forms"),
];

/// A line that begins with the mention: understood, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// 1-based line of the comment.
    pub line: u32,
    /// The line (for `sitrep`, all its lines) with white space folded: the identity of the command inside its comment.
    pub text: String,
    /// The command, or one sentence of this program's own words on what is wrong (no text from people in it).
    pub command: Result<Command, String>,
}

mod seconds {
    use chrono::Duration;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(span.num_seconds())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Ok(Duration::seconds(i64::deserialize(deserializer)?))
    }
}

mod maybe_seconds {
    use chrono::Duration;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde asks for this form")]
    pub(super) fn serialize<S: Serializer>(span: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        span.map(|span| span.num_seconds()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<i64>::deserialize(deserializer)?.map(Duration::seconds))
    }
}
