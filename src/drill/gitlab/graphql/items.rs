//! Work items as parents and children: the tasks of an issue or an incident.
//!
//! What always holds: only tasks have parents; one that is refused leaves everything as it was.

use serde_json::{Value, json};

use super::{
    super::{
        super::model::{Access, Issue, IssueId, Project},
        desk::Desk,
    },
    Asked, Fault,
};

/// What a change may hold here. GitLab knows more.
const KNOWN: [&str; 3] = ["id", "hierarchyWidget", "clientMutationId"];
/// So many children at most.
const MOST: usize = 5_000;

/// A work item with its parent and its children.
pub(super) fn show(desk: &mut Desk<'_>, asked: &Asked) -> Result<Value, Fault> {
    let (home, issue) = seen(desk, asked.value("id"))?;
    Ok(shown(desk, asked, &home, &issue))
}

/// Gives a work item children, or a parent, or takes the parent away.
pub(super) fn update(desk: &mut Desk<'_>, asked: &Asked) -> Result<Value, Fault> {
    let given = asked.0.get("input").unwrap_or(&asked.0);
    let unknown =
        given.as_object().into_iter().flat_map(|fields| fields.keys()).find(|key| !KNOWN.contains(&key.as_str()));
    if let Some(unknown) = unknown {
        let words = format!("InputObject 'WorkItemUpdateInput' doesn't accept argument '{unknown}'");
        return Err(Fault::Question(words));
    }
    let (home, issue) = seen(desk, asked.value("id"))?;
    if desk.access(&home) < Access::Plan {
        return Err(Fault::Absent);
    }
    let hierarchy = asked.value("hierarchyWidget").cloned().unwrap_or_default();
    let children = hierarchy.get("childrenIds").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut pairs = Vec::new();
    for child in &children {
        pairs.push((issue.clone(), seen(desk, Some(child))?.1));
    }
    match hierarchy.get("parentId") {
        None => {}
        Some(Value::Null) => part(desk, &issue),
        parent => pairs.push((seen(desk, parent)?.1, issue.clone())),
    }
    let faults: Vec<String> = pairs.iter().filter_map(|(parent, child)| fault(desk, parent, child)).collect();
    if !faults.is_empty() {
        return Ok(json!({ "errors": faults, "workItem": null }));
    }
    for (parent, child) in &pairs {
        join(desk, parent, child);
    }
    Ok(json!({ "errors": [], "workItem": shown(desk, asked, &home, &issue) }))
}

/// A work item that the caller can see, by `gid://gitlab/WorkItem/17`.
fn seen(desk: &Desk<'_>, id: Option<&Value>) -> Result<(Project, Issue), Fault> {
    let id = id.and_then(Value::as_str).unwrap_or_default();
    let number = id.strip_prefix("gid://gitlab/WorkItem/").and_then(|number| number.parse().ok());
    let number = number.ok_or_else(|| Fault::Question(format!("{id:?} does not represent an instance of WorkItem")))?;
    let issue = desk.world.issue_by_id(IssueId(number)).ok_or(Fault::Absent)?;
    let home = desk.world.project_by_id(issue.project).ok_or(Fault::Absent)?;
    let sees = desk.access(home) > Access::None && desk.sees(home, issue);
    if sees { Ok((home.clone(), issue.clone())) } else { Err(Fault::Absent) }
}

fn kind(issue: &Issue) -> &str {
    issue.kind.as_deref().unwrap_or("issue")
}

/// Why one cannot be the child of the other.
fn fault(desk: &Desk<'_>, parent: &Issue, child: &Issue) -> Option<String> {
    let under = desk.extras.children.iter().filter(|(of, _)| *of == parent.id);
    let why = if child.id == parent.id {
        "is not allowed to point to itself".to_owned()
    } else if kind(child) != "task" || kind(parent) == "task" {
        "it's not allowed to add this type of parent item".to_owned()
    } else if parent.confidential && !child.confidential {
        "cannot assign a non-confidential task to a confidential parent. Make the task confidential and try again."
            .to_owned()
    } else if under.count() >= MOST {
        "parent already has maximum number of children.".to_owned()
    } else {
        return None;
    };
    Some(format!("#{} cannot be added: {why}", child.number))
}

/// Notes of both say it. Nothing happens where it is so already.
fn join(desk: &mut Desk<'_>, parent: &Issue, child: &Issue) {
    if desk.extras.children.contains(&(parent.id, child.id)) {
        return;
    }
    desk.extras.children.retain(|(_, other)| *other != child.id);
    desk.extras.children.push((parent.id, child.id));
    let (by, now) = (desk.caller.user.id, desk.now);
    desk.world.note(by, parent.id, format!("added #{} as child task", child.number), now);
    desk.world.note(by, child.id, format!("added #{} as parent {}", parent.number, kind(parent)), now);
}

fn part(desk: &mut Desk<'_>, child: &Issue) {
    let Some((of, _)) = desk.extras.children.iter().find(|(_, other)| *other == child.id).copied() else { return };
    desk.extras.children.retain(|(_, other)| *other != child.id);
    let (by, now) = (desk.caller.user.id, desk.now);
    let Some((number, kind)) = desk.world.issue_by_id(of).map(|it| (it.number, kind(it).to_owned())) else { return };
    desk.world.note(by, of, format!("removed child task #{}", child.number), now);
    desk.world.note(by, child.id, format!("removed parent {kind} #{number}"), now);
}

fn shown(desk: &Desk<'_>, asked: &Asked, home: &Project, issue: &Issue) -> Value {
    let found = |id: IssueId| {
        let other = desk.world.issue_by_id(id)?;
        let home = desk.world.project_by_id(other.project)?;
        (desk.access(home) > Access::None && desk.sees(home, other)).then(|| brief(desk, home, other))
    };
    let family = &desk.extras.children;
    let parent = family.iter().find(|(_, child)| *child == issue.id).and_then(|(parent, _)| found(*parent));
    let own = family.iter().filter(|(parent, _)| *parent == issue.id);
    let children: Vec<Value> = own.filter_map(|(_, child)| found(*child)).collect();
    let widget = json!({
        "type": "HIERARCHY", "hasParent": parent.is_some(), "parent": parent, "hasChildren": !children.is_empty(),
        "children": asked.page(&children),
    });
    let mut whole = brief(desk, home, issue);
    if let Value::Object(fields) = &mut whole {
        fields.insert("widgets".to_owned(), json!([widget]));
    }
    whole
}

fn brief(desk: &Desk<'_>, home: &Project, issue: &Issue) -> Value {
    let word = kind(issue);
    let name: String = word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
    json!({
        "id": format!("gid://gitlab/WorkItem/{}", issue.id.0), "iid": issue.number.to_string(), "title": issue.title,
        "state": if issue.open { "OPEN" } else { "CLOSED" }, "confidential": issue.confidential,
        "workItemType": { "name": name.replace('_', " ") }, "webUrl": desk.wire().issue_url(home, issue),
    })
}
