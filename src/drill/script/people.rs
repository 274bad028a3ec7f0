//! Who takes part: logins and what each may do in the project.

use crate::document::{Node, Table, quoted};

/// What somebody may do in the project, as forges name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: not a member.
    None,
    /// Read and comment.
    Read,
    /// Sort issues.
    Triage,
    /// Work on issues; is obeyed.
    Write,
    /// Run the project.
    Maintain,
    /// Everything.
    Admin,
}

const ACCESS: [(&str, Access); 6] = [
    ("none", Access::None),
    ("read", Access::Read),
    ("triage", Access::Triage),
    ("write", Access::Write),
    ("maintain", Access::Maintain),
    ("admin", Access::Admin),
];

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Player {
    /// The name after `@`.
    pub login: String,
    /// What they may do.
    pub access: Access,
}

/// `[people]`: a login and an access a line.
pub(super) fn people(root: &Table<'_>, bot: Option<&str>, owner: Option<&str>) -> Vec<Player> {
    let Some(table) = root.need("people").and_then(|node| node.table()) else { return Vec::new() };
    let mut people: Vec<Player> = Vec::new();
    for node in table.entries() {
        // Whoever is there with a wrong word is there.
        let access = node.choice(&ACCESS).unwrap_or(Access::None);
        let name = node.name();
        if !fits(name) {
            node.reject(format!("{} is not a login; use letters, digits and single hyphens", quoted(name)));
        } else if bot.is_some_and(|bot| bot.eq_ignore_ascii_case(name)) {
            node.reject("is the program's own login; it needs no line here");
        } else if owner.is_some_and(|owner| owner.eq_ignore_ascii_case(name)) {
            node.reject("is the owner of the project already; choose another login");
        } else if people.iter().any(|player| player.login.eq_ignore_ascii_case(name)) {
            node.reject("is there already; logins differ in more than capital letters");
        }
        people.push(Player { login: name.to_owned(), access });
    }
    if table.entries().is_empty() {
        table.reject("is empty, so nobody could do anything");
    }
    people
}

/// A login as the forge would take it.
pub(super) fn login(node: &Node<'_>) -> Option<String> {
    let text = node.text()?.trim_start_matches('@');
    if !fits(text) {
        node.reject(format!("{} is not a login; use letters, digits and single hyphens", quoted(text)));
        return None;
    }
    Some(text.to_owned())
}

fn fits(login: &str) -> bool {
    let hyphens = login.starts_with('-') || login.ends_with('-') || login.contains("--");
    !login.is_empty() && login.len() <= 39 && !hyphens && login.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}
