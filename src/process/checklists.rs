//! Roles, flags, playbooks, and the checklists that phases, flags and playbooks carry.

use std::cell::RefCell;

use crate::{
    document::{Hint, Node, Table, quoted},
    domain::process::{Flag, Item, Playbook, Process, Role},
};

use super::{
    names::{Claims, id},
    playbook_names, read_playbook, shipped_playbook,
};

/// The longest text of an item: it stands on one line of the board.
const ITEM_LENGTH: usize = 500;

/// The people whom every issue names.
pub(super) const NAMED: [&str; 3] = ["ic", "reporter", "responders"];

/// What duties and checklists can refer to.
pub(super) struct Lists {
    pub(super) roles: Vec<Role>,
    pub(super) flags: Vec<Flag>,
    pub(super) playbooks: Vec<Playbook>,
    /// Ids of everything of a kind, inherited ones included.
    pub(super) role_ids: Vec<String>,
    pub(super) flag_ids: Vec<String>,
    items: RefCell<Claims>,
}

impl Lists {
    pub(super) fn of(root: &Table<'_>, base: Option<&Process>) -> Self {
        let mut items = Claims::default();
        let roles = roles(root);
        let mut role_ids: Vec<String> = NAMED.iter().map(|name| (*name).to_owned()).collect();
        role_ids.extend(roles.iter().map(|role| role.id.clone()));
        // Ids as written, because an item of one flag may raise another.
        let written = root.each("flag");
        let written = written.iter().filter_map(|table| table.get("id")).filter_map(|node| node.plain());
        let mut flag_ids: Vec<String> = written.map(str::to_owned).collect();
        if let Some(base) = base {
            role_ids.extend(base.roles.iter().map(|role| role.id.clone()));
            flag_ids.extend(base.flags.iter().map(|flag| flag.id.clone()));
        }
        let flags = flags(root, &flag_ids, &mut items);
        let playbooks = playbooks(root, &flag_ids, &mut items);
        Self { roles, flags, playbooks, role_ids, flag_ids, items: RefCell::new(items) }
    }

    /// The ids of items that are taken so far.
    pub(super) fn claims(&self) -> std::cell::RefMut<'_, Claims> {
        self.items.borrow_mut()
    }

    /// A role, or one of the people whom the issue names.
    pub(super) fn role(&self, node: &Node<'_>) -> Option<String> {
        refer(node, &self.role_ids, "role of this process")
    }

    /// A flag.
    pub(super) fn flag(&self, node: &Node<'_>) -> Option<String> {
        refer(node, &self.flag_ids, "flag of this process")
    }
}

/// A name that refers to one of these.
pub(super) fn refer(node: &Node<'_>, known: &[String], what: &str) -> Option<String> {
    let name = node.text()?;
    if known.iter().any(|one| one == name) {
        return Some(name.to_owned());
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    node.reject_reference(format!("{} is no {what}", quoted(name)), Hint::among(name, &known));
    None
}

fn roles(root: &Table<'_>) -> Vec<Role> {
    let mut ids = Claims::default();
    let read = |table: &Table<'_>| {
        table.only(&["id", "title", "handles", "source"]);
        let node = table.need("id")?;
        let id = id(&node).filter(|id| ids.claim(&node, id));
        if id.as_deref().is_some_and(|id| NAMED.contains(&id)) {
            node.reject("is somebody whom every issue names; choose another id");
        }
        let handles = table.get("handles").map(|node| node.texts()).unwrap_or_default();
        let (title, source) = (table.need_text("title"), table.need_text("source"));
        Some(Role {
            id: id?,
            title: title?.to_owned(),
            handles: handles.iter().filter_map(|(node, text)| handle(node, text)).collect(),
            source: source?.to_owned(),
        })
    };
    root.each("role").iter().filter_map(read).collect()
}

/// `@name` or `@group/name`.
fn handle(node: &Node<'_>, text: &str) -> Option<String> {
    let name = text.strip_prefix('@').unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if name.is_empty() || !name.chars().all(fits) {
        let example = Hint::Allowed(vec!["a handle as people are mentioned by it, such as @alice".to_owned()]);
        node.reject_for(format!("{} is no handle", quoted(text)), example);
        return None;
    }
    Some(text.to_owned())
}

fn flags(root: &Table<'_>, flags: &[String], items: &mut Claims) -> Vec<Flag> {
    let mut ids = Claims::default();
    let read = |table: &Table<'_>| {
        table.only(&["id", "title", "checklist", "source"]);
        let id = table.need("id").and_then(|node| id(&node).filter(|id| ids.claim(&node, id)));
        let (title, source) = (table.need_text("title"), table.need_text("source"));
        let id = id?;
        let list = table.get("checklist").map(|node| checklist(&node, &id, flags, items)).unwrap_or_default();
        Some(Flag { id, title: title?.to_owned(), checklist: list, source: source?.to_owned() })
    };
    root.each("flag").iter().filter_map(read).collect()
}

/// The playbooks written here, and the shipped ones that are named.
fn playbooks(root: &Table<'_>, flags: &[String], items: &mut Claims) -> Vec<Playbook> {
    let mut all: Vec<Playbook> =
        root.each("playbook").iter().filter_map(|table| playbook(table, flags, items)).collect();
    let named = root.get("playbooks").map(|node| node.texts()).unwrap_or_default();
    for (node, name) in named {
        let Some(text) = shipped_playbook(name) else {
            let known: Vec<&str> = playbook_names().collect();
            node.reject_for(format!("{} is no shipped playbook", quoted(name)), Hint::among(name, &known));
            continue;
        };
        if all.iter().any(|known| known.id == name) {
            node.reject(format!("the playbook {} is there already", quoted(name)));
            continue;
        }
        all.extend(read_playbook(text, name).ok());
    }
    all
}

/// One playbook.
pub(super) fn playbook(table: &Table<'_>, flags: &[String], items: &mut Claims) -> Option<Playbook> {
    table.only(&["id", "title", "aliases", "checklist", "source"]);
    let id = table.need("id").and_then(|node| id(&node));
    let (title, source) = (table.need_text("title"), table.need_text("source"));
    let aliases = table.get("aliases").map(|node| node.texts()).unwrap_or_default();
    let id = id?;
    let list = table.need("checklist").map(|node| checklist(&node, &id, flags, items));
    Some(Playbook {
        title: title?.to_owned(),
        aliases: aliases.into_iter().map(|(_, alias)| alias.to_lowercase()).collect(),
        checklist: list?,
        source: source?.to_owned(),
        id,
    })
}

/// The items of a list: a text each, or a table with `text`, and `id`, `gate` and `raises` where they matter.
pub(super) fn checklist(list: &Node<'_>, of: &str, flags: &[String], taken: &mut Claims) -> Vec<Item> {
    let of = of.replace(' ', "-").to_lowercase();
    let mut items = Vec::new();
    for (nth, node) in list.items().into_iter().enumerate() {
        let own = format!("{of}-{}", nth + 1);
        let item = if node.is_text() {
            text(&node).map(|text| Item { id: own, text, gate: false, raises: None })
        } else {
            node.table().and_then(|table| from_table(&table, own, flags))
        };
        items.extend(item.filter(|item| taken.claim(&node, &item.id)));
    }
    items
}

fn from_table(table: &Table<'_>, own: String, flags: &[String]) -> Option<Item> {
    table.only(&["id", "text", "gate", "raises"]);
    let id = match table.get("id") {
        Some(node) => id(&node)?,
        None => own,
    };
    let gate = table.get("gate").is_some_and(|node| node.flag().unwrap_or_default());
    let text = table.need("text").and_then(|node| text(&node))?;
    let raises = table.get("raises").and_then(|node| refer(&node, flags, "flag of this process"));
    Some(Item { id, text, gate, raises })
}

/// An item stands on the board as it is written, so it must neither call people nor hide anything.
fn text(node: &Node<'_>) -> Option<String> {
    let text = node.text()?;
    let calls = text.split_whitespace().any(|word| {
        word.trim_start_matches(['(', '[', '"', '\'']).strip_prefix('@').is_some_and(|rest| !rest.is_empty())
    });
    if calls {
        node.reject("calls somebody with @; name a role in words instead, so that the board notifies nobody");
        return None;
    }
    if text.contains("<!--") || text.contains("-->") || text.contains('\n') {
        node.reject("holds an HTML comment or a line break; an item is one line of plain text");
        return None;
    }
    if text.chars().count() > ITEM_LENGTH {
        node.reject(format!("is longer than {ITEM_LENGTH} characters; split it into items"));
        return None;
    }
    Some(text.to_owned())
}
