//! What only GitLab keeps of an incident: its severity, its timeline, links to other issues.
//!
//! What always holds: nothing is sent twice.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::SecondsFormat;
use gitlab::api::projects::issues::links::CreateIssueLink;
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    super::{
        ForgeError, Read as _,
        answer::{Answer, before_writing, refusal, unknown},
    },
    Gitlab,
    client::Ask,
    graph::{Graph, graphed, mutated},
    write::Reach,
};
use crate::domain::{forge_severity::ForgeSeverity, ids::IssueRef, time::Moment};

const SET_SEVERITY: &str = "mutation setSeverity($input: IssueSetSeverityInput!) { \
    issueSetSeverity(input: $input) { issue { severity } errors } }";

const ENTER: &str = "mutation enterTimeline($input: TimelineEventCreateInput!) { \
    timelineEventCreate(input: $input) { timelineEvent { id } errors } }";

const ENTRIES: &str = "query timeline($path: ID!, $incident: IssueID!, $after: String) { project(fullPath: $path) { \
    incidentManagementTimelineEvents(incidentId: $incident, first: 100, after: $after) { \
    nodes { note author { id } } pageInfo { hasNextPage endCursor } } } }";

/// Longer timelines are an error: 10,000 entries.
const PAGES: u32 = 100;

/// How long a lock is waited for.
const LOCKED: Duration = Duration::from_secs(5);

/// So many issues are remembered; then all are forgotten, and asked for again.
const MOST: usize = 10_000;

/// GitLab's own number of each issue, which stays.
#[derive(Default)]
pub(super) struct Numbers {
    known: Mutex<HashMap<IssueRef, u64>>,
}

impl Numbers {
    pub(super) fn keep(&self, issue: &IssueRef, number: Option<u64>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        if let Some(number) = number {
            known.insert(issue.clone(), number);
        }
    }

    fn get(&self, issue: &IssueRef) -> Option<u64> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(issue).copied()
    }
}

impl Gitlab {
    pub(super) async fn put_severity(&self, issue: &IssueRef, to: ForgeSeverity) -> Result<(), ForgeError> {
        let what = format!("setting the severity of {issue}");
        // By its path as it is now, because that is how this question names a project.
        let path = self.fresh_facts(&issue.project).await.map_err(before_writing)?.path;
        let input = json!({ "projectPath": path, "iid": issue.number.to_string(), "severity": to.name() });
        let graph = Graph::new(SET_SEVERITY, json!({ "input": input }));
        let answer = self.write(&what, &graph, None, Reach::Trusted(issue)).await?;
        let payload = mutated(&what, &answer, "issueSetSeverity")?;
        let now = payload.pointer("/issue/severity").and_then(Value::as_str).and_then(ForgeSeverity::named);
        match now {
            Some(now) if now == to => Ok(()),
            // Whoever may not is told nothing: it just stays as it was.
            Some(_) => Err(ForgeError::Denied { what, status: 200 }),
            None => Err(unknown(&what, "the answer does not say what the severity is now")),
        }
    }

    pub(super) async fn enter_timeline(
        &self,
        issue: &IssueRef,
        entry: &str,
        at: Moment,
        not_after: Moment,
    ) -> Result<(), ForgeError> {
        let what = format!("adding a timeline event to {issue}");
        let incident = self.global_id(issue).await.map_err(before_writing)?;
        let occurred = at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let input = json!({ "incidentId": incident, "note": entry, "occurredAt": occurred });
        let graph = Graph::new(ENTER, json!({ "input": input }));
        let answer = self.write(&what, &graph, Some(not_after), Reach::Trusted(issue)).await?;
        let payload = mutated(&what, &answer, "timelineEventCreate")?;
        if payload.pointer("/timelineEvent/id").is_some_and(Value::is_string) {
            return Ok(());
        }
        Err(unknown(&what, "the answer names no timeline event"))
    }

    /// The bot's own entries.
    pub(super) async fn own_entries(&self, issue: &IssueRef) -> Result<Vec<String>, ForgeError> {
        let what = format!("reading the timeline events of {issue}");
        let me = format!("gid://gitlab/User/{}", self.me().await?.id);
        let path = self.fresh_facts(&issue.project).await?.path;
        let incident = self.global_id(issue).await?;
        let (mut texts, mut after) = (Vec::new(), Value::Null);
        for _ in 0..PAGES {
            let variables = json!({ "path": path, "incident": incident, "after": after });
            let answer = self.shared.client.send(Ask::read(&what), &Graph::new(ENTRIES, variables)).await?;
            let data = graphed(&what, &answer)?;
            if data.get("project").is_some_and(Value::is_null) {
                return Err(ForgeError::Gone { what });
            }
            let list = data.pointer("/project/incidentManagementTimelineEvents");
            let nodes = list.and_then(|list| list.get("nodes")).and_then(Value::as_array);
            let nodes = nodes.ok_or_else(|| unknown(&what, "the answer holds no list of timeline events"))?;
            let own = nodes.iter().filter(|node| node.pointer("/author/id").and_then(Value::as_str) == Some(&me));
            texts.extend(own.filter_map(|node| node.get("note")?.as_str().map(str::to_owned)));
            let page = list.and_then(|list| list.get("pageInfo"));
            let more = page.and_then(|page| page.get("hasNextPage")).and_then(Value::as_bool).unwrap_or_default();
            match page.and_then(|page| page.get("endCursor")).filter(|cursor| more && cursor.is_string()) {
                Some(cursor) => after = cursor.clone(),
                None => return Ok(texts),
            }
        }
        Err(unknown(&what, format!("the timeline is longer than {PAGES} pages")))
    }

    pub(super) async fn relate(&self, issue: &IssueRef, other: u64) -> Result<(), ForgeError> {
        let what = format!("linking issue {other} to {issue}");
        let project = self.number(&issue.project).await.map_err(before_writing)?;
        let mut link = CreateIssueLink::builder();
        let endpoint = link.project(project).issue(issue.number).target_project(project).target_issue(other).build();
        let answer = self.write(&what, &endpoint.expect("all is named"), None, Reach::Trusted(issue)).await?;
        match answer.status {
            // It was linked before; or somebody else holds a lock, which passes.
            StatusCode::CONFLICT if !is_locked(&answer) => Ok(()),
            StatusCode::CONFLICT => Err(ForgeError::Later { what, after: LOCKED }),
            status if status.is_success() => Ok(()),
            status => Err(refusal(&what, status)),
        }
    }

    /// `gid://gitlab/Issue/17`
    async fn global_id(&self, issue: &IssueRef) -> Result<String, ForgeError> {
        let numbers = &self.shared.numbers;
        if numbers.get(issue).is_none() {
            self.issue(issue).await?;
        }
        let lacking = || unknown(&format!("reading {issue}"), "the answer lacks GitLab's own number of the issue");
        numbers.get(issue).map(|number| format!("gid://gitlab/Issue/{number}")).ok_or_else(lacking)
    }
}

/// GitLab says so where somebody else changes the same thing just now.
fn is_locked(answer: &Answer) -> bool {
    String::from_utf8_lossy(&answer.body).to_lowercase().contains("lock")
}
