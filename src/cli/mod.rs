//! The command line, one file a command, and the only composition root.
//!
//! Exit codes: 0 done, 1 findings, 2 usage or configuration, 3 an outside system failed. What is deliberately not
//! here: anything that decides about an incident.

mod compose;
mod db;
mod doctor;
mod drill;
mod exercise;
mod issue;
mod journal;
mod out;
mod page;
mod plan;
mod probe;
mod process;
mod receiver;
mod running;
mod script;
mod serve;
mod why;
mod words;

pub use drill::{Disk, Program};

use std::{fmt, path::PathBuf, process::ExitCode};

use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, value_parser};

use crate::{
    config::{Config, DEFAULT_CONFIG, StoreSettings, environment, named_in_environment},
    engine::Trouble,
    store::StoreError,
    telemetry,
};

/// Runs a security incident from the issue that tracks it.
#[derive(Debug, Parser)]
#[command(name = "hotwash", version, max_term_width = 100)]
struct Cli {
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help = "The configuration file [env: HOTWASH_CONFIG] [default: hotwash.toml]"
    )]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Receive webhooks and run the clocks, until told to stop.
    Serve(serve::Args),
    /// Play an incident through: a simulated forge, the real program, a clock that jumps. Needs no configuration.
    Drill(drill::Args),
    /// Print what would be done about an issue now, and do nothing.
    Plan(plan::Args),
    /// Explain where a duty's clock comes from, who owes it, and what came of it before.
    Why(why::Args),
    /// Check configuration, database, tokens, projects, webhooks, labels, templates, routes and clock. Changes nothing.
    Doctor(doctor::Args),
    /// The record of everything seen and done.
    #[command(subcommand)]
    Journal(journal::Command),
    /// Processes: the rules as data.
    #[command(subcommand)]
    Process(process::Command),
    /// The database.
    #[command(subcommand)]
    Db(db::Command),
    /// Ask a running server whether it is ready; for health checks.
    Probe(probe::Args),
}

/// Why a command failed, by exit code.
#[derive(Debug)]
enum Failure {
    /// Something was found that a person should mend: 1.
    Findings(String),
    /// Usage or configuration: 2.
    Usage(String),
    /// An outside system failed: 3.
    Outside(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Findings(text) | Self::Usage(text) | Self::Outside(text)) = self;
        f.write_str(text)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Outside(with_causes(&error))
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NoProject(_) => Self::Usage(trouble.to_string()),
            _ => Self::Outside(with_causes(&trouble)),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Outside(error.to_string())
    }
}

/// Runs the program and says how it went.
#[must_use]
pub fn main() -> ExitCode {
    let cli = asked();
    telemetry::quiet_panics();
    let config_is_named = cli.config.is_some();
    let config = cli.config.or_else(named_in_environment).unwrap_or_else(|| DEFAULT_CONFIG.into());
    let done = match cli.command {
        Command::Drill(_) | Command::Process(_) if config_is_named => {
            let why = "drill and process read no configuration, so --config does nothing here; leave it out";
            Err(Failure::Usage(why.to_owned()))
        }
        Command::Serve(args) => serve::run(&config, &args),
        Command::Drill(args) => drill::run(&args),
        Command::Plan(args) => plan::run(&config, &args),
        Command::Why(args) => why::run(&config, &args),
        Command::Doctor(args) => doctor::run(&config, &args),
        Command::Journal(command) => journal::run(&config, &command),
        Command::Process(command) => process::run(&command),
        Command::Db(command) => db::run(&config, &command),
        Command::Probe(args) => probe::run(&config, &args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let (code, text) = match failure {
                Failure::Findings(text) => (1, text),
                Failure::Usage(text) => (2, text),
                Failure::Outside(text) => (3, text),
            };
            out::complain(&text);
            ExitCode::from(code)
        }
    }
}

/// What the command line asks for.
fn asked() -> Cli {
    // Their help does not speak of what they refuse.
    let without = |command: clap::Command| {
        command.arg(Arg::new("config").long("config").global(true).hide(true).value_parser(value_parser!(PathBuf)))
    };
    let matches = Cli::command().mut_subcommand("drill", without).mut_subcommand("process", without).get_matches();
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// The configuration, or every problem of it.
fn configuration(path: &std::path::Path) -> Result<Config, Failure> {
    let config = Config::load(path, &environment())
        .map_err(|problems| Failure::Usage(words::beside(problems, path).to_string()))?;
    for warning in &config.warnings {
        out::complain(&warning.to_string());
    }
    Ok(config)
}

/// Where the database is, for commands that need nothing else, and so no secret.
fn store_settings(path: &std::path::Path) -> Result<StoreSettings, Failure> {
    Config::store_alone(path).map_err(|problems| Failure::Usage(problems.to_string()))
}

/// An error with the chain of its causes.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.ends_with(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}

/// The asynchronous machinery. Two workers are plenty: the work is waiting.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}
