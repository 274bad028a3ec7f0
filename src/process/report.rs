//! `[report]` and `[wording]`: what the report after closing holds, and templates in place of shipped ones.

use crate::{
    document::{Block, Hint, Node, Table, quoted},
    domain::process::{METRICS, Metric, Process, Prompt, ReportPlan, Section, Wording},
};

/// The longest heading or hint, in characters.
const LONGEST: usize = 120;

/// Headings that the report has anyway.
const TAKEN: [&str; 10] = [
    "metrics",
    "status, severity, phase and command over time",
    "timeline",
    "duties",
    "leads",
    "steps",
    "shifts",
    "recorded follow-ups",
    "record",
    "retrospective",
];

/// What the file says, over what it inherits.
pub(super) fn report(root: &Table<'_>, base: Option<&Process>) -> ReportPlan {
    let inherited = base.map(|base| base.report.clone()).unwrap_or_default();
    let Some(table) = root.sub("report") else { return inherited };
    table.only(&["sections", "metrics"]);
    let sections = table.get("sections").map(|node| sections(&node));
    let metrics = table.get("metrics").map(|node| metrics(&node));
    ReportPlan { sections: sections.unwrap_or(inherited.sections), metrics: metrics.unwrap_or(inherited.metrics) }
}

fn sections(list: &Node<'_>) -> Vec<Section> {
    let items = filled(list);
    let mut all: Vec<Section> = Vec::new();
    for item in items {
        let read = if item.is_text() { named(&item) } else { item.table().and_then(|table| blank(&table)) };
        let Some(section) = read else { continue };
        if all.iter().any(|known| same(known, &section)) {
            item.reject("is in the report already");
        } else {
            all.push(section);
        }
    }
    all
}

fn same(one: &Section, other: &Section) -> bool {
    match (one, other) {
        (Section::Blank(one), Section::Blank(other)) => one.heading.to_lowercase() == other.heading.to_lowercase(),
        _ => one == other,
    }
}

fn named(item: &Node<'_>) -> Option<Section> {
    let name = item.text()?;
    let section = Section::named(name);
    if section.is_none() {
        let known: Vec<&str> = Section::names().collect();
        let what =
            format!("{} is no section of the report; a blank of your own is {{ title = \"...\" }}", quoted(name));
        item.reject_for(what, Hint::among(name, &known));
    }
    section
}

/// A headed blank of the team's own. Its heading is read back from the report, so it is plain words.
fn blank(table: &Table<'_>) -> Option<Section> {
    table.only(&["title", "hint"]);
    let node = table.need("title")?;
    let title = heading(&node)?;
    if TAKEN.contains(&title.to_lowercase().as_str()) {
        node.reject(format!("{} is the heading of another section; choose another", quoted(&title)));
        return None;
    }
    Some(Section::Blank(Prompt { heading: title, hint: hint(table, "What is there to say?")? }))
}

/// Plain words, short enough for a heading.
pub(super) fn heading(node: &Node<'_>) -> Option<String> {
    let title = node.text()?;
    let plain = |c: char| c.is_alphanumeric() || " -,()/?".contains(c);
    if !title.chars().all(plain) || title.chars().count() > LONGEST {
        node.reject(format!("is a heading of at most {LONGEST} letters, digits, spaces and , - ( ) / ?"));
        return None;
    }
    Some(title.to_owned())
}

/// It is told from what people wrote by its words, so it is plain as well.
pub(super) fn hint(table: &Table<'_>, usual: &str) -> Option<String> {
    let Some(node) = table.get("hint") else { return Some(usual.to_owned()) };
    let text = node.text()?;
    let odd = |c: char| c.is_control() || "*_`<>[]|\\#@&~".contains(c);
    if text.chars().any(odd) || text.chars().count() > LONGEST {
        node.reject(format!("is one line of at most {LONGEST} characters without marks such as * _ ` < [ # @"));
        return None;
    }
    Some(text.to_owned())
}

fn metrics(list: &Node<'_>) -> Vec<Metric> {
    let mut all: Vec<Metric> = Vec::new();
    for item in filled(list) {
        let Some(name) = item.text() else { continue };
        let Some((_, metric)) = METRICS.into_iter().find(|(known, _)| *known == name) else {
            let known: Vec<&str> = METRICS.iter().map(|(name, _)| *name).collect();
            item.reject_for(format!("{} is no metric", quoted(name)), Hint::among(name, &known));
            continue;
        };
        if all.contains(&metric) {
            item.reject("is in the report already");
        } else {
            all.push(metric);
        }
    }
    all
}

fn filled<'d>(list: &Node<'d>) -> Vec<Node<'d>> {
    let items = list.items();
    if list.is_list() && items.is_empty() {
        list.reject("is empty; leave the key out for the usual ones");
    }
    items
}

/// Templates by name. Whether each can be rendered is for whoever renders to say.
pub(super) fn wording(root: &Table<'_>, file: &str) -> Vec<Wording> {
    let Some(table) = root.sub("wording") else { return Vec::new() };
    let read = |node: Node<'_>| {
        node.text()?;
        let Block { text, line, column, in_lines } = node.block()?;
        let (template, text, file) = (node.name().to_owned(), text.to_owned(), file.to_owned());
        Some(Wording { template, text, file, line, column, in_lines })
    };
    table.entries().into_iter().filter_map(read).collect()
}
