//! Plays many histories, two at a time, and remembers how far it came.
//!
//! What always holds: the seed of the campaign and the number of a history alone decide what befalls it; one that nothing
//! befell does not count; a campaign ends after so many histories or so much time, whichever comes first.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use hotwash::{cli::Disk, drill::face::Kind};

use super::{
    history::{Befell, Played, play},
    ills::Ills,
    picture::Picture,
    shapes::Shape,
    verdict::verdict,
};
use crate::support::{dice::Dice, settings::say};

/// As many as there are cores in CI.
const AT_A_TIME: u64 = 2;
/// Of a hundred histories, so many are played on GitLab.
const ON_GITLAB: u8 = 33;
/// Sets the dice for the forge apart from those for everything else, which is drawn alike on both.
const FORGES: u64 = 0x617A_B617_1AB6_17AB;
/// No history takes nearly as long.
const LONGEST: Duration = Duration::from_mins(2);

/// What to play.
#[derive(Debug, Clone)]
pub(super) struct Campaign {
    pub(super) seed: u64,
    /// On this forge alone; on both, if absent.
    pub(super) only: Option<Kind>,
    /// The first history's number.
    pub(super) from: u64,
    /// How many that count.
    pub(super) histories: u64,
    /// Not longer than this.
    pub(super) at_most: Option<Duration>,
    /// Where to write down how far it came.
    pub(super) state: Option<PathBuf>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Result {
    pub(super) counted: u64,
    pub(super) on_gitlab: u64,
    pub(super) idle: u64,
    pub(super) failures: BTreeMap<u64, String>,
    pub(super) faults: usize,
    pub(super) deaths: usize,
    pub(super) ends: usize,
    pub(super) leaps: usize,
    pub(super) databases: usize,
    done: BTreeSet<u64>,
    next: u64,
}

/// One history, told by its number. On which forge it is played changes nothing else of what is drawn, but for what nobody
/// could know there.
pub(super) fn drawn(seed: u64, nth: u64, only: Option<Kind>) -> (Shape, Ills) {
    let seed = seed ^ nth.wrapping_mul(0xA24B_AED4_963E_E407);
    let forge = if Dice::new(seed ^ FORGES).chance(ON_GITLAB) { Kind::Gitlab } else { Kind::Github };
    let mut dice = Dice::new(seed);
    let shapes: Vec<Shape> = Shape::all().collect();
    let shape = dice.pick(&shapes).on(only.unwrap_or(forge));
    let mut ills = Ills::drawn(dice.throw());
    // GitLab tells who changed a description and when, but of the texts only the newest: which field was changed by whom
    // stands in the journal alone.
    if shape.forge() == Kind::Gitlab && shape.has_edits() {
        ills.loses_database = None;
    }
    (shape, ills)
}

impl Campaign {
    /// Plays on until there is enough.
    pub(super) fn run(&self) -> Result {
        let begun = Instant::now();
        let result = Mutex::new(Result { next: self.from, ..Result::default() });
        let numbers = Mutex::new(self.from..);
        let undisturbed = Undisturbed::default();
        thread::scope(|scope| {
            for _ in 0..AT_A_TIME.min(self.histories) {
                scope.spawn(|| {
                    while !self.is_enough(&result, begun) {
                        let nth = numbers.lock().unwrap().next().expect("there are numbers without end");
                        let (shape, ills) = drawn(self.seed, nth, self.only);
                        let outcome = outcome(&undisturbed, shape, &ills, None);
                        self.note(&mut result.lock().unwrap(), nth, shape, outcome);
                    }
                });
            }
        });
        result.into_inner().unwrap()
    }

    fn is_enough(&self, result: &Mutex<Result>, begun: Instant) -> bool {
        let over = self.at_most.is_some_and(|most| begun.elapsed() >= most);
        over || result.lock().unwrap().counted >= self.histories
    }

    fn note(&self, result: &mut Result, nth: u64, shape: Shape, outcome: Outcome) {
        match outcome {
            Outcome::Idle => result.idle += 1,
            Outcome::Good(befell) => result.count(shape, &befell),
            Outcome::Bad(why) => {
                result.counted += 1;
                result.on_gitlab += u64::from(shape.forge() == Kind::Gitlab);
                let forge = self.only.map(|only| format!(" --forge {}", only.name())).unwrap_or_default();
                let again = format!("scripts/campaign --seed {} --from {nth} --histories 1{forge}", self.seed);
                say(&format!("history {nth} ({}) FAILED; repeat it with: {again}\n{why}", shape.spoken()));
                result.failures.insert(nth, why);
            }
        }
        result.done.insert(nth);
        while result.done.remove(&result.next) {
            result.next += 1;
        }
        if result.counted.is_multiple_of(100) {
            say(&format!("{} histories, {} failed", result.counted, result.failures.len()));
        }
        if let Some(path) = &self.state {
            let failed: Vec<String> = result.failures.keys().map(ToString::to_string).collect();
            let text = format!(
                "forge={}\nseed={}\nnext={}\nhistories={}\ncounted={}\nfailed={}\n",
                self.only.map(Kind::name).unwrap_or_default(),
                self.seed,
                result.next,
                self.histories,
                result.counted,
                failed.join(",")
            );
            fs::write(path, text).unwrap();
        }
    }
}

impl Result {
    fn count(&mut self, shape: Shape, befell: &Befell) {
        self.counted += 1;
        self.on_gitlab += u64::from(shape.forge() == Kind::Gitlab);
        self.faults += befell.faults;
        self.deaths += befell.deaths;
        self.ends += befell.ends;
        self.leaps += befell.leaps;
        self.databases += befell.databases;
    }

    pub(super) fn told(&self) -> String {
        format!(
            "{} disturbed histories ({} on GitLab), {} failed; {} requests and deliveries went wrong, {} deaths in the middle of \
             something, {} other ends, {} suspensions, {} databases lost ({} histories befell nothing and do not count)",
            self.counted,
            self.on_gitlab,
            self.failures.len(),
            self.faults,
            self.deaths,
            self.ends,
            self.leaps,
            self.databases,
            self.idle
        )
    }
}

/// What came of one history.
pub(super) enum Outcome {
    Good(Befell),
    Bad(String),
    /// Nothing befell it.
    Idle,
}

/// How each shape ends if nothing befalls it; played once.
#[derive(Default)]
pub(super) struct Undisturbed(Mutex<BTreeMap<Shape, Arc<Vec<Picture>>>>);

impl Undisturbed {
    pub(super) fn of(&self, shape: Shape) -> std::result::Result<Arc<Vec<Picture>>, String> {
        if let Some(known) = self.0.lock().unwrap().get(&shape) {
            return Ok(Arc::clone(known));
        }
        let played = staged(shape, &Ills::default(), None).map_err(|why| format!("undisturbed: {why}"))?;
        if played.befell.anything() {
            return Err(format!("the undisturbed run was disturbed: {:?}", played.befell));
        }
        let pictures = Arc::new(played.pictures);
        self.0.lock().unwrap().insert(shape, Arc::clone(&pictures));
        Ok(pictures)
    }
}

/// Plays one history and compares.
pub(super) fn outcome(undisturbed: &Undisturbed, shape: Shape, ills: &Ills, lie: Option<Disk>) -> Outcome {
    let compared = undisturbed.of(shape).and_then(|expected| {
        let played = staged(shape, ills, lie)?;
        Ok((verdict(&expected, &played, ills), played.befell))
    });
    match compared {
        Err(why) => Outcome::Bad(format!("{why}\n{ills:?}")),
        Ok((words, befell)) if !words.is_empty() => {
            Outcome::Bad(format!("{words}{ills:?}\n{}", befell.chronicle.join("\n")))
        }
        Ok((_, befell)) if befell.anything() => Outcome::Good(befell),
        Ok(_) => Outcome::Idle,
    }
}

/// Plays one history on a stage of its own.
fn staged(shape: Shape, ills: &Ills, lie: Option<Disk>) -> std::result::Result<Played, String> {
    let played = catch_unwind(AssertUnwindSafe(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { tokio::time::timeout(LONGEST, play(shape, ills, lie)).await })
    }));
    match played {
        Ok(Ok(played)) => played,
        Ok(Err(_)) => Err(format!("it did not come to an end within {LONGEST:?}")),
        Err(_) => Err("something panicked; see above".to_owned()),
    }
}
