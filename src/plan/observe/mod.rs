//! What changed since the journal was last written: the difference between what was read and what was known.
//!
//! What always holds: what is *true* comes from reading the issue; a delivery or the forge's history only says *who*
//! and *when*. So lost, doubled and reordered deliveries end in the same state. The bot's own doings never count as a
//! person's. What is deliberately not here: obeying commands (`judge`), because that needs a permission.

mod forge_severity;
mod replay;

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

use super::{
    audience,
    fold::commands::TASK,
    judge::{Pending, identity},
    keys,
};

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
    /// When it last changed.
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

/// Whether the issue is an incident by the project's rules.
#[must_use]
pub fn recognised(issue: &Issue, reading: &Reading, project: &Project) -> bool {
    let detect = project.detect;
    let fields = [Field::Status, Field::Severity].iter().all(|field| reading.fields.contains_key(field));
    !issue.is_change_request
        && ((detect.label && spelled(issue, project).contains(&project.labels.incident))
            || (detect.marker && reading.marked)
            || (detect.kind && issue.is_incident)
            || (detect.fields && fields))
}

/// Whether some change of labels, assignees or state is explained by no delivery, so that the history should be asked.
#[must_use]
pub fn wants_history(incident: &Incident, issue: &Issue, hints: &[Hint], project: &Project) -> bool {
    if incident.opened.is_none() {
        return issue.updated_at != issue.created_at;
    }
    let hinted = |wanted: &dyn Fn(&Hinted) -> bool| hints.iter().any(|hint| wanted(&hint.what));
    let is = |hinted: &String, name: &String| project.spelled(hinted) == *name;
    let now = spelled(issue, project);
    let added = |name: &String| hinted(&|what| matches!(what, Hinted::LabelAdded { label } if is(label, name)));
    let removed = |name: &String| hinted(&|what| matches!(what, Hinted::LabelRemoved { label } if is(label, name)));
    let assigned =
        |id: u64| hinted(&|what| matches!(what, Hinted::Assigned { who } | Hinted::Unassigned { who } if who.id == id));
    let ids = |all: &mut dyn Iterator<Item = &Account>| all.map(|who| who.id).collect::<BTreeSet<u64>>();
    let (assignees, known) = (ids(&mut issue.assignees.iter()), ids(&mut incident.assignees.iter()));
    assignees.symmetric_difference(&known).any(|id| !assigned(*id))
        || now.difference(&incident.labels).any(|name| !added(name))
        || incident.labels.difference(&now).any(|name| !removed(name))
        || (issue.open != incident.open && !hinted(&|what| matches!(what, Hinted::Closed | Hinted::Reopened)))
        || closed_anew(incident, issue)
        || hints.iter().any(|hint| undone(hint, incident, issue, project))
        || forge_severity::is_unexplained(incident, issue, hints)
        || (audience::is_turned(incident, issue) && !hinted(&|what| matches!(what, Hinted::Exposed | Hinted::Hidden)))
}

/// Whether a delivery tells of something newer than what is known that the issue does not show: it was done and undone.
fn undone(hint: &Hint, incident: &Incident, issue: &Issue, project: &Project) -> bool {
    let shows = |name: &str| spelled(issue, project).contains(&project.spelled(name));
    let newer = |name: &str| Some(&hint.at) > incident.label_at.get(&project.spelled(name));
    let assigned = |who: &Account| issue.assignees.iter().any(|one| one.id == who.id);
    let later = |who: &Account| Some(&hint.at) > incident.assignee_at.get(&who.id);
    let turned = || Some(hint.at) > incident.closed_at.max(incident.reopened_at);
    match &hint.what {
        Hinted::LabelAdded { label } => !shows(label) && newer(label),
        Hinted::LabelRemoved { label } => shows(label) && newer(label),
        Hinted::Assigned { who } => !assigned(who) && later(who),
        Hinted::Unassigned { who } => assigned(who) && later(who),
        Hinted::Closed => issue.open && turned(),
        Hinted::Reopened => !issue.open && turned(),
        Hinted::ForgeSeverity { to } => forge_severity::is_undone(*to, hint.at, incident, issue),
        _ => false,
    }
}

/// Whether the forge should be asked who wrote what into the body, and when: a field is not what it was, or the journal
/// does not know the issue. A delivery tells only of itself, and another may have been lost.
#[must_use]
pub fn wants_edits(incident: &Incident, issue: &Issue, reading: &Reading) -> bool {
    if incident.opened.is_none() {
        return issue.updated_at != issue.created_at;
    }
    Field::ALL.iter().any(|field| turned(*field, &incident.body, reading).is_some())
}

/// Whether the history leaves out what is seen on the issue: a forge's lists may lag behind it for some seconds.
#[must_use]
pub fn lags(history: &[Change], incident: &Incident, issue: &Issue, project: &Project) -> bool {
    if incident.opened.is_none() {
        return false;
    }
    let last = |about: &dyn Fn(&Changed) -> Option<bool>| history.iter().rev().find_map(|change| about(&change.what));
    let label = |name: &String| {
        last(&|what| match what {
            Changed::LabelAdded(one) if project.spelled(one) == *name => Some(true),
            Changed::LabelRemoved(one) if project.spelled(one) == *name => Some(false),
            _ => None,
        })
    };
    let assigned = |id: u64| {
        last(&|what| match what {
            Changed::Assigned(who) if who.id == id => Some(true),
            Changed::Unassigned(who) if who.id == id => Some(false),
            _ => None,
        })
    };
    let open = || {
        last(&|what| match what {
            Changed::Closed => Some(false),
            Changed::Reopened => Some(true),
            _ => None,
        })
    };
    let (now, known) = (spelled(issue, project), &incident.labels);
    let ids = |all: &mut dyn Iterator<Item = &Account>| all.map(|who| who.id).collect::<BTreeSet<u64>>();
    let (assignees, before) = (ids(&mut issue.assignees.iter()), ids(&mut incident.assignees.iter()));
    now.symmetric_difference(known).any(|name| label(name) != Some(now.contains(name)))
        || assignees.symmetric_difference(&before).any(|id| assigned(*id) != Some(assignees.contains(id)))
        || (issue.open != incident.open && open() != Some(issue.open))
        || forge_severity::lags(history, incident, issue)
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

impl<'a> Notice<'a> {
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
        let mut told: Vec<_> = audience::noticed(self.incident, self.seen, opened, turned).into_iter().collect();
        if self.first && self.seen.issue.confidential == Some(true) {
            told.extend(audience::past(self.seen, opened, |by| self.doer(by)));
        }
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

    fn fields(&mut self) {
        let (seen, mut known) = (self.seen, self.incident.body.clone());
        for edit in self.new_edits() {
            if let Some(reading) = &edit.reading {
                self.turn_fields(&mut known, reading, edit.at.max(seen.issue.created_at), &edit.by);
            }
        }
        let newest = seen.edits.last().filter(|edit| edit.reading.as_ref() == Some(seen.reading));
        let (at, by) = newest
            .map(|edit| (edit.at, edit.by.clone()))
            .or_else(|| self.who(|what| matches!(what, Hinted::Edited), |_| false))
            .unwrap_or_else(|| self.unexplained());
        self.turn_fields(&mut known, seen.reading, at, &by);
    }

    /// The versions that the journal does not know. What an issue said before it became an incident counts only as it
    /// stood then.
    fn new_edits(&self) -> &'a [SeenEdit] {
        let edits = self.seen.edits;
        if !self.first {
            let known = edits.iter().take_while(|edit| Some(edit.at) <= self.incident.body_at).count();
            return edits.get(known..).unwrap_or_default();
        }
        let opened = self.became_incident().unwrap_or(self.seen.issue.created_at);
        let before = edits.iter().take_while(|edit| edit.at <= opened).count();
        edits.get(before.saturating_sub(1)..).unwrap_or_default()
    }

    fn turn_fields(&mut self, known: &mut BTreeMap<Field, Option<Value>>, reading: &Reading, at: Moment, by: &Actor) {
        for field in Field::ALL {
            let Some(what) = turned(field, known, reading) else { continue };
            match reading.fields.get(&field) {
                Some(read) => known.insert(field, read.value.clone()),
                None => known.remove(&field),
            };
            self.tell(at, by.clone(), what);
        }
    }

    fn labels(&mut self) {
        let now = spelled(self.seen.issue, self.seen.project);
        let added: Vec<String> = now.difference(&self.labels).cloned().collect();
        let removed: Vec<String> = self.labels.difference(&now).cloned().collect();
        for label in added {
            let who = self.who(
                |what| matches!(what, Hinted::LabelAdded { label: hinted } if self.spelled(hinted) == label),
                |what| matches!(what, Changed::LabelAdded(changed) if self.spelled(changed) == label),
            );
            let (at, by) = who.unwrap_or_else(|| self.unexplained());
            self.tell(at, by, What::LabelAdded { label });
        }
        for label in removed {
            let who = self.who(
                |what| matches!(what, Hinted::LabelRemoved { label: hinted } if self.spelled(hinted) == label),
                |what| matches!(what, Changed::LabelRemoved(changed) if self.spelled(changed) == label),
            );
            let (at, by) = who.unwrap_or_else(|| self.unexplained());
            self.tell(at, by, What::LabelRemoved { label });
        }
    }

    fn assignees(&mut self) {
        let now: BTreeSet<Account> = self.seen.issue.assignees.iter().cloned().collect();
        let known = &self.assignees;
        let assigned: Vec<Account> =
            now.iter().filter(|who| !known.iter().any(|one| one.id == who.id)).cloned().collect();
        let unassigned: Vec<Account> =
            known.iter().filter(|who| !now.iter().any(|one| one.id == who.id)).cloned().collect();
        for who in assigned {
            let by = self.who(
                |what| matches!(what, Hinted::Assigned { who: hinted } if hinted.id == who.id),
                |what| matches!(what, Changed::Assigned(changed) if changed.id == who.id),
            );
            let (at, by) = by.unwrap_or_else(|| self.unexplained());
            self.tell(at, by, What::Assigned { who });
        }
        for who in unassigned {
            let by = self.who(
                |what| matches!(what, Hinted::Unassigned { who: hinted } if hinted.id == who.id),
                |what| matches!(what, Changed::Unassigned(changed) if changed.id == who.id),
            );
            let (at, by) = by.unwrap_or_else(|| self.unexplained());
            self.tell(at, by, What::Unassigned { who });
        }
    }

    fn state(&mut self) {
        match (self.open, self.seen.issue.open) {
            (true, false) => self.closed(),
            (false, true) => self.reopened(),
            (true, true) if !self.first => self.interrupted(),
            (false, false) if !self.first && self.seen.issue.closed_at > self.closed_at => {
                self.reopened();
                self.closed();
            }
            _ => {}
        }
    }

    /// Deliveries may tell of a closing and a reopening between two looks at an open issue.
    fn interrupted(&mut self) {
        let hinted = |wanted: &Hinted| {
            let hint = self.seen.hints.iter().filter(|hint| hint.what == *wanted).max_by_key(|hint| hint.at)?;
            Some((hint.at, hint.by.as_ref().map_or(Actor::Somebody, |account| self.actor(account))))
        };
        let both = hinted(&Hinted::Closed).zip(hinted(&Hinted::Reopened));
        let Some(((closed, closed_by), (reopened, reopened_by))) = both else { return };
        if reopened < closed || Some(closed) <= self.turned_at.max(self.incident.opened) {
            return;
        }
        self.tell(closed, closed_by, What::Closed);
        self.tell(reopened, reopened_by, What::Reopened);
    }

    fn closed(&mut self) {
        let issue = self.seen.issue;
        let who = self.who(|what| matches!(what, Hinted::Closed), |what| matches!(what, Changed::Closed));
        let by = issue.closed_by.as_ref().map(|account| self.actor(account));
        let (at, actor) = who.unwrap_or_else(|| self.unexplained());
        self.tell(issue.closed_at.unwrap_or(at), by.unwrap_or(actor), What::Closed);
    }

    fn reopened(&mut self) {
        let who = self.who(|what| matches!(what, Hinted::Reopened), |what| matches!(what, Changed::Reopened));
        let (at, by) = who.unwrap_or_else(|| self.unexplained());
        let at = self.seen.issue.closed_at.map_or(at, |closed| at.min(closed));
        self.tell(at, by, What::Reopened);
    }

    fn comments(&mut self) {
        for comment in self.seen.comments {
            match &comment.author {
                Some(author) if self.is_bot(author) => self.own(comment),
                Some(author) => self.persons(comment, author),
                None => {}
            }
        }
    }

    /// A comment of this bot that the journal does not know was written just before a crash, or the journal is new.
    fn own(&mut self, comment: &SeenComment) {
        let Some((kind, key)) = &comment.marker else { return };
        let known = self.incident.reminders.iter().any(|reminder| reminder.key == *key && !reminder.gone)
            || self.incident.written.iter().any(|written| written.key == *key && !written.gone);
        if !known {
            let what = What::Wrote { key: key.clone(), kind: *kind, comment: comment.id, covers: keys::covers(key) };
            let url = Some(comment.url.clone());
            self.noticed.events.push(Event { at: comment.created_at, by: Actor::Bot, url, what });
            self.noticed.adopted.push((key.clone(), comment.id));
        }
        if key == keys::BOARD {
            self.boxes(comment);
        }
    }

    fn boxes(&mut self, comment: &SeenComment) {
        let (at, by) = self.editor(comment);
        for what in ticks(self.incident, self.seen.project, comment.id, &comment.boxes) {
            let url = Some(comment.url.clone());
            self.noticed.events.push(Event { at, by: by.clone(), url, what });
        }
    }

    /// Who last edited one of the bot's comments, and when: by a delivery, else somebody.
    fn editor(&self, comment: &SeenComment) -> (Moment, Actor) {
        let edits = self.seen.hints.iter().filter(|hint| hint.what == Hinted::CommentEdited { comment: comment.id });
        let persons = edits.filter_map(|hint| Some((hint.at, hint.by.as_ref().filter(|by| !self.is_bot(by))?)));
        let last = persons.max_by_key(|(at, _)| *at);
        last.map_or((comment.updated_at, Actor::Somebody), |(at, by)| (at, Actor::Person(by.clone())))
    }

    fn persons(&mut self, comment: &SeenComment, author: &Account) {
        let known = self.incident.comments.get(&comment.id).copied();
        let at = if known.is_none() { comment.created_at } else { comment.updated_at };
        if known.is_none() || (comment.sitrep && known == Some(false)) {
            let what = What::Commented { comment: comment.id, sitrep: comment.sitrep };
            let by = Actor::Person(author.clone());
            self.noticed.events.push(Event { at, by, url: Some(comment.url.clone()), what });
        }
        for spoken in &comment.spoken {
            let text = identity(spoken);
            let given = self.incident.given.iter().any(|given| given.comment == comment.id && given.text == text);
            let twice = |pending: &Pending| pending.comment == comment.id && identity(&pending.spoken) == text;
            if !given && !self.noticed.pending.iter().any(twice) {
                self.noticed.pending.push(Pending {
                    comment: comment.id,
                    by: author.clone(),
                    at: if comment.updated_at > comment.created_at { comment.updated_at } else { comment.created_at },
                    url: comment.url.clone(),
                    spoken: spoken.clone(),
                });
            }
        }
    }

    fn gone(&mut self) {
        let mut gone: BTreeSet<CommentId> = BTreeSet::new();
        for hint in self.seen.hints {
            if let Hinted::CommentDeleted { comment } = hint.what {
                gone.insert(comment);
            }
        }
        let present: BTreeSet<CommentId> = self.seen.comments.iter().map(|comment| comment.id).collect();
        // A list that lags behind the forge's own count proves nothing.
        let complete = u64::try_from(present.len()).unwrap_or(u64::MAX) >= self.seen.issue.comments;
        if self.seen.all_comments && complete {
            gone.extend(known_comments(self.incident).filter(|known| !present.contains(known)));
        }
        let known: BTreeSet<CommentId> = known_comments(self.incident).collect();
        for comment in gone.intersection(&known).copied().collect::<Vec<_>>() {
            if !present.contains(&comment) {
                self.tell(self.seen.issue.updated_at, Actor::Somebody, What::CommentGone { comment });
            }
        }
    }
}

/// Boxes of the board that are not as the bot wrote them, nor as the incident has them, were ticked by a person.
#[must_use]
pub fn ticks(incident: &Incident, project: &Project, board: CommentId, boxes: &[(String, bool)]) -> Vec<What> {
    let written = incident.written.iter().find(|written| written.comment == board);
    let turned = |(item, on): &&(String, bool)| {
        let shown = written.is_some_and(|written| written.boxes.contains(item));
        let known = item.starts_with(TASK) || project.process.items().any(|known| known.id == *item);
        known && *on != shown && *on != incident.is_ticked(item)
    };
    boxes.iter().filter(turned).map(|(item, on)| What::Ticked { item: item.clone(), on: *on }).collect()
}

/// Every comment that the journal believes to exist.
pub fn known_comments(incident: &Incident) -> impl Iterator<Item = CommentId> + '_ {
    incident
        .comments
        .keys()
        .copied()
        .chain(incident.reminders.iter().filter(|reminder| !reminder.gone).map(|reminder| reminder.comment))
        .chain(incident.written.iter().filter(|written| !written.gone).map(|written| written.comment))
}
