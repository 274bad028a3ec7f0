//! Paths of the API: encoding, and where a list goes on.
//!
//! What always holds: a path given out here is relative to the configured API address, so a token can go nowhere else.

use std::fmt::Write as _;

use http::{HeaderMap, Uri, header};

use super::super::paging::Place;
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

/// Which page of a list a path asks for; `None` where its pages are not numbered.
pub(super) fn place(path: &str) -> Option<Place> {
    let (_, query) = path.split_once('?')?;
    let number = |wanted: &str| query.split('&').find_map(|part| part.strip_prefix(wanted)?.parse().ok());
    let is_numbered =
        !["after=", "before=", "cursor="].iter().any(|name| query.split('&').any(|part| part.starts_with(name)));
    let size = size(path)?;
    is_numbered.then(|| Place { size, page: number("page=").unwrap_or(1) })
}

/// How many entries a page has by its path.
pub(super) fn size(path: &str) -> Option<u32> {
    let (_, query) = path.split_once('?')?;
    query.split('&').find_map(|part| part.strip_prefix("per_page=")?.parse().ok()).filter(|size| *size > 0)
}

/// The same place of a list that goes on by cursor, in pages of another size.
pub(super) fn sized(path: &str, size: u32) -> String {
    let (list, query) = path.split_once('?').unwrap_or((path, ""));
    let size = format!("per_page={size}");
    let others = query.split('&').filter(|part| !part.is_empty() && !part.starts_with("per_page="));
    format!("{list}?{}", others.chain([size.as_str()]).collect::<Vec<_>>().join("&"))
}

/// The same list at another place.
pub(super) fn at(path: &str, place: Place) -> String {
    let (list, query) = path.split_once('?').unwrap_or((path, ""));
    let other = |part: &&str| !part.is_empty() && !part.starts_with("per_page=") && !part.starts_with("page=");
    let (size, page) = (format!("per_page={}", place.size), format!("page={}", place.page));
    let parts: Vec<&str> = query.split('&').filter(other).chain([size.as_str(), page.as_str()]).collect();
    format!("{list}?{}", parts.join("&"))
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
