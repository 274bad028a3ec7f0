//! The webhook's health in a running server: told under `attention` while something is wrong, gone when it is mended.

use std::time::{Duration, Instant};

use hotwash::drill::{
    gitlab,
    model::{At, Deed, HookConfig},
};
use serde_json::Value;

use super::{
    clinic::{Desk, Gitlab, Ill, PATH, SIGNING, TOKEN, configuration, now},
    github::Tokened,
};
use crate::support::{
    bot::{SECRET, hotwash},
    child::Process,
};

const PATIENCE: Duration = Duration::from_mins(1);

/// `serve`, with a sweep every second.
struct Server {
    process: Process,
    url: String,
}

impl Server {
    fn start(desk: &Desk) -> Self {
        let mut command = hotwash(desk.path());
        command.env("HOTWASH_GITLAB_TOKEN", TOKEN).env("HOTWASH_GITLAB_SIGNING", SIGNING).arg("serve");
        let mut process = Process::start(&mut command);
        let url = process.wait_for("`listening on`", PATIENCE, |line| {
            Some(format!("http://{}", line.strip_prefix("listening on ")?))
        });
        Self { process, url }
    }

    async fn attention(&self) -> Vec<String> {
        let said: Value = reqwest::get(format!("{}/readyz", self.url)).await.unwrap().json().await.unwrap();
        assert_eq!(said["ready"], true, "no fault of a webhook turns deliveries away: {said}");
        let list = said["attention"].as_array().cloned().unwrap_or_default();
        list.iter().map(|line| line.as_str().unwrap().to_owned()).collect()
    }

    /// Waits until what needs attention is so.
    async fn until(&self, what: &str, so: impl Fn(&[String]) -> bool) -> Vec<String> {
        let start = Instant::now();
        loop {
            let attention = self.attention().await;
            if so(&attention) {
                return attention;
            }
            assert!(start.elapsed() < PATIENCE, "never {what}: {attention:?}\n{}", self.process.said());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits for this line of the metrics.
    async fn counts(&self, line: &str) {
        let start = Instant::now();
        loop {
            let text = reqwest::get(format!("{}/metrics", self.url)).await.unwrap().text().await.unwrap();
            if text.lines().any(|shown| shown == line) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "never {line} in\n{text}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn quick(clinic: &Gitlab) {
    let text = configuration(clinic.forge.base_url(), "http://127.0.0.1", "limits = { sweep_every = \"1s\" }");
    std::fs::write(clinic.desk.path().join("hotwash.toml"), text).unwrap();
}

fn comment(forge: &gitlab::Simulated) {
    forge.act("alice", Deed::Comment { at: At::new(PATH, 1), body: "x".to_owned() }).unwrap();
}

fn metric(faults: usize) -> String {
    format!("hotwash_webhook_faults{{forge=\"gitlab\",project=\"{PATH}\"}} {faults}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attention_tells_of_a_webhook_that_gitlab_has_switched_off_until_it_is_on_again() {
    let clinic = Gitlab::well().await;
    quick(&clinic);
    let number = super::gitlab::filed(&clinic);
    assert_eq!(number, 1);
    let server = Server::start(&clinic.desk);
    let webhook = format!("{}/webhooks/gitlab", server.url);
    clinic.rehook(|config| HookConfig { url: webhook.clone(), ..config });
    server.until("well", <[String]>::is_empty).await;
    server.counts(&metric(0)).await;

    // Nobody listens at this port: what is sent there fails, and the fourth failure switches the webhook off.
    clinic.rehook(|config| HookConfig { url: "http://127.0.0.1:9/webhooks/gitlab".to_owned(), ..config });
    for _ in 0..5 {
        comment(&clinic.forge);
        clinic.forge.deliver_due(now()).await;
    }
    let told = server.until("off", |lines| lines.iter().any(|line| line.contains("switched it off"))).await;
    assert!(told[0].starts_with("the webhook of gitlab:acme/incidents needs attention: "), "{told:?}");
    assert!(told[0].contains("5 a minute") && told[0].contains("test/issues_events"), "{told:?}");
    server.counts(&metric(1)).await;

    // What the message asks for: mend the address, then send a test.
    clinic.rehook(|config| HookConfig { url: webhook.clone(), ..config });
    assert_eq!(test(&clinic).await, 201);
    clinic.forge.deliver_due(now()).await;
    server.until("mended", <[String]>::is_empty).await;
    server.counts(&metric(0)).await;
}

/// The owner presses *Test*.
async fn test(clinic: &Gitlab) -> u16 {
    let owner = "glpat-of-alice";
    clinic.forge.look(|world| {
        let user = world.user("alice").unwrap().id;
        let scopes = vec!["api".to_owned()];
        world.add_token(owner, hotwash::drill::model::Token::Personal { user, scopes, expires_at: None });
    });
    let hook = clinic.hook;
    let url = format!("{}/api/v4/projects/acme%2Fincidents/hooks/{hook}/test/issues_events", clinic.forge.base_url());
    let client = reqwest::Client::new();
    client.post(url).header("private-token", owner).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_flag_is_told_and_goes_when_it_is_set() {
    let clinic = Gitlab::well().await;
    quick(&clinic);
    let all = clinic.forge.look(|world| world.hook(clinic.hook).unwrap().config.clone());
    clinic.rehook(|config| HookConfig { events: vec!["issues_events".to_owned(), "note_events".to_owned()], ..config });
    let server = Server::start(&clinic.desk);
    let told = server.until("told", |lines| lines.iter().any(|line| line.contains("does not tell of"))).await;
    assert!(told[0].contains("Confidential issues events, Confidential comments"), "{told:?}");
    clinic.rehook(|_| all);
    server.until("mended", <[String]>::is_empty).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_github_as_well_what_is_wrong_is_told_until_it_is_mended() {
    let clinic = Tokened::well().await;
    let text = super::github::configuration(clinic.forge.base_url(), "token = { env = \"GITHUB_TOKEN\" }");
    let text = format!("{text}limits = {{ sweep_every = \"1s\" }}\n");
    std::fs::write(clinic.desk.path().join("hotwash.toml"), text).unwrap();
    clinic.rehook(|config| HookConfig { active: false, ..config });
    let server = Server::start(&clinic.desk);
    let told = server.until("told", |lines| lines.iter().any(|line| line.contains("it is switched off"))).await;
    assert!(told[0].starts_with("the webhook of github:acme/incidents needs attention: "), "{told:?}");
    clinic.rehook(|config| HookConfig { active: true, secret: None, ..config });
    server.until("another fault", |lines| lines.iter().any(|line| line.contains("it has no secret"))).await;
    clinic.rehook(|config| HookConfig { secret: Some(SECRET.to_owned()), ..config });
    server.until("mended", <[String]>::is_empty).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_see_the_webhook_is_told_once_and_asks_no_more() {
    let clinic = Gitlab::with(Ill { access: hotwash::drill::model::Access::Triage, ..Ill::default() }).await;
    quick(&clinic);
    let mut server = Server::start(&clinic.desk);
    server.counts("hotwash_sweeps_total{outcome=\"done\"} 3").await;
    assert!(server.attention().await.is_empty());
    assert_eq!(server.process.stop(PATIENCE), Some(0));
    let said = server.process.said();
    assert_eq!(said.matches("the bot may not see the webhook").count(), 1, "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tests_of_a_webhook_are_limited_and_take_an_issue() {
    let clinic = Gitlab::well().await;
    assert_eq!(test(&clinic).await, 422, "nothing to tell of");
    super::gitlab::filed(&clinic);
    for nth in 0..5 {
        assert_eq!(test(&clinic).await, 201, "{nth}");
    }
    assert_eq!(test(&clinic).await, 429);
}
