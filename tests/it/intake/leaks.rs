//! Nothing of a request shows anywhere.

use std::{
    io,
    sync::{Arc, Mutex, atomic::Ordering},
};

use hotwash::{
    telemetry::{self, LogFormat},
    web::Limits,
};
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

use super::door::{Door, Post, SECRET, sign};

/// Log lines in memory.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Logs of this thread, as `serve` would write them at this level.
fn capture(format: LogFormat, level: Level) -> (Lines, tracing::subscriber::DefaultGuard) {
    let lines = Lines::default();
    let subscriber = telemetry::subscriber(format, level, false, lines.clone());
    (lines, tracing::subscriber::set_default(subscriber))
}

const CANARY: &str = "CANARY_73";

/// Requests of every fate, with canaries wherever text can stand.
fn canaries() -> Vec<Vec<u8>> {
    let body = format!(r#"{{"{CANARY}":"{CANARY}","issue":{{"number":1,"title":"{CANARY}"}}}}"#);
    let full = Post::new(&format!("{CANARY}!"), CANARY, body.clone())
        .header("User-Agent", CANARY)
        .header(&format!("X-{CANARY}"), CANARY)
        .header("Authorization", &format!("Bearer {CANARY}"));
    let forged = full.clone().without("X-Hub-Signature-256").header("X-Hub-Signature-256", CANARY);
    let unreadable = Post::new(&format!("{CANARY}?"), CANARY, format!("{CANARY} is no JSON"));
    let mut queried = full.clone();
    queried.path = format!("/webhooks/github?{CANARY}={CANARY}");
    let mut too_large = full.clone();
    too_large.body = CANARY.repeat(1000).into_bytes();
    vec![
        full.bytes(),
        full.chunked(),
        forged.bytes(),
        unreadable.bytes(),
        queried.bytes(),
        too_large.bytes(),
        full.clone().to(CANARY).bytes(),
        format!("GET /{CANARY} HTTP/1.1\r\nHost: {CANARY}\r\n\r\n").into_bytes(),
        format!("{CANARY} /{CANARY} HTTP/1.1\r\nHost: {CANARY}\r\n\r\n").into_bytes(),
        format!("{CANARY}\u{0}\r\n\r\n").into_bytes(),
    ]
}

#[tokio::test]
async fn canaries_show_in_no_log_no_metric_and_no_answer() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let (lines, _guard) = capture(format, Level::TRACE);
        let door = Door::with("github", Limits { body_bytes: 4096, ..Limits::default() }).await;
        let mut said = Vec::new();
        for failing in [true, false] {
            door.store.failing.store(failing, Ordering::SeqCst);
            for request in canaries() {
                let reply = door.connect().await.exchange(request).await;
                said.push(format!("{} {} {}", reply.status, reply.head, reply.body));
            }
        }
        for path in ["/readyz", "/healthz", "/metrics"] {
            let reply = door.get(path).await;
            said.push(format!("{} {}", reply.head, reply.body));
        }
        let log = lines.text();
        // The search is case-blind: answers are kept in lower case.
        let said = said.join("\n");
        assert!(!said.to_lowercase().contains(&CANARY.to_lowercase()), "{said}");
        assert!(!log.to_lowercase().contains(&CANARY.to_lowercase()), "{log}");
        assert!(!log.contains(SECRET));
        // The log was on: what an operator needs is there.
        assert!(log.contains("cannot be read and was parked") && log.contains("refused with 503"), "{log}");
    }
}

#[tokio::test]
async fn forged_deliveries_leave_no_log_lines() {
    let (lines, _guard) = capture(LogFormat::Text, Level::TRACE);
    let door = Door::open().await;
    for number in 0..50 {
        let post = Post::edited("id", number).without("X-Hub-Signature-256");
        let post = post.header("X-Hub-Signature-256", &sign("guess", b""));
        assert_eq!(door.send(&post.bytes()).await.status, 401);
    }
    assert_eq!(lines.text(), "");
}

#[tokio::test]
async fn a_parked_delivery_is_one_warning_that_names_forge_event_and_id() {
    let (lines, _guard) = capture(LogFormat::Json, Level::INFO);
    let door = Door::open().await;
    assert_eq!(door.send(&Post::new("72d3162e-cc78", "issues", "not json").bytes()).await.status, 202);
    let text = lines.text();
    let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
    assert_eq!(line["level"], "WARN");
    let span = &line["span"];
    assert_eq!(
        (&span["forge"], &span["event"], &span["id"]),
        (&"github".into(), &"issues".into(), &"72d3162e-cc78".into())
    );
}

#[tokio::test]
async fn a_failing_store_is_reported_once_and_so_is_its_recovery() {
    let (lines, _guard) = capture(LogFormat::Text, Level::INFO);
    let door = Door::open().await;
    for (failing, number) in [(true, 1), (true, 2), (true, 3), (false, 4), (false, 5)] {
        door.store.failing.store(failing, Ordering::SeqCst);
        door.send(&Post::edited(&format!("id-{number}"), number).bytes()).await;
    }
    let text = lines.text();
    assert_eq!(text.matches("ERROR").count(), 1, "{text}");
    assert_eq!(text.matches("the store works again").count(), 1, "{text}");
}

#[tokio::test]
async fn libraries_are_heard_from_warn_on_and_their_spans_never() {
    let (lines, _guard) = capture(LogFormat::Text, Level::TRACE);
    tracing::info!(target: "octocrab", "chatter");
    tracing::warn!(target: "hyper", "worth hearing");
    let span = tracing::error_span!(target: "octocrab::service", "call", url = "https://forge.example/secret-path");
    let inside = async {
        tracing::warn!(target: "hotwash", "ours");
        tracing::debug!(target: "hotwash::web", "ours as well");
    };
    tracing::Instrument::instrument(inside, span).await;
    let text = lines.text();
    assert!(text.contains("worth hearing") && text.contains("ours") && text.contains("ours as well"), "{text}");
    assert!(!text.contains("chatter") && !text.contains("secret-path"), "{text}");
}
