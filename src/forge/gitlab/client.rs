//! One request and its whole answer, bounded in time and size, held to the lane's limits.
//!
//! What always holds: one call sends one request; nothing is repeated and no redirection followed here. The token goes
//! to the configured server alone and is in no message.

use std::{sync::Arc, time::Duration};

use gitlab::api::Endpoint;
use http::{HeaderValue, StatusCode, header};
use reqwest::{Url, redirect};
use secrecy::{ExposeSecret, SecretString};

use super::{
    super::{
        ForgeError,
        answer::{Answer, TooMuch, chain, number, refusal, unknown, unreachable},
        lane::{Api, Lane, Limit},
    },
    GitlabConfig,
};
use crate::{clock::SharedClock, domain::time::Moment, telemetry};

/// No honest answer is larger, but for lists, which have a bound of their own (`paging`).
const LARGEST: usize = 64 * 1024 * 1024;
/// The wait where GitLab does not say how long; doubled each time it says so again.
const UNSTATED: Duration = Duration::from_mins(1);
/// How often that wait is doubled at most.
const DOUBLINGS: u32 = 4;
/// Entries on a page, where GitLab gives as many.
pub(super) const PAGE: u32 = 100;
/// The longest wait that a header can ask for.
const LONGEST: Duration = Duration::from_hours(24);

/// Sends.
pub(super) struct Client {
    name: String,
    root: String,
    token: SecretString,
    http: reqwest::Client,
    clock: SharedClock,
    lane: Lane,
    total: Duration,
    under_way: Arc<()>,
}

/// What is asked: how an error speaks of it (no confidential text), whether it changes nothing, which page, and whether
/// GitLab limits this very thing, so that a refusal says nothing of anything else.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) what: &'a str,
    pub(super) reads: bool,
    pub(super) page: Option<u32>,
    pub(super) size: u32,
    /// Bytes of the answer that are taken.
    pub(super) most: usize,
    pub(super) limited_apart: bool,
}

impl<'a> Ask<'a> {
    /// A plain read.
    pub(super) fn read(what: &'a str) -> Self {
        Self { what, reads: true, page: None, size: PAGE, most: LARGEST, limited_apart: false }
    }

    /// A request that changes something.
    pub(super) fn change(what: &'a str) -> Self {
        Self { what, reads: false, page: None, size: PAGE, most: LARGEST, limited_apart: false }
    }
}

impl Client {
    pub(super) fn new(config: &GitlabConfig, clock: SharedClock) -> Result<Self, ForgeError> {
        let what = || format!("setting up the connection to {}", config.name);
        let root = config.url.trim_end_matches('/').to_owned();
        let usable = Url::parse(&root).is_ok_and(|url| url.has_host());
        let sendable = HeaderValue::from_str(config.token.expose_secret()).is_ok();
        if !usable || !sendable {
            return Err(ForgeError::Invalid { what: what(), status: 0 });
        }
        let builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(config.timeouts.connect)
            .user_agent(concat!("hotwash/", env!("CARGO_PKG_VERSION")));
        // What runs on this machine is no business of a proxy.
        let builder = if is_here(&root) { builder.no_proxy() } else { builder };
        let http = builder.build().map_err(|error| unreachable(&what(), chain(&error)))?;
        Ok(Self {
            name: config.name.clone(),
            root,
            token: config.token.clone(),
            http,
            clock,
            lane: Lane::default(),
            total: config.timeouts.total,
            under_way: Arc::new(()),
        })
    }

    /// The configured forge name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The server's own address, without a trailing slash.
    pub(super) fn root(&self) -> &str {
        &self.root
    }

    /// The limits and the pace of the token.
    pub(super) fn lane(&self) -> &Lane {
        &self.lane
    }

    /// How many requests are sent and not answered yet.
    pub(super) fn under_way(&self) -> usize {
        Arc::strong_count(&self.under_way) - 1
    }

    /// `gitlab:acme/incidents`, for errors.
    pub(super) fn spoken(&self, project: &str) -> String {
        format!("{}:{project}", self.name)
    }

    /// Asks, and gives back only what succeeded.
    pub(super) async fn send(&self, ask: Ask<'_>, endpoint: &(impl Endpoint + Sync)) -> Result<Answer, ForgeError> {
        let answer = self.answer(ask, endpoint).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(refusal(ask.what, answer.status)) }
    }

    /// Asks, and gives back any answer that is no limit.
    pub(super) async fn answer(&self, ask: Ask<'_>, endpoint: &(impl Endpoint + Sync)) -> Result<Answer, ForgeError> {
        let _place = if ask.reads { Some(self.lane.place().await) } else { None };
        if let Some(after) = self.closed() {
            return Err(ForgeError::Later { what: ask.what.to_owned(), after });
        }
        let request = self.request(ask, endpoint)?;
        let answer = self.exchange(ask, request).await.inspect_err(|error| self.count(error.class()))?;
        let now = self.clock.machine_now();
        if let Some(limit) = limit(&answer, now, self.lane.repeats(Api::Rest)) {
            // A limit of the whole site states its end.
            if !(ask.limited_apart && limit.unstated) {
                self.lane.close(Api::Rest, limit, now);
            }
            let later = ForgeError::Later { what: ask.what.to_owned(), after: limit.after };
            self.count(later.class());
            return Err(later);
        }
        self.lane.answered(Api::Rest);
        self.count(if answer.status.is_success() { "ok" } else { refusal(ask.what, answer.status).class() });
        Ok(answer)
    }

    /// How long a limit in force still lasts.
    pub(super) fn closed(&self) -> Option<Duration> {
        self.lane.closed_for(Api::Rest, self.clock.machine_now())
    }

    fn count(&self, class: &'static str) {
        telemetry::forge_call(&self.name, class);
    }

    fn request(&self, ask: Ask<'_>, endpoint: &impl Endpoint) -> Result<reqwest::Request, ForgeError> {
        let unsent = |why: &str| unreachable(ask.what, format!("the request cannot be built: {why}"));
        let base = match endpoint.url_base() {
            gitlab::api::UrlBase::ApiV4 => "/api/v4/",
            _ => "/",
        };
        let mut url = Url::parse(&format!("{}{base}{}", self.root, endpoint.endpoint()))
            .map_err(|_| unsent("its address is none"))?;
        endpoint.parameters().add_to_url(&mut url);
        if let Some(page) = ask.page {
            url.query_pairs_mut().append_pair("per_page", &ask.size.to_string()).append_pair("page", &page.to_string());
        }
        let mut token =
            HeaderValue::from_str(self.token.expose_secret()).map_err(|_| unsent("the token is no header"))?;
        token.set_sensitive(true);
        let mut request = self.http.request(endpoint.method(), url).header("private-token", token);
        if let Some((mime, body)) = endpoint.body().map_err(|_| unsent("its body cannot be encoded"))? {
            request = request.header(header::CONTENT_TYPE, mime).body(body);
        }
        request.build().map_err(|error| unsent(&chain(&error.without_url())))
    }

    async fn exchange(&self, ask: Ask<'_>, request: reqwest::Request) -> Result<Answer, ForgeError> {
        let _under_way = Arc::clone(&self.under_way);
        let Ask { what, most, .. } = ask;
        let whole = async {
            let mut response = self.http.execute(request).await.map_err(|error| unsettled(what, error))?;
            let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
            let mut body = Vec::new();
            let broken =
                |error: reqwest::Error| unknown(what, format!("the answer broke off: {}", chain(&error.without_url())));
            while let Some(piece) = response.chunk().await.map_err(broken)? {
                body.extend_from_slice(&piece);
                if body.len() > most {
                    return Err(TooMuch::large(what, most));
                }
            }
            Ok(Answer { status, headers, body: body.into() })
        };
        tokio::time::timeout(self.total, whole).await.map_err(|_| TooMuch::slow(what, self.total))?
    }
}

fn is_here(root: &str) -> bool {
    let url = Url::parse(root).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The transport failed. Only a connection that never came to be is certain.
fn unsettled(what: &str, error: reqwest::Error) -> ForgeError {
    let never_sent = error.is_connect() || error.is_builder();
    let why = chain(&error.without_url());
    if never_sent { unreachable(what, why) } else { unknown(what, why) }
}

/// The limit that an answer states, if it is one. GitLab's own limits (notes, say) come without any header.
fn limit(answer: &Answer, now: Moment, repeats: u32) -> Option<Limit> {
    if answer.status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let stated = number(&answer.headers, "retry-after").filter(|seconds| *seconds > 0).map(Duration::from_secs);
    let reset = || {
        let at = i64::try_from(number(&answer.headers, "ratelimit-reset")?).ok()?;
        (Moment::from_timestamp(at, 0)? - now).to_std().ok().filter(|left| !left.is_zero())
    };
    Some(match stated.or_else(reset) {
        Some(after) => Limit { after: after.min(LONGEST), budget: false, unstated: false },
        None => Limit { after: UNSTATED * 2_u32.pow(repeats.min(DOUBLINGS)), budget: false, unstated: true },
    })
}
