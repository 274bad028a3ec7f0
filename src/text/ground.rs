//! Which parts of a text speak: everything but code, quotations and raw HTML.
//!
//! What always holds: the text is read as GitHub-flavoured Markdown by the parser, plus GitLab's `>>>` quotations where
//! they come in pairs; lines are counted from 1. What is deliberately not here: what the speaking parts say.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// The Markdown that both forges share.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// The byte ranges that do not speak, in order and disjoint.
pub(super) fn dead(body: &str) -> Vec<Range<usize>> {
    let (mut dead, fences) = scan(body);
    dead.extend(pairs(&fences));
    joined(dead)
}

/// What stands between pairs of lines `>>>` alone, in order. Costs nothing where there is no such line.
pub(super) fn long_quotes(body: &str) -> Vec<Range<usize>> {
    let possible = body.contains(">>>") && body.lines().any(|line| line.trim_end() == ">>>");
    if possible { pairs(&scan(body).1).collect() } else { Vec::new() }
}

/// Code, quotations and HTML, and among the quotations those that are a line `>>>` alone.
fn scan(body: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let mut dead: Vec<Range<usize>> = Vec::new();
    let mut fences: Vec<Range<usize>> = Vec::new();
    for (event, range) in Parser::new_ext(body, options()).into_offset_iter() {
        let silent = matches!(
            event,
            Event::Start(Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::HtmlBlock)
                | Event::Code(_)
                | Event::InlineHtml(_)
        );
        if !silent || dead.last().is_some_and(|last| range.start < last.end) {
            continue; // speaks, or stands inside something that does not
        }
        if matches!(event, Event::Start(Tag::BlockQuote(_))) && opens_long_quote(body, range.start) {
            fences.push(range.clone());
        }
        dead.push(range);
    }
    (dead, fences)
}

/// True where `offset` lies in one of the ranges.
pub(super) fn is_dead(dead: &[Range<usize>], offset: usize) -> bool {
    if dead.is_empty() {
        return false;
    }
    let next = dead.partition_point(|range| range.end <= offset);
    dead.get(next).is_some_and(|range| range.start <= offset)
}

fn opens_long_quote(body: &str, offset: usize) -> bool {
    let at_line_start = body.get(..offset).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
    at_line_start
        && body.get(offset..).and_then(|rest| rest.lines().next()).is_some_and(|line| line.trim_end() == ">>>")
}

/// From each `>>>` to its partner; one without a partner is an ordinary, empty quotation.
fn pairs(fences: &[Range<usize>]) -> impl Iterator<Item = Range<usize>> {
    fences.chunks_exact(2).filter_map(|pair| Some(pair.first()?.start..pair.last()?.end))
}

fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// Turns ascending byte offsets into line numbers, counting each line end once.
pub(super) struct Lines<'a> {
    body: &'a str,
    offset: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    /// Starts at line 1.
    pub(super) fn of(body: &'a str) -> Self {
        Self { body, offset: 0, line: 1 }
    }

    /// The line on which `offset` stands; offsets must not fall.
    pub(super) fn at(&mut self, offset: usize) -> u32 {
        let ends =
            self.body.get(self.offset..offset).map_or(0, |passed| passed.bytes().filter(|byte| *byte == b'\n').count());
        self.line = self.line.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        self.offset = self.offset.max(offset);
        self.line
    }
}
