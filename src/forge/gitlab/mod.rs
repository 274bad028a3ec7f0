//! GitLab (gitlab.com and self-managed) behind the two ports.
//!
//! What always holds: nothing that writes is sent twice by this room; before every write the issue is known to be
//! confidential or its project private; writes of one token go one after the other with a pause between, below the
//! site's limit on notes; no token, title, description or note enters an error. What is deliberately not here: deciding
//! what to write, looking whether an uncertain write arrived, and repeating anything (`engine`).
//!
//! The library says what each request is: its path, its parameters, its form. Sending is ours, because the library's
//! client has no time-out, asks for an account before the first use, repeats nothing but logs too much, and loses what
//! an answer's headers say.

use std::{fmt, sync::Arc, time::Duration};

use secrecy::SecretString;

use super::{Forge, ForgeError, definitions::Definitions, paging::Sizes};
use crate::clock::SharedClock;

mod client; // one request, bounded in time
mod edited; // when texts of notes changed
mod endpoints; // requests that the library lacks
mod graph; // questions to GraphQL
mod guard; // who can read the issue
mod identity; // the bot's own account
mod incident; // severity, timeline and links of an incident
mod inspect; // how GitLab is set up for the bot
mod pages; // lists, page by page
mod places; // projects by their number
mod read;
mod resend; // deliveries that failed
mod system; // what GitLab notes about an issue by itself
pub mod webhook;
mod wire; // what GitLab sends, leniently
mod write;

/// How to reach one GitLab, and as whom.
#[derive(Debug, Clone)]
pub struct GitlabConfig {
    /// Configured forge name, as in `POST /webhooks/<name>`.
    pub name: String,
    /// `https://gitlab.com`, or the address of another server, with its relative root if it has one.
    pub url: String,
    /// A personal, project or group access token with the scope `api`.
    pub token: SecretString,
    /// The least time between two writes. gitlab.com allows 60 notes a minute.
    pub write_interval: Duration,
    /// How long to wait.
    pub timeouts: Timeouts,
}

/// How long to wait for GitLab.
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

impl GitlabConfig {
    /// The usual pace and patience: 2 s between writes, 5 s to connect, 10 s for an answer.
    #[must_use]
    pub fn new(name: impl Into<String>, url: impl Into<String>, token: SecretString) -> Self {
        Self {
            name: name.into(),
            url: url.into(),
            token,
            write_interval: Duration::from_secs(2),
            timeouts: Timeouts::default(),
        }
    }
}

/// One configured GitLab. Clones share limits and caches.
#[derive(Clone)]
pub struct Gitlab {
    shared: Arc<Shared>,
}

/// What all clones of one `Gitlab` share.
struct Shared {
    write_interval: Duration,
    clock: SharedClock,
    client: client::Client,
    places: places::Places,
    audiences: guard::Audiences,
    definitions: Definitions,
    me: identity::Me,
    numbers: incident::Numbers,
    sizes: Sizes,
}

impl Gitlab {
    /// Checks the configuration and gets ready; connects on first use, so that a GitLab that is down holds nothing up.
    ///
    /// # Errors
    ///
    /// `Invalid` for an address or token that cannot be used; `Unreachable` where the machine's certificates cannot be
    /// read.
    pub fn new(config: &GitlabConfig, clock: SharedClock) -> Result<Self, ForgeError> {
        Ok(Self {
            shared: Arc::new(Shared {
                write_interval: config.write_interval,
                client: client::Client::new(config, Arc::clone(&clock))?,
                clock,
                places: places::Places::default(),
                audiences: guard::Audiences::default(),
                definitions: Definitions::default(),
                me: identity::Me::default(),
                numbers: incident::Numbers::default(),
                sizes: Sizes::default(),
            }),
        })
    }

    /// The two ports of this GitLab.
    #[must_use]
    pub fn forge(&self) -> Forge {
        Forge { read: Arc::new(self.clone()), write: Arc::new(self.clone()) }
    }
}

impl fmt::Debug for Gitlab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gitlab").field("name", &self.shared.client.name()).finish_non_exhaustive()
    }
}
