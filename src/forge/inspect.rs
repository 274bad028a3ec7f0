//! How a forge, a project and its webhook are set up: questions that change nothing.
//!
//! What always holds: an answer holds no secret; what the token may not see is an answer ([`Shown::Needs`]), not an error.
//! What is deliberately not here: whether any of it is good enough (`audit::setup`).

use async_trait::async_trait;
use chrono::{DateTime, Duration};
use http::{HeaderMap, header};

use super::ForgeError;
use crate::domain::{
    setup::{Found, Hook, Server, Shown, Template},
    time::Moment,
};

/// Asks how a forge is set up.
#[async_trait]
pub trait Inspect: Send + Sync {
    /// The server, its clock, and what came of the token. A token that is refused is an answer.
    async fn server(&self) -> Result<Server, ForgeError>;
    /// The project, and what the bot may do in it. `ForgeError::Gone` where it is not there for the bot.
    async fn place(&self, project: &str) -> Result<Found, ForgeError>;
    /// The webhooks that deliver to an intake of this forge's name.
    async fn hooks(&self, project: &str) -> Result<Shown<Vec<Hook>>, ForgeError>;
    /// The templates for issues on the default branch.
    async fn templates(&self, project: &str) -> Result<Shown<Vec<Template>>, ForgeError>;
    /// The folder that templates belong into.
    fn template_folder(&self) -> &'static str;
}

/// More templates than this are not looked at, larger ones neither.
pub(super) const MOST_TEMPLATES: usize = 30;

/// How far the machine's clock is ahead of the one that dated an answer, asked at `before` and had at `after`. The date
/// is in whole seconds, so up to half a second either way is no difference.
pub(super) fn ahead(headers: &HeaderMap, before: Moment, after: Moment) -> Option<Duration> {
    let date = headers.get(header::DATE)?.to_str().ok()?;
    let theirs = DateTime::parse_from_rfc2822(date).ok()?.to_utc() + Duration::milliseconds(500);
    Some((before + (after - before) / 2) - theirs)
}

/// What is shown of an address: neither user nor query, which can be secret.
pub(super) fn plain(url: &str) -> String {
    let whole = url.split(['?', '#']).next().unwrap_or_default();
    match whole.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(path)));
            let host = authority.rsplit('@').next().unwrap_or_default();
            path.map_or_else(|| format!("{scheme}://{host}"), |path| format!("{scheme}://{host}/{path}"))
        }
        None => whole.to_owned(),
    }
}
