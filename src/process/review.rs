//! `[review]`: the meeting about all incidents, whose agenda is filed as an issue.

use chrono::Duration;

use crate::{
    document::{Hint, Node, Table, quoted},
    domain::{
        calendar::CronRule,
        process::{ANSWERS, EPOCH, Process, Prompt, Review, ReviewField},
        time::Zone,
    },
};

use super::{report, schedules};

/// More would be an archive, and no agenda.
const MOST_FIELDS: usize = 12;

/// What the file says, in place of what it inherits.
pub(super) fn review(root: &Table<'_>, base: Option<&Process>) -> Option<Review> {
    let Some(table) = root.sub("review") else { return base.and_then(|base| base.review.clone()) };
    table.only(&["title", "cron", "fields", "topics", "source"]);
    let title = table.need("title").and_then(|node| report::heading(&node));
    let cron = table.need("cron").and_then(|node| cron(&node));
    let source = table.need_text("source").map(str::to_owned);
    let fields = table.need("fields").map(|list| fields(&list));
    let topics = table.get("topics").map(|list| topics(&list)).unwrap_or_default();
    Some(Review { title: title?, cron: cron?, fields: fields?, topics, source: source? })
}

/// At most once a day: an agenda an hour would bury the last one.
fn cron(node: &Node<'_>) -> Option<CronRule> {
    let rule = schedules::rule(node)?;
    let mut last = rule.next(EPOCH, Zone::UTC)?;
    for _ in 0..10 {
        let Some(next) = rule.next(last, Zone::UTC) else { break };
        if next - last < Duration::hours(20) {
            node.reject("files an agenda more than once a day; write one time of the day, such as `0 0 9 * * Mon *`");
            return None;
        }
        last = next;
    }
    Some(rule)
}

fn fields(list: &Node<'_>) -> Vec<ReviewField> {
    let items = list.items();
    if list.is_list() && (items.is_empty() || items.len() > MOST_FIELDS) {
        list.reject(format!("holds {} fields; an agenda has 1 to {MOST_FIELDS}", items.len()));
    }
    let mut all: Vec<ReviewField> = Vec::new();
    for item in items {
        let read = if item.is_text() { named(&item) } else { item.table().and_then(|table| blank(&table)) };
        let Some(field) = read else { continue };
        if all.iter().any(|known| known.heading().to_lowercase() == field.heading().to_lowercase()) {
            item.reject("is on the agenda already");
        } else {
            all.push(field);
        }
    }
    all
}

fn named(item: &Node<'_>) -> Option<ReviewField> {
    let name = item.text()?;
    let field = ReviewField::named(name);
    if field.is_none() {
        let known: Vec<&str> = ANSWERS.iter().map(|(name, ..)| *name).collect();
        let what = format!("{} is no field of an agenda; one of your own is {{ title = \"...\" }}", quoted(name));
        item.reject_for(what, Hint::among(name, &known));
    }
    field
}

fn blank(table: &Table<'_>) -> Option<ReviewField> {
    table.only(&["title", "hint"]);
    let heading = table.need("title").and_then(|node| report::heading(&node))?;
    Some(ReviewField::Blank(Prompt { heading, hint: report::hint(table, "to be filled in")? }))
}

fn topics(list: &Node<'_>) -> Vec<String> {
    let items = list.items();
    if items.len() > MOST_FIELDS {
        list.reject(format!("holds {} topics; an agenda has at most {MOST_FIELDS}", items.len()));
    }
    let mut all: Vec<String> = Vec::new();
    for item in &items {
        let Some(topic) = report::heading(item) else { continue };
        if all.iter().any(|known| known.to_lowercase() == topic.to_lowercase()) {
            item.reject("is on the agenda already");
        } else {
            all.push(topic);
        }
    }
    all
}
