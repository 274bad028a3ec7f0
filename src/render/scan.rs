//! Reads the tags of a template before the template engine does, and refuses what could bring the process down.
//!
//! The engine's parser and renderer recurse, and a stack that overflows ends the process; so nesting is bounded here.
//! What always holds: whatever this scanner accepts, the engine cuts into the same tags. Rare notations that the two
//! could read differently (escapes, raw blocks, brackets, braces inside a tag) are therefore refused, not guessed at.
//! What is deliberately not here: whether the fields that tags name exist (`fields`).

/// The deepest nesting of blocks (a chain of `else if` counts) and of parentheses.
const DEEPEST: usize = 32;

/// Fields that may stand between three braces: addresses, mentions and moments, all checked, and the picture.
const RAW: [&str; 7] = ["bot", "exact", "last_sitrep_url", "mention", "picture", "spoken", "url"];

/// What a tag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `{{x}}` or `{{helper x}}`, and the checked `{{{x}}}`.
    Value,
    /// `{{#each x}}`
    Open,
    /// `{{else}}` or `{{else if x}}`
    Else,
    /// `{{/each}}`
    Close,
    /// `{{> why}}`
    Part,
}

/// Where something stands in a template, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    /// In characters; 0 where the line as a whole is meant.
    pub(super) column: usize,
}

impl Place {
    /// Where the text after this one begins.
    fn after(self, text: &str) -> Self {
        match text.rsplit_once('\n') {
            Some((above, last)) => Self { line: self.line + newlines(above) + 1, column: last.chars().count() + 1 },
            None => Self { column: self.column + text.chars().count(), ..self },
        }
    }
}

/// One tag.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    /// Where it begins.
    pub(super) place: Place,
    /// What it does.
    pub(super) kind: Kind,
    /// Its words: names, paths, numbers, `(`, `)`; a text in quotes is one word that begins with its quote.
    pub(super) words: Vec<&'a str>,
}

/// A place and what is wrong there.
pub(super) type Wrong = (Place, String);

/// The tags of a template, in order, comments left out.
pub(super) fn tags(text: &str) -> Result<Vec<Tag<'_>>, Wrong> {
    let mut found = Vec::new();
    let (mut rest, mut place) = (text, Place { line: 1, column: 1 });
    while let Some(at) = rest.find("{{") {
        let (before, from) = rest.split_at(at);
        place = place.after(before);
        if before.ends_with('\\') {
            return Err((place, "a backslash before a tag is not supported; put the tag elsewhere".to_owned()));
        }
        let length = if let Some(length) = comment(from) {
            length.map_err(|what| (place, what))?
        } else {
            let (tag, length) = tag(from, place).map_err(|what| (place, what))?;
            found.push(tag);
            length
        };
        let (whole, after) = from.split_at(length);
        place = place.after(whole);
        rest = after;
    }
    nesting(&found)?;
    Ok(found)
}

fn newlines(text: &str) -> usize {
    text.matches('\n').count()
}

/// The length of a comment that stands here, if one does.
fn comment(from: &str) -> Option<Result<usize, String>> {
    let inside = from.strip_prefix("{{!")?;
    let end = if inside.trim_start_matches([' ', '\t', '\r', '\n']).starts_with("--") && inside.contains("--}}") {
        "--}}"
    } else {
        "}}"
    };
    let Some((body, _)) = inside.split_once(end) else {
        return Some(Err("a comment is opened and never closed".to_owned()));
    };
    if body.contains("{{") {
        return Some(Err("a comment may not hold `{{`".to_owned()));
    }
    Some(Ok("{{!".len() + body.len() + end.len()))
}

/// The tag that stands here, and its length.
fn tag(from: &str, place: Place) -> Result<(Tag<'_>, usize), String> {
    if from.starts_with("{{{{") {
        return Err("raw blocks (four braces) are not supported".to_owned());
    }
    let raw = from.starts_with("{{{");
    let (open, close) = if raw { ("{{{", "}}}") } else { ("{{", "}}") };
    let inside = from.strip_prefix(open).unwrap_or(from);
    let Some((body, after)) = inside.split_once("}}") else {
        return Err("a tag is opened and never closed".to_owned());
    };
    if raw && !after.starts_with('}') {
        return Err("a tag opens with three braces and closes with two".to_owned());
    }
    if let Some(odd) = body.chars().find(|c| "{}[]\\=|*^".contains(*c)) {
        return Err(format!(
            "`{odd}` inside a tag is not supported: no inline partials, named arguments, block parameters, brackets or \
             escapes; write {{{{else}}}} for the other branch"
        ));
    }
    let length = open.len() + body.len() + close.len();
    let bare = body.trim().trim_start_matches('~').trim_end_matches('~').trim();
    let (kind, bare) = kind(bare, raw)?;
    let words = words(bare)?;
    if raw {
        raw_allowed(&words)?;
    }
    Ok((Tag { place, kind, words }, length))
}

fn kind(bare: &str, raw: bool) -> Result<(Kind, &str), String> {
    let sigils = [('#', Kind::Open), ('/', Kind::Close), ('>', Kind::Part)];
    for (sigil, kind) in sigils {
        if let Some(rest) = bare.strip_prefix(sigil) {
            if raw {
                return Err(format!("`{sigil}` does not go with three braces"));
            }
            if rest.trim_start().starts_with('>') {
                return Err("partial blocks are not supported; include a part with {{> name}}".to_owned());
            }
            return Ok((kind, rest.trim()));
        }
    }
    if bare.starts_with('&') {
        return Err("`&` is not supported; write three braces for a checked address, mention or moment".to_owned());
    }
    match bare.strip_prefix("else") {
        Some(rest) if rest.is_empty() || rest.starts_with(char::is_whitespace) => Ok((Kind::Else, rest.trim())),
        _ => Ok((Kind::Value, bare)),
    }
}

/// Cuts a tag's inside into words and bounds its parentheses.
fn words(bare: &str) -> Result<Vec<&str>, String> {
    let (mut found, mut rest, mut depth) = (Vec::new(), bare.trim_start(), 0_usize);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => {
                2 + rest.get(1..).and_then(|inside| inside.find(first)).ok_or("a text in quotes is not closed")?
            }
            '(' => {
                depth += 1;
                1
            }
            ')' => {
                depth = depth.checked_sub(1).ok_or("a parenthesis is closed that was never opened")?;
                1
            }
            _ => rest.find(|c: char| c.is_whitespace() || "()\"'".contains(c)).unwrap_or(rest.len()),
        };
        if depth > DEEPEST {
            return Err(format!("parentheses nest deeper than {DEEPEST}"));
        }
        let (word, after) = rest.split_at(length);
        found.push(word);
        rest = after.trim_start();
    }
    if depth > 0 {
        return Err("a parenthesis is not closed".to_owned());
    }
    Ok(found)
}

fn raw_allowed(words: &[&str]) -> Result<(), String> {
    let last = |path: &str| path.rsplit(['.', '/']).next().is_some_and(|name| RAW.contains(&name));
    match words {
        [path] if last(path) => Ok(()),
        _ => Err(format!(
            "three braces are only for fields that hold nothing from people: {}; write two braces",
            RAW.join(", ")
        )),
    }
}

/// Every block is closed by its own name, and none lies too deep.
fn nesting(tags: &[Tag<'_>]) -> Result<(), Wrong> {
    let mut open: Vec<(&Tag<'_>, usize)> = Vec::new();
    for tag in tags {
        match tag.kind {
            Kind::Open => open.push((tag, 1)),
            Kind::Else => match open.last_mut() {
                Some((_, levels)) => *levels += usize::from(!tag.words.is_empty()),
                None => return Err((tag.place, "{{else}} stands outside any block".to_owned())),
            },
            Kind::Close => closes(tag, open.pop().map(|(opened, _)| opened))?,
            Kind::Value | Kind::Part => {}
        }
        if open.iter().map(|(_, levels)| levels).sum::<usize>() > DEEPEST {
            return Err((tag.place, format!("blocks nest deeper than {DEEPEST}")));
        }
    }
    match open.last() {
        Some((tag, _)) => Err((tag.place, "this block is never closed".to_owned())),
        None => Ok(()),
    }
}

fn closes(tag: &Tag<'_>, opened: Option<&Tag<'_>>) -> Result<(), Wrong> {
    let Some(opened) = opened else {
        return Err((tag.place, "a block is closed that was never opened".to_owned()));
    };
    if opened.words.first() != tag.words.first() {
        let name = opened.words.first().copied().unwrap_or_default();
        return Err((
            tag.place,
            format!("closes another block than the one open: `{name}`, opened in line {}", opened.place.line),
        ));
    }
    Ok(())
}
