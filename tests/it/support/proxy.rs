//! Between the bot and the simulated forge's API: counts what is asked, by method and kind of path, and misbehaves
//! where a test says so, by script or by a seed.
//!
//! Nothing is hidden: every request and what was done to it is in `calls`, in the order of arrival.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use hyper::{HeaderMap, Request, Response, header, header::HeaderValue};

use super::{
    dice::Dice,
    http::{Answer, Server, json},
};

/// How a forge fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Does what was asked and answers it well: a request that goes before the one that is meant.
    None,
    /// Does what was asked, then answers 502.
    BadGatewayAfter,
    /// Answers 500 and does nothing.
    ErrorBefore,
    /// Refuses with this status and does nothing. The answer quotes what was sent, as a forge's do.
    Refused(u16),
    /// Answers 429, with `Retry-After` in seconds if there is a number, and does nothing.
    TooMany(Option<u32>),
    /// Does nothing and never answers.
    Hang,
    /// Does what was asked and sends half of the JSON.
    Truncated,
    /// Breaks the connection and does nothing.
    ResetBefore,
    /// Does what was asked, then breaks the connection.
    ResetAfter,
}

/// What to do to which requests.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// The first entry whose class matches is used up by the next such request.
    pub(crate) script: Vec<(String, Fault)>,
    /// By chance: percent, what to choose from, and the dice.
    pub(crate) chance: Option<(u8, Vec<Fault>, Dice)>,
}

impl Faults {
    fn for_request(&mut self, class: &str) -> Option<Fault> {
        if let Some(at) = self.script.iter().position(|(wanted, _)| wanted == class) {
            return Some(self.script.remove(at).1);
        }
        let (percent, kinds, dice) = self.chance.as_mut()?;
        dice.chance(*percent).then(|| *dice.pick(kinds))
    }
}

/// One request of the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// Such as `POST /issues/{n}/comments`.
    pub(crate) class: String,
    /// What the simulated forge answered; `None` where it was not asked.
    pub(crate) answered: Option<u16>,
    pub(crate) fault: Option<Fault>,
}

/// The running proxy.
pub(crate) struct Proxy {
    server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: String,
    client: reqwest::Client,
    calls: Mutex<Vec<Call>>,
    faults: Mutex<Faults>,
}

impl Proxy {
    pub(crate) async fn start(upstream: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap();
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            client,
            calls: Mutex::default(),
            faults: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        let server = Server::start(move |request| Arc::clone(&serving).handle(request)).await;
        Self { server, shared }
    }

    /// What the bot takes for the forge's API.
    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// From now on, do this.
    pub(crate) fn misbehave(&self, faults: Faults) {
        *self.shared.faults.lock().unwrap() = faults;
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().unwrap().clone()
    }

    /// Requests by class.
    pub(crate) fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for call in self.calls() {
            *counts.entry(call.class).or_default() += 1;
        }
        counts
    }
}

impl Shared {
    async fn handle(self: Arc<Self>, request: Request<Bytes>) -> Answer {
        let class = class(request.method().as_str(), request.uri().path());
        let fault = self.faults.lock().unwrap().for_request(&class);
        let at = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(Call { class, answered: None, fault });
            calls.len()
        };
        let early = match fault {
            Some(Fault::ErrorBefore) => Some(Answer::Send(json(500, r#"{"message":"Server Error"}"#))),
            Some(Fault::Refused(status)) => Some(Answer::Send(refused(status, request.body()))),
            Some(Fault::TooMany(after)) => Some(Answer::Send(too_many(after))),
            Some(Fault::Hang) => Some(Answer::Hang),
            Some(Fault::ResetBefore) => Some(Answer::Reset),
            _ => None,
        };
        if let Some(early) = early {
            return early;
        }
        let response = self.forward(request).await;
        if let Some(call) = self.calls.lock().unwrap().get_mut(at - 1) {
            call.answered = Some(response.status().as_u16());
        }
        match fault {
            Some(Fault::BadGatewayAfter) => Answer::Send(json(502, "<html>Bad Gateway</html>")),
            Some(Fault::ResetAfter) => Answer::Reset,
            Some(Fault::Truncated) => Answer::Send(response.map(|body| body.slice(..body.len() / 2))),
            _ => Answer::Send(response),
        }
    }

    async fn forward(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (head, body) = request.into_parts();
        let path = head.uri.path_and_query().map_or("/", |it| it.as_str());
        let headers = end_to_end(&head.headers);
        let asked = self.client.request(head.method, format!("{}{path}", self.upstream)).headers(headers).body(body);
        let Ok(response) = asked.send().await else { return json(504, r#"{"message":"upstream is gone"}"#) };
        let (status, mut headers) = (response.status(), end_to_end(response.headers()));
        lead_back(&mut headers, &self.upstream, head.headers.get(header::HOST));
        let body = response.bytes().await.unwrap_or_default();
        let mut answer = Response::new(body);
        (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
        answer
    }
}

/// Links to further pages lead through here, too.
fn lead_back(headers: &mut HeaderMap, from: &str, host: Option<&HeaderValue>) {
    let (Some(link), Some(host)) = (headers.get(header::LINK), host) else { return };
    let to = format!("http://{}", host.to_str().unwrap());
    let link = link.to_str().unwrap().replace(from, &to);
    headers.insert(header::LINK, link.parse().unwrap());
}

fn refused(status: u16, sent: &Bytes) -> Response<Bytes> {
    let quoted = String::from_utf8_lossy(sent);
    json(status, serde_json::json!({ "message": "Refused", "errors": [quoted] }).to_string())
}

fn too_many(after: Option<u32>) -> Response<Bytes> {
    let mut response = json(429, r#"{"message":"You have exceeded a secondary rate limit"}"#);
    if let Some(after) = after {
        response.headers_mut().insert(header::RETRY_AFTER, after.into());
    }
    response
}

fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH] {
        headers.remove(name);
    }
    headers
}

/// The kind of a request: numbers and names in the path do not count.
pub(crate) fn class(method: &str, path: &str) -> String {
    let path = ["/api/v3", "/api/v4"].iter().find_map(|root| path.strip_prefix(root)).unwrap_or(path);
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let parts = match parts.as_slice() {
        ["repos", _, _, rest @ ..] | ["projects", _, rest @ ..] => rest.to_vec(),
        _ => parts,
    };
    let mut kind = format!("{method} ");
    let mut before = "";
    for part in &parts {
        let shown = match before {
            "labels" => "{name}",
            "collaborators" => "{login}",
            _ if part.bytes().all(|byte| byte.is_ascii_digit()) => "{n}",
            _ => part,
        };
        kind = kind + "/" + shown;
        before = part;
    }
    if parts.is_empty() { kind + "/" } else { kind }
}
