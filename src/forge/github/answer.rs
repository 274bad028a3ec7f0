//! What an answer means: done, gone, refused, wrong, later, or nobody knows.
//!
//! What always holds: an error built here says what was asked for and a status, and quotes nothing that was sent or
//! received.

use std::{error::Error, fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};

use super::super::ForgeError;
use crate::domain::time::Moment;

/// The longest wait that a `Retry-After` can ask for.
const LONGEST: Duration = Duration::from_hours(24);
/// A primary limit is over within the hour; a later reset means that the clocks disagree.
const WINDOW: Duration = Duration::from_hours(1);
/// The wait where GitHub does not say how long; doubled each time it says so again.
const UNSTATED: Duration = Duration::from_mins(1);
/// How often that wait is doubled at most.
const DOUBLINGS: u32 = 4;

/// A whole answer.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// The body as the JSON it should be. A 2xx that cannot be read leaves the outcome unknown.
    pub(super) fn read<T: DeserializeOwned>(&self, what: &str) -> Result<T, ForgeError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            // The parser's own words may quote the answer, so only the place is kept.
            let place = format!("line {}, column {}", error.line(), error.column());
            unknown(what, format!("the answer is cut short or not the expected JSON ({place})"))
        })
    }
}

/// How long a limit lasts, and how far it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit {
    /// How long to wait.
    pub(super) after: Duration,
    /// It is the hourly budget of one API; otherwise it holds for the whole account.
    pub(super) budget: bool,
    /// GitHub did not say how long.
    pub(super) unstated: bool,
}

/// The limit that an answer states, if it is one. `repeats` is how many answers in a row gave no time to wait.
pub(super) fn limit(answer: &Answer, now: Moment, repeats: u32) -> Option<Limit> {
    let limited = match answer.status {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::FORBIDDEN => names_limit(&answer.headers) || speaks_of_limit(&answer.body),
        _ => false,
    };
    limited.then(|| wait(&answer.headers, now, repeats))
}

/// How long the headers ask to wait.
pub(super) fn wait(headers: &HeaderMap, now: Moment, repeats: u32) -> Limit {
    if let Some(seconds) = number(headers, "retry-after") {
        let after = Duration::from_secs(seconds).clamp(Duration::from_secs(1), LONGEST);
        return Limit { after, budget: false, unstated: false };
    }
    let reset = number(headers, "x-ratelimit-reset").filter(|_| budget_spent(headers));
    match reset.and_then(|at| until(at, now)) {
        Some(after) => Limit { after: after.min(WINDOW), budget: true, unstated: false },
        None => {
            Limit { after: UNSTATED * 2_u32.pow(repeats.min(DOUBLINGS)), budget: budget_spent(headers), unstated: true }
        }
    }
}

fn until(epoch_seconds: u64, now: Moment) -> Option<Duration> {
    let at = Moment::from_timestamp(i64::try_from(epoch_seconds).ok()?, 0)?;
    (at - now).to_std().ok().filter(|left| !left.is_zero())
}

fn names_limit(headers: &HeaderMap) -> bool {
    headers.contains_key("retry-after") || budget_spent(headers)
}

fn budget_spent(headers: &HeaderMap) -> bool {
    number(headers, "x-ratelimit-remaining") == Some(0)
}

/// The last resort: some secondary limits state themselves in words alone.
fn speaks_of_limit(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Refusal {
        message: Option<String>,
    }
    let message = serde_json::from_slice::<Refusal>(body).ok().and_then(|refusal| refusal.message).unwrap_or_default();
    let message = message.to_lowercase();
    ["rate limit", "secondary", "abuse"].iter().any(|words| message.contains(words))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// The error behind a status that is neither success nor a limit.
pub(super) fn refusal(what: &str, status: StatusCode) -> ForgeError {
    let (what, code) = (what.to_owned(), status.as_u16());
    match code {
        301..=303 | 307 | 308 | 404 | 410 => ForgeError::Gone { what },
        401..=403 | 407 | 451 => ForgeError::Denied { what, status: code },
        408 | 500..=599 => unknown(&what, format!("GitHub answered {code}")),
        400..=499 => ForgeError::Invalid { what, status: code },
        _ => unknown(&what, format!("GitHub answered {code}, which has no meaning here")),
    }
}

/// Nobody knows whether it was done.
pub(super) fn unknown(what: &str, why: impl Into<String>) -> ForgeError {
    ForgeError::Unknown { what: what.to_owned(), source: Box::new(Cause(why.into())) }
}

/// Nothing was done, because nothing was sent.
pub(super) fn unreachable(what: &str, why: impl Into<String>) -> ForgeError {
    ForgeError::Unreachable { what: what.to_owned(), source: Box::new(Cause(why.into())) }
}

/// An error on the way to a write, before the write itself was sent: whatever became of it, nothing was written.
pub(super) fn before_writing(error: ForgeError) -> ForgeError {
    match error {
        ForgeError::Unknown { what, source } => ForgeError::Unreachable { what, source },
        other => other,
    }
}

/// Why, in one line that quotes nothing.
#[derive(Debug)]
pub(super) struct Cause(String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Cause {}
