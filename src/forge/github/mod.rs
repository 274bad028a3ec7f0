//! GitHub and GitHub Enterprise Server behind the two ports.
//!
//! What always holds: nothing that writes is sent twice by this room; before every write the repository is known to be
//! private; writes of one installation go one after the other with a pause between; no token, title, body or comment
//! enters an error. What is deliberately not here: deciding what to write, looking whether an uncertain write arrived,
//! and repeating anything (`engine`).
//!
//! The library gives transport and the App's signature. Requests, answers and paging are ours, because the library's
//! models refuse real payloads and its convenience calls repeat writes.

use std::{fmt, sync::Arc, time::Duration};

use secrecy::SecretString;

use super::{Forge, ForgeError, definitions::Definitions, paging::Sizes};
use crate::clock::SharedClock;

mod access; // whose token a request carries
mod answer; // the limits that an answer states
mod client; // one request, bounded in time
mod definitions; // label definitions known to exist
mod etags; // issues that need not be sent again
mod facts; // what was said of each repository lately
mod folding; // what makes folding a comment away cheap
mod graphql; // what only GraphQL can do
mod guard; // who can read the repository
mod identity; // the bot's own account
mod inspect; // how GitHub is set up for the bot
mod pages; // lists, page by page
mod read;
mod redeliver; // deliveries that failed
mod route; // paths, encoding, Link headers
pub mod webhook;
mod wire; // what GitHub sends, leniently
mod write;

/// How to reach one GitHub, and as whom.
#[derive(Debug, Clone)]
pub struct GithubConfig {
    /// Configured forge name, as in `POST /webhooks/<name>`.
    pub name: String,
    /// `https://api.github.com`, or `https://HOST/api/v3` for GitHub Enterprise Server.
    pub api_url: String,
    /// As whom.
    pub auth: Auth,
    /// The least time between two writes of one installation or token.
    pub write_interval: Duration,
    /// Repositories that the whole enterprise can read may be written to.
    pub allow_internal: bool,
    /// How long to wait.
    pub timeouts: Timeouts,
}

/// As whom the bot acts.
#[derive(Debug, Clone)]
pub enum Auth {
    /// A GitHub App, through its installation on each repository.
    App {
        /// The App's number.
        id: u64,
        /// Its RSA private key, PKCS#1 or PKCS#8, in PEM form.
        private_key_pem: SecretString,
    },
    /// A personal access token.
    Token(SecretString),
}

/// How long to wait for GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, TLS included. Past it, nothing was sent.
    pub connect: Duration,
    /// For a whole answer. Past it, the outcome is unknown. Longer than `connect`, so that the two are told apart.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(10) }
    }
}

impl GithubConfig {
    /// The usual pace and patience: a second between writes, 5 s to connect, 10 s for an answer, private repositories
    /// only.
    #[must_use]
    pub fn new(name: impl Into<String>, api_url: impl Into<String>, auth: Auth) -> Self {
        Self {
            name: name.into(),
            api_url: api_url.into(),
            auth,
            write_interval: Duration::from_secs(1),
            allow_internal: false,
            timeouts: Timeouts::default(),
        }
    }
}

/// One configured GitHub. Clones share tokens, limits and caches.
#[derive(Clone)]
pub struct Github {
    shared: Arc<Shared>,
}

/// What all clones of one `Github` share.
struct Shared {
    name: String,
    api_url: String,
    timeouts: Timeouts,
    write_interval: Duration,
    allow_internal: bool,
    clock: SharedClock,
    client: client::Client,
    access: access::Access,
    facts: facts::FactsCache,
    etags: etags::Etags,
    folding: folding::Folding,
    definitions: Definitions,
    me: identity::Me,
    sizes: Sizes,
}

impl Github {
    /// Checks the configuration and gets ready; connects on first use. Must be called inside a Tokio runtime, which
    /// drives the connections.
    ///
    /// # Errors
    ///
    /// `Invalid` for an address, token or key that cannot be used; `Unreachable` where the machine's certificates
    /// cannot be read.
    pub fn new(config: GithubConfig, clock: SharedClock) -> Result<Self, ForgeError> {
        let client = client::Client::new(config.name.clone(), Arc::clone(&clock), config.timeouts.total);
        let access = access::Access::new(&config)?;
        Ok(Self {
            shared: Arc::new(Shared {
                name: config.name,
                api_url: config.api_url,
                timeouts: config.timeouts,
                write_interval: config.write_interval,
                allow_internal: config.allow_internal,
                clock,
                client,
                access,
                facts: facts::FactsCache::default(),
                etags: etags::Etags::default(),
                folding: folding::Folding::default(),
                definitions: Definitions::default(),
                me: identity::Me::default(),
                sizes: Sizes::default(),
            }),
        })
    }

    /// The two ports of this GitHub.
    #[must_use]
    pub fn forge(&self) -> Forge {
        Forge { read: Arc::new(self.clone()), write: Arc::new(self.clone()) }
    }

    /// Forgets who can read a project: the next write asks GitHub first. To be called when a delivery says that the
    /// project was published, moved or renamed.
    pub fn forget_visibility(&self, project: &str) {
        self.shared.facts.forget(project);
    }
}

impl fmt::Debug for Github {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Github").field("name", &self.shared.name).finish_non_exhaustive()
    }
}
