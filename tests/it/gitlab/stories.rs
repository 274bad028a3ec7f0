//! The whole program on the simulated GitLab: its severity and ours in step, its timeline copied, follow-ups linked; each
//! once, whenever the program dies.

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
    document::{Document, Table},
    domain::{
        event::{Event, What},
        forge_severity::ForgeSeverity::{self, Critical, High, Low, Medium, Unknown},
        ids::IssueRef,
        people::Actor,
    },
    drill::{
        face::{Face, Kind},
        faults::{Effect, Faults, How, Mail},
        gitlab::Simulated,
        model::{Access, At, Deed, Event as Noted, Login},
        script::{self, Script},
        stage::Stage,
    },
};
use tokio::sync::Notify;

const SCRIPT: &str = r#"title = "In step"
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

const PATH: &str = "acme/incidents";

fn settings(table: &Table<'_>) -> Option<DrillSettings> {
    DrillSettings::read(table, Path::new(""))
}

fn text(more: &str) -> String {
    SCRIPT.replacen("[people]", &format!("{more}\n[people]"), 1)
}

fn program(text: &str) -> Program {
    let document = Document::parse(text, "drill.toml");
    Program::new(settings(&document.root().sub("project").unwrap()).unwrap())
}

fn script(text: &str) -> Script {
    let mut reader = |table: &Table<'_>| settings(table).and_then(|settings| settings.project().cloned());
    script::read(text, "drill.toml", &mut reader).unwrap().on(Kind::Gitlab)
}

/// The stage with one issue on it, and what can be seen of that.
struct Play<'p>(Stage<'p>);

impl<'p> Play<'p> {
    async fn set(script: &Script, program: &'p Program) -> Self {
        Self(Stage::set(script, program, Faults::new(0)).await.unwrap())
    }

    /// With an incident of GitLab's own type.
    async fn with_incident(script: &Script, program: &'p Program) -> Self {
        let mut play = Self::set(script, program).await;
        play.file();
        play.does("erin", Deed::SetKind { at: at(), kind: Some("incident".to_owned()) });
        play.minutes(1).await;
        play
    }

    fn file(&mut self) {
        let deed = Deed::File {
            project: PATH.to_owned(),
            title: "Odd logins".to_owned(),
            body: Some("Somebody was here.\n\n- **Status**: investigating\n- **Severity**: unknown\n".to_owned()),
            labels: vec!["incident".to_owned()],
            assignees: Vec::new(),
            confidential: true,
        };
        self.does("erin", deed);
    }

    fn does(&mut self, who: &str, deed: Deed) {
        self.0.perform(&Login::new(who), deed).unwrap();
    }

    fn says(&mut self, who: &str, body: &str) {
        self.does(who, Deed::Comment { at: at(), body: body.to_owned() });
    }

    fn labels(&mut self, who: &str, name: &str) {
        self.does(who, Deed::Label { at: at(), names: vec![name.to_owned()] });
    }

    fn sets(&mut self, who: &str, severity: ForgeSeverity) {
        self.does(who, Deed::SetSeverity { at: at(), severity });
    }

    async fn minutes(&mut self, minutes: i64) {
        let until = self.0.now() + TimeDelta::minutes(minutes);
        while self.0.towards(until).await.unwrap() {}
    }

    fn forge(&self) -> &Simulated {
        match self.0.forge() {
            Face::Gitlab(forge) => forge,
            Face::Github(_) => panic!("the wrong forge"),
        }
    }

    /// What GitLab shows, and which severity labels are on.
    fn shows(&self) -> (ForgeSeverity, Vec<String>) {
        self.0.look(|world| {
            let issue = world.issue(PATH, 1).unwrap();
            let labels = issue.labels.iter().filter(|label| label.starts_with("severity::"));
            (issue.severity, labels.cloned().collect())
        })
    }

    /// Who set GitLab's severity to what, as GitLab has it.
    fn set_by(&self) -> Vec<(String, ForgeSeverity)> {
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

    async fn journal(&self) -> Vec<Event> {
        let store = self.0.store().unwrap();
        let entries = store.journal(&IssueRef::new("gitlab", PATH, 1)).await.unwrap();
        entries.into_iter().map(|entry| entry.event).collect()
    }

    /// The same, as the program has it.
    async fn noted(&self) -> Vec<(String, ForgeSeverity)> {
        let journal = self.journal().await;
        let set = journal.iter().filter_map(|event| match event.what {
            What::ForgeSeverity { to } => Some((who(&event.by), to)),
            _ => None,
        });
        set.collect()
    }

    fn entries(&self) -> Vec<String> {
        let shown = |note: String| note.split("\n\n<!--").next().unwrap().rsplit("\n\n").next().unwrap().to_owned();
        self.forge().timeline().into_iter().map(|(_, _, note)| shown(note)).collect()
    }

    fn board(&self) -> String {
        self.0.look(|world| {
            let issue = world.issue(PATH, 1).unwrap();
            let board = world.comments(issue.id).find(|comment| comment.body.contains("<!-- hotwash:board"));
            board.unwrap().body.clone()
        })
    }

    /// Counts what is asked by GraphQL from now on; the `fatal`th such request is done, and its answer never comes.
    fn counting(&self, fatal: Option<usize>) -> (Arc<AtomicUsize>, Arc<Notify>) {
        let (asked, struck) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let (count, strikes) = (Arc::clone(&asked), Arc::clone(&struck));
        self.forge().faults().decided_by(Box::new(move |_, path| {
            if !path.contains("graphql") || Some(count.fetch_add(1, Ordering::SeqCst)) != fatal {
                return None;
            }
            strikes.notify_one();
            Some((How::Hang, Effect::AtOnce))
        }));
        (asked, struck)
    }

    /// Goes on until a request hangs, kills the program there, and starts it again.
    async fn dies_at(&mut self, struck: &Notify) {
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

fn at() -> At {
    At::new(PATH, 1)
}

fn who(by: &Actor) -> String {
    match by {
        Actor::Person(account) => account.login.clone(),
        Actor::Somebody => "somebody".to_owned(),
        Actor::Bot => "the bot".to_owned(),
    }
}

fn owned(all: &[(&str, ForgeSeverity)]) -> Vec<(String, ForgeSeverity)> {
    all.iter().map(|(who, to)| ((*who).to_owned(), *to)).collect()
}

#[tokio::test]
async fn a_severity_set_by_label_shows_in_gitlabs_own_and_does_not_echo() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::with_incident(&script, &program).await;
    assert_eq!(play.shows(), (Unknown, vec!["severity::unknown".to_owned()]));
    play.labels("bob", "severity::high");
    play.minutes(20).await;
    assert_eq!(play.shows(), (High, vec!["severity::high".to_owned()]));
    assert_eq!(play.set_by(), owned(&[("hotwash-bot", High)]));
    assert_eq!(play.noted().await, owned(&[("the bot", High)]));
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn what_a_person_sets_in_the_sidebar_or_by_quick_action_becomes_ours_with_its_author() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::with_incident(&script, &program).await;
    play.sets("bob", Medium);
    play.minutes(20).await;
    assert_eq!(play.shows(), (Medium, vec!["severity::medium".to_owned()]));
    assert!(play.board().contains("medium"), "{}", play.board());
    play.says("erin", "/severity S2");
    play.minutes(20).await;
    assert_eq!(play.shows(), (High, vec!["severity::high".to_owned()]));
    // A label put on later is newer, and wins.
    play.labels("bob", "severity::low");
    play.minutes(20).await;
    assert_eq!(play.shows(), (Low, vec!["severity::low".to_owned()]));
    let by = [("bob", Medium), ("erin", High), ("hotwash-bot", Low)];
    assert_eq!(play.set_by(), owned(&by), "nobody is contradicted, and nothing goes back and forth");
    assert_eq!(play.noted().await, owned(&[("bob", Medium), ("erin", High), ("the bot", Low)]));
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn without_deliveries_it_is_read_from_the_issue_and_who_set_it_from_what_gitlab_noted() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::with_incident(&script, &program).await;
    play.forge().faults().mail(Mail { drop: 100, ..Mail::default() });
    play.sets("bob", Medium);
    play.minutes(2).await;
    play.sets("erin", High);
    play.minutes(15).await;
    assert_eq!(play.shows(), (High, vec!["severity::high".to_owned()]));
    assert_eq!(play.noted().await.last(), owned(&[("erin", High)]).last());
    assert_eq!(play.set_by(), owned(&[("bob", Medium), ("erin", High)]));
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn a_word_that_the_process_lacks_means_the_nearest_and_is_left_as_it_is() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::with_incident(&script, &program).await;
    play.sets("bob", Critical);
    play.minutes(20).await;
    assert_eq!(play.shows(), (Critical, vec!["severity::high".to_owned()]));
    assert_eq!(play.set_by(), owned(&[("bob", Critical)]));
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn killed_after_gitlab_set_it_and_before_that_is_on_disk_it_is_set_once_and_nobodys_wish() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::with_incident(&script, &program).await;
    let (_, struck) = play.counting(Some(0));
    play.labels("bob", "severity::high");
    play.dies_at(&struck).await;
    // Meanwhile somebody thought better of it; what the bot set must not pass for a newer wish.
    play.labels("bob", "severity::low");
    play.minutes(20).await;
    assert_eq!(play.shows(), (Low, vec!["severity::low".to_owned()]));
    assert_eq!(play.set_by(), owned(&[("hotwash-bot", High), ("hotwash-bot", Low)]));
    assert_eq!(play.noted().await, owned(&[("the bot", High), ("the bot", Low)]));
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn a_plain_issue_costs_no_question_to_graphql() {
    let text = text("timeline_events = \"on\"");
    let (script, program) = (script(&text), program(&text));
    let mut play = Play::set(&script, &program).await;
    let (asked, _) = play.counting(None);
    play.file();
    play.minutes(1).await;
    play.labels("bob", "severity::high");
    play.says("bob", "@hotwash timeline The gate was open");
    play.minutes(20).await;
    assert_eq!(play.shows(), (Unknown, vec!["severity::high".to_owned()]));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn where_the_project_does_not_want_it_nothing_is_written_into_the_timeline() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::with_incident(&script, &program).await;
    let (asked, _) = play.counting(None);
    play.says("bob", "@hotwash timeline The gate was open");
    play.labels("bob", "severity::high");
    play.minutes(20).await;
    assert_eq!(asked.load(Ordering::SeqCst), 1, "the severity");
    assert_eq!(play.entries(), Vec::<String>::new());
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn what_is_told_and_every_turn_stands_in_the_timeline_once_at_its_moment() {
    let text = text("timeline_events = \"on\"");
    let (script, program) = (script(&text), program(&text));
    let mut play = Play::with_incident(&script, &program).await;
    play.says("bob", "@hotwash ack");
    play.minutes(3).await;
    play.labels("bob", "severity::high");
    play.minutes(3).await;
    play.says("erin", "@hotwash timeline 2026-11-20 08:30 The gate was open, see @bob and #7 <!-- x -->");
    play.minutes(3).await;
    play.says("bob", "@hotwash status confirmed");
    play.minutes(10).await;
    let entries = play.entries();
    assert_eq!(entries.len(), 5, "{entries:#?}");
    assert_eq!(entries[0], "IC: @\u{2060}bob, set by `bob`");
    assert_eq!(entries[1], "Severity: high, set by `bob`");
    assert!(
        entries[2].starts_with("The gate was open, see ") && entries[2].ends_with(", told by `erin`"),
        "{entries:?}"
    );
    for live in ["@bob", "#7", "<!--"] {
        assert!(!entries[2].contains(live), "{live} in {}", entries[2]);
    }
    assert_eq!(entries[3..], ["Status: confirmed, set by `bob`", "Phase: remediate, set by `bob`"]);
    let (_, moment, _) = play.forge().timeline()[2].clone();
    assert_eq!(moment.to_rfc3339(), "2026-11-20T08:30:00+00:00", "back-dated");
    // Neither a restart nor an edit of the command's comment nor an hour writes anything again.
    play.0.kill().await.unwrap();
    play.0.start().await.unwrap();
    play.minutes(60).await;
    assert_eq!(play.entries(), entries);
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn an_entry_is_cut_to_the_room_that_gitlab_leaves() {
    let text = text("timeline_events = \"on\"");
    let (script, program) = (script(&text), program(&text));
    let mut play = Play::with_incident(&script, &program).await;
    play.says("bob", &format!("@hotwash timeline {}", "The *gate* was open and nobody knew. ".repeat(30)));
    play.minutes(5).await;
    let (_, _, note) = play.forge().timeline()[0].clone();
    let chars = note.chars().count();
    assert!((250..=280).contains(&chars), "{chars}: {note}");
    assert!(note.contains("gate\\* was open") && !note.contains("*gate*"), "{note}");
    assert!(note.contains("…, told by `bob`"), "{note}");
    play.0.strike().await.unwrap();
}

/// The questions are: what stands there; write it. It dies at the second, and at the first of the next life.
#[tokio::test]
async fn killed_after_gitlab_took_an_entry_and_before_that_is_on_disk_it_stands_there_once() {
    for fatal in [0, 1] {
        let text = text("timeline_events = \"on\"");
        let (script, program) = (script(&text), program(&text));
        let mut play = Play::with_incident(&script, &program).await;
        let (_, struck) = play.counting(Some(fatal));
        play.says("bob", "@hotwash timeline The gate was open");
        play.dies_at(&struck).await;
        play.minutes(10).await;
        assert_eq!(play.entries(), ["The gate was open, told by `bob`"], "killed at question {fatal}");
        let journal = play.journal().await;
        let entered = journal.iter().filter(|event| matches!(event.what, What::Entered { .. })).count();
        assert_eq!(entered, 1, "killed at question {fatal}");
        play.0.strike().await.unwrap();
    }
}

#[tokio::test]
async fn an_account_that_is_no_developer_is_told_so_once_and_all_else_goes_on() {
    let text = text("timeline_events = \"on\"");
    let (script, program) = (script(&text), program(&text));
    let mut play = Play::with_incident(&script, &program).await;
    let reporter = Deed::SetAccess { project: PATH.to_owned(), who: Login::new("hotwash-bot"), access: Access::Triage };
    play.does("acme", reporter);
    let (asked, _) = play.counting(None);
    play.says("bob", "@hotwash timeline The gate was open");
    play.says("bob", "@hotwash timeline Nobody had closed it");
    play.labels("bob", "severity::high");
    play.minutes(60).await;
    assert_eq!(play.entries(), Vec::<String>::new());
    assert_eq!(play.shows().0, High, "a Reporter may set it");
    assert_eq!(asked.load(Ordering::SeqCst), 3, "the severity; what stands in the timeline; one entry");
    assert!(play.board().contains("needs the role Developer"), "{}", play.board());
    let given_up = |event: &Event| matches!(&event.what, What::GaveUp { key, .. } if key == "timeline");
    assert_eq!(play.journal().await.iter().filter(|event| given_up(event)).count(), 1);
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn a_follow_up_is_linked_to_its_incident_once() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::set(&script, &program).await;
    play.file();
    play.minutes(1).await;
    play.says("bob", "@hotwash followup Mend the fence");
    play.minutes(30).await;
    assert_eq!(play.forge().links(), [(1, 2)]);
    let linked = |event: &Event| matches!(event.what, What::Linked { number: 2 });
    assert_eq!(play.journal().await.iter().filter(|event| linked(event)).count(), 1);
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn a_lost_database_enters_and_sets_nothing_a_second_time() {
    let text = text("timeline_events = \"on\"");
    let (script, program) = (script(&text), program(&text));
    let mut play = Play::with_incident(&script, &program).await;
    play.says("bob", "@hotwash ack");
    play.minutes(3).await;
    play.labels("bob", "severity::high");
    play.minutes(3).await;
    play.says("erin", "@hotwash timeline 2026-11-20 08:30 The gate was open");
    play.says("bob", "@hotwash followup Mend the fence");
    play.minutes(10).await;
    let (entries, set) = (play.entries(), play.set_by());
    assert_eq!((entries.len(), play.forge().links()), (3, vec![(1, 2)]), "{entries:#?}");
    play.0.kill().await.unwrap();
    for file in std::fs::read_dir(play.0.folder()).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    play.0.start().await.unwrap();
    play.minutes(30).await;
    assert_eq!((play.entries(), play.set_by()), (entries, set));
    assert_eq!(play.forge().links(), [(1, 2)]);
    assert_eq!(play.shows(), (High, vec!["severity::high".to_owned()]));
    play.0.strike().await.unwrap();
}
