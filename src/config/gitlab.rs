//! `[[gitlab]]`.

use std::ops::RangeInclusive;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::Duration;
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    forges::name,
    secrets::{Vault, strong},
    settings::{DEFAULT_GITLAB_INTERVAL, DEFAULT_GITLAB_NAME, DEFAULT_GITLAB_URL, GitlabSettings},
    urls::{Scheme, url},
};
use crate::document::{Node, Table};

const KEYS: [&str; 6] = ["name", "url", "token", "webhook_secret", "signing_token", "write_interval"];

const WRITE_INTERVALS: RangeInclusive<Duration> = Duration::zero()..=Duration::seconds(60);

pub(super) fn gitlab(table: &Table<'_>, vault: &Vault<'_>, names: &mut Vec<String>) -> Option<GitlabSettings> {
    table.only(&KEYS);
    let name = name(table, DEFAULT_GITLAB_NAME, names);
    let url = match table.get("url") {
        Some(node) => url(&node, Scheme::Guarded).filter(|url| is_site(&node, url)),
        None => Some(DEFAULT_GITLAB_URL.to_owned()),
    };
    let token = table.need("token").and_then(|node| vault.token(&node));
    let secrets = table.get("webhook_secret").map(|node| plain(&node, strong(&node, vault.secrets(&node))));
    let signing = table.get("signing_token").map(|node| signing(&node, vault.secrets(&node)));
    if secrets.is_none() && signing.is_none() {
        table.reject_absence(
            "has neither `signing_token` nor `webhook_secret`, so nobody could tell GitLab's deliveries from others; write \
             signing_token = { env = \"HOTWASH_GITLAB_SIGNING\" } (GitLab 19 and later) or webhook_secret = { env = \
             \"HOTWASH_GITLAB_SECRET\" }",
        );
    }
    let write_interval =
        table.get("write_interval").map_or(Some(DEFAULT_GITLAB_INTERVAL), |node| node.span(&WRITE_INTERVALS));
    Some(GitlabSettings {
        name: name?,
        url: url?,
        token: token?,
        webhook_secrets: secrets.unwrap_or_default(),
        signing_tokens: signing.unwrap_or_default(),
        write_interval: write_interval?,
    })
}

/// The address of the API in the place of the site would only show as "not found", issue by issue.
fn is_site(node: &Node<'_>, url: &str) -> bool {
    if url.contains("/api/v4") || url.ends_with("/api") {
        node.reject("is the address of the API; write the address that people use, as in https://gitlab.com");
        return false;
    }
    true
}

fn signing(node: &Node<'_>, tokens: Vec<SecretString>) -> Vec<SecretString> {
    if tokens.iter().any(|token| !is_signing(token)) {
        node.reject(
            "is no signing token, which begins whsec_ and goes on in base64; GitLab shows it once, when it is made",
        );
    }
    tokens
}

/// GitLab never sends a signing token along, so as a secret token it would fit no delivery.
fn plain(node: &Node<'_>, secrets: Vec<SecretString>) -> Vec<SecretString> {
    if secrets.iter().any(is_signing) {
        node.reject("is a signing token, which is never sent along; write it under `signing_token`");
    }
    secrets
}

/// `whsec_` and base64, as Standard Webhooks has it.
fn is_signing(token: &SecretString) -> bool {
    let rest = token.expose_secret().strip_prefix("whsec_");
    rest.is_some_and(|rest| STANDARD.decode(rest).is_ok_and(|key| !key.is_empty()))
}
