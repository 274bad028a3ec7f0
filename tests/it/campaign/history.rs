//! One history: a story played from its start to its end, with everything that befalls it on the way.

use std::fs;

use chrono::TimeDelta;
use hotwash::{
    cli::Disk,
    domain::time::Moment,
    drill::{
        face::Kind,
        faults::{Faults, Switch, Which},
        model::{At, Close, Deed, Login, Outcome},
        script::{Act, Change, Ending, Script, Step, with_field},
        stage::{Stage, Trouble},
    },
};

use super::{
    ills::{COMMENTS, Ill, Ills},
    life::Mortal,
    picture::{Picture, pictures},
    shapes::Shape,
    witness::Witness,
};

/// After the last step, ills go on for this long; from then on, all is well.
const AFTERMATH: TimeDelta = TimeDelta::minutes(30);

/// No program takes longer to end in good order: the next sweep has come by then.
const A_WHILE: TimeDelta = TimeDelta::minutes(11);

/// How it ended, and what had befallen it.
#[derive(Debug, Clone)]
pub(super) struct Played {
    pub(super) forge: Kind,
    pub(super) pictures: Vec<Picture>,
    pub(super) befell: Befell,
}

/// What truly happened.
#[derive(Debug, Clone, Default)]
pub(super) struct Befell {
    /// Requests and deliveries that went wrong.
    pub(super) faults: usize,
    /// Lives that ended in the middle of something.
    pub(super) deaths: usize,
    /// Lives that ended between two things.
    pub(super) ends: usize,
    /// Leaps of a suspended machine.
    pub(super) leaps: usize,
    /// Databases lost.
    pub(super) databases: usize,
    /// Ends and beginnings, and when the program wrote what: for whoever has to find out what went wrong.
    pub(super) chronicle: Vec<String>,
}

impl Befell {
    pub(super) fn anything(&self) -> bool {
        self.faults + self.deaths + self.ends + self.leaps > 0
    }
}

/// Plays a story with its ills, on the program or (through `lie`) on one that has forgotten how to do its work.
pub(super) async fn play(shape: Shape, ills: &Ills, lie: Option<Disk>) -> Result<Played, String> {
    let (script, program) = shape.read();
    let mortal = Mortal::new(program, lie);
    let faults = Faults::new(ills.seed);
    faults.decided_by(mortal.fate());
    let mut deaths = ills.deaths.clone();
    deaths.reverse();
    let first = deaths.pop();
    mortal.foretell(first.map(|(death, _)| death));
    let stage = Stage::set(&script, &mortal, faults).await.map_err(in_words)?;
    let mut history = History {
        script: &script,
        mortal: &mortal,
        stage,
        deaths,
        gap: first.map_or(TimeDelta::zero(), |(_, gap)| gap),
        back_at: None,
        loses_database: ills.loses_database,
        witness: Witness::default(),
        befell: Befell::default(),
    };
    let played = history.through(ills).await;
    let struck = history.stage.strike().await;
    let played = played?;
    struck.map_err(in_words)?;
    Ok(played)
}

struct History<'h> {
    script: &'h Script,
    mortal: &'h Mortal,
    stage: Stage<'h>,
    /// Ends of the lives to come, the next one last.
    deaths: Vec<(super::life::Death, TimeDelta)>,
    /// How long the program stays away after the end that is foretold.
    gap: TimeDelta,
    /// The program is gone, and comes back then.
    back_at: Option<Moment>,
    loses_database: Option<usize>,
    witness: Witness,
    befell: Befell,
}

/// What comes next.
enum Cue<'c> {
    Step(&'c Step),
    Ill(&'c Ill),
}

impl History<'_> {
    async fn through(&mut self, ills: &Ills) -> Result<Played, String> {
        let (start, last) = (self.script.start, self.script.steps.last().map_or(self.script.start, |step| step.at));
        let mut agenda: Vec<(Moment, Cue<'_>)> = Vec::new();
        agenda.extend(self.script.steps.iter().map(|step| (step.at, Cue::Step(step))));
        let whole = last + AFTERMATH - start;
        agenda.extend(ills.at.iter().map(|(at, ill)| (start + whole * i32::from(*at) / 1_000, Cue::Ill(ill))));
        agenda.sort_by_key(|(at, _)| *at);
        for (at, cue) in &agenda {
            self.until(*at).await?;
            match cue {
                Cue::Step(step) => self.act(step)?,
                Cue::Ill(ill) => self.befall(ill).await?,
            }
        }
        self.until(last + AFTERMATH).await?;
        self.back_at = self.back_at.map(|back| back.min(self.stage.now()));
        self.mortal.spare();
        self.stage.forge().faults().switch_off();
        self.until(self.script.end).await?;
        self.complete_the_chronicle();
        let pictures = pictures(&self.stage, self.script, &self.witness).await?;
        Ok(Played { forge: self.script.forge, pictures, befell: self.befell.clone() })
    }

    /// Lets time pass; whoever died comes back when its time has come.
    async fn until(&mut self, at: Moment) -> Result<(), String> {
        loop {
            // Whoever dies now is dead before any time passes.
            self.stage.settle().await.map_err(in_words)?;
            self.notice_death();
            match self.back_at {
                Some(back) if back <= self.stage.now() => self.revive().await?,
                back => {
                    let goal = back.map_or(at, |back| back.min(at));
                    let moved = self.stage.towards(goal).await.map_err(in_words)?;
                    self.stage.look(|world| self.witness.look(world, &self.script.project.path));
                    let waits = self.back_at.is_some() || self.mortal.is_dead();
                    if !moved && self.stage.now() >= at && !(waits && self.back_at.is_none_or(|back| back <= at)) {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn notice_death(&mut self) {
        if self.back_at.is_none() && self.mortal.is_dead() {
            self.befell.deaths += 1;
            self.note("died");
            self.back_at = Some(self.stage.now() + self.gap);
        }
    }

    async fn revive(&mut self) -> Result<(), String> {
        self.stage.kill().await.map_err(in_words)?;
        self.lose_database()?;
        let next = self.deaths.pop();
        self.gap = next.map_or(TimeDelta::zero(), |(_, gap)| gap);
        self.mortal.foretell(next.map(|(death, _)| death));
        self.back_at = None;
        self.note("began anew");
        self.stage.start().await.map_err(in_words)
    }

    fn note(&mut self, what: &str) {
        let line = format!("{} {what}", self.stage.now());
        self.befell.chronicle.push(line);
    }

    /// What went wrong and what was posted, beside the ends and beginnings.
    fn complete_the_chronicle(&mut self) {
        let project = &self.script.project.path;
        let met = self.stage.forge().faults().met();
        self.befell.faults = met.len();
        let met = met.into_iter().map(|met| format!("{} {}: {}", met.at, met.what, met.on));
        let posted = self.stage.look(|world| {
            let project = world.project(project).expect("the project is there");
            let issues = world.issues(project.id).map(|issue| issue.id).collect::<Vec<_>>();
            let comments = issues.into_iter().flat_map(|issue| world.comments(issue));
            let lines = comments.map(|comment| {
                let marker = comment.body.rsplit("<!-- hotwash:").next().unwrap_or_default();
                let end = marker.split(' ').take(2).collect::<Vec<_>>().join(" ");
                format!("{} comment {}: {}", comment.created_at, comment.id, end.chars().take(60).collect::<String>())
            });
            lines.collect::<Vec<_>>()
        });
        self.befell.chronicle.extend(met.chain(posted));
        self.befell.chronicle.sort();
    }

    /// The database of the life that just ended, if it is the one that is lost.
    fn lose_database(&mut self) -> Result<(), String> {
        let nth = self.befell.deaths + self.befell.ends;
        if self.loses_database.is_none_or(|lost| lost + 1 != nth) {
            return Ok(());
        }
        self.loses_database = None;
        self.befell.databases += 1;
        self.note("lost its database");
        for file in fs::read_dir(self.stage.folder()).map_err(|error| error.to_string())? {
            let file = file.map_err(|error| error.to_string())?;
            if file.file_name().to_string_lossy().starts_with("hotwash.db") {
                fs::remove_file(file.path()).map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    async fn befall(&mut self, ill: &Ill) -> Result<(), String> {
        let faults = self.stage.forge().faults();
        match ill {
            Ill::Foul(switch) => faults.switch_on(spelled(switch, self.script.forge)),
            Ill::Mail(mail) => faults.mail(*mail),
            Ill::Lag(lag) => faults.lag(Some(*lag)),
            Ill::Fair => faults.switch_off(),
            Ill::Kill(span) | Ill::Stop(span) if self.back_at.is_none() => {
                // A program that ends in good order may take its time, and people would be late for their next step.
                let ended = match ill {
                    Ill::Stop(_) if self.has_time() => self.stage.strike().await,
                    _ => self.stage.kill().await,
                };
                ended.map_err(in_words)?;
                self.befell.ends += 1;
                self.note("was ended");
                self.back_at = Some(self.stage.now() + *span);
            }
            Ill::Kill(_) | Ill::Stop(_) => {}
            Ill::Sleep(span) => {
                let now = self.stage.now();
                let next = self.script.steps.iter().map(|step| step.at).find(|at| *at > now);
                let to = (now + *span).min(next.unwrap_or(now + *span));
                self.befell.leaps += 1;
                self.note("was suspended");
                self.stage.leap(to).await.map_err(in_words)?;
            }
        }
        Ok(())
    }

    /// Nobody does anything for a while.
    fn has_time(&self) -> bool {
        let now = self.stage.now();
        self.script.steps.iter().all(|step| step.at <= now || step.at > now + A_WHILE)
    }

    /// People do what the story says.
    fn act(&mut self, step: &Step) -> Result<(), String> {
        let by = Login::new(step.by.clone().ok_or("somebody must do it")?);
        let act = step.act.as_ref().ok_or("a step of a story does something")?;
        for deed in self.deeds(step, act)? {
            let done = self.stage.perform(&by, deed);
            let _: Outcome = done.map_err(|why| format!("line {}: the forge refused: {why}", step.line))?;
        }
        Ok(())
    }

    fn deeds(&self, step: &Step, act: &Act) -> Result<Vec<Deed>, String> {
        let project = self.script.project.path.clone();
        let logins = |all: &[String]| all.iter().map(|login| Login::new(login.as_str())).collect::<Vec<_>>();
        if let Act::File(file) = act {
            let (title, body, labels) = (file.title.clone(), Some(file.body.clone()), file.labels.clone());
            let assignees = logins(&file.assignees);
            return Ok(vec![Deed::File { project, title, body, labels, assignees, confidential: false }]);
        }
        let number = u64::try_from(step.issue).unwrap_or_default() + 1;
        let at = At::new(project, number);
        Ok(match act {
            Act::Edit(changes) => vec![self.edit(at, changes)?],
            Act::Comment(text) => vec![Deed::Comment { at, body: text.clone() }],
            Act::Label { add, remove } => {
                // What a program that is away did not put on, nobody can take off.
                let there = self.stage.look(|world| world.issue(&at.project, at.number).map(|it| it.labels.clone()));
                let off = remove.iter().filter(|name| there.as_ref().is_some_and(|there| there.contains(*name)));
                let off = off.map(|name| Deed::Unlabel { at: at.clone(), name: name.clone() });
                let on = (!add.is_empty()).then(|| Deed::Label { at: at.clone(), names: add.clone() });
                on.into_iter().chain(off).collect()
            }
            Act::Assign { add, remove } => {
                let on = (!add.is_empty()).then(|| Deed::Assign { at: at.clone(), who: logins(add) });
                let off = (!remove.is_empty()).then(|| Deed::Unassign { at: at.clone(), who: logins(remove) });
                on.into_iter().chain(off).collect()
            }
            Act::Close(Ending::Completed) => vec![Deed::Close { at, reason: Close::Completed }],
            Act::Close(Ending::NotPlanned) => vec![Deed::Close { at, reason: Close::NotPlanned }],
            Act::Reopen => vec![Deed::Reopen { at }],
            other => return Err(format!("line {}: a story of the campaign has no {other:?}", step.line)),
        })
    }

    fn edit(&self, at: At, changes: &[Change]) -> Result<Deed, String> {
        let body = self.stage.look(|world| world.issue(&at.project, at.number)?.body.clone());
        let mut body = body.ok_or("the issue has a text")?;
        for change in changes {
            match change {
                Change::Field(field, value) => body = with_field(&body, field.title(), value),
                other => return Err(format!("a story of the campaign has no {other:?}")),
            }
        }
        Ok(Deed::Edit { at, title: None, body: Some(body) })
    }
}

/// The same, in the words of a forge: GitLab calls comments notes.
fn spelled(switch: &Switch, forge: Kind) -> Switch {
    let Switch { which: Which { method, path }, .. } = switch.clone();
    let path = path.map(|path| if forge == Kind::Gitlab && path == COMMENTS { "notes".to_owned() } else { path });
    Switch { which: Which { method, path }, ..switch.clone() }
}

#[expect(clippy::needless_pass_by_value, reason = "so that it can stand in `map_err` as it is")]
fn in_words(trouble: Trouble) -> String {
    let mut words = trouble.to_string();
    let mut cause = std::error::Error::source(&trouble);
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    words
}
