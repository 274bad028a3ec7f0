//! A4.1 to A4.11: names, templates, and what is written where.

use super::{come_at_once, come_with, given, story};

#[test]
fn a4_1_the_template_is_read_as_it_is_filed() {
    given("cloud-gov").plays([
        story("with nothing filled in")
            .filed("09:00", "unknown")
            .carries("09:01", "status::investigating")
            .carries("09:01", "severity::unknown")
            .reads("09:01", "board", &["IC: nobody", "Responders: none named"])
            .reads_no("09:01", "board", &["To mend"]),
        story("in other words")
            .filed_with("09:00", &[("Severity", "2 - Med"), ("IC", "@carol"), ("Responders", "@bob and Dave")])
            .carries("09:01", "severity::medium")
            .reads("09:01", "board", &["IC: @carol", "Responders: @bob, Dave"])
            .reads_no("09:01", "board", &["To mend"]),
        story("with a slip, which is shown and changes nothing")
            .filed("09:00", "low")
            .edits("09:10", "Severity", "hihg")
            .carries("09:11", "severity::low")
            .reads("09:11", "board", &["To mend", "hihg", "Nearest allowed: high"])
            .edits("09:20", "Severity", "high")
            .carries("09:21", "severity::high")
            .reads_no("09:21", "board", &["To mend"]),
    ]);
}

#[test]
fn a4_2_a_sitrep_has_its_form() {
    let acked = |name| story(name).filed("09:00", "high").acked("09:02").says("09:05", "responders +@carol");
    let form = ["[sitrep] Odd logins", "/issues/1 Severity: high IC: @bob Responders: @carol", "the keys are replaced"];
    for process in ["cloud-gov", "civicactions"] {
        given(process).plays([
            acked("by command")
                .says("09:30", "sitrep the keys are replaced")
                .reads("09:31", "sitrep", &form)
                .counts("10:00", "sitrep", 1),
            acked("as a comment, which needs no second one")
                .comments("09:30", "[sitrep] the keys are replaced")
                .owes("09:31", "sitrep", "waiting", "10:30")
                .counts("10:00", "sitrep", 0),
            acked("a draft counts for nothing")
                .says("09:30", "sitrep")
                .reads("09:31", "sitrep", &["Draft", "does not count"])
                .owes("09:31", "sitrep", "waiting", "10:00"),
        ]);
    }
}

#[test]
fn a4_3_the_first_sitrep_follows_the_confirmation() {
    let confirmed = |name| {
        let story = story(name).filed("09:00", "high").acked("09:02").comments("09:10", "Sitrep: looking.");
        story.owes_no("09:11", "first-sitrep").says("09:30", "status confirmed")
    };
    for process in ["cloud-gov", "civicactions"] {
        given(process).plays([
            confirmed("nobody reports").hears("12:00", "first-sitrep", &["10:00 @bob"]),
            confirmed("in time")
                .says("09:50", "sitrep somebody used Dave's key")
                .owes("09:51", "first-sitrep", "met", "10:00")
                .hears("12:00", "first-sitrep", &[]),
            story("never confirmed").filed("09:00", "high").acked("09:02").hears("12:00", "first-sitrep", &[]),
        ]);
    }
    given("cloud-gov").plays([confirmed("what it holds").hears("10:00", "first-sitrep", &["10:00 @bob"]).reads(
        "10:00",
        "catch-up",
        &["confirm the incident, sum it up, name the IC, link this issue"],
    )]);
}

#[test]
fn a4_4_a_channel_is_named_after_the_issue() {
    let list = come_with("phase engagement", &["engagement-channel"]);
    given("gitlab-sirt").plays([list.reads("09:40", "board", &["named secops_ and the number of the issue"])]);
}

#[test]
fn a4_5_a_private_channel_or_signal() {
    given("sectemplates").plays([
        come_at_once("assess", &["step-2"]),
        come_with("flag chat-compromised", &["chat-compromised-1", "chat-compromised-2"]).reads(
            "09:40",
            "board",
            &["Move to a verified Signal group"],
        ),
    ]);
}

#[test]
fn a4_6_a_call_has_its_link_in_the_topic() {
    given("gitlab-sirt").plays([come_with("phase engagement", &["engagement-bridge"])]);
    given("sectemplates").plays([come_at_once("assess", &["step-3"])]);
}

#[test]
fn a4_7_a_record_of_events_and_a_folder_for_evidence() {
    given("gitlab-sirt").plays([come_with("phase engagement", &["engagement-log", "engagement-evidence"])]);
}

#[test]
fn a4_8_the_commander_keeps_a_working_document() {
    given("sectemplates").plays([come_with("phase contain", &["step-9"]), come_with("phase remediate", &["step-15"])]);
}

#[test]
fn a4_9_the_ticket_collects_what_belongs_to_the_incident() {
    given("sectemplates").plays([come_at_once("assess", &["step-14"])]);
}

#[test]
fn a4_10_legal_is_asked_whether_it_is_privileged() {
    let list = come_with("flag personal-data", &["privilege"]);
    given("sectemplates").plays([list.reads("09:40", "board", &["attorney client privileged"])]);
}

#[test]
fn a4_11_the_tracking_issue_comes_first_and_is_confidential() {
    let tracking = |name| story(name).filed("09:00", "low").acked("09:02").says("09:10", "phase tracking");
    given("gitlab-sirt").plays([
        come_with("phase tracking", &["tracking-issue", "tracking-confidential"]),
        tracking("left without")
            .says("09:20", "phase severity")
            .reads("09:21", "gate", &["tracking-issue"])
            .counts("12:00", "gate", 1),
        tracking("left with it")
            .ticks("09:15", "tracking-issue")
            .says("09:20", "phase severity")
            .counts("12:00", "gate", 0),
    ]);
}
