//! The GitHub face of a world: REST and GraphQL over HTTP on loopback, and signed deliveries.
//!
//! What always holds: whoever calls sees what the model allows and no more; every stamp comes from the clock; nothing is
//! delivered but when the caller of [`Simulated::deliver_due`] says so. What is deliberately not here: what deeds do
//! (`model`), and when time passes (whoever drives the drill).

mod call; // what is read out of a request
mod caller; // who asks, by which secret
mod desk; // answering one request
mod graphql;
mod keys; // an App's pair of keys
mod limits; // the hourly budget and its siblings
mod mail; // deliveries: made, due, sent, kept
mod pages; // one page of a list
mod reply; // answers as GitHub words them
mod rest; // the nouns
mod routes; // which path means what
mod signature; // an App's signature
mod wire; // facts as GitHub writes them

use std::{
    fmt::Write as _,
    io,
    sync::{Arc, Mutex, atomic::Ordering},
};

use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;

pub use keys::AppKeys;
pub use limits::Budget;
pub use mail::Attempt;

use super::{
    faults::Faults,
    line::{Line, Site, ghosts::materialise, listen, locked},
    model::{Deed, Login, Outcome, Refusal, World},
};
use crate::{
    clock::{SharedClock, SystemClock},
    domain::time::Moment,
};

/// Where people would read an issue. Fixed, so that what links to it is the same in every run.
pub const WEB: &str = "https://github.example";

/// What can be set about the face.
#[derive(Clone)]
pub struct Options {
    /// What callers may spend.
    pub budget: Budget,
    /// What an App's signature is dated by. Libraries that sign ask the machine, so this is the machine's clock.
    pub signed_by: SharedClock,
}

impl Default for Options {
    fn default() -> Self {
        Self { budget: Budget::default(), signed_by: Arc::new(SystemClock::real()) }
    }
}

/// A running simulated GitHub. Ends when dropped.
pub struct Simulated {
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

/// What all connections share.
struct State {
    url: String,
    line: Line,
    options: Options,
    world: Arc<Mutex<World>>,
    limits: Mutex<limits::Limits>,
    mail: Mutex<mail::Outbox>,
}

impl Site for State {
    /// An Enterprise Server answers the same below `/api/v3`, and GraphQL at `/api/graphql`.
    const PREFIXES: &'static [&'static str] = &["/api/v3", "/api"];

    fn line(&self) -> &Line {
        &self.line
    }

    fn answer(&self, call: &call::Call, now: Moment) -> reply::Reply {
        desk::answer(self, call, now)
    }

    fn broken(status: u16) -> reply::Reply {
        reply::Reply::message(status, "Server Error")
    }

    fn too_many(wait: Option<u32>, _: Moment) -> reply::Reply {
        let reply = reply::Reply::message(429, "You have exceeded a secondary rate limit.");
        match wait {
            Some(seconds) => reply.with("retry-after", seconds.to_string()),
            None => reply,
        }
    }

    fn dress(headers: &mut HeaderMap) {
        headers.insert("x-github-media-type", HeaderValue::from_static("github.v3; format=json"));
        headers.insert("x-github-api-version-selected", HeaderValue::from_static("2022-11-28"));
    }
}

impl Simulated {
    /// Listens on a free port of the loopback.
    pub async fn start(world: World, clock: SharedClock, faults: Faults) -> io::Result<Self> {
        Self::start_with(world, clock, faults, Options::default()).await
    }

    /// The same, with something set.
    pub async fn start_with(world: World, clock: SharedClock, faults: Faults, options: Options) -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let state = Arc::new(State {
            url: format!("http://{}", listener.local_addr()?),
            line: Line::new(clock, faults),
            options,
            world: Arc::new(Mutex::new(world)),
            limits: Mutex::default(),
            mail: Mutex::default(),
        });
        let accepting = tokio::spawn(listen::accept(listener, Arc::clone(&state)));
        Ok(Self { state, accepting })
    }

    /// `http://127.0.0.1:PORT`: the API's address.
    pub fn base_url(&self) -> &str {
        &self.state.url
    }

    /// The world behind the face.
    pub fn world(&self) -> Arc<Mutex<World>> {
        Arc::clone(&self.state.world)
    }

    /// Looks at the world.
    pub fn look<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut locked(&self.state.world))
    }

    /// Somebody does something, now.
    pub fn act(&self, by: &str, deed: Deed) -> Result<Outcome, Refusal> {
        let now = self.state.line.now();
        locked(&self.state.world).perform(&Login::from(by), deed, now)
    }

    /// The switches.
    pub fn faults(&self) -> &Faults {
        &self.state.line.faults
    }

    /// How many requests are being answered and deliveries sent.
    pub fn in_flight(&self) -> usize {
        self.state.line.busy.load(Ordering::SeqCst)
    }

    /// How many requests were answered altogether.
    pub fn served(&self) -> u64 {
        self.state.line.served.load(Ordering::SeqCst)
    }

    /// When the next delivery or late write is due.
    pub fn next_due(&self) -> Option<Moment> {
        let late = locked(&self.state.line.ghosts).next();
        self.state.collect();
        let delivery = locked(&self.state.mail).next();
        late.into_iter().chain(delivery).min()
    }

    /// Does the late writes that are due, then sends the deliveries that are due, one after the other. Says how many of
    /// both there were.
    pub async fn deliver_due(&self, now: Moment) -> usize {
        let late = materialise(self.state.as_ref(), now);
        late + self.state.send_due(now).await
    }

    /// Does the late writes that are due, or else sends the first delivery that is due, so that the caller can see what
    /// comes of each.
    pub async fn deliver_one(&self, now: Moment) {
        if materialise(self.state.as_ref(), now) == 0 {
            self.state.send_one(now).await;
        }
    }

    /// Puts a delivery on its way again, as somebody would in the settings of its hook; false where it is not known any
    /// more.
    pub fn deliver_again(&self, attempt: u64) -> bool {
        let now = self.state.line.clock.machine_now();
        let mut mail = locked(&self.state.mail);
        let Some(via) = mail.attempts().iter().find(|one| one.id == attempt).map(|one| one.via) else { return false };
        mail.again(via, attempt, now).is_some()
    }

    /// Every attempt to deliver, oldest first.
    pub fn attempts(&self) -> Vec<Attempt> {
        locked(&self.state.mail).attempts().to_vec()
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A short digest of some bytes, in hexadecimal digits.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).get(..20).unwrap_or_default())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}
