//! The comments of an issue, as far as they could be read and are kept.
//!
//! What always holds: what was left out is told with the rest, so that nobody takes a part for the whole; texts of up to
//! 1 KiB are kept whole whatever long ones stand beside them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Deserializer, de};

use super::{ForgeError, answer::unknown};
use crate::domain::{
    ids::{CommentId, IssueRef},
    snapshot::Comment,
    time::Moment,
};

/// Bytes of one text that are kept: GitHub's longest comment, in whatever script.
pub const MOST_OF_A_TEXT: usize = 256 * 1024;

/// Bytes of all texts of a thread that are kept. Above it, of each text but the bot's own less is.
pub const MOST_OF_ALL: usize = 16 * 1024 * 1024;

/// So much of each text is kept, however many there are.
pub const LEAST_OF_A_TEXT: usize = 1024;

/// The comments of an issue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Thread {
    /// What was read, oldest first.
    pub comments: Vec<Comment>,
    /// What was not.
    pub gaps: Gaps,
}

impl Thread {
    /// The comments, if they are all there are.
    pub(super) fn whole(self, issue: &IssueRef) -> Result<Vec<Comment>, ForgeError> {
        if !self.gaps.missing {
            return Ok(self.comments);
        }
        let what = format!("reading the comments of {issue}");
        Err(unknown(&what, "the list cannot be read to its end: a comment is too large, or there are too many"))
    }
}

/// What is missing of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gaps {
    /// There are comments that could not be read: too large, or beyond the most that are.
    pub missing: bool,
    /// Of these, only the beginning is kept.
    pub cut: BTreeSet<CommentId>,
}

impl Gaps {
    /// Nothing is missing.
    #[must_use]
    pub fn is_none(&self) -> bool {
        !self.missing && self.cut.is_empty()
    }
}

/// A text as it is read: no more of it than is kept. Prints nothing, because people wrote it.
#[derive(Default)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) is_cut: bool,
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Beginning)
    }
}

/// Takes the beginning of a string, without a copy of the rest.
struct Beginning;

impl de::Visitor<'_> for Beginning {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
        let beginning = beginning(text, MOST_OF_A_TEXT);
        Ok(Text { text: beginning.to_owned(), is_cut: beginning.len() < text.len() })
    }
}

/// As many whole lines as have room, so that no command is read in half; of a single one, whole characters.
fn beginning(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let room = text.get(..end).unwrap_or_default();
    room.rfind('\n').and_then(|line| room.get(..=line)).unwrap_or(room)
}

/// Gathers a thread within the bounds.
pub(super) struct Gatherer {
    comments: BTreeMap<(Moment, CommentId), Comment>,
    gaps: Gaps,
    kept: usize,
    most: usize,
}

impl Default for Gatherer {
    fn default() -> Self {
        Self { comments: BTreeMap::new(), gaps: Gaps::default(), kept: 0, most: MOST_OF_A_TEXT }
    }
}

impl Gatherer {
    /// Takes a comment; `is_cut` where its text is only the beginning already.
    pub(super) fn add(&mut self, comment: Comment, is_cut: bool) {
        if is_cut {
            self.gaps.cut.insert(comment.id);
        }
        self.kept += comment.body.len();
        // A list that changes while it is read may show one twice.
        if let Some(before) = self.comments.insert((comment.created_at, comment.id), comment) {
            self.kept -= before.body.len();
        }
    }

    /// Some comments could not be read.
    pub(super) fn miss(&mut self) {
        self.gaps.missing = true;
    }

    /// More is kept than there is room for, and there is something to shorten.
    pub(super) fn is_full(&self) -> bool {
        self.kept > MOST_OF_ALL && self.most > LEAST_OF_A_TEXT
    }

    /// Shortens the longest texts until there is room, but none by the bot, whose number this is.
    pub(super) fn shorten(&mut self, own: u64) {
        while self.is_full() {
            self.most /= 2;
            let others = |comment: &&mut Comment| comment.author.as_ref().is_none_or(|author| author.id != own);
            for comment in self.comments.values_mut().filter(others) {
                let end = beginning(&comment.body, self.most).len();
                if end < comment.body.len() {
                    self.kept -= comment.body.len() - end;
                    // A new one, because the old keeps its room.
                    comment.body = comment.body.get(..end).unwrap_or_default().to_owned();
                    self.gaps.cut.insert(comment.id);
                }
            }
        }
    }

    pub(super) fn finish(self) -> Thread {
        Thread { comments: self.comments.into_values().collect(), gaps: self.gaps }
    }
}
