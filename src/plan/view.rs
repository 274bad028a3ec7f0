//! What every rule looks at, and the small sentences that several messages share.

use crate::domain::{
    finding::Finding,
    incident::{Effective, Incident, Via},
    message::{DutyLine, FindingLine, ItemLine, Shown, When, Why, Wild},
    people::Person,
    process::{Due, EvidenceKind, Item, Schedule, Start},
    project::Project,
    reading::{Field, Value},
    time::Moment,
};

use super::{
    Circumstances,
    duties::{Open, Standing, Started},
};

/// Of longer lists of people only the beginning is shown.
const MOST_PEOPLE: usize = 25;

/// The incident, its project and the moment, with what was computed from them once.
pub(super) struct View<'a> {
    pub(super) incident: &'a Incident,
    pub(super) project: &'a Project,
    pub(super) now: Moment,
    pub(super) standings: &'a [Standing<'a>],
    pub(super) findings: &'a [Finding],
    pub(super) circumstances: &'a Circumstances,
}

impl View<'_> {
    pub(super) fn when(&self, at: Moment) -> When {
        When::new(at, self.project.zone)
    }

    pub(super) fn bot(&self) -> String {
        format!("@{}", self.project.mention)
    }

    /// `event` while investigating, `incident` once confirmed.
    pub(super) fn noun(&self) -> String {
        let status = self.project.process.status(&self.incident.status.value);
        status.map_or_else(|| "incident".to_owned(), |status| status.noun.clone())
    }

    pub(super) fn shown(&self, effective: &Effective) -> Shown {
        Shown {
            value: effective.value.clone(),
            by: effective.by.spoken(),
            via: effective.via.spoken().to_owned(),
            at: self.when(effective.at),
            url: effective.url.clone().unwrap_or_default(),
        }
    }

    /// The mention that a reminder begins with: the incident commander, else whoever filed the issue.
    pub(super) fn mention(&self) -> String {
        let ic = self.incident.ic.as_ref().map(|command| mention_of(&command.who)).filter(|ic| !ic.is_empty());
        let filed_by = || self.incident.filed_by.as_ref().map(|account| format!("@{}", account.login));
        ic.or_else(filed_by).unwrap_or_default()
    }

    pub(super) fn people(&self, field: Field) -> Vec<Wild> {
        match self.incident.fields.get(&field) {
            Some(Value::People(people)) => written(people),
            _ => Vec::new(),
        }
    }

    /// Who responds: as the issue names them, with those who joined or left by command.
    pub(super) fn responders(&self) -> Vec<Wild> {
        let named = match self.incident.fields.get(&Field::Responders) {
            Some(Value::People(people)) => people.as_slice(),
            _ => &[],
        };
        let all = super::fold::commands::responders(named, &self.incident.rota);
        written(&all)
    }

    /// Where to post what is told on this route.
    pub(super) fn place(&self, route: Option<&str>) -> Wild {
        Wild::from(self.project.place(route))
    }

    /// A box of a checklist as it stands.
    pub(super) fn item_line(&self, item: &Item) -> ItemLine {
        ItemLine::of(item, self.incident, self.project.place(item.route.as_deref()))
    }

    /// Every duty, what still wants doing first.
    pub(super) fn duty_lines(&self) -> Vec<DutyLine> {
        self.ranked(self.standings.iter())
    }

    /// What still wants doing.
    pub(super) fn open_duty_lines(&self) -> Vec<DutyLine> {
        self.ranked(self.standings.iter().filter(|standing| standing.open.is_some()))
    }

    fn ranked<'s>(&self, standings: impl Iterator<Item = &'s Standing<'s>>) -> Vec<DutyLine> {
        let ranked = |standing: &Standing<'_>| {
            self.duty_line(standing).map(|(due, line)| ((standing.open.is_none(), due), line))
        };
        let mut lines: Vec<((bool, Moment), DutyLine)> = standings.filter_map(ranked).collect();
        lines.sort_by_key(|(rank, _)| *rank);
        lines.into_iter().map(|(_, line)| line).collect()
    }

    fn duty_line(&self, standing: &Standing<'_>) -> Option<(Moment, DutyLine)> {
        let (state, due) = standing.state(self.now)?;
        let snoozed = standing.open.as_ref().and_then(|open| super::remind::snoozed_until(self, standing, open));
        let line = DutyLine {
            id: standing.spec.id.clone(),
            title: standing.spec.title.clone(),
            state: state_word(state).to_owned(),
            due: Some(self.when(due)),
            owes: standing.spec.owes.clone(),
            place: self.place(standing.spec.route.as_deref()),
            snoozed_until: snoozed.map(|until| self.when(until)),
        };
        Some((due, line))
    }

    pub(super) fn finding_lines(&self) -> Vec<FindingLine> {
        self.findings
            .iter()
            .map(|finding| FindingLine {
                what: finding.what.clone(),
                line: finding.line.unwrap_or_default(),
                text: Wild(finding.text.clone().unwrap_or_default()),
                nearest: finding.nearest.clone(),
            })
            .collect()
    }

    /// Why a duty's occurrence is due when it is.
    pub(super) fn why(&self, standing: &Standing<'_>, open: &Open) -> Why {
        let rule = standing.schedule.map_or_else(String::new, |schedule| self.rule(schedule));
        Why {
            rule: format!("{}: {rule}", standing.spec.id),
            source: standing.spec.source.clone(),
            started_by: self.started_by(standing, open),
            started_at: Some(self.when(open.from)),
            due: Some(self.when(open.due)),
        }
    }

    /// A reason for what is no duty.
    pub(super) fn because(&self, rule: &str, started_by: String, at: Option<Moment>) -> Why {
        let started_at = at.map(|at| self.when(at));
        Why { rule: rule.to_owned(), source: String::new(), started_by, started_at, due: None }
    }

    fn started_by(&self, standing: &Standing<'_>, open: &Open) -> String {
        match &open.started_by {
            Started::Opening if self.incident.reopened_at.is_some() => "the issue was reopened".to_owned(),
            Started::Opening => "the issue was opened".to_owned(),
            Started::Evidence(evidence) => {
                format!("the last {} by {}", evidence_word(&evidence.kind), plain(&evidence.by.spoken()))
            }
            Started::Anchor => anchor_words(&standing.spec.start),
            Started::Change => self.last_change(open.from),
            Started::Slot => "the calendar".to_owned(),
        }
    }

    fn last_change(&self, at: Moment) -> String {
        let turn = self.incident.turns.iter().rev().find(|turn| turn.to.at <= at && turn.to.via != Via::Start);
        turn.map_or_else(
            || "the issue was opened".to_owned(),
            |turn| {
                format!(
                    "{} {} set by {} through {}",
                    turn.dimension,
                    turn.to.value,
                    plain(&turn.to.by.spoken()),
                    turn.to.via.spoken()
                )
            },
        )
    }

    fn rule(&self, schedule: &Schedule) -> String {
        match &schedule.due {
            Due::Cron(_) => format!("{}, in {}", schedule.due.in_words(), self.project.zone),
            due => due.in_words(),
        }
    }
}

/// `@handle` where the person is a handle; nothing where it is a name.
pub(super) fn mention_of(person: &Person) -> String {
    match person {
        Person::Handle(handle) => format!("@{handle}"),
        Person::Name(_) => String::new(),
    }
}

/// A login without its sign, so that naming somebody does not notify them.
pub(super) fn plain(spoken: &str) -> String {
    spoken.trim_start_matches('@').to_owned()
}

pub(super) fn state_word(state: crate::domain::event::DutyState) -> &'static str {
    use crate::domain::event::DutyState;
    match state {
        DutyState::Waiting => "waiting",
        DutyState::Due => "due",
        DutyState::Met => "met",
        DutyState::Late => "met late",
        DutyState::Missed => "missed",
        DutyState::Waived => "waived",
        DutyState::Cancelled => "cancelled",
    }
}

/// What started a clock that waits for something.
fn anchor_words(start: &Start) -> String {
    match start {
        Start::Opened => "the issue was opened".to_owned(),
        Start::Closed => "the issue was closed".to_owned(),
        Start::Ic => "the incident commander took over".to_owned(),
        Start::Shift => "the shift began".to_owned(),
        Start::Disruption => "somebody asked to disrupt service".to_owned(),
        Start::Phase(name) => format!("the phase {name} began"),
        Start::Status(name) => format!("the status became {name}"),
        Start::Flag(id) => format!("the flag {id} was raised"),
        Start::Met(duty) => format!("the duty {duty} was met"),
    }
}

pub(super) fn evidence_word(kind: &EvidenceKind) -> String {
    match kind {
        EvidenceKind::Ack => "acknowledgement".to_owned(),
        EvidenceKind::IcNamed => "naming of an incident commander".to_owned(),
        EvidenceKind::ResponderComment => "comment".to_owned(),
        EvidenceKind::Sitrep => "sitrep".to_owned(),
        EvidenceKind::SeverityAssessed => "assessment".to_owned(),
        EvidenceKind::Shift => "shift".to_owned(),
        EvidenceKind::Decided => "decision".to_owned(),
        EvidenceKind::FollowUp => "follow-up".to_owned(),
        EvidenceKind::Done(what) => format!("word that {what} is done"),
        EvidenceKind::Notified(who) => format!("word that {who} was notified"),
        EvidenceKind::Ticked(item) => format!("tick of {item}"),
        EvidenceKind::Flag(id) => format!("flag {id}"),
        EvidenceKind::Phase(name) => format!("phase {name}"),
        EvidenceKind::Status(name) => format!("status {name}"),
    }
}

/// People as they are written, of whom a list never holds more than fit a line that is read.
pub(super) fn written(people: &[Person]) -> Vec<Wild> {
    let mut named: Vec<Wild> = people.iter().take(MOST_PEOPLE).map(|person| Wild(person.written())).collect();
    if people.len() > MOST_PEOPLE {
        named.push(Wild(format!("and {} more", people.len() - MOST_PEOPLE)));
    }
    named
}
