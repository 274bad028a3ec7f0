//! Duties: what somebody owes, what meets it, when to remind.

use crate::{
    document::{Hint, Node, Table, quoted},
    domain::process::{DutySpec, EvidenceKind},
};

use super::{
    names::{Claims, Terms, id},
    schedules::schedules,
};

/// Who can owe a duty: the people whom the issue names.
const ROLES: [(&str, &str); 3] = [("ic", "ic"), ("reporter", "reporter"), ("responders", "responders")];

const KEYS: [&str; 8] = ["id", "title", "owes", "ask", "met_by", "remind", "source", "schedule"];

pub(super) fn duties(root: &Table<'_>, terms: &Terms<'_>) -> Vec<DutySpec> {
    let mut ids = Claims::default();
    root.each("duty").iter().filter_map(|table| duty(table, terms, &mut ids)).collect()
}

fn duty(table: &Table<'_>, terms: &Terms<'_>, ids: &mut Claims) -> Option<DutySpec> {
    table.only(&KEYS);
    let id = table.need("id").and_then(|node| id(&node).filter(|id| ids.claim(&node, id)));
    let (title, ask, source) = (table.need_text("title"), table.need_text("ask"), table.need_text("source"));
    let owes = table.need("owes").and_then(|node| node.choice(&ROLES));
    let met_by = table.need("met_by").map(|node| evidence(&node));
    let remind = table.get("remind").map_or_else(|| vec![100], |node| percents(&node));
    let schedules = schedules(table, terms);
    Some(DutySpec {
        id: id?,
        title: title?.to_owned(),
        owes: owes?.to_owned(),
        ask: ask?.to_owned(),
        schedules,
        met_by: met_by?,
        remind,
        source: source?.to_owned(),
    })
}

fn evidence(list: &Node<'_>) -> Vec<EvidenceKind> {
    let known: Vec<&str> = EvidenceKind::ALL.iter().map(|(key, _)| *key).collect();
    let items = list.texts();
    if list.is_list() && items.is_empty() {
        let all = known.iter().map(|&key| key.to_owned()).collect();
        list.reject_for("is empty, so nothing could ever meet the duty", Hint::Allowed(all));
    }
    let mut seen = Claims::default();
    let read = |(node, key): (Node<'_>, &str)| {
        let found = EvidenceKind::ALL.into_iter().find(|(name, _)| *name == key);
        if found.is_none() {
            node.reject_for(format!("{} is no kind of evidence", quoted(key)), Hint::among(key, &known));
        }
        found.filter(|_| seen.claim(&node, key)).map(|(_, kind)| kind)
    };
    items.into_iter().filter_map(read).collect()
}

/// Percent of the way from start to due, growing.
fn percents(list: &Node<'_>) -> Vec<u8> {
    let mut percents: Vec<u8> = Vec::new();
    for item in list.items() {
        let Some(percent) = item.whole(&(1..=200)).and_then(|percent| u8::try_from(percent).ok()) else { continue };
        if percents.last().is_some_and(|last| *last >= percent) {
            item.reject(format!("{percent} does not grow; write the reminders in order, each once"));
        }
        percents.push(percent);
    }
    percents
}
