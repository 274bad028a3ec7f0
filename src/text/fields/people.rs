//! Who is named: `@alice, Bob Miller and @carol`.
//!
//! What always holds: persons come back in order and without repetitions (handles without case); a piece with a handle
//! in it names that handle, whatever else it says (`Alice (@alice)`). What is deliberately not here: placeholders, and
//! whether the handle exists.

use crate::{domain::people::Person, text::chars::cut};

/// More persons than this are not read from one field.
const MOST: usize = 100;
/// The longest handle of either forge.
const LONGEST_HANDLE: usize = 255;
/// The longest name, in characters; the rest is cut.
const LONGEST_NAME: usize = 100;

/// The persons of a text on one line, separated by commas, semicolons or "and".
pub(in crate::text) fn read(text: &str) -> Vec<Person> {
    let mut persons: Vec<Person> = Vec::new();
    for piece in text.split([',', ';', '，', '、', '；']).flat_map(parts) {
        let before = persons.len();
        for handle in piece.split_whitespace().filter_map(handle) {
            add(&mut persons, Person::Handle(handle.to_owned()));
        }
        let has_handle = persons.len() > before || piece.split_whitespace().any(|word| handle(word).is_some());
        let name = bare(piece);
        if !has_handle && !name.is_empty() {
            add(&mut persons, Person::Name(cut(name, LONGEST_NAME)));
        }
        if persons.len() >= MOST {
            persons.truncate(MOST);
            break;
        }
    }
    persons
}

fn add(persons: &mut Vec<Person>, person: Person) {
    let known = persons.iter().any(|known| match (known, &person) {
        (Person::Handle(a), Person::Handle(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => *a == *b,
    });
    if !known {
        persons.push(person);
    }
}

/// The pieces between words `and`.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (piece, after) = match conjunction(text) {
            Some(at) => (text.get(..at)?, text.get(at + "and".len()..)),
            None => (text, None),
        };
        rest = after;
        Some(piece)
    })
}

/// Where a word `and` stands.
fn conjunction(text: &str) -> Option<usize> {
    let mut offset = 0;
    for word in text.split(' ') {
        if word.eq_ignore_ascii_case("and") {
            return Some(offset);
        }
        offset += word.len() + 1;
    }
    None
}

/// The handle in a word such as `@alice`, `(@alice)` or `@alice:`.
pub(in crate::text) fn handle(word: &str) -> Option<&str> {
    let word = word.trim_start_matches(['(', '[', '<', '*', '`', '"', '\'', '~']);
    let name = word.strip_prefix('@')?;
    let name = name.trim_end_matches([')', ']', '>', '*', '`', '"', '\'', '~', '.', ':', '!', '?']);
    let valid = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && name.len() <= LONGEST_HANDLE
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    valid.then_some(name)
}

fn bare(name: &str) -> &str {
    name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '`' | '~' | '"' | '\'' | '“' | '”'))
}
