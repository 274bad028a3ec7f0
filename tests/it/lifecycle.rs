//! The whole program against a simulated forge over real HTTP: one incident from the report to the retrospective, in
//! fair weather and foul, counted, and with the power cut; each on GitHub and on GitLab.
//!
//! `HOTWASH_SEED` repeats a run, `HOTWASH_KILLS` sets how often the power is cut.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use hotwash::drill::{face::Kind, faults::Mail};
use tokio::task::JoinSet;

use crate::support::{
    bot::Settings,
    forge::Outcome,
    kills::{killed, lost},
    settings::{number, say, seed},
    stage::{Scene, Stage},
    story::{REPORT, whole_incident},
    thread::Canonical,
};

/// One hour of the incident takes six seconds.
const SPEED: u32 = 600;
/// One hour takes two seconds, where many hours must pass.
const FAST: u32 = 1_800;

fn settings() -> Settings {
    Settings { speed: SPEED, sweep_every: "2s" }
}

/// The story in one kind of weather; what it ended in, and that nothing acknowledged was lost.
async fn story_in(on: Kind, name: &str, weather: Mail, seed: u64) -> Canonical {
    let stage = Stage::set_on(on, &settings(), seed).await;
    stage.forge.weather(weather);
    stage.watched_by(Box::new(|scene| assert!(scene.of_kind("board").len() <= 1, "two boards")));
    let (_, end) = whole_incident(&stage, &|step| say(&format!("{name}: {step}"))).await;
    assert_eq!(stage.stop_bot(), Some(0), "a graceful stop, {name}");
    let log = stage.forge.log();
    assert_eq!(lost(&log, &stage.folder().join("hotwash.db")), Vec::<String>::new(), "{name}");
    let refused: Vec<_> = log.iter().filter(|it| matches!(it.outcome, Outcome::Answered(_))).collect();
    assert!(refused.is_empty(), "an authentic delivery is never refused: {refused:?}");
    end
}

/// What the story ends in, however it was disturbed.
fn assert_ends_as_expected(end: &Canonical) {
    let count = |kind: &str| end.comments.iter().filter(|(it, _)| it.starts_with(kind)).map(|(_, n)| n).sum::<usize>();
    assert_eq!(end.labels, ["incident", "phase::retrospective", "severity::high", "status::resolved"]);
    assert_eq!(end.reminded.iter().collect::<Vec<_>>(), ["acknowledge", "sitrep"]);
    assert_eq!((count("board "), count("retrospective ")), (1, 2), "{end:?}");
}

async fn an_incident(on: Kind) {
    let end = story_in(on, "fair", Mail::default(), seed()).await;
    assert_ends_as_expected(&end);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_incident_from_its_report_to_its_retrospective() {
    an_incident(Kind::Github).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_incident_from_its_report_to_its_retrospective_on_gitlab() {
    an_incident(Kind::Gitlab).await;
}

async fn any_weather(on: Kind) {
    let mut ends = BTreeMap::new();
    let (seed, delay) = (seed(), TimeDelta::seconds(1));
    let weathers = [
        ("fair", Mail::default()),
        ("dropped", Mail { drop: 40, ..Mail::default() }),
        ("doubled", Mail { double: 80, late: 40, delay, ..Mail::default() }),
        ("shuffled and delayed", Mail { late: 60, delay, ..Mail::default() }),
        ("all of it", Mail { drop: 30, double: 40, late: 60, delay }),
    ];
    // Side by side, each on its own stage: most of a story is waiting.
    let mut stories = JoinSet::new();
    for (name, weather) in weathers {
        stories.spawn(async move { (name, story_in(on, name, weather, seed).await) });
    }
    for (name, end) in stories.join_all().await {
        assert_ends_as_expected(&end);
        ends.insert(name, end);
    }
    for (name, end) in &ends {
        assert_eq!(Some(end), ends.get("fair"), "{name}, seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lost_doubled_and_shuffled_deliveries_end_in_the_same_labels_and_comments() {
    any_weather(Kind::Github).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lost_doubled_and_shuffled_deliveries_end_in_the_same_labels_and_comments_on_gitlab() {
    any_weather(Kind::Gitlab).await;
}

async fn power_cuts(on: Kind) {
    let seed = seed();
    let kills = number("HOTWASH_KILLS", 3);
    let undisturbed = story_in(on, "undisturbed", Mail::default(), seed).await;
    killed(on, &settings(), &undisturbed, kills, seed).await;
    say(&format!("{kills} kills, seed {seed}: no acknowledged delivery lost, no comment doubled"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn power_cuts_lose_nothing_and_double_nothing() {
    power_cuts(Kind::Github).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn power_cuts_lose_nothing_and_double_nothing_on_gitlab() {
    power_cuts(Kind::Gitlab).await;
}

// The canonical lifecycle: what it may cost the forge. Bursts are what people and clocks cause, one after another.
const EDITS: usize = 5;
const MOVES: [&str; 4] = ["phase::assess", "severity::medium", "phase::remediate", "severity::high"];
const REMINDERS: usize = 10;
/// Opened, acknowledged, edits, label moves, a sitrep for each reminder, closed; and the reminders' own clock.
const BURSTS: usize = 2 + EDITS + MOVES.len() + 2 * REMINDERS + 1;
/// Whole reads of the issue beyond one a burst: for a delivery that arrives when its burst was just read. On a machine that
/// has much else to do, the deliveries of a burst lie further apart, and a quarter of the bursts may be read twice.
const SPARE_READS: usize = BURSTS / 4;
/// Label writes: four labels to begin with, at most one on and one off for each move.
const LABEL_WRITES: usize = 4 + 2 * MOVES.len();
/// Comments: the board, the reminders (to acknowledge as well), the retrospective.
const COMMENTS: usize = 1 + REMINDERS + 1 + 1;
/// Rewrites: each folded reminder, and the board at most once a burst.
const REWRITES: usize = REMINDERS + 1 + BURSTS;

/// Kinds of requests of a forge: whole reads of the issue, label writes, comments, rewrites and folding away.
type Classes = [&'static [&'static str]; 4];

const OF_GITHUB: Classes = [
    &["GET /issues/{n}"],
    &["POST /issues/{n}/labels", "PUT /issues/{n}/labels", "DELETE /issues/{n}/labels/{name}"],
    &["POST /issues/{n}/comments"],
    // Folding away is a question to the other API.
    &["PATCH /issues/comments/{n}", "POST /graphql"],
];
const OF_GITLAB: Classes = [
    &["GET /issues/{n}"],
    &["PUT /issues/{n}"],
    &["POST /issues/{n}/notes"],
    // What was met is deleted.
    &["PUT /issues/{n}/notes/{n}", "DELETE /issues/{n}/notes/{n}"],
];

async fn costs(on: Kind, [reads, labels, comments, rewrites]: Classes) {
    let settings = Settings { speed: FAST, sweep_every: "10m" };
    let stage = Stage::set_on(on, &settings, seed()).await;
    stage.proxy.forget();
    canonical_lifecycle(&stage).await;
    let counts = stage.proxy.counts();
    say("| request | count |
|---|---|");
    for (class, count) in &counts {
        say(&format!("| `{class}` | {count} |"));
    }
    let sum = |wanted: &[&str]| -> usize {
        let of_class = |class: &&str| usize::try_from(counts.get(*class).copied().unwrap_or(0)).unwrap();
        wanted.iter().map(of_class).sum()
    };
    let reads = sum(reads);
    assert!(reads <= BURSTS + SPARE_READS, "{reads} reads of the issue for {BURSTS} bursts");
    let labels = sum(labels);
    assert!((1..=LABEL_WRITES).contains(&labels), "{labels} label writes, {LABEL_WRITES} label effects");
    let comments = sum(comments);
    assert!((1..=COMMENTS).contains(&comments), "{comments} comments posted, {COMMENTS} to be seen");
    let rewrites = sum(rewrites);
    assert!((1..=REWRITES).contains(&rewrites), "{rewrites} comments rewritten, {REWRITES} changes to be seen");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_whole_lifecycle_costs_one_read_a_burst_and_one_write_an_effect() {
    costs(Kind::Github, OF_GITHUB).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_whole_lifecycle_costs_one_read_a_burst_and_one_write_an_effect_on_gitlab() {
    costs(Kind::Gitlab, OF_GITLAB).await;
}

async fn canonical_lifecycle(stage: &Stage) {
    let issue = stage.reporter.files("Strange logins", REPORT, &["incident"]);
    stage.until("board", issue, |it| it.of_kind("board").pop()).await;
    stage.responder.comments(issue, "@hotwash ack");
    for edit in 0..EDITS {
        let names = ["Kim", "Sam", "Ada", "Bo", "Lin"].iter().take(edit + 1).copied().collect::<Vec<_>>().join(", ");
        stage.reporter.edits(issue, &REPORT.replace("Any other responders", &names));
        let last = names.rsplit(' ').next().unwrap_or_default().to_owned();
        let names_them = move |body: &str| body.contains(&last);
        stage
            .until("board with the new responder", issue, |it| {
                it.of_kind("board").pop().filter(|(_, board)| names_them(&board.body))
            })
            .await;
    }
    for label in MOVES {
        stage.responder.labels(issue, label);
        let (prefix, value) = label.split_at(label.find("::").unwrap() + 2);
        stage.until(label, issue, |it| (it.only(prefix) == Some(value)).then_some(())).await;
    }
    for hour in 1..=REMINDERS {
        let sitreps = |it: &Scene| {
            let reminders = it.of_kind("reminder").into_iter().filter(|(marker, _)| marker.key.contains("sitrep"));
            reminders.map(|(_, said)| said).collect::<Vec<_>>()
        };
        let due = stage.until("reminder", issue, |it| sitreps(it).get(hour - 1).cloned()).await;
        stage.responder.comments(issue, "Sitrep: we are still at it.");
        stage.until("folded reminder", issue, |it| it.folded(&due).then_some(())).await;
    }
    stage.responder.closes(issue);
    stage.until("retrospective", issue, |it| it.of_kind("retrospective").pop()).await;
    stage.calm(issue).await;
}
