//! What a template for issues holds, as far as it matters: read as the issues that are filed with it will be.
//!
//! What always holds: an issue form is taken for the Markdown that it becomes; its YAML is read line by line, as far as
//! labels go. What is deliberately not here: whether it is good enough (`audit::setup::template`).

use crate::{
    audit::setup::template::Read,
    domain::{project::Project, reading::Field, setup::Template},
    text::fields,
};

/// Reads a template; `folder` tells whose forge it is.
pub(super) fn read(template: &Template, project: &Project, folder: &str) -> Read {
    let name = template.name.as_str();
    let is_form = [".yml", ".yaml"].iter().any(|end| name.ends_with(end));
    let text = template.text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let (head, body) = if is_form { (text.clone(), filled(&text)) } else { parts(&text) };
    let reading = fields::read(&body, &project.vocabulary());
    let labels = labels(&head).into_iter().chain(quick_labels(&body));
    let labelled =
        project.detect.label && labels.into_iter().any(|label| label.eq_ignore_ascii_case(&project.labels.incident));
    let marked = project.detect.marker && text.contains(crate::text::marker::INCIDENT);
    let typed = project.detect.kind && quick(&body, "/type").any(|rest| rest.eq_ignore_ascii_case("incident"));
    let required = Field::ALL.into_iter().filter(|field| field.required());
    Read {
        name: name.to_owned(),
        makes_incident: labelled || marked || typed,
        lacks: required
            .filter(|field| !reading.fields.contains_key(field))
            .map(|field| field.title().to_owned())
            .collect(),
        hides: !folder.starts_with(".gitlab") || quick(&body, "/confidential").next().is_some(),
    }
}

/// The front matter and the rest.
fn parts(text: &str) -> (String, String) {
    let whole = || (String::new(), text.to_owned());
    let Some((head, body)) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")) else {
        return whole();
    };
    (head.to_owned(), body.to_owned())
}

/// The issue that somebody files with a form, as GitHub writes it: a heading for each question.
fn filled(form: &str) -> String {
    let questions = form.lines().filter_map(|line| line.trim_start().strip_prefix("label:")).map(bare);
    questions.fold(String::new(), |issue, question| issue + "### " + question + "\n\nanswer\n\n")
}

/// `labels: incident`, `labels: [incident, "x"]`, or a list over several lines.
fn labels(head: &str) -> Vec<String> {
    let mut lines = head.lines().skip_while(|line| !line.starts_with("labels:"));
    let Some(first) = lines.next().and_then(|line| line.strip_prefix("labels:")) else { return Vec::new() };
    let listed = lines.map_while(|line| line.trim_start().strip_prefix("- "));
    let named = first.trim().trim_start_matches('[').trim_end_matches(']').split(',').chain(listed);
    named.map(|label| bare(label).to_owned()).filter(|label| !label.is_empty()).collect()
}

/// Without blanks and quotation marks around it.
fn bare(text: &str) -> &str {
    text.trim().trim_matches(['"', '\'']).trim()
}

/// What follows GitLab's quick action of this name, each time it stands there.
fn quick<'t>(body: &'t str, action: &'t str) -> impl Iterator<Item = &'t str> {
    let rest = move |line: &'t str| {
        let rest = line.strip_prefix(action)?;
        (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim())
    };
    body.lines().filter_map(rest)
}

/// `/label ~incident ~"phase::initiate"`
fn quick_labels(body: &str) -> Vec<String> {
    let named = |rest: &str| -> Vec<String> {
        let all = rest.split('~').skip(1);
        all.map(|one| bare(one.strip_prefix('"').and_then(|quoted| quoted.split('"').next()).unwrap_or(one)).to_owned())
            .collect()
    };
    quick(body, "/label").chain(quick(body, "/labels")).flat_map(named).collect()
}
