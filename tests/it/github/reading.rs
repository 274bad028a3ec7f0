//! Reading: whole lists, cached issues, people told apart by number.

use hotwash::domain::{
    ids::CommentId,
    people::{Account, Actor, Permission},
    snapshot::{Changed, Edit, Visibility},
};
use serde_json::{Value, json};
use wiremock::{
    Mock, ResponseTemplate,
    matchers::{header, method, path, query_param, query_param_is_missing},
};

use super::{COMMENTS, ISSUE, Peer, comment, five, issue, moment, ok, repository, status, token};

const TIMELINE: &str = "/repos/acme/incidents/issues/5/timeline";
const NOON: &str = "2026-11-20T12:00:00Z";

fn at(id: u64, created_at: &str) -> Value {
    let mut comment = comment(id, "text");
    comment["created_at"] = json!(created_at);
    comment
}

#[tokio::test]
async fn an_issue_is_read_in_neutral_words() {
    let peer = Peer::new().await;
    let mut closed = issue(5, "2026-11-20T15:00:00Z");
    closed["state"] = json!("closed");
    closed["closed_at"] = json!("2026-11-20T14:59:00Z");
    closed["closed_by"] = json!({ "id": 2, "login": "bob" });
    closed["user"] = Value::Null;
    closed["body"] = Value::Null;
    peer.on("GET", ISSUE, ok(closed)).await;
    let read = peer.forge.read.issue(&five()).await.unwrap();
    assert_eq!((read.number, read.open, read.author, read.body.as_str()), (5, false, None, ""));
    assert_eq!(read.labels.into_iter().collect::<Vec<_>>(), ["incident", "old-style"]);
    assert_eq!(read.assignees, [Account::new(2, "bob")]);
    assert_eq!(read.closed_at, Some(moment("2026-11-20T14:59:00Z")));
    assert_eq!(read.closed_by, Some(Account::new(2, "bob")));
    assert!(!read.is_change_request);
}

#[tokio::test]
async fn an_unchanged_issue_comes_from_memory() {
    let peer = Peer::new().await;
    let unchanged = Mock::given(method("GET")).and(path(ISSUE)).and(header("if-none-match", "\"v1\""));
    unchanged.respond_with(ResponseTemplate::new(304)).expect(1).mount(&peer.server).await;
    peer.on("GET", ISSUE, ok(issue(5, "2026-11-20T15:00:00Z")).insert_header("etag", "\"v1\"")).await;
    let first = peer.forge.read.issue(&five()).await.unwrap();
    assert!(peer.forge.read.issue(&five()).await.unwrap() == first);
    assert_eq!(peer.sent("GET", ISSUE).await.len(), 2);
}

#[tokio::test]
async fn a_transferred_issue_is_gone_although_the_redirection_answers() {
    let peer = Peer::new().await;
    let mut elsewhere = issue(5, "2026-11-20T15:00:00Z");
    elsewhere["repository_url"] = json!("https://example.test/repos/acme/public-site");
    peer.on("GET", ISSUE, status(301).insert_header("location", "/repositories/99/issues/5")).await;
    peer.on("GET", "/repositories/99/issues/5", ok(elsewhere)).await;
    assert_eq!(peer.forge.read.issue(&five()).await.unwrap_err().class(), "gone");
}

#[tokio::test]
async fn an_issue_of_a_renamed_repository_is_read_as_before() {
    let peer = Peer::bare(token(), "").await;
    let mut renamed = issue(5, "2026-11-20T15:00:00Z");
    renamed["repository_url"] = json!("https://example.test/repos/acme/new-name");
    peer.on("GET", "/repos/acme/incidents", ok(json!({ "id": 77, "full_name": "acme/new-name", "private": true })))
        .await;
    peer.on("GET", ISSUE, status(301).insert_header("location", "/repositories/77/issues/5")).await;
    peer.on("GET", "/repositories/77/issues/5", ok(renamed)).await;
    assert_eq!(peer.forge.read.issue(&five()).await.unwrap().number, 5);
}

#[tokio::test]
async fn comments_are_read_to_the_last_page_oldest_first_and_once_each() {
    let peer = Peer::new().await;
    let first = ok(json!([at(3, "2026-11-20T12:03:00Z"), at(1, "2026-11-20T12:01:00Z")]))
        .insert_header("link", Peer::link(&format!("{COMMENTS}?per_page=100&page=2")));
    let page = |number| Mock::given(method("GET")).and(path(COMMENTS)).and(query_param("page", number));
    page("2")
        .respond_with(ok(json!([at(3, "2026-11-20T12:03:00Z"), at(4, "2026-11-20T12:04:00Z")])))
        .mount(&peer.server)
        .await;
    let whole = Mock::given(method("GET")).and(path(COMMENTS)).and(query_param_is_missing("page"));
    whole.and(query_param("per_page", "100")).respond_with(first).mount(&peer.server).await;
    let read = peer.forge.read.comments(&five(), None).await.unwrap();
    assert_eq!(read.iter().map(|one| one.id).collect::<Vec<_>>(), [CommentId(1), CommentId(3), CommentId(4)]);
}

#[tokio::test]
async fn comments_since_a_moment_are_asked_for_to_the_second() {
    let peer = Peer::new().await;
    let wanted = Mock::given(method("GET")).and(path(COMMENTS)).and(query_param("since", NOON));
    wanted.respond_with(ok(json!([comment(1, "text")]))).mount(&peer.server).await;
    let since = moment("2026-11-20T12:00:00.900Z");
    assert_eq!(peer.forge.read.comments(&five(), Some(since)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_list_without_end_is_an_error() {
    let peer = Peer::new().await;
    let next = Peer::link(&format!("{COMMENTS}?page=2"));
    peer.on("GET", COMMENTS, ok(json!([])).insert_header("link", next)).await;
    let error = peer.forge.read.comments(&five(), None).await.unwrap_err();
    assert_eq!(error.class(), "unknown");
    assert_eq!(peer.sent("GET", COMMENTS).await.len(), 300);
}

#[tokio::test]
async fn the_history_keeps_what_it_understands() {
    let peer = Peer::new().await;
    peer.on("GET", "/user", ok(json!({ "id": 9, "login": "ir-bot" }))).await;
    let by = |id: u64, login: &str| json!({ "id": id, "login": login });
    let entry = |event: &str, actor: Value, minute: u64| {
        json!({ "event": event, "actor": actor, "created_at": format!("2026-11-20T12:{minute:02}:00Z"),
                "label": { "name": "incident" }, "assignee": by(2, "bob") })
    };
    let entries = json!([
        entry("labeled", by(1, "alice"), 1), entry("unlabeled", by(9, "renamed-bot"), 2),
        entry("assigned", by(1, "alice"), 3), entry("unassigned", Value::Null, 4),
        { "event": "commented", "body": "x" }, { "event": "invented_yesterday", "label": 7 }, "nonsense",
        entry("renamed", by(1, "alice"), 5), entry("closed", by(1, "alice"), 6), entry("reopened", by(1, "alice"), 7)
    ]);
    peer.on("GET", TIMELINE, ok(entries)).await;
    let history = peer.forge.read.history(&five()).await.unwrap();
    let bob = Account::new(2, "bob");
    let what: Vec<Changed> = history.iter().map(|change| change.what.clone()).collect();
    let label = || "incident".to_owned();
    assert_eq!(
        what,
        [
            Changed::LabelAdded(label()),
            Changed::LabelRemoved(label()),
            Changed::Assigned(bob.clone()),
            Changed::Unassigned(bob),
            Changed::Edited,
            Changed::Closed,
            Changed::Reopened,
        ]
    );
    assert_eq!(history[0].by, Actor::Person(Account::new(1, "alice")));
    assert_eq!((&history[1].by, &history[3].by), (&Actor::Bot, &Actor::Somebody));
}

#[tokio::test]
async fn no_timeline_is_an_empty_history() {
    let peer = Peer::new().await;
    peer.on("GET", TIMELINE, status(404)).await;
    assert!(peer.forge.read.history(&five()).await.unwrap().is_empty());
}

#[tokio::test]
async fn permission_follows_the_number_and_the_role() {
    let table = [
        (json!({ "user": { "id": 1, "login": "alice" }, "role_name": "admin" }), Permission::Admin),
        (json!({ "user": { "id": 1, "login": "alice" }, "role_name": "maintain" }), Permission::Write),
        (json!({ "user": { "id": 1, "login": "alice" }, "role_name": "write" }), Permission::Write),
        (
            json!({ "user": { "id": 1, "login": "alice" }, "role_name": "triage", "permission": "read" }),
            Permission::Read,
        ),
        (
            json!({ "user": { "id": 1, "login": "alice" }, "role_name": "on-call", "permission": "write" }),
            Permission::Write,
        ),
        (json!({ "user": { "id": 1, "login": "alice" }, "permission": "none" }), Permission::None),
        (json!({ "user": { "id": 1, "login": "alice" }, "role_name": "made-up" }), Permission::None),
        (json!({ "user": { "id": 666, "login": "alice" }, "role_name": "admin" }), Permission::None),
        (json!({ "user": null, "role_name": "admin" }), Permission::None),
    ];
    for (answer, expected) in table {
        let peer = Peer::new().await;
        peer.on("GET", "/repos/acme/incidents/collaborators/alice/permission", ok(answer.clone())).await;
        let found = peer.forge.read.permission("acme/incidents", &Account::new(1, "alice")).await.unwrap();
        assert_eq!(found, expected, "{answer}");
    }
    let peer = Peer::new().await;
    let nobody = peer.forge.read.permission("acme/incidents", &Account::new(3, "nobody")).await.unwrap();
    assert_eq!(nobody, Permission::None);
}

#[tokio::test]
async fn what_somebody_may_do_who_is_only_named_goes_by_the_login() {
    let peer = Peer::new().await;
    let answer = json!({ "user": { "id": 9, "login": "carol" }, "role_name": "read" });
    peer.on("GET", "/repos/acme/incidents/collaborators/carol/permission", ok(answer)).await;
    for (login, expected) in [("carol", Permission::Read), ("nobody", Permission::None)] {
        assert_eq!(peer.forge.read.permission_of("acme/incidents", login).await.unwrap(), expected, "{login}");
    }
}

#[tokio::test]
async fn one_comment_is_read_alone_and_one_that_is_gone_is_gone() {
    let peer = Peer::new().await;
    peer.on("GET", "/repos/acme/incidents/issues/comments/7", ok(comment(7, "the board"))).await;
    let found = peer.forge.read.comment(&five(), CommentId(7)).await.unwrap();
    assert_eq!((found.id, found.body.as_str()), (CommentId(7), "the board"));
    assert_eq!(peer.forge.read.comment(&five(), CommentId(8)).await.unwrap_err().class(), "gone");
}

#[tokio::test]
async fn the_project_says_who_can_read_it() {
    let peer = Peer::new().await;
    let facts = peer.forge.read.project("acme/incidents").await.unwrap();
    assert_eq!((facts.id, facts.path.as_str(), facts.archived), (77, "acme/incidents", false));
    assert_eq!(facts.visibility, Visibility::Private);
}

#[tokio::test]
async fn changed_issues_come_oldest_change_first_without_pull_requests_and_nothing_is_stepped_over() {
    let peer = Peer::new().await;
    let at = "/repos/acme/incidents/issues";
    let mut pull = issue(8, "2026-11-20T12:08:00Z");
    pull["pull_request"] = json!({ "url": "x" });
    // While the pages were read, 6 changed, went to the front, and pushed 7 on to the second page.
    let first = ok(json!([issue(9, "2026-11-20T12:09:00Z"), pull, issue(7, "2026-11-20T12:07:00Z")]))
        .insert_header("link", Peer::link(&format!("{at}?page=2")));
    let second = ok(json!([issue(7, "2026-11-20T12:07:00Z"), issue(5, "2026-11-20T12:05:00Z")]));
    let listing = Mock::given(method("GET")).and(path(at)).and(query_param("page", "2"));
    listing.respond_with(second).mount(&peer.server).await;
    let listing =
        Mock::given(method("GET")).and(path(at)).and(query_param("since", NOON)).and(query_param("state", "all"));
    listing.and(query_param("sort", "updated")).respond_with(first).mount(&peer.server).await;
    let changed = peer.forge.read.changed("acme/incidents", Some(moment(NOON)), "incident").await.unwrap();
    assert_eq!(changed.iter().map(|issue| issue.number).collect::<Vec<_>>(), [5, 7, 9]);
}

#[tokio::test]
async fn without_a_moment_the_open_issues_with_the_label_are_listed() {
    let peer = Peer::new().await;
    let listing = Mock::given(method("GET")).and(path("/repos/acme/incidents/issues"));
    let listing = listing.and(query_param("state", "open")).and(query_param("labels", "incident & more"));
    listing.respond_with(ok(json!([issue(5, NOON)]))).mount(&peer.server).await;
    assert_eq!(peer.forge.read.changed("acme/incidents", None, "incident & more").await.unwrap().len(), 1);
}

#[tokio::test]
async fn commented_issues_are_numbers_from_all_pages_without_pull_requests() {
    let peer = Peer::new().await;
    let all = "/repos/acme/incidents/issues/comments";
    let under = |number: u64, kind: &str| {
        let mut one = comment(number, "text");
        one["issue_url"] = json!(format!("https://example.test/repos/acme/incidents/issues/{number}"));
        one["html_url"] = json!(format!("https://example.test/acme/incidents/{kind}/{number}#c"));
        one
    };
    let second = Mock::given(method("GET")).and(path(all)).and(query_param("page", "2"));
    second.respond_with(ok(json!([under(6, "issues"), under(8, "pull")]))).mount(&peer.server).await;
    let first = Mock::given(method("GET")).and(path(all)).and(query_param("since", NOON));
    let link = Peer::link(&format!("{all}?page=2"));
    first.respond_with(ok(json!([under(5, "issues")])).insert_header("link", link)).mount(&peer.server).await;
    let numbers = peer.forge.read.commented("acme/incidents", moment(NOON)).await.unwrap();
    assert_eq!(numbers.into_iter().collect::<Vec<_>>(), [5, 6]);
}

#[tokio::test]
async fn an_enterprise_server_has_its_rest_below_api_v3_and_its_graphql_beside_it() {
    let peer = Peer::bare(token(), "/api/v3").await;
    let base = "/api/v3/repos/acme/incidents";
    peer.on("GET", base, ok(repository())).await;
    let next = Peer::link(&format!("{base}/labels?page=2"));
    peer.once("GET", &format!("{base}/labels"), ok(json!([{ "name": "a" }])).insert_header("link", next)).await;
    peer.on("GET", &format!("{base}/labels"), ok(json!([{ "name": "b" }]))).await;
    assert_eq!(peer.forge.read.labels("acme/incidents").await.unwrap().len(), 2);
    peer.on("GET", &format!("{base}/issues/comments/7"), ok(comment(7, "text"))).await;
    let done = json!({ "data": { "minimizeComment": { "minimizedComment": { "isMinimized": true } } } });
    peer.on("POST", "/api/graphql", ok(done)).await;
    peer.forge.write.collapse(&five(), CommentId(7), "done").await.unwrap();
    let asked = peer.sent("POST", "/api/graphql").await;
    assert_eq!(super::bearer(&asked[0]), "Bearer pat-secret");
}

fn edits(nodes: &Value, cursor: Option<&str>) -> Value {
    let page = json!({ "hasNextPage": cursor.is_some(), "endCursor": cursor });
    json!({ "data": { "repository": { "issue": { "userContentEdits": { "nodes": nodes, "pageInfo": page } } } } })
}

#[tokio::test]
async fn edits_name_people_and_programs_and_survive_what_is_missing() {
    let peer = Peer::new().await;
    peer.on("GET", "/user", ok(json!({ "id": 9, "login": "ir-bot" }))).await;
    let editor = |kind, login, id| json!({ "__typename": kind, "login": login, "databaseId": id });
    let nodes = json!([
        { "editedAt": "2026-11-16T10:03:00Z", "diff": "c", "editor": editor("Bot", "renovate", 5) },
        { "editedAt": "2026-11-16T10:02:00Z", "diff": null, "editor": null },
        null,
        { "diff": "nobody knows when" },
        { "editedAt": "2026-11-16T10:00:00Z", "diff": "a", "editor": editor("User", "alice", 11) },
    ]);
    peer.on("POST", "/graphql", ok(edits(&nodes, None))).await;
    let told = peer.forge.read.edits(&five(), None).await.unwrap();
    let by = |edit: &Edit| edit.by.account().map(|account| (account.login.clone(), account.id));
    let told: Vec<_> = told.iter().map(|edit| (by(edit), edit.body.as_deref())).collect();
    let named = |login: &str, id| Some((login.to_owned(), id));
    assert_eq!(told, [(named("alice", 11), Some("a")), (None, None), (named("renovate[bot]", 5), Some("c"))]);
    let sent: Value = serde_json::from_slice(&peer.sent("POST", "/graphql").await[0].body).unwrap();
    assert_eq!(sent["variables"], json!({ "owner": "acme", "name": "incidents", "number": 5, "after": null }));
    assert!(!format!("{told:?}").is_empty());
}

#[tokio::test]
async fn a_server_that_shows_no_edits_has_none() {
    let unknown = json!({ "errors": [{ "message": "no", "extensions": { "code": "undefinedField" } }] });
    let hidden = json!({ "data": { "repository": null }, "errors": [{ "type": "NOT_FOUND" }] });
    for answer in [status(404), status(403), ok(unknown), ok(hidden), ok(json!({ "data": { "repository": null } }))] {
        let peer = Peer::new().await;
        peer.on("GET", "/user", ok(json!({ "id": 9, "login": "ir-bot" }))).await;
        peer.on("POST", "/graphql", answer).await;
        assert_eq!(peer.forge.read.edits(&five(), None).await.unwrap(), []);
    }
    for (answer, class) in [
        (status(502), "unknown"),
        (ok(json!({ "errors": [{ "message": "Something went wrong" }] })), "unknown"),
        (ok(json!({ "errors": [{ "type": "RATE_LIMITED" }] })), "later"),
    ] {
        let peer = Peer::new().await;
        peer.on("GET", "/user", ok(json!({ "id": 9, "login": "ir-bot" }))).await;
        peer.on("POST", "/graphql", answer).await;
        assert_eq!(peer.forge.read.edits(&five(), None).await.unwrap_err().class(), class);
    }
}
