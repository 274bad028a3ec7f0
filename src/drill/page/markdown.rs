//! Markdown as the forge would show it, from anybody, in a page of ours.
//!
//! What always holds: no tag in the result but those that the Markdown itself means, a few harmless ones that the
//! program writes (`raw`), and our own pictures; links lead to http, https, or an issue of this drill; nothing is loaded
//! from anywhere; what is opened is closed inside what it was opened in, so no text can leave its frame; headings go on
//! below the page's own without gaps. What is deliberately not here: what a picture looks like (`gantt`).

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::{
    gantt,
    raw::{self, Name, Piece},
};

/// The level of the headings that comments stand under.
const ABOVE: usize = 3;

/// The text as HTML. `issues` is the address under which the forge shows issues of this project, up to the number: such
/// links lead to the pages of the drill.
#[must_use]
pub(super) fn html(text: &str, issues: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    let mut safe = Safe { issues, ..Safe::default() };
    for event in Parser::new_ext(text, options) {
        safe.take(event);
    }
    safe.close_raw();
    let mut page = String::with_capacity(text.len() * 2);
    html::push_html(&mut page, safe.out.into_iter());
    page
}

/// What is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Markdown,
    Raw(Name),
}

#[derive(Default)]
struct Safe<'t> {
    issues: &'t str,
    out: Vec<Event<'t>>,
    open: Vec<Open>,
    /// Levels of the headings that the present place stands under, as written.
    headings: Vec<HeadingLevel>,
    shown_as: Option<HeadingLevel>,
    /// Whether each open link leads anywhere.
    links: Vec<bool>,
    /// Raw HTML, which comes line by line.
    block: Option<String>,
    /// The source of a picture.
    picture: Option<String>,
}

impl<'t> Safe<'t> {
    fn take(&mut self, event: Event<'t>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Html(text) => match &mut self.block {
                Some(block) => block.push_str(&text),
                None => self.raw(&text),
            },
            Event::InlineHtml(text) => self.raw(&text),
            Event::Text(text) => match &mut self.picture {
                Some(source) => source.push_str(&text),
                None => self.out.push(Event::Text(text)),
            },
            // Forges break the lines of a comment where its author did.
            Event::SoftBreak => self.out.push(Event::HardBreak),
            other => self.out.push(other),
        }
    }

    fn start(&mut self, tag: Tag<'t>) {
        match tag {
            Tag::HtmlBlock => {
                self.block = Some(String::new());
                return;
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) if is_picture(&info) => {
                self.picture = Some(String::new());
                return;
            }
            _ => self.open.push(Open::Markdown),
        }
        match tag {
            Tag::Heading { level, .. } => {
                let level = self.heading(level);
                let (classes, attrs) = (Vec::new(), Vec::new());
                self.out.push(Event::Start(Tag::Heading { level, id: None, classes, attrs }));
            }
            Tag::Link { link_type, dest_url, id, .. } => {
                let target = self.target(&dest_url);
                self.links.push(target.is_some());
                if let Some(target) = target {
                    let (dest_url, title) = (CowStr::from(target), CowStr::Borrowed(""));
                    self.out.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
                }
            }
            Tag::Image { .. } => self.out.push(Event::Text(CowStr::Borrowed("[image, not loaded: "))),
            Tag::Table(columns) => {
                let frame = "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">";
                self.out.push(Event::Html(CowStr::Borrowed(frame)));
                // Alignment would come as an inline style, which the page forbids.
                self.out.push(Event::Start(Tag::Table(vec![pulldown_cmark::Alignment::None; columns.len()])));
            }
            tag => self.out.push(Event::Start(tag)),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::HtmlBlock => {
                let block = self.block.take().unwrap_or_default();
                return self.raw(&block);
            }
            TagEnd::CodeBlock if self.picture.is_some() => {
                let source = self.picture.take().unwrap_or_default();
                return self.out.push(Event::Html(CowStr::from(gantt::html(&source))));
            }
            _ => self.close_to_markdown(),
        }
        match tag {
            TagEnd::Heading(level) => {
                let level = self.shown_as.take().unwrap_or(level);
                self.out.push(Event::End(TagEnd::Heading(level)));
            }
            TagEnd::Link => {
                if self.links.pop() == Some(true) {
                    self.out.push(Event::End(TagEnd::Link));
                }
            }
            TagEnd::Image => self.out.push(Event::Text(CowStr::Borrowed("]"))),
            TagEnd::Table => {
                self.out.push(Event::End(TagEnd::Table));
                self.out.push(Event::Html(CowStr::Borrowed("</div>")));
            }
            tag => self.out.push(Event::End(tag)),
        }
    }

    /// The level at which a heading is shown.
    fn heading(&mut self, written: HeadingLevel) -> HeadingLevel {
        while self.headings.last().is_some_and(|above| *above >= written) {
            self.headings.pop();
        }
        self.headings.push(written);
        let level = HeadingLevel::try_from((ABOVE + self.headings.len()).min(6)).unwrap_or(HeadingLevel::H6);
        self.shown_as = Some(level);
        level
    }

    /// Where a link may lead.
    fn target(&self, url: &str) -> Option<String> {
        if let Some(rest) = url.strip_prefix(self.issues).filter(|_| !self.issues.is_empty()) {
            let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let fragment = rest.split_once('#').map_or("", |(_, fragment)| fragment);
            let plain = fragment.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
            if !number.is_empty() && plain {
                let mark = if fragment.is_empty() { "" } else { "#" };
                return Some(format!("/issues/{number}{mark}{fragment}"));
            }
        }
        let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        let web = matches!(scheme.as_deref(), Some("http" | "https"));
        (web && !url.chars().any(|c| c.is_control() || c.is_whitespace())).then(|| url.to_owned())
    }

    /// Raw HTML: what is harmless as it is, the rest as the text that it is.
    fn raw(&mut self, text: &str) {
        for piece in raw::pieces(text) {
            match piece {
                Piece::Text(text) => self.out.push(Event::Text(CowStr::from(text.to_owned()))),
                Piece::Break => self.out.push(Event::Html(CowStr::Borrowed("<br>"))),
                Piece::Open(name) if self.fits(name) => {
                    self.open.push(Open::Raw(name));
                    self.out.push(Event::Html(CowStr::Borrowed(name.opening())));
                }
                Piece::Close(name) if self.is_open(name) => {
                    while let Some(Open::Raw(last)) = self.open.last().copied() {
                        self.close_last(last);
                        if last == name {
                            break;
                        }
                    }
                }
                Piece::Open(_) | Piece::Close(_) => {}
            }
        }
    }

    /// A summary stands right at the beginning of details only.
    fn fits(&self, name: Name) -> bool {
        name != Name::Summary || self.open.last() == Some(&Open::Raw(Name::Details))
    }

    /// Opened inside the same piece of Markdown.
    fn is_open(&self, name: Name) -> bool {
        self.open.iter().rev().take_while(|open| **open != Open::Markdown).any(|open| *open == Open::Raw(name))
    }

    fn close_last(&mut self, name: Name) {
        self.open.pop();
        self.out.push(Event::Html(CowStr::Borrowed(name.closing())));
    }

    fn close_raw(&mut self) {
        while let Some(Open::Raw(name)) = self.open.last().copied() {
            self.close_last(name);
        }
    }

    fn close_to_markdown(&mut self) {
        self.close_raw();
        self.open.pop();
    }
}

fn is_picture(info: &str) -> bool {
    info.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("mermaid"))
}
