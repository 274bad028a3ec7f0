//! Duties: what somebody owes, what starts its clock, what meets it, when to remind, whom to call.

use chrono::Duration;

use crate::{
    document::{Hint, Node, Table, quoted},
    domain::process::{DutySpec, EvidenceKind, RemindAt, Rung, Start},
};

use super::{
    checklists::Lists,
    names::{Claims, Terms, id},
    reminders::reminders,
    schedules::{CALENDARS, schedules},
};

const KEYS: [&str; 11] =
    ["id", "title", "owes", "start", "ask", "met_by", "remind", "escalate", "route", "source", "schedule"];

const STARTS: [(&str, &Start); 5] = [
    ("opened", &Start::Opened),
    ("closed", &Start::Closed),
    ("ic", &Start::Ic),
    ("shift", &Start::Shift),
    ("disruption", &Start::Disruption),
];

/// No escalation waits longer.
const LATEST_RUNG: Duration = Duration::days(31);

pub(super) fn duties(root: &Table<'_>, terms: &Terms<'_>, lists: &Lists) -> Vec<DutySpec> {
    let mut ids = Claims::default();
    root.each("duty").iter().filter_map(|table| duty(table, terms, lists, &mut ids)).collect()
}

fn duty(table: &Table<'_>, terms: &Terms<'_>, lists: &Lists, ids: &mut Claims) -> Option<DutySpec> {
    table.only(&KEYS);
    let id = table.need("id").and_then(|node| id(&node).filter(|id| ids.claim(&node, id)));
    let (title, ask, source) = (table.need_text("title"), table.need_text("ask"), table.need_text("source"));
    let owes = table.need("owes").and_then(|node| lists.role(&node));
    let start = table.get("start").map_or(Some(Start::Opened), |node| start(&node, terms, lists));
    let met_by = table.need("met_by").map(|node| evidence(&node, terms, lists));
    let remind = table.get("remind");
    let ladder = ladder(table, lists);
    let route = lists.items().route(table);
    let schedules = schedules(table, terms);
    let remind = remind.map_or_else(|| vec![RemindAt::DUE], |node| reminders(&node, &schedules));
    Some(DutySpec {
        id: id?,
        title: title?.to_owned(),
        owes: owes?,
        start: start?,
        ask: ask?.to_owned(),
        schedules,
        met_by: met_by?,
        remind,
        route,
        ladder,
        source: source?.to_owned(),
    })
}

/// A word, or a table with one of `phase`, `status`, `flag`, `duty`.
fn start(node: &Node<'_>, terms: &Terms<'_>, lists: &Lists) -> Option<Start> {
    if node.is_text() {
        return node.choice(&STARTS).cloned();
    }
    let table = node.table()?;
    table.only(&["phase", "status", "flag", "duty"]);
    let entries = table.entries();
    let [entry] = entries.as_slice() else {
        node.reject("names one of `phase`, `status`, `flag` and `duty`");
        return None;
    };
    match entry.name() {
        "phase" => terms.phases.refer(entry).map(Start::Phase),
        "status" => terms.statuses.refer(entry).map(Start::Status),
        "flag" => lists.flag(entry).map(Start::Flag),
        _ => entry.text().map(|duty| Start::Met(duty.to_owned())),
    }
}

fn evidence(list: &Node<'_>, terms: &Terms<'_>, lists: &Lists) -> Vec<EvidenceKind> {
    let plain = EvidenceKind::PLAIN.iter().map(|(key, _)| (*key).to_owned());
    let known: Vec<String> = plain.chain(EvidenceKind::OF.iter().map(|(key, _)| format!("{key}:..."))).collect();
    let items = list.texts();
    if list.is_list() && items.is_empty() {
        list.reject_for("is empty, so nothing could ever meet the duty", Hint::Allowed(known.clone()));
    }
    let mut seen = Claims::default();
    let read = |(node, key): (Node<'_>, &str)| {
        let Ok(kind) = key.parse::<EvidenceKind>() else {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            node.reject_for(format!("{} is no kind of evidence", quoted(key)), Hint::among(key, &known));
            return None;
        };
        Some(kind).filter(|kind| seen.claim(&node, key) && is_possible(&node, kind, terms, lists))
    };
    items.into_iter().filter_map(read).collect()
}

/// Whether what stands behind the colon is there.
fn is_possible(node: &Node<'_>, kind: &EvidenceKind, terms: &Terms<'_>, lists: &Lists) -> bool {
    let (what, known, of): (&str, &[String], &str) = match kind {
        EvidenceKind::Flag(of) => ("flag", &lists.flag_ids, of),
        EvidenceKind::Phase(of) => ("phase", &terms.phases.names, of),
        EvidenceKind::Status(of) => ("status", &terms.statuses.names, of),
        _ => return true,
    };
    let is_there = known.iter().any(|name| name == of);
    if !is_there {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        node.reject_reference(format!("{} is no {what} of this process", quoted(of)), Hint::among(of, &known));
    }
    is_there
}

/// The steps of the escalation, each later than the one before.
fn ladder(duty: &Table<'_>, lists: &Lists) -> Vec<Rung> {
    let mut rungs: Vec<Rung> = Vec::new();
    for table in duty.each("escalate") {
        table.only(&["after", "to", "ask", "calendar"]);
        let after = table.need("after").and_then(|node| {
            if node.plain() == Some("0m") {
                Some(Duration::zero())
            } else {
                node.span(&(Duration::minutes(1)..=LATEST_RUNG))
            }
        });
        let to = table.need("to").map(|node| roles(&node, lists));
        let ask = table.get("ask").map(|node| node.text().map(str::to_owned));
        let calendar = table.get("calendar").and_then(|node| node.choice(&CALENDARS));
        let (Some(after), Some(to)) = (after, to) else { continue };
        // Spans of different calendars cannot be compared.
        if rungs.last().is_some_and(|last| last.calendar == calendar && last.after >= after) {
            table.reject("does not come after the step before; write the steps in the order of time");
        }
        rungs.push(Rung { after, calendar, to, ask: ask.flatten() });
    }
    rungs
}

fn roles(list: &Node<'_>, lists: &Lists) -> Vec<String> {
    let items = list.items();
    if list.is_list() && items.is_empty() {
        list.reject("is empty; name at least one role");
    }
    items.iter().filter_map(|item| lists.role(item)).collect()
}
