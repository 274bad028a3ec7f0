//! One long comment as several, because forges refuse long ones.
//!
//! What always holds: no page reaches the limit, no character is cut in two, and nothing is lost: without what a page
//! repeats, the pages hold the lines of the text in order. What was harmless inside of a line stays so where a page begins
//! with it. What is deliberately not here: the limit of each forge.

use std::borrow::Cow;

/// The least limit that is obeyed; below it no page could hold even one character and a line end.
const LEAST: usize = 16;

/// Stands before what would mean something at the start of a line; takes no room.
const JOINER: char = '\u{2060}';

/// How a pipe is written in a text from people.
const PIPE: &str = "&#124;";

/// Splits a comment at line ends into pages of fewer than `limit` bytes each (a limit below 16 counts as 16).
///
/// A code fence that a cut falls into is closed at the end of the page and opened again on the next; a table goes on
/// below its repeated header. Neither is done where the repetition would take more than a third of the page. Lines
/// longer than a page are cut, between words where possible. There is always at least one page.
#[must_use]
pub fn split(text: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(LEAST);
    if text.len() < limit {
        return vec![text.to_owned()];
    }
    let mut pager = Pager { limit, pages: Vec::new(), page: String::new(), fresh: true, block: Block::Prose };
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        let head_below = lines.peek().filter(|next| pager.begins_table(line, next)).copied();
        if let Some(rule) = head_below {
            lines.next();
            pager.table(line, rule);
        } else {
            pager.line(line);
        }
    }
    pager.finish()
}

/// What the next line stands in, and what a new page repeats of it.
enum Block {
    Prose,
    Fence { opening: String, mark: u8, length: usize },
    Table { head: String },
}

struct Pager {
    limit: usize,
    pages: Vec<String>,
    page: String,
    /// The page holds nothing yet but what it repeats.
    fresh: bool,
    block: Block,
}

impl Pager {
    fn begins_table(&self, line: &str, next: &str) -> bool {
        matches!(self.block, Block::Prose) && line.contains('|') && is_rule(next)
    }

    fn table(&mut self, line: &str, rule: &str) {
        let head = format!("{line}\n{rule}");
        if !self.fits(head.len()) && !self.fresh {
            self.turn();
        }
        if head.len() < self.limit {
            self.put(&head);
            self.block = Block::Table { head };
        } else {
            self.place(line);
            self.place(rule);
        }
    }

    fn line(&mut self, line: &str) {
        match &self.block {
            Block::Prose => {
                let opens = fence(line);
                // What closes the fence must fit on the page that opens it.
                if !self.fresh && opens.is_some_and(|(_, length)| !self.fits(line.len() + length + 1)) {
                    self.turn();
                }
                self.place(line);
                if let Some((mark, length)) = opens {
                    self.block = Block::Fence { opening: line.to_owned(), mark, length };
                }
            }
            Block::Fence { mark, length, .. } => {
                let closes = fence(line).is_some_and(|(by, long)| by == *mark && long >= *length)
                    && line.trim().bytes().all(|byte| byte == *mark);
                if closes && self.used() + line.len() < self.limit {
                    self.put(line); // the room kept for closing the fence is meant for this very line
                    self.block = Block::Prose;
                } else {
                    self.place(line);
                    if closes {
                        self.block = Block::Prose;
                    }
                }
            }
            Block::Table { .. } => {
                if line.contains('|') {
                    self.place(line);
                } else {
                    self.block = Block::Prose;
                    self.line(line);
                }
            }
        }
    }

    /// Puts a line on this page or the next; cuts it only where it is longer than a page.
    fn place(&mut self, line: &str) {
        if !self.fits(line.len()) && !self.fresh {
            self.turn();
        }
        let mut rest = Cow::Borrowed(line);
        while !self.fits(rest.len()) {
            let (piece, after) = rest.split_at(cut_before(&rest, self.room()));
            self.put(piece);
            self.turn();
            rest = Cow::Owned(self.continued(after));
        }
        self.put(&rest);
    }

    /// The rest of a line where it begins a page: what meant nothing in its middle shall mean nothing here, such as a
    /// quick action. Code is left as it is.
    fn continued(&self, rest: &str) -> String {
        let speaks = |c: char| c.is_ascii_digit() || (c.is_ascii_punctuation() && !matches!(c, '\\' | '&'));
        match &self.block {
            Block::Prose | Block::Table { .. } if rest.starts_with(speaks) => format!("{JOINER}{rest}"),
            _ => rest.to_owned(),
        }
    }

    fn put(&mut self, line: &str) {
        if !self.page.is_empty() || !self.fresh {
            self.page.push('\n');
        }
        self.page.push_str(line);
        self.fresh = false;
    }

    /// Whether a line of so many bytes fits, with what closes the fence kept back.
    fn fits(&self, bytes: usize) -> bool {
        self.used() + bytes + self.reserve() < self.limit
    }

    /// Bytes that the next line may have.
    fn room(&self) -> usize {
        (self.limit - 1).saturating_sub(self.used() + self.reserve())
    }

    /// Bytes of this page, with the line end before the next line.
    fn used(&self) -> usize {
        self.page.len() + usize::from(!self.page.is_empty() || !self.fresh)
    }

    fn reserve(&self) -> usize {
        self.closing().map_or(0, |closing| closing.len() + 1)
    }

    /// The line that closes the fence at the end of a page, where the fence is short enough to be repeated.
    fn closing(&self) -> Option<String> {
        match &self.block {
            Block::Fence { opening, mark, length } if opening.len() + length + 2 <= self.limit / 3 => {
                Some(char::from(*mark).to_string().repeat(*length))
            }
            _ => None,
        }
    }

    fn turn(&mut self) {
        let closing = self.closing();
        if let Some(closing) = &closing {
            self.page.push('\n');
            self.page.push_str(closing);
        }
        self.pages.push(std::mem::take(&mut self.page));
        match &self.block {
            Block::Fence { opening, .. } if closing.is_some() => self.page.push_str(opening),
            Block::Table { head } if head.len() < self.limit / 3 => self.page.push_str(head),
            _ => {}
        }
        self.fresh = true;
    }

    fn finish(mut self) -> Vec<String> {
        if !self.fresh || self.pages.is_empty() {
            self.pages.push(self.page);
        }
        self.pages
    }
}

/// The mark and length of a code fence that this line opens or closes.
fn fence(line: &str) -> Option<(u8, usize)> {
    let text = line.trim_start_matches(' ');
    let mark = text.bytes().next().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let length = text.bytes().take_while(|byte| *byte == mark).count();
    let info = text.get(length..).unwrap_or("");
    let opens = length >= 3 && line.len() - text.len() <= 3 && !(mark == b'`' && info.contains('`'));
    opens.then_some((mark, length))
}

/// Whether a line is the one between a table's header and its rows.
fn is_rule(line: &str) -> bool {
    let text = line.trim();
    text.contains('-') && text.contains('|') && text.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' '))
}

/// Where to cut a line that has to be cut: behind the last blank of the first `room` bytes if it is in their second
/// half, else at the last character that fits; at least one character.
fn cut_before(line: &str, room: usize) -> usize {
    let fits = line.floor_char_boundary(room);
    let blank = line.get(..fits).and_then(|start| start.rfind(' ')).map(|at| at + 1).filter(|at| *at > fits / 2);
    let one = line.chars().next().map_or(0, char::len_utf8);
    blank.unwrap_or_else(|| before_pair(line, fits)).max(one)
}

/// The nearest place at or before `at` that tears nothing apart: neither a backslash from what it takes the meaning of,
/// nor a pipe that is written in letters.
fn before_pair(line: &str, at: usize) -> usize {
    let before = line.get(..at).unwrap_or(line);
    let slashes = before.bytes().rev().take_while(|byte| *byte == b'\\').count();
    let pipe = before.rfind('&').filter(|start| start + PIPE.len() > at);
    match pipe {
        Some(start) if line.get(start..).is_some_and(|rest| rest.starts_with(PIPE)) => start,
        _ => at - slashes % 2,
    }
}
