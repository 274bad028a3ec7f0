//! The configuration file: read once at start-up, checked whole, every problem at once.
//!
//! What always holds: a `Config` that was loaded is complete and consistent (every project's forge exists, every
//! process was read, every secret is there); secrets are `SecretString`s that never show in `Debug`, and no problem
//! quotes a secret, an environment variable's value, a secret file's content or a URL. This is the only place that
//! reads the environment.
//!
//! Deliberately not here: the command line (`cli`), whether a token works (the forge says), and template texts
//! (`render` checks them).

mod business;
mod calendar_file;
mod drill;
mod forges;
mod gitlab;
mod labels;
mod limits;
mod outline;
mod processes;
mod projects;
mod secrets;
mod server;
mod settings;
mod urls;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use crate::{
    document::{Document, Level, Problem, Problems, Source, Table, bytes_of, unread},
    domain::project::Project,
};

pub use drill::{DrillSettings, Drilled, DrilledForge};
pub use outline::Outline;
pub use server::derived_marker_key;
pub use settings::{
    DEFAULT_CONFIG, EngineSettings, GithubAuth, GithubSettings, GitlabSettings, LogFormat, LogLevel, ServerSettings,
    StoreSettings,
};

pub use words::Words;

use projects::Projects;
use secrets::Vault;

const KEYS: [&str; 6] = ["server", "store", "limits", "github", "gitlab", "project"];

/// Looks up an environment variable.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Everything that the program must know to start.
#[derive(Debug, Clone)]
pub struct Config {
    /// HTTP, logs, the key of the bot's own marks.
    pub server: ServerSettings,
    /// Where facts are kept.
    pub store: StoreSettings,
    /// How work is done.
    pub engine: EngineSettings,
    /// GitHub instances, in the order of the file.
    pub github: Vec<GithubSettings>,
    /// GitLab instances, in the order of the file; with those of GitHub, at least one.
    pub gitlab: Vec<GitlabSettings>,
    /// Watched projects, in the order of the file; at least one.
    pub projects: Vec<Project>,
    /// What does not stop the program but somebody should know.
    pub warnings: Vec<Problem>,
    /// Folders by forge and path.
    templates: BTreeMap<(String, String), PathBuf>,
}

/// The process's environment.
pub fn environment() -> impl Fn(&str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the only reader of the environment")]
    |name: &str| std::env::var(name).ok()
}

/// The configuration's file, as the environment names it. A variable that is set but empty is none.
pub fn named_in_environment() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the only reader of the environment")]
    let name = std::env::var_os("HOTWASH_CONFIG")?;
    (!name.is_empty()).then(|| name.into())
}

/// Whether output may be coloured: <https://no-color.org>, and terminals that call themselves dumb.
#[must_use]
pub fn wants_colours(env: Env<'_>) -> bool {
    env("NO_COLOR").is_none_or(|value| value.is_empty()) && env("TERM").is_none_or(|term| term != "dumb")
}

impl Config {
    /// Loads a file. Names of files in it start from its folder.
    ///
    /// # Errors
    /// Every problem of the file and of the process files it names, warnings included.
    pub fn load(path: &Path, env: Env<'_>) -> Result<Self, Problems> {
        Self::read(&text_of(path)?, path, env)
    }

    /// Where the server listens, by a file's `[server]` alone.
    ///
    /// # Errors
    /// What is wrong with the file as TOML, and with `server.listen`.
    pub fn listen_alone(path: &Path) -> Result<SocketAddr, Problems> {
        Self::alone(path, |root, _| server::listen(root))
    }

    /// Where the database is, by a file's `[store]` alone: for commands that need nothing else, no secret above all.
    ///
    /// # Errors
    /// What is wrong with the file as TOML, and with `[store]`.
    pub fn store_alone(path: &Path) -> Result<StoreSettings, Problems> {
        Self::alone(path, server::store)
    }

    /// One part of a file, whatever the others hold.
    fn alone<T>(path: &Path, part: impl Fn(&Table<'_>, &Path) -> Option<T>) -> Result<T, Problems> {
        let text = text_of(path)?;
        let source = Source::read(&text);
        let document = Document::parse(&source, &path.display().to_string());
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let part = part(&document.root(), &folder);
        let problems = document.problems();
        match part {
            Some(part) if problems.iter().all(|problem| problem.level == Level::Warning) => Ok(part),
            _ => Err(Problems(problems)),
        }
    }

    /// Reads a configuration that is at hand as text; `path` is how problems name it and where file names start from.
    ///
    /// # Errors
    /// As `load`.
    pub fn read(text: &str, path: &Path, env: Env<'_>) -> Result<Self, Problems> {
        let source = Source::read(text);
        let document = Document::parse(&source, &path.display().to_string());
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let config = whole(&document.root(), &folder, env);
        document.holds_no_secret();
        let mut problems = document.problems();
        match config {
            Some(config) if problems.iter().all(|problem| problem.level == Level::Warning) => {
                Ok(Self { warnings: problems, ..config })
            }
            _ => {
                if problems.is_empty() {
                    problems.push(Problem::of_file(&path.display().to_string(), "is not a whole configuration"));
                }
                Err(Problems(problems))
            }
        }
    }

    /// The words of the projects of a file, each once, as far as they can be read, whatever else is wrong with it: so that what is
    /// wrong with them can be told at the same time.
    #[must_use]
    pub fn words(path: &Path) -> Vec<Words> {
        let Ok(text) = text_of(path) else { return Vec::new() };
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let source = Source::read(&text);
        let document = Document::parse(&source, &path.display().to_string());
        let mut seen = BTreeSet::new();
        let all = document.root().each("project");
        all.iter().filter(|project| seen.insert(Words::named(project))).map(|it| Words::of(it, &folder)).collect()
    }

    /// The folder with a project's own templates, if it has one.
    #[must_use]
    pub fn templates(&self, project: &Project) -> Option<&Path> {
        self.templates.get(&(project.forge.clone(), project.path.clone())).map(PathBuf::as_path)
    }
}

fn text_of(path: &Path) -> Result<String, Problems> {
    let file = path.display().to_string();
    let bytes = bytes_of(path).map_err(|error| {
        let advice = "name the configuration with --config FILE or in HOTWASH_CONFIG";
        Problems(vec![Problem::of_file(&file, format!("cannot be read ({}); {advice}", unread(&error)))])
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes().iter().take(good).filter(|byte| **byte == b'\n').count();
        Problems(vec![Problem::of_file(&file, format!("is not UTF-8 text on line {line}"))])
    })
}

fn whole(root: &Table<'_>, folder: &Path, env: Env<'_>) -> Option<Config> {
    root.only(&KEYS);
    let vault = Vault::new(env, folder);
    let forges = forges::forges(root, &vault);
    let server = server::server(root, &vault, forges.first_secret());
    let store = server::store(root, folder);
    let mut limits = limits::Limits::of(root);
    let Projects { projects, templates } = projects::projects(root, folder, &forges, &mut limits);
    Some(Config {
        server: server?,
        store: store?,
        engine: limits.engine,
        github: forges.github,
        gitlab: forges.gitlab,
        projects,
        warnings: Vec::new(),
        templates: projects::by_place(templates),
    })
}
