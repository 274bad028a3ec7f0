//! What came back from a form, and what is to be shown in it when it could not be carried out.

use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Names and values, as sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first value of a name; empty where there is none.
    pub(super) fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Every value of a name.
    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// Tells what was typed from other things that were typed.
    pub(super) fn digest(&self) -> String {
        digest(self.0.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]))
    }
}

/// A sentence on what to mend, and in which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complaint {
    pub(super) field: &'static str,
    pub(super) says: String,
}

impl Complaint {
    pub(super) fn new(field: &'static str, says: impl Into<String>) -> Self {
        Self { field, says: says.into() }
    }
}

/// A form that was not carried out, with what was typed into it.
#[derive(Debug, Clone, Default)]
pub(super) struct Filled {
    /// Its name; empty where no form was sent.
    pub(super) form: &'static str,
    pub(super) fields: Fields,
    pub(super) complaints: Vec<Complaint>,
}

impl Filled {
    /// Whether it is about this form.
    pub(super) fn is(&self, form: &str) -> bool {
        self.form == form
    }

    /// What stands in a field, and what is wrong with it.
    pub(super) fn field(&self, form: &str, name: &str, otherwise: &str) -> Value {
        json!({ "value": self.value(form, name, otherwise), "says": self.says(form, name) })
    }

    /// What is wrong with a field; empty where nothing is.
    pub(super) fn says(&self, form: &str, name: &str) -> &str {
        let complaint = self.complaints.iter().find(|complaint| self.is(form) && complaint.field == name);
        complaint.map_or("", |complaint| &complaint.says)
    }

    pub(super) fn value<'f>(&'f self, form: &str, name: &str, otherwise: &'f str) -> &'f str {
        if self.is(form) && self.fields.has(name) { self.fields.one(name) } else { otherwise }
    }

    /// All sentences, each with where it leads.
    pub(super) fn complaints(&self) -> Value {
        let line = |complaint: &Complaint| json!({ "at": format!("{}-{}", self.form, complaint.field), "says": complaint.says });
        self.complaints.iter().map(line).collect()
    }
}

/// A short digest of some texts.
pub(super) fn digest<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update(text.len().to_le_bytes());
        hasher.update(text);
    }
    hex(hasher.finalize().get(..8).unwrap_or_default())
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}
