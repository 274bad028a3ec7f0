//! After an outage or an absence: how soon the program knows again what happened, and what it finds out.

use chrono::TimeDelta;
use hotwash::{
    domain::{event::What, ids::IssueRef, people::Actor, reading::Value, time::Moment},
    drill::{
        face::Kind,
        faults::{Faults, How, Mail, Switch},
        model::{At, Deed},
        script::{Act, Script, with_field},
        stage::Stage,
    },
};

use super::{
    scripts::{GOOD, read},
    stage::program,
};

/// Erin files what the template gives her.
fn files(stage: &mut Stage<'_>, script: &Script) {
    let Some(Act::File(file)) = &script.steps[0].act else { panic!("the script begins otherwise") };
    let deed = Deed::File {
        project: "acme/incidents".to_owned(),
        title: file.title.clone(),
        body: Some(file.body.clone()),
        labels: vec!["incident".to_owned()],
        assignees: Vec::new(),
        confidential: false,
    };
    stage.perform(&"erin".into(), deed).unwrap();
}

fn here() -> At {
    At::new("acme/incidents", 1)
}

async fn until(stage: &mut Stage<'_>, at: Moment) {
    while stage.towards(at).await.unwrap() {}
}

/// The same project, swept four times a day.
fn seldom_swept() -> String {
    GOOD.replace("[people]", "[project.limits]\nsweep_every = \"6h\"\n[people]")
}

fn label(stage: &Stage<'_>, name: &str) -> bool {
    stage.look(|world| world.issue("acme/incidents", 1).unwrap().labels.iter().any(|label| label == name))
}

#[tokio::test]
async fn a_sweep_that_failed_is_tried_again_soon_and_not_after_the_whole_interval() {
    let text = seldom_swept();
    let (script, program) = (read(&text).unwrap(), program(&text));
    let mut stage = Stage::set(&script, &program, Faults::new(0)).await.unwrap();
    files(&mut stage, &script);
    let begin = stage.now();
    until(&mut stage, begin + TimeDelta::minutes(2)).await;

    // The program is away, what happens is delivered to nobody, and when it is back the forge is out of reach.
    stage.kill().await.unwrap();
    stage.forge().faults().mail(Mail { drop: 100, ..Mail::default() });
    let deed = Deed::Label { at: here(), names: vec!["severity::high".to_owned()] };
    stage.perform(&"bob".into(), deed).unwrap();
    stage.forge().faults().switch_on(Switch::reads(How::Status(503)));
    stage.start().await.unwrap();
    let back = stage.now();
    until(&mut stage, back + TimeDelta::minutes(3)).await;
    let tried = stage.forge().faults().met().iter().filter(|met| met.on.starts_with("GET ")).count();
    assert!((3..40).contains(&tried), "{tried} attempts in three minutes");
    assert!(label(&stage, "severity::unknown"), "nobody could know");

    stage.forge().faults().switch_off();
    stage.forge().faults().mail(Mail { drop: 100, ..Mail::default() });
    until(&mut stage, back + TimeDelta::minutes(10)).await;
    assert!(!label(&stage, "severity::unknown"), "the next sweep in the usual turn is six hours away");
    stage.strike().await.unwrap();
}

#[tokio::test]
async fn a_field_that_was_changed_and_changed_back_meanwhile_is_told_of() {
    let (script, program) = (read(GOOD).unwrap(), program(GOOD));
    let mut stage = Stage::set(&script, &program, Faults::new(0)).await.unwrap();
    files(&mut stage, &script);
    let begin = stage.now();
    let body = |stage: &Stage<'_>| {
        stage.look(|world| world.issue("acme/incidents", 1).unwrap().body.clone()).unwrap_or_default()
    };
    let edit = |stage: &mut Stage<'_>, by: &str, value: &str| {
        let text = with_field(&body(stage), "Severity", value);
        stage.perform(&by.into(), Deed::Edit { at: here(), title: None, body: Some(text) }).unwrap();
    };
    edit(&mut stage, "erin", "low");
    until(&mut stage, begin + TimeDelta::minutes(2)).await;

    stage.kill().await.unwrap();
    stage.forge().faults().mail(Mail { drop: 100, ..Mail::default() });
    until(&mut stage, begin + TimeDelta::minutes(5)).await;
    edit(&mut stage, "bob", "high");
    until(&mut stage, begin + TimeDelta::minutes(9)).await;
    edit(&mut stage, "erin", "low");
    stage.start().await.unwrap();
    until(&mut stage, begin + TimeDelta::minutes(12)).await;

    let journal = stage.store().unwrap().journal(&IssueRef::new("github", "acme/incidents", 1)).await.unwrap();
    let told = journal.iter().filter_map(|entry| match (&entry.event.what, &entry.event.by) {
        (What::FieldSet { value: Value::Named(name), .. }, Actor::Person(who)) => {
            Some((who.login.as_str(), name.as_str()))
        }
        _ => None,
    });
    let told: Vec<_> = told.filter(|(_, value)| ["low", "high"].contains(value)).collect();
    assert_eq!(told, [("erin", "low"), ("bob", "high"), ("erin", "low")]);
    stage.strike().await.unwrap();
}

/// GitLab keeps of an edit who and when, in a list that may lag, and of its texts only the newest.
#[tokio::test]
async fn an_edit_that_a_lagging_gitlab_does_not_list_yet_is_not_taken_for_an_earlier_one() {
    let (script, program) = (read(GOOD).unwrap().on(Kind::Gitlab), program(GOOD));
    let faults = Faults::new(0);
    faults.lag(Some(TimeDelta::seconds(4)));
    let mut stage = Stage::set(&script, &program, faults).await.unwrap();
    files(&mut stage, &script);
    let begin = stage.now();
    let edit = |stage: &mut Stage<'_>, by: &str, value: &str| {
        let body = stage.look(|world| world.issue("acme/incidents", 1).unwrap().body.clone()).unwrap_or_default();
        let text = with_field(&body, "Severity", value);
        stage.perform(&by.into(), Deed::Edit { at: here(), title: None, body: Some(text) }).unwrap();
    };
    until(&mut stage, begin + TimeDelta::minutes(2)).await;
    edit(&mut stage, "erin", "low");
    until(&mut stage, begin + TimeDelta::minutes(10)).await;
    // Somebody else said something newer in between.
    let command = Deed::Comment { at: here(), body: "@hotwash severity medium".to_owned() };
    stage.perform(&"bob".into(), command).unwrap();
    until(&mut stage, begin + TimeDelta::minutes(20)).await;
    edit(&mut stage, "bob", "high");
    until(&mut stage, begin + TimeDelta::minutes(30)).await;

    assert!(label(&stage, "severity::high"), "the newest change wins");
    let journal = stage.store().unwrap().journal(&IssueRef::new("gitlab", "acme/incidents", 1)).await.unwrap();
    let high = Value::Named("high".to_owned());
    let told = journal.iter().find(|entry| matches!(&entry.event.what, What::FieldSet { value, .. } if *value == high));
    let told = &told.unwrap().event;
    assert_eq!(told.by.account().map(|who| who.login.as_str()), Some("bob"));
    assert!(told.at >= begin + TimeDelta::minutes(20), "{}", told.at);
    stage.strike().await.unwrap();
}

#[tokio::test]
async fn a_comment_that_a_lagging_list_does_not_show_yet_is_waited_for() {
    for on in [Kind::Github, Kind::Gitlab] {
        let text = seldom_swept();
        let (script, program) = (read(&text).unwrap().on(on), program(&text));
        let faults = Faults::new(0);
        faults.lag(Some(TimeDelta::seconds(5)));
        let mut stage = Stage::set(&script, &program, faults).await.unwrap();
        files(&mut stage, &script);
        let begin = stage.now();
        until(&mut stage, begin + TimeDelta::minutes(4)).await;
        let command = Deed::Comment { at: here(), body: "@hotwash severity high".to_owned() };
        stage.perform(&"bob".into(), command).unwrap();
        until(&mut stage, begin + TimeDelta::minutes(5)).await;
        assert!(label(&stage, "severity::high"), "{on:?}: not heard of a minute later");
        stage.strike().await.unwrap();
    }
}
