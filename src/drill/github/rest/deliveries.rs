//! What was delivered, and delivering again. Pages go by a cursor, not by number.

use serde_json::Value;

use super::super::{
    call::Call,
    desk::{Desk, found},
    locked,
    mail::{Attempt, Via},
    pages::{per_page, with_query},
    reply::{Answered, Reply},
    routes::numbered,
};

/// `.../deliveries/...` of one hook.
pub(super) fn route(desk: &mut Desk<'_>, call: &Call, via: Via, rest: &[&str]) -> Answered {
    desk.state.collect_from(&mut desk.world);
    match (call.method.as_str(), rest) {
        ("GET", []) => Ok(list(desk, call, via)),
        ("GET", [id]) => {
            let mail = locked(&desk.state.mail);
            Ok(Reply::ok(found(mail.attempt(via, numbered(id)?, desk.now))?.whole()))
        }
        ("POST", [id, "attempts"]) => {
            let mut mail = locked(&desk.state.mail);
            found(mail.again(via, numbered(id)?, desk.now))?;
            Ok(Reply::new(202, serde_json::json!({})))
        }
        _ => Err(Reply::not_found()),
    }
}

fn list(desk: &Desk<'_>, call: &Call, via: Via) -> Reply {
    let mail = locked(&desk.state.mail);
    let after = call.asked("cursor").and_then(|cursor| cursor.strip_prefix("v1_")?.parse::<u64>().ok());
    let fits = |one: &&Attempt| match call.asked("status") {
        Some("success") => one.arrived(),
        Some("failure") => !one.arrived(),
        _ => true,
    };
    let newest_first = mail.kept(via, desk.now).into_iter().rev().filter(fits);
    let mut rest = newest_first.filter(|one| after.is_none_or(|after| one.id < after)).peekable();
    let size = per_page(call);
    let page: Vec<&Attempt> = rest.by_ref().take(size).collect();
    let body: Vec<Value> = page.iter().map(|one| one.brief()).collect();
    let reply = Reply::ok(Value::Array(body));
    match (rest.peek(), page.last()) {
        (Some(_), Some(last)) => {
            let next = with_query(call, &desk.state.url, "cursor", &format!("v1_{}", last.id));
            reply.with("link", format!("<{next}>; rel=\"next\""))
        }
        _ => reply,
    }
}
