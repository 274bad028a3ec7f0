//! How far people are with an incident, in the forge's own words.

/// A status of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Escalation {
    /// Nobody has taken it up.
    #[default]
    Triggered,
    /// Somebody has.
    Acknowledged,
    /// It is over.
    Resolved,
    /// Nobody will.
    Ignored,
}

impl Escalation {
    /// All of them by their names.
    pub const ALL: [(&str, Self); 4] = [
        ("TRIGGERED", Self::Triggered),
        ("ACKNOWLEDGED", Self::Acknowledged),
        ("RESOLVED", Self::Resolved),
        ("IGNORED", Self::Ignored),
    ];

    /// `TRIGGERED`
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, one)| *one == self).map_or("TRIGGERED", |(name, _)| name)
    }

    /// `Triggered`, as people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Triggered => "Triggered",
            Self::Acknowledged => "Acknowledged",
            Self::Resolved => "Resolved",
            Self::Ignored => "Ignored",
        }
    }
}
