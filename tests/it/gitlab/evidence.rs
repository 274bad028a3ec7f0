//! What the simulated GitLab shows to whoever runs it, for looking into an account: the audit log, tokens, and blocking.

use hotwash::{
    domain::{people::Permission, snapshot::Visibility},
    drill::model::{Access, Deed, Login},
    forge::ForgeError,
};
use serde_json::{Value, json};

use super::{
    bench::{Bench, PATH, TOKEN},
    emitted::lacking,
    wire::{answers, delete, get, give_token, post, send},
};

/// A bench on which root runs the whole forge.
async fn bench() -> Bench {
    let bench = Bench::new().await;
    bench.forge.look(|world| {
        let root = world.add_person("root");
        world.make_admin(root);
    });
    bench
}

fn id(bench: &Bench, login: &str) -> u64 {
    bench.forge.look(|world| world.user(login).unwrap().id.0)
}

fn details<'a>(row: &'a Value, key: &str) -> &'a str {
    row["details"][key].as_str().unwrap_or_default()
}

#[tokio::test]
async fn only_who_runs_the_forge_sees_its_audit_log_and_only_who_runs_a_project_that_one() {
    let bench = bench().await;
    for who in ["alice", "hotwash", "mallory"] {
        get(&bench, who, "/api/v4/audit_events").await.expect(403);
    }
    for (who, status) in [("root", 200), ("alice", 200), ("hotwash", 200), ("bob", 403), ("mallory", 404)] {
        get(&bench, who, "audit_events").await.expect(status);
    }
    send(&bench, "no such token", "GET", "/api/v4/audit_events", None).await.expect(401);
}

#[tokio::test]
async fn what_is_done_to_a_project_and_its_members_is_written_down_newest_first() {
    let bench = bench().await;
    let access = |who: &str, access| Deed::SetAccess { project: PATH.to_owned(), who: Login::new(who), access };
    for deed in [access("mallory", Access::Write), access("mallory", Access::Maintain), access("mallory", Access::None)]
    {
        bench.clock.pass(60);
        bench.act("alice", deed);
    }
    bench.clock.pass(60);
    bench.act("alice", Deed::SetVisibility { project: PATH.to_owned(), visibility: Visibility::Public });
    bench.act("alice", Deed::SetVisibility { project: PATH.to_owned(), visibility: Visibility::Public });
    let rows = get(&bench, "alice", "audit_events").await.expect(200).body;
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 4, "what changes nothing is not written down");
    let change = |row: &Value| ["change", "from", "to"].map(|key| details(row, key).to_owned());
    assert_eq!(change(&rows[0]), ["visibility", "Private", "Public"]);
    assert_eq!(details(&rows[1], "remove"), "user_access");
    assert_eq!(change(&rows[2]), ["access_level", "Developer", "Maintainer"]);
    assert_eq!((details(&rows[3], "add"), details(&rows[3], "as")), ("user_access", "Developer"));
    for row in &rows[1..] {
        assert_eq!((details(row, "target_type"), details(row, "target_details")), ("User", "mallory"));
    }
    assert_eq!(rows[3]["created_at"], "2026-11-20T10:01:00.000Z");
    assert!(rows.iter().all(|row| row["author_id"] == id(&bench, "alice") && details(row, "entity_path") == PATH));
    let one = get(&bench, "root", &format!("/api/v4/audit_events/{}", rows[3]["id"])).await.expect(200).body;
    assert_eq!(one, rows[3]);
    get(&bench, "root", "/api/v4/audit_events/4711").await.expect(404);
}

#[tokio::test]
async fn the_log_is_asked_for_by_kind_number_and_time_in_pages() {
    let bench = bench().await;
    for (nth, login) in ["bob", "rita", "gus"].into_iter().enumerate() {
        bench.clock.pass(3_600);
        post(&bench, "root", &format!("/api/v4/users/{}/block", id(&bench, login)), json!({})).await.expect(201);
        bench.act("alice", Deed::SetArchived { project: PATH.to_owned(), archived: nth % 2 == 0 });
    }
    let ask = async |query: &str| get(&bench, "root", &format!("/api/v4/audit_events?{query}")).await.expect(200);
    assert_eq!(ask("").await.each("entity_type").len(), 6);
    assert_eq!(
        ask("entity_type=User").await.each("entity_id"),
        ["gus", "rita", "bob"].map(|who| json!(id(&bench, who)))
    );
    let bobs = format!("entity_type=User&entity_id={}", id(&bench, "bob"));
    assert_eq!(ask(&bobs).await.each("created_at"), ["2026-11-20T11:00:00.000Z"]);
    let between = "created_after=2026-11-20T11:30:00Z&created_before=2026-11-20T12:30:00Z";
    assert_eq!(ask(between).await.each("created_at"), ["2026-11-20T12:00:00.000Z"; 2]);
    let page = ask("per_page=4").await;
    assert_eq!((page.each("id").len(), page.header("x-next-page"), page.header("x-total")), (4, "2", "6"));
    for bad in ["entity_id=1", "entity_type=Tree", "created_after=yesterday"] {
        get(&bench, "root", &format!("/api/v4/audit_events?{bad}")).await.expect(400);
    }
}

#[tokio::test]
async fn rows_and_tokens_have_the_shape_of_captured_ones() {
    let (Some(rows), Some(tokens)) =
        (answers("gitlab4j__audit-events"), answers("gogitlab__list_personal_access_tokens_with_user_filter"))
    else {
        return;
    };
    let bench = bench().await;
    bench.act("alice", Deed::SetArchived { project: PATH.to_owned(), archived: true });
    let row = get(&bench, "alice", "audit_events").await.expect(200).body;
    let path = format!("/api/v4/personal_access_tokens?user_id={}", id(&bench, "hotwash"));
    let token = get(&bench, "root", &path).await.expect(200).body;
    let mut out = Vec::new();
    lacking(&rows[0], &row[0], "row", &mut out);
    lacking(&tokens[1], &token[0], "token", &mut out);
    assert!(out.is_empty(), "{out:#?}");
    assert_eq!(row[0]["details"]["custom_message"], rows[0]["details"]["custom_message"]);
}

#[tokio::test]
async fn a_blocked_account_is_shut_out_until_it_is_let_in_again_and_the_log_says_who_did_it() {
    let bench = bench().await;
    let number = bench.file("x", true);
    let bot = id(&bench, "hotwash");
    let block = format!("/api/v4/users/{bot}/block");
    for who in ["alice", "hotwash"] {
        post(&bench, who, &block, json!({})).await.expect(403);
    }
    post(&bench, "root", "/api/v4/users/4711/block", json!({})).await.expect(404);
    post(&bench, "root", &format!("/api/v4/users/{}/block", id(&bench, "root")), json!({})).await.expect(403);
    assert_eq!(post(&bench, "root", &block, json!({})).await.expect(201).body, true);
    assert_eq!(post(&bench, "root", &block, json!({})).await.expect(201).body, false, "it was");
    let shown = get(&bench, "alice", &format!("/api/v4/users/{bot}")).await.expect(200).body;
    assert_eq!(shown["state"], "blocked");
    let refused = send(&bench, TOKEN, "GET", "/api/v4/user", None).await.expect(403).body;
    assert_eq!(refused["message"], "403 Forbidden - Your account has been blocked.");
    let refused = bench.port.read.issue(&Bench::issue(number)).await;
    assert!(matches!(refused, Err(ForgeError::Denied { status: 403, .. })), "{refused:?}");
    let rows = get(&bench, "root", "/api/v4/audit_events?entity_type=User").await.expect(200).body;
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!((details(&rows[0], "custom_message"), details(&rows[0], "author_name")), ("Blocked user", "root"));
    assert_eq!((rows[0]["entity_id"].as_u64(), details(&rows[0], "target_details")), (Some(bot), "hotwash"));
    post(&bench, "root", &format!("/api/v4/users/{bot}/unblock"), json!({})).await.expect(201);
    assert!(bench.port.read.issue(&Bench::issue(number)).await.is_ok());
    let rows = get(&bench, "root", "/api/v4/audit_events?entity_type=User").await.expect(200).body;
    assert_eq!(details(&rows[0], "custom_message"), "Unblocked user");
}

#[tokio::test]
async fn tokens_are_listed_by_owner_without_their_secrets_and_revoked_ones_are_told_apart() {
    let bench = bench().await;
    let (bob, bot) = (id(&bench, "bob"), id(&bench, "hotwash"));
    let of = |user: u64| format!("/api/v4/personal_access_tokens?user_id={user}");
    give_token(&bench, "bob");
    bench.clock.pass(60);
    get(&bench, "bob", &of(bot)).await.expect(401);
    let own = get(&bench, "bob", "/api/v4/personal_access_tokens").await.expect(200).body;
    assert_eq!(own, get(&bench, "bob", &of(bob)).await.expect(200).body);
    assert_eq!((own.as_array().unwrap().len(), &own[0]["user_id"]), (1, &json!(bob)));
    let seen = get(&bench, "root", &of(bob)).await.expect(200);
    assert_eq!(
        (seen.body[0]["last_used_at"].as_str(), &seen.body[0]["id"]),
        (Some("2026-11-20T10:01:00.000Z"), &own[0]["id"])
    );
    let all = get(&bench, "root", "/api/v4/personal_access_tokens").await.expect(200);
    assert!(all.each("user_id").contains(&json!(bot)) && !all.text.contains(TOKEN), "no secret");
    // A project's own token is rotated: there are two, and the first is over.
    let fresh = send(&bench, TOKEN, "POST", "access_tokens/self/rotate", None).await.expect(200).body;
    send(&bench, TOKEN, "GET", "/api/v4/user", None).await.expect(401);
    send(&bench, fresh["token"].as_str().unwrap(), "GET", "/api/v4/user", None).await.expect(200);
    let mut two = get(&bench, "root", &of(bot)).await.expect(200).body.as_array().unwrap().clone();
    two.sort_by_key(|token| token["revoked"].as_bool());
    assert_eq!(two.iter().map(|token| token["revoked"] == true).collect::<Vec<_>>(), [false, true]);
    assert_eq!(two.iter().map(|token| token["active"] == true).collect::<Vec<_>>(), [true, false]);
    // bob may not end it; root may, and the log says so.
    let path = format!("/api/v4/personal_access_tokens/{}", fresh["id"]);
    delete(&bench, "bob", &path).await.expect(400);
    delete(&bench, "root", &path).await.expect(204);
    delete(&bench, "root", &path).await.expect(404);
    send(&bench, fresh["token"].as_str().unwrap(), "GET", "/api/v4/user", None).await.expect(401);
    let rows =
        get(&bench, "root", &format!("/api/v4/audit_events?entity_type=User&entity_id={bot}")).await.expect(200).body;
    assert_eq!(details(&rows[0], "custom_message"), format!("Revoked personal access token with id {}", fresh["id"]));
}

#[tokio::test]
async fn who_runs_the_forge_reads_every_project_and_is_a_member_of_none() {
    let bench = bench().await;
    let number = bench.file("x", true);
    get(&bench, "root", &format!("issues/{number}")).await.expect(200);
    let members = get(&bench, "root", "members/all?per_page=100").await.expect(200);
    assert!(!members.each("username").contains(&json!("root")));
    let account = hotwash::domain::people::Account::new(id(&bench, "root"), "root");
    assert_eq!(bench.port.read.permission(PATH, &account).await.unwrap(), Permission::None);
}
