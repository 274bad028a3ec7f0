//! What starts a duty's clock besides the opening, and what meets it or makes it needless.

use hotwash::domain::{
    command::Command,
    event::DutyState::{Cancelled, Due, Late, Met, Missed, Waived},
    people::Person,
    reading::Field,
};

use super::story::{Story, alice, bob, given, high, low, medium};

/// A duty `x` that starts by this and is met by that, due an hour later unless its schedule says otherwise.
fn duty(start: &str, met_by: &str, schedule: &str) -> String {
    format!(
        "[[duty]]\nid = \"x\"\ntitle = \"X\"\nowes = \"ic\"\nask = \"Do X.\"\nsource = \"test\"\nstart = {start}\n\
         met_by = [\"{met_by}\"]\n[[duty.schedule]]\n{schedule}\n"
    )
}

fn hour(start: &str, met_by: &str) -> String {
    duty(start, met_by, "within = \"1h\"")
}

const FLAG: &str = "[[flag]]\nid = \"leak\"\ntitle = \"Data may have leaked\"\nsource = \"test\"\nchecklist = []\n";

fn handoff(to: &str) -> Command {
    Command::Handoff { who: Person::Handle(to.to_owned()) }
}

fn flag() -> Command {
    Command::Flag { name: "leak".to_owned() }
}

fn notified(who: &str) -> Command {
    Command::Notified { who: who.to_owned(), at: None }
}

#[test]
fn t1_notifying_within_the_hour_is_met_by_word_that_it_happened() {
    let facts =
        |at| high().following(&hour("\"opened\"", "notified:devops")).opened("09:00").says(notified("devops"), at);
    given(facts("09:40")).at("09:41").judged("x", &[("10:00", Met)]);
    given(facts("10:40")).at("10:41").judged("x", &[("10:00", Late)]);
    let other = high().following(&hour("\"opened\"", "notified:devops")).opened("09:00").says(notified("gsa"), "09:40");
    given(other).at("10:01").judged("x", &[("10:00", Due)]);
}

#[test]
fn t7_the_consult_clock_runs_from_each_disruption_until_it_is_decided() {
    let consult = duty("\"disruption\"", "decided", "severity = [\"medium\"]\nwithin = \"1h\"");
    let disrupt = || Command::Disrupt { text: "cut the network".to_owned() };
    let asked = |story: Story| story.following(&consult).opened("09:00").says(disrupt(), "09:20");
    given(asked(medium())).at("09:20").at("10:21").judged("x", &[("10:20", Due)]);
    given(asked(medium()).says_as(alice(), Command::Approve, "09:50")).at("09:51").judged("x", &[("10:20", Met)]);
    given(asked(high())).at("10:21").judged("x", &[]);
    let twice = asked(medium()).says(Command::Decline, "09:50").says(disrupt(), "11:00");
    given(twice).at("12:01").judged("x", &[("10:20", Met), ("12:00", Due)]);
}

#[test]
fn t8_a_remediation_of_three_hours_wants_a_plan_unless_it_is_resolved() {
    let plan = duty("{ phase = \"remediate\" }", "done:x", "within = \"3h\"");
    let facts = || high().following(&plan).opened("09:00").label("phase::remediate", "10:00");
    given(facts()).running_until("13:01").judged("x", &[("13:00", Due)]);
    given(facts().says_done("x", "12:00")).at("12:01").judged("x", &[("13:00", Met)]);
    given(facts().label("status::resolved", "12:00")).at("13:01").judged("x", &[("13:00", Cancelled)]);
    given(high().following(&plan).opened("09:00")).at("18:00").judged("x", &[]);
}

#[test]
fn t8_at_a_business_hours_severity_the_three_hours_are_working_hours() {
    let plan = duty("{ phase = \"remediate\" }", "done:x", "within = \"3h\"\ncalendar = \"severity\"");
    let facts = |story: Story| story.following(&plan).opened("09:00").label("phase::remediate", "16:00");
    given(facts(low())).at("Tue 10:59").judged("x", &[]);
    given(facts(low())).at("Tue 11:00").judged("x", &[("Tue 11:00", Due)]);
    given(facts(high())).at("19:00").judged("x", &[("19:00", Due)]);
    // Raised late, it is due at once, not in the past; lowered late, what is overdue stays so.
    given(facts(low()).label("severity::high", "21:00")).at("21:00").judged("x", &[("21:00", Due)]);
    given(facts(high()).label("severity::low", "20:00")).at("19:30").at("20:30").judged("x", &[("19:00", Due)]);
}

#[test]
fn t9_a_shift_lasts_three_hours_or_as_long_as_was_said_and_the_next_one_relieves_it() {
    let shift = duty("\"shift\"", "shift", "within = \"3h\"");
    let facts = || high().following(&shift).opened("09:00").shift(None, "10:00");
    given(facts()).at("10:00").at("13:01").judged("x", &[("13:00", Due)]);
    given(facts().shift(Some(1), "12:30")).at("13:31").judged("x", &[("13:00", Met), ("13:30", Due)]);
    given(facts().shift(None, "13:10")).at("13:11").judged("x", &[("13:00", Late)]);
}

#[test]
fn a_clock_that_starts_this_very_moment_is_waited_for() {
    let story = low().following(&duty("\"shift\"", "shift", "within = \"3h\"")).opened("09:00").sitrep("09:59");
    let story = given(story.shift(None, "10:00")).running_until("13:00");
    assert_eq!(story.keys("reminder/x@").len(), 1);
}

#[test]
fn t10_the_command_is_handed_over_after_three_hours_also_by_a_reporter_who_holds_it() {
    let relief = duty("\"ic\"", "ic-named", "within = \"3h\"");
    let facts = || high().following(&relief).opened("09:00").ic_field("alice", "09:00");
    given(facts()).at("12:01").judged("x", &[("12:00", Due)]);
    given(facts().says(handoff("carol"), "11:30")).at("14:31").judged("x", &[("12:00", Met), ("14:30", Due)]);
    given(facts().ic_field("carol", "12:10")).at("12:11").judged("x", &[("12:00", Late)]);
    given(high().following(&relief).opened("09:00")).at("18:00").judged("x", &[]);
}

#[test]
fn t14_the_watch_after_the_rollout_runs_although_the_response_has_ended() {
    let watch = duty("{ status = \"resolved\" }", "done:x", "within = \"2h\"");
    let facts = || high().following(&watch).opened("09:00").field(Field::Status, "resolved", "10:00");
    given(facts()).at("12:01").judged("x", &[("12:00", Due)]);
    given(facts().says_done("x", "11:00")).at("11:01").judged("x", &[("12:00", Met)]);
    given(facts().closed("11:00")).at("12:01").judged("x", &[("12:00", Cancelled)]);
}

#[test]
fn a_duty_of_a_status_does_not_outlive_it_as_a_false_alarm() {
    let facts = high().following(&hour("{ status = \"confirmed\" }", "done:x")).opened("09:00");
    let facts = facts.field(Field::Status, "confirmed", "09:10").field(Field::Status, "false alarm", "09:30");
    given(facts).at("10:30").judged("x", &[("10:10", Cancelled)]);
}

#[test]
fn t15_the_retrospective_is_owed_after_the_closing_by_the_worst_severity_but_not_for_a_false_alarm() {
    let schedules = "severity = [\"high\"]\nwithin = \"24h\"\n[[duty.schedule]]\nwithin = \"72h\"";
    let retro = duty("\"closed\"", "done:x", schedules);
    let facts = |status: &str| {
        let story = high().following(&retro).opened("09:00").label("severity::low", "10:00");
        story.field(Field::Status, status, "11:00").closed("11:30")
    };
    given(facts("resolved")).at("Tue 11:31").judged("x", &[("Tue 11:30", Due)]);
    given(facts("resolved").says_done("x", "15:00")).at("15:01").judged("x", &[("Tue 11:30", Met)]);
    given(facts("false alarm")).at("Wed 12:00").judged("x", &[]);
}

#[test]
fn t15_on_the_calendar_of_the_worst_severity() {
    let retro = duty("\"closed\"", "done:x", "within = \"10h\"\ncalendar = \"severity\"");
    let story = high().following(&retro).opened("09:00").label("severity::low", "10:00");
    let story = story.field(Field::Status, "resolved", "11:00").closed("11:30");
    given(story).at("21:31").judged("x", &[("21:30", Due)]);
}

#[test]
fn a_duty_after_the_closing_starts_again_with_the_next_closing() {
    let retro = duty("\"closed\"", "done:x", "within = \"1h\"");
    let story = high().following(&retro).opened("09:00").closed("10:00").reopened("10:30").closed("12:00");
    given(story).at("10:10").at("10:40").at("13:01").judged("x", &[("13:00", Due)]);
}

#[test]
fn t18_a_flag_starts_a_chain_in_which_each_duty_waits_for_the_one_before() {
    let chain = format!("{FLAG}{}", hour("{ flag = \"leak\" }", "notified:director"));
    let second = hour("{ duty = \"x\" }", "done:y").replace("id = \"x\"", "id = \"y\"");
    let chain = format!("{chain}{second}");
    let facts = || high().following(&chain).opened("09:00").says(flag(), "09:30");
    given(facts()).at("10:31").judged("x", &[("10:30", Due)]).judged("y", &[]);
    let told = || facts().says(notified("director"), "09:45");
    given(told()).at("09:45").at("10:46").judged("x", &[("10:30", Met)]).judged("y", &[("10:45", Due)]);
    given(told().says_done("y", "10:00")).at("10:01").judged("y", &[("10:45", Met)]);
}

#[test]
fn a_flag_can_meet_a_duty_and_so_can_a_tick_and_a_phase() {
    let by_flag = format!("{FLAG}{}", hour("\"opened\"", "flag:leak"));
    given(high().following(&by_flag).opened("09:00").says(flag(), "09:30")).at("09:31").judged("x", &[("10:00", Met)]);
    let by_tick = hour("\"opened\"", "ticked:assess-2");
    let ticked = || high().following(&by_tick).opened("09:00");
    given(ticked().ticks("assess-2", true, "09:30")).at("09:31").judged("x", &[("10:00", Met)]);
    given(ticked().says_done("assess-2", "09:30")).at("09:31").judged("x", &[("10:00", Met)]);
    given(ticked().ticks("assess-3", true, "09:30")).at("10:01").judged("x", &[("10:00", Due)]);
    let by_phase = high().following(&hour("\"opened\"", "phase:assess")).opened("09:00");
    given(by_phase.label("phase::assess", "09:30")).at("09:31").judged("x", &[("10:00", Met)]);
}

#[test]
fn a_waived_deadline_asks_for_nothing_more() {
    let facts = || high().following(&hour("\"opened\"", "done:x")).opened("09:00").waives("x", "09:30");
    given(facts()).at("10:30").judged("x", &[("10:00", Waived)]);
    given(facts().says_done("x", "09:20")).at("10:30").judged("x", &[("10:00", Met)]);
}

#[test]
fn a_waived_sitrep_is_one_sitrep_and_the_next_is_due_as_ever() {
    let facts = || high().opened("09:00").comment(bob(), "09:01").waives("sitrep", "09:50");
    given(facts()).at("11:01").judged("sitrep", &[("10:00", Waived), ("11:00", Due)]);
    let twice = facts().waives("sitrep", "10:50").sitrep("11:30");
    given(twice).at("11:31").judged("sitrep", &[("10:00", Waived), ("11:00", Waived), ("12:00", Met)]);
    let daily = low().opened("08:00").waives("sitrep", "09:00").waives("sitrep", "Tue 09:00");
    given(daily).at("Wed 10:01").judged("sitrep", &[("10:00", Waived), ("Tue 10:00", Waived), ("Wed 10:00", Due)]);
}

#[test]
fn an_overdue_sitrep_can_be_waived_until_the_next_one_takes_over() {
    let facts = |at| high().opened("09:00").comment(bob(), "09:01").waives("sitrep", at);
    given(facts("10:20")).at("10:21").judged("sitrep", &[("10:00", Waived)]);
    given(facts("11:20")).at("11:21").judged("sitrep", &[("10:00", Missed), ("11:00", Waived)]);
}

#[test]
fn reopening_starts_the_clock_of_the_commander_and_the_phase_again() {
    for start in ["\"ic\"", "{ phase = \"initiate\" }", "{ status = \"investigating\" }"] {
        let facts = high().following(&hour(start, "done:x")).opened("09:00").ic_field("carol", "09:00");
        let facts = facts.says_done("x", "09:30").closed("10:00").reopened("Tue 12:00");
        given(facts).at("09:31").at("Tue 13:01").judged("x", &[("10:00", Met), ("Tue 13:00", Due)]);
    }
}

#[test]
fn two_starts_on_one_weekend_are_two_occurrences() {
    let notice = duty("\"disruption\"", "decided", "within = \"1h\"\ncalendar = \"business\"");
    let disrupt = || Command::Disrupt { text: "cut the network".to_owned() };
    let story = high().following(&notice).opened("09:00").says(disrupt(), "Sat 10:00").says(disrupt(), "Sat 11:00");
    let story = given(story).at("next Mon 10:01");
    let incident = story.incident();
    let seen: Vec<_> = incident.duties.iter().filter(|(occurrence, _)| occurrence.duty == "x").collect();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert_eq!(*seen[1].1, Due, "the later one is what is owed now");
}

#[test]
fn a_ticked_reason_raises_its_flag_once_and_taking_the_tick_away_does_not_lower_it() {
    let reasons = "[[flag]]\nid = \"leak\"\ntitle = \"Data may have leaked\"\nsource = \"test\"\n\
        checklist = [{ id = \"pii\", text = \"PII\", raises = \"leak\" }, { id = \"keys\", text = \"Keys\", raises = \"leak\" }]\n";
    let entries = format!("{reasons}{}", hour("{ flag = \"leak\" }", "notified:legal"));
    let story = || high().following(&entries).opened("09:00").ticks("keys", true, "09:10");
    given(story()).at("10:11").judged("x", &[("10:10", Due)]);
    given(story().ticks("pii", true, "09:40").ticks("keys", false, "09:50")).at("10:11").judged("x", &[("10:10", Due)]);
    given(story().ticks("pii", true, "09:40").says(notified("legal"), "09:50"))
        .at("11:00")
        .judged("x", &[("10:10", Met)]);
}
