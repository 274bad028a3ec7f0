//! One page of a list, with where it goes on.

use serde_json::{Value, json};

use super::super::line::{call::Call, reply::Reply};

const USUAL: usize = 20;
const LARGEST: usize = 100;
/// Longer lists are not counted.
const COUNTED: usize = 10_000;
/// Deliveries come in smaller pages, and whoever asks for more gets none.
const MOST_DELIVERIES: usize = 20;

/// A page of a webhook's deliveries.
pub(super) fn deliveries(call: &Call, base: &str, all: Vec<Value>) -> Reply {
    let size = call.asked("per_page").and_then(|text| text.parse::<usize>().ok());
    if size.is_some_and(|size| !(1..=MOST_DELIVERIES).contains(&size)) {
        return Reply::new(400, json!({ "error": "per_page does not have a valid value" }));
    }
    page(call, base, all, |entry| entry)
}

/// The page that was asked for. What one may not see must be left out before.
pub(super) fn page<T>(call: &Call, base: &str, all: Vec<T>, mut write: impl FnMut(T) -> Value) -> Reply {
    page_of_seen(call, base, all, |entry| Some(write(entry)))
}

/// The same where what one may not see is left out after paging: it counts, and makes the page shorter.
pub(super) fn page_of_seen<T>(call: &Call, base: &str, all: Vec<T>, write: impl FnMut(T) -> Option<Value>) -> Reply {
    let number = |name: &str| call.asked(name).and_then(|text| text.parse::<usize>().ok()).filter(|n| *n > 0);
    let (size, page, total) =
        (number("per_page").unwrap_or(USUAL).min(LARGEST), number("page").unwrap_or(1), all.len());
    let last = total.div_ceil(size).max(1);
    let body: Vec<Value> = all.into_iter().skip((page - 1).saturating_mul(size)).take(size).filter_map(write).collect();
    let shown = |at: Option<usize>| at.map(|at| at.to_string()).unwrap_or_default();
    let next = (page < last).then_some(page + 1);
    let reply = Reply::ok(Value::Array(body))
        .with("x-page", page.to_string())
        .with("x-per-page", size.to_string())
        .with("x-next-page", shown(next))
        .with("x-prev-page", shown((page > 1).then(|| page - 1)))
        .with("link", links(call, base, size, (page, next, last), total <= COUNTED));
    if total > COUNTED {
        return reply;
    }
    reply.with("x-total", total.to_string()).with("x-total-pages", last.to_string())
}

/// Where the list goes on, begins and ends; of a long one, nobody counts the end.
fn links(
    call: &Call,
    base: &str,
    size: usize,
    (page, next, last): (usize, Option<usize>, usize),
    counted: bool,
) -> String {
    let link = |to: usize, rel: &str| {
        let rest = call.query.iter().filter(|(name, _)| !["page", "per_page"].contains(&name.as_str()));
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(rest).append_pair("page", &to.to_string()).append_pair("per_page", &size.to_string());
        format!("<{base}/api/v4{}?{}>; rel=\"{rel}\"", call.path, query.finish())
    };
    let before = (page > 1).then(|| link(page - 1, "prev"));
    let after = next.map(|next| link(next, "next"));
    let ends = counted.then(|| link(last, "last"));
    before.into_iter().chain(after).chain([link(1, "first")]).chain(ends).collect::<Vec<_>>().join(", ")
}
