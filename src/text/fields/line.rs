//! One line of visible text: does it say `Name: value`?
//!
//! What always holds: a line's buffer is used again and again, so reading a body does not allocate per line; only the
//! first 8 KiB of a line are kept. What is deliberately not here: where lines begin and end (`reader`).

use std::ops::Range;

use crate::domain::reading::{Field, Vocabulary};

use crate::text::chars::fold_into;

/// How much of a line is kept, in bytes: a value is cut far below.
const KEPT: usize = 8 * 1024;
/// Room for marks, blanks and invisible characters around a name, in bytes.
const SLACK: usize = 48;

/// The names that a field may have.
pub(super) struct Names<'a> {
    names: &'a [(String, Field)],
    longest: usize,
    /// One bit for each ASCII character that a name begins with; the lowest for every other.
    first: u128,
    folded: String,
}

impl<'a> Names<'a> {
    pub(super) fn of(vocabulary: &'a Vocabulary) -> Self {
        let longest = vocabulary.names.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let first = vocabulary.names.iter().fold(1, |bits, (name, _)| bits | name.bytes().next().map_or(0, bit));
        Self { names: &vocabulary.names, longest, first, folded: String::with_capacity(longest + SLACK) }
    }

    /// The field of this name, as written: marks, bullets and case do not matter.
    pub(super) fn find(&mut self, written: &str) -> Option<Field> {
        if written.len() > self.longest + SLACK {
            return None;
        }
        self.folded.clear();
        fold_into(written, &mut self.folded);
        if self.folded.is_ascii() {
            self.folded.make_ascii_lowercase();
        } else {
            self.folded = self.folded.to_lowercase();
        }
        let name = self.folded.trim_matches(is_mark).trim_end_matches(is_colon).trim_matches(is_mark);
        self.names.iter().find(|(known, _)| known == name).map(|(_, field)| *field)
    }

    /// Tells most lines of prose from fields by their first letter alone.
    fn may_begin(&self, text: &str) -> bool {
        let first =
            text.bytes().find(|byte| !matches!(byte, b' ' | b'*' | b'_' | b'`' | b'~' | b'-' | b'+' | b'"' | b'\''));
        first.is_some_and(|byte| self.first & bit(byte.to_ascii_lowercase()) != 0)
    }

    /// Splits `Name: value` at the first colon.
    fn split<'t>(&mut self, text: &'t str) -> Option<(Field, &'t str)> {
        if !self.may_begin(text) {
            return None;
        }
        let head = text.get(..text.floor_char_boundary(self.longest + SLACK)).unwrap_or("");
        let plain = head.find(':');
        let other = if head.is_ascii() { None } else { head.find(is_colon) };
        let colon = [plain, other].into_iter().flatten().min()?;
        let (name, rest) = text.split_at(colon);
        let value = rest.trim_start_matches(is_colon);
        let field = self.find(name)?;
        Some((field, unopened(name, value)))
    }
}

/// The bit of a first byte; whatever is no visible ASCII character shares the lowest and is looked at closely.
fn bit(byte: u8) -> u128 {
    if byte.is_ascii_graphic() { 1 << byte } else { 1 }
}

/// `**Name: **value` is no emphasis in Markdown, so its marks are still there: those that the name opened and the value
/// closes are dropped.
fn unopened<'t>(name: &str, value: &'t str) -> &'t str {
    let name = name.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '+' | '•'));
    let opened = name.len() - name.trim_start_matches(['*', '_', '`', '~']).len();
    match name.get(..opened) {
        Some(marks) if !marks.is_empty() && !name.ends_with(marks) => {
            value.trim_start().strip_prefix(marks).unwrap_or(value)
        }
        _ => value,
    }
}

fn is_colon(c: char) -> bool {
    matches!(c, ':' | '：' | '﹕' | '∶' | '꞉')
}

fn is_mark(c: char) -> bool {
    c.is_whitespace() || matches!(c, '*' | '_' | '`' | '~' | '-' | '+' | '•' | '‣' | '·' | '–' | '"' | '\'')
}

/// The text of one line as it is collected.
#[derive(Default)]
pub(super) struct Line {
    text: String,
    struck: Vec<Range<usize>>,
    striking: usize,
    /// Where its first text stands in the body, in bytes.
    pub(super) start: Option<usize>,
    /// A task of a checklist, and whether it is done.
    pub(super) task: Option<bool>,
}

impl Line {
    pub(super) fn push(&mut self, text: &str, offset: usize) {
        self.start.get_or_insert(offset);
        let room = KEPT.saturating_sub(self.text.len());
        let kept = if text.len() <= room { text } else { text.get(..text.floor_char_boundary(room)).unwrap_or("") };
        self.text.push_str(kept);
    }

    pub(super) fn open_strike(&mut self) {
        self.striking = self.text.len();
    }

    pub(super) fn close_strike(&mut self) {
        if self.striking < self.text.len() {
            self.struck.push(self.striking..self.text.len());
        }
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.struck.clear();
        self.striking = 0;
        self.start = None;
        self.task = None;
    }

    /// What still stands: struck text is taken back, unless nothing else is there (then its marks are mere emphasis).
    pub(super) fn standing(&mut self) -> &str {
        if !self.struck.is_empty() {
            let rest = self.unstruck();
            if !rest.trim().is_empty() {
                self.text = rest;
                self.struck.clear();
            }
        }
        &self.text
    }

    /// The field that the line states, with its value's text. A line that is struck from name to value states none.
    pub(super) fn field(&mut self, names: &mut Names<'_>) -> Option<(Field, String)> {
        if self.struck.is_empty() {
            return names.split(&self.text).map(|(field, value)| (field, value.to_owned()));
        }
        let rest = self.unstruck();
        if rest.trim_matches(|c: char| is_mark(c) || is_colon(c)).is_empty() && self.strikes_all() {
            return None;
        }
        let stated = names.split(&rest).filter(|(_, value)| !value.trim().is_empty());
        stated.or_else(|| names.split(&self.text)).map(|(field, value)| (field, value.to_owned()))
    }

    fn strikes_all(&self) -> bool {
        self.struck.iter().any(|range| {
            let struck = self.text.get(range.clone()).unwrap_or("").trim();
            struck.contains(is_colon) && !struck.ends_with(is_colon)
        })
    }

    fn unstruck(&self) -> String {
        let mut rest = String::with_capacity(self.text.len());
        let mut at = 0;
        for range in &self.struck {
            rest.push_str(self.text.get(at..range.start).unwrap_or(""));
            at = at.max(range.end);
        }
        rest.push_str(self.text.get(at..).unwrap_or(""));
        rest
    }
}
