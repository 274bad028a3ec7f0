//! A false alarm is told to whoever was told of it.

use hotwash::domain::{
    command::Command,
    message::{FalseAlarm, Message},
};

use super::story::{Story, given, high};

fn notified(who: &str) -> Command {
    Command::Notified { who: who.to_owned(), at: None }
}

fn told(story: &Story) -> FalseAlarm {
    let Message::FalseAlarm(told) = story.message_under("false-alarm/") else { panic!("another message") };
    told
}

fn texts(list: &[hotwash::domain::message::Wild]) -> Vec<&str> {
    list.iter().map(|text| text.0.as_str()).collect()
}

#[test]
fn those_who_were_notified_are_mentioned_or_listed_once() {
    let story = high().process("").role("leads", &["@dora"]).opened("09:00");
    let story =
        story.says(notified("leads"), "09:05").says(notified("us-cert"), "09:06").says(notified("@carol"), "09:07");
    let story = given(story.label("status::false alarm", "09:08").label("status::false-alarm", "09:08")).at("09:08");
    let told = told(&story);
    assert_eq!(told.mention, "@dora @carol");
    assert_eq!((texts(&told.reached), texts(&told.others)), (vec!["Leads", "@carol"], vec!["us-cert"]));
    assert_eq!(story.at("09:09").keys("false-alarm/"), Vec::<String>::new());
}

#[test]
fn those_who_were_called_are_told_though_nobody_noted_them() {
    let story = given(high().opened("09:00")).at("09:00").at("10:01");
    assert_eq!(story.keys("reminder/").len() + story.keys("catch-up/").len(), 1);
    // It was alice who filed the issue, so she was reminded; bob found out.
    let story = story.says(Command::Status { to: "false alarm".to_owned() }, "10:05").at("10:05");
    assert_eq!(told(&story).mention, "@alice");
}

#[test]
fn where_nobody_was_told_nobody_is_bothered() {
    let story = given(high().opened("09:00").label("status::false-alarm", "09:01")).at("09:01");
    assert_eq!(story.keys("false-alarm/"), Vec::<String>::new());
}

#[test]
fn a_second_false_alarm_is_told_again() {
    let story = high().opened("09:00").says(notified("us-cert"), "09:05").label("status::false-alarm", "09:06");
    let story = given(story).at("09:06").label("status::investigating", "09:10").at("09:10");
    let story = story.label("status::false-alarm", "09:20").at("09:20");
    assert_eq!(story.keys("false-alarm/"), ["false-alarm/2026-11-16T09:20:00Z"]);
}
