//! Deliveries that failed are asked for again, once each.

use serde_json::{Value, json};

use super::{Peer, moment, ok, status};

const HOOKS: &str = "/repos/acme/incidents/hooks";
const DELIVERIES: &str = "/repos/acme/incidents/hooks/12/deliveries";

fn delivery(id: u64, guid: &str, minute: u64, outcome: &str, event: &str) -> Value {
    json!({ "id": id, "guid": guid, "delivered_at": format!("2026-11-20T14:{minute:02}:00Z"),
            "status": outcome, "status_code": if outcome == "OK" { 202 } else { 503 }, "event": event })
}

async fn hooked() -> Peer {
    let peer = Peer::new().await;
    let hooks = json!([
        { "id": 11, "config": { "url": "https://ci.example.test/hook" } },
        { "id": 12, "config": { "url": "https://hotwash.example.test/webhooks/github" } },
        { "id": 13, "config": { "url": "https://hotwash.example.test/webhooks/github2" } }, { "id": 14 }
    ]);
    peer.on("GET", HOOKS, ok(hooks)).await;
    peer
}

async fn redeliver(peer: &Peer) -> Result<u32, hotwash::forge::ForgeError> {
    peer.forge.read.redeliver_failed("acme/incidents", moment("2026-11-20T14:00:00Z")).await
}

#[tokio::test]
async fn only_what_never_arrived_is_asked_for_by_its_newest_attempt() {
    let peer = hooked().await;
    let second = json!([
        delivery(3, "lost-twice", 3, "Service Unavailable", "issues"),
        delivery(2, "made-it", 2, "Service Unavailable", "issues"),
        { "id": 1, "guid": "long-ago", "delivered_at": "2026-11-20T13:00:00Z", "status": "timed out" }
    ]);
    let first = json!([
        delivery(6, "lost-twice", 9, "timed out", "issues"),
        delivery(5, "made-it", 8, "OK", "issues"),
        delivery(4, "ping", 7, "timed out", "ping"),
        delivery(7, "lost-once", 6, "timed out", "issue_comment")
    ]);
    let link = Peer::link(&format!("{DELIVERIES}?per_page=100&cursor=v1_2"));
    peer.once("GET", DELIVERIES, ok(first).insert_header("link", link)).await;
    let more = Peer::link(&format!("{DELIVERIES}?cursor=v1_3"));
    peer.on("GET", DELIVERIES, ok(second).insert_header("link", more)).await;
    for id in [6, 7] {
        peer.on("POST", &format!("{DELIVERIES}/{id}/attempts"), status(202)).await;
    }
    assert_eq!(redeliver(&peer).await.unwrap(), 2);
    let asked: Vec<String> =
        peer.sent("POST", "/*").await.iter().map(|request| request.url.path().to_owned()).collect();
    assert_eq!(asked, [format!("{DELIVERIES}/7/attempts"), format!("{DELIVERIES}/6/attempts")]);
    assert_eq!(peer.sent("GET", DELIVERIES).await.len(), 2, "pages past the moment are not read");
}

#[tokio::test]
async fn a_hook_that_may_not_be_seen_is_left_alone() {
    for code in [403, 404] {
        let peer = Peer::new().await;
        peer.on("GET", HOOKS, status(code)).await;
        assert_eq!(redeliver(&peer).await.unwrap(), 0);
        let peer = hooked().await;
        peer.on("GET", DELIVERIES, status(code)).await;
        assert_eq!(redeliver(&peer).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_delivery_that_github_no_longer_has_is_not_counted() {
    let peer = hooked().await;
    peer.on("GET", DELIVERIES, ok(json!([delivery(6, "lost", 9, "timed out", "issues")]))).await;
    peer.on("POST", &format!("{DELIVERIES}/6/attempts"), status(404)).await;
    assert_eq!(redeliver(&peer).await.unwrap(), 0);
}

#[tokio::test]
async fn trouble_while_asking_is_told() {
    let peer = hooked().await;
    peer.on("GET", DELIVERIES, status(502)).await;
    assert_eq!(redeliver(&peer).await.unwrap_err().class(), "unknown");
}
