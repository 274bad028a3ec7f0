//! Answering one request: who asks, what is left of the budget, what the path means, what is unchanged.

use std::sync::{Arc, MutexGuard};

use super::{
    State,
    call::Call,
    caller::{Caller, Means},
    digest, locked,
    reply::{Reply, refused},
    routes,
    wire::Wire,
};
use crate::{
    domain::{snapshot::Visibility, time::Moment},
    drill::model::{Access, Deed, Level, Outcome, Project, ProjectId, Refusal, World},
};

/// What is at hand while one request is answered.
pub(super) struct Desk<'a> {
    pub(super) state: &'a State,
    pub(super) world: MutexGuard<'a, World>,
    pub(super) now: Moment,
    pub(super) caller: Caller,
    past: Option<Arc<World>>,
}

/// The answer to a request at a moment.
pub(super) fn answer(state: &State, call: &Call, now: Moment) -> Reply {
    let mut world = locked(&state.world);
    let past = state.line.faults.lagging().and_then(|lag| {
        world.remember(lag + lag, now);
        world.as_of(now - lag)
    });
    let signing = state.options.signed_by.machine_now();
    let caller = match Caller::of(call, &world, now, signing) {
        Ok(caller) => caller,
        Err(reply) => return reply,
    };
    let resource = if call.path == "/graphql" { "graphql" } else { "core" };
    let (purse, bearer) = (caller.purse.clone(), caller.clone());
    let reply = if let Some(reply) = refused_by_limits(state, call, &caller, resource, now) {
        Reply { free: true, ..reply }
    } else {
        let mut desk = Desk { state, world, now, caller, past };
        let answered = routes::route(&mut desk, call).unwrap_or_else(|reply| reply);
        unchanged(call, answered)
    };
    let mut limits = locked(&state.limits);
    if !reply.free {
        limits.spend(&purse, resource, now);
    }
    bearer.told(limits.purse(&purse, resource, &state.options.budget, now).headers(reply))
}

fn refused_by_limits(
    state: &State,
    call: &Call,
    caller: &Caller,
    resource: &'static str,
    now: Moment,
) -> Option<Reply> {
    if call.path == "/rate_limit" {
        return None;
    }
    let budget = &state.options.budget;
    let mut limits = locked(&state.limits);
    let refusal = limits.refusal(&caller.purse, resource, budget, !call.is_read(), now);
    let writes = call.path.starts_with("/repos/") && !call.is_read();
    refusal.or_else(|| if writes { limits.writing(&caller.purse, budget, now) } else { None })
}

/// 304 where the caller has it already.
fn unchanged(call: &Call, reply: Reply) -> Reply {
    let (true, 200, Some(body)) = (call.is_read(), reply.status, &reply.body) else { return reply };
    let digest = digest(body.to_string().as_bytes());
    let tag = format!("W/\"{digest}\"");
    let known = call.header("if-none-match").is_some_and(|given| given.split(',').any(|one| same_tag(one, &digest)));
    if known {
        return Reply { free: true, ..Reply::empty(304).with("etag", tag) };
    }
    reply.with("etag", tag).with("cache-control", "private, max-age=60, s-maxage=60")
}

fn same_tag(given: &str, digest: &str) -> bool {
    given.trim().trim_start_matches("W/").trim_matches('"') == digest
}

impl Desk<'_> {
    /// Facts as GitHub writes them.
    pub(super) fn wire(&self) -> Wire<'_> {
        Wire { world: &self.world, base: &self.state.url }
    }

    /// The world as lists show it, which may lag behind.
    pub(super) fn listed(&self, call: &Call) -> Wire<'_> {
        match &self.past {
            Some(past) if past.serial() != self.world.serial() => {
                self.state.line.faults.note(self.now, "stale", &format!("{} {}", call.method, call.path));
                Wire { world: past, base: &self.state.url }
            }
            _ => self.wire(),
        }
    }

    /// A repository by its path, if the caller may do this with this noun in it; a redirection where it moved.
    pub(super) fn repository(&self, call: &Call, path: &str, noun: &str, level: Level) -> Result<ProjectId, Reply> {
        let Some(project) = self.world.project(path) else {
            let moved = self.world.formerly(path).filter(|project| self.sees(project));
            return Err(moved.map_or_else(Reply::not_found, |project| self.redirected(call, project)));
        };
        if !self.sees(project) {
            return Err(if matches!(self.caller.means, Means::App(_)) { not_for_apps() } else { Reply::not_found() });
        }
        let open = level == Level::Read && project.visibility == Visibility::Public;
        if !open && !self.caller.granted(noun, level) {
            return Err(not_for_apps());
        }
        if level == Level::Write && matches!(self.caller.means, Means::Nobody) {
            return Err(Reply::message(401, "Requires authentication"));
        }
        Ok(project.id)
    }

    fn redirected(&self, call: &Call, project: &Project) -> Reply {
        let rest = call.segments.iter().skip(3).fold(String::new(), |path, part| format!("{path}/{part}"));
        Reply::moved(&format!("{}/repositories/{}{rest}", self.state.url, project.id))
    }

    /// Whether the caller can see a repository at all.
    pub(super) fn sees(&self, project: &Project) -> bool {
        let open = project.visibility == Visibility::Public;
        match (&self.caller.means, self.caller.user) {
            (Means::Nobody | Means::App(_), _) | (_, None) => open,
            (Means::Personal { .. }, Some(user)) => {
                open || (self.caller.has_scope("repo") && self.world.access(user, project) > Access::None)
            }
            (Means::Installed { installation, selection, .. }, _) => {
                let reaches = self.world.installed_on(project).any(|one| one.id == *installation);
                open || (reaches && selection.holds(project.id))
            }
        }
    }

    /// What the caller may do in a project.
    pub(super) fn access(&self, project: ProjectId) -> Access {
        let project = self.world.project_by_id(project);
        match (self.caller.user, project) {
            (Some(user), Some(project)) => self.world.access(user, project),
            _ => Access::None,
        }
    }

    /// Refuses those who have less than this.
    pub(super) fn needs(&self, project: ProjectId, needs: Access) -> Result<(), Reply> {
        if self.access(project) >= needs {
            return Ok(());
        }
        Err(refused(&Refusal::Forbidden { needs }, self.caller.is_integration()))
    }

    /// Does it in the caller's name.
    pub(super) fn perform(&mut self, deed: Deed) -> Result<Outcome, Reply> {
        let user = self.caller.user.and_then(|user| self.world.user_by_id(user));
        let login = user.ok_or_else(|| Reply::message(401, "Requires authentication"))?.login.clone();
        let now = self.now;
        self.world.perform(&login, deed, now).map_err(|refusal| self.refusal(&refusal))
    }

    /// A refusal in GitHub's words; an issue that moved redirects those who may see it.
    pub(super) fn refusal(&self, refusal: &Refusal) -> Reply {
        if let Refusal::Moved(id) = refusal
            && let Some(issue) = self.world.issue_by_id(*id)
            && let Some(project) = self.world.project_by_id(issue.project).filter(|project| self.sees(project))
        {
            return Reply::moved(&format!("{}/repositories/{}/issues/{}", self.state.url, project.id, issue.number));
        }
        refused(refusal, self.caller.is_integration())
    }

    /// For endpoints that belong to an App's signature.
    pub(super) fn app(&self) -> Result<crate::drill::model::App, Reply> {
        match self.caller.means {
            Means::App(id) => self.world.app(id).cloned().ok_or_else(Reply::not_found),
            _ => Err(Reply::message(401, "A JSON web token could not be decoded")),
        }
    }

    /// For endpoints that belong to somebody.
    pub(super) fn somebody(&self) -> Result<crate::drill::model::User, Reply> {
        match (&self.caller.means, self.caller.user.and_then(|user| self.world.user_by_id(user))) {
            (Means::Personal { .. }, Some(user)) => Ok(user.clone()),
            (Means::Nobody, _) => Err(Reply::message(401, "Requires authentication")),
            _ => Err(not_for_apps()),
        }
    }
}

pub(super) fn not_for_apps() -> Reply {
    Reply::message(403, "Resource not accessible by integration")
}

/// Something that must be there.
pub(super) fn found<T>(thing: Option<T>) -> Result<T, Reply> {
    thing.ok_or_else(Reply::not_found)
}
