//! The few things that only GraphQL can do, told apart by the name of what is asked.
//!
//! What always holds: the status is 200 whatever happens; what went wrong stands in `errors`: at the top where the thing
//! may not be touched or the question is none, in the payload where the change itself is at fault.

mod incident; // what only incidents have
mod items; // parents and children
mod notes; // when they were edited

use serde_json::{Value, json};

use super::{
    super::line::{call::Call, reply::Reply},
    desk::Desk,
};

const NOT_FOUND: &str =
    "The resource that you are attempting to access does not exist or you don't have permission to perform this action";

/// So many entries of a list come at once.
const PAGE: usize = 100;

pub(super) fn answer(desk: &mut Desk<'_>, call: &Call) -> Reply {
    let body = call.body.clone().unwrap_or_default();
    let text = body.get("query").and_then(Value::as_str).unwrap_or_default();
    let asked = Asked(body.get("variables").cloned().unwrap_or_default());
    if notes::is_asked(text) {
        return notes::answer(desk, call, text, &asked);
    }
    let (name, given) = if text.contains("issueSetSeverity") {
        ("issueSetSeverity", incident::severity(desk, &asked))
    } else if text.contains("issueSetEscalationStatus") {
        ("issueSetEscalationStatus", incident::escalation(desk, &asked))
    } else if text.contains("timelineEventCreate") {
        ("timelineEventCreate", incident::timeline(desk, &asked))
    } else if text.contains("incidentManagementTimelineEvents") {
        ("project", incident::entries(desk, &asked))
    } else if text.contains("workItemUpdate") {
        ("workItemUpdate", items::update(desk, &asked))
    } else if text.contains("workItem(") {
        ("workItem", items::show(desk, &asked))
    } else {
        return Reply::ok(json!({ "errors": [{ "message": "Field doesn't exist on type 'Mutation'" }] }));
    };
    Reply::ok(match given {
        Ok(payload) => json!({ "data": { name: payload } }),
        Err(Fault::Question(words)) => json!({ "errors": [{ "message": words }] }),
        Err(Fault::Absent) => unavailable(name, NOT_FOUND),
        Err(Fault::Unavailable(words)) => unavailable(name, words),
    })
}

fn unavailable(name: &str, words: &str) -> Value {
    let error = json!({ "message": words, "locations": [{ "line": 1, "column": 1 }], "path": [name] });
    json!({ "data": { name: null }, "errors": [error] })
}

/// Why there is no payload.
enum Fault {
    /// It is not there, or may not be touched.
    Absent,
    /// It is there, and has no such thing.
    Unavailable(&'static str),
    /// What was asked is not well said.
    Question(String),
}

/// The variables, on their own or inside one called `input`.
struct Asked(Value);

impl Asked {
    fn value(&self, name: &str) -> Option<&Value> {
        let inside = self.0.get("input").and_then(|input| input.get(name));
        inside.or_else(|| self.0.get(name))
    }

    fn text(&self, name: &str) -> &str {
        self.value(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The page of a list that `after` asks for, with whether more follow.
    fn page(&self, all: &[Value]) -> Value {
        let from: usize = self.text("after").parse().unwrap_or_default();
        let until = (from + PAGE).min(all.len());
        let page = json!({ "hasNextPage": until < all.len(), "endCursor": until.to_string() });
        json!({ "nodes": all.get(from..until).unwrap_or_default(), "pageInfo": page })
    }
}
