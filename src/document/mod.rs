//! TOML documents with positions: walk a document, collect every problem, say where each one stands.
//!
//! What always holds: reading never panics and never stops at the first problem; every problem names file, line,
//! column and key; a document with broken syntax reports no consequences of it (a key that is missing because its line
//! could not be read is not reported as missing), and is judged in all its other lines. Syntax errors never quote the
//! document, because the line could hold a secret.
//!
//! Deliberately not here: what the keys mean (`config`, `process`), and reading files.

mod log;
mod node;
mod problem;
mod secret;
mod source;
mod table;
mod words;

use toml::{Spanned, de::DeTable};

use log::Log;

pub use node::{Block, Node};
pub use problem::{Hint, Level, Problem, Problems};
pub use source::Source;
pub use table::Table;
pub use words::{bytes_of, duration, nearest, quoted, text_of, unread, written};

/// One TOML document and what was found wrong with it so far.
pub struct Document<'i> {
    tree: Spanned<DeTable<'i>>,
    log: Log<'i>,
}

impl<'i> Document<'i> {
    /// Reads a document as far as its syntax allows. `file` is how problems name it.
    #[must_use]
    pub fn parse(source: &'i Source, file: &str) -> Self {
        Self { tree: source.tree(), log: Log::new(source, file) }
    }

    /// The outermost table.
    #[must_use]
    pub fn root(&self) -> Table<'_> {
        Table { log: &self.log, path: String::new(), at: 0, table: self.tree.get_ref() }
    }

    /// Reports whatever looks like a secret and has not been told of yet: no value of this document should be one.
    pub fn holds_no_secret(&self) {
        self.root().entries().iter().for_each(Node::holds_no_secret);
    }

    /// Every problem so far in the order of the document, then those taken over from other files.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.log.problems()
    }
}
