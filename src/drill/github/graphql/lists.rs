//! Parts of lists, as `first`, `last`, `after` and `before` cut them.

use serde_json::{Value, json};

use super::{
    Problem,
    execute::Arguments,
    fields::{Read, flag},
    things::{Got, Part, Thing, cursor, index},
};

/// The largest part of a list.
const MOST: usize = 100;

/// The part that was asked for.
pub(super) fn part(of: &'static str, name: &str, things: Vec<Thing>, arguments: &Arguments) -> Read {
    let number = |name: &str| arguments.get(name).and_then(Value::as_u64).and_then(|it| usize::try_from(it).ok());
    let (first, last) = (number("first"), number("last"));
    let Some(size) = first.or(last) else {
        let message =
            format!("You must provide a `first` or `last` value to properly paginate the `{name}` connection.");
        return Err(Problem::new("MISSING_PAGINATION_BOUNDARIES", message));
    };
    if size > MOST {
        let message = format!(
            "Requesting {size} records on the `{name}` connection exceeds the `first` limit of {MOST} records."
        );
        return Err(Problem::new("EXCESSIVE_PAGINATION", message));
    }
    let place = |name: &str| arguments.get(name).and_then(Value::as_str).and_then(index);
    let total = things.len();
    let mut from = place("after").map_or(0, |at| at + 1).min(total);
    let mut to = place("before").unwrap_or(total).clamp(from, total);
    match first {
        Some(_) => to = to.min(from + size),
        None => from = from.max(to.saturating_sub(size)),
    }
    let things = things.into_iter().skip(from).take(to - from).collect();
    Ok(Got::One(Thing::Connection(Part { of, things, first: from, total })))
}

pub(super) fn connection(part: &Part, name: &str) -> Option<Got> {
    match name {
        "nodes" => Some(Got::Many(part.things.clone())),
        "edges" => {
            let edges = part.things.iter().enumerate();
            let edges = edges.map(|(at, thing)| Thing::Edge(Box::new(thing.clone()), part.first + at));
            Some(Got::Many(edges.collect()))
        }
        "totalCount" => Some(Got::Leaf(json!(part.total))),
        "pageInfo" => Some(Got::One(Thing::PageInfo(part.clone()))),
        _ => None,
    }
}

pub(super) fn page_info(part: &Part, name: &str) -> Option<Got> {
    let end = part.first + part.things.len();
    let at = |index: Option<usize>| Got::Leaf(index.map_or(Value::Null, |index| json!(cursor(index))));
    let empty = part.things.is_empty();
    match name {
        "hasNextPage" => flag(end < part.total),
        "hasPreviousPage" => flag(part.first > 0),
        "startCursor" => Some(at((!empty).then_some(part.first))),
        "endCursor" => Some(at(end.checked_sub(1).filter(|_| !empty))),
        _ => None,
    }
}
