//! What Hotwash asks, and what the simulator answers, judged by GitHub's own description of its API.
//!
//! What always holds: Prism stands between the adapter and the simulator and refuses every request and every answer that
//! the description does not allow. What is deliberately not here: GraphQL (folding, edits), which the description does not
//! cover; how a token of an App is made to read templates; what a suspended App is told.

use std::{future::Future, net::TcpListener, path::Path, process::Command, sync::Arc, time::Duration};

use hotwash::{
    clock::{SharedClock, SystemClock},
    domain::{
        action::LabelDefinition,
        ids::IssueRef,
        people::{Account, Permission},
        setup::{Found, Shown, Token},
        snapshot::Visibility,
    },
    drill::{
        faults::Faults,
        github::{AppKeys, Simulated},
        model::{Deed, Grants, HookConfig, Level, Outcome, Selection, World},
    },
    forge::{
        Forge, NewIssue,
        github::{Auth, Github, GithubConfig},
    },
};
use tempfile::TempDir;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use super::super::support::child::Process;

/// Prism before a forge.
struct Judge {
    process: Process,
    url: String,
}

impl Judge {
    fn seat(peers: &Path, folder: &Path, forge: &str) -> Self {
        let node = peers.join("node_modules/node/bin/node");
        let trimmed = folder.join("api.json");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/foreign/trim.mjs");
        let full = peers.join("node_modules/@octokit/openapi/generated/api.github.com.json");
        let made = Command::new(&node).arg(script).arg(full).arg(&trimmed).status().unwrap();
        assert!(made.success(), "the description could not be trimmed");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(&node);
        command.arg(peers.join("node_modules/@stoplight/prism-cli/dist/index.js"));
        command.args(["proxy", "--errors", "--host", "127.0.0.1", "-p", &port.to_string()]).arg(&trimmed).arg(forge);
        let mut process = Process::start(&mut command);
        process.wait_for("`listening` from prism", Duration::from_mins(1), |line| {
            line.contains("Prism is listening").then_some(())
        });
        Self { process, url: format!("http://127.0.0.1:{port}") }
    }

    /// Lets it watch. Whatever it refused is an error of the call, and in what it said.
    async fn hears(&self, story: impl Future<Output = Result<(), hotwash::forge::ForgeError>>) {
        let ended = story.await;
        let said = self.process.said();
        let objects = |line: &&str| line.contains("terminated with error") || line.contains("iolation");
        let objections: Vec<&str> = said.lines().filter(objects).collect();
        assert!(ended.is_ok() && objections.is_empty(), "{ended:?}\n{}", objections.join("\n"));
    }

    /// A judge that lets everything pass would be no judge.
    async fn refuses_what_is_wrong(&self) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/repos/acme/incidents/issues/1/comments", self.url);
        let said = client.post(url).bearer_auth("ghp_alice").json(&serde_json::json!({})).send().await.unwrap();
        assert_eq!(said.status().as_u16(), 422);
        assert!(said.text().await.unwrap().contains("required property 'body'"));
    }

    fn adapter(&self, auth: Auth, clock: &SharedClock) -> Forge {
        let config = GithubConfig::new("github", &self.url, auth);
        let config = GithubConfig { write_interval: Duration::ZERO, ..config };
        Github::new(config, Arc::clone(clock)).unwrap().forge()
    }
}

/// Every call of the two ports in daily work, but for folding. The first that fails is the error.
async fn everything(
    forge: &Forge,
    at: &IssueRef,
    alice: &Account,
    clock: &SharedClock,
) -> Result<(), hotwash::forge::ForgeError> {
    let (project, since) = (at.project.as_str(), clock.now() - chrono::TimeDelta::hours(1));
    forge.read.whoami().await?;
    forge.read.project(project).await?;
    forge.read.permission(project, alice).await?;
    let definition = |name: &str| LabelDefinition {
        name: name.to_owned(),
        color: "#d93f0b".to_owned(),
        description: "How bad it is".to_owned(),
    };
    forge.write.add_labels(at, &[definition("severity::high"), definition("a/b c")]).await?;
    forge.write.remove_label(at, "a/b c").await?;
    let posted = forge.write.comment(at, "The board", clock.now() + chrono::TimeDelta::hours(1)).await?;
    forge.write.rewrite(at, posted.id, "The board, again").await?;
    forge.write.react(at, posted.id).await?;
    assert_eq!(forge.read.comment(at, posted.id).await?.body, "The board, again");
    forge.read.issue(at).await?;
    forge.read.issue(at).await?;
    assert!(!forge.read.comments(at, Some(since)).await?.is_empty());
    assert!(!forge.read.history(at).await?.is_empty());
    assert!(!forge.read.changed(project, Some(since), "incident").await?.is_empty());
    assert!(!forge.read.changed(project, None, "incident").await?.is_empty());
    assert!(forge.read.commented(project, since).await?.contains(&at.number));
    assert!(forge.read.labels(project).await?.contains("severity::high"));
    assert!(forge.read.redeliver_failed(project, since).await? > 0);
    Ok(())
}

/// What happens seldom: an issue filed for another and closed, an alarm, an account known by its name alone.
async fn seldom(forge: &Forge, at: &IssueRef, clock: &SharedClock) -> Result<(), hotwash::forge::ForgeError> {
    let (project, soon) = (at.project.as_str(), clock.now() + chrono::TimeDelta::hours(1));
    let draft = NewIssue {
        title: "Mend the fence".to_owned(),
        body: "A follow-up".to_owned(),
        labels: vec![LabelDefinition {
            name: "follow-up".to_owned(),
            color: "#0e8a16".to_owned(),
            description: "Left to do".to_owned(),
        }],
        assignees: vec!["alice".to_owned()],
    };
    let filed = IssueRef::new("github", project, forge.write.file(project, &draft, soon).await?.number);
    assert_ne!(filed, *at);
    forge.write.announce(at, "Others can read this", soon).await?;
    forge.write.close(&filed).await?;
    assert!(!forge.read.issue(&filed).await?.open);
    assert!(forge.read.permission_of(project, "alice").await? >= Permission::Write);
    Ok(())
}

/// What `doctor` asks. Templates are read by a token that stands for a person.
async fn doctors(forge: &Forge, project: &str) -> Result<(), hotwash::forge::ForgeError> {
    let inspect = forge.read.inspect().expect("what doctor asks");
    assert!(matches!(inspect.server().await?.token, Token::Good(_)));
    assert!(matches!(inspect.place(project).await?, Found::Here(_)));
    assert!(matches!(inspect.hooks(project).await?, Shown::Yes(hooks) if hooks.len() == 1));
    inspect.templates(project).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_github_would_not_give_is_refused() {
    let Some(peers) = super::peers("node_modules/@stoplight/prism-cli") else { return };
    let (server, folder) = (MockServer::start().await, TempDir::new().unwrap());
    let wrong = serde_json::json!({ "total": "many", "body": 5 });
    let answer = ResponseTemplate::new(201).set_body_json(wrong);
    Mock::given(method("POST")).respond_with(answer).expect(1).mount(&server).await;
    let judge = Judge::seat(&peers, folder.path(), &server.uri());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/repos/acme/incidents/issues/1/comments", judge.url);
    let request = client.post(url).bearer_auth("ghp_alice").json(&serde_json::json!({ "body": "The board" }));
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
    assert!(status == 500 && text.contains("required property 'id'"), "{status}: {text}");
    assert!(text.contains("response"), "it is the answer that is wrong: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn githubs_own_description_allows_every_request_and_every_answer() {
    let Some(peers) = super::peers("node_modules/@stoplight/prism-cli") else { return };
    let clock: SharedClock = Arc::new(SystemClock::real());
    let keys = AppKeys::fresh().unwrap();
    let mut world = World::new();
    let acme = world.add_organisation("acme", &[("alice", true)]);
    world.add_project(acme, "incidents", Visibility::Private, clock.now());
    let alice = world.user("alice").unwrap().id;
    world.add_personal_token("ghp_alice", alice);
    // Nobody listens there, so that deliveries fail and can be asked for again.
    let config = HookConfig {
        url: "http://127.0.0.1:9/webhooks/github".to_owned(),
        secret: Some("whsec".to_owned()),
        events: vec!["*".to_owned()],
        active: true,
    };
    let grants = Grants::from([("issues".to_owned(), Level::Write), ("metadata".to_owned(), Level::Read)]);
    let app = world.add_app(acme, "hotwash", keys.public_der.clone(), grants, Some(config.clone()), clock.now());
    world.install(app, acme, Selection::All, clock.now());
    let forge = Simulated::start(world, Arc::clone(&clock), Faults::default()).await.unwrap();
    let project = "acme/incidents";
    forge.act("alice", Deed::AddHook { project: project.to_owned(), config }).unwrap();
    let filed = Deed::File {
        project: project.to_owned(),
        title: "It burns".to_owned(),
        body: Some("- **Status**: investigating".to_owned()),
        labels: vec!["incident".to_owned()],
        assignees: vec!["alice".into()],
        confidential: false,
    };
    let Outcome::Issue(_) = forge.act("alice", filed).unwrap() else { panic!("no issue was filed") };
    forge.deliver_due(clock.now()).await;

    let folder = TempDir::new().unwrap();
    let judge = Judge::seat(&peers, folder.path(), forge.base_url());
    let (at, alice) = (IssueRef::new("github", project, 1), Account::new(alice.0, "alice"));
    let token = judge.adapter(Auth::Token("ghp_alice".into()), &clock);
    judge.hears(everything(&token, &at, &alice, &clock)).await;
    judge.hears(seldom(&token, &at, &clock)).await;
    judge.hears(doctors(&token, project)).await;
    let app = judge.adapter(Auth::App { id: app.0, private_key_pem: keys.private_pem.into() }, &clock);
    judge.hears(everything(&app, &at, &alice, &clock)).await;
    judge.hears(seldom(&app, &at, &clock)).await;
    judge.hears(doctors(&app, project)).await;
    judge.refuses_what_is_wrong().await;
    assert!(forge.served() > 60, "only {} requests came through", forge.served());
}
