//! A process's severities beside GitLab's five.

use hotwash::{
    domain::{
        forge_severity::ForgeSeverity::{self, Critical, High, Low, Medium, Unknown},
        process::Process,
    },
    process,
};

use super::language::refused;

fn shipped(name: &str) -> Process {
    process::read(process::shipped(name).unwrap(), name).unwrap()
}

/// cloud-gov with its severities taken out and these put in: (name, what its file says about GitLab), the least first.
fn with(severities: &[(&str, &str)]) -> Process {
    let text = process::shipped("cloud-gov").unwrap();
    let named = severities.iter().enumerate().map(|(rank, (name, says))| {
        format!(
            "[[severity]]\nname = \"{name}\"\nrank = {rank}\ndefinition = \"x\"\npattern = \"always\"\n{says}\n\
             color = \"ededed\"\nsource = \"x\"\n"
        )
    });
    let rest = text.split("\n[[").filter(|part| !part.starts_with("severity]]") && !part.starts_with("duty"));
    let rest: Vec<&str> = rest.collect();
    let whole = format!("{}\n{}", rest.join("\n[["), named.collect::<String>());
    process::read(&whole, "own.toml").map_err(|problems| format!("{problems:#?}")).unwrap()
}

fn shown(process: &Process) -> Vec<(&str, ForgeSeverity)> {
    process.severities.iter().map(|severity| (severity.name.as_str(), process.shown_as(severity))).collect()
}

fn meant(process: &Process, by: ForgeSeverity, held: &str) -> String {
    process.meant_by(by, held).unwrap().name.clone()
}

#[test]
fn every_shipped_process_says_for_each_severity_how_gitlab_shows_it() {
    for name in process::names() {
        let process = shipped(name);
        assert!(process.severities.iter().all(|severity| severity.gitlab.is_some()), "{name}");
        assert!(shown(&process).is_sorted_by_key(|(_, to)| *to), "{name}: {:?}", shown(&process));
        for severity in &process.severities {
            assert_eq!(meant(&process, process.shown_as(severity), "unknown"), severity.name, "{name}");
        }
    }
    let team = shipped("sectemplates");
    assert_eq!(shown(&team), [("unknown", Unknown), ("sev3", Low), ("sev2", Medium), ("sev1", Critical)]);
    assert_eq!(meant(&team, High, "sev3"), "sev1", "the next worse one");
}

#[test]
fn what_a_process_does_not_say_goes_by_name_and_else_by_place() {
    let names = with(&[("unknown", ""), ("low", ""), ("medium", ""), ("high", "")]);
    assert_eq!(shown(&names), [("unknown", Unknown), ("low", Low), ("medium", Medium), ("high", High)]);
    let places = with(&[("new", ""), ("p5", ""), ("p4", ""), ("p3", ""), ("p2", ""), ("p1", "gitlab = \"CRITICAL\"")]);
    let by_place = [("new", Unknown), ("p5", Low), ("p4", Low), ("p3", Medium), ("p2", High), ("p1", Critical)];
    assert_eq!(shown(&places), by_place);
}

#[test]
fn what_agrees_stays_and_else_the_worst_that_fits_is_meant() {
    let process = with(&[("new", ""), ("minor", "gitlab = \"LOW\""), ("tiny", "gitlab = \"LOW\""), ("big", "")]);
    assert_eq!(meant(&process, Low, "minor"), "minor", "it is shown so already");
    assert_eq!(meant(&process, Low, "big"), "tiny", "the worse of the two");
    assert_eq!(meant(&process, Medium, "new"), "big", "nothing is shown so: the next worse one");
    assert_eq!(meant(&process, Critical, "minor"), "big");
    assert_eq!(meant(&process, Unknown, "big"), "new");
    for severity in &process.severities {
        assert_eq!(meant(&process, process.shown_as(severity), &severity.name), severity.name);
    }
}

#[test]
fn another_word_than_gitlabs_is_refused_with_its_line() {
    let own = "[[severity]]\nname = \"dire\"\nrank = 9\ndefinition = \"x\"\npattern = \"always\"\ngitlab = \"DIRE\"\n\
               color = \"b60205\"\nsource = \"house rule\"\n[[role]]";
    refused("[[role]]", own, 8, &["gitlab", "DIRE", "CRITICAL"]);
}
