//! Puts the program together from its configuration.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};

use crate::{
    clock::SharedClock,
    config::{Config, GithubAuth, GithubSettings, GitlabSettings, LogFormat, LogLevel},
    domain::{
        process::Process,
        project::Project,
        setup::{Intake, Proof},
    },
    engine::{Patience, Ports, Watched},
    forge::{
        Forge,
        github::{Auth, Github, GithubConfig},
        gitlab::{Gitlab, GitlabConfig},
    },
    render::Renderer,
    store::{
        SharedStore,
        sqlite::{SqliteReader, SqliteStore},
    },
    telemetry,
    text::marker::MarkerKey,
};

use super::{Failure, words};

/// The database, to work with: this process alone has it.
pub(super) fn store(config: &Config) -> Result<SharedStore, Failure> {
    Ok(Arc::new(SqliteStore::open(&config.store.path)?))
}

/// The database, to look at: beside a running server, and empty where there is none.
pub(super) fn store_to_read(config: &Config) -> Result<SharedStore, Failure> {
    Ok(Arc::new(SqliteReader::open(&config.store.path)?))
}

/// Everything the engine is made of. `exercise` marks every project as an exercise.
pub(super) fn ports(config: &Config, store: SharedStore, clock: SharedClock, exercise: bool) -> Result<Ports, Failure> {
    let (forges, projects) = both(forges(config, &clock), watched(config, exercise))?;
    Ok(Ports { store, forges, clock, marker_keys: marker_keys(config), projects })
}

/// The configured forges by name. Nothing connects yet.
pub(super) fn forges(config: &Config, clock: &SharedClock) -> Result<BTreeMap<String, Forge>, Failure> {
    let named = |name: &String, forge: Result<Forge, Failure>| forge.map(|forge| (name.clone(), forge));
    let github = config.github.iter().map(|settings| named(&settings.name, github(settings, clock)));
    let gitlab = config.gitlab.iter().map(|settings| named(&settings.name, gitlab(settings, clock)));
    Ok(all(github.chain(gitlab))?.into_iter().collect())
}

/// What would keep `serve` from starting although the configuration can be read: all of it, a line each.
pub(super) fn obstacles(config: &Config, clock: &SharedClock) -> Option<String> {
    both(forges(config, clock), watched(config, false)).err().map(|failure| failure.to_string())
}

/// Everything, or everything that is wrong.
fn all<T>(each: impl Iterator<Item = Result<T, Failure>>) -> Result<Vec<T>, Failure> {
    let (mut whole, mut wrong, mut known) = (Vec::new(), Vec::<String>::new(), BTreeSet::new());
    for one in each {
        match one {
            Ok(one) => whole.push(one),
            // Projects may share what is wrong.
            Err(failure) => {
                let told = failure.to_string();
                wrong.extend(told.lines().filter(|line| known.insert((*line).to_owned())).map(str::to_owned));
            }
        }
    }
    if wrong.is_empty() { Ok(whole) } else { Err(Failure::Usage(wrong.join("\n"))) }
}

fn both<A, B>(one: Result<A, Failure>, other: Result<B, Failure>) -> Result<(A, B), Failure> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(one), Err(other)) => Err(Failure::Usage(format!("{one}\n{other}"))),
        (Err(failure), _) | (_, Err(failure)) => Err(failure),
    }
}

/// Words that were tried: a renderer with them, or what is wrong with them.
type Tried = Result<Arc<Renderer>, String>;

/// The watched projects, their wording tried.
pub(super) fn watched(config: &Config, exercise: bool) -> Result<Vec<Watched>, Failure> {
    // To try words takes a while, and most projects share theirs.
    let mut tried: BTreeMap<(*const Process, Option<&Path>), Tried> = BTreeMap::new();
    let watched = |project: &Project| {
        let project = Project { exercise, ..project.clone() };
        let templates = config.templates(&project);
        let known = tried.entry((Arc::as_ptr(&project.process), templates));
        let renderer = known.or_insert_with(|| renderer(&project, templates)).clone().map_err(Failure::Usage)?;
        let intake = intake(config, &project.forge);
        Ok(Watched::new(project, renderer).heard_at(intake))
    };
    all(config.projects.iter().map(watched))
}

/// Where a forge's deliveries arrive, and how they are proven.
pub(super) fn intake(config: &Config, forge: &str) -> Intake {
    let signed = config.gitlab.iter().any(|settings| settings.name == forge && !settings.signing_tokens.is_empty());
    let url = format!("{}/webhooks/{forge}", config.server.public_url);
    Intake { url, proof: if signed { Proof::SigningToken } else { Proof::Secret } }
}

fn renderer(project: &Project, templates: Option<&Path>) -> Tried {
    words::renderer(&project.process.wording, templates).map(Arc::new).map_err(|problems| problems.to_string())
}

fn github(settings: &GithubSettings, clock: &SharedClock) -> Result<Forge, Failure> {
    let auth = match &settings.auth {
        GithubAuth::App { id, private_key } => Auth::App { id: *id, private_key_pem: private_key.clone() },
        GithubAuth::Token(token) => Auth::Token(token.clone()),
    };
    let defaults = GithubConfig::new(&settings.name, &settings.api_url, auth);
    let config = GithubConfig {
        write_interval: span(settings.write_interval),
        allow_internal: settings.allow_internal,
        ..defaults
    };
    let github = Github::new(config, SharedClock::clone(clock)).map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(github.forge())
}

fn gitlab(settings: &GitlabSettings, clock: &SharedClock) -> Result<Forge, Failure> {
    let defaults = GitlabConfig::new(&settings.name, &settings.url, settings.token.clone());
    let config = GitlabConfig { write_interval: span(settings.write_interval), ..defaults };
    let gitlab = Gitlab::new(&config, SharedClock::clone(clock)).map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(gitlab.forge())
}

/// Markers are made with the configured key and read with that of every webhook secret as well, so that a rotation
/// without a configured key does not turn the bot's comments into strangers.
fn marker_keys(config: &Config) -> BTreeMap<String, Vec<MarkerKey>> {
    let keys = |secrets: &mut dyn Iterator<Item = &SecretString>| -> Vec<MarkerKey> {
        let own = MarkerKey::derive(config.server.marker_key.expose_secret().as_bytes());
        let derived = secrets
            .map(|secret| MarkerKey::derive(crate::config::derived_marker_key(secret).expose_secret().as_bytes()));
        std::iter::once(own).chain(derived).collect()
    };
    let github = config.github.iter().map(|forge| (forge.name.clone(), keys(&mut forge.webhook_secrets.iter())));
    let gitlab = config
        .gitlab
        .iter()
        .map(|forge| (forge.name.clone(), keys(&mut forge.signing_tokens.iter().chain(&forge.webhook_secrets))));
    github.chain(gitlab).collect()
}

/// How log lines look, as configured.
pub(super) fn log_format(config: &Config) -> telemetry::LogFormat {
    match config.server.log_format {
        LogFormat::Text => telemetry::LogFormat::Text,
        LogFormat::Json => telemetry::LogFormat::Json,
    }
}

/// The least level that is logged, as configured.
pub(super) fn log_level(config: &Config) -> tracing::Level {
    match config.server.log_level {
        LogLevel::Error => tracing::Level::ERROR,
        LogLevel::Warn => tracing::Level::WARN,
        LogLevel::Info => tracing::Level::INFO,
        LogLevel::Debug => tracing::Level::DEBUG,
        LogLevel::Trace => tracing::Level::TRACE,
    }
}

/// How patient the engine is, as configured.
pub(super) fn patience(config: &Config) -> Patience {
    let engine = &config.engine;
    Patience {
        settle: span(engine.settle),
        recheck: span(engine.recheck),
        lease: span(engine.lease),
        sweep_every: span(engine.sweep_every),
        park_after: engine.park_after,
        forget_bodies_after: span(engine.forget_bodies_after),
        ..Patience::default()
    }
}

fn span(span: chrono::Duration) -> Duration {
    span.to_std().unwrap_or_default()
}
