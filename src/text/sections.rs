//! What people wrote under a heading of one of the bot's reports.
//!
//! What always holds: a heading inside code or a quotation is none, and lines come back as they were written. What is
//! deliberately not here: which headings a report has (`report`).

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::{chars::folded, ground};

/// The lines under the first Markdown heading of this text (any level, any case) up to the next heading. HTML comments
/// and blank lines at either end are left out; lines have no white space at their end. Empty where there is no such
/// heading, or nothing under it.
#[must_use]
pub fn under(body: &str, heading: &str) -> Vec<String> {
    let Some((section, comments)) = find(body, &folded(heading).to_lowercase()) else { return Vec::new() };
    let mut lines: Vec<String> = Vec::new();
    let mut offset = section.start;
    for line in body.get(section).unwrap_or("").split_inclusive('\n') {
        let (text, commented) = without(line, offset, &comments);
        offset += line.len();
        let text = text.trim_end();
        let skipped = text.trim().is_empty() && (commented || lines.is_empty());
        if !skipped {
            lines.push(text.to_owned());
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// The byte range below the heading, and the HTML comments of the whole body.
fn find(body: &str, wanted: &str) -> Option<(Range<usize>, Vec<Range<usize>>)> {
    let mut section: Option<Range<usize>> = None;
    let mut comments = Vec::new();
    let mut hidden = 0_u32;
    let mut title: Option<String> = None;
    for (event, range) in Parser::new_ext(body, ground::options()).into_offset_iter() {
        match event {
            Event::Start(Tag::BlockQuote(_)) => hidden += 1,
            Event::End(TagEnd::BlockQuote(_)) => hidden -= 1,
            Event::Start(Tag::Heading { .. }) if hidden == 0 => {
                if let Some(found) = &mut section {
                    found.end = range.start;
                    break;
                }
                title = Some(String::new());
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(title) = &mut title {
                    title.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_))
                if title.take().is_some_and(|title| folded(&title).to_lowercase() == wanted) =>
            {
                section = Some(range.end..body.len());
            }
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => find_comments(body, range, &mut comments),
            _ => {}
        }
    }
    section.map(|section| (section, comments))
}

/// Adds the comments inside a stretch of HTML.
fn find_comments(body: &str, html: Range<usize>, comments: &mut Vec<Range<usize>>) {
    let mut at = html.start;
    while let Some(open) = body.get(at..html.end).and_then(|rest| rest.find("<!--")) {
        let start = at + open;
        let close = body.get(start..html.end).and_then(|rest| rest.find("-->"));
        let end = close.map_or(html.end, |close| start + close + "-->".len());
        comments.push(start..end);
        at = end;
    }
}

/// The line without comments, and whether it had any.
fn without(line: &str, offset: usize, comments: &[Range<usize>]) -> (String, bool) {
    let end = offset + line.len();
    let first = comments.partition_point(|comment| comment.end <= offset);
    let mut text = String::with_capacity(line.len());
    let mut at = offset;
    let mut commented = false;
    for comment in comments.iter().skip(first).take_while(|comment| comment.start < end) {
        text.push_str(line.get(at - offset..comment.start.max(at) - offset).unwrap_or(""));
        at = comment.end.min(end);
        commented = true;
    }
    text.push_str(line.get(at - offset..).unwrap_or(""));
    (text, commented)
}
