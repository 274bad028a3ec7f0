//! A process is data: phases, statuses, severities, duties, fields and their words. `process` reads it from TOML.

use chrono::Duration;

use super::{calendar::CronRule, reading::Field};

/// A checked process. Every name referred to inside exists; there is at least one phase, status and severity.
#[derive(Debug, Clone)]
pub struct Process {
    /// The name in configuration, such as `cloud-gov`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Where the rules come from.
    pub source: String,
    /// In the order of the response.
    pub phases: Vec<Phase>,
    /// The first is the one an incident starts with.
    pub statuses: Vec<Status>,
    /// The first is the one an incident starts with.
    pub severities: Vec<Severity>,
    /// Synonyms per field, in lower case.
    pub synonyms: Vec<(Field, Vec<String>)>,
    /// Values that stand in the template for "nobody yet", in lower case.
    pub placeholders: Vec<String>,
    /// What somebody owes, by when.
    pub duties: Vec<DutySpec>,
    /// Who can owe something or be told, besides the people whom the issue names.
    pub roles: Vec<Role>,
    /// What can be raised by command, and what it sets going.
    pub flags: Vec<Flag>,
    /// Checklists for one kind of incident each.
    pub playbooks: Vec<Playbook>,
}

/// A part that people play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Stable id, such as `director`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Whom the process names for it, as `@handle`s; a project may name others.
    pub handles: Vec<String>,
    /// Handbook and line.
    pub source: String,
}

/// Something about the incident that a person says once and that has consequences, such as `legal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Stable id.
    pub id: String,
    /// What it says, such as `Personal data may be affected`.
    pub title: String,
    /// What to do then.
    pub checklist: Vec<Item>,
    /// Handbook and line.
    pub source: String,
}

/// A checklist for one kind of incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playbook {
    /// Stable id, such as `compromised-account`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Other spellings, lower case: the issue's `kind` field is matched with them.
    pub aliases: Vec<String>,
    /// What to do.
    pub checklist: Vec<Item>,
    /// Handbook and line.
    pub source: String,
}

/// One thing to do, with a box to tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Stable id, unique in the process: as written, else made of where it stands, such as `assess-3`.
    pub id: String,
    /// What to do.
    pub text: String,
    /// The phase should not be left before this is done.
    pub gate: bool,
    /// The flag that a tick raises: the item is one of several reasons for it.
    pub raises: Option<String>,
}

/// Where the response stands.
#[derive(Debug, Clone)]
pub struct Phase {
    /// Canonical name, as on the label.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Label colour: six hexadecimal digits.
    pub color: String,
    /// What to do, from entry on; shown on the board.
    pub entry: Vec<Item>,
    /// Handbook and line.
    pub source: String,
}

/// What is believed.
#[derive(Debug, Clone)]
pub struct Status {
    /// Canonical name, such as `false alarm`.
    pub name: String,
    /// Other spellings, lower case.
    pub aliases: Vec<String>,
    /// The phase that follows from it, if any.
    pub phase: Option<String>,
    /// Whether it ends the response.
    pub ending: Option<Ending>,
    /// What the matter is called while this holds: `event` or `incident`.
    pub noun: String,
    /// Label colour: six hexadecimal digits.
    pub color: String,
    /// Handbook and line.
    pub source: String,
}

/// How a status ends the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was an incident and is over.
    Resolved,
    /// It was none.
    FalseAlarm,
}

/// How bad it is.
#[derive(Debug, Clone)]
pub struct Severity {
    /// Canonical name, such as `high`.
    pub name: String,
    /// Other spellings, lower case.
    pub aliases: Vec<String>,
    /// 0 for unknown, then growing with how bad it is.
    pub rank: u8,
    /// One sentence.
    pub definition: String,
    /// What this looks like.
    pub examples: Vec<String>,
    /// What responders may do alone, where the process says so.
    pub authority: Option<Authority>,
    /// Work goes on round the clock, or in business hours.
    pub pattern: Pattern,
    /// Label colour: six hexadecimal digits.
    pub color: String,
    /// Handbook and line.
    pub source: String,
}

/// Whether responders may disrupt service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// Act now, tell people as soon as possible.
    Act,
    /// Consult first; act alone if nobody answers in time.
    Consult,
    /// Only after everybody agreed.
    Agree,
}

impl Authority {
    /// Whoever asks cannot decide alone.
    #[must_use]
    pub fn wants_others(self) -> bool {
        matches!(self, Self::Consult | Self::Agree)
    }
}

/// When people work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// 24/7.
    RoundTheClock,
    /// The project's business hours.
    BusinessHours,
}

/// Something that somebody owes.
#[derive(Debug, Clone)]
pub struct DutySpec {
    /// Stable id, such as `sitrep`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Who owes it: `ic`, `reporter`, `responders`, or a role of the process.
    pub owes: String,
    /// What starts its clock.
    pub start: Start,
    /// What the reminder asks for, in one sentence.
    pub ask: String,
    /// The schedules; the first that applies to the incident rules.
    pub schedules: Vec<Schedule>,
    /// What meets it.
    pub met_by: Vec<EvidenceKind>,
    /// When reminders go out, as percent of the way from start to due (100 is when it is due).
    pub remind: Vec<u8>,
    /// Whom it escalates to while it is not met, in the order of time.
    pub ladder: Vec<Rung>,
    /// Handbook and line.
    pub source: String,
}

/// What starts a duty's clock. Where it happens again, the clock starts again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// The issue was filed, or reopened.
    Opened,
    /// The issue was closed: the duty is owed afterwards.
    Closed,
    /// Somebody took the command.
    Ic,
    /// A shift began.
    Shift,
    /// Somebody asked to disrupt service.
    Disruption,
    /// A phase was entered.
    Phase(String),
    /// A status was set.
    Status(String),
    /// A flag was raised.
    Flag(String),
    /// Another duty was met.
    Met(String),
}

/// One step of an escalation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// How long after the due moment.
    pub after: Duration,
    /// Whom to call: roles.
    pub to: Vec<String>,
    /// What to ask of them, in one sentence; the duty's own where there is none.
    pub ask: Option<String>,
}

/// When a duty is due, for some severities, statuses and phases.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Applies to these severities; empty means all.
    pub severities: Vec<String>,
    /// Applies in these statuses; empty means all that do not end the response.
    pub statuses: Vec<String>,
    /// Applies in these phases; empty means all.
    pub phases: Vec<String>,
    /// Applies only once the start lies this far back.
    pub after: Option<Duration>,
    /// The rule.
    pub due: Due,
}

/// When something is due.
#[derive(Debug, Clone)]
pub enum Due {
    /// Once each time the clock starts: this long after it, on this calendar.
    Within(Duration, Calendar),
    /// Again and again: this long after the last evidence, round the clock.
    Every(Duration),
    /// Again and again: at these wall-clock moments in the project's zone, on business days.
    Cron(CronRule),
}

/// On which calendar a span of time is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calendar {
    /// Always the same.
    Fixed(Pattern),
    /// As people work at the severity that holds.
    OfSeverity,
}

/// Makes a kind of evidence from what it speaks of.
type Of = fn(String) -> EvidenceKind;

/// What can meet a duty. Written as in process files: `sitrep`, `notified:legal`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum EvidenceKind {
    /// The `ack` command.
    Ack,
    /// An incident commander was named by a person.
    IcNamed,
    /// A comment by somebody other than the reporter.
    ResponderComment,
    /// A situation report.
    Sitrep,
    /// A severity other than the first was set.
    SeverityAssessed,
    /// A shift was announced.
    Shift,
    /// A disruption was approved or declined.
    Decided,
    /// A follow-up was recorded.
    FollowUp,
    /// The `done` command for this duty: `done:ID`.
    Done(String),
    /// The `notified` command for these people: `notified:WHO`.
    Notified(String),
    /// A box of a checklist was ticked: `ticked:ITEM`.
    Ticked(String),
    /// A flag was raised: `flag:ID`.
    Flag(String),
    /// A phase was entered: `phase:NAME`.
    Phase(String),
    /// A status was set: `status:NAME`.
    Status(String),
}

impl EvidenceKind {
    /// The kinds that stand for themselves, with the key that process files use.
    pub const PLAIN: [(&'static str, Self); 8] = [
        ("ack", Self::Ack),
        ("ic-named", Self::IcNamed),
        ("responder-comment", Self::ResponderComment),
        ("sitrep", Self::Sitrep),
        ("severity-assessed", Self::SeverityAssessed),
        ("shift", Self::Shift),
        ("decided", Self::Decided),
        ("follow-up", Self::FollowUp),
    ];

    /// The kinds that speak of something: what stands before the colon, and how they are made.
    pub const OF: [(&'static str, Of); 6] = [
        ("done", Self::Done),
        ("notified", Self::Notified),
        ("ticked", Self::Ticked),
        ("flag", Self::Flag),
        ("phase", Self::Phase),
        ("status", Self::Status),
    ];

    /// What stands behind the colon.
    #[must_use]
    pub fn of(&self) -> Option<&str> {
        match self {
            Self::Done(of)
            | Self::Notified(of)
            | Self::Ticked(of)
            | Self::Flag(of)
            | Self::Phase(of)
            | Self::Status(of) => Some(of),
            _ => None,
        }
    }
}

impl std::fmt::Display for EvidenceKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some((key, _)) = Self::PLAIN.iter().find(|(_, kind)| kind == self) {
            return f.write_str(key);
        }
        let of = self.of().unwrap_or_default();
        let made = Self::OF.iter().find(|(_, make)| make(of.to_owned()) == *self);
        write!(f, "{}:{of}", made.map_or("", |(key, _)| key))
    }
}

impl std::str::FromStr for EvidenceKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, kind)) = Self::PLAIN.into_iter().find(|(key, _)| *key == text) {
            return Ok(kind);
        }
        let (key, of) = text.split_once(':').unwrap_or((text, ""));
        let make = Self::OF.into_iter().find(|(known, _)| *known == key && !of.is_empty());
        make.map(|(_, make)| make(of.to_owned())).ok_or_else(|| format!("`{text}` is no kind of evidence"))
    }
}

impl TryFrom<String> for EvidenceKind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<EvidenceKind> for String {
    fn from(kind: EvidenceKind) -> Self {
        kind.to_string()
    }
}

impl Process {
    /// The status of this canonical name.
    #[must_use]
    pub fn status(&self, name: &str) -> Option<&Status> {
        self.statuses.iter().find(|status| status.name == name)
    }

    /// The severity of this canonical name.
    #[must_use]
    pub fn severity(&self, name: &str) -> Option<&Severity> {
        self.severities.iter().find(|severity| severity.name == name)
    }

    /// The phase of this canonical name.
    #[must_use]
    pub fn phase(&self, name: &str) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.name == name)
    }

    /// The role of this id.
    #[must_use]
    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == id)
    }

    /// The flag of this id.
    #[must_use]
    pub fn flag(&self, id: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.id == id)
    }

    /// The playbook of this id or spelling.
    #[must_use]
    pub fn playbook(&self, name: &str) -> Option<&Playbook> {
        let wanted = name.trim().to_lowercase();
        self.playbooks.iter().find(|playbook| playbook.id == wanted || playbook.aliases.contains(&wanted))
    }

    /// Every item of every checklist.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        let phases = self.phases.iter().flat_map(|phase| &phase.entry);
        let flags = self.flags.iter().flat_map(|flag| &flag.checklist);
        phases.chain(flags).chain(self.playbooks.iter().flat_map(|playbook| &playbook.checklist))
    }

    /// The duty of this id.
    #[must_use]
    pub fn duty(&self, id: &str) -> Option<&DutySpec> {
        self.duties.iter().find(|duty| duty.id == id)
    }
}
