//! Markdown as a terminal shows it best: wrapped lines, bold words, tables in columns.
//!
//! What always holds: nothing that could steer a terminal comes through; hidden text stays hidden; no line is wider than
//! asked, unless one word is. What is deliberately not here: colours (`page` decides which style looks how).

use super::wrap::{table, wrapped};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// As it is.
    #[default]
    Plain,
    /// Emphasis, headings.
    Bold,
    /// What matters less.
    Dim,
}

/// A piece of a line.
pub type Piece = (Style, String);

/// A line: its pieces.
pub type Line = Vec<Piece>;

/// The text as lines of at most `width` characters.
#[must_use]
pub fn lines(markdown: &str, width: usize) -> Vec<Line> {
    let mut page = Page { width: width.max(20), ..Page::default() };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        page.take(event);
    }
    page.end_block();
    while page.lines.last().is_some_and(Vec::is_empty) {
        page.lines.pop();
    }
    page.lines
}

/// The text of a line.
#[must_use]
pub fn plain(line: &Line) -> String {
    line.iter().map(|(_, text)| text.as_str()).collect()
}

#[derive(Default)]
struct Page {
    width: usize,
    lines: Vec<Line>,
    /// Pieces of the block that is being read.
    block: Line,
    bold: u32,
    dim: bool,
    /// What stands before the next block's first line, and the depth of lists.
    bullet: Option<String>,
    lists: Vec<Option<u64>>,
    table: Option<Vec<Vec<Line>>>,
    /// Inside something that stays folded, or a picture.
    hidden: u32,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        if let Event::Html(html) | Event::InlineHtml(html) = &event {
            return self.html(html);
        }
        if self.hidden > 0 && !matches!(event, Event::End(TagEnd::CodeBlock)) {
            return;
        }
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.say(&text),
            Event::Code(text) => self.say(&format!("`{text}`")),
            // Forges break the lines of a comment where its author did.
            Event::SoftBreak | Event::HardBreak => self.break_line(),
            Event::Rule => self.end_block(),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { .. } => {
                self.gap();
                self.bold += 1;
            }
            Tag::Strong => self.bold += 1,
            Tag::TableHead => {
                self.bold += 1;
                self.row();
            }
            Tag::Paragraph if self.lists.is_empty() => self.gap(),
            Tag::List(first) => {
                self.end_block();
                if self.lists.is_empty() {
                    self.gap();
                }
                self.lists.push(*first);
            }
            Tag::Item => self.item(),
            Tag::CodeBlock(kind) => {
                self.gap();
                if matches!(kind, CodeBlockKind::Fenced(language) if language.as_ref() == "mermaid") {
                    self.block.push((Style::Dim, "(a picture of the course of events, which the forge draws)".into()));
                    self.end_block();
                    self.hidden += 1;
                }
            }
            Tag::Table(_) => {
                self.gap();
                self.table = Some(Vec::new());
            }
            Tag::TableRow => self.row(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            // A link is nothing on paper but its words; these say only that there is one.
            TagEnd::Link if self.block.last().is_some_and(|(_, text)| text == "evidence") => {
                self.block.pop();
            }
            TagEnd::Strong | TagEnd::TableHead => self.bold = self.bold.saturating_sub(1),
            TagEnd::Heading(_) => {
                self.end_block();
                self.bold = self.bold.saturating_sub(1);
            }
            TagEnd::CodeBlock => {
                self.hidden = self.hidden.saturating_sub(1);
                self.end_block();
            }
            TagEnd::Paragraph | TagEnd::Item => self.end_block(),
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.block);
                if let Some(row) = self.table.as_mut().and_then(|rows| rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                let rows = self.table.take().unwrap_or_default();
                self.lines.extend(table(&rows, self.width));
            }
            _ => {}
        }
    }

    /// What the forge folds in is left out; small print is dim; all other tags are nothing.
    fn html(&mut self, html: &str) {
        let opened = u32::try_from(html.matches("<details").count()).unwrap_or(0);
        let closed = u32::try_from(html.matches("</details").count()).unwrap_or(0);
        self.hidden = (self.hidden + opened).saturating_sub(closed);
        if html.contains("<sub>") {
            self.dim = true;
        }
        if html.contains("</sub>") {
            self.dim = false;
        }
    }

    fn row(&mut self) {
        if let Some(rows) = self.table.as_mut() {
            rows.push(Vec::new());
        }
    }

    fn item(&mut self) {
        self.end_block();
        let depth = self.lists.len().saturating_sub(1);
        let sign = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        };
        self.bullet = Some(format!("{}{sign}", "  ".repeat(depth)));
    }

    fn say(&mut self, text: &str) {
        let style = match (self.dim, self.bold) {
            (true, _) => Style::Dim,
            (false, 0) => Style::Plain,
            (false, _) => Style::Bold,
        };
        for (nth, line) in text.split('\n').enumerate() {
            if nth > 0 {
                self.break_line();
            }
            self.block.push((style, harmless(line)));
        }
    }

    fn break_line(&mut self) {
        if self.table.is_some() {
            self.block.push((Style::Plain, " ".to_owned()));
        } else {
            self.end_block();
        }
    }

    /// A blank line between blocks.
    fn gap(&mut self) {
        self.end_block();
        if self.lines.last().is_some_and(|last| !last.is_empty()) {
            self.lines.push(Vec::new());
        }
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        if block.iter().all(|(_, text)| text.trim().is_empty()) {
            return;
        }
        let first = self.bullet.take().unwrap_or_else(|| "  ".repeat(self.lists.len()));
        let rest = " ".repeat(first.chars().count());
        self.lines.extend(wrapped(&block, self.width, &first, &rest));
    }
}

/// Without anything that could move a cursor, change a colour or take no room.
#[must_use]
pub fn harmless(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !is_unseen(*c)).collect()
}

/// Characters that join, part or turn others and are not seen themselves.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Markdown as lines, without what is in small print.
#[must_use]
pub fn without_small_print(lines: Vec<Line>) -> Vec<Line> {
    let small = |line: &Line| {
        let mut words = line.iter().filter(|(_, text)| !text.trim().is_empty()).peekable();
        words.peek().is_some() && words.all(|(style, _)| *style == Style::Dim)
    };
    let mut kept: Vec<Line> = lines.into_iter().filter(|line| !small(line)).collect();
    while kept.last().is_some_and(Vec::is_empty) {
        kept.pop();
    }
    kept
}
