//! What the text of a value means.
//!
//! Decisions, with what a person expects in mind:
//! - a note in parentheses after a status, severity or moment is no part of it: `high (was low)` is high;
//! - so are quotes, marks, symbols and a full stop around it: `"confirmed"`, `🔴 High`;
//! - further words are a finding, not a guess: `high, or maybe medium` is left to the person.
//!
//! What always holds: a value is only taken where it is exactly an allowed one (apart from case and the above); letters
//! that merely look alike are suggested, never accepted.

use std::borrow::Cow;

use crate::{
    domain::{
        finding::Finding,
        reading::{Field, FieldReading, Shape, Value, Vocabulary},
    },
    text::{
        chars::{cut, folded},
        nearest,
    },
};

use super::{ledger::Place, moment, people};

/// The longest raw value and free text, in characters.
const LONGEST: usize = 500;
/// A value longer than this many bytes is no name of anything.
const LONGEST_NAME: usize = 200;
/// What people write where there is nobody, or no moment yet.
const NOTHING: [&str; 14] =
    ["none", "nobody", "no one", "n/a", "na", "tbd", "tba", "unknown", "not known", "not yet", "-", "–", "—", "?"];

/// The value on these lines, and what is wrong with it.
pub(super) fn read(
    field: Field,
    lines: &[&str],
    line: u32,
    place: Place,
    vocabulary: &Vocabulary,
) -> (FieldReading, Option<Finding>) {
    let raw = raw(field, lines);
    if is_blank(&raw, field.shape(), place, vocabulary) {
        return blank(field, line);
    }
    let understood = match field.shape() {
        Shape::Status => named(&raw, &vocabulary.statuses),
        Shape::Severity => named(&raw, &vocabulary.severities),
        Shape::People => Ok(Value::People(persons(lines, vocabulary))),
        Shape::Moment => moment::read(&raw, vocabulary.zone).map(Value::Moment),
        Shape::Text => Ok(Value::Text(raw.clone())),
    };
    match understood {
        Ok(value) => (FieldReading { line, raw, value: Some(value) }, None),
        Err(nearest) => {
            let finding = Finding::at("field-unreadable", complaint(field, vocabulary), line, &raw).nearest(nearest);
            (FieldReading { line, raw, value: None }, Some(finding))
        }
    }
}

/// The value's text as written: on one line, freed of marks, cut.
pub(super) fn raw(field: Field, lines: &[&str]) -> String {
    let text = match field.shape() {
        Shape::Text | Shape::People => folded(&on_one_line(lines)),
        // Only one value is asked for; what follows it below a heading explains it.
        _ => folded(lines.first().copied().unwrap_or("")),
    };
    cut(unmarked(&text), LONGEST)
}

/// Nearly always it is one line already.
fn on_one_line<'l>(lines: &[&'l str]) -> Cow<'l, str> {
    match lines {
        [only] => Cow::Borrowed(only),
        _ => Cow::Owned(lines.join(", ")),
    }
}

/// Without pairs of marks around all of it, such as `` ` `` where Markdown left them.
fn unmarked(mut text: &str) -> &str {
    for mark in ["**", "__", "~~", "*", "_", "`"] {
        while let Some(inner) = text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)) {
            text = inner.trim();
        }
    }
    text
}

fn is_blank(raw: &str, shape: Shape, place: Place, vocabulary: &Vocabulary) -> bool {
    if raw.len() > LONGEST_NAME {
        return false;
    }
    let lower = raw.to_lowercase();
    let formed = place == Place::Heading && lower == "none";
    let nothing = matches!(shape, Shape::People | Shape::Moment) && NOTHING.contains(&lower.as_str());
    lower.is_empty() || lower == "no response" || formed || nothing || vocabulary.placeholders.contains(&lower)
}

/// A blank is a value for people and text; a status or severity must have one.
fn blank(field: Field, line: u32) -> (FieldReading, Option<Finding>) {
    let value = match field.shape() {
        Shape::People => Some(Value::People(Vec::new())),
        Shape::Text => Some(Value::Text(String::new())),
        Shape::Status | Shape::Severity | Shape::Moment => None,
    };
    let finding = matches!(field.shape(), Shape::Status | Shape::Severity).then(|| {
        let what = format!("{} is empty: write a value behind it", field.title());
        Finding { line: Some(line), ..Finding::about("field-missing", what) }
    });
    (FieldReading { line, raw: String::new(), value }, finding)
}

fn persons(lines: &[&str], vocabulary: &Vocabulary) -> Vec<crate::domain::people::Person> {
    let mut persons = people::read(&folded(&on_one_line(lines)));
    persons.retain(|person| {
        let written = person.written().to_lowercase();
        !vocabulary.placeholders.contains(&written) && !NOTHING.contains(&written.as_str())
    });
    persons
}

/// The canonical name of an alias, or the canonical names that come nearest.
fn named(raw: &str, aliases: &[(String, String)]) -> Result<Value, Vec<String>> {
    let lower = raw.get(..raw.floor_char_boundary(LONGEST_NAME)).unwrap_or(raw).to_lowercase();
    let find = |text: &str| aliases.iter().find(|(alias, _)| alias == text).map(|(_, name)| name.clone());
    let bare = bare(&lower);
    let name = find(&lower).or_else(|| find(bare)).or_else(|| find(self::bare(moment::without_note(bare))));
    name.map(Value::Named).ok_or_else(|| suggestions(bare, aliases))
}

/// Without quotes, symbols and a full stop around it.
fn bare(text: &str) -> &str {
    let text = text.trim_start_matches(is_decoration);
    text.trim_end_matches(|c| is_decoration(c) || matches!(c, '.' | ',' | ';' | '!'))
}

fn is_decoration(c: char) -> bool {
    let symbol = !c.is_ascii() && !c.is_alphanumeric(); // an emoji, a typographic quote
    symbol || c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '*' | '_' | '~')
}

/// At most three canonical names: those near the whole value, else those near one of its words.
fn suggestions(text: &str, aliases: &[(String, String)]) -> Vec<String> {
    let mut names = Vec::new();
    suggest(text, aliases, &mut names);
    if names.is_empty() {
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(8) {
            suggest(word, aliases, &mut names);
        }
    }
    names.truncate(3);
    names
}

fn suggest(text: &str, aliases: &[(String, String)], names: &mut Vec<String>) {
    for alias in nearest::ranked(text, aliases.iter().map(|(alias, _)| alias.as_str())) {
        let canonical = aliases.iter().find(|(known, _)| known == alias).map(|(_, name)| name);
        names.extend(canonical.filter(|name| !names.contains(name)).cloned().into_iter().collect::<Vec<_>>());
    }
}

/// What is wrong and what is expected, in this program's words.
fn complaint(field: Field, vocabulary: &Vocabulary) -> String {
    let title = field.title();
    match field.shape() {
        Shape::Status => format!("{title} is not one of: {}", allowed(&vocabulary.statuses)),
        Shape::Severity => format!("{title} is not one of: {}", allowed(&vocabulary.severities)),
        _ => format!("{title} is not a moment such as `2026-11-20 14:05` or `2026-11-20 14:05 UTC`"),
    }
}

fn allowed(aliases: &[(String, String)]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (_, name) in aliases {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.join(", ")
}
