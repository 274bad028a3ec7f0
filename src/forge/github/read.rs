//! The reading half.
//!
//! What always holds: lists are read to their end or not at all; a 401 of an installation is met once with a new
//! token; entries that cannot be understood are left out of the history, never out of a list of issues or comments.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use http::{StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    super::{ForgeError, Inspect, ProjectFacts, Read, lane::Lane},
    Github,
    answer::{Answer, unknown},
    client::Ask,
    route, wire,
};
use crate::domain::{
    ids::{CommentId, IssueRef},
    people::{Account, Permission},
    snapshot::{Change, Comment, Edit, Issue},
    time::Moment,
};

/// Longer lists are an error: 30,000 entries.
const PAGES: usize = 300;

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
        let what = format!("reading the comments of {issue}");
        let from = since.map(|at| format!("&since={}", route::since(at))).unwrap_or_default();
        let path = format!("{}/issues/{}/comments?per_page=100{from}", route::repository(&issue.project), issue.number);
        let all: Vec<wire::Comment> = self.pages(&issue.project, &what, path).await?;
        let mut unique = BTreeMap::new();
        for comment in all {
            let comment = comment.neutral().ok_or_else(|| lacking(&what))?;
            unique.insert((comment.created_at, comment.id), comment);
        }
        Ok(unique.into_values().collect())
    }

    async fn history(&self, issue: &IssueRef) -> Result<Vec<Change>, ForgeError> {
        let what = format!("reading the history of {issue}");
        let path = format!("{}/issues/{}/timeline?per_page=100", route::repository(&issue.project), issue.number);
        let entries: Vec<Value> = match self.first_page(&issue.project, &what, path).await? {
            Some(entries) => entries,
            None => return Ok(Vec::new()),
        };
        let me = self.me().await?;
        let mut changes: Vec<Change> = entries
            .into_iter()
            .filter_map(|entry| serde_json::from_value::<wire::Entry>(entry).ok()?.change())
            .map(|(at, by, what)| Change { at, by: Self::actor(&me, by), what })
            .collect();
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
        let all: Vec<wire::Comment> = self.pages(project, &what, path).await?;
        Ok(all.iter().filter_map(wire::Comment::issue).collect())
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

    /// A whole list.
    pub(super) async fn pages<T: DeserializeOwned>(
        &self,
        project: &str,
        what: &str,
        path: String,
    ) -> Result<Vec<T>, ForgeError> {
        self.first_page(project, what, path).await?.ok_or_else(|| ForgeError::Gone { what: what.to_owned() })
    }

    /// A whole list; `None` where there is no such list (404 on its first page).
    async fn first_page<T: DeserializeOwned>(
        &self,
        project: &str,
        what: &str,
        first: String,
    ) -> Result<Option<Vec<T>>, ForgeError> {
        let (mut all, mut next) = (Vec::new(), Some(first));
        for page in 0..PAGES {
            let Some(path) = next else { return Ok(Some(all)) };
            let answer = match self.read(project, &Ask::get(what, path)).await {
                Err(ForgeError::Gone { .. }) if page == 0 => return Ok(None),
                other => other?,
            };
            next = route::next_page(&answer.headers);
            all.extend(answer.read::<Vec<T>>(what)?);
        }
        match next {
            None => Ok(Some(all)),
            Some(_) => Err(unknown(what, format!("the list is longer than {PAGES} pages"))),
        }
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
