//! What a whole incident costs the forge: one read a burst and one write a visible effect, and on GitLab about what it
//! costs on GitHub.
//!
//! A burst is what people, clocks and the forge cause in one moment of the virtual clock, so what is counted does not
//! depend on the machine.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
};

use chrono::TimeDelta;
use hotwash::{
    cli::Program,
    config::DrillSettings,
    drill::{
        face::Kind,
        faults::Faults,
        model::{At, Close, Deed, Login, Outcome},
        script::{self, with_field},
        stage::Stage,
    },
};

use crate::support::{proxy::class, settings::say};

const PROJECT: &str = "acme/incidents";

/// Sweeps are rare, so that what an incident costs is not lost among them: they cost the same however much happens.
const SCRIPT: &str = r#"
title = "The canonical lifecycle"
start = "2026-11-16 08:59"

[project]
process = "cloud-gov"
timezone = "UTC"
limits = { sweep_every = "4h" }

[people]
erin = "write"
bob = "write"

[[step]]
after = "1m"
note = "what happens is up to the test"
"#;

const REPORT: &str = "<!-- hotwash:incident -->\nSomebody is logged in twice.\n\n- **Status**: investigating\n\
                      - **Severity**: unknown\n- **Reporter**: @erin\n- **IC**: Your Name\n- **Responders**: nobody\n";
const MOVES: [&str; 4] = ["phase::assess", "severity::medium", "phase::remediate", "severity::high"];
const NAMES: [&str; 5] = ["Kim", "Sam", "Ada", "Bo", "Lin"];
const SITREPS: usize = 10;

/// What people do: file, acknowledge, edit, label, report, close.
const DEEDS: usize = 1 + 1 + NAMES.len() + MOVES.len() + SITREPS + 1;
/// Moments at which the program looks and finds nothing to ask: just after it labelled what was filed, and at a slot of
/// the fixed cadence that an earlier sitrep met.
const QUIET: usize = 2;
/// Four labels to begin with, then at most one on and one off for each move.
const LABEL_WRITES: usize = 4 + 2 * MOVES.len();

/// Requests by method and kind of path.
type Counts = BTreeMap<String, usize>;

/// What was asked, burst by burst: the first before anything happens.
#[derive(Default)]
struct Log(Mutex<Vec<Counts>>);

impl Log {
    fn next_burst(&self) {
        self.0.lock().unwrap().push(Counts::new());
    }

    fn asked(&self, class: String) {
        let mut bursts = self.0.lock().unwrap();
        if bursts.is_empty() {
            bursts.push(Counts::new());
        }
        *bursts.last_mut().unwrap().entry(class).or_default() += 1;
    }
}

/// What one incident cost.
struct Cost {
    bursts: Vec<Counts>,
    /// Comments of the program in the thread or taken back, and reports among them.
    comments: usize,
    reports: usize,
}

impl Cost {
    fn of(counts: &Counts, classes: &[&str]) -> usize {
        classes.iter().filter_map(|class| counts.get(*class)).sum()
    }

    fn whole(&self) -> Counts {
        let mut whole = Counts::new();
        for (class, count) in self.bursts.iter().flatten() {
            *whole.entry(class.clone()).or_default() += count;
        }
        whole
    }

    fn bursts_with(&self, classes: &[&str]) -> usize {
        self.bursts.iter().filter(|counts| Self::of(counts, classes) > 0).count()
    }
}

struct Play<'p> {
    stage: Stage<'p>,
    log: Arc<Log>,
}

impl Play<'_> {
    async fn does(&mut self, by: &str, deed: Deed) -> Outcome {
        self.log.next_burst();
        let outcome = self.stage.perform(&Login::new(by), deed).unwrap();
        self.stage.settle().await.unwrap();
        outcome
    }

    async fn passes(&mut self, span: TimeDelta) {
        let to = self.stage.now() + span;
        self.log.next_burst();
        while self.stage.towards(to).await.unwrap() {
            self.log.next_burst();
        }
    }

    /// Filed, acknowledged, edited, moved from phase to phase, reported on each hour after a reminder, closed.
    async fn whole(&mut self, on: Kind) {
        let (minute, at) = (TimeDelta::minutes(1), || At::new(PROJECT, 1));
        let says = |text: &str| Deed::Comment { at: at(), body: text.to_owned() };
        // As the forge's template files it.
        let confidential = on == Kind::Gitlab;
        let (title, body, labels) = ("Odd logins".to_owned(), Some(REPORT.to_owned()), vec!["incident".to_owned()]);
        let project = PROJECT.to_owned();
        self.does("erin", Deed::File { project, title, body, labels, assignees: Vec::new(), confidential }).await;
        self.passes(minute * 5).await;
        self.does("bob", says("@hotwash ack")).await;
        for nth in 1..=NAMES.len() {
            self.passes(minute * 2).await;
            let body = Some(with_field(REPORT, "Responders", &NAMES[..nth].join(", ")));
            self.does("erin", Deed::Edit { at: at(), title: None, body }).await;
        }
        for label in MOVES {
            self.passes(minute * 2).await;
            self.does("bob", Deed::Label { at: at(), names: vec![label.to_owned()] }).await;
        }
        for _ in 0..SITREPS {
            self.passes(minute * 65).await;
            self.does("bob", says("Sitrep: we are still at it.")).await;
        }
        self.passes(minute * 10).await;
        self.does("bob", Deed::Close { at: at(), reason: Close::Completed }).await;
        self.passes(minute * 10).await;
    }
}

/// Plays the incident and counts.
async fn costs(on: Kind) -> Cost {
    let mut settings = None;
    let script = script::read(SCRIPT, "calls.toml", &mut |table| {
        settings = DrillSettings::read(table, Path::new(""));
        settings.as_ref()?.project().cloned().map(Into::into)
    });
    let (script, program) = (script.unwrap().on(on), Program::new(settings.unwrap()));
    let (log, faults) = (Arc::new(Log::default()), Faults::new(0));
    let asked = Arc::clone(&log);
    faults.decided_by(Box::new(move |method, path| {
        asked.asked(class(method, path));
        None
    }));
    let mut play = Play { stage: Stage::set(&script, &program, faults).await.unwrap(), log };
    play.whole(on).await;
    let (comments, reports) = play.stage.look(|world| {
        let issue = world.issue(PROJECT, 1).unwrap();
        assert!(!issue.open && issue.labels.contains(&"severity::high".to_owned()), "{issue:?}");
        let of_kind = |kind: &str| world.comments(issue.id).filter(|it| it.body.contains(kind)).count();
        (of_kind("<!-- hotwash:"), of_kind("<!-- hotwash:retrospective "))
    });
    play.stage.strike().await.unwrap();
    let bursts = std::mem::take(&mut *play.log.0.lock().unwrap());
    Cost { bursts, comments, reports }
}

fn told(name: &str, counts: &Counts) -> usize {
    say(&format!("| {name} | count |\n|---|---|"));
    for (class, count) in counts {
        say(&format!("| `{class}` | {count} |"));
    }
    counts.values().sum()
}

const READS: [&str; 1] = ["GET /issues/{n}"];

#[tokio::test]
async fn an_incident_on_github_costs_one_read_a_burst_and_one_write_an_effect() {
    let cost = costs(Kind::Github).await;
    let whole = cost.whole();
    told("GitHub", &whole);
    for (nth, burst) in cost.bursts.iter().enumerate() {
        assert!(Cost::of(burst, &READS) <= 1, "burst {nth}: {burst:?}");
    }
    let (rewriting, posting) = (["PATCH /issues/comments/{n}"], ["POST /issues/{n}/comments"]);
    let labelling = ["POST /issues/{n}/labels", "PUT /issues/{n}/labels", "DELETE /issues/{n}/labels/{name}"];
    assert_is_frugal(&cost, &labelling, &posting, &rewriting);
    // Nothing is deleted here: what was posted stands there.
    assert_eq!(Cost::of(&whole, &posting), cost.comments);
}

#[tokio::test]
async fn an_incident_on_gitlab_costs_one_read_a_burst_and_one_write_an_effect() {
    let cost = costs(Kind::Gitlab).await;
    let whole = cost.whole();
    told("GitLab", &whole);
    let mut twice = 0;
    for (nth, burst) in cost.bursts.iter().enumerate() {
        // Who edited the text is a note of GitLab's; the text is read again after it, so that they belong together. A
        // sweep asks for that as well.
        let reads = Cost::of(burst, &READS);
        assert!(reads <= 2, "burst {nth}: {burst:?}");
        twice += usize::from(reads == 2);
    }
    let sweeps = cost.bursts_with(&["GET /issues"]);
    assert!(twice <= NAMES.len() + sweeps, "{twice} texts read again for {} edits and {sweeps} sweeps", NAMES.len());
    let (rewriting, posting) = (["PUT /issues/{n}/notes/{n}"], ["POST /issues/{n}/notes"]);
    assert_is_frugal(&cost, &["PUT /issues/{n}"], &posting, &rewriting);
    // What was met is deleted.
    let deleted = Cost::of(&whole, &["DELETE /issues/{n}/notes/{n}"]);
    assert_eq!(Cost::of(&whole, &posting), cost.comments + deleted);
}

/// No look without a cause, and no write that nobody sees.
fn assert_is_frugal(cost: &Cost, labelling: &[&str], posting: &[&str], rewriting: &[&str]) {
    let whole = cost.whole();
    assert_eq!(cost.reports, 1);
    let posted = Cost::of(&whole, posting);
    // The board and the report answer deeds; every other comment is the end of a span.
    let looks = cost.bursts_with(&READS);
    assert!(looks <= DEEDS + (posted - 2) + QUIET, "{looks} looks for {DEEDS} deeds and {posted} comments");
    let labels = Cost::of(&whole, labelling);
    assert!((1..=LABEL_WRITES).contains(&labels), "{labels} label writes");
    for (nth, burst) in cost.bursts.iter().enumerate() {
        // The board, and the words of an earlier reminder that one more waits for.
        assert!(Cost::of(burst, rewriting) <= 2, "burst {nth}: {burst:?}");
    }
}

#[tokio::test]
async fn an_incident_costs_gitlab_at_most_a_tenth_more_requests_than_github() {
    let (github, gitlab) = (costs(Kind::Github).await, costs(Kind::Gitlab).await);
    let sum = |cost: &Cost| cost.whole().values().sum::<usize>();
    let (on_github, on_gitlab) = (sum(&github), sum(&gitlab));
    say(&format!("{on_github} requests on GitHub, {on_gitlab} on GitLab"));
    assert!(on_github > 60, "{on_github} requests are too few for a whole incident");
    assert!(on_gitlab * 10 <= on_github * 11, "{on_gitlab} requests on GitLab, {on_github} on GitHub");
}
