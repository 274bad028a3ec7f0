//! A table of a document: which keys it may have, and what stands under each.

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::{
    log::Log,
    node::Node,
    problem::{Hint, Problem},
    secret::looks_secret,
    words::quoted,
};

/// A table and where it stands.
#[derive(Clone)]
pub struct Table<'d> {
    pub(super) log: &'d Log<'d>,
    pub(super) path: String,
    pub(super) at: usize,
    pub(super) table: &'d DeTable<'d>,
}

impl<'d> Table<'d> {
    /// Reports every key that is not among these.
    pub fn only(&self, allowed: &[&str]) {
        for node in self.entries().into_iter().filter(|node| !allowed.contains(&node.name())) {
            let hint = Hint::among(node.name(), allowed);
            self.log.report_consequence(node.at, &node.path, "is not a known key".to_owned(), hint);
        }
    }

    /// Every key with its value, in the order of the document.
    #[must_use]
    pub fn entries(&self) -> Vec<Node<'d>> {
        let mut entries: Vec<Node<'d>> = self.table.iter().map(|(key, value)| self.node(key, value)).collect();
        entries.sort_by_key(|node| node.at);
        entries
    }

    /// The value under a key, if there is one.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Node<'d>> {
        self.table.get_key_value(key).map(|(key, value)| self.node(key, value))
    }

    fn node(&self, key: &'d Spanned<DeString<'d>>, value: &'d Spanned<DeValue<'d>>) -> Node<'d> {
        Node {
            log: self.log,
            path: self.path_of(key.get_ref()),
            name: key.get_ref(),
            at: key.span().start,
            begins: value.span().start,
            value: value.get_ref(),
        }
    }

    /// The value under a key; reports it as missing if there is none.
    #[must_use]
    pub fn need(&self, key: &str) -> Option<Node<'d>> {
        let node = self.get(key);
        if node.is_none() {
            let what = "is missing".to_owned();
            self.log.report_consequence(self.at, &self.path_of(key), what, Hint::None);
        }
        node
    }

    /// The text under a key that must be there.
    #[must_use]
    pub fn need_text(&self, key: &str) -> Option<&'d str> {
        self.need(key).and_then(|node| node.text())
    }

    /// The table under a key, if there is one.
    #[must_use]
    pub fn sub(&self, key: &str) -> Option<Table<'d>> {
        self.get(key).and_then(|node| node.table())
    }

    /// The tables written `[[key]]`, in order; none where the key is absent.
    #[must_use]
    pub fn each(&self, key: &str) -> Vec<Table<'d>> {
        let Some(node) = self.get(key) else { return Vec::new() };
        if let DeValue::Array(_) = node.value {
            return node.items().iter().filter_map(Node::table).collect();
        }
        node.reject(format!("is a list of tables; write [[{key}]] above each"));
        Vec::new()
    }

    /// Reports a problem of the table as a whole.
    pub fn reject(&self, what: impl Into<String>) {
        self.log.report(self.at, &self.path, what.into(), Hint::None);
    }

    /// Reports something absent from the table; said only where the document's syntax is whole.
    pub fn reject_absence(&self, what: impl Into<String>) {
        self.log.report_consequence(self.at, &self.path, what.into(), Hint::None);
    }

    /// Takes over the problems of another file that this one names.
    pub fn adopt(&self, problems: Vec<Problem>) {
        self.log.adopt(problems);
    }

    /// 1-based line.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.log.line(self.at)
    }

    fn path_of(&self, key: &str) -> String {
        let bare = !key.is_empty()
            && !looks_secret(key)
            && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        let key = if bare && key.len() <= 60 { key.to_owned() } else { quoted(key) };
        if self.path.is_empty() { key } else { format!("{}.{key}", self.path) }
    }
}
