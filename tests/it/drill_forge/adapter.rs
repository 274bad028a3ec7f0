//! Hotwash's own adapter as a client: every call that it makes.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use hotwash::{
    domain::{
        action::LabelDefinition,
        people::{Account, Permission},
        snapshot::{Changed, Visibility},
    },
    drill::model::{At, Deed},
    forge::NewIssue,
};

use super::bench::{Bench, PATH, at};

fn definition(name: &str) -> LabelDefinition {
    LabelDefinition { name: name.to_owned(), color: "#d93f0b".to_owned(), description: "Very bad".to_owned() }
}

#[tokio::test]
async fn an_app_does_everything_that_an_incident_needs() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &["incident"]);
    let forge = bench.as_app();
    let me = forge.read.whoami().await.unwrap();
    assert_eq!(me.login, "hotwash[bot]");
    let issue = forge.read.issue(&at(number)).await.unwrap();
    assert_eq!((issue.title.as_str(), issue.open, issue.comments), ("It burns", true, 0));
    assert_eq!(issue.author.unwrap().login, "bob");

    let posted = forge.write.comment(&at(number), "The board", bench.later()).await.unwrap();
    assert_eq!(posted.author.as_ref(), Some(&me));
    forge.write.rewrite(&at(number), posted.id, "The board, again").await.unwrap();
    assert_eq!(forge.read.comment(&at(number), posted.id).await.unwrap().body, "The board, again");
    let comments = forge.read.comments(&at(number), None).await.unwrap();
    assert_eq!(comments.iter().map(|it| it.body.as_str()).collect::<Vec<_>>(), ["The board, again"]);

    let on = forge.write.add_labels(&at(number), &[definition("severity::high")]).await.unwrap();
    assert_eq!(on, BTreeSet::from(["incident".to_owned(), "severity::high".to_owned()]));
    assert!(forge.read.labels(PATH).await.unwrap().contains("severity::high"));
    forge.write.remove_label(&at(number), "incident").await.unwrap();
    forge.write.remove_label(&at(number), "incident").await.unwrap();
    let said = bench.comment("bob", number, "@hotwash ack");
    forge.write.react(&at(number), said).await.unwrap();
    let issue = forge.read.issue(&at(number)).await.unwrap();
    assert_eq!((issue.labels, issue.comments), (BTreeSet::from(["severity::high".to_owned()]), 2));
}

#[tokio::test]
async fn an_app_files_an_issue_with_label_and_assignee() {
    let bench = Bench::open().await;
    let forge = bench.as_app();
    let draft = |who: &str| NewIssue {
        title: "Mend the fence".to_owned(),
        body: "text".to_owned(),
        labels: vec![definition("follow-up")],
        assignees: vec![who.to_owned()],
    };
    let filed = forge.write.file(PATH, &draft("bob"), bench.later()).await.unwrap();
    assert_eq!(filed.labels, BTreeSet::from(["follow-up".to_owned()]));
    assert_eq!(filed.assignees.iter().map(|who| who.login.as_str()).collect::<Vec<_>>(), ["bob"]);
    assert_eq!(filed.author, Some(forge.read.whoami().await.unwrap()));
    let since = bench.now() - TimeDelta::minutes(1);
    let changed = forge.read.changed(PATH, Some(since), "").await.unwrap();
    assert!(changed.iter().any(|issue| issue.number == filed.number && issue.body == "text"));
    // Somebody without access is left out; somebody whom nobody knows is refused, and nothing is filed.
    let filed = forge.write.file(PATH, &draft("mallory"), bench.later()).await.unwrap();
    assert_eq!(filed.assignees, []);
    let error = forge.write.file(PATH, &draft("no-such-person"), bench.later()).await.unwrap_err();
    assert_eq!(error.class(), "invalid");
}

#[tokio::test]
async fn a_plain_token_does_the_same_in_its_owners_name() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    let forge = bench.as_person("alice");
    assert_eq!(forge.read.whoami().await.unwrap().login, "alice");
    let posted = forge.write.comment(&at(number), "Seen", bench.later()).await.unwrap();
    assert_eq!(posted.author.unwrap().login, "alice");
    let facts = forge.read.project(PATH).await.unwrap();
    assert_eq!((facts.path.as_str(), facts.visibility, facts.archived), (PATH, Visibility::Private, false));
}

#[tokio::test]
async fn history_tells_labels_people_and_state_with_who_and_when() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &["incident"]);
    bench.hand.pass(60);
    let place = || At::new(PATH, number);
    bench.forge.act("alice", Deed::Assign { at: place(), who: vec!["bob".into()] }).unwrap();
    bench.forge.act("alice", Deed::Edit { at: place(), title: Some("It smokes".to_owned()), body: None }).unwrap();
    bench.comment("bob", number, "On it");
    let done = hotwash::drill::model::Close::Completed;
    bench.forge.act("bob", Deed::Close { at: place(), reason: done }).unwrap();
    bench.forge.act("bob", Deed::Reopen { at: place() }).unwrap();
    let history = bench.as_app().read.history(&at(number)).await.unwrap();
    let bob = bench.forge.look(|world| world.user("bob").unwrap().id.0);
    let told: Vec<&Changed> = history.iter().map(|change| &change.what).collect();
    let expected = [
        &Changed::LabelAdded("incident".to_owned()),
        &Changed::Assigned(Account::new(bob, "bob")),
        &Changed::Edited,
        &Changed::Closed,
        &Changed::Reopened,
    ];
    assert_eq!(told, expected);
    assert_eq!(history[1].at, bench.now());
    assert_eq!(history[1].by.account().unwrap().login, "alice");
}

#[tokio::test]
async fn permissions_follow_ownership_membership_and_gifts() {
    let bench = Bench::open().await;
    let forge = bench.as_app();
    for (who, expected) in [
        ("alice", Permission::Admin),
        ("bob", Permission::Write),
        ("rita", Permission::Read),
        ("mallory", Permission::None),
    ] {
        let id = bench.forge.look(|world| world.user(who).unwrap().id.0);
        assert_eq!(forge.read.permission(PATH, &Account::new(id, who)).await.unwrap(), expected, "{who}");
        assert_eq!(forge.read.permission_of(PATH, who).await.unwrap(), expected, "{who} by login");
        let other = Account::new(id + 1_000, who);
        assert_eq!(forge.read.permission(PATH, &other).await.unwrap(), Permission::None, "{who} with another number");
    }
}

#[tokio::test]
async fn long_lists_come_whole_under_an_installation() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &["incident"]);
    for nth in 0..250 {
        bench.comment("bob", number, &format!("{nth}"));
    }
    let forge = bench.as_app();
    let comments = forge.read.comments(&at(number), None).await.unwrap();
    let expected: Vec<String> = (0..250).map(|nth| nth.to_string()).collect();
    assert_eq!(comments.into_iter().map(|it| it.body).collect::<Vec<_>>(), expected);
    assert_eq!(forge.read.commented(PATH, bench.now()).await.unwrap(), BTreeSet::from([number]));
}

#[tokio::test]
async fn a_sweep_sees_what_changed_since() {
    let bench = Bench::open().await;
    let (old, new) = (bench.file("old", &["incident"]), bench.file("new", &["incident"]));
    bench.hand.pass(600);
    let since = bench.now();
    bench.comment("bob", new, "Still burning");
    let forge = bench.as_app();
    let changed = forge.read.changed(PATH, Some(since), "incident").await.unwrap();
    assert_eq!(changed.iter().map(|issue| issue.number).collect::<Vec<_>>(), [new]);
    let open = forge.read.changed(PATH, None, "incident").await.unwrap();
    assert_eq!(open.iter().map(|issue| issue.number).collect::<Vec<_>>(), [old, new]);
}

#[tokio::test]
async fn an_expired_token_is_replaced_without_anybody_noticing() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    let forge = bench.as_app();
    forge.read.issue(&at(number)).await.unwrap();
    bench.hand.pass(TimeDelta::hours(3).num_seconds());
    forge.write.comment(&at(number), "Still here", bench.later()).await.unwrap();
}

#[tokio::test]
async fn what_somebody_wrote_who_is_gone_has_no_author() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    bench.comment("rita", number, "hi");
    bench.forge.look(|world| {
        for login in ["bob", "rita"] {
            let id = world.user(login).unwrap().id;
            world.remove_account(id);
        }
    });
    let forge = bench.as_app();
    assert_eq!(forge.read.issue(&at(number)).await.unwrap().author, None);
    assert_eq!(forge.read.comments(&at(number), None).await.unwrap()[0].author, None);
}

#[tokio::test]
async fn edits_are_read_to_the_first_with_their_editors() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &["incident"]);
    let forge = bench.as_app();
    let filed = forge.read.edits(&at(number), None).await.unwrap();
    assert!(filed.len() <= 1, "nobody edited it: {filed:?}");
    let mut times = Vec::new();
    for nth in 0..120_i64 {
        let by = if nth % 2 == 0 { "alice" } else { "bob" };
        let body = Some(format!("version {nth}"));
        bench.hand.pass(60);
        times.push(bench.now());
        bench.forge.act(by, Deed::Edit { at: At::new(PATH, number), title: None, body }).unwrap();
    }
    let edits = forge.read.edits(&at(number), None).await.unwrap();
    let bodies: Vec<&str> = edits.iter().filter_map(|edit| edit.body.as_deref()).collect();
    assert_eq!(bodies.last(), Some(&"version 119"));
    assert_eq!(bodies.iter().filter(|body| body.starts_with("version")).count(), 120);
    assert!(edits.iter().map(|edit| edit.at).is_sorted(), "oldest first");
    let last = edits.last().unwrap();
    assert_eq!(last.by.account().map(|account| account.login.as_str()), Some("bob"));
    assert!(last.by.account().unwrap().id > 0);
    let late = forge.read.edits(&at(number), Some(times[100])).await.unwrap();
    assert!(late.len() < edits.len(), "older ones are left out");
    assert!(late.first().unwrap().at <= times[100], "and none of those asked for");
}
