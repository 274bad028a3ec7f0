//! The rules, each a function from sources to complaints of the form `file:line: what is wrong`.

use super::source::Source;

/// Which rooms a room may use, besides itself. A room that is not listed here may not exist.
const ARROWS: &[(&str, &[&str])] = &[
    ("lib", &[]),
    ("main", &["cli"]),
    (
        "cli",
        &[
            "clock",
            "config",
            "document",
            "domain",
            "drill",
            "engine",
            "forge",
            "plan",
            "process",
            "render",
            "report",
            "audit",
            "store",
            "telemetry",
            "text",
            "web",
        ],
    ),
    ("web", &["clock", "domain", "plan", "process", "render", "report", "audit", "store", "telemetry", "text"]),
    (
        "engine",
        &["audit", "clock", "domain", "forge", "plan", "process", "render", "report", "store", "telemetry", "text"],
    ),
    (
        "drill",
        &["clock", "document", "domain", "forge", "plan", "process", "render", "report", "store", "telemetry", "text"],
    ),
    ("config", &["document", "domain", "process"]),
    ("process", &["document", "domain"]),
    ("forge", &["clock", "domain", "telemetry"]),
    ("store", &["domain", "telemetry"]),
    ("render", &["domain"]),
    ("plan", &["domain"]),
    ("report", &["domain"]),
    ("audit", &["domain"]),
    ("text", &["domain"]),
    ("clock", &["domain"]),
    ("telemetry", &["domain"]),
    ("document", &[]),
    ("domain", &[]),
];

/// Rooms that give the same answer to the same question, always.
const PURE: [&str; 5] = ["domain", "text", "plan", "report", "audit"];

/// The pure part of a room that is not.
const PURE_PART: &str = "src/drill/model/";

/// Libraries that pure rooms may not know.
const SHELL_LIBRARIES: [&str; 16] = [
    "async_trait",
    "axum",
    "futures",
    "futures_util",
    "http",
    "hyper",
    "hyper_util",
    "metrics",
    "octocrab",
    "reqwest",
    "rusqlite",
    "serde_json",
    "sqlx",
    "tokio",
    "tower",
    "tracing",
];

/// What else pure rooms may not do.
const SHELL_DEEDS: [&[&str]; 8] = [
    &["async"],
    &[".", "await"],
    &["now", "(", ")"],
    &["Instant"],
    &["SystemTime"],
    &["std", ":", ":", "fs"],
    &["std", ":", ":", "env"],
    &["std", ":", ":", "thread"],
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] = ["util", "utils", "helper", "helpers", "common", "misc", "shared", "stuff"];

pub(super) fn arrows(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources {
        let room = source.room();
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == room) else {
            complaints.push(format!("{}:1: the room `{room}` is not in the table of arrows", source.path));
            continue;
        };
        for used in source.used() {
            let target = used.segments.first().map_or("the crate root", String::as_str);
            if target != room && !allowed.contains(&target) && !is_webhook_decoding(room, &used.segments) {
                complaints.push(format!(
                    "{}:{}: `{room}` uses `{}`; it may use: {}",
                    source.path,
                    used.line,
                    used.segments.join("::"),
                    if allowed.is_empty() { "no other room".to_owned() } else { allowed.join(", ") },
                ));
            }
        }
    }
    complaints
}

/// Reading a delivery is pure and belongs to its forge; the intake may use that, and nothing else of an adapter.
fn is_webhook_decoding(room: &str, segments: &[String]) -> bool {
    room == "web"
        && segments.first().is_some_and(|it| it == "forge")
        && segments.get(2).is_some_and(|it| it == "webhook")
}

pub(super) fn purity(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources.iter().filter(|source| PURE.contains(&source.room()) || source.path.starts_with(PURE_PART)) {
        for name in SHELL_LIBRARIES {
            complaints.extend(at(source, &source.lines_with_library(name), &format!("a pure room names `{name}`")));
        }
        for deed in SHELL_DEEDS {
            complaints.extend(at(source, &source.lines_with(deed), &format!("a pure room says `{}`", deed.concat())));
        }
    }
    complaints
}

pub(super) fn confined(sources: &[Source], library: &str, homes: &[&str]) -> Vec<String> {
    let outside = sources.iter().filter(|source| !homes.iter().any(|home| source.path.starts_with(home)));
    let what = format!("`{library}` belongs to {} alone", homes.join(" and "));
    outside.flat_map(|source| at(source, &source.lines_with_library(library), &what)).collect()
}

pub(super) fn test_switches(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources {
        complaints.extend(at(source, &source.lines_with(&["[", "test", "]"]), "tests live in tests/it"));
        for switch in ["cfg", "cfg_attr"] {
            // The condition ends with the attribute, the macro or the line, whichever the source has first.
            for (position, _) in source.tokens.iter().enumerate().filter(|(_, token)| token.text == switch) {
                let condition = source.tokens[position + 1..]
                    .iter()
                    .take_while(|token| !matches!(token.text.as_str(), "]" | ";" | "{"));
                if condition.into_iter().any(|token| token.text == "test") {
                    complaints.extend(at(
                        source,
                        &[source.tokens[position].line],
                        "production code has no test switch",
                    ));
                }
            }
        }
    }
    complaints
}

pub(super) fn headers(sources: &[Source]) -> Vec<String> {
    let headless = sources.iter().filter(|source| !source.text.starts_with("//!"));
    headless.map(|source| format!("{}:1: begin with `//!`: what it is for, what always holds", source.path)).collect()
}

pub(super) fn empty_names(sources: &[Source]) -> Vec<String> {
    let named =
        |source: &&Source| source.path.split('/').any(|part| EMPTY_NAMES.contains(&part.trim_end_matches(".rs")));
    sources.iter().filter(named).map(|source| format!("{}:1: name it after what is inside", source.path)).collect()
}

pub(super) fn environment(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources.iter().filter(|source| source.room() != "config") {
        for name in ["var", "var_os", "vars", "vars_os", "{", "*"] {
            let lines = source.lines_with(&["env", ":", ":", name]);
            complaints.extend(at(source, &lines, "only `config` reads the environment"));
        }
    }
    complaints
}

fn at(source: &Source, lines: &[usize], what: &str) -> Vec<String> {
    lines.iter().map(|line| format!("{}:{line}: {what}", source.path)).collect()
}
