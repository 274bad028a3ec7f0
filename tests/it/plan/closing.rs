//! One report per closing; reopening marks it and starts the clocks anew.

use hotwash::domain::{event::DutyState::Due, reading::Field};

use super::story::{bob, given, high};

#[test]
fn closing_brings_one_report() {
    let story = given(high().opened("09:00").field(Field::Status, "resolved", "11:00").closed("11:05")).at("11:05");
    assert_eq!(story.keys("retrospective/"), ["retrospective/close-1"]);
    assert_eq!(story.at("11:06").keys("retrospective/"), Vec::<String>::new());
}

#[test]
fn an_open_incident_gets_no_report() {
    let story = given(high().opened("09:00").field(Field::Status, "resolved", "11:00")).at("11:05");
    assert_eq!(story.keys("retrospective/"), Vec::<String>::new());
}

#[test]
fn reopening_marks_the_report_and_the_next_closing_brings_a_new_one() {
    let story = given(high().opened("09:00").closed("11:00").reopened("12:00").closed("13:00")).at("11:00").at("12:00");
    assert_eq!(story.keys("superseded/"), ["superseded/retrospective/close-1"]);
    let story = story.at("13:00");
    assert_eq!(story.keys("retrospective/"), ["retrospective/close-2"]);
    assert_eq!(story.keys("superseded/"), Vec::<String>::new());
}

#[test]
fn the_clocks_start_again_at_the_reopening() {
    given(high().opened("09:00").comment(bob(), "09:01").sitrep("09:30").closed("10:00").reopened("15:00"))
        .at("16:01")
        .judged("sitrep", &[("16:00", Due)]);
}
