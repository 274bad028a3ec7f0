//! What machines are told.

use std::sync::atomic::Ordering;

use hotwash::{telemetry, web::Limits};
use reqwest::StatusCode;

use super::door::{Door, Post, issue};

#[tokio::test]
async fn alive_says_ok_even_when_nothing_else_works() {
    let door = Door::open().await;
    door.store.failing.store(true, Ordering::SeqCst);
    let reply = reqwest::get(format!("http://{}/healthz", door.addr)).await.unwrap();
    assert_eq!(reply.status(), StatusCode::OK);
    assert_eq!(reply.headers()["x-content-type-options"], "nosniff");
    assert_eq!(reply.headers()["cache-control"], "no-store");
    assert_eq!(reply.text().await.unwrap(), "ok\n");
}

#[tokio::test]
async fn ready_when_store_and_engine_are() {
    let door = Door::open().await;
    let reply = reqwest::get(format!("http://{}/readyz", door.addr)).await.unwrap();
    assert_eq!(reply.status(), StatusCode::OK);
    assert_eq!(reply.json::<serde_json::Value>().await.unwrap(), serde_json::json!({ "ready": true }));
}

#[tokio::test]
async fn unready_names_the_reason_and_no_detail() {
    let door = Door::open().await;
    door.store.failing.store(true, Ordering::SeqCst);
    door.engine.reasons.lock().unwrap().push("engine: the sweep is 20 min late".into());
    let reply = reqwest::get(format!("http://{}/readyz", door.addr)).await.unwrap();
    assert_eq!(reply.status(), StatusCode::SERVICE_UNAVAILABLE);
    let expected = serde_json::json!({
        "ready": false,
        "reasons": ["store: the database cannot be written"],
        "attention": ["engine: the sweep is 20 min late"],
    });
    assert_eq!(reply.json::<serde_json::Value>().await.unwrap(), expected);
}

#[tokio::test]
async fn trouble_of_the_engine_is_told_and_turns_no_delivery_away() {
    let door = Door::open().await;
    let troubles = ["sweep acme/incidents: no answer", "acme/incidents is public"].map(str::to_owned);
    door.engine.reasons.lock().unwrap().extend(troubles.clone());
    let reply = door.get("/readyz").await;
    assert_eq!(reply.status, 200);
    let said: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(said, serde_json::json!({ "ready": true, "attention": troubles }));
    let text = door.get("/metrics").await.body;
    assert!(text.lines().any(|known| known == "hotwash_attention 2"), "{text}");
}

#[tokio::test]
async fn every_kind_of_delivery_is_counted_under_its_forge() {
    let door = Door::with("counted", Limits { body_bytes: 4096, ..Limits::default() }).await;
    let mut huge = Post::edited("id-9", 9);
    huge.body = vec![b' '; 5000];
    let posts = [
        (Post::edited("id-1", 1), 202),
        (Post::edited("id-1", 1), 202),
        (Post::edited("id-2", 2), 202),
        (Post::new("id-3", "issues", "not json"), 202),
        (Post::edited("id-4", 4).without("X-Hub-Signature-256"), 401),
        (huge, 413),
    ];
    for (post, status) in posts {
        assert_eq!(door.send(&post.to("counted").bytes()).await.status, status);
    }
    door.send(&Post::edited("id-5", 5).to("nobody").bytes()).await;
    let text = door.get("/metrics").await.body;
    for (outcome, count) in [("accepted", 2), ("duplicate", 1), ("unauthentic", 1), ("unreadable", 1), ("refused", 1)] {
        let line = format!("{}{{forge=\"counted\",outcome=\"{outcome}\"}} {count}", telemetry::DELIVERIES);
        assert!(text.lines().any(|known| known == line), "{line} in\n{text}");
    }
    let timed = format!("{}_count{{forge=\"counted\"}} 6", telemetry::INTAKE_SECONDS);
    assert!(text.contains(&timed), "{timed} in\n{text}");
    assert!(!text.contains("nobody"));
}

#[tokio::test]
async fn queues_are_shown_and_are_nan_when_the_store_cannot_say() {
    let well = Door::open().await;
    let bodies = [("id-1", issue(1, "a")), ("id-2", issue(2, "b")), ("id-3", "not json".to_owned())];
    for (id, body) in bodies {
        assert_eq!(well.send(&Post::new(id, "issues", body).bytes()).await.status, 202);
    }
    let text = well.get("/metrics").await.body;
    for line in ["hotwash_deliveries_pending 2", "hotwash_deliveries_parked 1", "hotwash_issues_scheduled 7"] {
        assert!(text.lines().any(|known| known == line), "{line} in\n{text}");
    }
    let ill = Door::open().await;
    ill.store.failing.store(true, Ordering::SeqCst);
    let text = ill.get("/metrics").await.body;
    assert!(text.lines().any(|known| known == "hotwash_deliveries_pending NaN"), "{text}");
}

#[tokio::test]
async fn every_metric_that_is_shown_is_on_the_list() {
    let door = Door::open().await;
    assert_eq!(door.send(&Post::edited("id-1", 1).bytes()).await.status, 202);
    let reply = door.get("/metrics").await;
    assert!(reply.head.contains("content-type: text/plain; version=0.0.4"));
    let shown: Vec<_> = reply.body.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    assert!(shown.len() >= 5, "{shown:?}");
    for line in shown {
        let name = line.split(' ').next().unwrap();
        assert!(telemetry::METRICS.iter().any(|(_, known, _)| *known == name), "{name}");
    }
}
