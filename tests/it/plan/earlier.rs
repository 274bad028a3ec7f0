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

#[test]
fn what_was_due_when_the_issue_was_reopened_ends_as_missed() {
    let mut events = vec![
        event(0, alice(), What::Opened),
        event(0, alice(), What::LabelAdded { label: "severity::high".to_owned() }),
        event(0, alice(), What::LabelAdded { label: "status::resolved".to_owned() }),
        event(10, alice(), What::Closed),
        event(10_000, alice(), What::Reopened),
    ];
    let mut project = project(chrono_tz::UTC);
    let text = hotwash::process::shipped("cloud-gov").unwrap();
    project.process = std::sync::Arc::new(hotwash::process::read(text, "cloud-gov.toml").unwrap());
    let issue = IssueRef::new("github", "acme/incidents", 1);
    let states = |events: &[Event]| {
        let incident = fold(&issue, events, &project);
        let of_report = incident.duties.iter().filter(|(occurrence, _)| occurrence.duty == "retrospective");
        of_report.map(|(_, state)| *state).collect::<Vec<_>>()
    };
    let told = earlier(&fold(&issue, &events, &project), &events, &project);
    events.extend(told);
    assert_eq!(states(&events), [DutyState::Missed]);
    let again = earlier(&fold(&issue, &events, &project), &events, &project);
    assert_eq!(again, [], "it is told once");
}
