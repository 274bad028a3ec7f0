//! `hotwash drill`: a script played on a simulated forge and a virtual clock, by the very program that `serve` runs.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, IsTerminal, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use clap::{Parser, ValueEnum};
use tokio::task::yield_now;

use crate::{
    clock::SharedClock,
    config::{self, DrillSettings, Drilled, DrilledForge, GithubAuth, StoreSettings},
    domain::time::Moment,
    drill::{
        face,
        play::{Audience, Pace, page::Page, plainly::Lines, play},
        script::Script,
        service::{self, Broken, Identity, Service, Surroundings},
        stage::Trouble,
        traffic::Counted,
    },
    engine::Engine,
    store::{SharedStore, sqlite::SqliteStore},
    telemetry,
};

use super::{
    Failure,
    out::{complain, say},
    running::Running,
    script::read,
    serve::terminated,
};

/// The first line of every log, by which the next drill knows that it may begin it anew.
const LOG_HEAD: &str = "# the log of a hotwash drill; the next drill that logs here begins it anew";

/// Lines are wrapped to this where there is no terminal.
const PAPER: usize = 100;

#[derive(Debug, Parser)]
pub(super) struct Args {
    /// Play this script; without one, the story that comes with the program, in about a minute.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// No pauses for reading.
    #[arg(long)]
    fast: bool,
    /// No pauses, no colours, no wrapping to the terminal: for machines and logs.
    #[arg(long)]
    headless: bool,
    /// One JSON object a line, without pauses.
    #[arg(long, conflicts_with = "headless")]
    json: bool,
    /// Take part, on a page for the browser: the people and the project are the script's, its steps are not played.
    #[arg(long, conflicts_with_all = ["fast", "headless", "json"])]
    interactive: bool,
    /// With --interactive: where the page listens on this machine; any free port, if left out.
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Which forge is simulated.
    #[arg(long, value_enum, default_value_t = SimulatedForge::Github)]
    forge: SimulatedForge,
    /// Write the program's own log to this file; it may hold what the script says. Without it, nothing is logged.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SimulatedForge {
    Github,
    Gitlab,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if args.port.is_some() && !args.interactive {
        let why = "--port is where the page of --interactive listens; write both, or leave --port out";
        return Err(Failure::Usage(why.to_owned()));
    }
    let forge = match args.forge {
        SimulatedForge::Github => face::Kind::Github,
        SimulatedForge::Gitlab => face::Kind::Gitlab,
    };
    let (script, settings) = read(args.script.as_deref(), forge)?;
    let script = script.on(forge);
    if let Some(file) = &args.log {
        if args.script.as_ref().is_some_and(|script| is_same_file(script, file)) {
            let why = format!("{}: is the script; give the log a file of its own", file.display());
            return Err(Failure::Usage(why));
        }
        log_to(file)?;
    }
    // Whoever drives a virtual clock must be able to see that nobody else is running.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if args.interactive {
        return runtime.block_on(super::page::run(&script, &Program::new(settings), args.port.unwrap_or_default()));
    }
    let mut audience = audience(args, &script);
    let program = Program::new(settings);
    let played = runtime.block_on(async {
        let asked_to_stop = terminated()?;
        tokio::select! {
            played = play(&script, &program, audience.as_mut(), pace(args)) => played.map_err(|trouble| failed(&trouble)),
            // What was played goes with its folder; nothing is left.
            () = asked_to_stop => Err(Failure::Outside("the drill was interrupted; nothing of it is left".to_owned())),
        }
    });
    let tally = played?;
    if tally.failed == 0 {
        return Ok(());
    }
    let (failed, all) = (tally.failed, tally.failed + tally.held);
    Err(Failure::Findings(format!("{}: {failed} of {all} expectations do not hold", script.file)))
}

pub(super) fn failed(trouble: &Trouble) -> Failure {
    Failure::Outside(super::with_causes(trouble))
}

fn pace(args: &Args) -> Pace {
    let unhurried = args.script.is_none() && !args.fast && !args.headless && !args.json;
    if unhurried { Pace::UNHURRIED } else { Pace::AtOnce }
}

fn audience(args: &Args, script: &Script) -> Box<dyn Audience> {
    if args.json {
        return Box::new(Lines::new(Box::new(say)));
    }
    let terminal = std::io::stdout().is_terminal() && !args.headless;
    let colours = terminal && config::wants_colours(&config::environment());
    let width = terminal_size::terminal_size().filter(|_| terminal).map_or(PAPER, |(width, _)| usize::from(width.0));
    let mut page = Page::new(Box::new(say), script.project.zone, width, colours);
    page.opens(&script.title, script.about.as_deref(), script.forge);
    Box::new(page)
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// What the program under drill logs goes into a file, because the terminal shows the thread.
fn log_to(file: &Path) -> Result<(), Failure> {
    let usage = |why: String| Failure::Usage(format!("{}: {why}", file.display()));
    if holds_something_else(file) {
        let why = "is there already and is no log of a drill; name another file after --log, or remove this one";
        return Err(usage(why.to_owned()));
    }
    let opened = File::create(file).and_then(|mut opened| writeln!(opened, "{LOG_HEAD}").map(|()| opened));
    let opened = opened.map_err(|error| usage(format!("cannot be written: {error}")))?;
    telemetry::init_to(telemetry::LogFormat::Text, tracing::Level::DEBUG, std::sync::Mutex::new(opened));
    complain(&format!("the log goes to {}", file.display()));
    Ok(())
}

/// A file with anything in it but an earlier log. What cannot be looked into is not known to be one.
fn holds_something_else(file: &Path) -> bool {
    let Ok(facts) = std::fs::metadata(file) else { return false };
    if !facts.is_file() || facts.len() == 0 {
        return false;
    }
    let mut first = Vec::new();
    let read = File::open(file).and_then(|opened| BufReader::new(opened.take(4_096)).read_until(b'\n', &mut first));
    read.is_err() || first.strip_suffix(b"\n") != Some(LOG_HEAD.as_bytes())
}

/// What stands between a program and its database, made anew at each start.
pub type Disk = Arc<dyn Fn(SharedStore) -> SharedStore + Send + Sync>;

/// The program, as a drill starts it: the composition of `serve`, with the settings of a script's project.
pub struct Program {
    settings: DrillSettings,
    disk: Option<Disk>,
}

impl Program {
    /// For a project with these settings.
    #[must_use]
    pub fn new(settings: DrillSettings) -> Self {
        Self { settings, disk: None }
    }

    /// With something between it and its database: for who wants to see what it writes, or to have its disk fail.
    #[must_use]
    pub fn over(self, disk: Disk) -> Self {
        Self { disk: Some(disk), ..self }
    }
}

#[async_trait]
impl Service for Program {
    async fn start(&self, surroundings: &Surroundings) -> Result<Box<dyn service::Running>, Broken> {
        let path = surroundings.folder.join("hotwash.db");
        let config = self.settings.config(Drilled {
            api_url: surroundings.forge_url.clone(),
            forge: forge(&surroundings.identity),
            webhook_secret: surroundings.webhook_secret.clone().into(),
            marker_key: surroundings.marker_key.clone().into(),
            store: StoreSettings { path: path.clone() },
        });
        let file: SharedStore = Arc::new(SqliteStore::open(&path).map_err(|error| Broken(error.to_string()))?);
        let counted: SharedStore = Arc::new(Counted::new(Arc::clone(&file), surroundings.traffic.clone()));
        let store = self.disk.as_ref().map_or_else(|| Arc::clone(&counted), |disk| disk(Arc::clone(&counted)));
        let clock = SharedClock::clone(&surroundings.clock);
        let running = Running::start(&config, Arc::clone(&store), clock, true).await.map_err(broken)?;
        let github = config.github.iter().map(|forge| &forge.name);
        let name = github.chain(config.gitlab.iter().map(|forge| &forge.name)).next();
        let webhook = name.map(|name| format!("/webhooks/{name}")).unwrap_or_default();
        Ok(Box::new(Drilling { running, webhook, store, file }))
    }
}

fn forge(identity: &Identity) -> DrilledForge {
    match identity {
        Identity::Token(token) => DrilledForge::Github(GithubAuth::Token(token.clone().into())),
        Identity::App { id, private_key_pem } => {
            DrilledForge::Github(GithubAuth::App { id: *id, private_key: private_key_pem.clone().into() })
        }
        Identity::GitlabToken(token) => DrilledForge::Gitlab(token.clone().into()),
    }
}

fn broken(failure: Failure) -> Broken {
    let (Failure::Findings(why) | Failure::Usage(why) | Failure::Outside(why)) = failure;
    Broken(why)
}

/// What the program has in hand, while there is a program.
struct Hands(Weak<Engine>);

impl service::Watch for Hands {
    fn requests(&self) -> usize {
        self.0.upgrade().map_or(0, |engine| engine.requests_under_way())
    }

    fn is_idle(&self) -> bool {
        self.0.upgrade().is_none_or(|engine| engine.is_idle())
    }
}

/// The program at work.
struct Drilling {
    running: Running,
    webhook: String,
    store: SharedStore,
    file: SharedStore,
}

#[async_trait]
impl service::Running for Drilling {
    fn address(&self) -> std::net::SocketAddr {
        self.running.address
    }

    fn webhook(&self) -> String {
        self.webhook.clone()
    }

    fn watch(&self) -> Arc<dyn service::Watch> {
        Arc::new(Hands(Arc::downgrade(&self.running.engine)))
    }

    async fn next_due(&self) -> Result<Option<Moment>, Broken> {
        self.file.next_due().await.map_err(|error| Broken(error.to_string()))
    }

    fn store(&self) -> SharedStore {
        SharedStore::clone(&self.file)
    }

    async fn stop(self: Box<Self>) -> Result<(), Broken> {
        self.running.stop().await.map_err(broken)
    }

    async fn kill(self: Box<Self>) -> Result<(), Broken> {
        let Self { running, file, store, .. } = *self;
        let left = Arc::downgrade(&file);
        running.kill().await;
        drop((store, file));
        // What was cut off in the middle lets go of the database as soon as it is next looked at.
        // Its threads are the machine's own, so this is a wait in real time: on a busy machine their turn may be far.
        let begun = Instant::now();
        while begun.elapsed() < RELEASE {
            if left.strong_count() == 0 {
                return Ok(());
            }
            yield_now().await;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err(Broken("it was killed and still holds its database".to_owned()))
    }
}

/// By then everything that was cut off has let go, however busy the machine is.
const RELEASE: Duration = Duration::from_secs(20);
