//! What is written, how often, and when not at all.

use std::time::Duration;

use hotwash::{
    domain::{action::LabelDefinition, ids::CommentId},
    forge::{NewIssue, github::GithubConfig},
};
use serde_json::{Value, json};
use wiremock::Request;

use super::{COMMENTS, Peer, comment, created, five, issue, ok, repository, status, token};

const COMMENT: &str = "/repos/acme/incidents/issues/comments/7";
const ISSUES: &str = "/repos/acme/incidents/issues";
const LABELS: &str = "/repos/acme/incidents/issues/5/labels";
const DEFINITIONS: &str = "/repos/acme/incidents/labels";

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

fn definition(name: &str) -> LabelDefinition {
    LabelDefinition { name: name.to_owned(), color: "#d73a4a".to_owned(), description: "x".repeat(140) }
}

#[tokio::test]
async fn a_comment_is_posted_and_comes_back() {
    let peer = Peer::new().await;
    peer.on("POST", COMMENTS, created(comment(7, "hello"))).await;
    let posted = peer.forge.write.comment(&five(), "hello", super::far()).await.unwrap();
    assert_eq!((posted.id, posted.body.as_str()), (CommentId(7), "hello"));
    let sent = peer.sent("POST", COMMENTS).await;
    assert_eq!(body(&sent[0]), json!({ "body": "hello" }));
    assert_eq!(super::bearer(&sent[0]), "Bearer pat-secret");
}

fn follow_up(assignees: &[&str]) -> NewIssue {
    NewIssue {
        title: "Mend the fence".to_owned(),
        body: "text".to_owned(),
        labels: vec![definition("follow-up")],
        assignees: assignees.iter().map(|login| (*login).to_owned()).collect(),
    }
}

#[tokio::test]
async fn an_issue_is_filed_with_label_and_assignee_and_comes_back() {
    let peer = Peer::new().await;
    peer.on("GET", DEFINITIONS, ok(json!([]))).await;
    peer.on("POST", DEFINITIONS, created(json!({ "name": "follow-up" }))).await;
    peer.on("POST", ISSUES, created(issue(18, "2026-11-20T15:00:00Z"))).await;
    let filed = peer.forge.write.file("acme/incidents", &follow_up(&["bob"]), super::far()).await.unwrap();
    assert_eq!((filed.number, filed.assignees[0].login.as_str()), (18, "bob"));
    let sent = peer.sent("POST", ISSUES).await;
    let wanted = json!({ "title": "Mend the fence", "body": "text", "labels": ["follow-up"], "assignees": ["bob"] });
    assert_eq!(sent.iter().map(body).collect::<Vec<_>>(), [wanted]);
    assert_eq!(peer.sent("POST", DEFINITIONS).await.len(), 1);
}

#[tokio::test]
async fn filing_tells_a_refusal_from_not_knowing_and_keeps_the_deadline() {
    for (answer, class) in [(status(422), "invalid"), (status(502), "unknown"), (ok(json!({})), "unknown")] {
        let peer = Peer::new().await;
        peer.on("GET", DEFINITIONS, ok(json!([{ "name": "follow-up" }]))).await;
        peer.on("POST", ISSUES, answer).await;
        let error = peer.forge.write.file("acme/incidents", &follow_up(&[]), super::far()).await.unwrap_err();
        assert_eq!(error.class(), class);
    }
    let peer = Peer::new().await;
    peer.on("GET", DEFINITIONS, ok(json!([{ "name": "follow-up" }]))).await;
    let past = super::moment("2020-01-01T00:00:00Z");
    let error = peer.forge.write.file("acme/incidents", &follow_up(&[]), past).await.unwrap_err();
    assert_eq!(error.class(), "later");
    assert!(peer.sent("POST", ISSUES).await.is_empty());
}

#[tokio::test]
async fn a_comment_is_rewritten_by_patch() {
    let peer = Peer::new().await;
    peer.on("PATCH", COMMENT, ok(comment(7, "new"))).await;
    peer.forge.write.rewrite(&five(), CommentId(7), "new").await.unwrap();
    assert_eq!(body(&peer.sent("PATCH", COMMENT).await[0]), json!({ "body": "new" }));
}

#[tokio::test]
async fn an_issue_is_closed_as_one_that_nothing_came_of() {
    let peer = Peer::new().await;
    peer.on("PATCH", "/repos/acme/incidents/issues/5", ok(issue(5, "2026-11-20T14:00:00Z"))).await;
    peer.forge.write.close(&five()).await.unwrap();
    let sent = peer.sent("PATCH", "/*").await;
    assert_eq!(
        sent.iter().map(body).collect::<Vec<_>>(),
        [json!({ "state": "closed", "state_reason": "not_planned" })]
    );
}

#[tokio::test]
async fn a_comment_is_folded_as_resolved_by_its_node() {
    let peer = Peer::new().await;
    peer.on("GET", COMMENT, ok(comment(7, "text"))).await;
    let done = json!({ "data": { "minimizeComment": { "minimizedComment": { "isMinimized": true } } } });
    peer.on("POST", "/graphql", ok(done)).await;
    peer.forge.write.collapse(&five(), CommentId(7), "done").await.unwrap();
    let sent = body(&peer.sent("POST", "/graphql").await[0]);
    assert_eq!(sent["variables"], json!({ "id": "IC_7" }));
    assert!(sent["query"].as_str().unwrap().contains("classifier: RESOLVED"));
    assert!(peer.sent("PATCH", "/*").await.is_empty());
}

#[tokio::test]
async fn where_nothing_folds_the_text_is_replaced() {
    let forbidden = ok(json!({ "data": { "minimizeComment": null }, "errors": [{ "type": "FORBIDDEN" }] }));
    let unsupported = ok(json!({ "errors": [{ "message": "no", "extensions": { "code": "undefinedField" } }] }));
    for answer in [status(404), status(403), status(422), forbidden, unsupported] {
        let peer = Peer::new().await;
        peer.on("GET", COMMENT, ok(comment(7, "text"))).await;
        peer.on("POST", "/graphql", answer).await;
        peer.on("PATCH", COMMENT, ok(comment(7, "done"))).await;
        peer.forge.write.collapse(&five(), CommentId(7), "done").await.unwrap();
        assert_eq!(body(&peer.sent("PATCH", COMMENT).await[0]), json!({ "body": "done" }));
    }
}

#[tokio::test]
async fn trouble_of_githubs_own_does_not_cost_the_text() {
    for answer in [status(502), ok(json!({ "errors": [{ "message": "Something went wrong" }] }))] {
        let peer = Peer::new().await;
        peer.on("GET", COMMENT, ok(comment(7, "text"))).await;
        peer.on("POST", "/graphql", answer).await;
        let error = peer.forge.write.collapse(&five(), CommentId(7), "done").await.unwrap_err();
        assert_eq!(error.class(), "unknown");
        assert!(peer.sent("PATCH", "/*").await.is_empty());
    }
}

#[tokio::test]
async fn labels_go_on_in_one_call_and_a_missing_definition_is_made_once() {
    let peer = Peer::new().await;
    peer.on("GET", DEFINITIONS, ok(json!([{ "name": "Incident" }]))).await;
    peer.on("POST", DEFINITIONS, created(json!({ "name": "phase::assess" }))).await;
    peer.on("POST", LABELS, ok(json!([{ "name": "Incident" }, { "name": "phase::assess" }, { "name": "mine" }]))).await;
    let wanted = [definition("incident"), definition("phase::assess")];
    let now_on = peer.forge.write.add_labels(&five(), &wanted).await.unwrap();
    assert!(now_on.contains("mine") && now_on.len() == 3);
    peer.forge.write.add_labels(&five(), &wanted).await.unwrap();
    let made = peer.sent("POST", DEFINITIONS).await;
    assert_eq!(made.len(), 1);
    let made = body(&made[0]);
    assert_eq!((made["name"].as_str(), made["color"].as_str()), (Some("phase::assess"), Some("d73a4a")));
    assert_eq!(made["description"].as_str().map(str::len), Some(100));
    let put = peer.sent("POST", LABELS).await;
    assert_eq!(body(&put[0]), json!({ "labels": ["incident", "phase::assess"] }));
    assert_eq!((put.len(), peer.sent("GET", DEFINITIONS).await.len()), (2, 1));
}

#[tokio::test]
async fn a_definition_that_exists_already_or_may_not_be_made_is_no_obstacle() {
    for code in [422, 403] {
        let peer = Peer::new().await;
        peer.on("GET", DEFINITIONS, ok(json!([]))).await;
        peer.on("POST", DEFINITIONS, status(code)).await;
        peer.on("POST", LABELS, ok(json!([{ "name": "incident" }]))).await;
        assert_eq!(peer.forge.write.add_labels(&five(), &[definition("incident")]).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_without_the_label_is_not_taken_for_success() {
    let peer = Peer::new().await;
    peer.on("GET", DEFINITIONS, ok(json!([{ "name": "incident" }]))).await;
    peer.on("POST", LABELS, ok(json!([{ "name": "mine" }]))).await;
    let error = peer.forge.write.add_labels(&five(), &[definition("incident")]).await.unwrap_err();
    assert_eq!(error.class(), "unknown");
}

#[tokio::test]
async fn no_labels_to_put_on_is_no_write() {
    let peer = Peer::new().await;
    peer.on("GET", super::ISSUE, ok(issue(5, "2026-11-20T15:00:00Z"))).await;
    assert!(peer.forge.write.add_labels(&five(), &[]).await.unwrap().contains("incident"));
    assert!(peer.sent("POST", "/*").await.is_empty());
}

#[tokio::test]
async fn a_label_with_unusual_characters_is_taken_off() {
    let peer = Peer::new().await;
    let at = format!("{LABELS}/status%3A%3Afalse%20alarm%2F%3F%25%C3%A9");
    peer.on("DELETE", &at, ok(json!([]))).await;
    peer.forge.write.remove_label(&five(), "status::false alarm/?%é").await.unwrap();
    assert_eq!(peer.sent("DELETE", &at).await.len(), 1);
}

#[tokio::test]
async fn a_label_that_is_not_on_is_taken_off_already() {
    let peer = Peer::new().await;
    peer.on("DELETE", &format!("{LABELS}/incident"), status(404)).await;
    peer.forge.write.remove_label(&five(), "incident").await.unwrap();
}

#[tokio::test]
async fn a_thumb_is_best_effort_but_a_limit_is_still_a_limit() {
    for code in [201, 200, 404, 422, 403] {
        let peer = Peer::new().await;
        peer.on("POST", &format!("{COMMENT}/reactions"), status(code)).await;
        peer.forge.write.react(&five(), CommentId(7)).await.unwrap();
        assert_eq!(body(&peer.sent("POST", "/*").await[0]), json!({ "content": "+1" }));
    }
    for (code, class) in [(429, "later"), (401, "denied"), (500, "unknown")] {
        let peer = Peer::new().await;
        peer.on("POST", &format!("{COMMENT}/reactions"), status(code)).await;
        assert_eq!(peer.forge.write.react(&five(), CommentId(7)).await.unwrap_err().class(), class);
    }
}

#[tokio::test]
async fn nothing_is_written_where_others_can_read() {
    let public = json!({ "id": 77, "full_name": "acme/incidents", "private": false, "visibility": "public" });
    let at_odds = json!({ "id": 77, "full_name": "acme/incidents", "private": true, "visibility": "public" });
    let silent = json!({ "id": 77, "full_name": "acme/incidents" });
    let internal = json!({ "id": 77, "full_name": "acme/incidents", "private": true, "visibility": "internal" });
    for facts in [public, at_odds, silent, internal] {
        let peer = Peer::bare(token(), "").await;
        peer.on("GET", "/repos/acme/incidents", ok(facts)).await;
        let write = &peer.forge.write;
        let errors = [
            write.comment(&five(), "x", super::far()).await.unwrap_err(),
            write.rewrite(&five(), CommentId(7), "x").await.unwrap_err(),
            write.collapse(&five(), CommentId(7), "x").await.unwrap_err(),
            write.add_labels(&five(), &[definition("incident")]).await.unwrap_err(),
            write.remove_label(&five(), "incident").await.unwrap_err(),
            write.react(&five(), CommentId(7)).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.class(), "denied");
            assert!(error.to_string().contains("the repository is not private"), "{error}");
        }
        let written: Vec<_> = peer.server.received_requests().await.unwrap();
        assert!(written.iter().all(|request| request.method.as_str() == "GET"));
    }
}

#[tokio::test]
async fn an_internal_repository_is_written_to_where_that_is_allowed() {
    let peer = Peer::tuned(token(), "", |config| GithubConfig { allow_internal: true, ..config }).await;
    let internal = json!({ "id": 77, "full_name": "acme/incidents", "private": true, "visibility": "internal" });
    peer.on("GET", "/repos/acme/incidents", ok(internal)).await;
    peer.on("POST", COMMENTS, created(comment(7, "x"))).await;
    peer.forge.write.comment(&five(), "x", super::far()).await.unwrap();
}

#[tokio::test]
async fn who_can_read_is_asked_again_after_five_minutes_or_when_told() {
    let peer = Peer::bare(token(), "").await;
    for _ in 0..2 {
        peer.once("GET", "/repos/acme/incidents", ok(repository())).await;
    }
    peer.on("GET", "/repos/acme/incidents", ok(json!({ "id": 77, "private": false }))).await;
    peer.on("POST", COMMENTS, created(comment(7, "x"))).await;
    let asked = async || peer.sent("GET", "/repos/acme/incidents").await.len();
    peer.forge.write.comment(&five(), "x", super::far()).await.unwrap();
    peer.forge.write.comment(&five(), "x", super::far()).await.unwrap();
    assert_eq!(asked().await, 1);
    peer.clock.pass(Duration::from_mins(5));
    peer.forge.write.comment(&five(), "x", super::far()).await.unwrap();
    assert_eq!(asked().await, 2);
    peer.github.forget_visibility("acme/incidents");
    assert_eq!(peer.forge.write.comment(&five(), "x", super::far()).await.unwrap_err().class(), "denied");
    assert_eq!((asked().await, peer.sent("POST", COMMENTS).await.len()), (3, 3));
}

#[tokio::test]
async fn a_repository_made_private_again_is_written_to_at_once() {
    let peer = Peer::bare(token(), "").await;
    peer.once("GET", "/repos/acme/incidents", ok(json!({ "id": 77, "private": false }))).await;
    peer.on("GET", "/repos/acme/incidents", ok(repository())).await;
    peer.on("POST", COMMENTS, created(comment(7, "x"))).await;
    assert!(peer.forge.write.comment(&five(), "x", super::far()).await.is_err());
    peer.forge.write.comment(&five(), "x", super::far()).await.unwrap();
}

#[tokio::test]
async fn a_renamed_repository_is_written_to_under_its_new_name() {
    let peer = Peer::bare(token(), "").await;
    let moved = ok(json!({ "id": 77, "full_name": "acme/new-name", "private": true }));
    peer.on("GET", "/repos/acme/incidents", status(301).insert_header("location", "/repositories/77")).await;
    peer.on("GET", "/repositories/77", moved).await;
    peer.on("POST", "/repos/acme/new-name/issues/5/comments", created(comment(7, "x"))).await;
    peer.forge.write.comment(&five(), "x", super::far()).await.unwrap();
    assert!(peer.sent("POST", COMMENTS).await.is_empty());
}

#[tokio::test]
async fn a_redirected_write_goes_nowhere_else() {
    let away = |code| status(code).insert_header("location", "/repos/acme/other/issues/9/comments");
    for code in [301, 302, 307, 308] {
        let peer = Peer::new().await;
        peer.on("POST", COMMENTS, away(code)).await;
        peer.on("DELETE", &format!("{LABELS}/incident"), away(code)).await;
        peer.on("GET", "/repos/acme/other/issues/9/comments", ok(json!([]))).await;
        assert!(peer.forge.write.comment(&five(), "x", super::far()).await.is_err(), "{code}");
        assert!(peer.forge.write.remove_label(&five(), "incident").await.is_err(), "{code}");
        assert!(peer.sent("POST", "/repos/acme/other*").await.is_empty(), "{code}");
        assert!(peer.sent("DELETE", "/repos/acme/other*").await.is_empty(), "{code}");
    }
}

#[tokio::test]
async fn a_rename_met_while_writing_asks_to_try_again() {
    let peer = Peer::bare(token(), "").await;
    peer.once("GET", "/repos/acme/incidents", ok(repository())).await;
    peer.on("GET", "/repos/acme/incidents", ok(json!({ "id": 77, "full_name": "acme/new", "private": true }))).await;
    peer.on("POST", COMMENTS, status(307).insert_header("location", "/repositories/77/issues/5/comments")).await;
    peer.on("POST", "/repos/acme/new/issues/5/comments", created(comment(7, "x"))).await;
    assert_eq!(peer.forge.write.comment(&five(), "x", super::far()).await.unwrap_err().class(), "later");
    peer.forge.write.comment(&five(), "x", super::far()).await.unwrap();
}

#[tokio::test]
async fn a_comment_whose_turn_comes_too_late_is_not_sent() {
    let peer = Peer::new().await;
    peer.on("POST", COMMENTS, created(comment(7, "text"))).await;
    let soon = super::moment("2026-11-20T15:00:00.500Z");
    peer.forge.write.comment(&five(), "one", soon).await.unwrap();
    // The next turn is a second later.
    let error = peer.forge.write.comment(&five(), "two", soon).await.unwrap_err();
    assert!(matches!(error, hotwash::forge::ForgeError::Later { after, .. } if after == Duration::from_secs(1)));
    assert_eq!(peer.sent("POST", COMMENTS).await.len(), 1);
}
