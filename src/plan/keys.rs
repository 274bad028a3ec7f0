//! Names of effects, made of facts. A key read back from a comment's marker tells what the comment is about, so that a
//! lost database can be rebuilt from the issue.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::domain::{event::Occurrence, ids::CommentId};

/// The board's key: there is one board.
pub const BOARD: &str = "board";

const CATCH_UP: &str = "catch-up/";
const REMINDER: &str = "reminder/";

/// `sitrep@2026-11-20T15:00:00Z`
fn occurrence(occurrence: &Occurrence) -> String {
    format!("{}@{}", occurrence.duty, occurrence.due.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// `reminder/sitrep@2026-11-20T15:00:00Z`, with `/50` behind it for a reminder before the due moment.
#[must_use]
pub fn reminder(about: &Occurrence, percent: u8) -> String {
    let about = occurrence(about);
    if percent == 100 { format!("{REMINDER}{about}") } else { format!("{REMINDER}{about}/{percent}") }
}

/// `catch-up/acknowledge@...+sitrep@...`
#[must_use]
pub fn catch_up(covers: &[Occurrence]) -> String {
    let covers: Vec<String> = covers.iter().map(occurrence).collect();
    format!("{CATCH_UP}{}", covers.join("+"))
}

/// Whether a key is a catch-up's.
#[must_use]
pub fn is_catch_up(key: &str) -> bool {
    key.starts_with(CATCH_UP)
}

/// The occurrences that a reminder's or catch-up's key speaks of; none for other keys.
#[must_use]
pub fn covers(key: &str) -> Vec<Occurrence> {
    let Some(list) = key.strip_prefix(CATCH_UP).or_else(|| key.strip_prefix(REMINDER)) else { return Vec::new() };
    list.split('+').filter_map(read_occurrence).collect()
}

fn read_occurrence(text: &str) -> Option<Occurrence> {
    let (duty, rest) = text.split_once('@')?;
    let due = rest.split('/').next()?;
    let due = DateTime::parse_from_rfc3339(due).ok()?.with_timezone(&Utc);
    Some(Occurrence { duty: duty.to_owned(), due })
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
