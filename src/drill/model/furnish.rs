//! Furnishing a world: accounts, projects, tokens, programs.
//!
//! What always holds: what is furnished here tells no hook. What people do goes through `perform`.

use std::collections::BTreeMap;

use super::{
    access::{App, Grants, Installation, Selection, Token},
    happening::Happening,
    hook::HookConfig,
    ids::{AppId, InstallationId, IssueId, ProjectId, UserId},
    label::Label,
    people::{Kind, Login, User},
    project::{Access, Project},
    world::World,
};
use crate::domain::{snapshot::Visibility, time::Moment};

/// The label definitions that a project begins with.
const SHIPPED: [(&str, &str, &str); 4] = [
    ("bug", "d73a4a", "Something isn't working"),
    ("documentation", "0075ca", "Improvements or additions to documentation"),
    ("enhancement", "a2eeef", "New feature or request"),
    ("question", "d876e3", "Further information is requested"),
];

impl World {
    /// An empty forge with GitHub's bounds.
    #[must_use]
    pub fn new() -> Self {
        Self { last_id: 1_000, ..Self::default() }
    }

    pub(super) fn fresh(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn add_account(&mut self, login: &str, kind: Kind) -> UserId {
        let id = UserId(self.fresh());
        let user = User { id, login: Login::new(login), name: None, kind, members: Vec::new(), blocked: false };
        self.users.insert(id, user);
        id
    }

    /// A person; the one there is, if the login is taken.
    pub fn add_person(&mut self, login: &str) -> UserId {
        match self.user(login) {
            Some(user) => user.id,
            None => self.add_account(login, Kind::Person),
        }
    }

    /// Lets somebody run the whole forge.
    pub fn make_admin(&mut self, user: UserId) {
        self.admins.insert(user);
    }

    /// An organisation with its members; `true` for those who own it.
    pub fn add_organisation(&mut self, login: &str, members: &[(&str, bool)]) -> UserId {
        let members = members.iter().map(|(login, owns)| (self.add_person(login), *owns)).collect();
        let id = self.add_account(login, Kind::Organisation);
        if let Some(user) = self.users.get_mut(&id) {
            user.members = members;
        }
        id
    }

    /// Takes an account away. What it wrote stays, with nobody's name under it.
    pub fn remove_account(&mut self, id: UserId) {
        self.users.remove(&id);
        self.tokens.retain(|_, token| !matches!(token, Token::Personal { user, .. } if *user == id));
    }

    /// A project of an owner. Its first label definitions are those that every project begins with.
    pub fn add_project(&mut self, owner: UserId, name: &str, visibility: Visibility, now: Moment) -> ProjectId {
        let id = ProjectId(self.fresh());
        let labels = SHIPPED.iter().map(|(name, color, meaning)| {
            let label = Label {
                id: self.fresh(),
                name: (*name).to_owned(),
                color: (*color).to_owned(),
                description: Some((*meaning).to_owned()),
                shipped: true,
            };
            ((*name).to_owned(), label)
        });
        let labels = labels.collect();
        let project = Project {
            id,
            owner,
            name: name.to_owned(),
            description: None,
            visibility,
            archived: false,
            has_issues: true,
            members: BTreeMap::new(),
            labels,
            files: BTreeMap::new(),
            last_number: 0,
            created_at: now,
            updated_at: now,
        };
        self.projects.insert(id, project);
        id
    }

    /// Gives somebody an access without telling anybody.
    pub fn give(&mut self, project: ProjectId, user: UserId, access: Access) {
        if let Some(project) = self.projects.get_mut(&project) {
            project.members.insert(user, access);
        }
    }

    /// From now on, what is written under an issue is mailed to this address; for `None`, to nobody.
    pub fn mail_to(&mut self, issue: IssueId, address: Option<&str>) {
        if let Some(issue) = self.issues.get_mut(&issue) {
            issue.reply_to = address.map(str::to_owned);
        }
    }

    /// Puts a file on a project's default branch.
    pub fn put_file(&mut self, project: ProjectId, path: &str, text: &str) {
        if let Some(project) = self.projects.get_mut(&project) {
            project.files.insert(path.to_owned(), text.to_owned());
        }
    }

    /// A secret that stands for somebody.
    pub fn add_token(&mut self, secret: &str, token: Token) {
        self.tokens.insert(secret.to_owned(), token);
    }

    /// A person's token that opens everything the person may do.
    pub fn add_personal_token(&mut self, secret: &str, user: UserId) {
        let scopes = ["repo", "read:org", "admin:repo_hook"].map(str::to_owned).to_vec();
        self.add_token(secret, Token::Personal { user, scopes, expires_at: None });
    }

    /// A number that no other token was given.
    pub fn count_token(&mut self) -> u64 {
        self.fresh()
    }

    /// Ends a secret.
    pub fn revoke(&mut self, secret: &str) {
        self.tokens.remove(secret);
    }

    /// A registered program. It writes as `slug[bot]`.
    pub fn add_app(
        &mut self,
        owner: UserId,
        slug: &str,
        public_key: Vec<u8>,
        grants: Grants,
        hook: Option<HookConfig>,
        now: Moment,
    ) -> AppId {
        let id = AppId(self.fresh());
        let account = self.add_account(&format!("{slug}[bot]"), Kind::Program(id));
        let app = App {
            id,
            client_id: format!("Iv23li{:014}", id.0),
            slug: slug.to_owned(),
            name: slug.to_owned(),
            owner,
            account,
            public_key,
            grants,
            hook,
            created_at: now,
        };
        self.apps.insert(id, app);
        id
    }

    /// Changes where a program is told what happens.
    pub fn set_app_hook(&mut self, app: AppId, hook: Option<HookConfig>) {
        if let Some(app) = self.apps.get_mut(&app) {
            app.hook = hook;
        }
    }

    /// Installs a program at an owner, with everything it asks for.
    pub fn install(&mut self, app: AppId, owner: UserId, selection: Selection, now: Moment) -> InstallationId {
        let id = InstallationId(self.fresh());
        let grants = self.apps.get(&app).map(|app| app.grants.clone()).unwrap_or_default();
        let since = self.serial;
        let made = Installation { id, app, owner, selection, grants, since, created_at: now, suspended: false };
        self.installations.insert(id, made);
        id
    }

    /// Takes a program away; its tokens end.
    pub fn uninstall(&mut self, id: InstallationId) {
        self.installations.remove(&id);
        self.tokens.retain(|_, token| !matches!(token, Token::Installed { installation, .. } if *installation == id));
    }

    /// Switches an installation off or on.
    pub fn suspend(&mut self, id: InstallationId, suspended: bool) {
        if let Some(installation) = self.installations.get_mut(&id) {
            installation.suspended = suspended;
        }
    }

    /// Everything that happened since this was last asked, oldest first.
    pub fn take_happenings(&mut self) -> Vec<Happening> {
        std::mem::take(&mut self.happenings)
    }

    /// How many things happened so far. Worlds of one forge with the same number hold the same issues.
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// True while something happened that nobody has asked for.
    pub fn has_happenings(&self) -> bool {
        !self.happenings.is_empty()
    }
}
