//! Bad input from a GitLab, item by item, before the whole program: what the person who runs it sees, that nothing is
//! lost once it is mended, and that nobody is hammered meanwhile.
//!
//! | bad input | shown by |
//! |---|---|
//! | expired token | [`an_expired_token_is_named_and_a_new_one_catches_up`] |
//! | rotated token | [`a_rotated_token_is_named_and_its_successor_catches_up`] |
//! | downgraded token | [`a_token_with_fewer_rights_is_named_and_catches_up_when_it_has_them_again`], [`a_token_that_may_only_read_is_named_and_catches_up_when_it_may_write_again`] |
//! | project renamed, moved | [`a_project_that_is_renamed_and_moved_is_followed_and_named`] |
//! | project archived | [`an_archived_project_is_named_and_goes_on_when_it_is_opened_again`] |
//! | hook disabled | [`a_hook_that_was_switched_off_loses_nothing`] |
//! | a label with a comma | [`a_label_with_a_comma_is_a_mistake_in_the_configuration`] |
//! | a note swallowed as quick actions (202) | [`a_note_that_was_swallowed_is_given_up_and_told`] |
//! | a description of a million characters | [`a_description_of_a_million_characters_is_read`] |
//! | `custom_webhook_template` bodies | [`bodies_of_a_template_are_set_aside_and_nothing_is_lost`] |
//! | a webhook for another project | [`a_webhook_of_another_project_costs_nothing`] |
//! | deliveries without a key, before 17.4 | [`keyless`] |
//! | HTML error pages | [`html_in_the_place_of_answers_passes`] |

mod keyless;
mod site;

use std::time::Duration;

use hotwash::{
    domain::snapshot::Visibility,
    drill::{
        faults::{Effect, How, Switch, Which},
        model::{Access, At, Deed},
    },
};
use serde_json::json;
use tokio::task::JoinSet;

use self::site::{PATH, SECRET, SWEEP, Site, TOKEN, configuration};
use crate::support::{child::Process, story::REPORT};

/// Long enough for several sweeps.
const A_WHILE: Duration = Duration::from_secs(6);
/// Fewer requests in that time hammer nobody: a handful for each sweep, and looks that come less and less often.
const CIVIL: u64 = 40;

fn names(attention: &[String], what: &str) -> bool {
    attention.iter().any(|one| one.contains(what))
}

/// While the token is refused, an incident goes on: another is filed, and alice answers the first.
async fn goes_on_without(site: &Site, issue: u64) -> u64 {
    let attention = site.attention("named", |all| names(all, "401")).await;
    assert!(names(&attention, "token"), "says what to look at: {attention:?}");
    let late = site.files(REPORT);
    site.comments("alice", issue, "@hotwash ack");
    let asked = site.requests_in(A_WHILE).await;
    assert!(asked < CIVIL, "{asked} requests in {A_WHILE:?}");
    assert!(site.measured(&["hotwash_forge_calls_total", "\"denied\""]).await > 0.0);
    assert!(site.thread(late).is_empty() && !site.said().contains(TOKEN));
    late
}

/// With the new token everything that happened meanwhile is made up for, once.
async fn caught_up(site: &Site, issue: u64, late: u64) {
    site.board_says(issue, "alice").await;
    site.until("board of the later one", late, |site| site.board(late)).await;
    let right = ["incident", "phase::initiate", "severity::unknown", "status::investigating"];
    site.until("its labels", late, |site| (sorted(site.labels(late)) == right).then_some(())).await;
    site.attention("silent again", <[String]>::is_empty).await;
}

fn sorted(mut labels: Vec<String>) -> Vec<String> {
    labels.sort();
    labels
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_token_is_named_and_a_new_one_catches_up() {
    let mut site = Site::running().await;
    let issue = site.incident().await;
    site.gives(TOKEN, Some(-1));
    let late = goes_on_without(&site, issue).await;
    site.stop();
    site.gives("glpat-the-second", None);
    site.start("glpat-the-second");
    caught_up(&site, issue, late).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotated_token_is_named_and_its_successor_catches_up() {
    let mut site = Site::running().await;
    let issue = site.incident().await;
    let url = format!("{}/api/v4/projects/acme%2Fincidents/access_tokens/self/rotate", site.forge.base_url());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let said = client.post(url).header("private-token", TOKEN).send().await.unwrap();
    let said: serde_json::Value = said.json().await.unwrap();
    let late = goes_on_without(&site, issue).await;
    site.stop();
    site.start(said["token"].as_str().unwrap());
    caught_up(&site, issue, late).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_with_fewer_rights_is_named_and_catches_up_when_it_has_them_again() {
    let site = Site::running().await;
    let issue = site.incident().await;
    let may = |access| Deed::SetAccess { project: PATH.to_owned(), who: "hotwash-bot".into(), access };
    site.act("acme", may(Access::None));
    let attention = site.attention("named", |all| names(all, "hidden from the token")).await;
    assert!(names(&attention, PATH), "{attention:?}");
    let late = site.files(REPORT);
    site.comments("alice", issue, "@hotwash ack");
    let asked = site.requests_in(A_WHILE).await;
    assert!(asked < CIVIL, "{asked} requests in {A_WHILE:?}");
    site.act("acme", may(Access::Write));
    caught_up(&site, issue, late).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_may_only_read_is_named_and_catches_up_when_it_may_write_again() {
    let site = Site::running().await;
    let issue = site.incident().await;
    let may = |access| Deed::SetAccess { project: PATH.to_owned(), who: "hotwash-bot".into(), access };
    site.act("acme", may(Access::Plan));
    site.comments("alice", issue, "@hotwash status confirmed");
    let attention = site.attention("named", |all| names(all, "(403)")).await;
    assert!(names(&attention, &format!("{PATH}#{issue} is not worked on")), "{attention:?}");
    let asked = site.requests_in(A_WHILE).await;
    assert!(asked < CIVIL, "{asked} requests in {A_WHILE:?}");
    assert!(!site.labels(issue).contains(&"status::confirmed".to_owned()));
    site.act("acme", may(Access::Write));
    let right = |site: &Site| site.labels(issue).contains(&"status::confirmed".to_owned()).then_some(());
    site.until("the label that was owed", issue, right).await;
    site.board_says(issue, "confirmed").await;
    site.attention("silent again", <[String]>::is_empty).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_that_is_renamed_and_moved_is_followed_and_named() {
    let mut site = Site::running().await;
    let issue = site.incident().await;
    site.act("acme", Deed::Rename { project: PATH.to_owned(), name: "cases".to_owned() });
    let attention = site.attention("named", |all| names(all, "acme/cases")).await;
    assert!(names(&attention, PATH), "{attention:?}");
    site.acknowledged(issue).await;
    site.act("acme", Deed::MoveProject { project: "acme/cases".to_owned(), to: "umbrella".into() });
    site.attention("named again", |all| names(all, "umbrella/cases")).await;
    site.comments("alice", issue, "@hotwash status confirmed");
    site.board_says(issue, "confirmed").await;
    // A new process knows the project by its old path alone; GitLab's redirection leads it to the number.
    site.stop();
    site.start(TOKEN);
    site.comments("alice", issue, "@hotwash severity high");
    site.until("severity high", issue, |site| site.labels(issue).contains(&"severity::high".to_owned()).then_some(()))
        .await;
    let late = site.incident().await;
    site.closes(late);
    site.until("retrospective", late, |site| site.of_kind(late, "retrospective")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archived_project_is_named_and_goes_on_when_it_is_opened_again() {
    let site = Site::running().await;
    let issue = site.incident().await;
    site.comments("alice", issue, "@hotwash status confirmed");
    site.board_says(issue, "confirmed").await;
    // Something is owed when the project is archived.
    site.act("alice", Deed::Label { at: At::new(PATH, issue), names: vec!["severity::high".to_owned()] });
    site.act("acme", Deed::SetArchived { project: PATH.to_owned(), archived: true });
    let attention = site.attention("named", |all| names(all, "archived")).await;
    assert!(names(&attention, PATH), "{attention:?}");
    let asked = site.requests_in(A_WHILE).await;
    assert!(asked < CIVIL, "{asked} requests in {A_WHILE:?}");
    site.act("acme", Deed::SetArchived { project: PATH.to_owned(), archived: false });
    site.attention("silent again", <[String]>::is_empty).await;
    site.acknowledged(issue).await;
    let high = |site: &Site| site.board(issue).filter(|board| board.contains("high"));
    site.until("the severity on the board", issue, high).await;
    let moved = |site: &Site| (!site.labels(issue).contains(&"severity::unknown".to_owned())).then_some(());
    site.until("the label that was owed", issue, moved).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hook_that_was_switched_off_loses_nothing() {
    let mut site = Site::running().await;
    let issue = site.incident().await;
    site.stop();
    for nth in 0..6 {
        site.comments("robin", issue, &format!("still looking, {nth}"));
        let quiet = |site: &Site| (site.forge.next_due().is_none() && site.forge.in_flight() == 0).then_some(());
        site.until("quiet", issue, quiet).await;
    }
    let failed = site.forge.attempts().iter().filter(|it| !it.arrived()).count();
    assert_eq!(failed, 4, "so many failures switch a hook off, and then nothing is sent");
    let sent = site.forge.attempts().len();
    site.start(TOKEN);
    site.acknowledged(issue).await;
    let late = site.incident().await;
    site.closes(late);
    site.until("retrospective", late, |site| site.of_kind(late, "retrospective")).await;
    assert_eq!(site.forge.attempts().len(), sent, "all of it was found by the sweep alone");
}

#[tokio::test]
async fn a_label_with_a_comma_is_a_mistake_in_the_configuration() {
    let folder = tempfile::TempDir::new().unwrap();
    let text = configuration("https://gitlab.example", folder.path());
    let text =
        text.replace("mention = \"hotwash\"", "mention = \"hotwash\"\nlabels = { incident = \"incident, urgent\" }");
    std::fs::write(folder.path().join("hotwash.toml"), text).unwrap();
    std::fs::write(folder.path().join("two-duties.toml"), include_str!("../../plan/two-duties.toml")).unwrap();
    let mut command = crate::support::bot::hotwash(folder.path());
    command.env("HOTWASH_GITLAB_TOKEN", TOKEN).env("HOTWASH_GITLAB_SECRET", SECRET).arg("serve");
    let mut process = Process::start(&mut command);
    assert_eq!(process.end(Duration::from_secs(30)), Some(2), "{}", process.said());
    let said = process.said();
    assert!(said.contains("hotwash.toml:") && said.contains("incident, urgent") && said.contains("comma"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_that_was_swallowed_is_given_up_and_told() {
    let site = Site::running().await;
    let issue = site.incident().await;
    let notes = Which { method: Some("POST".to_owned()), path: Some("/notes".to_owned()) };
    let swallowed =
        Switch { which: notes, how: How::Status(202), effect: Effect::Nothing, percent: 100, at_most: None };
    site.forge.faults().switch_on(swallowed);
    site.comments("alice", issue, "@hotwash why nothing");
    site.until("three refusals", issue, |site| (site.forge.faults().count("error") >= 3).then_some(())).await;
    site.until("a warning", issue, |site| site.said().contains("(202)").then_some(())).await;
    let asked = site.requests_in(A_WHILE).await;
    assert!(asked < CIVIL, "{asked} requests in {A_WHILE:?}");
    assert_eq!(site.forge.faults().count("error"), 3, "given up after three");
    site.forge.faults().switch_off();
    site.acknowledged(issue).await;
    site.comments("alice", issue, "@hotwash why acknowledge");
    site.until("an answer", issue, |site| site.of_kind(issue, "reply")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_description_of_a_million_characters_is_read() {
    let site = Site::running().await;
    let prose = "\u{fc}ber und \u{fc}ber ".repeat(1_000_000 / 14 - 100);
    let issue = site.files(&format!("{REPORT}\n{prose}"));
    site.until("board", issue, |site| site.board(issue)).await;
    site.acknowledged(issue).await;
    let edited = REPORT.replace("investigating", "confirmed");
    let body = Some(format!("{edited}\n{prose}"));
    site.act("robin", Deed::Edit { at: At::new(PATH, issue), title: None, body });
    site.board_says(issue, "confirmed").await;
    site.closes(issue);
    site.until("retrospective", issue, |site| site.of_kind(issue, "retrospective")).await;
    let refused = site.forge.attempts().into_iter().filter(|it| !it.arrived());
    let refused: Vec<_> = refused.map(|it| (it.spoken(), it.status, it.payload.len())).collect();
    assert!(refused.is_empty(), "none was too large: {refused:?}");
    assert!(site.measured(&["hotwash_deliveries_parked"]).await < 1.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_a_template_are_set_aside_and_nothing_is_lost() {
    let site = Site::running().await;
    let issue = site.incident().await;
    let template = json!({ "text": "A body of somebody's own about issue 1" }).to_string();
    for (nth, body) in [template.as_str(), "Issue 1 was changed.", "", "{", "[1]", "null"].into_iter().enumerate() {
        let status = site.delivers("Confidential Issue Hook", &format!("template-{nth}"), body.to_owned()).await;
        assert_eq!(status, 202, "{body}: a refusal would count towards switching the hook off");
    }
    assert!(site.measured(&["hotwash_deliveries_parked"]).await >= 5.0);
    let said = site.said();
    assert!(said.contains("cannot be read") && said.contains("custom_webhook_template"), "{said}");
    assert!(!said.contains("somebody's own"), "quotes nothing");
    site.acknowledged(issue).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_of_another_project_costs_nothing() {
    let site = Site::running().await;
    let issue = site.incident().await;
    let settled = site.requests_in(SWEEP * 2).await;
    let about = |project: &str, id: u64| {
        json!({
            "object_kind": "issue", "event_type": "confidential_issue",
            "project": { "id": id, "path_with_namespace": project, "visibility_level": 0 },
            "user": { "id": 1, "username": "mallory" },
            "object_attributes": {
                "id": 5, "iid": issue, "action": "close", "state": "closed", "confidential": true, "type": "Issue",
                "updated_at": "2026-11-20T10:00:00Z", "labels": [],
            },
        })
    };
    for nth in 0..50 {
        let body = about("acme/other", 900 + nth).to_string();
        assert_eq!(site.delivers("Confidential Issue Hook", &format!("other-{nth}"), body).await, 202);
    }
    let asked = site.requests_in(SWEEP * 2).await;
    assert!(asked <= settled + 6, "{asked} requests after fifty deliveries, {settled} without");
    assert!(site.readyz().await.1.is_empty() && site.measured(&["hotwash_deliveries_parked"]).await < 1.0);
    assert!(site.forge.look(|world| world.issue(PATH, issue).unwrap().open));
    assert_eq!(site.thread(issue).len(), 1, "only the board");
}

/// Every answer of the forge is a page in HTML with this status, for a while.
async fn survives_html(status: u16) {
    let site = Site::running().await;
    let issue = site.incident().await;
    site.forge.faults().switch_on(Switch::reads(How::Status(status)));
    site.forge.faults().switch_on(Switch::writes(How::Status(status), Effect::Nothing));
    let attention = site.attention("named", |all| !all.is_empty()).await;
    assert!(!attention.concat().contains("Whoops"), "quotes nothing: {attention:?}");
    let late = site.files(REPORT);
    site.comments("alice", issue, "@hotwash ack");
    let asked = site.requests_in(A_WHILE).await;
    assert!(asked < CIVIL, "{status}: {asked} requests in {A_WHILE:?}");
    site.forge.faults().switch_off();
    caught_up(&site, issue, late).await;
    assert!(!site.said().contains("Whoops"), "{status}: quotes nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn html_in_the_place_of_answers_passes() {
    let mut sites: JoinSet<()> = [200, 403, 404, 500, 502, 503].into_iter().map(survives_html).collect();
    while let Some(ended) = sites.join_next().await {
        ended.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_that_is_opened_to_all_and_closed_again_is_named_meanwhile() {
    let site = Site::running().await;
    let issue = site.incident().await;
    site.act("acme", Deed::SetVisibility { project: PATH.to_owned(), visibility: Visibility::Public });
    site.attention("named", |all| names(all, "public")).await;
    // The issue is confidential, so nobody else can read it: nothing to alarm about, and the work goes on.
    site.comments("alice", issue, "@hotwash ack");
    site.board_says(issue, "alice").await;
    let kinds: Vec<String> = site.thread(issue).into_iter().map(|(kind, _)| kind).collect();
    assert!(kinds.iter().any(|kind| kind == "board") && kinds.iter().all(|kind| kind != "alarm"), "{kinds:?}");
    site.act("acme", Deed::SetVisibility { project: PATH.to_owned(), visibility: Visibility::Private });
    site.attention("silent again", <[String]>::is_empty).await;
}
