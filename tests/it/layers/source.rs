//! A Rust source file as words and signs, freed of comments and strings, with the paths it uses inside the crate.
//!
//! Only as much of the language as the layer rules need: no macro is expanded, no name is resolved through `use`.

use std::{fs, path::Path};

/// One source file.
pub(super) struct Source {
    /// Relative to the repository, with `/`.
    pub(super) path: String,
    /// As written.
    pub(super) text: String,
    /// Every word and sign outside comments, strings and character literals.
    pub(super) tokens: Vec<Token>,
}

/// A word (identifier, keyword, number) or a single sign.
pub(super) struct Token {
    pub(super) text: String,
    /// 1-based.
    pub(super) line: usize,
}

/// A path inside the crate, from its root: `crate::store::sqlite::Store` is `[store, sqlite, Store]`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), tokens: tokens(&blanked(text)) }
    }

    /// The top-level module this file belongs to: `src/store/sqlite/mod.rs` and `src/store.rs` are in `store`.
    pub(super) fn room(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let first = inside.split('/').next().unwrap_or(inside);
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Lines on which these words and signs follow each other.
    pub(super) fn lines_with(&self, pattern: &[&str]) -> Vec<usize> {
        self.tokens
            .windows(pattern.len())
            .filter(|window| window.iter().map(|token| token.text.as_str()).eq(pattern.iter().copied()))
            .map(|window| window[0].line)
            .collect()
    }

    /// Lines that name this library: `name::..`, `use name`, `extern crate name`.
    pub(super) fn lines_with_library(&self, name: &str) -> Vec<usize> {
        let mut lines = self.lines_with(&[name, ":", ":"]);
        lines.extend(self.lines_with(&["use", name]));
        lines.extend(self.lines_with(&["extern", "crate", name]));
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    /// Every path that begins with `crate::`, `super::` or `self::` (in `main.rs` also `hotwash::`), groups unfolded.
    pub(super) fn used(&self) -> Vec<Used> {
        let root = if self.path == "src/main.rs" { "hotwash" } else { "crate" };
        let mut found = Vec::new();
        let mut inner: Vec<(usize, String)> = Vec::new();
        let (mut depth, mut at) = (0_usize, 0_usize);
        while at < self.tokens.len() {
            let begins = self.word(at + 1) == ":" && self.word(at + 2) == ":" && (at == 0 || self.word(at - 1) != ":");
            match self.word(at) {
                word if begins && (word == "crate" || word == root) => {
                    at = self.unfold(at + 3, Vec::new(), &mut found);
                    continue;
                }
                "super" | "self" if begins => {
                    let mut here = self.module();
                    here.extend(inner.iter().map(|(_, name)| name.clone()));
                    at = self.unfold(at, here, &mut found);
                    continue;
                }
                "{" => {
                    depth += 1;
                    if at >= 2 && self.word(at - 2) == "mod" {
                        inner.push((depth, self.word(at - 1).to_owned()));
                    }
                }
                "}" => {
                    inner.retain(|(opened, _)| *opened < depth);
                    depth = depth.saturating_sub(1);
                }
                _ => {}
            }
            at += 1;
        }
        found
    }

    /// Reads one path or group from `at`, adds its leaves, and returns where it ends.
    fn unfold(&self, mut at: usize, mut prefix: Vec<String>, found: &mut Vec<Used>) -> usize {
        loop {
            let line = self.tokens.get(at).map_or(0, |token| token.line);
            match self.word(at) {
                "{" => {
                    at += 1;
                    while at < self.tokens.len() && self.word(at) != "}" {
                        at = self.unfold(at, prefix.clone(), found);
                        // Whatever follows a leaf (`as other`) belongs to it.
                        while !matches!(self.word(at), "," | "}" | "") {
                            at += 1;
                        }
                        at += usize::from(self.word(at) == ",");
                    }
                    return at + 1;
                }
                "super" => {
                    prefix.pop();
                }
                "self" => {}
                word => prefix.push(word.to_owned()),
            }
            if self.word(at + 1) == ":" && self.word(at + 2) == ":" {
                at += 3;
            } else {
                found.push(Used { segments: prefix, line });
                return at + 1;
            }
        }
    }

    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    /// The file's own module path.
    fn module(&self) -> Vec<String> {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let inside = inside.strip_suffix(".rs").unwrap_or(inside);
        inside.split('/').filter(|part| !matches!(*part, "mod" | "lib" | "main")).map(str::to_owned).collect()
    }
}

/// Every Rust file below a folder of the repository, in order of paths.
pub(super) fn below(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open = vec![root.join(folder)];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).unwrap_or_else(|error| panic!("cannot list {}: {error}", at.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                found.push(Source::new(&name, &fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn tokens(code: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut word = String::new();
        for letter in line.chars().chain([' ']) {
            if letter.is_alphanumeric() || letter == '_' {
                word.push(letter);
                continue;
            }
            if !word.is_empty() {
                found.push(Token { text: std::mem::take(&mut word), line: number + 1 });
            }
            if !letter.is_whitespace() {
                found.push(Token { text: letter.to_string(), line: number + 1 });
            }
        }
    }
    found
}

/// The text with comments, strings and character literals replaced by spaces; lines stay where they are.
fn blanked(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let end = skipped(&letters, at);
        if end > at {
            code.extend(letters[at..end].iter().map(|letter| if *letter == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            // A whole word at a time, so that the `r` of `r"..."` is told from the end of another word.
            let end = (at + 1..letters.len()).find(|end| !is_word(letters[*end])).unwrap_or(letters.len());
            let end = if is_word(letters[at]) { end } else { at + 1 };
            code.extend(&letters[at..end]);
            at = end;
        }
    }
    code
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Where the comment, string or character literal that begins at `at` ends; `at` where none begins.
fn skipped(letters: &[char], at: usize) -> usize {
    let letter = |offset: usize| letters.get(at + offset).copied().unwrap_or('\0');
    match (letter(0), letter(1)) {
        ('/', '/') => find(letters, at, "\n").unwrap_or(letters.len()),
        ('/', '*') => block_comment(letters, at),
        ('"', _) => string(letters, at + 1),
        ('\'', '\\') => find(letters, at + 3, "'").map_or(letters.len(), |end| end + 1),
        // `'a'` is a letter, `'a` a lifetime.
        ('\'', _) if letter(2) == '\'' => at + 3,
        ('r', '"' | '#') => raw_string(letters, at + 1).unwrap_or(at),
        ('b' | 'c', 'r') if matches!(letter(2), '"' | '#') => raw_string(letters, at + 2).unwrap_or(at),
        _ => at,
    }
}

fn find(letters: &[char], from: usize, what: &str) -> Option<usize> {
    let what: Vec<char> = what.chars().collect();
    (from..letters.len()).find(|at| letters[*at..].starts_with(&what))
}

fn block_comment(letters: &[char], from: usize) -> usize {
    let (mut at, mut open) = (from, 0_u32);
    while at < letters.len() {
        match (letters[at], letters.get(at + 1)) {
            ('/', Some('*')) => (at, open) = (at + 2, open + 1),
            ('*', Some('/')) => (at, open) = (at + 2, open - 1),
            _ => at += 1,
        }
        if open == 0 {
            return at;
        }
    }
    at
}

fn string(letters: &[char], from: usize) -> usize {
    let mut at = from;
    while at < letters.len() {
        match letters[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    letters.len()
}

/// `from` is the first hash or the quote. `None` for a raw identifier such as `r#type`.
fn raw_string(letters: &[char], from: usize) -> Option<usize> {
    let hashes = letters[from..].iter().take_while(|letter| **letter == '#').count();
    (letters.get(from + hashes) == Some(&'"')).then(|| {
        let closing = format!("\"{}", "#".repeat(hashes));
        find(letters, from + hashes + 1, &closing).map_or(letters.len(), |end| end + closing.len())
    })
}
