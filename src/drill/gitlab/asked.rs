//! Parameters of a request, whether they came in the query, as a form, or as JSON.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::line::{call::Call, reply::Reply};

/// Every parameter by its name, with all its values in order.
pub(super) struct Asked {
    all: BTreeMap<String, Vec<String>>,
}

impl Asked {
    pub(super) fn of(call: &Call) -> Self {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut put = |name: &str, value: String| {
            all.entry(name.trim_end_matches("[]").to_owned()).or_default().push(value);
        };
        for (name, value) in &call.query {
            put(name, value.clone());
        }
        match &call.body {
            Some(Value::Object(fields)) => {
                for (name, value) in fields {
                    match value {
                        Value::Array(list) => list.iter().for_each(|one| put(name, plain(one))),
                        Value::Null => {}
                        one => put(name, plain(one)),
                    }
                }
            }
            Some(_) => {}
            None => form_urlencoded::parse(&call.bytes).for_each(|(name, value)| put(&name, value.into_owned())),
        }
        Self { all }
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.all.get(name)?.last().map(String::as_str)
    }

    /// A text that must be there.
    pub(super) fn needed(&self, name: &str) -> Result<&str, Reply> {
        self.text(name).ok_or_else(|| Reply::new(400, serde_json::json!({ "error": format!("{name} is missing") })))
    }

    /// Yes or no, in any of the ways that GitLab reads.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Reply> {
        match self.text(name).map(str::to_lowercase).as_deref() {
            None => Ok(None),
            Some("true" | "1" | "t" | "on" | "yes" | "y") => Ok(Some(true)),
            Some("false" | "0" | "f" | "off" | "no" | "n") => Ok(Some(false)),
            Some(_) => Err(Reply::new(400, serde_json::json!({ "error": format!("{name} is invalid") }))),
        }
    }

    /// Names, separated by commas or given one by one.
    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        let values = self.all.get(name)?;
        let names = values.iter().flat_map(|value| value.split(',')).map(|name| name.trim().to_owned());
        Some(names.filter(|name| !name.is_empty()).collect())
    }

    /// Numbers, likewise.
    pub(super) fn numbers(&self, name: &str) -> Option<Vec<u64>> {
        Some(self.list(name)?.iter().filter_map(|text| text.parse().ok()).collect())
    }

    /// Whether none of these was given.
    pub(super) fn lacks_all(&self, names: &[&str]) -> bool {
        names.iter().all(|name| !self.all.contains_key(*name))
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
