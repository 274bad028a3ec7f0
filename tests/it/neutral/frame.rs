//! A message as it is with harmless words, and what is wrong with it once people's texts stand in it.

use hotwash::{
    domain::message::{Message, Wild},
    render::Renderer,
    text::{boxes, neutral::plain},
};

use super::{
    forges::live,
    judge::{Flavour, Page, show},
    places::wilds,
};

const FLAVOURS: [Flavour; 2] = [Flavour::GitHub, Flavour::GitLab];

/// A message and what readers see of it while it holds harmless words.
pub(super) struct Frame {
    message: Message,
    words: Vec<String>,
    pages: [Page; 2],
    live: [Vec<String>; 2],
    boxes: Vec<(String, bool)>,
}

impl Frame {
    pub(super) fn new(renderer: &Renderer, message: Message) -> Self {
        let mut frame =
            Self { message, words: Vec::new(), pages: Default::default(), live: Default::default(), boxes: Vec::new() };
        let places = wilds(&mut frame.message.clone()).len();
        frame.words = (0..places).map(|place| format!("word{place:03}word")).collect();
        let text = renderer.render(&frame.filled(&frame.words)).unwrap();
        frame.pages = FLAVOURS.map(|flavour| show(&text, flavour));
        frame.live = [0, 1].map(|at| all_live(&frame.pages[at]));
        frame.boxes = boxes::read(&text);
        frame
    }

    pub(super) fn name(&self) -> &'static str {
        self.message.template()
    }

    /// How many texts it takes.
    pub(super) fn places(&self) -> usize {
        self.words.len()
    }

    /// The message with these texts in its places.
    pub(super) fn filled(&self, texts: &[String]) -> Message {
        let mut message = self.message.clone();
        for (wild, text) in wilds(&mut message).into_iter().zip(texts) {
            *wild = Wild(text.clone());
        }
        message
    }

    /// What the message says with these texts, if nothing in it acts and all of them read as they were written.
    pub(super) fn judged(&self, renderer: &Renderer, texts: &[String]) -> Result<String, String> {
        let text = renderer.render(&self.filled(texts)).unwrap();
        match self.wrong(&text, texts) {
            None => Ok(text),
            Some(wrong) => Err(self.blamed(renderer, texts).unwrap_or(wrong)),
        }
    }

    /// Which single text is to blame, among harmless words.
    fn blamed(&self, renderer: &Renderer, texts: &[String]) -> Option<String> {
        (0..self.places()).find_map(|place| {
            let mut one = self.words.clone();
            one[place].clone_from(&texts[place]);
            let text = renderer.render(&self.filled(&one)).unwrap();
            let wrong = self.wrong(&text, &one)?;
            Some(format!("{:?} in place {place}: {wrong}", texts[place]))
        })
    }

    fn wrong(&self, text: &str, texts: &[String]) -> Option<String> {
        let name = self.name();
        if let Some(line) = text.lines().find(|line| is_action(line)) {
            return Some(format!("{name}: a quick action: {line:?}"));
        }
        let read = boxes::read(text);
        if read != self.boxes {
            return Some(format!("{name}: other boxes: {read:?}"));
        }
        FLAVOURS.iter().enumerate().find_map(|(at, flavour)| {
            let page = show(text, *flavour);
            let wanted = self.expected(at, texts);
            if page.whole != wanted {
                return Some(format!("{name} on {flavour:?}: {}", difference(&page.whole, &wanted)));
            }
            let found = all_live(&page);
            (found != self.live[at]).then(|| format!("{name} on {flavour:?}: live: {found:?}, not {:?}", self.live[at]))
        })
    }

    /// The page with the texts as they were written in the place of the harmless words.
    fn expected(&self, at: usize, texts: &[String]) -> String {
        let mut whole = self.pages[at].whole.clone();
        for (word, text) in self.words.iter().zip(texts) {
            whole = whole.replace(word, &plain(text));
        }
        whole
    }
}

fn all_live(page: &Page) -> Vec<String> {
    page.stretches.iter().flat_map(|stretch| live(stretch)).collect()
}

/// A line that GitLab might run, whatever its words are.
pub(super) fn is_action(line: &str) -> bool {
    let line = line.replace('\r', "");
    line.strip_prefix('/').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Where two texts part.
fn difference(got: &str, wanted: &str) -> String {
    let at = got.char_indices().zip(wanted.chars()).find(|((_, a), b)| a != b).map_or(got.len(), |((at, _), _)| at);
    let from = got.floor_char_boundary(at.saturating_sub(60));
    let part = |text: &str| {
        let from = text.floor_char_boundary(from.min(text.len()));
        text[from..text.floor_char_boundary((at + 80).min(text.len()))].to_owned()
    };
    format!("shows {:?}, not {:?}", part(got), part(wanted))
}
