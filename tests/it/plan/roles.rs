//! Who is called: by the issue, by the project's configuration, by the process.

use hotwash::domain::{
    command::Command,
    message::{Message, MessageKind},
    people::Person,
};

use super::story::{Story, bob, given, low};

fn owed_by(role: &str) -> Story {
    let process = format!(
        "[[role]]\nid = \"leads\"\ntitle = \"Leads\"\nhandles = [\"@dave\", \"@acme/leads\"]\nsource = \"test\"\n\
         [[role]]\nid = \"director\"\ntitle = \"Director\"\nsource = \"test\"\n\
         [[duty]]\nid = \"x\"\ntitle = \"X\"\nowes = \"{role}\"\nask = \"Do X.\"\nmet_by = [\"done:x\"]\n\
         source = \"test\"\nschedule = [{{ within = \"2h\" }}]\n"
    );
    low().following(&process).opened("08:00").comment(bob(), "08:01").sitrep("09:30")
}

/// Whom the reminder of `x` calls.
fn called(story: Story) -> String {
    let story = given(story).at("10:00").reminds("x");
    let Message::Reminder(reminder) = story.message(MessageKind::Reminder) else { panic!("not a reminder") };
    reminder.mention
}

fn handle(name: &str) -> Person {
    Person::Handle(name.to_owned())
}

#[test]
fn the_commander_owes_what_the_commander_owes_and_without_one_whoever_filed() {
    assert_eq!(called(owed_by("ic").ic_field("carol", "08:00")), "@carol");
    assert_eq!(called(owed_by("ic")), "@alice");
}

#[test]
fn whoever_filed_is_the_reporter_whoever_commands() {
    assert_eq!(called(owed_by("reporter").ic_field("carol", "08:00")), "@alice");
}

#[test]
fn responders_are_those_of_the_issue_and_those_who_joined_by_command() {
    let named = [handle("erin"), Person::Name("Grace @everyone".to_owned()), handle("frank")];
    let story = owed_by("responders").responders(&named, "08:00");
    assert_eq!(called(story.clone()), "@erin @frank");
    let change = Command::Responders { add: vec![handle("dave")], remove: vec![handle("ERIN")] };
    assert_eq!(called(story.says(change, "08:30")), "@frank @dave");
    assert_eq!(called(owed_by("responders").ic_field("carol", "08:00")), "@carol", "nobody is known");
}

#[test]
fn a_role_is_played_by_whom_the_project_names_else_by_whom_the_process_names() {
    assert_eq!(called(owed_by("leads")), "@dave @acme/leads");
    assert_eq!(called(owed_by("leads").role("leads", &["@erin"])), "@erin");
    assert_eq!(called(owed_by("leads").role("leads", &[])), "@dave @acme/leads");
    assert_eq!(called(owed_by("director").ic_field("carol", "08:00")), "@carol");
}

#[test]
fn a_commander_who_is_a_name_only_is_mentioned_nowhere_and_whoever_filed_is_called() {
    let story = owed_by("ic");
    let ic = Command::Ic { who: Person::Name("Carol <!-- @everyone -->".to_owned()) };
    assert_eq!(called(story.says(ic, "08:10")), "@alice");
}

#[test]
fn the_end_of_a_shift_is_told_to_whoever_is_on_it() {
    let mention = |who: Vec<Person>| {
        let shift = Command::Shift { who, span: Some(chrono::Duration::hours(3)) };
        let story = low().process("").opened("09:00").responders(&[handle("erin")], "09:00").says(shift, "09:07");
        let Message::Reminder(reminder) = given(story).running_until("12:30").message_under("reminder/shift@") else {
            panic!("not a reminder")
        };
        reminder.mention
    };
    assert_eq!(mention(vec![handle("frank"), handle("grace")]), "@frank @grace");
    assert_eq!(mention(vec![Person::Name("Frank".to_owned())]), "@erin", "a name cannot be called");
}
