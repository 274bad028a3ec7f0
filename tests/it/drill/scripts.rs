//! Scripts that cannot be played: every problem named with its line, all at once, and nothing played.

use std::path::Path;

use hotwash::{
    config::{DrillSettings, Outline},
    document::Problem,
    drill::script::{self, Act, Drafted, Script},
};

/// The least that can be played; what is wrong is put in place of one of its lines or behind them.
pub(super) const GOOD: &str = r#"title = "A test"
start = "2026-11-20 09:58"
[project]
process = "cloud-gov"
timezone = "America/New_York"
[people]
erin = "write"
bob = "write"
[[step]]
at = "10:00"
by = "erin"
file = { title = "Odd logins" }
[[step]]
at = "10:20"
by = "bob"
command = "ack"
"#;

pub(super) fn read(text: &str) -> Result<Script, Vec<Problem>> {
    let mut reader = |table: &hotwash::document::Table<'_>| {
        let whole = DrillSettings::read(table, Path::new("")).and_then(|settings| settings.project().cloned());
        whole.map(Drafted::from).or_else(|| {
            let Outline { project, has_process } = DrillSettings::outline(table, Path::new(""))?;
            Some(Drafted { project, is_whole: false, has_process })
        })
    };
    script::read(text, "drill.toml", &mut reader)
}

/// The problems as a person reads them.
fn problems(text: &str) -> Vec<String> {
    read(text).expect_err("the script is wrong").iter().map(ToString::to_string).collect()
}

#[test]
fn the_shipped_script_and_the_least_one_can_be_read() {
    let least = read(GOOD).unwrap();
    assert_eq!((least.steps.len(), least.people.len(), least.bot.as_str()), (2, 2, "hotwash-bot"));
    assert_eq!(least.start.to_rfc3339(), "2026-11-20T14:58:00+00:00");
    let Some(Act::File(file)) = &least.steps[0].act else { panic!("{:?}", least.steps[0]) };
    assert!(file.body.starts_with("<!-- hotwash:incident -->\n") && file.body.contains("- **Severity**: unknown"));
    let Some(Act::Comment(text)) = &least.steps[1].act else { panic!("{:?}", least.steps[1]) };
    assert_eq!(text, "@hotwash ack");
    let shipped = read(include_str!("../../../drills/cloud-gov.toml")).unwrap();
    assert!(shipped.steps.len() >= 40, "{} steps", shipped.steps.len());
}

#[test]
fn moments_are_told_in_the_zone_and_from_the_step_before() {
    let text = GOOD.to_owned()
        + "[[step]]\nafter = \"90m\"\nby = \"bob\"\ncomment = \"a\"\n\
           [[step]]\nat = \"+1d 08:00\"\nby = \"bob\"\ncomment = \"b\"\n\
           [[step]]\nat = \"08:00:30\"\nby = \"bob\"\ncomment = \"c\"\n\
           [[step]]\nat = \"2026-11-30 10:00\"\nby = \"bob\"\ncomment = \"d\"\n";
    let moments: Vec<String> = read(&text).unwrap().steps.iter().map(|step| step.at.to_rfc3339()).collect();
    let expected = [
        "2026-11-20T15:00:00+00:00",
        "2026-11-20T15:20:00+00:00",
        "2026-11-20T16:50:00+00:00",
        "2026-11-21T13:00:00+00:00",
        "2026-11-21T13:00:30+00:00",
        "2026-11-30T15:00:00+00:00",
    ];
    assert_eq!(moments, expected);
}

#[test]
fn the_hour_that_comes_twice_is_taken_in_order_and_the_one_that_never_comes_is_refused() {
    let autumn = |times: [&str; 3]| {
        let steps: String =
            times.map(|at| format!("[[step]]\nat = \"{at}\"\nby = \"bob\"\ncomment = \"x\"\n")).concat();
        GOOD.replace("2026-11-20 09:58", "2026-11-01 00:30").replace("10:00", "00:40").replace("10:20", "00:50")
            + &steps
    };
    let script = read(&autumn(["01:30", "01:45", "01:10"])).unwrap();
    let moments: Vec<String> = script.steps.iter().skip(2).map(|step| step.at.format("%H:%M").to_string()).collect();
    assert_eq!(moments, ["05:30", "05:45", "06:10"], "first EDT, then EST");

    let spring =
        GOOD.replace("2026-11-20 09:58", "2026-03-08 01:00").replace("10:00", "02:30").replace("10:20", "03:10");
    let found = problems(&spring);
    assert_eq!(found.len(), 1, "{found:?}");
    let told = "drill.toml:10:1: step[0].at: 2026-03-08 02:30 does not exist in America/New_York: the clocks skip it";
    assert_eq!(found[0], told);
}

#[test]
fn each_mistake_is_named_with_its_line_and_what_would_be_right() {
    let table: &[(&str, &str, &[&str])] = &[
        // What stands in the script, what somebody wrote instead, what they read about it.
        ("title = \"A test\"\n", "", &["drill.toml", "title: is missing"]),
        ("title = \"A", "titel = \"A", &["drill.toml:1:1: titel: is not a known key; nearest: title"]),
        ("2026-11-20 09:58", "tomorrow", &["drill.toml:2:1: start: \"tomorrow\" is not a day and a time"]),
        ("2026-11-20 09:58", "2026-02-30 09:58", &["drill.toml:2:1: start: \"2026-02-30 09:58\""]),
        ("cloud-gov", "cloudgov", &["drill.toml:4:1: project.process: \"cloudgov\"", "nearest: cloud-gov"]),
        ("America/New_York", "Mars", &["drill.toml:5:1: project.timezone: \"Mars\" is not an IANA zone"]),
        ("erin = \"write\"", "erin = \"wriet\"", &["drill.toml:7:1: people.erin: \"wriet\" is not allowed"]),
        ("erin = \"write\"", "erin-- = \"write\"", &["drill.toml:7:1: people.erin--: \"erin--\" is not a login"]),
        ("erin = \"write\"", "hotwash-bot = \"write\"", &["drill.toml:7:1:", "is the program's own login"]),
        ("erin = \"write\"", "acme = \"write\"", &["drill.toml:7:1: people.acme: is the owner of the project"]),
        ("erin = \"write\"", "Bob = \"write\"", &["drill.toml:8:1: people.bob: is there already"]),
        ("at = \"10:20\"", "at = \"25:20\"", &["drill.toml:14:1: step[1].at: \"25:20\" is not a time", "+1d 10:05"]),
        ("at = \"10:20\"", "at = \"09:59\"", &["drill.toml:14:1: step[1].at: lies before 2026-11-20 10:00 EST"]),
        ("at = \"10:20\"", "after = \"-1h\"", &["drill.toml:14:1: step[1].after: \"-1h\" is not a duration"]),
        ("at = \"10:20\"", "at = \"10:20\"\nafter = \"1h\"", &["drill.toml:15:1: step[1].after: stands beside `at`"]),
        ("at = \"10:20\"\n", "", &["drill.toml:13:1: step[1]: says neither `at` nor `after`"]),
        ("by = \"bob\"", "by = \"bib\"", &["drill.toml:15:1: step[1].by: \"bib\" is not among the [people]", "bob"]),
        ("by = \"bob\"", "by = \"hotwash-bot\"", &["drill.toml:15:1: step[1].by: is the program itself"]),
        ("by = \"bob\"\n", "", &["drill.toml:13:1: step[1]: does not say `by` whom"]),
        ("command = \"ack\"", "comand = \"ack\"", &["drill.toml:16:1: step[1].comand: is not a known key"]),
        ("command = \"ack\"", "", &["drill.toml:13:1: step[1]: does nothing and looks at nothing"]),
        ("command = \"ack\"", "command = \"ack\"\nreopen = true", &["drill.toml:17:1: step[1].reopen: stands beside"]),
        ("command = \"ack\"", "reopen = false", &["drill.toml:16:1: step[1].reopen: is either true or left out"]),
        (
            "command = \"ack\"",
            "close = \"done\"",
            &["drill.toml:16:1: step[1].close: \"done\"", "completed, not planned"],
        ),
        (
            "command = \"ack\"",
            "edit = { fields = { Sevrity = \"high\" } }",
            &["step[1].edit.fields.Sevrity: is no field"],
        ),
        ("command = \"ack\"", "edit_comment = { of = \"x\", text = \"y\" }", &["\"x\" is neither a comment"]),
        ("command = \"ack\"", "label = []", &["drill.toml:16:1: step[1].label: changes nothing"]),
        ("command = \"ack\"", "assign = [\"zoe\"]", &["step[1].assign[0]: \"zoe\" is not among the [people]"]),
        ("command = \"ack\"", "faults = { requests = \"writes\" }", &["step[1].faults.end: is missing"]),
        ("command = \"ack\"", "faults = { percent = 3 }", &["step[1].faults: switches nothing on"]),
        (
            "command = \"ack\"",
            "issue = \"b\"\ncommand = \"ack\"",
            &["drill.toml:16:1: step[1].issue: \"b\" is no issue"],
        ),
        (
            "command = \"ack\"",
            "reopen = true\nas = \"x\"",
            &["drill.toml:17:1: step[1].as: names an issue or a comment"],
        ),
    ];
    for (right, wrong, words) in table {
        assert_eq!(GOOD.matches(right).count(), 1, "{right}");
        let found = problems(&GOOD.replace(right, wrong));
        let told = found.join("\n");
        for word in *words {
            assert!(told.contains(word), "{wrong:?}: expected {word:?}, got\n{told}");
        }
    }
}

#[test]
fn what_can_never_be_expected_is_refused_with_its_line() {
    let table = [
        ("labels = { severty = \"high\" }", "step[2].expect.labels.severty: is no dimension", "severity"),
        ("labels = { severity = \"hihg\" }", "\"hihg\" is no severity of cloud-gov", "nearest: high"),
        ("comments = { bord = 1 }", "step[2].expect.comments.bord: is no kind of comment", "nearest: board"),
        ("comments = { board = \"many\" }", "\"many\" does not say how many", "\"1+\""),
        ("comments = { board = \"3-1\" }", "\"3-1\" does not say how many", "0-3"),
        ("says = { reminders = \"x\" }", "is no kind of comment", "nearest: reminder"),
        ("duties = { sitrap = \"met\" }", "\"sitrap\" is no duty of cloud-gov", "nearest: sitrep"),
        ("duties = { sitrep = \"done\" }", "\"done\" is not allowed", "missed"),
        ("duties = { sitrep = { don = 1 } }", "is no state of a duty", "allowed"),
        ("reminded = { duty = \"ack\" }", "\"ack\" is no duty", "acknowledge"),
        ("reminded = { duty = \"sitrep\", from = \"11:00\", by = \"10:00\" }", "ends before it begins", "`from`"),
        ("state = \"opened\"", "\"opened\" is not allowed", "open, closed"),
        ("lables = { }", "step[2].expect.lables: is not a known key", "nearest: labels"),
    ];
    for (expectation, what, hint) in table {
        let text = format!("{GOOD}[[step]]\nafter = \"1m\"\n[step.expect]\n{expectation}\n");
        let found = problems(&text);
        assert_eq!(found.len(), 1, "{expectation}: {found:?}");
        assert!(found[0].starts_with("drill.toml:20:"), "{expectation}: {}", found[0]);
        assert!(found[0].contains(what) && found[0].contains(hint), "{expectation}: {}", found[0]);
    }
}

#[test]
fn all_mistakes_of_a_script_are_told_at_once() {
    let text = GOOD
        .replace("10:20", "noon")
        .replace("by = \"erin\"", "by = \"eve\"")
        .replace("[people]", "[people]\nx = \"y\"")
        + "[expect]\nlabels = { phase = \"later\" }\nstate = 3\n";
    let found = problems(&text);
    let lines: Vec<&str> = found.iter().filter_map(|problem| problem.split(':').nth(1)).collect();
    assert_eq!(lines, ["7", "12", "15", "19", "20"], "{found:#?}");
    let broken = problems("title = \"x\nstart");
    assert!(broken.iter().all(|problem| problem.starts_with("drill.toml:")), "{broken:?}");
    assert!(!problems("").is_empty());
}

/// What is wrong with steps stays wrong whatever is wrong above them; nothing is said that merely follows from that.
#[test]
fn mistakes_in_the_head_of_a_script_hide_none_in_its_steps() {
    let steps = |text: &str| {
        text.replace("by = \"bob\"", "by = \"bib\"").replace("command = \"ack\"", "comand = \"ack\"")
            + "[step.expect]\nlabels = { severity = \"hihg\" }\n[expect]\nduties = { acknowlege = \"met\" }\n"
    };
    let by = "drill.toml:15:1: step[1].by: \"bib\" is not among the [people]";
    let command = "drill.toml:16:1: step[1].comand: is not a known key";
    let label = "drill.toml:18:12: step[1].expect.labels.severity: \"hihg\" is no severity of cloud-gov";
    let duty = "drill.toml:20:12: expect.duties.acknowlege: \"acknowlege\" is no duty of cloud-gov";
    let cases: [(&str, &str, &[&str]); 7] = [
        ("cloud-gov", "cloudgov", &["drill.toml:4:1: project.process: \"cloudgov\"", by, command]),
        ("America/New_York", "Mars", &["drill.toml:5:1: project.timezone: \"Mars\"", by, command, label, duty]),
        (
            "process =",
            "gates = \"x\"\nprocess =",
            &["drill.toml:4:1: project.gates: \"x\"", "drill.toml:16:1: step[1].by: \"bib\""],
        ),
        ("start = \"2026-11-20 09:58\"", "", &["drill.toml:1:1: start: is missing", by, command, label, duty]),
        ("erin = \"write\"", "erin = \"wriet\"", &["drill.toml:7:1: people.erin: \"wriet\"", by, command, label, duty]),
        (
            "[project]\nprocess = \"cloud-gov\"\ntimezone = \"America/New_York\"\n",
            "",
            &[
                "drill.toml:1:1: project: is missing",
                "drill.toml:12:1: step[1].by: \"bib\"",
                "drill.toml:13:1: step[1].comand:",
            ],
        ),
        ("[people]\nerin = \"write\"\nbob = \"write\"\n", "", &["drill.toml:1:1: people: is missing"]),
    ];
    for (from, to, wanted) in cases {
        assert!(GOOD.contains(from), "{from}");
        let found = problems(&steps(&GOOD.replace(from, to)));
        for wanted in wanted {
            assert!(found.iter().any(|found| found.starts_with(wanted)), "{to:?}: no {wanted:?} in {found:#?}");
        }
        let follows = [("cloud-gov", "is no severity"), ("[project]", "is no severity"), ("[people]", "is not among")];
        for (head, consequence) in follows.iter().filter(|(head, _)| from.starts_with(head)) {
            assert!(!found.iter().any(|found| found.contains(consequence)), "{head}: {found:#?}");
        }
    }
}

#[test]
fn an_issue_that_is_refused_is_not_counted_among_those_that_the_end_is_about() {
    let refused = "[[step]]\nat = \"10:05\"\nby = \"erin\"\nrefused = true\nfile = { title = \"Never\" }\n";
    let text = GOOD.replacen("[[step]]\nat = \"10:20\"", &format!("{refused}[[step]]\nat = \"10:20\""), 1);
    let script = read(&(text + "[expect]\nstate = \"open\"\n")).unwrap();
    assert_eq!(script.at_end.iter().map(|expectation| expectation.issue).collect::<Vec<_>>(), [0]);
}
