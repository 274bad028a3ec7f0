//! `[server]` and `[store]`.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use super::{
    secrets::Vault,
    settings::{LogFormat, LogLevel, ServerSettings, StoreSettings},
    urls::{Scheme, url},
};
use crate::document::{Hint, Node, Table, quoted};

const FORMATS: [(&str, LogFormat); 2] = [("text", LogFormat::Text), ("json", LogFormat::Json)];
const LEVELS: [LogLevel; 5] = [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace];

/// The default database, next to the configuration.
const DEFAULT_STORE: &str = "hotwash.db";

/// What the derived marker key is a keyed hash of. Part of the contract: operators can compute the key themselves.
const DERIVED: &[u8] = b"hotwash marker key";

pub(super) fn server(
    root: &Table<'_>,
    vault: &Vault<'_>,
    first_secret: Option<&SecretString>,
) -> Option<ServerSettings> {
    let table = root.sub("server");
    let get = |key: &str| table.as_ref().and_then(|table| table.get(key));
    if let Some(table) = &table {
        table.only(&["listen", "public_url", "marker_key", "log_format", "log_level"]);
    }
    let listen = get("listen").map_or(Some(ServerSettings::default_listen()), |node| address(&node));
    let public_url = match get("public_url") {
        Some(node) => url(&node, Scheme::Any),
        None => listen.map(|listen| format!("http://{listen}")),
    };
    let log_format = get("log_format").map_or(Some(LogFormat::default()), |node| node.choice(&FORMATS));
    let levels = LEVELS.map(|level| (level.as_str(), level));
    let log_level = get("log_level").map_or(Some(LogLevel::default()), |node| node.choice(&levels));
    let marker_key = if let Some(node) = get("marker_key") {
        vault.secret(&node)
    } else {
        warn_of_rotation(root);
        first_secret.map(derived_marker_key)
    };
    Some(ServerSettings {
        listen: listen?,
        public_url: public_url?,
        marker_key: marker_key?,
        log_format: log_format?,
        log_level: log_level?,
    })
}

/// Where the server listens; its usual place where nothing is said.
pub(super) fn listen(root: &Table<'_>) -> Option<SocketAddr> {
    let node = root.sub("server").and_then(|table| table.get("listen"));
    node.map_or(Some(ServerSettings::default_listen()), |node| address(&node))
}

fn address(node: &Node<'_>) -> Option<SocketAddr> {
    let text = node.text()?;
    let address = text.parse().ok();
    if address.is_none() {
        let advice = "write an IP address and a port, as in 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080";
        node.reject(format!("{} is not an address to listen on; {advice}", quoted(text)));
    }
    address
}

/// Whoever can verify deliveries could forge marks anyway, so a key derived from their secret guards no less.
///
/// # Panics
/// Never: HMAC takes a key of any length, and a string takes everything.
#[must_use]
pub fn derived_marker_key(secret: &SecretString) -> SecretString {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("HMAC takes a key of any length");
    mac.update(DERIVED);
    let mut hex = String::new();
    for byte in mac.finalize().into_bytes() {
        write!(hex, "{byte:02x}").expect("a string takes everything");
    }
    SecretString::from(hex)
}

/// A derived key changes with the secret, and the bot would no longer know its own comments.
fn warn_of_rotation(root: &Table<'_>) {
    let (github, gitlab) = (root.each("github"), root.each("gitlab"));
    let first = github.first().or(gitlab.first());
    let secrets = first.and_then(|table| table.get("signing_token").or_else(|| table.get("webhook_secret")));
    if let Some(node) = secrets.filter(|node| node.is_list() && node.items().len() == 2) {
        node.warn(
            "the marker key is derived from one of these; set server.marker_key before the old one is taken out, or the bot \
             no longer knows the comments it wrote before (docs/operations.md, Rotation)",
        );
    }
}

pub(super) fn store(root: &Table<'_>, folder: &Path) -> Option<StoreSettings> {
    let table = root.sub("store");
    if let Some(table) = &table {
        table.only(&["url"]);
    }
    let path = match table.and_then(|table| table.get("url")) {
        Some(node) => store_path(&node, folder)?,
        None => PathBuf::from(DEFAULT_STORE),
    };
    Some(StoreSettings { path: folder.join(path) })
}

/// Quotes nothing: a database URL can carry a password.
fn store_path(node: &Node<'_>, folder: &Path) -> Option<PathBuf> {
    let text = node.text()?;
    let path = text.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
    let fault = match path {
        None if text.starts_with("postgres://") || text.starts_with("postgresql://") => {
            "names a PostgreSQL database, which this version cannot use; write sqlite:PATH"
        }
        None => "is not a database of this program",
        Some("") => "names no file",
        Some(path) if path.starts_with(':') || path.contains('?') => "names no lasting file",
        Some(path) if folder.join(path).is_dir() => "names a folder",
        Some(path) => return Some(PathBuf::from(path)),
    };
    node.reject_for(fault, Hint::Allowed(vec!["sqlite:PATH, as in sqlite:hotwash.db".to_owned()]));
    None
}
