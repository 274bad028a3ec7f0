//! What the program is told, apart from projects, and every default that is not a project's own.
//!
//! Defaults of a project stand with its nouns in `domain::project` and `domain::calendar`.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use chrono::Duration;
use secrecy::SecretString;

/// The file that is read where none is named.
pub const DEFAULT_CONFIG: &str = "hotwash.toml";
/// The mention where a project names none: commands begin with `@hotwash`.
pub(super) const DEFAULT_MENTION: &str = "hotwash";
/// GitHub's own API.
pub(super) const DEFAULT_GITHUB_API: &str = "https://api.github.com";
/// A forge's name where none is given; its webhook is `POST /webhooks/github`.
pub(super) const DEFAULT_GITHUB_NAME: &str = "github";
/// GitLab's own site.
pub(super) const DEFAULT_GITLAB_URL: &str = "https://gitlab.com";
/// A forge's name where none is given; its webhook is `POST /webhooks/gitlab`.
pub(super) const DEFAULT_GITLAB_NAME: &str = "gitlab";
/// gitlab.com takes 60 notes a minute.
pub(super) const DEFAULT_GITLAB_INTERVAL: Duration = Duration::seconds(2);
/// GitHub asks for at least this long between writes.
pub(super) const DEFAULT_WRITE_INTERVAL: Duration = Duration::seconds(1);

/// HTTP, logs, and the key of the bot's own marks.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// How the forge and people reach it, without a trailing slash.
    pub public_url: String,
    /// The key of the keyed hash in the bot's markers. Where none is configured: lower-case hex of HMAC-SHA256 over
    /// `hotwash marker key` keyed with the first forge's first webhook secret.
    pub marker_key: SecretString,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// The least level that is logged.
    pub log_level: LogLevel,
}

impl ServerSettings {
    /// Where the server listens unless told otherwise.
    #[must_use]
    pub fn default_listen() -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// The least level that is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogLevel {
    /// Only failures.
    Error,
    /// What somebody should look at, too.
    Warn,
    /// What was done, too.
    #[default]
    Info,
    /// Why, too.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// The word for it in configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// Where facts are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSettings {
    /// The SQLite file; a relative name in the configuration starts from the configuration's folder.
    pub path: PathBuf,
}

/// How work is done. Spans of machine time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineSettings {
    /// How long after a write of unknown outcome the thread is searched for it.
    pub settle: Duration,
    /// How long until the search is repeated.
    pub recheck: Duration,
    /// How long a worker may hold an incident without a sign of life.
    pub lease: Duration,
    /// How often the forge is asked what changed.
    pub sweep_every: Duration,
    /// Failed attempts after which an incident's deliveries are set aside.
    pub park_after: u32,
    /// How long bodies of finished deliveries are kept.
    pub forget_bodies_after: Duration,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            settle: Duration::seconds(30),
            recheck: Duration::seconds(10),
            lease: Duration::seconds(60),
            sweep_every: Duration::minutes(5),
            park_after: 20,
            forget_bodies_after: Duration::days(30),
        }
    }
}

/// One GitHub instance.
#[derive(Debug, Clone)]
pub struct GithubSettings {
    /// Its name here; its webhook is `POST /webhooks/<name>`.
    pub name: String,
    /// Root of its REST API, without a trailing slash. HTTPS, or HTTP on loopback.
    pub api_url: String,
    /// One, or two while rotating; a signature by either is good.
    pub webhook_secrets: Vec<SecretString>,
    /// Who the bot is.
    pub auth: GithubAuth,
    /// Repositories with the visibility `internal` count as private enough.
    pub allow_internal: bool,
    /// The least time between two writes.
    pub write_interval: Duration,
}

/// Who the bot is on GitHub.
#[derive(Debug, Clone)]
pub enum GithubAuth {
    /// A GitHub App.
    App {
        /// The app's id.
        id: u64,
        /// Its RSA key in PEM.
        private_key: SecretString,
    },
    /// A personal access token.
    Token(SecretString),
}

/// One GitLab instance.
#[derive(Debug, Clone)]
pub struct GitlabSettings {
    /// Its name here; its webhook is `POST /webhooks/<name>`.
    pub name: String,
    /// The address that people use, without a trailing slash. HTTPS, or HTTP on loopback.
    pub url: String,
    /// A personal, project or group access token.
    pub token: SecretString,
    /// Secret tokens, sent along as they are; two while rotating. Not looked at where there are signing tokens.
    pub webhook_secrets: Vec<SecretString>,
    /// Signing tokens; two while rotating.
    pub signing_tokens: Vec<SecretString>,
    /// The least time between two writes.
    pub write_interval: Duration,
}
