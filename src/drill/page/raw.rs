//! Raw HTML in Markdown, taken apart: the few tags that may stand, and text.
//!
//! What always holds: a tag may stand only if it is spelled without any attribute; comments vanish, hidden marks with
//! them; everything else is text. Linear in the length of the text.

/// A tag that may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Details,
    Summary,
    Sub,
}

impl Name {
    pub(super) fn opening(self) -> &'static str {
        match self {
            Self::Details => "<details>",
            Self::Summary => "<summary>",
            Self::Sub => "<sub>",
        }
    }

    pub(super) fn closing(self) -> &'static str {
        match self {
            Self::Details => "</details>",
            Self::Summary => "</summary>",
            Self::Sub => "</sub>",
        }
    }
}

/// A piece of raw HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// To be shown as it is written.
    Text(&'t str),
    Open(Name),
    Close(Name),
    Break,
}

const TAGS: [(&str, Piece<'static>); 9] = [
    ("<details>", Piece::Open(Name::Details)),
    ("</details>", Piece::Close(Name::Details)),
    ("<summary>", Piece::Open(Name::Summary)),
    ("</summary>", Piece::Close(Name::Summary)),
    ("<sub>", Piece::Open(Name::Sub)),
    ("</sub>", Piece::Close(Name::Sub)),
    ("<br>", Piece::Break),
    ("<br/>", Piece::Break),
    ("<br />", Piece::Break),
];

/// The text, taken apart.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, here) = rest.split_at(at);
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        rest = if let Some(comment) = here.strip_prefix("<!--") {
            // One that never ends hides the rest, as browsers have it.
            comment.split_once("-->").map_or("", |(_, rest)| rest)
        } else if let Some((tag, piece)) = TAGS.iter().find(|(tag, _)| starts(here, tag)) {
            pieces.push(*piece);
            here.get(tag.len()..).unwrap_or_default()
        } else {
            pieces.push(Piece::Text("<"));
            here.get(1..).unwrap_or_default()
        };
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

fn starts(text: &str, tag: &str) -> bool {
    text.as_bytes().get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
}
