//! Names of effects, made of facts. A key read back from a comment's marker tells what the comment is about, so that a
//! lost database can be rebuilt from the issue.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::domain::{
    event::Occurrence, forge_severity::ForgeSeverity, ids::CommentId, process::RemindAt, time::Moment,
};

/// The board's key: there is one board.
pub const BOARD: &str = "board";

const CATCH_UP: &str = "catch-up/";
const REMINDER: &str = "reminder/";
const ESCALATION: &str = "escalation/";
const FOLLOW_UP: &str = "follow-up/";
const REVIEW: &str = "review/";
const ENTRY: &str = "timeline/";
const FORGE_SEVERITY: &str = "forge-severity/";
const CONFIDENTIAL: &str = "confidential/";

/// What is given up where the forge refuses entries of its own timeline altogether.
pub const TIMELINE: &str = "timeline";

/// What tells the same turn, of a journal that was lost, from another one.
const SAME_TURN: TimeDelta = TimeDelta::minutes(1);

/// `sitrep@2026-11-20T15:00:00Z`
fn occurrence(occurrence: &Occurrence) -> String {
    format!("{}@{}", occurrence.duty, exact(occurrence.due))
}

/// `reminder/sitrep@2026-11-20T15:00:00Z`, with `/50` behind it for a reminder half-way, and `/900s-before` or
/// `/1800s-after` for one a quarter of an hour before or half an hour after the due moment.
#[must_use]
pub fn reminder(about: &Occurrence, at: RemindAt) -> String {
    let about = occurrence(about);
    match at {
        RemindAt::DUE => format!("{REMINDER}{about}"),
        RemindAt::Percent(percent) => format!("{REMINDER}{about}/{percent}"),
        RemindAt::Before(span) => format!("{REMINDER}{about}/{}s-before", span.num_seconds()),
        RemindAt::After(span) => format!("{REMINDER}{about}/{}s-after", span.num_seconds()),
    }
}

/// `catch-up/acknowledge@.../2+sitrep@...`: the second step of an escalation is taken with it.
#[must_use]
pub fn catch_up(covers: &[(Occurrence, Option<usize>)]) -> String {
    let one = |(about, step): &(Occurrence, Option<usize>)| {
        let about = occurrence(about);
        step.map_or(about.clone(), |step| format!("{about}/{step}"))
    };
    let covers: Vec<String> = covers.iter().map(one).collect();
    format!("{CATCH_UP}{}", covers.join("+"))
}

/// `escalation/acknowledge@2026-11-20T15:00:00Z/2`: the second step.
#[must_use]
pub fn escalation(about: &Occurrence, step: usize) -> String {
    format!("{ESCALATION}{}/{step}", occurrence(about))
}

/// Whether a key is an escalation's, by itself or inside a catch-up: of which occurrence, and which step, from 1.
#[must_use]
pub fn steps(key: &str) -> Vec<(Occurrence, usize)> {
    let Some(list) = key.strip_prefix(CATCH_UP).or_else(|| key.strip_prefix(ESCALATION)) else { return Vec::new() };
    let one = |text: &str| Some((read_occurrence(text)?, text.rsplit_once('/')?.1.parse().ok()?));
    list.split('+').filter_map(one).collect()
}

/// Whether a key is that of a catch-up or an escalation, which say what a reminder would.
#[must_use]
pub fn stands_for_reminders(key: &str) -> bool {
    key.starts_with(CATCH_UP) || key.starts_with(ESCALATION)
}

/// The occurrences that a reminder's, catch-up's or escalation's key speaks of; none for other keys.
#[must_use]
pub fn covers(key: &str) -> Vec<Occurrence> {
    let kinds = [CATCH_UP, REMINDER, ESCALATION];
    let Some(list) = kinds.iter().find_map(|kind| key.strip_prefix(kind)) else { return Vec::new() };
    list.split('+').filter_map(read_occurrence).collect()
}

fn read_occurrence(text: &str) -> Option<Occurrence> {
    let (duty, rest) = text.split_once('@')?;
    let due = rest.split('/').next()?;
    let due = DateTime::parse_from_rfc3339(due).ok()?.with_timezone(&Utc);
    Some(Occurrence { duty: duty.to_owned(), due })
}

/// `gate/assess@2026-11-20T15:00:00Z`: the phase that is left, and when.
#[must_use]
pub fn gate(phase: &str, at: Moment) -> String {
    format!("gate/{phase}@{}", exact(at))
}

/// `close/2026-11-20T15:00:00Z`: since when it is a false alarm.
#[must_use]
pub fn close(since: Moment) -> String {
    format!("close/{}", exact(since))
}

/// `ask-to-close/2026-11-20T15:00:00Z`
#[must_use]
pub fn ask_to_close(since: Moment) -> String {
    format!("ask-to-{}", close(since))
}

fn exact(at: Moment) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// `retrospective/close-1`
#[must_use]
pub fn retrospective(closing: u32) -> String {
    format!("retrospective/close-{closing}")
}

/// `sitrep/4711.2`: what answers the second command of comment 4711.
#[must_use]
pub fn answer(kind: &str, comment: CommentId, nth: usize) -> String {
    format!("{kind}/{comment}.{nth}")
}

/// `react/4711`
#[must_use]
pub fn react(comment: CommentId) -> String {
    format!("react/{comment}")
}

/// `follow-up/4711.cbf29ce484222325`: what the command with this text in comment 4711 asks to be filed. A command that is
/// added to the comment later changes nothing about it.
#[must_use]
pub fn follow_up(comment: CommentId, text: &str) -> String {
    format!("{FOLLOW_UP}{comment}.{:016x}", hash(text))
}

/// FNV-1a: tells texts of one comment apart, and is the same for ever.
fn hash(text: &str) -> u64 {
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, fold)
}

/// `link/18`: the follow-up that is linked.
#[must_use]
pub fn link(number: u64) -> String {
    format!("link/{number}")
}

/// `forge-severity/HIGH@2026-11-20T15:00:00Z`: to what, and since when ours is what it is.
#[must_use]
pub fn forge_severity(to: ForgeSeverity, since: Moment) -> String {
    format!("{FORGE_SEVERITY}{to}@{}", exact(since))
}

/// Whether a key is that of setting the forge's own severity.
#[must_use]
pub fn is_forge_severity(key: &str) -> bool {
    key.starts_with(FORGE_SEVERITY)
}

/// `timeline/4711.cbf29ce484222325`: the entry that copies what the command with this text in comment 4711 tells.
#[must_use]
pub fn told(comment: CommentId, text: &str) -> String {
    format!("{ENTRY}{comment}.{:016x}", hash(text))
}

/// `timeline/severity.cbf29ce484222325@2026-11-20T15:00:00Z`: the entry that copies a turn to a value. Short, because
/// the forge's timeline takes but few characters.
#[must_use]
pub fn turn(dimension: &str, value: &str, at: Moment) -> String {
    format!("{ENTRY}{dimension}.{:016x}@{}", hash(value), at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Whether a key is that of an entry of the forge's own timeline, and no comment's.
#[must_use]
pub fn is_entered(key: &str) -> bool {
    key.starts_with(ENTRY)
}

/// Whether two keys speak of the same turn, found at moments that differ a little: a journal that was lost and is written
/// anew from the issue knows some moments less exactly.
#[must_use]
pub fn is_same_turn(one: &str, other: &str) -> bool {
    let parts = |key: &str| {
        let (what, at) = key.strip_prefix(ENTRY)?.split_once('@')?;
        Some((what.to_owned(), DateTime::parse_from_rfc3339(at).ok()?))
    };
    match (parts(one), parts(other)) {
        (Some((what, at)), Some((same, near))) => what == same && (at - near).abs() <= SAME_TURN,
        _ => false,
    }
}

/// Whether a key is that of an issue that is filed, and no comment's.
#[must_use]
pub fn is_filed(key: &str) -> bool {
    key.starts_with(FOLLOW_UP) || key.starts_with(REVIEW)
}

/// `review/2026-11-23T09:00:00Z`: the meeting whose agenda it is.
#[must_use]
pub fn review(at: Moment) -> String {
    format!("{REVIEW}{}", exact(at))
}

/// `alarm/2026-11-20T15:00:00Z`: since when others can read the issue.
#[must_use]
pub fn alarm(since: Moment) -> String {
    format!("alarm/{}", exact(since))
}

/// `confidential/2026-11-20T15:00:00Z`: since when others can read the issue.
#[must_use]
pub fn confidential(since: Moment) -> String {
    format!("{CONFIDENTIAL}{}", exact(since))
}

/// Whether a key is that of putting the confidential flag on.
#[must_use]
pub fn is_confidential(key: &str) -> bool {
    key.starts_with(CONFIDENTIAL)
}

/// `false-alarm/2026-11-20T15:00:00Z`: since when it is one.
#[must_use]
pub fn false_alarm(since: Moment) -> String {
    format!("false-alarm/{}", exact(since))
}
