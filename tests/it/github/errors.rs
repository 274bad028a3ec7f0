//! Each way to fail, told apart, and a write sent no more than once in any of them.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hotwash::forge::{
    ForgeError,
    github::{Auth, Github, GithubConfig},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use wiremock::ResponseTemplate;

use super::{COMMENTS, HandClock, ISSUE, Peer, created, five, hasty, ok, repository, status, token};

#[tokio::test]
async fn each_status_has_its_class_and_a_comment_is_sent_once_in_every_one() {
    let limited = status(403).insert_header("x-ratelimit-remaining", "0");
    let spoken = ResponseTemplate::new(403).set_body_json(json!({ "message": "You exceeded a Secondary rate limit." }));
    let table = [
        (status(400), "invalid"),
        (status(401), "denied"),
        (status(403), "denied"),
        (limited, "later"),
        (spoken, "later"),
        (status(403).insert_header("retry-after", "9"), "later"),
        (status(404), "gone"),
        (status(408), "unknown"),
        (status(409), "invalid"),
        (status(410), "gone"),
        (status(413), "invalid"),
        (status(422), "invalid"),
        (status(429), "later"),
        (status(429).insert_header("retry-after", "30"), "later"),
        (status(500), "unknown"),
        (status(502), "unknown"),
        (status(503).insert_header("retry-after", "5"), "unknown"),
        (ResponseTemplate::new(201).set_body_string("{\"id\": 7, \"body\": \"se"), "unknown"),
        (created(json!({ "id": 7 })), "unknown"),
        (ok(json!([])), "unknown"),
        (status(307).insert_header("location", "/repositories/1/issues/5/comments"), "gone"),
    ];
    for (row, (answer, class)) in table.into_iter().enumerate() {
        let peer = Peer::new().await;
        peer.on("POST", COMMENTS, answer).await;
        let error = peer.forge.write.comment(&five(), "hidden words", super::far()).await.unwrap_err();
        assert_eq!(error.class(), class, "row {row}: {error}");
        assert_eq!(peer.sent("POST", "/*").await.len(), 1, "row {row}");
        assert_eq!(error.certainly_not_done(), class != "unknown", "row {row}");
        assert!(said(&error).contains("posting a comment on github:acme/incidents#5"), "row {row}: {}", said(&error));
    }
}

#[tokio::test]
async fn each_status_has_its_class_for_a_read() {
    for (code, class) in [(401, "denied"), (403, "denied"), (404, "gone"), (410, "gone"), (422, "invalid")] {
        let peer = Peer::new().await;
        peer.on("GET", ISSUE, status(code)).await;
        assert_eq!(peer.forge.read.issue(&five()).await.unwrap_err().class(), class, "{code}");
    }
    for code in [500, 502, 304] {
        let peer = Peer::new().await;
        peer.on("GET", ISSUE, status(code)).await;
        assert_eq!(peer.forge.read.issue(&five()).await.unwrap_err().class(), "unknown", "{code}");
    }
}

#[tokio::test]
async fn nothing_confidential_is_in_an_error() {
    let peer = Peer::new().await;
    let quoting = ResponseTemplate::new(201).set_body_string(r#"{"id": "sekret-title", "body": "sekret-body"}"#);
    peer.on("POST", COMMENTS, quoting).await;
    let error = peer.forge.write.comment(&five(), "sekret-comment", super::far()).await.unwrap_err();
    let printed = format!("{} {error:?}", said(&error));
    assert!(printed.contains("line 1, column"), "{printed}");
    assert!(!printed.contains("sekret") && !printed.contains("pat-secret"), "{printed}");
}

#[tokio::test]
async fn a_peer_that_says_nothing_leaves_the_outcome_unknown() {
    let peer = Peer::tuned(token(), "", hasty).await;
    peer.on("GET", "/repos/acme/incidents", ok(repository())).await;
    peer.on("POST", COMMENTS, created(json!({})).set_delay(Duration::from_secs(30))).await;
    let error = peer.forge.write.comment(&five(), "text", super::far()).await.unwrap_err();
    assert_eq!(error.class(), "unknown");
    assert!(said(&error).contains("no whole answer within 300 ms"), "{}", said(&error));
    assert_eq!(peer.sent("POST", "/*").await.len(), 1);
}

#[tokio::test]
async fn a_connection_cut_after_sending_leaves_the_outcome_unknown_and_is_not_repeated() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let github = github_at(&listener);
    let posts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&posts);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            if head(&mut stream).await.unwrap().starts_with("POST") {
                counted.fetch_add(1, Ordering::SeqCst);
                continue; // dropped without an answer
            }
            answer(&mut stream, &repository().to_string()).await.unwrap();
        }
    });
    let error = github.forge().write.comment(&five(), "text", super::far()).await.unwrap_err();
    assert_eq!(error.class(), "unknown", "{}", said(&error));
    assert_eq!(posts.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_refused_connection_is_certainly_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let github = github_at(&listener);
    let guard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        head(&mut stream).await.unwrap();
        answer(&mut stream, &repository().to_string()).await.unwrap();
    });
    github.forge().read.project("acme/incidents").await.unwrap();
    guard.await.unwrap(); // the listener is closed now, and the repository is known to be private
    let error = github.forge().write.comment(&five(), "text", super::far()).await.unwrap_err();
    assert_eq!(error.class(), "unreachable", "{}", said(&error));
    assert!(error.certainly_not_done());
    assert_eq!(github.forge().read.issue(&five()).await.unwrap_err().class(), "unreachable");
}

#[tokio::test]
async fn trouble_on_the_way_to_a_write_is_no_unknown_outcome() {
    let peer = Peer::bare(token(), "").await;
    peer.on("GET", "/repos/acme/incidents", status(502)).await;
    let error = peer.forge.write.comment(&five(), "text", super::far()).await.unwrap_err();
    assert_eq!(error.class(), "unreachable");
    assert!(peer.sent("POST", "/*").await.is_empty());
}

#[tokio::test]
async fn a_configuration_that_cannot_work_is_refused_without_saying_the_secret() {
    let clock = HandClock::at("2026-11-20T15:00:00Z");
    let app = Auth::App { id: 1, private_key_pem: "not a key: sekret".into() };
    for (api_url, auth, about) in [
        ("api.github.com", token(), "api_url"),
        ("https://api.github.com", Auth::Token("sekret\n".into()), "token"),
        ("https://api.github.com", Auth::Token("".into()), "token"),
        ("https://api.github.com", app, "private key"),
    ] {
        let config = GithubConfig::new("github", api_url, auth);
        let error = Github::new(config, Arc::clone(&clock) as _).unwrap_err();
        assert_eq!(error.class(), "invalid");
        assert!(said(&error).contains(about) && !format!("{error:?}").contains("sekret"), "{}", said(&error));
    }
}

fn github_at(listener: &TcpListener) -> Github {
    let url = format!("http://{}", listener.local_addr().unwrap());
    Github::new(GithubConfig::new("github", url, token()), HandClock::at("2026-11-20T15:00:00Z")).unwrap()
}

/// Reads a request's head (and whatever of the body came with it).
async fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut read = vec![0; 16 * 1024];
    let length = stream.read(&mut read).await?;
    Ok(String::from_utf8_lossy(&read[..length]).into_owned())
}

async fn answer(stream: &mut TcpStream, body: &str) -> io::Result<()> {
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    stream.shutdown().await
}

/// The error with its causes.
fn said(error: &ForgeError) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    format!("{error}: {cause}")
}
