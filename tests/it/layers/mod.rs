//! The arrows of `docs/architecture.md`, held by reading the sources.
//!
//! The first tests hold the rules over the program. The others show, on sources made up for it, that every rule catches
//! what it forbids and stays silent about comments, strings and likenesses.

mod documents;
mod rules;
mod source;

use rules::{arrows, confined, empty_names, environment, headers, purity, test_switches};
use source::{Source, below};

/// Every source of the program. An empty or partial list would let every rule pass.
fn program() -> Vec<Source> {
    let sources = below("src");
    for expected in ["src/lib.rs", "src/main.rs", "src/domain/mod.rs", "src/forge/github/mod.rs", "src/store/mod.rs"] {
        assert!(sources.iter().any(|source| source.path == expected), "{expected} was not found");
    }
    sources
}

#[track_caller]
fn holds(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn rooms_use_only_what_the_arrows_allow() {
    holds(&arrows(&program()));
}

#[test]
fn pure_rooms_know_nothing_of_the_shell() {
    holds(&purity(&program()));
}

#[test]
fn octocrab_stays_in_the_github_adapter() {
    holds(&confined(&program(), "octocrab", &["src/forge/github/"]));
}

#[test]
fn sql_stays_in_the_store_of_its_database() {
    holds(&confined(&program(), "rusqlite", &["src/store/sqlite/"]));
}

#[test]
fn the_web_framework_stays_in_the_web_room() {
    holds(&confined(&program(), "axum", &["src/web/"]));
}

#[test]
fn the_template_engine_stays_in_the_render_room() {
    holds(&confined(&program(), "handlebars", &["src/render/"]));
}

#[test]
fn production_code_has_no_test_switch() {
    holds(&test_switches(&program()));
}

#[test]
fn every_source_says_what_it_is_for() {
    holds(&headers(&program()));
}

#[test]
fn no_file_is_named_after_nothing() {
    holds(&empty_names(&program()));
    holds(&empty_names(&below("tests")));
}

#[test]
fn only_the_configuration_reads_the_environment() {
    holds(&environment(&program()));
}

fn complaints(rule: impl Fn(&[Source]) -> Vec<String>, path: &str, text: &str) -> Vec<String> {
    rule(&[Source::new(path, text)])
}

#[test]
fn a_use_of_a_sibling_is_caught_in_every_spelling() {
    for text in [
        "use crate::store::Store;",
        "use crate::store::{self};",
        "use crate::{domain::ids, store};",
        "use crate::{\n    domain::{ids::IssueRef, time},\n    store::Store as Kept,\n};",
        "fn f() { crate::store::open() }",
        "use super::super::store::Store;",
        "use super::{super::store, rules};",
        "mod inner { use super::super::super::store::Store; }",
        "fn f(x: &dyn crate::store::Store) {}",
        "pub use crate::*;",
    ] {
        assert_eq!(complaints(arrows, "src/plan/board.rs", text).len(), 1, "{text}");
    }
}

#[test]
fn a_complaint_names_file_line_and_what_is_allowed() {
    let found = complaints(arrows, "src/text/fields.rs", "//! Reads.\n\nuse crate::plan::fold;\n");
    assert_eq!(found, ["src/text/fields.rs:3: `text` uses `plan::fold`; it may use: domain"]);
}

#[test]
fn uses_along_the_arrows_are_left_alone() {
    for (path, text) in [
        ("src/plan/board.rs", "use crate::domain::{ids::IssueRef, time::Moment};\nuse super::{duties, effective};"),
        ("src/plan/mod.rs", "mod words { use super::super::domain::time; use super::board; }"),
        ("src/web/mod.rs", "use crate::forge::github::webhook::verify;"),
        ("src/engine/reconcile.rs", "use crate::{clock::Clock, forge::{Read, Write}, plan, store::Store};"),
        ("src/main.rs", "fn main() { hotwash::cli::run() }"),
        ("src/store/sqlite/writer.rs", "pub(in crate::store) struct Writer; pub(crate) fn f(self) { self.go() }"),
    ] {
        assert_eq!(complaints(arrows, path, text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn the_intake_may_use_nothing_else_of_an_adapter() {
    assert_eq!(complaints(arrows, "src/web/mod.rs", "use crate::forge::{github::webhook, Read};").len(), 1);
    assert_eq!(complaints(arrows, "src/engine/mod.rs", "use crate::web::App;").len(), 1);
    assert_eq!(complaints(arrows, "src/novelty.rs", "").len(), 1);
    assert_eq!(complaints(arrows, "src/main.rs", "use hotwash::engine::Engine;").len(), 1);
}

#[test]
fn impurity_is_caught_in_every_spelling() {
    for text in [
        "pub async fn plan() {}",
        "fn f() { g().await }",
        "use tokio;",
        "use tokio::sync::Mutex;",
        "fn f() -> serde_json::Value {}",
        "fn f() { metrics::counter!(\"x\"); }",
        "fn f() { tracing::info!(\"x\"); }",
        "fn f() { let t = Utc::now(); }",
        "fn f(clock: &C) { clock.now() }",
        "#[async_trait::async_trait] trait T {}",
        "use std::fs;",
        "use std::time::Instant;",
    ] {
        assert!(!complaints(purity, "src/domain/time.rs", text).is_empty(), "{text}");
        assert!(!complaints(purity, "src/drill/model/world.rs", text).is_empty(), "{text}");
        assert!(complaints(purity, "src/engine/mod.rs", text).is_empty(), "{text}");
        assert!(complaints(purity, "src/drill/github/mod.rs", text).is_empty(), "{text}");
    }
}

#[test]
fn comments_strings_and_likenesses_are_no_impurity() {
    let text = r##"
        //! Knows nothing of async, tokio::sync, Utc::now() or rusqlite.
        /* use tokio::x; /* nested: use axum; */ async */
        const A: &str = "tokio::spawn(async {}).await // \" now()";
        const B: &str = r#"use serde_json::Value; "quoted" async"#;
        const C: (char, char, &[u8]) = ('"', '\'', br"tracing::info!()");
        fn plan<'a>(metrics: &'a [Metric], now: Moment) -> bool { f(now) && self.metrics.len() > r#async_like }
        fn known(now: Moment) { at(now); use_now(now, ()); }
    "##;
    assert_eq!(complaints(purity, "src/plan/mod.rs", text), Vec::<String>::new());
}

#[test]
fn code_after_a_tricky_literal_is_still_read() {
    for literal in [r#""\\""#, r##"r#"a " b"#"##, "'\"'", "'\\''", "b'\"'", "\"// \"", "/* \" */ 1", "r\"\\\""] {
        let text = format!("const A: T = {literal};\nuse tokio::sync;\n");
        assert_eq!(
            complaints(purity, "src/plan/mod.rs", &text),
            ["src/plan/mod.rs:2: a pure room names `tokio`"],
            "{text}"
        );
    }
}

#[test]
fn a_library_outside_its_home_is_caught() {
    let rule = |sources: &[Source]| confined(sources, "octocrab", &["src/forge/github/"]);
    assert_eq!(complaints(rule, "src/engine/mod.rs", "use octocrab::Octocrab;").len(), 1);
    assert_eq!(complaints(rule, "src/forge/mod.rs", "type A = octocrab::Error;").len(), 1);
    assert!(complaints(rule, "src/forge/github/mod.rs", "use octocrab::Octocrab;").is_empty());
    assert!(
        complaints(rule, "src/engine/mod.rs", "// octocrab::Octocrab\nconst A: &str = \"octocrab::x\";").is_empty()
    );
}

#[test]
fn test_switches_are_caught() {
    for text in [
        "#[cfg(test)] mod tests;",
        "#[cfg(any(unix, test))] fn f() {}",
        "#[cfg_attr(test, x)] fn f() {}",
        "#[test] fn f() {}",
    ] {
        assert_eq!(complaints(test_switches, "src/plan/mod.rs", text).len(), 1, "{text}");
    }
    for text in ["#[cfg(unix)] fn test() {}", "// #[cfg(test)]", "fn f() { test() }"] {
        assert!(complaints(test_switches, "src/plan/mod.rs", text).is_empty(), "{text}");
    }
}

#[test]
fn missing_headers_empty_names_and_environment_reads_are_caught() {
    assert_eq!(complaints(headers, "src/plan/a.rs", "// Plain.\n").len(), 1);
    assert!(complaints(headers, "src/plan/a.rs", "//! Decides.\n").is_empty());
    assert_eq!(complaints(empty_names, "src/plan/utils.rs", "").len(), 1);
    assert_eq!(complaints(empty_names, "src/common/mod.rs", "").len(), 1);
    assert!(complaints(empty_names, "src/plan/commonly_due.rs", "").is_empty());
    for text in ["std::env::var(\"A\")", "use std::env::{self};", "env::vars_os()"] {
        assert_eq!(complaints(environment, "src/cli/serve.rs", text).len(), 1, "{text}");
        assert!(complaints(environment, "src/config/secrets.rs", text).is_empty(), "{text}");
    }
    assert!(complaints(environment, "src/cli/serve.rs", "let a = env!(\"CARGO_PKG_VERSION\"); env::args()").is_empty());
}
