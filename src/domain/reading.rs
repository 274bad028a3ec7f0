//! What was understood of an issue's body, and what the body may hold.
//!
//! `text::fields` makes a `Reading` from a body and a `Vocabulary`; `plan` compares it with what was read before.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{finding::Finding, people::Person, time::Moment};

/// The fields of an incident issue. The first five are required by the seeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// What is believed.
    Status,
    /// How bad it is.
    Severity,
    /// Who reported it.
    Reporter,
    /// The incident commander.
    Ic,
    /// Who works on it.
    Responders,
    /// When the incident began.
    Started,
    /// When the team became aware.
    Discovered,
    /// When it was contained.
    Contained,
    /// How the team became aware.
    DiscoveryMethod,
    /// What the attacker did (phishing, password attack, ...).
    ThreatActions,
    /// The playbook's name.
    Kind,
    /// Data classification.
    DataClassification,
    /// Affected systems.
    Systems,
    /// Impact.
    Impact,
    /// Whether an external dependency could be the cause.
    ExternalDependency,
}

impl Field {
    /// Every field, in the order of the templates.
    pub const ALL: [Self; 15] = [
        Self::Status,
        Self::Severity,
        Self::Reporter,
        Self::Ic,
        Self::Responders,
        Self::Started,
        Self::Discovered,
        Self::Contained,
        Self::DiscoveryMethod,
        Self::ThreatActions,
        Self::Kind,
        Self::DataClassification,
        Self::Systems,
        Self::Impact,
        Self::ExternalDependency,
    ];

    /// The name that the templates use, such as `Discovery method`.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Status => "Status",
            Self::Severity => "Severity",
            Self::Reporter => "Reporter",
            Self::Ic => "IC",
            Self::Responders => "Responders",
            Self::Started => "Started",
            Self::Discovered => "Discovered",
            Self::Contained => "Contained",
            Self::DiscoveryMethod => "Discovery method",
            Self::ThreatActions => "Threat actions",
            Self::Kind => "Kind",
            Self::DataClassification => "Data classification",
            Self::Systems => "Systems",
            Self::Impact => "Impact",
            Self::ExternalDependency => "External dependency",
        }
    }

    /// The key in process files, such as `discovery-method`.
    #[must_use]
    pub fn key(self) -> String {
        self.title().to_lowercase().replace(' ', "-")
    }

    /// Required by the seeds' template.
    #[must_use]
    pub fn required(self) -> bool {
        matches!(self, Self::Status | Self::Severity | Self::Reporter | Self::Ic | Self::Responders)
    }

    /// How a value of this field is read.
    #[must_use]
    pub fn shape(self) -> Shape {
        match self {
            Self::Status => Shape::Status,
            Self::Severity => Shape::Severity,
            Self::Reporter | Self::Ic | Self::Responders => Shape::People,
            Self::Started | Self::Discovered | Self::Contained => Shape::Moment,
            Self::DiscoveryMethod
            | Self::ThreatActions
            | Self::Kind
            | Self::DataClassification
            | Self::Systems
            | Self::Impact
            | Self::ExternalDependency => Shape::Text,
        }
    }
}

/// How a field's value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One of the process's statuses.
    Status,
    /// One of the process's severities.
    Severity,
    /// Handles and names.
    People,
    /// A moment.
    Moment,
    /// Free text.
    Text,
}

/// A value that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "value", rename_all = "kebab-case")]
pub enum Value {
    /// The canonical name of a status or severity.
    Named(String),
    /// Handles and names, in order, without repetitions. Empty where the field is blank or holds the placeholder.
    People(Vec<Person>),
    /// A moment.
    Moment(Moment),
    /// Free text on one line, trimmed; not trusted. Empty where the field is blank.
    Text(String),
}

/// One field as the body has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldReading {
    /// 1-based line of the body on which the value stands.
    pub line: u32,
    /// The value's text as written, trimmed and freed of emphasis; not trusted.
    pub raw: String,
    /// What it means; `None` where it could not be understood (then a finding says so).
    pub value: Option<Value>,
}

/// What was understood of one body. Reading never fails.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// The body holds `<!-- hotwash:incident -->`.
    pub marked: bool,
    /// The first occurrence of each field.
    pub fields: BTreeMap<Field, FieldReading>,
    /// What a person should mend: unreadable values, second occurrences, missing required fields.
    pub findings: Vec<Finding>,
}

/// What the parser must know of a process and a project.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// Allowed names of each field in lower case, the template's title and key included.
    pub names: Vec<(String, Field)>,
    /// Status aliases in lower case (the canonical name included) to canonical name.
    pub statuses: Vec<(String, String)>,
    /// Severity aliases in lower case (the canonical name included) to canonical name.
    pub severities: Vec<(String, String)>,
    /// Values, in lower case, that stand in the template for "nobody yet" and count as blank (`your name`).
    pub placeholders: Vec<String>,
    /// The zone of moments written without one.
    pub zone: Tz,
}
