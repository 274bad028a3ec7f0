//! Phases, statuses and severities.

use crate::{
    document::{Hint, Node, Table, quoted},
    domain::{
        forge_severity::ForgeSeverity,
        process::{Authority, Ending, Pattern, Phase, Process, Severity, Status},
    },
};

use super::{
    checklists::{Items, checklist},
    names::{Claims, Dimension, Terms, label_of},
};

/// When people work, as process files say it.
pub(super) const PATTERNS: [(&str, Pattern); 2] =
    [("always", Pattern::RoundTheClock), ("business", Pattern::BusinessHours)];

const AUTHORITIES: [(&str, Authority); 3] =
    [("act", Authority::Act), ("consult", Authority::Consult), ("agree", Authority::Agree)];
const ENDINGS: [(&str, Ending); 2] = [("resolved", Ending::Resolved), ("false-alarm", Ending::FalseAlarm)];
const NOUNS: [(&str, &str); 2] = [("event", "event"), ("incident", "incident")];

pub(super) fn phases(terms: &Terms<'_>, items: &mut Items) -> Vec<Phase> {
    let read = |term: Term<'_>| {
        let table = term.table;
        table.only(&["name", "title", "color", "entry", "source"]);
        let (title, color, source) = (table.need_text("title"), color(&table), table.need_text("source"));
        let name = term.name?;
        let entry = table.get("entry").map(|node| checklist(&node, &name, items)).unwrap_or_default();
        Some(Phase { name, title: title?.to_owned(), color: color?, entry, source: source?.to_owned() })
    };
    named(&terms.phases).into_iter().filter_map(read).collect()
}

pub(super) fn statuses(terms: &Terms<'_>, base: Option<&Process>) -> Vec<Status> {
    let inherited = base.and_then(|base| base.statuses.first()).map(|status| status.name.as_str());
    let read = |term: Term<'_>| {
        let (begins, table) = (term.begins(inherited), term.table);
        table.only(&["name", "aliases", "phase", "ending", "noun", "color", "source"]);
        let phase = table.get("phase").and_then(|node| terms.phases.refer(&node));
        let ending = table.get("ending").filter(|node| !refused_ending(node, begins));
        let ending = ending.and_then(|node| node.choice(&ENDINGS));
        let noun = table.need("noun").and_then(|node| node.choice(&NOUNS));
        let (color, source) = (color(&table), table.need_text("source"));
        Some(Status {
            name: term.name?,
            aliases: term.aliases,
            phase,
            ending,
            noun: noun?.to_owned(),
            color: color?,
            source: source?.to_owned(),
        })
    };
    named(&terms.statuses).into_iter().filter_map(read).collect()
}

fn refused_ending(node: &Node<'_>, first: bool) -> bool {
    if first {
        node.reject("the first status is the one an incident starts with; it cannot end the response");
    }
    first
}

pub(super) fn severities(terms: &Terms<'_>, base: Option<&Process>) -> Vec<Severity> {
    let inherited = base.and_then(|base| base.severities.first()).map(|severity| severity.name.as_str());
    let mut ranks = Claims::default();
    let read = |term: Term<'_>| {
        let (begins, table) = (term.begins(inherited), term.table);
        table.only(&[
            "name",
            "aliases",
            "rank",
            "definition",
            "examples",
            "authority",
            "pattern",
            "gitlab",
            "color",
            "source",
        ]);
        let rank = table.need("rank").and_then(|node| rank(&node, begins, &mut ranks));
        let definition = table.need_text("definition");
        let examples = table.get("examples").map(|node| node.texts()).unwrap_or_default();
        let authority = table.get("authority").and_then(|node| node.choice(&AUTHORITIES));
        let pattern = table.need("pattern").and_then(|node| node.choice(&PATTERNS));
        let gitlab = table.get("gitlab").and_then(|node| node.choice(&ForgeSeverity::ALL));
        let (color, source) = (color(&table), table.need_text("source"));
        Some(Severity {
            name: term.name?,
            aliases: term.aliases,
            rank: rank?,
            definition: definition?.to_owned(),
            examples: examples.into_iter().map(|(_, text)| text.to_owned()).collect(),
            authority,
            pattern: pattern?,
            gitlab,
            color: color?,
            source: source?.to_owned(),
        })
    };
    named(&terms.severities).into_iter().filter_map(read).collect()
}

/// The first is "not known yet" and has rank 0; every other one is worse, and no two are equally bad.
fn rank(node: &Node<'_>, first: bool, ranks: &mut Claims) -> Option<u8> {
    let rank = node.whole(&(0..=255)).and_then(|rank| u8::try_from(rank).ok())?;
    match (first, rank) {
        (true, 1..) => node.reject("the first severity is the one an incident starts with; its rank is 0"),
        (false, 0) => node.reject("rank 0 belongs to the first severity; use 1 to 255, growing with how bad it is"),
        _ => {
            ranks.claim(node, &rank.to_string());
        }
    }
    Some(rank)
}

/// One table of a dimension with its checked spellings.
struct Term<'d> {
    table: Table<'d>,
    first: bool,
    name: Option<String>,
    /// In lower case.
    aliases: Vec<String>,
}

impl Term<'_> {
    /// Whether an incident starts with it: it stands first, or takes the place of the inherited one that does.
    fn begins(&self, inherited: Option<&str>) -> bool {
        inherited.map_or(self.first, |first| self.name.as_deref() == Some(first))
    }
}

/// The tables of a dimension. No spelling may mean two things, and no two names may make the same label. Names come
/// before aliases, so that a quarrel is reported at the alias.
fn named<'d>(dimension: &Dimension<'d>) -> Vec<Term<'d>> {
    let (mut taken, mut labels) = (Claims::default(), Claims::default());
    let mut terms = Vec::new();
    for table in &dimension.tables {
        let name = dimension.name(table);
        if let (Some(name), Some(node)) = (&name, table.get("name")) {
            // The same name twice is one mistake; two names with one label are another.
            let _ = taken.claim(&node, name) && labels.claim(&node, &label_of("", name));
        }
        terms.push(Term { table: table.clone(), first: terms.is_empty(), name, aliases: Vec::new() });
    }
    for term in &mut terms {
        let aliases = term.table.get("aliases").map(|node| node.texts()).unwrap_or_default();
        let fresh = aliases.into_iter().filter(|(node, alias)| taken.claim(node, alias));
        term.aliases = fresh.map(|(_, alias)| alias.to_lowercase()).collect();
    }
    terms
}

fn color(table: &Table<'_>) -> Option<String> {
    let node = table.need("color")?;
    let text = node.text()?;
    if text.len() == 6 && text.chars().all(|c| c.is_ascii_hexdigit()) {
        return Some(text.to_lowercase());
    }
    let example = Hint::Allowed(vec!["six hexadecimal digits without #, as in d93f0b".to_owned()]);
    node.reject_for(format!("{} is not a colour", quoted(text)), example);
    None
}
