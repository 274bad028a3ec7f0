//! What only GraphQL can do: folding a comment away, and telling who wrote what into a text and when.
//!
//! What always holds: errors that come with status 200 are told apart like those of REST. What is deliberately not
//! here: the library's GraphQL call, which drops partial answers and knows one address only.

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};

use super::{
    super::{
        ForgeError,
        lane::{Api, Lane},
    },
    Github,
    answer::{self, Answer, unknown},
    client::Ask,
    wire,
    write::Order,
};
use crate::domain::{ids::IssueRef, snapshot::Edit, time::Moment};

/// Relative to the address of GraphQL.
pub(super) const PATH: &str = "/graphql";

const MINIMIZE: &str = "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: RESOLVED}) \
                        { minimizedComment { isMinimized } } }";

/// Newest first.
const EDITS: &str = "query($owner: String!, $name: String!, $number: Int!, $after: String) { \
                     repository(owner: $owner, name: $name) { issue(number: $number) { \
                     userContentEdits(first: 50, after: $after) { \
                     nodes { editedAt diff editor { __typename login \
                     ... on User { databaseId } ... on Bot { databaseId } } } \
                     pageInfo { hasNextPage endCursor } } } } }";

/// Older versions are left out: 1,000 were read.
const EDIT_PAGES: usize = 20;

/// What became of an attempt to fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folded {
    Done,
    /// This server or this token cannot fold.
    Unsupported,
}

#[derive(Deserialize)]
struct Envelope {
    data: Option<Value>,
    errors: Option<Vec<Problem>>,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: Option<String>,
    extensions: Option<IgnoredAny>,
}

impl Problem {
    fn is(&self, kind: &str) -> bool {
        self.kind.as_deref().is_some_and(|own| own.starts_with(kind))
    }

    /// GitHub's own trouble has no kind or says so; asking again may help, rewriting would lose text for nothing.
    fn own_trouble(&self) -> bool {
        let unnamed = self.kind.is_none() && self.extensions.is_none();
        unnamed || self.is("INTERNAL") || self.is("SERVICE_UNAVAILABLE")
    }
}

impl Github {
    /// Folds a comment away as resolved, by its node id.
    pub(super) async fn minimize(&self, issue: &IssueRef, what: &str, node: &str) -> Result<Folded, ForgeError> {
        let body = json!({ "query": MINIMIZE, "variables": { "id": node } });
        let order = Order {
            project: &issue.project,
            what: what.to_owned(),
            method: http::Method::POST,
            tail: String::new(),
            body,
            not_after: None,
            audience: crate::domain::snapshot::Audience::Trusted,
        };
        let (answer, lane) = match self.order_graph(order).await {
            Ok(answered) => answered,
            Err(
                ForgeError::Gone { .. } | ForgeError::Invalid { .. } | ForgeError::Denied { status: 402..=599, .. },
            ) => return Ok(Folded::Unsupported),
            Err(error) => return Err(error),
        };
        let done = self
            .data(what, &answer, &lane)?
            .is_some_and(|data| data.pointer("/minimizeComment").is_some_and(Value::is_object));
        Ok(if done { Folded::Done } else { Folded::Unsupported })
    }

    /// The versions of an issue's text, oldest first: those since a moment, and perhaps older ones. None where this
    /// server or this token does not show them.
    pub(super) async fn versions(&self, issue: &IssueRef, since: Option<Moment>) -> Result<Vec<Edit>, ForgeError> {
        let what = format!("reading the edits of {issue}");
        let (owner, name) = issue.project.split_once('/').unwrap_or_default();
        let me = self.me().await?;
        let (mut edits, mut after) = (Vec::new(), Value::Null);
        for _ in 0..EDIT_PAGES {
            let variables = json!({ "owner": owner, "name": name, "number": issue.number, "after": after });
            let ask = Ask::query(what.as_str(), json!({ "query": EDITS, "variables": variables }));
            let Some(data) = self.query(&issue.project, &ask).await? else { break };
            let part = data.pointer("/repository/issue/userContentEdits").map(wire::Edits::deserialize);
            let Some(Ok(part)) = part else { break };
            after = part.next.after();
            edits.extend(part.neutral().map(|(at, by, body)| Edit { at, by: Self::actor(&me, by), body }));
            let is_enough = edits.last().is_some_and(|oldest: &Edit| Some(oldest.at) < since);
            if is_enough || after.is_null() {
                break;
            }
        }
        edits.reverse();
        Ok(edits)
    }

    /// Asks; `None` where what is asked for is not to be had.
    async fn query(&self, project: &str, ask: &Ask) -> Result<Option<Value>, ForgeError> {
        match self.read_by(project, ask).await {
            Ok((answer, lane)) => self.data(&ask.what, &answer, &lane),
            Err(
                ForgeError::Gone { .. } | ForgeError::Invalid { .. } | ForgeError::Denied { status: 402..=599, .. },
            ) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What came with an answer of status 200; `None` if it is a refusal for good.
    fn data(&self, what: &str, answer: &Answer, lane: &Lane) -> Result<Option<Value>, ForgeError> {
        let said: Envelope = answer.read(what)?;
        let problems = said.errors.unwrap_or_default();
        if problems.iter().any(|problem| problem.is("RATE_LIMIT")) {
            let now = self.shared.clock.machine_now();
            let limit = crate::forge::lane::Limit {
                budget: true,
                ..answer::wait(&answer.headers, now, lane.repeats(Api::Graph))
            };
            lane.close(Api::Graph, limit, now);
            return Err(ForgeError::Later { what: what.to_owned(), after: limit.after });
        }
        if problems.is_empty() {
            return Ok(said.data);
        }
        if problems.iter().any(Problem::own_trouble) {
            return Err(unknown(what, "GitHub reports trouble of its own"));
        }
        Ok(None)
    }
}

/// The request behind an order, at the GraphQL address.
pub(super) fn ask(order: Order<'_>) -> Ask {
    Ask { api: Api::Graph, ..Ask::change(order.method, order.what, PATH, order.body) }
}
