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
    /// What to do on entry; shown on the board.
    pub entry: Vec<String>,
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
    /// Work goes on round the clock, or in business hours.
    pub pattern: Pattern,
    /// Label colour: six hexadecimal digits.
    pub color: String,
    /// Handbook and line.
    pub source: String,
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
    /// Who owes it: a role name such as `ic`.
    pub owes: String,
    /// What the reminder asks for, in one sentence.
    pub ask: String,
    /// The schedules; the first that applies to the incident rules.
    pub schedules: Vec<Schedule>,
    /// What meets it.
    pub met_by: Vec<EvidenceKind>,
    /// When reminders go out, as percent of the way from start to due (100 is when it is due).
    pub remind: Vec<u8>,
    /// Handbook and line.
    pub source: String,
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
    /// Once: this long after the incident was opened, on this calendar.
    Within(Duration, Pattern),
    /// Again and again: this long after the last evidence, round the clock.
    Every(Duration),
    /// Again and again: at these wall-clock moments in the project's zone, on business days.
    Cron(CronRule),
}

/// What can meet a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
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
}

impl EvidenceKind {
    /// Every kind with the key that process files use.
    pub const ALL: [(&'static str, Self); 5] = [
        ("ack", Self::Ack),
        ("ic-named", Self::IcNamed),
        ("responder-comment", Self::ResponderComment),
        ("sitrep", Self::Sitrep),
        ("severity-assessed", Self::SeverityAssessed),
    ];
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

    /// The duty of this id.
    #[must_use]
    pub fn duty(&self, id: &str) -> Option<&DutySpec> {
        self.duties.iter().find(|duty| duty.id == id)
    }
}
