//! Several people in one command: `+@a -@b`, `@a @b for 3h`.

use chrono::Duration;

use crate::{domain::people::Person, text::fields::people};

use super::span;

/// Who joins and who leaves; `None` where nobody is named. Without a sign, people join.
pub(super) fn signed(said: &str) -> Option<(Vec<Person>, Vec<Person>)> {
    let mut groups: Vec<(bool, String)> = Vec::new();
    for word in said.split(' ') {
        let bare = word.trim_start_matches(['+', '-', '−', '–']);
        let sign = word.chars().next().filter(|_| bare.len() < word.len()).map(|sign| sign == '+');
        match (sign, groups.last_mut()) {
            (None, Some((_, group))) => {
                group.push(' ');
                group.push_str(bare);
            }
            (sign, _) => groups.push((sign.unwrap_or(true), bare.to_owned())),
        }
    }
    let named = |joins: bool| -> Vec<Person> {
        let of_sign = groups.iter().filter(|(sign, _)| *sign == joins);
        of_sign.flat_map(|(_, group)| people::read(group)).collect()
    };
    let (add, remove) = (named(true), named(false));
    (sound(&add) && sound(&remove) && add.len() + remove.len() > 0).then_some((add, remove))
}

/// Who, and how long, where that stands at the end.
pub(super) fn with_span(said: &str) -> Option<(Vec<Person>, Option<Duration>)> {
    let ends = said.match_indices(' ').map(|(at, _)| at);
    let spans = ends.filter_map(|at| Some((said.get(..at)?, span::read(said.get(at..)?)?)));
    let (named, span) = spans.map(|(named, span)| (named, Some(span))).next().unwrap_or((said, None));
    let named = named.strip_suffix(" for").unwrap_or(named);
    let who = people::read(named);
    (sound(&who) && !who.is_empty()).then_some((who, span))
}

/// Handles are written out: `me` names nobody, and a number is no name.
fn sound(people: &[Person]) -> bool {
    people.iter().all(|person| match person {
        Person::Handle(handle) => !handle.eq_ignore_ascii_case("me"),
        Person::Name(name) => {
            let name = name.to_lowercase();
            name.starts_with(char::is_alphabetic) && !matches!(name.as_str(), "me" | "myself")
        }
    })
}
