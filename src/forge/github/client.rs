//! One request and its whole answer, bounded in time and size, held to the lane's limits.
//!
//! What always holds: one call sends one request; nothing is repeated here. Writes carry a body, and the transport
//! never takes a body to another place, so nothing is written where it was not meant. (It answers a 301 to a POST by
//! reading the other place; the callers recognise that by the answer.)

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http::{Method, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use octocrab::Octocrab;
use serde_json::Value;

use super::{
    super::{ForgeError, answer::TooMuch, lane::Api},
    access::Pass,
    answer::{self, Answer, chain},
    graphql,
};
use crate::{clock::SharedClock, telemetry};

/// No honest answer is larger, but for lists, which have a bound of their own (`paging`).
const LARGEST: usize = 64 * 1024 * 1024;

/// What is asked.
pub(super) struct Ask {
    /// How an error speaks of it; no confidential text.
    pub(super) what: String,
    pub(super) method: Method,
    /// Relative to the API address, query included.
    pub(super) path: String,
    pub(super) body: Option<Value>,
    /// Answer 304 if this is still current.
    pub(super) etag: Option<String>,
    pub(super) api: Api,
    /// It changes nothing.
    pub(super) reads: bool,
    /// Bytes of the answer that are taken.
    pub(super) most: usize,
}

impl Ask {
    /// A plain read.
    pub(super) fn get(what: impl Into<String>, path: impl Into<String>) -> Self {
        let (what, path) = (what.into(), path.into());
        Self { what, method: Method::GET, path, body: None, etag: None, api: Api::Rest, reads: true, most: LARGEST }
    }

    /// A read by GraphQL.
    pub(super) fn query(what: impl Into<String>, body: Value) -> Self {
        let ask = Self::change(Method::POST, what, graphql::PATH, body);
        Self { api: Api::Graph, reads: true, ..ask }
    }

    /// A request that changes something.
    pub(super) fn change(method: Method, what: impl Into<String>, path: impl Into<String>, body: Value) -> Self {
        let (what, path) = (what.into(), path.into());
        Self { what, method, path, body: Some(body), etag: None, api: Api::Rest, reads: false, most: LARGEST }
    }

    /// The answer, if it is a success (304 counts only where it was asked for).
    pub(super) fn succeeded(&self, answer: Answer) -> Result<Answer, ForgeError> {
        if self.is_success(&answer) {
            return Ok(answer);
        }
        Err(answer::refusal(&self.what, answer.status))
    }

    fn is_success(&self, answer: &Answer) -> bool {
        let unchanged = answer.status == http::StatusCode::NOT_MODIFIED && self.etag.is_some();
        answer.status.is_success() || unchanged
    }

    /// What came of it, for the metrics: `ok`, or the class of the error that the answer means.
    fn class(&self, answer: &Answer) -> &'static str {
        if self.is_success(answer) { "ok" } else { answer::refusal(&self.what, answer.status).class() }
    }
}

/// Sends.
pub(super) struct Client {
    name: String,
    clock: SharedClock,
    total: Duration,
    serials: AtomicU64,
    under_way: Arc<()>,
}

impl Client {
    pub(super) fn new(name: String, clock: SharedClock, total: Duration) -> Self {
        Self { name, clock, total, serials: AtomicU64::new(1), under_way: Arc::new(()) }
    }

    /// The configured forge name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How many requests are sent and not answered yet.
    pub(super) fn under_way(&self) -> usize {
        Arc::strong_count(&self.under_way) - 1
    }

    /// A number that tells one token from the next.
    pub(super) fn serial(&self) -> u64 {
        self.serials.fetch_add(1, Ordering::Relaxed)
    }

    /// `github:acme/incidents`, for errors.
    pub(super) fn spoken(&self, project: &str) -> String {
        format!("{}:{project}", self.name)
    }

    /// Asks, and gives back only what succeeded.
    pub(super) async fn send(&self, pass: &Pass, ask: &Ask) -> Result<Answer, ForgeError> {
        let answer = self.answer(pass, ask).await?;
        ask.succeeded(answer)
    }

    /// Asks, and gives back any answer that is no limit.
    pub(super) async fn answer(&self, pass: &Pass, ask: &Ask) -> Result<Answer, ForgeError> {
        let _place = if ask.reads { Some(pass.lane.place().await) } else { None };
        self.open(pass, ask)?;
        let answer = self.exchange(pass.crab(ask.api), ask).await.inspect_err(|error| self.count(error.class()))?;
        let now = self.clock.machine_now();
        if let Some(limit) = answer::limit(&answer, now, pass.lane.repeats(ask.api)) {
            pass.lane.close(ask.api, limit, now);
            let later = ForgeError::Later { what: ask.what.clone(), after: limit.after };
            self.count(later.class());
            return Err(later);
        }
        pass.lane.answered(ask.api);
        self.count(ask.class(&answer));
        Ok(answer)
    }

    /// Counts a request that was made, by what came of it.
    fn count(&self, class: &'static str) {
        telemetry::forge_call(&self.name, class);
    }

    /// `Later` at once where a limit is in force.
    pub(super) fn open(&self, pass: &Pass, ask: &Ask) -> Result<(), ForgeError> {
        match pass.lane.closed_for(ask.api, self.clock.machine_now()) {
            Some(after) => Err(ForgeError::Later { what: ask.what.clone(), after }),
            None => Ok(()),
        }
    }

    async fn exchange(&self, crab: &Octocrab, ask: &Ask) -> Result<Answer, ForgeError> {
        let _under_way = Arc::clone(&self.under_way);
        let whole = async {
            let mut request = http::Request::builder()
                .method(ask.method.clone())
                .uri(&ask.path)
                .header(header::ACCEPT, "application/vnd.github+json");
            if let Some(etag) = &ask.etag {
                request = request.header(header::IF_NONE_MATCH, etag);
            }
            let request = crab.build_request(request, ask.body.as_ref()).map_err(|e| unsent(&ask.what, &e))?;
            let response = crab.execute(request).await.map_err(|e| unsettled(&ask.what, &e))?;
            let (head, body) = response.into_parts();
            let broken = |error: Box<dyn Error + Send + Sync>| {
                if error.is::<LengthLimitError>() {
                    return TooMuch::large(&ask.what, ask.most);
                }
                answer::unknown(&ask.what, format!("the answer broke off: {}", chain(error.as_ref())))
            };
            let body = Limited::new(body, ask.most).collect().await.map_err(broken)?;
            Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
        };
        tokio::time::timeout(self.total, whole).await.map_err(|_| TooMuch::slow(&ask.what, self.total))?
    }
}

/// The request could not even be built.
fn unsent(what: &str, error: &octocrab::Error) -> ForgeError {
    answer::unreachable(what, format!("the request cannot be built: {}", chain(error)))
}

/// The transport failed. Only a connection that never came to be, or a signature that could not be made, is certain.
fn unsettled(what: &str, error: &octocrab::Error) -> ForgeError {
    if matches!(error, octocrab::Error::JWT { .. } | octocrab::Error::Http { .. }) || never_connected(error) {
        return answer::unreachable(what, chain(error));
    }
    answer::unknown(what, chain(error))
}

fn never_connected(error: &octocrab::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        // The library's HTTP client is this one; its feature in Cargo.toml brings the type.
        if let Some(error) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            return error.is_connect();
        }
        cause = error.source();
    }
    false
}
