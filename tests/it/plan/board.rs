//! What commands and ticks leave on the board.

use chrono::{Duration, NaiveDate};
use hotwash::domain::{
    command::Command,
    event::What,
    message::{Board, Checklist, Message, MessageKind, TaskLine},
    people::Person,
    reading::{Field, Value},
};

use super::story::{Story, given, high};

const MORE: &str = r#"
[[flag]]
id = "personal-data"
title = "Personal data may be affected"
checklist = [{ id = "call-privacy", text = "Call the privacy office" }]
source = "handbook"

[[playbook]]
id = "stolen-hen"
title = "Stolen hen"
aliases = ["hen theft"]
checklist = ["Count the hens", "Look at the fence"]
source = "handbook"
"#;

fn board(story: &Story) -> Board {
    let Message::Board(board) = story.message(MessageKind::Board) else { panic!("not a board") };
    *board
}

fn step(text: &str, deferred: bool) -> Command {
    Command::Step { text: text.to_owned(), owner: Some(Person::Handle("bob".to_owned())), deferred }
}

fn lead(text: &str) -> Command {
    Command::Lead { text: text.to_owned(), owner: None }
}

fn done(what: &str) -> Command {
    Command::Done { what: what.to_owned() }
}

fn list<'b>(board: &'b Board, title: &str) -> &'b Checklist {
    let found = board.checklists.iter().find(|list| list.title.starts_with(title));
    found.unwrap_or_else(|| panic!("{title}: {:?}", board.checklists))
}

fn state(lines: &[TaskLine]) -> Vec<(&str, &str, bool)> {
    lines.iter().map(|line| (line.id.as_str(), line.text.0.as_str(), line.done)).collect()
}

/// A duty, a flag and an item that are told on a route.
const ROUTED: &str = r#"
[[route]]
id = "street"
title = "Criers"
source = "test"

[[flag]]
id = "loud"
title = "People ask"
route = "street"
checklist = ["Tell them", { text = "Tell the stakeholders", route = "stakeholders" }]
source = "test"

[[duty]]
id = "x"
title = "X"
owes = "ic"
ask = "Do X."
met_by = ["done:x"]
route = "street"
source = "test"
schedule = [{ within = "1h" }]
escalate = [{ after = "30m", to = ["leads"] }]
"#;

#[test]
fn what_is_told_on_a_route_says_where_as_far_as_the_project_says_it() {
    let mut story = high().following(ROUTED).opened("09:00").says(Command::Flag { name: "loud".to_owned() }, "09:01");
    let silent = board(&given(story.clone()).at("09:02"));
    assert!(silent.duties.iter().all(|line| line.place.0.is_empty()) && list(&silent, "Flag loud").place.0.is_empty());
    story.project.routes.insert("street".to_owned(), "#street".to_owned());
    let story = given(story).at("09:02");
    let told = board(&story);
    let places: Vec<(&str, &str)> = told
        .duties
        .iter()
        .map(|line| (line.id.as_str(), line.place.0.as_str()))
        .filter(|(_, at)| !at.is_empty())
        .collect();
    assert_eq!(places, [("x", "#street")]);
    let loud = list(&told, "Flag loud");
    assert_eq!(
        (loud.place.0.as_str(), loud.items[1].place.0.as_str()),
        ("#street", ""),
        "stakeholders lead nowhere here"
    );
}

#[test]
fn reminders_and_escalations_say_where_to_post() {
    let mut story = high().following(ROUTED).opened("09:00").comment(super::story::bob(), "09:01").sitrep("09:02");
    story.project.routes.insert("street".to_owned(), "#street".to_owned());
    let story = given(story.sitrep("09:59")).at("10:00").reminds("x");
    let Message::Reminder(reminder) = story.message(MessageKind::Reminder) else { panic!("not a reminder") };
    assert_eq!(reminder.place.0, "#street");
    let explained = hotwash::plan::why::explain(&story.incident(), &story.project, "x", story.moment("10:00")).unwrap();
    assert_eq!(explained.place, "#street");
    let Message::Escalation(told) = story.at("10:30").message(MessageKind::Escalation) else { panic!("not one") };
    assert_eq!(told.place.0, "#street");
}

#[test]
fn leads_and_steps_have_boxes_of_their_own() {
    let story = high().opened("09:00").says(lead("Who opened?"), "09:05").says(step("Mend", true), "09:06");
    let board = board(&given(story.says(done("1"), "09:07")).at("09:08"));
    assert_eq!(state(&board.leads), [("task-1", "Who opened?", true)]);
    assert_eq!(board.leads[0].by, "@bob");
    assert_eq!(state(&board.steps), [("task-2", "Mend", false)]);
    assert_eq!((board.steps[0].owner.0.as_str(), board.steps[0].deferred), ("@bob", true));
}

#[test]
fn a_board_shows_open_work_first_and_never_grows_without_end() {
    let mut story = high().opened("09:00");
    for number in 0..60 {
        story = story.says(lead(&format!("Lead {number} {}", "hen ".repeat(120))), "09:05");
    }
    let board = board(&given(story.says(done("1"), "09:07")).at("09:08"));
    assert_eq!((board.leads.len(), board.leads[0].id.as_str()), (25, "task-2"));
    assert!(board.leads.iter().all(|line| line.text.0.chars().count() <= 201));
}

#[test]
fn a_tick_on_the_board_is_remembered_and_taken_back() {
    let tick = |story: Story, on: bool, at: &str| story.ticked("assess-1", on, at);
    let story = high().process(MORE).opened("09:00").label("phase::assess", "09:01");
    let story = given(tick(story, true, "09:05")).at("09:06");
    let first = list(&board(&story), "To do in assess").items[0].clone();
    assert_eq!((first.id.as_str(), first.done, first.by.as_str()), ("assess-1", true, "@alice"));
    let story = tick(story, false, "09:07").at("09:08");
    assert!(!list(&board(&story), "To do in assess").items[0].done);
}

#[test]
fn flags_and_playbooks_bring_their_checklists() {
    let story = high().process(MORE).opened("09:00");
    let plain = board(&story.clone().at("09:01"));
    assert!(plain.checklists.iter().all(|list| list.title.starts_with("To do in")), "{:?}", plain.checklists);
    let flag = Command::Flag { name: "personal-data".to_owned() };
    let kind = Value::Text("Hen theft".to_owned());
    let story = story.says(flag, "09:05").tells(What::FieldSet { field: Field::Kind, value: kind }, "09:06");
    let story =
        story.says(Command::Playbook { name: "stolen-hen".to_owned() }, "09:07").says(done("call-privacy"), "09:08");
    let board = board(&given(story).at("09:09"));
    assert!(list(&board, "Flag personal-data").items[0].done);
    assert_eq!(list(&board, "Playbook: Stolen hen").items.len(), 2);
    assert_eq!(board.checklists.len(), plain.checklists.len() + 2, "a playbook stands there once");
}

#[test]
fn who_responds_and_who_is_on_shift_follows_the_commands() {
    let person = |handle: &str| Person::Handle(handle.to_owned());
    let named = Value::People(vec![person("bob"), person("carol")]);
    let responders = Command::Responders { add: vec![person("dave")], remove: vec![person("BOB")] };
    let shift = Command::Shift { who: vec![person("dave")], span: Some(Duration::hours(3)) };
    let story = high().opened("09:00").tells(What::FieldSet { field: Field::Responders, value: named }, "09:00");
    let board = board(&given(story.says(responders, "09:05").says(shift, "09:06")).at("09:07"));
    let all: Vec<&str> = board.responders.iter().map(|name| name.0.as_str()).collect();
    assert_eq!(all, ["@carol", "@dave"]);
    let shift = board.shift.unwrap();
    assert_eq!((shift.who[0].0.as_str(), shift.until.unwrap().spoken.as_str()), ("@dave", "2026-11-16 12:06 UTC"));
}

#[test]
fn what_waits_for_a_decision_what_is_waived_and_what_is_left_for_later_stands_there() {
    let disrupt = |text: &str| Command::Disrupt { text: text.to_owned() };
    let waive = Command::Waive { duty: "acknowledge".to_owned(), reason: "We sit together".to_owned() };
    let by = NaiveDate::from_ymd_opt(2026, 12, 1);
    let later = Command::Followup { text: "Buy locks".to_owned(), owner: None, by };
    let story = high().opened("09:00").says(disrupt("Lock the coop"), "09:05").says(disrupt("Close the road"), "09:06");
    let story = story.says(Command::Approve, "09:07").says(waive, "09:08").says(later, "09:09");
    let board = board(&given(story).at("09:10"));
    let open: Vec<&str> = board.disruptions.iter().map(|asked| asked.text.0.as_str()).collect();
    assert_eq!(open, ["Lock the coop"], "the last one asked for is decided first");
    assert_eq!((board.waived[0].id.as_str(), board.waived[0].reason.0.as_str()), ("acknowledge", "We sit together"));
    assert_eq!((board.follow_ups[0].text.0.as_str(), board.follow_ups[0].date.as_str()), ("Buy locks", "2026-12-01"));
}
