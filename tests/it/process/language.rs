//! What the language of processes refuses, each with its line and what to do; and how little a house rule takes.

use hotwash::{
    domain::process::{Calendar, Due, EvidenceKind, Pattern},
    process,
};

/// A process of one duty, of which the tests break one thing each.
pub(super) const OWN: &str = r#"name = "own"
extends = "cloud-gov"
[[role]]
id = "director"
title = "Director"
source = "house rule"
[[flag]]
id = "legal"
title = "Legal must know"
checklist = ["Call legal"]
source = "house rule"
[[duty]]
id = "tell"
title = "Tell the director"
owes = "ic"
start = { flag = "legal" }
ask = "Tell the director."
met_by = ["notified:director"]
source = "house rule"
[[duty.schedule]]
within = "1h"
[[duty.escalate]]
after = "10m"
to = ["director"]
[[duty.escalate]]
after = "20m"
to = ["director", "leads"]
"#;

/// The problems after one replacement, as people read them.
fn broken(from: &str, to: &str) -> Vec<String> {
    assert!(OWN.contains(from), "{from:?} is not in the file");
    let all = process::read(&OWN.replacen(from, to, 1), "own.toml").expect_err("the process is wrong");
    all.iter().map(ToString::to_string).collect()
}

/// Exactly one problem, on this line, that says each of these words.
#[track_caller]
pub(super) fn refused(from: &str, to: &str, line: u32, words: &[&str]) {
    let all = broken(from, to);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert!(all[0].starts_with(&format!("own.toml:{line}:")), "expected line {line}: {}", all[0]);
    for word in words {
        assert!(all[0].contains(word), "{word:?} is not in {:?}", all[0]);
    }
}

#[test]
fn what_the_tests_break_is_sound() {
    let read = process::read(OWN, "own.toml").map_err(|problems| format!("{problems:#?}")).unwrap();
    let shipped = process::read(process::shipped("cloud-gov").unwrap(), "cloud-gov").unwrap();
    assert_eq!(read.duties.len(), shipped.duties.len() + 1);
    assert_eq!((read.title.as_str(), read.phases.len()), (shipped.title.as_str(), shipped.phases.len()));
    assert_eq!(read.duty("tell").unwrap().ladder.len(), 2);
}

#[test]
fn crons_that_mean_something_else_elsewhere_are_refused() {
    let within = "within = \"1h\"";
    refused(within, "cron = \"0 10 * * Mon-Fri\"", 21, &["has 5 of seven fields"]);
    refused(within, "cron = \"0 0 10 * * 0 *\"", 21, &["weekdays in numbers", "Mon-Fri"]);
    refused(within, "cron = \"0 0 10 * * 1-5 *\"", 21, &["weekdays in numbers"]);
}

#[test]
fn a_duty_that_nothing_can_meet_is_refused() {
    let met = "\"notified:director\"";
    refused(met, "\"ticked:nowhere\"", 12, &["duty[0]", "ticking \"nowhere\"", "in no checklist"]);
    refused(met, "\"flag:nowhere\"", 18, &["duty[0].met_by[0]", "\"nowhere\" is no flag of this process"]);
    refused(met, "\"phase:asess\"", 18, &["\"asess\" is no phase", "nearest: assess"]);
    refused(met, "\"status:over\"", 18, &["\"over\" is no status"]);
    refused(met, "\"done:nowhere\"", 12, &["duty[0]", "`done nowhere`", "no duty"]);
    refused(met, "\"smoke\"", 18, &["\"smoke\" is no kind of evidence"]);
    refused("[\"notified:director\"]", "[]", 18, &["is empty, so nothing could ever meet the duty"]);
}

#[test]
fn a_duty_that_cannot_start_is_refused() {
    let start = "start = { flag = \"legal\" }";
    refused(start, "start = { duty = \"tell\" }", 12, &["can never start: it waits for duties that wait for it"]);
    refused(start, "start = { duty = \"nowhere\" }", 12, &["\"nowhere\"", "no duty of this process"]);
    refused(start, "start = { flag = \"legall\" }", 16, &["duty[0].start.flag", "nearest: legal"]);
    refused(
        start,
        "start = { flag = \"legal\", phase = \"assess\" }",
        16,
        &["one of `phase`, `status`, `flag` and `duty`"],
    );
    refused(start, "start = \"sometime\"", 16, &["duty[0].start", "opened, closed, ic, shift, disruption"]);
}

#[test]
fn duties_that_wait_for_one_another_in_a_circle_are_refused_each() {
    let second = OWN.split("[[duty]]").nth(1).unwrap().replace("\"tell\"", "\"answer\"");
    let second = second.replace("{ flag = \"legal\" }", "{ duty = \"tell\" }");
    let text = OWN.replace("{ flag = \"legal\" }", "{ duty = \"answer\" }") + "[[duty]]" + &second;
    let all = process::read(&text, "own.toml").expect_err("a circle");
    let lines: Vec<u32> = all.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [12, 28], "{all:#?}");
    assert!(all.iter().all(|problem| problem.what.contains("can never start")), "{all:#?}");
}

#[test]
fn an_escalation_stands_in_the_order_of_time_and_calls_somebody() {
    refused("after = \"20m\"", "after = \"10m\"", 25, &["duty[0].escalate[1]", "in the order of time"]);
    refused("after = \"20m\"", "after = \"5m\"", 25, &["in the order of time"]);
    refused("[\"director\", \"leads\"]", "[]", 27, &["is empty; name at least one role"]);
    refused("[\"director\", \"leads\"]", "[\"directer\"]", 27, &["\"directer\" is no role", "nearest: director"]);
}

#[test]
fn a_step_is_counted_on_the_calendar_it_names() {
    let text = OWN.replacen("after = \"20m\"", "after = \"5m\"\ncalendar = \"always\"", 1);
    let own = process::read(&text, "own.toml").map_err(|problems| format!("{problems:#?}")).unwrap();
    let calendars: Vec<Option<Calendar>> = own.duty("tell").unwrap().ladder.iter().map(|rung| rung.calendar).collect();
    assert_eq!(
        calendars,
        [None, Some(Calendar::Fixed(Pattern::RoundTheClock))],
        "steps of two calendars have no order"
    );
    refused(
        "after = \"20m\"",
        "after = \"20m\"\ncalendar = \"nights\"",
        27,
        &["escalate[1].calendar", "allowed: always, business, severity"],
    );
}

#[test]
fn weekdays_that_run_over_the_end_of_a_week_are_explained() {
    refused("within = \"1h\"", "cron = \"0 0 10 * * Sat-Sun *\"", 21, &["`Sat-Sun`", "list them: `Sat,Sun`"]);
}

#[test]
fn an_item_calls_nobody_and_hides_nothing() {
    let item = "\"Call legal\"";
    refused(item, "\"Call @legal\"", 10, &["flag[0].checklist[0]", "calls somebody with @"]);
    refused(item, "\"Call (@legal)\"", 10, &["calls somebody with @"]);
    refused(item, "\"Call legal <!-- hotwash:board x y -->\"", 10, &["HTML comment"]);
    refused(item, "\"Call\\nlegal\"", 10, &["one line"]);
    let long = format!("\"{}\"", "x".repeat(501));
    refused(item, &long, 10, &["longer than 500 characters"]);
    refused(item, "\"Mail legal@example.org\", { id = \"legal-1\", text = \"again\" }", 10, &["already taken"]);
}

#[test]
fn a_process_extends_a_shipped_one_that_is_not_itself() {
    refused("\"own\"", "\"cloud-gov\"", 2, &["extends", "is the name of this process itself"]);
    refused("\"cloud-gov\"", "\"cloudgov\"", 2, &["extends", "is no shipped process", "nearest: cloud-gov"]);
    let all = broken("\"cloud-gov\"", "\"nonesuch\"");
    assert!(
        all.len() == 1 && all[0].contains("allowed: cloud-gov, civicactions, gitlab-sirt, sectemplates"),
        "{all:?}"
    );
}

#[test]
fn an_inherited_spelling_cannot_be_given_another_meaning() {
    let status = "[[status]]\nname = \"over\"\naliases = [\"done\"]\nnoun = \"incident\"\nending = \"resolved\"\n\
                  color = \"0e8a16\"\nsource = \"x\"\n[[role]]\n";
    let all = broken("[[role]]\n", status);
    assert!(all.len() == 1 && all[0].contains("\"done\", which means \"resolved\""), "{all:?}");
}

#[test]
fn what_an_incident_starts_with_can_be_reworded_and_an_ending_can_be_added() {
    let more = "[[status]]\nname = \"closed by law\"\nnoun = \"incident\"\nending = \"resolved\"\ncolor = \"0e8a16\"\n\
                source = \"x\"\n[[severity]]\nname = \"unknown\"\nrank = 0\ndefinition = \"Not looked at yet.\"\n\
                pattern = \"always\"\ncolor = \"ededed\"\nsource = \"x\"\n[[role]]\n";
    let own = process::read(&OWN.replacen("[[role]]\n", more, 1), "own.toml");
    let own = own.map_err(|problems| format!("{problems:#?}")).unwrap();
    assert_eq!(own.severities[0].definition, "Not looked at yet.");
    assert!(own.status("closed by law").unwrap().ending.is_some() && own.statuses[0].ending.is_none());
    let first = "[[status]]\nname = \"investigating\"\nnoun = \"event\"\nending = \"resolved\"\ncolor = \"0e8a16\"\n\
                 source = \"x\"\n[[role]]\n";
    let all = broken("[[role]]\n", first);
    assert!(all.len() == 1 && all[0].contains("it cannot end the response"), "{all:?}");
}

#[test]
fn an_item_means_one_thing_across_files() {
    let item = "{ id = \"account-block\", text = \"Block it\" }";
    refused("\"Call legal\"", item, 1, &["two items called \"account-block\""]);
}

/// The TOML blocks of the guide that extend a shipped process.
fn guide() -> Vec<String> {
    let guide = include_str!("../../../docs/guide.md");
    let blocks = guide.split("\n\n").filter(|block| block.contains("extends = "));
    blocks
        .map(|block| block.lines().map(|line| line.trim_start_matches("    ")).collect::<Vec<_>>().join("\n"))
        .collect()
}

#[test]
fn the_guide_adds_a_duty_in_a_few_lines() {
    let [text] = <[String; 1]>::try_from(guide()).expect("the guide shows one process");
    let own = process::read(&text, "guide").map_err(|problems| format!("{problems:#?}\n{text}")).unwrap();
    let shipped = process::read(process::shipped("cloud-gov").unwrap(), "cloud-gov").unwrap();
    let added: Vec<&str> = own.duties.iter().skip(shipped.duties.len()).map(|duty| duty.id.as_str()).collect();
    assert_eq!(added, ["customers"]);
    let duty = own.duty("customers").unwrap();
    assert_eq!(duty.met_by, [EvidenceKind::Notified("customers".to_owned())]);
    let Due::Within(span, Calendar::Fixed(Pattern::RoundTheClock)) = &duty.schedules[0].due else { panic!("{duty:?}") };
    assert_eq!(span.num_hours(), 4);
    assert!(text.lines().count() <= 12, "it grew:\n{text}");
}

#[test]
fn the_worked_example_in_the_documentation_is_a_team_s_own_first_duty() {
    let text = "name = \"own\"\nextends = \"cloud-gov\"\nduty = [{ id = \"x\", title = \"X\", owes = \"ic\", ask = \"Do x.\", \
                met_by = [\"done:x\"], source = \"us\", schedule = [{ within = \"1h\" }] }]\n";
    assert!(text.lines().count() <= 5);
    let own = process::read(text, "own.toml").map_err(|problems| format!("{problems:#?}")).unwrap();
    assert!(own.duty("x").is_some() && own.duty("sitrep").is_some());
}

#[test]
fn a_duty_that_is_broken_is_not_said_to_be_missing_as_well() {
    let other = "[[duty]]\nid = \"after\"\ntitle = \"After\"\nowes = \"ic\"\nstart = { duty = \"tell\" }\nask = \"Go on.\"\n\
                 met_by = [\"ack\"]\nsource = \"house rule\"\nschedule = [{ within = \"1h\" }]\n";
    let text = OWN.replacen("owes = \"ic\"", "owes = \"nobody\"", 1) + other;
    let all = process::read(&text, "own.toml").expect_err("nobody is no role");
    assert_eq!(all.len(), 1, "{all:#?}");
}

#[test]
fn an_item_raises_a_flag_that_there_is() {
    let list = "checklist = [\"Call legal\"]";
    refused(list, "checklist = [{ text = \"Call legal\", raises = \"leagl\" }]", 10, &["leagl", "legal"]);
    let sound = OWN.replacen(list, "checklist = [{ text = \"Call legal\", raises = \"legal\" }]", 1);
    let read = process::read(&sound, "own.toml").map_err(|problems| format!("{problems:#?}")).unwrap();
    assert_eq!(read.flag("legal").unwrap().checklist[0].raises.as_deref(), Some("legal"));
}
