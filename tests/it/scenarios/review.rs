//! A7.1 to A7.6: the report, its figures, and what people add to it.

use super::{come_with, given, story};

const REPORT: &str = "retrospective";

#[test]
fn a7_1_the_report_tells_the_course_and_asks_for_causes() {
    for process in ["cloud-gov", "civicactions"] {
        given(process).plays([
            come_with("phase retrospective", &["retrospective-2"]),
            story("closed")
                .filed("09:00", "high")
                .acked("09:05")
                .says("09:30", "timeline 08:40 the alarm was switched off")
                .says("10:00", "severity low")
                .counts("10:01", REPORT, 0)
                .closed("10:30")
                .reads("10:31", REPORT, &["Timeline", "09:05 UTC bob acknowledged the report"])
                .reads("10:31", REPORT, &["08:40 UTC bob", "the alarm was switched off", "severity | low"])
                .reads("10:31", REPORT, &["Cause analysis (Five Whys / Infinite Hows)", "Vulnerabilities"])
                .reads("10:31", REPORT, &["Prevention", "Better response"])
                .counts("12:00", REPORT, 1),
        ]);
    }
}

#[test]
fn a7_2_four_figures_are_measured_stated_or_missing() {
    let stated = [
        ("Started", "2026-11-16 07:00"),
        ("Discovered", "2026-11-16 08:30"),
        ("Contained", "2026-11-16 09:15"),
        ("Discovery method", "a colleague looked"),
        ("Threat actions", "a stolen key"),
    ];
    for (process, end) in [("cloud-gov", "resolved"), ("civicactions", "ready for QA")] {
        given(process).plays([
            come_with("phase retrospective", &["retrospective-3"]),
            story("as people state them").filed_with("09:00", &stated).closed("10:00").reads(
                "10:01",
                REPORT,
                &[
                    "Discovery method | a colleague looked | stated",
                    "Time to discovery | 1 h 30 min | stated",
                    "Time to containment | 45 min | stated",
                    "Threat actions | a stolen key | stated",
                ],
            ),
            story("as they are measured")
                .filed("09:00", "low")
                .says("09:30", &format!("status {end}"))
                .closed("10:00")
                .reads("10:01", REPORT, &["Time to containment | 30 min | measured", "Time to discovery | – | missing"])
                .reads("10:01", REPORT, &["Discovery method | – | missing", "Threat actions | – | missing"]),
        ]);
    }
}

#[test]
fn a7_3_the_report_is_the_last_comment_once_per_closing() {
    for process in ["cloud-gov", "civicactions", "gitlab-sirt", "sectemplates"] {
        given(process).plays([
            story("closed, reopened, closed again")
                .filed("09:00", "unknown")
                .acked("09:02")
                .counts("09:59", REPORT, 0)
                .closed("10:00")
                .counts("10:30", REPORT, 1)
                .reopened("10:40")
                .reads("10:41", REPORT, &["Superseded"])
                .closed("11:00")
                .counts("14:00", REPORT, 2)
                .reads_no("14:00", REPORT, &["Superseded"]),
            story("a false alarm has a short one")
                .filed("09:00", "unknown")
                .says("09:10", "status false alarm")
                .closed("09:20")
                .reads("09:21", REPORT, &["False alarm: Odd logins"])
                .reads_no("14:00", REPORT, &["Situation reports:"]),
        ]);
    }
    given("cloud-gov").plays([come_with("phase retrospective", &["retrospective-5"])]);
}

#[test]
fn a7_4_the_root_cause_guides_the_recovery() {
    let contained = |name| story(name).filed("09:00", "high").acked("09:02").says("10:00", "status contained");
    given("gitlab-sirt").plays([
        come_with("phase remediation", &["remediation-rca"]),
        contained("nobody looks for it").hears("Wed 12:00", "root-cause", &["Wed 10:00 @bob"]),
        contained("it is found").ticks("Tue 15:00", "remediation-rca").hears("Wed 12:00", "root-cause", &[]),
        story("not contained yet").filed("09:00", "high").acked("09:02").owes_no("12:00", "root-cause"),
    ]);
}

#[test]
fn a7_5_the_working_document_is_checked_by_engineering_and_operations() {
    let list = come_with("phase remediate", &["step-15"]);
    given("sectemplates").plays([list.reads("09:40", "board", &["have engineering and operations check it"])]);
}

#[test]
fn a7_6_nobody_is_blamed() {
    given("sectemplates").plays([
        come_with("phase retrospective", &["step-20", "step-21"]),
        story("what the report asks for").filed("09:00", "unknown").closed("10:00").reads(
            "10:01",
            REPORT,
            &["Name conditions, not culprits", "What would have stopped it, here and elsewhere?"],
        ),
    ]);
}
