//! What only GitLab keeps of an incident, through the adapter: its severity, its timeline, links, and what it refuses.

use chrono::TimeDelta;
use hotwash::{
    domain::{
        forge_severity::ForgeSeverity::{self, Critical, High, Low, Unknown},
        ids::IssueRef,
        people::Actor,
        snapshot::{Changed, Visibility},
    },
    drill::{
        faults::{Effect, How, Switch},
        gitlab::Options,
        model::{Access, Deed, Login, Outcome, Token},
    },
    forge::{Forge, ForgeError},
};

use super::bench::{Bench, PATH};

/// An issue of the type Incident.
fn incident(bench: &Bench) -> (u64, IssueRef) {
    let number = bench.file("x", true);
    bench.act("bob", Deed::SetKind { at: Bench::at(number), kind: Some("incident".to_owned()) });
    (number, Bench::issue(number))
}

fn severity(bench: &Bench, number: u64) -> ForgeSeverity {
    bench.forge.look(|world| world.issue(PATH, number).unwrap().severity)
}

/// An adapter that acts as somebody else.
fn as_somebody(bench: &Bench, login: &str) -> Forge {
    bench.forge.look(|world| {
        let user = world.user(login).unwrap().id;
        world.add_token(login, Token::Personal { user, scopes: vec!["api".to_owned()], expires_at: None });
    });
    bench.with_token(login)
}

#[tokio::test]
async fn the_severity_is_set_read_back_and_told_by_whom() {
    let bench = Bench::new().await;
    let (number, issue) = incident(&bench);
    assert_eq!(bench.port.read.issue(&issue).await.unwrap().forge_severity, Some(Unknown));
    bench.port.write.set_severity(&issue, High).await.unwrap();
    assert_eq!(severity(&bench, number), High);
    bench.clock.pass(60);
    bench.act("rita", Deed::SetSeverity { at: Bench::at(number), severity: Critical });
    assert_eq!(bench.port.read.issue(&issue).await.unwrap().forge_severity, Some(Critical));
    let history = bench.port.read.history(&issue).await.unwrap();
    let set: Vec<(String, ForgeSeverity)> = history
        .iter()
        .filter_map(|change| match &change.what {
            Changed::ForgeSeverity(to) => Some((change.by.spoken(), *to)),
            _ => None,
        })
        .collect();
    assert_eq!(set, [(Actor::Bot.spoken(), High), ("@rita".to_owned(), Critical)]);
}

#[tokio::test]
async fn a_plain_issue_has_no_severity_and_takes_none() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let issue = Bench::issue(number);
    assert_eq!(bench.port.read.issue(&issue).await.unwrap().forge_severity, None);
    // GitLab says nothing against it, and changes nothing.
    let refused = bench.port.write.set_severity(&issue, High).await;
    assert!(matches!(refused, Err(ForgeError::Denied { status: 200, .. })), "{refused:?}");
    assert_eq!(severity(&bench, number), Unknown);
}

#[tokio::test]
async fn errors_at_both_levels_of_an_answer_of_200_are_seen_and_quote_nothing() {
    let bench = Bench::new().await;
    let (number, issue) = incident(&bench);
    // At the top: a guest, to whom a confidential incident is assigned, may read it and no more.
    bench.act("bob", Deed::Assign { at: Bench::at(number), who: vec![Login::new("gus")] });
    let guest = as_somebody(&bench, "gus");
    let refused = guest.write.set_severity(&issue, High).await;
    assert!(matches!(refused, Err(ForgeError::Denied { status: 200, .. })), "{refused:?}");
    // Reporters set severities, but write no timeline.
    let reporter = as_somebody(&bench, "rita");
    reporter.write.set_severity(&issue, Low).await.unwrap();
    let refused = reporter.write.enter(&issue, "The gate was open", bench.now(), bench.soon()).await;
    assert!(matches!(refused, Err(ForgeError::Denied { status: 200, .. })), "{refused:?}");
    // In the payload: the text is too long.
    let secret = "canary".repeat(50);
    let refused = bench.port.write.enter(&issue, &secret, bench.now(), bench.soon()).await;
    assert!(matches!(refused, Err(ForgeError::Invalid { status: 200, .. })), "{refused:?}");
    assert!(!format!("{refused:?} {}", refused.as_ref().unwrap_err()).contains("canary"));
    assert!(bench.forge.timeline().is_empty());
    assert_eq!(severity(&bench, number), Low);
}

#[tokio::test]
async fn an_entry_stands_at_its_moment_and_only_the_bots_own_are_read_back_all_pages() {
    let bench = Bench::new().await;
    let (number, issue) = incident(&bench);
    let then = bench.now() - TimeDelta::hours(2);
    bench.port.write.enter(&issue, "The gate was open", then, bench.soon()).await.unwrap();
    as_somebody(&bench, "bob").write.enter(&issue, "by bob", then, bench.soon()).await.unwrap();
    assert_eq!(bench.forge.timeline()[0], (number, then, "The gate was open".to_owned()));
    assert_eq!(bench.port.read.timeline(&issue).await.unwrap(), ["The gate was open"]);
    for nth in 0..120 {
        bench.port.write.enter(&issue, &format!("entry {nth}"), bench.now(), bench.soon()).await.unwrap();
    }
    let all = bench.port.read.timeline(&issue).await.unwrap();
    assert_eq!((all.len(), all.last().map(String::as_str)), (121, Some("entry 119")));
    let comments = bench.port.read.comments(&issue, None).await.unwrap();
    assert!(comments.is_empty(), "what GitLab notes about entries is no comment");
}

#[tokio::test]
async fn an_entry_of_which_nobody_knows_is_told_apart_from_one_that_was_refused_or_never_sent() {
    let bench = Bench::new().await;
    let (_, issue) = incident(&bench);
    bench.port.read.issue(&issue).await.unwrap();
    bench.forge.faults().switch_on(Switch::writes(How::Reset, Effect::AtOnce).at("graphql").at_most(1));
    let lost = bench.port.write.enter(&issue, "written all the same", bench.now(), bench.soon()).await;
    assert!(matches!(lost, Err(ForgeError::Unknown { .. })), "{lost:?}");
    assert_eq!(bench.forge.timeline().len(), 1);
    let late = bench.port.write.enter(&issue, "too late", bench.now(), bench.now()).await;
    assert!(matches!(late, Err(ForgeError::Later { .. })), "{late:?}");
    bench.forge.faults().switch_on(Switch::writes(How::TooMany(Some(30)), Effect::Nothing).at("graphql").at_most(1));
    let limited = bench.port.write.enter(&issue, "too many", bench.now(), bench.soon()).await;
    assert!(matches!(limited, Err(ForgeError::Later { .. })), "{limited:?}");
    assert_eq!(bench.forge.timeline().len(), 1);
}

#[tokio::test]
async fn nothing_is_entered_set_or_linked_where_others_can_read_it() {
    let bench = Bench::with(Visibility::Public, Options::default()).await;
    let number = bench.file("x", false);
    bench.act("bob", Deed::SetKind { at: Bench::at(number), kind: Some("incident".to_owned()) });
    let (issue, other) = (Bench::issue(number), bench.file("y", true));
    for refused in [
        bench.port.write.set_severity(&issue, High).await,
        bench.port.write.enter(&issue, "secret", bench.now(), bench.soon()).await,
        bench.port.write.link(&issue, other).await,
    ] {
        assert!(matches!(refused, Err(ForgeError::Denied { status: 0, .. })), "{refused:?}");
    }
    assert_eq!((severity(&bench, number), bench.forge.timeline().len(), bench.forge.links().len()), (Unknown, 0, 0));
}

#[tokio::test]
async fn a_link_that_is_there_already_is_a_success_and_one_to_nowhere_is_none() {
    let bench = Bench::new().await;
    let (number, issue) = incident(&bench);
    let other = bench.file("y", true);
    bench.port.write.link(&issue, other).await.unwrap();
    bench.port.write.link(&issue, other).await.unwrap();
    assert_eq!(bench.forge.links(), [(number, other)]);
    let gone = bench.port.write.link(&issue, 99).await;
    assert!(matches!(gone, Err(ForgeError::Gone { .. })), "{gone:?}");
}

#[tokio::test]
async fn a_renamed_project_is_named_to_graphql_as_it_is_called_now() {
    let bench = Bench::new().await;
    let (_, issue) = incident(&bench);
    bench.port.write.set_severity(&issue, Low).await.unwrap();
    bench.act("alice", Deed::Rename { project: PATH.to_owned(), name: "events".to_owned() });
    bench.port.write.set_severity(&issue, High).await.unwrap();
    assert_eq!(bench.port.read.timeline(&issue).await.unwrap(), Vec::<String>::new());
    assert_eq!(bench.forge.look(|world| world.issue("acme/events", 1).unwrap().severity), High);
}

/// 403 to whoever may change nothing; and to whoever may change the issue for being assigned, an answer of 200 in which
/// the flag is as it was.
#[tokio::test]
async fn a_flag_that_the_forge_does_not_let_us_put_on_is_a_refusal_and_no_riddle() {
    let bench = Bench::with(Visibility::Public, Options::default()).await;
    let number = bench.file("x", false);
    let guest = as_somebody(&bench, "gus");
    let refused = guest.write.make_confidential(&Bench::issue(number)).await;
    assert!(matches!(refused, Err(ForgeError::Denied { status: 403, .. })), "{refused:?}");
    bench.act("bob", Deed::Assign { at: Bench::at(number), who: vec![Login::new("gus")] });
    let refused = guest.write.make_confidential(&Bench::issue(number)).await;
    assert!(matches!(refused, Err(ForgeError::Denied { status: 200, .. })), "{refused:?}");
    assert!(bench.forge.look(|world| !world.issue(PATH, number).unwrap().confidential));
    let who = Login::new("gus");
    bench.act("alice", Deed::SetAccess { project: PATH.to_owned(), who, access: Access::Triage });
    guest.write.make_confidential(&Bench::issue(number)).await.unwrap();
}

#[tokio::test]
async fn severities_are_set_by_quick_actions_of_those_who_may() {
    let bench = Bench::new().await;
    let (number, _) = incident(&bench);
    let say = |by: &str, body: &str| {
        assert_eq!(bench.act(by, Deed::Comment { at: Bench::at(number), body: body.to_owned() }), Outcome::Done);
    };
    for (word, wanted) in [("S2", High), ("1", Critical), ("low", Low), ("Unknown", Unknown)] {
        say("rita", &format!("/severity {word}"));
        assert_eq!(severity(&bench, number), wanted, "{word}");
    }
    say("rita", "/severity terrible");
    assert_eq!(severity(&bench, number), Unknown);
    bench.act("bob", Deed::Assign { at: Bench::at(number), who: vec![Login::new("gus")] });
    say("gus", "/severity S1");
    assert_eq!(severity(&bench, number), Unknown, "a guest");
}
