//! The whole program on the simulated GitLab: its severity and ours in step, and a flag that it may not put on.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use hotwash::{
    domain::{
        event::What,
        forge_severity::ForgeSeverity::{Critical, High, Low, Medium, Unknown},
    },
    drill::{
        faults::Mail,
        model::{Access, Deed, Login},
    },
};

use super::play::{PATH, Play, SCRIPT, at, owned, program, script};

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
async fn what_somebody_chose_just_before_the_bot_wrote_over_it_is_heard_and_put_back() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::with_incident(&script, &program).await;
    // The label is heard at once, and the bot's writes are two seconds apart. What is chosen in between arrives late.
    play.labels("bob", "severity::medium");
    let soon = play.0.now() + chrono::TimeDelta::seconds(1);
    while play.0.towards(soon).await.unwrap() {}
    play.forge().faults().mail(Mail { late: 100, delay: chrono::TimeDelta::seconds(90), ..Mail::default() });
    play.sets("erin", High);
    play.minutes(20).await;
    assert_eq!(play.shows(), (High, vec!["severity::high".to_owned()]), "{:?}", play.noted().await);
    assert!(play.noted().await.contains(&("erin".to_owned(), High)), "{:?}", play.noted().await);
    let set: Vec<String> = play.set_by().into_iter().map(|(who, _)| who).collect();
    assert_eq!(set, ["erin", "hotwash-bot", "hotwash-bot"], "the bot did write over it");
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
async fn a_bot_that_may_not_make_an_issue_confidential_says_so_once_and_goes_on_when_somebody_did() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::set(&script, &program).await;
    let access = |access| Deed::SetAccess { project: PATH.to_owned(), who: Login::new("hotwash-bot"), access };
    play.does("acme", access(Access::Read));
    let tries = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tries);
    play.forge().faults().decided_by(Box::new(move |method, _| {
        count.fetch_add(usize::from(method == "PUT"), Ordering::SeqCst);
        None
    }));
    play.file(false);
    play.minutes(90).await;
    assert_eq!(tries.load(Ordering::SeqCst), 3, "tried a few times, then given up");
    let said = play.said();
    assert!(said.len() == 1 && said[0].contains("I may not make it so"), "{said:#?}");
    assert!(!said[0].contains("Odd logins"), "{said:#?}");
    play.does("acme", access(Access::Triage));
    play.does("erin", Deed::SetConfidential { at: at(), confidential: true });
    play.minutes(10).await;
    assert!(play.journal().await.iter().any(|event| event.what == What::Hidden && event.by.is_human()));
    assert!(play.board().contains("unknown"), "{}", play.board());
    assert!(!play.said().iter().any(|text| text.contains("hotwash:alarm")), "the alarm is gone");
    play.0.strike().await.unwrap();
}
