//! What the shipped processes ask for, told as stories: each rule of the handbooks that a clock can keep.

use std::sync::Arc;

use chrono::Duration;
use hotwash::{
    domain::{
        command::Command,
        event::DutyState::{Cancelled, Due, Late, Met, Missed, Waived},
        message::{Message, MessageKind},
        people::Person,
        process::{Authority, Due as When, Ending, Pattern, Process},
    },
    process,
};

use crate::plan::story::{Story, alice, bob, high, low, medium, unknown};

pub(super) fn shipped(name: &str) -> Process {
    process::read(process::shipped(name).unwrap(), name).map_err(|problems| format!("{problems:#?}")).unwrap()
}

/// The same story under a shipped process.
fn under(name: &str, mut story: Story) -> Story {
    story.project.process = Arc::new(shipped(name));
    story
}

fn notified(who: &str) -> Command {
    Command::Notified { who: who.to_owned(), at: None }
}

fn done(what: &str) -> Command {
    Command::Done { what: what.to_owned() }
}

fn flag(name: &str) -> Command {
    Command::Flag { name: name.to_owned() }
}

fn person(name: &str) -> Person {
    Person::Handle(name.to_owned())
}

/// What one rule asks for.
#[track_caller]
fn said(story: &Story) -> String {
    let Message::Reminder(reminder) = story.message(MessageKind::Reminder) else { panic!("not a reminder") };
    reminder.ask
}

#[test]
fn t1_it_security_hears_of_it_within_the_hour() {
    let opened = || under("cloud-gov", high()).opened("09:00").comment(bob(), "09:01");
    let story = opened().at("09:29").stays_silent().at("09:30").reminds("notify");
    assert!(said(&story).contains("notified it-security"), "{}", said(&story));
    opened().says(notified("it-security"), "09:25").running_until("09:59").stays_silent();
    opened().says(notified("it-security"), "09:25").at("09:26").judged("notify", &[("10:00", Met)]);
    opened().says(done("tell-security"), "10:05").at("10:06").judged("notify", &[("10:00", Late)]);
    opened().says(notified("devops"), "09:25").at("10:01").judged("notify", &[("10:00", Due)]);
}

#[test]
fn t2_t3_nobody_answers_and_the_ladder_is_climbed() {
    let steps = |name: &str| -> Vec<(i64, Vec<String>)> {
        let process = shipped(name);
        let duty = process.duty("acknowledge").unwrap();
        let When::Within(within, _) = &duty.schedules[0].due else { panic!("{duty:?}") };
        duty.ladder.iter().map(|rung| ((*within + rung.after).num_minutes(), rung.to.clone())).collect()
    };
    let roles = |all: &[&str]| all.iter().map(|role| (*role).to_owned()).collect::<Vec<_>>();
    assert_eq!(steps("civicactions")[0], (10, roles(&["contact-sheet"])), "10 minutes, then the contact sheet");
    assert_eq!(steps("civicactions").len(), 3, "again and again");
    let last = steps("cloud-gov").pop().unwrap();
    assert!(last.1.contains(&"infrastructure-lead".to_owned()), "the infrastructure lead is paged last: {last:?}");
    assert_eq!(steps("cloud-gov")[0].1, roles(&["leads"]));
}

#[test]
fn t4_t5_t6_sitreps_follow_the_severity_in_both_handbooks() {
    for name in ["cloud-gov", "civicactions"] {
        under(name, high()).opened("09:00").at("10:01").judged("sitrep", &[("10:00", Due)]);
        under(name, medium())
            .opened("08:00")
            .running_until("16:01")
            .judged("sitrep", &[("10:00", Missed), ("16:00", Due)]);
        under(name, low()).opened("08:00").sitrep("09:50").running_until("16:01").judged("sitrep", &[("10:00", Met)]);
    }
}

#[test]
fn t7_t20_the_leads_have_an_hour_to_answer() {
    let disrupt = || Command::Disrupt { text: "take the login page down".to_owned() };
    for name in ["cloud-gov", "civicactions"] {
        let asked = || under(name, medium()).opened("09:00").says(disrupt(), "09:20");
        asked().at("09:21").judged("disruption-consult", &[]);
        asked().at("10:21").judged("disruption-consult", &[("10:20", Due)]);
        asked().says_as(alice(), Command::Approve, "09:50").at("09:51").judged("disruption-consult", &[("10:20", Met)]);
        let duty = shipped(name).duty("disruption-consult").unwrap().clone();
        assert!(duty.ladder[0].after.is_zero() && duty.ladder[0].to == ["ic"], "{duty:?}");
        under(name, low()).opened("09:00").says(disrupt(), "09:20").at("12:00").judged("disruption-consult", &[]);
    }
}

#[test]
fn t8_after_three_hours_of_remediation_a_long_one_is_planned() {
    let confirmed = |story: Story| story.opened("09:00").label("status::confirmed", "09:30");
    let duty = "long-plan";
    confirmed(under("cloud-gov", high())).at("12:31").judged(duty, &[("12:30", Due)]);
    confirmed(under("cloud-gov", high()))
        .says(done("long-shifts"), "11:00")
        .at("11:01")
        .judged(duty, &[("12:30", Met)]);
    confirmed(under("cloud-gov", high())).says(done(duty), "13:00").at("13:01").judged(duty, &[("12:30", Late)]);
    let resolved = |story: Story| confirmed(story).label("status::resolved", "11:30");
    resolved(under("cloud-gov", high())).running_until("13:00").judged(duty, &[("12:30", Cancelled)]);
    // In business time where people work in business hours: from 16:30 on, two and a half hours are left for the morning.
    let late = under("civicactions", medium()).opened("16:00").label("status::confirmed", "16:30");
    late.at("Tue 11:31").judged(duty, &[("Tue 11:30", Due)]);
}

#[test]
fn t9_a_shift_is_over_after_three_hours_or_as_announced() {
    let shift = |span| Command::Shift { who: vec![person("carol")], span };
    for name in ["cloud-gov", "civicactions"] {
        let on = |span| under(name, high()).opened("09:00").says(shift(span), "09:10");
        on(None).at("12:11").judged("shift", &[("12:10", Due)]);
        on(Some(Duration::hours(2))).at("11:11").judged("shift", &[("11:10", Due)]);
        let relieved = on(None).says(Command::Shift { who: vec![person("dave")], span: None }, "12:00");
        relieved.at("12:01").judged("shift", &[("12:10", Met)]);
    }
}

#[test]
fn t10_command_is_handed_on_after_three_hours() {
    for name in ["cloud-gov", "civicactions"] {
        let acked = || under(name, high()).opened("09:00").says(Command::Ack, "09:10");
        acked().at("12:11").judged("ic-handoff", &[("12:10", Due)]);
        acked()
            .says(Command::Handoff { who: person("carol") }, "12:00")
            .at("12:01")
            .judged("ic-handoff", &[("12:10", Met)]);
        let calm = under(name, medium()).opened("09:00").says(Command::Ack, "09:10");
        calm.at("16:00").judged("ic-handoff", &[]);
    }
}

#[test]
fn t13_executives_hear_every_four_hours_or_daily() {
    let declared = |severity: &str| {
        let story = under("sectemplates", unknown()).opened("08:00").label(&format!("severity::{severity}"), "08:05");
        story.label("status::confirmed", "08:30")
    };
    let duty = "executive-update";
    declared("sev1").at("12:31").judged(duty, &[("12:30", Due)]);
    let told = declared("sev1").says(notified("executives"), "10:00");
    told.at("14:01").judged(duty, &[("12:30", Met), ("14:00", Due)]);
    declared("sev2").at("10:01").judged(duty, &[("10:00", Due)]);
    declared("sev3").at("20:00").judged(duty, &[]);
}

#[test]
fn t14_a_rollout_is_watched_for_some_hours() {
    let out = || {
        let story = under("sectemplates", unknown()).opened("08:00").label("status::confirmed", "08:30");
        story.label("status::monitoring", "10:00")
    };
    out().at("13:01").judged("watch", &[("13:00", Due)]);
    out().label("status::resolved", "12:00").at("12:01").judged("watch", &[("13:00", Met)]);
    out().says(done("watch"), "13:10").at("13:11").judged("watch", &[("13:00", Late)]);
}

#[test]
fn t15_the_retrospective_follows_the_worst_severity() {
    let over = |name: &str, status: &str| {
        let story = under(name, high()).opened("09:00").label("status::confirmed", "09:30");
        story.label("severity::low", "10:00").label(status, "10:30").closed("11:00")
    };
    for (name, status) in [
        ("cloud-gov", "status::resolved"),
        ("civicactions", "status::ready-for-QA"),
        ("gitlab-sirt", "status::resolved"),
    ] {
        over(name, status).at("Thu 11:01").judged("retrospective", &[("Thu 11:00", Due)]);
        over(name, status)
            .says(done("retrospective"), "Tue 15:00")
            .at("Tue 15:01")
            .judged("retrospective", &[("Thu 11:00", Met)]);
    }
    let false_alarm = under("cloud-gov", high()).opened("09:00").label("status::false-alarm", "09:30").closed("09:40");
    false_alarm.at("next Mon 12:00").judged("retrospective", &[]);
}

#[test]
fn t17_a_disruption_at_high_is_made_known() {
    let disrupt = Command::Disrupt { text: "cut the network".to_owned() };
    let cut = || under("cloud-gov", high()).opened("09:00").says(disrupt.clone(), "09:20");
    cut().at("09:51").judged("disruption-notice", &[("09:50", Due)]);
    cut().says(notified("leads"), "09:30").at("09:31").judged("disruption-notice", &[("09:50", Met)]);
    cut().at("10:30").judged("disruption-consult", &[]);
}

#[test]
fn t18_the_law_enforcement_chain_goes_step_by_step() {
    let flagged = || under("gitlab-sirt", high()).opened("09:00").says(flag("law-enforcement"), "09:30");
    flagged().at("09:46").judged("law-director", &[("09:45", Due)]).judged("law-validate", &[]);
    let first = || flagged().says(notified("director"), "09:40");
    first().at("09:41").judged("law-director", &[("09:45", Met)]).judged("law-agency", &[]);
    first().at("13:41").judged("law-validate", &[("13:40", Due)]);
    let second = || first().says(notified("legal"), "11:00");
    second().at("11:01").judged("law-validate", &[("13:40", Met)]).judged("law-agency", &[]);
    second().at("Tue 11:01").judged("law-agency", &[("Tue 11:00", Due)]);
    let third = second().says(notified("agency"), "15:00");
    third.at("15:01").judged("law-agency", &[("Tue 11:00", Met)]);
    let waived = Command::Waive { duty: "law-agency".to_owned(), reason: "legal says no".to_owned() };
    second().says(waived, "15:00").at("15:01").judged("law-agency", &[("Tue 11:00", Waived)]);
    under("gitlab-sirt", high()).opened("09:00").at("20:00").judged("law-director", &[]);
}

#[test]
fn t22_people_work_as_the_severity_says() {
    for name in ["cloud-gov", "civicactions"] {
        let process = shipped(name);
        let pattern = |severity: &str| process.severity(severity).unwrap().pattern;
        assert_eq!(pattern("high"), Pattern::RoundTheClock);
        assert_eq!((pattern("medium"), pattern("low")), (Pattern::BusinessHours, Pattern::BusinessHours));
    }
    let sirt = shipped("gitlab-sirt");
    assert!(sirt.severities.iter().all(|severity| severity.pattern == Pattern::RoundTheClock), "on call 24/7/365");
}

#[test]
fn severities_say_what_may_be_done_and_what_they_look_like() {
    for (name, examples) in [("cloud-gov", [3, 4, 4]), ("civicactions", [3, 4, 3])] {
        let process = shipped(name);
        let rules = ["low", "medium", "high"].map(|severity| {
            let severity = process.severity(severity).unwrap();
            (severity.authority.unwrap(), severity.examples.len())
        });
        let wanted = [Authority::Agree, Authority::Consult, Authority::Act];
        assert_eq!(rules.map(|(authority, _)| authority), wanted, "{name}");
        assert_eq!(rules.map(|(_, count)| count), examples, "{name}");
    }
}

#[test]
fn civicactions_ends_in_qa_and_asks_three_questions() {
    let process = shipped("civicactions");
    assert_eq!(process.status("ready for QA").unwrap().ending, Some(Ending::Resolved));
    let assess = process.phase("assess").unwrap();
    let questions: Vec<&str> =
        assess.entry.iter().filter(|item| item.text.starts_with("Question")).map(|item| item.id.as_str()).collect();
    assert_eq!(questions, ["assess-incident", "assess-severity", "assess-dependency"]);
    let text = process::shipped("civicactions").unwrap();
    assert!(!text.contains("cloud.gov") && text.contains("SPII"), "its own words and sources");
}

#[test]
fn evidence_comes_before_changes() {
    for (name, phase, item) in [
        ("cloud-gov", "assess", "evidence-first"),
        ("civicactions", "assess", "evidence-state"),
        ("gitlab-sirt", "containment", "containment-evidence"),
        ("sectemplates", "contain", "step-11"),
    ] {
        let process = shipped(name);
        let gates = process.phase(phase).unwrap().entry.iter().filter(|item| item.gate);
        assert_eq!(gates.map(|item| item.id.as_str()).collect::<Vec<_>>(), [item], "{name}");
    }
}

#[test]
fn gitlab_sirt_has_the_phases_of_its_guide_and_closes_only_when_four_things_are_complete() {
    let process = shipped("gitlab-sirt");
    let phases: Vec<&str> = process.phases.iter().map(|phase| phase.name.as_str()).collect();
    let guide = ["identification", "tracking", "severity", "engagement", "containment", "remediation", "resolution"];
    assert_eq!(phases[..7], guide);
    assert_eq!(phases[7..], ["post-mortem"]);
    let resolution = process.phase("resolution").unwrap();
    assert_eq!(resolution.entry.iter().filter(|item| item.gate).count(), 4);
    let engagement = process.phase("engagement").unwrap();
    let reasons: Vec<_> = engagement.entry.iter().filter(|item| item.text.starts_with("Reason ")).collect();
    assert_eq!(reasons.len(), 6);
    for reason in reasons {
        assert_eq!(reason.raises.as_deref(), Some("simoc"));
        let ticked = under("gitlab-sirt", high()).opened("09:00").ticks(&reason.id, true, "09:30").at("09:46");
        ticked.judged("simoc-page", &[("09:45", Due)]);
    }
    let other = under("gitlab-sirt", high()).opened("09:00").ticks("engagement-log", true, "09:30").at("09:46");
    other.judged("simoc-page", &[]);
    let paged = under("gitlab-sirt", high()).opened("09:00").says(flag("simoc"), "09:30");
    let paged = paged.says(notified("simoc"), "09:40").at("10:41");
    paged.judged("simoc-page", &[("09:45", Met)]).judged("simoc-communications", &[("10:40", Due)]);
}

#[test]
fn the_runbook_has_all_of_its_21_steps() {
    let process = shipped("sectemplates");
    for step in 1..=21 {
        let id = format!("step-{step}");
        assert_eq!(process.items().filter(|item| item.id == id).count(), 1, "{id}");
    }
    let asked = under("sectemplates", unknown()).opened("09:00").says(flag("personal-data"), "09:30");
    asked.at("10:31").judged("legal", &[("10:30", Due)]);
    let reviewed = under("sectemplates", unknown()).opened("09:00").says(flag("public-note"), "09:30");
    reviewed.says(done("public-review"), "10:00").at("10:01").judged("public-review", &[("13:30", Met)]);
    let told = under("sectemplates", unknown()).opened("09:00").says(flag("leadership"), "09:30");
    told.says(notified("executives"), "10:00").at("10:01").judged("leadership", &[("10:30", Met)]);
}

#[test]
fn the_first_and_the_final_sitrep_have_their_moment() {
    let confirmed = || under("cloud-gov", high()).opened("09:00").sitrep("09:10").label("status::confirmed", "09:30");
    confirmed().at("10:01").judged("first-sitrep", &[("10:00", Due)]);
    confirmed().sitrep("09:50").at("09:51").judged("first-sitrep", &[("10:00", Met)]);
    let resolved = || confirmed().sitrep("09:50").label("status::resolved", "11:00");
    resolved().at("12:01").judged("final-sitrep", &[("12:00", Due)]);
    resolved().sitrep("11:30").at("11:31").judged("final-sitrep", &[("12:00", Met)]);
}

#[test]
fn every_process_asks_for_an_assessment_and_carries_the_playbooks() {
    for name in process::names() {
        let story = under(name, unknown()).opened("09:00").at("10:01");
        story.judged("assess", &[("10:00", Due)]);
        let process = shipped(name);
        let items = ["account", "instance", "host"].map(|kind| {
            let playbook = process.playbook(&format!("compromised-{kind}")).unwrap();
            assert_eq!(process.playbook(kind).map(|found| &found.id), Some(&playbook.id), "by its alias");
            playbook.checklist.len()
        });
        assert_eq!(items, [6 + 8, 5, 8], "six steps and eight kinds of events, five, eight");
    }
}

#[test]
fn follow_ups_are_asked_for_after_the_closing() {
    let over = || {
        let story = under("cloud-gov", medium()).opened("09:00").label("status::confirmed", "09:30");
        story.label("status::resolved", "10:30").closed("11:00")
    };
    over().at("next Mon 11:01").judged("follow-ups", &[("next Mon 11:00", Due)]);
    over().says(done("follow-ups"), "Tue 09:00").at("Tue 09:01").judged("follow-ups", &[("next Mon 11:00", Met)]);
}

#[test]
fn the_root_cause_guides_the_recovery() {
    let contained = under("gitlab-sirt", high()).opened("09:00").label("status::contained", "10:00");
    contained.at("Wed 10:01").judged("root-cause", &[("Wed 10:00", Due)]);
}
