//! The limits that GitHub states, in headers or in words. What else an answer means is the same on every forge.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::super::{answer::number, lane::Limit};
use crate::domain::time::Moment;

pub(super) use super::super::answer::{Answer, before_writing, chain, refusal, unknown, unreachable};

/// The longest wait that a `Retry-After` can ask for.
const LONGEST: Duration = Duration::from_hours(24);
/// A primary limit is over within the hour; a later reset means that the clocks disagree.
const WINDOW: Duration = Duration::from_hours(1);
/// The wait where GitHub does not say how long; doubled each time it says so again.
const UNSTATED: Duration = Duration::from_mins(1);
/// How often that wait is doubled at most.
const DOUBLINGS: u32 = 4;

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
