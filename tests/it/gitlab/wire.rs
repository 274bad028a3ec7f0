//! Plain requests to the simulated GitLab, as any client would send them, and what it answers.

use hotwash::drill::model::{Deed, HookConfig, HookId, Outcome, Token};
use http::HeaderMap;
use serde_json::{Value, json};

use super::bench::{Bench, PATH};
use crate::drill_forge::bench::Ear;

/// An answer.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
    pub(super) body: Value,
}

impl Said {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The answer, if it has this status.
    pub(super) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// This key of every entry.
    pub(super) fn each(&self, key: &str) -> Vec<Value> {
        self.body.as_array().unwrap().iter().map(|entry| entry[key].clone()).collect()
    }
}

/// Sends one request with this token. A path that begins with `issues` or the like is one of the project's.
pub(super) async fn send(bench: &Bench, token: &str, method: &str, path: &str, body: Option<Value>) -> Said {
    let path = match path.strip_prefix('/') {
        Some(whole) => whole.to_owned(),
        None => format!("api/v4/projects/{}/{path}", PATH.replace('/', "%2F")),
    };
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let url = format!("{}/{path}", bench.forge.base_url());
    let mut request = client.request(method.parse().unwrap(), url).header("private-token", token);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    Said { status, headers, body: serde_json::from_str(&text).unwrap_or_default(), text }
}

/// A token of somebody's, which is their login.
pub(super) fn give_token(bench: &Bench, login: &str) {
    bench.forge.look(|world| {
        let user = world.user(login).unwrap().id;
        world.add_token(login, Token::Personal { user, scopes: vec!["api".to_owned()], expires_at: None });
    });
}

/// Asks as somebody.
pub(super) async fn get(bench: &Bench, who: &str, path: &str) -> Said {
    give_token(bench, who);
    send(bench, who, "GET", path, None).await
}

/// Changes something as somebody.
pub(super) async fn put(bench: &Bench, who: &str, path: &str, body: Value) -> Said {
    give_token(bench, who);
    send(bench, who, "PUT", path, Some(body)).await
}

/// Adds something as somebody.
pub(super) async fn post(bench: &Bench, who: &str, path: &str, body: Value) -> Said {
    give_token(bench, who);
    send(bench, who, "POST", path, Some(body)).await
}

/// Takes something away as somebody.
pub(super) async fn delete(bench: &Bench, who: &str, path: &str) -> Said {
    give_token(bench, who);
    send(bench, who, "DELETE", path, None).await
}

/// Asks by GraphQL as somebody.
pub(super) async fn graphql(bench: &Bench, who: &str, query: &str, variables: Value) -> Value {
    let body = json!({ "query": query, "variables": variables });
    post(bench, who, "/api/graphql", body).await.expect(200).body
}

/// A hook that hears what these flags say.
pub(super) fn hear(bench: &Bench, ear: &Ear, flags: &[&str]) -> HookId {
    let events = flags.iter().map(|flag| (*flag).to_owned()).collect();
    let config = HookConfig { url: ear.url(), secret: Some("token".to_owned()), events, active: true };
    let added = bench.act("alice", Deed::AddHook { project: PATH.to_owned(), config });
    let Outcome::Hook(id) = added else { panic!("no hook") };
    id
}

/// What the forge noted about an issue by itself, oldest first.
pub(super) async fn noted(bench: &Bench, number: u64) -> Vec<Value> {
    let path = format!("issues/{number}/notes?activity_filter=only_activity&sort=asc&per_page=100");
    get(bench, "alice", &path).await.expect(200).each("body")
}

/// A captured answer, or none where they are not at hand.
pub(super) fn answers(name: &str) -> Option<Value> {
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures/gitlab/api");
    let text = std::fs::read(folder.join(format!("{name}.json"))).ok();
    if text.is_none() {
        #[expect(clippy::print_stderr, reason = "whoever reads the test's output should know")]
        {
            eprintln!("not run: the captured answers are not at hand");
        }
    }
    text.map(|text| serde_json::from_slice(&text).unwrap())
}
