//! What GitLab does otherwise than one would think: internal notes, small pages, labels in another case, deliveries that
//! nobody repeats.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use hotwash::drill::{
    faults::Mail,
    model::{Deed, Event as Noted, Outcome},
};

use super::{
    bench::{self, Bench},
    play::{PATH, Play, SCRIPT, at, program, script},
};
use crate::drill_forge::bench::Ear;

fn label(name: &str) -> hotwash::domain::action::LabelDefinition {
    hotwash::domain::action::LabelDefinition {
        name: name.to_owned(),
        color: "c5def5".to_owned(),
        description: "of a test".to_owned(),
    }
}

#[tokio::test]
async fn what_stands_in_an_internal_note_is_obeyed_and_never_repeated() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::set(&script, &program).await;
    play.file(true);
    play.minutes(1).await;
    let notes = [
        "@hotwash severity high",
        "@hotwash lead whether ZEBRA took the key",
        "@hotwash sitrep ZEBRA was asked",
        "@hotwash timeline 09:00 ZEBRA came in",
        "@hotwash zebra what ZEBRA did",
        "@hotwash waive assess ZEBRA knows",
    ];
    for note in notes {
        play.does("bob", Deed::Note { at: at(), body: note.to_owned() });
        play.minutes(2).await;
    }
    assert_eq!(
        play.0
            .look(|world| world.issue(PATH, 1).unwrap().labels.clone())
            .iter()
            .filter(|name| name.ends_with("::high"))
            .count(),
        1
    );
    play.does("bob", Deed::Close { at: at(), reason: hotwash::drill::model::Close::Completed });
    play.minutes(10).await;
    let said: Vec<String> = play.0.look(|world| {
        let issue = world.issue(PATH, 1).unwrap();
        world.comments(issue.id).filter(|comment| !comment.internal).map(|comment| comment.body.clone()).collect()
    });
    assert!(said.iter().any(|text| text.contains("hotwash:retrospective")), "{said:#?}");
    let replies = said.iter().filter(|text| text.contains("internal note")).count();
    assert!(replies >= 5, "each is answered: {said:#?}");
    assert!(!said.iter().any(|text| text.to_uppercase().contains("ZEBRA")), "{said:#?}");
    let journal = format!("{:?}", play.journal().await);
    assert!(!journal.contains("ZEBRA"), "nor is it kept");
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn a_comment_edited_into_a_command_is_obeyed_though_its_delivery_was_lost() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::set(&script, &program).await;
    play.file(true);
    play.minutes(1).await;
    let deed = Deed::Comment { at: at(), body: "Looking".to_owned() };
    let Outcome::Comment(id) = play.0.perform(&"bob".into(), deed).unwrap() else { panic!("nothing was said") };
    play.minutes(2).await;
    play.forge().faults().mail(Mail { drop: 100, ..Mail::default() });
    play.does("bob", Deed::EditComment { id, body: "@hotwash severity high".to_owned() });
    play.minutes(6).await;
    assert_eq!(play.shows().1, ["severity::high"]);
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn an_incident_by_its_type_alone_is_found_without_a_delivery() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::set(&script, &program).await;
    play.minutes(1).await;
    play.forge().faults().mail(Mail { drop: 100, ..Mail::default() });
    let deed = Deed::File {
        project: PATH.to_owned(),
        title: "Odd logins".to_owned(),
        body: Some("Somebody was here.".to_owned()),
        labels: Vec::new(),
        assignees: Vec::new(),
        confidential: true,
    };
    play.does("erin", deed);
    play.does("erin", Deed::SetKind { at: at(), kind: Some("incident".to_owned()) });
    play.minutes(6).await;
    assert!(play.board().contains("investigating"), "{:?}", play.said());
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn a_label_in_another_case_is_taken_off_as_it_is_spelled() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    bench.act("bob", Deed::Label { at: Bench::at(number), names: vec!["Severity::High".to_owned()] });
    let gone = ["severity::high".to_owned()];
    let now_on = bench.port.write.move_labels(&Bench::issue(number), &[label("severity::low")], &gone).await.unwrap();
    assert!(now_on.contains("severity::low") && !now_on.iter().any(|name| name.eq_ignore_ascii_case("severity::high")));
    assert!(!bench.labels(number).contains(&"Severity::High".to_owned()), "{:?}", bench.labels(number));
    let moves = bench.forge.look(|world| {
        let issue = world.issue(bench::PATH, number).unwrap();
        world.history(issue.id).iter().filter(|entry| matches!(entry.event, Noted::Unlabelled(_))).count()
    });
    assert_eq!(moves, 1);
}

#[tokio::test]
async fn a_log_of_many_pages_is_read_no_further_than_it_is_of_interest() {
    let bench = Bench::new().await;
    let ear = Ear::open().await;
    let number = bench.file("x", true);
    bench.listen_as_intake(&ear);
    let say = || bench.act("bob", Deed::Comment { at: Bench::at(number), body: "x".to_owned() });
    for _ in 0..50 {
        bench.clock.pass(60);
        say();
        bench.deliver().await;
    }
    ear.answers(500);
    bench.clock.pass(60);
    say();
    bench.deliver().await;
    ear.answers(202);
    let since = bench.now() - chrono::TimeDelta::minutes(10);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    bench.forge.faults().decided_by(Box::new(move |_, _| {
        count.fetch_add(1, Ordering::SeqCst);
        None
    }));
    assert_eq!(bench.port.read.redeliver_failed(bench::PATH, since).await.unwrap(), 1, "pages of twenty");
    let asked = asked.load(Ordering::SeqCst);
    assert!(asked <= 4, "the project, its hooks, one page of deliveries, and one to be sent again; not {asked}");
}

#[tokio::test]
async fn a_hook_that_is_switched_off_sends_nothing_again_and_fails_no_sweep() {
    let bench = Bench::new().await;
    let ear = Ear::open().await;
    let number = bench.file("x", true);
    bench.listen_as_intake(&ear);
    ear.answers(500);
    for _ in 0..4 {
        bench.clock.pass(1);
        bench.act("bob", Deed::Comment { at: Bench::at(number), body: "x".to_owned() });
        bench.deliver().await;
    }
    ear.answers(202);
    let since = bench.now() - chrono::TimeDelta::hours(1);
    assert_eq!(bench.port.read.redeliver_failed(bench::PATH, since).await.unwrap(), 0, "GitLab refuses: it is off");
}
