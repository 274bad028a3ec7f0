//! An issue as people see it: its labels, its state, and what stands in its thread.

use hotwash::{
    domain::{
        event::Occurrence,
        ids::{CommentId, IssueRef},
        message::MessageKind,
        time::Moment,
    },
    drill::{
        model::{Comment, Event, Issue, Target, World},
        play::readable::is_unseen,
    },
    plan::keys,
    text::{
        boxes,
        marker::{self, MarkerKey},
    },
};

use super::{memory::Memory, times::literal};

/// The project of all stories.
pub(super) const PROJECT: &str = "acme/incidents";

/// The program's login.
pub(super) const BOT: &str = "hotwash-bot";

/// An issue at some moment.
pub(super) struct Thread {
    pub(super) labels: Vec<String>,
    pub(super) open: bool,
    /// Labels that the program put on so far, each as often as it did.
    pub(super) put_on: Vec<String>,
    pub(super) said: Vec<Said>,
}

/// A comment.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) id: CommentId,
    pub(super) at: Moment,
    pub(super) by: String,
    /// For one of the program's own: which kind, and its key.
    pub(super) mark: Option<(MessageKind, String)>,
    pub(super) body: String,
    /// Folded away, or deleted where nothing can be folded.
    pub(super) folded: bool,
    /// What the program reacted with.
    pub(super) reactions: Vec<String>,
}

impl Thread {
    /// As it is, with what was taken back in its place.
    pub(super) fn of(world: &World, reference: &IssueRef, keys: &[MarkerKey], memory: &Memory) -> Option<Self> {
        let issue = world.issue(PROJECT, reference.number)?;
        let mut said: Vec<Said> =
            world.comments(issue.id).map(|comment| Said::of(world, comment, reference, keys)).collect();
        said.extend(memory.taken_back(world));
        said.sort_by_key(|said| (said.at, said.id));
        let (labels, open) = (issue.labels.clone(), issue.open);
        Some(Self { labels, open, put_on: put_on(world, issue), said })
    }

    /// The program's comments of a kind, oldest first.
    pub(super) fn of_kind(&self, kind: &str) -> Vec<&Said> {
        self.said.iter().filter(|said| said.mark.as_ref().is_some_and(|(known, _)| known.name() == kind)).collect()
    }

    /// What the newest comment of a kind says, as people read it.
    pub(super) fn newest(&self, kind: &str) -> Option<String> {
        self.of_kind(kind).last().map(|said| read(&said.body))
    }

    /// The boxes on the board.
    pub(super) fn boxes(&self) -> Vec<(String, bool)> {
        self.of_kind("board").last().map(|board| boxes::read(&board.body)).unwrap_or_default()
    }

    /// The board's line about an item or a duty.
    pub(super) fn line(&self, id: &str) -> Option<String> {
        let board = self.of_kind("board").pop()?;
        board.body.lines().find(|line| line.contains(&format!("`{id}`"))).map(read)
    }

    /// Every comment that asks for a duty: a reminder, a step of its escalation, or a catch-up with it among others.
    pub(super) fn about(&self, duty: &str) -> Vec<&Said> {
        self.said.iter().filter(|said| said.covers().iter().any(|one| one.duty == duty)).collect()
    }

    /// When and to whom the thread spoke of a duty: `09:30 @bob`.
    pub(super) fn heard(&self, duty: &str) -> Vec<String> {
        let told = |said: &&Said| format!("{} {}", literal(said.at), said.called()).trim_end().to_owned();
        self.about(duty).iter().map(told).collect()
    }

    /// Keys that stand in the thread twice: there are never any.
    pub(super) fn doubled(&self) -> Vec<&str> {
        let mut keys: Vec<&str> =
            self.said.iter().filter_map(|said| said.mark.as_ref()).map(|(_, key)| key.as_str()).collect();
        keys.sort_unstable();
        let twice = keys.windows(2).filter(|pair| pair[0] == pair[1]);
        twice.map(|pair| pair[0]).collect()
    }

    /// How many comments ask for something.
    pub(super) fn asked(&self) -> usize {
        self.said.iter().filter(|said| !said.covers().is_empty()).count()
    }

    /// For whoever has to find out why a story failed.
    pub(super) fn told(&self) -> String {
        let mut told = format!("labels: {:?}, {}\n", self.labels, if self.open { "open" } else { "closed" });
        for said in &self.said {
            let key = said.mark.as_ref().map(|(_, key)| key.as_str()).unwrap_or_default();
            let folded = if said.folded { " (folded)" } else { "" };
            let head = format!("-- {} {} {key}{folded}\n", literal(said.at), said.by);
            told.extend([head.as_str(), said.body.trim(), "\n"]);
        }
        told
    }
}

impl Said {
    /// A comment that stands in the thread.
    pub(super) fn of(world: &World, comment: &Comment, issue: &IssueRef, keys: &[MarkerKey]) -> Self {
        let login = |user| world.user_by_id(user).map(|user| user.login.as_str().to_owned()).unwrap_or_default();
        let by = login(comment.author);
        let mark = if by == BOT { marker::read(&comment.body, issue, keys) } else { None };
        let reactions = world.reactions(Target::Comment(comment.id)).filter(|reaction| login(reaction.by) == BOT);
        Self {
            id: comment.id,
            at: comment.created_at,
            by,
            mark: mark.map(|mark| (mark.kind, mark.key)),
            body: comment.body.clone(),
            folded: comment.minimised.is_some(),
            reactions: reactions.map(|reaction| reaction.content.clone()).collect(),
        }
    }

    /// What it asks for.
    fn covers(&self) -> Vec<Occurrence> {
        self.mark.as_ref().map(|(_, key)| keys::covers(key)).unwrap_or_default()
    }

    /// Whom its first words call.
    fn called(&self) -> String {
        let first = self.body.lines().find(|line| line.starts_with("**") && !line.starts_with("**EXERCISE"));
        let tail = first.and_then(|line| line.rsplit_once("**")).map(|(_, tail)| tail).unwrap_or_default();
        tail.find('@').and_then(|at| tail.get(at..)).unwrap_or_default().trim().to_owned()
    }
}

fn put_on(world: &World, issue: &Issue) -> Vec<String> {
    let own = |by| world.user_by_id(by).is_some_and(|user| user.login.as_str() == BOT);
    let labelled =
        world.history(issue.id).iter().filter(|entry| own(entry.by)).filter_map(|entry| match &entry.event {
            Event::Labelled(label) => Some(label.name.clone()),
            _ => None,
        });
    labelled.collect()
}

/// Text as people read it: without emphasis, code marks, escapes, what is not seen, and line breaks.
pub(super) fn read(text: &str) -> String {
    let plain: String = text.replace("**", "").chars().filter(|c| !is_unseen(*c) && !matches!(c, '`' | '\\')).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
