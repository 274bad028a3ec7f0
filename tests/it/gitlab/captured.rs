//! Bodies that servers in the field sent are understood. They are read where they are; without them, this says so.

use std::{fs, path::PathBuf};

use hotwash::{
    domain::hint::Hinted,
    forge::gitlab::webhook::{Decoded, decode, moment},
};

/// The captured bodies by name, or none where they are not at hand.
pub(super) fn bodies() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures/gitlab/webhooks");
    let Ok(entries) = fs::read_dir(&folder) else {
        #[expect(clippy::print_stderr, reason = "whoever reads the test's output should know")]
        {
            eprintln!("not run: the captured bodies are not at hand");
        }
        return Vec::new();
    };
    let mut all: Vec<(String, Vec<u8>)> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

pub(super) fn hints(body: &[u8]) -> Vec<Hinted> {
    match decode("", body) {
        Decoded::Issue { hints, .. } => hints.into_iter().map(|hint| hint.what).collect(),
        other => panic!("not about an issue: {other:?}"),
    }
}

#[test]
fn every_captured_body_is_understood() {
    let all = bodies();
    for (name, body) in &all {
        let header = if name.contains("issue") || name.contains("note") { "Issue Hook" } else { "Some Hook" };
        let decoded = decode(header, body);
        assert_ne!(decoded, Decoded::Unreadable, "{name}");
        let of_interest = (name.contains("issue") || name.contains("note")) && !name.contains("emoji");
        let is_issue = matches!(decoded, Decoded::Issue { .. });
        let other = ["system", "note-issue-event", "workitem"].iter().any(|part| name.contains(part));
        assert!(is_issue || !of_interest || other, "{name}: {decoded:?}");
        if let Decoded::Issue { number, hints, .. } = decoded {
            assert!(number > 0, "{name}");
            assert!(hints.iter().all(|hint| hint.at.timestamp() > 1_000_000_000), "{name}: {hints:?}");
        }
    }
}

#[test]
fn captured_changes_are_told_apart() {
    let all = bodies();
    let of = |name: &str| all.iter().find(|(known, _)| known == name).map(|(_, body)| hints(body));
    let Some(opened) = of("hephaestus__issue.confidential.open") else { return };
    assert_eq!(opened, [Hinted::Opened]);
    assert_eq!(of("hephaestus__issue.confidential.update").unwrap(), [Hinted::Edited]);
    assert_eq!(of("hephaestus__issue.confidential.close").unwrap(), [Hinted::Closed]);
    assert_eq!(of("hephaestus__issue.reopen").unwrap(), [Hinted::Reopened]);
    assert_eq!(of("goscm__issue_labeled").unwrap(), [Hinted::LabelAdded { label: "critical".to_owned() }]);
    assert!(matches!(of("hephaestus__note.issue.create").unwrap()[..], [Hinted::CommentPosted { .. }]));
    assert!(matches!(of("hephaestus__note.issue.update").unwrap()[..], [Hinted::CommentEdited { .. }]));
}

#[test]
fn moments_come_in_three_ways() {
    let wanted = "2026-05-29T04:21:27Z".parse().unwrap();
    for text in ["2026-05-29T04:21:27Z", "2026-05-29 04:21:27 UTC", "2026-05-29 06:21:27 +0200"] {
        assert_eq!(moment(text), Some(wanted), "{text}");
    }
    assert_eq!(moment("yesterday"), None);
}

#[test]
fn what_a_template_made_of_a_body_is_unreadable_and_other_events_are_none_of_ours() {
    assert_eq!(decode("Issue Hook", b"text of somebody's own"), Decoded::Unreadable);
    assert_eq!(decode("Issue Hook", br#"{"text":"a body of somebody's own"}"#), Decoded::Unreadable);
    assert_eq!(decode("Push Hook", br#"{"object_kind":"push"}"#), Decoded::Other);
    assert_eq!(decode("Issue Hook", br#"{"object_kind":"issue","object_attributes":[]}"#), Decoded::Unreadable);
}
