//! What somebody does in a step, exactly one thing.

use chrono::Duration;

use super::{Scene, faults, faults::Weather, kind, kinds, steps::Names, template, template::File, times};
use crate::{
    document::{Hint, Node, Table, quoted},
    domain::{message::MessageKind, reading::Field, snapshot::Visibility},
};

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Files an issue.
    File(File),
    /// Edits the issue.
    Edit(Vec<Change>),
    /// Comments.
    Comment(String),
    /// Edits a comment.
    EditComment(Said, Rewording),
    /// Deletes a comment.
    DeleteComment(Said),
    /// Puts labels on and takes labels off.
    Label {
        /// On.
        add: Vec<String>,
        /// Off.
        remove: Vec<String>,
    },
    /// Assigns and unassigns people.
    Assign {
        /// On.
        add: Vec<String>,
        /// Off.
        remove: Vec<String>,
    },
    /// Closes the issue.
    Close(Ending),
    /// Opens it again.
    Reopen,
    /// The program is killed, and started again after this long.
    Down(Duration),
    /// The clock leaps this far, as on a machine that was suspended.
    Jump(Duration),
    /// The project is published, or made private.
    Visibility(Visibility),
    /// Things go wrong from here on, or no longer.
    Weather(Weather),
}

/// A change of the issue itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The title.
    Title(String),
    /// The whole body.
    Body(String),
    /// One field's line in the body.
    Field(Field, String),
}

/// Which comment is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The one that a step named with `as`.
    Named(String),
    /// The program's newest of a kind.
    Newest(MessageKind),
}

/// How a comment changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rewording {
    /// The whole text.
    Text(String),
    /// The first occurrence of a text in it.
    Part {
        /// What is replaced.
        from: String,
        /// By what.
        to: String,
    },
}

/// Why an issue is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Completed,
    /// Will not be done.
    NotPlanned,
}

/// Keys that are acts.
pub(super) const ACTS: [&str; 14] = [
    "file",
    "edit",
    "comment",
    "command",
    "edit_comment",
    "delete_comment",
    "label",
    "assign",
    "close",
    "reopen",
    "down",
    "jump",
    "visibility",
    "faults",
];

/// Acts that nobody in particular does.
pub(super) const NOBODYS: [&str; 4] = ["down", "jump", "visibility", "faults"];

/// The act under a key of a step.
pub(super) fn act(node: &Node<'_>, scene: &Scene<'_>, names: &Names) -> Option<Act> {
    match node.name() {
        "file" => file(&node.table()?, scene).map(Act::File),
        "edit" => edit(&node.table()?, scene).map(Act::Edit),
        "comment" => node.text().map(|text| Act::Comment(text.to_owned())),
        "command" => node.text().map(|text| Act::Comment(format!("@{} {text}", scene.project().mention))),
        "edit_comment" => edit_comment(&node.table()?, names),
        "delete_comment" => said(node, names).map(Act::DeleteComment),
        "label" => on_and_off(node, &|item| label(item)).map(|(add, remove)| Act::Label { add, remove }),
        "assign" => on_and_off(node, &|item| somebody(item, scene)).map(|(add, remove)| Act::Assign { add, remove }),
        "close" => {
            node.choice(&[("completed", Ending::Completed), ("not planned", Ending::NotPlanned)]).map(Act::Close)
        }
        "reopen" => yes(node).map(|()| Act::Reopen),
        "down" => node.span(&times::SPANS).map(Act::Down),
        "jump" => node.span(&times::SPANS).map(Act::Jump),
        "visibility" => node.choice(&VISIBILITIES).map(Act::Visibility),
        "faults" => faults::weather(node).map(Act::Weather),
        _ => None,
    }
}

const VISIBILITIES: [(&str, Visibility); 3] =
    [("public", Visibility::Public), ("private", Visibility::Private), ("internal", Visibility::Internal)];

/// A login of the script, with or without `@`.
pub(super) fn somebody(node: &Node<'_>, scene: &Scene<'_>) -> Option<String> {
    let login = node.text()?.trim_start_matches('@');
    if scene.people.is_empty() {
        return Some(login.to_owned()); // that nobody is there has been told
    }
    let found = scene.people.iter().find(|player| player.login.eq_ignore_ascii_case(login));
    if found.is_none() {
        let hint = Hint::among(login, &scene.logins());
        node.reject_reference(format!("{} is not among the [people] of this script", quoted(login)), hint);
    }
    found.map(|player| player.login.clone())
}

fn yes(node: &Node<'_>) -> Option<()> {
    let said = node.flag()?;
    if !said {
        node.reject("is either true or left out");
    }
    said.then_some(())
}

fn file(table: &Table<'_>, scene: &Scene<'_>) -> Option<File> {
    table.only(&["title", "text", "fields", "body", "labels", "assignees"]);
    let title = table.need_text("title");
    let text = table.get("text").map(|node| node.text().map(str::to_owned));
    let given = table.get("fields").map(|node| fields(&node, scene)).unwrap_or_default();
    let body = match table.get("body") {
        Some(body) if table.get("text").is_some() || table.get("fields").is_some() => {
            body.reject("is the whole text; leave out `text` and `fields`, which fill in the template");
            None
        }
        Some(body) => body.text().map(str::to_owned),
        None => Some(template::filled(text.flatten().as_deref(), &given)),
    };
    let labels = match table.get("labels") {
        Some(list) => list.items().iter().filter_map(label).collect(),
        None => vec![scene.project().labels.incident.clone()],
    };
    let assignees = table.get("assignees").map(|list| list.items()).unwrap_or_default();
    let assignees = assignees.iter().filter_map(|item| somebody(item, scene)).collect();
    Some(File { title: title?.to_owned(), body: body?, labels, assignees })
}

/// Fields by any name that the reader knows, each with its value.
fn fields(node: &Node<'_>, scene: &Scene<'_>) -> Vec<(Field, String)> {
    let known = scene.project().vocabulary().names;
    let Some(table) = node.table() else { return Vec::new() };
    let read = |entry: Node<'_>| {
        let name = entry.name().to_lowercase();
        let field = known.iter().find(|(known, _)| *known == name).map(|(_, field)| *field);
        if field.is_none() && scene.knows_names() {
            let titles: Vec<&str> = Field::ALL.iter().map(|field| field.title()).collect();
            entry.reject_for("is no field of an incident issue", Hint::among(entry.name(), &titles));
        }
        Some((field?, entry.text()?.to_owned()))
    };
    table.entries().into_iter().filter_map(read).collect()
}

fn edit(table: &Table<'_>, scene: &Scene<'_>) -> Option<Vec<Change>> {
    table.only(&["title", "body", "fields"]);
    let mut changes = Vec::new();
    changes.extend(table.get("title").and_then(|node| node.text()).map(|text| Change::Title(text.to_owned())));
    changes.extend(table.get("body").and_then(|node| node.text()).map(|text| Change::Body(text.to_owned())));
    if let Some(node) = table.get("fields") {
        changes.extend(fields(&node, scene).into_iter().map(|(field, value)| Change::Field(field, value)));
    }
    if table.entries().is_empty() {
        table.reject_absence("changes nothing; write title, body or fields");
    }
    (!changes.is_empty()).then_some(changes)
}

fn edit_comment(table: &Table<'_>, names: &Names) -> Option<Act> {
    table.only(&["of", "text", "replace", "with"]);
    let of = table.need("of").and_then(|node| said(&node, names));
    let text = |key: &str| table.get(key).map(|node| node.text().map(str::to_owned));
    let wording = match (text("text"), text("replace"), text("with")) {
        (Some(text), None, None) => text.map(Rewording::Text),
        (None, Some(from), Some(to)) => from.zip(to).map(|(from, to)| Rewording::Part { from, to }),
        _ => {
            table.reject_absence("says what changes either with `text`, or with `replace` and `with`");
            None
        }
    };
    Some(Act::EditComment(of?, wording?))
}

fn said(node: &Node<'_>, names: &Names) -> Option<Said> {
    let name = node.text()?;
    if names.comments.iter().any(|known| known == name) {
        return Some(Said::Named(name.to_owned()));
    }
    let found = kind(name).map(Said::Newest);
    if found.is_none() {
        let all: Vec<&str> = names.comments.iter().map(String::as_str).chain(kinds()).collect();
        let what = format!("{} is neither a comment that an earlier step named with `as`, nor a kind", quoted(name));
        node.reject_reference(what, Hint::among(name, &all));
    }
    found
}

/// `["a", "b"]` puts on; `{ add = [...], remove = [...] }` does both.
fn on_and_off(node: &Node<'_>, read: &dyn Fn(&Node<'_>) -> Option<String>) -> Option<(Vec<String>, Vec<String>)> {
    let all = |node: &Node<'_>| node.items().iter().filter_map(read).collect::<Vec<String>>();
    let both = if node.is_list() {
        (all(node), Vec::new())
    } else {
        let table = node.table()?;
        table.only(&["add", "remove"]);
        let list = |key: &str| table.get(key).map(|node| all(&node)).unwrap_or_default();
        (list("add"), list("remove"))
    };
    if both.0.is_empty() && both.1.is_empty() {
        node.reject("changes nothing");
        return None;
    }
    Some(both)
}

/// A label's name as forges take it.
fn label(node: &Node<'_>) -> Option<String> {
    let text = node.text()?;
    if text.chars().count() > 50 {
        node.reject(format!("{} is longer than 50 characters, which is the most for a label", quoted(text)));
        return None;
    }
    Some(text.to_owned())
}
