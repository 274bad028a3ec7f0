//! `hotwash serve`: the program on the machine's clock, until told to stop.

use std::path::Path;

use clap::Parser;

use crate::{config::Config, store::SharedStore, telemetry};

use super::{
    Failure, compose, configuration,
    exercise::{self, Exercise},
    out::say,
    running::Running,
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
    let store = compose::store(&config)?;
    let exercise = Exercise::to_serve(&store, exercise).await?;
    let clock = exercise::clock(exercise);
    let running = Running::start(&config, SharedStore::clone(&store), clock, exercise.is_some()).await?;
    // The last handle beside the program's own would keep the file until after "stopped".
    drop(store);
    let asked_to_stop = terminated()?;
    say(&format!("listening on {}", running.address));
    tracing::info!(
        address = %running.address,
        exercise = exercise.map_or(0, |exercise| exercise.speed),
        "listening"
    );
    asked_to_stop.await;
    running.stop().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Completes once the process is asked to stop. The signals are taken from here on, not from the first poll.
pub(super) fn terminated() -> Result<impl Future<Output = ()> + Send, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // A terminal that is closed.
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}
