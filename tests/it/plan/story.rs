//! A small language for stories about the planner: facts with literal times, then what is planned when.
//!
//! `given(high().opened("09:00")).at("10:05").reminds("sitrep")`. Times are `HH:MM` on Monday 2026-11-16, or
//! `Tue 10:00` and so on in the same week (`next Mon` in the one after), in the project's zone.

use std::sync::Arc;

use chrono::{Duration, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use hotwash::{
    domain::{
        action::{Action, Effect},
        calendar::{BusinessHours, resolve},
        command::Command,
        event::{DutyState, Event, Occurrence, Outcome, What},
        ids::{CommentId, IssueRef},
        incident::Incident,
        message::{Message, MessageKind},
        people::{Account, Actor, Person},
        process::Authority,
        project::{Detect, LabelNames, Limits, Project},
        reading::{Field, Value},
        time::Moment,
    },
    plan::{Circumstances, fold::fold, plan},
    process,
};

pub(crate) fn project(zone: Tz) -> Project {
    let text = include_str!("two-duties.toml");
    Project {
        forge: "github".to_owned(),
        path: "acme/incidents".to_owned(),
        process: Arc::new(process::read(text, "two-duties.toml").expect("the process is right")),
        zone,
        mention: "hotwash".to_owned(),
        labels: LabelNames::default(),
        detect: Detect::default(),
        business: BusinessHours::default(),
        commanders: Vec::new(),
        roles: std::collections::BTreeMap::new(),
        routes: std::collections::BTreeMap::new(),
        gates: hotwash::domain::project::Gates::Warn,
        close_false_alarms: false,
        timeline_events: false,
        advance: true,
        limits: Limits::default(),
        exercise: false,
    }
}

pub(crate) fn alice() -> Actor {
    Actor::Person(Account::new(11, "alice"))
}

pub(crate) fn bob() -> Actor {
    Actor::Person(Account::new(12, "bob"))
}

/// An incident of high severity, set by a label when it was opened.
pub(crate) fn high() -> Story {
    Story::new("high")
}

pub(crate) fn medium() -> Story {
    Story::new("medium")
}

pub(crate) fn low() -> Story {
    Story::new("low")
}

/// An incident nobody has assessed.
pub(crate) fn unknown() -> Story {
    Story::new("unknown")
}

pub(crate) fn given(story: Story) -> Story {
    story
}

#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) project: Project,
    pub(crate) events: Vec<Event>,
    severity: &'static str,
    comments: u64,
    now: Moment,
    /// What the last step did.
    done: Vec<Action>,
}

impl Story {
    fn new(severity: &'static str) -> Self {
        let project = project(Tz::UTC);
        Self { project, events: Vec::new(), severity, comments: 100, now: Moment::default(), done: Vec::new() }
    }

    pub(crate) fn zone(mut self, zone: Tz) -> Self {
        self.project.zone = zone;
        self
    }

    /// The project follows the process of these stories with these entries on top, read as a process that extends.
    pub(crate) fn following(mut self, entries: &str) -> Self {
        let text = format!("name = \"ours\"\nextends = \"cloud-gov\"\n{entries}");
        let mut process = process::read(&text, "ours.toml").unwrap_or_else(|problems| panic!("{problems:?}"));
        let base = Arc::clone(&self.project.process);
        let written = |key: &str, name: &str| entries.contains(&format!("{key} = \"{name}\""));
        // What the entries say nothing of is as in the stories' own process, not as in the shipped one.
        process.duties.retain(|duty| written("id", &duty.id) || base.duty(&duty.id).is_some());
        for duty in process.duties.iter_mut().filter(|duty| !written("id", &duty.id)) {
            duty.clone_from(base.duty(&duty.id).expect("it was kept"));
        }
        for phase in process.phases.iter_mut().filter(|phase| !written("name", &phase.name)) {
            phase.clone_from(base.phase(&phase.name).expect("the stories have the shipped phases"));
        }
        self.project.process = Arc::new(process);
        self
    }

    pub(crate) fn role(mut self, role: &str, handles: &[&str]) -> Self {
        let handles = handles.iter().map(|handle| (*handle).to_owned()).collect();
        self.project.roles.insert(role.to_owned(), handles);
        self
    }

    pub(crate) fn cap(mut self, reminders_per_hour: u32) -> Self {
        self.project.limits.reminders_per_hour = reminders_per_hour;
        self
    }

    /// The shipped process with further tables.
    pub(crate) fn process(mut self, more: &str) -> Self {
        let text = process::shipped("cloud-gov").expect("cloud-gov is shipped");
        let read = process::read(&format!("{text}\n{more}"), "more.toml").expect("the tables are right");
        self.project.process = Arc::new(read);
        self
    }

    /// What the process lets people do at this severity.
    pub(crate) fn authority(mut self, severity: &str, authority: Option<Authority>) -> Self {
        let process = Arc::make_mut(&mut self.project.process);
        let found = process.severities.iter_mut().find(|known| known.name == severity).unwrap();
        found.authority = authority;
        self
    }

    /// `10:05`, `Tue 10:05`, `next Mon 10:05`, `2026-03-08 02:30`.
    pub(crate) fn moment(&self, text: &str) -> Moment {
        let (day, time) = text.rsplit_once(' ').unwrap_or(("Mon", text));
        let monday = NaiveDate::from_ymd_opt(2026, 11, 16).unwrap();
        let date = NaiveDate::parse_from_str(day, "%Y-%m-%d").unwrap_or_else(|_| {
            let (week, name) = day.strip_prefix("next ").map_or((0, day), |name| (7, name));
            let offset = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].iter().position(|one| *one == name).unwrap();
            monday + Duration::days(week + i64::try_from(offset).unwrap())
        });
        resolve(date.and_time(NaiveTime::parse_from_str(time, "%H:%M").unwrap()), self.project.zone)
    }

    fn add(mut self, at: &str, by: Actor, what: What) -> Self {
        let at = self.moment(at);
        self.comments += 1;
        let url = Some(format!("https://forge.example/issues/1#c{}", self.comments));
        self.events.push(Event { at, by, url, what });
        self
    }

    pub(crate) fn opened(self, at: &str) -> Self {
        let severity = self.severity;
        let story = self.add(at, alice(), What::Opened);
        if severity == "unknown" { story } else { story.label(&format!("severity::{severity}"), at) }
    }

    pub(crate) fn responders(self, people: &[Person], at: &str) -> Self {
        let value = Value::People(people.to_vec());
        self.add(at, alice(), What::FieldSet { field: Field::Responders, value })
    }

    pub(crate) fn label(self, label: &str, at: &str) -> Self {
        self.add(at, alice(), What::LabelAdded { label: label.to_owned() })
    }

    pub(crate) fn label_off(self, label: &str, at: &str) -> Self {
        self.add(at, alice(), What::LabelRemoved { label: label.to_owned() })
    }

    pub(crate) fn field(self, field: Field, value: &str, at: &str) -> Self {
        self.add(at, alice(), What::FieldSet { field, value: Value::Named(value.to_owned()) })
    }

    pub(crate) fn ic_field(self, handle: &str, at: &str) -> Self {
        let people = vec![Person::Handle(handle.to_owned())];
        self.add(at, alice(), What::FieldSet { field: Field::Ic, value: Value::People(people) })
    }

    pub(crate) fn sitrep(self, at: &str) -> Self {
        let comment = CommentId(self.comments + 1);
        self.add(at, bob(), What::Commented { comment, sitrep: true })
    }

    pub(crate) fn sitrep_by(self, by: Actor, at: &str) -> Self {
        let comment = CommentId(self.comments + 1);
        self.add(at, by, What::Commented { comment, sitrep: true })
    }

    pub(crate) fn comment(self, by: Actor, at: &str) -> Self {
        let comment = CommentId(self.comments + 1);
        self.add(at, by, What::Commented { comment, sitrep: false })
    }

    pub(crate) fn says(self, command: Command, at: &str) -> Self {
        let comment = CommentId(self.comments + 1);
        let text = command.verb().to_owned();
        self.add(at, bob(), What::Commanded { comment, text, command: Some(command), outcome: Outcome::Obeyed })
    }

    pub(crate) fn says_as(self, by: Actor, command: Command, at: &str) -> Self {
        let comment = CommentId(self.comments + 1);
        let text = command.verb().to_owned();
        self.add(at, by, What::Commanded { comment, text, command: Some(command), outcome: Outcome::Obeyed })
    }

    pub(crate) fn waives(self, duty: &str, at: &str) -> Self {
        self.says(Command::Waive { duty: duty.to_owned(), reason: "not needed".to_owned() }, at)
    }

    pub(crate) fn says_done(self, what: &str, at: &str) -> Self {
        self.says(Command::Done { what: what.to_owned() }, at)
    }

    pub(crate) fn shift(self, hours: Option<i64>, at: &str) -> Self {
        let who = vec![Person::Handle("bob".to_owned())];
        self.says(Command::Shift { who, span: hours.map(Duration::hours) }, at)
    }

    pub(crate) fn ticks(self, item: &str, on: bool, at: &str) -> Self {
        self.add(at, bob(), What::Ticked { item: item.to_owned(), on })
    }

    pub(crate) fn tells(self, what: What, at: &str) -> Self {
        self.add(at, alice(), what)
    }

    pub(crate) fn ticked(self, item: &str, on: bool, at: &str) -> Self {
        self.tells(What::Ticked { item: item.to_owned(), on }, at)
    }

    pub(crate) fn refused(self, outcome: Outcome, at: &str) -> Self {
        let comment = CommentId(self.comments + 1);
        self.add(at, bob(), What::Commanded { comment, text: "x".to_owned(), command: None, outcome })
    }

    pub(crate) fn closed(self, at: &str) -> Self {
        self.add(at, alice(), What::Closed)
    }

    pub(crate) fn reopened(self, at: &str) -> Self {
        self.add(at, bob(), What::Reopened)
    }

    pub(crate) fn incident(&self) -> Incident {
        fold(&IssueRef::new("github", "acme/incidents", 1), &self.events, &self.project)
    }

    /// Plans at this moment and does what is planned, as the engine would.
    pub(crate) fn at(mut self, text: &str) -> Self {
        self.now = self.moment(text);
        self.step();
        self
    }

    /// The service runs: it wakes whenever a plan asks for it, until this moment.
    pub(crate) fn running_until(mut self, text: &str) -> Self {
        let end = self.moment(text);
        self.now = self.events.first().map_or(end, |event| event.at).max(self.now);
        let mut done = Vec::new();
        for _ in 0..2_000 {
            let wake = self.step();
            done.append(&mut self.done);
            match wake.filter(|at| *at > self.now && *at <= end) {
                Some(at) => self.now = at,
                None => break,
            }
        }
        self.now = end;
        self.step();
        done.append(&mut self.done);
        self.done = done;
        self
    }

    fn step(&mut self) -> Option<Moment> {
        // What is not known yet cannot be planned with.
        let known: Vec<Event> = self.events.iter().filter(|event| event.at <= self.now).cloned().collect();
        let incident = fold(&IssueRef::new("github", "acme/incidents", 1), &known, &self.project);
        let plan = plan(&incident, &self.project, &Circumstances::default(), self.now);
        self.events.extend(plan.facts);
        self.done.clear();
        for action in plan.actions {
            if let Some(what) = self.effect(&action) {
                self.events.push(Event { at: self.now, by: Actor::Bot, url: None, what });
            }
            self.done.push(action);
        }
        plan.wake_at
    }

    fn effect(&mut self, action: &Action) -> Option<What> {
        self.comments += 1;
        let comment = CommentId(self.comments);
        let key = action.key.clone();
        Some(match &action.what {
            Effect::Comment { message, covers } => {
                What::Wrote { key, kind: message.kind(), comment, covers: covers.clone() }
            }
            Effect::File(_) => What::Filed { key, number: comment.0, assigned: true },
            Effect::Report { .. } => What::Wrote { key, kind: MessageKind::Retrospective, comment, covers: Vec::new() },
            Effect::Supersede { .. } => What::Rewrote {
                key: key.trim_start_matches("superseded/").to_owned(),
                kind: MessageKind::Retrospective,
                digest: "superseded".to_owned(),
            },
            Effect::Label { add, remove } => {
                What::Labelled { added: add.iter().map(|label| label.name.clone()).collect(), removed: remove.clone() }
            }
            Effect::Collapse { of, .. } => What::Collapsed { key: of.clone() },
            Effect::MakeConfidential => What::Hidden,
            Effect::Close => What::Closed,
            Effect::ForgeSeverity { to } => What::ForgeSeverity { to: *to },
            Effect::Enter(_) => What::Entered { key },
            Effect::Link { number } => What::Linked { number: *number },
            Effect::Rewrite { .. } | Effect::React { .. } => return None,
        })
    }

    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        self.done.iter().map(|action| action.key.clone()).filter(|key| key.starts_with(prefix)).collect()
    }

    /// The last step posted exactly one reminder, about this duty.
    #[track_caller]
    pub(crate) fn reminds(self, duty: &str) -> Self {
        let keys = self.keys("reminder/");
        assert!(keys.len() == 1 && keys[0].starts_with(&format!("reminder/{duty}@")), "reminders: {keys:?}");
        self
    }

    #[track_caller]
    pub(crate) fn reminds_times(self, duty: &str, times: usize) -> Self {
        let keys = self.keys(&format!("reminder/{duty}@"));
        assert_eq!(keys.len(), times, "reminders: {keys:?}");
        self
    }

    /// The last step posted nothing that notifies.
    #[track_caller]
    pub(crate) fn stays_silent(self) -> Self {
        let keys: Vec<String> =
            ["reminder/", "catch-up/", "escalation/"].iter().flat_map(|kind| self.keys(kind)).collect();
        assert!(keys.is_empty(), "spoke: {keys:?}");
        self
    }

    #[track_caller]
    pub(crate) fn catches_up(self, duties: &[&str]) -> Self {
        let keys = self.keys("catch-up/");
        assert_eq!(keys.len(), 1, "catch-ups: {keys:?}; reminders: {:?}", self.keys("reminder/"));
        let about: Vec<Occurrence> = hotwash::plan::keys::covers(&keys[0]);
        let about: Vec<&str> = about.iter().map(|occurrence| occurrence.duty.as_str()).collect();
        assert_eq!(about, duties);
        self
    }

    #[track_caller]
    pub(crate) fn collapses(self, times: usize) -> Self {
        let keys = self.keys("collapse/");
        assert_eq!(keys.len(), times, "collapsed: {keys:?}");
        self
    }

    /// The message of the only comment of this kind that the last step posted or rewrote.
    #[track_caller]
    pub(crate) fn message(&self, kind: MessageKind) -> Message {
        let messages: Vec<&Message> = self
            .done
            .iter()
            .filter_map(|action| match &action.what {
                Effect::Comment { message, .. } | Effect::Rewrite { message, .. } => Some(message.as_ref()),
                _ => None,
            })
            .filter(|message| message.kind() == kind)
            .collect();
        assert_eq!(messages.len(), 1, "{kind} messages: {messages:?}");
        messages[0].clone()
    }

    /// What the last step did.
    pub(crate) fn done(&self) -> &[Action] {
        &self.done
    }

    /// The message of the only comment under a key that begins so, of the last step.
    #[track_caller]
    pub(crate) fn message_under(&self, prefix: &str) -> Message {
        let under = self.done.iter().filter(|action| action.key.starts_with(prefix));
        let messages: Vec<&Message> = under
            .filter_map(|action| match &action.what {
                Effect::Comment { message, .. } => Some(message.as_ref()),
                _ => None,
            })
            .collect();
        assert_eq!(messages.len(), 1, "under {prefix}: {messages:?}");
        messages[0].clone()
    }

    /// The journalled states of a duty's occurrences: `("10:00", Met)`, in order.
    #[track_caller]
    pub(crate) fn judged(self, duty: &str, wanted: &[(&str, DutyState)]) -> Self {
        let incident = self.incident();
        let states: Vec<(Moment, DutyState)> = incident
            .duties
            .iter()
            .filter(|(occurrence, _)| occurrence.duty == duty)
            .map(|(occurrence, state)| (occurrence.due, *state))
            .collect();
        let wanted: Vec<(Moment, DutyState)> = wanted.iter().map(|(at, state)| (self.moment(at), *state)).collect();
        assert_eq!(states, wanted);
        self
    }

    /// Labels on the issue after the last step.
    #[track_caller]
    pub(crate) fn labelled(self, wanted: &[&str]) -> Self {
        let incident = self.incident();
        let labels: Vec<&str> = incident.labels.iter().map(String::as_str).collect();
        assert_eq!(labels, wanted);
        self
    }

    #[track_caller]
    pub(crate) fn effective(self, status: &str, severity: &str, phase: &str) -> Self {
        let incident = self.incident();
        let found = (incident.status.value.as_str(), incident.severity.value.as_str(), incident.phase.value.as_str());
        assert_eq!(found, (status, severity, phase));
        self
    }

    /// The phase that holds at this moment.
    #[track_caller]
    pub(crate) fn effective_at(self, at: &str, phase: &str) -> Self {
        let until = self.moment(at);
        let known: Vec<Event> = self.events.iter().filter(|event| event.at <= until).cloned().collect();
        let incident = fold(&IssueRef::new("github", "acme/incidents", 1), &known, &self.project);
        assert_eq!(incident.phase.value, phase);
        self
    }
}
