//! Accounts, and what the server is.

use serde_json::{Value, json};

use super::super::{
    super::{
        line::{
            call::Call,
            reply::{Answered, Reply},
        },
        model::{Deed, User, UserId},
    },
    asked::Asked,
    desk::{Desk, forbidden, not_found},
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

/// An account by its number.
pub(in super::super) fn show(desk: &Desk<'_>, id: &str) -> Answered {
    numbered(desk, id).map(|user| Reply::ok(wire::user(user)))
}

/// Shuts an account out or lets it in again; GitLab says whether that changed anything.
pub(in super::super) fn block(desk: &mut Desk<'_>, id: &str, blocked: bool) -> Answered {
    if !desk.is_admin() {
        return Err(forbidden());
    }
    let (who, was) = numbered(desk, id).map(|user| (user.id, user.blocked))?;
    if who == desk.caller.user.id {
        return Err(Reply::new(403, json!({ "message": "403 Forbidden - You cannot block yourself" })));
    }
    desk.perform(Deed::SetBlocked { who, blocked })?;
    Ok(Reply::new(201, json!(was != blocked)))
}

fn numbered<'a>(desk: &'a Desk<'_>, id: &str) -> Result<&'a User, Reply> {
    let found = id.parse().ok().and_then(|id| desk.world.user_by_id(UserId(id)));
    found.ok_or_else(|| not_found("404 User Not Found"))
}
