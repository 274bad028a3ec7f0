//! What can be wrong with templates, in words for the person who wrote them.
//!
//! What always holds: an error names files, lines and field names, never a value of a message.

use std::fmt;

/// One thing wrong with one template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file: a path of the overrides folder, or `templates/...` for a shipped one.
    pub file: String,
    /// 1-based line; 0 where the file as a whole is meant.
    pub line: usize,
    /// 1-based, in characters; 0 where the line as a whole is meant.
    pub column: usize,
    /// The key in a process's file, such as `wording.reminder`; empty for files that hold nothing else.
    pub key: String,
    /// What is wrong and what to do.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for place in [self.line, self.column].into_iter().take_while(|place| *place > 0) {
            write!(f, ":{place}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.what)
    }
}

/// Why there is no renderer, or no text.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// Templates are wrong; all that was found.
    #[error("{}", lines(.0))]
    Templates(Vec<Problem>),
    /// A text grew too long.
    #[error("the template `{template}` produced more than {limit} bytes")]
    TooLong {
        /// The template's name.
        template: &'static str,
        /// The limit in bytes.
        limit: usize,
    },
    /// A shipped template could not show a message. A mistake of this program.
    #[error("the template `{template}` could not show its message: {what}")]
    Message {
        /// The template's name.
        template: &'static str,
        /// What the template engine says.
        what: String,
    },
}

impl RenderError {
    /// Fails with all problems found so far, if there are any.
    pub(super) fn unless_empty(problems: &mut Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() {
            return Ok(());
        }
        let mut found = std::mem::take(problems);
        found.sort_by(|one, other| order(one).cmp(&order(other)));
        found.dedup();
        Err(Self::Templates(found))
    }
}

fn order(problem: &Problem) -> (&str, usize, usize, &str) {
    (&problem.file, problem.line, problem.column, &problem.what)
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
