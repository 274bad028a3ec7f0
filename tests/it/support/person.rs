//! What people do on the forge, as they would: straight at it, past the proxy that watches the bot.

use serde_json::{Value, json};

use super::emulate::{PROJECT, token};

/// Somebody with an account.
#[derive(Clone)]
pub(crate) struct Person {
    client: reqwest::Client,
    base: String,
    token: String,
}

/// A comment as the thread shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) id: u64,
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) body: String,
}

impl Person {
    pub(crate) fn new(forge_url: &str, login: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { client, base: format!("{forge_url}/repos/{PROJECT}"), token: token(login) }
    }

    /// One request; anything but success stops the test.
    async fn call(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}{path}", self.base);
        let mut request = self.client.request(method.clone(), &url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    async fn get(&self, path: &str) -> Value {
        self.call(reqwest::Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.call(reqwest::Method::POST, path, Some(body)).await
    }

    async fn patch(&self, path: &str, body: Value) -> Value {
        self.call(reqwest::Method::PATCH, path, Some(body)).await
    }

    /// Points the repository's webhook at an address.
    pub(crate) async fn hook(&self, to: &str, secret: &str) {
        let events = ["issues", "issue_comment", "label", "repository"];
        let config = json!({ "url": to, "content_type": "json", "secret": secret });
        self.post("/hooks", json!({ "name": "web", "active": true, "events": events, "config": config })).await;
    }

    /// Files an issue; its number.
    pub(crate) async fn files(&self, title: &str, body: &str, labels: &[&str]) -> u64 {
        let issue = self.post("/issues", json!({ "title": title, "body": body, "labels": labels })).await;
        issue["number"].as_u64().unwrap()
    }

    pub(crate) async fn comments(&self, issue: u64, text: &str) -> u64 {
        let comment = self.post(&format!("/issues/{issue}/comments"), json!({ "body": text })).await;
        comment["id"].as_u64().unwrap()
    }

    /// Replaces the text of a comment.
    pub(crate) async fn rewords(&self, comment: u64, text: &str) {
        self.patch(&format!("/issues/comments/{comment}"), json!({ "body": text })).await;
    }

    pub(crate) async fn labels(&self, issue: u64, label: &str) {
        self.post(&format!("/issues/{issue}/labels"), json!({ "labels": [label] })).await;
    }

    /// Deletes a label from the whole project.
    pub(crate) async fn deletes_label(&self, label: &str) {
        self.call(reqwest::Method::DELETE, &format!("/labels/{}", label.replace(':', "%3A")), None).await;
    }

    pub(crate) async fn edits(&self, issue: u64, body: &str) {
        self.patch(&format!("/issues/{issue}"), json!({ "body": body })).await;
    }

    pub(crate) async fn closes(&self, issue: u64) {
        self.patch(&format!("/issues/{issue}"), json!({ "state": "closed", "state_reason": "completed" })).await;
    }

    pub(crate) async fn reopens(&self, issue: u64) {
        self.patch(&format!("/issues/{issue}"), json!({ "state": "open" })).await;
    }

    /// The labels on an issue, ordered.
    pub(crate) async fn sees_labels(&self, issue: u64) -> Vec<String> {
        let issue = self.get(&format!("/issues/{issue}")).await;
        let names = issue["labels"].as_array().unwrap().iter();
        let mut names: Vec<String> = names.map(|label| label["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    /// The whole thread, oldest first.
    pub(crate) async fn reads(&self, issue: u64) -> Vec<Said> {
        let mut thread = Vec::new();
        for page in 1.. {
            let part = self.get(&format!("/issues/{issue}/comments?per_page=100&page={page}")).await;
            let part = part.as_array().unwrap().clone();
            thread.extend(part.iter().map(said));
            if part.len() < 100 {
                break;
            }
        }
        thread
    }
}

fn said(comment: &Value) -> Said {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Said {
        id: comment["id"].as_u64().unwrap(),
        by: text(&comment["user"]["login"]),
        at: text(&comment["created_at"]),
        body: text(&comment["body"]),
    }
}
