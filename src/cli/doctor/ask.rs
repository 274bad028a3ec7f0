//! Asks one forge and its projects. What cannot be asked is told as such, and does not keep from asking the rest.

use crate::{
    audit::{
        Check, Outcome,
        setup::{forge, hook, labels, place, routes, template},
    },
    config::Config,
    domain::{
        project::Project,
        setup::{Found, Shown, Token},
        time::Moment,
    },
    forge::{ForgeError, Inspect, Read},
};

use super::{
    super::{compose, with_causes},
    Section, templates,
};

/// Who asks one forge.
pub(super) struct Asker<'a> {
    pub(super) config: &'a Config,
    pub(super) name: &'a str,
    pub(super) read: &'a dyn Read,
    pub(super) inspect: &'a dyn Inspect,
    pub(super) now: Moment,
}

impl Asker<'_> {
    /// Tells everything about the forge and its projects, place by place. True if the forge could be reached.
    pub(super) async fn ask(&self, mut tell: impl FnMut(Section)) -> bool {
        let server = match self.inspect.server().await {
            Ok(server) => server,
            Err(error) => {
                tell(Section { about: self.name.to_owned(), checks: vec![self.no_answer(&error)] });
                let because = format!("{} gave no answer that means anything", self.name);
                self.projects().for_each(|project| tell(Self::unasked(project, &because)));
                return false;
            }
        };
        let checks = forge::checks(&server, self.is_gitlab(), &self.people(), self.now);
        tell(Section { about: self.name.to_owned(), checks });
        let mut reached = true;
        for project in self.projects() {
            if matches!(server.token, Token::Refused { .. }) {
                tell(Self::unasked(project, "the token is refused"));
                continue;
            }
            let (checks, all) = self.project(project).await;
            reached &= all;
            tell(Section { about: spoken(project), checks });
        }
        reached
    }

    fn unasked(project: &Project, because: &str) -> Section {
        let checks = vec![Check::new("project", Outcome::Unasked, because, "mend that first"), routes::check(project)];
        Section { about: spoken(project), checks }
    }

    /// The forge as a whole gave no answer that means anything.
    fn no_answer(&self, error: &ForgeError) -> Check {
        let (key, address) = self.address();
        let (says, mend) = match error {
            ForgeError::Gone { .. } | ForgeError::Invalid { .. } | ForgeError::Denied { .. } => (
                format!("something answers at {address} that is not this forge's API"),
                format!("correct `{key}` in the configuration; see that no proxy answers in its place"),
            ),
            ForgeError::Later { .. } => (with_causes(error), "ask again then".to_owned()),
            ForgeError::Unreachable { .. } => (
                format!("no connection to {address}: {}", cause(error)),
                format!("check `{key}` in the configuration, the network, the proxy and the certificate"),
            ),
            ForgeError::Unknown { .. } => (
                format!("no whole answer from {address}: {}", cause(error)),
                "check the forge's own health, and that no proxy answers in its place".to_owned(),
            ),
        };
        Check::new("server", Outcome::Error, says, mend)
    }

    /// Where the forge is asked, and the key that says so.
    fn address(&self) -> (&'static str, &str) {
        let github = self.config.github.iter().map(|settings| (&settings.name, ("api_url", settings.api_url.as_str())));
        let gitlab = self.config.gitlab.iter().map(|settings| (&settings.name, ("url", settings.url.as_str())));
        let found = github.chain(gitlab).find(|(name, _)| *name == self.name);
        found.map(|(_, address)| address).unwrap_or_default()
    }

    fn is_gitlab(&self) -> bool {
        self.config.gitlab.iter().any(|settings| settings.name == self.name)
    }

    fn projects(&self) -> impl Iterator<Item = &Project> {
        self.config.projects.iter().filter(|project| project.forge == self.name)
    }

    /// Logins that the configuration gives to people.
    fn people(&self) -> Vec<String> {
        let handles = |project: &Project| {
            let roles = project.roles.values().flatten().filter(|handle| !handle.contains('/'));
            project.commanders.iter().chain(roles).cloned().collect::<Vec<_>>()
        };
        self.projects().flat_map(handles).collect()
    }

    /// One project, and whether each question reached the forge.
    async fn project(&self, project: &Project) -> (Vec<Check>, bool) {
        let path = project.path.as_str();
        let mut checks = match self.inspect.place(path).await {
            // Whoever is switched off is told nothing more.
            Ok(Found::Suspended) => {
                let mut checks = place::checks(&Found::Suspended, path);
                checks.push(routes::check(project));
                return (checks, true);
            }
            Ok(found) => place::checks(&found, path),
            Err(error @ (ForgeError::Gone { .. } | ForgeError::Denied { .. })) => {
                return (vec![absent(&error), routes::check(project)], true);
            }
            Err(error) => {
                let (check, reached) = unknown("project", &error);
                return (vec![check, routes::check(project)], reached);
            }
        };
        let mut reached = true;
        let mut take = |id: &'static str, answer: Result<Vec<Check>, ForgeError>| match answer {
            Ok(more) => checks.extend(more),
            Err(error) => {
                let (check, all) = unknown(id, &error);
                reached &= all;
                checks.push(check);
            }
        };
        take(
            "labels",
            self.read.labels(path).await.map(|defined| vec![labels::check(project, &defined, self.is_gitlab())]),
        );
        take("template", self.template(project).await.map(|check| vec![check]));
        let intake = compose::intake(self.config, &project.forge);
        take(hook::ID, self.inspect.hooks(path).await.map(|hooks| hook::checks(&hooks, &intake)));
        checks.push(routes::check(project));
        (checks, reached)
    }

    async fn template(&self, project: &Project) -> Result<Check, ForgeError> {
        let folder = self.inspect.template_folder();
        Ok(match self.inspect.templates(&project.path).await? {
            Shown::Yes(all) => {
                let read: Vec<_> = all.iter().map(|one| templates::read(one, project, folder)).collect();
                template::check(&read, folder)
            }
            Shown::Needs(right) => {
                let says = format!("the bot may not see the templates: that takes {right}");
                Check::new("template", Outcome::Unasked, says, "look yourself; the bot works without that right")
            }
        })
    }
}

fn spoken(project: &Project) -> String {
    format!("{}:{}", project.forge, project.path)
}

fn absent(error: &ForgeError) -> Check {
    let mend = "correct `path`, or let the bot in: install the App on it, or make the bot's account a member";
    Check::new("project", Outcome::Error, with_causes(error), mend)
}

/// Why, without what was asked for.
fn cause(error: &ForgeError) -> String {
    with_causes(std::error::Error::source(error).unwrap_or(error))
}

/// One question got no answer. False where the forge is at fault.
fn unknown(id: &'static str, error: &ForgeError) -> (Check, bool) {
    let reached =
        !matches!(error, ForgeError::Unreachable { .. } | ForgeError::Unknown { .. } | ForgeError::Later { .. });
    // A refusal says itself what to look at.
    let mend = if reached { "" } else { "ask again later" };
    (Check::new(id, Outcome::Unasked, with_causes(error), mend), reached)
}
