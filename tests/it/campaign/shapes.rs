//! What people live through: stories, each on several nights in which the clocks change.
//!
//! What always holds: people's steps lie a quarter of an hour and more from what comes due, unless a story is about just
//! that, so that a bot which is some minutes late by what befell it must in the end have said the same.

use std::path::Path;

use hotwash::{
    cli::Program,
    config::DrillSettings,
    drill::{
        face::Kind,
        script::{self, Script},
    },
};

/// A story on a night, on a forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    story: usize,
    night: usize,
    gitlab: bool,
}

const STORIES: [(&str, &str); 7] = [
    ("night", include_str!("stories/night.toml")),
    ("weekend", include_str!("stories/weekend.toml")),
    ("changes", include_str!("stories/changes.toml")),
    ("reopened", include_str!("stories/reopened.toml")),
    ("handoff", include_str!("stories/handoff.toml")),
    ("false-alarm", include_str!("stories/false-alarm.toml")),
    ("toggles", include_str!("stories/toggles.toml")),
];

/// Zone, the Friday, and the Saturday in whose night the clocks change: back an hour, on an hour, and by half an hour.
const NIGHTS: [(&str, &str, &str); 6] = [
    ("America/New_York", "2026-10-30", "2026-10-31"),
    ("America/New_York", "2027-03-12", "2027-03-13"),
    ("Europe/Berlin", "2026-10-23", "2026-10-24"),
    ("Europe/Berlin", "2027-03-26", "2027-03-27"),
    ("Australia/Lord_Howe", "2026-10-02", "2026-10-03"),
    ("Australia/Lord_Howe", "2027-04-02", "2027-04-03"),
];

impl Shape {
    /// All of them, on GitHub.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..STORIES.len()).flat_map(|story| (0..NIGHTS.len()).map(move |night| Self { story, night, gitlab: false }))
    }

    /// The same on this forge.
    pub(super) fn on(self, forge: Kind) -> Self {
        Self { gitlab: forge == Kind::Gitlab, ..self }
    }

    pub(super) fn forge(self) -> Kind {
        if self.gitlab { Kind::Gitlab } else { Kind::Github }
    }

    pub(super) fn story(self) -> &'static str {
        STORIES[self.story].0
    }

    /// People change the description on the way.
    pub(super) fn has_edits(self) -> bool {
        STORIES[self.story].1.contains("\nedit = ")
    }

    /// `night, Europe/Berlin, 2026-10-24, gitlab`.
    pub(super) fn spoken(self) -> String {
        let (zone, _, saturday) = NIGHTS[self.night];
        format!("{}, {zone}, {saturday}, {}", self.story(), self.forge().name())
    }

    /// The script, and the program that it is played with.
    pub(super) fn read(self) -> (Script, Program) {
        let (name, text) = STORIES[self.story];
        let (zone, friday, saturday) = NIGHTS[self.night];
        let text = text.replace("{zone}", zone).replace("{friday}", friday).replace("{saturday}", saturday);
        let mut settings = None;
        let script = script::read(&text, name, &mut |table| {
            settings = DrillSettings::read(table, Path::new(""));
            settings.as_ref()?.project().cloned().map(Into::into)
        });
        let script = script.unwrap_or_else(|problems| {
            panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        });
        (script.on(self.forge()), Program::new(settings.expect("a script that can be read has a project")))
    }
}
