//! Issues that came in by Service Desk: GitLab mails what is written there to whoever wrote in.

use hotwash::{
    domain::{
        event::{Exposure, What},
        people::Actor,
    },
    drill::model::{Access, Comment, Deed},
    forge::ForgeError,
};
use hyper::{Request, body::Bytes};

use super::{
    bench::{Bench, PATH as PROJECT},
    play::{PATH, Play, SCRIPT, at, program, script},
};
use crate::support::http;

const ADDRESS: &str = "mallory@elsewhere.example";

/// Makes what the issue says, and everybody writes there, go out to `address`.
fn mail_to(play: &Play<'_>, address: Option<&str>) {
    play.forge().look(|world| {
        let issue = world.issue(PATH, 1).unwrap().id;
        world.mail_to(issue, address);
    });
}

/// An incident that the Service Desk filed.
async fn filed_by_mail<'p>(
    script: &hotwash::drill::script::Script,
    program: &'p hotwash::cli::Program,
    confidential: bool,
) -> Play<'p> {
    let mut play = Play::set(script, program).await;
    play.forge().look(|world| {
        let desk = world.add_person("support-bot");
        let project = world.project(PATH).unwrap().id;
        world.give(project, desk, Access::Triage);
    });
    let deed = Deed::File {
        project: PATH.to_owned(),
        title: "Odd logins".to_owned(),
        body: Some("Somebody was here.\n\n- **Status**: investigating\n- **Severity**: high\n".to_owned()),
        labels: vec!["incident".to_owned()],
        assignees: Vec::new(),
        confidential,
    };
    play.does("support-bot", deed);
    mail_to(&play, Some(ADDRESS));
    play
}

fn comments(play: &Play<'_>) -> Vec<Comment> {
    play.0.look(|world| world.comments(world.issue(PATH, 1).unwrap().id).cloned().collect())
}

async fn exposures(play: &Play<'_>) -> Vec<(String, What)> {
    let told = play.journal().await.into_iter();
    let told = told.filter(|event| matches!(event.what, What::Exposed { .. } | What::Hidden));
    let by = |by: Actor| by.account().map_or_else(|| format!("{by:?}"), |account| account.login.clone());
    told.map(|event| (by(event.by), event.what)).collect()
}

const MAILED: What = What::Exposed { how: Exposure::Mailed };

#[tokio::test]
async fn there_is_one_alarm_as_an_internal_note_and_nothing_else_until_nobody_is_mailed_any_more() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = filed_by_mail(&script, &program, true).await;
    let (changes, _) = play.counting_changes(None, hotwash::drill::faults::Effect::AtOnce);
    play.minutes(100).await;
    play.0.kill().await.unwrap();
    play.0.start().await.unwrap();
    play.says("erin", "@hotwash ack");
    play.minutes(100).await;
    let said = comments(&play);
    let bots: Vec<&Comment> = said.iter().filter(|comment| comment.body.contains("<!-- hotwash:")).collect();
    assert_eq!(bots.len(), 1, "{said:#?}");
    assert!(bots[0].internal && bots[0].body.contains("is mailed to an address outside of GitLab"), "{bots:#?}");
    assert!(!bots[0].body.contains("Odd logins") && !bots[0].body.contains("high"), "{bots:#?}");
    assert_eq!(changes.load(std::sync::atomic::Ordering::SeqCst), 1, "one alarm and no other change in 200 minutes");
    let labels = play.0.look(|world| world.issue(PATH, 1).unwrap().labels.clone());
    assert_eq!(labels, ["incident"]);
    assert_eq!(exposures(&play).await, [("support-bot".to_owned(), MAILED)]);
    // It is made an ordinary issue: work goes on, and the alarm goes.
    mail_to(&play, None);
    play.says("erin", "Now it is ours.");
    play.minutes(10).await;
    assert_eq!(exposures(&play).await.last().unwrap().1, What::Hidden);
    assert!(play.board().contains("high"), "{}", play.board());
    assert!(!play.said().iter().any(|text| text.contains("hotwash:alarm")), "{:#?}", play.said());
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn without_the_flag_it_gets_that_first_and_then_the_alarm() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = filed_by_mail(&script, &program, false).await;
    play.minutes(30).await;
    assert!(play.0.look(|world| world.issue(PATH, 1).unwrap().confidential));
    let what: Vec<What> = exposures(&play).await.into_iter().map(|(_, what)| what).collect();
    assert_eq!(what, [What::Exposed { how: Exposure::Filed }, What::Hidden, MAILED]);
    let said = comments(&play);
    assert!(said.len() == 1 && said[0].internal && said[0].body.contains("hotwash:alarm"), "{said:#?}");
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn an_incident_under_way_that_is_mailed_from_then_on_is_alarmed_about_and_its_flag_taken_off_again() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::with_incident(&script, &program).await;
    play.minutes(2).await;
    let board = play.board();
    mail_to(&play, Some(ADDRESS));
    play.labels("bob", "severity::high");
    play.minutes(100).await;
    assert_eq!(play.board(), board, "the board stays as it was");
    let alarms = |play: &Play<'_>| comments(play).iter().filter(|one| one.body.contains("hotwash:alarm")).count();
    assert_eq!(alarms(&play), 1);
    assert_eq!(exposures(&play).await.last().unwrap().1, MAILED);
    // Two holes at once are two alarms; with the first mended, the second is still open.
    play.does("bob", Deed::SetConfidential { at: at(), confidential: false });
    play.minutes(10).await;
    assert_eq!(exposures(&play).await.last(), Some(&("bob".to_owned(), What::Exposed { how: Exposure::Flag })));
    assert_eq!(alarms(&play), 2);
    play.does("bob", Deed::SetConfidential { at: at(), confidential: true });
    play.minutes(10).await;
    assert_eq!(exposures(&play).await.last().unwrap().1, MAILED);
    mail_to(&play, None);
    play.labels("bob", "severity::low");
    play.minutes(10).await;
    assert_eq!(exposures(&play).await.last().unwrap().1, What::Hidden);
    assert_eq!(alarms(&play), 0, "both are taken back");
    assert!(play.board().contains("low"), "{}", play.board());
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn the_adapter_writes_nothing_there_but_an_internal_announcement() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let id = bench.forge.look(|world| {
        let id = world.issue(PROJECT, number).unwrap().id;
        world.mail_to(id, Some(ADDRESS));
        id
    });
    let issue = Bench::issue(number);
    assert!(bench.port.read.issue(&issue).await.unwrap().is_mailed);
    let write = &bench.port.write;
    let refused = write.comment(&issue, "secret", bench.soon()).await.unwrap_err();
    assert!(matches!(refused, ForgeError::Denied { status: 0, .. }), "{refused:?}");
    assert!(refused.to_string().contains("Service Desk") && !refused.to_string().contains(ADDRESS), "{refused}");
    assert!(write.close(&issue).await.is_err());
    assert!(write.move_labels(&issue, &[], &["incident".to_owned()]).await.is_err());
    // Making it confidential does not close it.
    write.make_confidential(&issue).await.unwrap();
    assert!(write.comment(&issue, "secret", bench.soon()).await.is_err());
    write.announce(&issue, "careful", bench.soon()).await.unwrap();
    let said: Vec<_> =
        bench.forge.look(|world| world.comments(id).map(|one| (one.body.clone(), one.internal)).collect());
    assert_eq!(said, [("careful".to_owned(), true)]);
    bench.forge.look(|world| world.mail_to(id, None));
    write.comment(&issue, "secret", bench.soon()).await.unwrap();
    write.announce(&issue, "for all", bench.soon()).await.unwrap();
    let internal: Vec<bool> = bench.forge.look(|world| world.comments(id).map(|one| one.internal).collect());
    assert_eq!(internal, [true, false, false]);
}

/// A GitLab that knows one issue, with this said of the Service Desk.
async fn read(author: &str, said: &str) -> bool {
    let issue = format!(
        r#"{{"id":7,"iid":1,"project_id":42,"title":"x","state":"opened","created_at":"2026-11-20T10:00:00Z",
           "confidential":true,"author":{{"id":3,"username":"{author}"}}{said}}}"#
    );
    let answer = move |request: Request<Bytes>| {
        let project = r#"{"id":42,"path_with_namespace":"acme/incidents","visibility":"private"}"#;
        let body = if request.uri().path().contains("/issues/") { issue.clone() } else { project.to_owned() };
        async move { http::Answer::Send(http::json(200, body)) }
    };
    let server = http::Server::start(answer).await;
    let config = hotwash::forge::gitlab::GitlabConfig::new("gitlab", server.url(), "glpat-x".into());
    let clock: hotwash::clock::SharedClock = crate::drill_forge::bench::hand();
    let port = hotwash::forge::gitlab::Gitlab::new(&config, clock).unwrap().forge();
    port.read.issue(&Bench::issue(1)).await.unwrap().is_mailed
}

#[tokio::test]
async fn whom_gitlab_mails_is_read_from_the_issue_and_from_its_author_where_it_does_not_tell() {
    assert!(read("support-bot", "").await, "an older server says nothing, but only the Service Desk files so");
    assert!(!read("alice", "").await);
    assert!(!read("support-bot", r#","service_desk_reply_to":null"#).await, "nobody is left to be mailed");
    assert!(read("support-bot", r#","service_desk_reply_to":"m***@e***.example""#).await);
    assert!(read("alice", r#","service_desk_reply_to":"mallory@elsewhere.example""#).await, "a converted issue");
}
