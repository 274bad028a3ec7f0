//! The safety net under lost deliveries: on start and every few minutes, ask each forge what changed.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use crate::{
    domain::{
        ids::IssueRef,
        project::Project,
        snapshot::{Issue, Visibility},
        time::Moment,
    },
    forge::{Forge, ForgeError, ProjectFacts},
    telemetry,
};

use super::{Engine, Trouble, told};

/// Each sweep overlaps the one before by this much, because lists on a forge can lag behind.
const OVERLAP: TimeDelta = TimeDelta::minutes(10);

/// How soon a sweep that failed is tried again, at first.
const SOON: Duration = Duration::from_secs(30);

/// What the sweeps remember between them: when each issue had last changed, and which ones nobody has read since.
#[derive(Default)]
pub(super) struct Remembered {
    changed: Mutex<HashMap<IssueRef, Moment>>,
    unread: Mutex<HashSet<IssueRef>>,
}

impl Remembered {
    /// True until the change was noted.
    fn is_news(&self, issue: &IssueRef, changed_at: Moment) -> bool {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).get(issue) != Some(&changed_at)
    }

    /// These changes are on disk as wanting a look.
    fn note(&self, changes: Vec<(IssueRef, Moment)>) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).extend(changes);
    }

    /// These are to be read, whatever else they are looked at for.
    fn wants_read(&self, issues: &[IssueRef]) {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).extend(issues.iter().cloned());
    }

    /// A sweep found a change that nobody has read.
    pub(super) fn is_unread(&self, issue: &IssueRef) -> bool {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).contains(issue)
    }

    /// The issue is about to be read. Says whether it was waiting for that.
    pub(super) fn is_read(&self, issue: &IssueRef) -> bool {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).remove(issue)
    }

    /// Forgets what the overlap no longer shows.
    fn forget_before(&self, horizon: Moment) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, at| *at >= horizon);
    }
}

impl Engine {
    /// Sweeps until `stop` turns true.
    pub async fn sweep(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let (mut failures, mut called) = (0_u32, false);
        while !*stop.borrow() {
            called = called || self.call_meetings().await.is_ok();
            failures = if self.sweep_once().await && called { 0 } else { failures.saturating_add(1) };
            tokio::select! {
                () = self.ports.clock.rest(self.until_next_sweep(failures)) => {}
                _ = stop.changed() => break,
            }
        }
    }

    /// A sweep that failed is tried again soon, then less and less so: after an outage, nobody else may know what happened.
    fn until_next_sweep(&self, failures: u32) -> Duration {
        let usual = self.patience.sweep_every;
        match failures.checked_sub(1) {
            None => usual,
            Some(before) => usual.min(SOON * 2_u32.saturating_pow(before.min(10))),
        }
    }

    /// Asks each project's forge once what changed, and tidies up. True if every one of them answered.
    pub async fn sweep_once(&self) -> bool {
        let _in_hand = self.in_hand();
        let mut all = true;
        for watched in &self.ports.projects {
            let project = &watched.project;
            let swept = self.sweep_project(project).await;
            if swept.is_ok() {
                self.look_at_hook(watched).await;
            }
            let about = format!("sweep {}/{}", project.forge, project.path);
            all &= swept.is_ok();
            if let Err(trouble) = &swept {
                telemetry::sweep(trouble.class());
                tracing::warn!(project = %project.path, error.class = trouble.class(), "sweep: {}", trouble.told());
            }
            self.trouble(&about, swept.err().map(|trouble| format!("cannot ask the forge what changed: {trouble}")));
        }
        self.tidy().await;
        all
    }

    async fn sweep_project(&self, project: &Project) -> Result<(), Trouble> {
        let Some(forge) = self.forge(&project.forge) else { return Ok(()) };
        let facts = forge.read.project(&project.path).await?;
        // Before the list is read: what a delivery told until now, and nobody understood, is in that.
        self.numbers.keep(project, facts.id);
        let public = facts.visibility == Visibility::Public;
        if public {
            tracing::error!(project = %project.path, "the project is public");
        }
        self.compare_visibility(project, facts.visibility).await?;
        let what = public.then(|| {
            format!("{} is public: make it private, or move the incidents to a project that is", project.path)
        });
        self.trouble(&format!("visibility {}/{}", project.forge, project.path), what);
        self.trouble(&format!("place {}/{}", project.forge, project.path), out_of_place(project, &facts));
        let name = format!("sweep/{}/{}", project.forge, project.path);
        let began = self.ports.clock.machine_now();
        let cursor = self.ports.store.value(&name).await?;
        let since = cursor
            .as_deref()
            .and_then(|at| DateTime::parse_from_rfc3339(at).ok())
            .map(|at| at.with_timezone(&Utc) - OVERLAP);
        let found = self.changed_since(project, forge, since).await?;
        if found > 0 {
            tracing::info!(project = %project.path, issues = found, "the sweep found changes");
            self.wake();
        }
        self.ports.store.set_value(&name, &began.to_rfc3339()).await?;
        match forge.read.redeliver_failed(&project.path, since.unwrap_or(began - OVERLAP)).await {
            Ok(0) => {}
            Ok(asked) => {
                tracing::info!(project = %project.path, deliveries = asked, "asked the forge to deliver again");
            }
            // What changed is found without them.
            Err(error) => {
                tracing::warn!(project = %project.path, error.class = error.class(), "deliveries: {}", told(&error));
            }
        }
        self.swept.forget_before(began - OVERLAP * 2);
        telemetry::sweep("done");
        Ok(())
    }

    /// Marks the incidents that changed. Those with changed comments, and all of them on the very first sweep, are
    /// read whole.
    async fn changed_since(&self, project: &Project, forge: &Forge, since: Option<Moment>) -> Result<usize, Trouble> {
        let issues = forge.read.changed(&project.path, since, &project.labels.incident).await?;
        let commented = match since {
            Some(since) => match forge.read.commented(&project.path, since).await {
                // A forge that cannot say which comments changed: every changed issue is read whole.
                Err(ForgeError::Gone { .. }) => all(&issues),
                commented => commented?,
            },
            None => all(&issues),
        };
        let known = self.ports.store.incidents().await?;
        let (mut with_comments, mut without, mut news) = (Vec::new(), Vec::new(), Vec::new());
        for issue in issues {
            let reference = IssueRef::new(&project.forge, &project.path, issue.number);
            let marked = issue.body.contains(crate::text::marker::INCIDENT);
            let labelled = issue.labels.iter().any(|label| project.spelled(label) == project.labels.incident);
            let typed = project.detect.kind && issue.is_incident;
            let candidate = labelled || marked || typed || project.detect.fields;
            if (candidate || known.contains(&reference)) && self.swept.is_news(&reference, issue.updated_at) {
                let list = if commented.contains(&issue.number) { &mut with_comments } else { &mut without };
                list.push(reference.clone());
                news.push((reference, issue.updated_at));
            }
        }
        let found = with_comments.len() + without.len();
        let now = self.ports.clock.machine_now();
        self.swept.wants_read(&without);
        self.ports.store.nudge(with_comments, now, true).await?;
        self.ports.store.nudge(without, now, false).await?;
        self.swept.note(news);
        Ok(found)
    }

    /// Bodies of old deliveries go.
    async fn tidy(&self) {
        let store = &self.ports.store;
        let age = TimeDelta::from_std(self.patience.forget_bodies_after).unwrap_or(TimeDelta::MAX);
        let before = self.ports.clock.machine_now() - age;
        if let Err(error) = store.forget_bodies(before).await {
            tracing::warn!("cannot remove old bodies: {error}");
        }
    }
}

/// What became of a project that people should know of: it cannot be written to, or is found under its old name only.
fn out_of_place(project: &Project, facts: &ProjectFacts) -> Option<String> {
    let path = &project.path;
    if facts.archived {
        return Some(format!("{path} is archived: nothing can be written there, and nothing is, until that is undone"));
    }
    let now = &facts.path;
    (!now.eq_ignore_ascii_case(path)).then(|| {
        format!(
            "{path} is called {now} now: it is still followed, by its number; change `path` in the configuration once no \
             incident is open there"
        )
    })
}

fn all(issues: &[Issue]) -> BTreeSet<u64> {
    issues.iter().map(|issue| issue.number).collect()
}
