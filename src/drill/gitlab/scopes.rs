//! Labels with one scope: on paid tiers, one that is put on takes the others of its scope off.

/// The labels after some were put on.
pub(super) fn joined(on: &[String], add: impl IntoIterator<Item = String>, exclude: bool) -> Vec<String> {
    let mut names = on.to_vec();
    for name in add {
        if exclude && let Some((scope, _)) = name.rsplit_once("::") {
            names.retain(|other| *other == name || other.rsplit_once("::").is_none_or(|(own, _)| own != scope));
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
