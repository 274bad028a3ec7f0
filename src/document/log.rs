//! What was found wrong with one document, by byte offset.

use std::{cell::RefCell, collections::BTreeSet};

use super::{
    problem::{Hint, Level, Problem},
    source::{Broken, Source},
};

/// Collects problems. Reading goes through shared references, so the list is behind a cell.
pub(super) struct Log<'i> {
    text: &'i str,
    file: String,
    /// Byte offset at which each line begins.
    lines: Vec<usize>,
    /// Lines whose syntax is broken; nothing else is said about them.
    broken: BTreeSet<u32>,
    own: RefCell<Vec<Problem>>,
    /// What is in it, in words.
    told: RefCell<BTreeSet<String>>,
    adopted: RefCell<Vec<Problem>>,
}

impl<'i> Log<'i> {
    pub(super) fn new(source: &'i Source, file: &str) -> Self {
        let starts = source.text.match_indices('\n').map(|(at, _)| at + 1);
        let told = source.broken.iter().map(|Broken { line, column, what }| Problem {
            line: *line,
            column: *column,
            ..Problem::of_file(file, format!("is not TOML here: {what}"))
        });
        Self {
            text: &source.text,
            file: file.to_owned(),
            lines: std::iter::once(0).chain(starts).collect(),
            broken: source.unread.iter().copied().collect(),
            own: RefCell::new(told.collect()),
            told: RefCell::default(),
            adopted: RefCell::default(),
        }
    }

    /// Something that is wrong whatever the rest of the document says.
    pub(super) fn report(&self, at: usize, key: &str, what: String, hint: Hint) {
        self.add(self.problem(at, key, what, hint));
    }

    /// Something that may merely follow from broken syntax elsewhere: said only of documents without any.
    pub(super) fn report_consequence(&self, at: usize, key: &str, what: String, hint: Hint) {
        if self.broken.is_empty() {
            self.report(at, key, what, hint);
        }
    }

    pub(super) fn warn(&self, at: usize, key: &str, what: String) {
        self.add(Problem { level: Level::Warning, ..self.problem(at, key, what, Hint::None) });
    }

    pub(super) fn adopt(&self, problems: Vec<Problem>) {
        let mut adopted = self.adopted.borrow_mut();
        for problem in problems {
            // A file that is read twice is told once.
            if !adopted.contains(&problem) {
                adopted.push(problem);
            }
        }
    }

    /// Whether something is said about what stands here.
    pub(super) fn is_told(&self, at: usize) -> bool {
        let place = (self.line(at), self.column(at));
        self.own.borrow().iter().any(|problem| (problem.line, problem.column) == place)
    }

    /// 1-based line of a byte offset.
    pub(super) fn line(&self, at: usize) -> u32 {
        u32::try_from(self.lines.partition_point(|start| *start <= at)).unwrap_or(u32::MAX)
    }

    /// Whether the document has these characters here.
    pub(super) fn stands(&self, at: usize, text: &str) -> bool {
        self.text.get(at..).is_some_and(|rest| rest.starts_with(text))
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut all = self.own.borrow().clone();
        all.sort_by_key(|problem| (problem.line, problem.column));
        all.extend(self.adopted.borrow().iter().cloned());
        all
    }

    fn add(&self, problem: Problem) {
        // What is read twice is said once.
        if !self.broken.contains(&problem.line) && self.told.borrow_mut().insert(problem.to_string()) {
            self.own.borrow_mut().push(problem);
        }
    }

    fn problem(&self, at: usize, key: &str, what: String, hint: Hint) -> Problem {
        Problem {
            level: Level::Error,
            file: self.file.clone(),
            line: self.line(at),
            column: self.column(at),
            key: key.to_owned(),
            what,
            hint,
        }
    }

    /// 1-based column in characters.
    pub(super) fn column(&self, at: usize) -> u32 {
        let above = self.lines.partition_point(|start| *start <= at).saturating_sub(1);
        let start = self.lines.get(above).copied().unwrap_or(0);
        let before = self.text.get(start..at).map_or(0, |line| line.chars().count());
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }
}
