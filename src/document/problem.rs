//! One thing that a person must mend in a file, and a list of them.

use std::fmt;

/// Whether a problem stops the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It does.
    Error,
    /// It does not, but somebody should know.
    Warning,
}

/// What would be right instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// The sentence says it already.
    None,
    /// What was probably meant.
    Nearest(String),
    /// Everything that is allowed.
    Allowed(Vec<String>),
}

impl Hint {
    /// What was probably meant; everything that is allowed where nothing comes near.
    #[must_use]
    pub fn among(given: &str, allowed: &[&str]) -> Self {
        match super::nearest(given, allowed.iter().copied()) {
            Some(near) => Self::Nearest(near.to_owned()),
            None => Self::Allowed(allowed.iter().map(|&name| name.to_owned()).collect()),
        }
    }
}

/// Something wrong in a file: where, what, and what would be right. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether it stops the program.
    pub level: Level,
    /// The file as the user named it.
    pub file: String,
    /// 1-based; 0 for the file as a whole.
    pub line: u32,
    /// 1-based, in characters; 0 for the line as a whole.
    pub column: u32,
    /// Path of the key, such as `project[0].timezone`; empty where there is none.
    pub key: String,
    /// One sentence without a full stop.
    pub what: String,
    /// What would be right.
    pub hint: Hint,
}

impl Problem {
    /// A problem of a file as a whole.
    #[must_use]
    pub fn of_file(file: &str, what: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
            file: file.to_owned(),
            line: 0,
            column: 0,
            key: String::new(),
            what: what.into(),
            hint: Hint::None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for place in [self.line, self.column].into_iter().take_while(|place| *place > 0) {
            write!(f, ":{place}")?;
        }
        f.write_str(": ")?;
        if self.level == Level::Warning {
            f.write_str("warning: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.what)?;
        match &self.hint {
            Hint::None => Ok(()),
            Hint::Nearest(name) => write!(f, "; nearest: {name}"),
            Hint::Allowed(names) => write!(f, "; allowed: {}", names.join(", ")),
        }
    }
}

/// Everything wrong with a file and the files it names; displayed one problem a line. Never empty as an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Problems {}
