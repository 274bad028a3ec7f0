//! The adapter against the simulated GitLab.

use std::time::Duration;

use chrono::TimeDelta;
use hotwash::{
    domain::{
        action::LabelDefinition,
        ids::CommentId,
        people::{Account, Permission},
        snapshot::{Changed, Visibility},
    },
    drill::{
        faults::{Effect, How, Switch},
        gitlab::Options,
        model::{Deed, Login, Token},
    },
    forge::ForgeError,
};

use super::bench::{Bench, PATH, TOKEN};

fn label(name: &str) -> LabelDefinition {
    LabelDefinition { name: name.to_owned(), color: "d73a4a".to_owned(), description: "how bad it is".to_owned() }
}

#[tokio::test]
async fn an_issue_is_read_with_its_labels_people_and_confidentiality() {
    let bench = Bench::new().await;
    let number = bench.file("It smells.\n\n/assign @bob\n/confidential", false);
    let issue = bench.port.read.issue(&Bench::issue(number)).await.unwrap();
    assert_eq!((issue.title.as_str(), issue.body.as_str(), issue.open), ("Chickens", "It smells.", true));
    assert_eq!(issue.author.map(|author| author.login), Some("rita".to_owned()));
    assert!(issue.labels.contains("incident"));
    assert_eq!(issue.assignees.iter().map(|who| who.login.as_str()).collect::<Vec<_>>(), ["bob"]);
    assert_eq!(issue.confidential, Some(true), "the quick action was carried out");
    assert_eq!(issue.url, "https://gitlab.example/acme/incidents/-/issues/1");
}

#[tokio::test]
async fn comments_are_read_without_what_gitlab_notes_and_since_a_moment_only_what_changed() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let first = bench.post(number, "first").await;
    bench.act("bob", Deed::Assign { at: Bench::at(number), who: vec![Login::new("bob")] });
    bench.clock.pass(3_600);
    bench.act("bob", Deed::Comment { at: Bench::at(number), body: "second".to_owned() });
    let all = bench.port.read.comments(&Bench::issue(number), None).await.unwrap();
    assert_eq!(all.iter().map(|comment| comment.body.as_str()).collect::<Vec<_>>(), ["first", "second"]);
    assert_eq!(all[0].id, first);
    assert!(all[0].url.ends_with(&format!("/-/issues/{number}#note_{first}")), "{}", all[0].url);
    let since = Some(bench.now() - TimeDelta::minutes(5));
    let late = bench.port.read.comments(&Bench::issue(number), since).await.unwrap();
    assert_eq!(late.iter().map(|comment| comment.body.as_str()).collect::<Vec<_>>(), ["second"]);
    bench.clock.pass(60);
    bench.port.write.rewrite(&Bench::issue(number), first, "first, mended").await.unwrap();
    let since = Some(bench.now() - TimeDelta::seconds(10));
    let late = bench.port.read.comments(&Bench::issue(number), since).await.unwrap();
    assert_eq!(late.iter().map(|comment| comment.body.as_str()).collect::<Vec<_>>(), ["first, mended"]);
}

#[tokio::test]
async fn a_long_thread_is_read_to_its_end() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    for nth in 0..230 {
        bench.act("bob", Deed::Comment { at: Bench::at(number), body: format!("note {nth}") });
    }
    let all = bench.port.read.comments(&Bench::issue(number), None).await.unwrap();
    assert_eq!(all.len(), 230);
    assert_eq!(all[229].body, "note 229");
}

#[tokio::test]
async fn labels_move_in_one_request_and_new_ones_get_colour_and_meaning() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    bench.port.read.issue(&Bench::issue(number)).await.unwrap();
    bench.port.write.add_labels(&Bench::issue(number), &[label("severity::low")]).await.unwrap();
    let served = bench.forge.served();
    let gone = ["severity::low".to_owned()];
    let now_on =
        bench.port.write.move_labels(&Bench::issue(number), &[label("severity::low"), label("incident")], &[]).await;
    assert!(now_on.unwrap().contains("severity::low"));
    assert_eq!(bench.forge.served() - served, 1, "definitions and place are known by now");
    bench.port.write.move_labels(&Bench::issue(number), &[label("severity::high")], &gone).await.unwrap();
    assert_eq!(bench.labels(number), ["incident", "severity::high"]);
    let defined = bench.forge.look(|world| world.project(PATH).unwrap().label("severity::high").cloned()).unwrap();
    assert_eq!((defined.color.as_str(), defined.description.as_deref()), ("d73a4a", Some("how bad it is")));
    let comma = bench.port.write.add_labels(&Bench::issue(number), &[label("a,b")]).await;
    assert!(matches!(comma, Err(ForgeError::Invalid { .. })), "{comma:?}");
}

#[tokio::test]
async fn a_met_reminder_is_deleted_and_twice_is_no_error() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let id = bench.post(number, "a reminder").await;
    bench.port.write.collapse(&Bench::issue(number), id, "").await.unwrap();
    bench.port.write.collapse(&Bench::issue(number), id, "").await.unwrap();
    assert!(bench.said(number).is_empty());
}

#[tokio::test]
async fn a_note_of_nothing_but_quick_actions_is_an_error_and_no_comment() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let posted = bench.port.write.comment(&Bench::issue(number), "/close", bench.soon()).await;
    assert!(matches!(posted, Err(ForgeError::Invalid { status: 202, .. })), "{posted:?}");
    assert!(bench.said(number).is_empty());
}

#[tokio::test]
async fn nothing_is_written_where_others_can_read_it() {
    for visibility in [Visibility::Public, Visibility::Internal] {
        let bench = Bench::with(visibility, Options::default()).await;
        let number = bench.file("x", false);
        let issue = Bench::issue(number);
        let refused = bench.port.write.comment(&issue, "secret", bench.soon()).await;
        assert!(matches!(refused, Err(ForgeError::Denied { status: 0, .. })), "{refused:?}");
        assert!(bench.said(number).is_empty());
        bench.port.write.make_confidential(&issue).await.unwrap();
        bench.post(number, "now it is safe").await;
        // Somebody lifts it again: known as soon as the delivery says that something changed.
        bench.act("alice", Deed::SetConfidential { at: Bench::at(number), confidential: false });
        bench.port.read.forget(PATH);
        let refused = bench.port.write.comment(&issue, "secret", bench.soon()).await;
        assert!(matches!(refused, Err(ForgeError::Denied { status: 0, .. })), "{refused:?}");
        assert_eq!(bench.said(number), ["now it is safe"]);
        // What says nothing of the incident is let through, and makes no other write pass.
        bench.port.write.announce(&issue, "close this", bench.soon()).await.unwrap();
        assert_eq!(bench.said(number), ["now it is safe", "close this"]);
        let refused = bench.port.write.comment(&issue, "secret", bench.soon()).await;
        assert!(matches!(refused, Err(ForgeError::Denied { status: 0, .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn reporters_and_more_are_obeyed() {
    let bench = Bench::new().await;
    let id = |login: &str| bench.forge.look(|world| world.user(login).unwrap().id.0);
    for (login, wanted) in [
        ("alice", Permission::Admin),
        ("bob", Permission::Write),
        ("rita", Permission::Write),
        ("gus", Permission::Read),
        ("mallory", Permission::None),
    ] {
        let found = bench.port.read.permission(PATH, &Account::new(id(login), login)).await.unwrap();
        assert_eq!(found, wanted, "{login}");
    }
}

#[tokio::test]
async fn the_history_tells_labels_people_and_state_by_whom_and_when() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let at = || Bench::at(number);
    bench.clock.pass(60);
    bench.act("bob", Deed::Label { at: at(), names: vec!["severity::high".to_owned()] });
    bench.clock.pass(60);
    bench.act("bob", Deed::Assign { at: at(), who: vec![Login::new("alice"), Login::new("rita")] });
    bench.act("alice", Deed::Unassign { at: at(), who: vec![Login::new("rita")] });
    bench.clock.pass(60);
    bench.act("alice", Deed::Edit { at: at(), title: None, body: Some("y".to_owned()) });
    bench.act("alice", Deed::Close { at: at(), reason: hotwash::drill::model::Close::Completed });
    bench.clock.pass(60);
    bench.act("bob", Deed::Reopen { at: at() });
    for confidential in [false, true] {
        bench.clock.pass(60);
        bench.act("bob", Deed::SetConfidential { at: at(), confidential });
    }
    let history = bench.port.read.history(&Bench::issue(number)).await.unwrap();
    let told: Vec<String> = history
        .iter()
        .map(|change| {
            let who = change.by.account().map_or("somebody", |account| account.login.as_str()).to_owned();
            let what = match &change.what {
                Changed::LabelAdded(name) => format!("+{name}"),
                Changed::LabelRemoved(name) => format!("-{name}"),
                Changed::Assigned(who) => format!("assigns {}", who.login),
                Changed::Unassigned(who) => format!("unassigns {}", who.login),
                Changed::Edited => "edits".to_owned(),
                Changed::Closed => "closes".to_owned(),
                Changed::Reopened => "reopens".to_owned(),
                Changed::Exposed => "exposes".to_owned(),
                Changed::Hidden => "hides".to_owned(),
                Changed::ForgeSeverity(to) => format!("sets {to}"),
            };
            format!("{who} {what}")
        })
        .collect();
    let wanted = [
        "rita +incident",
        "bob +severity::high",
        "bob assigns alice",
        "bob assigns rita",
        "alice unassigns rita",
        "alice closes",
        "alice edits",
        "bob reopens",
        "bob exposes",
        "bob hides",
    ];
    assert_eq!(told, wanted);
    let edits = bench.port.read.edits(&Bench::issue(number), None).await.unwrap();
    assert_eq!(edits.iter().map(|edit| edit.body.as_deref()).collect::<Vec<_>>(), [None, Some("y")]);
}

#[tokio::test]
async fn a_renamed_project_is_reached_by_its_number() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    bench.act("alice", Deed::Rename { project: PATH.to_owned(), name: "events".to_owned() });
    // Nobody has asked for it under its old name yet.
    let facts = bench.port.read.project(PATH).await.unwrap();
    assert_eq!(facts.path, "acme/events");
    assert!(bench.port.read.issue(&Bench::issue(number)).await.is_ok());
}

#[tokio::test]
async fn both_kinds_of_limit_are_kept() {
    for (wait, least) in [(Some(30), 30), (None, 60)] {
        let bench = Bench::new().await;
        let number = bench.file("x", true);
        bench.port.read.issue(&Bench::issue(number)).await.unwrap();
        bench.forge.faults().switch_on(Switch::reads(How::TooMany(wait)).at_most(1));
        let limited = bench.port.read.issue(&Bench::issue(number)).await;
        let Err(ForgeError::Later { after, .. }) = limited else { panic!("{limited:?}") };
        assert_eq!(after, Duration::from_secs(least));
        let served = bench.forge.served();
        assert!(matches!(bench.port.read.issue(&Bench::issue(number)).await, Err(ForgeError::Later { .. })));
        assert_eq!(bench.forge.served(), served, "nothing is asked while a limit is in force");
        bench.clock.pass(i64::try_from(least).unwrap() + 1);
        assert!(bench.port.read.issue(&Bench::issue(number)).await.is_ok());
    }
}

#[tokio::test]
async fn a_page_of_html_leaves_a_write_unknown_and_a_read_undone() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    bench.port.read.issue(&Bench::issue(number)).await.unwrap();
    bench.forge.faults().switch_on(Switch::writes(How::Status(502), Effect::AtOnce).at_most(1));
    let posted = bench.port.write.comment(&Bench::issue(number), "written all the same", bench.soon()).await;
    assert!(matches!(posted, Err(ForgeError::Unknown { .. })), "{posted:?}");
    assert_eq!(bench.said(number), ["written all the same"]);
}

#[tokio::test]
async fn tokens_that_expired_or_may_only_read_are_told_apart_from_absent_things() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let bot = bench.forge.look(|world| world.user("hotwash").unwrap().id);
    let past = Some(bench.now() - TimeDelta::days(1));
    let scopes = |scope: &str| vec![scope.to_owned()];
    bench.forge.look(|world| {
        world.add_token("expired", Token::Personal { user: bot, scopes: scopes("api"), expires_at: past });
        world.add_token("reading", Token::Personal { user: bot, scopes: scopes("read_api"), expires_at: None });
    });
    let expired = bench.with_token("expired").read.issue(&Bench::issue(number)).await;
    assert!(matches!(expired, Err(ForgeError::Denied { status: 401, .. })), "{expired:?}");
    let reading = bench.with_token("reading");
    assert!(reading.read.issue(&Bench::issue(number)).await.is_ok());
    let refused = reading.write.comment(&Bench::issue(number), "x", bench.soon()).await;
    assert!(matches!(refused, Err(ForgeError::Denied { status: 403, .. })), "{refused:?}");
    let gone = bench.port.read.issue(&Bench::issue(99)).await;
    assert!(matches!(gone, Err(ForgeError::Gone { .. })), "{gone:?}");
    let shown = format!("{:?} {}", refused, refused.as_ref().unwrap_err());
    assert!(!shown.contains(TOKEN) && !shown.contains("reading\""), "{shown}");
}

#[tokio::test]
async fn changed_issues_are_listed_and_open_incidents_at_the_start() {
    let bench = Bench::new().await;
    let (first, second) = (bench.file("x", true), bench.file("y", true));
    bench.clock.pass(3_600);
    bench.act("bob", Deed::Comment { at: Bench::at(second), body: "news".to_owned() });
    let since = Some(bench.now() - TimeDelta::minutes(1));
    let numbers = |issues: Vec<hotwash::domain::snapshot::Issue>| -> Vec<u64> {
        issues.into_iter().map(|issue| issue.number).collect()
    };
    assert_eq!(numbers(bench.port.read.changed(PATH, since, "incident").await.unwrap()), [second]);
    bench.act("bob", Deed::SetKind { at: Bench::at(first), kind: Some("incident".to_owned()) });
    bench.act("bob", Deed::SetLabels { at: Bench::at(first), names: Vec::new() });
    let mut open = numbers(bench.port.read.changed(PATH, None, "incident").await.unwrap());
    open.sort_unstable();
    assert_eq!(open, [first, second], "by its type, and by its label");
}

#[tokio::test]
async fn a_reaction_given_twice_is_no_error() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let id = bench.post(number, "@hotwash ack").await;
    for id in [id, id, CommentId(999)] {
        bench.port.write.react(&Bench::issue(number), id).await.unwrap();
    }
}

#[tokio::test]
async fn an_issue_that_moved_away_is_gone() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    bench.forge.look(|world| {
        let owner = world.user("acme").unwrap().id;
        let other = world.add_project(owner, "archive", Visibility::Private, "2026-11-20T10:00:00Z".parse().unwrap());
        for login in ["alice", "hotwash"] {
            let user = world.user(login).unwrap().id;
            world.give(other, user, hotwash::drill::model::Access::Maintain);
        }
    });
    bench.act("alice", Deed::Transfer { at: Bench::at(number), to: "acme/archive".to_owned() });
    let gone = bench.port.read.issue(&Bench::issue(number)).await;
    assert!(matches!(gone, Err(ForgeError::Gone { .. })), "{gone:?}");
}
