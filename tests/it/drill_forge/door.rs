//! Who may see and do what, and how refusals look.

use hotwash::{
    domain::snapshot::Visibility,
    drill::{
        github::AppKeys,
        model::{At, Deed, Grants, Level, Selection, Token},
    },
};
use serde_json::{Value, json};

use super::bench::{Bench, PATH};

fn issues() -> String {
    format!("/repos/{PATH}/issues")
}

#[tokio::test]
async fn what_one_may_not_see_is_not_there() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    let one = format!("{}/{number}", issues());
    for (secret, expected) in [(Some("ghp_rita"), 200), (Some("ghp_mallory"), 404), (None, 404), (Some("ghp_no"), 401)]
    {
        let said = bench.ask_with(secret, "GET", &one, None, &[]).await;
        assert_eq!(said.status, expected, "{secret:?}: {}", said.body);
    }
    let scopeless = Token::Personal {
        user: bench.forge.look(|world| world.user("bob").unwrap().id),
        scopes: vec!["read:org".to_owned()],
        expires_at: None,
    };
    bench.forge.look(|world| world.add_token("ghp_scopeless", scopeless));
    assert_eq!(bench.ask_with(Some("ghp_scopeless"), "GET", &one, None, &[]).await.status, 404);
}

#[tokio::test]
async fn what_one_may_see_but_not_do_is_forbidden() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    let comment = bench.comment("bob", number, "Mine");
    let label = json!({ "labels": ["bug"] });
    for (method, path, body) in [
        ("POST", format!("{}/{number}/labels", issues()), label.clone()),
        ("PATCH", format!("{}/{number}", issues()), json!({ "body": "mine now" })),
        ("PATCH", format!("{}/comments/{comment}", issues()), json!({ "body": "mine now" })),
        ("POST", format!("/repos/{PATH}/labels"), json!({ "name": "new" })),
        ("PUT", format!("{}/{number}/lock", issues()), json!({})),
        ("PATCH", format!("/repos/{PATH}"), json!({ "private": false })),
    ] {
        let said = bench.ask("rita", method, &path, Some(body)).await;
        assert_eq!(
            (said.status, &said.body["message"]),
            (403, &json!("Must have admin rights to Repository.")),
            "{path}"
        );
    }
    assert_eq!(bench.ask("bob", "GET", &format!("/repos/{PATH}/hooks"), None).await.status, 404);
    assert_eq!(
        bench
            .ask("rita", "POST", &format!("{}/{number}/comments", issues()), Some(json!({ "body": "hi" })))
            .await
            .status,
        201
    );
    bench.forge.act("bob", Deed::Lock { at: At::new(PATH, number), reason: None }).unwrap();
    let said =
        bench.ask("rita", "POST", &format!("{}/{number}/comments", issues()), Some(json!({ "body": "hi" }))).await;
    assert_eq!(said.status, 403);
}

#[tokio::test]
async fn an_archived_repository_is_read_only_and_a_renamed_one_redirects() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    bench.forge.act("alice", Deed::Rename { project: PATH.to_owned(), name: "fires".to_owned() }).unwrap();
    let moved = bench.ask("bob", "GET", &format!("{}/{number}", issues()), None).await;
    assert_eq!(moved.status, 301);
    let there = bench.ask("bob", "GET", moved.header("location"), None).await;
    assert_eq!((there.status, &there.body["number"]), (200, &json!(number)));
    assert_eq!(bench.ask("mallory", "GET", &format!("{}/{number}", issues()), None).await.status, 404);
    bench.forge.act("alice", Deed::SetArchived { project: "acme/fires".to_owned(), archived: true }).unwrap();
    let path = format!("/repos/acme/fires/issues/{number}/comments");
    let said = bench.ask("bob", "POST", &path, Some(json!({ "body": "hi" }))).await;
    assert_eq!((said.status, &said.body["message"]), (403, &json!("Repository was archived so is read-only.")));
}

#[tokio::test]
async fn lengths_are_capped_in_githubs_words() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    let long = |most: usize| "ü".repeat(most + 1);
    for (path, body, field) in [
        (issues(), json!({ "title": long(256) }), "title"),
        (issues(), json!({ "title": "t", "body": long(65_536) }), "body"),
        (format!("{}/{number}/comments", issues()), json!({ "body": long(65_536) }), "data"),
        (format!("/repos/{PATH}/labels"), json!({ "name": long(50) }), "name"),
    ] {
        let said = bench.ask("bob", "POST", &path, Some(body)).await;
        assert_eq!((said.status, &said.body["errors"][0]["field"]), (422, &json!(field)), "{}", said.body);
        assert!(said.body["errors"][0]["message"].as_str().unwrap().contains("too long (maximum is"));
    }
    let exactly = json!({ "body": "ü".repeat(65_536) });
    assert_eq!(bench.ask("bob", "POST", &format!("{}/{number}/comments", issues()), Some(exactly)).await.status, 201);
    let many: Vec<String> = (0..101).map(|nth| format!("l{nth}")).collect();
    let path = format!("{}/{number}/labels", issues());
    assert_eq!(bench.ask("bob", "POST", &path, Some(json!({ "labels": many }))).await.status, 422);
}

#[tokio::test]
async fn badly_said_requests_are_told_apart() {
    let bench = Bench::open().await;
    let said = bench.ask("bob", "POST", &issues(), Some(json!({ "body": "no title" }))).await;
    assert_eq!(
        (said.status, said.body["message"].as_str().unwrap().contains("\"title\" wasn't supplied")),
        (422, true)
    );
    let said = bench.ask("bob", "POST", &issues(), Some(json!({ "title": " " }))).await;
    assert_eq!(said.body["errors"][0], json!({ "resource": "Issue", "field": "title", "code": "missing_field" }));
    let twice = Some(json!({ "name": "BUG" }));
    let said = bench.ask("bob", "POST", &format!("/repos/{PATH}/labels"), twice).await;
    assert_eq!(said.body["errors"][0], json!({ "resource": "Label", "field": "name", "code": "already_exists" }));
    let said = bench.ask("bob", "POST", &issues(), Some(json!(["a list"]))).await;
    assert_eq!(said.status, 400);
    let url = format!("{}{}", bench.forge.base_url(), issues());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let said = client.post(url).bearer_auth("ghp_bob").body("{ no json").send().await.unwrap();
    assert_eq!(said.status().as_u16(), 400);
}

#[tokio::test]
async fn an_installation_token_is_narrow_and_ends() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    let token = |secret: &str, grants: &[(&str, Level)], only: Option<&str>| {
        let grants: Grants = grants.iter().map(|(noun, level)| ((*noun).to_owned(), *level)).collect();
        let selection = only.map_or(Selection::All, |path| {
            Selection::Only(vec![bench.forge.look(|world| world.project(path).unwrap().id)])
        });
        let expires_at = bench.later();
        let token = Token::Installed { installation: bench.installation, selection, grants, expires_at };
        bench.forge.look(|world| world.add_token(secret, token));
    };
    token("ghs_read", &[("issues", Level::Read), ("metadata", Level::Read)], None);
    token("ghs_meta", &[("metadata", Level::Read)], None);
    token("ghs_other", &[("issues", Level::Write)], Some("acme/other"));
    let one = format!("{}/{number}", issues());
    let comments = format!("{one}/comments");
    for (secret, read, write) in [("ghs_read", 200, 403), ("ghs_meta", 403, 403), ("ghs_other", 404, 404)] {
        assert_eq!(bench.ask_with(Some(secret), "GET", &one, None, &[]).await.status, read, "{secret}");
        let said = bench.ask_with(Some(secret), "POST", &comments, Some(json!({ "body": "hi" })), &[]).await;
        assert_eq!(said.status, write, "{secret}");
    }
    bench.hand.pass(3_600);
    assert_eq!(bench.ask_with(Some("ghs_read"), "GET", &one, None, &[]).await.status, 401);
}

fn signed(keys: &AppKeys, claims: &Value) -> String {
    let key = jsonwebtoken::EncodingKey::from_rsa_pem(keys.private_pem.as_bytes()).unwrap();
    jsonwebtoken::encode(&jsonwebtoken::Header::new(jsonwebtoken::Algorithm::RS256), claims, &key).unwrap()
}

#[tokio::test]
async fn an_apps_signature_is_checked_whole() {
    // Dated by the hand here, and by the machine elsewhere.
    let bench = Bench::dated_by_hand().await;
    let now = bench.now().timestamp();
    let app = bench.app.0;
    let good = json!({ "iat": now - 60, "exp": now + 540, "iss": app.to_string() });
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    let stranger = AppKeys::fresh().unwrap();
    for (what, keys, claims, expected) in [
        ("good", &bench.keys, good.clone(), 200),
        ("a number as issuer", &bench.keys, with("iss", json!(app)), 200),
        ("another's key", &stranger, good.clone(), 401),
        ("another's number", &bench.keys, with("iss", json!(app + 1)), 401),
        ("spent", &bench.keys, with("exp", json!(now - 1)), 401),
        ("too long", &bench.keys, with("exp", json!(now + 900)), 401),
        ("from the future", &bench.keys, with("iat", json!(now + 300)), 401),
        ("endless", &bench.keys, with("exp", json!(null)), 401),
    ] {
        let said = bench.ask_with(Some(&signed(keys, &claims)), "GET", "/app", None, &[]).await;
        assert_eq!(said.status, expected, "{what}: {}", said.body);
    }
    let secret = signed(&bench.keys, &good);
    let path = format!("/app/installations/{}/access_tokens", bench.installation);
    let mint = async |body: Value| bench.ask_with(Some(&secret), "POST", &path, Some(body), &[]).await;
    let said = mint(json!({ "repositories": ["incidents"], "permissions": { "issues": "read" } })).await;
    assert_eq!(said.status, 201);
    let expected = json!({ "issues": "read", "metadata": "read" });
    assert_eq!((&said.body["permissions"], &said.body["expires_at"]), (&expected, &json!("2026-11-20T11:00:00Z")));
    assert_eq!(said.body["repositories"][0]["full_name"], PATH);
    assert_eq!(mint(json!({ "permissions": { "contents": "read" } })).await.status, 422);
    assert_eq!(mint(json!({ "repositories": ["nowhere"] })).await.status, 422);
    bench.forge.look(|world| world.suspend(bench.installation, true));
    assert_eq!(mint(json!({})).await.status, 403);
}

#[tokio::test]
async fn everybody_reads_a_public_repository_and_nobody_nameless_writes() {
    let bench = Bench::open().await;
    let number = bench.file("It burns", &[]);
    let (project, visibility) = (PATH.to_owned(), Visibility::Public);
    bench.forge.act("alice", Deed::SetVisibility { project, visibility }).unwrap();
    let one = format!("{}/{number}", issues());
    assert_eq!(bench.ask_with(None, "GET", &one, None, &[]).await.status, 200);
    let said = bench.ask_with(None, "POST", &format!("{one}/comments"), Some(json!({ "body": "hi" })), &[]).await;
    assert_eq!(said.status, 401);
    let error = bench.as_app().write.comment(&super::bench::at(number), "secret", bench.later()).await.unwrap_err();
    assert_eq!(error.class(), "denied");
    let app = bench.as_app();
    assert!(!app.read.is_private(PATH).await.unwrap());
    // What says nothing of the incident is let through.
    let said = app.write.announce(&super::bench::at(number), "close this", bench.later()).await.unwrap();
    assert_eq!(said.body, "close this");
}
