//! The world: everything there is, and how it is looked up.
//!
//! What always holds: looking changes nothing; an account's access follows from ownership, membership, installations and
//! the project's visibility, whichever gives most.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::{
    access::{App, Grants, Installation, Token},
    caps::Caps,
    happening::Happening,
    hook::Hook,
    ids::{AppId, HookId, InstallationId, IssueId, ProjectId, ReactionId, UserId},
    issue::{Comment, Entry, Issue, Reaction, Target},
    memory::Memory,
    people::{Kind, User},
    project::{Access, Project},
    record::Record,
};
use crate::domain::{ids::CommentId, snapshot::Visibility};

/// What stands at a number of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An issue.
    Here(IssueId),
    /// An issue that was deleted.
    Deleted,
    /// An issue that is in another project now.
    Moved(IssueId),
}

/// A whole forge.
#[derive(Clone, Default)]
pub struct World {
    /// Bounds on texts and lists.
    pub caps: Caps,
    pub(super) last_id: u64,
    pub(super) serial: u64,
    pub(super) users: BTreeMap<UserId, User>,
    pub(super) projects: BTreeMap<ProjectId, Project>,
    /// Former paths in lower case.
    pub(super) former: BTreeMap<String, ProjectId>,
    pub(super) places: BTreeMap<(ProjectId, u64), Place>,
    pub(super) issues: BTreeMap<IssueId, Issue>,
    pub(super) comments: BTreeMap<CommentId, Comment>,
    pub(super) threads: BTreeMap<IssueId, Vec<CommentId>>,
    pub(super) history: BTreeMap<IssueId, Vec<Entry>>,
    pub(super) reactions: Vec<Reaction>,
    pub(super) hooks: BTreeMap<HookId, Hook>,
    pub(super) apps: BTreeMap<AppId, App>,
    pub(super) installations: BTreeMap<InstallationId, Installation>,
    pub(super) tokens: BTreeMap<String, Token>,
    /// Who runs the whole forge.
    pub(super) admins: BTreeSet<UserId>,
    pub(super) records: Vec<Record>,
    pub(super) happenings: Vec<Happening>,
    pub(super) memory: Memory,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (projects, issues, comments) = (self.projects.len(), self.issues.len(), self.comments.len());
        let mut shown = f.debug_struct("World");
        shown.field("projects", &projects).field("issues", &issues).field("comments", &comments);
        shown.finish_non_exhaustive()
    }
}

impl World {
    /// An account by its login.
    pub fn user(&self, login: &str) -> Option<&User> {
        self.users.values().find(|user| user.login.as_str().eq_ignore_ascii_case(login))
    }

    /// An account by its number; `None` once it is gone.
    pub fn user_by_id(&self, id: UserId) -> Option<&User> {
        self.users.get(&id)
    }

    /// `acme/incidents`.
    pub fn path(&self, project: &Project) -> String {
        let owner = self.users.get(&project.owner).map_or("ghost", |owner| owner.login.as_str());
        format!("{owner}/{}", project.name)
    }

    /// A project by its present path.
    pub fn project(&self, path: &str) -> Option<&Project> {
        self.projects.values().find(|project| self.path(project).eq_ignore_ascii_case(path))
    }

    /// A project by its number.
    pub fn project_by_id(&self, id: ProjectId) -> Option<&Project> {
        self.projects.get(&id)
    }

    /// A project that once had this path and no longer has.
    pub fn formerly(&self, path: &str) -> Option<&Project> {
        self.projects.get(self.former.get(&path.to_lowercase())?)
    }

    /// All projects.
    pub fn projects(&self) -> impl Iterator<Item = &Project> {
        self.projects.values()
    }

    /// What stands at a number.
    pub fn place(&self, project: ProjectId, number: u64) -> Option<Place> {
        self.places.get(&(project, number)).copied()
    }

    /// An issue by its project's path (a former one is understood) and its number.
    pub fn issue(&self, path: &str, number: u64) -> Option<&Issue> {
        let project = self.project(path).or_else(|| self.formerly(path))?;
        match self.place(project.id, number)? {
            Place::Here(id) => self.issues.get(&id),
            Place::Deleted | Place::Moved(_) => None,
        }
    }

    /// An issue, wherever it is.
    pub fn issue_by_id(&self, id: IssueId) -> Option<&Issue> {
        self.issues.get(&id)
    }

    /// The issues of a project, by number.
    pub fn issues(&self, project: ProjectId) -> impl Iterator<Item = &Issue> {
        self.places.range((project, 0)..=(project, u64::MAX)).filter_map(|(_, place)| match place {
            Place::Here(id) => self.issues.get(id),
            Place::Deleted | Place::Moved(_) => None,
        })
    }

    /// The comments of an issue, oldest first.
    pub fn comments(&self, issue: IssueId) -> impl Iterator<Item = &Comment> {
        self.threads.get(&issue).into_iter().flatten().filter_map(|id| self.comments.get(id))
    }

    /// A comment.
    pub fn comment(&self, id: CommentId) -> Option<&Comment> {
        self.comments.get(&id)
    }

    /// An issue's history, oldest first.
    pub fn history(&self, issue: IssueId) -> &[Entry] {
        self.history.get(&issue).map_or(&[], Vec::as_slice)
    }

    /// The reactions to something.
    pub fn reactions(&self, to: Target) -> impl Iterator<Item = &Reaction> {
        self.reactions.iter().filter(move |reaction| reaction.to == to)
    }

    /// A reaction.
    pub fn reaction(&self, id: ReactionId) -> Option<&Reaction> {
        self.reactions.iter().find(|reaction| reaction.id == id)
    }

    /// The webhooks of a project.
    pub fn hooks(&self, project: ProjectId) -> impl Iterator<Item = &Hook> {
        self.hooks.values().filter(move |hook| hook.project == project)
    }

    /// A webhook.
    pub fn hook(&self, id: HookId) -> Option<&Hook> {
        self.hooks.get(&id)
    }

    /// What a secret stands for.
    pub fn token(&self, secret: &str) -> Option<&Token> {
        self.tokens.get(secret)
    }

    /// Every secret with what it stands for.
    pub fn tokens(&self) -> impl Iterator<Item = (&str, &Token)> {
        self.tokens.iter().map(|(secret, token)| (secret.as_str(), token))
    }

    /// Whether somebody runs the whole forge.
    pub fn is_admin(&self, user: UserId) -> bool {
        self.admins.contains(&user)
    }

    /// All registered programs.
    pub fn apps(&self) -> impl Iterator<Item = &App> {
        self.apps.values()
    }

    /// A registered program.
    pub fn app(&self, id: AppId) -> Option<&App> {
        self.apps.get(&id)
    }

    /// All installations of a program.
    pub fn installations(&self, app: AppId) -> impl Iterator<Item = &Installation> {
        self.installations.values().filter(move |installation| installation.app == app)
    }

    /// An installation.
    pub fn installation(&self, id: InstallationId) -> Option<&Installation> {
        self.installations.get(&id)
    }

    /// The installations that reach a project.
    pub fn installed_on(&self, project: &Project) -> impl Iterator<Item = &Installation> {
        let (owner, id) = (project.owner, project.id);
        self.installations.values().filter(move |one| one.owner == owner && one.selection.holds(id) && !one.suspended)
    }

    /// What an account may do in a project.
    pub fn access(&self, user: UserId, project: &Project) -> Access {
        let member = project.members.get(&user).copied().unwrap_or(Access::None);
        member.max(self.by_ownership(user, project)).max(self.by_installation(user, project)).max(by_openness(project))
    }

    fn by_ownership(&self, user: UserId, project: &Project) -> Access {
        if project.owner == user {
            return Access::Admin;
        }
        let members = self.users.get(&project.owner).map(|owner| owner.members.as_slice()).unwrap_or_default();
        match members.iter().find(|(member, _)| *member == user) {
            Some((_, true)) => Access::Admin,
            Some((_, false)) if project.visibility == Visibility::Internal => Access::Read,
            Some((_, false)) | None => Access::None,
        }
    }

    fn by_installation(&self, user: UserId, project: &Project) -> Access {
        let Some(Kind::Program(app)) = self.users.get(&user).map(|user| user.kind) else { return Access::None };
        let granted = self.installed_on(project).filter(|one| one.app == app);
        granted.map(|one| granted_access(&one.grants)).max().unwrap_or(Access::None)
    }

    /// Logins of everybody who can write in a project.
    pub fn members(&self, project: &Project) -> BTreeSet<UserId> {
        self.users.keys().copied().filter(|user| self.access(*user, project) > by_openness(project)).collect()
    }
}

fn by_openness(project: &Project) -> Access {
    if project.visibility == Visibility::Public { Access::Read } else { Access::None }
}

fn granted_access(grants: &Grants) -> Access {
    use super::Level;
    match (grants.get("administration"), grants.get("issues")) {
        (Some(Level::Write), _) => Access::Admin,
        (_, Some(Level::Write)) => Access::Write,
        _ => Access::Read,
    }
}
