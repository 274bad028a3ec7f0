//! Plays stories side by side on one stage: the very program that `serve` runs, against the simulated forge, on the
//! virtual clock.
//!
//! What always holds, besides what each story says: once all are told, the program is killed and started again, and asks
//! for nothing anew; no comment of its own stands twice. Everything that does not hold is told at once.

use std::{collections::BTreeSet, panic::Location, path::Path};

use chrono::TimeDelta;
use hotwash::{
    cli::Program,
    config::DrillSettings,
    document::{Document, Source},
    domain::{
        event::Event,
        ids::{CommentId, IssueRef},
        snapshot::Visibility,
        time::Moment,
    },
    drill::{
        face::Kind,
        faults::Faults,
        model::{At, Close, Deed, Login, Outcome},
        script::{self, with_field},
        stage::Stage,
    },
    process,
};

use super::{
    memory::Memory,
    story::{Step, Story, What, report},
    thread::{PROJECT, Thread},
    times::literal,
};

/// Nothing new is said so long after the last restart.
const AFTERWARDS: TimeDelta = TimeDelta::minutes(1);

/// A project in which stories happen.
pub(super) struct Setting {
    process: String,
    lines: String,
    on: Kind,
}

impl Setting {
    /// A project that follows a shipped process. Each of its roles is played by somebody of that name: `leads` by `@leads`.
    pub(super) fn new(process: &str, on: Kind) -> Self {
        Self { process: process.to_owned(), lines: String::new(), on }
    }

    /// With one more line in its settings.
    pub(super) fn with(mut self, line: &str) -> Self {
        self.lines.extend([line, "\n"]);
        self
    }

    /// Plays stories, all at the same time, each on an issue of its own.
    #[track_caller]
    pub(super) fn plays<const N: usize>(self, stories: [Story; N]) {
        let place = Location::caller();
        let first = stories.iter().filter_map(|story| story.steps.first()).map(|step| step.at).min();
        let text = self.script(first.expect("something happens") - TimeDelta::minutes(1));
        let source = Source::read(&text);
        let document = Document::parse(&source, "scenario.toml");
        let settings = DrillSettings::read(&document.root().sub("project").unwrap(), Path::new(""));
        let program = Program::new(settings.unwrap_or_else(|| panic!("{:?}\n{text}", document.problems())));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut reader = |table: &hotwash::document::Table<'_>| {
                DrillSettings::read(table, Path::new(""))?.project().cloned().map(Into::into)
            };
            let script = script::read(&text, "scenario.toml", &mut reader);
            let script = script.unwrap_or_else(|problems| panic!("{problems:?}\n{text}")).on(self.on);
            let stage = Stage::set(&script, &program, Faults::new(0)).await.unwrap();
            let names = stories.iter().map(|story| story.name).collect();
            let (wrong, failed) = (Vec::new(), BTreeSet::new());
            let memories = (0..N).map(|_| Memory::default()).collect();
            let play =
                Play { stage, on: self.on, numbers: vec![0; N], memories, heard: 0, names, wrong, failed, place };
            play.through(agenda(stories)).await;
        });
    }

    fn script(&self, start: Moment) -> String {
        let (name, lines) = (&self.process, &self.lines);
        let process = process::read(process::shipped(name).unwrap(), name).unwrap();
        let roles: Vec<String> = process
            .roles
            .iter()
            .map(|role| {
                format!(
                    "{0} = \"@{0}\"
",
                    role.id
                )
            })
            .collect();
        let roles = roles.concat();
        format!(
            "title = \"A scenario\"\nstart = \"{}\"\n[project]\nprocess = \"{name}\"\ntimezone = \"UTC\"\n{lines}\
             [project.limits]\nsweep_every = \"4h\"\nreminders_per_hour = 30\n[project.roles]\n{roles}\
             [people]\nerin = \"write\"\nbob = \"write\"\ncarol = \"write\"\ndave = \"write\"\nmallory = \"read\"\n\
             [[step]]\nafter = \"1m\"\nnote = \"what happens is up to the stories\"\n",
            start.format("%Y-%m-%d %H:%M")
        )
    }
}

/// How the program names an issue.
fn reference(on: Kind, number: u64) -> IssueRef {
    IssueRef::new(on.name(), PROJECT, number)
}

/// Every step of every story in the order of time; of one minute, looks come last.
fn agenda<const N: usize>(stories: [Story; N]) -> Vec<(usize, Step)> {
    let numbered = stories.into_iter().enumerate();
    let mut all: Vec<(usize, Step)> =
        numbered.flat_map(|(nth, story)| story.steps.into_iter().map(move |step| (nth, step))).collect();
    all.sort_by_key(|(_, step)| step.at);
    all
}

struct Play<'p> {
    stage: Stage<'p>,
    on: Kind,
    /// The number of each story's issue; 0 until it is filed.
    numbers: Vec<u64>,
    /// What the program said on each, and took back.
    memories: Vec<Memory>,
    /// How many things had happened on the forge when it was last listened to.
    heard: u64,
    names: Vec<&'static str>,
    /// Every look that found something else, and the stories in which that was.
    wrong: Vec<String>,
    failed: BTreeSet<usize>,
    place: &'static Location<'static>,
}

impl Play<'_> {
    async fn through(mut self, agenda: Vec<(usize, Step)>) {
        for (nth, step) in agenda {
            self.until(step.at).await;
            match &step.what {
                What::Looks(look) => self.look(nth, &step, look.as_ref()).await,
                _ => self.act(nth, &step).await,
            }
        }
        self.restart().await;
        for nth in 0..self.numbers.len() {
            self.recall(nth).await;
        }
        self.stage.strike().await.unwrap();
        let threads: Vec<String> = self.failed.iter().map(|nth| self.thread(*nth).told()).collect();
        assert!(self.wrong.is_empty(), "{}\n{}", self.wrong.join("\n"), threads.join("\n"));
    }

    /// What was said is not said again.
    async fn restart(&mut self) {
        let before = self.asked().await;
        self.stage.kill().await.unwrap();
        self.stage.start().await.unwrap();
        self.until(self.stage.now() + AFTERWARDS).await;
        let after = self.asked().await;
        for nth in 0..self.numbers.len() {
            if before[nth] != after[nth] {
                let why = format!("asked for {} things, and after a restart for {}", before[nth], after[nth]);
                self.fails(nth, &why);
            }
            let doubled = self.thread(nth).doubled().join(", ");
            if !doubled.is_empty() {
                self.fails(nth, &format!("said twice: {doubled}"));
            }
        }
    }

    fn fails(&mut self, nth: usize, why: &str) {
        self.wrong.push(format!("{}: {}: {why}", self.place, self.names[nth]));
        self.failed.insert(nth);
    }

    async fn until(&mut self, at: Moment) {
        while self.stage.towards(at).await.unwrap() {
            self.listen();
        }
    }

    /// Keeps what is said in mind, because it may be taken back.
    fn listen(&mut self) {
        let (numbers, memories, keys, on) = (&self.numbers, &mut self.memories, self.stage.marker_keys(), self.on);
        let heard = &mut self.heard;
        self.stage.look(|world| {
            // Most leaps of the clock bring nothing new.
            if std::mem::replace(heard, world.serial()) == world.serial() {
                return;
            }
            for (number, memory) in numbers.iter().zip(memories).filter(|(number, _)| **number > 0) {
                memory.listen(world, &reference(on, *number), &keys);
            }
        });
    }

    /// Asks the program what it took back, where something is gone.
    async fn recall(&mut self, nth: usize) {
        let memory = &mut self.memories[nth];
        if self.stage.look(|world| memory.misses(world)) {
            let store = self.stage.store().expect("the program runs");
            let journal = store.journal(&reference(self.on, self.numbers[nth])).await.unwrap();
            let events: Vec<Event> = journal.into_iter().map(|entry| entry.event).collect();
            self.stage.look(|world| memory.recall(world, &events));
        }
    }

    fn thread(&self, nth: usize) -> Thread {
        let (keys, reference) = (self.stage.marker_keys(), reference(self.on, self.numbers[nth]));
        let found = self.stage.look(|world| Thread::of(world, &reference, &keys, &self.memories[nth]));
        found.expect("it was filed")
    }

    /// How many comments ask for something, on each issue.
    async fn asked(&mut self) -> Vec<usize> {
        let mut asked = Vec::new();
        for nth in 0..self.numbers.len() {
            self.recall(nth).await;
            asked.push(self.thread(nth).asked());
        }
        asked
    }

    async fn look(&mut self, nth: usize, step: &Step, look: &dyn Fn(&Thread) -> Result<(), String>) {
        self.recall(nth).await;
        if let Err(why) = look(&self.thread(nth)) {
            self.wrong.push(format!("{}: {}, at {}: {why}", step.place, self.names[nth], literal(step.at)));
            self.failed.insert(nth);
        }
    }

    async fn act(&mut self, nth: usize, step: &Step) {
        let (by, deed) = (Login::new(step.by), self.deed(nth, step));
        let by = if matches!(step.what, What::Publishes(_)) { self.stage.owner().clone() } else { by };
        let done = self.stage.perform(&by, deed).unwrap_or_else(|why| panic!("{}: {why}", step.place));
        if let (What::Files(_), Outcome::Issue(id)) = (&step.what, done) {
            self.numbers[nth] = self.stage.look(|world| world.issue_by_id(id).unwrap().number);
        }
        self.stage.settle().await.unwrap();
        self.listen();
    }

    fn deed(&self, nth: usize, step: &Step) -> Deed {
        let at = At::new(PROJECT, self.numbers[nth]);
        match &step.what {
            What::Files(fields) => Deed::File {
                project: PROJECT.to_owned(),
                title: "Odd logins".to_owned(),
                body: Some(report(self.on, fields)),
                // On GitLab, a quick action at the end of the template puts it on, and another hides the issue.
                labels: if self.on == Kind::Github { vec!["incident".to_owned()] } else { Vec::new() },
                assignees: Vec::new(),
                confidential: false,
            },
            What::Comments(text) => Deed::Comment { at, body: text.clone() },
            What::Labels(label) => Deed::Label { at, names: vec![label.clone()] },
            What::Edits { field, value } => {
                let body = self.stage.look(|world| world.issue(PROJECT, at.number).unwrap().body.clone().unwrap());
                Deed::Edit { at, title: None, body: Some(with_field(&body, field, value)) }
            }
            What::Ticks(item) => self.tick(nth, item),
            What::Closes => Deed::Close { at, reason: Close::Completed },
            What::Reopens => Deed::Reopen { at },
            What::Publishes(public) if self.on == Kind::Gitlab => Deed::SetConfidential { at, confidential: !public },
            What::Publishes(public) => {
                let visibility = if *public { Visibility::Public } else { Visibility::Private };
                Deed::SetVisibility { project: PROJECT.to_owned(), visibility }
            }
            What::Looks(_) => unreachable!("a look does nothing"),
        }
    }

    /// Somebody ticks a box: the forge writes the board's text anew.
    fn tick(&self, nth: usize, item: &str) -> Deed {
        let (id, body) = self.board(nth);
        let line = body.lines().find(|line| line.starts_with("- [ ]") && line.contains(&format!("`{item}`")));
        let line = line.unwrap_or_else(|| panic!("{item} has no box to tick\n{body}"));
        Deed::EditComment { id, body: body.replace(line, &line.replacen("[ ]", "[x]", 1)) }
    }

    fn board(&self, nth: usize) -> (CommentId, String) {
        let number = self.numbers[nth];
        let found = self.stage.look(|world| {
            let issue = world.issue(PROJECT, number).unwrap();
            let board = world.comments(issue.id).find(|comment| comment.body.contains("<!-- hotwash:board "));
            board.map(|comment| (comment.id, comment.body.clone()))
        });
        found.expect("there is a board")
    }
}
