//! Captured bodies of issues and notes at the door of the real program, signed as GitLab signs.

use std::time::{Duration, Instant};

use hotwash::{
    clock::{Clock as _, SystemClock},
    drill::face::Kind,
};
use serde_json::{Value, json};

use super::captured::bodies;
use crate::support::{
    bot::{BRIEF, SIGNING},
    forge::{PROJECT, standard},
    settings::seed,
    stage::Stage,
};

/// The kinds of events that are about issues.
const OURS: [&str; 3] = ["issue", "work_item", "note"];

/// How long the program's log may take.
const PATIENCE: Duration = Duration::from_secs(20);

fn unreadable(stage: &Stage) -> usize {
    stage.bot_said().matches("cannot be read and was parked").count()
}

async fn post(client: &reqwest::Client, url: &str, id: &str, body: String) -> u16 {
    let stamp = SystemClock::real().machine_now().timestamp().to_string();
    let proof = standard(SIGNING, id, &stamp, &body);
    let post = client.post(url).header("x-gitlab-event", "Issue Hook").header("webhook-id", id);
    let post = post.header("webhook-timestamp", stamp).header("webhook-signature", proof);
    post.body(body).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn captured_bodies_about_issues_are_taken_and_none_is_unreadable() {
    let captured = bodies();
    if captured.is_empty() {
        return;
    }
    let stage = Stage::set_on(Kind::Gitlab, &BRIEF, seed()).await;
    let (client, bot) = (reqwest::Client::builder().no_proxy().build().unwrap(), stage.bot_url());
    let hook = format!("{bot}/webhooks/gitlab");
    let mut taken = 0;
    for (name, body) in &captured {
        let mut body: Value = serde_json::from_slice(body).unwrap();
        if !body["object_kind"].as_str().is_some_and(|kind| OURS.contains(&kind)) {
            continue;
        }
        // A watched project, so that it is looked into.
        body["project"]["path_with_namespace"] = PROJECT.into();
        assert_eq!(post(&client, &hook, name, body.to_string()).await, 202, "{name}");
        taken += 1;
    }
    assert!(taken >= 20, "{taken} of {} are about issues", captured.len());
    // One that cannot be read shows, and so would any before it.
    let odd = json!({ "object_kind": "issue", "object_attributes": { "iid": "seven" } });
    assert_eq!(post(&client, &hook, "odd", odd.to_string()).await, 202);
    let start = Instant::now();
    while unreadable(&stage) == 0 {
        assert!(start.elapsed() < PATIENCE, "what cannot be read does not show:\n{}", stage.bot_said());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(unreadable(&stage), 1, "{}", stage.bot_said());
}
