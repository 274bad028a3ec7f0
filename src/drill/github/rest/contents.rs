//! Files on the default branch, as far as the world keeps any: those that matter to issues.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::super::{
    call::Call,
    desk::{Desk, found},
    digest,
    reply::{Answered, Reply},
};
use crate::drill::model::Level;

/// `/repos/O/N/contents/...`
pub(in super::super) fn route(desk: &mut Desk<'_>, call: &Call, path: &str, rest: &[&str]) -> Answered {
    let project = desk.repository(call, path, "contents", Level::Read)?;
    let ("GET", [_, parts @ ..]) = (call.method.as_str(), rest) else { return Err(Reply::not_found()) };
    let wanted = parts.join("/");
    let project = found(desk.world.project_by_id(project))?;
    if let Some(text) = project.files.get(&wanted) {
        return Ok(Reply::ok(file(&wanted, Some(text))));
    }
    let below = format!("{wanted}/");
    let inside = project.files.keys().filter(|file| file.strip_prefix(&below).is_some_and(|rest| !rest.contains('/')));
    let listed: Vec<Value> = inside.map(|file_path| file(file_path, None)).collect();
    if listed.is_empty() { Err(Reply::not_found()) } else { Ok(Reply::ok(Value::Array(listed))) }
}

/// A file; with its content where it was asked for by its own name.
fn file(path: &str, text: Option<&String>) -> Value {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut shown = json!({ "type": "file", "name": name, "path": path, "sha": digest(path.as_bytes()) });
    if let (Value::Object(fields), Some(text)) = (&mut shown, text) {
        fields.insert("size".to_owned(), json!(text.len()));
        fields.insert("encoding".to_owned(), json!("base64"));
        // GitHub breaks the lines.
        let packed = STANDARD.encode(text);
        let lines: Vec<&str> = packed.as_bytes().chunks(60).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        fields.insert("content".to_owned(), json!(format!("{}\n", lines.join("\n"))));
    }
    shown
}
