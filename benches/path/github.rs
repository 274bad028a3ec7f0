//! A GitHub of one repository, no larger than the adapter's calls: it knows labels and comments by issue.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{Router, body::Bytes, extract::State};
use hotwash::{
    clock::{Clock as _, SystemClock},
    web::{self, Limits},
};
use http::{Method, StatusCode, Uri, header};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Semaphore};

/// What the stub holds.
pub(crate) struct Hub {
    issues: Mutex<HashMap<u64, Thread>>,
    definitions: Mutex<BTreeSet<String>>,
    calls: Mutex<BTreeMap<&'static str, u64>>,
    next_comment: AtomicU64,
    address: SocketAddr,
    /// One permit for each comment posted.
    pub(crate) comments: Semaphore,
}

#[derive(Default)]
struct Thread {
    labels: BTreeSet<String>,
    comments: Vec<(u64, String)>,
}

impl Hub {
    /// Serves on loopback.
    pub(crate) async fn start() -> (Arc<Self>, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let hub = Arc::new(Self {
            issues: Mutex::default(),
            definitions: Mutex::default(),
            calls: Mutex::default(),
            next_comment: AtomicU64::new(1_000),
            address,
            comments: Semaphore::new(0),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&hub));
        tokio::spawn(web::listen(listener, router, Limits::default(), std::future::pending()));
        (hub, address)
    }

    /// The calls since the last time, by kind.
    pub(crate) fn take_calls(&self) -> BTreeMap<&'static str, u64> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }

    fn issue(&self, number: u64) -> Value {
        let issues = self.issues.lock().unwrap();
        let thread = issues.get(&number);
        let mut labels: Vec<String> = thread.map(|thread| thread.labels.iter().cloned().collect()).unwrap_or_default();
        labels.push("incident".to_owned());
        let labels: Vec<Value> = labels.iter().map(|label| self.label(label)).collect();
        let at = filed();
        let comments = thread.map_or(0, |thread| thread.comments.len());
        json!({
            "url": self.link(&format!("issues/{number}")), "repository_url": format!("http://{}/repos/acme/incidents", self.address),
            "labels_url": self.link(&format!("issues/{number}/labels{{/name}}")),
            "comments_url": self.link(&format!("issues/{number}/comments")),
            "events_url": self.link(&format!("issues/{number}/events")),
            "html_url": format!("https://github.example/acme/incidents/issues/{number}"),
            "id": 3_000_000_000_u64 + number, "node_id": format!("I_kwDOLtzs_M{number:012}"), "number": number,
            "title": title(number), "user": user("alice", 11), "labels": labels, "state": "open", "locked": false,
            "assignee": null, "assignees": [], "milestone": null, "comments": comments,
            "created_at": at, "updated_at": at, "closed_at": null, "author_association": "MEMBER",
            "active_lock_reason": null, "sub_issues_summary": { "total": 0, "completed": 0, "percent_completed": 0 },
            "body": body(), "closed_by": null,
            "reactions": { "url": self.link(&format!("issues/{number}/reactions")), "total_count": 0, "+1": 0, "-1": 0 },
            "timeline_url": self.link(&format!("issues/{number}/timeline")), "performed_via_github_app": null,
            "state_reason": null
        })
    }

    fn label(&self, name: &str) -> Value {
        json!({ "id": 208_045_946, "node_id": "MDU6TGFiZWwyMDgwNDU5NDY=", "url": self.link(&format!("labels/{name}")),
                "name": name, "color": "d93f0b", "default": false, "description": "a label of the process" })
    }

    fn comment(&self, issue: u64, id: u64, text: &str) -> Value {
        let at = filed();
        json!({
            "url": self.link(&format!("issues/comments/{id}")), "id": id, "node_id": format!("IC_kwDOLtzs_M{id:012}"),
            "html_url": format!("https://github.example/acme/incidents/issues/{issue}#issuecomment-{id}"),
            "issue_url": self.link(&format!("issues/{issue}")), "user": user("hotwash-bot", 99), "created_at": at,
            "updated_at": at, "author_association": "MEMBER", "body": text, "performed_via_github_app": null,
            "reactions": { "url": self.link(&format!("issues/comments/{id}/reactions")), "total_count": 0 }
        })
    }

    fn link(&self, tail: &str) -> String {
        format!("http://{}/repos/acme/incidents/{tail}", self.address)
    }

    fn count(&self, call: &'static str) {
        *self.calls.lock().unwrap().entry(call).or_default() += 1;
    }
}

type Answered = (StatusCode, [(header::HeaderName, String); 2], String);

fn answered(status: u16, body: &Value) -> Answered {
    let text = body.to_string();
    let etag = format!("\"{}-{:x}\"", text.len(), text.bytes().map(u64::from).sum::<u64>());
    let json = "application/json; charset=utf-8".to_owned();
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, json), (header::ETAG, etag)], text)
}

async fn answer(State(hub): State<Arc<Hub>>, method: Method, uri: Uri, body: Bytes) -> Answered {
    if uri.path() == "/user" {
        hub.count("account");
        return answered(200, &user("hotwash-bot", 99));
    }
    let tail = uri.path().strip_prefix("/repos/acme/incidents").unwrap_or_default();
    let segments: Vec<&str> = tail.split('/').skip(1).collect();
    let number = |at: usize| segments.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    let sent: Value = serde_json::from_slice(&body).unwrap_or_default();
    match (method.as_str(), segments.as_slice()) {
        ("GET", []) => {
            hub.count("repository");
            let full = "acme/incidents";
            answered(200, &json!({ "id": 7, "full_name": full, "private": true, "visibility": "private" }))
        }
        ("GET", ["labels"]) => {
            hub.count("list labels");
            let names: Vec<Value> = hub.definitions.lock().unwrap().iter().map(|name| hub.label(name)).collect();
            answered(200, &Value::Array(names))
        }
        ("POST", ["labels"]) => {
            hub.count("define label");
            let name = sent["name"].as_str().unwrap().to_owned();
            let made = hub.label(&name);
            hub.definitions.lock().unwrap().insert(name);
            answered(201, &made)
        }
        ("GET", ["issues", _]) => {
            hub.count("read issue");
            answered(200, &hub.issue(number(1)))
        }
        ("GET", ["issues", _, "comments"]) => {
            hub.count("list comments");
            let issues = hub.issues.lock().unwrap();
            let thread = issues.get(&number(1)).map(|thread| thread.comments.as_slice()).unwrap_or_default();
            let all = thread.iter().map(|(id, text)| hub.comment(number(1), *id, text)).collect();
            answered(200, &Value::Array(all))
        }
        ("POST", ["issues", _, "labels"]) => {
            hub.count("put labels");
            let names: Vec<String> = serde_json::from_value(sent["labels"].clone()).unwrap();
            let mut issues = hub.issues.lock().unwrap();
            let labels = &mut issues.entry(number(1)).or_default().labels;
            labels.extend(names);
            answered(200, &labels.iter().map(|name| hub.label(name)).collect())
        }
        ("POST", ["issues", _, "comments"]) => {
            hub.count("post comment");
            let id = hub.next_comment.fetch_add(1, Ordering::Relaxed);
            let text = sent["body"].as_str().unwrap().to_owned();
            let made = hub.comment(number(1), id, &text);
            hub.issues.lock().unwrap().entry(number(1)).or_default().comments.push((id, text));
            hub.comments.add_permits(1);
            answered(201, &made)
        }
        ("PATCH", ["issues", "comments", _]) => {
            hub.count("edit comment");
            answered(200, &hub.comment(0, number(2), ""))
        }
        ("GET", _) => {
            hub.count("other lists");
            answered(200, &json!([]))
        }
        _ => {
            hub.count("unexpected");
            answered(404, &json!({ "message": "Not Found" }))
        }
    }
}

/// An account as GitHub gives it, with the links it is full of.
pub(crate) fn user(login: &str, id: u64) -> Value {
    let api = format!("https://api.github.example/users/{login}");
    json!({
        "login": login, "id": id, "node_id": "MDQ6VXNlcjIxMDMxMDY3", "gravatar_id": "", "type": "User",
        "avatar_url": format!("https://avatars.github.example/u/{id}?v=4"), "url": api, "site_admin": false,
        "html_url": format!("https://github.example/{login}"), "followers_url": format!("{api}/followers"),
        "following_url": format!("{api}/following{{/other_user}}"), "gists_url": format!("{api}/gists{{/gist_id}}"),
        "starred_url": format!("{api}/starred{{/owner}}{{/repo}}"), "subscriptions_url": format!("{api}/subscriptions"),
        "organizations_url": format!("{api}/orgs"), "repos_url": format!("{api}/repos"),
        "events_url": format!("{api}/events{{/privacy}}"), "received_events_url": format!("{api}/received_events")
    })
}

/// When everything was filed: the measurement is shorter than any duty of the process.
pub(crate) fn filed() -> String {
    static AT: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    AT.get_or_init(|| SystemClock::real().machine_now().format("%Y-%m-%dT%H:%M:%SZ").to_string()).clone()
}

/// An issue's title.
pub(crate) fn title(number: u64) -> String {
    format!("A key that should be gone ({number})")
}

/// An incident's body, as the template asks for it.
pub(crate) fn body() -> &'static str {
    "<!-- hotwash:incident -->\nSomebody signs in to the jump host with a key that left the company.\n\n\
     - **Status**: investigating\n- **Severity**: high\n- **Reporter**: Alice\n- **IC**: @bob\n\
     - **Responders**: @carol, @dave\n\nSee the access log of the night before.\n"
}
