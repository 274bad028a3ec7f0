//! The program put together and running: intake, engine and sweep, on any clock and any store.
//!
//! What always holds: `serve` and `drill` run this very thing. What is deliberately not here: where configuration, clock
//! and store come from, and what ends it.

use std::{collections::BTreeMap, io::ErrorKind, net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinError, JoinHandle},
};

use crate::{
    clock::SharedClock,
    config::Config,
    engine::Engine,
    forge::gitlab::webhook::Proofs,
    store::SharedStore,
    telemetry,
    web::{self, App, Readiness, Receiver, Signal},
};

use super::{
    Failure, compose,
    receiver::{GithubReceiver, GitlabReceiver, Projects},
};

/// The running program. Dropping it lets it run on; end it by [`Running::stop`] or [`Running::kill`].
pub(super) struct Running {
    /// Where the intake listens.
    pub(super) address: SocketAddr,
    pub(super) engine: Arc<Engine>,
    leave: watch::Sender<bool>,
    stop: watch::Sender<bool>,
    door: JoinHandle<()>,
    worker: JoinHandle<()>,
    sweeper: JoinHandle<()>,
}

impl Running {
    /// Opens the door and starts to work. `exercise` marks everything that is written.
    pub(super) async fn start(
        config: &Config,
        store: SharedStore,
        clock: SharedClock,
        exercise: bool,
    ) -> Result<Self, Failure> {
        let metrics = telemetry::metrics();
        let ports = compose::ports(config, SharedStore::clone(&store), SharedClock::clone(&clock), exercise)?;
        let engine = Arc::new(Engine::new(ports, compose::patience(config)));
        let listen = config.server.listen;
        let listener = TcpListener::bind(listen).await.map_err(|error| {
            let advice = match error.kind() {
                ErrorKind::AddrInUse => "is another server running?",
                ErrorKind::AddrNotAvailable => "it is no address of this machine; change server.listen",
                _ => "change server.listen",
            };
            Failure::Outside(format!("cannot listen on {listen}: {error}; {advice}"))
        })?;
        let address = listener.local_addr()?;
        let app = App {
            receivers: receivers(config, &clock, &engine),
            store,
            clock,
            readiness: Arc::new(Ready { engine: Arc::clone(&engine) }),
            wake: wake(Arc::clone(&engine)),
            metrics,
            limits: web::Limits::default(),
        };
        let (stop, end) = watch::channel(false);
        let (leave, asked) = watch::channel(false);
        Ok(Self {
            address,
            leave,
            stop,
            worker: tokio::spawn(Arc::clone(&engine).run(end.clone())),
            sweeper: tokio::spawn(Arc::clone(&engine).sweep(end)),
            door: tokio::spawn(web::serve(listener, app, turned_true(asked))),
            engine,
        })
    }

    /// Lets what is in flight finish, and ends.
    pub(super) async fn stop(self) -> Result<(), Failure> {
        let _ = self.leave.send(true);
        let door = self.door.await;
        let _ = self.stop.send(true);
        let (work, sweep) = tokio::join!(self.worker, self.sweeper);
        if [door, work, sweep].iter().any(Result::is_err) {
            return Err(Failure::Outside("a worker broke; see the log above".to_owned()));
        }
        Ok(())
    }

    /// Ends at once, wherever it is in its work, as a power cut would.
    pub(super) async fn kill(self) {
        for task in [self.door, self.worker, self.sweeper] {
            task.abort();
            let _: Result<(), JoinError> = task.await;
        }
    }
}

async fn turned_true(mut asked: watch::Receiver<bool>) {
    // The other end is gone only if nobody can ask any more.
    let _ = asked.wait_for(|asked| *asked).await;
}

fn receivers(config: &Config, clock: &SharedClock, engine: &Arc<Engine>) -> BTreeMap<String, Arc<dyn Receiver>> {
    let projects = |forge: &str| {
        let ours = config.projects.iter().filter(|project| project.forge == forge);
        let (name, engine) = (forge.to_owned(), Arc::clone(engine));
        let asked = Arc::new(move |number| engine.project_numbered(&name, number));
        Projects::new(forge, ours.map(|project| project.path.clone()).collect(), asked)
    };
    let mut receivers: BTreeMap<String, Arc<dyn Receiver>> = BTreeMap::new();
    for forge in &config.github {
        let receiver = GithubReceiver::new(projects(&forge.name), forge.webhook_secrets.clone());
        receivers.insert(forge.name.clone(), Arc::new(receiver));
    }
    for forge in &config.gitlab {
        let proofs =
            Proofs { secret_tokens: forge.webhook_secrets.clone(), signing_tokens: forge.signing_tokens.clone() };
        let receiver = GitlabReceiver::new(projects(&forge.name), proofs, SharedClock::clone(clock));
        receivers.insert(forge.name.clone(), Arc::new(receiver));
    }
    receivers
}

fn wake(engine: Arc<Engine>) -> Arc<dyn Fn(Signal) + Send + Sync> {
    Arc::new(move |signal| match signal {
        Signal::Issue => engine.wake(),
        Signal::Project { forge, path } => engine.project_changed(&forge, &path),
    })
}

struct Ready {
    engine: Arc<Engine>,
}

#[async_trait]
impl Readiness for Ready {
    async fn reasons(&self) -> Vec<String> {
        self.engine.troubles()
    }
}
