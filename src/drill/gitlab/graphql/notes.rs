//! Notes by their numbers, several to a question.
//!
//! What always holds: what the caller may not see is `null`, as what is not there; moments are told to the second. Until
//! somebody changes a note's text, `lastEditedBy` is empty and `lastEditedAt` repeats `updatedAt`, which an emoji moves.

use graphql_parser::query::{
    Definition, Document, Field, OperationDefinition, Selection, SelectionSet, Value as Written, parse_query,
};
use serde_json::{Map, Value, json};

use super::{
    super::{
        super::{
            line::{call::Call, reply::Reply},
            model::{Access, Comment, UserId, World},
        },
        desk::Desk,
    },
    Asked,
};
use crate::domain::{ids::CommentId, time::Moment};

/// The most fields of a question, each counted once.
const MOST: usize = 250;

/// What notes, and people, say of themselves here. GitLab knows more.
const NOTE: (&str, &[&str]) =
    ("Note", &["id", "body", "internal", "createdAt", "updatedAt", "lastEditedAt", "lastEditedBy"]);
const PERSON: (&str, &[&str]) = ("UserCore", &["id", "username"]);

/// Whether a question is for notes and nothing else.
pub(super) fn is_asked(text: &str) -> bool {
    text.contains("note(id:")
}

pub(super) fn answer(desk: &Desk<'_>, call: &Call, text: &str, asked: &Asked) -> Reply {
    // What lists show: both may come from a replica that lags.
    let world = desk.listed(call).world;
    let given = parse_query::<String>(text)
        .map_err(|_| "Parse error".to_owned())
        .and_then(|document| data(desk, world, &document, asked));
    Reply::ok(match given {
        Ok(data) => json!({ "data": data }),
        Err(words) => json!({ "errors": [{ "message": words }] }),
    })
}

fn data(
    desk: &Desk<'_>,
    world: &World,
    document: &Document<'_, String>,
    asked: &Asked,
) -> Result<Map<String, Value>, String> {
    let selection = document.definitions.iter().find_map(|definition| match definition {
        Definition::Operation(OperationDefinition::Query(query)) => Some(&query.selection_set),
        Definition::Operation(OperationDefinition::SelectionSet(selection)) => Some(selection),
        _ => None,
    });
    let selection = selection.ok_or("Field doesn't exist on type 'Mutation'")?;
    let counted = counted(selection);
    if counted > MOST {
        return Err(format!("Query has complexity of {counted}, which exceeds max complexity of {MOST}"));
    }
    let mut data = Map::new();
    for field in fields(selection) {
        if field.name != "note" {
            return Err(format!("Field '{}' doesn't exist on type 'Query'", field.name));
        }
        check(&field.selection_set, NOTE)?;
        for part in fields(&field.selection_set) {
            check(&part.selection_set, PERSON)?;
        }
        let note = found(desk, world, field, asked)?.map(|comment| shown(world, &comment, &field.selection_set));
        data.insert(name_of(field), note.into());
    }
    Ok(data)
}

fn fields<'a, 't>(selection: &'a SelectionSet<'t, String>) -> impl Iterator<Item = &'a Field<'t, String>> {
    selection.items.iter().filter_map(|item| match item {
        Selection::Field(field) => Some(field),
        _ => None,
    })
}

/// A question is refused whole for one field that is none.
fn check(selection: &SelectionSet<'_, String>, (kind, known): (&str, &[&str])) -> Result<(), String> {
    match fields(selection).find(|field| !known.contains(&field.name.as_str())) {
        Some(field) => Err(format!("Field '{}' doesn't exist on type '{kind}'", field.name)),
        None => Ok(()),
    }
}

/// What the answer calls it.
fn name_of(field: &Field<'_, String>) -> String {
    field.alias.clone().unwrap_or_else(|| field.name.clone())
}

fn counted(selection: &SelectionSet<'_, String>) -> usize {
    fields(selection).map(|field| 1 + counted(&field.selection_set)).sum()
}

/// The note of `gid://gitlab/Note/17`, if the caller may see it.
fn found(desk: &Desk<'_>, world: &World, field: &Field<'_, String>, asked: &Asked) -> Result<Option<Comment>, String> {
    let id = match field.arguments.iter().find(|(name, _)| name == "id") {
        Some((_, Written::String(id))) => id.clone(),
        Some((_, Written::Variable(name))) => asked.text(name).to_owned(),
        _ => return Err("Field 'note' is missing required arguments: id".to_owned()),
    };
    let number = ["gid://gitlab/Note/", "gid://gitlab/DiscussionNote/"].iter().find_map(|kind| id.strip_prefix(kind));
    let number = number.and_then(|number| number.parse().ok());
    let number = number.ok_or_else(|| format!("{id:?} does not represent an instance of Note"))?;
    let seen = || {
        let comment = world.comment(CommentId(number))?;
        let issue = world.issue_by_id(comment.issue)?;
        let home = world.project_by_id(issue.project)?;
        let access = desk.access(home);
        let seen = access > Access::None && desk.sees(home, issue) && (!comment.internal || access >= Access::Plan);
        seen.then(|| comment.clone())
    };
    Ok(seen())
}

fn shown(world: &World, comment: &Comment, wanted: &SelectionSet<'_, String>) -> Value {
    let edit = comment.edits.last();
    let said = fields(wanted).map(|field| {
        let value = match field.name.as_str() {
            "id" => json!(format!("gid://gitlab/Note/{}", comment.id)),
            "body" => json!(comment.body),
            "internal" => json!(comment.internal),
            "createdAt" => json!(second(comment.created_at)),
            "updatedAt" => json!(second(comment.updated_at)),
            "lastEditedAt" => json!(second(edit.map_or(comment.updated_at, |edit| edit.at))),
            _ => edit.map(|edit| person(world, edit.by, &field.selection_set)).into(),
        };
        (name_of(field), value)
    });
    Value::Object(said.collect())
}

fn person(world: &World, id: UserId, wanted: &SelectionSet<'_, String>) -> Value {
    let login = world.user_by_id(id).map(|user| user.login.as_str());
    let said = fields(wanted).map(|field| {
        let value = if field.name == "id" { json!(format!("gid://gitlab/User/{}", id.0)) } else { json!(login) };
        (name_of(field), value)
    });
    Value::Object(said.collect())
}

fn second(at: Moment) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
