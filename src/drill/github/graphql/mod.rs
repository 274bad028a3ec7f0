//! GraphQL, as far as issues go: reading a repository's issues with comments, history and edits in one request, and the
//! few changes that only GraphQL can make.
//!
//! What always holds: a query that asks for what does not exist is refused whole, in GitHub's words and with status 200;
//! what one may not see is `null` with an error beside it. What is deliberately not here: schema introspection.

mod execute; // walking a query
mod fields; // what things say of themselves
mod issues; // what issues, comments and history say
mod lists; // parts of lists
mod mutations; // changes
mod things; // what a query walks over

use graphql_parser::query::{Definition, Document, OperationDefinition, parse_query};
use serde_json::{Map, Value, json};

use super::{
    call::Call,
    caller::Means,
    desk::Desk,
    reply::{Answered, Reply},
    wire::merge,
};
use execute::Execution;

/// Something wrong, as the list of errors has it.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    /// GitHub's word: `NOT_FOUND`, `FORBIDDEN`, ...; none where the query itself is wrong.
    kind: Option<&'static str>,
    message: String,
    extensions: Option<Value>,
}

impl Problem {
    fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind: Some(kind), message: message.into(), extensions: None }
    }

    fn not_found(node: &str) -> Self {
        Self::new("NOT_FOUND", format!("Could not resolve to a node with the global id of '{node}'"))
    }

    /// The query does not fit the schema.
    fn malformed(code: &str, message: impl Into<String>) -> Self {
        Self { kind: None, message: message.into(), extensions: Some(json!({ "code": code })) }
    }

    fn written(&self, path: &[Value]) -> Value {
        let mut written = json!({ "message": self.message, "path": path });
        if let Some(kind) = self.kind {
            merge(&mut written, json!({ "type": kind }));
        }
        if let Some(extensions) = &self.extensions {
            merge(&mut written, json!({ "extensions": extensions }));
        }
        written
    }
}

pub(super) fn answer(desk: &mut Desk<'_>, call: &Call) -> Answered {
    if matches!(desk.caller.means, Means::Nobody | Means::App(_)) {
        return Err(Reply::message(401, "This endpoint requires you to be authenticated."));
    }
    if call.method != http::Method::POST {
        return Err(Reply::not_found());
    }
    let text = call.needed("query").map_err(|_| Reply::message(400, "A query attribute must be specified."))?;
    let variables = call.object()?.get("variables").and_then(Value::as_object).cloned().unwrap_or_default();
    let document = match parse_query::<String>(&text) {
        Ok(document) => document,
        Err(error) => {
            let problem = Problem::malformed("parseError", format!("Parse error: {error}"));
            return Ok(Reply::ok(json!({ "errors": [problem.written(&[])] })));
        }
    };
    Ok(Reply::ok(run(desk, &document, variables)))
}

fn run(desk: &mut Desk<'_>, document: &Document<'_, String>, given: Map<String, Value>) -> Value {
    let operation = document.definitions.iter().find_map(|definition| match definition {
        Definition::Operation(operation) => Some(operation),
        Definition::Fragment(_) => None,
    });
    let (declared, selection, mutates) = match operation {
        Some(OperationDefinition::SelectionSet(selection)) => (None, selection, false),
        Some(OperationDefinition::Query(query)) => (Some(&query.variable_definitions), &query.selection_set, false),
        Some(OperationDefinition::Mutation(query)) => (Some(&query.variable_definitions), &query.selection_set, true),
        Some(OperationDefinition::Subscription(_)) | None => {
            let problem = Problem::malformed("parseError", "An operation must be specified.");
            return json!({ "errors": [problem.written(&[])] });
        }
    };
    let mut execution = Execution::new(desk, document, given);
    for variable in declared.into_iter().flatten() {
        if let Err(problem) = execution.declare(variable) {
            return json!({ "errors": [problem.written(&[])] });
        }
    }
    execution.run(selection, mutates)
}
