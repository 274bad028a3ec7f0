//! Boxes of lists in a text, as GitLab counts them.
//!
//! What always holds: what stands in fenced code is no box.

/// The boxes, each with what it is for and whether it is ticked.
pub(super) fn boxes(text: &str) -> Vec<(&str, bool)> {
    let mut fenced = false;
    let mut all = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("```") || line.starts_with("~~~") {
            fenced = !fenced;
        } else if !fenced && let Some(found) = boxed(line) {
            all.push(found);
        }
    }
    all
}

fn boxed(line: &str) -> Option<(&str, bool)> {
    let quoted = line.trim_start_matches(['>', ' ']);
    let digits = quoted.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = digits.len() < quoted.len();
    let rest = if numbered { digits.strip_prefix(['.', ')'])? } else { quoted.strip_prefix(['-', '+', '*'])? };
    let rest = rest.strip_prefix(' ')?.trim_start();
    let (ticked, what) = match (rest.strip_prefix("[ ] "), rest.strip_prefix("[x] ").or(rest.strip_prefix("[X] "))) {
        (Some(what), _) => (false, what),
        (None, what) => (true, what?),
    };
    Some((what.trim(), ticked))
}

/// The boxes that were ticked or emptied between two versions, each where it was.
pub(super) fn turned<'a>(before: &str, after: &'a str) -> Vec<(&'a str, bool)> {
    let old = boxes(before);
    let same = |(nth, (what, ticked)): &(usize, (&str, bool))| {
        old.get(*nth).is_some_and(|(known, was)| known == what && was != ticked)
    };
    boxes(after).into_iter().enumerate().filter(same).map(|(_, found)| found).collect()
}
