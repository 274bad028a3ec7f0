//! The GitLab face of a world: REST and GraphQL over HTTP on loopback, quick actions, and signed deliveries.
//!
//! What always holds: whoever calls sees what the model allows and no more; every stamp comes from the clock; nothing is
//! delivered but when the caller of [`Simulated::deliver_due`] says so. What is deliberately not here: what deeds do
//! (`model`), and when time passes (whoever drives the drill).

mod asked; // parameters, however they come
mod caller; // who asks, by which token
mod carried; // what came of quick actions
mod desk; // answering one request
mod extras; // what only GitLab keeps: links, and entries of an incident's timeline
mod graphql;
mod mail; // deliveries: made, due, sent, kept, and hooks that were switched off
mod pages; // one page of a list
mod quick; // quick actions in texts
mod rest; // the nouns
mod routes; // which path means what
mod scopes; // labels that exclude each other
mod ticks; // boxes in a text
mod wire; // facts as GitLab writes them

use std::{
    io,
    sync::{Arc, Mutex, atomic::Ordering},
};

use http::HeaderMap;
use serde_json::json;
use tokio::task::JoinHandle;

use super::{
    faults::Faults,
    line::{Line, Site, call::Call, ghosts::materialise, listen, locked, reply::Reply},
    model::{Caps, Deed, IssueId, Login, Outcome, Refusal, World},
};
use crate::{
    clock::SharedClock,
    domain::{forge_severity::ForgeSeverity, time::Moment},
};

pub use mail::Attempt;

/// Where people would read an issue. Fixed, so that what links to it is the same in every run.
pub const WEB: &str = "https://gitlab.example";

/// What can be set about the face, because real servers differ in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// How deliveries write moments.
    pub dates: Dates,
    /// As what deliveries name incidents.
    pub kinds: Kinds,
    /// Labels with one scope exclude each other, as on paid tiers.
    pub scoped: bool,
    /// Deliveries bring no `Idempotency-Key`, as before GitLab 17.4.
    pub keyless: bool,
}

/// How deliveries write moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dates {
    /// `2026-05-29T04:21:27.803Z`
    #[default]
    Iso,
    /// `2026-05-29 04:21:27 UTC`
    Utc,
    /// `2026-05-29 06:21:27 +0200`
    Offset,
}

/// As what deliveries name incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kinds {
    /// As `work_item` when it is opened, as `issue` later, as GitLab does in 2026.
    #[default]
    Mixed,
    /// Always as `issue`.
    Issue,
    /// Always as `work_item`.
    WorkItem,
}

/// GitLab's bounds.
#[must_use]
pub fn caps() -> Caps {
    Caps { title: 255, body: 1_000_000, label: 255, description: 255, labels: 1_000, assignees: 200 }
}

/// A running simulated GitLab. Ends when dropped.
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
    extras: Mutex<extras::Extras>,
    mail: Mutex<mail::Outbox>,
}

impl Site for State {
    const PREFIXES: &'static [&'static str] = &["/api/v4"];

    fn line(&self) -> &Line {
        &self.line
    }

    fn answer(&self, call: &Call, now: Moment) -> Reply {
        desk::answer(self, call, now)
    }

    /// GitLab's proxy answers in HTML.
    fn broken(status: u16) -> Reply {
        let words = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1>Whoops</body></html>");
        Reply::text(status, "text/html; charset=utf-8", &words)
    }

    /// The proxy's own limit says when to come again; the application's does not.
    fn too_many(wait: Option<u32>, now: Moment) -> Reply {
        if let Some(seconds) = wait {
            return Reply::text(429, "text/plain", "Retry later\n")
                .with("retry-after", seconds.to_string())
                .with("ratelimit-name", "throttle_authenticated_api")
                .with("ratelimit-limit", "2000")
                .with("ratelimit-observed", "2001")
                .with("ratelimit-remaining", "0")
                .with("ratelimit-reset", (now.timestamp() + i64::from(seconds)).to_string());
        }
        let words = "This endpoint has been requested too many times. Try again later.";
        Reply::new(429, json!({ "message": { "error": words } }))
    }

    fn dress(_: &mut HeaderMap) {}
}

impl Simulated {
    /// Listens on a free port of the loopback.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn start(world: World, clock: SharedClock, faults: Faults) -> io::Result<Self> {
        Self::start_with(world, clock, faults, Options::default()).await
    }

    /// The same, with something set.
    ///
    /// # Errors
    /// As `start`.
    pub async fn start_with(world: World, clock: SharedClock, faults: Faults, options: Options) -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let state = Arc::new(State {
            url: format!("http://{}", listener.local_addr()?),
            line: Line::new(clock, faults),
            options,
            world: Arc::new(Mutex::new(world)),
            extras: Mutex::default(),
            mail: Mutex::default(),
        });
        let accepting = tokio::spawn(listen::accept(listener, Arc::clone(&state)));
        Ok(Self { state, accepting })
    }

    /// `http://127.0.0.1:PORT`: the site's address.
    pub fn base_url(&self) -> &str {
        &self.state.url
    }

    /// Looks at the world.
    pub fn look<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut locked(&self.state.world))
    }

    /// Somebody does something, now. Quick actions in texts are carried out, as where people write them.
    ///
    /// # Errors
    /// What the forge says, if it refuses.
    pub fn act(&self, by: &str, deed: Deed) -> Result<Outcome, Refusal> {
        let now = self.state.line.now();
        let mut world = locked(&self.state.world);
        quick::perform(&mut world, self.state.options.scoped, &Login::from(by), deed, now).map(|(outcome, _)| outcome)
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
        locked(&self.state.mail).again(attempt, now).is_some()
    }

    /// Every attempt to deliver, oldest first.
    pub fn attempts(&self) -> Vec<Attempt> {
        locked(&self.state.mail).attempts().to_vec()
    }

    /// How bad an incident is, in GitLab's capitals; `None` while nobody has said.
    pub fn severity(&self, issue: IssueId) -> Option<String> {
        let severity = locked(&self.state.world).issue_by_id(issue)?.severity;
        (severity != ForgeSeverity::Unknown).then(|| severity.name().to_owned())
    }

    /// What was written into the timelines of incidents: issue number, moment, text.
    pub fn timeline(&self) -> Vec<(u64, Moment, String)> {
        let extras = locked(&self.state.extras);
        extras.timeline.iter().map(|entry| (entry.number, entry.at, entry.note.clone())).collect()
    }

    /// Links between issues, by their numbers.
    pub fn links(&self) -> Vec<(u64, u64)> {
        let (world, extras) = (locked(&self.state.world), locked(&self.state.extras));
        let number = |id| world.issue_by_id(id).map_or(0, |issue| issue.number);
        extras.links.iter().map(|(_, one, other)| (number(*one), number(*other))).collect()
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
