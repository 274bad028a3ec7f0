//! The configuration of a drill: its script says what a project is like, and everything else is made up.
//!
//! What always holds: no file but those that the script names is read, and no environment.

use std::path::Path;

use secrecy::SecretString;

use super::{
    Config, EngineSettings, GithubAuth, GithubSettings, GitlabSettings, LogFormat, LogLevel, Outline, ServerSettings,
    StoreSettings,
    limits::Limits,
    projects,
    settings::{DEFAULT_GITHUB_NAME, DEFAULT_GITLAB_INTERVAL, DEFAULT_GITLAB_NAME, DEFAULT_WRITE_INTERVAL},
};
use crate::document::Table;

/// What a drill makes up.
#[derive(Debug, Clone)]
pub struct Drilled {
    /// Root of the simulated forge's REST API, or of its site.
    pub api_url: String,
    /// Which forge, and as whom the program acts there.
    pub forge: DrilledForge,
    /// What deliveries are signed with.
    pub webhook_secret: SecretString,
    /// The key of the bot's own marks.
    pub marker_key: SecretString,
    /// The database.
    pub store: StoreSettings,
}

/// Which forge is simulated.
#[derive(Debug, Clone)]
pub enum DrilledForge {
    /// GitHub.
    Github(GithubAuth),
    /// GitLab, by an access token.
    Gitlab(SecretString),
}

/// The settings of a script's `[project]`, checked.
#[derive(Debug, Clone)]
pub struct DrillSettings {
    engine: EngineSettings,
    projects: projects::Projects,
}

impl DrillSettings {
    /// Reads the `[project]` of a script, in which `forge` has no place and `path` need not stand. Problems are
    /// reported to the table's document. Names of files start from `folder`.
    #[must_use]
    pub fn read(project: &Table<'_>, folder: &Path) -> Option<Self> {
        let mut limits = Limits::none();
        let projects = projects::of_drill(project, folder, DEFAULT_GITHUB_NAME, &mut limits)?;
        Some(Self { engine: limits.engine, projects })
    }

    /// The project as far as it can be read, where [`DrillSettings::read`] found something wrong with it.
    #[must_use]
    pub fn outline(project: &Table<'_>, folder: &Path) -> Option<Outline> {
        Outline::of_drill(project, folder, DEFAULT_GITHUB_NAME)
    }

    /// The project.
    #[must_use]
    pub fn project(&self) -> Option<&crate::domain::project::Project> {
        self.projects.projects.first()
    }

    /// A whole configuration, as if somebody had written it.
    #[must_use]
    pub fn config(&self, drilled: Drilled) -> Config {
        let Drilled { api_url, forge, webhook_secret, marker_key, store } = drilled;
        let (mut github, mut gitlab) = (Vec::new(), Vec::new());
        let projects::Projects { mut projects, mut templates } = self.projects.clone();
        match forge {
            DrilledForge::Github(auth) => github.push(GithubSettings {
                name: DEFAULT_GITHUB_NAME.to_owned(),
                api_url,
                webhook_secrets: vec![webhook_secret],
                auth,
                allow_internal: false,
                write_interval: DEFAULT_WRITE_INTERVAL,
            }),
            DrilledForge::Gitlab(token) => {
                let forges = projects.iter_mut().map(|project| &mut project.forge);
                for forge in forges.chain(templates.iter_mut().map(|(forge, ..)| forge)) {
                    DEFAULT_GITLAB_NAME.clone_into(forge);
                }
                gitlab.push(GitlabSettings {
                    name: DEFAULT_GITLAB_NAME.to_owned(),
                    url: api_url,
                    token,
                    webhook_secrets: Vec::new(),
                    signing_tokens: vec![webhook_secret],
                    write_interval: DEFAULT_GITLAB_INTERVAL,
                });
            }
        }
        let server = ServerSettings {
            listen: ([127, 0, 0, 1], 0).into(),
            public_url: "http://127.0.0.1".to_owned(),
            marker_key,
            log_format: LogFormat::Text,
            log_level: LogLevel::Info,
        };
        let (warnings, templates) = (Vec::new(), projects::by_place(templates));
        Config { server, store, engine: self.engine, github, gitlab, projects, warnings, templates }
    }
}
