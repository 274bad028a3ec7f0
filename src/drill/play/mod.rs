//! Plays a script on the stage and tells an audience what happens.
//!
//! What always holds: steps happen in their order at their moments; expectations are looked at when the script says so,
//! after everything due by then was done; a comment of the program that stands twice is always a failure. What is
//! deliberately not here: how it looks (`page`, `plainly`), and what the machinery under it does (`stage`).

mod deeds; // steps as deeds on the forge
mod filings; // issues that the program files
mod judge; // whether an expectation holds
pub mod page; // for people at a terminal
pub mod plainly; // for programs
pub mod readable; // Markdown for a terminal
mod told; // what a spectator is told
mod watch; // what is new in an issue
mod words; // what happened, in words
mod wrap; // words in lines, cells in columns

use std::{collections::BTreeMap, time::Duration};

pub use told::{Audience, Line, Tally, Told, Verdict, What};

use self::{filings::Filings, judge::Evidence, watch::Watch};
use super::{
    faults::Faults,
    model::{Issue, World},
    script::{Act, Expectation, Script, Step},
    service::Service,
    stage::{Stage, Trouble},
};
use crate::domain::{
    event::Event,
    ids::{CommentId, IssueRef},
    message::MessageKind,
    time::{Moment, lasting},
};

/// How fast a play goes, in real time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As fast as it can.
    AtOnce,
    /// In about this long.
    About(Duration),
}

impl Pace {
    /// Where nobody is in a hurry: about a minute.
    pub const UNHURRIED: Self = Self::About(Duration::from_mins(1));

    /// The pauses in real time before each step of a script and after each line that is told of it.
    #[must_use]
    pub fn rests(self, script: &Script) -> (Duration, Duration) {
        let Self::About(whole) = self else { return (Duration::ZERO, Duration::ZERO) };
        let steps = u32::try_from(script.steps.len().max(1)).unwrap_or(u32::MAX);
        // A step brings three or four lines.
        (whole * 3 / 5 / steps, whole / 10 / steps)
    }
}

/// Plays a script from its start to its end.
///
/// # Errors
/// Where the play cannot go on. Expectations that fail are no error: the tally counts them.
pub async fn play(
    script: &Script,
    service: &dyn Service,
    audience: &mut dyn Audience,
    pace: Pace,
) -> Result<Tally, Trouble> {
    let stage = Stage::set(script, service, Faults::new(u64::from(script.seed))).await?;
    let mut play = Play {
        script,
        stage,
        audience,
        rest: pace.rests(script),
        watches: Vec::new(),
        filings: Filings::new(&script.project.path, &script.bot),
        named: BTreeMap::new(),
        journals: BTreeMap::new(),
        held: 0,
        failed: 0,
    };
    let played = play.through().await;
    let struck = play.stage.strike().await;
    let tally = played?;
    struck?;
    Ok(tally)
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cue {
    Act,
    Look,
    Up,
}

struct Play<'p> {
    script: &'p Script,
    stage: Stage<'p>,
    audience: &'p mut dyn Audience,
    /// Real time between two steps, and after a line.
    rest: (Duration, Duration),
    /// The issues in the order of their filing.
    watches: Vec<Watch>,
    filings: Filings,
    /// Comments that the script gave names to.
    named: BTreeMap<String, CommentId>,
    /// What the program knew of each issue when it last ran.
    journals: BTreeMap<IssueRef, Vec<Event>>,
    held: usize,
    failed: usize,
}

impl Play<'_> {
    async fn through(&mut self) -> Result<Tally, Trouble> {
        let script = self.script;
        for (at, nth, cue) in agenda(script) {
            self.until(at).await?;
            let Some(step) = script.steps.get(nth) else { continue };
            match cue {
                Cue::Act => self.act(step).await?,
                Cue::Look => self.look(&step.expect).await?,
                Cue::Up => self.up().await?,
            }
        }
        self.until(script.end).await?;
        self.look(&script.at_end).await?;
        self.look_for_doubles();
        self.report();
        let tally = self.tally();
        self.audience.hears(&Told::End(tally.clone()));
        Ok(tally)
    }

    /// Lets time pass, and tells what happens meanwhile.
    async fn until(&mut self, at: Moment) -> Result<(), Trouble> {
        self.observe().await;
        while self.stage.towards(at).await? {
            self.observe().await;
        }
        self.observe().await;
        Ok(())
    }

    async fn observe(&mut self) {
        let (watches, filings, now) = (&mut self.watches, &mut self.filings, self.stage.now());
        let mut news: Vec<Line> = self.stage.look(|world| {
            let told = watches.iter_mut().flat_map(|watch| watch.news(world, now)).collect::<Vec<_>>();
            told.into_iter().chain(filings.news(world)).collect()
        });
        news.sort_by_key(|line| line.at);
        for line in news {
            self.tell(line).await;
        }
    }

    async fn tell(&mut self, line: Line) {
        self.audience.hears(&Told::Line(line));
        self.rest(self.rest.1).await;
    }

    /// Real time in which somebody can read.
    async fn rest(&self, span: Duration) {
        if !span.is_zero() {
            tokio::time::sleep(span).await;
        }
    }

    async fn act(&mut self, step: &Step) -> Result<(), Trouble> {
        self.rest(self.rest.0).await;
        if let Some(note) = &step.note {
            self.audience.hears(&Told::Note(self.stage.now(), note.clone()));
        }
        match &step.act {
            None => Ok(()),
            Some(Act::Down(span)) => {
                self.stage.settle().await?;
                self.remember().await?;
                self.stage.kill().await?;
                self.befell(format!("Hotwash is down from here, for {}", lasting(*span))).await;
                Ok(())
            }
            Some(Act::Jump(span)) => {
                let to = self.stage.now() + *span;
                self.befell(format!("the machine is suspended for {}", lasting(*span))).await;
                self.stage.leap(to).await
            }
            Some(Act::Weather(weather)) => {
                let words = deeds::weather(self.stage.forge().faults(), weather);
                self.befell(words).await;
                Ok(())
            }
            Some(act) => {
                self.deed(step, act).await;
                self.stage.settle().await?;
                self.observe().await;
                Ok(())
            }
        }
    }

    async fn up(&mut self) -> Result<(), Trouble> {
        self.befell("Hotwash is back".to_owned()).await;
        self.stage.start().await?;
        Ok(())
    }

    async fn befell(&mut self, what: String) {
        let line = Line { at: self.stage.now(), who: String::new(), own: false, issue: 0, what: What::Befell(what) };
        self.tell(line).await;
    }

    async fn look(&mut self, expectations: &[Expectation]) -> Result<(), Trouble> {
        if expectations.is_empty() {
            return Ok(());
        }
        self.stage.settle().await?;
        self.observe().await;
        self.remember().await?;
        for expectation in expectations {
            let watch = self.watches.get(expectation.issue);
            let journal = watch.and_then(|watch| self.journals.get(&watch.issue)).map_or(&[][..], Vec::as_slice);
            let verdict = self.stage.look(|world| {
                let (zone, at) = (self.script.project.zone, self.stage.now());
                let evidence = Evidence { world, watch, journal, bot: &self.script.bot, zone, at };
                judge::verdict(expectation, &evidence)
            });
            self.looked(verdict);
        }
        Ok(())
    }

    fn looked(&mut self, verdict: Verdict) {
        match verdict.found {
            None => self.held += 1,
            Some(_) => self.failed += 1,
        }
        self.audience.hears(&Told::Looked(verdict));
    }

    /// Reads what the program knows, while it can be asked.
    async fn remember(&mut self) -> Result<(), Trouble> {
        let Some(store) = self.stage.store() else { return Ok(()) };
        for watch in &self.watches {
            let entries = store.journal(&watch.issue).await;
            let entries = entries.map_err(|error| super::service::Broken(error.to_string()))?;
            self.journals.insert(watch.issue.clone(), entries.into_iter().map(|entry| entry.event).collect());
        }
        Ok(())
    }

    fn look_for_doubles(&mut self) {
        let watches = &self.watches;
        let doubled: Vec<String> =
            self.stage.look(|world| watches.iter().flat_map(|watch| judge::doubled(watch, world)).collect());
        let found = (!doubled.is_empty()).then(|| doubled.join(", "));
        let expected = "nothing was said twice".to_owned();
        self.looked(Verdict { line: 0, at: self.stage.now(), expected, found });
    }

    fn report(&mut self) {
        let reports: Vec<String> =
            self.stage.look(|world| self.watches.iter().filter_map(|it| newest(it, world)).collect());
        for report in reports {
            self.audience.hears(&Told::Report(report));
        }
    }

    fn tally(&self) -> Tally {
        let count = |own: bool| -> usize {
            let of = |world: &World, watch: &Watch| {
                let issue = issue(world, watch);
                issue.map_or(0, |issue| {
                    let by_bot = |by| watch::login(world, by).eq_ignore_ascii_case(&self.script.bot);
                    world.comments(issue.id).filter(|comment| by_bot(comment.author) == own).count()
                })
            };
            self.stage.look(|world| self.watches.iter().map(|watch| of(world, watch)).sum())
        };
        Tally {
            at: self.stage.now(),
            lasted: lasting(self.stage.now() - self.script.start),
            comments: count(false),
            own: count(true),
            held: self.held,
            failed: self.failed,
            jumps: self.stage.jumps(),
            faults: self.stage.forge().faults().met().len(),
        }
    }
}

fn issue<'w>(world: &'w World, watch: &Watch) -> Option<&'w Issue> {
    world.issue(&watch.issue.project, watch.issue.number)
}

/// The newest report on an issue, all its pages.
fn newest(watch: &Watch, world: &World) -> Option<String> {
    let written = watch.written(world, issue(world, watch)?);
    let reports = written.iter().filter(|(marker, _)| marker.kind == MessageKind::Retrospective);
    let key = reports.clone().next_back()?.0.key.split('#').next()?.to_owned();
    let pages = reports.filter(|(marker, _)| marker.key.split('#').next() == Some(&key));
    Some(pages.map(|(_, comment)| comment.body.as_str()).collect::<Vec<_>>().join("\n\n"))
}

/// Acts, looks and restarts, in the order in which they come.
fn agenda(script: &Script) -> Vec<(Moment, usize, Cue)> {
    let mut agenda = Vec::new();
    for (nth, step) in script.steps.iter().enumerate() {
        agenda.push((step.at, nth, Cue::Act));
        if !step.expect.is_empty() {
            agenda.push((step.look_at, nth, Cue::Look));
        }
        if let Some(Act::Down(span)) = step.act {
            agenda.push((step.at + span, nth, Cue::Up));
        }
    }
    agenda.sort_unstable();
    agenda
}
