//! What `doctor` finds on GitLab, fault by fault.

use bytes::Bytes;
use chrono::TimeDelta;
use hotwash::{
    domain::snapshot::Visibility,
    drill::{
        faults::{How, Switch},
        model::{Access, At, Deed, Outcome},
    },
};
use http::Response;

use super::clinic::{BOT, Desk, Gitlab, Ill, PATH, PUBLIC, configuration, listed, now};
use crate::support::http::{Answer, Server};

const PROJECT: &str = "gitlab:acme/incidents";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_is_well_and_nothing_is_written() {
    let clinic = Gitlab::well().await;
    let before = clinic.forge.look(|world| world.serial());
    let said = clinic.desk.doctor(&[]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    for line in ["token", "account", "scopes", "expiry", "clock", "project", "readers", "rights", "template", "webhook"]
    {
        let found = said.out.lines().any(|shown| shown.trim_start().starts_with("ok") && shown.contains(line));
        assert!(found, "{line} is not ok: {}", said.out);
    }
    assert!(said.out.contains("version 19.5.0-ee") && said.out.contains("Incident"), "{}", said.out);
    assert!(!said.out.contains('\u{1b}'), "no colours where nobody sees them");
    let json = clinic.desk.doctor(&["--json"]);
    assert_eq!(json.code, Some(0), "{json:?}");
    assert!(listed(&json).iter().all(|(_, _, outcome)| ["ok", "note"].contains(&outcome.as_str())), "{json:?}");
    assert_eq!(clinic.forge.look(|world| world.serial()), before, "nothing happened on the forge");
    let files: Vec<_> = std::fs::read_dir(clinic.desk.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["hotwash.toml"], "nothing was made");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_has_expired_or_is_no_token_is_told_apart() {
    let ill = Ill { expires_at: Some(now() - TimeDelta::hours(1)), ..Ill::default() };
    let clinic = Gitlab::with(ill).await;
    clinic.desk.finds(1, "gitlab", "error token", &["(401)", "it has expired", "make a new one"]);
    clinic.desk.finds(1, PROJECT, "unasked project", &["the token is refused"]);
    let revoked = Gitlab::well().await;
    revoked.forge.look(|world| world.revoke(super::clinic::TOKEN));
    revoked.desk.finds(1, "gitlab", "error token", &["(401)", "expired, revoked or mistyped"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_ends_soon_is_a_warning_and_a_poor_one_an_error() {
    let soon = Gitlab::with(Ill { expires_at: Some(now() + TimeDelta::days(9)), ..Ill::default() }).await;
    soon.desk.finds(1, "gitlab", "warning expiry", &["in 8 d", "make a new one"]);
    let later = Gitlab::with(Ill { expires_at: Some(now() + TimeDelta::days(99)), ..Ill::default() }).await;
    later.desk.finds(0, "gitlab", "ok expiry", &["in 98 d"]);
    let poor = Gitlab::with(Ill { scopes: &["read_api"], ..Ill::default() }).await;
    poor.desk.finds(1, "gitlab", "error scopes", &["allows read_api", "lacks api"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_the_configuration_gives_to_a_person_is_an_error() {
    let commanders: &'static str = "commanders = [\"project_1_bot_hotwash\"]";
    let clinic = Gitlab::with(Ill { project: commanders, ..Ill::default() }).await;
    clinic.desk.finds(1, "gitlab", "error account", &[BOT, "account of its own"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_less_than_a_maintainer_the_webhook_is_unasked_and_with_less_than_a_reporter_nothing_works() {
    let reporter = Gitlab::with(Ill { access: Access::Triage, ..Ill::default() }).await;
    reporter.desk.finds(0, PROJECT, "unasked webhook", &["the role Maintainer", "the sweep"]);
    reporter.desk.finds(0, PROJECT, "note rights", &["allows Reporter, which is enough", "Developer for entries"]);
    let guest = Gitlab::with(Ill { access: Access::Read, ..Ill::default() }).await;
    guest.desk.finds(1, PROJECT, "error rights", &["allows Guest", "lacks Reporter"]);
    guest.desk.finds(1, PROJECT, "unasked template", &["a role that may read"]);
    let nobody = Gitlab::with(Ill { access: Access::None, ..Ill::default() }).await;
    nobody.desk.finds(1, PROJECT, "error project", &["gone or hidden", "make the bot's account a member"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_that_was_renamed_archived_or_opened_is_named() {
    let renamed = Gitlab::well().await;
    renamed.forge.act("alice", Deed::Rename { project: PATH.to_owned(), name: "cases".to_owned() }).unwrap();
    renamed.desk.finds(1, PROJECT, "error project", &["called acme/cases now", "write that under `path`"]);
    let archived = Gitlab::well().await;
    archived.forge.act("alice", Deed::SetArchived { project: PATH.to_owned(), archived: true }).unwrap();
    archived.desk.finds(1, PROJECT, "error project", &["archived"]);
    let public = Gitlab::with(Ill { visibility: Visibility::Public, ..Ill::default() }).await;
    public.desk.finds(1, PROJECT, "error readers", &["everybody can read it", "make it private"]);
    let internal = Gitlab::with(Ill { visibility: Visibility::Internal, ..Ill::default() }).await;
    internal.desk.finds(1, PROJECT, "warning readers", &["what is not confidential"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_template_that_is_missing_or_tells_everybody_is_named() {
    let none = Gitlab::with(Ill { template: None, ..Ill::default() }).await;
    none.desk.finds(1, PROJECT, "warning template", &["there is none in .gitlab/issue_templates", "issue-templates/"]);
    let other = Gitlab::with(Ill { template: Some("## What broke?\n"), ..Ill::default() }).await;
    other.desk.finds(1, PROJECT, "warning template", &["none of the 1", "makes an incident"]);
    let poor = "<!-- hotwash:incident -->\n\n- **Status**: investigating\n- **Severity**: unknown\n";
    let poor = Gitlab::with(Ill { template: Some(poor), ..Ill::default() }).await;
    poor.desk.finds(1, PROJECT, "warning template", &["Incident does not ask for", "Reporter"]);
    let whole = include_str!("../../../issue-templates/gitlab/incident.md");
    let open: &'static str = Box::leak(whole.replace("/confidential\n", "").into_boxed_str());
    let open = Gitlab::with(Ill { template: Some(open), ..Ill::default() }).await;
    open.desk.finds(1, PROJECT, "warning template", &["others can read", "put /confidential"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_the_webhook_is_named() {
    let clinic = Gitlab::well().await;
    let finds = |outcome: &str, holds: &[&str]| clinic.desk.finds(1, PROJECT, &format!("{outcome} webhook"), holds);
    let events = ["issues_events", "note_events"].map(str::to_owned).to_vec();
    clinic.rehook(|config| hotwash::drill::model::HookConfig { events, ..config });
    finds("error", &["Confidential issues events, Confidential comments", "switch them on"]);
    clinic.rehook(|config| hotwash::drill::model::HookConfig { events: vec!["*".to_owned()], secret: None, ..config });
    finds("error", &["no signing token", "refused"]);
    let secret = Some(super::clinic::SIGNING.to_owned());
    clinic.rehook(|config| hotwash::drill::model::HookConfig { secret, ..config });
    clinic.forge.look(|world| world.carry_hook(clinic.hook, None, Some(true)));
    finds("warning", &["does not verify the certificate"]);
    clinic.forge.look(|world| world.carry_hook(clinic.hook, None, Some(false)));
    clinic.rehook(|config| hotwash::drill::model::HookConfig {
        url: "https://old.example/webhooks/gitlab".to_owned(),
        ..config
    });
    finds("warning", &["webhook-address", "https://old.example/webhooks/gitlab", PUBLIC]);
    clinic.rehook(|config| hotwash::drill::model::HookConfig { url: "https://other.example/ci".to_owned(), ..config });
    finds("error", &["no webhook of the project delivers here", &format!("{PUBLIC}/webhooks/gitlab")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_that_gitlab_has_switched_off_is_named_with_the_way_to_switch_it_on() {
    let clinic = Gitlab::well().await;
    // Nobody listens at this port.
    let nowhere = "http://127.0.0.1:9/webhooks/gitlab";
    clinic.rehook(|config| hotwash::drill::model::HookConfig { url: nowhere.to_owned(), ..config });
    let number = filed(&clinic);
    for _ in 0..4 {
        let deed = Deed::Comment { at: At::new(PATH, number), body: "x".to_owned() };
        clinic.forge.act("alice", deed).unwrap();
        clinic.forge.deliver_due(now()).await;
    }
    let holds = ["has switched it off until", "because deliveries failed", "test/issues_events", "5 a minute"];
    clinic.desk.finds(1, PROJECT, "error webhook", &holds);
}

pub(super) fn filed(clinic: &Gitlab) -> u64 {
    let deed = Deed::File {
        project: PATH.to_owned(),
        title: "x".to_owned(),
        body: None,
        labels: vec!["incident".to_owned()],
        assignees: Vec::new(),
        confidential: true,
    };
    let Outcome::Issue(id) = clinic.forge.act("alice", deed).unwrap() else { panic!("not filed") };
    clinic.forge.look(|world| world.issue_by_id(id).unwrap().number)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_off_is_a_warning_and_then_an_error() {
    for (wrong_by, way) in [(TimeDelta::minutes(6), "behind"), (TimeDelta::minutes(-6), "ahead of")] {
        let clinic = Gitlab::with(Ill { clock: wrong_by, ..Ill::default() }).await;
        clinic.desk.finds(1, "gitlab", "error clock", &[way, "signatures are refused", "synchronise"]);
    }
    let clinic = Gitlab::with(Ill { clock: TimeDelta::minutes(2), ..Ill::default() }).await;
    clinic.desk.finds(1, "gitlab", "warning clock", &["behind the forge's"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forge_that_is_down_or_answers_with_a_page_ends_with_3() {
    let down = Desk::new(&configuration("http://127.0.0.1:9", PUBLIC, ""));
    down.finds(3, "gitlab", "error server", &["no connection to http://127.0.0.1:9: ", "check `url`"]);
    down.finds(3, PROJECT, "unasked project", &["gitlab gave no answer"]);
    let clinic = Gitlab::well().await;
    clinic.forge.faults().switch_on(Switch::reads(How::Status(502)));
    clinic.desk.finds(3, "gitlab", "error server", &["the forge answered 502", "no proxy answers in its place"]);
    let page = Server::start(|_| async {
        let page = Response::builder().header("content-type", "text/html").body(Bytes::from("<html>Sign in</html>"));
        Answer::Send(page.unwrap())
    })
    .await;
    let portal = Desk::new(&configuration(&page.url(), PUBLIC, ""));
    portal.finds(3, "gitlab", "error server", &["not the expected JSON", "proxy"]);
    let other = Server::start(|_| async {
        let page =
            Response::builder().status(404).header("content-type", "text/html").body(Bytes::from("no such page"));
        Answer::Send(page.unwrap())
    })
    .await;
    let other = Desk::new(&configuration(&other.url(), PUBLIC, ""));
    other.finds(3, "gitlab", "error server", &["not this forge's API", "correct `url`"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_question_without_an_answer_keeps_nobody_from_the_rest() {
    let clinic = Gitlab::well().await;
    clinic.forge.faults().switch_on(Switch::reads(How::Status(500)).at("/labels"));
    clinic.desk.finds(3, PROJECT, "unasked labels", &["500", "ask again later"]);
    clinic.desk.finds(3, PROJECT, "ok webhook", &[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn routes_are_named_and_that_nothing_is_posted_there() {
    let routed = "[project.routes]\nresponse-channel = \"#incident-response\"\n";
    let clinic = Gitlab::with(Ill { project: routed, ..Ill::default() }).await;
    clinic.desk.finds(0, PROJECT, "note routes", &["response-channel to #incident-response", "posts on no route"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configuration_that_serve_refuses_is_refused_with_every_problem() {
    let bad = configuration("http://gitlab.example", PUBLIC, "timezone = \"Mars\"");
    let desk = Desk::new(&bad);
    let said = desk.doctor(&[]);
    assert_eq!((said.code, said.err.lines().count()), (Some(2), 2), "{said:?}");
    assert!(said.err.contains("gitlab[0].url") && said.err.contains("project[0].timezone"), "{said:?}");
    let json = desk.doctor(&["--json"]);
    assert_eq!(json.code, Some(2));
    assert_eq!(
        listed(&json).iter().filter(|(_, check, outcome)| check == "configuration" && outcome == "error").count(),
        2
    );
}
