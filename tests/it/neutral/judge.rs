//! Markdown as the forges show it, by a renderer that the product does not use: comrak, which GitLab uses itself and
//! which follows GitHub's own parser.

use std::fmt::Write as _;

use comrak::{
    Arena, Options,
    nodes::{AstNode, NodeValue},
    parse_document,
};

/// Breaks up what a forge would find; nobody sees it.
const JOINER: char = '\u{2060}';

/// The rules of one forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    GitHub,
    GitLab,
}

/// What a reader gets to see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Page {
    /// The text with everything that is not text, such as a link and where it leads, between U+0001 and U+0002.
    pub(super) whole: String,
    /// The stretches of text outside code and HTML, in which forges look for mentions and references, with the unseen.
    pub(super) stretches: Vec<String>,
}

/// Shows a text.
pub(super) fn show(markdown: &str, flavour: Flavour) -> Page {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options(flavour));
    let mut page = Page { whole: String::with_capacity(markdown.len() * 2), stretches: Vec::new() };
    let mut stretch = String::new();
    for child in root.children() {
        walk(child, &mut page, &mut stretch);
    }
    page.whole.retain(|c| c != JOINER);
    page
}

/// What `gitlab-glfm-markdown` sets, and what GitHub shows.
fn options(flavour: Flavour) -> Options<'static> {
    let mut options = Options::default();
    let on = &mut options.extension;
    (on.strikethrough, on.table, on.autolink, on.tasklist, on.footnotes) = (true, true, true, true, true);
    (on.alerts, on.math_dollars, on.math_code) = (true, true, true);
    if flavour == Flavour::GitLab {
        (on.description_lists, on.multiline_block_quotes) = (true, true);
        on.wikilinks_title_before_pipe = true;
        options.parse.relaxed_autolinks = true;
        options.parse.relaxed_tasklist_matching = true;
    }
    options
}

fn walk<'a>(node: &'a AstNode<'a>, page: &mut Page, stretch: &mut String) {
    let name = match &node.data.borrow().value {
        NodeValue::Text(text) => {
            page.whole.push_str(text);
            stretch.push_str(text);
            return;
        }
        NodeValue::SoftBreak => {
            page.whole.push('\n');
            stretch.push('\n');
            return;
        }
        NodeValue::Paragraph => "paragraph",
        NodeValue::Strong => "strong",
        NodeValue::Emph => "emphasis",
        NodeValue::TableCell => "cell",
        NodeValue::TableRow(_) => "row",
        NodeValue::Item(_) => "item",
        NodeValue::List(_) => "list",
        other => &format!("{other:?}"),
    };
    let _ = write!(page.whole, "\u{1}{name}\u{2}");
    end(page, stretch);
    for child in node.children() {
        walk(child, page, stretch);
    }
    end(page, stretch);
    let _ = write!(page.whole, "\u{1}/\u{2}");
}

fn end(page: &mut Page, stretch: &mut String) {
    if !stretch.is_empty() {
        page.stretches.push(std::mem::take(stretch));
    }
}

#[test]
fn it_shows_what_would_act() {
    for flavour in [Flavour::GitHub, Flavour::GitLab] {
        for (text, part) in [
            ("a ![x](https://evil.example/x.png)", "Image"),
            ("a [x](https://evil.example)", "Link"),
            ("a https://evil.example", "Link"),
            ("a <b>", "HtmlInline"),
            ("a <!-- x --> b", "HtmlInline"),
            ("<!-- x -->", "HtmlBlock"),
            ("- [ ] a", "TaskItem"),
            ("```\na\n```", "CodeBlock"),
            ("a[^1]\n\n[^1]: b", "FootnoteReference"),
            ("a $x$", "Math"),
            ("> a", "BlockQuote"),
            ("| a |\n|---|\n| b |", "Table"),
        ] {
            let page = show(text, flavour);
            assert!(page.whole.contains(&format!("\u{1}{part}")), "{flavour:?}: {text}: {:?}", page.whole);
        }
    }
    assert!(show(">>>\na\n>>>", Flavour::GitLab).whole.contains("MultilineBlockQuote"));
    assert!(show("a [[b]]", Flavour::GitLab).whole.contains("WikiLink"));
    assert!(show("a irc://evil.example", Flavour::GitLab).whole.contains("Link"));
    assert_eq!(show("a `#1` **b** c", Flavour::GitHub).stretches, ["a ", " ", "b", " c"]);
}
