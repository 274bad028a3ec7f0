//! Answering one request: who asks, and what may be seen.

use std::sync::{Arc, MutexGuard};

use serde_json::json;

use super::{
    super::{
        line::{call::Call, locked, reply::Reply},
        model::{Access, At, Deed, Fault, Issue, Outcome, Place, Project, Refusal, World},
    },
    State,
    caller::Caller,
    carried::{Carried, told},
    extras::Extras,
    quick, routes,
    wire::Wire,
};
use crate::domain::time::Moment;

/// What is at hand while one request is answered.
pub(super) struct Desk<'a> {
    pub(super) state: &'a State,
    pub(super) world: MutexGuard<'a, World>,
    pub(super) extras: MutexGuard<'a, Extras>,
    pub(super) now: Moment,
    pub(super) caller: Caller,
    past: Option<Arc<World>>,
    reads: bool,
    segments: Vec<String>,
    /// What came of the quick actions of the text that was last sent.
    carried: Vec<Carried>,
}

/// The answer to a request at a moment.
pub(super) fn answer(state: &State, call: &Call, now: Moment) -> Reply {
    let mut world = locked(&state.world);
    let past = state.line.faults.lagging().and_then(|lag| {
        world.remember(lag + lag, now);
        world.as_of(now - lag)
    });
    let caller = match Caller::of(call, &world, now) {
        Ok(caller) => caller,
        Err(reply) => return reply,
    };
    let mut extras = locked(&state.extras);
    extras.used.insert(caller.secret.clone(), now);
    let (reads, segments) = (call.is_read(), call.segments.clone());
    let mut desk = Desk { state, world, extras, now, caller, past, reads, segments, carried: Vec::new() };
    routes::route(&mut desk, call).unwrap_or_else(|reply| reply)
}

/// GitLab's 404 in words.
pub(super) fn not_found(words: &str) -> Reply {
    Reply::new(404, json!({ "message": words }))
}

pub(super) fn forbidden() -> Reply {
    Reply::new(403, json!({ "message": "403 Forbidden" }))
}

impl Desk<'_> {
    /// Facts as GitLab writes them.
    pub(super) fn wire(&self) -> Wire<'_> {
        Wire { world: &self.world }
    }

    /// The world as lists show it, which may lag behind.
    pub(super) fn listed(&self, call: &Call) -> Wire<'_> {
        match &self.past {
            Some(past) if past.serial() != self.world.serial() => {
                self.state.line.faults.note(self.now, "stale", &format!("{} {}", call.method, call.path));
                Wire { world: past }
            }
            _ => self.wire(),
        }
    }

    /// A project by its number or path, if the caller can see it; a redirection where it moved.
    pub(super) fn project(&self, named: &str) -> Result<Project, Reply> {
        let missing = || not_found("404 Project Not Found");
        let by_number =
            named.parse::<u64>().ok().and_then(|id| self.world.projects().find(|project| project.id.0 == id));
        if let Some(project) = by_number.or_else(|| self.world.project(named)) {
            return if self.access(project) > Access::None { Ok(project.clone()) } else { Err(missing()) };
        }
        let moved = self.world.formerly(named).filter(|project| self.access(project) > Access::None);
        let project = moved.ok_or_else(missing)?;
        if !self.reads {
            let words = "405 Non GET methods are not allowed for moved projects";
            return Err(Reply::new(405, json!({ "message": words })));
        }
        // The same question of the project by its number.
        let parts = self.segments.iter().skip(2).map(|part| form_urlencoded::byte_serialize(part.as_bytes()).collect());
        let whole: Vec<String> = std::iter::once(project.id.0.to_string()).chain(parts).collect();
        let to = format!("{}/api/v4/projects/{}", self.state.url, whole.join("/"));
        Err(Reply::text(301, "text/plain", "This resource has been moved permanently").with("location", to))
    }

    /// What the caller may do in a project.
    pub(super) fn access(&self, project: &Project) -> Access {
        if self.is_admin() { Access::Admin } else { self.world.access(self.caller.user.id, project) }
    }

    /// Whether the caller runs the whole forge.
    pub(super) fn is_admin(&self) -> bool {
        self.world.is_admin(self.caller.user.id)
    }

    /// Refuses those who have less than this.
    pub(super) fn needs(&self, project: &Project, needs: Access) -> Result<(), Reply> {
        if self.access(project) >= needs { Ok(()) } else { Err(forbidden()) }
    }

    /// Whether the caller can see an issue.
    pub(super) fn sees(&self, project: &Project, issue: &Issue) -> bool {
        let me = self.caller.user.id;
        let mine = issue.author == me || issue.assignees.contains(&me);
        !issue.confidential || mine || self.access(project) >= Access::Plan
    }

    /// An issue that the caller can see, in its project. One that moved away is shown as the shell it left.
    pub(super) fn issue(&self, project: &str, number: &str) -> Result<(Project, Issue), Reply> {
        let project = self.project(project)?;
        let missing = || not_found("404 Issue Not Found");
        let number: u64 = number.parse().map_err(|_| missing())?;
        let issue = match self.world.place(project.id, number) {
            Some(Place::Here(id)) => self.world.issue_by_id(id).cloned(),
            _ => None,
        };
        let issue = issue.filter(|issue| self.sees(&project, issue)).ok_or_else(missing)?;
        Ok((project, issue))
    }

    /// How the model names an issue.
    pub(super) fn at(&self, project: &Project, number: u64) -> At {
        At::new(self.world.path(project), number)
    }

    /// Does it in the caller's name, quick actions in texts included.
    pub(super) fn perform(&mut self, deed: Deed) -> Result<Outcome, Reply> {
        let (login, scoped) = (self.caller.user.login.clone(), self.state.options.scoped);
        let done = quick::perform(&mut self.world, scoped, &login, deed, self.now);
        let (outcome, carried) = done.map_err(|refusal| refused(&refusal))?;
        self.carried = carried;
        Ok(outcome)
    }

    /// What is answered where the text that was last sent held nothing but quick actions.
    pub(super) fn swallowed(&self) -> Reply {
        match told(&self.carried) {
            Ok(body) => Reply::new(202, body),
            Err(words) => Reply::new(400, json!({ "message": format!("400 Bad request - {words}") })),
        }
    }
}

/// A refusal in GitLab's words.
pub(super) fn refused(refusal: &Refusal) -> Reply {
    match refusal {
        Refusal::Absent("project") => not_found("404 Project Not Found"),
        Refusal::Absent("issue") | Refusal::Deleted => not_found("404 Issue Not Found"),
        Refusal::Absent("comment") => not_found("404 Note Not Found"),
        Refusal::Absent("label") => not_found("404 Label Not Found"),
        Refusal::Absent(_) | Refusal::Moved(_) => not_found("404 Not found"),
        Refusal::Forbidden { .. } | Refusal::Archived | Refusal::Locked | Refusal::NoIssues => forbidden(),
        Refusal::Invalid { of: "IssueComment", fault, .. } => {
            let words = match fault {
                Fault::TooLong(most) => {
                    format!("400 Bad request - Note {{note: [\"is too long (maximum is {most} characters)\"]}}")
                }
                _ => "400 Bad request - Note {note: [\"can't be blank\"]}".to_owned(),
            };
            Reply::new(400, json!({ "message": words }))
        }
        Refusal::Invalid { of: "Label", fault: Fault::Taken, .. } => {
            Reply::new(409, json!({ "message": "Label already exists" }))
        }
        Refusal::Invalid { field, fault, .. } => {
            let words = match fault {
                Fault::Missing => "can't be blank".to_owned(),
                Fault::TooLong(most) => format!("is too long (maximum is {most} characters)"),
                Fault::Unknown => "is invalid".to_owned(),
                Fault::Taken => "has already been taken".to_owned(),
            };
            Reply::new(400, json!({ "message": { (*field): [words] } }))
        }
    }
}
