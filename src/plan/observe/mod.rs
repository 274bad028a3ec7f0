//! What changed since the journal was last written: the difference between what was read and what was known.
//!
//! What always holds: what is *true* comes from reading the issue; a delivery or the forge's history only says *who*
//! and *when*. So lost, doubled and reordered deliveries end in the same state. The bot's own doings never count as a
//! person's. What is deliberately not here: obeying commands (`judge`), because that needs a permission.

mod asking;
mod forge_severity;
mod replay;
mod thread;
mod turns;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    command::Spoken,
    event::{Event, What},
    forge_severity::ForgeSeverity,
    hint::{Hint, Hinted},
    ids::CommentId,
    incident::Incident,
    message::MessageKind,
    people::{Account, Actor},
    project::Project,
    reading::{Field, Reading, Value},
    snapshot::{Audience, Change, Changed, Issue},
    time::Moment,
};

pub use self::{
    asking::{lacks_edit, lags, recognised, wants_dating, wants_edits, wants_history},
    thread::{absent, known_comments, ticks},
};
use super::{audience, judge::Pending};

/// Everything that was read, in incident time.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    /// The project's words.
    pub project: &'a Project,
    /// The issue.
    pub issue: &'a Issue,
    /// Its body, understood.
    pub reading: &'a Reading,
    /// What the waiting deliveries say.
    pub hints: &'a [Hint],
    /// The forge's own history, where it was asked for.
    pub history: Option<&'a [Change]>,
    /// The versions of the body, oldest first, where they were asked for.
    pub edits: &'a [SeenEdit],
    /// The bot's account.
    pub bot: &'a Account,
    /// The comments that were read.
    pub comments: &'a [SeenComment],
    /// They are all there are.
    pub all_comments: bool,
    /// Who can read the issue.
    pub audience: Audience,
    /// The moment of reading.
    pub now: Moment,
}

/// A version of the body, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenEdit {
    /// When.
    pub at: Moment,
    /// Who.
    pub by: Actor,
    /// What it said; `None` where nobody can read it any more.
    pub reading: Option<Reading>,
}

/// A comment, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenComment {
    /// Which.
    pub id: CommentId,
    /// By whom.
    pub author: Option<Account>,
    /// When it was posted.
    pub created_at: Moment,
    /// When its text last changed.
    pub updated_at: Moment,
    /// Where.
    pub url: String,
    /// A person's situation report.
    pub sitrep: bool,
    /// Commands in it.
    pub spoken: Vec<Spoken>,
    /// The valid marker in it, if there is one.
    pub marker: Option<(MessageKind, String)>,
    /// The boxes of the bot's board with whether each is ticked, where a person changed its text.
    pub boxes: Vec<(String, bool)>,
}

/// What was noticed.
#[derive(Debug, Clone, Default)]
pub struct Noticed {
    /// Facts for the journal.
    pub events: Vec<Event>,
    /// Commands that need a permission before they can be judged.
    pub pending: Vec<Pending>,
    /// Comments of this bot that the journal did not know: effect key, comment.
    pub adopted: Vec<(String, CommentId)>,
}

/// What a body says of a field, if that is not what is known of it.
fn turned(field: Field, known: &BTreeMap<Field, Option<Value>>, reading: &Reading) -> Option<What> {
    let known = known.get(&field);
    match (reading.fields.get(&field), known) {
        (Some(read), known) => match &read.value {
            Some(value) if known != Some(&Some(value.clone())) => Some(What::FieldSet { field, value: value.clone() }),
            None if known != Some(&None) => Some(What::FieldUnreadable { field, line: read.line }),
            _ => None,
        },
        (None, Some(_)) => Some(What::FieldGone { field }),
        (None, None) => None,
    }
}

/// The labels of an issue in the project's spelling.
fn spelled(issue: &Issue, project: &Project) -> BTreeSet<String> {
    issue.labels.iter().map(|label| project.spelled(label)).collect()
}

/// It was closed when last seen and is closed now, but not by the same closing: it was open in between.
fn closed_anew(incident: &Incident, issue: &Issue) -> bool {
    !incident.open && !issue.open && issue.closed_at > incident.closed_at
}

/// The difference between what was read and what was known.
#[must_use]
pub fn observe(incident: &Incident, seen: &Seen<'_>) -> Noticed {
    let first = incident.opened.is_none();
    let (labels, assignees, open) = (incident.labels.clone(), incident.assignees.clone(), first || incident.open);
    let (closed_at, turned_at) = (incident.closed_at, incident.closed_at.max(incident.reopened_at));
    let forge_severity = incident.forge_severity;
    let noticed = Noticed::default();
    let mut notice =
        Notice { incident, seen, noticed, first, labels, assignees, open, forge_severity, closed_at, turned_at };
    notice.opening();
    notice.audience();
    notice.replay();
    notice.fields();
    notice.labels();
    notice.assignees();
    notice.forge_severity();
    notice.state();
    notice.comments();
    notice.gone();
    notice.noticed
}

struct Notice<'a> {
    incident: &'a Incident,
    seen: &'a Seen<'a>,
    noticed: Noticed,
    first: bool,
    /// Labels, assignees and state as the journal and the events told so far have them.
    labels: BTreeSet<String>,
    assignees: BTreeSet<Account>,
    open: bool,
    forge_severity: ForgeSeverity,
    /// The last closing, and the last closing or reopening, as told so far.
    closed_at: Option<Moment>,
    turned_at: Option<Moment>,
}

impl Notice<'_> {
    fn tell(&mut self, at: Moment, by: Actor, what: What) {
        if what == What::Closed {
            self.closed_at = self.closed_at.max(Some(at));
        }
        if matches!(what, What::Closed | What::Reopened) {
            self.turned_at = self.turned_at.max(Some(at));
        }
        let url = Some(self.seen.issue.url.clone());
        self.noticed.events.push(Event { at, by, url, what });
    }

    fn actor(&self, account: &Account) -> Actor {
        if self.is_bot(account) { Actor::Bot } else { Actor::Person(account.clone()) }
    }

    /// Who stands behind an entry of the history: the forge may have told the bot apart already.
    fn doer(&self, by: &Actor) -> Actor {
        by.account().map_or_else(|| by.clone(), |account| self.actor(account))
    }

    fn is_bot(&self, account: &Account) -> bool {
        let bot = self.seen.bot;
        if bot.id == 0 { account.login == bot.login } else { account.id == bot.id }
    }

    fn author(&self) -> Actor {
        self.seen.issue.author.as_ref().map_or(Actor::Somebody, |account| self.actor(account))
    }

    fn opening(&mut self) {
        if self.first {
            let at = self.became_incident().unwrap_or(self.seen.issue.created_at);
            self.tell(at, self.author(), What::Opened);
        }
    }

    fn audience(&mut self) {
        let told = self.noticed.events.iter().find(|event| event.what == What::Opened).map(|event| event.at);
        let opened = told.or(self.incident.opened).unwrap_or(self.seen.issue.created_at);
        let turned = |off: bool| {
            let (hinted, changed) =
                if off { (Hinted::Exposed, Changed::Exposed) } else { (Hinted::Hidden, Changed::Hidden) };
            self.who(|what| *what == hinted, |what| *what == changed)
        };
        let mut told = Vec::new();
        if self.first && self.seen.issue.confidential == Some(true) {
            told = audience::past(self.seen, opened, |by| self.doer(by));
        }
        // What holds now comes after what is over.
        let over = told.last().map(|(at, ..)| *at);
        let now = audience::noticed(self.incident, self.seen, opened, turned);
        told.extend(now.map(|(at, by, what)| (over.map_or(at, |over| at.max(over)), by, what)));
        for (at, by, what) in told {
            self.tell(at, by, what);
        }
    }

    /// When the incident label was put on an issue that was none before: its clocks start there, not at its filing.
    fn became_incident(&self) -> Option<Moment> {
        let wanted = &self.seen.project.labels.incident;
        if self.seen.reading.marked {
            return None;
        }
        let (at, by) = self.who(
            |what| matches!(what, Hinted::LabelAdded { label } if self.spelled(label) == *wanted),
            |what| matches!(what, Changed::LabelAdded(label) if self.spelled(label) == *wanted),
        )?;
        by.is_human().then_some(at.max(self.seen.issue.created_at))
    }

    fn spelled(&self, label: &str) -> String {
        self.seen.project.spelled(label)
    }

    /// Who last did something that fits, and when: by a delivery, else by the history.
    fn who(&self, hinted: impl Fn(&Hinted) -> bool, changed: impl Fn(&Changed) -> bool) -> Option<(Moment, Actor)> {
        let hint = self.seen.hints.iter().filter(|hint| hinted(&hint.what)).max_by_key(|hint| hint.at);
        if let Some(hint) = hint {
            return Some((hint.at, hint.by.as_ref().map_or(Actor::Somebody, |account| self.actor(account))));
        }
        let history = self.seen.history?;
        let change = history.iter().filter(|change| changed(&change.what)).max_by_key(|change| change.at)?;
        Some((change.at, self.doer(&change.by)))
    }

    /// Where nobody says who and when: the filing for what was there from the start, else the last change of the issue.
    fn unexplained(&self) -> (Moment, Actor) {
        let issue = self.seen.issue;
        if self.first { (issue.created_at, self.author()) } else { (issue.updated_at, Actor::Somebody) }
    }
}
