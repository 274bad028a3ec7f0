//! A process is data: phases, statuses, severities, duties, fields and their words. `process` reads it from TOML.

mod duty;
mod evidence;
mod lists;
mod report;
mod review;
mod severities;
mod terms;

use chrono::DateTime;

use super::{
    calendar::{BusinessHours, CronRule},
    reading::Field,
    time::{Moment, Zone},
};

pub use self::{
    duty::{Calendar, Due, DutySpec, RemindAt, Rung, Schedule, Start},
    evidence::EvidenceKind,
    lists::{Flag, Item, Playbook, Role, Route},
    report::{BLANKS, MADE, METRICS, Metric, Prompt, ReportPlan, Section, Wording},
    review::{ANSWERS, Answer, Review, ReviewField},
    terms::{Authority, Ending, Pattern, Phase, Severity, Status},
};

/// 2026-01-01T00:00:00Z: a rule that never fires after it is taken for a mistake. Reading does not depend on the day.
pub const EPOCH: Moment = DateTime::from_timestamp(1_767_225_600, 0).expect("a moment within range");

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
    /// Ways on which people outside the issue hear of it.
    pub routes: Vec<Route>,
    /// Checklists for one kind of incident each.
    pub playbooks: Vec<Playbook>,
    /// What the report after closing holds.
    pub report: ReportPlan,
    /// The meeting about all incidents, where there is one.
    pub review: Option<Review>,
    /// Templates in place of shipped ones, each name once.
    pub wording: Vec<Wording>,
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

    /// The route of this id.
    #[must_use]
    pub fn route(&self, id: &str) -> Option<&Route> {
        self.routes.iter().find(|route| route.id == id)
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

    /// Duties with a rule of the wall clock that never falls on a business day, so that they never come due by it.
    #[must_use]
    pub fn never_due(&self, zone: Zone, business: &BusinessHours) -> Vec<(&DutySpec, &CronRule)> {
        let rules =
            self.duties.iter().flat_map(|duty| duty.schedules.iter().map(move |schedule| (duty, &schedule.due)));
        let crons = rules.filter_map(|(duty, due)| match due {
            Due::Cron(rule) => Some((duty, rule)),
            _ => None,
        });
        crons.filter(|(_, rule)| rule.next_business(EPOCH, zone, business).is_none()).collect()
    }

    /// The review's rule of the wall clock, if that never falls on a business day.
    #[must_use]
    pub fn review_never_due(&self, zone: Zone, business: &BusinessHours) -> Option<&CronRule> {
        let rule = &self.review.as_ref()?.cron;
        rule.next_business(EPOCH, zone, business).is_none().then_some(rule)
    }

    /// The duty of this id.
    #[must_use]
    pub fn duty(&self, id: &str) -> Option<&DutySpec> {
        self.duties.iter().find(|duty| duty.id == id)
    }
}
