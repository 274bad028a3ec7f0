//! Characters that nobody sees, and white space folded.
//!
//! What always holds: folded text is on one line, has no blank at either end and no two blanks in a row. What is
//! deliberately not here: look-alike letters (`nearest`), because those are seen and must not vanish silently.

/// True for characters that take no room or only steer the others: zero-width, bidirectional, tag and control
/// characters. White space is not among them.
pub(super) fn invisible(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control() && !c.is_whitespace();
    }
    matches!(c,
        '\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}'       // control characters; U+0085 is white space
        | '\u{ad}' | '\u{34f}' | '\u{61c}'              // soft hyphen, grapheme joiner, Arabic mark
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'                       // zero-width and direction marks
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}') // tags and further selectors: text smuggled past the eye
}

/// The text on one line: invisible characters gone, every run of white space one blank, none at the ends.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Appends the folded text to `out`, which must be empty or end where a new word may begin.
pub(super) fn fold_into(text: &str, out: &mut String) {
    let from = out.len();
    let mut blank = false;
    let mut rest = text;
    loop {
        // Most text is words of visible ASCII, and those are taken whole.
        let (word, after) = rest.split_at(rest.bytes().take_while(u8::is_ascii_graphic).count());
        let mut after = after.chars();
        let next = after.next();
        let odd = next.filter(|c| !c.is_whitespace() && !invisible(*c));
        let seen = !word.is_empty() || odd.is_some();
        if seen && std::mem::take(&mut blank) && out.len() > from {
            out.push(' ');
        }
        out.push_str(word);
        out.extend(odd);
        let Some(next) = next else { return };
        blank |= next.is_whitespace();
        rest = after.as_str();
    }
}

/// At most `most` characters; a longer text ends in `…`, after a whole word where one ends in the last quarter.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let kept = text.get(..end).unwrap_or(text);
    let kept = kept.char_indices().next_back().and_then(|(last, _)| kept.get(..last)).unwrap_or("");
    let word = kept.rfind(' ').filter(|at| *at > kept.len() / 4 * 3).and_then(|at| kept.get(..at)).unwrap_or(kept);
    format!("{}…", word.trim_end())
}
