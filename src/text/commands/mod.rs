//! What people tell the bot in a comment: `@hotwash VERB ...`.
//!
//! What always holds: a command stands at the start of a line (after three blanks at most) and outside code, quotations
//! and raw HTML, so showing a command to somebody never runs it. A refusal is one sentence of this program's own words.
//! What is deliberately not here: whether the person may give the command, and what its arguments mean (`plan`).

mod span; // how long something lasts
mod tail; // `@who`, `deferred`, `by DATE` at the end of a text
mod verb; // one command's arguments
mod when; // `14:05`, `2026-11-20 14:05`
mod who; // `+@a -@b`, `@a @b 3h`

use chrono_tz::Tz;

use crate::domain::{command::Spoken, time::Moment};

use super::{chars::folded, ground};

/// What a moment written in a comment is read by.
#[derive(Debug, Clone, Copy)]
pub struct Here {
    /// When the comment was written or last changed: `14:05` is the last one before.
    pub at: Moment,
    /// The zone of moments written without one.
    pub zone: Tz,
}

/// More commands than this in one comment are no work of people; the first beyond is refused, the rest is not read.
const MOST: usize = 20;

/// Every line that begins with one of the mentions (with or without the leading `@`), in order. After the mention must
/// come white space, a colon, a comma or the end of the line.
#[must_use]
pub fn read(body: &str, mentions: &[&str], here: Here) -> Vec<Spoken> {
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    let mut calls = calls(body, mentions);
    if calls.is_empty() {
        return Vec::new();
    }
    let dead = ground::dead(body);
    calls.retain(|call| !ground::is_dead(&dead, call.start));
    let ends: Vec<usize> = calls.iter().skip(1).map(|next| next.start).chain([body.len()]).collect();
    let spoken = calls.iter().zip(ends).map(|(call, end)| speak(body, call, end, here));
    let mut spoken: Vec<Spoken> = spoken.take(MOST + 1).collect();
    if let Some(over) = spoken.get_mut(MOST) {
        over.command =
            Err(format!("A comment holds at most {MOST} commands; write this one and what follows in another."));
    }
    spoken
}

/// A line that begins with a mention. All offsets are bytes of the body.
struct Call {
    line: u32,
    /// Where the mention begins.
    start: usize,
    /// Where the verb may begin.
    verb: usize,
    /// Where the line ends.
    end: usize,
}

fn calls(body: &str, mentions: &[&str]) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut offset = 0;
    for (line, text) in (1..).zip(body.split_inclusive('\n')) {
        let mention = text.trim_start_matches(' ');
        let indent = text.len() - mention.len();
        if indent <= 3
            && let Some(rest) = mentions.iter().find_map(|name| after_mention(mention, name))
        {
            let end = offset + text.len();
            calls.push(Call { line, start: offset + indent, verb: end - rest.len(), end });
        }
        offset += text.len();
    }
    calls
}

fn after_mention<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let name = name.trim_start_matches('@');
    let (start, rest) = text.strip_prefix('@')?.split_at_checked(name.len())?;
    let ends = rest.chars().next().is_none_or(|next| next.is_whitespace() || matches!(next, ':' | ','));
    let matches = !name.is_empty() && ends && start.eq_ignore_ascii_case(name);
    matches.then(|| rest.trim_start_matches(|c: char| matches!(c, ':' | ',') || (c.is_whitespace() && c != '\n')))
}

/// `until` is where the next command begins: a situation report goes on to there.
fn speak(body: &str, call: &Call, until: usize, here: Here) -> Spoken {
    let line = body.get(call.verb..call.end).unwrap_or("");
    let word_end = line.find(|c: char| c.is_whitespace() || matches!(c, ':' | '=')).unwrap_or(line.len());
    let verb = line.get(..word_end).unwrap_or("").trim_matches(['`', '*', ':', ',', '.', '!', ';']).to_lowercase();
    let end = if verb == "sitrep" { until } else { call.end };
    let rest = body.get(call.verb + word_end..end).unwrap_or("");
    Spoken {
        line: call.line,
        text: folded(body.get(call.start..end).unwrap_or("")),
        command: verb::read(&verb, rest, here),
    }
}
