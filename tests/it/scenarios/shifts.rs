//! T9, T10, T22: who works how long, and when.

use super::{given, story};

#[test]
fn t9_a_shift_is_over_after_three_hours_or_as_announced() {
    for process in ["cloud-gov", "civicactions"] {
        let on = |name, shift| {
            let story = story(name).filed("09:00", "medium").acked("09:02").says("09:05", "responders +@carol");
            story.says("09:10", shift)
        };
        given(process).plays([
            on("nobody relieves her", "shift @carol").reads("09:11", "board", &["On shift: @carol"]).hears(
                "15:00",
                "shift",
                &["12:10 @carol"],
            ),
            on("as announced", "shift @carol 2h").hears("15:00", "shift", &["11:10 @carol"]),
            on("relieved in time", "shift @carol").says("12:00", "shift @dave").hears("14:59", "shift", &[]).hears(
                "16:00",
                "shift",
                &["15:00"],
            ),
            story("nobody said who works").filed("09:00", "high").acked("09:02").hears("13:00", "shift", &[]),
        ]);
    }
}

#[test]
fn t10_command_is_handed_on_after_three_hours() {
    for process in ["cloud-gov", "civicactions"] {
        let acked = |name, severity| story(name).filed("09:00", severity).acked("09:10");
        given(process).plays([
            acked("nobody takes over", "high").hears("15:00", "ic-handoff", &["12:10 @bob"]),
            acked("handed on in time", "high")
                .says("10:00", "lead the laptop in the drawer @dave")
                .says("12:00", "handoff @carol")
                .reads("12:01", "handoff", &["Command goes to @carol, from", "Open leads", "the laptop in the drawer"])
                .hears("14:59", "ic-handoff", &[])
                .hears("16:00", "ic-handoff", &["15:00 @carol"]),
            acked("at medium, people go home at night", "medium").hears("15:00", "ic-handoff", &[]),
        ]);
    }
}

#[test]
fn t22_high_goes_on_around_the_clock_and_the_others_in_business_hours() {
    for process in ["cloud-gov", "civicactions"] {
        let confirmed =
            |name, severity| story(name).filed("16:40", severity).acked("16:42").says("16:45", "status confirmed");
        given(process).plays([
            confirmed("high", "high").hears("Tue 10:00", "first-sitrep", &["17:15 @bob"]),
            confirmed("medium", "medium").hears("Tue 10:00", "first-sitrep", &["Tue 09:15 @bob"]),
            confirmed("low", "low").hears("Tue 10:00", "first-sitrep", &["Tue 09:15 @bob"]),
        ]);
    }
}
