//! The writing half.
//!
//! What always holds: one write at a time per installation, each after the guard has spoken, each sent once, at the
//! path that the repository has now, so that no redirection is needed. A redirection met nevertheless is not followed.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    super::{ForgeError, NewIssue, Read as _, Write, lane::Lane},
    Github,
    answer::{Answer, before_writing, unknown},
    client::Ask,
    graphql::{self, Folded},
    route, wire,
};
use crate::domain::{
    action::LabelDefinition,
    ids::{CommentId, IssueRef},
    snapshot::{Audience, Comment, Issue},
    time::Moment,
};

/// A write about to be made.
pub(super) struct Order<'a> {
    /// Configured path.
    pub(super) project: &'a str,
    /// How an error speaks of it.
    pub(super) what: String,
    pub(super) method: Method,
    /// What follows the repository's own path.
    pub(super) tail: String,
    pub(super) body: Value,
    /// Not to be sent at this moment (machine time) or later.
    pub(super) not_after: Option<Moment>,
    /// Whom it is fit for.
    pub(super) audience: Audience,
}

#[async_trait]
impl Write for Github {
    async fn comment(&self, issue: &IssueRef, body: &str, not_after: Moment) -> Result<Comment, ForgeError> {
        self.post(issue, body, not_after, Audience::Trusted).await
    }

    async fn announce(&self, issue: &IssueRef, body: &str, not_after: Moment) -> Result<Comment, ForgeError> {
        self.post(issue, body, not_after, Audience::Anyone).await
    }

    async fn rewrite(&self, issue: &IssueRef, comment: CommentId, body: &str) -> Result<(), ForgeError> {
        let what = format!("rewriting comment {comment} on {issue}");
        let tail = format!("/issues/comments/{comment}");
        self.order(order(issue, &what, Method::PATCH, tail, json!({ "body": body }))).await.map(drop)
    }

    async fn collapse(&self, issue: &IssueRef, comment: CommentId, instead: &str) -> Result<(), ForgeError> {
        let what = format!("collapsing comment {comment} on {issue}");
        let folding = &self.shared.folding;
        let now = self.shared.clock.machine_now();
        if !folding.is_refused(now) {
            let node = match folding.node(comment) {
                Some(node) => Some(node),
                None => self.node(issue, comment, &what).await?,
            };
            let folded = match node {
                Some(node) => self.minimize(issue, &what, &node).await?,
                None => Folded::Unsupported,
            };
            match folded {
                Folded::Done => return Ok(()),
                Folded::Unsupported => folding.refuse(now),
            }
        }
        self.rewrite(issue, comment, instead).await
    }

    async fn file(&self, project: &str, draft: &NewIssue, not_after: Moment) -> Result<Issue, ForgeError> {
        let what = format!("filing an issue in {}", self.shared.client.spoken(project));
        self.private(project, &what).await?;
        self.define(project, &draft.labels).await.map_err(before_writing)?;
        let labels: Vec<&str> = draft.labels.iter().map(|label| label.name.as_str()).collect();
        let body = json!({ "title": draft.title, "body": draft.body, "labels": labels, "assignees": draft.assignees });
        let tail = "/issues".to_owned();
        let order = Order {
            project,
            what: what.clone(),
            method: Method::POST,
            tail,
            body,
            not_after: Some(not_after),
            audience: Audience::Trusted,
        };
        let answer = self.order(order).await?;
        if answer.status != StatusCode::CREATED {
            return Err(unknown(&what, format!("GitHub answered {} instead of 201", answer.status.as_u16())));
        }
        let filed = answer.read::<wire::Issue>(&what)?.neutral();
        filed.ok_or_else(|| unknown(&what, "the answer lacks the issue's number or moment"))
    }

    async fn add_labels(&self, issue: &IssueRef, labels: &[LabelDefinition]) -> Result<BTreeSet<String>, ForgeError> {
        let what = format!("putting labels on {issue}");
        if labels.is_empty() {
            return Ok(self.issue(issue).await?.labels);
        }
        self.private(&issue.project, &what).await?;
        self.define(&issue.project, labels).await?;
        let names: Vec<&str> = labels.iter().map(|label| label.name.as_str()).collect();
        let tail = format!("/issues/{}/labels", issue.number);
        let answer = self.order(order(issue, &what, Method::POST, tail, json!({ "labels": names }))).await?;
        let now_on = wire::names(answer.read::<Vec<wire::Label>>(&what)?);
        let lower: BTreeSet<String> = now_on.iter().map(|name| name.to_lowercase()).collect();
        if names.iter().all(|name| lower.contains(&name.to_lowercase())) {
            return Ok(now_on);
        }
        Err(unknown(&what, "the answer does not name every label that was to be put on"))
    }

    async fn remove_label(&self, issue: &IssueRef, label: &str) -> Result<(), ForgeError> {
        let what = format!("taking a label off {issue}");
        let tail = format!("/issues/{}/labels/{}", issue.number, route::encoded(label));
        let sent = self.order_any(order(issue, &what, Method::DELETE, tail, json!({}))).await?;
        match sent.answer.status {
            StatusCode::NOT_FOUND => Ok(()),
            _ => sent.ask.succeeded(sent.answer).map(drop),
        }
    }

    async fn close(&self, issue: &IssueRef) -> Result<(), ForgeError> {
        let what = format!("closing {issue}");
        let tail = format!("/issues/{}", issue.number);
        let body = json!({ "state": "closed", "state_reason": "not_planned" });
        self.order(order(issue, &what, Method::PATCH, tail, body)).await.map(drop)
    }

    async fn react(&self, issue: &IssueRef, comment: CommentId) -> Result<(), ForgeError> {
        let what = format!("reacting to comment {comment} on {issue}");
        let tail = format!("/issues/comments/{comment}/reactions");
        let sent = self.order_any(order(issue, &what, Method::POST, tail, json!({ "content": "+1" }))).await?;
        match sent.answer.status {
            // Old servers, narrow tokens and deleted comments: nobody depends on a thumb.
            StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::FORBIDDEN => Ok(()),
            _ => sent.ask.succeeded(sent.answer).map(drop),
        }
    }
}

fn order<'a>(issue: &'a IssueRef, what: &str, method: Method, tail: String, body: Value) -> Order<'a> {
    Order {
        project: &issue.project,
        what: what.to_owned(),
        method,
        tail,
        body,
        not_after: None,
        audience: Audience::Trusted,
    }
}

/// A write that was answered, whatever the answer.
struct Sent {
    ask: Ask,
    answer: Answer,
    lane: Arc<Lane>,
}

impl Github {
    async fn post(
        &self,
        issue: &IssueRef,
        body: &str,
        not_after: Moment,
        audience: Audience,
    ) -> Result<Comment, ForgeError> {
        let what = format!("posting a comment on {issue}");
        let tail = format!("/issues/{}/comments", issue.number);
        let order = order(issue, &what, Method::POST, tail, json!({ "body": body }));
        let answer = self.order(Order { not_after: Some(not_after), audience, ..order }).await?;
        if answer.status != StatusCode::CREATED {
            return Err(unknown(&what, format!("GitHub answered {} instead of 201", answer.status.as_u16())));
        }
        let mut posted: wire::Comment = answer.read(&what)?;
        let node = posted.node_id.take();
        let posted = posted.neutral();
        if let Some(posted) = &posted {
            self.shared.folding.keep(posted.id, node);
        }
        posted.ok_or_else(|| unknown(&what, "the answer lacks the comment's number or moment"))
    }

    /// The node id by which GraphQL knows a comment, from GitHub.
    async fn node(&self, issue: &IssueRef, comment: CommentId, what: &str) -> Result<Option<String>, ForgeError> {
        self.private(&issue.project, what).await?;
        let path = format!("{}/issues/comments/{comment}", route::repository(&issue.project));
        let answer = self.read(&issue.project, &Ask::get(what, path)).await.map_err(before_writing)?;
        let found: wire::Comment = answer.read(what).map_err(before_writing)?;
        Ok(found.node_id)
    }

    /// Writes, and gives back only what succeeded.
    pub(super) async fn order(&self, order: Order<'_>) -> Result<Answer, ForgeError> {
        let sent = self.order_any(order).await?;
        sent.ask.succeeded(sent.answer)
    }

    /// The same for GraphQL, with the lane whose limits it comes under.
    pub(super) async fn order_graph(&self, order: Order<'_>) -> Result<(Answer, Arc<Lane>), ForgeError> {
        let sent = self.take_turn(order, |_, order| graphql::ask(order)).await?;
        Ok((sent.ask.succeeded(sent.answer)?, sent.lane))
    }

    /// Writes to the repository; any answer that is no limit comes back.
    async fn order_any(&self, order: Order<'_>) -> Result<Sent, ForgeError> {
        self.take_turn(order, |repository, order| {
            let path = format!("{}{}", route::repository(repository), order.tail);
            Ask::change(order.method, order.what, path, order.body)
        })
        .await
    }

    /// Waits for the turn, asks the guard, and sends once. The guard speaks after the wait, because that may be long; so
    /// does the deadline, and last.
    async fn take_turn(
        &self,
        order: Order<'_>,
        ask: impl FnOnce(&str, Order<'_>) -> Ask + Send,
    ) -> Result<Sent, ForgeError> {
        let shared = &self.shared;
        let project = order.project.to_owned();
        let queue = shared.access.pass(&shared.client, &shared.clock, &project).await.map_err(before_writing)?;
        if let Some(after) = queue.lane.closed_for(crate::forge::lane::Api::Rest, shared.clock.machine_now()) {
            return Err(ForgeError::Later { what: order.what, after });
        }
        let turn = queue.lane.turn(&shared.clock, shared.write_interval).await;
        let facts = self.open_to(order.audience, &project, &order.what).await?;
        let pass = shared.access.pass(&shared.client, &shared.clock, &project).await.map_err(before_writing)?;
        if order.not_after.is_some_and(|at| shared.clock.machine_now() >= at) {
            return Err(ForgeError::Later { what: order.what, after: Duration::from_secs(1) });
        }
        let ask = ask(&facts.path, order);
        let answer = shared.client.answer(&pass, &ask).await?;
        drop(turn);
        if answer.status == StatusCode::UNAUTHORIZED {
            pass.expire().await;
        }
        if answer.status.is_redirection() {
            return Err(self.moved(&project, &facts.path, ask.what).await);
        }
        Ok(Sent { ask, answer, lane: Arc::clone(&pass.lane) })
    }

    /// A redirected write was not done. If the repository has another name by now, the next attempt goes there;
    /// otherwise it is the issue that moved away.
    async fn moved(&self, project: &str, used: &str, what: String) -> ForgeError {
        match self.fresh_facts(project).await {
            Ok(facts) if facts.path != used => ForgeError::Later { what, after: Duration::from_secs(1) },
            _ => ForgeError::Gone { what },
        }
    }
}
