//! Lives of the program under drill, each of which may end in the middle of anything: before or after a write to its
//! database takes effect, before or after a request to the forge does, or while it waits for an answer.
//!
//! What always holds: from the moment it is struck, a life writes nothing and asks for nothing any more, whatever its
//! tasks still believe; what it wrote before is what the next life finds.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use async_trait::async_trait;
use chrono::TimeDelta;
use hotwash::{
    cli::{Disk, Program},
    domain::time::Moment,
    drill::{
        faults::{Effect, Fate, How},
        service::{Broken, Running, Service, Surroundings, Watch},
    },
    store::SharedStore,
};
use tokio::{sync::Notify, task::JoinHandle};

use super::mortal_store::MortalStore;

/// On which side of what it dies at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// It does not take effect.
    Before,
    /// It takes effect, and nobody lives to hear of it.
    After,
    /// The forge does it so much later that the next life may look for it too early. (A write to the database: as
    /// `After`.)
    Later,
}

/// How much later: within the time that the program leaves for it.
const LATER: TimeDelta = TimeDelta::seconds(20);

/// How a life ends by itself. Counts are from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    /// At its so-manieth write to the database.
    AtWrite(u64, Side),
    /// At its so-manieth request to the forge.
    AtRequest(u64, Side),
    /// At its so-manieth request that changes something.
    AtChange(u64, Side),
    /// While it waits for the answer to such a request, which was done or not.
    Waiting(u64, Side),
}

impl Death {
    /// What would be done later is done at once.
    pub(super) fn not_later(&mut self) {
        let (Self::AtWrite(_, side) | Self::AtRequest(_, side) | Self::AtChange(_, side) | Self::Waiting(_, side)) =
            self;
        if *side == Side::Later {
            *side = Side::After;
        }
    }
}

/// One life.
pub(super) struct Life {
    death: Mutex<Option<Death>>,
    writes: AtomicU64,
    requests: AtomicU64,
    changes: AtomicU64,
    dead: AtomicBool,
    buried: AtomicBool,
    struck: Notify,
    funeral: Notify,
}

impl Life {
    fn new(death: Option<Death>) -> Arc<Self> {
        Arc::new(Self {
            death: Mutex::new(death),
            writes: AtomicU64::default(),
            requests: AtomicU64::default(),
            changes: AtomicU64::default(),
            dead: AtomicBool::default(),
            buried: AtomicBool::default(),
            struck: Notify::new(),
            funeral: Notify::new(),
        })
    }

    pub(super) fn is_over(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    pub(super) fn strike(&self) {
        self.dead.store(true, Ordering::SeqCst);
        self.struck.notify_one();
    }

    /// On which side of its next write to the database it dies, if it does.
    pub(super) fn before_a_write(&self) -> Option<Side> {
        let nth = self.writes.fetch_add(1, Ordering::SeqCst);
        match *self.death.lock().unwrap() {
            Some(Death::AtWrite(at, side)) if at == nth => Some(side),
            _ => None,
        }
    }

    /// The dead wait for their funeral; what they were about to do is gone with it.
    pub(super) async fn rest(&self) {
        loop {
            let funeral = self.funeral.notified();
            if self.buried.load(Ordering::SeqCst) {
                return;
            }
            funeral.await;
        }
    }

    fn bury(&self) {
        self.strike();
        self.buried.store(true, Ordering::SeqCst);
        self.funeral.notify_waiters();
    }

    /// What becomes of a request of this life.
    fn request(&self, method: &str) -> Option<(How, Effect)> {
        if self.is_over() {
            return Some((How::Reset, Effect::Nothing));
        }
        let reading = method == "GET";
        let nth = self.requests.fetch_add(1, Ordering::SeqCst);
        let change = if reading { None } else { Some(self.changes.fetch_add(1, Ordering::SeqCst)) };
        let (how, side) = match (*self.death.lock().unwrap())? {
            Death::AtRequest(at, side) if at == nth => (How::Reset, side),
            Death::AtChange(at, side) if change == Some(at) => (How::Reset, side),
            Death::Waiting(at, side) if change == Some(at) => (How::Hang, side),
            _ => return None,
        };
        self.strike();
        Some(match side {
            Side::After if !reading => (how, Effect::AtOnce),
            Side::Later if !reading => (how, Effect::Later(LATER)),
            _ => (how, Effect::Nothing),
        })
    }
}

/// The program with lives that end as they are told to.
pub(super) struct Mortal {
    program: Program,
    current: Arc<Mutex<Arc<Life>>>,
    next: Mutex<Option<Death>>,
}

impl Mortal {
    /// `lie` stands between the program and the true database: nothing, unless a campaign is to be caught failing.
    pub(super) fn new(program: Program, lie: Option<Disk>) -> Self {
        let current = Arc::new(Mutex::new(Life::new(None)));
        let lives = Arc::clone(&current);
        let disk: Disk = Arc::new(move |store| {
            let store = lie.as_ref().map_or_else(|| SharedStore::clone(&store), |lie| lie(SharedStore::clone(&store)));
            Arc::new(MortalStore::new(store, Arc::clone(&lives.lock().unwrap())))
        });
        Self { program: program.over(disk), current, next: Mutex::default() }
    }

    /// How the next life is to end.
    pub(super) fn foretell(&self, death: Option<Death>) {
        *self.next.lock().unwrap() = death;
    }

    /// What decides about requests, for the forge.
    pub(super) fn fate(&self) -> Fate {
        let current = Arc::clone(&self.current);
        Box::new(move |method, _| current.lock().unwrap().request(method))
    }

    /// From now on, nobody dies.
    pub(super) fn spare(&self) {
        self.foretell(None);
        *self.current.lock().unwrap().death.lock().unwrap() = None;
    }

    pub(super) fn is_dead(&self) -> bool {
        self.current.lock().unwrap().is_over()
    }
}

#[async_trait]
impl Service for Mortal {
    async fn start(&self, surroundings: &Surroundings) -> Result<Box<dyn Running>, Broken> {
        let life = Life::new(self.next.lock().unwrap().take());
        *self.current.lock().unwrap() = Arc::clone(&life);
        let running = self.program.start(surroundings).await?;
        let (address, webhook, store) = (running.address(), running.webhook(), running.store());
        let watch = running.watch();
        let body: Body = Arc::new(Mutex::new(Some(running)));
        let undertaker = tokio::spawn(undertake(Arc::clone(&life), Arc::clone(&body)));
        // Whoever wants to know what it knew asks a handle that does not keep the database open.
        let store = Arc::downgrade(&store);
        Ok(Box::new(Living { life, body, watch, undertaker, address, webhook, store }))
    }
}

type Body = Arc<Mutex<Option<Box<dyn Running>>>>;

/// Waits for the end and clears away what is left.
async fn undertake(life: Arc<Life>, body: Body) -> Result<(), Broken> {
    life.struck.notified().await;
    life.bury();
    let running = body.lock().unwrap().take();
    match running {
        Some(running) => running.kill().await,
        None => Ok(()),
    }
}

struct Living {
    life: Arc<Life>,
    body: Body,
    watch: Arc<dyn Watch>,
    undertaker: JoinHandle<Result<(), Broken>>,
    address: std::net::SocketAddr,
    webhook: String,
    store: std::sync::Weak<dyn hotwash::store::Store>,
}

#[async_trait]
impl Running for Living {
    fn address(&self) -> std::net::SocketAddr {
        self.address
    }

    fn webhook(&self) -> String {
        self.webhook.clone()
    }

    fn watch(&self) -> Arc<dyn Watch> {
        Arc::clone(&self.watch)
    }

    async fn next_due(&self) -> Result<Option<Moment>, Broken> {
        match self.store.upgrade() {
            Some(store) => store.next_due().await.map_err(|error| Broken(error.to_string())),
            None => Ok(None),
        }
    }

    fn store(&self) -> SharedStore {
        self.store.upgrade().expect("nobody asks the dead")
    }

    async fn stop(self: Box<Self>) -> Result<(), Broken> {
        let running = self.body.lock().unwrap().take();
        match running {
            Some(running) => {
                let stopped = running.stop().await;
                self.life.bury();
                stopped
            }
            None => self.undertaker.await.map_err(|error| Broken(error.to_string()))?,
        }
    }

    async fn kill(self: Box<Self>) -> Result<(), Broken> {
        self.life.strike();
        self.undertaker.await.map_err(|error| Broken(error.to_string()))?
    }
}
