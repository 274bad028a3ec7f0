//! What the fields of the issue may be called, and which values are the template's own.

use crate::{
    document::{Hint, Table, quoted},
    domain::reading::Field,
};

use super::names::Claims;

/// Synonyms per field, in lower case. No name may mean two fields.
pub(super) fn synonyms(root: &Table<'_>) -> Vec<(Field, Vec<String>)> {
    let Some(table) = root.sub("fields") else { return Vec::new() };
    let keys: Vec<String> = Field::ALL.iter().map(|field| field.key()).collect();
    table.only(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    let mut taken = Claims::default();
    let mut all = Vec::new();
    for node in table.entries() {
        let Some(field) = Field::ALL.into_iter().find(|field| field.key() == node.name()) else { continue };
        let mut names = Vec::new();
        for (item, name) in node.texts() {
            let own = Field::ALL.into_iter().find(|known| is_called(*known, name));
            if let Some(known) = own {
                item.reject(format!("{} is the name of the field {} already", quoted(name), known.key()));
            } else if name.contains(':') {
                let advice = Hint::Allowed(vec!["the name without the colon".to_owned()]);
                item.reject_for(format!("{} holds a colon", quoted(name)), advice);
            } else if taken.claim(&item, name) {
                names.push(name.to_lowercase());
            }
        }
        all.push((field, names));
    }
    all
}

fn is_called(field: Field, name: &str) -> bool {
    let name = name.to_lowercase();
    field.key() == name || field.title().to_lowercase() == name
}

/// Values that count as blank, in lower case.
pub(super) fn placeholders(root: &Table<'_>) -> Vec<String> {
    let texts = root.get("placeholders").map(|node| node.texts()).unwrap_or_default();
    texts.into_iter().map(|(_, text)| text.to_lowercase()).collect()
}
