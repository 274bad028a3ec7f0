//! The boxes of one of the bot's own comments: `[x]`, then the words, then the item's name in code marks.
//!
//! What always holds: an item's box is known by the first code marks behind it, and text from people is never in code
//! marks there. What is deliberately not here: whether there is such an item, and who ticked it (`plan`).

use pulldown_cmark::{Event, Parser, Tag};

use super::ground;

/// Every box that has a name, with whether it is ticked. The first box of a name counts.
#[must_use]
pub fn read(body: &str) -> Vec<(String, bool)> {
    let mut boxes: Vec<(String, bool)> = Vec::new();
    let mut open = None;
    for event in Parser::new_ext(body, ground::options()) {
        match event {
            Event::Start(Tag::Item) => open = None,
            Event::TaskListMarker(ticked) => open = Some(ticked),
            Event::Code(name) => {
                let ticked = open.take().filter(|_| !boxes.iter().any(|(known, _)| **known == *name));
                boxes.extend(ticked.map(|ticked| (name.to_string(), ticked)));
            }
            _ => {}
        }
    }
    boxes
}
