//! The text of a document. Lines that are no TOML are told once and taken out, so that the rest can be read and judged.
//!
//! What always holds: lines keep their numbers; what merely follows from a broken line (a string that is never closed
//! makes everything after it look wrong) is not told. What is deliberately not here: what the document means.

use std::collections::BTreeMap;

use toml::{Spanned, de::DeTable};

/// After so many broken lines no more is looked for: each is found by reading anew, and whoever has more mends these first.
const MOST: usize = 20;

/// Stands where a header of a table cannot be saved, so that what is below it belongs to nobody.
const NOBODYS: &str = "[[_]]";

/// One line that is no TOML: 1-based line and column, and what the parser says.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) what: String,
}

/// A text, as far as it is TOML.
#[derive(Debug)]
pub struct Source {
    pub(super) text: String,
    /// What is told, in the order of the text.
    pub(super) broken: Vec<Broken>,
    /// 1-based lines of which nothing more is told.
    pub(super) unread: Vec<u32>,
}

impl Source {
    /// Reads a text of any kind.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut surgery = Surgery { lines: text.split('\n').map(str::to_owned).collect(), out: BTreeMap::new() };
        let mut broken: Vec<Broken> = Vec::new();
        let mut text = text.to_owned();
        for _ in 0..MOST {
            let Some((found, is_told)) = surgery.next(&text) else { break };
            if is_told {
                broken.push(found);
            }
            text = surgery.lines.join("\n");
        }
        broken.sort_by_key(|broken| broken.line);
        let number = |index: &usize| u32::try_from(index + 1).unwrap_or(u32::MAX);
        Self { text, broken, unread: surgery.out.keys().map(number).collect() }
    }

    pub(super) fn tree(&self) -> Spanned<DeTable<'_>> {
        DeTable::parse_recoverable(&self.text).0
    }
}

/// Lines, and how often something was done about each.
struct Surgery {
    lines: Vec<String>,
    out: BTreeMap<usize, u8>,
}

impl Surgery {
    /// Does something about the first broken line that is left. `None` where nothing is left, or nothing helps.
    fn next(&mut self, text: &str) -> Option<(Broken, bool)> {
        let (_, errors) = DeTable::parse_recoverable(text);
        let mut found: Vec<(usize, String)> = errors
            .iter()
            .map(|error| (error.span().map_or(text.len(), |span| span.start), error.message().to_owned()))
            .collect();
        found.sort_by_key(|(at, _)| *at);
        found.into_iter().find_map(|(at, what)| self.operate(text, at, what))
    }

    fn operate(&mut self, text: &str, at: usize, what: String) -> Option<(Broken, bool)> {
        let before = text.get(..at).unwrap_or(text);
        let index = before.matches('\n').count();
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let tries = self.out.get(&index).copied().unwrap_or(0);
        let line = self.lines.get(index)?.clone();
        let is_header = line.trim_start().starts_with('[');
        let is_double = what.contains("duplicate key");
        if tries >= if is_header { 2 } else { 1 } {
            return None;
        }
        let is_told = tries == 0 && !self.follows(index, is_header && is_double);
        self.out.insert(index, tries + 1);
        match header(&line).filter(|header| tries == 0 && *header != line) {
            Some(header) => self.replace(index, header),
            None if is_header => self.replace(index, NOBODYS.to_owned()),
            // The parser keeps the first of the two, and a text over several lines may begin here.
            None if is_double => {}
            None => self.take_out(index, &line),
        }
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Some((Broken { line: number(index + 1), column: number(column), what }, is_told))
    }

    /// Whether what is wrong with a line merely follows from a line above it.
    fn follows(&self, index: usize, is_double_header: bool) -> bool {
        let line = self.lines.get(index).map(String::as_str).unwrap_or_default();
        let continues = index > 0 && self.out.contains_key(&(index - 1)) && !begins(line);
        let is_nobodys = |index: &usize| self.lines.get(*index).is_some_and(|line| line == NOBODYS);
        continues || (is_double_header && self.out.keys().any(is_nobodys))
    }

    /// Takes out a line, and the whole of a text over several lines that begins there.
    fn take_out(&mut self, index: usize, line: &str) {
        self.replace(index, String::new());
        let Some(quotes) = ["\"\"\"", "'''"].into_iter().find(|quotes| line.matches(quotes).count() % 2 == 1) else {
            return;
        };
        let below = self.lines.iter().skip(index + 1);
        let Some(length) = below.clone().position(|line| line.contains(quotes)) else { return };
        for inside in index + 1..=index + 1 + length {
            self.out.insert(inside, 1);
            self.replace(inside, String::new());
        }
    }

    fn replace(&mut self, index: usize, with: String) {
        if let Some(line) = self.lines.get_mut(index) {
            *line = with;
        }
    }
}

/// A header with as many brackets behind it as before it.
fn header(line: &str) -> Option<String> {
    let line = line.trim();
    let name = line.trim_start_matches('[');
    let brackets = line.len() - name.len();
    let name = name.split([']', '#']).next()?.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let whole = (1..=2).contains(&brackets) && !name.is_empty() && name.chars().all(plain);
    whole.then(|| format!("{}{name}{}", "[".repeat(brackets), "]".repeat(brackets)))
}

/// Whether a line begins something of its own: a header, or a key with its value.
fn begins(line: &str) -> bool {
    let line = line.trim_start();
    let key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '\'' | ' ');
    line.starts_with('[') || line.split_once('=').is_some_and(|(name, _)| !name.is_empty() && name.chars().all(key))
}
