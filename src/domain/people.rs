//! Who did something, and what they may do.

use serde::{Deserialize, Serialize};

/// An account on a forge. The number decides, because logins are renamed and reused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Account {
    /// The forge's number for the account.
    pub id: u64,
    /// The name after `@`, as the forge spelled it.
    pub login: String,
}

impl Account {
    /// An account as the forge names it.
    #[must_use]
    pub fn new(id: u64, login: impl Into<String>) -> Self {
        Self { id, login: login.into() }
    }

    /// A program's account by its name: GitHub's apps (`name[bot]`), GitLab's access tokens of projects and groups
    /// (`project_17_bot_3f9c`, `group_17_bot`).
    #[must_use]
    pub fn is_program(&self) -> bool {
        let of_token = |rest: &str| {
            let (number, end) = rest.split_once("_bot").unwrap_or_default();
            !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
                && (end.is_empty() || end.starts_with('_') || end.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let token = ["project_", "group_"].iter().find_map(|kind| self.login.strip_prefix(kind));
        self.login.ends_with("[bot]") || token.is_some_and(of_token)
    }
}

/// Who stands behind an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "kebab-case")]
pub enum Actor {
    /// Somebody who is not this bot: a person, or another automation acting for one.
    Person(Account),
    /// A person whom the forge does not name (a body edit found without its delivery).
    Somebody,
    /// This bot.
    Bot,
}

impl Actor {
    /// True for everyone but this bot.
    #[must_use]
    pub fn is_human(&self) -> bool {
        !matches!(self, Self::Bot)
    }

    /// The account, where it is known.
    #[must_use]
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Person(account) => Some(account),
            Self::Somebody | Self::Bot => None,
        }
    }

    /// `@alice`, `somebody`, `Hotwash`. Trusted text: logins are checked where they enter.
    #[must_use]
    pub fn spoken(&self) -> String {
        match self {
            Self::Person(account) => format!("@{}", account.login),
            Self::Somebody => "somebody".to_owned(),
            Self::Bot => "Hotwash".to_owned(),
        }
    }
}

/// A person as a field of the body names them: `@handle`, or a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Person {
    /// `@handle`, without the sign; only letters, digits, `-`, `_`, `.`.
    Handle(String),
    /// Free text, not trusted.
    Name(String),
}

impl Person {
    /// `@handle` or the name as written. A name is untrusted text.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::Handle(handle) => format!("@{handle}"),
            Self::Name(name) => name.clone(),
        }
    }
}

/// What an account may do in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// No access, or unknown.
    None,
    /// May read. GitHub: read, triage. GitLab: Guest, Planner.
    Read,
    /// May work on incidents and is obeyed. GitHub: write, maintain. GitLab: Reporter and more.
    Write,
    /// May administer the project.
    Admin,
}
