//! Who can read an incident: it is made confidential where it never was, and alarmed about where a person opened it.

use hotwash::domain::{
    action::Effect,
    event::{DutyState::Missed, Exposure, What},
    message::{Alarm, Message, MessageKind},
};

use super::story::{Story, given, high};

const PROJECT: What = What::Exposed { how: Exposure::Project };
const FLAG: What = What::Exposed { how: Exposure::Flag };
const FILED: What = What::Exposed { how: Exposure::Filed };
const MAILED: What = What::Exposed { how: Exposure::Mailed };

fn raised(story: &Story) -> Alarm {
    let Message::Alarm(alarm) = story.message(MessageKind::Alarm) else { panic!("another message") };
    alarm
}

fn all_keys(story: &Story) -> Vec<String> {
    story.keys("")
}

#[test]
fn an_issue_that_never_was_confidential_is_made_so_before_anything_else() {
    let story = given(high().opened("09:00").tells(FILED, "09:00")).at("09:00");
    assert_eq!(all_keys(&story), ["confidential/2026-11-16T09:00:00Z"]);
    assert!(matches!(story.done()[0].what, Effect::MakeConfidential));
    let story = story.at("09:01");
    let keys = all_keys(&story);
    assert!(keys.contains(&"board".to_owned()) && story.keys("confidential/").is_empty(), "{keys:?}");
}

#[test]
fn an_exposed_incident_gets_one_alarm_and_nothing_else() {
    let story = given(high().opened("09:00").ic_field("carol", "09:00")).at("09:00");
    let story = story.tells(FLAG, "09:30").at("09:31");
    assert_eq!(all_keys(&story), ["alarm/2026-11-16T09:30:00Z"]);
    let alarm = raised(&story);
    assert!(alarm.flag && !alarm.over);
    assert_eq!(alarm.mention, "@carol");
    // A sitrep is due at 10:00, somebody raises the severity and gives a command.
    let story = story.label("severity::low", "10:20").at("10:30");
    assert_eq!(all_keys(&story), Vec::<String>::new());
}

#[test]
fn the_clocks_go_on_and_what_was_missed_comes_in_one_catch_up_afterwards() {
    let story = given(high().opened("09:00")).at("09:00").tells(PROJECT, "09:30").at("09:30");
    assert_eq!(all_keys(&story), ["alarm/2026-11-16T09:30:00Z"]);
    let story = story.running_until("12:30");
    assert_eq!(all_keys(&story), Vec::<String>::new());
    assert!(story.incident().duties.values().any(|state| *state == Missed), "{:?}", story.incident().duties);
    let story = story.tells(What::Hidden, "12:31").at("12:31");
    assert_eq!(story.keys("catch-up/").len(), 1, "{:?}", all_keys(&story));
    assert_eq!(story.keys("collapse/alarm/"), ["collapse/alarm/2026-11-16T09:30:00Z"]);
    assert_eq!(story.at("12:32").keys("collapse/"), Vec::<String>::new(), "once");
}

#[test]
fn a_second_exposure_is_alarmed_about_again() {
    let story = given(high().opened("09:00")).at("09:00").tells(PROJECT, "09:10").at("09:10");
    let story = story.tells(What::Hidden, "09:11").at("09:11").tells(PROJECT, "09:12").at("09:12");
    assert_eq!(all_keys(&story), ["alarm/2026-11-16T09:12:00Z"]);
}

#[test]
fn another_exposure_within_a_minute_of_the_first_has_its_own_alarm() {
    let story = given(high().opened("09:00")).at("09:00").tells(MAILED, "09:30").at("09:30");
    assert_eq!(all_keys(&story), ["alarm/2026-11-16T09:30:00Z"]);
    let story = story.tells(FLAG, "09:31").at("09:31");
    assert_eq!(all_keys(&story), ["alarm/2026-11-16T09:31:00Z"]);
    assert!(raised(&story).flag);
}

#[test]
fn an_alarm_found_in_the_thread_after_the_journal_was_lost_is_not_raised_again() {
    let comment = hotwash::domain::ids::CommentId(7);
    let key = "alarm/2026-11-16T09:30:00Z".to_owned();
    let wrote = What::Wrote { key, kind: MessageKind::Alarm, comment, covers: Vec::new() };
    // Nobody remembers since when the project is public.
    let story = given(high().opened("09:00").tells(PROJECT, "09:00").tells(wrote, "09:31")).at("10:00");
    assert_eq!(all_keys(&story), Vec::<String>::new());
}

#[test]
fn a_closed_incident_is_not_alarmed_about_and_gets_its_report_when_it_is_closed_to_others() {
    let story = given(high().opened("09:00")).at("09:00").tells(PROJECT, "09:10").closed("09:11").at("09:12");
    assert_eq!(all_keys(&story), Vec::<String>::new());
    let story = story.tells(What::Hidden, "09:30").at("09:30");
    assert_eq!(story.keys("retrospective/").len(), 1, "{:?}", all_keys(&story));
}

#[test]
fn an_incident_that_is_mailed_to_outsiders_gets_one_alarm_and_no_flag() {
    let story = given(high().opened("09:00").tells(MAILED, "09:00")).at("09:00");
    assert_eq!(all_keys(&story), ["alarm/2026-11-16T09:00:00Z"]);
    let alarm = raised(&story);
    assert!(alarm.mailed && !alarm.flag && !alarm.refused && !alarm.over);
    assert_eq!(all_keys(&story.running_until("12:30")), Vec::<String>::new());
}
