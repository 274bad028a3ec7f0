//! What `hotwash serve` costs while nothing happens: memory, the time until it listens, and CPU by the minute with an
//! empty database and with 100,000 open incidents.
//!
//! The program runs as a child process against a GitHub on loopback in which nothing changes. `--quick` watches for 20 s
//! instead of a minute, beside 10,000 incidents.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed step should stop the benchmark")]

mod support;

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use axum::{Json, Router, http::Uri};
use chrono::TimeDelta;
use hotwash::{
    clock::{Clock, SystemClock},
    domain::{
        event::{Event, What},
        ids::{CommentId, IssueRef},
        message::MessageKind,
        people::{Account, Actor},
        time::Moment,
    },
    store::{EffectRow, EffectState, Store, sqlite::SqliteStore},
    web::{self, Limits},
};
use serde_json::{Value, json};
use support::{PROJECT, cpu_ms, median};
use tokio::{net::TcpListener, runtime::Builder, task::JoinSet};

const STARTS: usize = 10;
const BATCH: u64 = 256;
/// The start's own work (the check of the whole file, the first sweep) is over when a second passes without any.
const STILL_MS: f64 = 1.0;

fn main() {
    let quick = env::args().any(|argument| argument == "--quick");
    let (incidents, watched) = if quick { (10_000, 20) } else { (100_000, 60) };
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let github = quiet_github(&runtime);
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(folder.path(), github, "5m");

    // The very first start makes the database; it is not what a restart waits for, but shown as well.
    println!("first start, making the database: {:.1} ms to `listening`", program.start().after_ms);
    println!("{}", starts(&program, "an empty database"));
    watch(program.start(), "an empty database", watched);

    runtime.block_on(fill(&program.database(), incidents));
    let size = fs::metadata(program.database()).unwrap().len() / 1_000_000;
    println!("{incidents} open incidents, each with a wake-up in the next hours: {size} MB of database");
    println!("{}", starts(&program, "all incidents"));
    watch(program.start(), "all incidents", watched);
    let sweeping = Program::new(folder.path(), github, "10s");
    let running = sweeping.start();
    running.settle();
    let before = cpu_ms(&running.id());
    thread::sleep(Duration::from_secs(30));
    println!("a sweep that finds nothing, all incidents: {:.1} ms of CPU", (cpu_ms(&running.id()) - before) / 3.0);
}

fn starts(program: &Program, with: &str) -> String {
    let mut times: Vec<f64> = (0..STARTS).map(|_| program.start().after_ms).collect();
    times.sort_by(f64::total_cmp);
    let slowest = times[times.len() - 1];
    format!(
        "start to `listening`, {with}, {STARTS} starts: median {:.1} ms, slowest {slowest:.1} ms (limit 50, goal 20)",
        median(times)
    )
}

/// Lets the start's work end, then looks at memory and at what an idle minute costs.
fn watch(running: Running, with: &str, seconds: u64) {
    let settled = running.settle();
    let before = cpu_ms(&running.id());
    thread::sleep(Duration::from_secs(seconds));
    let spent = (cpu_ms(&running.id()) - before) * 60.0 / seconds as f64;
    let (now, most) = (running.memory("VmRSS"), running.memory("VmHWM"));
    println!("quiet after {settled:.1} s; resident with {with}: {now:.1} MB, at most {most:.1} MB (limit 25, goal 15)");
    println!("idle minute with {with}: {spent:.2} ms of CPU, watched for {seconds} s (limit 10)");
}

/// The program and its configuration.
struct Program {
    folder: PathBuf,
    file: PathBuf,
}

impl Program {
    fn new(folder: &Path, github: SocketAddr, sweep_every: &str) -> Self {
        let file = folder.join(format!("sweeps-every-{sweep_every}.toml"));
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\n\n[store]\nurl = \"sqlite:{}\"\n\n[limits]\nsweep_every = \"{sweep_every}\"\n\n\
             [[github]]\nname = \"github\"\napi_url = \"http://{github}\"\nwebhook_secret = {{ env = \"SECRET\" }}\n\
             token = {{ env = \"TOKEN\" }}\n\n[[project]]\nforge = \"github\"\npath = \"{PROJECT}\"\n\
             process = \"cloud-gov\"\ntimezone = \"UTC\"\n",
            folder.join("hotwash.db").display()
        );
        fs::write(&file, text).unwrap();
        Self { folder: folder.to_owned(), file }
    }

    fn database(&self) -> PathBuf {
        self.folder.join("hotwash.db")
    }

    /// Starts it and waits for its word.
    fn start(&self) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hotwash"));
        command.args(["serve", "--config"]).arg(&self.file).current_dir(&self.folder);
        command.env("SECRET", "a secret that both sides know").env("TOKEN", "a-token-for-measuring");
        command.stdout(Stdio::piped()).stderr(fs::File::create(self.folder.join("log.txt")).unwrap());
        let began = Instant::now();
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let listens = said.any(|line| line.unwrap().contains("listening on"));
        let after_ms = began.elapsed().as_secs_f64() * 1e3;
        assert!(listens, "it ended: {}", fs::read_to_string(self.folder.join("log.txt")).unwrap());
        Running { child, after_ms }
    }
}

/// The program at work; ends with this value.
struct Running {
    child: Child,
    after_ms: f64,
}

impl Running {
    fn id(&self) -> String {
        self.child.id().to_string()
    }

    /// Waits until the start's own work is over; gives the seconds that it took.
    fn settle(&self) -> f64 {
        let began = Instant::now();
        thread::sleep(Duration::from_secs(3));
        loop {
            let before = cpu_ms(&self.id());
            thread::sleep(Duration::from_secs(1));
            if cpu_ms(&self.id()) - before < STILL_MS {
                return began.elapsed().as_secs_f64();
            }
            assert!(began.elapsed() < Duration::from_mins(2), "it does not become quiet");
        }
    }

    /// A line of its status, in megabytes.
    fn memory(&self, name: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1_024.0 / 1e6
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself. What it wrote is on disk, so that it need not be asked politely.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A GitHub in which nothing changes.
fn quiet_github(runtime: &tokio::runtime::Runtime) -> SocketAddr {
    async fn answer(uri: Uri) -> Json<Value> {
        Json(match uri.path() {
            "/user" => json!({ "login": "hotwash-bot", "id": 99, "type": "User" }),
            path if path == format!("/repos/{PROJECT}") => {
                json!({ "id": 186_853_002, "full_name": PROJECT, "private": true, "visibility": "private" })
            }
            _ => json!([]),
        })
    }
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(web::listen(listener, Router::new().fallback(answer), Limits::default(), std::future::pending()));
    address
}

/// Writes incidents as the engine leaves them: a journal, the board in the ledger, and a wake-up an hour off or later.
async fn fill(database: &Path, incidents: u64) {
    let store = Arc::new(SqliteStore::open(database).unwrap());
    let now = SystemClock::real().machine_now();
    for first in (1..=incidents).step_by(usize::try_from(BATCH).unwrap()) {
        let numbers = first..(first + BATCH).min(incidents + 1);
        let count = numbers.clone().count();
        let issues = numbers.map(|number| IssueRef::new("github", PROJECT, number)).collect();
        store.nudge(issues, now, false).await.unwrap();
        let claims = store.claim(now, count, TimeDelta::minutes(1)).await.unwrap();
        assert_eq!(claims.len(), count, "every incident is due once");
        // All at once, so that they share their flushes.
        let mut writes = JoinSet::new();
        for claim in claims {
            let store = Arc::clone(&store);
            writes.spawn(async move {
                let number = claim.issue.number;
                store.record(&claim, events(now, number), vec![board(now, number)]).await.unwrap();
                let later = TimeDelta::milliseconds(i64::try_from(number).unwrap() * 180);
                store.finish(&claim, Some(now + TimeDelta::hours(1) + later)).await.unwrap();
            });
        }
        writes.join_all().await;
    }
}

fn events(at: Moment, number: u64) -> Vec<Event> {
    let by = Actor::Person(Account::new(7, "robin"));
    let url = Some(format!("https://github.example/{PROJECT}/issues/{number}"));
    let label = |label: &str| What::LabelAdded { label: label.to_owned() };
    let wrote = What::Wrote {
        key: "board".to_owned(),
        kind: MessageKind::Board,
        comment: CommentId(number),
        covers: Vec::new(),
    };
    [What::Opened, label("incident"), label("severity::medium"), label("phase::assess"), wrote]
        .into_iter()
        .map(|what| Event { at, by: by.clone(), url: url.clone(), what })
        .collect()
}

fn board(at: Moment, number: u64) -> EffectRow {
    EffectRow {
        key: "board".to_owned(),
        state: EffectState::Done,
        attempts: 1,
        sent_at: Some(at),
        not_before: None,
        absences: 0,
        remote: Some(CommentId(number)),
        digest: Some("0123456789abcdef".to_owned()),
    }
}
