//! The same for programs: one JSON object a line.
//!
//! What always holds: every object has `what`; moments are RFC 3339 in UTC.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::told::{Audience, Line, Told, What};
use crate::domain::time::Moment;

/// Writes one object a line.
pub struct Lines<'s> {
    sink: super::page::Sink<'s>,
}

impl<'s> Lines<'s> {
    /// Into this sink.
    #[must_use]
    pub fn new(sink: super::page::Sink<'s>) -> Self {
        Self { sink }
    }
}

impl Audience for Lines<'_> {
    fn hears(&mut self, told: &Told) {
        let value = match told {
            Told::Note(at, note) => json!({ "what": "note", "at": stamp(*at), "text": note }),
            Told::Line(line) => happened(line),
            Told::Looked(verdict) => json!({
                "what": "expectation", "at": stamp(verdict.at), "line": verdict.line, "expected": verdict.expected,
                "holds": verdict.found.is_none(), "found": verdict.found,
            }),
            Told::Report(report) => json!({ "what": "report", "text": report }),
            Told::End(tally) => json!({
                "what": "end", "at": stamp(tally.at), "lasted": tally.lasted, "comments": tally.comments,
                "own": tally.own, "held": tally.held, "failed": tally.failed, "jumps": tally.jumps,
                "faults": tally.faults,
            }),
        };
        (self.sink)(&value.to_string());
    }
}

fn stamp(at: Moment) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn happened(line: &Line) -> Value {
    let mut value = match &line.what {
        What::Filed { title, body, labels } => {
            json!({ "what": "filed", "title": title, "text": body, "labels": labels })
        }
        What::Renamed(title) => json!({ "what": "renamed", "title": title }),
        What::Edited(fresh) => json!({ "what": "edited", "fresh": fresh }),
        What::Commented { comment, kind, body } => {
            json!({ "what": "commented", "comment": comment, "kind": kind, "text": body })
        }
        What::Reworded { comment, kind, fresh, body } => {
            json!({ "what": "reworded", "comment": comment, "kind": kind, "fresh": fresh, "text": body })
        }
        What::Folded { comment, kind, .. } => json!({ "what": "folded", "comment": comment, "kind": kind }),
        What::Deleted { kind, .. } => json!({ "what": "deleted", "kind": kind }),
        What::Labels { added, removed } => json!({ "what": "labels", "added": added, "removed": removed }),
        What::Assigned { added, removed } => json!({ "what": "assigned", "added": added, "removed": removed }),
        What::Closed => json!({ "what": "closed" }),
        What::Reopened => json!({ "what": "reopened" }),
        What::Reacted { content, .. } => json!({ "what": "reacted", "content": content }),
        What::Refused { tried, why } => json!({ "what": "refused", "tried": tried, "why": why }),
        What::Befell(what) => json!({ "what": "befell", "text": what }),
    };
    if let Some(object) = value.as_object_mut() {
        object.insert("at".to_owned(), json!(stamp(line.at)));
        if !line.who.is_empty() {
            object.insert("by".to_owned(), json!(line.who));
        }
        if line.issue > 0 {
            object.insert("issue".to_owned(), json!(line.issue));
        }
    }
    value
}
