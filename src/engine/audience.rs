//! Who can read an incident: asked before anything is written, and again as soon as a project may have changed.
//!
//! What always holds: what is said here for operators names an issue by its number, never by its title. What is
//! deliberately not here: what follows from it (`plan`), and the last check before each write (`forge`).

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::task::JoinSet;

use crate::{
    domain::{
        event::{Event, Exposure, What},
        hint::{Hint, Hinted},
        ids::IssueRef,
        people::Actor,
        project::Project,
        snapshot::{Audience, Issue, Visibility},
    },
    forge::{Forge, ForgeError},
    plan::keys,
    telemetry,
};

use super::{Engine, Trouble, apply::Applied, desk::Desk};

/// Projects of which a delivery said that they changed, by forge and path.
#[derive(Default)]
pub(super) struct Doubted(Mutex<BTreeSet<(String, String)>>);

impl Doubted {
    pub(super) fn add(&self, forge: &str, path: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((forge.to_owned(), path.to_owned()));
    }

    fn take(&self) -> BTreeSet<(String, String)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Engine {
    /// Asks about the projects that a delivery cast doubt on, without waiting for the answers.
    pub(super) fn ask_about_doubted(self: &Arc<Self>, work: &mut JoinSet<()>) {
        for (forge, path) in self.doubted.take() {
            let (engine, in_hand) = (Arc::clone(self), self.in_hand());
            work.spawn(async move {
                engine.ask_about(&forge, &path).await;
                drop(in_hand);
            });
        }
    }

    /// The same, and waits.
    pub(super) async fn settle_doubts(&self) {
        for (forge, path) in self.doubted.take() {
            self.ask_about(&forge, &path).await;
        }
    }

    async fn ask_about(&self, forge: &str, path: &str) {
        let mut watched = self.ports.projects.iter().map(|watched| &watched.project);
        let Some(project) = watched.find(|project| project.forge == forge && project.path == path) else { return };
        let Some(forge) = self.forge(forge) else { return };
        let compared = async {
            let facts = forge.read.project(path).await?;
            self.numbers.keep(project, facts.id);
            self.compare_visibility(project, facts.visibility).await
        };
        if let Err(trouble) = compared.await {
            // The next sweep asks again.
            tracing::warn!(project = %path, error.class = trouble.class(), "who can read it: {}", trouble.told());
        }
    }

    /// Has every incident of a project looked at once who can read the project is not what it was.
    pub(super) async fn compare_visibility(&self, project: &Project, now: Visibility) -> Result<(), Trouble> {
        let store = &self.ports.store;
        let name = format!("visibility/{}/{}", project.forge, project.path);
        let (word, known) = (word(now), store.value(&name).await?);
        if known.as_deref() == Some(word) {
            return Ok(());
        }
        if known.is_some() || now != Visibility::Private {
            let ours = |issue: &IssueRef| issue.forge == project.forge && issue.project == project.path;
            let incidents = store.incidents().await?.into_iter().filter(ours).collect();
            store.nudge(incidents, self.ports.clock.machine_now(), false).await?;
            tracing::info!(project = %project.path, "the project is {word}");
            self.wake();
        }
        // Last, so that a death before it has them looked at once more.
        store.set_value(&name, word).await?;
        Ok(())
    }
}

fn word(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Private => "private",
        Visibility::Internal => "internal",
        Visibility::Public => "public",
    }
}

impl Desk<'_> {
    /// Who can read the issue: by its own flag where the forge has one, else by its project; and whoever is mailed what is
    /// written there.
    pub(super) async fn audience(&mut self, forge: &Forge, issue: &Issue) -> Result<Audience, ForgeError> {
        let closed = match issue.confidential {
            Some(closed) => closed && !issue.is_mailed,
            None => forge.read.is_private(&self.claim.issue.project).await?,
        };
        Ok(if closed { Audience::Trusted } else { Audience::Anyone })
    }

    /// Puts the confidential flag on. What else is to be written is planned anew, on a second look.
    /// A forge that does not let the bot do so for good is not asked for ever: people have to.
    pub(super) async fn make_confidential(&mut self, forge: &Forge, key: &str) -> Result<Applied, Trouble> {
        if let Some(applied) = self.settled(&self.row(key)) {
            return Ok(applied);
        }
        match forge.write.make_confidential(&self.claim.issue).await {
            Ok(()) => {}
            Err(error @ (ForgeError::Denied { .. } | ForgeError::Invalid { .. })) => {
                return self.refused(key, &error).await;
            }
            Err(error) => return Err(error.into()),
        }
        self.tell(What::Hidden, self.incident.url.clone());
        telemetry::effect("confidential", "done");
        Ok(Applied::Wait(self.machine_now()))
    }

    /// Notes that the issue is not at its place.
    pub(super) fn note_loss(&mut self, hints: &[Hint]) {
        let told = hints.iter().filter(|hint| hint.what == Hinted::Left).max_by_key(|hint| hint.at);
        let at = told.map_or_else(|| self.now(), |hint| hint.at);
        let by = told.and_then(|hint| hint.by.clone()).map_or(Actor::Somebody, Actor::Person);
        self.take(vec![Event { at, by, url: None, what: What::Lost }]);
        tracing::error!(
            incident.id = %self.claim.issue,
            "the issue was moved, transferred or deleted, or is hidden from the token; nothing follows it to another place"
        );
    }

    /// Takes in what a look at the issue gave, and says in the log what it means for who can read it.
    pub(super) fn take_in(&mut self, events: Vec<Event>) {
        let before = self.incident.exposure.as_ref().map(|exposed| exposed.how);
        self.take(events);
        self.note_return();
        self.say_exposure(before);
    }

    /// Notes that the issue is at its place again.
    fn note_return(&mut self) {
        if self.incident.lost.is_some() {
            self.take(vec![Event { at: self.now(), by: Actor::Somebody, url: None, what: What::Found }]);
            tracing::info!(incident.id = %self.claim.issue, "the issue is at its place again; its clocks go on");
        }
    }

    /// Says in the log that who can read the issue changed.
    fn say_exposure(&self, before: Option<Exposure>) {
        let exposed = self.incident.exposure.as_ref();
        match exposed.filter(|exposed| exposed.how != Exposure::Filed) {
            Some(exposed) if before != Some(exposed.how) => {
                tracing::error!(incident.id = %self.claim.issue, "{}; nothing is written but an alarm", how(exposed.how));
            }
            None if before.is_some() && exposed.is_none() => {
                tracing::info!(incident.id = %self.claim.issue, "only the trusted can read the issue; work goes on");
            }
            _ => {}
        }
    }

    /// Says in `/readyz`, for as long as it lasts, that the incident cannot be worked on.
    pub(super) fn call_attention(&self) {
        let issue = &self.claim.issue;
        let under_way = self.incident.opened.is_some() && self.incident.open;
        let exposed = self.incident.exposure.as_ref().filter(|_| under_way);
        let exposed = exposed.map(|exposed| {
            let key = keys::confidential(exposed.at);
            let refused = exposed.how == Exposure::Filed && self.incident.given_up.contains(&key);
            let how = if refused { REFUSED } else { how(exposed.how) };
            format!("{issue}: {how}; nothing is written but an alarm")
        });
        let untold = under_way && self.incident.given_up.iter().any(|key| key == keys::TIMELINE);
        let untold = untold.then(|| {
            format!(
                "{issue}: the forge takes no entries of its own timeline from the bot; give its account the role \
                 Developer, or take timeline_events out of the configuration"
            )
        });
        self.engine.trouble(&format!("timeline {issue}"), untold);
        let lost = self.incident.lost.filter(|_| under_way).map(|_| {
            format!("{issue} is gone from its place (moved, deleted or hidden from the token): nothing follows it")
        });
        self.engine.trouble(&format!("exposed {issue}"), exposed);
        self.engine.trouble(&format!("lost {issue}"), lost);
    }
}

/// How others come to read an issue that the bot may not make confidential.
const REFUSED: &str = "others can read the issue, because it has no confidential flag, and the forge does not let the bot put \
                       it on: make it confidential by hand, and give the bot's account the right to edit issues";

fn how(exposure: Exposure) -> &'static str {
    match exposure {
        Exposure::Project => "others can read the issue, because its project is not private",
        Exposure::Flag => "others can read the issue, because its confidential flag was taken off",
        Exposure::Filed => "others can read the issue, because it has no confidential flag yet",
        Exposure::Mailed => {
            "what is written on the issue is mailed to an address outside of GitLab (Service Desk): file another issue for \
             the incident, and close this one"
        }
    }
}
