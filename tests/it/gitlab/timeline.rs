//! The whole program on the simulated GitLab: its timeline copied, follow-ups linked; each once, whenever the program dies.

use std::{
    fmt::Debug,
    sync::atomic::{AtomicUsize, Ordering},
};

use hotwash::{
    domain::{
        event::{Event, What},
        forge_severity::ForgeSeverity::{High, Low, Unknown},
    },
    drill::{
        faults::{Effect, How},
        model::{Access, Deed, Login},
    },
};

use super::play::{PATH, Play, SCRIPT, at, program, script, text};
use crate::support::{dice::Dice, settings::seed};

#[tokio::test]
async fn a_plain_issue_costs_no_question_to_graphql() {
    let text = text("timeline_events = \"on\"");
    let (script, program) = (script(&text), program(&text));
    let mut play = Play::set(&script, &program).await;
    let (asked, _) = play.counting(None);
    play.file(true);
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

/// The board's turn comes between the second refusal and the next attempt, half a minute later.
#[tokio::test]
async fn an_entry_that_waits_after_a_refusal_is_not_forgotten_over_the_board() {
    let text = text("timeline_events = \"on\"\n[project.limits]\nboard_every = \"10s\"");
    let (script, program) = (script(&text), program(&text));
    let mut play = Play::with_incident(&script, &program).await;
    let asked = AtomicUsize::new(0);
    // What stands there; an entry; the same again.
    play.forge().faults().decided_by(Box::new(move |_, path| {
        let nth = path.contains("graphql").then(|| asked.fetch_add(1, Ordering::SeqCst))?;
        [1, 3].contains(&nth).then_some((How::Status(422), Effect::Nothing))
    }));
    play.says("bob", "@hotwash lead A key was copied");
    play.seconds(4).await;
    play.says("bob", "@hotwash timeline The gate was open");
    play.minutes(2).await;
    let entries = play.entries();
    assert!(entries.contains(&"The gate was open, told by `bob`".to_owned()), "{entries:?}");
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
    play.file(true);
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

/// What is there in the end of a story in which the program dies at its `fatal`th change of anything, which was done or
/// not; and how many changes there were.
async fn ended(fatal: Option<usize>, effect: Effect) -> (impl PartialEq + Debug, usize) {
    let text = text("timeline_events = \"on\"");
    let (script, program) = (script(&text), program(&text));
    let mut play = Play::set(&script, &program).await;
    let (changes, struck) = play.counting_changes(fatal, effect);
    play.file(true);
    play.does("erin", Deed::SetKind { at: at(), kind: Some("incident".to_owned()) });
    play.minutes_or_death(3, &struck).await;
    play.says("bob", "@hotwash ack");
    play.labels("bob", "severity::high");
    play.minutes_or_death(3, &struck).await;
    play.says("bob", "@hotwash followup Mend the fence");
    play.says("erin", "@hotwash timeline The gate was open");
    play.minutes_or_death(3, &struck).await;
    play.sets("erin", Low);
    play.minutes_or_death(10, &struck).await;
    let mut entries = play.entries();
    entries.sort();
    let journal = play.journal().await;
    let known = |wanted: fn(&What) -> bool| journal.iter().filter(|event| wanted(&event.what)).count();
    let known = (
        known(|what| matches!(what, What::Entered { .. })),
        known(|what| matches!(what, What::Linked { .. })),
        known(|what| matches!(what, What::ForgeSeverity { .. })),
    );
    let seen = (entries, play.forge().links(), play.set_by(), play.noted().await, play.shows(), known);
    play.0.strike().await.unwrap();
    (seen, changes.load(Ordering::SeqCst))
}

#[tokio::test]
async fn whenever_the_program_dies_everything_stands_there_once() {
    let (undisturbed, changes) = ended(None, Effect::Nothing).await;
    assert!(changes > 15, "{changes}");
    let seed = seed();
    let mut dice = Dice::new(seed);
    for _ in 0..8 {
        let fatal = usize::try_from(dice.within(0..i64::try_from(changes).unwrap())).unwrap();
        let effect = *dice.pick(&[Effect::AtOnce, Effect::Nothing]);
        let (found, changes) = ended(Some(fatal), effect).await;
        assert!(changes > fatal, "seed {seed}: it lived on");
        assert_eq!(found, undisturbed, "seed {seed}: killed at change {fatal}, {effect:?}");
    }
}
