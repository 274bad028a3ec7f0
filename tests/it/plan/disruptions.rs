//! Who may let a disruption go ahead.

use hotwash::domain::{
    command::Command,
    event::DutyState,
    message::{Message, MessageKind, Reply},
    process::{Authority, EvidenceKind},
};

use super::story::{Story, alice, bob, given, high, low, medium};

fn disrupt() -> Command {
    Command::Disrupt { text: "Lock the coop".to_owned() }
}

/// Bob asks at 09:05.
fn asked(story: Story) -> Story {
    story.role("leads", &["@dora"]).opened("09:00").says_as(bob(), disrupt(), "09:05")
}

fn decided(story: &Story) -> bool {
    story.incident().evidence.iter().any(|evidence| evidence.kind == EvidenceKind::Decided)
}

fn reply(story: &Story) -> Reply {
    let Message::Reply(reply) = story.message(MessageKind::Reply) else { panic!("not a reply") };
    reply
}

#[test]
fn who_asked_cannot_approve_where_others_are_to_be_asked() {
    for (severity, authority) in [(medium(), Authority::Consult), (low(), Authority::Agree)] {
        let named = if authority == Authority::Consult { "medium" } else { "low" };
        let asked = asked(severity.process("")).authority(named, Some(authority));
        let story = given(asked.says_as(bob(), Command::Approve, "09:10")).at("09:10");
        assert!(!decided(&story), "{authority:?}");
        let said = reply(&story);
        assert!(said.lines[0].contains("somebody else has to agree: Leads (dora)"), "{:?}", said.lines);
        assert_eq!(said.lines[0].contains("If nobody answers"), authority == Authority::Consult, "{:?}", said.lines);
        assert!(said.forms.is_empty(), "one short sentence is enough");
        assert_eq!(story.clone().at("09:11").keys("reply/"), Vec::<String>::new());
        assert!(decided(&story.says_as(alice(), Command::Approve, "09:20").at("09:20")));
    }
}

#[test]
fn where_the_team_may_act_or_the_process_is_silent_anybody_approves() {
    for authority in [Some(Authority::Act), None] {
        let story = asked(medium()).authority("medium", authority).says_as(bob(), Command::Approve, "09:10");
        let story = given(story).at("09:10");
        assert!(decided(&story), "{authority:?}");
        assert_eq!(story.keys("reply/"), Vec::<String>::new());
    }
}

#[test]
fn who_asked_may_take_it_back() {
    let story = asked(low()).authority("low", Some(Authority::Agree)).says_as(bob(), Command::Decline, "09:10");
    assert!(decided(&given(story).at("09:10")));
}

#[test]
fn after_the_hour_of_silence_who_asked_may_go_ahead() {
    let story = || asked(medium()).authority("medium", Some(Authority::Consult));
    assert!(!decided(&given(story().says_as(bob(), Command::Approve, "10:04")).at("10:04")));
    assert!(decided(&given(story().says_as(bob(), Command::Approve, "10:05")).at("10:05")));
    let agree = asked(low()).authority("low", Some(Authority::Agree));
    assert!(
        !decided(&given(agree.says_as(bob(), Command::Approve, "12:00")).at("12:00")),
        "agreement has no such hour"
    );
}

#[test]
fn the_severity_at_the_asking_decides() {
    let story = asked(medium()).authority("medium", Some(Authority::Consult)).authority("high", Some(Authority::Act));
    let story = story.label("severity::high", "09:08").says_as(bob(), Command::Approve, "09:10");
    assert!(!decided(&given(story).at("09:10")));
}

#[test]
fn what_was_asked_for_at_high_is_not_judged_as_at_medium_once_it_is_lowered() {
    let story = high().process("").role("leads", &["@dora"]).opened("09:00").says_as(bob(), disrupt(), "09:05");
    let story = given(story.label("severity::medium", "10:20")).running_until("12:00");
    assert_eq!(story.keys("reminder/disruption-consult@"), Vec::<String>::new());
    assert_eq!(story.keys("escalation/disruption-consult@"), Vec::<String>::new());
    let story = story.judged("disruption-consult", &[]).judged("disruption-notice", &[("09:35", DutyState::Due)]);
    let later = story.says_as(bob(), disrupt(), "12:05").running_until("13:10");
    later.judged("disruption-consult", &[("13:05", DutyState::Due)]);
}
