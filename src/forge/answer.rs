//! What an answer means: done, gone, refused, wrong, or nobody knows; the same on every forge.
//!
//! What always holds: an error built here says what was asked for and a status, and quotes nothing that was sent or
//! received.

use std::{error::Error, fmt};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use super::ForgeError;

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

/// A header that holds a number.
pub(super) fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// The error behind a status that is neither success nor a limit.
pub(super) fn refusal(what: &str, status: StatusCode) -> ForgeError {
    let (what, code) = (what.to_owned(), status.as_u16());
    match code {
        301..=303 | 307 | 308 | 404 | 410 => ForgeError::Gone { what },
        401..=403 | 407 | 451 => ForgeError::Denied { what, status: code },
        408 | 500..=599 => unknown(&what, format!("the forge answered {code}")),
        400..=499 => ForgeError::Invalid { what, status: code },
        _ => unknown(&what, format!("the forge answered {code}, which has no meaning here")),
    }
}

/// Nobody knows whether it was done.
pub(super) fn unknown(what: &str, why: impl Into<String>) -> ForgeError {
    ForgeError::Unknown { what: what.to_owned(), source: Box::new(Cause(why.into())) }
}

/// An answer was too large, or not there in time: a smaller one may do.
#[derive(Debug)]
pub(super) struct TooMuch {
    why: String,
    /// It was not there in time.
    pub(super) is_slow: bool,
}

impl TooMuch {
    /// That an answer was larger than so many bytes.
    pub(super) fn large(what: &str, most: usize) -> ForgeError {
        Self::error(what, format!("the answer is larger than {} MiB", most >> 20), false)
    }

    /// That no whole answer came within this time.
    pub(super) fn slow(what: &str, within: std::time::Duration) -> ForgeError {
        Self::error(what, format!("no whole answer within {} ms", within.as_millis()), true)
    }

    fn error(what: &str, why: String, is_slow: bool) -> ForgeError {
        ForgeError::Unknown { what: what.to_owned(), source: Box::new(Self { why, is_slow }) }
    }

    /// Whether that was the error.
    pub(super) fn of(error: &ForgeError) -> Option<&Self> {
        let ForgeError::Unknown { source, .. } = error else { return None };
        source.downcast_ref()
    }
}

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl Error for TooMuch {}

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

/// The causes in one line. Transport errors name neither addresses with queries nor bodies.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut said = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if said.last().is_none_or(|last| !last.contains(&text)) {
            said.push(text);
        }
        cause = error.source();
    }
    said.join(": ")
}
