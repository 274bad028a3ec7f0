//! Who asks, by which secret.

use super::{
    super::model::{AppId, Grants, InstallationId, Level, Selection, Token, UserId, World},
    call::Call,
    reply::Reply,
    signature,
};
use crate::domain::time::Moment;

/// Who asks.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// The account behind it; an App's signature has none.
    pub(super) user: Option<UserId>,
    pub(super) means: Means,
    /// What tells one caller's budget from another's.
    pub(super) purse: String,
}

/// By what means.
#[derive(Debug, Clone)]
pub(super) enum Means {
    Nobody,
    Personal { scopes: Vec<String>, expires_at: Option<Moment> },
    App(AppId),
    Installed { installation: InstallationId, selection: Selection, grants: Grants },
}

impl Caller {
    /// Who a request is from. `signing` is the time that signatures are dated by.
    pub(super) fn of(call: &Call, world: &World, now: Moment, signing: Moment) -> Result<Self, Reply> {
        let Some(given) = call.header("authorization") else {
            return Ok(Self { user: None, means: Means::Nobody, purse: "nobody".to_owned() });
        };
        let secret = secret_of(given).ok_or_else(bad)?;
        if secret.starts_with("ey") {
            let app = signature::verify(world, &secret, signing).map_err(|why| Reply::message(401, why))?;
            return Ok(Self { user: None, means: Means::App(app.id), purse: format!("app {}", app.id) });
        }
        match world.token(&secret).ok_or_else(bad)? {
            Token::Personal { expires_at, .. } if expires_at.is_some_and(|end| end <= now) => Err(bad()),
            Token::Installed { expires_at, .. } if *expires_at <= now => Err(bad()),
            Token::Personal { user, scopes, expires_at } => Ok(Self {
                user: Some(*user),
                means: Means::Personal { scopes: scopes.clone(), expires_at: *expires_at },
                purse: format!("user {user}"),
            }),
            Token::Installed { installation, selection, grants, .. } => {
                let found = world.installation(*installation).ok_or_else(bad)?;
                if found.suspended {
                    return Err(Reply::message(403, "This installation has been suspended"));
                }
                let means =
                    Means::Installed { installation: found.id, selection: selection.clone(), grants: grants.clone() };
                let user = world.app(found.app).map(|app| app.account);
                Ok(Self { user, means, purse: format!("installation {}", found.id) })
            }
        }
    }

    /// What the answer to a token says about it. Fine-grained tokens, here those without scopes, have none to tell.
    pub(super) fn told(&self, reply: Reply) -> Reply {
        let Means::Personal { scopes, expires_at } = &self.means else { return reply };
        let reply = if scopes.is_empty() { reply } else { reply.with("x-oauth-scopes", scopes.join(", ")) };
        match expires_at {
            Some(at) => {
                let stamp = at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
                reply.with("github-authentication-token-expiration", stamp)
            }
            None => reply,
        }
    }

    pub(super) fn is_integration(&self) -> bool {
        matches!(self.means, Means::App(_) | Means::Installed { .. })
    }

    pub(super) fn has_scope(&self, wanted: &str) -> bool {
        match &self.means {
            Means::Personal { scopes, .. } => scopes.iter().any(|scope| scope == wanted),
            _ => false,
        }
    }

    /// Whether an installation's token was given this; people's own tokens are judged by scope and access.
    pub(super) fn granted(&self, noun: &str, level: Level) -> bool {
        match &self.means {
            Means::Installed { grants, .. } => grants.get(noun).is_some_and(|given| *given >= level),
            Means::App(_) => false,
            Means::Nobody | Means::Personal { .. } => true,
        }
    }
}

/// `Bearer X`, `token X`, or the password of `Basic`.
fn secret_of(header: &str) -> Option<String> {
    let (scheme, rest) = header.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => Some(rest.trim().to_owned()),
        _ => None,
    }
}

fn bad() -> Reply {
    Reply::message(401, "Bad credentials")
}
