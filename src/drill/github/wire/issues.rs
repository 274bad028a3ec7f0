//! Issues, comments, reactions.

use serde_json::{Value, json};

use super::{Wire, association, node, people::merge, stamp};
use crate::drill::model::{Close, Comment, Issue, Project, Reaction, Reason, Target};

/// Counters of reactions, in GitHub's order.
const CONTENTS: [&str; 8] = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"];

impl Wire<'_> {
    /// The API's address of an issue, in the project as given.
    pub(in super::super) fn issue_url(&self, project: &Project, number: u64) -> String {
        format!("{}/issues/{number}", self.repository_url(project))
    }

    /// An issue in its present project.
    pub(in super::super) fn issue(&self, issue: &Issue) -> Value {
        self.world.project_by_id(issue.project).map_or(Value::Null, |project| self.issue_in(project, issue))
    }

    /// An issue in the project as given, which may be as it was.
    pub(in super::super) fn issue_in(&self, project: &Project, issue: &Issue) -> Value {
        let url = self.issue_url(project, issue.number);
        let labels: Vec<Value> = issue
            .labels
            .iter()
            .filter_map(|name| project.label(name).map(|label| self.label(project, label)))
            .collect();
        let assignees: Vec<Value> = issue.assignees.iter().map(|user| self.user_by_id(*user)).collect();
        let mut whole = json!({
            "url": url,
            "repository_url": self.repository_url(project),
            "labels_url": format!("{url}/labels{{/name}}"),
            "comments_url": format!("{url}/comments"),
            "events_url": format!("{url}/events"),
            "timeline_url": format!("{url}/timeline"),
            "html_url": format!("{}/issues/{}", self.repository_page(project), issue.number),
            "id": issue.id.0,
            "node_id": node("I", issue.id.0),
            "number": issue.number,
            "title": issue.title,
            "user": self.user_by_id(issue.author),
            "labels": labels,
            "state": if issue.open { "open" } else { "closed" },
            "locked": issue.lock.is_some(),
            "assignee": assignees.first(),
            "assignees": assignees,
            "milestone": null,
            "comments": issue.comments,
            "created_at": stamp(issue.created_at),
            "updated_at": stamp(issue.updated_at),
            "closed_at": issue.closed.map(|(at, _)| stamp(at)),
            "closed_by": issue.closed.map(|(_, by)| self.user_by_id(by)),
            "author_association": association(*self, issue.author, Some(project)),
            "active_lock_reason": issue.lock.as_ref().and_then(|lock| lock.0.clone()),
            "body": issue.body,
            "state_reason": issue.reason.map(reason),
            "performed_via_github_app": self.via_app(issue.author),
        });
        let more = json!({
            "type": issue.kind.as_ref().map(|kind| json!({ "name": kind })),
            "reactions": self.counted(Target::Issue(issue.id), &url),
            "sub_issues_summary": { "total": 0, "completed": 0, "percent_completed": 0 },
            "issue_dependencies_summary":
                { "blocked_by": 0, "total_blocked_by": 0, "blocking": 0, "total_blocking": 0 },
        });
        merge(&mut whole, more);
        whole
    }

    /// A comment under an issue.
    pub(in super::super) fn comment_in(&self, project: &Project, issue: &Issue, comment: &Comment) -> Value {
        let url = format!("{}/issues/comments/{}", self.repository_url(project), comment.id);
        json!({
            "url": url,
            "html_url": self.comment_page(project, issue, comment),
            "issue_url": self.issue_url(project, issue.number),
            "id": comment.id.0,
            "node_id": node("IC", comment.id.0),
            "user": self.user_by_id(comment.author),
            "created_at": stamp(comment.created_at),
            "updated_at": stamp(comment.updated_at),
            "author_association": association(*self, comment.author, Some(project)),
            "body": comment.body,
            "reactions": self.counted(Target::Comment(comment.id), &url),
            "performed_via_github_app": self.via_app(comment.author),
        })
    }

    /// Where people would read a comment.
    pub(in super::super) fn comment_page(&self, project: &Project, issue: &Issue, comment: &Comment) -> String {
        format!("{}/issues/{}#issuecomment-{}", self.repository_page(project), issue.number, comment.id)
    }

    /// A comment where it stands now.
    pub(in super::super) fn comment(&self, comment: &Comment) -> Value {
        let issue = self.world.issue_by_id(comment.issue);
        let project = issue.and_then(|issue| self.world.project_by_id(issue.project));
        match (issue, project) {
            (Some(issue), Some(project)) => self.comment_in(project, issue, comment),
            _ => Value::Null,
        }
    }

    /// A reaction.
    pub(in super::super) fn reaction(&self, reaction: &Reaction) -> Value {
        json!({
            "id": reaction.id.0, "node_id": node("REA", reaction.id.0), "user": self.user_by_id(reaction.by),
            "content": reaction.content, "created_at": stamp(reaction.at),
        })
    }

    fn counted(&self, target: Target, url: &str) -> Value {
        let mut counts = json!({ "url": format!("{url}/reactions"), "total_count": 0 });
        let mut total = 0;
        for content in CONTENTS {
            let count = self.world.reactions(target).filter(|reaction| reaction.content == content).count();
            total += count;
            merge(&mut counts, json!({ content: count }));
        }
        merge(&mut counts, json!({ "total_count": total }));
        counts
    }
}

pub(in super::super) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Closed(why) => closed(why),
        Reason::Reopened => "reopened",
    }
}

pub(in super::super) fn closed(why: Close) -> &'static str {
    match why {
        Close::Completed => "completed",
        Close::NotPlanned => "not_planned",
        Close::Duplicate => "duplicate",
    }
}
