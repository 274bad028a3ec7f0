//! One watched project: which process it follows, in which zone, with which limits.

use std::{collections::BTreeMap, sync::Arc};

use chrono::Duration;

use super::{
    calendar::BusinessHours,
    process::{Calendar, Pattern, Process},
    reading::{Field, Vocabulary},
    time::{Moment, Zone},
};

/// A checked project configuration.
#[derive(Debug, Clone)]
pub struct Project {
    /// Configured forge name.
    pub forge: String,
    /// Configured path, as in `acme/incidents`.
    pub path: String,
    /// The process it follows.
    pub process: Arc<Process>,
    /// The zone of its wall clock.
    pub zone: Zone,
    /// The name after `@` that commands begin with.
    pub mention: String,
    /// Label names.
    pub labels: LabelNames,
    /// How an incident issue is recognised.
    pub detect: Detect,
    /// When business is done.
    pub business: BusinessHours,
    /// Logins that are obeyed whatever their permission.
    pub commanders: Vec<String>,
    /// Who plays a role here, as `@handle`s; where it names nobody, the process does.
    pub roles: BTreeMap<String, Vec<String>>,
    /// Where the routes of the process lead here, such as `#incident-updates`.
    pub routes: BTreeMap<String, String>,
    /// Whether a phase with open gate items may be left.
    pub gates: Gates,
    /// Whether a false alarm closes the issue.
    pub close_false_alarms: bool,
    /// Whether phases follow from status.
    pub advance: bool,
    /// Whether the forge's own timeline of an incident is kept.
    pub timeline_events: bool,
    /// Bounds on what the bot writes.
    pub limits: Limits,
    /// Everything written says EXERCISE.
    pub exercise: bool,
}

/// What happens when a phase is left while items of its gate are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Gates {
    /// People are told.
    #[default]
    Warn,
    /// The phase is put back, and people are told.
    Enforce,
}

/// How the labels are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelNames {
    /// The label that makes an issue an incident.
    pub incident: String,
    /// Prefix of phase labels.
    pub phase: String,
    /// Prefix of status labels.
    pub status: String,
    /// Prefix of severity labels.
    pub severity: String,
}

impl Default for LabelNames {
    fn default() -> Self {
        Self {
            incident: "incident".to_owned(),
            phase: "phase::".to_owned(),
            status: "status::".to_owned(),
            severity: "severity::".to_owned(),
        }
    }
}

/// How an incident issue is recognised; any one is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detect {
    /// It carries the incident label.
    pub label: bool,
    /// Its body holds the template's marker.
    pub marker: bool,
    /// The forge itself calls it an incident (GitLab's issue type).
    pub kind: bool,
    /// Its body has a status and a severity field.
    pub fields: bool,
}

impl Default for Detect {
    fn default() -> Self {
        Self { label: true, marker: true, kind: true, fields: false }
    }
}

/// Bounds on what the bot writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Reminders and catch-ups per incident and hour.
    pub reminders_per_hour: u32,
    /// The least time between two edits of the board.
    pub board_every: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { reminders_per_hour: 6, board_every: Duration::seconds(30) }
    }
}

impl Project {
    /// The moment at which `span` has passed since `from` on a calendar, at a severity. `None` where business is never
    /// done.
    #[must_use]
    pub fn after(&self, from: Moment, span: Duration, calendar: Calendar, severity: &str) -> Option<Moment> {
        let pattern = match calendar {
            Calendar::Fixed(pattern) => pattern,
            Calendar::OfSeverity => {
                self.process.severity(severity).map_or(Pattern::RoundTheClock, |severity| severity.pattern)
            }
        };
        match pattern {
            Pattern::RoundTheClock => Some(from + span),
            Pattern::BusinessHours => self.business.add(from, span, self.zone),
        }
    }

    /// Where to post what is told on this route; empty where there is none, or where the project does not say.
    #[must_use]
    pub fn place(&self, route: Option<&str>) -> &str {
        route.and_then(|route| self.routes.get(route)).map_or("", String::as_str)
    }

    /// A label in this project's own spelling, where it is one of ours: forges keep `Severity::High` and
    /// `severity::high` as one label, in the spelling that came first.
    #[must_use]
    pub fn spelled(&self, label: &str) -> String {
        let lower = label.to_lowercase();
        let ours = |prefix: &String, names: &mut dyn Iterator<Item = &String>| {
            names.map(|name| format!("{prefix}{}", name.replace(' ', "-"))).find(|own| own.to_lowercase() == lower)
        };
        let process = &self.process;
        if self.labels.incident.to_lowercase() == lower {
            return self.labels.incident.clone();
        }
        ours(&self.labels.status, &mut process.statuses.iter().map(|status| &status.name))
            .or_else(|| ours(&self.labels.severity, &mut process.severities.iter().map(|severity| &severity.name)))
            .or_else(|| ours(&self.labels.phase, &mut process.phases.iter().map(|phase| &phase.name)))
            .unwrap_or_else(|| label.to_owned())
    }

    /// What the body parser must know.
    #[must_use]
    pub fn vocabulary(&self) -> Vocabulary {
        let mut names: Vec<(String, Field)> = Vec::new();
        for field in Field::ALL {
            names.push((field.title().to_lowercase(), field));
            names.push((field.key(), field));
        }
        for (field, synonyms) in &self.process.synonyms {
            names.extend(synonyms.iter().map(|synonym| (synonym.to_lowercase(), *field)));
        }
        names.dedup();
        Vocabulary {
            names,
            statuses: aliases(self.process.statuses.iter().map(|status| (&status.name, &status.aliases))),
            severities: aliases(self.process.severities.iter().map(|severity| (&severity.name, &severity.aliases))),
            placeholders: self.process.placeholders.iter().map(|text| text.to_lowercase()).collect(),
            zone: self.zone,
        }
    }
}

fn aliases<'a>(named: impl Iterator<Item = (&'a String, &'a Vec<String>)>) -> Vec<(String, String)> {
    named
        .flat_map(|(name, aliases)| {
            std::iter::once((name.to_lowercase(), name.clone()))
                .chain(aliases.iter().map(move |alias| (alias.to_lowercase(), name.clone())))
        })
        .collect()
}
