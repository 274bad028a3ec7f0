//! What the bot left on an issue, in a form that two runs can be compared by.

use std::collections::{BTreeMap, BTreeSet};

use super::{forge::BOT, person::Said};

/// A hidden marker at the end of a bot's comment: `<!-- hotwash:KIND KEY MAC -->`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Marker {
    pub(crate) kind: String,
    pub(crate) key: String,
}

/// The marker of a comment: the last one in it, because the bot writes it last.
pub(crate) fn marker(body: &str) -> Option<Marker> {
    let (_, after) = body.rsplit_once("<!-- hotwash:")?;
    let inside = after.split_once("-->")?.0;
    let mut words = inside.split_whitespace();
    Some(Marker { kind: words.next()?.to_owned(), key: words.next()?.to_owned() })
}

/// The bot's comments with their markers, oldest first. A comment of the bot without a marker stops the test.
pub(crate) fn written(thread: &[Said]) -> Vec<(Marker, Said)> {
    let own = thread.iter().filter(|said| said.by == BOT);
    own.map(|said| {
        let marker = marker(&said.body).unwrap_or_else(|| panic!("comment {} of the bot has no marker", said.id));
        (marker, said.clone())
    })
    .collect()
}

/// Markers that stand in more than one comment. There are never any.
pub(crate) fn doubled(thread: &[Said]) -> Vec<Marker> {
    let mut seen = BTreeSet::new();
    written(thread).into_iter().map(|(marker, _)| marker).filter(|marker| !seen.insert(marker.clone())).collect()
}

/// What must be the same however the network and the machine behaved: labels, and the bot's comments by kind and key
/// without moments, counted.
///
/// How many hours pass while a step waits for a lost delivery depends on the machine, so reminders are compared by
/// the duties they speak of, and a catch-up (several duties in one comment after downtime) counts as reminders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Canonical {
    pub(crate) labels: Vec<String>,
    pub(crate) comments: BTreeMap<String, usize>,
    pub(crate) reminded: BTreeSet<String>,
}

/// Duties that a story is sure to be reminded of.
const DUTIES: [&str; 2] = ["acknowledge", "sitrep"];

pub(crate) fn canonical(labels: Vec<String>, thread: &[Said]) -> Canonical {
    let (mut comments, mut reminded) = (BTreeMap::new(), BTreeSet::new());
    for (marker, said) in written(thread) {
        let speaks_of = match marker.kind.as_str() {
            "reminder" => Some(marker.key.clone()),
            "catch-up" => Some(said.body.to_lowercase()),
            _ => None,
        };
        if let Some(text) = speaks_of {
            reminded.extend(DUTIES.iter().filter(|duty| text.contains(**duty)).map(|duty| (*duty).to_owned()));
        } else {
            *comments.entry(format!("{} {}", marker.kind, without_moments(&marker.key))).or_default() += 1;
        }
    }
    Canonical { labels, comments, reminded }
}

/// `reminder/sitrep@2026-11-20T15:00:00Z` becomes `reminder/sitrep@…`; every run of digits becomes `…`.
fn without_moments(key: &str) -> String {
    let key = key.split_once('@').map_or(key.to_owned(), |(name, _)| format!("{name}@"));
    let mut shown = String::new();
    for c in key.chars() {
        match (c.is_ascii_digit(), shown.ends_with('…')) {
            (true, true) => {}
            (true, false) => shown.push('…'),
            (false, _) => shown.push(c),
        }
    }
    shown
}
