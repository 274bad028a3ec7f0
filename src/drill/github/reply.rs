//! Answers as GitHub words them.

use serde_json::{Value, json};

use super::super::model::{Fault, Refusal};

/// Where every error points.
const DOCS: &str = "https://docs.github.com/rest";

pub(super) use super::super::line::reply::{Answered, Reply};

impl Reply {
    /// An error in words.
    pub(super) fn message(status: u16, message: impl Into<String>) -> Self {
        let body = json!({ "message": message.into(), "documentation_url": DOCS, "status": status.to_string() });
        Self::new(status, body)
    }

    pub(super) fn not_found() -> Self {
        Self::message(404, "Not Found")
    }

    /// What was asked for is elsewhere for good.
    pub(super) fn moved(to: &str) -> Self {
        let body = json!({ "message": "Moved Permanently", "url": to, "documentation_url": DOCS });
        Self::new(301, body).with("location", to)
    }

    /// A bad field.
    pub(super) fn invalid(problem: &Value) -> Self {
        let body = json!({
            "message": "Validation Failed", "errors": [problem], "documentation_url": DOCS, "status": "422",
        });
        Self::new(422, body)
    }
}

/// What GitHub says where the model refuses. `integration` is for callers that act for an App.
pub(super) fn refused(refusal: &Refusal, integration: bool) -> Reply {
    match refusal {
        Refusal::Absent("label") => Reply::message(404, "Label does not exist"),
        Refusal::Absent(_) | Refusal::Moved(_) => Reply::not_found(),
        Refusal::Deleted => Reply::message(410, "This issue was deleted"),
        Refusal::Forbidden { .. } if integration => Reply::message(403, "Resource not accessible by integration"),
        Refusal::Forbidden { .. } => Reply::message(403, "Must have admin rights to Repository."),
        Refusal::Archived => Reply::message(403, "Repository was archived so is read-only."),
        Refusal::Locked => Reply::message(403, "Unable to create comment because issue is locked."),
        Refusal::NoIssues => Reply::message(410, "Issues has been disabled in this repository."),
        Refusal::Invalid { of, field, fault } => Reply::invalid(&problem(of, field, fault)),
    }
}

fn problem(of: &str, field: &str, fault: &Fault) -> Value {
    match fault {
        Fault::Missing => json!({ "resource": of, "field": field, "code": "missing_field" }),
        Fault::Unknown => json!({ "resource": of, "field": field, "code": "invalid" }),
        Fault::Taken => json!({ "resource": of, "field": field, "code": "already_exists" }),
        // A comment's text has a wording of its own.
        Fault::TooLong(most) if of == "IssueComment" => json!({
            "resource": of, "field": "data", "code": "unprocessable",
            "message": format!("Body is too long (maximum is {most} characters)"),
        }),
        Fault::TooLong(most) if field == "labels" => json!({
            "resource": of, "field": field, "code": "custom",
            "message": format!("An issue can have at most {most} labels"),
        }),
        Fault::TooLong(most) => json!({
            "resource": of, "field": field, "code": "custom",
            "message": format!("{field} is too long (maximum is {most} characters)"),
        }),
    }
}
