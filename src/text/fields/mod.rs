//! Reads the fields of an incident issue's body, wherever people put them.
//!
//! Where a field may stand (SPEC section 2), all in one body if they like:
//! - a line `Name: value`, plain, as a bullet or as a heading, with marks anywhere around the name or the value;
//! - a row of a table with two columns;
//! - a third-level heading that is a field's name, as issue forms write it; the value goes on to the next heading or
//!   the next field;
//! - a bullet `Name:` without a value whose nested bullets hold it.
//!
//! What always holds: reading never fails and never panics; its cost grows in step with the body; the first occurrence
//! of a field counts and every other is a finding; what a reader does not see as text (code blocks, quotations, HTML,
//! struck lines) is no field, and neither is a task of a checklist. What is deliberately not here: what a value means
//! for the incident, and the last good value (`plan`).

mod ledger; // the reading as it grows
mod line; // one line: name and value
pub(super) mod moment; // `2026-11-20 14:05 Europe/Berlin`
pub(super) mod people; // `@alice, Bob and Carol`
mod reader; // walks the Markdown
mod value; // what a value's text means

use pulldown_cmark::Parser;

use crate::domain::reading::{Reading, Vocabulary};

use super::ground;

/// What the body holds, in the words of the vocabulary.
///
/// A blank value of a status or severity is a `field-missing` finding with its line; a blank moment is `None` without a
/// finding, because it is optional. Values longer than 500 characters are cut.
#[must_use]
pub fn read(body: &str, vocabulary: &Vocabulary) -> Reading {
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    let mut reader = reader::Reader::of(body, vocabulary);
    for (event, range) in Parser::new_ext(body, ground::options()).into_offset_iter() {
        reader.take(&event, &range);
    }
    reader.finish()
}
