//! What things say of themselves.

use serde_json::{Value, json};

use super::{
    super::{
        WEB,
        desk::Desk,
        locked,
        wire::{denode, node, stamp, visibility},
    },
    Problem,
    execute::Arguments,
    issues, lists,
    things::{Got, Thing, cursor},
};
use crate::{
    domain::{ids::CommentId, snapshot::Visibility, time::Moment},
    drill::model::{Event, IssueId, Kind, Level, Project, ProjectId, UserId},
};

pub(super) type Read = Result<Got, Problem>;

pub(super) fn read(desk: &Desk<'_>, thing: &Thing, name: &str, arguments: &Arguments) -> Read {
    if name == "__typename" {
        return Ok(Got::Leaf(json!(type_name(desk, thing))));
    }
    let found = match thing {
        Thing::Query => return query(desk, name, arguments),
        Thing::RateLimit => rate_limit(desk, name),
        Thing::Repository(id) => {
            desk.world.project_by_id(*id).map_or(Ok(None), |project| repository(desk, project, name, arguments))?
        }
        Thing::Issue(id) => {
            desk.world.issue_by_id(*id).map_or(Ok(None), |found| issues::issue(desk, found, name, arguments))?
        }
        Thing::Comment(id) => issues::comment(desk, *id, name, arguments)?,
        Thing::Actor(id) => actor(desk, *id, name),
        Thing::Label(label) => match name {
            "id" => text(node("LA", label.id)),
            "name" => text(&label.name),
            "color" => text(&label.color),
            "description" => Some(Got::Leaf(json!(label.description))),
            _ => None,
        },
        Thing::Entry(entry) => issues::entry(entry, name),
        Thing::Edit(edit) => issues::edit(edit, name),
        Thing::Connection(part) => lists::connection(part, name),
        Thing::PageInfo(part) => lists::page_info(part, name),
        Thing::Edge(inner, at) => match name {
            "node" => Some(Got::One((**inner).clone())),
            "cursor" => text(cursor(*at)),
            _ => None,
        },
        Thing::Payload(_, values) => values.iter().find(|(known, _)| *known == name).map(|(_, got)| got.clone()),
        Thing::Mutation => None,
    };
    found.ok_or_else(|| undefined(type_name(desk, thing), name))
}

pub(super) fn undefined(of: &str, name: &str) -> Problem {
    let message = format!("Field '{name}' doesn't exist on type '{of}'");
    let extensions = json!({ "code": "undefinedField", "typeName": of, "fieldName": name });
    Problem { extensions: Some(extensions), ..Problem::malformed("undefinedField", message) }
}

pub(super) fn type_name(desk: &Desk<'_>, thing: &Thing) -> &'static str {
    match thing {
        Thing::Query => "Query",
        Thing::Mutation => "Mutation",
        Thing::RateLimit => "RateLimit",
        Thing::Repository(_) => "Repository",
        Thing::Issue(_) => "Issue",
        Thing::Comment(_) => "IssueComment",
        Thing::Actor(id) => match desk.world.user_by_id(*id).map(|user| user.kind) {
            Some(Kind::Program(_)) => "Bot",
            Some(Kind::Organisation) => "Organization",
            Some(Kind::Person) | None => "User",
        },
        Thing::Label(_) => "Label",
        Thing::Entry(entry) => match entry.event {
            Event::Labelled(_) => "LabeledEvent",
            Event::Unlabelled(_) => "UnlabeledEvent",
            Event::Assigned(_) => "AssignedEvent",
            Event::Unassigned(_) => "UnassignedEvent",
            Event::Renamed { .. } => "RenamedTitleEvent",
            Event::Closed(_) => "ClosedEvent",
            Event::Reopened => "ReopenedEvent",
            Event::Locked(_) => "LockedEvent",
            Event::Unlocked => "UnlockedEvent",
            Event::Transferred => "TransferredEvent",
            Event::CommentDeleted => "CommentDeletedEvent",
            Event::Commented(_) | Event::Confidential(_) | Event::Severity(_) | Event::Noted(_) => "IssueComment",
        },
        Thing::Edit(_) => "UserContentEdit",
        Thing::Connection(part) => part.of,
        Thing::PageInfo(_) => "PageInfo",
        Thing::Edge(..) => "Edge",
        Thing::Payload(name, _) => name,
    }
}

/// What a type also is.
pub(super) fn interfaces(of: &str) -> &'static [&'static str] {
    match of {
        "Issue" => &["Node", "Assignable", "Closable", "Comment", "Labelable", "Lockable", "IssueOrPullRequest"],
        "IssueComment" => &["Node", "Comment", "Minimizable", "Deletable", "Updatable", "Reactable"],
        "User" | "Bot" | "Organization" => &["Node", "Actor", "Assignee"],
        _ => &["Node"],
    }
}

fn query(desk: &Desk<'_>, name: &str, arguments: &Arguments) -> Read {
    let given = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    match name {
        "viewer" => Ok(Got::maybe(desk.caller.user.map(Thing::Actor))),
        "rateLimit" => Ok(Got::One(Thing::RateLimit)),
        "repository" => {
            let path = format!("{}/{}", given("owner"), given("name"));
            let project = desk.world.project(&path).or_else(|| desk.world.formerly(&path));
            let seen = project.filter(|project| desk.sees(project));
            let missing = || format!("Could not resolve to a Repository with the name '{path}'.");
            seen.map(|project| Got::One(Thing::Repository(project.id)))
                .ok_or_else(|| Problem::new("NOT_FOUND", missing()))
        }
        "user" | "organization" => {
            let login = given("login");
            let missing =
                || Problem::new("NOT_FOUND", format!("Could not resolve to a User with the login of '{login}'."));
            desk.world.user(login).map(|user| Got::One(Thing::Actor(user.id))).ok_or_else(missing)
        }
        "node" => by_node(desk, given("id")).map(Got::One),
        "nodes" => {
            let ids = arguments.get("ids").and_then(Value::as_array).cloned().unwrap_or_default();
            ids.iter().map(|id| by_node(desk, id.as_str().unwrap_or_default())).collect::<Result<_, _>>().map(Got::Many)
        }
        _ => Err(undefined("Query", name)),
    }
}

/// The thing behind a node id, if the caller can see it.
pub(super) fn by_node(desk: &Desk<'_>, id: &str) -> Result<Thing, Problem> {
    let missing = || Problem::not_found(id);
    let (kind, number) = denode(id).ok_or_else(missing)?;
    let (thing, project) = match kind {
        "R" => (Thing::Repository(ProjectId(number)), Some(ProjectId(number))),
        "I" => {
            let issue = desk.world.issue_by_id(IssueId(number)).ok_or_else(missing)?;
            (Thing::Issue(issue.id), Some(issue.project))
        }
        "IC" => {
            let comment = desk.world.comment(CommentId(number)).ok_or_else(missing)?;
            let issue = desk.world.issue_by_id(comment.issue).ok_or_else(missing)?;
            (Thing::Comment(comment.id), Some(issue.project))
        }
        "U" | "O" | "BOT" => (Thing::Actor(UserId(number)), None),
        _ => return Err(missing()),
    };
    let Some(project) = project else { return Ok(thing) };
    let project = desk.world.project_by_id(project).filter(|project| desk.sees(project)).ok_or_else(missing)?;
    may_read(desk, project)?;
    Ok(thing)
}

fn may_read(desk: &Desk<'_>, project: &Project) -> Result<(), Problem> {
    if project.visibility == Visibility::Public || desk.caller.granted("issues", Level::Read) {
        return Ok(());
    }
    Err(Problem::new("FORBIDDEN", "Resource not accessible by integration"))
}

fn rate_limit(desk: &Desk<'_>, name: &str) -> Option<Got> {
    let purse = locked(&desk.state.limits).purse(&desk.caller.purse, "graphql", &desk.state.options.budget, desk.now);
    Some(Got::Leaf(match name {
        "cost" => json!(1),
        "limit" => json!(purse.limit),
        "remaining" => json!(purse.remaining()),
        "used" => json!(purse.used),
        "resetAt" => stamp(purse.reset),
        "nodeCount" => json!(0),
        _ => return None,
    }))
}

fn repository(desk: &Desk<'_>, project: &Project, name: &str, arguments: &Arguments) -> Result<Option<Got>, Problem> {
    Ok(match name {
        "id" => text(node("R", project.id.0)),
        "databaseId" => Some(Got::Leaf(json!(project.id.0))),
        "name" => text(&project.name),
        "nameWithOwner" => text(desk.world.path(project)),
        "url" => text(format!("{WEB}/{}", desk.world.path(project))),
        "isPrivate" => flag(project.visibility != Visibility::Public),
        "isArchived" => flag(project.archived),
        "visibility" => text(visibility(project.visibility).to_uppercase()),
        "createdAt" => when(project.created_at),
        "updatedAt" => when(project.updated_at),
        "owner" => Some(Got::One(Thing::Actor(project.owner))),
        "issue" => {
            may_read(desk, project)?;
            let number = arguments.get("number").and_then(Value::as_u64).unwrap_or_default();
            let missing = || format!("Could not resolve to an Issue with the number of {number}.");
            let found = desk.world.issues(project.id).find(|issue| issue.number == number);
            let found = found.ok_or_else(|| Problem::new("NOT_FOUND", missing()))?;
            Some(Got::One(Thing::Issue(found.id)))
        }
        "issues" => {
            may_read(desk, project)?;
            Some(issues::issues(desk, project, arguments)?)
        }
        "labels" => {
            let labels = project.labels.values().map(|label| Thing::Label(label.clone())).collect();
            Some(lists::part("LabelConnection", name, labels, arguments)?)
        }
        _ => None,
    })
}

fn actor(desk: &Desk<'_>, id: UserId, name: &str) -> Option<Got> {
    let user = desk.world.user_by_id(id)?;
    match name {
        // GraphQL shows a bot's name without the brackets.
        "login" => text(user.login.as_str().trim_end_matches("[bot]")),
        "id" => desk.wire().user(user).get("node_id").cloned().map(Got::Leaf),
        "databaseId" => Some(Got::Leaf(json!(id.0))),
        "name" => Some(Got::Leaf(json!(user.name))),
        "url" => text(format!("{WEB}/{}", user.login)),
        _ => None,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands among arms that may have nothing")]
pub(super) fn text(text: impl Into<String>) -> Option<Got> {
    Some(Got::Leaf(Value::String(text.into())))
}

#[expect(clippy::unnecessary_wraps, reason = "it stands among arms that may have nothing")]
pub(super) fn when(at: Moment) -> Option<Got> {
    Some(Got::Leaf(stamp(at)))
}

#[expect(clippy::unnecessary_wraps, reason = "it stands among arms that may have nothing")]
pub(super) fn flag(flag: bool) -> Option<Got> {
    Some(Got::Leaf(json!(flag)))
}
