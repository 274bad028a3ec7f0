//! Limits are waited out without a request, and writes keep their distance.

use std::time::Duration;

use hotwash::forge::{ForgeError, Read as _, github::GithubConfig};
use serde_json::json;

use super::{COMMENTS, ISSUE, Peer, comment, created, five, issue, ok, repository, status, token};

fn wait(error: &ForgeError) -> Duration {
    match error {
        ForgeError::Later { after, .. } => *after,
        other => panic!("no limit: {other}"),
    }
}

#[tokio::test]
async fn a_stated_wait_is_kept_without_asking_again() {
    let peer = Peer::new().await;
    peer.once("POST", COMMENTS, status(429).insert_header("retry-after", "30")).await;
    peer.on("POST", COMMENTS, created(comment(7, "text"))).await;
    let first = peer.forge.write.comment(&five(), "text", super::far()).await.unwrap_err();
    assert_eq!(wait(&first), Duration::from_secs(30));
    peer.clock.pass(Duration::from_secs(10));
    assert_eq!(
        wait(&peer.forge.write.comment(&five(), "text", super::far()).await.unwrap_err()),
        Duration::from_secs(20)
    );
    assert_eq!(wait(&peer.forge.read.issue(&five()).await.unwrap_err()), Duration::from_secs(20));
    assert_eq!(peer.sent("POST", COMMENTS).await.len(), 1);
    assert!(peer.sent("GET", ISSUE).await.is_empty());
    peer.clock.pass(Duration::from_secs(20));
    peer.forge.write.comment(&five(), "text", super::far()).await.unwrap();
}

#[tokio::test]
async fn a_spent_budget_is_waited_for_until_its_reset() {
    let peer = Peer::new().await;
    let reset = super::moment("2026-11-20T15:12:00Z").timestamp().to_string();
    let spent = status(403).insert_header("x-ratelimit-remaining", "0").insert_header("x-ratelimit-reset", reset);
    peer.on("GET", ISSUE, spent).await;
    assert_eq!(wait(&peer.forge.read.issue(&five()).await.unwrap_err()), Duration::from_mins(12));
}

#[tokio::test]
async fn a_reset_of_another_clock_is_waited_for_an_hour_at_most() {
    let peer = Peer::new().await;
    let reset = super::moment("2036-01-01T00:00:00Z").timestamp().to_string();
    let spent = status(403).insert_header("x-ratelimit-remaining", "0").insert_header("x-ratelimit-reset", reset);
    peer.on("GET", ISSUE, spent).await;
    assert_eq!(wait(&peer.forge.read.issue(&five()).await.unwrap_err()), Duration::from_hours(1));
}

#[tokio::test]
async fn an_unstated_wait_starts_at_a_minute_and_doubles() {
    let peer = Peer::new().await;
    peer.on("GET", ISSUE, status(429)).await;
    for seconds in [60, 120, 240, 480, 960, 960] {
        assert_eq!(wait(&peer.forge.read.issue(&five()).await.unwrap_err()), Duration::from_secs(seconds));
        peer.clock.pass(Duration::from_secs(seconds));
    }
}

#[tokio::test]
async fn an_answer_makes_the_next_unstated_wait_small_again() {
    let peer = Peer::new().await;
    peer.once("GET", ISSUE, status(429)).await;
    peer.once("GET", ISSUE, ok(issue(5, "2026-11-20T15:00:00Z"))).await;
    peer.on("GET", ISSUE, status(429)).await;
    assert!(peer.forge.read.issue(&five()).await.is_err());
    peer.clock.pass(Duration::from_mins(1));
    peer.forge.read.issue(&five()).await.unwrap();
    assert_eq!(wait(&peer.forge.read.issue(&five()).await.unwrap_err()), Duration::from_mins(1));
}

#[tokio::test]
async fn writes_keep_the_interval_and_reads_do_not_wait() {
    let peer = Peer::new().await;
    peer.on("POST", COMMENTS, created(comment(7, "text"))).await;
    peer.on("GET", ISSUE, ok(issue(5, "2026-11-20T15:00:00Z"))).await;
    peer.forge.write.comment(&five(), "one", super::far()).await.unwrap();
    peer.clock.pass(Duration::from_millis(400));
    peer.forge.read.issue(&five()).await.unwrap();
    assert!(peer.clock.pauses().is_empty());
    let (two, three) = (five(), five());
    let both = tokio::join!(
        peer.forge.write.comment(&two, "two", super::far()),
        peer.forge.write.comment(&three, "three", super::far())
    );
    assert!(both.0.is_ok() && both.1.is_ok());
    assert_eq!(peer.clock.pauses(), [Duration::from_millis(600), Duration::from_secs(1)]);
}

#[tokio::test]
async fn without_an_interval_nothing_pauses() {
    let peer = Peer::tuned(token(), "", |config| GithubConfig { write_interval: Duration::ZERO, ..config }).await;
    peer.on("GET", "/repos/acme/incidents", ok(repository())).await;
    peer.on("POST", COMMENTS, created(comment(7, "text"))).await;
    peer.forge.write.comment(&five(), "one", super::far()).await.unwrap();
    peer.forge.write.comment(&five(), "two", super::far()).await.unwrap();
    assert!(peer.clock.pauses().is_empty());
}

#[tokio::test]
async fn clones_share_the_limit() {
    let peer = Peer::new().await;
    peer.on("GET", ISSUE, status(429).insert_header("retry-after", "30")).await;
    assert!(peer.forge.read.issue(&five()).await.is_err());
    assert_eq!(wait(&peer.github.clone().project("acme/incidents").await.unwrap_err()), Duration::from_secs(30));
}

#[tokio::test]
async fn a_graphql_limit_comes_with_200_and_leaves_comments_free() {
    let peer = Peer::new().await;
    peer.on("GET", "/repos/acme/incidents/issues/comments/7", ok(comment(7, "text"))).await;
    let limited = ok(json!({ "errors": [{ "type": "RATE_LIMITED", "message": "wait" }] }));
    let reset = super::moment("2026-11-20T15:05:00Z").timestamp().to_string();
    let limited = limited.insert_header("x-ratelimit-remaining", "0").insert_header("x-ratelimit-reset", reset);
    peer.on("POST", "/graphql", limited).await;
    peer.on("POST", COMMENTS, created(comment(8, "text"))).await;
    let id = hotwash::domain::ids::CommentId(7);
    let error = peer.forge.write.collapse(&five(), id, "done").await.unwrap_err();
    assert_eq!(wait(&error), Duration::from_mins(5));
    peer.forge.write.comment(&five(), "text", super::far()).await.unwrap();
    assert_eq!(peer.forge.write.collapse(&five(), id, "done").await.unwrap_err().class(), "later");
    assert_eq!(peer.sent("POST", "/graphql").await.len(), 1);
}

#[tokio::test]
async fn every_call_is_counted_by_what_came_of_it() {
    let metrics = hotwash::telemetry::metrics();
    let named = |config| GithubConfig { name: "counted-calls".to_owned(), ..config };
    let peer = Peer::tuned(token(), "", named).await;
    peer.on("GET", "/repos/acme/incidents", ok(repository())).await;
    peer.once("POST", COMMENTS, status(403)).await;
    peer.once("POST", COMMENTS, status(502)).await;
    peer.once("POST", COMMENTS, created(comment(7, "text"))).await;
    peer.on("POST", COMMENTS, status(429)).await;
    for _ in 0..4 {
        let _ = peer.forge.write.comment(&five(), "text", super::far()).await;
    }
    // Not a call: the limit is in force.
    let _ = peer.forge.write.comment(&five(), "text", super::far()).await;
    let text = metrics.render();
    for (class, count) in [("ok", 2), ("denied", 1), ("unknown", 1), ("later", 1)] {
        let line = format!("hotwash_forge_calls_total{{forge=\"counted-calls\",class=\"{class}\"}} {count}");
        assert!(text.lines().any(|known| known == line), "{line} in\n{text}");
    }
}
