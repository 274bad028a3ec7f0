//! When something happened, as people write it in a command: `14:05`, `at 2026-11-20 14:05 UTC`.
//!
//! What always holds: what is understood is never later than the comment. A time without a date is the last one before
//! the comment was written.

use chrono::{Duration, NaiveDate};

use crate::{domain::time::Moment, text::fields::moment};

use super::Here;

/// Clocks differ a little: a time this far ahead is still now.
const AHEAD: Duration = Duration::minutes(5);

/// More words than this are no moment.
const MOST_WORDS: usize = 4;

/// Why a moment was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    Unreadable,
    Future,
}

impl Wrong {
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::Unreadable => "A moment is a time such as `14:05`, or a date and a time such as `2026-11-20 14:05`.",
            Self::Future => "That moment has not come yet.",
        }
    }
}

/// The moment at the beginning, and the text behind it.
pub(super) fn first(said: &str, here: Here) -> Result<(Option<Moment>, &str), Wrong> {
    let bare = said.strip_prefix("at ").unwrap_or(said);
    let word = bare.split(' ').next().unwrap_or("");
    if !begins_like_one(word) {
        return Ok((None, said));
    }
    let ends: Vec<usize> = bare.match_indices(' ').map(|(at, _)| at).take(MOST_WORDS).chain([bare.len()]).collect();
    for end in ends.into_iter().rev() {
        let (head, rest) = bare.split_at(end);
        let (head, closed) = closed(head);
        if let Some(at) = read(head, here, !closed)? {
            return Ok((Some(at), rest.trim_start_matches([' ', '-', '–', ':'])));
        }
    }
    Err(Wrong::Unreadable)
}

/// The text, and the moment at its end, where there is one.
pub(super) fn last(said: &str, here: Here) -> Result<(&str, Option<Moment>), Wrong> {
    let starts: Vec<usize> = said.match_indices(' ').map(|(at, _)| at).collect();
    let starts: Vec<usize> = starts.into_iter().rev().take(MOST_WORDS).collect();
    for start in starts.iter().rev() {
        let (text, tail) = said.split_at(*start);
        let tail = tail.trim_start();
        if begins_like_one(tail) {
            let at = read(tail, here, false)?.ok_or(Wrong::Unreadable)?;
            let text = text.trim_end();
            let text = text.strip_suffix(" at").or_else(|| text.strip_suffix(" on")).unwrap_or(text);
            return Ok((text.trim_end_matches([',', ' ']), Some(at)));
        }
    }
    Ok((said, None))
}

/// `14:05...` or `2026-...`
fn begins_like_one(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let next = word.as_bytes().get(digits);
    (matches!(digits, 1 | 2) && next == Some(&b':')) || (digits == 4 && matches!(next, Some(b'-' | b'/' | b'.')))
}

/// Without the colon, comma or hyphen behind it, and whether there was one.
fn closed(head: &str) -> (&str, bool) {
    let bare = head.trim_end_matches([':', ',', '-', '–', ' ']);
    (bare, bare.len() < head.len())
}

/// `strictly`: text goes on behind it, so that only what looks like a zone is taken for one.
fn read(text: &str, here: Here, strictly: bool) -> Result<Option<Moment>, Wrong> {
    let zone = text.rsplit(' ').next().filter(|last| !last.starts_with(|c: char| c.is_ascii_digit()));
    if strictly && zone.is_some_and(|zone| !looks_like_zone(zone)) {
        return Ok(None);
    }
    let latest = here.at + AHEAD;
    let at = if text.split(' ').next().is_some_and(|word| word.contains('-')) {
        moment::read(text, here.zone).ok()
    } else {
        let today = here.at.with_timezone(&here.zone).date_naive();
        let of = |day: NaiveDate| moment::read(&format!("{day} {text}"), here.zone).ok();
        of(today).filter(|at| *at <= latest).or_else(|| of(today.pred_opt()?))
    };
    match at {
        Some(at) if at > latest => Err(Wrong::Future),
        at => Ok(at.map(|at| at.min(here.at))),
    }
}

/// `UTC`, `+01:00`, `Europe/Berlin`; not a word that happens to be the name of a zone as well, such as `Turkey`.
fn looks_like_zone(word: &str) -> bool {
    let short = (1..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase());
    short || word.contains('/') || word.starts_with(['+', '-', '−'])
}
