//! Paths of the API: encoding, and where a list goes on.
//!
//! What always holds: a path given out here is relative to the configured API address, so a token can go nowhere else.

use std::fmt::Write as _;

use http::{HeaderMap, Uri, header};

use crate::domain::time::Moment;

/// `/repos/acme/incidents`.
pub(super) fn repository(project: &str) -> String {
    let segments: Vec<String> = project.split('/').map(encoded).collect();
    format!("/repos/{}", segments.join("/"))
}

/// One path segment or query value, with everything escaped that could mean something else.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a String cannot fail");
        }
        out
    })
}

/// A moment as a query value, down to the second, so that nothing of that second is missed.
pub(super) fn since(at: Moment) -> String {
    encoded(&at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// Where the list goes on, as a path with its query. Scheme and host are dropped on purpose: the next page is asked
/// for at the configured address, with the token, even where GitHub names itself differently.
pub(super) fn next_page(headers: &HeaderMap) -> Option<String> {
    headers.get_all(header::LINK).iter().filter_map(|value| value.to_str().ok()).find_map(next_link)
}

fn next_link(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let (target, parameters) = after.split_once('>')?;
        let own = parameters.split('<').next().unwrap_or_default();
        if own.contains("rel=\"next\"") || own.contains("rel=next") {
            return target.parse::<Uri>().ok()?.path_and_query().map(ToString::to_string);
        }
        rest = parameters;
    }
    None
}
