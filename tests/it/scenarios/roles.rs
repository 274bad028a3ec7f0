//! A3.1 to A3.11: who does what, and who is called.

use super::{come_at_once, come_with, given, story};

#[test]
fn a3_1_the_reporter_is_recorded_and_acknowledged() {
    for (process, first) in
        [("cloud-gov", "09:10"), ("civicactions", "09:10"), ("gitlab-sirt", "09:15"), ("sectemplates", "09:15")]
    {
        given(process).plays([
            story("only the reporter speaks")
                .filed("09:00", "unknown")
                .reads("09:01", "board", &["Reporter: @erin"])
                .by("erin")
                .comments("09:05", "Is anybody there?")
                .hears("09:16", "acknowledge", &[first]),
            story("somebody else does").filed("09:00", "unknown").by("carol").comments("09:05", "I am.").hears(
                "12:00",
                "acknowledge",
                &[],
            ),
        ]);
    }
}

#[test]
fn a3_2_the_first_responder_commands_alone_and_may_hand_on() {
    for (process, item) in [("cloud-gov", "initiate-2"), ("civicactions", "initiate-3")] {
        given(process).plays([
            come_at_once("assess", &[item]),
            story("one after the other")
                .filed("09:00", "low")
                .reads("09:01", "board", &["IC: nobody"])
                .acked("09:05")
                .reads("09:06", "board", &["IC: @bob"])
                .by("carol")
                .says("09:10", "ack")
                .reads("09:11", "board", &["IC: @bob"])
                .says("09:20", "handoff @carol")
                .reads("09:21", "board", &["IC: @carol"])
                .says("09:30", "ic @dave")
                .reads("09:31", "board", &["IC: @dave"])
                .counts("12:00", "handoff", 1),
            story("the reporter may be the first").filed("09:00", "low").by("erin").says("09:05", "ack").reads(
                "09:06",
                "board",
                &["IC: @erin"],
            ),
            story("who may only read does not command").filed("09:00", "low").by("mallory").says("09:05", "ack").reads(
                "09:06",
                "board",
                &["IC: nobody"],
            ),
        ]);
    }
}

#[test]
fn a3_3_the_commander_keeps_notes_that_an_outsider_can_follow() {
    let list = come_with("phase remediate", &["remediate-6"]);
    given("cloud-gov").plays([list.reads("09:40", "board", &["Keep notes good enough for somebody from outside"])]);
}

#[test]
fn a3_4_responders_are_named_and_their_reports_are_kept() {
    for process in ["cloud-gov", "civicactions"] {
        given(process).plays([story("two join, one leaves")
            .filed("09:00", "low")
            .acked("09:02")
            .says("09:05", "responders +@carol +@dave")
            .reads("09:06", "board", &["Responders: @carol, @dave"])
            .says("09:10", "responders -@dave")
            .reads("09:11", "board", &["Responders: @carol"])
            .reads_no("09:11", "board", &["@dave"])
            .by("carol")
            .comments("09:20", "Sitrep: one laptop, wiped.")
            .closed("09:30")
            .reads(
                "09:31",
                "retrospective",
                &["09:20 UTC carol posted a situation report", "changed who responds: @carol, @dave joined"],
            )]);
    }
}

#[test]
fn a3_5_the_leads_are_asked_and_the_infrastructure_lead_is_called_last() {
    let silent = |name| story(name).filed("09:00", "medium");
    given("cloud-gov").plays([
        silent("nobody acknowledges").by("erin").ticks("09:02", "tell-security").hears(
            "09:31",
            "acknowledge",
            &["09:10", "09:20 @leads", "09:30 @leads @infrastructure-lead"],
        ),
        silent("somebody wants to disrupt service").acked("09:02").says("09:20", "disrupt x").hears(
            "10:00",
            "disruption-consult",
            &["09:50 @leads"],
        ),
        silent("nobody does").acked("09:02").hears("12:00", "disruption-consult", &[]),
    ]);
    given("civicactions").plays([silent("nobody acknowledges").hears(
        "09:21",
        "acknowledge",
        &["09:10 @contact-sheet", "09:20 @contact-sheet @leads"],
    )]);
}

#[test]
fn a3_6_the_engineer_pages_the_simoc_who_arranges_what_is_said() {
    let flagged = |name| story(name).filed("09:00", "high").acked("09:02").says("09:30", "flag simoc");
    let duty = "simoc-communications";
    given("gitlab-sirt").plays([
        story("the engineer is called first").filed("09:00", "high").hears(
            "09:16",
            "acknowledge",
            &["09:15 @engineer"],
        ),
        flagged("not before the page").hears("12:00", duty, &[]),
        flagged("an hour after it").says("09:40", "notified simoc").hears("12:00", duty, &["10:40 @simoc"]),
        flagged("arranged").says("09:40", "notified simoc").says("10:00", "notified communications").hears(
            "12:00",
            duty,
            &[],
        ),
    ]);
}

#[test]
fn a3_7_director_and_legal_are_asked_in_their_turn() {
    let flagged = |name| {
        let story = story(name).filed("09:00", "high").acked("09:02").says("09:30", "flag law-enforcement");
        story.hears("09:34", "law-validate", &[]).says("09:35", "notified director")
    };
    given("gitlab-sirt").plays([
        flagged("the director does not get to it").hears("16:00", "law-validate", &["13:35 @director"]),
        flagged("legal has validated it").says("11:00", "notified legal").hears("16:00", "law-validate", &[]),
    ]);
}

#[test]
fn a3_8_only_some_may_let_others_know() {
    let items = ["disclosure-1", "disclosure-2", "disclosure-3"];
    let list = come_with("flag disclosure", &items);
    given("gitlab-sirt").plays([list.reads(
        "09:40",
        "board",
        &["Get the permission of legal, the director of security"],
    )]);
}

#[test]
fn a3_9_customers_are_told_together_with_the_product_owner() {
    let list = come_with("flag customers", &["customers-1", "customers-2"]);
    given("civicactions").plays([list.reads("09:40", "board", &["Agree with the product owner"])]);
}

#[test]
fn a3_10_those_who_must_know_are_looped_in() {
    given("sectemplates").plays([
        come_at_once("assess", &["step-1"]),
        come_with("phase assess", &["step-5", "step-7"]),
        come_with("phase remediate", &["step-12"]).reads("09:40", "board", &["let QA test"]),
        come_with("flag public-note", &["public-legal", "public-relations"]),
        come_with("flag leadership", &["step-17"]),
        story("who is on call").filed("09:00", "sev1").hears(
            "09:31",
            "acknowledge",
            &["09:15 @on-call", "09:30 @on-call"],
        ),
        story("who owns what is to be switched off")
            .filed("09:00", "sev1")
            .acked("09:02")
            .says("09:20", "disrupt x")
            .hears("10:21", "disruption-consult", &["09:50 @owners", "10:20 @owners @executives"]),
    ]);
}

#[test]
fn a3_11_somebody_leads_the_retrospective() {
    for process in ["cloud-gov", "civicactions"] {
        let list = come_with("phase retrospective", &["retrospective-1"]);
        given(process).plays([list.reads("09:40", "board", &["Agree on who leads the retrospective"])]);
    }
}
