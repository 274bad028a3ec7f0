//! Where the canaries stand in the end: what is silent for lack of trying would stand nowhere.

use hotwash::drill::face::Kind;

use super::words::canary;
use crate::support::{bot::command, forge::BOT, person::Said, stage::Stage};

/// What the bot's own comments repeat.
const REPEATED: [&str; 24] = [
    "title",
    "severity",
    "reporter",
    "commander",
    "responder",
    "started",
    "discovered",
    "contained",
    "method",
    "actions",
    "kind",
    "classification",
    "systems",
    "dependency",
    "verb",
    "lead",
    "step",
    "entry",
    "disruption",
    "reason",
    "told",
    "joined",
    "followup",
    "successor",
];
/// What the journal holds.
const NOTED: [&str; 27] = [
    "reporter",
    "commander",
    "responder",
    "method",
    "actions",
    "kind",
    "classification",
    "systems",
    "impact",
    "dependency",
    "label",
    "sitrep",
    "verb",
    "argument",
    "lead",
    "step",
    "entry",
    "disruption",
    "reason",
    "told",
    "joined",
    "followup",
    "flag",
    "playbook",
    "task",
    "successor",
    "rewritten",
];
/// What both hold on GitLab, besides.
const ON_GITLAB: [&str; 3] = ["reworded", "promoted", "refused"];
/// What GitLab's own timeline holds.
const ENTERED: [&str; 5] = ["commander", "successor", "entry", "promoted", "refused"];
/// What stands in none of them: plain talk, words of the team alone, and what no forge said.
const UNHEARD: [&str; 8] = ["prose", "comment", "edited", "before", "internal", "whispered", "forged", "unreadable"];

/// The canaries stand where they belong, and nowhere else. The program has stopped.
pub(super) fn went_through(stage: &Stage, thread: &[Said]) {
    let comments: String = thread.iter().filter(|said| said.by == BOT).map(|said| said.body.as_str()).collect();
    let exported = command(stage.folder(), "journal").arg("export").output().unwrap();
    assert!(exported.status.success(), "{exported:?}");
    let journal = String::from_utf8(exported.stdout).unwrap();
    let timeline = stage.forge.timeline().concat();
    holds("a comment", &comments, &REPEATED);
    holds("the journal", &journal, &NOTED);
    if stage.forge.kind() == Kind::Gitlab {
        holds("a comment", &comments, &ON_GITLAB);
        holds("the journal", &journal, &ON_GITLAB);
        holds("the timeline", &timeline, &ENTERED);
    }
    for text in [&comments, &journal, &timeline] {
        let repeated = UNHEARD.iter().find(|place| text.contains(&canary(place)));
        assert!(repeated.is_none(), "{repeated:?} is repeated:\n{text}");
    }
}

fn holds(what: &str, text: &str, places: &[&str]) {
    let missing: Vec<_> = places.iter().filter(|place| !text.contains(&canary(place))).collect();
    assert!(missing.is_empty(), "{what} should show {missing:?}:\n{text}");
}
