//! From what the adapter read to the row that is stored, and what of it may be shown.
//!
//! What always holds: every stored delivery has an id; what is shown in logs is from a fixed list or a narrow alphabet.
//! What is deliberately not here: the storing (`intake`).

use std::fmt::Write as _;

use bytes::Bytes;

use super::{receiver::Received, router::Signals};
use crate::{domain::time::Moment, store::Delivery, web::Signal};

/// Events worth telling apart in logs; the event header is not signed, so nothing else of it is shown.
const EVENTS: [&str; 22] = [
    "ping",
    "issues",
    "issue_comment",
    "label",
    "repository",
    "public",
    "sub_issues",
    "issue_dependencies",
    "installation",
    "installation_repositories",
    "installation_target",
    "member",
    "membership",
    "organization",
    "meta",
    "push",
    "pull_request",
    "Issue Hook",
    "Confidential Issue Hook",
    "Note Hook",
    "Confidential Note Hook",
    "Emoji Hook",
];

/// Characters of an event name that are stored, at most.
const EVENT_CHARS: usize = 64;

/// Bytes of a delivery id that are stored, at most; longer ones are not ids of any forge.
const ID_BYTES: usize = 128;

/// The row for a delivery. One without a usable id is known by its content.
pub(super) fn row(forge: &str, received: &Received, digest: [u8; 16], at: Moment, body: Bytes) -> Delivery {
    let fits = (1..=ID_BYTES).contains(&received.id.len());
    Delivery {
        forge: forge.to_owned(),
        id: if fits { received.id.clone() } else { content_id(digest) },
        digest,
        event: received.event.chars().take(EVENT_CHARS).collect(),
        received_at: at,
        issue: received.issue.clone(),
        // Hints explain; without them the issue is still looked at.
        hint: match received.hints.as_slice() {
            [] => None,
            [one] => serde_json::to_string(one).ok(),
            several => serde_json::to_string(several).ok(),
        },
        unreadable: received.unreadable,
        body,
    }
}

/// Whom to tell once it is on disk. A duplicate tells as well: its issue may have been marked again, and the first copy
/// may have been stored just before a crash.
pub(super) fn signals(forge: &str, received: Received) -> Signals {
    let project = received.project_changed.map(|path| Signal::Project { forge: forge.to_owned(), path });
    [received.issue.map(|_| Signal::Issue), project]
}

/// The event's name, if it is a known one.
pub(super) fn shown_event(event: &str) -> &'static str {
    EVENTS.into_iter().find(|known| *known == event).unwrap_or("other")
}

/// The delivery's id, if it looks like one.
pub(super) fn shown_id(id: &str) -> &str {
    let fits = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits { id } else { "unfit" }
}

fn content_id(digest: [u8; 16]) -> String {
    let mut id = String::from("content-");
    for byte in digest {
        // Writing to a string cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}
