//! What GitHub says of how things are set up, leniently, and what it means.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::DateTime;
use http::HeaderMap;
use serde::Deserialize;

use super::super::{
    super::{ForgeError, inspect::plain},
    answer::{Answer, unknown},
    wire,
};
use crate::domain::{
    people::Account,
    setup::{Bearer, Hook, Proof, Rights, Standing},
    time::Moment,
};

/// Without these, work waits for the sweep.
const NEEDED: [&str; 2] = ["issues", "issue_comment"];
/// Without these, it is known only later that others can read the repository.
const WANTED: [&str; 2] = ["repository", "public"];

type Permissions = BTreeMap<String, String>;

/// `3.17.0`, of an Enterprise Server.
pub(super) fn version(headers: &HeaderMap) -> Option<String> {
    let said = headers.get("x-github-enterprise-version")?.to_str().ok()?;
    Some(said.rsplit('@').next().unwrap_or(said).to_owned())
}

pub(super) fn as_app(answer: &Answer, what: &str) -> Result<Bearer, ForgeError> {
    let own: Own = answer.read(what)?;
    let slug = own.slug.ok_or_else(|| unknown(what, "the App has no slug"))?;
    let rights = of_app(&own.permissions.unwrap_or_default());
    Ok(Bearer { account: Account::new(0, format!("{slug}[bot]")), is_program: true, rights, expires_at: None })
}

pub(super) fn as_user(answer: &Answer, what: &str) -> Result<Bearer, ForgeError> {
    let is_program = answer.read::<Kind>(what)?.kind.as_deref() == Some("Bot");
    let account = answer.read::<wire::User>(what)?.account();
    let account = account.ok_or_else(|| unknown(what, "the answer names no account"))?;
    let text = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok());
    let expires_at = text("github-authentication-token-expiration").and_then(moment);
    Ok(Bearer { account, is_program, rights: of_scopes(text("x-oauth-scopes")), expires_at })
}

/// `2026-12-01 09:00:00 UTC`, or with an offset in the place of the zone.
fn moment(text: &str) -> Option<Moment> {
    let text = text.trim().replace(" UTC", " +0000");
    DateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S %z").ok().map(|at| at.to_utc())
}

/// Classic tokens have scopes. Of fine-grained ones GitHub does not tell.
fn of_scopes(header: Option<&str>) -> Rights {
    let Some(header) = header else { return Rights::default() };
    let held: Vec<String> =
        header.split(',').map(|scope| scope.trim().to_owned()).filter(|scope| !scope.is_empty()).collect();
    let missing = if held.iter().any(|scope| scope == "repo") { Vec::new() } else { vec!["repo".to_owned()] };
    Rights { held: Some(held), missing, useful: Vec::new() }
}

pub(super) fn of_app(permissions: &Permissions) -> Rights {
    let held = permissions.iter().map(|(noun, level)| format!("{noun}: {level}")).collect();
    let writes = permissions.get("issues").is_some_and(|level| level == "write");
    let missing = if writes { Vec::new() } else { vec!["issues: write".to_owned()] };
    let reads = permissions.contains_key("contents");
    let useful =
        if reads { Vec::new() } else { vec![("contents: read".to_owned(), "looking at the templates".to_owned())] };
    Rights { held: Some(held), missing, useful }
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// An App, to itself.
#[derive(Deserialize)]
pub(super) struct Own {
    slug: Option<String>,
    permissions: Option<Permissions>,
    events: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub(super) struct Installation {
    pub(super) id: Option<u64>,
    account: Option<Owner>,
    pub(super) permissions: Option<Permissions>,
    pub(super) suspended_at: Option<String>,
}

impl Installation {
    /// Switched off, and this owner's.
    pub(super) fn is_suspended_at(&self, owner: &str) -> bool {
        let login = self.account.as_ref().and_then(|account| account.login.as_deref());
        self.suspended_at.is_some() && login.is_some_and(|login| login.eq_ignore_ascii_case(owner))
    }
}

#[derive(Deserialize)]
struct Owner {
    login: Option<String>,
}

/// What else is said of a repository.
#[derive(Deserialize)]
pub(super) struct More {
    pub(super) has_issues: Option<bool>,
    role_name: Option<String>,
    permissions: Option<BTreeMap<String, bool>>,
}

impl More {
    pub(super) fn rights(&self) -> Rights {
        let Some(permissions) = &self.permissions else { return Rights::default() };
        let may = |noun: &str| permissions.get(noun) == Some(&true);
        let all =
            [("admin", "admin"), ("maintain", "maintain"), ("push", "write"), ("triage", "triage"), ("pull", "read")];
        let best = all.into_iter().find(|(noun, _)| may(noun)).map(|(_, role)| role.to_owned());
        let role = self.role_name.clone().or(best);
        let missing = if may("push") { Vec::new() } else { vec!["write".to_owned()] };
        let hooks = "seeing how the webhook fares, and asking for failed deliveries again".to_owned();
        let useful = if may("admin") { Vec::new() } else { vec![("admin".to_owned(), hooks)] };
        Rights { held: Some(role.into_iter().collect()), missing, useful }
    }
}

#[derive(Deserialize)]
pub(super) struct OneHook {
    pub(super) config: Config,
    events: Option<Vec<String>>,
    active: Option<bool>,
    last_response: Option<Response>,
}

#[derive(Deserialize)]
pub(super) struct Config {
    url: Option<String>,
    content_type: Option<String>,
    /// A text or a number, `1` where certificates are not looked at.
    insecure_ssl: Option<serde_json::Value>,
    secret: Option<String>,
}

impl Config {
    pub(super) fn delivers_to(&self, forge: &str) -> bool {
        plain(self.url.as_deref().unwrap_or_default()).ends_with(&format!("/webhooks/{forge}"))
    }

    fn is_insecure(&self) -> bool {
        self.insecure_ssl.as_ref().is_some_and(|said| matches!(said.to_string().trim_matches('"'), "1" | "true"))
    }
}

#[derive(Deserialize)]
struct Response {
    code: Option<u16>,
    status: Option<String>,
}

impl Response {
    /// How it failed; `None` where it did not, or where there was none.
    fn failure(self) -> Option<String> {
        match self.code {
            Some(200..=299) => None,
            Some(code) if code > 0 => Some(code.to_string()),
            _ => self.status.filter(|status| status != "unused" && status != "active").map(|_| "no answer".to_owned()),
        }
    }
}

impl OneHook {
    /// The one that an App has.
    pub(super) fn of_app(config: Config, own: Own) -> Self {
        Self { config, events: own.events, active: Some(true), last_response: None }
    }

    pub(super) fn neutral(mut self) -> Hook {
        let failing = self.last_response.take().and_then(Response::failure);
        self.with(failing)
    }

    pub(super) fn with(self, failing: Option<String>) -> Hook {
        let events = self.events.unwrap_or_default();
        let lacks = |wanted: &[&str]| -> Vec<String> {
            let heard = |name: &str| events.iter().any(|event| event == "*" || event == name);
            wanted.iter().filter(|name| !heard(name)).map(|name| (*name).to_owned()).collect()
        };
        Hook {
            url: plain(self.config.url.as_deref().unwrap_or_default()),
            standing: if self.active == Some(false) { Standing::Off } else { Standing::On },
            unheard: lacks(&NEEDED),
            missed: lacks(&WANTED),
            proofs: Some(self.config.secret.iter().map(|_| Proof::Secret).collect()),
            verifies_tls: !self.config.is_insecure(),
            is_json: self.config.content_type.as_deref() == Some("json"),
            failing,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Delivery {
    pub(super) delivered_at: Option<Moment>,
    pub(super) repository_id: Option<u64>,
    status: Option<String>,
    status_code: Option<u16>,
}

impl Delivery {
    pub(super) fn failure(self) -> Option<String> {
        let arrived = self.status.as_deref() == Some("OK");
        let response = Response { code: self.status_code, status: self.status };
        response.failure().filter(|_| !arrived)
    }
}

/// A file or an entry of a folder.
#[derive(Deserialize)]
pub(super) struct File {
    pub(super) name: Option<String>,
    encoding: Option<String>,
    content: Option<String>,
}

impl File {
    pub(super) fn text(self) -> Option<String> {
        self.encoding.filter(|encoding| encoding == "base64")?;
        let packed: String = self.content?.split_whitespace().collect();
        String::from_utf8(STANDARD.decode(packed).ok()?).ok()
    }
}
