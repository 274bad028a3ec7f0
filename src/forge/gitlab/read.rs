//! The reading half.
//!
//! What always holds: lists are read to their end or not at all, but for the comments, of which is told what is missing;
//! entries that cannot be understood are left out of the
//! history, never out of a list of issues or comments.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use gitlab::api::projects::{
    issues::{Issue as OneIssue, IssueResourceLabelEvents},
    labels::Labels,
    members::AllProjectMember,
};
use serde_json::Value;

use super::{
    super::{ForgeError, Inspect, ProjectFacts, Read, Thread, answer::unknown, thread::Gatherer},
    Gitlab,
    client::Ask,
    endpoints::{ChangedIssues, IssueNotes, Notes, OneNote, StateEvents, UsersNamed},
    pages::Pager,
    system::{Noted, noted},
    wire,
};
use crate::domain::{
    ids::{CommentId, IssueRef},
    people::{Account, Permission},
    snapshot::{Change, Changed, Comment, Edit, Issue},
    time::Moment,
};

#[async_trait]
impl Read for Gitlab {
    fn forget(&self, project: &str) {
        self.shared.audiences.forget(project);
    }

    async fn whoami(&self) -> Result<Account, ForgeError> {
        self.me().await
    }

    async fn issue(&self, issue: &IssueRef) -> Result<Issue, ForgeError> {
        let what = format!("reading {issue}");
        let project = self.number(&issue.project).await?;
        let endpoint = OneIssue::builder().project(project).issue(issue.number).build().expect("an issue is named");
        let read: wire::Issue = self.shared.client.send(Ask::read(&what), &endpoint).await?.read(&what)?;
        if read.moved_away() || read.project_id.is_some_and(|home| home != project) {
            return Err(ForgeError::Gone { what });
        }
        self.shared.numbers.keep(issue, read.id);
        let found = read.neutral().ok_or_else(|| lacking(&what))?;
        let now = self.shared.clock.machine_now();
        self.shared.audiences.keep(issue, &found, now);
        Ok(found)
    }

    async fn comments(&self, issue: &IssueRef, since: Option<Moment>) -> Result<Vec<Comment>, ForgeError> {
        self.thread(issue, since).await?.whole(issue)
    }

    async fn thread(&self, issue: &IssueRef, since: Option<Moment>) -> Result<Thread, ForgeError> {
        let what = format!("reading the comments of {issue}");
        // Moments of lists have milliseconds, those of deliveries sometimes not.
        let from = since.map(|at| at - chrono::TimeDelta::seconds(1));
        self.gather(issue, &what, from).await
    }

    async fn history(&self, issue: &IssueRef) -> Result<Vec<Change>, ForgeError> {
        let what = format!("reading the history of {issue}");
        let (project, number) = (self.number(&issue.project).await?, issue.number);
        let me = self.me().await?;
        let labels = IssueResourceLabelEvents::builder().project(project).issue(number).build();
        let labels: Vec<Value> = self.pages(&what, &labels.expect("an issue is named")).await?;
        let states: Vec<Value> = self.pages(&what, &StateEvents { project, issue: number }).await?;
        let labelled =
            labels.into_iter().filter_map(|one| serde_json::from_value::<wire::LabelEvent>(one).ok()?.change());
        let turned =
            states.into_iter().filter_map(|one| serde_json::from_value::<wire::StateEvent>(one).ok()?.change());
        let mut found: Vec<_> = labelled.chain(turned).collect();
        found.extend(self.people(issue, &what).await?);
        found.sort_by_key(|(at, ..)| *at);
        Ok(found.into_iter().map(|(at, by, what)| Change { at, by: Self::actor(&me, by), what }).collect())
    }

    async fn edits(&self, issue: &IssueRef, _: Option<Moment>) -> Result<Vec<Edit>, ForgeError> {
        let what = format!("reading the edits of {issue}");
        let me = self.me().await?;
        let activity: Vec<wire::Note> = self.activity(issue, &what).await?;
        let now = self.issue(issue).await?;
        let changes = activity.into_iter().filter(wire::Note::is_system).filter_map(wire::Note::activity);
        let texts = changes.filter(|(_, _, body)| noted(body).contains(&Noted::Description));
        let filed = (now.created_at, now.author.clone());
        let mut edits: Vec<Edit> = std::iter::once(filed)
            .chain(texts.map(|(at, by, _)| (at, by)))
            .map(|(at, by)| Edit { at, by: Self::actor(&me, by), body: None })
            .collect();
        // GitLab tells who changed the text and when, but of the texts only the newest.
        if let Some(last) = edits.last_mut() {
            last.body = Some(now.body);
        }
        Ok(edits)
    }

    async fn last_edits(
        &self,
        issue: &IssueRef,
        comments: &[(CommentId, Moment)],
    ) -> Result<BTreeMap<CommentId, Option<Moment>>, ForgeError> {
        match self.asked_edits(issue, comments).await {
            // A server that is too old to be asked, or an account that may not.
            Err(error @ (ForgeError::Denied { .. } | ForgeError::Invalid { .. } | ForgeError::Gone { .. })) => {
                tracing::debug!(error.class = error.class(), "{error}; comments are dated by their stamps");
                Ok(BTreeMap::new())
            }
            edited => edited,
        }
    }

    async fn permission(&self, project: &str, account: &Account) -> Result<Permission, ForgeError> {
        let what = format!("reading an account's permission in {}", self.shared.client.spoken(project));
        let number = self.number(project).await?;
        let endpoint = AllProjectMember::builder().project(number).user(account.id).build().expect("both are named");
        let answer = match self.shared.client.send(Ask::read(&what), &endpoint).await {
            Err(ForgeError::Gone { .. }) => return Ok(Permission::None),
            other => other?,
        };
        let member: wire::Member = answer.read(&what)?;
        Ok(if member.id == Some(account.id) { member.permission() } else { Permission::None })
    }

    async fn permission_of(&self, project: &str, login: &str) -> Result<Permission, ForgeError> {
        match self.account(login, &format!("looking up an account for {}", self.shared.client.spoken(project))).await? {
            Some(account) => self.permission(project, &account).await,
            None => Ok(Permission::None),
        }
    }

    async fn comment(&self, issue: &IssueRef, comment: CommentId) -> Result<Comment, ForgeError> {
        let what = format!("reading comment {comment} on {issue}");
        let (project, url) = (self.number(&issue.project).await?, self.web(issue).await?);
        let endpoint = OneNote { project, issue: issue.number, note: comment.0 };
        let note: wire::Note = self.shared.client.send(Ask::read(&what), &endpoint).await?.read(&what)?;
        note.neutral(&url).ok_or_else(|| lacking(&what))
    }

    async fn project(&self, project: &str) -> Result<ProjectFacts, ForgeError> {
        self.fresh_facts(project).await
    }

    async fn changed(&self, project: &str, since: Option<Moment>, label: &str) -> Result<Vec<Issue>, ForgeError> {
        let what = format!("listing the changed issues of {}", self.shared.client.spoken(project));
        let number = self.number(project).await?;
        let from = since.map(|at| (at - chrono::TimeDelta::seconds(1)).to_rfc3339());
        let lists = match &from {
            Some(from) => vec![ChangedIssues { project: number, since: Some(from), label: None, kind: None }],
            None => vec![
                ChangedIssues { project: number, since: None, label: Some(label), kind: None },
                ChangedIssues { project: number, since: None, label: None, kind: Some("incident") },
            ],
        };
        let mut unique = BTreeMap::new();
        for list in &lists {
            for issue in self.pages::<wire::Issue>(&what, list).await? {
                let issue = issue.neutral().ok_or_else(|| lacking(&what))?;
                unique.entry(issue.number).or_insert(issue);
            }
        }
        let mut issues: Vec<Issue> = unique.into_values().collect();
        issues.sort_by_key(|issue| (issue.updated_at, issue.number));
        Ok(issues)
    }

    /// GitLab lists notes by issue alone. A note that is written or changed changes its issue's own moment, so any changed
    /// issue may have one.
    async fn commented(&self, project: &str, _: Moment) -> Result<BTreeSet<u64>, ForgeError> {
        Err(ForgeError::Gone { what: format!("a list of the changed comments of {project}") })
    }

    async fn labels(&self, project: &str) -> Result<BTreeSet<String>, ForgeError> {
        let what = format!("listing the labels of {}", self.shared.client.spoken(project));
        let number = self.number(project).await?;
        let endpoint = Labels::builder().project(number).build().expect("a project is named");
        let names = wire::names(self.pages::<wire::Definition>(&what, &endpoint).await?);
        self.shared.definitions.keep(project, &names, self.shared.clock.machine_now());
        Ok(names)
    }

    async fn timeline(&self, issue: &IssueRef) -> Result<Vec<String>, ForgeError> {
        self.own_entries(issue).await
    }

    async fn redeliver_failed(&self, project: &str, since: Moment) -> Result<u32, ForgeError> {
        self.resend(project, since).await
    }

    fn under_way(&self) -> usize {
        self.shared.client.under_way()
    }

    fn inspect(&self) -> Option<&dyn Inspect> {
        Some(self)
    }
}

fn lacking(what: &str) -> ForgeError {
    unknown(what, "an entry of the answer lacks its number or its moment")
}

impl Gitlab {
    /// What GitLab noted about an issue by itself.
    async fn activity(&self, issue: &IssueRef, what: &str) -> Result<Vec<wire::Note>, ForgeError> {
        let project = self.number(&issue.project).await?;
        self.pages(what, &IssueNotes { project, issue: issue.number, which: Notes::Activity }).await
    }

    /// The comments, as far as they can be read, up to the page on which one is older than `from`.
    async fn gather(&self, issue: &IssueRef, what: &str, from: Option<Moment>) -> Result<Thread, ForgeError> {
        let which = if from.is_some() { Notes::LatestComments } else { Notes::Comments };
        let (project, url) = (self.number(&issue.project).await?, self.web(issue).await?);
        let endpoint = IssueNotes { project, issue: issue.number, which };
        let old = |note: &wire::Note| from.is_some_and(|from| note.touched().is_some_and(|at| at < from));
        let (mut pager, mut all) = (Pager::new(self, Ask::read(what), &endpoint), Gatherer::default());
        while let Some(page) = pager.next::<wire::Note>().await? {
            let done = page.iter().any(&old);
            for note in page.into_iter().filter(|note| !note.is_system() && !old(note)) {
                let is_cut = note.is_cut();
                all.add(note.neutral(&url).ok_or_else(|| lacking(what))?, is_cut);
            }
            if all.is_full() {
                all.shorten(self.me().await?.id);
            }
            if done {
                break;
            }
        }
        if pager.is_missing() {
            all.miss();
        }
        Ok(all.finish())
    }

    /// Who was assigned and who was taken off, from what GitLab noted; with changes of the text.
    async fn people(
        &self,
        issue: &IssueRef,
        what: &str,
    ) -> Result<Vec<(Moment, Option<Account>, Changed)>, ForgeError> {
        let activity: Vec<wire::Note> = self.activity(issue, what).await?;
        let mut known: BTreeMap<String, Option<Account>> = BTreeMap::new();
        let mut changes = Vec::new();
        for (at, by, body) in activity.into_iter().filter(wire::Note::is_system).filter_map(wire::Note::activity) {
            if let Some(by) = &by {
                known.insert(by.login.clone(), Some(by.clone()));
            }
            for said in noted(&body) {
                let (names, on) = match said {
                    Noted::Assigned(names) => (names, true),
                    Noted::Unassigned(names) => (names, false),
                    Noted::Confidential(closed) => {
                        changes.push((at, by.clone(), if closed { Changed::Hidden } else { Changed::Exposed }));
                        continue;
                    }
                    Noted::Severity(to) => {
                        changes.push((at, by.clone(), Changed::ForgeSeverity(to)));
                        continue;
                    }
                    Noted::Description | Noted::Title => {
                        changes.push((at, by.clone(), Changed::Edited));
                        continue;
                    }
                };
                for name in names {
                    let Some(who) = self.named(&mut known, name, what).await? else { continue };
                    changes.push((at, by.clone(), if on { Changed::Assigned(who) } else { Changed::Unassigned(who) }));
                }
            }
        }
        Ok(changes)
    }

    /// The account of a name; `None` where there is none any more.
    async fn named(
        &self,
        known: &mut BTreeMap<String, Option<Account>>,
        name: String,
        what: &str,
    ) -> Result<Option<Account>, ForgeError> {
        if let Some(found) = known.get(&name) {
            return Ok(found.clone());
        }
        let found = self.account(&name, what).await?;
        known.insert(name, found.clone());
        Ok(found)
    }

    /// The account of a name; `None` where there is none.
    pub(super) async fn account(&self, name: &str, what: &str) -> Result<Option<Account>, ForgeError> {
        let answer = self.shared.client.send(Ask::read(what), &UsersNamed { username: name }).await?;
        Ok(answer.read::<Vec<wire::User>>(what)?.into_iter().find_map(wire::User::account))
    }
}
