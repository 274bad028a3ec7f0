//! Whole stories, played by the program itself: what it prints, what holds, what it exits with.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use super::scripts::GOOD;
use crate::support::bot::hotwash;

/// What a run left.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Run {
    /// The objects of `--json`.
    pub(super) fn told_all(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Those with this `what`.
    fn told(&self, what: &str) -> Vec<Value> {
        self.told_all().into_iter().filter(|value| value["what"] == what).collect()
    }

    /// The program's own comments of a kind: when, and what they say.
    fn posted(&self, kind: &str) -> Vec<(String, String)> {
        let text = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
        let all = self.told("commented").into_iter().filter(|value| value["kind"] == kind);
        all.map(|value| (text(&value, "at"), text(&value, "text"))).collect()
    }

    /// Everything that was expected holds.
    #[track_caller]
    pub(super) fn holds(self) -> Self {
        assert_eq!(self.code, Some(0), "{}\n{}", self.out, self.err);
        self
    }
}

pub(super) fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Plays a script; its temporary folder must be gone afterwards.
#[track_caller]
pub(super) fn plays(script: &str, args: &[&str]) -> Run {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("drill.toml"), script).unwrap();
    let spare = folder.path().join("tmp");
    fs::create_dir(&spare).unwrap();
    let mut command = hotwash(folder.path());
    command.env("TMPDIR", &spare).args(["drill", "--script", "drill.toml"]).args(args);
    let run = run(&mut command);
    let left: Vec<_> = fs::read_dir(&spare).unwrap().collect();
    assert!(left.is_empty(), "{left:?} was left behind");
    run
}

/// The script with further steps.
pub(super) fn with(steps: &str) -> String {
    format!("{GOOD}{steps}")
}

#[test]
fn the_shipped_story_holds_and_can_be_read_anywhere() {
    let folder = TempDir::new().unwrap();
    let told = run(hotwash(folder.path()).args(["drill", "--headless"])).holds();
    assert!(told.out.contains("expectations hold."), "{}", told.out);
    assert!(!told.out.contains('\x1b') && !told.out.contains("<!--") && !told.out.contains('✗'), "{}", told.out);
    assert!(told.out.lines().all(|line| line.chars().count() <= 100), "wider than paper:\n{}", told.out);
    for words in ["bob comments", "Hotwash posts the board", "Retrospective: ", "Hotwash is down from here"] {
        assert!(told.out.contains(words), "{words:?} is not in\n{}", told.out);
    }
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none(), "a drill leaves nothing where it was started");
}

#[test]
fn the_same_incident_can_be_lived_through_as_an_app_and_a_day_costs_few_jumps() {
    let told =
        plays(&format!("identity = \"app\"\n{}", include_str!("../../../drills/cloud-gov.toml")), &["--json"]).holds();
    let by_bot = told.told("commented").into_iter().filter(|value| value["by"] == "hotwash-bot[bot]").count();
    assert_eq!(Some(by_bot), told.told("end")[0]["own"].as_u64().and_then(|own| usize::try_from(own).ok()));
    let jumps = told.told("end")[0]["jumps"].as_u64().unwrap();
    assert!(jumps < 500, "288 sweeps and {} more in a day", jumps.saturating_sub(288));
}

#[test]
fn everything_that_the_shipped_drill_writes_says_exercise() {
    let folder = TempDir::new().unwrap();
    let told = run(hotwash(folder.path()).args(["drill", "--json"])).holds();
    let mut kinds = BTreeSet::new();
    for what in ["commented", "reworded"] {
        for value in told.told(what).iter().filter(|value| value["by"] == "hotwash-bot") {
            let says = value["text"].as_str().unwrap();
            assert!(says.starts_with("**EXERCISE**: a drill."), "{value}");
            kinds.insert(format!("{what} {}", value["kind"].as_str().unwrap()));
        }
    }
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    let posted = "authority board catch-up gate handoff reminder reply retrospective sitrep".split(' ');
    let posted: Vec<String> = posted.map(|kind| format!("commented {kind}")).collect();
    let expected: Vec<&str> =
        posted.iter().map(String::as_str).chain(["reworded board", "reworded retrospective"]).collect();
    assert_eq!(kinds, expected, "every kind is among what the shipped drill writes");
}

/// What the shipped story has no place for (alarms, what a forge without folding shows instead) is worded alike.
#[test]
fn every_wording_of_a_comment_begins_with_exercise() {
    let mut seen = 0;
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // The mark itself, and a part of others.
        if !name.ends_with(".md.hbs") || ["exercise.md.hbs", "why.md.hbs"].contains(&name.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("{{> exercise}}"), "{name} does not begin with the mark");
        seen += 1;
    }
    assert!(seen >= 9, "only {seen} templates");
}

#[test]
fn each_shipped_process_has_a_story_that_holds() {
    for (name, story) in [
        ("civicactions", include_str!("../../../drills/civicactions.toml")),
        ("gitlab-sirt", include_str!("../../../drills/gitlab-sirt.toml")),
        ("sectemplates", include_str!("../../../drills/sectemplates.toml")),
    ] {
        assert!(story.contains(&format!("process = \"{name}\"")), "{name} is not played");
        let told = plays(story, &["--json"]).holds();
        assert!(told.told("expectation").len() > 20, "{name} expects little");
    }
}

#[test]
fn every_shipped_story_holds_on_gitlab_as_well() {
    for story in [
        include_str!("../../../drills/cloud-gov.toml"),
        include_str!("../../../drills/civicactions.toml"),
        include_str!("../../../drills/gitlab-sirt.toml"),
        include_str!("../../../drills/sectemplates.toml"),
    ] {
        let told = plays(story, &["--json", "--forge", "gitlab"]).holds();
        assert!(told.told("expectation").len() > 20, "little is expected");
        let taken_back = told.told("deleted");
        let reminds = |value: &&Value| ["reminder", "catch-up", "escalation"].iter().any(|kind| value["kind"] == *kind);
        assert!(
            taken_back.iter().any(|value| reminds(&value)),
            "a reminder that was met is taken back: {taken_back:?}"
        );
        assert!(taken_back.iter().all(|value| value["by"] == "hotwash-bot"), "{taken_back:?}");
    }
}

#[test]
fn a_false_alarm_is_closed_once_where_the_project_says_so_and_may_be_reopened() {
    let script = GOOD.replacen("[project]\n", "[project]\nfalse_alarm = \"close\"\n", 1)
        + "[[step]]\nafter = \"5m\"\nby = \"bob\"\ncommand = \"status false alarm\"\n\
           [[step]]\nafter = \"2m\"\nexpect = { state = \"closed\", comments = { retrospective = 1 } }\n\
           [[step]]\nafter = \"1m\"\nby = \"bob\"\nreopen = true\n\
           [[step]]\nafter = \"10m\"\nexpect = { state = \"open\" }\n";
    plays(&script, &["--json"]).holds();
}

#[test]
fn every_comment_of_a_drill_says_exercise() {
    let told = plays(&with("[[step]]\nafter = \"1m\"\nby = \"bob\"\ncommand = \"help\"\n"), &["--json"]).holds();
    let own: Vec<Value> = told.told("commented").into_iter().filter(|value| !value["kind"].is_null()).collect();
    assert!(own.len() >= 3, "board, reminder, reply: {own:?}");
    // A forge that does not fold: the reminder is edited down instead.
    let script = GOOD.replace(
        "[[step]]\nat = \"10:20\"",
        "[[step]]\nat = \"10:15\"\nfaults = { requests = \"writes\", path = \"graphql\", end = \"403\" }\n\
         [[step]]\nat = \"10:20\"",
    );
    let told = plays(&script, &["--json"]).holds();
    let down: Vec<Value> = told.told("reworded").into_iter().filter(|value| value["kind"] == "reminder").collect();
    let marked = |value: &Value| value["text"].as_str().unwrap().starts_with("**EXERCISE**");
    assert!(!down.is_empty() && down.iter().all(marked), "{down:?}\n{}", told.out);
    assert!(own.iter().all(|value| value["text"].as_str().unwrap().contains("EXERCISE")), "{own:?}");
}

/// Whatever the machine is at, the same happens at the same moments.
#[test]
fn a_script_played_again_is_told_alike() {
    let steps = "[[step]]\nafter = \"1m\"\nby = \"bob\"\nlabel = [\"severity::high\"]\n\
                 [[step]]\nafter = \"20m\"\nby = \"erin\"\nassign = [\"bob\"]\n\
                 [[step]]\nat = \"11:00\"\nby = \"bob\"\ncomment = \"Sitrep: still looking.\"\n\
                 [[step]]\nat = \"14:00\"\nby = \"bob\"\nclose = \"completed\"\n";
    let told = || {
        let mut told = plays(&with(steps), &["--json"]).holds().told_all();
        // How often the clock leapt is no part of the story: it leaps for a millisecond where the program looks twice.
        told.last_mut().unwrap().as_object_mut().unwrap().remove("jumps").unwrap();
        told
    };
    let first = told();
    assert!(first.len() > 20, "{first:?}");
    for nth in 2..=4 {
        let again = told();
        let differ = first.iter().zip(&again).find(|(one, other)| one != other);
        assert!(differ.is_none() && first.len() == again.len(), "play {nth}: {differ:#?}");
    }
}

#[test]
fn a_service_that_was_down_for_three_hours_catches_up_in_one_comment() {
    let script = GOOD.replace("10:20", "09:59").replace("10:00", "09:00").replace("09:58", "08:58")
        + "[[step]]\nat = \"09:59:30\"\nby = \"bob\"\nlabel = [\"severity::high\"]\n\
           [[step]]\nat = \"10:00\"\ndown = \"3h\"\n\
           [[step]]\nat = \"10:30\"\nby = \"erin\"\nfile = { title = \"Another one\" }\nas = \"second\"\n\
           [[step]]\nat = \"13:05\"\nissue = \"second\"\n\
           expect = { reminded = { duty = \"acknowledge\", due = \"10:40\", from = \"13:00\", by = \"13:01\" } }\n\
           [[step]]\nat = \"13:06\"\nby = \"bob\"\ncomment = \"x\"\nissue = \"second\"\n";
    let told = plays(&script, &["--json"]).holds();
    let mut catch_ups = told.posted("catch-up");
    // What came up together before is no catching up.
    catch_ups.retain(|(at, _)| at.as_str() >= "2026-11-20T18:00:00Z");
    assert_eq!(catch_ups.len(), 2, "one for each issue: {catch_ups:?}");
    let (at, text) = &catch_ups[0];
    let of_the_first = catch_ups.iter().filter(|(_, text)| text.contains("Situation report")).count();
    assert_eq!(of_the_first, 1, "{catch_ups:?}");
    assert!(at.starts_with("2026-11-20T18:00:"), "just after it is back, not {at}");
    assert!(text.contains("was due 2026-11-20 12:59 EST") && text.contains("earlier ones unmet: 2"), "{text}");
    let while_down = |value: &Value| {
        let at = value["at"].as_str().unwrap();
        // What was due at the very moment it went down, it could still say.
        ("2026-11-20T15:00:01Z".."2026-11-20T18:00:00Z").contains(&at) && !value["kind"].is_null()
    };
    assert!(!told.told("commented").iter().any(while_down), "a dead program says nothing");
}

#[test]
fn expectations_that_fail_say_what_differs_and_where() {
    let script = with(
        "[step.expect]\nlabels = { severity = \"high\", status = \"investigating\" }\ncomments = { board = 2 }\n\
         says = { board = \"nobody is here\" }\n[expect]\nstate = \"closed\"\n",
    );
    let told = plays(&script, &["--headless"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert_eq!(told.err, "drill.toml: 4 of 6 expectations do not hold\n");
    let out = told.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "✗ expected at 10:21 (line 18): severity::high is the only label severity::* found: severity::unknown",
        "✗ expected at 10:21 (line 19): comments of the kind board: 2 found: 1",
        "(line 20): the newest board says \"nobody is here\" found: it says: EXERCISE",
        "✗ expected at 10:23 (line 22): the issue is closed found: open",
        "4 of 6 expectations do not hold",
    ] {
        assert!(out.contains(words), "{words:?} is not in\n{}", told.out);
    }
    let told = plays(&script, &["--json"]);
    let failed: Vec<Value> = told.told("expectation").into_iter().filter(|value| value["holds"] == false).collect();
    assert_eq!((told.code, failed.len()), (Some(1), 4));
    assert_eq!(told.told("end")[0]["failed"], 4);
}

#[test]
fn a_step_that_the_forge_refuses_is_a_failure_unless_the_script_says_so() {
    let reader = GOOD.replace("erin = \"write\"", "erin = \"write\"\neve = \"read\"");
    let step = "[[step]]\nafter = \"1m\"\nby = \"eve\"\nlabel = [\"severity::high\"]\n";
    let told = plays(&format!("{reader}{step}"), &["--headless"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.out.contains("eve tries to change labels; the forge refuses"), "{}", told.out);
    plays(&format!("{reader}{step}refused = true\n"), &["--headless"]).holds();
    let allowed = format!("{reader}{step}refused = true\n").replace("eve = \"read\"", "eve = \"write\"");
    assert_eq!(plays(&allowed, &["--headless"]).code, Some(1));
}

#[test]
fn a_wrong_script_is_refused_whole_and_nothing_is_played() {
    let told = plays(&GOOD.replace("by = \"bob\"", "by = \"bib\"").replace("cloud-gov", "cloudgov"), &[]);
    assert_eq!((told.code, told.out.as_str()), (Some(2), ""), "{told:?}");
    assert!(told.err.starts_with("drill.toml:4:1: project.process: "), "{}", told.err);
    let told = plays(&GOOD.replace("by = \"bob\"", "by = \"bib\"").replace("10:20", "9"), &[]);
    assert_eq!((told.code, told.err.lines().count()), (Some(2), 2), "{told:?}");

    let folder = TempDir::new().unwrap();
    for (args, words) in [
        (&["drill", "--script", "absent.toml"][..], "absent.toml: cannot be read: No such file"),
        (&["drill", "--forge", "sourcehut"], "possible values: github, gitlab"),
        (&["drill", "--fast", "--log", "absent/log"], "absent/log: cannot be written"),
    ] {
        let told = run(hotwash(folder.path()).args(args));
        assert_eq!((told.code, told.out.as_str()), (Some(2), ""), "{args:?}: {told:?}");
        assert!(told.err.contains(words), "{args:?}: {}", told.err);
    }
}

#[test]
fn what_goes_wrong_on_the_forge_changes_nothing_that_people_see_in_the_end() {
    let steps = "[[step]]\nafter = \"2m\"\nby = \"bob\"\nlabel = [\"severity::high\"]\n\
                 [[step]]\nafter = \"70m\"\nby = \"bob\"\ncomment = \"Sitrep: half done\"\n\
                 [[step]]\nafter = \"50m\"\nby = \"bob\"\ncommand = \"sitrep all done\"\n\
                 [[step]]\nafter = \"10m\"\nfaults = \"none\"\n\
                 [[step]]\nafter = \"10m\"\nby = \"bob\"\ncommand = \"status resolved\"\n\
                 [[step]]\nafter = \"5m\"\nby = \"bob\"\nclose = \"completed\"\n\
                 [expect]\nlabels = { severity = \"high\", status = \"resolved\", phase = \"retrospective\" }\n\
                 comments = { board = 1, sitrep = 1, retrospective = 1 }\nunfolded = { reminder = 0, catch-up = 0 }\n\
                 duties = { sitrep = { met = 1, late = 1 } }\n";
    let faults = "[[step]]\nat = \"10:01\"\nfaults = { deliveries = { lost = 30, doubled = 30, late = 40, by = \"2m\" } }\n\
                  [[step]]\nat = \"10:01\"\nfaults = { requests = \"writes\", end = \"502\", effect = \"done after 20s\", percent = 25 }\n\
                  [[step]]\nat = \"10:01\"\nfaults = { requests = \"all\", end = \"reset\", percent = 10 }\n";
    plays(&with(steps), &["--headless"]).holds();
    for seed in [1, 2, 3] {
        let head = format!("seed = {seed}\nrun_on = \"30m\"\n{GOOD}");
        let head = head.replace("[[step]]\nat = \"10:20\"", &format!("{faults}[[step]]\nat = \"10:20\""));
        let told = plays(&format!("{head}{steps}"), &["--json"]);
        assert_eq!(told.code, Some(0), "seed {seed}:\n{}\n{}", told.out, told.err);
        let faults = told.told("end")[0]["faults"].as_u64().unwrap();
        assert!(faults >= 10, "seed {seed}: only {faults} things went wrong");
    }
}

#[test]
fn a_clock_that_leaps_makes_duties_late_and_nothing_double() {
    let script = with(
        "[[step]]\nafter = \"1m\"\nby = \"bob\"\nlabel = [\"severity::high\"]\n\
         [[step]]\nafter = \"10m\"\njump = \"5h\"\n\
         [[step]]\nafter = \"1m\"\nexpect = { comments = { catch-up = 1 } }\n",
    );
    let told = plays(&script, &["--json"]).holds();
    assert_eq!(told.posted("catch-up").len(), 1);
}

#[test]
fn nothing_is_written_into_a_project_that_everybody_can_read() {
    let script = with(
        "[[step]]\nafter = \"10m\"\nvisibility = \"public\"\n\
         [[step]]\nafter = \"1m\"\nby = \"bob\"\nlabel = [\"severity::high\"]\n\
         [[step]]\nafter = \"30m\"\nexpect = { carries = [\"severity::unknown\", \"severity::high\"] }\n\
         [[step]]\nafter = \"1m\"\nvisibility = \"private\"\n\
         [[step]]\nafter = \"10m\"\nexpect = { labels = { severity = \"high\" } }\n",
    );
    plays(&script, &["--headless"]).holds();
}

#[test]
fn an_interrupted_drill_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let mut drill = hotwash(folder.path());
    let mut drill =
        drill.arg("drill").env("TMPDIR", folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The shipped story takes about a minute: once it files its issue, the program under drill is at work.
    let mut out = BufReader::new(drill.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("files issue #1") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "it ended before it was interrupted");
    }
    let sent = Command::new("kill").args(["-INT", &drill.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let ended = drill.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(3), "{said}");
    assert!(said.contains("interrupted; nothing of it is left"), "{said}");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
}
