//! What `doctor` finds on GitHub, with a token and as an App.

use std::fmt::Write as _;

use chrono::TimeDelta;
use hotwash::{
    domain::{snapshot::Visibility, time::Moment},
    drill::{
        faults::Faults,
        github::{AppKeys, Options, Simulated},
        model::{
            Access, At, Deed, Grants, HookConfig, HookId, InstallationId, Level, Outcome, ProjectId, Selection, Token,
            World,
        },
    },
};

use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, path},
};

use super::clinic::{Desk, PATH, PUBLIC, Said, clock, define, hook, listed, now};
use crate::support::{bot::SECRET, forge::BOT_TOKEN};

const PROJECT: &str = "github:acme/incidents";
const EVENTS: [&str; 4] = ["issues", "issue_comment", "repository", "public"];
const FORM: &str = include_str!("../../../issue-templates/github/incident.yml");

pub(super) fn configuration(url: &str, identity: &str) -> String {
    format!(
        "[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"{PUBLIC}\"\n[[github]]\napi_url = \"{url}\"\n\
         webhook_secret = {{ env = \"HOTWASH_GITHUB_SECRET\" }}\n{identity}\n[[project]]\nforge = \"github\"\n\
         path = \"{PATH}\"\nprocess = \"cloud-gov\"\n"
    )
}

/// A repository whose bot has a token.
pub(super) struct Tokened {
    pub(super) forge: Simulated,
    pub(super) desk: Desk,
    hook: HookId,
}

struct Ill {
    access: Access,
    scopes: &'static [&'static str],
    expires_at: Option<Moment>,
    visibility: Visibility,
    templates: &'static [(&'static str, &'static str)],
}

impl Default for Ill {
    fn default() -> Self {
        Self {
            access: Access::Admin,
            scopes: &["repo"],
            expires_at: None,
            visibility: Visibility::Private,
            templates: &[("incident.yml", FORM)],
        }
    }
}

fn world(ill: &Ill) -> (World, ProjectId) {
    let mut world = World::new();
    let owner = world.add_organisation("acme", &[("alice", true)]);
    let project = world.add_project(owner, "incidents", ill.visibility, now());
    for (name, text) in ill.templates {
        world.put_file(project, &format!(".github/ISSUE_TEMPLATE/{name}"), text);
    }
    (world, project)
}

async fn started(world: World) -> Simulated {
    let clock = clock(TimeDelta::zero());
    let forge = Simulated::start_with(world, clock, Faults::new(7), Options::default()).await.unwrap();
    define(|deed| forge.act("alice", deed).map(drop).unwrap());
    forge
}

impl Tokened {
    pub(super) async fn well() -> Self {
        Self::with(Ill::default()).await
    }

    async fn with(ill: Ill) -> Self {
        let (mut world, project) = world(&ill);
        let bot = world.add_person("hotwash-bot");
        world.give(project, bot, ill.access);
        let scopes = ill.scopes.iter().map(|scope| (*scope).to_owned()).collect();
        world.add_token(BOT_TOKEN, Token::Personal { user: bot, scopes, expires_at: ill.expires_at });
        let forge = started(world).await;
        let config = hook(&format!("{PUBLIC}/webhooks/github"), Some(SECRET), &EVENTS);
        let added = forge.act("alice", Deed::AddHook { project: PATH.to_owned(), config }).unwrap();
        let Outcome::Hook(hook) = added else { panic!("no hook was added") };
        let desk = Desk::new(&configuration(forge.base_url(), "token = { env = \"GITHUB_TOKEN\" }"));
        Self { forge, desk, hook }
    }

    pub(super) fn rehook(&self, change: impl FnOnce(HookConfig) -> HookConfig) {
        let config = self.forge.look(|world| world.hook(self.hook).unwrap().config.clone());
        self.forge.act("alice", Deed::ChangeHook { id: self.hook, config: change(config) }).unwrap();
    }
}

/// Keeps a key as it should be kept: a file that others can read is a warning.
fn keep(desk: &Desk, pem: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let file = desk.path().join("app.pem");
    std::fs::write(&file, pem).unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// A repository on which an App is installed.
struct Installed {
    forge: Simulated,
    desk: Desk,
    installation: InstallationId,
    app: hotwash::drill::model::AppId,
}

impl Installed {
    async fn with(grants: &[(&str, Level)]) -> Self {
        let (mut world, _) = world(&Ill::default());
        let owner = world.user("acme").unwrap().id;
        let keys = AppKeys::fresh().unwrap();
        let grants: Grants = grants.iter().map(|(noun, level)| ((*noun).to_owned(), *level)).collect();
        let config = hook(&format!("{PUBLIC}/webhooks/github"), Some(SECRET), &EVENTS);
        let app = world.add_app(owner, "hotwash", keys.public_der.clone(), grants, Some(config), now());
        let installation = world.install(app, owner, Selection::All, now());
        let forge = started(world).await;
        let identity = format!("app = {{ id = {}, private_key = {{ file = \"app.pem\" }} }}", app.0);
        let desk = Desk::new(&configuration(forge.base_url(), &identity));
        keep(&desk, &keys.private_pem);
        Self { forge, desk, installation, app }
    }
}

#[track_caller]
fn well(said: &Said) {
    assert_eq!(said.code, Some(0), "{said:?}");
    let poor: Vec<_> =
        listed(said).into_iter().filter(|(_, _, outcome)| outcome != "ok" && outcome != "note").collect();
    assert!(poor.is_empty(), "{poor:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_is_well_with_a_token_and_as_an_app() {
    let tokened = Tokened::well().await;
    let before = tokened.forge.look(|world| world.serial());
    well(&tokened.desk.doctor(&["--json"]));
    tokened.desk.finds(0, "github", "note account", &["@hotwash-bot", "the bot's alone"]);
    tokened.desk.finds(0, PROJECT, "ok template", &["incident.yml"]);
    assert_eq!(tokened.forge.look(|world| world.serial()), before, "nothing happened on the forge");
    let installed =
        Installed::with(&[("issues", Level::Write), ("metadata", Level::Read), ("contents", Level::Read)]).await;
    well(&installed.desk.doctor(&["--json"]));
    installed.desk.finds(0, "github", "ok account", &["@hotwash[bot]", "a program's"]);
    installed.desk.finds(0, PROJECT, "ok template", &["incident.yml"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_without_its_scope_or_near_its_end_is_named() {
    let poor = Tokened::with(Ill { scopes: &["public_repo"], ..Ill::default() }).await;
    poor.desk.finds(1, "github", "error scopes", &["allows public_repo", "lacks repo"]);
    poor.desk.finds(1, PROJECT, "error project", &["gone or hidden"]);
    let soon = Tokened::with(Ill { expires_at: Some(now() + TimeDelta::days(3)), ..Ill::default() }).await;
    soon.desk.finds(1, "github", "warning expiry", &["in 2 d"]);
    let ended = Tokened::with(Ill { expires_at: Some(now() - TimeDelta::days(3)), ..Ill::default() }).await;
    ended.desk.finds(1, "github", "error token", &["(401)"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_is_too_low_is_an_error_and_one_below_admin_sees_no_webhook() {
    let reader = Tokened::with(Ill { access: Access::Read, ..Ill::default() }).await;
    reader.desk.finds(1, PROJECT, "error rights", &["allows read", "lacks write"]);
    let writer = Tokened::with(Ill { access: Access::Write, ..Ill::default() }).await;
    writer.desk.finds(0, PROJECT, "unasked webhook", &["the role admin"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repository_that_is_public_internal_archived_or_renamed_is_named() {
    let public = Tokened::with(Ill { visibility: Visibility::Public, ..Ill::default() }).await;
    public.desk.finds(1, PROJECT, "error readers", &["everybody can read it"]);
    let internal = Tokened::with(Ill { visibility: Visibility::Internal, ..Ill::default() }).await;
    internal.desk.finds(1, PROJECT, "error readers", &["the whole enterprise", "allow_internal"]);
    let archived = Tokened::well().await;
    archived.forge.act("alice", Deed::SetArchived { project: PATH.to_owned(), archived: true }).unwrap();
    archived.desk.finds(1, PROJECT, "error project", &["archived"]);
    let renamed = Tokened::well().await;
    renamed.forge.act("alice", Deed::Rename { project: PATH.to_owned(), name: "cases".to_owned() }).unwrap();
    renamed.desk.finds(1, PROJECT, "error project", &["called acme/cases now"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_a_repositorys_webhook_is_named() {
    let clinic = Tokened::well().await;
    let finds = |outcome: &str, holds: &[&str]| clinic.desk.finds(1, PROJECT, &format!("{outcome} webhook"), holds);
    clinic.rehook(|config| HookConfig { active: false, ..config });
    finds("error", &["switched off", "(Active)"]);
    clinic.rehook(|config| HookConfig { active: true, events: vec!["issues".to_owned()], ..config });
    finds("error", &["does not tell of issue_comment"]);
    finds("warning", &["repository, public", "made public"]);
    clinic.rehook(|config| HookConfig { events: vec!["*".to_owned()], secret: None, ..config });
    finds("error", &["no secret"]);
    clinic.rehook(|config| HookConfig { secret: Some(SECRET.to_owned()), ..config });
    clinic.forge.look(|world| world.carry_hook(clinic.hook, Some(true), Some(true)));
    finds("warning", &["are forms", "application/json"]);
    finds("warning", &["does not verify the certificate"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_whose_last_delivery_failed_is_a_warning() {
    let clinic = Tokened::well().await;
    // Nobody listens at this port.
    let nowhere = "http://127.0.0.1:9/webhooks/github";
    clinic.rehook(|config| HookConfig { url: nowhere.to_owned(), ..config });
    let deed = Deed::File {
        project: PATH.to_owned(),
        title: "x".to_owned(),
        body: None,
        labels: Vec::new(),
        assignees: Vec::new(),
        confidential: false,
    };
    clinic.forge.act("alice", deed).unwrap();
    clinic
        .forge
        .act("alice", Deed::Close { at: At::new(PATH, 1), reason: hotwash::drill::model::Close::Completed })
        .unwrap();
    clinic.forge.deliver_due(now()).await;
    clinic.desk.finds(1, PROJECT, "warning webhook", &["last delivery failed (no answer)", "recent deliveries"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_may_too_little_is_suspended_or_is_not_installed_is_named() {
    let poor = Installed::with(&[("issues", Level::Read), ("metadata", Level::Read)]).await;
    poor.desk.finds(1, PROJECT, "error rights", &["lacks issues: write"]);
    let narrow = Installed::with(&[("issues", Level::Write), ("metadata", Level::Read)]).await;
    narrow.desk.finds(0, PROJECT, "unasked template", &["`contents: read`", "works without"]);
    narrow.forge.look(|world| world.suspend(narrow.installation, true));
    narrow.desk.finds(1, PROJECT, "error rights", &["suspended"]);
    assert_eq!(narrow.desk.about(PROJECT).1.len(), 2, "what follows from that is not told line by line");
    narrow.forge.look(|world| world.uninstall(narrow.installation));
    narrow.desk.finds(1, PROJECT, "error project", &["finding the App's installation", "install the App"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_apps_webhook_that_delivers_elsewhere_or_tells_too_little_is_named() {
    let clinic = Installed::with(&[("issues", Level::Write), ("metadata", Level::Read)]).await;
    let config = hook(&format!("{PUBLIC}/webhooks/github"), Some(SECRET), &["issues", "public", "repository"]);
    clinic.forge.look(|world| world.set_app_hook(clinic.app, Some(config)));
    clinic.desk.finds(1, PROJECT, "error webhook", &["does not tell of issue_comment"]);
    let config = hook("https://elsewhere.example/app", Some(SECRET), &EVENTS);
    clinic.forge.look(|world| world.set_app_hook(clinic.app, Some(config)));
    clinic.desk.finds(1, PROJECT, "error webhook", &["no webhook of the project delivers here"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_whose_clock_or_key_is_wrong_is_refused() {
    let clinic = Installed::with(&[("issues", Level::Write), ("metadata", Level::Read)]).await;
    keep(&clinic.desk, &AppKeys::fresh().unwrap().private_pem);
    clinic.desk.finds(1, "github", "error token", &["(401)", "the clocks are apart"]);
}

/// Every template that is shipped passes with the process that it is for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_shipped_template_passes_with_its_process() {
    let templates: &[(&str, &str)] = &[
        ("incident.md", include_str!("../../../issue-templates/github/incident.md")),
        ("incident.yml", FORM),
        ("civicactions.md", include_str!("../../../issue-templates/github/civicactions.md")),
        ("civicactions.yml", include_str!("../../../issue-templates/github/civicactions.yml")),
        ("gitlab-sirt.md", include_str!("../../../issue-templates/github/gitlab-sirt.md")),
        ("gitlab-sirt.yml", include_str!("../../../issue-templates/github/gitlab-sirt.yml")),
        ("sectemplates.md", include_str!("../../../issue-templates/github/sectemplates.md")),
        ("sectemplates.yml", include_str!("../../../issue-templates/github/sectemplates.yml")),
    ];
    for (name, text) in templates {
        let only: &'static [(&'static str, &'static str)] = Box::leak(Box::new([(*name, *text)]));
        let clinic = Tokened::with(Ill { templates: only, ..Ill::default() }).await;
        let process = name.split('.').next().unwrap().replace("incident", "cloud-gov");
        let mut written = std::fs::read_to_string(clinic.desk.path().join("hotwash.toml")).unwrap();
        written = written.replace("process = \"cloud-gov\"", &format!("process = \"{process}\""));
        writeln!(written).unwrap();
        std::fs::write(clinic.desk.path().join("hotwash.toml"), written).unwrap();
        clinic.desk.finds(0, PROJECT, "ok template", &[name]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_leads_to_another_server_is_told_with_the_one_to_write() {
    let (new, old) = (MockServer::start().await, MockServer::start().await);
    let refused = ResponseTemplate::new(401).set_body_json(serde_json::json!({ "message": "Bad credentials" }));
    Mock::given(any()).respond_with(refused).mount(&new).await;
    let identity = "token = { env = \"GITHUB_TOKEN\" }";
    let desk = Desk::new(&configuration(&format!("{}/api/v3", old.uri()), identity));
    for (to, place) in [
        (format!("{}/api/v3/user?token=hush", new.uri()), new.uri()),
        ("https://forge.invalid/login?token=hush".to_owned(), "https://forge.invalid".to_owned()),
    ] {
        for code in [301, 302, 307, 308] {
            old.reset().await;
            let away = ResponseTemplate::new(code).insert_header("location", to.as_str());
            Mock::given(any()).respond_with(away).mount(&old).await;
            let write = format!("write api_url = \"{place}/api/v3\"");
            desk.finds(3, "github", "error server", &[&format!("it redirects to {place}, "), &write]);
            assert!(!format!("{:?}", desk.doctor(&[])).contains("hush"), "{code}");
        }
    }
    let came = new.received_requests().await.unwrap();
    assert!(!came.is_empty() && came.iter().all(|it| !it.headers.contains_key("authorization")), "{came:?}");
    // What stays on the server is told as before.
    old.reset().await;
    let login = ResponseTemplate::new(302).insert_header("location", "/login");
    Mock::given(path("/api/v3/user")).respond_with(login).mount(&old).await;
    let said = desk.doctor(&[]);
    assert!(said.out.contains("something answers at") && !said.out.contains("redirects"), "{said:?}");
}
