//! The program under drill, as seen from here: something that can be started, watched at its work, and killed.
//!
//! What is deliberately not here: the program. `cli` puts it together and implements these traits.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use async_trait::async_trait;

use super::traffic::Traffic;
use crate::{clock::SharedClock, domain::time::Moment, store::SharedStore};

/// Where a program is started.
#[derive(Clone)]
pub struct Surroundings {
    /// Root of the simulated forge's API.
    pub forge_url: String,
    /// As whom it acts on the forge.
    pub identity: Identity,
    /// What deliveries are signed with.
    pub webhook_secret: String,
    /// The key of its hidden marks.
    pub marker_key: String,
    /// Where it keeps its database.
    pub folder: PathBuf,
    /// Time.
    pub clock: SharedClock,
    /// Where it notes what it asks of its database.
    pub traffic: Traffic,
}

/// As whom the program acts. Made up for one drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A machine account on GitHub, by its token.
    Token(String),
    /// A bot's account on GitLab, by its token.
    GitlabToken(String),
    /// A registered App.
    App {
        /// Its number.
        id: u64,
        /// Its private key in PEM form.
        private_key_pem: String,
    },
}

/// Why the program could not be started, or broke.
#[derive(Debug, thiserror::Error)]
#[error("the program under drill: {0}")]
pub struct Broken(pub String);

/// Starts programs.
#[async_trait]
pub trait Service: Send + Sync {
    /// Starts one; on the database of its predecessor, if there was one.
    async fn start(&self, surroundings: &Surroundings) -> Result<Box<dyn Running>, Broken>;
}

/// A look at a program's work; what has ended has no requests and is idle.
pub trait Watch: Send + Sync {
    /// How many requests to the forge are sent, accepted there or not, and not answered yet.
    fn requests(&self) -> usize;
    /// Nothing is in hand. Whoever has something in hand and waits for the clock does not `rest` or `nap`, but `pause`s.
    fn is_idle(&self) -> bool;
}

/// A program that runs.
#[async_trait]
pub trait Running: Send + Sync {
    /// Where it takes deliveries in.
    fn address(&self) -> SocketAddr;
    /// The path of its webhook there.
    fn webhook(&self) -> String;
    /// What can be seen of its work, also while it stops. Keeps nothing of it alive.
    fn watch(&self) -> Arc<dyn Watch>;
    /// When it wants to work next by itself.
    async fn next_due(&self) -> Result<Option<Moment>, Broken>;
    /// What it knows.
    fn store(&self) -> SharedStore;
    /// Lets it finish what is in flight, and ends it.
    async fn stop(self: Box<Self>) -> Result<(), Broken>;
    /// Ends it as a power cut would. Returns once its database can be opened again.
    async fn kill(self: Box<Self>) -> Result<(), Broken>;
}
