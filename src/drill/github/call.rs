//! What GitHub reads out of a request's body and query.

use serde_json::Value;

use super::reply::Reply;
use crate::domain::time::Moment;

pub(super) use super::super::line::call::Call;

impl Call {
    /// The body, which must be an object.
    pub(super) fn object(&self) -> Result<&Value, Reply> {
        match &self.body {
            Some(body @ (Value::Object(_) | Value::Null)) => Ok(body),
            Some(_) => Err(Reply::message(400, "Body should be a JSON object")),
            None => Err(Reply::message(400, "Problems parsing JSON")),
        }
    }

    /// A text of the body; absent and `null` are the same.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Reply> {
        match self.object()?.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(wrong_type(name, other, "a string")),
        }
    }

    /// A text that must be there.
    pub(super) fn needed(&self, name: &str) -> Result<String, Reply> {
        self.text(name)?.ok_or_else(|| Reply::message(422, format!("Invalid request.\n\n\"{name}\" wasn't supplied.")))
    }

    /// Yes or no.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Reply> {
        match self.object()?.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(other) => Err(wrong_type(name, other, "a boolean")),
        }
    }

    /// A list of names; each may be an object with a `name` or `login`.
    pub(super) fn names(&self, name: &str) -> Result<Option<Vec<String>>, Reply> {
        let list = match self.object()?.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Array(list)) => list,
            Some(other) => return Err(wrong_type(name, other, "an array")),
        };
        list.iter()
            .map(|entry| match entry {
                Value::String(text) => Ok(text.clone()),
                Value::Object(fields) => fields
                    .get("name")
                    .or_else(|| fields.get("login"))
                    .and_then(Value::as_str)
                    .map(str::to_owned)
                    .ok_or_else(|| wrong_type(name, entry, "a string")),
                other => Err(wrong_type(name, other, "a string")),
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// A moment of the query.
    pub(super) fn moment(&self, name: &str) -> Result<Option<Moment>, Reply> {
        let Some(text) = self.asked(name) else { return Ok(None) };
        let at = chrono::DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
        at.map(Some).map_err(|_| Reply::message(422, format!("Invalid {name}: not an ISO 8601 timestamp")))
    }
}

fn wrong_type(name: &str, value: &Value, expected: &str) -> Reply {
    Reply::message(422, format!("Invalid request.\n\nFor 'properties/{name}', {value} is not {expected}."))
}
