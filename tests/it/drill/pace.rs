//! How long a drill takes: no longer than it must with `--fast`, and about a minute where nobody is in a hurry.

use std::time::Duration;

use hotwash::drill::play::Pace;
use tempfile::TempDir;

use super::{
    read_script,
    stories::{Run, run},
};
use crate::support::bot::hotwash;

const SHIPPED: &str = include_str!("../../../drills/cloud-gov.toml");

fn drill(args: &[&str]) -> Run {
    let folder = TempDir::new().unwrap();
    run(hotwash(folder.path()).arg("drill").args(args)).holds()
}

#[test]
fn a_fast_drill_plays_the_shipped_story_to_its_end() {
    let told = drill(&["--fast"]);
    assert!(told.out.contains("expectations hold.") && told.out.contains("Retrospective: "), "{}", told.out);
    assert!(told.err.is_empty(), "{}", told.err);
}

#[test]
fn the_pauses_of_the_shipped_story_make_about_a_minute() {
    let script = read_script(SHIPPED);
    let (step, line) = Pace::UNHURRIED.rests(&script);
    let told = drill(&["--json"]).told_all();
    let others = ["note", "expectation", "report", "end"];
    let lines = told.iter().filter(|value| !others.contains(&value["what"].as_str().unwrap())).count();
    let count = |number: usize| u32::try_from(number).unwrap();
    let whole = step * count(script.steps.len()) + line * count(lines);
    assert!((Duration::from_secs(40)..=Duration::from_secs(75)).contains(&whole), "{lines} lines, {whole:?}");
    assert_eq!(Pace::AtOnce.rests(&script), (Duration::ZERO, Duration::ZERO));
}
