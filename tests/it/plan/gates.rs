//! Leaving a phase with items of its gate open.

use hotwash::domain::{
    command::Command,
    event::DutyState::Due,
    message::{Gate, Message, MessageKind},
    project::Gates,
    reading::Field,
};

use super::story::{Story, given, low};

const GATED: &str = r#"
[[phase]]
name = "initiate"
title = "Initiate"
color = "fbca04"
source = "test"
entry = [
    { id = "tell", text = "Tell the others", gate = true },
    { id = "breathe", text = "Breathe" },
    { id = "save", text = "Save the evidence", gate = true },
]

[[duty]]
id = "x"
title = "X"
owes = "ic"
ask = "Do X."
start = { phase = "remediate" }
met_by = ["done:x"]
source = "test"
schedule = [{ within = "1h" }]
"#;

fn warned() -> Story {
    low().following(GATED).opened("09:00")
}

fn enforced() -> Story {
    let mut story = warned();
    story.project.gates = Gates::Enforce;
    story
}

fn said(story: &Story) -> Gate {
    let Message::Gate(said) = story.message(MessageKind::Gate) else { panic!("not a gate") };
    said
}

fn silent(story: Story) -> Story {
    assert_eq!(story.keys("gate/"), Vec::<String>::new());
    story
}

#[test]
fn leaving_with_open_items_is_told_once_and_names_them() {
    let story = given(warned().ticks("tell", true, "09:05").label("phase::assess", "09:10")).at("09:00").at("09:10");
    assert_eq!(story.keys("gate/"), ["gate/initiate@2026-11-16T09:10:00Z"]);
    let gate = said(&story);
    assert_eq!(gate.items, [("save".to_owned(), "Save the evidence".to_owned())]);
    assert_eq!((gate.mention.as_str(), gate.held), ("@alice", false));
    silent(story.at("09:11")).effective("investigating", "low", "assess");
}

#[test]
fn leaving_with_a_done_gate_is_nothing_to_speak_of() {
    let done = warned().ticks("tell", true, "09:05").says_done("save", "09:06").label("phase::assess", "09:10");
    silent(given(done).at("09:10"));
    let undone = warned().ticks("tell", true, "09:05").ticks("save", true, "09:06").ticks("save", false, "09:07");
    assert_eq!(said(&given(undone.label("phase::assess", "09:10")).at("09:10")).items.len(), 1);
    let unticked_later = warned().ticks("tell", true, "09:05").ticks("save", true, "09:06");
    silent(given(unticked_later.label("phase::assess", "09:10").ticks("save", false, "09:20")).at("09:21"));
}

#[test]
fn the_way_back_a_false_alarm_and_a_phase_without_gate_pass() {
    silent(given(warned().label("phase::remediate", "09:10").label("phase::initiate", "09:20")).at("09:21"));
    silent(given(enforced().field(Field::Status, "false alarm", "09:10")).at("09:11")).effective(
        "false alarm",
        "low",
        "retrospective",
    );
    let through = enforced().ticks("tell", true, "09:05").ticks("save", true, "09:05").label("phase::assess", "09:10");
    silent(given(through.label("phase::remediate", "09:20")).at("09:21")).effective(
        "investigating",
        "low",
        "remediate",
    );
}

#[test]
fn an_enforced_gate_puts_the_phase_and_its_label_back() {
    let labels = ["incident", "phase::initiate", "severity::low", "status::investigating"];
    let story = given(enforced().label("phase::assess", "09:10")).at("09:00").at("09:10").labelled(&labels);
    let gate = said(&story);
    assert_eq!((gate.items.len(), gate.held, gate.to.as_str()), (2, true, "Assess"));
    let story = silent(story.at("09:11")).labelled(&labels).effective("investigating", "low", "initiate");
    assert_eq!(story.keys("labels/"), Vec::<String>::new(), "nothing moves to and fro");
}

#[test]
fn what_was_refused_comes_true_with_the_last_tick() {
    let story = enforced().label("phase::remediate", "09:10").ticks("tell", true, "09:20").ticks("save", true, "09:30");
    let story = given(story).at("09:10").at("09:20").effective_at("09:21", "initiate").at("09:30");
    let story = story.labelled(&["incident", "phase::remediate", "severity::low", "status::investigating"]);
    // The clock of the phase starts when it begins, not when somebody wished for it.
    silent(story.at("10:31")).judged("x", &[("10:30", Due)]);
}

#[test]
fn the_newest_wish_counts_and_one_may_think_better_of_it() {
    let wishes = || enforced().label("phase::remediate", "09:10").label("phase::assess", "09:15");
    let ticked = |story: Story| story.ticks("tell", true, "09:20").ticks("save", true, "09:30");
    given(ticked(wishes())).at("09:31").effective("investigating", "low", "assess");
    given(ticked(wishes().label("phase::initiate", "09:18"))).at("09:31").effective("investigating", "low", "initiate");
}

#[test]
fn a_status_holds_whether_or_not_the_phase_may_follow_it() {
    let story = given(enforced().field(Field::Status, "confirmed", "09:10")).at("09:10");
    assert_eq!(story.keys("gate/").len(), 1);
    let story = story.effective("confirmed", "low", "initiate");
    let story = story.says_done("tell", "09:20").says_done("save", "09:21").at("09:22");
    story.effective("confirmed", "low", "remediate");
}

#[test]
fn the_order_in_which_facts_are_noticed_does_not_matter() {
    let one = enforced().label("phase::assess", "09:10").ticks("tell", true, "09:05").ticks("save", true, "09:06");
    given(one).effective("investigating", "low", "assess");
    let command = Command::Phase { to: "assess".to_owned() };
    let late = enforced().ticks("save", true, "09:30").says(command, "09:10").ticks("tell", true, "09:20");
    assert_eq!(given(late).incident().phase.at, warned().moment("09:30"));
}

#[test]
fn who_tries_the_same_again_is_not_told_the_same_again() {
    let story = given(enforced().label("phase::assess", "09:10").label("phase::assess", "09:20")).at("09:10");
    assert_eq!(story.keys("gate/").len(), 1);
    let story = silent(story.at("09:20")).ticks("tell", true, "09:25").label("phase::assess", "09:30").at("09:30");
    assert_eq!(said(&story).items.len(), 1, "something is different now");
}
