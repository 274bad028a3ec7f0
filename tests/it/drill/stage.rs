//! The stage: time stands still while anything moves, and leaps over what nobody waits for.

use std::path::Path;

use chrono::TimeDelta;
use hotwash::{
    cli::Program,
    config::DrillSettings,
    document::{Document, Source},
    drill::{
        faults::Faults,
        model::{At, Deed},
        script::Script,
        stage::{Stage, Trouble},
    },
};

use super::scripts::{GOOD, read};

/// A script's project as the program would be started for it.
pub(crate) fn program(text: &str) -> Program {
    let source = Source::read(text);
    let document = Document::parse(&source, "drill.toml");
    let settings = DrillSettings::read(&document.root().sub("project").unwrap(), Path::new(""));
    Program::new(settings.unwrap())
}

pub(super) fn script() -> Script {
    read(GOOD).unwrap()
}

/// Erin files an issue from the script's first step.
pub(super) fn files(stage: &mut Stage<'_>) {
    let deed = Deed::File {
        project: "acme/incidents".to_owned(),
        title: "Odd logins".to_owned(),
        body: None,
        labels: vec!["incident".to_owned()],
        assignees: Vec::new(),
        confidential: false,
    };
    stage.perform(&"erin".into(), deed).unwrap();
}

pub(super) fn comments(stage: &Stage<'_>) -> usize {
    stage.look(|world| world.issue("acme/incidents", 1).map_or(0, |issue| world.comments(issue.id).count()))
}

#[tokio::test]
async fn time_moves_only_when_it_is_told_to_and_only_to_what_somebody_waits_for() {
    let (script, program) = (script(), program(GOOD));
    let mut stage = Stage::set(&script, &program, Faults::new(0)).await.unwrap();
    let start = stage.now();
    files(&mut stage);
    stage.settle().await.unwrap();
    assert_eq!(stage.now(), start, "whatever is at work, the clock stands still");

    let ten = start + TimeDelta::minutes(10);
    let mut moments = Vec::new();
    while stage.towards(ten).await.unwrap() {
        moments.push(stage.now());
    }
    assert_eq!(*moments.last().unwrap(), ten);
    assert!(moments.is_sorted() && moments.len() < 20, "{moments:?}");
    assert_eq!(comments(&stage), 2, "the board, and a reminder at the very moment");
    stage.strike().await.unwrap();
}

#[tokio::test]
async fn a_killed_program_goes_on_where_it_was_and_a_dead_one_does_nothing() {
    let (script, program) = (script(), program(GOOD));
    let mut stage = Stage::set(&script, &program, Faults::new(0)).await.unwrap();
    files(&mut stage);
    let mut end = stage.now() + TimeDelta::minutes(5);
    while stage.towards(end).await.unwrap() {}
    for _ in 0..3 {
        stage.kill().await.unwrap();
        assert!(stage.store().is_none());
        let at = At::new("acme/incidents", 1);
        let before = comments(&stage);
        stage.perform(&"bob".into(), Deed::Comment { at, body: "Still there?".to_owned() }).unwrap();
        end += TimeDelta::hours(2);
        while stage.towards(end).await.unwrap() {}
        assert_eq!(comments(&stage), before + 1, "nobody answers");
        stage.start().await.unwrap();
        end += TimeDelta::minutes(1);
        while stage.towards(end).await.unwrap() {}
    }
    let journal = stage.store().unwrap().incidents().await.unwrap();
    assert_eq!(journal.len(), 1, "one incident, known all along");
    stage.strike().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_tasks_run_beside_each_other_nobody_can_see_that_all_are_quiet() {
    let (script, program) = (script(), program(GOOD));
    let refused = Stage::set(&script, &program, Faults::new(0)).await.err();
    assert!(matches!(refused, Some(Trouble::Runtime)), "{refused:?}");
}
