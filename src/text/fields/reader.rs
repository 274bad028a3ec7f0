//! Walks the Markdown of a body, event by event, and finds the lines that state fields.
//!
//! What always holds: little is done per event (text is appended to one buffer), the rest per line. What is
//! deliberately not here: what a line or a value means (`line`, `value`).

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use crate::{
    domain::reading::{Field, Reading, Shape, Vocabulary},
    text::{ground, marker},
};

use super::{
    ledger::{Ledger, Place},
    line::{Line, Names},
};

/// How much of a value over several lines is kept, in bytes.
const KEPT: usize = 8 * 1024;

pub(super) struct Reader<'a> {
    ledger: Ledger<'a>,
    names: Names<'a>,
    lines: ground::Lines<'a>,
    line: Line,
    /// Inside so many code blocks, quotations and images.
    hidden: u32,
    /// Inside so many lists.
    lists: u32,
    /// The heading's level and where it begins.
    heading: Option<(HeadingLevel, usize)>,
    table: Table,
    pending: Option<Pending>,
    /// What GitLab's `>>>` takes out.
    quoted: Vec<Range<usize>>,
}

/// The row of a table that is being read.
#[derive(Default)]
struct Table {
    columns: usize,
    header: bool,
    name: String,
    value: String,
    start: usize,
    cell: usize,
}

/// A field whose value is still to come on the following lines.
struct Pending {
    field: Field,
    line: u32,
    /// The heading's value ends at the next heading; a bullet's with the bullets nested in it.
    depth: Option<u32>,
    lines: Vec<String>,
    bytes: usize,
    /// The lines are items of a list, not one text.
    listed: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn of(body: &'a str, vocabulary: &'a Vocabulary) -> Self {
        Self {
            ledger: Ledger::of(vocabulary),
            names: Names::of(vocabulary),
            lines: ground::Lines::of(body),
            line: Line::default(),
            hidden: 0,
            lists: 0,
            heading: None,
            table: Table::default(),
            pending: None,
            quoted: ground::long_quotes(body),
        }
    }

    #[inline]
    pub(super) fn take(&mut self, event: &Event<'_>, range: &Range<usize>) {
        if self.hidden > 0 {
            return self.pass(event);
        }
        match event {
            Event::Text(text) | Event::Code(text) => self.line.push(text, range.start),
            Event::SoftBreak | Event::HardBreak => self.end_line(),
            Event::Start(tag) => self.open(tag, range),
            Event::End(tag) => self.close(*tag),
            Event::Html(html) | Event::InlineHtml(html) => self.html(html, range.start),
            Event::TaskListMarker(done) => self.line.task = Some(*done),
            _ => {}
        }
    }

    pub(super) fn finish(mut self) -> Reading {
        self.end_line();
        self.settle();
        self.ledger.finish()
    }

    /// Counts the way out of code, quotations and images.
    fn pass(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::Image { .. }) => self.hidden += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::BlockQuote(_) | TagEnd::Image) => self.hidden -= 1,
            _ => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Image { .. } => self.hidden += 1,
            Tag::CodeBlock(_) | Tag::BlockQuote(_) => {
                self.end_line();
                self.hidden += 1;
            }
            Tag::List(_) => {
                self.end_line();
                self.lists += 1;
            }
            Tag::Item | Tag::Paragraph | Tag::HtmlBlock => self.end_line(),
            Tag::Heading { level, .. } => {
                self.end_line();
                self.settle();
                self.heading = Some((*level, range.start));
            }
            Tag::Table(columns) => {
                self.end_line();
                self.table = Table { columns: columns.len(), ..Table::default() };
            }
            Tag::TableHead | Tag::TableRow => {
                self.table.header = matches!(tag, Tag::TableHead);
                self.table.cell = 0;
            }
            Tag::TableCell => self.line.clear(),
            Tag::Strikethrough => self.line.open_strike(),
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Item => self.end_line(),
            TagEnd::List(_) => {
                self.end_line();
                self.lists -= 1;
            }
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::TableCell => self.end_cell(),
            TagEnd::TableHead | TagEnd::TableRow => self.end_row(),
            TagEnd::Table => self.table.columns = 0,
            TagEnd::Strikethrough => self.line.close_strike(),
            _ => {}
        }
    }

    fn html(&mut self, html: &str, offset: usize) {
        if html.contains(marker::INCIDENT) && !ground::is_dead(&self.quoted, offset) {
            self.ledger.mark();
        } else if html.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("<br")) {
            if self.table.columns == 0 { self.end_line() } else { self.line.push(" ", offset) }
        }
    }

    fn end_line(&mut self) {
        let Some(start) = self.line.start else { return self.line.clear() };
        let mut line = std::mem::take(&mut self.line);
        if !ground::is_dead(&self.quoted, start) {
            self.speak(&mut line, start);
        }
        line.clear();
        self.line = line;
    }

    /// A line of visible text: a field, or more of the value of the one before.
    fn speak(&mut self, line: &mut Line, start: usize) {
        if self.pending.as_ref().and_then(|pending| pending.depth).is_some_and(|depth| self.lists <= depth) {
            self.settle();
        }
        let stated = if line.task.is_some() { None } else { line.field(&mut self.names) };
        match stated {
            Some((field, value)) => self.state(field, &value, start),
            None if line.task == Some(false) => {} // a box that is not ticked is not chosen
            None => self.add(line.standing(), start),
        }
    }

    /// A field is stated on the line of `start`.
    fn state(&mut self, field: Field, value: &str, start: usize) {
        self.make_way();
        let line = self.lines.at(start);
        if value.trim().is_empty() && self.lists > 0 {
            self.pending =
                Some(Pending { field, line, depth: Some(self.lists), lines: Vec::new(), bytes: 0, listed: false });
        } else {
            self.ledger.record(field, &[value], line, Place::Line);
        }
    }

    /// Ends a value that was still to come, before a field that is stated otherwise. A heading without a value above a
    /// list or table of fields is its title, not a field.
    fn make_way(&mut self) {
        if self.pending.as_ref().is_some_and(|pending| pending.depth.is_none() && pending.lines.is_empty()) {
            self.pending = None;
        }
        self.settle();
    }

    fn add(&mut self, text: &str, start: usize) {
        let Some(pending) = &mut self.pending else { return };
        if text.trim().is_empty() || pending.bytes > KEPT {
            return;
        }
        if pending.lines.is_empty() {
            pending.line = self.lines.at(start);
        }
        pending.bytes += text.len();
        pending.listed |= self.lists > 0;
        pending.lines.push(text.to_owned());
    }

    /// Whatever value was still to come has come.
    fn settle(&mut self) {
        if let Some(pending) = self.pending.take() {
            let place = if pending.depth.is_none() { Place::Heading } else { Place::Line };
            let text = pending.lines.join(" ");
            let lines: Vec<&str> = if pending.field.shape() == Shape::Text && !pending.listed {
                vec![&text]
            } else {
                pending.lines.iter().map(String::as_str).collect()
            };
            self.ledger.record(pending.field, &lines, pending.line, place);
        }
    }

    fn end_heading(&mut self) {
        let Some((level, begin)) = self.heading.take() else { return };
        let mut line = std::mem::take(&mut self.line);
        let start = line.start.unwrap_or(begin);
        if !ground::is_dead(&self.quoted, start) {
            match line.field(&mut self.names) {
                Some((field, value)) if !value.trim().is_empty() => self.state(field, &value, start),
                _ if level == HeadingLevel::H3 => self.await_value(&mut line, start),
                _ => {}
            }
        }
        line.clear();
        self.line = line;
    }

    fn await_value(&mut self, line: &mut Line, start: usize) {
        if let Some(field) = self.names.find(line.standing()) {
            let line = self.lines.at(start);
            self.pending = Some(Pending { field, line, depth: None, lines: Vec::new(), bytes: 0, listed: false });
        }
    }

    fn end_cell(&mut self) {
        let cell = self.table.cell;
        self.table.cell += 1;
        if self.table.columns == 2 {
            let into = if cell == 0 { &mut self.table.name } else { &mut self.table.value };
            into.clear();
            into.push_str(self.line.standing());
            if cell == 0 {
                self.table.start = self.line.start.unwrap_or(usize::MAX);
            }
        }
        self.line.clear();
    }

    fn end_row(&mut self) {
        if self.table.columns != 2 || self.table.start == usize::MAX || ground::is_dead(&self.quoted, self.table.start)
        {
            return;
        }
        // A header with two names has its values below, not beside.
        if self.table.header && self.names.find(&self.table.value).is_some() {
            return;
        }
        if let Some(field) = self.names.find(&self.table.name) {
            let value = std::mem::take(&mut self.table.value);
            self.make_way();
            let line = self.lines.at(self.table.start);
            self.ledger.record(field, &[&value], line, Place::Line);
        }
    }
}
