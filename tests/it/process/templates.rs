//! What teams copy into their repositories: each template says what its process understands, and nothing else.

use std::sync::Arc;

use chrono_tz::Tz;
use hotwash::{
    domain::{
        process::Process,
        project::Project,
        reading::{Field, Reading, Shape, Value},
    },
    process,
    text::{fields, marker},
};

use super::handbooks::shipped;
use crate::plan::story::project;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/issue-templates");

/// What the templates for GitLab end in; it carries these lines out and takes them out of the text.
const QUICK_ACTIONS: &str = "\n/confidential\n/label ~incident\n";

/// The template of a process; `incident` is that of the first one.
fn template(process: &str, end: &str) -> String {
    from("github", process, end)
}

fn from(forge: &str, process: &str, end: &str) -> String {
    let name = if process == "cloud-gov" { "incident" } else { process };
    let path = format!("{FOLDER}/{forge}/{name}.{end}");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn read(process: &Process, body: &str) -> Reading {
    let project = Project { process: Arc::new(process.clone()), ..project(Tz::UTC) };
    fields::read(body, &project.vocabulary())
}

/// One field of a form: its label, its choices, and the place of the one that is chosen at first.
#[derive(Debug, Default)]
struct Asked {
    label: String,
    kind: String,
    options: Vec<String>,
    default: Option<usize>,
    value: String,
    required: bool,
}

/// The fields of a form, in its order. Reads the little of YAML that our own forms use, and refuses the rest.
fn form(text: &str) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    let mut options = false;
    for line in text.lines().skip_while(|line| *line != "body:").skip(1) {
        let (words, deep) = (line.trim(), line.len() - line.trim_start().len());
        if let Some(kind) = words.strip_prefix("- type: ") {
            asked.push(Asked { kind: kind.to_owned(), ..Asked::default() });
            options = false;
            continue;
        }
        let last = asked.last_mut().expect("a field begins with its type");
        match (words.split_once(": "), words) {
            (_, _) if options && deep == 8 => last.options.push(words.strip_prefix("- ").unwrap().to_owned()),
            (Some(("label", label)), _) => label.clone_into(&mut last.label),
            (Some(("default", nth)), _) => last.default = Some(nth.parse().unwrap()),
            (Some(("required", yes)), _) => last.required = yes == "true",
            (_, "options:") => {
                options = true;
                continue;
            }
            (_, _) if deep >= 8 => last.value.extend([words, "\n"]),
            _ => {}
        }
        options &= deep == 8;
    }
    asked
}

/// The issue that GitHub makes of a form which nobody touched but where it must be.
fn filed(form: &[Asked]) -> String {
    let value = |field: &Asked| match (field.default, field.value.trim()) {
        (Some(nth), _) => field.options[nth].clone(),
        (None, "") if field.required => "@erin".to_owned(),
        (None, "") => "_No response_".to_owned(),
        (None, value) => value.to_owned(),
    };
    let asked = form.iter().filter(|field| field.kind != "markdown");
    asked.map(|field| format!("### {}\n\n{}\n\n", field.label, value(field))).collect::<Vec<_>>().concat()
}

/// Nothing is wrong with it, and the first status and severity are stated.
#[track_caller]
fn begins(process: &Process, body: &str) {
    assert!(body.contains(marker::INCIDENT), "{body}");
    let reading = read(process, body);
    let wrong: Vec<_> = reading.findings.iter().filter(|finding| !finding.what.contains("missing")).collect();
    assert!(wrong.is_empty(), "{}: {wrong:?}\n{body}", process.name);
    let said = |field: Field| reading.fields.get(&field).and_then(|read| read.value.clone());
    let named = |name: &str| Some(Value::Named(name.to_owned()));
    assert_eq!(said(Field::Status), named(&process.statuses[0].name));
    assert_eq!(said(Field::Severity), named(&process.severities[0].name));
    assert!(matches!(said(Field::Ic), None | Some(Value::People(_))));
    for field in Field::ALL.into_iter().filter(|field| field.required()) {
        assert!(reading.fields.contains_key(&field), "{}: {field:?} has no place\n{body}", process.name);
    }
}

#[test]
fn each_process_has_a_plain_template_that_it_reads_without_a_finding() {
    for name in process::names() {
        let (process, text) = (shipped(name), template(name, "md"));
        let body = text.splitn(3, "---\n").nth(2).unwrap();
        begins(&process, body);
        let filled = body.replace("who initially reported the issue", "@erin").replace("Your Name", "@bob");
        let reading = read(&process, &filled.replace("Any other responders", "@carol"));
        assert!(reading.findings.is_empty(), "{name}: {:?}", reading.findings);
        let list = |names: Vec<&str>| names.join(", ");
        let statuses = list(process.statuses.iter().map(|one| one.name.as_str()).collect());
        let severities = list(process.severities.iter().map(|one| one.name.as_str()).collect());
        assert!(body.contains(&format!("Status is one of: {statuses}.")), "{name}: {statuses}");
        assert!(body.contains(&format!("Severity is one of: {severities}.")), "{name}: {severities}");
    }
}

#[test]
fn each_process_has_a_template_for_gitlab_that_hides_and_labels_the_issue() {
    for name in process::names() {
        let (process, body) = (shipped(name), from("gitlab", name, "md"));
        let text = body.strip_suffix(QUICK_ACTIONS).unwrap_or_else(|| panic!("{name} ends otherwise: {body}"));
        let plain = template(name, "md");
        assert_eq!(text, plain.splitn(3, "---\n").nth(2).unwrap().trim_start(), "{name}: the same as on GitHub");
        begins(&process, text);
        // As an issue stands whose quick actions were not carried out.
        begins(&process, &body);
        let (with, without) = (read(&process, &body), read(&process, text));
        assert_eq!(with, without, "{name}: quick actions are no fields and no findings");
    }
}

#[test]
fn the_optional_lines_of_a_plain_template_are_fields_once_they_are_moved_up() {
    for name in process::names() {
        let (process, text) = (shipped(name), template(name, "md"));
        let optional =
            text.lines().skip_while(|line| !line.starts_with("Nothing inside")).filter(|line| line.contains("**"));
        let fields: Vec<String> = optional.map(|line| line.split("**").nth(1).unwrap().to_owned()).collect();
        let wanted: Vec<&str> =
            Field::ALL.iter().filter(|field| !field.required()).map(|field| field.title()).collect();
        assert_eq!(fields, wanted, "{name}");
        for field in Field::ALL.into_iter().filter(|field| field.shape() == Shape::Text) {
            let reading = read(&process, &format!("- **{}**: something\n", field.title()));
            let value = reading.fields.get(&field).and_then(|read| read.value.clone());
            assert_eq!(value, Some(Value::Text("something".to_owned())), "{name}: {field:?}");
        }
    }
}

#[test]
fn each_process_has_a_form_with_its_own_choices_that_it_reads_without_a_finding() {
    for name in process::names() {
        let (process, text) = (shipped(name), template(name, "yml"));
        assert!(text.contains(&format!("for the {name} process")), "{name}");
        let form = form(&text);
        let options = |label: &str| form.iter().find(|field| field.label == label).map(|field| field.options.clone());
        let statuses: Vec<String> = process.statuses.iter().map(|one| one.name.clone()).collect();
        let severities: Vec<String> = process.severities.iter().map(|one| one.name.clone()).collect();
        assert_eq!((options("Status"), options("Severity")), (Some(statuses), Some(severities)), "{name}");
        let kinds = options("Kind").unwrap();
        assert!(kinds.iter().all(|kind| process.playbook(kind).is_some()) && kinds.len() == process.playbooks.len());
        let titles: Vec<&str> = Field::ALL.iter().map(|field| field.title()).collect();
        for field in form.iter().filter(|field| field.kind != "markdown") {
            assert!(titles.contains(&field.label.as_str()) || field.label == "Details", "{name}: {}", field.label);
        }
        begins(&process, &filed(&form));
    }
}
