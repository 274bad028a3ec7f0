//! The reading half.
//!
//! What always holds: lists are read to their end or not at all, but for the comments, of which is told what is missing; a 401 of an installation is met once with a new
//! token; entries that cannot be understood are left out of the history, never out of a list of issues or comments.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use http::{StatusCode, header};
use serde_json::Value;

use super::{
    super::{ForgeError, Inspect, ProjectFacts, Read, Thread, lane::Lane, thread::Gatherer},
    Github,
    answer::{Answer, unknown},
    client::Ask,
    pages::Pager,
    route, wire,
};
use crate::domain::{
    ids::{CommentId, IssueRef},
    people::{Account, Permission},
    snapshot::{Change, Comment, Edit, Issue},
    time::Moment,
};

#[async_trait]
impl Read for Github {
    fn forget(&self, project: &str) {
        self.forget_visibility(project);
    }

    async fn whoami(&self) -> Result<Account, ForgeError> {
        self.me().await
    }

    async fn issue(&self, issue: &IssueRef) -> Result<Issue, ForgeError> {
        let what = format!("reading {issue}");
        let path = format!("{}/issues/{}", route::repository(&issue.project), issue.number);
        let kept = self.shared.etags.get(issue);
        let etag = kept.as_ref().map(|(etag, _)| etag.clone());
        let answer = self.read(&issue.project, &Ask { etag, ..Ask::get(what.as_str(), path) }).await?;
        if let (StatusCode::NOT_MODIFIED, Some((_, issue))) = (answer.status, kept) {
            return Ok(issue);
        }
        let read: wire::Issue = answer.read(&what)?;
        let home = read.repository();
        let found = read.neutral().ok_or_else(|| lacking(&what))?;
        // A transferred issue answers by redirection, with an issue of another repository.
        if found.number != issue.number || !self.at_home(&issue.project, home).await? {
            return Err(ForgeError::Gone { what });
        }
        let etag = answer.headers.get(header::ETAG).and_then(|value| value.to_str().ok()).map(str::to_owned);
        self.shared.etags.keep(issue, etag, &found);
        Ok(found)
    }

    async fn comments(&self, issue: &IssueRef, since: Option<Moment>) -> Result<Vec<Comment>, ForgeError> {
        self.thread(issue, since).await?.whole(issue)
    }

    async fn thread(&self, issue: &IssueRef, since: Option<Moment>) -> Result<Thread, ForgeError> {
        let what = format!("reading the comments of {issue}");
        let from = since.map(|at| format!("&since={}", route::since(at))).unwrap_or_default();
        let path = format!("{}/issues/{}/comments?per_page=100{from}", route::repository(&issue.project), issue.number);
        let (mut pager, mut all) = (Pager::new(self, &issue.project, &what, path), Gatherer::default());
        while let Some(page) = pager.next::<wire::Comment>().await? {
            for comment in page {
                let is_cut = comment.is_cut();
                all.add(comment.neutral().ok_or_else(|| lacking(&what))?, is_cut);
            }
            if all.is_full() {
                all.shorten(self.me().await?.id);
            }
        }
        if pager.is_missing() {
            all.miss();
        }
        Ok(all.finish())
    }

    async fn history(&self, issue: &IssueRef) -> Result<Vec<Change>, ForgeError> {
        let what = format!("reading the history of {issue}");
        let path = format!("{}/issues/{}/timeline?per_page=100", route::repository(&issue.project), issue.number);
        let (mut pager, mut found) = (Pager::new(self, &issue.project, &what, path), Vec::new());
        loop {
            // Whole comments stand among the entries; nothing is kept of them.
            let page: Vec<Value> = match pager.next().await {
                Ok(Some(page)) => page,
                Ok(None) => break,
                // Some servers keep no such list.
                Err(ForgeError::Gone { .. }) if pager.is_at_its_start() => return Ok(Vec::new()),
                Err(error) => return Err(error),
            };
            found.extend(page.into_iter().filter_map(|one| serde_json::from_value::<wire::Entry>(one).ok()?.change()));
        }
        pager.whole()?;
        let me = self.me().await?;
        let mut changes: Vec<Change> =
            found.into_iter().map(|(at, by, what)| Change { at, by: Self::actor(&me, by), what }).collect();
        changes.sort_by_key(|change| change.at);
        Ok(changes)
    }

    async fn edits(&self, issue: &IssueRef, since: Option<Moment>) -> Result<Vec<Edit>, ForgeError> {
        self.versions(issue, since).await
    }

    async fn permission(&self, project: &str, account: &Account) -> Result<Permission, ForgeError> {
        let Some(found) = self.collaborator(project, &account.login).await? else { return Ok(Permission::None) };
        let permission = found.permission();
        let same = found.user.and_then(wire::User::account).is_some_and(|user| user.id == account.id);
        Ok(if same { permission } else { Permission::None })
    }

    async fn permission_of(&self, project: &str, login: &str) -> Result<Permission, ForgeError> {
        let found = self.collaborator(project, login).await?;
        Ok(found.map_or(Permission::None, |found| found.permission()))
    }

    async fn comment(&self, issue: &IssueRef, comment: CommentId) -> Result<Comment, ForgeError> {
        let what = format!("reading comment {comment} on {issue}");
        let path = format!("{}/issues/comments/{comment}", route::repository(&issue.project));
        let answer = self.read(&issue.project, &Ask::get(what.as_str(), path)).await?;
        answer.read::<wire::Comment>(&what)?.neutral().ok_or_else(|| lacking(&what))
    }

    async fn project(&self, project: &str) -> Result<ProjectFacts, ForgeError> {
        self.fresh_facts(project).await
    }

    async fn is_private(&self, project: &str) -> Result<bool, ForgeError> {
        Ok(self.closed(&self.surely(project).await?))
    }

    async fn changed(&self, project: &str, since: Option<Moment>, label: &str) -> Result<Vec<Issue>, ForgeError> {
        let what = format!("listing the changed issues of {}", self.shared.client.spoken(project));
        let choice = match since {
            Some(at) => format!("state=all&since={}", route::since(at)),
            None => format!("state=open&labels={}", route::encoded(label)),
        };
        let path = format!("{}/issues?{choice}&{NEWEST_FIRST}", route::repository(project));
        let all: Vec<wire::Issue> = self.pages(project, &what, path).await?;
        let mut unique = BTreeMap::new();
        for issue in all {
            let issue = issue.neutral().ok_or_else(|| lacking(&what))?;
            if !issue.is_change_request {
                // Met twice, an issue changed meanwhile; its first copy is as good, since it is read again anyway.
                unique.entry(issue.number).or_insert(issue);
            }
        }
        let mut issues: Vec<Issue> = unique.into_values().collect();
        issues.sort_by_key(|issue| (issue.updated_at, issue.number));
        Ok(issues)
    }

    async fn commented(&self, project: &str, since: Moment) -> Result<BTreeSet<u64>, ForgeError> {
        let what = format!("listing the changed comments of {}", self.shared.client.spoken(project));
        let since = route::since(since);
        let path = format!("{}/issues/comments?since={since}&{NEWEST_FIRST}", route::repository(project));
        let (mut pager, mut issues) = (Pager::new(self, project, &what, path), BTreeSet::new());
        while let Some(page) = pager.next::<wire::Comment>().await? {
            issues.extend(page.iter().filter_map(wire::Comment::issue));
        }
        pager.whole().map(|()| issues)
    }

    async fn labels(&self, project: &str) -> Result<BTreeSet<String>, ForgeError> {
        let what = format!("listing the labels of {}", self.shared.client.spoken(project));
        let path = format!("{}/labels?per_page=100", route::repository(project));
        let names = wire::names(self.pages::<wire::Label>(project, &what, path).await?);
        self.shared.definitions.keep(project, &names, self.shared.clock.machine_now());
        Ok(names)
    }

    async fn redeliver_failed(&self, project: &str, since: Moment) -> Result<u32, ForgeError> {
        self.redeliver(project, since).await
    }

    fn under_way(&self) -> usize {
        self.shared.client.under_way()
    }

    fn inspect(&self) -> Option<&dyn Inspect> {
        Some(self)
    }
}

/// Newest first on the wire, although the oldest is wanted first: what changes while pages are read moves to the front,
/// so that everything else moves towards pages still to come, and nothing is stepped over.
const NEWEST_FIRST: &str = "sort=updated&direction=desc&per_page=100";

fn lacking(what: &str) -> ForgeError {
    unknown(what, "an entry of the answer lacks its number or its moment")
}

impl Github {
    /// What GitHub says of a login in a repository; nothing where it knows no such account.
    async fn collaborator(&self, project: &str, login: &str) -> Result<Option<wire::Collaborator>, ForgeError> {
        let what = format!("reading an account's permission in {}", self.shared.client.spoken(project));
        let login = route::encoded(login);
        let path = format!("{}/collaborators/{login}/permission", route::repository(project));
        match self.read(project, &Ask::get(what.as_str(), path)).await {
            Err(ForgeError::Gone { .. }) => Ok(None),
            answer => answer?.read(&what).map(Some),
        }
    }

    /// One read about a project.
    pub(super) async fn read(&self, project: &str, ask: &Ask) -> Result<Answer, ForgeError> {
        Ok(self.read_by(project, ask).await?.0)
    }

    /// The same, with the lane whose limits it came under.
    pub(super) async fn read_by(&self, project: &str, ask: &Ask) -> Result<(Answer, Arc<Lane>), ForgeError> {
        let shared = &self.shared;
        let mut pass = shared.access.pass(&shared.client, &shared.clock, project).await?;
        let mut answer = shared.client.send(&pass, ask).await;
        if matches!(answer, Err(ForgeError::Denied { status: 401, .. })) && pass.expire().await {
            pass = shared.access.pass(&shared.client, &shared.clock, project).await?;
            answer = shared.client.send(&pass, ask).await;
        }
        Ok((answer?, pass.lane))
    }

    /// True if the answer's repository is the project, under its configured or its present name.
    async fn at_home(&self, project: &str, answered: Option<String>) -> Result<bool, ForgeError> {
        let Some(answered) = answered else { return Ok(true) };
        if answered.eq_ignore_ascii_case(project) {
            return Ok(true);
        }
        let known = self.facts(project).await?;
        if answered.eq_ignore_ascii_case(&known.path) {
            return Ok(true);
        }
        Ok(answered.eq_ignore_ascii_case(&self.fresh_facts(project).await?.path))
    }
}
