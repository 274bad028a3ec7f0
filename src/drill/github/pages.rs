//! One page of a list, and where it goes on.

use serde_json::Value;

use super::{call::Call, reply::Reply};

/// GitHub's usual and largest page.
const USUAL: usize = 30;
const LARGEST: usize = 100;

pub(super) fn per_page(call: &Call) -> usize {
    call.asked("per_page").and_then(|text| text.parse().ok()).map_or(USUAL, |wanted: usize| wanted.clamp(1, LARGEST))
}

/// The page that was asked for, with its links.
pub(super) fn page<T>(call: &Call, base: &str, all: Vec<T>, write: impl FnMut(T) -> Value) -> Reply {
    let (size, total) = (per_page(call), all.len());
    let number = call.asked("page").and_then(|text| text.parse().ok()).map_or(1, |page: usize| page.max(1));
    let last = total.div_ceil(size).max(1);
    let body = all.into_iter().skip((number - 1).saturating_mul(size)).take(size).map(write).collect();
    let mut links = Vec::new();
    let mut link = |to: usize, rel: &str| links.push(format!("<{}>; rel=\"{rel}\"", address(call, base, to)));
    if number > 1 {
        link((number - 1).min(last), "prev");
    }
    if number < last {
        link(number + 1, "next");
        link(last, "last");
    }
    if number > 1 {
        link(1, "first");
    }
    let reply = Reply::ok(Value::Array(body));
    if links.is_empty() { reply } else { reply.with("link", links.join(", ")) }
}

fn address(call: &Call, base: &str, page: usize) -> String {
    with_query(call, base, "page", &page.to_string())
}

/// The same address with one thing of the query changed.
pub(super) fn with_query(call: &Call, base: &str, name: &str, value: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (other, kept) in call.query.iter().filter(|(other, _)| *other != name) {
        query.append_pair(other, kept);
    }
    query.append_pair(name, value);
    format!("{base}{}?{}", call.path, query.finish())
}
