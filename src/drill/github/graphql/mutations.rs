//! Changes by GraphQL: those that REST lacks, and commenting.

use serde_json::Value;

use super::{
    super::desk::Desk,
    Problem,
    execute::Arguments,
    fields::{by_node, undefined},
    things::{Got, Thing},
};
use crate::drill::model::{At, Deed, IssueId, Level, Outcome, ProjectId};

pub(super) fn perform(desk: &mut Desk<'_>, name: &str, arguments: &Arguments) -> Result<Got, Problem> {
    let input = arguments.get("input").cloned().unwrap_or_default();
    let given = |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let change = Change { name };
    let mut answer = match name {
        "__typename" => return Ok(Got::Leaf(Value::from("Mutation"))),
        "minimizeComment" | "unminimizeComment" => change.fold(desk, &given("subjectId"), &given("classifier"))?,
        "addComment" => {
            let at = issue(desk, &given("subjectId"))?;
            let outcome = change.perform(desk, Deed::Comment { at: at.1, body: given("body") })?;
            let Outcome::Comment(id) = outcome else { return Err(Problem::not_found(&given("subjectId"))) };
            let edge = Got::One(Thing::Edge(Box::new(Thing::Comment(id)), 0));
            vec![("commentEdge", edge), ("subject", Got::One(Thing::Issue(at.0)))]
        }
        "deleteIssue" => {
            let (id, at) = issue(desk, &given("issueId"))?;
            let project = desk.world.issue_by_id(id).map(|issue| Thing::Repository(issue.project));
            change.perform(desk, Deed::Delete { at })?;
            vec![("repository", Got::maybe(project))]
        }
        "transferIssue" => {
            let (id, at) = issue(desk, &given("issueId"))?;
            let to = match by_node(desk, &given("repositoryId"))? {
                Thing::Repository(project) => path(desk, project),
                _ => return Err(Problem::not_found(&given("repositoryId"))),
            };
            change.perform(desk, Deed::Transfer { at, to })?;
            vec![("issue", Got::One(Thing::Issue(id)))]
        }
        _ => return Err(undefined("Mutation", name)),
    };
    answer.push(("clientMutationId", Got::Leaf(input.get("clientMutationId").cloned().unwrap_or_default())));
    Ok(Got::One(Thing::Payload("MutationPayload", answer)))
}

/// A change by its name.
struct Change<'a> {
    name: &'a str,
}

impl Change<'_> {
    fn fold(&self, desk: &mut Desk<'_>, node: &str, classifier: &str) -> Result<Vec<(&'static str, Got)>, Problem> {
        let Thing::Comment(id) = by_node(desk, node)? else { return Err(Problem::not_found(node)) };
        let folds = self.name == "minimizeComment";
        let reason = match classifier {
            "SPAM" | "ABUSE" | "OUTDATED" | "RESOLVED" | "DUPLICATE" => classifier.to_lowercase(),
            "OFF_TOPIC" => "off-topic".to_owned(),
            _ if !folds => String::new(),
            other => {
                let message = format!(
                    "Argument 'classifier' on InputObject 'MinimizeCommentInput' has an invalid value ({other})."
                );
                return Err(Problem::malformed("argumentLiteralsIncompatible", message));
            }
        };
        self.perform(desk, if folds { Deed::Minimise { id, reason } } else { Deed::Restore { id } })?;
        let field = if folds { "minimizedComment" } else { "unminimizedComment" };
        Ok(vec![(field, Got::One(Thing::Comment(id)))])
    }

    fn perform(&self, desk: &mut Desk<'_>, deed: Deed) -> Result<Outcome, Problem> {
        if !desk.caller.granted("issues", Level::Write) {
            return Err(Problem::new("FORBIDDEN", "Resource not accessible by integration"));
        }
        desk.perform(deed).map_err(|reply| {
            let words = reply.body.as_ref().and_then(|body| body.get("message")).and_then(Value::as_str);
            match reply.status {
                401 | 403 => Problem::new("FORBIDDEN", self.forbidden(desk)),
                404 | 410 => Problem::new("NOT_FOUND", words.unwrap_or("Not Found")),
                _ => Problem::new("UNPROCESSABLE", words.unwrap_or("Validation failed")),
            }
        })
    }

    fn forbidden(&self, desk: &Desk<'_>) -> String {
        let user = desk.caller.user.and_then(|user| desk.world.user_by_id(user));
        let login = user.map_or("", |user| user.login.as_str());
        let mut name = self.name.chars();
        let name = name.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(name).collect::<String>();
        format!("{login} does not have the correct permissions to execute `{name}`")
    }
}

/// An issue by its node id.
fn issue(desk: &Desk<'_>, node: &str) -> Result<(IssueId, At), Problem> {
    let Thing::Issue(id) = by_node(desk, node)? else { return Err(Problem::not_found(node)) };
    let issue = desk.world.issue_by_id(id).ok_or_else(|| Problem::not_found(node))?;
    Ok((id, At::new(path(desk, issue.project), issue.number)))
}

fn path(desk: &Desk<'_>, project: ProjectId) -> String {
    desk.world.project_by_id(project).map(|project| desk.world.path(project)).unwrap_or_default()
}
