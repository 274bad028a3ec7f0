//! A GitHub that knows one repository, and people who open incidents in it; plays in a process of its own.
//!
//! Answers are as large as GitHub's. It takes orders of the form `ADDRESS AFTER COUNT` on standard input: open the
//! incidents numbered from AFTER + 1, at most [`UNFINISHED`] without a comment at a time.

use std::{
    collections::BTreeMap,
    io::{BufRead, Write},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use hmac::Mac;
use hotwash::{
    clock::{Clock, SystemClock},
    web::{self, Limits},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Builder,
    sync::{OwnedSemaphorePermit, Semaphore},
};

use super::{PROJECT, head, hex, links, mac};

/// So many incidents wait for their comment at a time.
const UNFINISHED: usize = 16;
const DELIVERY_BYTES: usize = 12_600;
const LABELS: [&str; 16] = [
    "incident",
    "phase::initiate",
    "phase::assess",
    "phase::remediate",
    "phase::retrospective",
    "status::undetermined",
    "status::investigating",
    "status::confirmed",
    "status::false-alarm",
    "status::false alarm",
    "status::resolved",
    "severity::unknown",
    "severity::low",
    "severity::medium",
    "severity::high",
    "severity::critical",
];

/// What GitHub knows.
#[derive(Default)]
struct Hall {
    opened_at: String,
    comments: AtomicU64,
    issues: Mutex<BTreeMap<u64, Issue>>,
    calls: Mutex<BTreeMap<String, u64>>,
}

#[derive(Default)]
struct Issue {
    labels: Vec<String>,
    comments: Vec<Value>,
    /// Given back with the first comment, so that the next incident is opened.
    open: Option<OwnedSemaphorePermit>,
}

/// Plays until standard input ends.
pub(crate) fn play() {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let opened_at = SystemClock::real().machine_now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let hall = Arc::new(Hall { opened_at, ..Hall::default() });
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    say(&listener.local_addr().unwrap().to_string());
    let router = Router::new().fallback(answer).with_state(Arc::clone(&hall));
    runtime.spawn(web::listen(listener, router, Limits::default(), std::future::pending()));
    for order in std::io::stdin().lock().lines() {
        let order = order.unwrap();
        let [to, after, count] = order.split(' ').collect::<Vec<_>>()[..] else { panic!("an odd order: {order}") };
        hall.calls.lock().unwrap().clear();
        runtime.block_on(open(&hall, to.parse().unwrap(), after.parse().unwrap(), count.parse().unwrap()));
        for (call, count) in &*hall.calls.lock().unwrap() {
            say(&format!("{call}\t{count}"));
        }
        say("done");
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

/// Opens incidents and waits until each has a comment.
async fn open(hall: &Arc<Hall>, to: SocketAddr, after: u64, count: u64) {
    let free = Arc::new(Semaphore::new(UNFINISHED));
    let mut connection = TcpStream::connect(to).await.unwrap();
    connection.set_nodelay(true).unwrap();
    for number in after + 1..=after + count {
        let place = Arc::clone(&free).acquire_owned().await.unwrap();
        let issue = Issue { labels: vec!["incident".to_owned()], open: Some(place), ..Issue::default() };
        hall.issues.lock().unwrap().insert(number, issue);
        let body = delivery(hall, number);
        let signature = hex(&mac().chain_update(body.as_bytes()).finalize().into_bytes());
        let request = format!("{}{body}", head("issues", number, &signature, body.len()));
        connection.write_all(request.as_bytes()).await.unwrap();
        let (mut answer, mut have) = ([0; 1024], 0);
        while !answer[..have].ends_with(b"\r\n\r\n") {
            let more = connection.read(&mut answer[have..]).await.unwrap();
            assert!(more > 0, "the intake hung up");
            have += more;
        }
        assert!(answer.starts_with(b"HTTP/1.1 202"), "{}", String::from_utf8_lossy(&answer[..have]));
    }
    let all = u32::try_from(UNFINISHED).unwrap();
    drop(free.acquire_many(all).await.unwrap());
}

fn delivery(hall: &Hall, number: u64) -> String {
    let mut delivery =
        json!({ "action": "opened", "issue": issue(hall, number), "sender": user("robin", 7) }).to_string();
    assert_eq!(delivery.pop(), Some('}'));
    let rest = DELIVERY_BYTES.saturating_sub(delivery.len() + 120);
    format!(r#"{delivery},"repository":{{"id":186853002,{}"full_name":"{PROJECT}","private":true}},"#, links(rest))
        + r#""installation":{"id":51}}"#
}

/// The routes that the adapter uses.
async fn answer(State(hall): State<Arc<Hall>>, method: Method, uri: Uri, body: Bytes) -> Response {
    let path = uri.path().trim_start_matches('/').to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    let shape: Vec<&str> =
        parts.iter().map(|part| if part.bytes().all(|b| b.is_ascii_digit()) { "N" } else { part }).collect();
    let shape = format!("{method} /{}", shape.join("/"));
    let number = parts.iter().find_map(|part| part.parse::<u64>().ok()).unwrap_or_default();
    hall.count("all");
    hall.count(&shape);
    let local = shape.replace(&format!("/repos/{PROJECT}"), "");
    match local.as_str() {
        "GET /user" => told(StatusCode::OK, &user("hotwash-bot", 99)),
        "GET " => told(StatusCode::OK, &repository()),
        "GET /labels" => told(StatusCode::OK, &LABELS.map(label).to_vec().into()),
        "GET /issues/N" => told(StatusCode::OK, &issue(&hall, number)),
        "GET /issues/N/comments" => told(StatusCode::OK, &hall.on(number, |issue| issue.comments.clone()).into()),
        "POST /issues/N/labels" => {
            hall.count("labels");
            told(StatusCode::OK, &hall.put_labels(number, &body))
        }
        "POST /issues/N/comments" => {
            hall.count("comments");
            told(StatusCode::CREATED, &hall.post(number, &body))
        }
        _ => {
            println!("not played: {shape}");
            told(StatusCode::NOT_FOUND, &json!({ "message": "Not Found" }))
        }
    }
}

impl Hall {
    fn count(&self, call: &str) {
        *self.calls.lock().unwrap().entry(call.to_owned()).or_default() += 1;
    }

    fn on<T>(&self, number: u64, work: impl FnOnce(&mut Issue) -> T) -> T {
        work(self.issues.lock().unwrap().entry(number).or_default())
    }

    fn put_labels(&self, number: u64, body: &[u8]) -> Value {
        let asked: Value = serde_json::from_slice(body).unwrap();
        let names = asked["labels"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
        let now_on = self.on(number, |issue| {
            issue.labels.extend(names);
            issue.labels.clone()
        });
        now_on.iter().map(|name| label(name)).collect::<Vec<_>>().into()
    }

    fn post(&self, number: u64, body: &[u8]) -> Value {
        let asked: Value = serde_json::from_slice(body).unwrap();
        let id = self.comments.fetch_add(1, Ordering::Relaxed) + 1;
        let mut comment = user_links(&format!("issues/comments/{id}"), 6);
        comment["id"] = id.into();
        comment["node_id"] = format!("IC_{id:016x}").into();
        comment["user"] = user("hotwash-bot", 99);
        comment["body"] = asked["body"].clone();
        comment["created_at"] = self.opened_at.as_str().into();
        comment["updated_at"] = self.opened_at.as_str().into();
        comment["html_url"] = format!("https://github.example/{PROJECT}/issues/{number}#issuecomment-{id}").into();
        let done = self.on(number, |issue| {
            issue.comments.push(comment.clone());
            issue.open.take()
        });
        drop(done);
        comment
    }
}

fn told(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::ETAG, "W/\"0f5e7c4a1b2d3e4f5a6b7c8d9e0f1a2b\""),
        (header::CACHE_CONTROL, "private, max-age=60, s-maxage=60"),
        (header::SERVER, "github.com"),
        (header::VARY, "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding"),
    ];
    let mut response = (status, headers, body.to_string()).into_response();
    for (name, value) in [
        ("x-ratelimit-limit", "5000"),
        ("x-ratelimit-remaining", "4999"),
        ("x-ratelimit-reset", "1795240000"),
        ("x-ratelimit-resource", "core"),
        ("x-github-media-type", "github.v3; format=json"),
        ("x-github-request-id", "C0DE:1234:5678:9ABC:DEF01234"),
        ("x-content-type-options", "nosniff"),
        ("access-control-expose-headers", "ETag, Link, Location, Retry-After, X-GitHub-OTP, X-RateLimit-Limit"),
    ] {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

fn repository() -> Value {
    let mut repository = user_links("repository", 45);
    repository["id"] = 186_853_002.into();
    repository["full_name"] = PROJECT.into();
    repository["private"] = true.into();
    repository["visibility"] = "private".into();
    repository["archived"] = false.into();
    repository["owner"] = user("acme", 3);
    repository
}

fn issue(hall: &Hall, number: u64) -> Value {
    let (labels, comments) = hall.on(number, |issue| (issue.labels.clone(), issue.comments.len()));
    let mut issue = user_links(&format!("issues/{number}"), 8);
    issue["number"] = number.into();
    issue["id"] = (1_000_000 + number).into();
    issue["title"] = "A key that should be gone".into();
    issue["user"] = user("robin", 7);
    issue["labels"] = labels.iter().map(|name| label(name)).collect::<Vec<_>>().into();
    issue["assignees"] = json!([]);
    issue["state"] = "open".into();
    issue["comments"] = comments.into();
    issue["created_at"] = hall.opened_at.as_str().into();
    issue["updated_at"] = hall.opened_at.as_str().into();
    issue["html_url"] = format!("https://github.example/{PROJECT}/issues/{number}").into();
    issue["repository_url"] = format!("https://api.github.example/repos/{PROJECT}").into();
    issue["body"] = "Somebody signs in to the jump host with a key that left the company.\n\n\
        - **Status**: investigating\n- **Severity**: medium\n- **Reporter**: Robin\n- **IC**: @bob\n\
        - **Responders**: @carol, @dave\n\nSee the access log of the night before."
        .into();
    issue
}

fn label(name: &str) -> Value {
    json!({
        "id": 4_000_001_u64, "node_id": "LA_kwDOABCDEF8AAAABAgMEBQ", "name": name, "color": "b60205",
        "url": format!("https://api.github.example/repos/{PROJECT}/labels/{name}"), "default": false,
        "description": "Set by the incident's rules"
    })
}

fn user(login: &str, id: u64) -> Value {
    let mut user = user_links(&format!("users/{login}"), 14);
    user["login"] = login.into();
    user["id"] = id.into();
    user["type"] = "User".into();
    user["site_admin"] = false.into();
    user
}

/// An object with as many links as GitHub puts into one.
fn user_links(of: &str, count: usize) -> Value {
    let link =
        |number| (format!("link_{number:02}_url"), format!("https://api.github.example/{of}/part-{number}").into());
    Value::Object((0..count).map(link).collect())
}
