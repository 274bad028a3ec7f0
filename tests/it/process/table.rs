//! The table in docs/processes.md: every rule of the handbooks has a line, and every line names what there is.

use std::{collections::BTreeSet, fs, path::Path};

use hotwash::{domain::process::Process, process};

use super::handbooks::shipped;

const DOCUMENT: &str = include_str!("../../../docs/processes.md");

/// Rows of the tables of rules: deadlines, then states, roles, forms, checklists, escalation, retrospective.
const ROWS: [(&str, usize); 7] =
    [("T", 22), ("A2.", 14), ("A3.", 11), ("A4.", 11), ("A5.", 15), ("A6.", 10), ("A7.", 7)];

/// The cells of each line whose first cell is the id of a rule.
fn lines() -> Vec<Vec<&'static str>> {
    let rows = DOCUMENT.lines().filter(|line| line.starts_with("| T") || line.starts_with("| A"));
    let cells = |row: &'static str| row.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>();
    rows.map(cells).filter(|cells| cells[0].chars().any(|c| c.is_ascii_digit())).collect()
}

/// What stands in code marks.
fn codes(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn every_rule_of_the_handbooks_has_one_line() {
    let wanted: BTreeSet<String> =
        ROWS.iter().flat_map(|(prefix, count)| (1..=*count).map(move |nth| format!("{prefix}{nth}"))).collect();
    let found: Vec<String> = lines().iter().map(|cells| cells[0].to_owned()).collect();
    assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), wanted);
    assert_eq!(found.len(), wanted.len(), "each rule once");
    for cells in lines() {
        assert_eq!(cells.len(), 4, "rule, what it says, where it lives, what shows it: {cells:?}");
        assert!(cells[1..].iter().all(|cell| !cell.is_empty()), "{cells:?}");
    }
}

/// Whether a process or playbook has what `PROCESS/KIND/ID` names.
fn exists(path: &str) -> bool {
    let mut parts = path.splitn(3, '/');
    let (Some(name), Some(kind), Some(id)) = (parts.next(), parts.next(), parts.next()) else { return false };
    process::names().any(|known| known == name) && has(&shipped(name), kind, id)
}

fn has(process: &Process, kind: &str, id: &str) -> bool {
    match kind {
        "duty" => process.duty(id).is_some(),
        "flag" => process.flag(id).is_some(),
        "role" => process.role(id).is_some(),
        "route" => process.route(id).is_some(),
        "item" => process.items().any(|item| item.id == id),
        "playbook" => process.playbook(id).is_some(),
        "phase" => process.phase(id).is_some(),
        "status" => process.status(id).is_some(),
        "severity" => process.severity(id).is_some(),
        _ => false,
    }
}

#[test]
fn what_a_line_names_exists_in_the_shipped_processes() {
    let mut named = 0;
    for cells in lines() {
        for path in codes(cells[2]).filter(|code| code.contains('/')) {
            assert!(exists(path), "{}: {path} names nothing", cells[0]);
            named += 1;
        }
    }
    assert!(named > 80, "only {named} places are named");
    assert!(!exists("cloud-gov/duty/nonesuch") && !exists("nonesuch/duty/sitrep"), "the check can fail");
}

#[test]
fn the_tests_that_a_line_names_exist() {
    let mut sources = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it"), &mut sources);
    let mut named = 0;
    for cells in lines() {
        for test in codes(cells[3]) {
            assert!(sources.contains(&format!("fn {test}(")), "{}: there is no test {test}", cells[0]);
            named += 1;
        }
    }
    assert!(named > 40, "only {named} tests are named");
}

#[test]
fn each_line_is_shown_by_a_story_that_is_named_after_it() {
    for cells in lines() {
        let (row, shown) = (cells[0], cells[3]);
        let prefix = format!("{}_", row.to_lowercase().replace('.', "_"));
        assert!(codes(shown).any(|test| test.starts_with(&prefix)), "{row}: {shown}");
        assert!(!shown.contains("not yet"), "{row}: {shown}");
    }
}

#[test]
fn every_story_of_a_row_stands_in_its_line() {
    let mut sources = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/scenarios"), &mut sources);
    let of_a_row = |name: &&str| {
        let mut letters = name.chars();
        matches!(letters.next(), Some('t' | 'a')) && letters.next().is_some_and(|c| c.is_ascii_digit())
    };
    let stories = sources.lines().filter_map(|line| line.strip_prefix("fn ")?.split('(').next()).filter(of_a_row);
    let named: BTreeSet<&str> = lines().into_iter().flat_map(|cells| codes(cells[3]).collect::<Vec<_>>()).collect();
    let missing: Vec<&str> = stories.filter(|name| !named.contains(name)).collect();
    assert!(missing.is_empty(), "no line of docs/processes.md names {missing:?}");
}

fn collect(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_duty_of_every_shipped_process_has_a_line() {
    let named: BTreeSet<&str> = lines().into_iter().flat_map(|cells| codes(cells[2]).collect::<Vec<_>>()).collect();
    for name in process::names() {
        for duty in shipped(name).duties {
            let path = format!("{name}/duty/{}", duty.id);
            assert!(named.contains(path.as_str()), "{path} stands in no line");
        }
    }
}
