//! Whether a disturbed history ended as the undisturbed one.

use std::collections::BTreeSet;

use hotwash::{
    domain::{event::Occurrence, message::MessageKind},
    drill::face::Kind,
    plan::keys,
};

use super::{
    history::Played,
    ills::Ills,
    picture::{OWN, Picture, differences},
};

/// What differs, in words; empty where all is well.
pub(super) fn verdict(expected: &[Picture], played: &Played, ills: &Ills) -> String {
    if expected.len() != played.pictures.len() {
        return format!("{} issues instead of {}\n", played.pictures.len(), expected.len());
    }
    let both = expected.iter().zip(&played.pictures).enumerate();
    both.map(|(nth, (expected, found))| {
        let mut expected = expected.clone();
        // After the loss of the database, a closed issue is read again only once something happens to it.
        if ills.loses_database.is_some() && !found.open && found.duties.is_empty() {
            expected.duties.clear();
        }
        let mut found = found.clone();
        if ills.loses_database.is_some() && played.forge == Kind::Gitlab {
            // Of reminders that were met, nothing stays on GitLab: a new journal cannot tell of them.
            for picture in [&mut expected, &mut found] {
                without_lines(picture, &REMINDED);
            }
        }
        let (expected, found) = (&expected, &found);
        let mut words = doubled(found);
        words.push(if ills.is_long() { after_an_absence(expected, found) } else { differences(expected, found) });
        let words = words.concat();
        if words.is_empty() { words } else { format!("issue {}:\n{words}", nth + 1) }
    })
    .collect()
}

fn doubled(found: &Picture) -> Vec<String> {
    let twice = found.said.keys().filter(|key| key.ends_with("(again)"));
    twice.map(|key| format!("twice in the thread: {key}\n")).collect()
}

/// Whoever comes back after a long time says in one comment what came due meanwhile and still is; what was met meanwhile
/// is not said at all. So reminders may be fewer and others, but none may speak of what the undisturbed run never spoke
/// of, and none may be left open that would not be. Hand-off packets and sitreps tell where things stand when they are
/// written, so of late ones only the presence is compared. A report does not hold what was posted only after the closing that
/// it tells of: reminders, escalations, what a phase that was left still lacks (the comment itself must be there), and that
/// an issue filed without the confidential flag got it.
fn after_an_absence(expected: &Picture, found: &Picture) -> String {
    let (mut told, tells) = (without_reminders(expected), without_reminders(found));
    // Whoever was away while an issue was closed and opened again writes no report of that closing afterwards.
    let last = told.said.iter().filter(|(_, said)| said.kind == MessageKind::Retrospective).map(|(key, _)| key).max();
    let last = last.cloned();
    told.said.retain(|key, said| {
        said.kind != MessageKind::Retrospective || Some(key) == last.as_ref() || tells.said.contains_key(key)
    });
    // Nobody is asked to close what is closed by now.
    told.said.retain(|key, _| !key.starts_with("ask-to-close/") || tells.said.contains_key(key));
    let mut words = vec![differences(&told, &tells)];
    let known = spoken_of(expected, |_| true);
    for unknown in spoken_of(found, |_| true).difference(&known) {
        words.push(format!("a reminder of {} due {}, which nobody needed\n", unknown.duty, unknown.due));
    }
    let open = |picture: &Picture| spoken_of(picture, |folded| !folded);
    let (wanted, left) = (open(expected), open(found));
    if wanted != left {
        words.push(format!("reminders that stay open: {left:?} instead of {wanted:?}\n"));
    }
    words.concat()
}

fn reminds(kind: MessageKind) -> bool {
    matches!(kind, MessageKind::Reminder | MessageKind::CatchUp | MessageKind::Escalation)
}

fn without_reminders(picture: &Picture) -> Picture {
    let mut picture = picture.clone();
    picture.said.retain(|_, said| !reminds(said.kind));
    for said in picture.said.values_mut() {
        if matches!(said.kind, MessageKind::Handoff | MessageKind::Sitrep) {
            said.text.clear();
        }
    }
    without_lines(&mut picture, &REMINDED);
    without_lines(&mut picture, &[" asked for what the phase still lacks"]);
    for said in picture.said.values_mut().filter(|said| said.text.contains(" filed it without the confidential flag")) {
        let told = said.text.lines().filter(|line| !line.contains(" only the trusted can read it again"));
        said.text = told.collect::<Vec<_>>().join("\n");
    }
    picture
}

/// How a report tells that people were reminded.
const REMINDED: [&str; 3] = [" reminded of ", " escalated ", " told at once what was overdue"];

/// Takes lines of reports away that begin so and tell what the program did.
fn without_lines(picture: &mut Picture, words: &[&str]) {
    for said in picture.said.values_mut() {
        let gone = |rest: &str| words.iter().any(|word| rest.starts_with(word));
        let told = said.text.lines().filter(|line| !line.strip_prefix(OWN).is_some_and(gone));
        said.text = told.collect::<Vec<_>>().join("\n");
    }
}

fn spoken_of(picture: &Picture, wanted: impl Fn(bool) -> bool) -> BTreeSet<Occurrence> {
    let reminders = picture.said.iter().filter(|(_, said)| reminds(said.kind) && wanted(said.folded));
    reminders.flat_map(|(key, _)| keys::covers(key)).collect()
}
