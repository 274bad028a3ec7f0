//! What came of duties before a reopening is told once, even where the journal was lost meanwhile.

use chrono::TimeDelta;
use hotwash::{
    domain::{
        event::{DutyState, Event, What},
        ids::{CommentId, IssueRef},
        people::Actor,
        time::Moment,
    },
    plan::{earlier::earlier, fold::fold},
};

use super::story::{alice, bob, project};

fn event(minute: i64, by: Actor, what: What) -> Event {
    Event { at: Moment::default() + TimeDelta::minutes(minute), by, url: None, what }
}

fn before_the_reopening() -> Vec<Event> {
    vec![
        event(0, alice(), What::Opened),
        event(0, alice(), What::LabelAdded { label: "severity::high".to_owned() }),
        event(5, bob(), What::Commented { comment: CommentId(1), sitrep: false }),
        event(90, bob(), What::Commented { comment: CommentId(2), sitrep: true }),
        event(100, alice(), What::Closed),
    ]
}

fn told(events: &[Event]) -> Vec<(String, DutyState)> {
    let project = project(chrono_tz::UTC);
    let incident = fold(&IssueRef::new("github", "acme/incidents", 1), events, &project);
    let told = earlier(&incident, events, &project);
    let duties = told.into_iter().filter_map(|event| match event.what {
        What::Duty { occurrence, state, .. } => Some((occurrence.duty, state)),
        _ => None,
    });
    duties.collect()
}

#[test]
fn nothing_is_told_of_an_incident_that_was_never_reopened() {
    assert_eq!(told(&before_the_reopening()), []);
}

#[test]
fn a_journal_without_duties_is_given_those_of_the_time_before_the_reopening_once() {
    let mut events = before_the_reopening();
    events.push(event(200, alice(), What::Reopened));
    let states = told(&events);
    for wanted in [("acknowledge", DutyState::Met), ("sitrep", DutyState::Late)] {
        assert!(states.contains(&(wanted.0.to_owned(), wanted.1)), "{wanted:?} is missing: {states:?}");
    }
    let project = project(chrono_tz::UTC);
    let incident = fold(&IssueRef::new("github", "acme/incidents", 1), &events, &project);
    events.extend(earlier(&incident, &events, &project));
    assert_eq!(told(&events), [], "what the journal tells is not told again");
}
