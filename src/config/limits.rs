//! `[limits]` for every project, and `limits` of one project.
//!
//! Some limits hold for the whole service, because work is shared between projects: they may stand in either place,
//! but may not contradict each other.

use std::{collections::BTreeMap, ops::RangeInclusive};

use chrono::Duration;

use super::settings::EngineSettings;
use crate::{
    document::{Node, Table, quoted, written},
    domain::project,
};

const KEYS: [&str; 8] = [
    "reminders_per_hour",
    "board_every",
    "settle",
    "recheck",
    "lease",
    "sweep_every",
    "park_after",
    "forget_bodies_after",
];

const fn seconds(from: i64, to: i64) -> RangeInclusive<Duration> {
    Duration::seconds(from)..=Duration::seconds(to)
}

/// Limits read so far.
pub(super) struct Limits {
    /// Of the whole service.
    pub(super) engine: EngineSettings,
    /// Of projects that say nothing else.
    common: project::Limits,
    /// Who set a limit of the whole service: line and value.
    set: BTreeMap<&'static str, (u32, String)>,
}

impl Limits {
    pub(super) fn of(root: &Table<'_>) -> Self {
        let mut limits = Self::none();
        if let Some(table) = root.sub("limits") {
            limits.common = limits.read(&table);
        }
        limits
    }

    /// Every limit at its default.
    pub(super) fn none() -> Self {
        Self { engine: EngineSettings::default(), common: project::Limits::default(), set: BTreeMap::new() }
    }

    /// The limits of one project.
    pub(super) fn project(&mut self, project: &Table<'_>) -> project::Limits {
        project.sub("limits").map_or(self.common, |table| self.read(&table))
    }

    fn read(&mut self, table: &Table<'_>) -> project::Limits {
        table.only(&KEYS);
        let span = |key: &str, range: RangeInclusive<Duration>| table.get(key).and_then(|node| node.span(&range));
        let count = |key: &str, range: RangeInclusive<u32>| table.get(key).and_then(|node| node.whole(&range));
        let mut limits = self.common;
        limits.reminders_per_hour = count("reminders_per_hour", 1..=1000).unwrap_or(limits.reminders_per_hour);
        limits.board_every = span("board_every", seconds(0, 3600)).unwrap_or(limits.board_every);

        let spans: [(&'static str, RangeInclusive<Duration>, &mut Duration); 5] = [
            ("settle", seconds(0, 3600), &mut self.engine.settle),
            ("recheck", seconds(0, 3600), &mut self.engine.recheck),
            ("lease", seconds(1, 3600), &mut self.engine.lease),
            ("sweep_every", seconds(1, 86_400), &mut self.engine.sweep_every),
            ("forget_bodies_after", seconds(3600, 366 * 86_400), &mut self.engine.forget_bodies_after),
        ];
        for (key, range, place) in spans {
            if let Some(value) = span(key, range) {
                agree(&mut self.set, table, key, &written(value));
                *place = value;
            }
        }
        if let Some(value) = count("park_after", 1..=1000) {
            agree(&mut self.set, table, "park_after", &value.to_string());
            self.engine.park_after = value;
        }
        limits
    }
}

/// Two values for one limit of the whole service: one of them would be silently ignored.
fn agree(set: &mut BTreeMap<&'static str, (u32, String)>, table: &Table<'_>, key: &'static str, value: &str) {
    let Some(node) = table.get(key) else { return };
    let (line, first) = set.entry(key).or_insert_with(|| (node.line(), value.to_owned()));
    if first != value {
        contradicts(&node, *line, first, value);
    }
}

fn contradicts(node: &Node<'_>, line: u32, first: &str, value: &str) {
    let rule = "this limit holds for the whole service; set it once, in [limits]";
    node.reject(format!("{} contradicts {} on line {line}; {rule}", quoted(value), quoted(first)));
}
