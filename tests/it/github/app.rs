//! As an App: whose token goes where, how often it is asked for, and what a 401 does.

use std::time::Duration;

use hotwash::domain::people::Account;
use serde_json::{Value, json};
use wiremock::{
    Mock,
    matchers::{header, method, path},
};

use super::{COMMENTS, ISSUE, Peer, bearer, comment, created, five, issue, moment, ok, repository, status, token};

const TOKENS: &str = "/app/installations/7001/access_tokens";

fn minted(token: &str) -> wiremock::ResponseTemplate {
    created(json!({ "token": token, "expires_at": "2026-11-20T16:00:00Z" }))
}

async fn for_token(peer: &Peer, at: &str, token: &str, answer: wiremock::ResponseTemplate) {
    let carried = Mock::given(method("GET")).and(path(at)).and(header("authorization", format!("Bearer {token}")));
    carried.respond_with(answer).mount(&peer.server).await;
}

#[tokio::test]
async fn a_token_is_narrowed_and_shared() {
    let peer = Peer::app().await;
    peer.on("POST", TOKENS, minted("ghs_1")).await;
    peer.on("GET", ISSUE, ok(issue(5, "2026-11-20T15:00:00Z"))).await;
    let one = five();
    let (a, b) = tokio::join!(peer.forge.read.issue(&one), peer.forge.read.issue(&one));
    assert!(a.is_ok() && b.is_ok());
    let asked = peer.sent("POST", TOKENS).await;
    assert_eq!(asked.len(), 1);
    assert!(bearer(&asked[0]).starts_with("Bearer ey"));
    let narrow: Value = serde_json::from_slice(&asked[0].body).unwrap();
    let expected = json!({ "repositories": ["incidents"], "permissions": { "issues": "write", "metadata": "read" } });
    assert_eq!(narrow, expected);
    assert!(peer.sent("GET", ISSUE).await.iter().all(|request| bearer(request) == "Bearer ghs_1"));
}

#[tokio::test]
async fn where_narrowing_is_refused_the_whole_token_is_taken() {
    let peer = Peer::app().await;
    peer.once("POST", TOKENS, status(422)).await;
    peer.on("POST", TOKENS, minted("ghs_wide")).await;
    for_token(&peer, ISSUE, "ghs_wide", ok(issue(5, "2026-11-20T15:00:00Z"))).await;
    peer.forge.read.issue(&five()).await.unwrap();
    let asked = peer.sent("POST", TOKENS).await;
    assert_eq!(asked.last().unwrap().body, b"{}");
}

#[tokio::test]
async fn the_second_page_carries_the_token_too() {
    let peer = Peer::app().await;
    peer.on("POST", TOKENS, minted("ghs_1")).await;
    let next = Peer::link(&format!("{COMMENTS}?per_page=100&page=2"));
    peer.once("GET", COMMENTS, ok(json!([comment(1, "a")])).insert_header("link", next)).await;
    for_token(&peer, COMMENTS, "ghs_1", ok(json!([comment(2, "b")]))).await;
    assert_eq!(peer.forge.read.comments(&five(), None).await.unwrap().len(), 2);
    let sent = peer.sent("GET", COMMENTS).await;
    assert_eq!(sent.iter().map(bearer).collect::<Vec<_>>(), ["Bearer ghs_1", "Bearer ghs_1"]);
}

#[tokio::test]
async fn a_read_refused_with_401_is_asked_once_more_with_a_new_token() {
    let peer = Peer::app().await;
    peer.once("POST", TOKENS, minted("ghs_old")).await;
    peer.on("POST", TOKENS, minted("ghs_new")).await;
    for_token(&peer, ISSUE, "ghs_old", status(401)).await;
    for_token(&peer, ISSUE, "ghs_new", ok(issue(5, "2026-11-20T15:00:00Z"))).await;
    peer.forge.read.issue(&five()).await.unwrap();
    assert_eq!(peer.sent("GET", ISSUE).await.len(), 2);
}

#[tokio::test]
async fn a_read_refused_twice_is_denied() {
    let peer = Peer::app().await;
    peer.on("POST", TOKENS, minted("ghs_1")).await;
    peer.on("GET", ISSUE, status(401)).await;
    assert_eq!(peer.forge.read.issue(&five()).await.unwrap_err().class(), "denied");
    assert_eq!((peer.sent("GET", ISSUE).await.len(), peer.sent("POST", TOKENS).await.len()), (2, 2));
}

#[tokio::test]
async fn a_write_refused_with_401_is_sent_once_and_the_next_has_a_new_token() {
    let peer = Peer::app().await;
    peer.once("POST", TOKENS, minted("ghs_old")).await;
    peer.on("POST", TOKENS, minted("ghs_new")).await;
    peer.once("POST", COMMENTS, status(401)).await;
    peer.on("POST", COMMENTS, created(comment(7, "x"))).await;
    assert_eq!(peer.forge.write.comment(&five(), "x", super::far()).await.unwrap_err().class(), "denied");
    assert_eq!(peer.sent("POST", COMMENTS).await.len(), 1);
    peer.forge.write.comment(&five(), "x", super::far()).await.unwrap();
    assert_eq!(bearer(&peer.sent("POST", COMMENTS).await[1]), "Bearer ghs_new");
}

#[tokio::test]
async fn a_token_is_replaced_before_it_ends() {
    let peer = Peer::app().await;
    peer.on("POST", TOKENS, minted("ghs_1")).await;
    peer.on("GET", ISSUE, ok(issue(5, "2026-11-20T15:00:00Z"))).await;
    for (minutes, tokens) in [(0, 1), (49, 1), (1, 2)] {
        peer.clock.pass(Duration::from_mins(minutes));
        peer.forge.read.issue(&five()).await.unwrap();
        assert_eq!(peer.sent("POST", TOKENS).await.len(), tokens, "after {minutes} more minutes");
    }
}

#[tokio::test]
async fn an_app_installed_anew_is_found_under_its_new_number() {
    let peer = Peer::bare(peer_auth(), "").await;
    let installation = "/repos/acme/incidents/installation";
    peer.once("GET", installation, ok(json!({ "id": 7001 }))).await;
    peer.on("GET", installation, ok(json!({ "id": 7002 }))).await;
    peer.once("POST", TOKENS, minted("ghs_1")).await;
    peer.on("POST", TOKENS, status(404)).await;
    peer.on("POST", "/app/installations/7002/access_tokens", minted("ghs_2")).await;
    peer.on("GET", ISSUE, ok(issue(5, "2026-11-20T15:00:00Z"))).await;
    peer.forge.read.issue(&five()).await.unwrap();
    peer.clock.pass(Duration::from_hours(1));
    peer.forge.read.issue(&five()).await.unwrap();
    assert_eq!(bearer(peer.sent("GET", ISSUE).await.last().unwrap()), "Bearer ghs_2");
}

#[tokio::test]
async fn an_app_that_is_not_installed_finds_nothing_and_writes_nothing() {
    let peer = Peer::bare(peer_auth(), "").await;
    let error = peer.forge.write.comment(&five(), "x", super::far()).await.unwrap_err();
    assert_eq!(error.class(), "gone");
    assert!(error.to_string().contains("the App's installation on github:acme/incidents"), "{error}");
    assert!(peer.sent("POST", "/*").await.is_empty());
}

#[tokio::test]
async fn a_personal_token_is_its_user() {
    let peer = Peer::new().await;
    peer.on("GET", "/user", ok(json!({ "id": 9, "login": "ir-bot" }))).await;
    for _ in 0..2 {
        assert_eq!(peer.forge.read.whoami().await.unwrap(), Account::new(9, "ir-bot"));
    }
    assert_eq!(peer.sent("GET", "/user").await.len(), 1);
}

#[tokio::test]
async fn an_app_is_the_user_of_its_slug() {
    let peer = Peer::app().await;
    peer.on("GET", "/app", ok(json!({ "slug": "ir-bot", "owner": null }))).await;
    peer.on("GET", "/app/installations", ok(json!([{ "id": 7001 }]))).await;
    peer.on("POST", TOKENS, minted("ghs_1")).await;
    for_token(&peer, "/users/ir-bot%5Bbot%5D", "ghs_1", ok(json!({ "id": 9, "login": "ir-bot[bot]" }))).await;
    for _ in 0..2 {
        assert_eq!(peer.forge.read.whoami().await.unwrap(), Account::new(9, "ir-bot[bot]"));
    }
    assert_eq!(peer.sent("GET", "/app").await.len(), 1);
}

#[tokio::test]
async fn an_app_whose_user_cannot_be_read_has_a_name_until_it_can() {
    let peer = Peer::app().await;
    peer.on("GET", "/app", ok(json!({ "slug": "ir-bot" }))).await;
    peer.once("GET", "/app/installations", ok(json!([]))).await;
    peer.on("GET", "/app/installations", ok(json!([{ "id": 7001 }]))).await;
    peer.on("POST", TOKENS, minted("ghs_1")).await;
    peer.on("GET", "/users/ir-bot%5Bbot%5D", ok(json!({ "id": 9, "login": "ir-bot[bot]" }))).await;
    for _ in 0..2 {
        assert_eq!(peer.forge.read.whoami().await.unwrap(), Account::new(0, "ir-bot[bot]"));
    }
    peer.clock.pass(Duration::from_mins(5));
    assert_eq!(peer.forge.read.whoami().await.unwrap(), Account::new(9, "ir-bot[bot]"));
}

#[tokio::test]
async fn passing_trouble_is_not_taken_for_an_unknown_user() {
    let peer = Peer::app().await;
    peer.on("GET", "/app", status(502)).await;
    assert_eq!(peer.forge.read.whoami().await.unwrap_err().class(), "unknown");
}

#[tokio::test]
async fn a_limit_of_one_installation_does_not_hold_for_another() {
    let peer = Peer::app().await;
    peer.on("GET", "/repos/other/incidents/installation", ok(json!({ "id": 7002 }))).await;
    peer.on("GET", "/repos/other/incidents", ok(repository())).await;
    peer.on("POST", TOKENS, minted("ghs_1")).await;
    peer.on("POST", "/app/installations/7002/access_tokens", minted("ghs_2")).await;
    peer.on("GET", ISSUE, status(429).insert_header("retry-after", "30")).await;
    assert_eq!(peer.forge.read.issue(&five()).await.unwrap_err().class(), "later");
    assert_eq!(peer.forge.read.project("acme/incidents").await.unwrap_err().class(), "later");
    peer.forge.read.project("other/incidents").await.unwrap();
}

#[tokio::test]
async fn an_apps_failed_deliveries_are_those_of_the_repository() {
    let peer = Peer::app().await;
    peer.on("POST", TOKENS, minted("ghs_1")).await;
    let one = |id: u64, guid: &str, repository: Value| {
        json!({ "id": id, "guid": guid, "delivered_at": "2026-11-20T14:00:00Z", "status": "timed out",
                "status_code": 504, "event": "issues", "repository_id": repository })
    };
    let all = json!([one(1, "a", json!(77)), one(2, "b", json!(78)), one(3, "c", Value::Null)]);
    peer.on("GET", "/app/hook/deliveries", ok(all)).await;
    for id in [1, 3] {
        peer.on("POST", &format!("/app/hook/deliveries/{id}/attempts"), status(202)).await;
    }
    let asked = peer.forge.read.redeliver_failed("acme/incidents", moment("2026-11-20T12:00:00Z")).await.unwrap();
    assert_eq!(asked, 2);
    let sent = peer.sent("POST", "/app/hook/*").await;
    assert!(sent.iter().all(|request| bearer(request).starts_with("Bearer ey")) && sent.len() == 2);
}

fn peer_auth() -> hotwash::forge::github::Auth {
    hotwash::forge::github::Auth::App { id: 4242, private_key_pem: super::app_key().into() }
}

#[tokio::test]
async fn a_personal_token_asks_for_no_installation() {
    let peer = Peer::bare(token(), "").await;
    peer.on("GET", "/repos/acme/incidents", ok(repository())).await;
    peer.forge.read.project("acme/incidents").await.unwrap();
    assert!(peer.sent("GET", "/repos/acme/incidents/installation").await.is_empty());
    assert!(peer.sent("POST", "/*").await.is_empty());
}
