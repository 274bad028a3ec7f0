//! What the adapters make of answers that the simulated forges do not give: other servers, other versions.

use chrono::TimeDelta;
use hotwash::{
    clock::SharedClock,
    domain::setup::{Ended, Hook, Proof, Shown, Standing, Token},
    forge::{
        Forge,
        github::{Auth, Github, GithubConfig},
        gitlab::{Gitlab, GitlabConfig},
    },
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::drill_forge::bench::hand;

async fn peer(answers: &[(&str, ResponseTemplate)]) -> MockServer {
    let server = MockServer::start().await;
    for (at, answer) in answers {
        Mock::given(method("GET")).and(path(*at)).respond_with(answer.clone()).mount(&server).await;
    }
    server
}

fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn github(server: &MockServer) -> Forge {
    let config = GithubConfig::new("github", server.uri(), Auth::Token("pat".into()));
    Github::new(config, hand() as SharedClock).unwrap().forge()
}

fn gitlab(server: &MockServer) -> Forge {
    Gitlab::new(&GitlabConfig::new("gitlab", server.uri(), "glpat".into()), hand() as SharedClock).unwrap().forge()
}

fn shown(hooks: Shown<Vec<Hook>>) -> Vec<Hook> {
    let Shown::Yes(hooks) = hooks else { panic!("{hooks:?}") };
    hooks
}

#[tokio::test]
async fn an_enterprise_server_tells_its_version_and_the_end_of_a_token_in_any_zone() {
    for (stated, expected) in [
        ("2026-12-01 09:00:00 UTC", "2026-12-01T09:00:00+00:00"),
        ("2026-12-01 09:00:00 +0200", "2026-12-01T07:00:00+00:00"),
    ] {
        let answer = ok(json!({ "login": "bot", "id": 7, "type": "User" }))
            .insert_header("github-authentication-token-expiration", stated)
            .insert_header("x-github-enterprise-version", "enterprise-server@3.17.2")
            .insert_header("x-oauth-scopes", "repo, read:org")
            .insert_header("date", "Fri, 20 Nov 2026 09:59:00 GMT");
        let server = peer(&[("/user", answer)]).await;
        let forge = github(&server);
        let seen = forge.read.inspect().unwrap().server().await.unwrap();
        assert_eq!(seen.version.as_deref(), Some("3.17.2"));
        // The hand's clock stands at ten.
        assert_eq!(seen.ahead.map(|ahead| ahead.num_seconds()), Some(59));
        let Token::Good(bearer) = seen.token else { panic!("refused") };
        assert_eq!(bearer.expires_at.unwrap().to_rfc3339(), expected);
        assert_eq!(bearer.rights.held.unwrap(), ["repo", "read:org"]);
        assert!(bearer.rights.missing.is_empty() && !bearer.is_program);
    }
}

#[tokio::test]
async fn a_fine_grained_token_tells_nothing_of_what_it_may() {
    let server = peer(&[("/user", ok(json!({ "login": "bot", "id": 7, "type": "Bot" })))]).await;
    let seen = github(&server).read.inspect().unwrap().server().await.unwrap();
    let Token::Good(bearer) = seen.token else { panic!("refused") };
    assert!(bearer.rights.held.is_none() && bearer.expires_at.is_none() && bearer.is_program);
}

#[tokio::test]
async fn githubs_words_for_a_webhook_are_understood() {
    let hook = |more: Value| {
        let mut hook = json!({
            "id": 1, "active": true, "events": ["issues", "issue_comment", "repository", "public"],
            "config": {
                "url": "https://user:pass@host.example/webhooks/github?key=secret", "content_type": "json",
                "insecure_ssl": "0", "secret": "********",
            },
            "last_response": { "code": null, "status": "unused", "message": null },
        });
        hook.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        hook
    };
    let elsewhere = json!({ "id": 9, "active": true, "events": ["push"], "config": { "url": "https://ci.example/x" } });
    let all = json!([
        elsewhere,
        hook(json!({ "last_response": { "code": 502, "status": "invalid_response", "message": "Bad Gateway" } })),
        hook(json!({ "last_response": { "code": 0, "status": "timed_out", "message": "timed out" } })),
        hook(json!({ "last_response": { "code": 202, "status": "active", "message": "OK" } })),
        hook(json!({ "config": { "url": "https://h.example/webhooks/github", "insecure_ssl": 1 } })),
    ]);
    let server = peer(&[("/repos/acme/incidents/hooks", ok(all))]).await;
    let hooks = shown(github(&server).read.inspect().unwrap().hooks("acme/incidents").await.unwrap());
    assert_eq!(hooks.len(), 4, "what delivers elsewhere is not ours");
    assert_eq!(hooks[0].url, "https://host.example/webhooks/github", "neither user nor query");
    let failing: Vec<_> = hooks.iter().map(|hook| hook.failing.as_deref()).collect();
    assert_eq!(failing, [Some("502"), Some("no answer"), None, None]);
    let poor = &hooks[3];
    assert!(!poor.is_json && !poor.verifies_tls && poor.proofs.as_ref().is_some_and(Vec::is_empty), "{poor:?}");
}

#[tokio::test]
async fn a_webhook_of_an_old_gitlab_tells_less_and_that_is_no_fault() {
    let server = peer(&[
        ("/api/v4/projects/acme%2Fincidents", ok(json!({ "id": 3, "path_with_namespace": "acme/incidents" }))),
        (
            "/api/v4/projects/3/hooks",
            ok(json!([
                { "id": 1, "url": "https://h.example/webhooks/gitlab", "issues_events": true },
                {
                    "id": 2, "url": "https://h.example/webhooks/gitlab", "alert_status": "temporarily_disabled",
                    "disabled_until": "2026-11-20 12:30:00 UTC", "token_present": true, "note_events": false,
                },
                { "id": 3, "url": "https://h.example/webhooks/gitlab", "alert_status": "disabled" },
            ])),
        ),
    ])
    .await;
    let hooks = shown(gitlab(&server).read.inspect().unwrap().hooks("acme/incidents").await.unwrap());
    assert!(hooks[0].proofs.is_none() && hooks[0].unheard.is_empty() && hooks[0].standing == Standing::On);
    assert_eq!(hooks[1].standing, Standing::Paused(Some("2026-11-20T12:30:00Z".parse().unwrap())));
    assert_eq!(
        (hooks[1].unheard.as_slice(), &hooks[1].proofs),
        (&["Comments".to_owned()][..], &Some(vec![Proof::Secret]))
    );
    assert_eq!(hooks[2].standing, Standing::Dropped);
}

#[tokio::test]
async fn a_gitlab_that_keeps_its_version_and_the_tokens_scopes_to_itself_is_no_error() {
    let user = ok(json!({ "id": 5, "username": "hotwash", "bot": false }));
    let server = peer(&[("/api/v4/user", user), ("/api/v4/version", ResponseTemplate::new(403))]).await;
    let seen = gitlab(&server).read.inspect().unwrap().server().await.unwrap();
    assert!(seen.version.is_none());
    let Token::Good(bearer) = seen.token else { panic!("refused") };
    assert!(bearer.rights.held.is_none() && !bearer.is_program);
}

#[tokio::test]
async fn a_revoked_token_is_told_from_an_expired_one_by_gitlabs_words() {
    for (words, expected) in [
        ("Token was revoked. You have to re-authorize from the user.", Some(Ended::Revoked)),
        ("Token is expired. You can either do re-authorization or token refresh.", Some(Ended::Expired)),
        ("", None),
    ] {
        let body = json!({ "error": "invalid_token", "error_description": words });
        let server = peer(&[("/api/v4/user", ResponseTemplate::new(401).set_body_json(body))]).await;
        let seen = gitlab(&server).read.inspect().unwrap().server().await.unwrap();
        assert_eq!(seen.token, Token::Refused { status: 401, ended: expected });
    }
}

#[tokio::test]
async fn an_answer_without_a_readable_date_leaves_the_clock_unasked() {
    let answer = ok(json!({ "login": "bot", "id": 7 })).insert_header("date", "yesterday");
    let server = peer(&[("/user", answer)]).await;
    let seen = github(&server).read.inspect().unwrap().server().await.unwrap();
    assert_eq!(seen.ahead, None::<TimeDelta>);
}
