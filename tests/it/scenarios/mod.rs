//! A story for each rule of the handbooks, played by the whole program: it fires, it stays silent, it fires once.
//!
//! What always holds: a test is named after the row of docs/processes.md that it shows (`a5_2_...` is row A5.2), happens on
//! both forges (`on_github::...`, `on_gitlab::...`), and looks at nothing but what people see: comments, labels, the board. What is deliberately not here: the same rules on the planner
//! alone, which `process::handbooks` tells.

mod memory;
mod play;
mod story;
mod thread;
mod times;

use self::story::{Story, story};

#[path = "."]
mod on_github {
    mod checklists;
    mod deadlines;
    mod endings;
    mod escalation;
    mod forms;
    mod review;
    mod roles;
    mod shifts;
    mod states;
    mod weekly;

    use super::{come_at_once, come_with, play::Setting, story::story, thread::PROJECT, times::moment};

    const FORGE: hotwash::drill::face::Kind = hotwash::drill::face::Kind::Github;

    fn given(process: &str) -> Setting {
        Setting::new(process, FORGE)
    }
}

#[path = "."]
#[expect(clippy::duplicate_mod, reason = "the same stories, and nothing but the forge is another")]
mod on_gitlab {
    mod checklists;
    mod deadlines;
    mod endings;
    mod escalation;
    mod forms;
    mod review;
    mod roles;
    mod shifts;
    mod states;
    mod weekly;

    use super::{come_at_once, come_with, play::Setting, story::story, thread::PROJECT, times::moment};

    const FORGE: hotwash::drill::face::Kind = hotwash::drill::face::Kind::Gitlab;

    fn given(process: &str) -> Setting {
        Setting::new(process, FORGE)
    }
}

/// Items come onto the board with a command and not before, are ticked by hand or by word, and stay with whoever was first.
#[track_caller]
fn come_with(command: &str, items: &[&str]) -> Story {
    let before =
        story("a list comes when it is time").filed("09:00", "unknown").acked("09:02").lists_no("09:03", items);
    let come = before.says("09:10", command).lists("09:11", items);
    ticked(come, items)
}

/// The same for items that are there from the filing on, and go with the phase.
#[track_caller]
fn come_at_once(next: &str, items: &[&str]) -> Story {
    let come = story("a list is there from the start").filed("09:00", "unknown").lists("09:01", items).acked("09:02");
    ticked(come, items).says("10:00", &format!("phase {next}")).lists_no("10:01", items)
}

#[track_caller]
fn ticked(listed: Story, items: &[&str]) -> Story {
    let (first, rest) = items.split_first().unwrap();
    let story = listed.ticks("09:20", first).shows_done("09:21", first, "bob").lists("09:21", rest);
    let story = story.by("carol").says("09:25", &format!("done {first}")).shows_done("09:26", first, "bob");
    let Some((second, others)) = rest.split_first() else { return story };
    story.says("09:30", &format!("done {second}")).shows_done("09:31", second, "carol").lists("09:31", others)
}
