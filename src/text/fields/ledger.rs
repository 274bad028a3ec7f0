//! The reading as it grows: which fields were stated, and what a person should mend.
//!
//! What always holds: the first occurrence stays; findings are bounded in number; the missing ones come last, in the
//! order of the template.

use crate::domain::{
    finding::Finding,
    reading::{Field, Reading, Vocabulary},
};

use super::value;

/// More repetitions than this are not listed: a body that repeats itself a thousand times needs one hint, not a thousand.
const REPETITIONS: usize = 20;

/// Where a value stands: below a heading of its own, the words of an empty form answer are no value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Line,
    Heading,
}

pub(super) struct Ledger<'a> {
    vocabulary: &'a Vocabulary,
    reading: Reading,
    repetitions: usize,
}

impl<'a> Ledger<'a> {
    pub(super) fn of(vocabulary: &'a Vocabulary) -> Self {
        Self { vocabulary, reading: Reading::default(), repetitions: 0 }
    }

    /// The body holds the template's marker.
    pub(super) fn mark(&mut self) {
        self.reading.marked = true;
    }

    /// A field was stated, its value on these lines.
    pub(super) fn record(&mut self, field: Field, lines: &[&str], line: u32, place: Place) {
        if let Some(first) = self.reading.fields.get(&field) {
            self.repetitions += 1;
            if self.repetitions <= REPETITIONS {
                let finding = twice(field, first.line, line, lines);
                self.reading.findings.push(finding);
            }
            return;
        }
        let (reading, finding) = value::read(field, lines, line, place, self.vocabulary);
        self.reading.fields.insert(field, reading);
        self.reading.findings.extend(finding);
    }

    pub(super) fn finish(mut self) -> Reading {
        for field in Field::ALL {
            if field.required() && !self.reading.fields.contains_key(&field) {
                let title = field.title();
                let what = format!("{title} is missing: add a line `- **{title}**: ...` to the issue's description");
                self.reading.findings.push(Finding::about("field-missing", what));
            }
        }
        self.reading
    }
}

fn twice(field: Field, first: u32, line: u32, lines: &[&str]) -> Finding {
    let title = field.title();
    let what = format!("{title} stands here again: only the one on line {first} counts, so remove one of them");
    Finding::at("field-twice", what, line, &value::raw(field, lines))
}
