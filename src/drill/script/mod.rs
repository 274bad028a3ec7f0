//! Scripts: who does what when, and what must then be true.
//!
//! What always holds: a script that was read can be played: its moments exist in its zone and do not go back, its people
//! are in it, its expectations name labels, duties and kinds of comments that there are. Every problem of a script is
//! said at once, each with its line. What is deliberately not here: playing it (`play`), and the settings of the watched
//! project, which the configuration's own reader reads (it is an argument of [`read`]).

mod acts; // what somebody does
mod expect; // what must be true
mod faults; // what goes wrong
mod people;
mod steps;
mod template; // the issue as a reporter files it
mod times;

use std::sync::Arc;

use super::face;
use crate::{
    document::{Document, Level, Problem, Source, Table},
    domain::{message::MessageKind, process::Process, project::Project, time::Moment},
};

pub use acts::{Act, Change, Ending, Rewording, Said};
pub use expect::{Check, Count, Expectation};
pub use faults::Weather;
pub use people::{Access, Player};
pub use steps::Step;
pub use template::{File, with_field};

const KEYS: [&str; 11] =
    ["title", "about", "start", "project", "people", "bot", "identity", "seed", "step", "expect", "run_on"];

/// The login of the program where the script names none.
const BOT: &str = "hotwash-bot";

/// As whom the program acts on the forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// A machine account with a token.
    Token,
    /// An App that is installed at the project's owner; it writes as `name[bot]`.
    App,
}

/// A checked script.
#[derive(Debug, Clone)]
pub struct Script {
    /// The file as the user named it.
    pub file: String,
    /// What it tells, in a line.
    pub title: String,
    /// What it tells, for whoever is about to watch.
    pub about: Option<String>,
    /// The watched project with all its settings.
    pub project: Arc<Project>,
    /// Everybody in it, the program excepted.
    pub people: Vec<Player>,
    /// The program's login.
    pub bot: String,
    /// As whom it acts, on GitHub. On GitLab it is a bot's account with a token.
    pub identity: Identity,
    /// Which forge is simulated.
    pub forge: face::Kind,
    /// What decides which requests and deliveries the faults strike.
    pub seed: u32,
    /// When it begins.
    pub start: Moment,
    /// In the order of their moments.
    pub steps: Vec<Step>,
    /// When it is over.
    pub end: Moment,
    /// What must be true when it is over.
    pub at_end: Vec<Expectation>,
    /// What does not keep it from being played but somebody should know.
    pub warnings: Vec<Problem>,
}

impl Script {
    /// The same story on this forge. On GitLab, logins hold no brackets.
    #[must_use]
    pub fn on(self, forge: face::Kind) -> Self {
        let project = Project { forge: forge.name().to_owned(), ..Project::clone(&self.project) };
        let bot = match forge {
            face::Kind::Github => self.bot,
            face::Kind::Gitlab => self.bot.trim_end_matches("[bot]").to_owned(),
        };
        Self { forge, bot, project: Arc::new(project), ..self }
    }
}

/// The project of a script, as far as it could be read.
#[derive(Debug, Clone)]
pub struct Drafted {
    /// The project; what was wrong with it, which has been told, is made up.
    pub project: Project,
    /// Nothing was.
    pub is_whole: bool,
    /// Its process is no stand-in: what the script names can be looked up in it.
    pub has_process: bool,
}

impl From<Project> for Drafted {
    fn from(project: Project) -> Self {
        Self { project, is_whole: true, has_process: true }
    }
}

/// Reads the `[project]` of a script; `None` where nothing that refers to it can be judged.
pub type ProjectReader<'r> = &'r mut dyn FnMut(&Table<'_>) -> Option<Drafted>;

/// Reads a script. `file` is how problems name it.
///
/// # Errors
/// Every problem of the text, in its order; never an empty list.
pub fn read(text: &str, file: &str, project: ProjectReader<'_>) -> Result<Script, Vec<Problem>> {
    let source = Source::read(text);
    let document = Document::parse(&source, file);
    let script = whole(&document.root(), file, project);
    let mut problems = document.problems();
    match script {
        Some(script) if problems.iter().all(|problem| problem.level == Level::Warning) => {
            return Ok(Script { warnings: problems, ..script });
        }
        _ if problems.is_empty() => problems.push(Problem::of_file(file, "is not a whole script")),
        _ => {}
    }
    Err(problems)
}

fn whole(root: &Table<'_>, file: &str, reader: ProjectReader<'_>) -> Option<Script> {
    root.only(&KEYS);
    let title = root.need_text("title");
    let about = root.get("about").and_then(|node| node.text()).map(str::to_owned);
    let drafted = root.need("project").and_then(|node| reader(&node.table()?)).or_else(|| stand_in(reader));
    let project = drafted.as_ref().map(|drafted| &drafted.project);
    let bot = root.get("bot").map_or(Some(BOT.to_owned()), |node| people::login(&node));
    let owner = project.and_then(|project| project.path.split('/').next());
    if let (Some(bot), Some(owner), Some(node)) = (&bot, owner, root.get("bot"))
        && bot.eq_ignore_ascii_case(owner)
    {
        node.reject("is the owner of the project already; choose another login");
    }
    let people = people::people(root, bot.as_deref(), owner);
    let identities = [("token", Identity::Token), ("app", Identity::App)];
    let identity = root.get("identity").map_or(Some(Identity::Token), |node| node.choice(&identities));
    let bot = bot.map(|bot| if identity == Some(Identity::App) { format!("{bot}[bot]") } else { bot });
    let seed = root.get("seed").and_then(|node| node.whole(&(0..=u32::MAX))).unwrap_or_default();
    let start = root.need("start");
    let drafted = drafted?;
    let zone = drafted.project.zone;
    // Without a start, the steps are read as those of some other day: what is wrong with them is wrong all the same.
    let start = start.and_then(|node| times::start(&node, zone)).or_else(|| times::some_midnight(zone));
    let scene = Scene { drafted: &drafted, people: &people, bot: bot.as_deref().unwrap_or(BOT) };
    let (steps, issues) = steps::steps(root, &scene, start.unwrap_or_default());
    let last = steps.last().map_or(start.unwrap_or_default(), Step::over);
    let run_on = root.get("run_on").and_then(|node| node.span(&times::RUN_ON)).unwrap_or(times::DEFAULT_RUN_ON);
    let end = last + run_on;
    let at_end = root.sub("expect").map(|table| expect::at_the_end(&table, &scene, &issues, end)).unwrap_or_default();
    if root.get("step").is_none() {
        root.reject_absence("has no [[step]], so nothing would happen");
    }
    Some(Script {
        file: file.to_owned(),
        title: title?.to_owned(),
        about,
        project: drafted.is_whole.then(|| Arc::new(drafted.project))?,
        people,
        bot: bot?,
        identity: identity?,
        forge: face::Kind::default(),
        seed,
        start: start?,
        steps,
        end,
        at_end,
        warnings: Vec::new(),
    })
}

/// What a reader makes of no project at all: nothing whole, but the steps can be judged by it.
fn stand_in(reader: ProjectReader<'_>) -> Option<Drafted> {
    let nothing = Source::read("");
    reader(&Document::parse(&nothing, "").root()).filter(|drafted| !drafted.is_whole)
}

/// What names in a script may refer to.
struct Scene<'s> {
    drafted: &'s Drafted,
    people: &'s [Player],
    bot: &'s str,
}

impl Scene<'_> {
    fn project(&self) -> &Project {
        &self.drafted.project
    }

    fn process(&self) -> &Process {
        &self.drafted.project.process
    }

    /// Whether a name that the process does not have is wrong; of a process that cannot be read, nobody can say.
    fn knows_names(&self) -> bool {
        self.drafted.has_process
    }

    fn logins(&self) -> Vec<&str> {
        self.people.iter().map(|player| player.login.as_str()).collect()
    }
}

/// Names of the kinds of comments.
fn kinds() -> Vec<&'static str> {
    MessageKind::ALL.iter().map(|(name, _)| *name).collect()
}

fn kind(name: &str) -> Option<MessageKind> {
    MessageKind::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}
