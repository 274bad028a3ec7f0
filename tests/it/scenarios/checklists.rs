//! A5.1 to A5.15: lists that come with a phase, a flag or a playbook.

use super::{come_at_once, come_with, given, story};

const ALL: [&str; 4] = ["cloud-gov", "civicactions", "gitlab-sirt", "sectemplates"];

/// The playbook comes by its command, and by the kind that the description names; another kind brings another.
#[track_caller]
fn playbook(processes: &[&str], kind: &str, items: &[&str]) {
    for process in processes {
        given(process).plays([
            come_with(&format!("playbook {kind}"), items),
            story("by its kind")
                .filed_with("09:00", &[("Kind", &format!("compromised {kind}"))])
                .lists("09:01", items)
                .edits("09:10", "Kind", "a lost telephone")
                .lists_no("09:11", items),
            story("another kind").filed_with("09:00", &[("Kind", "phishing")]).lists_no("12:00", items),
        ]);
    }
}

#[test]
fn a5_1_a_compromised_account() {
    let steps = [
        "account-block",
        "account-events",
        "account-credentials",
        "account-password",
        "account-2fa",
        "account-unblock",
    ];
    playbook(&ALL, "account", &steps);
}

#[test]
fn a5_2_eight_kinds_of_audit_events() {
    let kinds = ["sign-ins", "tokens", "keys", "2fa", "repositories", "settings", "runners", "hooks"];
    let items = kinds.map(|kind| format!("account-events-{kind}"));
    playbook(&ALL[..1], "account", &items.each_ref().map(String::as_str));
}

#[test]
fn a5_3_a_compromised_instance() {
    let items = ["instance-events", "instance-users", "instance-inventory", "instance-secrets", "instance-update"];
    playbook(&ALL[..1], "instance", &items);
}

#[test]
fn a5_4_a_compromised_host() {
    let kinds = ["save", "processes", "ports", "rebuild", "traffic", "monitoring", "restrict", "logs"];
    let items = kinds.map(|kind| format!("host-{kind}"));
    playbook(&ALL[..1], "host", &items.each_ref().map(String::as_str));
}

#[test]
fn a5_5_evidence_is_kept_before_anything_is_changed() {
    for (process, phase, next, item) in [
        ("cloud-gov", "assess", "remediate", "evidence-first"),
        ("civicactions", "assess", "remediate", "evidence-state"),
        ("gitlab-sirt", "containment", "remediation", "containment-evidence"),
        ("sectemplates", "contain", "remediate", "step-11"),
    ] {
        let at = |name| story(name).filed("09:00", "unknown").acked("09:02").says("09:10", &format!("phase {phase}"));
        let on = format!("phase {next}");
        given(process).plays([
            come_with(&format!("phase {phase}"), &[item]),
            at("changed before").says("09:20", &on).reads("09:21", "gate", &[item]).counts("12:00", "gate", 1),
            at("kept before").ticks("09:15", item).says("09:20", &on).counts("12:00", "gate", 0),
        ]);
        let held = at("nobody gets past").labels("09:20", &format!("phase::{next}"));
        given(process).with("gates = \"enforce\"").plays([held
            .carries("09:21", &format!("phase::{phase}"))
            .reads("09:21", "gate", &["the phase stays", item])
            .ticks("09:30", item)
            .carries("09:31", &format!("phase::{next}"))
            .counts("12:00", "gate", 1)]);
    }
    let items = ["evidence-dumps", "evidence-snapshots", "evidence-screens"];
    given("civicactions").plays([come_with("phase remediate", &items)]);
}

#[test]
fn a5_6_contained_by_isolation_not_destroyed_not_cleaned() {
    given("cloud-gov").plays([come_with("phase remediate", &["remediate-4"]).reads(
        "09:40",
        "board",
        &["isolate machines"],
    )]);
    given("sectemplates").plays([come_with("phase contain", &["step-8", "step-11"]).reads(
        "09:40",
        "board",
        &["never clean a compromised host"],
    )]);
    given("gitlab-sirt").plays([come_with("phase containment", &["containment-stopgap"])]);
}

#[test]
fn a5_7_leads_are_a_list_with_owners_and_boxes() {
    for process in ["cloud-gov", "civicactions"] {
        given(process).plays([story("two leads")
            .filed("09:00", "low")
            .acked("09:02")
            .lists_no("09:03", &["task-1", "task-2"])
            .says("09:10", "lead the laptop in the drawer @dave")
            .says("09:11", "lead the VPN log")
            .reads("09:12", "board", &["Leads - [ ] the laptop in the drawer task-1, @dave - [ ] the VPN log task-2"])
            .by("dave")
            .ticks("09:20", "task-1")
            .shows_done("09:21", "task-1", "dave")
            .says("09:30", "done 7")
            .reads("09:31", "reply", &["There is no lead or step of that number"])
            .closed("10:00")
            .reads("10:01", "retrospective", &["done: the laptop in the drawer", "open: the VPN log"])]);
    }
    given("cloud-gov").plays([come_with("phase remediate", &["remediate-1"])]);
}

#[test]
fn a5_8_steps_are_owned_verified_and_done_now_or_afterwards() {
    for process in ["cloud-gov", "civicactions"] {
        let working = |name| story(name).filed("09:00", "low").acked("09:02").says("09:10", "phase remediate");
        given(process).plays([
            come_with("phase remediate", &["immediate-steps"]),
            working("one now, one later")
                .says("09:20", "step replace the keys @carol")
                .says("09:21", "step hardware keys for everybody @dave deferred")
                .reads("09:22", "board", &["replace the keys task-1, @carol", "task-2, deferred, @dave"])
                .by("carol")
                .says("09:30", "done 1")
                .shows_done("09:31", "task-1", "carol")
                .closed("10:00")
                .reads("10:01", "retrospective", &["done: replace the keys", "deferred: hardware keys"]),
            working("left with steps open").says("09:30", "phase retrospective").reads(
                "09:31",
                "gate",
                &["immediate-steps"],
            ),
            working("left when all are done")
                .ticks("09:20", "immediate-steps")
                .says("09:30", "phase retrospective")
                .counts("12:00", "gate", 0),
        ]);
    }
}

#[test]
fn a5_9_the_first_sitrep_goes_to_three_places() {
    let list = come_with("phase assess", &["assess-7", "sitrep-mail", "sitrep-stakeholders"]);
    given("cloud-gov").plays([list.reads(
        "09:40",
        "board",
        &["Send that sitrep to the response channel", "to IT security and devops by e-mail"],
    )]);
}

#[test]
fn a5_10_later_sitreps_go_further() {
    given("cloud-gov").plays([
        come_with("phase remediate", &["remediate-10"]).reads("09:40", "board", &["IT security and US-CERT by e-mail"]),
        come_with("flag stakeholders", &["stakeholders-1", "stakeholders-2"]),
    ]);
}

#[test]
fn a5_11_at_the_end_a_final_sitrep_and_thanks() {
    for (process, status) in [("cloud-gov", "resolved"), ("civicactions", "ready for QA")] {
        let over = |name| {
            let story = story(name).filed("09:00", "high").acked("09:02").says("09:30", "status confirmed");
            story.owes_no("09:31", "final-sitrep").says("11:00", &format!("status {status}"))
        };
        given(process).plays([
            over("nobody reports").hears("14:00", "final-sitrep", &["12:00 @bob"]),
            over("in time").says("11:30", "sitrep it is over; thanks to everybody").hears("14:00", "final-sitrep", &[]),
            story("not over yet").filed("09:00", "high").acked("09:02").hears("12:00", "final-sitrep", &[]),
        ]);
    }
}

#[test]
fn a5_12_a_long_remediation_has_hours_shifts_and_relief() {
    for process in ["cloud-gov", "civicactions"] {
        given(process).plays([come_with("phase remediate", &["long-pattern", "long-shifts", "long-relief"])]);
    }
}

#[test]
fn a5_13_the_fix_is_attacked_tested_and_watched() {
    let fixed = |name| story(name).filed("09:00", "unknown").acked("09:02").says("09:10", "phase remediate");
    given("sectemplates").plays([
        come_with("phase remediate", &["step-12", "step-13"]),
        fixed("nobody tested it").says("09:30", "phase retrospective").reads("09:31", "gate", &["step-12"]),
        fixed("tested").ticks("09:20", "step-12").says("09:30", "phase retrospective").counts("12:00", "gate", 0),
    ]);
    given("gitlab-sirt").plays([come_with("phase remediation", &["remediation-validate"])]);
}

#[test]
fn a5_14_contingency_plan_external_dependency_expected_maintenance() {
    given("civicactions").plays([
        come_at_once("assess", &["initiate-1"]),
        come_with("phase assess", &["assess-contingency"]),
        come_with("flag contingency", &["contingency-1", "contingency-2"]),
        come_with("flag external-dependency", &["external-dependency-1", "external-dependency-2"]),
    ]);
    given("gitlab-sirt").plays([come_with("phase engagement", &["engagement-contingency"])]);
}

#[test]
fn a5_15_the_runbook_has_twenty_one_steps_each_in_its_place() {
    given("sectemplates").plays([story("all of them")
        .filed("09:00", "sev1")
        .acked("09:02")
        .lists("09:03", &["step-1", "step-2", "step-3", "step-14"])
        .lists_no("09:03", &["step-4", "step-8", "step-10", "step-16", "step-17", "step-18"])
        .says("09:10", "phase assess")
        .lists("09:11", &["step-4", "step-5", "step-6", "step-7"])
        .says("09:20", "phase contain")
        .lists("09:21", &["step-8", "step-9", "step-11"])
        .says("09:25", "flag personal-data\n@hotwash flag leadership")
        .lists("09:26", &["step-16", "step-17"])
        .says("09:30", "phase remediate")
        .lists("09:31", &["step-10", "step-12", "step-13", "step-15", "step-16", "step-17"])
        .says("09:40", "phase retrospective")
        .lists("09:41", &["step-18", "step-19", "step-20", "step-21"])
        .lists_no("09:41", &["step-1", "step-4", "step-8", "step-10"])]);
}
