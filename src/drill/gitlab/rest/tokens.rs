//! The caller's own token.

use serde_json::{Value, json};

use super::super::{
    super::{
        line::reply::{Answered, Reply},
        model::Token,
    },
    desk::Desk,
    wire::stamp,
};

pub(in super::super) fn own(desk: &Desk<'_>) -> Reply {
    Reply::ok(shown(desk))
}

/// The new secret is shown once; the old one ends at once.
pub(in super::super) fn rotate(desk: &mut Desk<'_>, project: &str) -> Answered {
    desk.project(project)?;
    let secret = format!("glpat-drill-{}", desk.world.count_token());
    let (user, scopes, expires_at) = (
        desk.caller.user.id,
        desk.caller.scopes.clone(),
        desk.caller.expires_at.map(|_| desk.now + chrono::TimeDelta::days(7)),
    );
    let old = desk.caller.secret.clone();
    desk.world.revoke(&old);
    desk.world.add_token(&secret, Token::Personal { user, scopes, expires_at });
    desk.caller.expires_at = expires_at;
    let mut body = shown(desk);
    if let Value::Object(fields) = &mut body {
        fields.insert("token".to_owned(), json!(secret));
    }
    Ok(Reply::ok(body))
}

fn shown(desk: &Desk<'_>) -> Value {
    json!({
        "id": desk.caller.user.id.0, "name": "drill", "revoked": false, "active": true, "user_id": desk.caller.user.id.0,
        "scopes": desk.caller.scopes, "created_at": stamp(desk.now),
        "expires_at": desk.caller.expires_at.map(|at| at.format("%Y-%m-%d").to_string()),
    })
}
