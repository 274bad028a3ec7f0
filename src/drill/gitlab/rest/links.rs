//! Links between issues.

use serde_json::{Value, json};

use super::super::{
    super::{
        line::{
            call::Call,
            reply::{Answered, Reply},
        },
        model::{Access, Issue, IssueId, Project},
    },
    asked::Asked,
    desk::{Desk, not_found},
    pages::page,
};

pub(in super::super) fn answer(
    desk: &mut Desk<'_>,
    call: &Call,
    method: &str,
    (project, number): (&str, &str),
    rest: &[&str],
) -> Answered {
    let (home, issue) = desk.issue(project, number)?;
    match (method, rest) {
        ("GET", []) => {
            let of = |(id, one, other): &(u64, IssueId, IssueId)| match issue.id {
                own if own == *one => Some((*id, *other)),
                own if own == *other => Some((*id, *one)),
                _ => None,
            };
            let linked: Vec<(u64, IssueId)> = desk.extras.links.iter().filter_map(of).collect();
            Ok(page(call, &desk.state.url, linked, |(id, other)| linked_issue(desk, id, other)))
        }
        ("POST", []) => {
            let asked = Asked::of(call);
            let (target, iid) = (asked.needed("target_project_id")?, asked.needed("target_issue_iid")?);
            let (_, other) = desk.issue(target, iid)?;
            let same = |(_, one, two): &(u64, IssueId, IssueId)| {
                [(issue.id, other.id), (other.id, issue.id)].contains(&(*one, *two))
            };
            if desk.extras.links.iter().any(same) || other.id == issue.id {
                return Err(Reply::new(409, json!({ "message": "Issue(s) already assigned" })));
            }
            let id = desk.world.count_token();
            desk.extras.links.push((id, issue.id, other.id));
            let (by, now) = (desk.caller.user.id, desk.now);
            for (of, to) in [(&issue, &other), (&other, &issue)] {
                desk.world.note(by, of.id, format!("marked this issue as related to #{}", to.number), now);
            }
            let (source, target) = (desk.wire().issue(&home, &issue), linked_issue(desk, id, other.id));
            let body = json!({ "id": id, "source_issue": source, "target_issue": target, "link_type": "relates_to" });
            Ok(Reply::new(201, body))
        }
        ("DELETE", [link]) => unlink(desk, (&home, &issue), link),
        _ => Err(not_found("404 Not found")),
    }
}

/// A link goes from both of its issues, whichever it is taken from.
fn unlink(desk: &mut Desk<'_>, (home, issue): (&Project, &Issue), link: &str) -> Answered {
    desk.needs(home, Access::Plan)?;
    let of = |(id, one, other): &&(u64, IssueId, IssueId)| id.to_string() == link && [*one, *other].contains(&issue.id);
    let found = desk.extras.links.iter().find(of).copied();
    let (id, one, other) = found.ok_or_else(|| not_found("404 Not found"))?;
    let (source, target) = (linked_issue(desk, id, one), linked_issue(desk, id, other));
    desk.extras.links.retain(|(known, ..)| *known != id);
    let (by, now) = (desk.caller.user.id, desk.now);
    for (of, to) in [(one, other), (other, one)] {
        let number = desk.world.issue_by_id(to).map_or(0, |issue| issue.number);
        desk.world.note(by, of, format!("removed the relation with #{number}"), now);
    }
    Ok(Reply::ok(json!({ "id": id, "source_issue": source, "target_issue": target, "link_type": "relates_to" })))
}

fn linked_issue(desk: &Desk<'_>, link: u64, id: IssueId) -> Value {
    let issue = desk.world.issue_by_id(id);
    let home = issue.and_then(|issue| desk.world.project_by_id(issue.project));
    let (Some(issue), Some(home)) = (issue, home) else { return Value::Null };
    let mut shown = desk.wire().issue(home, issue);
    if let Value::Object(fields) = &mut shown {
        fields.insert("issue_link_id".to_owned(), json!(link));
        fields.insert("link_type".to_owned(), json!("relates_to"));
    }
    shown
}
