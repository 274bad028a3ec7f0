//! A GitLab before 17.4, whose deliveries bring no key of their own.

use std::collections::BTreeMap;

use hotwash::drill::gitlab::{Attempt, Options};

use super::site::{Site, TOKEN};

fn uuid(attempt: &Attempt) -> &str {
    &attempt.headers["X-Gitlab-Event-UUID"]
}

/// What a hook was told of one request, where that was more than one thing.
fn told_together(site: &Site) -> Option<Vec<Attempt>> {
    let mut by_request: BTreeMap<String, Vec<Attempt>> = BTreeMap::new();
    for attempt in site.forge.attempts() {
        by_request.entry(uuid(&attempt).to_owned()).or_default().push(attempt);
    }
    by_request.into_values().find(|together| together.len() > 1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_request_did_is_told_in_two_deliveries_with_one_uuid_and_both_count() {
    let mut site = Site::of(Options { keyless: true, ..Options::default() }).await;
    site.start(TOKEN);
    site.gives_to("alice", "glpat-of-alice", None);
    let issue = site.incident().await;
    assert!(told_together(&site).is_none(), "each request so far did one thing");
    site.posts("glpat-of-alice", issue, "It was the cleaning robot.\n/close").await;
    let together = site.until("two deliveries of one request", issue, told_together).await;
    let mut events: Vec<&str> = together.iter().map(|attempt| attempt.event).collect();
    events.sort_unstable();
    assert_eq!(events, ["Confidential Issue Hook", "Confidential Note Hook"]);
    for attempt in &together {
        assert_eq!(attempt.status, Some(202));
        assert!(attempt.headers.keys().all(|name| name != "Idempotency-Key" && name != "webhook-id"));
    }
    assert!(site.measured(&["hotwash_deliveries_total", "\"accepted\""]).await >= 4.0, "filed, board, note, closed");
    let dropped = site.measured(&["hotwash_deliveries_total", "\"duplicate\""]).await;
    assert!(dropped.abs() < 0.5, "{dropped} deliveries were taken for others");
}
