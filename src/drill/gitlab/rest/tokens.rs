//! Tokens of persons: one's own, and everybody's for who runs the forge.

use serde_json::{Value, json};

use super::super::{
    super::{
        line::{
            call::Call,
            reply::{Answered, Reply},
        },
        model::{Deed, Token, UserId},
    },
    asked::Asked,
    caller::unauthorised,
    desk::{Desk, not_found},
    pages::page,
    wire::stamp,
};

/// `/personal_access_tokens`, by `user_id`. Whoever does not run the forge asks for their own.
pub(in super::super) fn list(desk: &Desk<'_>, call: &Call) -> Answered {
    let me = desk.caller.user.id;
    let wanted = match Asked::of(call).text("user_id").map(str::parse) {
        None if desk.is_admin() => None,
        None => Some(me),
        Some(Ok(id)) if desk.is_admin() || me.0 == id => Some(UserId(id)),
        Some(_) => return Err(unauthorised()),
    };
    let alive = desk.world.tokens().map(|(secret, token)| (secret, token, false));
    let ended = desk.extras.ended.iter().map(|(secret, token)| (secret.as_str(), token, true));
    let all: Vec<Value> = alive
        .chain(ended)
        .filter(|(_, token, _)| owner(token).is_some_and(|user| wanted.is_none_or(|wanted| wanted == user)))
        .map(|(secret, token, revoked)| shown(desk, secret, token, revoked))
        .collect();
    Ok(page(call, &desk.state.url, all, |token| token))
}

pub(in super::super) fn own(desk: &Desk<'_>) -> Answered {
    let secret = &desk.caller.secret;
    let token = desk.world.token(secret).ok_or_else(unauthorised)?;
    Ok(Reply::ok(shown(desk, secret, token, false)))
}

/// Ends a token by its number, or the one that the caller came by.
pub(in super::super) fn revoke(desk: &mut Desk<'_>, id: &str) -> Answered {
    let named =
        |secret: &str| if id == "self" { secret == desk.caller.secret } else { number(secret).to_string() == id };
    let found = desk.world.tokens().find(|(secret, _)| named(secret));
    let (secret, token) =
        found.map(|(secret, token)| (secret.to_owned(), token.clone())).ok_or_else(|| not_found("404 Not found"))?;
    let mine = owner(&token) == Some(desk.caller.user.id);
    if !mine && !desk.is_admin() {
        return Err(Reply::new(400, json!({ "message": "400 Bad request" })));
    }
    desk.perform(Deed::EndToken { id: number(&secret), secret: secret.clone() })?;
    desk.extras.ended.push((secret, token));
    Ok(Reply::done())
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
    if let Some(token) = desk.world.token(&old).cloned() {
        desk.extras.ended.push((old.clone(), token));
    }
    desk.world.revoke(&old);
    let token = Token::Personal { user, scopes, expires_at };
    desk.world.add_token(&secret, token.clone());
    let mut body = shown(desk, &secret, &token, false);
    if let Value::Object(fields) = &mut body {
        fields.insert("token".to_owned(), json!(secret));
    }
    Ok(Reply::ok(body))
}

fn owner(token: &Token) -> Option<UserId> {
    match token {
        Token::Personal { user, .. } => Some(*user),
        Token::Installed { .. } => None,
    }
}

/// A number that the secret decides and that does not tell it.
fn number(secret: &str) -> u64 {
    let digest = crate::drill::github::digest(secret.as_bytes());
    u64::from_str_radix(digest.get(..8).unwrap_or_default(), 16).unwrap_or_default()
}

fn shown(desk: &Desk<'_>, secret: &str, token: &Token, revoked: bool) -> Value {
    let Token::Personal { user, scopes, expires_at } = token else { return Value::Null };
    let active = !revoked && expires_at.is_none_or(|end| end > desk.now);
    // The model does not say when a token was made; the forge began with its first project.
    let made = desk.world.projects().map(|project| project.created_at).min().unwrap_or(desk.now);
    json!({
        "id": number(secret), "name": "drill", "revoked": revoked, "active": active, "user_id": user.0, "scopes": scopes,
        "created_at": stamp(made), "last_used_at": desk.extras.used.get(secret).copied().map(stamp),
        "expires_at": expires_at.map(|at| at.format("%Y-%m-%d").to_string()),
    })
}
