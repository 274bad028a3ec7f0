//! `hotwash serve`: the intake, the engine and the sweep, until told to stop.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use async_trait::async_trait;
use clap::Parser;
use tokio::{net::TcpListener, sync::watch};

use crate::{
    clock::SharedClock,
    config::Config,
    engine::Engine,
    store::SharedStore,
    telemetry,
    web::{self, App, Readiness, Receiver, Signal},
};

use super::{
    Failure, compose, configuration,
    exercise::{self, Exercise},
    out::say,
    receiver::GithubReceiver,
    runtime,
};

#[derive(Debug, Parser)]
pub(super) struct Args {
    /// For exercises on a real project: incident time runs this many times as fast, and everything written says
    /// EXERCISE. Needs a database of its own, and the same speed at every start.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    exercise_speed: Option<u32>,
}

pub(super) fn run(config: &Path, args: &Args) -> Result<(), Failure> {
    let config = configuration(config)?;
    telemetry::init(compose::log_format(&config), compose::log_level(&config));
    runtime()?.block_on(serve(config, args.exercise_speed))
}

async fn serve(config: Config, exercise: Option<u32>) -> Result<(), Failure> {
    let metrics = telemetry::metrics();
    let store = compose::store(&config)?;
    let exercise = Exercise::to_serve(&store, exercise).await?;
    let clock = exercise::clock(exercise);
    let ports = compose::ports(&config, SharedStore::clone(&store), SharedClock::clone(&clock), exercise.is_some())?;
    let engine = Arc::new(Engine::new(ports, compose::patience(&config)));

    let listen = config.server.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| Failure::Outside(format!("cannot listen on {listen}: {error}; is another server running?")))?;
    let address = listener.local_addr()?;
    let (stop, end) = watch::channel(false);
    let app = App {
        receivers: receivers(&config),
        store,
        clock,
        readiness: Arc::new(Ready { engine: Arc::clone(&engine) }),
        wake: wake(Arc::clone(&engine)),
        metrics,
        limits: web::Limits::default(),
    };
    let worker = tokio::spawn(Arc::clone(&engine).run(end.clone()));
    let sweeper = tokio::spawn(engine.sweep(end));
    let asked_to_stop = terminated()?;
    say(&format!("listening on {address}"));
    tracing::info!(address = %address, exercise = exercise.map_or(0, |exercise| exercise.speed), "listening");

    web::serve(listener, app, asked_to_stop).await;
    let _ = stop.send(true);
    let (work, sweep) = tokio::join!(worker, sweeper);
    if work.is_err() || sweep.is_err() {
        return Err(Failure::Outside("a worker broke; see the log above".to_owned()));
    }
    tracing::info!("stopped");
    Ok(())
}

fn receivers(config: &Config) -> BTreeMap<String, Arc<dyn Receiver>> {
    config
        .github
        .iter()
        .map(|forge| {
            let ours = config.projects.iter().filter(|project| project.forge == forge.name);
            let paths = ours.map(|project| project.path.clone()).collect();
            let receiver = GithubReceiver::new(&forge.name, forge.webhook_secrets.clone(), paths);
            (forge.name.clone(), Arc::new(receiver) as Arc<dyn Receiver>)
        })
        .collect()
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

/// Completes once the process is asked to stop. The signals are taken from here on, not from the first poll.
fn terminated() -> Result<impl Future<Output = ()> + Send, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
