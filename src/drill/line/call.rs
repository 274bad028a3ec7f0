//! One request, taken apart.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method, request::Parts};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request as the desk reads it.
#[derive(Clone)]
pub(in super::super) struct Call {
    pub(in super::super) method: Method,
    /// As it was written, without the query.
    pub(in super::super) path: String,
    /// Decoded parts of the path.
    pub(in super::super) segments: Vec<String>,
    pub(in super::super) query: BTreeMap<String, String>,
    pub(in super::super) headers: HeaderMap,
    /// `None` where it is not JSON.
    pub(in super::super) body: Option<Value>,
    /// As it came.
    pub(in super::super) bytes: Bytes,
}

impl Call {
    /// A request; of the prefixes, the first that its path begins with is left out.
    pub(super) fn new(head: Parts, body: &Bytes, prefixes: &[&str]) -> Self {
        let whole = head.uri.path();
        let path = prefixes.iter().find_map(|prefix| whole.strip_prefix(prefix)).unwrap_or(whole).to_owned();
        let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let segments = path.split('/').filter(|part| !part.is_empty()).map(decoded).collect();
        let query = form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let json = if body.is_empty() { Some(Value::Null) } else { serde_json::from_slice(body).ok() };
        Self { method: head.method, path, segments, query, headers: head.headers, body: json, bytes: body.clone() }
    }

    pub(in super::super) fn is_read(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }

    pub(in super::super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(in super::super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }
}
