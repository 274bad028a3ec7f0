//! What a process says about its reports and about the bot's words.

use hotwash::{
    domain::process::{Metric, ReportPlan, Section},
    process,
};

use super::language::OWN;

/// The process with these lines on top of its tables, so that they begin on line 3.
fn with(tables: &str) -> String {
    OWN.replacen("[[role]]\n", &format!("{tables}\n[[role]]\n"), 1)
}

#[track_caller]
fn refused_with(tables: &str, line: u32, words: &[&str]) {
    let all = process::read(&with(tables), "own.toml").expect_err("the tables are wrong");
    assert_eq!(all.len(), 1, "{all:#?}");
    let said = all[0].to_string();
    assert!(said.starts_with(&format!("own.toml:{line}:")), "expected line {line}: {said}");
    assert!(words.iter().all(|word| said.contains(word)), "{words:?} are not all in {said}");
}

#[test]
fn a_report_has_the_sections_and_metrics_that_are_asked_for() {
    let tables = "[report]\nsections = [\"timeline\", { title = \"Customers\" }, \"summary\", \"lessons\"]\nmetrics = [\"threat-actions\"]";
    let own = process::read(&with(tables), "own.toml").map_err(|problems| format!("{problems:#?}")).unwrap();
    let told = |section: &Section| match section {
        Section::Made(name) => (*name).to_owned(),
        Section::Blank(prompt) => format!("# {}", prompt.heading),
    };
    let sections: Vec<String> = own.report.sections.iter().map(told).collect();
    assert_eq!(sections, ["timeline", "# Customers", "summary", "# Lessons learned"]);
    assert_eq!(own.report.metrics, [Metric::ThreatActions]);
    let shipped = process::read(process::shipped("cloud-gov").unwrap(), "cloud-gov").unwrap();
    assert_eq!(shipped.report, ReportPlan::default());
}

#[test]
fn a_section_or_metric_that_is_not_there_is_refused() {
    refused_with("[report]\nsections = [\"timelime\"]", 4, &["no section of the report", "nearest: timeline"]);
    refused_with("[report]\nsections = []", 4, &["is empty"]);
    refused_with("[report]\nsections = [\"duties\", \"duties\"]", 4, &["in the report already"]);
    refused_with("[report]\nsections = [{ title = \"Timeline\" }]", 4, &["the heading of another section"]);
    refused_with("[report]\nsections = [{ title = \"# Shout\" }]", 4, &["letters, digits, spaces"]);
    refused_with("[report]\nsections = [{ title = \"A\", hint = \"*B*\" }]", 4, &["without marks"]);
    refused_with("[report]\nmetrics = [\"time-to-sleep\"]", 4, &["is no metric", "time-to-discovery"]);
    refused_with("[report]\nmetric = []", 4, &["not a known key", "nearest: metrics"]);
}

#[test]
fn wording_is_kept_with_the_line_it_begins_on() {
    let tables = "[wording]\nreminder = \"\"\"\n{{> exercise}}\n{{ask}}\n\"\"\"\nreply = \"{{to}}\"";
    let own = process::read(&with(tables), "own.toml").map_err(|problems| format!("{problems:#?}")).unwrap();
    let places: Vec<(&str, u32, u32)> =
        own.wording.iter().map(|it| (it.template.as_str(), it.line, it.column)).collect();
    assert_eq!(places, [("reminder", 5, 1), ("reply", 8, 10)]);
    refused_with("[wording]\nreminder = \" \"", 4, &["wording.reminder", "is empty"]);
}
