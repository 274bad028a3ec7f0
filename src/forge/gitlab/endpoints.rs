//! Requests that the library lacks.

use gitlab::api::endpoint_prelude::*;

/// Which of an issue's notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notes {
    /// What people wrote, oldest first.
    Comments,
    /// The same, what changed last first.
    LatestComments,
    /// What GitLab noted by itself, oldest first.
    Activity,
}

/// The notes of an issue.
pub(super) struct IssueNotes {
    pub(super) project: u64,
    pub(super) issue: u64,
    pub(super) which: Notes,
}

impl Endpoint for IssueNotes {
    fn method(&self) -> Method {
        Method::GET
    }

    fn endpoint(&self) -> Cow<'static, str> {
        format!("projects/{}/issues/{}/notes", self.project, self.issue).into()
    }

    fn parameters(&self) -> QueryParams<'_> {
        let (filter, order, sort) = match self.which {
            Notes::Comments => ("only_comments", "created_at", "asc"),
            Notes::LatestComments => ("only_comments", "updated_at", "desc"),
            Notes::Activity => ("only_activity", "created_at", "asc"),
        };
        let mut parameters = QueryParams::default();
        parameters.push("activity_filter", filter).push("order_by", order).push("sort", sort);
        parameters
    }
}

/// One note.
pub(super) struct OneNote {
    pub(super) project: u64,
    pub(super) issue: u64,
    pub(super) note: u64,
}

impl Endpoint for OneNote {
    fn method(&self) -> Method {
        Method::GET
    }

    fn endpoint(&self) -> Cow<'static, str> {
        format!("projects/{}/issues/{}/notes/{}", self.project, self.issue, self.note).into()
    }
}

/// When an issue was closed and opened again.
pub(super) struct StateEvents {
    pub(super) project: u64,
    pub(super) issue: u64,
}

impl Endpoint for StateEvents {
    fn method(&self) -> Method {
        Method::GET
    }

    fn endpoint(&self) -> Cow<'static, str> {
        format!("projects/{}/issues/{}/resource_state_events", self.project, self.issue).into()
    }
}

/// What a webhook sent in the last seven days.
pub(super) struct HookEvents {
    pub(super) project: u64,
    pub(super) hook: u64,
}

impl Endpoint for HookEvents {
    fn method(&self) -> Method {
        Method::GET
    }

    fn endpoint(&self) -> Cow<'static, str> {
        format!("projects/{}/hooks/{}/events", self.project, self.hook).into()
    }
}

/// Sends one of them again.
pub(super) struct ResendEvent {
    pub(super) project: u64,
    pub(super) hook: u64,
    pub(super) event: u64,
}

impl Endpoint for ResendEvent {
    fn method(&self) -> Method {
        Method::POST
    }

    fn endpoint(&self) -> Cow<'static, str> {
        format!("projects/{}/hooks/{}/events/{}/resend", self.project, self.hook, self.event).into()
    }
}

/// Accounts by their exact name.
pub(super) struct UsersNamed<'a> {
    pub(super) username: &'a str,
}

impl Endpoint for UsersNamed<'_> {
    fn method(&self) -> Method {
        Method::GET
    }

    fn endpoint(&self) -> Cow<'static, str> {
        "users".into()
    }

    fn parameters(&self) -> QueryParams<'_> {
        let mut parameters = QueryParams::default();
        parameters.push("username", self.username);
        parameters
    }
}

/// Issues of a project by when they last changed. The library's own lacks the type, and sends no plain dates.
pub(super) struct ChangedIssues<'a> {
    pub(super) project: u64,
    /// RFC 3339.
    pub(super) since: Option<&'a str>,
    pub(super) label: Option<&'a str>,
    pub(super) kind: Option<&'a str>,
}

impl Endpoint for ChangedIssues<'_> {
    fn method(&self) -> Method {
        Method::GET
    }

    fn endpoint(&self) -> Cow<'static, str> {
        format!("projects/{}/issues", self.project).into()
    }

    fn parameters(&self) -> QueryParams<'_> {
        let mut parameters = QueryParams::default();
        parameters
            .push("scope", "all")
            .push("order_by", "updated_at")
            .push("sort", "desc")
            .push_opt("updated_after", self.since)
            .push_opt("labels", self.label)
            .push_opt("issue_type", self.kind);
        if self.since.is_none() {
            parameters.push("state", "opened");
        }
        parameters
    }
}
