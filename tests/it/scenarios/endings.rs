//! T15, T16, T19, T21: what is owed once it is over.

use super::{come_with, given, story};

/// Three business days of eight hours for the worst severity.
const THREE_DAYS: &[&str] = &["Thu 11:00 @bob"];

#[test]
fn t15_the_retrospective_follows_the_worst_severity() {
    for (process, high, low, resolved) in [
        ("cloud-gov", "high", "low", "resolved"),
        ("civicactions", "high", "low", "ready for QA"),
        ("gitlab-sirt", "high", "low", "resolved"),
        ("sectemplates", "sev1", "sev3", "resolved"),
    ] {
        let over = |name, worst: &str| {
            let story = story(name).filed("09:00", worst).acked("09:02").says("09:30", "status confirmed");
            let story = story.says("10:00", &format!("severity {low}")).says("10:30", &format!("status {resolved}"));
            story.owes_no("10:31", "retrospective").closed("11:00")
        };
        given(process).plays([
            over("nobody holds it", high).hears("Fri 12:00", "retrospective", THREE_DAYS),
            over("it is held in time", high)
                .says("Tue 15:00", "done retrospective")
                .owes("Tue 15:01", "retrospective", "met", "Thu 11:00")
                .hears("Fri 12:00", "retrospective", &[]),
            over("it was never that bad", low).hears("Fri 12:00", "retrospective", &[]),
            story("a false alarm needs none")
                .filed("09:00", high)
                .says("09:30", "status false alarm")
                .closed("09:40")
                .hears("Fri 12:00", "retrospective", &[]),
        ]);
    }
}

#[test]
fn t15_a_date_for_the_postmortem_is_found_within_a_business_day() {
    let over = |name| {
        let story = story(name).filed("09:00", "sev1").acked("09:02").says("09:30", "status confirmed");
        story.says("10:30", "status resolved").closed("11:00")
    };
    given("sectemplates").plays([
        over("nobody looks for one").hears("Wed 12:00", "postmortem-date", &["Tue 11:00 @bob"]),
        over("it stands").ticks("15:00", "step-20").hears("Wed 12:00", "postmortem-date", &[]),
    ]);
}

#[test]
fn t16_a_postmortem_takes_sixty_to_ninety_minutes_with_the_document_sent_before() {
    let words = ["Send the document out beforehand", "60 to 90 minutes"];
    let over = |name| {
        let story = story(name).filed("09:00", "sev1").acked("09:02").says("09:30", "status confirmed");
        story.says("10:30", "status resolved").closed("11:00")
    };
    given("sectemplates").plays([
        come_with("phase retrospective", &["step-21"]).reads("09:40", "board", &words),
        over("the reminder says so").hears("Thu 12:00", "retrospective", THREE_DAYS).reads(
            "Thu 12:00",
            "reminder",
            &words,
        ),
        over("it was held").ticks("Wed 09:00", "step-21").hears("Thu 12:00", "retrospective", &[]),
    ]);
}

#[test]
fn t19_what_helps_soon_comes_first_and_the_rest_is_filed() {
    given("gitlab-sirt").plays([come_with("phase remediation", &["remediation-short"])]);
    let over = |name, severity| {
        let story = story(name).filed("09:00", severity).acked("09:02").says("09:30", "status confirmed");
        story.says("10:30", "status resolved").closed("11:00")
    };
    given("cloud-gov").plays([
        over("nobody files anything", "medium").hears("next Mon 12:00", "follow-ups", &["next Mon 11:00 @bob"]),
        over("one is filed", "medium")
            .says("Tue 09:00", "followup hardware keys for everybody @carol by 2026-12-01")
            .owes("Tue 09:01", "follow-ups", "met", "next Mon 11:00")
            .hears("next Mon 12:00", "follow-ups", &[]),
        over("low needs none", "low").hears("next Mon 12:00", "follow-ups", &[]),
    ]);
}

#[test]
fn t21_a_plan_to_update_after_every_security_release_is_part_of_the_playbook() {
    for process in ["cloud-gov", "civicactions", "gitlab-sirt", "sectemplates"] {
        let list = come_with("playbook instance", &["instance-update"]);
        given(process).plays([list.reads("09:40", "board", &["plan to update after every security release"])]);
    }
}
