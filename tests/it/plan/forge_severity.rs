//! The forge's own severity: when the bot sets it, when it leaves it alone, and what a person who sets it means.

use chrono::{TimeDelta, TimeZone, Utc};
use hotwash::{
    domain::{
        action::{Action, Effect},
        event::{Event, What},
        forge_severity::ForgeSeverity::{self, Critical, High, Low, Unknown},
        ids::IssueRef,
        incident::{Incident, Via},
        message::Message,
        people::Actor,
        project::Project,
        time::Moment,
    },
    plan::{Circumstances, fold::fold, plan},
};

use super::story::{alice, bob, project};

fn at(minute: i64) -> Moment {
    Utc.with_ymd_and_hms(2026, 11, 20, 9, 0, 0).unwrap() + TimeDelta::minutes(minute)
}

fn event(minute: i64, by: Actor, what: What) -> Event {
    Event { at: at(minute), by, url: None, what }
}

fn opened() -> Event {
    event(0, alice(), What::Opened)
}

fn labelled(minute: i64, severity: &str) -> Event {
    event(minute, bob(), What::LabelAdded { label: format!("severity::{severity}") })
}

fn set(minute: i64, by: Actor, to: ForgeSeverity) -> Event {
    event(minute, by, What::ForgeSeverity { to })
}

fn incident(events: &[Event]) -> Incident {
    fold(&IssueRef::new("gitlab", "acme/incidents", 1), events, &project(chrono_tz::UTC))
}

/// What is planned at 10:00 where the forge shows this.
fn planned(events: &[Event], project: &Project, shown: Option<ForgeSeverity>) -> Vec<Action> {
    let circumstances = Circumstances { forge_severity: shown, ..Circumstances::default() };
    plan(&incident(events), project, &circumstances, at(60)).actions
}

fn sets(events: &[Event], shown: Option<ForgeSeverity>) -> Vec<(String, ForgeSeverity)> {
    let actions = planned(events, &project(chrono_tz::UTC), shown).into_iter();
    let set = actions.filter_map(|action| match action.what {
        Effect::ForgeSeverity { to } => Some((action.key, to)),
        _ => None,
    });
    set.collect()
}

#[test]
fn it_is_set_where_it_does_not_say_what_ours_does() {
    let events = [opened(), labelled(10, "high")];
    let key = "forge-severity/HIGH@2026-11-20T09:10:00Z".to_owned();
    assert_eq!(sets(&events, Some(Low)), [(key, High)]);
    assert_eq!(sets(&events, Some(High)), []);
    assert_eq!(sets(&events, Some(Critical)), [], "nothing of ours is worse, so it means the same");
    assert_eq!(sets(&events, None), [], "no incident to the forge");
    assert_eq!(sets(&[opened()], Some(Unknown)), []);
}

#[test]
fn what_the_forge_refused_for_good_is_not_asked_for_again_until_ours_changes() {
    let key = "forge-severity/HIGH@2026-11-20T09:10:00Z".to_owned();
    let given_up = event(11, Actor::Bot, What::GaveUp { key, why: "refused".to_owned() });
    let mut events = vec![opened(), labelled(10, "high"), given_up];
    assert_eq!(sets(&events, Some(Unknown)), []);
    let board = |events: &[Event]| {
        let actions = planned(events, &project(chrono_tz::UTC), Some(Unknown)).into_iter();
        let mut boards = actions.filter_map(|action| match action.what {
            Effect::Comment { message, .. } => match *message {
                Message::Board(board) => Some(board.findings),
                _ => None,
            },
            _ => None,
        });
        let findings = boards.next().expect("there is a board");
        findings.into_iter().filter(|finding| finding.what.contains("did not let me set its own severity")).count()
    };
    assert_eq!(board(&events), 1, "it is said");
    events.push(labelled(20, "low"));
    assert_eq!(sets(&events, Some(Unknown)).len(), 1);
    assert_eq!(board(&events), 0, "and no longer than it matters");
}

#[test]
fn two_programs_that_set_it_back_and_forth_are_not_joined_for_ever() {
    let mut events = vec![opened(), labelled(10, "high")];
    events.extend((0..20).map(|nth| set(20 + nth, Actor::Bot, High)));
    assert_eq!(sets(&events, Some(Low)), []);
    let hour_later = Circumstances { forge_severity: Some(Low), ..Circumstances::default() };
    let later = plan(&incident(&events), &project(chrono_tz::UTC), &hour_later, at(130)).actions;
    assert!(later.iter().any(|action| matches!(action.what, Effect::ForgeSeverity { to: High })));
}

#[test]
fn a_person_who_sets_it_sets_ours_and_the_newest_wins_whatever_was_noticed_first() {
    let person = incident(&[opened(), labelled(10, "low"), set(20, alice(), High)]);
    let severity = &person.severity;
    assert_eq!((severity.value.as_str(), severity.via, &severity.by), ("high", Via::Forge, &alice()));
    assert_eq!(person.peak_severity, "high");
    let late = incident(&[opened(), set(20, alice(), High), labelled(30, "low"), set(25, alice(), Unknown)]);
    assert_eq!(late.severity.value, "low");
    let bot = incident(&[opened(), labelled(10, "low"), set(20, Actor::Bot, High)]);
    assert_eq!((bot.severity.value.as_str(), bot.forge_severity), ("low", High));
}

#[test]
fn whatever_a_person_sets_is_never_set_otherwise() {
    for held in ["unknown", "low", "medium", "high"] {
        for (_, to) in ForgeSeverity::ALL {
            let events = [opened(), labelled(10, held), set(20, alice(), to)];
            assert_eq!(sets(&events, Some(to)), [], "{to} while {held} held");
        }
    }
}

#[test]
fn turns_are_copied_only_where_the_project_and_the_forge_keep_a_timeline_and_each_once() {
    let events = [opened(), labelled(10, "high")];
    let wanted = Project { timeline_events: true, ..project(chrono_tz::UTC) };
    let copied = |events: &[Event], project: &Project, shown| {
        let actions = planned(events, project, shown).into_iter();
        actions.filter(|action| matches!(action.what, Effect::Enter(_))).map(|action| action.key).collect::<Vec<_>>()
    };
    let keys = copied(&events, &wanted, Some(High));
    assert_eq!(keys.len(), 1, "{keys:?}");
    assert!(keys[0].starts_with("timeline/severity.") && keys[0].ends_with("@2026-11-20T09:10:00Z"), "{keys:?}");
    assert_eq!(copied(&events, &wanted, None), Vec::<String>::new());
    assert_eq!(copied(&events, &project(chrono_tz::UTC), Some(High)), Vec::<String>::new());
    let entered = event(11, Actor::Bot, What::Entered { key: keys[0].clone() });
    assert_eq!(copied(&[&events[..], &[entered]].concat(), &wanted, Some(High)), Vec::<String>::new());
    let refused = event(11, Actor::Bot, What::GaveUp { key: "timeline".to_owned(), why: "refused".to_owned() });
    assert_eq!(copied(&[&events[..], &[refused]].concat(), &wanted, Some(High)), Vec::<String>::new());
}
