//! An incident as understood: the fold of its journal. `plan::fold` makes it; nobody changes it otherwise.

mod work;

use std::collections::{BTreeMap, BTreeSet};

pub use self::work::{Disruption, Filed, FollowUp, Note, Shift, Task, Waiver};
use super::{
    event::{DutyState, Exposure, Occurrence},
    forge_severity::ForgeSeverity,
    ids::{CommentId, IssueRef},
    message::MessageKind,
    people::{Account, Actor, Person},
    process::EvidenceKind,
    reading::{Field, Value},
    time::Moment,
};

/// One effective value: what, since when, by whom, through what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// The canonical value.
    pub value: String,
    /// Since when.
    pub at: Moment,
    /// Who set it.
    pub by: Actor,
    /// How it was set.
    pub via: Via,
    /// Where the evidence is.
    pub url: Option<String>,
}

/// How a value was set. Later entries win where moments are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    /// Nobody set it: it is what an incident starts with.
    Start,
    /// It follows from the status.
    Process,
    /// The issue was reopened: what held before the end holds again.
    Reopening,
    /// A field of the body.
    Body,
    /// An assignee.
    Assignee,
    /// A label.
    Label,
    /// The forge's own severity.
    Forge,
    /// A command.
    Command,
}

impl Via {
    /// In words: `the body`, `a label`, ...
    #[must_use]
    pub fn spoken(self) -> &'static str {
        match self {
            Self::Start => "the start",
            Self::Process => "the status",
            Self::Reopening => "the reopening",
            Self::Body => "the body",
            Self::Assignee => "an assignee",
            Self::Label => "a label",
            Self::Forge => "the severity of the issue itself",
            Self::Command => "a command",
        }
    }
}

/// A change of an effective value, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Which: `status`, `severity`, `phase` or `IC`.
    pub dimension: &'static str,
    /// What it became.
    pub to: Effective,
}

/// A phase was left, or was to be left, while items of its gate were open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The phase.
    pub from: String,
    /// Where to, when, by whom.
    pub to: Effective,
    /// The open items' ids.
    pub open: Vec<String>,
    /// The phase stayed as it was.
    pub held: bool,
}

/// The incident commander.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Who.
    pub who: Person,
    /// Since when, by whom, through what.
    pub since: Effective,
}

/// Something that can meet a duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// When.
    pub at: Moment,
    /// What.
    pub kind: EvidenceKind,
    /// By whom.
    pub by: Actor,
    /// Where.
    pub url: Option<String>,
}

/// A reminder or catch-up that this bot wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminded {
    /// The effect's key.
    pub key: String,
    /// When it was written.
    pub at: Moment,
    /// The comment.
    pub comment: CommentId,
    /// What it speaks of.
    pub covers: Vec<Occurrence>,
    /// It was folded away.
    pub collapsed: bool,
    /// It was deleted: by a person, or, where nothing can be folded away, by the bot.
    pub gone: bool,
}

/// A comment this bot wrote, other than a reminder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The effect's key.
    pub key: String,
    /// What kind.
    pub kind: MessageKind,
    /// The comment.
    pub comment: CommentId,
    /// When it was last written.
    pub at: Moment,
    /// Digest of the last text, where it is known.
    pub digest: Option<String>,
    /// A person deleted it; it is not posted again.
    pub gone: bool,
    /// Which of its boxes are ticked, as it was last written or seen.
    pub boxes: BTreeSet<String>,
    /// It was folded away.
    pub collapsed: bool,
}

/// That others than the trusted can read the issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed {
    /// Since when, as far as is known.
    pub at: Moment,
    /// Who brought it about.
    pub by: Actor,
    /// How.
    pub how: Exposure,
    /// It was exposed otherwise until then.
    pub anew: bool,
}

/// A while in which a duty's reminders are held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snooze {
    /// When it was asked for.
    pub from: Moment,
    /// When it ends, as asked.
    pub until: Moment,
}

/// A command that a person gave, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The comment it stands in.
    pub comment: CommentId,
    /// Its identity inside the comment.
    pub text: String,
    /// The command, where it was understood.
    pub command: Option<super::command::Command>,
    /// What became of it.
    pub outcome: super::event::Outcome,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: Actor,
    /// Where.
    pub url: Option<String>,
}

/// An incident as understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Which issue.
    pub issue: IssueRef,
    /// When it was filed; `None` for an issue that was never seen as an incident.
    pub opened: Option<Moment>,
    /// Who filed it.
    pub filed_by: Option<Account>,
    /// Where people read it.
    pub url: Option<String>,
    /// Open or closed.
    pub open: bool,
    /// When it was last closed.
    pub closed_at: Option<Moment>,
    /// Who closed it last.
    pub closed_by: Option<Actor>,
    /// When it was last reopened: the clocks start again from there.
    pub reopened_at: Option<Moment>,
    /// Who reopened it last.
    pub reopened_by: Option<Actor>,
    /// Every reopening, in order: when, by whom.
    pub reopenings: Vec<(Moment, Actor)>,
    /// Labels of a dimension whose value the process does not have: when, which.
    pub stray_labels: Vec<(Moment, String)>,
    /// When this bot moved labels.
    pub label_moves: Vec<Moment>,
    /// The forge's own severity, as last known.
    pub forge_severity: ForgeSeverity,
    /// When it was last set.
    pub forge_severity_at: Option<Moment>,
    /// When this bot set it.
    pub forge_severity_moves: Vec<Moment>,
    /// Keys of the entries of the forge's own timeline that this bot wrote.
    pub entered: BTreeSet<String>,
    /// How often it was closed.
    pub closings: u32,
    /// The effective status.
    pub status: Effective,
    /// The effective severity.
    pub severity: Effective,
    /// The effective phase.
    pub phase: Effective,
    /// Every time a gate was not heeded, in order of moments.
    pub breaches: Vec<Breach>,
    /// The incident commander, if there is one.
    pub ic: Option<Command>,
    /// The highest severity rank reached, with its name.
    pub peak_severity: String,
    /// Every change of an effective value, in order of moments.
    pub turns: Vec<Turn>,
    /// The last good value of every field.
    pub fields: BTreeMap<Field, Value>,
    /// What the body held when it was last read (unreadable values are `None`).
    pub body: BTreeMap<Field, Option<Value>>,
    /// When the body last changed in a way that the journal tells of.
    pub body_at: Option<Moment>,
    /// Labels on the issue, as last known.
    pub labels: BTreeSet<String>,
    /// When each label was last put on or taken off, as the journal tells it.
    pub label_at: BTreeMap<String, Moment>,
    /// Comments that the bot set about deleting, and that the forge did not refuse to delete, with the keys of their effects.
    pub taken_back: BTreeMap<CommentId, String>,
    /// Comments that the bot itself deleted: a list that shows one is old.
    pub deleted: BTreeSet<CommentId>,
    /// Assignees, as last known.
    pub assignees: BTreeSet<Account>,
    /// When each account, by its number, was last assigned or unassigned.
    pub assignee_at: BTreeMap<u64, Moment>,
    /// Comments by people that are known, with whether each is a situation report.
    pub comments: BTreeMap<CommentId, bool>,
    /// Commands already judged.
    pub given: Vec<Given>,
    /// What can meet duties, in order of moments.
    pub evidence: Vec<Evidence>,
    /// The last journalled state of each occurrence.
    pub duties: BTreeMap<Occurrence, DutyState>,
    /// Reminders written.
    pub reminders: Vec<Reminded>,
    /// Other comments written.
    pub written: Vec<Written>,
    /// The last snooze of each duty.
    pub snoozes: BTreeMap<String, Snooze>,
    /// Leads and steps, in the order of their moments, comments and lines.
    pub tasks: Vec<Task>,
    /// Boxes ticked, by item.
    pub ticked: BTreeMap<String, (Moment, Actor)>,
    /// Flags raised, the first time each.
    pub flags: BTreeMap<String, (Moment, Actor)>,
    /// Playbooks in use, in the order in which they were named.
    pub playbooks: Vec<String>,
    /// Disruptions asked for.
    pub disruptions: Vec<Disruption>,
    /// Shifts announced.
    pub shifts: Vec<Shift>,
    /// Who joined by command, and who left, in order: person, joined.
    pub rota: Vec<(Moment, Person, bool)>,
    /// Told for the timeline.
    pub notes: Vec<Note>,
    /// What is to be done afterwards.
    pub follow_ups: Vec<FollowUp>,
    /// When and by whom it was first said that nothing is to be done afterwards.
    pub no_follow_ups: Option<(Moment, Actor)>,
    /// Duties waived, the last word each.
    pub waived: BTreeMap<String, Waiver>,
    /// Every closing, in order.
    pub closings_at: Vec<Moment>,
    /// Others can read the issue: nothing is written there but an alarm.
    pub exposure: Option<Exposed>,
    /// Since when the issue is gone from its place.
    pub lost: Option<Moment>,
    /// Effects that were given up.
    pub given_up: Vec<String>,
}

impl Incident {
    /// Others than the trusted can read the issue.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        self.exposure.is_some()
    }

    /// Whether the box of this item or task is ticked.
    #[must_use]
    pub fn is_ticked(&self, item: &str) -> bool {
        let task = || self.tasks.iter().any(|task| task.done.is_some() && task.item() == item);
        self.ticked.contains_key(item) || task()
    }

    /// The boxes that are ticked, of items and tasks.
    #[must_use]
    pub fn all_ticked(&self) -> BTreeSet<String> {
        let tasks = self.tasks.iter().filter(|task| task.done.is_some()).map(Task::item);
        self.ticked.keys().cloned().chain(tasks).collect()
    }
}
