//! Which issues a list asks for.

use serde_json::json;

use super::super::{
    super::{line::reply::Reply, model::Issue},
    asked::Asked,
};
use crate::domain::time::Moment;

/// Words that a list takes, by parameter.
const WORDS: [(&str, &[&str]); 4] = [
    ("state", &["opened", "closed", "all"]),
    ("sort", &["asc", "desc"]),
    ("order_by", &["created_at", "updated_at", "relative_position", "title", "priority", "due_date", "popularity"]),
    ("issue_type", &["issue", "incident", "test_case", "task"]),
];

/// What an issue must be to be listed.
pub(super) struct Filter<'a> {
    since: Option<Moment>,
    until: Option<Moment>,
    confidential: Option<bool>,
    labels: Vec<String>,
    kind: Option<&'a str>,
    open: Option<bool>,
    numbers: Option<Vec<u64>>,
    /// Words that must stand in the title or the text, in small letters.
    search: Vec<String>,
    places: &'a str,
}

impl<'a> Filter<'a> {
    pub(super) fn read(asked: &'a Asked) -> Result<Self, Reply> {
        let bad = |name: &str| Reply::new(400, json!({ "error": format!("{name} does not have a valid value") }));
        for (name, words) in WORDS {
            if asked.text(name).is_some_and(|given| !words.contains(&given)) {
                return Err(bad(name));
            }
        }
        let moment = |name: &str| match asked.text(name).map(chrono::DateTime::parse_from_rfc3339) {
            Some(Err(_)) => Err(Reply::new(400, json!({ "error": format!("{name} is invalid") }))),
            Some(Ok(at)) => Ok(Some(at.to_utc())),
            None => Ok(None),
        };
        let search = asked.text("search").unwrap_or_default().to_lowercase();
        Ok(Self {
            since: moment("updated_after")?,
            until: moment("updated_before")?,
            confidential: asked.flag("confidential")?,
            labels: asked.list("labels").unwrap_or_default(),
            kind: asked.text("issue_type"),
            open: asked.text("state").filter(|state| *state != "all").map(|state| state == "opened"),
            numbers: asked.numbers("iids"),
            search: search.split_whitespace().map(str::to_owned).collect(),
            places: asked.text("in").unwrap_or("title,description"),
        })
    }

    pub(super) fn fits(&self, issue: &Issue) -> bool {
        let has = |name: &String| issue.labels.iter().any(|on| on.eq_ignore_ascii_case(name));
        let text = [("title", Some(&issue.title)), ("description", issue.body.as_ref())];
        let holds = |word: &String| {
            let inside = |(place, text): &(&str, Option<&String>)| {
                self.places.contains(place) && text.is_some_and(|text| text.to_lowercase().contains(word))
            };
            text.iter().any(inside)
        };
        self.since.is_none_or(|since| issue.updated_at >= since)
            && self.until.is_none_or(|until| issue.updated_at <= until)
            && self.confidential.is_none_or(|wanted| issue.confidential == wanted)
            && self.labels.iter().all(has)
            && self.kind.is_none_or(|kind| issue.kind.as_deref().unwrap_or("issue").eq_ignore_ascii_case(kind))
            && self.open.is_none_or(|open| open == issue.open)
            && self.numbers.as_ref().is_none_or(|numbers| numbers.contains(&issue.number))
            && self.search.iter().all(holds)
    }
}
