//! What a stranger gets wrong: all of a file's mistakes are told at once, one line each, nothing that merely follows from
//! another; and what was meant is said.

use serde_json::Value;

use super::{Desk, GOOD, done};
use crate::support::bot::hotwash;

const UNCLOSED: &str = "{{#if a}}";

/// Exactly these lines, each with its beginning, and no others.
#[track_caller]
fn tells(desk: &Desk, args: &[&str], code: i32, lines: &[&str]) {
    let said = desk.refuses(args, code, &[]).err.replace(&format!("{}/", desk.path().display()), "");
    let told: Vec<&str> = said.lines().collect();
    assert_eq!(told.len(), lines.len(), "{args:?}: {told:#?}");
    for (told, wanted) in told.iter().zip(lines) {
        assert!(told.starts_with(wanted), "{args:?}: {told:?} does not begin {wanted:?}");
    }
}

#[test]
fn a_line_that_is_no_toml_is_told_alone_and_hides_no_other_mistake() {
    let gates = "project[0].gates: \"x\" is not allowed";
    let text = format!("{GOOD}gates = \"x\"\n");
    let change = |from: &str, to: &str| text.replacen(from, to, 1);
    let cases = [
        (change("[server]", "[server"), vec!["1:8: is not TOML here:", "11:1: "]),
        (change("[[github]]", "[[github]"), vec!["3:10: is not TOML here:", "11:1: "]),
        (change("[[github]]", "[github]]"), vec!["3:9: is not TOML here:", "11:1: "]),
        (change("[[project]]", "[[project]"), vec!["7:11: is not TOML here:", "11:1: "]),
        // A text that is never closed swallows what comes after it.
        (change("\"HOTWASH_GITHUB_SECRET\"", "\"HOTWASH_GITHUB_SECRET"), vec!["5:50: is not TOML here:", "11:1: "]),
        (change("\"acme/incidents\"", "\"acme/incidents"), vec!["9:23: is not TOML here:", "11:1: "]),
        (change("\"127.0.0.1:0\"", "127.0.0.1:0"), vec!["2:15: is not TOML here:", "11:1: "]),
        (text.clone() + "detect = [\"label\",\n \"marker\n]\n", vec!["11:1: ", "13:9: is not TOML here:"]),
        (text.clone() + "[server]\nlisten = \"x\"\n", vec!["11:1: ", "12:2: is not TOML here: duplicate key"]),
    ];
    for (text, places) in cases {
        let desk = Desk::new(&text);
        let lines: Vec<String> = places
            .iter()
            .map(|place| format!("hotwash.toml:{place}{}", if *place == "11:1: " { gates } else { "" }))
            .collect();
        tells(&desk, &["serve"], 2, &lines.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn a_missing_folder_of_templates_does_not_hide_what_is_wrong_with_the_words_of_others() {
    let other =
        "[[project]]\nforge = \"github\"\npath = \"acme/other\"\nprocess = \"own.toml\"\ntemplates = \"words\"\n";
    let desk = Desk::new(&format!("{GOOD}templates = \"absent\"\n{other}"));
    std::fs::create_dir(desk.path().join("words")).unwrap();
    desk.file("words/sitrep.md.hbs", UNCLOSED);
    desk.file("words/nonesuch.md.hbs", "");
    desk.file("own.toml", &format!("name = \"own\"\nextends = \"cloud-gov\"\n[wording]\nalarm = \"{UNCLOSED}\"\n"));
    let lines = [
        "hotwash.toml:11:1: project[0].templates: \"absent\" is not a folder",
        "own.toml:4:10: wording.alarm: this block is never closed",
        "words/nonesuch.md.hbs: is not the name of a template",
        "words/sitrep.md.hbs:1: this block is never closed",
    ];
    tells(&desk, &["serve"], 2, &lines);
    tells(&desk, &["doctor"], 2, &lines);
    // For programs, the same one by one.
    let done = desk.runs(&["doctor", "--json"]);
    let report: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(report["checks"].as_array().unwrap().len(), lines.len(), "{report:#}");
}

#[test]
fn a_name_that_no_template_has_does_not_hide_what_is_wrong_with_the_others() {
    let desk = Desk::new(GOOD);
    let own = format!(
        "name = \"own\"\nextends = \"cloud-gov\"\n[wording]\nbord = \"x\"\nalarm = \"\"\"\nfine\n{UNCLOSED}\"\"\"\n\
         board = \"a\\nb\\n{{{{nonesuch}}}}\"\n"
    );
    desk.file("own.toml", &own);
    let lines = [
        "own.toml:4:9: wording.bord: is not the name of a template",
        "own.toml:7:1: wording.alarm: this block is never closed",
        "own.toml:8:10: wording.board: there is no field `nonesuch` here",
    ];
    tells(&desk, &["process", "check", "own.toml"], 1, &lines);
    let done = desk.runs(&["process", "check", "own.toml", "--json"]);
    let report: Value = serde_json::from_str(&done.out).unwrap();
    let told: Vec<(u64, &str)> = report["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| (problem["line"].as_u64().unwrap(), problem["says"].as_str().unwrap()))
        .collect();
    assert_eq!(told.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 7, 8], "{report:#}");
    assert!(told.iter().zip(lines).all(|((_, told), wanted)| told.starts_with(wanted)), "{told:#?}");
}

#[test]
fn broken_words_of_a_drill_are_told_with_the_mistakes_of_its_script() {
    let desk = Desk::new("");
    let project = "[project]\nprocess = \"cloud-gov\"\ntemplates = \"words\"\n";
    desk.file("story.toml", &format!("start = \"2026-11-20 09:58\"\n{project}[people]\nerin = \"write\"\n"));
    std::fs::create_dir(desk.path().join("words")).unwrap();
    desk.file("words/sitrep.md.hbs", UNCLOSED);
    let lines = ["story.toml:1:1: title: is missing", "story.toml:1:1: has no [[step]]", "words/sitrep.md.hbs:1: "];
    tells(&desk, &["drill", "--script", "story.toml"], 2, &lines);
}

/// A short incident in which somebody records a follow-up.
const FOLLOWED_UP: &str = "title = \"A follow-up\"\nstart = \"2026-11-20 09:58\"\n[project]\nprocess = \"cloud-gov\"\n\
    timeline_events = \"on\"\n[people]\nerin = \"write\"\n[[step]]\nat = \"10:00\"\nby = \"erin\"\n\
    file = { title = \"Odd logins\" }\n[[step]]\nat = \"10:02\"\nby = \"erin\"\n\
    command = \"followup rotate the keys @erin by 2026-12-04\"\n";

#[test]
fn a_drill_tells_what_the_bot_files_and_what_has_no_effect_on_its_forge() {
    let desk = Desk::new("");
    desk.file("story.toml", FOLLOWED_UP);
    let warning = "story.toml:5:1: warning: project.timeline_events: changes nothing on GitHub";
    for (forge, warned) in [("github", true), ("gitlab", false)] {
        let play = ["drill", "--script", "story.toml", "--forge", forge];
        let told = desk.succeeds(&[&play[..], &["--headless"]].concat());
        assert_eq!(told.err.starts_with(warning), warned, "{forge}: {}", told.err);
        let filed =
            told.out.split("Hotwash files issue #2: EXERCISE: rotate the keys [follow-up]\n").collect::<Vec<_>>();
        let [_, after] = filed.as_slice() else { panic!("{forge}: {}", told.out) };
        assert!(after.trim_start().starts_with("│ Follow-up of the incident #1"), "{forge}: {after}");
        let lines = desk.succeeds(&[&play[..], &["--json"]].concat()).out;
        let filed: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .filter(|line| line["what"] == "filed")
            .collect();
        let of = |nth: usize| (filed[nth]["issue"].as_u64(), filed[nth]["by"].as_str());
        assert_eq!(filed.len(), 2, "{filed:#?}");
        assert_eq!((of(0), of(1)), ((Some(1), Some("erin")), (Some(2), Some("hotwash-bot"))), "{forge}");
    }
}

#[test]
fn a_drill_on_github_takes_no_path_of_more_than_two_parts() {
    let desk = Desk::new("");
    let nested = FOLLOWED_UP.replace("timeline_events = \"on\"", "path = \"acme/security/incidents\"");
    desk.file("story.toml", &nested);
    let told = "story.toml:5:1: project.path: names groups within groups, which GitHub does not have; write owner/name";
    tells(&desk, &["drill", "--script", "story.toml"], 2, &[told]);
    desk.succeeds(&["drill", "--script", "story.toml", "--forge", "gitlab", "--headless"]);
    desk.file("story.toml", &nested.replace("acme/security/incidents", "a/b//c"));
    let said = desk.refuses(&["drill", "--script", "story.toml"], 2, &["story.toml:5:1: project.path: "]);
    assert_eq!(said.err.lines().count(), 1, "{said:?}");
}

#[test]
fn flags_that_do_nothing_together_are_refused() {
    let desk = Desk::new("");
    desk.refuses(&["drill", "--port", "8080"], 2, &["--port", "--interactive", "write both"]);
    desk.refuses(&["drill", "--json", "--headless"], 2, &["--json", "--headless"]);
    for args in [["--config", "x.toml", "drill", "--json"], ["process", "list", "--config", "x.toml"]] {
        desk.refuses(&args, 2, &["--config does nothing here; leave it out"]);
    }
    // A variable that is set for the other commands is in nobody's way.
    let listed = done(hotwash(desk.path()).env("HOTWASH_CONFIG", "x.toml").args(["process", "list"]));
    assert_eq!((listed.code, listed.err.as_str()), (Some(0), ""));
}

#[test]
fn a_process_that_comes_with_the_program_is_checked_by_its_name() {
    let desk = Desk::new("");
    let done = desk.succeeds(&["process", "check", "cloud-gov"]);
    assert!(done.out.starts_with("cloud-gov: cloud-gov is right: 4 phases"), "{done:?}");
    assert!(done.err.contains("hotwash process show cloud-gov > my-process.toml"), "{done:?}");
    desk.refuses(&["process", "check", "cloudgov"], 2, &["there is no such file", "nearest: cloud-gov"]);
    desk.refuses(&["process", "check", "x"], 2, &["there is no such file", "civicactions, gitlab-sirt"]);
    // A file goes before a name.
    desk.file("cloud-gov", "name = \"x\"\n");
    desk.refuses(&["process", "check", "cloud-gov"], 1, &["cloud-gov:1:1: title: is missing"]);
}

#[test]
fn a_database_that_is_a_folder_is_a_mistake_of_the_configuration() {
    let desk = Desk::new(&format!("{GOOD}[store]\nurl = \"sqlite:records\"\n"));
    std::fs::create_dir(desk.path().join("records")).unwrap();
    for args in [&["serve"][..], &["doctor"], &["journal", "verify"], &["db", "backup", "copy.db"], &["db", "migrate"]]
    {
        tells(&desk, args, 2, &["hotwash.toml:12:1: store.url: names a folder; allowed: sqlite:PATH"]);
    }
}

#[test]
fn a_forge_that_cannot_be_reached_is_told_with_its_address_and_the_key_for_it() {
    let desk = Desk::new(GOOD);
    desk.file("hotwash.db", "");
    let told = desk.runs(&["doctor"]);
    assert_eq!(told.code, Some(3), "{told:?}");
    for words in ["no connection to http://127.0.0.1:9: ", "check `api_url` in the configuration", "holds nothing yet"]
    {
        assert!(told.out.contains(words), "{words:?}: {}", told.out);
    }
}

#[test]
fn a_process_that_extends_nothing_known_is_judged_in_what_does_not_depend_on_it() {
    let desk = Desk::new("");
    let own = "name = \"own\"\nextends = \"cloudgov\"\n[fields]\nseverty = [\"x\"]\n[report]\nmetrics = [\"nope\"]\n\
        [wording]\nbord = \"x\"\n[[duty]]\nid = \"sitrep\"\nstatus = [\"of the base\"]\n";
    desk.file("own.toml", own);
    let lines = [
        "own.toml:2:1: extends: \"cloudgov\" is no shipped process",
        "own.toml:4:1: fields.severty: is not a known key; nearest: severity",
        "own.toml:6:12: report.metrics[0]: \"nope\" is no metric",
        "own.toml:8:9: wording.bord: is not the name of a template",
    ];
    tells(&desk, &["process", "check", "own.toml"], 1, &lines);
}

#[test]
fn a_duration_that_is_a_bare_number_is_told_how_durations_are_written() {
    let desk = Desk::new(&format!("{GOOD}limits = {{ settle = 5 }}\n"));
    let told = "hotwash.toml:11:12: project[0].limits.settle: expects a duration in quotes, such as \"30s\"";
    tells(&desk, &["serve"], 2, &[told]);
}

#[test]
fn a_drill_speaks_the_projects_own_words_on_either_forge() {
    let desk = Desk::new("");
    desk.file("story.toml", &FOLLOWED_UP.replace("timeline_events = \"on\"", "templates = \"words\""));
    std::fs::create_dir(desk.path().join("words")).unwrap();
    desk.file("words/board.md.hbs", "Our own board\n");
    for forge in ["github", "gitlab"] {
        let told = desk.succeeds(&["drill", "--script", "story.toml", "--forge", forge, "--headless"]);
        assert!(told.out.contains("Our own board"), "{forge}: {}", told.out);
    }
    desk.file("words/board.md.hbs", "{{! nothing }}\n\n");
    desk.refuses(&["drill", "--script", "story.toml"], 2, &["board.md.hbs:1: says nothing"]);
}

#[test]
fn a_file_larger_than_anybody_writes_is_not_read() {
    let desk = Desk::new(&"#".repeat((1 << 20) + 1));
    desk.file("process.toml", &"#".repeat((1 << 20) + 1));
    let why = "it is larger than 1 MiB, the most that is read";
    desk.refuses(&["process", "check", "process.toml"], 2, &[why]);
    desk.refuses(&["doctor"], 2, &[why]);
}
