//! Situation reports that people write without a command.
//!
//! What always holds: only the very beginning of a comment makes it a report, and only where something is reported.
//! What is deliberately not here: the `sitrep` command (`commands`), and who wrote the comment.

use super::{chars, ground};

/// Whether a comment by a person is a situation report: it starts `[sitrep]`, `Sitrep:` or `Subject: [sitrep]`, in any
/// case, bold or as a heading if they like, and says something after it. Quoted and fenced text is none.
#[must_use]
pub fn is_sitrep(body: &str) -> bool {
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    let Some((start, line)) = first_line(body) else { return false };
    let Some(opening) = unindented(line) else { return false };
    let Some(rest) = after_opening(opening.trim_start_matches(marks)) else { return false };
    let Some(below) = body.get(start + line.len()..) else { return false };
    (says_something(rest) || says_something(below)) && !ground::is_dead(&ground::dead(body), start + indent(line))
}

/// The first line that holds anything, with its offset.
fn first_line(body: &str) -> Option<(usize, &str)> {
    let mut offset = 0;
    for line in body.split_inclusive('\n') {
        if !line.trim().is_empty() {
            return Some((offset, line));
        }
        offset += line.len();
    }
    None
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The line without up to three leading blanks; four are code.
fn unindented(line: &str) -> Option<&str> {
    let text = line.trim_start_matches(' ');
    (line.len() - text.len() <= 3).then_some(text)
}

fn marks(c: char) -> bool {
    matches!(c, '#' | '*' | '_' | ' ') || chars::invisible(c)
}

/// What follows the words that open a report.
fn after_opening(text: &str) -> Option<&str> {
    let bracketed = |text| prefixed(text, "[sitrep]");
    if let Some(rest) = bracketed(text) {
        return Some(rest);
    }
    if let Some(rest) = prefixed(text, "subject") {
        return prefixed(rest.trim_start_matches(marks), ":")
            .and_then(|rest| bracketed(rest.trim_start_matches(marks)));
    }
    prefixed(text, "sitrep").and_then(|rest| prefixed(rest.trim_start_matches(marks), ":"))
}

fn prefixed<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Whether anything but marks and HTML comments is there.
fn says_something(text: &str) -> bool {
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once("<!--").unwrap_or((rest, ""));
        if before.chars().any(|c| c.is_alphanumeric() || (!c.is_ascii() && !c.is_whitespace() && !chars::invisible(c)))
        {
            return true;
        }
        let Some((_, after)) = after.split_once("-->") else { return false };
        rest = after;
    }
}
