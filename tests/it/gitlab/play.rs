//! The whole program on the simulated GitLab, one issue, and what can be done to it and seen of it.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use chrono::TimeDelta;
use hotwash::{
    cli::Program,
    config::DrillSettings,
    document::{Document, Source, Table},
    domain::{
        event::{Event, What},
        forge_severity::ForgeSeverity,
        ids::IssueRef,
        people::Actor,
    },
    drill::{
        face::{Face, Kind},
        faults::{Effect, Faults, How},
        gitlab::Simulated,
        model::{At, Deed, Event as Noted, Login},
        script::{self, Script},
        stage::Stage,
    },
};
use tokio::sync::Notify;

pub(super) const SCRIPT: &str = r#"title = "In step"
start = "2026-11-20 09:58"
[project]
process = "cloud-gov"
[people]
erin = "write"
bob = "write"
[[step]]
at = "10:00"
by = "erin"
file = { title = "Odd logins" }
"#;

pub(super) const PATH: &str = "acme/incidents";

fn settings(table: &Table<'_>) -> Option<DrillSettings> {
    DrillSettings::read(table, Path::new(""))
}

pub(super) fn text(more: &str) -> String {
    SCRIPT.replacen("[people]", &format!("{more}\n[people]"), 1)
}

pub(super) fn program(text: &str) -> Program {
    let source = Source::read(text);
    let document = Document::parse(&source, "drill.toml");
    Program::new(settings(&document.root().sub("project").unwrap()).unwrap())
}

pub(super) fn script(text: &str) -> Script {
    let mut reader =
        |table: &Table<'_>| settings(table).and_then(|settings| settings.project().cloned().map(Into::into));
    script::read(text, "drill.toml", &mut reader).unwrap().on(Kind::Gitlab)
}

/// The stage with one issue on it, and what can be seen of that.
pub(super) struct Play<'p>(pub(super) Stage<'p>);

impl<'p> Play<'p> {
    pub(super) async fn set(script: &Script, program: &'p Program) -> Self {
        Self(Stage::set(script, program, Faults::new(0)).await.unwrap())
    }

    /// With an incident of GitLab's own type.
    pub(super) async fn with_incident(script: &Script, program: &'p Program) -> Self {
        let mut play = Self::set(script, program).await;
        play.file(true);
        play.does("erin", Deed::SetKind { at: at(), kind: Some("incident".to_owned()) });
        play.minutes(1).await;
        play
    }

    pub(super) fn file(&mut self, confidential: bool) {
        let deed = Deed::File {
            project: PATH.to_owned(),
            title: "Odd logins".to_owned(),
            body: Some("Somebody was here.\n\n- **Status**: investigating\n- **Severity**: unknown\n".to_owned()),
            labels: vec!["incident".to_owned()],
            assignees: Vec::new(),
            confidential,
        };
        self.does("erin", deed);
    }

    pub(super) fn does(&mut self, who: &str, deed: Deed) {
        self.0.perform(&Login::new(who), deed).unwrap();
    }

    pub(super) fn says(&mut self, who: &str, body: &str) {
        self.does(who, Deed::Comment { at: at(), body: body.to_owned() });
    }

    pub(super) fn labels(&mut self, who: &str, name: &str) {
        self.does(who, Deed::Label { at: at(), names: vec![name.to_owned()] });
    }

    pub(super) fn sets(&mut self, who: &str, severity: ForgeSeverity) {
        self.does(who, Deed::SetSeverity { at: at(), severity });
    }

    pub(super) async fn minutes(&mut self, minutes: i64) {
        self.seconds(60 * minutes).await;
    }

    pub(super) async fn seconds(&mut self, seconds: i64) {
        let until = self.0.now() + TimeDelta::seconds(seconds);
        while self.0.towards(until).await.unwrap() {}
    }

    pub(super) fn forge(&self) -> &Simulated {
        match self.0.forge() {
            Face::Gitlab(forge) => forge,
            Face::Github(_) => panic!("the wrong forge"),
        }
    }

    /// What GitLab shows, and which severity labels are on.
    pub(super) fn shows(&self) -> (ForgeSeverity, Vec<String>) {
        self.0.look(|world| {
            let issue = world.issue(PATH, 1).unwrap();
            let labels = issue.labels.iter().filter(|label| label.starts_with("severity::"));
            (issue.severity, labels.cloned().collect())
        })
    }

    /// Who set GitLab's severity to what, as GitLab has it.
    pub(super) fn set_by(&self) -> Vec<(String, ForgeSeverity)> {
        self.0.look(|world| {
            let issue = world.issue(PATH, 1).unwrap();
            let named = |by| world.user_by_id(by).unwrap().login.as_str().to_owned();
            let history = world.history(issue.id).iter();
            history
                .filter_map(|entry| match entry.event {
                    Noted::Severity(to) => Some((named(entry.by), to)),
                    _ => None,
                })
                .collect()
        })
    }

    pub(super) async fn journal(&self) -> Vec<Event> {
        let store = self.0.store().unwrap();
        let entries = store.journal(&IssueRef::new("gitlab", PATH, 1)).await.unwrap();
        entries.into_iter().map(|entry| entry.event).collect()
    }

    /// The same, as the program has it.
    pub(super) async fn noted(&self) -> Vec<(String, ForgeSeverity)> {
        let journal = self.journal().await;
        let set = journal.iter().filter_map(|event| match event.what {
            What::ForgeSeverity { to } => Some((who(&event.by), to)),
            _ => None,
        });
        set.collect()
    }

    pub(super) fn entries(&self) -> Vec<String> {
        let shown = |note: String| note.split("\n\n<!--").next().unwrap().rsplit("\n\n").next().unwrap().to_owned();
        self.forge().timeline().into_iter().map(|(_, _, note)| shown(note)).collect()
    }

    /// The thread, oldest first.
    pub(super) fn said(&self) -> Vec<String> {
        self.0.look(|world| {
            let issue = world.issue(PATH, 1).unwrap();
            world.comments(issue.id).map(|comment| comment.body.clone()).collect()
        })
    }

    pub(super) fn board(&self) -> String {
        self.said().into_iter().find(|said| said.contains("<!-- hotwash:board")).unwrap()
    }

    /// Counts what is asked by GraphQL from now on; the `fatal`th such request is done, and its answer never comes.
    pub(super) fn counting(&self, fatal: Option<usize>) -> (Arc<AtomicUsize>, Arc<Notify>) {
        self.striking(|_, path| path.contains("graphql"), fatal, Effect::AtOnce)
    }

    /// The same of every request but plain reading, and done or not.
    pub(super) fn counting_changes(&self, fatal: Option<usize>, effect: Effect) -> (Arc<AtomicUsize>, Arc<Notify>) {
        self.striking(|method, _| method != "GET", fatal, effect)
    }

    fn striking(
        &self,
        fits: fn(&str, &str) -> bool,
        fatal: Option<usize>,
        effect: Effect,
    ) -> (Arc<AtomicUsize>, Arc<Notify>) {
        let (asked, struck) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let (count, strikes) = (Arc::clone(&asked), Arc::clone(&struck));
        self.forge().faults().decided_by(Box::new(move |method, path| {
            if !fits(method, path) || Some(count.fetch_add(1, Ordering::SeqCst)) != fatal {
                return None;
            }
            strikes.notify_one();
            Some((How::Hang, effect))
        }));
        (asked, struck)
    }

    /// Time passes; if a request hangs meanwhile, the program is killed there and started again.
    pub(super) async fn minutes_or_death(&mut self, minutes: i64, struck: &Notify) {
        let until = self.0.now() + TimeDelta::minutes(minutes);
        loop {
            tokio::select! {
                biased;
                () = struck.notified() => {}
                () = async { while self.0.towards(until).await.unwrap() {} } => return,
            }
            self.0.kill().await.unwrap();
            self.0.start().await.unwrap();
        }
    }

    /// Goes on until a request hangs, kills the program there, and starts it again.
    pub(super) async fn dies_at(&mut self, struck: &Notify) {
        let until = self.0.now() + TimeDelta::minutes(5);
        tokio::select! {
            biased;
            () = struck.notified() => {}
            went_on = async { while self.0.towards(until).await.unwrap() {} } => panic!("nothing hung: {went_on:?}"),
        }
        self.0.kill().await.unwrap();
        self.0.start().await.unwrap();
    }
}

pub(super) fn at() -> At {
    At::new(PATH, 1)
}

fn who(by: &Actor) -> String {
    match by {
        Actor::Person(account) => account.login.clone(),
        Actor::Somebody => "somebody".to_owned(),
        Actor::Bot => "the bot".to_owned(),
    }
}

pub(super) fn owned(all: &[(&str, ForgeSeverity)]) -> Vec<(String, ForgeSeverity)> {
    all.iter().map(|(who, to)| ((*who).to_owned(), *to)).collect()
}
