//! Sending a delivery: signed, once, to a place on this machine, with ten seconds to answer.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use aws_lc_rs::hmac;
use bytes::Bytes;
use chrono::TimeDelta;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{
    super::{State, hex, listen::Busy, locked},
    Attempt, Letter, Via,
};
use crate::{domain::time::Moment, drill::model::HookConfig};

/// How long an answer may take, by the machine's time and by the clock's.
const PATIENCE: Duration = Duration::from_secs(10);
const PATIENCE_BY_CLOCK: TimeDelta = TimeDelta::seconds(10);
/// How much of an answer is kept.
const KEPT: usize = 64 * 1024;

/// What came of an attempt: a status with headers and text, or why there is none.
type Ending = Result<(u16, BTreeMap<String, String>, String), &'static str>;

impl State {
    /// Sends what is due, one after the other. Says how many.
    pub(in super::super) async fn send_due(&self, now: Moment) -> usize {
        let mut sent = 0;
        while self.send_one(now).await {
            sent += 1;
        }
        sent
    }

    /// Sends the first that is due; false where none is.
    pub(in super::super) async fn send_one(&self, now: Moment) -> bool {
        self.collect();
        let Some(letter) = locked(&self.mail).take(now) else { return false };
        self.send(letter).await;
        true
    }

    async fn send(&self, letter: Letter) {
        let _busy = Busy::new(&self.busy);
        let Some(config) = self.config(letter.via) else { return };
        let headers = headers(&letter, config.secret.as_deref());
        let begun = self.clock.machine_now();
        let ending = tokio::time::timeout(PATIENCE, post(&config.url, &headers, letter.payload.clone())).await;
        let took = self.clock.machine_now() - begun;
        let ending: Ending = match ending {
            Ok(ending) if took <= PATIENCE_BY_CLOCK => ending,
            _ => Err("timed out"),
        };
        self.remember(letter, &config, headers, begun, took, ending);
    }

    fn config(&self, via: Via) -> Option<HookConfig> {
        let world = locked(&self.world);
        match via {
            Via::Hook(id) => world.hook(id).map(|hook| hook.config.clone()),
            Via::App(id) => world.app(id).and_then(|app| app.hook.clone()),
        }
    }

    fn remember(
        &self,
        letter: Letter,
        config: &HookConfig,
        headers: BTreeMap<String, String>,
        at: Moment,
        took: TimeDelta,
        ending: Ending,
    ) {
        let mut mail = locked(&self.mail);
        mail.made += 1;
        let words = match &ending {
            Ok((status, ..)) if (200..300).contains(status) => "OK",
            Ok(_) => "Invalid HTTP Response",
            Err(why) => why,
        };
        let (status, answer) = match ending {
            Ok((status, headers, text)) => (Some(status), (headers, text)),
            Err(_) => (None, (BTreeMap::new(), String::new())),
        };
        let attempt = Attempt {
            id: mail.made,
            guid: letter.guid.clone(),
            at,
            event: letter.event.clone(),
            action: letter.action.clone(),
            status,
            again: letter.again,
            payload: letter.payload.clone(),
            via: letter.via,
            took,
            words,
            url: config.url.clone(),
            headers,
            answer,
            letter,
        };
        mail.attempts.push(attempt);
    }
}

fn headers(letter: &Letter, secret: Option<&str>) -> BTreeMap<String, String> {
    let hook = match letter.via {
        Via::Hook(id) => id.0,
        Via::App(id) => id.0,
    };
    let mut all = BTreeMap::from([
        ("Accept".to_owned(), "*/*".to_owned()),
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("User-Agent".to_owned(), "GitHub-Hookshot/0d11a5".to_owned()),
        ("X-GitHub-Delivery".to_owned(), letter.guid.clone()),
        ("X-GitHub-Event".to_owned(), letter.event.clone()),
        ("X-GitHub-Hook-ID".to_owned(), hook.to_string()),
        ("X-GitHub-Hook-Installation-Target-ID".to_owned(), letter.target.1.to_string()),
        ("X-GitHub-Hook-Installation-Target-Type".to_owned(), letter.target.0.to_owned()),
    ]);
    if let Some(secret) = secret {
        let sign = |algorithm, name: &str| {
            let key = hmac::Key::new(algorithm, secret.as_bytes());
            let tag = hmac::sign(&key, &letter.payload);
            format!("{name}={}", hex(tag.as_ref()))
        };
        all.insert("X-Hub-Signature".to_owned(), sign(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, "sha1"));
        all.insert("X-Hub-Signature-256".to_owned(), sign(hmac::HMAC_SHA256, "sha256"));
    }
    all
}

async fn post(url: &str, headers: &BTreeMap<String, String>, payload: Bytes) -> Ending {
    let uri: Uri = url.parse().map_err(|_| "invalid address")?;
    let (Some("http"), Some(host), port) = (uri.scheme_str(), uri.host(), uri.port_u16().unwrap_or(80)) else {
        return Err("not on this machine");
    };
    // Nothing of a drill leaves the machine, whatever a hook says.
    let address: IpAddr = match host {
        "localhost" => IpAddr::from([127, 0, 0, 1]),
        host => host.trim_matches(['[', ']']).parse().map_err(|_| "not on this machine")?,
    };
    if !address.is_loopback() {
        return Err("not on this machine");
    }
    let stream = TcpStream::connect((address, port)).await.map_err(|_| "failed to connect to host")?;
    let _ = stream.set_nodelay(true);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| "failed to connect")?;
    let mut request = Request::post(uri.path_and_query().map_or("/", |path| path.as_str()));
    request = request.header(http::header::HOST, format!("{host}:{port}"));
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(payload)).map_err(|_| "invalid request")?;
    let answered = async {
        let response = sender.send_request(request).await.map_err(|_| "no answer")?;
        read(response).await
    };
    // The connection is driven by this very task, so it ends with it.
    tokio::select! {
        ending = answered => ending,
        _ = connection => Err("the connection broke"),
    }
}

async fn read(response: Response<Incoming>) -> Ending {
    let (head, body) = response.into_parts();
    let headers = head.headers.iter().filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.to_string(), value.to_owned()))
    });
    let headers = headers.collect();
    let text = match Limited::new(body, KEPT).collect().await {
        Ok(whole) => String::from_utf8_lossy(&whole.to_bytes()).into_owned(),
        Err(_) => String::new(),
    };
    Ok((head.status.as_u16(), headers, text))
}
