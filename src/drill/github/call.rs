//! One request, taken apart.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method, request::Parts};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::reply::Reply;
use crate::domain::time::Moment;

/// A request as the desk reads it.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    /// As it was written, without the query.
    pub(super) path: String,
    /// Decoded parts of the path.
    pub(super) segments: Vec<String>,
    pub(super) query: BTreeMap<String, String>,
    pub(super) headers: HeaderMap,
    /// `None` where it is not JSON.
    pub(super) body: Option<Value>,
}

impl Call {
    pub(super) fn new(head: Parts, body: &Bytes) -> Self {
        // An Enterprise Server answers the same below `/api/v3`, and GraphQL at `/api/graphql`.
        let whole = head.uri.path();
        let path = whole.strip_prefix("/api/v3").or_else(|| whole.strip_prefix("/api")).unwrap_or(whole).to_owned();
        let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let segments = path.split('/').filter(|part| !part.is_empty()).map(decoded).collect();
        let query = form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let body = if body.is_empty() { Some(Value::Null) } else { serde_json::from_slice(body).ok() };
        Self { method: head.method, path, segments, query, headers: head.headers, body }
    }

    pub(super) fn is_read(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

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
