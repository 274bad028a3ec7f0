//! Accounts, and what the server is.

use serde_json::{Value, json};

use super::super::{
    super::line::{call::Call, reply::Reply},
    asked::Asked,
    desk::Desk,
    pages::page,
    wire,
};

/// The version that is played.
const VERSION: &str = "19.5.0-ee";

pub(in super::super) fn me(desk: &Desk<'_>) -> Reply {
    let mut shown = wire::user(&desk.caller.user);
    if let Value::Object(fields) = &mut shown {
        let bot = wire::is_bot(&desk.caller.user) || desk.caller.user.login.as_str().contains("bot");
        fields.insert("bot".to_owned(), json!(bot));
    }
    Reply::ok(shown)
}

pub(in super::super) fn named(desk: &Desk<'_>, call: &Call) -> Reply {
    let asked = Asked::of(call);
    let found: Vec<_> = asked.text("username").and_then(|name| desk.world.user(name)).into_iter().collect();
    page(call, &desk.state.url, found, wire::user)
}

pub(in super::super) fn version() -> Reply {
    Reply::ok(json!({ "version": VERSION, "revision": "0000000", "enterprise": true }))
}
