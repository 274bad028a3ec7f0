//! `[[github]]` and, with `gitlab`, `[[gitlab]]`.

use std::ops::RangeInclusive;

use chrono::Duration;
use http::Uri;
use secrecy::SecretString;

use super::{
    secrets::{Vault, no_key, strong},
    settings::{
        DEFAULT_GITHUB_API, DEFAULT_GITHUB_NAME, DEFAULT_WRITE_INTERVAL, GithubAuth, GithubSettings, GitlabSettings,
    },
    urls::{Scheme, url},
};
use crate::document::{Node, Table, quoted};

const KEYS: [&str; 7] = ["name", "api_url", "webhook_secret", "app", "token", "allow_internal", "write_interval"];

const WRITE_INTERVALS: RangeInclusive<Duration> = Duration::zero()..=Duration::seconds(60);

/// The forges of a configuration.
pub(super) struct Forges {
    /// Those that are whole.
    pub(super) github: Vec<GithubSettings>,
    /// The same of GitLab.
    pub(super) gitlab: Vec<GitlabSettings>,
    /// Names of all, the broken ones included, so that their projects are not blamed.
    pub(super) names: Vec<String>,
    /// Of these, the names of GitLab instances.
    pub(super) gitlabs: Vec<String>,
}

impl Forges {
    /// What the key of the marks is derived from where none is configured.
    pub(super) fn first_secret(&self) -> Option<&SecretString> {
        let github = self.github.iter().flat_map(|forge| &forge.webhook_secrets);
        let gitlab = self.gitlab.iter().flat_map(|forge| forge.signing_tokens.iter().chain(&forge.webhook_secrets));
        github.chain(gitlab).next()
    }
}

pub(super) fn forges(root: &Table<'_>, vault: &Vault<'_>) -> Forges {
    let (github, gitlab) = (root.each("github"), root.each("gitlab"));
    if github.is_empty() && gitlab.is_empty() {
        root.reject_absence(
            "has no [[github]] and no [[gitlab]], so there is nothing to watch; hotwash.example.toml shows both",
        );
    }
    let mut forges = Forges { github: Vec::new(), gitlab: Vec::new(), names: Vec::new(), gitlabs: Vec::new() };
    for table in &github {
        let settings = one(table, vault, &mut forges.names);
        forges.github.extend(settings);
    }
    for table in &gitlab {
        let before = forges.names.len();
        let settings = super::gitlab::gitlab(table, vault, &mut forges.names);
        forges.gitlabs.extend(forges.names.iter().skip(before).cloned());
        forges.gitlab.extend(settings);
    }
    forges
}

fn one(table: &Table<'_>, vault: &Vault<'_>, names: &mut Vec<String>) -> Option<GithubSettings> {
    table.only(&KEYS);
    let name = name(table, DEFAULT_GITHUB_NAME, names);
    let api_url = match table.get("api_url") {
        Some(node) => url(&node, Scheme::Guarded).filter(|url| is_api(&node, url)),
        None => Some(DEFAULT_GITHUB_API.to_owned()),
    };
    let webhook_secrets = table.need("webhook_secret").map(|node| strong(&node, vault.secrets(&node)));
    let auth = auth(table, vault);
    let allow_internal = table.get("allow_internal").map_or(Some(false), |node| node.flag());
    let write_interval =
        table.get("write_interval").map_or(Some(DEFAULT_WRITE_INTERVAL), |node| node.span(&WRITE_INTERVALS));
    Some(GithubSettings {
        name: name?,
        api_url: api_url?,
        webhook_secrets: webhook_secrets?,
        auth: auth?,
        allow_internal: allow_internal?,
        write_interval: write_interval?,
    })
}

/// The address of a website in the place of its API would only show as "not found", issue by issue.
fn is_api(node: &Node<'_>, url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return true };
    let host = uri.host().unwrap_or_default().to_lowercase();
    if matches!(host.as_str(), "github.com" | "www.github.com") {
        node.reject(format!("is GitHub's website; its API is {DEFAULT_GITHUB_API}"));
        return false;
    }
    if uri.scheme_str() == Some("https") && !host.starts_with("api.") && matches!(uri.path(), "" | "/") {
        node.warn("has no path; the API of a GitHub Enterprise Server is at https://HOST/api/v3");
    }
    true
}

/// It becomes part of the webhook's address, and projects refer to it.
pub(super) fn name(table: &Table<'_>, default: &str, names: &mut Vec<String>) -> Option<String> {
    let node = table.get("name");
    let name = node.as_ref().map_or(Some(default), Node::text)?;
    let refuse = |what: String| match &node {
        Some(node) => node.reject(what),
        None => table.reject(what),
    };
    let fits = name.len() <= 40 && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let taken = names.iter().any(|other| other == name);
    names.push(name.to_owned());
    if !fits {
        refuse(format!("{} is not a name for a forge; use up to 40 of a-z, 0-9 and -", quoted(name)));
    } else if taken {
        refuse(format!("{} is the name of an earlier forge already; give each its own `name`", quoted(name)));
    }
    (fits && !taken).then(|| name.to_owned())
}

/// Exactly one of `app` and `token`.
fn auth(table: &Table<'_>, vault: &Vault<'_>) -> Option<GithubAuth> {
    match (table.get("app"), table.get("token")) {
        (Some(app), None) => self::app(&app.table()?, vault),
        (None, Some(token)) => vault.token(&token).map(GithubAuth::Token),
        (Some(_), Some(token)) => {
            token.reject("stands beside `app`; keep one of the two");
            None
        }
        (None, None) => {
            let app = "app = { id = 4242, private_key = { file = \"app.pem\" } }";
            table.reject_absence(format!(
                "has neither `app` nor `token`; write {app} or token = {{ env = \"GITHUB_TOKEN\" }}"
            ));
            None
        }
    }
}

fn app(table: &Table<'_>, vault: &Vault<'_>) -> Option<GithubAuth> {
    table.only(&["id", "private_key"]);
    let id = table.need("id").and_then(|node| node.whole(&(1..=u32::MAX)));
    let key = table.need("private_key").and_then(|node| vault.secret_of(&node, no_key));
    Some(GithubAuth::App { id: u64::from(id?), private_key: key? })
}
