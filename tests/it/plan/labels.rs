//! Exactly one label of each dimension; everything else is left alone.

use super::story::{given, high, unknown};

#[test]
fn a_new_incident_gets_one_label_of_each_dimension() {
    given(unknown().opened("09:00")).at("09:00").labelled(&[
        "incident",
        "phase::initiate",
        "severity::unknown",
        "status::investigating",
    ]);
}

#[test]
fn agreeing_labels_are_not_written_again() {
    let story = given(unknown().opened("09:00")).at("09:00").at("09:01");
    assert_eq!(story.keys("labels/"), Vec::<String>::new());
}

#[test]
fn a_person_who_labels_a_new_phase_only_has_the_old_one_taken_off() {
    given(high().opened("09:00").label("phase::remediate", "09:10")).at("09:00").at("09:10").labelled(&[
        "incident",
        "phase::remediate",
        "severity::high",
        "status::investigating",
    ]);
}

#[test]
fn a_label_that_a_person_took_off_comes_back() {
    given(unknown().opened("09:00").label_off("severity::unknown", "09:10")).at("09:00").at("09:10").labelled(&[
        "incident",
        "phase::initiate",
        "severity::unknown",
        "status::investigating",
    ]);
}

#[test]
fn labels_outside_the_dimensions_are_never_touched() {
    given(unknown().opened("09:00").label("customer::acme", "09:00").label("severity", "09:00")).at("09:00").labelled(
        &["customer::acme", "incident", "phase::initiate", "severity", "severity::unknown", "status::investigating"],
    );
}

#[test]
fn a_label_that_names_nothing_is_taken_off_and_becomes_a_finding() {
    let story = given(unknown().opened("09:00").label("severity::hihg", "09:10")).at("09:00").at("09:10");
    let hotwash::domain::message::Message::Board(board) = story.message(hotwash::domain::message::MessageKind::Board)
    else {
        panic!("not a board")
    };
    assert!(
        board
            .findings
            .iter()
            .any(|finding| finding.text.0 == "severity::hihg" && finding.nearest.contains(&"high".to_owned()))
    );
    story.labelled(&["incident", "phase::initiate", "severity::unknown", "status::investigating"]);
}

#[test]
fn the_bot_stops_when_somebody_keeps_moving_labels_back() {
    let mut story = given(unknown().opened("09:00")).at("09:00");
    for minute in 1..40 {
        let at = format!("09:{minute:02}");
        story = story.label_off("incident", &at).at(&at);
    }
    assert_eq!(story.keys("labels/"), Vec::<String>::new());
    assert!(story.incident().label_moves.len() <= 21);
}
