//! A2.1 to A2.14: phases, statuses, severities, and what follows from them.

use super::{come_with, given, story};

#[test]
fn a2_1_four_phases_follow_the_status_or_a_word() {
    for (process, resolved) in [("cloud-gov", "resolved"), ("civicactions", "ready for QA")] {
        given(process).plays([story("from the report to the retrospective")
            .filed("09:00", "low")
            .carries("09:01", "phase::initiate")
            .reads("09:01", "board", &["To do in initiate"])
            .says("09:10", "phase assess")
            .carries("09:11", "phase::assess")
            .reads("09:11", "board", &["To do in assess"])
            .says("09:15", "severity medium")
            .carries("09:16", "phase::assess")
            .says("09:20", "status confirmed")
            .carries("09:21", "phase::remediate")
            .reads("09:21", "board", &["To do in remediate"])
            .says("09:30", &format!("status {resolved}"))
            .carries("09:31", "phase::retrospective")
            .reads("09:31", "board", &["To do in retrospective"])
            .was_given("12:00", "phase::assess", 1)
            .was_given("12:00", "phase::remediate", 1)
            .was_given("12:00", "phase::retrospective", 1)]);
    }
}

#[test]
fn a2_2_gitlab_has_eight_phases() {
    let phases = [
        ("09:05", "tracking"),
        ("09:10", "severity"),
        ("09:15", "engagement"),
        ("09:20", "containment"),
        ("09:25", "remediation"),
        ("09:30", "resolution"),
        ("09:35", "post-mortem"),
    ];
    let first = story("one after the other").filed("09:00", "low").carries("09:01", "phase::identification");
    let walk = phases.iter().fold(first, |story, (at, phase)| {
        let (label, list) = (format!("phase::{phase}"), format!("To do in {phase}"));
        let story = story.says(at, &format!("phase {phase}")).carries(at, &label);
        story.reads(at, "board", &[&list]).was_given(at, &label, 1)
    });
    given("gitlab-sirt").plays([
        walk,
        story("they follow the status as well")
            .filed("09:00", "low")
            .says("09:10", "status confirmed")
            .carries("09:11", "phase::containment")
            .says("09:20", "status contained")
            .carries("09:21", "phase::remediation")
            .says("09:30", "status resolved")
            .carries("09:31", "phase::resolution"),
    ]);
}

#[test]
fn a2_3_investigating_then_confirmed_or_a_false_alarm_then_resolved() {
    for (process, resolved, label) in
        [("cloud-gov", "resolved", "status::resolved"), ("civicactions", "ready for QA", "status::ready-for-QA")]
    {
        given(process).plays([
            story("it is real, and mended")
                .filed("09:00", "low")
                .carries("09:01", "status::investigating")
                .says("09:10", "status confirmed")
                .carries("09:11", "status::confirmed")
                .edits("09:20", "Status", resolved)
                .carries("09:21", label)
                .was_given("12:00", label, 1),
            story("it is none")
                .filed("09:00", "low")
                .labels("09:10", "status::false-alarm")
                .carries("09:11", "status::false-alarm"),
            story("what is no status changes nothing")
                .filed("09:00", "low")
                .says("09:10", "status mended")
                .carries("09:11", "status::investigating")
                .counts("09:11", "reply", 1),
        ]);
    }
}

#[test]
fn a2_4_a_false_alarm_is_closed_or_asked_to_be() {
    let alarm = |name| story(name).filed("09:00", "high").acked("09:02").says("09:20", "status false alarm");
    for process in ["cloud-gov", "civicactions"] {
        given(process).with("false_alarm = \"close\"").plays([
            alarm("closed by itself, once")
                .stands_open("09:21", false)
                .reads("09:22", "retrospective", &["False alarm: Odd logins"])
                .reopened("10:00")
                .stands_open("11:00", true),
            story("what is real stays open")
                .filed("09:00", "high")
                .says("09:20", "status confirmed")
                .stands_open("11:00", true),
        ]);
        given(process).plays([alarm("asked once")
            .reads("09:21", "reply", &["The status is false alarm now: please close the issue"])
            .counts("11:00", "reply", 1)
            .stands_open("11:00", true)]);
    }
}

#[test]
fn a2_5_it_is_an_event_until_it_is_confirmed() {
    for process in ["cloud-gov", "civicactions", "gitlab-sirt", "sectemplates"] {
        given(process).plays([
            story("confirmed")
                .filed("09:00", "unknown")
                .reads("09:01", "board", &[": event open"])
                .says("09:10", "status confirmed")
                .reads("09:11", "board", &[": incident open"])
                .reads_no("09:11", "board", &["event open"]),
            story("a false alarm stays an event").filed("09:00", "unknown").says("09:10", "status false alarm").reads(
                "09:11",
                "board",
                &[": event open"],
            ),
        ]);
    }
}

#[test]
fn a2_6_the_severity_is_unknown_at_first_and_may_change() {
    for (process, low) in
        [("cloud-gov", "low"), ("civicactions", "low"), ("gitlab-sirt", "low"), ("sectemplates", "sev3")]
    {
        given(process).plays([
            story("nobody assesses it")
                .filed("09:00", "unknown")
                .acked("09:02")
                .carries("09:03", "severity::unknown")
                .hears("13:00", "assess", &["10:00 @bob"]),
            story("a quick first answer is enough")
                .filed("09:00", "unknown")
                .acked("09:02")
                .labels("09:30", &format!("severity::{low}"))
                .carries("09:31", &format!("severity::{low}"))
                .owes("09:31", "assess", "met", "10:00")
                .hears("13:00", "assess", &[]),
        ]);
    }
    given("cloud-gov").plays([story("up and down, and the clocks follow at once")
        .filed("09:00", "unknown")
        .acked("09:02")
        .says("09:30", "severity high")
        .owes("09:31", "sitrep", "waiting", "10:30")
        .says("09:50", "severity medium")
        .owes("09:51", "sitrep", "waiting", "10:00")
        .carries("09:51", "severity::medium")
        .was_given("12:00", "severity::high", 1)
        .hears("12:00", "sitrep", &["10:00 @bob"])]);
}

#[test]
fn a2_7_the_board_says_what_the_severity_means() {
    for (process, data) in [("cloud-gov", "PII"), ("civicactions", "SPII")] {
        let high = format!("high means: {data} was exposed or altered");
        given(process).plays([story("at each of them")
            .filed("09:00", "unknown")
            .reads("09:01", "board", &["unknown means: Not assessed yet"])
            .says("09:10", "severity low")
            .reads("09:11", "board", &[&format!("low means: Touches no {data}")])
            .says("09:20", "severity medium")
            .reads("09:21", "board", &["medium means: An attempt on PII"])
            .says("09:30", "severity high")
            .reads("09:31", "board", &[&high])
            .reads_no("09:31", "board", &["medium means"])]);
    }
}

#[test]
fn a2_8_ten_questions_lead_to_the_severity() {
    let questions = [
        "severity-data",
        "severity-leaked",
        "severity-modified",
        "severity-account",
        "severity-actions",
        "severity-vulnerability",
        "severity-exploited",
        "severity-users",
        "severity-hosts",
        "severity-availability",
    ];
    given("gitlab-sirt").plays([come_with("phase severity", &questions)]);
}

#[test]
fn a2_9_orange_or_red_data_go_to_the_simoc() {
    let flagged = |name| story(name).filed("09:00", "high").acked("09:02").says("09:30", "flag simoc");
    given("gitlab-sirt").plays([
        come_with("phase engagement", &["simoc-data"]).reads(
            "09:40",
            "board",
            &["Reason 1: data classified orange or red"],
        ),
        flagged("nobody pages").hears("12:00", "simoc-page", &["09:37 @engineer", "09:45 @engineer"]),
        flagged("paged").says("09:35", "notified simoc").hears("12:00", "simoc-page", &[]),
        story("no reason to").filed("09:00", "high").acked("09:02").hears("12:00", "simoc-page", &[]),
    ]);
}

#[test]
fn a2_10_the_level_is_set_from_the_matrix_and_adjusted() {
    given("sectemplates").plays([
        come_with("phase assess", &["step-4", "step-6"]),
        story("sev2, then sev1")
            .filed("09:00", "unknown")
            .says("09:10", "severity sev2")
            .carries("09:11", "severity::sev2")
            .says("09:30", "severity P1")
            .carries("09:31", "severity::sev1")
            .was_given("12:00", "severity::sev1", 1),
    ]);
}

#[test]
fn a2_11_two_questions_or_three() {
    given("cloud-gov")
        .plays([come_with("phase assess", &["assess-2", "assess-3"]).lists_no("09:40", &["assess-dependency"])]);
    let three = ["assess-incident", "assess-severity", "assess-dependency"];
    given("civicactions").plays([come_with("phase assess", &three)]);
}

#[test]
fn a2_12_on_confirming_status_severity_and_responders_are_brought_up_to_date() {
    given("cloud-gov").plays([come_with("phase assess", &["assess-5"])]);
}

#[test]
fn a2_13_the_issue_is_closed_when_four_things_are_complete() {
    let four =
        ["resolution-containment", "resolution-remediation", "resolution-communication", "resolution-verification"];
    let resolved = |name| story(name).filed("09:00", "low").acked("09:02").says("09:10", "status resolved");
    let ticked = |name| {
        let story = resolved(name).lists("09:11", &four).ticks("09:15", four[0]).ticks("09:20", four[1]);
        story.says("09:25", &format!("done {}\n@hotwash done {}", four[2], four[3]))
    };
    given("gitlab-sirt").plays([
        resolved("left with all of them open")
            .says("09:30", "phase post-mortem")
            .reads("09:31", "gate", &four)
            .counts("12:00", "gate", 1),
        ticked("left when all are complete").says("09:30", "phase post-mortem").counts("12:00", "gate", 0),
    ]);
    given("gitlab-sirt").with("gates = \"enforce\"").plays([resolved("held until all are complete")
        .says("09:30", "phase post-mortem")
        .carries("09:31", "phase::resolution")
        .says("09:40", &four.map(|item| format!("done {item}")).join("\n@hotwash "))
        .carries("09:41", "phase::post-mortem")
        .counts("12:00", "gate", 1)]);
}

#[test]
fn a2_14_it_is_closed_when_security_and_operations_are_confident() {
    given("sectemplates").plays([come_with("phase retrospective", &["step-18"])]);
}
