//! The thread for people at a terminal: times in the project's zone, who, what.
//!
//! What always holds: text from the thread cannot steer the terminal; nothing is wider than the terminal. What is
//! deliberately not here: where the lines go (the caller gives a sink).

use std::collections::BTreeSet;

use super::{
    readable::{self, Piece, Style, harmless},
    told::{Audience, Line, Tally, Told, Verdict, What},
    words::{in_words, row, with_article, without_exercise},
    wrap::wrapped,
};
use crate::{
    domain::{
        message::MessageKind,
        time::{Moment, Zone},
    },
    drill::face::Kind,
};

/// So many lines of a comment by the program are shown while the thread grows: of the first of its kind, of others.
const SHOWN: (usize, usize) = (32, 9);
/// So many new lines of an edit are shown.
const SHOWN_OF_EDITS: usize = 4;
/// `12:05:09  `
const MARGIN: usize = 10;

/// Where lines go.
pub type Sink<'s> = Box<dyn FnMut(&str) + Send + 's>;

/// A terminal, or what is taken for one.
pub struct Page<'s> {
    sink: Sink<'s>,
    zone: Zone,
    width: usize,
    colours: bool,
    day: Option<String>,
    several: bool,
    /// Kinds of comments that were shown.
    met: BTreeSet<MessageKind>,
    /// Expectations that were found to hold since something else was said.
    held: usize,
}

/// Colours by what they mean.
#[derive(Clone, Copy)]
enum Ink {
    Person,
    Program,
    Machine,
    Good,
    Bad,
    Bold,
    Dim,
}

impl<'s> Page<'s> {
    /// A page of this width, in colours or not.
    #[must_use]
    pub fn new(sink: Sink<'s>, zone: Zone, width: usize, colours: bool) -> Self {
        Self {
            sink,
            zone,
            width: width.clamp(40, 120),
            colours,
            day: None,
            several: false,
            met: BTreeSet::new(),
            held: 0,
        }
    }

    /// What is about to be seen.
    pub fn opens(&mut self, title: &str, about: Option<&str>, forge: Kind) {
        let title = self.in_ink(Ink::Bold, &harmless(title));
        self.say(&title);
        self.say("");
        let mut words = format!(
            "An EXERCISE: a simulated {} on this machine and the real Hotwash, on a clock that jumps from one moment \
             that matters to the next. Nothing leaves the machine.",
            forge.title()
        );
        if let Some(about) = about {
            words = format!("{about} {words}");
        }
        let width = self.width;
        self.block(&words, "", width);
    }

    fn say(&mut self, line: &str) {
        (self.sink)(line.trim_end());
    }

    fn in_ink(&self, ink: Ink, text: &str) -> String {
        if !self.colours || text.is_empty() {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Person => "1;36",
            Ink::Program => "1;33",
            Ink::Machine => "1;35",
            Ink::Good => "32",
            Ink::Bad => "1;31",
            Ink::Bold => "1",
            Ink::Dim => "2",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    fn pieces(&self, line: &[Piece]) -> String {
        line.iter()
            .map(|(style, text)| match style {
                Style::Plain => text.clone(),
                Style::Bold => self.in_ink(Ink::Bold, text),
                Style::Dim => self.in_ink(Ink::Dim, text),
            })
            .collect()
    }

    /// Plain words, wrapped, each line after `margin`.
    fn block(&mut self, words: &str, margin: &str, width: usize) {
        let block = vec![(Style::Plain, harmless(words))];
        for line in wrapped(&block, width, margin, margin) {
            let line = self.pieces(&line);
            self.say(&line);
        }
    }

    /// What fits below a heading.
    fn room(&self) -> usize {
        self.width.saturating_sub(MARGIN + 2)
    }

    /// Lines below a heading, the first `most` of them.
    fn below(&mut self, lines: &[readable::Line], most: usize) {
        let spare = lines.len().saturating_sub(most);
        // A rest of one line is not worth a line that says so.
        let most = if spare <= 1 { lines.len() } else { most };
        let bar = self.in_ink(Ink::Dim, "│");
        for line in lines.iter().take(most) {
            let line = format!("{}{bar} {}", " ".repeat(MARGIN), self.pieces(line));
            self.say(&line);
        }
        if spare > 1 {
            let more = self.in_ink(Ink::Dim, &format!("… {spare} more lines"));
            let line = format!("{}{bar} {more}", " ".repeat(MARGIN));
            self.say(&line);
        }
    }

    fn head(&mut self, line: &Line, what: &str) {
        self.date(line.at);
        let time = line.at.with_timezone(&self.zone).format("%H:%M:%S").to_string();
        let time = self.in_ink(Ink::Dim, &time);
        let who = if line.own { "Hotwash".to_owned() } else { harmless(&line.who) };
        let ink = match (line.own, line.who.is_empty()) {
            (true, _) => Ink::Program,
            (false, true) => Ink::Machine,
            (false, false) => Ink::Person,
        };
        let number = if self.several && line.issue > 0 { format!("#{} ", line.issue) } else { String::new() };
        let room = self.width.saturating_sub(MARGIN);
        let block: Vec<Piece> = vec![(Style::Plain, format!("{number}{who} {}", harmless(what)).trim().to_owned())];
        for (nth, words) in wrapped(&block, room, "", "").iter().enumerate() {
            let words = readable::plain(words);
            let line = if nth == 0 {
                let named = words.replacen(&who, &self.in_ink(ink, &who), usize::from(!who.is_empty()));
                let named = if who.is_empty() { self.in_ink(ink, &named) } else { named };
                format!("{time}  {named}")
            } else {
                format!("{}{words}", " ".repeat(MARGIN))
            };
            self.say(&line);
        }
    }

    /// A heading where a day begins; whether one was needed.
    fn date(&mut self, at: Moment) -> bool {
        let day = at.with_timezone(&self.zone).format("%A, %-d %B %Y (%Z)").to_string();
        let begins = self.day.as_ref() != Some(&day);
        if begins {
            self.say("");
            let heading = self.in_ink(Ink::Bold, &day);
            self.say(&heading);
            self.say("");
            self.day = Some(day);
        }
        begins
    }

    fn line(&mut self, line: &Line) {
        match &line.what {
            What::Filed { title, body, labels } => {
                // What the program files is talked about no further.
                self.several |= line.issue > 1 && !line.own;
                let labels = if labels.is_empty() { String::new() } else { format!(" [{}]", labels.join(", ")) };
                self.head(line, &format!("files issue #{}: {title}{labels}", line.issue));
                if line.own {
                    let lines = readable::lines(&without_exercise(body), self.room());
                    self.below(&readable::without_small_print(lines), SHOWN.1);
                } else {
                    self.said(body);
                }
            }
            What::Commented { kind: Some(MessageKind::Retrospective), .. } => {
                self.head(line, "posts the retrospective; it stands in full at the end of this page");
            }
            What::Commented { kind: Some(kind), body, .. } => {
                self.head(line, &format!("posts {}", with_article(*kind)));
                let lines = readable::lines(&without_exercise(body), self.room());
                if self.met.insert(*kind) {
                    self.below(&lines, SHOWN.0);
                } else {
                    self.below(&readable::without_small_print(lines), SHOWN.1);
                }
            }
            What::Commented { kind: None, body, .. } => {
                self.head(line, "comments");
                self.said(body);
            }
            What::Reworded { kind: Some(kind), fresh, .. } => self.edited(line, &format!("the {kind}"), fresh),
            What::Reworded { kind: None, fresh, .. } => self.edited(line, "a comment", fresh),
            What::Edited(fresh) => self.edited(line, "the description", fresh),
            other => self.head(line, &in_words(other)),
        }
    }

    /// What somebody wrote, all of it.
    fn said(&mut self, body: &str) {
        let lines = readable::lines(body, self.room());
        self.below(&lines, usize::MAX);
    }

    /// An edit and the lines that are new, each for itself.
    fn edited(&mut self, line: &Line, what: &str, fresh: &[String]) {
        let room = self.room();
        let told = fresh.iter().filter(|line| !line.starts_with("|---") && !line.starts_with("<!--"));
        let lines: Vec<readable::Line> = told.flat_map(|line| readable::lines(&row(line), room)).collect();
        let lines = readable::without_small_print(lines);
        self.head(line, &format!("edits {what}{}", if lines.is_empty() { "" } else { "; new in it:" }));
        self.below(&lines, SHOWN_OF_EDITS);
    }

    fn verdict(&mut self, verdict: &Verdict) {
        let line = if verdict.line > 0 { format!(" (line {})", verdict.line) } else { String::new() };
        let at = verdict.at.with_timezone(&self.zone).format("%H:%M").to_string();
        match &verdict.found {
            None => self.held += 1,
            Some(found) => {
                let words = format!("✗ expected at {at}{line}: {}", verdict.expected);
                let margin = " ".repeat(MARGIN);
                for (text, inset) in [(words, ""), (format!("found: {found}"), "  ")] {
                    let block = vec![(Style::Plain, harmless(&text))];
                    let (first, rest) = (format!("{margin}{inset}"), format!("{margin}    "));
                    for line in wrapped(&block, self.width, &first, &rest) {
                        let line = self.in_ink(Ink::Bad, &readable::plain(&line));
                        self.say(&line);
                    }
                }
            }
        }
    }

    /// Says once how many expectations were found to hold.
    fn as_expected(&mut self) {
        let held = std::mem::take(&mut self.held);
        if held > 0 {
            let words = if held == 1 { "✓ as expected".to_owned() } else { format!("✓ as expected, {held} times") };
            let line = self.in_ink(Ink::Good, &format!("{}{words}", " ".repeat(MARGIN)));
            self.say(&line);
        }
    }

    fn report(&mut self, report: &str) {
        self.say("");
        let rule = self.in_ink(Ink::Dim, &"─".repeat(self.width));
        self.say(&rule);
        for line in readable::lines(report, self.width) {
            let line = self.pieces(&line);
            self.say(&line);
        }
        self.say(&rule);
    }

    fn end(&mut self, tally: &Tally) {
        self.say("");
        let Tally { lasted, comments, own, held, failed, faults, .. } = tally;
        let noun = if *comments == 1 { "comment" } else { "comments" };
        let told = format!("{lasted} of an incident: {comments} {noun} by people, {own} by Hotwash.");
        self.say(&told);
        if *faults > 0 {
            self.say(&format!("{faults} requests and deliveries went wrong on the way, as the script wanted."));
        }
        let all = held + failed;
        let last = if *failed == 0 {
            let words = format!("All {all} expectations hold.");
            self.in_ink(Ink::Good, &words)
        } else {
            self.in_ink(Ink::Bad, &format!("{failed} of {all} expectations do not hold; see the lines with ✗ above."))
        };
        self.say(&last);
    }
}

impl Audience for Page<'_> {
    fn hears(&mut self, told: &Told) {
        if !matches!(told, Told::Looked(_)) {
            self.as_expected();
        }
        match told {
            Told::Note(at, note) => {
                if !self.date(*at) {
                    self.say("");
                }
                let (width, note) = (self.width, format!("» {note}"));
                let block = vec![(Style::Plain, harmless(&note))];
                for line in wrapped(&block, width, "", "  ") {
                    let line = self.in_ink(Ink::Machine, &readable::plain(&line));
                    self.say(&line);
                }
            }
            Told::Line(line) => self.line(line),
            Told::Looked(verdict) => self.verdict(verdict),
            Told::Report(report) => self.report(report),
            Told::End(tally) => self.end(tally),
        }
    }
}
