//! Every command is answered once.

use hotwash::domain::{
    command::Command,
    event::{Outcome, What},
    ids::CommentId,
    message::{Message, MessageKind},
    people::Person,
    process::Authority,
};

use super::story::{given, high};

#[test]
fn an_obeyed_command_gets_a_reaction_and_no_comment() {
    let story = given(high().opened("09:00").says(Command::Ack, "09:05")).at("09:05");
    assert_eq!(story.keys("react/").len(), 1);
    assert_eq!(story.keys("reply/"), Vec::<String>::new());
}

#[test]
fn a_refused_command_gets_one_short_reply_with_the_allowed_forms() {
    let refused = Outcome::Refused { why: "There is no such status.".to_owned() };
    let story = given(high().opened("09:00").refused(refused, "09:05")).at("09:05");
    let Message::Reply(reply) = story.message(MessageKind::Reply) else { panic!("not a reply") };
    assert_eq!(reply.lines, ["There is no such status."]);
    assert!(reply.forms.iter().any(|(form, _)| form == "ack"));
    assert_eq!(story.at("09:06").keys("reply/"), Vec::<String>::new());
}

#[test]
fn somebody_without_write_access_is_told_so() {
    let story = given(high().opened("09:00").refused(Outcome::NotAllowed, "09:05")).at("09:05");
    let Message::Reply(reply) = story.message(MessageKind::Reply) else { panic!("not a reply") };
    assert!(reply.lines[0].contains("write access"));
    assert!(reply.forms.is_empty());
}

#[test]
fn a_sitrep_command_posts_the_sitrep_and_meets_the_duty() {
    let command = Command::Sitrep { text: Some("Contained.\nWatching.".to_owned()) };
    let story = given(high().opened("09:00").says(command, "09:40")).at("09:40");
    let Message::Sitrep(sitrep) = story.message(MessageKind::Sitrep) else { panic!("not a sitrep") };
    assert_eq!(sitrep.text.len(), 2);
    assert!(!sitrep.draft);
    story.at("10:01").stays_silent();
}

#[test]
fn a_sitrep_without_text_is_a_draft_and_meets_nothing() {
    let story = given(high().opened("09:00").says(Command::Sitrep { text: None }, "09:40")).at("09:40");
    let Message::Sitrep(sitrep) = story.message(MessageKind::Sitrep) else { panic!("not a sitrep") };
    assert!(sitrep.draft);
    assert!(
        story
            .incident()
            .evidence
            .iter()
            .all(|evidence| evidence.kind != hotwash::domain::process::EvidenceKind::Sitrep)
    );
}

#[test]
fn a_hand_off_posts_the_packet_and_changes_the_commander() {
    let handoff = Command::Handoff { who: Person::Handle("dave".to_owned()) };
    let story =
        given(high().opened("09:00").ic_field("carol", "09:00").sitrep("09:30").says(handoff, "09:45")).at("09:45");
    let Message::Handoff(packet) = story.message(MessageKind::Handoff) else { panic!("not a packet") };
    assert_eq!((packet.from.0.as_str(), packet.mention.as_str()), ("@carol", "@dave"));
    assert_eq!(packet.last_sitrep_at.unwrap().spoken, "2026-11-16 09:30 UTC");
    let ids: Vec<&str> = packet.duties.iter().map(|duty| duty.id.as_str()).collect();
    assert_eq!(ids, ["sitrep"], "what is over is not handed on");
}

#[test]
fn why_explains_a_dutys_clock() {
    let story = given(high().opened("09:00").says(Command::Why { duty: "sitrep".to_owned() }, "09:20")).at("09:20");
    let Message::Reply(reply) = story.message(MessageKind::Reply) else { panic!("not a reply") };
    let text = reply.lines.join(" ");
    assert!(text.contains("every 1 h") && text.contains("2026-11-16 10:00 UTC"), "{text}");
}

#[test]
fn a_wish_to_disrupt_is_answered_with_what_the_severity_allows() {
    let card = |authority| {
        let disrupt = Command::Disrupt { text: "Lock the coop".to_owned() };
        let story = high().authority("high", authority).opened("09:00").says(disrupt, "09:05");
        let story = given(story).at("09:06");
        assert_eq!(story.keys("authority/").len(), 1);
        let Message::Authority(card) = story.message(MessageKind::Authority) else { panic!("not a card") };
        assert_eq!((card.severity.as_str(), card.quoted.0.as_str()), ("high", "Lock the coop"));
        assert_eq!(story.at("09:07").keys("authority/"), Vec::<String>::new(), "once");
        (card.allows, card.alone_at.map(|at| at.spoken))
    };
    assert_eq!(card(Some(Authority::Act)), ("act".to_owned(), None));
    let alone = Some("2026-11-16 10:05 UTC".to_owned());
    assert_eq!(card(Some(Authority::Consult)), ("consult".to_owned(), alone));
    assert_eq!(card(Some(Authority::Agree)), ("agree".to_owned(), None));
    assert_eq!(card(None), (String::new(), None));
}

#[test]
fn a_command_that_changes_nothing_says_why() {
    let lead = Command::Lead { text: "Who opened?".to_owned(), owner: None };
    let done = |what: &str| Command::Done { what: what.to_owned() };
    let disrupt = Command::Disrupt { text: "Lock the coop".to_owned() };
    let story = high().opened("09:00").says(lead, "09:01").says(disrupt, "09:02");
    let fine = given(story.clone().says(done("1"), "09:05").says(Command::Decline, "09:06")).at("09:07");
    assert_eq!(fine.keys("reply/"), Vec::<String>::new());
    for (command, said) in [(done("7"), "no lead or step"), (Command::Approve, "nothing to decide")] {
        let story = given(story.clone().says(Command::Decline, "09:03").says(command, "09:05")).at("09:06");
        let Message::Reply(reply) = story.message(MessageKind::Reply) else { panic!("not a reply") };
        assert!(reply.lines.len() == 1 && reply.lines[0].contains(said), "{:?}", reply.lines);
        assert_eq!(story.keys("react/").len(), 3, "only what was done is marked as done");
    }
}

#[test]
fn a_flag_is_answered_with_its_checklist() {
    let flag = "[[flag]]\nid = \"eggs\"\ntitle = \"Eggs are lost\"\nchecklist = [\"Tell the baker\"]\nsource = \"x\"\n";
    let raised = Command::Flag { name: "eggs".to_owned() };
    let story = given(high().process(flag).opened("09:00").says(raised, "09:05")).at("09:06");
    let Message::Reply(reply) = story.message(MessageKind::Reply) else { panic!("not a reply") };
    assert!(reply.lines[0].starts_with("The flag eggs is raised: Eggs are lost."), "{:?}", reply.lines);
    assert_eq!(reply.items.iter().map(|item| item.text.as_str()).collect::<Vec<_>>(), ["Tell the baker"]);
}

#[test]
fn what_is_wrong_with_several_commands_of_one_comment_is_said_in_one_reply() {
    let wrong = |text: &str, why: &str| What::Commanded {
        comment: CommentId(7),
        text: text.to_owned(),
        command: None,
        outcome: Outcome::Refused { why: why.to_owned() },
    };
    let story = high().opened("09:00").tells(wrong("a", "No such status."), "09:05");
    let story = story.tells(wrong("b", "No such phase."), "09:05").tells(wrong("c", "No such phase."), "09:05");
    let story = given(story).at("09:05");
    assert_eq!(story.keys("reply/").len(), 1);
    let Message::Reply(reply) = story.message(MessageKind::Reply) else { panic!("not a reply") };
    assert_eq!(reply.lines, ["No such status.", "No such phase."]);
}
