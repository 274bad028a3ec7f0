//! T1 to T8, T12 to T14, T17, T18, T20: what is owed by when while an incident goes on.

use super::{given, story};

#[test]
fn t1_it_security_hears_of_it_within_the_hour() {
    let told = &["09:30 @bob", "10:00 @bob"];
    given("cloud-gov").plays([
        story("nobody tells them").filed("09:00", "high").acked("09:02").hears("13:00", "notify", told),
        story("told in time")
            .filed("09:00", "high")
            .acked("09:02")
            .owes("09:03", "notify", "waiting", "10:00")
            .says("09:25", "notified it-security")
            .owes("09:26", "notify", "met", "10:00")
            .hears("13:00", "notify", &[]),
        story("the box on the board counts as well")
            .filed("09:00", "high")
            .acked("09:02")
            .ticks("09:40", "tell-security")
            .hears("13:00", "notify", &["09:30 @bob"])
            .folds("13:00", "notify"),
        story("too late is late, and is over")
            .filed("09:00", "low")
            .acked("09:02")
            .says("10:05", "notified it-security")
            .owes("10:06", "notify", "met late", "10:00")
            .hears("13:00", "notify", told),
        story("a false alarm owes nothing").filed("09:00", "high").says("09:20", "status false alarm").hears(
            "13:00",
            "notify",
            &[],
        ),
    ]);
}

#[test]
fn t2_the_contact_sheet_is_called_after_ten_minutes_until_somebody_answers() {
    let ladder = &["09:10 @contact-sheet", "09:20 @contact-sheet @leads", "09:30 @contact-sheet @leads @product-owner"];
    given("civicactions").plays([
        story("nobody answers").filed("09:00", "low").hears("12:00", "acknowledge", ladder).reads(
            "12:00",
            "escalation",
            &["Called before: contact-sheet", "This is the last call"],
        ),
        story("somebody answers in time").filed("09:00", "high").says("09:09", "ack").hears(
            "12:00",
            "acknowledge",
            &[],
        ),
        story("a comment is an answer, and folds the call away")
            .filed("09:00", "high")
            .by("carol")
            .comments("09:15", "On it.")
            .hears("12:00", "acknowledge", &ladder[..1])
            .folds("12:00", "acknowledge"),
        story("the reporter is no answer").filed("09:00", "high").by("erin").comments("09:05", "Hello?").hears(
            "12:00",
            "acknowledge",
            ladder,
        ),
    ]);
}

#[test]
fn t3_the_leads_are_called_and_the_infrastructure_lead_last() {
    let ladder = &["09:10 @erin", "09:20 @leads", "09:30 @leads @infrastructure-lead"];
    given("cloud-gov").plays([
        story("nobody answers")
            .filed("09:00", "unknown")
            .by("erin")
            .ticks("09:02", "tell-security")
            .hears("12:00", "acknowledge", ladder)
            .counts("12:00", "escalation", 2)
            .reads("12:00", "escalation", &["Infrastructure lead", "This is the last call"]),
        story("a lead answers").filed("09:00", "unknown").says("09:25", "ack").hears(
            "12:00",
            "acknowledge",
            &ladder[..2],
        ),
        story("it need not be").filed("09:00", "unknown").says("09:08", "waive acknowledge a test").hears(
            "12:00",
            "acknowledge",
            &[],
        ),
    ]);
}

#[test]
fn t4_at_high_a_sitrep_is_due_every_hour_day_and_night() {
    for process in ["cloud-gov", "civicactions"] {
        given(process).plays([
            story("nobody reports").filed("21:30", "high").acked("21:32").hears(
                "Tue 01:00",
                "sitrep",
                &["22:30 @bob", "23:30 @bob", "Tue 00:30 @bob"],
            ),
            story("a report begins the hour anew")
                .filed("21:30", "high")
                .acked("21:32")
                .comments("22:10", "Sitrep: the keys are replaced.")
                .owes("22:11", "sitrep", "waiting", "23:10")
                .says("23:05", "sitrep nothing new")
                .hears("Tue 00:00", "sitrep", &[])
                .hears("Tue 00:10", "sitrep", &["Tue 00:05 @bob"]),
            story("medium sleeps at night").filed("21:30", "medium").acked("21:32").hears("Tue 01:00", "sitrep", &[]),
        ]);
    }
}

#[test]
fn t5_at_medium_a_sitrep_is_due_twice_on_a_business_day() {
    for process in ["cloud-gov", "civicactions"] {
        given(process).plays([
            story("nobody reports").filed("Fri 08:00", "medium").acked("Fri 08:02").hears(
                "next Mon 12:00",
                "sitrep",
                &["Fri 10:00 @bob", "Fri 16:00 @bob", "next Mon 10:00 @bob"],
            ),
            story("a report in the morning counts for the morning")
                .filed("Fri 08:00", "medium")
                .acked("Fri 08:02")
                .comments("Fri 09:30", "Sitrep: it was phishing.")
                .owes("Fri 09:31", "sitrep", "waiting", "Fri 16:00")
                .hears("Fri 17:00", "sitrep", &["Fri 16:00 @bob"]),
        ]);
    }
}

#[test]
fn t6_at_low_a_sitrep_is_due_once_on_a_business_day() {
    for process in ["cloud-gov", "civicactions"] {
        given(process).plays([
            story("nobody reports").filed("Thu 08:00", "low").acked("Thu 08:02").hears(
                "next Mon 12:00",
                "sitrep",
                &["Thu 10:00 @bob", "Fri 10:00 @bob", "next Mon 10:00 @bob"],
            ),
            story("one report is enough for the day")
                .filed("Thu 08:00", "low")
                .acked("Thu 08:02")
                .says("Thu 09:50", "sitrep one laptop, wiped")
                .hears("Thu 18:00", "sitrep", &[]),
        ]);
    }
}

#[test]
fn t7_the_leads_have_an_hour_to_answer_then_the_team_may_act_alone() {
    for process in ["cloud-gov", "civicactions"] {
        let asked = |name, severity| {
            story(name).filed("09:00", severity).acked("09:02").says("09:20", "disrupt take the login page down")
        };
        given(process).plays([
            asked("nobody answers", "medium")
                .reads(
                    "09:21",
                    "authority",
                    &["Consult the leads first", "until 2026-11-16 10:20 UTC", "may act alone"],
                )
                .reads("09:21", "board", &["To decide", "take the login page down"])
                .hears("14:00", "disruption-consult", &["09:50 @leads", "10:20 @bob"])
                .reads("14:00", "escalation", &["the team may act without them"]),
            asked("they answer", "medium")
                .by("carol")
                .says("09:40", "approve")
                .owes("09:41", "disruption-consult", "met", "10:20")
                .reads_no("09:41", "board", &["To decide"])
                .hears("14:00", "disruption-consult", &[]),
            asked("low is another rule", "low").hears("14:00", "disruption-consult", &[]),
            asked("and so is high", "high").hears("11:00", "disruption-consult", &[]),
        ]);
    }
}

#[test]
fn t8_after_three_hours_of_remediation_a_long_one_is_planned() {
    for process in ["cloud-gov", "civicactions"] {
        let confirmed =
            |name, severity| story(name).filed("09:00", severity).acked("09:02").says("09:30", "status confirmed");
        given(process).plays([
            confirmed("nobody plans", "high").hears("16:00", "long-plan", &["12:30 @bob"]),
            confirmed("the shifts are planned", "high").ticks("11:05", "long-shifts").hears("16:00", "long-plan", &[]),
            confirmed("it is over before", "high").says("11:30", "phase retrospective").hears(
                "16:00",
                "long-plan",
                &[],
            ),
        ]);
        let late = story("medium counts business hours").filed("16:00", "medium").acked("16:02");
        given(process).plays([late
            .says("16:30", "status confirmed")
            .owes("16:31", "long-plan", "waiting", "Tue 11:30")
            .hears("Tue 14:00", "long-plan", &["Tue 11:30 @bob"])]);
    }
}

#[test]
fn t12_somebody_is_on_call_day_and_night() {
    let night = |severity| {
        story("on a Saturday night").filed("Sat 22:00", severity).hears(
            "Sun 01:00",
            "acknowledge",
            &["Sat 22:15 @engineer", "Sat 22:30 @engineer @simoc"],
        )
    };
    given("gitlab-sirt").plays([
        night("unknown").hears("Sun 01:00", "assess", &["Sat 23:00"]),
        night("low").hears("Sun 01:00", "assess", &[]),
        night("medium"),
        night("high"),
        story("no snooze puts high to sleep")
            .filed("Sat 22:00", "high")
            .says("Sat 22:05", "flag law-enforcement")
            .says("Sat 22:06", "snooze law-director 5h")
            .hears("Sun 01:00", "law-director", &["Sat 22:20 @engineer @director"]),
    ]);
}

#[test]
fn t13_executives_hear_every_four_hours_or_daily() {
    let declared = |name, severity: &str| {
        let story = story(name).filed("08:00", "unknown").acked("08:02").says("08:05", &format!("severity {severity}"));
        story.says("08:30", "status confirmed")
    };
    let duty = "executive-update";
    given("sectemplates").plays([
        declared("sev1, and nobody tells them", "sev1").hears("17:00", duty, &["12:30 @bob", "16:30 @bob"]),
        declared("sev1, and they are told", "sev1")
            .says("11:00", "notified executives")
            .hears("14:59", duty, &[])
            .hears("16:00", duty, &["15:00 @bob"]),
        declared("sev2 hears daily", "sev2").hears("Tue 12:00", duty, &["10:00 @bob", "Tue 10:00 @bob"]),
        declared("sev3 does not", "sev3").hears("Tue 12:00", duty, &[]),
    ]);
}

#[test]
fn t14_a_rollout_is_watched_for_some_hours() {
    let out = |name| {
        let story = story(name).filed("08:00", "sev2").acked("08:02").says("08:30", "status confirmed");
        story.owes_no("08:31", "watch").says("10:00", "status monitoring").owes("10:01", "watch", "waiting", "13:00")
    };
    given("sectemplates").plays([
        out("nobody says what they saw").hears("17:00", "watch", &["13:00 @bob"]),
        out("it came back").says("12:00", "status confirmed").hears("17:00", "watch", &[]),
        out("it held, said late")
            .says("13:10", "done watch")
            .owes("13:11", "watch", "met late", "13:00")
            .hears("17:00", "watch", &["13:00"])
            .folds("17:00", "watch"),
    ]);
}

#[test]
fn t17_at_high_service_is_disrupted_now_and_people_are_told_soon() {
    for process in ["cloud-gov", "civicactions"] {
        let cut = |name, severity| {
            story(name).filed("09:00", severity).acked("09:02").says("09:20", "disrupt cut the network")
        };
        let duty = "disruption-notice";
        given(process).plays([
            cut("nobody is told", "high")
                .reads("09:21", "authority", &["Act now, without asking", "as soon as possible"])
                .hears("13:00", duty, &["09:50 @bob"]),
            cut("they are told", "high").says("09:30", "notified leads").hears("13:00", duty, &[]),
            cut("medium asks first", "medium").hears("13:00", duty, &[]),
            cut("low waits for agreement", "low")
                .reads("09:21", "authority", &["Do not act before everybody agreed"])
                .hears("13:00", duty, &[]),
        ]);
    }
}

#[test]
fn t18_something_illegal_is_told_to_the_director_at_once() {
    let flagged = |name| story(name).filed("09:00", "high").acked("09:02").says("09:30", "flag law-enforcement");
    given("gitlab-sirt").plays([
        flagged("nobody tells them")
            .reads("09:31", "reply", &["The flag law-enforcement is raised"])
            .hears("12:00", "law-director", &["09:37 @engineer", "09:45 @engineer @director"])
            .hears("12:00", "law-validate", &[]),
        flagged("told at once").says("09:33", "notified director").hears("12:00", "law-director", &[]),
        story("nothing is illegal").filed("09:00", "high").acked("09:02").hears("12:00", "law-director", &[]),
    ]);
}

#[test]
fn t20_at_medium_nobody_waits_longer_than_an_hour_for_stakeholders() {
    let asked = |name| story(name).filed("09:00", "medium").acked("09:02").says("09:20", "disrupt close port 22");
    for process in ["cloud-gov", "civicactions"] {
        given(process).plays([
            asked("nobody can be reached, and the team decides")
                .hears("10:20", "disruption-consult", &["09:50 @leads", "10:20 @bob"])
                .says("10:25", "approve")
                .gets_obeyed("10:26")
                .owes("10:26", "disruption-consult", "met late", "10:20")
                .folds("10:26", "disruption-consult"),
            asked("they decline").says("09:30", "decline").hears("12:00", "disruption-consult", &[]),
        ]);
    }
}
