//! Text from people, made harmless before the bot repeats it.
//!
//! What always holds: the result is one line that both forges show as plain text, wherever a template puts it inside a
//! sentence, a list item, a heading or a table cell: nobody is mentioned, nothing is linked, referred to, fetched,
//! formatted, closed or run. Two means are used. A backslash takes away what Markdown sees in a character. The forges,
//! however, look for mentions and references in the text *after* Markdown, where backslashes are gone; those are broken
//! by U+2060, which joins words and is invisible. What is deliberately not here: text inside code marks or HTML
//! attributes, where neither means works; templates put no such text there.

use super::chars::{cut, folded};

/// The longest text that is repeated, in characters.
pub const LONGEST: usize = 10_000;

/// Breaks up what a forge would find in the text; takes no room.
const JOINER: char = '\u{2060}';

/// Makes text from people harmless: what a reader then sees is [`plain`] of the text.
#[must_use]
pub fn inline(text: &str) -> String {
    let chars: Vec<char> = plain(text).chars().collect();
    let mut out = String::with_capacity(chars.len() * 2);
    let mut hash = Hash::default();
    for (at, c) in chars.iter().enumerate() {
        let around = Around { chars: &chars, at };
        if hash.is_too_long(&around) | around.refers() {
            out.push(JOINER);
        }
        match c {
            '|' => out.push_str("&#124;"), // a backslash is not enough for every reader of tables
            c if around.is_markup() => out.extend(['\\', *c]),
            c => out.push(*c),
        }
    }
    out
}

/// The longest title, in characters: forges take some 250, and every second may be one that breaks up what it stands before.
const LONGEST_TITLE: usize = 120;

/// Makes text from people harmless where a forge wants a title, in which nobody reads Markdown.
#[must_use]
pub fn title(text: &str) -> String {
    let chars: Vec<char> = cut(&folded(text), LONGEST_TITLE).chars().collect();
    let mut out = String::with_capacity(chars.len() * 2);
    let mut hash = Hash::default();
    for (at, c) in chars.iter().enumerate() {
        let around = Around { chars: &chars, at };
        if hash.is_too_long(&around) | around.refers() {
            out.push(JOINER);
        }
        out.push(*c);
    }
    out
}

/// The text as a reader shall see it: one line, no invisible characters, at most 10,000 characters (then `…`). It is still
/// live Markdown; use it only where nothing reads Markdown.
#[must_use]
pub fn plain(text: &str) -> String {
    cut(&folded(text), LONGEST)
}

/// The text that [`inline`] was given, as far as it can be told from what came out: for text that the bot repeated
/// before and repeats again, so that escapes do not pile up.
#[must_use]
pub fn undo(text: &str) -> String {
    let text = text.replace("&#124;", "|");
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().filter(|c| *c != JOINER).peekable();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next_if(char::is_ascii_punctuation) } else { None };
        out.push(escaped.unwrap_or(c));
    }
    out
}

/// The fewest hexadecimal digits that forges take for a commit.
const SHORTEST_HASH: usize = 7;

/// Where a text that is read character by character stands in what could be a commit's hash.
#[derive(Default)]
struct Hash {
    /// How many digits in a row came so far.
    into: usize,
    /// How many there are in this row; 0 where they are too few.
    length: usize,
}

impl Hash {
    /// Takes the next character; true where the digits before it are as many as may stay together.
    fn is_too_long(&mut self, around: &Around<'_>) -> bool {
        if !around.here().is_ascii_hexdigit() {
            *self = Self::default();
            return false;
        }
        if self.into == 0 {
            self.length = around.hash_from_here();
        }
        self.into += 1;
        self.length > 0 && self.into > 1 && (self.into - 1).is_multiple_of(SHORTEST_HASH - 1)
    }
}

/// One character and its neighbours.
struct Around<'a> {
    chars: &'a [char],
    at: usize,
}

impl Around<'_> {
    fn here(&self) -> char {
        self.chars.get(self.at).copied().unwrap_or(' ')
    }

    fn before(&self, steps: usize) -> Option<char> {
        self.chars.get(self.at.checked_sub(steps)?).copied()
    }

    fn after(&self) -> Option<char> {
        self.chars.get(self.at + 1).copied()
    }

    /// Whether this character and the ones before it begin something that a forge would make live.
    fn refers(&self) -> bool {
        let here = self.here();
        let named = here.is_alphanumeric() || matches!(here, '_' | '"' | '\'' | '`' | '{');
        match self.before(1) {
            Some('@') => !here.is_whitespace(),
            // Issues, merge requests, snippets, labels, milestones, epics, alerts, iterations.
            Some('#' | '!' | '$' | '~' | '%' | '&' | '^' | '*') => named,
            // `[issue:1]`, `[TOC]`, `[[page]]`, `[+ inserted +]`, and the box of a task, which GitLab finds after Markdown.
            Some('[') => {
                named || matches!(here, '[' | '+' | '-') || (matches!(here, ' ' | '~') && self.after() == Some(']'))
            }
            Some('{') => matches!(here, '+' | '-'),
            Some('-') => self.continues_ticket(),
            Some(':') => here == '/' || self.begins_emoji(),
            Some('w' | 'W') => here == '.' && self.ends_www(),
            _ => false,
        }
    }

    /// `GH-1`, `OPS-7`, `CVE-2026-1`, `GHSA-...`: a word with a letter in it, a hyphen, a digit.
    fn continues_ticket(&self) -> bool {
        let word =
            || (2..).map_while(|steps| self.before(steps)).take_while(|c| c.is_ascii_alphanumeric() || *c == '_');
        let advisory = || word().map(|c| c.to_ascii_uppercase()).eq("ASHG".chars());
        (self.here().is_ascii_digit() && word().any(|c| c.is_ascii_alphabetic()))
            || (self.here().is_ascii_alphanumeric() && advisory())
    }

    /// `:name:` and `:100:`, but not the minutes of `10:00:07`. What follows the text may be the second colon.
    fn begins_emoji(&self) -> bool {
        let rest = self.chars.get(self.at..).unwrap_or(&[]);
        let name = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-')).count();
        let closed = name > 0 && rest.get(name).is_none_or(|c| *c == ':');
        let clock = name <= 2
            && self.before(2).is_some_and(|c| c.is_ascii_digit())
            && rest.iter().take(name).all(char::is_ascii_digit);
        closed && !clock
    }

    fn ends_www(&self) -> bool {
        (1..=3).all(|steps| self.before(steps).is_some_and(|c| c.eq_ignore_ascii_case(&'w')))
    }

    /// How many hexadecimal digits follow each other from here, where they could be a commit's hash: seven or more. GitLab
    /// finds them inside of words as well; there, letters alone are taken for a word such as `feedback`.
    fn hash_from_here(&self) -> usize {
        let rest = self.chars.get(self.at..).unwrap_or(&[]);
        let digits = rest.iter().take_while(|c| c.is_ascii_hexdigit()).count();
        let apart = |c: Option<&char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
        let alone = apart(self.before(1).as_ref()) && apart(rest.get(digits));
        let numbers = rest.iter().take(digits).any(char::is_ascii_digit);
        if digits >= SHORTEST_HASH && (alone || numbers) { digits } else { 0 }
    }

    /// Whether Markdown would see more than a character here.
    fn is_markup(&self) -> bool {
        match self.here() {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '~' | '$' | '#' => true,
            '&' => self.after().is_some_and(|next| next.is_ascii_alphanumeric() || next == '#'),
            '!' => self.after() == Some('[') || self.before(1) == Some('<'),
            '>' => self.at == 0 || self.before(1) == Some('-'),
            '-' | '+' | '=' | ':' | ';' | '/' => self.at == 0,
            '.' | ')' => {
                let first = self.chars.get(..self.at).unwrap_or(&[]);
                !first.is_empty() && first.iter().all(char::is_ascii_digit) // would begin a numbered list
            }
            _ => false,
        }
    }
}
