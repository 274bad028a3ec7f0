//! Who plays a part, what can be raised, and what is to be ticked.

/// A part that people play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Stable id, such as `director`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Whom the process names for it, as `@handle`s; a project may name others.
    pub handles: Vec<String>,
    /// Handbook and line.
    pub source: String,
}

/// A way on which people outside the issue hear of it, such as a chat channel or a list of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Stable id, such as `stakeholders`. A project says where it leads.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Handbook and line.
    pub source: String,
}

/// Something about the incident that a person says once and that has consequences, such as `legal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Stable id.
    pub id: String,
    /// What it says, such as `Personal data may be affected`.
    pub title: String,
    /// What to do then.
    pub checklist: Vec<Item>,
    /// The route on which it is told.
    pub route: Option<String>,
    /// Handbook and line.
    pub source: String,
}

/// A checklist for one kind of incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playbook {
    /// Stable id, such as `compromised-account`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Other spellings, lower case: the issue's `kind` field is matched with them.
    pub aliases: Vec<String>,
    /// What to do.
    pub checklist: Vec<Item>,
    /// Handbook and line.
    pub source: String,
}

/// One thing to do, with a box to tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Stable id, unique in the process: as written, else made of where it stands, such as `assess-3`.
    pub id: String,
    /// What to do.
    pub text: String,
    /// The phase should not be left before this is done.
    pub gate: bool,
    /// The route on which it is told.
    pub route: Option<String>,
    /// The flag that a tick raises: the item is one of several reasons for it.
    pub raises: Option<String>,
}
