//! Roles, flags, playbooks, and the checklists that phases, flags and playbooks carry.

use std::cell::RefCell;

use crate::{
    document::{Hint, Node, Table, quoted},
    domain::process::{Flag, Item, Playbook, Process, Role, Route},
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
    pub(super) routes: Vec<Route>,
    /// Ids of everything of a kind, inherited ones included.
    pub(super) role_ids: Vec<String>,
    pub(super) flag_ids: Vec<String>,
    items: RefCell<Items>,
}

/// What the items of checklists are read with.
#[derive(Default)]
pub(super) struct Items {
    /// Ids that are taken so far.
    claims: Claims,
    /// Ids of routes that an item may name.
    routes: Vec<String>,
    /// Ids of flags that an item may raise.
    flags: Vec<String>,
}

impl Items {
    /// The route that a duty, a flag or an item names.
    pub(super) fn route(&self, table: &Table<'_>) -> Option<String> {
        table.get("route").and_then(|node| refer(&node, &self.routes, "route of this process"))
    }
}

impl Lists {
    pub(super) fn of(root: &Table<'_>, base: Option<&Process>) -> Self {
        let routes = routes(root);
        let mut items = Items::default();
        items.routes.extend(routes.iter().map(|route| route.id.clone()));
        items.routes.extend(base.iter().flat_map(|base| &base.routes).map(|route| route.id.clone()));
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
        items.flags.clone_from(&flag_ids);
        let flags = flags(root, &mut items);
        let playbooks = playbooks(root, &mut items);
        Self { roles, flags, playbooks, routes, role_ids, flag_ids, items: RefCell::new(items) }
    }

    /// What items are read with.
    pub(super) fn items(&self) -> std::cell::RefMut<'_, Items> {
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

fn routes(root: &Table<'_>) -> Vec<Route> {
    let mut ids = Claims::default();
    let read = |table: &Table<'_>| {
        table.only(&["id", "title", "source"]);
        let id = table.need("id").and_then(|node| id(&node).filter(|id| ids.claim(&node, id)));
        let (title, source) = (table.need_text("title"), table.need_text("source"));
        Some(Route { id: id?, title: title?.to_owned(), source: source?.to_owned() })
    };
    root.each("route").iter().filter_map(read).collect()
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

fn flags(root: &Table<'_>, items: &mut Items) -> Vec<Flag> {
    let mut ids = Claims::default();
    let read = |table: &Table<'_>| {
        table.only(&["id", "title", "checklist", "route", "source"]);
        let id = table.need("id").and_then(|node| id(&node).filter(|id| ids.claim(&node, id)));
        let (title, source) = (table.need_text("title"), table.need_text("source"));
        let route = items.route(table);
        let id = id?;
        let list = table.get("checklist").map(|node| checklist(&node, &id, items)).unwrap_or_default();
        Some(Flag { id, title: title?.to_owned(), checklist: list, route, source: source?.to_owned() })
    };
    root.each("flag").iter().filter_map(read).collect()
}

/// The playbooks written here, and the shipped ones that are named.
fn playbooks(root: &Table<'_>, items: &mut Items) -> Vec<Playbook> {
    let mut all: Vec<Playbook> = root.each("playbook").iter().filter_map(|table| playbook(table, items)).collect();
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
pub(super) fn playbook(table: &Table<'_>, items: &mut Items) -> Option<Playbook> {
    table.only(&["id", "title", "aliases", "checklist", "source"]);
    let id = table.need("id").and_then(|node| id(&node));
    let (title, source) = (table.need_text("title"), table.need_text("source"));
    let aliases = table.get("aliases").map(|node| node.texts()).unwrap_or_default();
    let id = id?;
    let list = table.need("checklist").map(|node| checklist(&node, &id, items));
    Some(Playbook {
        title: title?.to_owned(),
        aliases: aliases.into_iter().map(|(_, alias)| alias.to_lowercase()).collect(),
        checklist: list?,
        source: source?.to_owned(),
        id,
    })
}

/// The items of a list: a text each, or a table with `text`, and `id`, `gate`, `route` and `raises` where they matter.
pub(super) fn checklist(list: &Node<'_>, of: &str, known: &mut Items) -> Vec<Item> {
    let of = of.replace(' ', "-").to_lowercase();
    let mut items = Vec::new();
    for (nth, node) in list.items().into_iter().enumerate() {
        let own = format!("{of}-{}", nth + 1);
        let item = if node.is_text() {
            text(&node).map(|text| Item { id: own, text, gate: false, route: None, raises: None })
        } else {
            node.table().and_then(|table| from_table(&table, own, known))
        };
        items.extend(item.filter(|item| known.claims.claim(&node, &item.id)));
    }
    items
}

fn from_table(table: &Table<'_>, own: String, known: &Items) -> Option<Item> {
    table.only(&["id", "text", "gate", "route", "raises"]);
    let id = match table.get("id") {
        Some(node) => id(&node)?,
        None => own,
    };
    let gate = table.get("gate").is_some_and(|node| node.flag().unwrap_or_default());
    let route = known.route(table);
    let text = table.need("text").and_then(|node| text(&node))?;
    let raises = table.get("raises").and_then(|node| refer(&node, &known.flags, "flag of this process"));
    Some(Item { id, text, gate, route, raises })
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
