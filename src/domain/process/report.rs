//! What a process says about the report after closing, and about the words that the bot writes.

/// Which sections the report has, and which metrics, each in its order. The record of the journal comes last in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPlan {
    /// At least one.
    pub sections: Vec<Section>,
    /// At least one.
    pub metrics: Vec<Metric>,
}

/// A part of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Section {
    /// One that is made from the journal, by its name: one of [`MADE`].
    Made(&'static str),
    /// A headed blank that only people can fill in.
    Blank(Prompt),
}

/// The heading of a blank, and what to write below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The heading.
    pub heading: String,
    /// What to write there.
    pub hint: String,
}

/// A figure of the report. Source: cloud.gov guide, basic response metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// How it was discovered.
    DiscoveryMethod,
    /// From the start to becoming aware.
    TimeToDiscovery,
    /// From becoming aware to containment.
    TimeToContainment,
    /// What the attacker did.
    ThreatActions,
}

/// The sections that are made from the journal, in the order in which they come unless a process says otherwise.
pub const MADE: [&str; 10] =
    ["summary", "metrics", "changes", "picture", "timeline", "duties", "leads", "steps", "shifts", "follow-ups"];

/// The blanks that the program knows: name, heading, what to write below it.
pub const BLANKS: [(&str, &str, &str); 6] = [
    (
        "causes",
        "Cause analysis (Five Whys / Infinite Hows)",
        "How did it come about? Ask how or why of each answer again, five times or more. Name conditions, not culprits.",
    ),
    ("vulnerabilities", "Vulnerabilities", "Which weaknesses made it possible, and which of them are still open?"),
    ("prevention", "Prevention", "What would have stopped it, here and elsewhere?"),
    ("better-response", "Better response", "What slowed us down, what helped, what would we do differently?"),
    ("lessons", "Lessons learned", "What do we know now that we did not know before?"),
    ("follow-up-notes", "Follow-ups", "One line each: what, who, by when, and the issue that tracks it."),
];

/// Every metric with its name, in the order of the handbooks.
pub const METRICS: [(&str, Metric); 4] = [
    ("discovery-method", Metric::DiscoveryMethod),
    ("time-to-discovery", Metric::TimeToDiscovery),
    ("time-to-containment", Metric::TimeToContainment),
    ("threat-actions", Metric::ThreatActions),
];

impl Section {
    /// The section of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let made = MADE.into_iter().find(|made| *made == name).map(Self::Made);
        made.or_else(|| {
            let (_, heading, hint) = BLANKS.into_iter().find(|(blank, ..)| *blank == name)?;
            Some(Self::Blank(Prompt { heading: heading.to_owned(), hint: hint.to_owned() }))
        })
    }

    /// The name of every section, in the usual order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        MADE.into_iter().chain(BLANKS.into_iter().map(|(name, ..)| name))
    }
}

impl Default for ReportPlan {
    fn default() -> Self {
        Self {
            sections: Section::names().filter_map(Section::named).collect(),
            metrics: METRICS.into_iter().map(|(_, metric)| metric).collect(),
        }
    }
}

impl ReportPlan {
    /// The blanks of the report, in its order, then those it does not ask for: what people wrote into an earlier report
    /// is looked for under all of them.
    #[must_use]
    pub fn blanks(&self) -> Vec<Prompt> {
        let asked = self.sections.iter().filter_map(|section| match section {
            Section::Blank(prompt) => Some(prompt.clone()),
            Section::Made(_) => None,
        });
        let mut all: Vec<Prompt> = asked.collect();
        for (_, heading, hint) in BLANKS {
            if all.iter().all(|known| known.heading != heading) {
                all.push(Prompt { heading: heading.to_owned(), hint: hint.to_owned() });
            }
        }
        all
    }
}

/// A template in a process file that stands in place of a shipped one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The template's name, such as `reminder`; whether there is one of that name is for whoever renders to say.
    pub template: String,
    /// The template.
    pub text: String,
    /// The file it stands in.
    pub file: String,
    /// The line of that file on which its text begins, from 1.
    pub line: u32,
    /// The column there, from 1, in characters.
    pub column: u32,
    /// Its lines are lines of the file; where they are not, all of it stands on that one.
    pub in_lines: bool,
}
