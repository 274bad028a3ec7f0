//! Which forms there are, and on which page each stands.

/// A form, by where it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Moves the clock by a step.
    Clock,
    /// Moves the clock to a moment.
    Moment,
    /// Files an issue.
    New,
    /// Comments on an issue.
    Comment(u64),
    /// Changes an issue's title and text.
    Edit(u64),
    /// Changes its labels.
    Labels(u64),
    /// Changes who is assigned.
    People(u64),
    /// Closes it or opens it again.
    State(u64),
    /// Hides it from all but the trusted, or no longer.
    Flag(u64),
    /// Sends a delivery again.
    Again(u64),
}

impl Form {
    /// The form that is sent to a path.
    pub(super) fn at(path: &[&str]) -> Option<Self> {
        let number = |text: &str| text.parse().ok();
        Some(match path {
            ["clock"] => Self::Clock,
            ["moment"] => Self::Moment,
            ["new"] => Self::New,
            ["issues", issue, "comment"] => Self::Comment(number(issue)?),
            ["issues", issue, "edit"] => Self::Edit(number(issue)?),
            ["issues", issue, "labels"] => Self::Labels(number(issue)?),
            ["issues", issue, "people"] => Self::People(number(issue)?),
            ["issues", issue, "state"] => Self::State(number(issue)?),
            ["issues", issue, "flag"] => Self::Flag(number(issue)?),
            ["deliveries", id, "again"] => Self::Again(number(id)?),
            _ => return None,
        })
    }

    /// Its name in ids of fields.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Moment => "moment",
            Self::New => "new",
            Self::Comment(_) => "comment",
            Self::Edit(_) => "edit",
            Self::Labels(_) => "labels",
            Self::People(_) => "people",
            Self::State(_) => "state",
            Self::Flag(_) => "flag",
            Self::Again(_) => "again",
        }
    }

    /// The page that it stands on; none for those that stand on every page.
    pub(super) fn page(self) -> Option<String> {
        match self {
            Self::Clock | Self::Moment => None,
            Self::New => Some("/new".to_owned()),
            Self::Edit(issue) => Some(format!("/issues/{issue}/edit")),
            Self::Comment(issue)
            | Self::Labels(issue)
            | Self::People(issue)
            | Self::State(issue)
            | Self::Flag(issue) => Some(format!("/issues/{issue}")),
            Self::Again(_) => Some("/deliveries".to_owned()),
        }
    }
}
