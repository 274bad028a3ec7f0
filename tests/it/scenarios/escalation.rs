//! A6.1 to A6.10: who must be told, who decides, and what stays inside.

use super::{come_at_once, come_with, given, story};

#[test]
fn a6_1_six_reasons_lead_to_the_simoc() {
    let reasons =
        ["data", "availability", "resources", "notification", "crime", "people"].map(|one| format!("simoc-{one}"));
    given("gitlab-sirt").plays([
        come_with("phase engagement", &reasons.each_ref().map(String::as_str)),
        story("one reason is enough")
            .filed("09:00", "high")
            .acked("09:02")
            .says("09:05", "phase engagement")
            .ticks("09:10", "simoc-crime")
            .hears("09:30", "simoc-page", &["09:17 @engineer", "09:25 @engineer"]),
        story("raised twice, told once")
            .filed("09:00", "high")
            .acked("09:02")
            .says("09:10", "flag simoc")
            .says("09:20", "notified simoc")
            .says("09:30", "flag simoc")
            .hears("12:00", "simoc-page", &["09:17 @engineer"]),
    ]);
}

#[test]
fn a6_2_the_way_to_the_law_has_three_steps() {
    let flagged = |name| story(name).filed("09:00", "high").acked("09:02").says("09:30", "flag law-enforcement");
    let second = |name| flagged(name).says("09:35", "notified director").says("11:00", "notified legal");
    given("gitlab-sirt").plays([
        come_with("flag law-enforcement", &["law-1", "law-2", "law-3"]),
        flagged("nobody goes it").owes_no("12:00", "law-validate").owes_no("12:00", "law-agency"),
        second("the agency is still to be told").hears("Tue 14:00", "law-agency", &["Tue 11:00 @director"]),
        second("the agency is told").says("15:00", "notified agency").hears("Tue 14:00", "law-agency", &[]),
        second("legal says no").says("15:00", "waive law-agency legal says no").hears("Tue 14:00", "law-agency", &[]),
    ]);
}

#[test]
fn a6_3_high_acts_medium_consults_low_agrees() {
    let asked = |severity| story("somebody asks").filed("09:00", severity).acked("09:02").says("09:20", "disrupt x");
    for process in ["cloud-gov", "civicactions"] {
        given(process).plays([
            asked("high").reads("09:21", "authority", &["The severity is high", "Act now, without asking"]),
            asked("medium").reads("09:21", "authority", &["Consult the leads first", "may act alone"]),
            asked("low").reads("09:21", "authority", &["Do not act before everybody agreed"]).counts(
                "12:00",
                "authority",
                1,
            ),
            asked("unknown").reads("09:21", "authority", &["ask the incident commander"]),
            story("nobody asks").filed("09:00", "high").counts("12:00", "authority", 0),
        ]);
    }
}

#[test]
fn a6_4_leads_who_do_not_answer_are_called_by_telephone() {
    let list = come_with("phase remediate", &["remediate-8"]);
    given("civicactions").plays([list.reads("09:40", "board", &["by telephone if chat fails"])]);
}

#[test]
fn a6_5_legal_knows_of_personal_data_and_reads_what_is_published() {
    let flagged =
        |name, flag: &str| story(name).filed("09:00", "unknown").acked("09:02").says("09:30", &format!("flag {flag}"));
    given("sectemplates").plays([
        flagged("nobody tells legal", "personal-data").hears("14:00", "legal", &["10:00 @bob", "10:30 @bob"]),
        flagged("legal is told", "personal-data").says("09:45", "notified legal").hears("14:00", "legal", &[]),
        flagged("nobody reads the note", "public-note").hears("16:00", "public-review", &["13:30 @bob"]),
        flagged("the note is read", "public-note").ticks("10:05", "public-relations").hears(
            "16:00",
            "public-review",
            &[],
        ),
        story("neither of them").filed("09:00", "unknown").owes_no("12:00", "legal").owes_no("12:00", "public-review"),
    ]);
}

#[test]
fn a6_6_leadership_knows_and_signs_off() {
    let flagged = |name| story(name).filed("09:00", "sev1").acked("09:02").says("09:30", "flag leadership");
    given("sectemplates").plays([
        come_with("flag leadership", &["step-17", "sign-off"]),
        flagged("nobody tells them").hears("14:00", "leadership", &["10:30 @bob"]),
        flagged("they are told").says("10:00", "notified executives").hears("14:00", "leadership", &[]),
        story("not needed").filed("09:00", "sev1").acked("09:02").hears("14:00", "leadership", &[]),
    ]);
}

#[test]
fn a6_7_nothing_is_switched_off_without_its_owners() {
    let asked =
        |name, severity| story(name).filed("09:00", severity).acked("09:02").says("09:20", "disrupt the search");
    let duty = "disruption-consult";
    given("sectemplates").plays([
        asked("the owners do not answer", "sev1").hears("12:00", duty, &["09:50 @owners", "10:20 @owners @executives"]),
        asked("at no level", "sev3").hears("12:00", duty, &["09:50 @owners", "10:20 @owners @executives"]),
        asked("they decide", "sev2").by("carol").says("09:40", "approve").hears("12:00", duty, &[]),
    ]);
    given("sectemplates").plays([come_with("phase contain", &["step-8"])]);
}

#[test]
fn a6_8_what_is_confidential_stays_inside() {
    given("gitlab-sirt").plays([come_with("phase tracking", &["tracking-confidential"]).reads(
        "09:40",
        "board",
        &["every discussion are confidential"],
    )]);
    given("gitlab-sirt").plays([story("everybody can read it for a while")
        .filed("09:00", "high")
        .acked("09:02")
        .published("09:10", true)
        .says("09:12", "flag simoc")
        .hears("10:00", "simoc-page", &[])
        .counts("10:00", "reply", 0)
        .published("10:01", false)
        .hears("10:40", "simoc-page", &["10:01 @engineer"])
        .counts("10:40", "reply", 1)]);
}

#[test]
fn a6_9_sensitive_data_stay_out_of_the_issue() {
    for process in ["cloud-gov", "civicactions"] {
        let list = come_with("flag pii", &["pii-1", "pii-2"]);
        given(process).plays([list.reads("09:40", "reply", &["Keep the data itself out of"])]);
    }
    given("cloud-gov").plays([come_at_once("assess", &["initiate-5"])]);
}

#[test]
fn a6_10_what_is_left_to_do_has_owners_and_is_linked() {
    given("gitlab-sirt").plays([come_with("phase tracking", &["tracking-artifacts"])]);
    for (process, severity, status) in [("civicactions", "high", "ready for QA"), ("sectemplates", "sev1", "resolved")]
    {
        let over = |name| {
            let story = story(name).filed("09:00", severity).acked("09:02").says("09:30", "status confirmed");
            story.says("10:30", &format!("status {status}")).closed("11:00")
        };
        given(process).plays([
            over("nobody files anything").hears("next Mon 12:00", "follow-ups", &["next Mon 11:00 @bob"]),
            over("it is filed").says("15:00", "followup an alarm for logins from two places @dave").hears(
                "next Mon 12:00",
                "follow-ups",
                &[],
            ),
        ]);
    }
    given("sectemplates").plays([come_with("phase retrospective", &["step-19"])]);
}
