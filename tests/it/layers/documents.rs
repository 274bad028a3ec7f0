//! What the documents say of the tree: every path in backticks leads somewhere.
//!
//! A path is what ends with `/` or like a source, or begins with a folder of the tree. Files of teams, of people's machines
//! and on servers look different, and are not meant.

use std::{fs, path::Path};

use hotwash::domain::message::MessageKind;

/// Documents name things from the root, or from one of these.
const ROOMS: [&str; 4] = ["", "src", "tests/it", "templates"];
/// In this one, subfolders are named after the folder that they are in.
const LAYOUT: &str = "docs/architecture.md";
const LAID_OUT: [&str; 3] = ["src/forge", "src/store", "src/drill"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The documents: their paths and texts.
fn documents() -> Vec<(String, String)> {
    let mut names = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            names.push(path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/"));
        }
    }
    let read = |name: String| {
        let text = fs::read_to_string(root().join(&name)).unwrap();
        (name, text)
    };
    names.into_iter().map(read).collect()
}

fn looks_like_a_path(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/-".contains(c);
    if word.starts_with(['/', '.']) || word.contains("NAME") || !word.chars().all(plain) {
        return false;
    }
    let first = word.split_once('/').map(|(first, _)| first);
    let tops = ["src", "tests", "docs", "scripts", "templates", "processes", "drills", "migrations", "benches"];
    word.ends_with('/')
        || [".rs", ".hbs"].iter().any(|end| word.ends_with(end))
        || first.is_some_and(|it| tops.contains(&it))
}

/// The paths in backticks that lead nowhere, each with its line.
fn astray(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (nth, line) in text.lines().enumerate() {
        // Between two backticks is every second part.
        for word in line.split('`').skip(1).step_by(2).filter(|word| looks_like_a_path(word)) {
            let laid_out = LAID_OUT.into_iter().filter(|_| name == LAYOUT);
            let is_there = |room: &str| {
                let path = root().join(room).join(word);
                // With a slash at its end, only a folder will do.
                if word.ends_with('/') { path.is_dir() } else { path.exists() }
            };
            if !ROOMS.into_iter().chain(laid_out).any(is_there) {
                found.push(format!("{name}:{}: `{word}` is not in the tree", nth + 1));
            }
        }
    }
    found
}

#[test]
fn every_path_that_a_document_names_is_there() {
    let documents = documents();
    assert!(documents.iter().any(|(name, _)| name == "docs/threat-model.md"), "the documents were not found");
    let paths = |text: &str| text.split('`').filter(|word| looks_like_a_path(word)).count();
    assert!(documents.iter().map(|(_, text)| paths(text)).sum::<usize>() > 100, "the paths were not found");
    let astray: Vec<String> = documents.iter().flat_map(|(name, text)| astray(name, text)).collect();
    assert!(astray.is_empty(), "\n{}\n", astray.join("\n"));
}

#[test]
fn a_path_that_is_gone_is_caught_and_other_words_are_left_alone() {
    for word in ["src/engine.rs", "engine.rs", "nowhere/", "tests/it/plan.rs", "gone.md.hbs", "tests/it/render.rs/"] {
        assert_eq!(astray("docs/guide.md", &format!("see\n`ok` and `{word}`")).len(), 1, "{word}");
    }
    for word in
        ["src/engine/", "engine/mod.rs", "scripts/test", "/close", "acme/incidents", "processes/NAME.toml", "a b/"]
    {
        assert!(astray("docs/guide.md", &format!("`{word}`")).is_empty(), "{word}");
    }
}

#[test]
fn the_drill_s_document_names_every_kind_of_comment() {
    let text = fs::read_to_string(root().join("docs/drill.md")).unwrap();
    for (name, _) in MessageKind::ALL {
        assert!(text.contains(&format!("`{name}`")), "docs/drill.md does not name `{name}`");
    }
}
