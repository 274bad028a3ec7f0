//! Threads larger than anybody should write: they are read in smaller pages and kept in part, and people are told so.

use std::sync::{Arc, Mutex};

use hotwash::{
    clock::SharedClock,
    domain::{event::What, ids::CommentId},
    drill::{
        face::Kind,
        faults::{Faults, Mail},
        model::{At, Deed, Outcome},
        stage::Stage,
    },
    forge::{
        Forge, ForgeError, Thread,
        github::{self, Github, GithubConfig},
        gitlab::{Gitlab, GitlabConfig, Timeouts},
        thread::{MOST_OF_A_TEXT, MOST_OF_ALL},
    },
};
use hyper::{Request, Response, body::Bytes};
use serde_json::{Value, json};

use super::{
    bench::Bench,
    play::{PATH, Play, SCRIPT, program, text},
};
use crate::{drill_forge::bench::hand, support::http};

const MEGABYTE: usize = 1_000_000;

fn kept(thread: &Thread) -> usize {
    thread.comments.iter().map(|comment| comment.body.capacity()).sum()
}

#[tokio::test]
async fn a_hundred_notes_of_a_megabyte_are_all_read_and_kept_in_part() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let say = |body: String| bench.act("bob", Deed::Comment { at: Bench::at(number), body });
    for nth in 0..100 {
        say(format!("note {nth} {}", "x".repeat(MEGABYTE - 20)));
    }
    say("@hotwash severity high".to_owned());
    let own = bench.post(number, &"o".repeat(200_000)).await;
    let issue = Bench::issue(number);
    let thread = bench.port.read.thread(&issue, None).await.unwrap();
    assert_eq!(thread.comments.len(), 102);
    let begins = |nth: usize| thread.comments[nth].body.starts_with(&format!("note {nth} xxx"));
    assert!((0..100).all(begins), "in order, each with its beginning");
    assert_eq!(thread.comments[100].body, "@hotwash severity high", "a short one stays whole");
    let of_the_bot = thread.comments.iter().find(|comment| comment.id == own).unwrap();
    assert_eq!(of_the_bot.body.len(), 200_000, "and so does the bot's own");
    assert!(!thread.gaps.missing && thread.gaps.cut.len() == 100, "{:?}", thread.gaps);
    assert!(kept(&thread) <= MOST_OF_ALL, "{} bytes are kept", kept(&thread));
    assert!(thread.comments.iter().all(|comment| comment.body.len() <= MOST_OF_A_TEXT));
    // What was found out of the size of its pages is not found out again.
    let served = bench.forge.served();
    assert_eq!(bench.port.read.comments(&issue, None).await.unwrap().len(), 102);
    assert_eq!(bench.forge.served() - served, 11, "pages of ten");
}

/// A program with an incident and a hundred comments of `size` bytes by bob, of which no delivery told.
async fn flooded(program: &hotwash::cli::Program, kind: Kind, size: usize) -> Play<'_> {
    let script = super::play::script(&text("")).on(kind);
    let mut play = Play(Stage::set(&script, program, Faults::new(0)).await.unwrap());
    play.file(kind == Kind::Gitlab);
    play.minutes(1).await;
    play.0.forge().faults().mail(Mail { drop: 100, ..Mail::default() });
    for nth in 0..100 {
        let end = if nth == 50 { "\n@hotwash severity low" } else { "" };
        play.says("bob", &format!("look {nth}\n{}{end}", "word ".repeat(size / 5 - 10)));
    }
    play.minutes(7).await;
    play.0.forge().faults().mail(Mail::default());
    play
}

fn severity(play: &Play<'_>) -> Vec<String> {
    play.shows().1
}

#[tokio::test]
async fn an_incident_with_a_hundred_notes_of_a_megabyte_is_acted_on_and_its_board_says_what_is_not_read() {
    let program = program(SCRIPT);
    let mut play = flooded(&program, Kind::Gitlab, MEGABYTE).await;
    play.says("erin", "@hotwash severity high");
    play.minutes(2).await;
    assert_eq!(severity(&play), ["severity::high"]);
    let board = play.board();
    assert!(board.contains("of very long comments only the beginning is read"), "{board}");
    assert!(!board.contains("could not be read to its end"), "{board}");
    let commands = play.journal().await.into_iter().filter(|event| matches!(event.what, What::Commanded { .. }));
    assert_eq!(commands.count(), 1, "what stands below a megabyte is not obeyed");
    play.minutes(70).await;
    assert!(play.said().iter().any(|text| text.contains("hotwash:reminder")), "the clocks go on");
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn a_hundred_comments_of_github_s_longest_are_read_and_kept_whole() {
    let program = program(SCRIPT);
    let mut play = flooded(&program, Kind::Github, 65_000).await;
    assert_eq!(severity(&play), ["severity::low"], "the end of a long comment is read");
    play.says("erin", "@hotwash severity high");
    play.minutes(2).await;
    assert_eq!(severity(&play), ["severity::high"]);
    let board = play.board();
    assert!(!board.contains("only the beginning") && !board.contains("to its end"), "{board}");
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn a_note_that_cannot_be_read_at_all_is_said_to_be_missing_until_it_is_gone() {
    let program = program(SCRIPT);
    let script = super::play::script(&text(""));
    let mut play = Play::set(&script, &program).await;
    play.forge().look(|world| world.caps.body = 40 * MEGABYTE);
    play.file(true);
    play.minutes(1).await;
    let say = |play: &mut Play<'_>, body: String| -> CommentId {
        let said = play.0.perform(&"bob".into(), Deed::Comment { at: At::new(PATH, 1), body });
        let Ok(Outcome::Comment(id)) = said else { panic!("{said:?}") };
        id
    };
    let small = say(&mut play, "Looking.".to_owned());
    play.minutes(2).await;
    play.forge().faults().mail(Mail { drop: 100, ..Mail::default() });
    let giant = say(&mut play, "y".repeat(17 * MEGABYTE));
    play.does("bob", Deed::DeleteComment { id: small });
    play.minutes(7).await;
    play.says("erin", "@hotwash severity high");
    play.minutes(7).await;
    assert_eq!(severity(&play), ["severity::high"], "what stands behind it is read");
    assert!(play.board().contains("could not be read to its end"), "{}", play.board());
    let gone = |events: Vec<hotwash::domain::event::Event>| {
        events.iter().filter(|event| matches!(event.what, What::CommentGone { .. })).count()
    };
    assert_eq!(gone(play.journal().await), 0, "of a part nobody says what is no longer there");
    let metrics = hotwash::telemetry::metrics().render();
    // Another test in the same process may have counted as well.
    assert!(metrics.contains(r#"hotwash_thread_gaps_total{what="missing"} "#), "{metrics}");
    play.does("bob", Deed::DeleteComment { id: giant });
    play.says("erin", "Tidied.");
    play.minutes(7).await;
    assert!(!play.board().contains("could not be read"), "{}", play.board());
    assert_eq!(gone(play.journal().await), 1);
    play.0.strike().await.unwrap();
}

/// What was asked for: entries on a page, and which page.
type Asked = Arc<Mutex<Vec<(usize, usize)>>>;

fn asked_for(request: &Request<Bytes>) -> (usize, usize) {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let number = |name: &str| query.split('&').find_map(|part| part.strip_prefix(name)?.parse().ok());
    (number("per_page=").unwrap_or(30), number("page=").unwrap_or(1))
}

fn project() -> Value {
    json!({ "id": 42, "path_with_namespace": PATH, "visibility": "private", "full_name": PATH, "private": true })
}

/// A GitLab that knows one thread; `page` makes the answer to (entries on a page, page).
async fn gitlab(page: fn(usize, usize) -> http::Answer) -> (http::Server, Forge, Asked) {
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    let server = http::Server::start(move |request: Request<Bytes>| {
        let is_list = request.uri().path().ends_with("/notes");
        let (size, nth) = asked_for(&request);
        if is_list {
            seen.lock().unwrap().push((size, nth));
        }
        async move { if is_list { page(size, nth) } else { http::Answer::Send(http::json(200, project().to_string())) } }
    })
    .await;
    let timeouts =
        Timeouts { connect: std::time::Duration::from_secs(5), total: std::time::Duration::from_millis(700) };
    let config = GitlabConfig { timeouts, ..GitlabConfig::new("gitlab", server.url(), "glpat-x".into()) };
    let clock: SharedClock = hand();
    let forge = Gitlab::new(&config, clock).unwrap().forge();
    (server, forge, asked)
}

fn listed(entries: &Value, next: &str) -> http::Answer {
    let mut answer: Response<Bytes> = http::json(200, entries.to_string());
    answer.headers_mut().insert("x-next-page", next.parse().unwrap());
    http::Answer::Send(answer)
}

#[tokio::test]
async fn pages_that_do_not_come_in_time_are_smaller_the_next_time_and_larger_again_once_they_do() {
    let slow = |size, _| {
        let note = json!([{ "id": 7, "body": "x", "author": null, "created_at": "2026-11-20T10:00:00Z" }]);
        if size > 10 { http::Answer::Hang } else { listed(&note, "") }
    };
    let (_server, forge, asked) = gitlab(slow).await;
    let issue = Bench::issue(1);
    for _ in 0..2 {
        let late = forge.read.thread(&issue, None).await.unwrap_err();
        assert!(matches!(late, ForgeError::Unknown { .. }), "{late:?}");
    }
    let thread = forge.read.thread(&issue, None).await.unwrap();
    assert_eq!((thread.comments.len(), thread.gaps.is_none()), (1, true));
    assert!(forge.read.thread(&issue, None).await.is_err(), "it is tried again whether it was a passing weakness");
    assert_eq!(*asked.lock().unwrap(), [(100, 1), (50, 1), (10, 1), (100, 1)]);
}

#[tokio::test]
async fn a_list_without_end_is_given_up_and_never_passed_off_as_whole() {
    let (_server, forge, asked) = gitlab(|_, nth| listed(&json!([]), &(nth + 1).to_string())).await;
    let thread = forge.read.thread(&Bench::issue(1), None).await.unwrap();
    assert!(thread.gaps.missing && thread.comments.is_empty());
    assert_eq!(asked.lock().unwrap().len(), 300, "30,000 entries");
    let refused = forge.read.comments(&Bench::issue(1), None).await.unwrap_err();
    let why = std::error::Error::source(&refused).unwrap().to_string();
    assert!(why.contains("cannot be read to its end"), "{why}");
}

#[tokio::test]
async fn pages_of_github_that_are_too_large_are_asked_for_in_halves_from_where_it_was() {
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    let server = http::Server::start(move |request: Request<Bytes>| {
        let (size, nth) = asked_for(&request);
        let since = request.uri().query().unwrap_or_default().contains("since=2026-11-20");
        let mut answer = http::json(200, project().to_string());
        if request.uri().path().ends_with("/comments") {
            assert!(since, "what is asked for stays what it was");
            seen.lock().unwrap().push((size, nth));
            let wanted = (nth - 1) * size..(nth * size).min(60);
            let comment = |id| {
                json!({ "id": id + 1, "body": "x".repeat(300_000), "user": { "id": 3, "login": "bob" },
                        "created_at": "2026-11-20T10:00:00Z", "updated_at": "2026-11-20T10:00:00Z" })
            };
            let comments: Vec<Value> = wanted.clone().map(comment).collect();
            answer = http::json(200, Value::from(comments).to_string());
            if wanted.end < 60 {
                let path = request.uri().path();
                let next = format!("<http://x{path}?since=2026-11-20&per_page={size}&page={}>; rel=\"next\"", nth + 1);
                answer.headers_mut().insert("link", next.parse().unwrap());
            }
        }
        async move { http::Answer::Send(answer) }
    })
    .await;
    let config = GithubConfig::new("github", server.url(), github::Auth::Token("ghp_x".into()));
    let clock: SharedClock = hand();
    let forge = Github::new(config, clock).unwrap().forge();
    let issue = hotwash::domain::ids::IssueRef::new("github", PATH, 1);
    let since = Some("2026-11-20T09:00:00Z".parse().unwrap());
    let thread = forge.read.thread(&issue, since).await.unwrap();
    let ids: Vec<u64> = thread.comments.iter().map(|comment| comment.id.0).collect();
    assert_eq!(ids, (1..=60).collect::<Vec<u64>>());
    assert_eq!(*asked.lock().unwrap(), [(100, 1), (50, 1), (50, 2)]);
    assert_eq!(thread.gaps.cut.len(), 60, "no comment of GitHub is so long, but a server of one's own may differ");
    assert!(kept(&thread) <= MOST_OF_ALL);
}

#[tokio::test]
async fn a_list_of_github_that_goes_on_by_cursor_shrinks_at_its_place_and_grows_again() {
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    let server = http::Server::start(move |request: Request<Bytes>| {
        let (size, _) = asked_for(&request);
        let query = request.uri().query().unwrap_or_default().to_owned();
        let from: usize = query.split('&').find_map(|part| part.strip_prefix("after=")?.parse().ok()).unwrap_or(0);
        let mut answer = http::json(200, project().to_string());
        if request.uri().path().ends_with("/issues") {
            seen.lock().unwrap().push((size, from));
            // The first hundred are small; of the rest, no more than ten fit a page.
            let text = |nth| if nth < 100 { 10 } else { 1_000_000 };
            let issue = |nth: usize| {
                json!({ "number": nth + 1, "title": "x", "body": "x".repeat(text(nth)), "state": "open", "labels": [],
                        "user": { "id": 3, "login": "bob" }, "assignees": [], "comments": 0,
                        "created_at": "2026-11-20T10:00:00Z", "updated_at": "2026-11-20T10:00:00Z" })
            };
            let to = (from + size).min(125);
            answer = http::json(200, Value::from((from..to).map(issue).collect::<Vec<_>>()).to_string());
            if to < 125 {
                let next = format!("<http://x{}?per_page={size}&after={to}>; rel=\"next\"", request.uri().path());
                answer.headers_mut().insert("link", next.parse().unwrap());
            }
        }
        async move { http::Answer::Send(answer) }
    })
    .await;
    let config = GithubConfig::new("github", server.url(), github::Auth::Token("ghp_x".into()));
    let clock: SharedClock = hand();
    let forge = Github::new(config, clock).unwrap().forge();
    let issues = forge.read.changed(PATH, None, "incident").await.unwrap();
    assert_eq!(issues.iter().map(|issue| issue.number).collect::<Vec<_>>(), (1..=125).collect::<Vec<u64>>());
    assert_eq!(*asked.lock().unwrap(), [(100, 0), (100, 100), (50, 100), (10, 100), (10, 110), (10, 120)]);
}
