//! Who asks, by which token.

use serde_json::json;

use super::super::{
    line::{call::Call, reply::Reply},
    model::{Token, User, World},
};
use crate::domain::time::Moment;

/// The account behind a request, with the token that it came by.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) user: User,
    pub(super) secret: String,
    pub(super) expires_at: Option<Moment>,
    pub(super) scopes: Vec<String>,
}

impl Caller {
    pub(super) fn of(call: &Call, world: &World, now: Moment) -> Result<Self, Reply> {
        let bearer = call.header("authorization").and_then(|given| given.strip_prefix("Bearer "));
        let secret = call.header("private-token").or(bearer).ok_or_else(unauthorised)?;
        let Some(Token::Personal { user, scopes, expires_at }) = world.token(secret) else {
            return Err(unauthorised());
        };
        if expires_at.is_some_and(|end| end <= now) {
            let words = "Token is expired. You can either do re-authorization or token refresh.";
            return Err(Reply::new(401, json!({ "error": "invalid_token", "error_description": words })));
        }
        if !call.is_read() && !scopes.iter().any(|scope| scope == "api") {
            let words = "The request requires higher privileges than provided by the access token.";
            let body = json!({ "error": "insufficient_scope", "error_description": words, "scope": "api" });
            return Err(Reply::new(403, body));
        }
        let user = world.user_by_id(*user).cloned().ok_or_else(unauthorised)?;
        if user.blocked {
            return Err(Reply::new(403, json!({ "message": "403 Forbidden - Your account has been blocked." })));
        }
        Ok(Self { user, secret: secret.to_owned(), expires_at: *expires_at, scopes: scopes.clone() })
    }
}

pub(super) fn unauthorised() -> Reply {
    Reply::new(401, json!({ "message": "401 Unauthorized" }))
}
