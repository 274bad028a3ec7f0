//! What only GraphQL can do: folding a comment away.
//!
//! What always holds: errors that come with status 200 are told apart like those of REST. What is deliberately not
//! here: the library's GraphQL call, which drops partial answers and knows one address only.

use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;

use super::{
    super::ForgeError,
    Github,
    answer::{self, Answer, unknown},
    client::Ask,
    lane::{Api, Lane},
    write::Order,
};
use crate::domain::ids::IssueRef;

const MINIMIZE: &str = "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: RESOLVED}) \
                        { minimizedComment { isMinimized } } }";

/// What became of an attempt to fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folded {
    Done,
    /// This server or this token cannot fold.
    Unsupported,
}

#[derive(Deserialize)]
struct Envelope {
    data: Option<Data>,
    errors: Option<Vec<Problem>>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "minimizeComment")]
    minimized: Option<IgnoredAny>,
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
        };
        let (answer, lane) = match self.order_graph(order).await {
            Ok(answered) => answered,
            Err(
                ForgeError::Gone { .. } | ForgeError::Invalid { .. } | ForgeError::Denied { status: 402..=599, .. },
            ) => return Ok(Folded::Unsupported),
            Err(error) => return Err(error),
        };
        self.folded(what, &answer, &lane)
    }

    fn folded(&self, what: &str, answer: &Answer, lane: &Lane) -> Result<Folded, ForgeError> {
        let said: Envelope = answer.read(what)?;
        let problems = said.errors.unwrap_or_default();
        if problems.iter().any(|problem| problem.is("RATE_LIMIT")) {
            let now = self.shared.clock.machine_now();
            let limit = answer::Limit { budget: true, ..answer::wait(&answer.headers, now, lane.repeats(Api::Graph)) };
            lane.close(Api::Graph, limit, now);
            return Err(ForgeError::Later { what: what.to_owned(), after: limit.after });
        }
        if problems.is_empty() {
            let done = said.data.and_then(|data| data.minimized).is_some();
            return if done { Ok(Folded::Done) } else { Ok(Folded::Unsupported) };
        }
        if problems.iter().any(Problem::own_trouble) {
            return Err(unknown(what, "GitHub reports trouble of its own"));
        }
        Ok(Folded::Unsupported)
    }
}

/// The request behind an order, at the GraphQL address.
pub(super) fn ask(order: Order<'_>) -> Ask {
    Ask { api: Api::Graph, ..Ask::change(order.method, order.what, "/graphql", order.body) }
}
