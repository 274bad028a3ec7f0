//! What is done to every message before and to every text after its template, so that no template need think of it.
//!
//! What always holds: addresses and mentions that are not of the expected shape are blanked before a template sees
//! them; a finished text has no trailing spaces, no two blank lines in a row, and no line that begins like a quick
//! action (`/` and a letter), which GitLab would obey.

use serde_json::Value;

use crate::domain::message::Message;

/// The message as templates see it. A message is plain data, so this cannot fail.
pub(super) fn view(message: &Message) -> Value {
    let mut view = serde_json::to_value(message).unwrap_or_default();
    check(&mut view);
    view
}

fn check(view: &mut Value) {
    match view {
        Value::Array(entries) => entries.iter_mut().for_each(check),
        Value::Object(fields) => {
            for (name, value) in fields {
                let sound = match (name.as_str(), value.as_str()) {
                    ("url" | "last_sitrep_url", Some(url)) => is_address(url),
                    ("mention" | "bot", Some(mention)) => is_mention(mention),
                    ("picture", Some(picture)) => !picture.contains("```"),
                    _ => true,
                };
                if sound {
                    check(value);
                } else {
                    *value = Value::String(String::new());
                }
            }
        }
        _ => {}
    }
}

/// An address that can stand in a Markdown link and in a table cell.
pub(super) fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control() || "()<>[]|`\"\\".contains(c))
    })
}

/// One or more `@name`s.
fn is_mention(text: &str) -> bool {
    text.split([' ', ',']).filter(|word| !word.is_empty()).all(|word| {
        word.strip_prefix('@').is_some_and(|name| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        })
    })
}

/// The text with every kind of line break made a space: a value never ends its line, cell or item.
pub(super) fn one_line(text: &str) -> String {
    text.chars()
        .map(
            |c| if matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}') { ' ' } else { c },
        )
        .collect()
}

/// The text in code marks, which nothing in it can leave; empty for an empty text. A pipe would split a table's cell
/// even inside code marks, so it is shown as a broken bar.
pub(super) fn code_span(text: &str) -> String {
    let inside: String = text
        .chars()
        .map(|c| match c {
            '`' => '\'',
            '|' => '\u{a6}',
            '<' => '\u{2039}',
            '>' => '\u{203a}',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    match one_line(&inside).trim() {
        "" => String::new(),
        inside => format!("`{inside}`"),
    }
}

/// The finished text.
pub(super) fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut blank = true;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() && blank {
            continue;
        }
        blank = line.is_empty();
        let indent = line.len() - line.trim_start().len();
        let (space, rest) = line.split_at(indent);
        tidied.push_str(space);
        if is_quick_action(rest) {
            tidied.push('\\');
        }
        tidied.push_str(rest);
        tidied.push('\n');
    }
    tidied.truncate(tidied.trim_end().len());
    tidied
}

fn is_quick_action(line: &str) -> bool {
    line.strip_prefix('/').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}
