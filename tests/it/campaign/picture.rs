//! What people see in the end, and what the program holds to be true: the picture in which a disturbed history must
//! equal the undisturbed one.
//!
//! Left out, because it may differ without anybody being told anything else:
//! - numbers of comments (they stand for their places), and the order in which the program's comments were posted;
//! - the text of reminders that are folded away (that they are, is in the picture; on GitLab, they are deleted), and
//!   whether one that is open says `Due` or `Overdue since`, which tells how late it came;
//! - in the report, when the program itself posted something, and hence where such a line stands in the timeline; how
//!   many entries the journal has and their digest: what was noticed in which look is in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use hotwash::{
    domain::{
        event::{DutyState, Event, What},
        ids::{CommentId, IssueRef},
        message::MessageKind,
        time::Moment,
    },
    drill::{
        model::{Comment, Issue, Target, World},
        script::Script,
        stage::Stage,
    },
    text::marker::{self, Marker, MarkerKey},
};

use super::witness::Witness;

/// One comment of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) kind: MessageKind,
    pub(super) folded: bool,
    pub(super) text: String,
}

/// One issue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Picture {
    pub(super) open: bool,
    pub(super) confidential: bool,
    pub(super) labels: BTreeSet<String>,
    pub(super) assignees: BTreeSet<String>,
    /// By marker key; a second one under a key is `key (again)`.
    pub(super) said: BTreeMap<String, Said>,
    /// What people said stands as they said it.
    pub(super) by_people: Vec<String>,
    /// On whose comment the program put which reaction.
    pub(super) reactions: BTreeSet<String>,
    /// By duty and due moment.
    pub(super) duties: BTreeMap<(String, Moment), DutyState>,
}

/// What the stage shows of every issue, what was shown before, and what the program knows of it.
pub(super) async fn pictures(stage: &Stage<'_>, script: &Script, witness: &Witness) -> Result<Vec<Picture>, String> {
    let path = &script.project.path;
    let numbers: Vec<u64> = stage.look(|world| {
        let project = world.project(path).expect("the project is there");
        world.issues(project.id).map(|issue| issue.number).collect()
    });
    let store = stage.store().ok_or("the program does not run")?;
    let mut pictures = Vec::new();
    for number in numbers {
        let issue = IssueRef::new(script.forge.name(), path, number);
        let journal = store.journal(&issue).await.map_err(|error| error.to_string())?;
        let events: Vec<Event> = journal.into_iter().map(|entry| entry.event).collect();
        let keys = stage.marker_keys();
        pictures
            .push(stage.look(|world| Easel { world, witness, bot: &script.bot, keys: &keys }.picture(&issue, &events)));
    }
    Ok(pictures)
}

/// What is at hand while a picture is drawn.
struct Easel<'e> {
    world: &'e World,
    witness: &'e Witness,
    bot: &'e str,
    keys: &'e [MarkerKey],
}

impl Easel<'_> {
    fn picture(&self, reference: &IssueRef, events: &[Event]) -> Picture {
        let world = self.world;
        let issue = world.issue(&reference.project, reference.number).expect("it was listed");
        let gone = self.witness.gone(world, issue);
        let names = self.names(issue, &gone, reference);
        let mut picture = Picture {
            open: issue.open,
            confidential: issue.confidential,
            labels: issue.labels.iter().cloned().collect(),
            assignees: issue.assignees.iter().map(|id| login(world, *id)).collect(),
            ..Picture::default()
        };
        for comment in world.comments(issue.id) {
            let name = &names[&comment.id];
            let reactions = world.reactions(Target::Comment(comment.id));
            for reaction in reactions.filter(|it| login(world, it.by) == self.bot) {
                picture.reactions.insert(format!("{} on {name}", reaction.content));
            }
            match self.marker(comment, reference) {
                Some(marker) => picture.add(&with_places(&marker.key, &names), said(comment, marker.kind, &names)),
                None => picture.by_people.push(format!("{name}: {}", comment.body)),
            }
        }
        for comment in gone {
            match self.marker(comment, reference) {
                Some(Marker { kind, key }) => {
                    let said = Said { kind, folded: true, text: String::new() };
                    picture.add(&with_places(&key, &names), said);
                }
                None => picture.by_people.push(format!("{} (deleted): {}", names[&comment.id], comment.body)),
            }
        }
        for event in events {
            if let What::Duty { occurrence, state, .. } = &event.what {
                picture.duties.insert((occurrence.duty.clone(), occurrence.due), *state);
            }
        }
        picture
    }

    /// The mark of one of the program's own comments.
    fn marker(&self, comment: &Comment, issue: &IssueRef) -> Option<Marker> {
        let own = login(self.world, comment.author) == self.bot;
        marker::read(&comment.body, issue, self.keys).filter(|_| own)
    }

    /// Every comment's place, in words that are the same in every run.
    fn names(&self, issue: &Issue, gone: &[&Comment], reference: &IssueRef) -> BTreeMap<CommentId, String> {
        let mut counted: BTreeMap<String, usize> = BTreeMap::new();
        let name = |comment: &Comment| {
            let who = login(self.world, comment.author);
            let nth = counted.entry(who.clone()).or_default();
            *nth += 1;
            let marker = self.marker(comment, reference);
            (comment.id, marker.map_or_else(|| format!("{who}-{nth}"), |marker| marker.key))
        };
        let all = self.world.comments(issue.id).chain(gone.iter().copied());
        let names: BTreeMap<CommentId, String> = all.map(name).collect();
        let placed = names.iter().map(|(id, name)| (*id, with_places(name, &names)));
        placed.collect()
    }
}

impl Picture {
    fn add(&mut self, key: &str, said: Said) {
        let again = self.said.contains_key(key);
        self.said.insert(if again { format!("{key} (again)") } else { key.to_owned() }, said);
    }
}

/// A key with the place of a comment instead of its number: `sitrep/bob-3.1`.
fn with_places(key: &str, names: &BTreeMap<CommentId, String>) -> String {
    let place = || {
        let (kind, rest) = key.split_once('/')?;
        let (id, nth) = rest.split_once('.')?;
        let name = names.get(&CommentId(id.parse().ok()?))?;
        Some(format!("{kind}/{name}.{nth}"))
    };
    place().unwrap_or_else(|| key.to_owned())
}

fn login(world: &World, id: hotwash::drill::model::UserId) -> String {
    world.user_by_id(id).map_or_else(String::new, |user| user.login.as_str().to_owned())
}

fn said(comment: &Comment, kind: MessageKind, names: &BTreeMap<CommentId, String>) -> Said {
    let reminds = matches!(kind, MessageKind::Reminder | MessageKind::CatchUp);
    // Where a comment cannot be folded, its text is cut down to one line.
    let folded = comment.minimised.is_some() || (reminds && comment.edits.len() > 1);
    let text = if reminds && folded { String::new() } else { comparable(&comment.body, names) };
    Said { kind, folded, text }
}

/// The text as it is compared.
fn comparable(body: &str, names: &BTreeMap<CommentId, String>) -> String {
    let mut text = body.to_owned();
    // Backwards, so that no number is taken for the beginning of a longer one.
    for (id, name) in names.iter().rev() {
        for anchor in ["#issuecomment-", "#note_"] {
            text = text.replace(&format!("{anchor}{id}"), &format!("{anchor}({name})"));
        }
    }
    let lines = text.lines().filter(|line| !line.starts_with("<!-- hotwash:")).map(|line| {
        let line = line.replace("Overdue since ", "Due ");
        match (line.starts_with("Journal: "), line.split_once("Process: ")) {
            (true, Some((_, rest))) => format!("Journal: (not compared). Process: {rest}"),
            _ => line,
        }
    });
    let (mut own, others): (Vec<String>, Vec<String>) = lines.partition(|line| own_doing(line).is_some());
    own.sort_by_key(|line| own_doing(line).map(str::to_owned));
    let own = own.iter().filter_map(|line| own_doing(line)).map(|line| format!("{OWN} {line}"));
    others.into_iter().chain(own).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// What a line of the timeline begins with that tells what the program itself did.
pub(super) const OWN: &str = "- (moment not compared) `Hotwash`";

/// The rest of such a line.
fn own_doing(line: &str) -> Option<&str> {
    if line.starts_with("- ") { line.split_once(") `Hotwash` ").map(|(_, rest)| rest) } else { None }
}

/// What differs, in words; empty where nothing does.
pub(super) fn differences(expected: &Picture, found: &Picture) -> String {
    let mut text = String::new();
    let mut differs = |what: &str, expected: String, found: String| {
        if expected != found {
            let _ = writeln!(text, "{what}:\n  expected: {expected}\n  found:    {found}");
        }
    };
    differs("open", expected.open.to_string(), found.open.to_string());
    differs("confidential", expected.confidential.to_string(), found.confidential.to_string());
    differs("labels", format!("{:?}", expected.labels), format!("{:?}", found.labels));
    differs("assignees", format!("{:?}", expected.assignees), format!("{:?}", found.assignees));
    differs("reactions", format!("{:?}", expected.reactions), format!("{:?}", found.reactions));
    differs("comments by people", format!("{:#?}", expected.by_people), format!("{:#?}", found.by_people));
    let duties: BTreeSet<_> = expected.duties.keys().chain(found.duties.keys()).collect();
    for duty in duties {
        let state = |of: &Picture| of.duties.get(duty).map_or_else(|| "-".to_owned(), |state| format!("{state:?}"));
        differs(&format!("duty {} of {}", duty.0, duty.1), state(expected), state(found));
    }
    let keys: BTreeSet<_> = expected.said.keys().chain(found.said.keys()).collect();
    for key in keys {
        match (expected.said.get(key), found.said.get(key)) {
            (Some(one), Some(other)) => {
                differs(&format!("comment {key}, folded"), one.folded.to_string(), other.folded.to_string());
                let (one, other) = unlike(&one.text, &other.text);
                differs(&format!("comment {key}"), one, other);
            }
            (one, other) => {
                let there = |it: Option<&Said>| it.map_or("absent", |_| "there").to_owned();
                differs(&format!("comment {key}"), there(one), there(other));
            }
        }
    }
    text
}

/// The lines that one of the two has more often, or where they part if it has none.
fn unlike(one: &str, other: &str) -> (String, String) {
    if one == other {
        return (String::new(), String::new());
    }
    let only = |in_this: &str, not_in: &str| {
        let mut there: Vec<&str> = not_in.lines().collect();
        let mut more = Vec::new();
        for line in in_this.lines() {
            match there.iter().position(|other| *other == line) {
                Some(at) => _ = there.swap_remove(at),
                None => more.push(line),
            }
        }
        let parts = || in_this.lines().zip(not_in.lines()).find(|(one, other)| one != other);
        match (more.is_empty(), parts()) {
            (true, Some((line, _))) => format!("(no other lines; they part at) {line}"),
            (true, None) => "(no other lines)".to_owned(),
            (false, _) => more.join("\n            "),
        }
    };
    (only(one, other), only(other, one))
}
