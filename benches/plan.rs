//! What deciding costs: folding and planning one large incident, and finding what is due among many that are open.
//!
//! The yardstick for the plan is what must be done before it anyway: parsing the same journal from its JSON. What is due
//! is found and claimed in two databases, of 1,000 and of 100,000 open incidents, with the same number due in each.
//! `-- decide` and `-- due` run one half.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed step should stop the benchmark")]

use std::{collections::BTreeMap, env, fmt::Write as _, hint::black_box, path::Path, sync::Arc, time::Instant};

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use hotwash::{
    domain::{
        action::{Action, Effect},
        calendar::{BusinessHours, resolve},
        event::{Event, What},
        ids::{CommentId, IssueRef},
        message::MessageKind,
        people::{Account, Actor},
        project::{Detect, Gates, LabelNames, Limits, Project},
        time::Moment,
    },
    plan::{Circumstances, duties::standings, fold::fold, plan},
    process,
    store::{SharedStore, sqlite::SqliteStore},
};
use tokio::task::JoinSet;

mod support;

use support::{cpu_ms, median};

const ROUNDS: usize = 1_001;
const DUTIES: usize = 40;
const EVENTS: usize = 500;
const LIMIT_US: f64 = 200.0;

const FEW: u64 = 1_000;
const MANY: u64 = 100_000;
const DUE: u64 = 100;
const DUE_ROUNDS: usize = 201;
/// What filling left behind, such as the log's way into the database, is over by then.
const WARM_UP: usize = 50;
const ASKED: u32 = 20;
const AT_ONCE: u64 = 500;
const LIMIT_RATIO: f64 = 1.5;

fn main() {
    let asked = |word: &str| env::args().any(|argument| argument == word);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if !asked("due") {
        decide();
    }
    if !asked("decide") {
        runtime.block_on(find_due());
    }
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "NOT KEPT" }
}

/// Folds and plans one incident.
fn decide() {
    let project = project();
    let journal = journal(&project);
    let lines: Vec<String> = journal.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    let issue = IssueRef::new("github", "acme/incidents", 1);
    let incident = fold(&issue, &journal, &project);
    let last = journal.last().unwrap().at;
    let parsing = micros(|| drop(black_box(lines.iter().map(|line| event(line)).collect::<Vec<_>>())));
    let folding = micros(|| drop(black_box(fold(&issue, black_box(&journal), &project))));
    println!("{DUTIES} duties, {EVENTS} events; median of {ROUNDS} rounds");
    println!("parsing the journal's JSON = {parsing:.0} us; folding it = {folding:.0} us");
    for (when, now) in [("at the last event", last), ("an hour later", last + TimeDelta::hours(1))] {
        let circumstances = Circumstances::default();
        let made = plan(&incident, &project, &circumstances, now);
        let judging = micros(|| drop(black_box(standings(black_box(&incident), &project, now))));
        let planning = micros(|| drop(black_box(plan(black_box(&incident), &project, &circumstances, now))));
        let whole = folding + planning;
        println!(
            "{when}: planning = {planning:.0} us, of which judging the duties {judging:.0} ({} facts, {} actions); \
             with the fold {whole:.0} us (limit {LIMIT_US:.0}: {}), ratio to parsing = {:.2}",
            made.facts.len(),
            made.actions.len(),
            verdict(whole <= LIMIT_US),
            whole / parsing
        );
    }
}

fn event(line: &str) -> Event {
    serde_json::from_str(line).unwrap()
}

fn micros(work: impl Fn()) -> f64 {
    let round = || {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64() * 1e6
    };
    median((0..ROUNDS).map(|_| round()))
}

/// The shipped process with forty duties of every kind instead of its own.
fn project() -> Project {
    let shipped = process::shipped("cloud-gov").unwrap();
    let mut text = shipped[..shipped.find("[[duty]]").unwrap()].to_owned();
    for nth in 0..DUTIES {
        let (met_by, schedule) = match nth % 4 {
            0 => ("sitrep", format!("severity = [\"high\"]\nevery = \"{}h\"", 1 + nth / 8)),
            1 => ("ack", format!("within = \"{}m\"", 10 + 15 * nth)),
            2 => ("severity-assessed", format!("within = \"{}h\"\ncalendar = \"business\"", 1 + nth)),
            _ => ("sitrep", format!("cron = \"0 {nth} 10,16 * * Mon-Fri *\"")),
        };
        write!(
            text,
            "[[duty]]\nid = \"duty-{nth:02}\"\ntitle = \"Duty {nth}\"\nowes = \"ic\"\nask = \"Do it.\"\n\
             met_by = [\"{met_by}\"]\nsource = \"a benchmark\"\n[[duty.schedule]]\n{schedule}\n"
        )
        .unwrap();
    }
    let process = process::read(&text, "bench.toml").unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(process.duties.len(), DUTIES);
    Project {
        forge: "github".to_owned(),
        path: "acme/incidents".to_owned(),
        process: Arc::new(process),
        zone: Tz::America__New_York,
        mention: "hotwash".to_owned(),
        labels: LabelNames::default(),
        detect: Detect::default(),
        business: BusinessHours::default(),
        commanders: Vec::new(),
        roles: BTreeMap::new(),
        routes: BTreeMap::new(),
        gates: Gates::Warn,
        close_false_alarms: false,
        timeline_events: false,
        advance: true,
        limits: Limits::default(),
        exercise: false,
    }
}

/// The journal of a high incident from Monday 09:00 on: somebody comments every 25 minutes and reports every 100, and
/// the bot does what it plans. Cut after [`EVENTS`].
fn journal(project: &Project) -> Vec<Event> {
    let issue = IssueRef::new("github", "acme/incidents", 1);
    let monday = NaiveDate::from_ymd_opt(2026, 11, 16).unwrap().and_hms_opt(9, 0, 0).unwrap();
    let mut now = resolve(monday, project.zone);
    let alice = || Actor::Person(Account::new(11, "alice"));
    let bob = || Actor::Person(Account::new(12, "bob"));
    let noted = |at, by, what| Event { at, by, url: Some("https://forge.example/issues/1#c1".to_owned()), what };
    let mut events = vec![
        noted(now, alice(), What::Opened),
        noted(now, alice(), What::LabelAdded { label: "severity::high".to_owned() }),
    ];
    let (mut comments, mut speaks) = (100, 0);
    let mut next_comment = now + TimeDelta::minutes(25);
    while events.len() < EVENTS {
        let made = plan(&fold(&issue, &events, project), project, &Circumstances::default(), now);
        events.extend(made.facts);
        for action in &made.actions {
            comments += 1;
            events.extend(done(action, CommentId(comments)).map(|what| Event {
                at: now,
                by: Actor::Bot,
                url: None,
                what,
            }));
        }
        now = made.wake_at.filter(|at| *at > now).map_or(next_comment, |at| at.min(next_comment));
        if now == next_comment {
            (comments, speaks) = (comments + 1, speaks + 1);
            let what = What::Commented { comment: CommentId(comments), sitrep: speaks % 4 == 0 };
            events.push(noted(now, bob(), what));
            next_comment = now + TimeDelta::minutes(25);
        }
    }
    events.truncate(EVENTS);
    events
}

/// What the engine notes about an action that succeeded.
fn done(action: &Action, comment: CommentId) -> Option<What> {
    let key = action.key.clone();
    Some(match &action.what {
        Effect::Comment { message, covers } => {
            What::Wrote { key, kind: message.kind(), comment, covers: covers.clone() }
        }
        Effect::Rewrite { message, .. } => What::Rewrote { key, kind: message.kind(), digest: format!("{comment:?}") },
        Effect::File(_) => What::Filed { key, number: comment.0, assigned: true },
        Effect::Report { .. } => What::Wrote { key, kind: MessageKind::Retrospective, comment, covers: Vec::new() },
        Effect::Label { add, remove } => {
            What::Labelled { added: add.iter().map(|label| label.name.clone()).collect(), removed: remove.clone() }
        }
        Effect::Collapse { of, .. } => What::Collapsed { key: of.clone() },
        Effect::ForgeSeverity { to } => What::ForgeSeverity { to: *to },
        Effect::Enter(_) => What::Entered { key },
        Effect::Link { number } => What::Linked { number: *number },
        Effect::Supersede { .. } | Effect::React { .. } | Effect::Close | Effect::MakeConfidential => return None,
    })
}

/// Finds and claims what is due among few and among many: incidents that lie side by side in the database, and ones
/// that share no page of a large one.
async fn find_due() {
    let folder = tempfile::tempdir().unwrap();
    let start = resolve(NaiveDate::from_ymd_opt(2026, 11, 16).unwrap().and_hms_opt(9, 0, 0).unwrap(), Tz::UTC);
    let few = filled(&folder.path().join("few.db"), FEW, start).await;
    let began = Instant::now();
    let many = filled(&folder.path().join("many.db"), MANY, start).await;
    println!("{DUE} due in each; {MANY} open incidents written in {:.0} s", began.elapsed().as_secs_f64());
    for (place, spread) in [("side by side", false), ("spread evenly", true)] {
        let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
        let due = start - TimeDelta::hours(1);
        for (store, open) in [(&few, FEW), (&many, MANY)] {
            let step = if spread { open / DUE } else { 1 };
            let issues = (1..=DUE).map(|nth| IssueRef::new("github", "acme/incidents", nth * step));
            store.nudge(issues.collect(), due, false).await.unwrap();
        }
        for round in 0..WARM_UP + DUE_ROUNDS {
            let last = round + 1 == WARM_UP + DUE_ROUNDS;
            let next = if last { start + TimeDelta::hours(2) } else { due };
            // In turn, so that neither has the quieter machine.
            for (store, costs) in [(&few, &mut of_few), (&many, &mut of_many)] {
                let cost = measure(store, start, due, next).await;
                if round >= WARM_UP {
                    costs.push(cost);
                }
            }
        }
        compare(place, &of_few, &of_many);
    }
}

fn compare(place: &str, few: &[[f64; 3]], many: &[[f64; 3]]) {
    let what = ["asking when the next is due", "claiming what is due, CPU", "claiming what is due, with the flush"];
    for (nth, what) in what.into_iter().enumerate() {
        let middle = |costs: &[[f64; 3]]| median(costs.iter().map(|cost| cost[nth]));
        let (few, many) = (middle(few), middle(many));
        let (ratio, kept) = (many / few, verdict(many / few <= LIMIT_RATIO));
        println!(
            "{place}: {what}: {few:.0} us of {FEW} open, {many:.0} us of {MANY}; ratio {ratio:.2} (limit {LIMIT_RATIO}: {kept})"
        );
    }
}

/// Claims everything that is due and hands it back for `next`: microseconds for asking, of CPU for claiming, and for
/// claiming.
async fn measure(store: &SharedStore, start: Moment, due: Moment, next: Moment) -> [f64; 3] {
    let began = Instant::now();
    for _ in 0..ASKED {
        assert_eq!(store.next_due().await.unwrap(), Some(due));
    }
    let asking = began.elapsed() / ASKED;
    let (began, cpu) = (Instant::now(), cpu_ms("self"));
    let claims = store.claim(start, usize::try_from(2 * DUE).unwrap(), TimeDelta::minutes(5)).await.unwrap();
    let (claiming, cpu) = (began.elapsed(), cpu_ms("self") - cpu);
    assert_eq!(u64::try_from(claims.len()).unwrap(), DUE);
    let mut work = JoinSet::new();
    for claim in claims {
        let store = Arc::clone(store);
        work.spawn(async move { store.finish(&claim, Some(next)).await.unwrap() });
    }
    work.join_all().await;
    [asking.as_secs_f64() * 1e6, cpu * 1e3, claiming.as_secs_f64() * 1e6]
}

/// A database of open incidents, each with a journal and a wake-up in the hours to come.
async fn filled(database: &Path, open: u64, start: Moment) -> SharedStore {
    let store: SharedStore = Arc::new(SqliteStore::open(database).unwrap());
    for batch in 0..open / AT_ONCE {
        let issues = (1..=AT_ONCE).map(|nth| IssueRef::new("github", "acme/incidents", batch * AT_ONCE + nth));
        let opening = start - TimeDelta::days(1);
        store.nudge(issues.collect(), opening, false).await.unwrap();
        let claims = store.claim(opening, usize::try_from(AT_ONCE).unwrap(), TimeDelta::minutes(5)).await.unwrap();
        let mut work = JoinSet::new();
        for claim in claims {
            let store = Arc::clone(&store);
            work.spawn(async move {
                let number = claim.issue.number;
                let later = i64::try_from(number * 7_919 % 18_000).unwrap();
                let next = start + TimeDelta::seconds(1_800 + later);
                let opened = Event { at: opening, by: Actor::Somebody, url: None, what: What::Opened };
                store.conclude(&claim, vec![opened], Vec::new(), Some(next)).await.unwrap();
            });
        }
        work.join_all().await;
    }
    assert_eq!(store.counts().await.unwrap().scheduled, open);
    store
}
