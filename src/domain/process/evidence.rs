//! What can meet a duty.

/// Makes a kind of evidence from what it speaks of.
type Of = fn(String) -> EvidenceKind;

/// What can meet a duty. Written as in process files: `sitrep`, `notified:legal`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum EvidenceKind {
    /// The `ack` command.
    Ack,
    /// An incident commander was named by a person.
    IcNamed,
    /// A comment by somebody other than the reporter.
    ResponderComment,
    /// A situation report.
    Sitrep,
    /// A severity other than the first was set.
    SeverityAssessed,
    /// A shift was announced.
    Shift,
    /// A disruption was approved or declined.
    Decided,
    /// A follow-up was recorded.
    FollowUp,
    /// The `done` command for this duty: `done:ID`.
    Done(String),
    /// The `notified` command for these people: `notified:WHO`.
    Notified(String),
    /// A box of a checklist was ticked: `ticked:ITEM`.
    Ticked(String),
    /// A flag was raised: `flag:ID`.
    Flag(String),
    /// A phase was entered: `phase:NAME`.
    Phase(String),
    /// A status was set: `status:NAME`.
    Status(String),
}

impl EvidenceKind {
    /// The kinds that stand for themselves, with the key that process files use.
    pub const PLAIN: [(&'static str, Self); 8] = [
        ("ack", Self::Ack),
        ("ic-named", Self::IcNamed),
        ("responder-comment", Self::ResponderComment),
        ("sitrep", Self::Sitrep),
        ("severity-assessed", Self::SeverityAssessed),
        ("shift", Self::Shift),
        ("decided", Self::Decided),
        ("follow-up", Self::FollowUp),
    ];

    /// The kinds that speak of something: what stands before the colon, and how they are made.
    pub const OF: [(&'static str, Of); 6] = [
        ("done", Self::Done),
        ("notified", Self::Notified),
        ("ticked", Self::Ticked),
        ("flag", Self::Flag),
        ("phase", Self::Phase),
        ("status", Self::Status),
    ];

    /// What stands behind the colon.
    #[must_use]
    pub fn of(&self) -> Option<&str> {
        match self {
            Self::Done(of)
            | Self::Notified(of)
            | Self::Ticked(of)
            | Self::Flag(of)
            | Self::Phase(of)
            | Self::Status(of) => Some(of),
            _ => None,
        }
    }
}

impl std::fmt::Display for EvidenceKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some((key, _)) = Self::PLAIN.iter().find(|(_, kind)| kind == self) {
            return f.write_str(key);
        }
        let of = self.of().unwrap_or_default();
        let made = Self::OF.iter().find(|(_, make)| make(of.to_owned()) == *self);
        write!(f, "{}:{of}", made.map_or("", |(key, _)| key))
    }
}

impl std::str::FromStr for EvidenceKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, kind)) = Self::PLAIN.into_iter().find(|(key, _)| *key == text) {
            return Ok(kind);
        }
        let (key, of) = text.split_once(':').unwrap_or((text, ""));
        let make = Self::OF.into_iter().find(|(known, _)| *known == key && !of.is_empty());
        make.map(|(_, make)| make(of.to_owned())).ok_or_else(|| format!("`{text}` is no kind of evidence"))
    }
}

impl TryFrom<String> for EvidenceKind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<EvidenceKind> for String {
    fn from(kind: EvidenceKind) -> Self {
        kind.to_string()
    }
}
