//! Looks whether an expectation holds, and says what was found instead.

use std::collections::BTreeMap;

use super::{
    readable::is_unseen,
    told::Verdict,
    watch::{Watch, login},
};
use crate::{
    domain::{
        event::{DutyState, Event, Occurrence, What},
        message::MessageKind,
        time::{Moment, Zone, spoken},
    },
    drill::{
        model::{Comment, Issue, Target, World},
        script::{Check, Expectation},
    },
    plan::keys,
    text::marker::Marker,
};

/// Everything there is to look at.
pub(super) struct Evidence<'e> {
    /// The forge.
    pub(super) world: &'e World,
    /// The issue that the expectation is about; `None` if it was never filed.
    pub(super) watch: Option<&'e Watch>,
    /// What the program knows about it.
    pub(super) journal: &'e [Event],
    /// The program's login.
    pub(super) bot: &'e str,
    /// The project's zone.
    pub(super) zone: Zone,
    /// Now.
    pub(super) at: Moment,
}

/// The verdict on one expectation.
#[must_use]
pub(super) fn verdict(expectation: &Expectation, evidence: &Evidence<'_>) -> Verdict {
    let expected = in_words(&expectation.check, evidence.zone);
    let issue =
        evidence.watch.and_then(|watch| Some((watch, evidence.world.issue(&watch.issue.project, watch.issue.number)?)));
    let found = match issue {
        Some((watch, issue)) => found(&expectation.check, evidence, watch, issue),
        None => Some("the issue is not there".to_owned()),
    };
    Verdict { line: expectation.line, at: evidence.at, expected, found }
}

/// Comments of the program that stand twice under one key: there are never any.
#[must_use]
pub(super) fn doubled(watch: &Watch, world: &World) -> Vec<String> {
    let Some(issue) = world.issue(&watch.issue.project, watch.issue.number) else { return Vec::new() };
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for (marker, _) in watch.written(world, issue) {
        *times.entry(marker.key).or_default() += 1;
    }
    times.into_iter().filter(|(_, times)| *times > 1).map(|(key, times)| format!("{key} ({times} times)")).collect()
}

fn in_words(check: &Check, zone: Zone) -> String {
    match check {
        Check::Only { prefix, label } => format!("{label} is the only label {prefix}*"),
        Check::Carries(label, true) => format!("the issue carries the label {label}"),
        Check::Carries(label, false) => format!("the issue does not carry the label {label}"),
        Check::Open(true) => "the issue is open".to_owned(),
        Check::Open(false) => "the issue is closed".to_owned(),
        Check::Comments(kind, count) => format!("comments of the kind {kind}: {count}"),
        Check::Unfolded(kind, count) => format!("comments of the kind {kind} that are not folded away: {count}"),
        Check::Says { kind, text, wanted: true } => format!("the newest {kind} says {text:?}"),
        Check::Says { kind, text, wanted: false } => format!("the newest {kind} does not say {text:?}"),
        Check::Reminded { duty, due, from, by } => {
            let mut words = format!("a reminder of {duty}");
            for (what, at) in [("due", due), ("not before", from), ("by", by)] {
                if let Some(at) = at {
                    words.extend([", ", what, " ", &spoken(*at, zone)]);
                }
            }
            words
        }
        Check::Duty(duty, state) => format!("the newest {duty} is {}", state_name(*state)),
        Check::Duties(duty, state, count) => format!("{duty}: {count} {}", state_name(*state)),
        Check::Writes(count) => format!("changes by the program: {count}"),
    }
}

/// What was found, where that is not what was expected.
fn found(check: &Check, evidence: &Evidence<'_>, watch: &Watch, issue: &Issue) -> Option<String> {
    let world = evidence.world;
    let counted = |fits: bool, number: usize| (!fits).then(|| number.to_string());
    match check {
        Check::Only { prefix, label } => {
            let found: Vec<&str> =
                issue.labels.iter().map(String::as_str).filter(|it| it.starts_with(prefix.as_str())).collect();
            (found != [label.as_str()]).then(|| listed(&found))
        }
        Check::Carries(label, wanted) => {
            let carries = issue.labels.iter().any(|it| it.eq_ignore_ascii_case(label));
            (carries != *wanted).then(|| listed(&issue.labels.iter().map(String::as_str).collect::<Vec<_>>()))
        }
        Check::Open(open) => (issue.open != *open).then(|| if issue.open { "open" } else { "closed" }.to_owned()),
        Check::Comments(kind, count) => {
            let gone = taken_back(world, evidence.journal).filter(|(_, written, _)| written == kind).count();
            let number = of_kind(watch, world, issue, *kind).count() + gone;
            counted(count.fits(number), number)
        }
        Check::Unfolded(kind, count) => {
            let posted = of_kind(watch, world, issue, *kind);
            let number = posted.filter(|(marker, comment)| !is_folded(&marker.key, comment, evidence.journal)).count();
            counted(count.fits(number), number)
        }
        Check::Says { kind, text, wanted } => match of_kind(watch, world, issue, *kind).last() {
            None => Some(format!("there is no {kind}")),
            Some((_, comment)) => {
                let says = folded(&comment.body).contains(&folded(text));
                (says != *wanted).then(|| if says { "it does".to_owned() } else { excerpt(&comment.body) })
            }
        },
        Check::Reminded { duty, due, from, by } => {
            let there = watch.written(world, issue);
            let there = there.iter().map(|(marker, comment)| (marker.key.clone(), comment.created_at));
            let gone = taken_back(world, evidence.journal).map(|(key, _, at)| (key.to_owned(), at));
            reminded(there.chain(gone), (duty, *due), (*from, *by), evidence.zone)
        }
        Check::Duty(duty, state) => {
            let states = states(evidence.journal);
            let newest = states.iter().rfind(|(occurrence, _)| occurrence.duty == *duty);
            match newest {
                None => Some("nothing is known of it yet".to_owned()),
                Some((_, found)) => (*found != *state).then(|| state_name(*found).to_owned()),
            }
        }
        Check::Duties(duty, state, count) => {
            let states = states(evidence.journal);
            let number = states.iter().filter(|(one, found)| one.duty == *duty && found == state).count();
            counted(count.fits(number), number)
        }
        Check::Writes(count) => {
            let number = writes(evidence, issue);
            counted(count.fits(number), number)
        }
    }
}

/// Folded by the forge; or, where the forge cannot, edited down, which the program notes.
fn is_folded(key: &str, comment: &Comment, journal: &[Event]) -> bool {
    let noted = || journal.iter().any(|event| matches!(&event.what, What::Collapsed { key: of } if of == key));
    comment.minimised.is_some() || (comment.edits.len() > 1 && noted())
}

/// How often the program changed something about the issue: lines of its history, versions of its comments beyond the
/// first, foldings, reactions.
fn writes(evidence: &Evidence<'_>, issue: &Issue) -> usize {
    let world = evidence.world;
    let own = |by| login(world, by).eq_ignore_ascii_case(evidence.bot);
    let lines = world.history(issue.id).iter().filter(|entry| own(entry.by)).count();
    let comments = world.comments(issue.id);
    let changes = comments.map(|comment| {
        let rewritten = comment.edits.iter().skip(1).filter(|edit| own(edit.by)).count();
        let folded = usize::from(comment.minimised.is_some());
        rewritten + folded + world.reactions(Target::Comment(comment.id)).filter(|one| own(one.by)).count()
    });
    lines + changes.sum::<usize>()
}

fn of_kind<'w>(
    watch: &Watch,
    world: &'w World,
    issue: &Issue,
    kind: MessageKind,
) -> impl Iterator<Item = (Marker, &'w Comment)> {
    watch.written(world, issue).into_iter().filter(move |(marker, _)| marker.kind == kind)
}

/// Comments that were posted and, having done their work, deleted: on forges that can fold nothing away.
fn taken_back<'e>(world: &World, journal: &'e [Event]) -> impl Iterator<Item = (&'e str, MessageKind, Moment)> {
    let collapsed =
        |wanted: &str| journal.iter().any(|event| matches!(&event.what, What::Collapsed { key } if key == wanted));
    journal.iter().filter_map(move |event| match &event.what {
        What::Wrote { key, kind, comment, .. } if world.comment(*comment).is_none() && collapsed(key) => {
            Some((key.as_str(), *kind, event.at))
        }
        _ => None,
    })
}

fn reminded(
    written: impl Iterator<Item = (String, Moment)>,
    (duty, due): (&str, Option<Moment>),
    (from, by): (Option<Moment>, Option<Moment>),
    zone: Zone,
) -> Option<String> {
    let about = written.filter(|(key, _)| {
        let covers = keys::covers(key);
        covers.iter().any(|occurrence| occurrence.duty == duty && due.is_none_or(|due| occurrence.due == due))
    });
    let at: Vec<Moment> = about.map(|(_, at)| at).collect();
    let fits = |at: &Moment| from.is_none_or(|from| *at >= from) && by.is_none_or(|by| *at <= by);
    if at.iter().any(fits) {
        return None;
    }
    let moments: Vec<String> = at.iter().map(|at| spoken(*at, zone)).collect();
    Some(if moments.is_empty() { "none".to_owned() } else { format!("at {}", moments.join(", ")) })
}

/// The last state of every occurrence, in the order of their due moments.
fn states(journal: &[Event]) -> Vec<(&Occurrence, DutyState)> {
    let mut states: BTreeMap<&Occurrence, DutyState> = BTreeMap::new();
    for event in journal {
        if let What::Duty { occurrence, state, .. } = &event.what {
            states.insert(occurrence, *state);
        }
    }
    let mut states: Vec<_> = states.into_iter().collect();
    states.sort_by_key(|(occurrence, _)| occurrence.due);
    states
}

fn state_name(state: DutyState) -> &'static str {
    match state {
        DutyState::Waiting => "waiting",
        DutyState::Due => "due",
        DutyState::Met => "met",
        DutyState::Late => "late",
        DutyState::Missed => "missed",
        DutyState::Waived => "waived",
        DutyState::Cancelled => "cancelled",
    }
}

fn listed(labels: &[&str]) -> String {
    if labels.is_empty() { "none".to_owned() } else { labels.join(", ") }
}

/// White space folded, emphasis and what is not seen left out: so that wording can be compared.
fn folded(text: &str) -> String {
    let seen: String = text.replace("**", "").chars().filter(|c| !is_unseen(*c)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of what it says instead.
fn excerpt(body: &str) -> String {
    let text = folded(body);
    let short: String = text.chars().take(300).collect();
    if short.len() < text.len() { format!("it says: {short}…") } else { format!("it says: {short}") }
}
