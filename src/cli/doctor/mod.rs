//! `hotwash doctor`: whether everything is set up: configuration, database, forges, tokens, projects, webhooks, labels,
//! templates, routes, clock.
//!
//! What always holds: nothing is written, on the forge or on the disk, and no secret is printed; every problem is told, not
//! the first one alone. What is deliberately not here: what is good enough (`audit::setup`).

mod ask; // the forges
mod local; // configuration and database
mod show; // for people and for programs
mod templates; // what templates for issues hold

use std::path::Path;

use clap::Parser;

use crate::{
    audit::{Check, Outcome},
    clock::{SharedClock, SystemClock},
    config::{Config, environment},
};

use super::{Failure, compose, runtime, words};

use ask::Asker;
use show::Show;

#[derive(Debug, Parser)]
pub(super) struct Args {
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

/// What was looked at in one place.
struct Section {
    /// Where: the configuration's file, a forge's name, or a project as in `gitlab:acme/incidents`.
    about: String,
    checks: Vec<Check>,
}

/// How it went altogether.
#[derive(Default)]
struct Tally {
    errors: usize,
    warnings: usize,
    /// Forges that could not be reached.
    unreachable: Vec<String>,
}

impl Tally {
    fn add(&mut self, section: &Section) {
        let count = |wanted: Outcome| section.checks.iter().filter(|check| check.outcome == wanted).count();
        self.errors += count(Outcome::Error);
        self.warnings += count(Outcome::Warning);
    }

    fn end(self) -> Result<(), Failure> {
        if !self.unreachable.is_empty() {
            return Err(Failure::Outside(format!("could not ask {}", self.unreachable.join(", "))));
        }
        match (self.errors, self.warnings) {
            (0, 0) => Ok(()),
            (errors, warnings) => Err(Failure::Findings(format!("to be mended: errors {errors}, warnings {warnings}"))),
        }
    }
}

pub(super) fn run(config: &Path, args: &Args) -> Result<(), Failure> {
    let mut show = Show::new(args.json);
    let loaded = match Config::load(config, &environment()) {
        Ok(loaded) => loaded,
        Err(problems) => {
            let problems = words::beside(problems, config);
            if args.json {
                show.section(local::broken(config, &problems));
                show.end();
            }
            return Err(Failure::Usage(problems.to_string()));
        }
    };
    let clock: SharedClock = std::sync::Arc::new(SystemClock::real());
    let mut tally = Tally::default();
    let runtime = runtime()?;
    // What `serve` would refuse to start with is no finding beside others.
    if let Some(obstacles) = runtime.block_on(async { compose::obstacles(&loaded, &clock) }) {
        if args.json {
            show.section(local::obstructed(config, &obstacles));
            show.end();
        }
        return Err(Failure::Usage(obstacles));
    }
    let local = local::checks(config, &loaded);
    tally.add(&local);
    show.section(local);
    runtime.block_on(async {
        let forges = compose::forges(&loaded, &clock)?;
        for (name, forge) in &forges {
            let Some(inspect) = forge.read.inspect() else { continue };
            let asker = Asker { config: &loaded, name, read: forge.read.as_ref(), inspect, now: clock.machine_now() };
            let reached = asker
                .ask(|section| {
                    tally.add(&section);
                    show.section(section);
                })
                .await;
            tally.unreachable.extend((!reached).then(|| name.clone()));
        }
        show.end();
        tally.end()
    })
}
