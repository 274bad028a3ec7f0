//! Accounts.

use std::fmt;

use super::ids::{AppId, UserId};

/// The name after `@`. Compared without case.
#[derive(Debug, Clone, Eq)]
pub struct Login(String);

impl Login {
    /// As the forge spells it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl From<&str> for Login {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody.
    Person,
    /// The owner of projects that have several people.
    Organisation,
    /// What a registered program writes as.
    Program(AppId),
}

/// An account.
#[derive(Debug, Clone)]
pub struct User {
    /// Its number, which stays when the login changes.
    pub id: UserId,
    /// The name after `@`.
    pub login: Login,
    /// The name people read, where one is given.
    pub name: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// Members of an organisation, and whether they own it.
    pub members: Vec<(UserId, bool)>,
    /// Shut out by who runs the forge.
    pub blocked: bool,
}
