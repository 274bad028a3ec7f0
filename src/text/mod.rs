//! Text in and out: what people wrote becomes nouns, and what the bot repeats becomes harmless.
//!
//! What always holds: every function is pure, never fails and never panics, whatever the bytes, and its cost grows in
//! step with the size of its input. Markdown is read by a Markdown parser, so what a reader of the issue sees as code
//! or quotation is never taken for a field or a command. What is deliberately not here: what a value means for the
//! incident (`plan`), and the bot's own wording (`render`).

pub mod boxes; // the boxes of the bot's board
mod chars; // characters nobody sees
pub mod commands; // `@hotwash VERB ...`
pub mod fields; // the fields of an issue's body
mod ground; // which parts of a text speak at all
pub mod marker; // the hidden line that tells the bot's own comments
pub mod nearest; // what somebody probably meant
pub mod neutral; // text from people made harmless
pub mod pages; // one long comment as several
pub mod sections; // what stands under a heading
pub mod sitrep; // situation reports that people write
