//! What a whole incident costs the forge: on GitLab about what it costs on GitHub.

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

/// Requests by method and kind of path.
type Counts = BTreeMap<String, usize>;

struct Play<'p> {
    stage: Stage<'p>,
}

impl Play<'_> {
    async fn does(&mut self, by: &str, deed: Deed) -> Outcome {
        let outcome = self.stage.perform(&Login::new(by), deed).unwrap();
        self.stage.settle().await.unwrap();
        outcome
    }

    async fn passes(&mut self, span: TimeDelta) {
        let to = self.stage.now() + span;
        while self.stage.towards(to).await.unwrap() {}
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

/// What the incident costs, and how many comments the program wrote.
async fn costs(on: Kind) -> (Counts, usize) {
    let mut settings = None;
    let script = script::read(SCRIPT, "calls.toml", &mut |table| {
        settings = DrillSettings::read(table, Path::new(""));
        settings.as_ref()?.project().cloned()
    });
    let (script, program) = (script.unwrap().on(on), Program::new(settings.unwrap()));
    let (counts, faults) = (Arc::new(Mutex::new(Counts::new())), Faults::new(0));
    let counted = Arc::clone(&counts);
    faults.decided_by(Box::new(move |method, path| {
        *counted.lock().unwrap().entry(class(method, path)).or_default() += 1;
        None
    }));
    let mut play = Play { stage: Stage::set(&script, &program, faults).await.unwrap() };
    play.whole(on).await;
    let written = play.stage.look(|world| {
        let issue = world.issue(PROJECT, 1).unwrap();
        assert!(!issue.open && issue.labels.contains(&"severity::high".to_owned()), "{issue:?}");
        world.comments(issue.id).filter(|comment| comment.body.contains("<!-- hotwash:retrospective ")).count()
    });
    play.stage.strike().await.unwrap();
    let counts = counts.lock().unwrap().clone();
    (counts, written)
}

fn told(name: &str, counts: &Counts) -> usize {
    say(&format!("| {name} | count |\n|---|---|"));
    for (class, count) in counts {
        say(&format!("| `{class}` | {count} |"));
    }
    counts.values().sum()
}

#[tokio::test]
async fn an_incident_costs_gitlab_at_most_a_tenth_more_requests_than_github() {
    let ((github, one), (gitlab, other)) = (costs(Kind::Github).await, costs(Kind::Gitlab).await);
    assert_eq!((one, other), (1, 1), "a report each");
    let (on_github, on_gitlab) = (told("GitHub", &github), told("GitLab", &gitlab));
    say(&format!("{on_github} requests on GitHub, {on_gitlab} on GitLab"));
    assert!(on_github > 60, "{on_github} requests are too few for a whole incident");
    assert!(on_gitlab * 10 <= on_github * 11, "{on_gitlab} requests on GitLab, {on_github} on GitHub");
}
