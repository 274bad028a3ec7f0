//! What is true comes from reading; deliveries and history only say who and when.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use hotwash::{
    domain::{
        command::{Command, Spoken},
        event::{Event, Exposure, Outcome, What},
        hint::{Hint, Hinted},
        ids::{CommentId, IssueRef},
        incident::Incident,
        message::MessageKind,
        people::{Account, Actor},
        reading::{Field, FieldReading, Reading, Value},
        snapshot::{Audience, Change, Changed, Issue},
        time::Moment,
    },
    plan::{
        fold::fold,
        observe::{
            Noticed, Seen, SeenComment, SeenEdit, lacks_edit, lags, observe, wants_dating, wants_edits, wants_history,
        },
    },
};

use super::story::project;

fn at(minute: i64) -> Moment {
    Moment::default() + TimeDelta::minutes(minute)
}

fn bot() -> Account {
    Account::new(7, "hotwash[bot]")
}

fn alice() -> Account {
    Account::new(11, "alice")
}

fn issue(labels: &[&str]) -> Issue {
    Issue {
        number: 1,
        title: "Chickens".to_owned(),
        body: String::new(),
        open: true,
        author: Some(alice()),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        assignees: Vec::new(),
        comments: 0,
        created_at: at(0),
        updated_at: at(30),
        closed_at: None,
        closed_by: None,
        url: "https://forge.example/issues/1".to_owned(),
        is_change_request: false,
        confidential: None,
        is_mailed: false,
        is_incident: false,
        forge_severity: None,
    }
}

fn reading(severity: Option<&str>) -> Reading {
    let value = severity.map(|name| Value::Named(name.to_owned()));
    let read = FieldReading { line: 4, raw: "x".to_owned(), value };
    Reading { fields: [(Field::Severity, read)].into(), ..Reading::default() }
}

struct Scene {
    incident: Incident,
    issue: Issue,
    reading: Reading,
    hints: Vec<Hint>,
    history: Option<Vec<Change>>,
    edits: Vec<SeenEdit>,
    comments: Vec<SeenComment>,
    all_comments: bool,
    audience: Audience,
}

impl Scene {
    fn new(known: &[Event], issue: Issue) -> Self {
        let incident = fold(&IssueRef::new("github", "acme/incidents", 1), known, &project(chrono_tz::UTC));
        let reading = reading(Some("low"));
        Self {
            incident,
            issue,
            reading,
            hints: Vec::new(),
            history: None,
            edits: Vec::new(),
            comments: Vec::new(),
            all_comments: false,
            audience: Audience::Trusted,
        }
    }

    fn noticed(&self) -> Noticed {
        let seen = Seen {
            project: &project(chrono_tz::UTC),
            issue: &self.issue,
            reading: &self.reading,
            hints: &self.hints,
            history: self.history.as_deref(),
            edits: &self.edits,
            bot: &bot(),
            comments: &self.comments,
            all_comments: self.all_comments,
            audience: self.audience,
            now: at(60),
        };
        observe(&self.incident, &seen)
    }
}

fn known(labels: &[&str]) -> Vec<Event> {
    let tell = |what| Event { at: at(0), by: Actor::Person(alice()), url: None, what };
    let value = Value::Named("low".to_owned());
    let labels = labels.iter().map(|label| tell(What::LabelAdded { label: (*label).to_owned() }));
    [tell(What::Opened), tell(What::FieldSet { field: Field::Severity, value })].into_iter().chain(labels).collect()
}

fn comment(id: u64, author: Account, sitrep: bool, marker: Option<(MessageKind, &str)>) -> SeenComment {
    SeenComment {
        id: CommentId(id),
        author: Some(author),
        created_at: at(10),
        updated_at: at(10),
        url: format!("https://forge.example/issues/1#c{id}"),
        sitrep,
        spoken: Vec::new(),
        marker: marker.map(|(kind, key)| (kind, key.to_owned())),
        boxes: Vec::new(),
    }
}

#[test]
fn nothing_new_is_noticed_in_an_unchanged_issue() {
    let noticed = Scene::new(&known(&["incident"]), issue(&["incident"])).noticed();
    assert_eq!(noticed.events, Vec::new());
}

#[test]
fn a_first_look_tells_of_the_opening_by_its_author() {
    let noticed = Scene::new(&[], issue(&["incident"])).noticed();
    let what: Vec<&What> = noticed.events.iter().map(|event| &event.what).collect();
    assert_eq!(what.len(), 3);
    assert_eq!(what[0], &What::Opened);
    assert!(noticed.events.iter().all(|event| event.at == at(0) && event.by == Actor::Person(alice())));
}

#[test]
fn a_delivery_says_who_put_the_label_on_and_when() {
    let mut scene = Scene::new(&known(&[]), issue(&["severity::high"]));
    let what = Hinted::LabelAdded { label: "severity::high".to_owned() };
    scene.hints.push(Hint { at: at(20), by: Some(Account::new(12, "bob")), what });
    let noticed = scene.noticed();
    assert_eq!(noticed.events[0].at, at(20));
    assert_eq!(noticed.events[0].by, Actor::Person(Account::new(12, "bob")));
}

#[test]
fn a_lost_delivery_is_made_up_for_by_the_history() {
    let mut scene = Scene::new(&known(&[]), issue(&["severity::high"]));
    assert!(wants_history(&scene.incident, &scene.issue, &scene.hints, &project(chrono_tz::UTC)));
    let by = Actor::Person(Account::new(12, "bob"));
    scene.history =
        Some(vec![Change { at: at(20), by: by.clone(), what: Changed::LabelAdded("severity::high".to_owned()) }]);
    let noticed = scene.noticed();
    assert_eq!((noticed.events[0].at, &noticed.events[0].by), (at(20), &by));
}

#[test]
fn the_history_says_who_assigned_somebody_where_no_delivery_does() {
    let mut scene = Scene::new(&known(&["incident"]), issue(&["incident"]));
    let project = project(chrono_tz::UTC);
    assert!(!wants_history(&scene.incident, &scene.issue, &scene.hints, &project));
    let carol = Account::new(13, "carol");
    scene.issue.assignees = vec![carol.clone()];
    assert!(wants_history(&scene.incident, &scene.issue, &scene.hints, &project));
    let assigned = Changed::Assigned(carol.clone());
    scene.history = Some(vec![Change { at: at(20), by: Actor::Person(alice()), what: assigned }]);
    let told = scene.noticed().events;
    assert_eq!((told[0].at, &told[0].by), (at(20), &Actor::Person(alice())), "{told:?}");
    assert_eq!(told[0].what, What::Assigned { who: carol.clone() });
    scene.hints = vec![Hint { at: at(20), by: Some(alice()), what: Hinted::Assigned { who: carol } }];
    assert!(!wants_history(&scene.incident, &scene.issue, &scene.hints, &project), "the delivery says it all");
}

#[test]
fn a_delivery_alone_changes_nothing_that_reading_does_not_show() {
    let mut scene = Scene::new(&known(&["incident"]), issue(&["incident"]));
    let what = Hinted::LabelAdded { label: "severity::high".to_owned() };
    scene.hints.push(Hint { at: at(20), by: Some(alice()), what });
    scene.hints.push(Hint { at: at(21), by: Some(alice()), what: Hinted::Closed });
    assert_eq!(scene.noticed().events, Vec::new());
}

#[test]
fn the_bots_own_labels_are_told_as_its_own() {
    let mut scene = Scene::new(&known(&[]), issue(&["phase::initiate"]));
    let what = Hinted::LabelAdded { label: "phase::initiate".to_owned() };
    scene.hints.push(Hint { at: at(20), by: Some(bot()), what });
    assert_eq!(scene.noticed().events[0].by, Actor::Bot);
}

#[test]
fn an_unreadable_field_keeps_the_last_good_value_and_is_told_once() {
    let mut scene = Scene::new(&known(&[]), issue(&[]));
    scene.reading = reading(None);
    let events = scene.noticed().events;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].what, What::FieldUnreadable { field: Field::Severity, line: 4 });
    let all: Vec<Event> = known(&[]).into_iter().chain(events).collect();
    let mut again = Scene::new(&all, issue(&[]));
    again.reading = reading(None);
    assert_eq!(again.incident.severity.value, "low");
    assert_eq!(again.noticed().events, Vec::new());
}

#[test]
fn a_persons_comment_is_told_once_and_a_sitrep_made_by_editing_counts() {
    let mut scene = Scene::new(&known(&[]), issue(&[]));
    scene.comments = vec![comment(5, alice(), false, None)];
    let told = scene.noticed().events;
    assert_eq!(told[0].what, What::Commented { comment: CommentId(5), sitrep: false });
    let all: Vec<Event> = known(&[]).into_iter().chain(told).collect();
    let mut again = Scene::new(&all, issue(&[]));
    again.comments = vec![comment(5, alice(), false, None)];
    assert_eq!(again.noticed().events, Vec::new());
    again.comments = vec![comment(5, alice(), true, None)];
    assert_eq!(again.noticed().events[0].what, What::Commented { comment: CommentId(5), sitrep: true });
}

#[test]
fn a_comment_of_ours_that_the_journal_does_not_know_is_adopted() {
    let mut scene = Scene::new(&known(&[]), issue(&[]));
    let key = "reminder/sitrep@2026-11-16T10:00:00Z";
    scene.comments = vec![comment(5, bot(), false, Some((MessageKind::Reminder, key)))];
    let noticed = scene.noticed();
    assert_eq!(noticed.adopted, [(key.to_owned(), CommentId(5))]);
    let What::Wrote { covers, .. } = &noticed.events[0].what else { panic!("not written") };
    assert_eq!(covers[0].duty, "sitrep");
}

#[test]
fn a_persons_comment_with_our_marker_is_a_persons_comment() {
    let mut scene = Scene::new(&known(&[]), issue(&[]));
    scene.comments = vec![comment(5, alice(), false, Some((MessageKind::Board, "board")))];
    let noticed = scene.noticed();
    assert!(noticed.adopted.is_empty());
    assert!(matches!(noticed.events[0].what, What::Commented { .. }));
}

#[test]
fn a_comment_missing_from_the_whole_thread_is_gone() {
    let wrote =
        What::Wrote { key: "board".to_owned(), kind: MessageKind::Board, comment: CommentId(9), covers: Vec::new() };
    let mut events = known(&[]);
    events.push(Event { at: at(1), by: Actor::Bot, url: None, what: wrote });
    let mut scene = Scene::new(&events, issue(&[]));
    scene.all_comments = true;
    scene.issue.comments = 1;
    assert_eq!(scene.noticed().events, Vec::new(), "a list that lags behind the count proves nothing");
    scene.issue.comments = 0;
    assert_eq!(scene.noticed().events[0].what, What::CommentGone { comment: CommentId(9) });
}

#[test]
fn a_list_that_shows_what_the_bot_deleted_is_old_and_proves_nothing() {
    let key = "reminder/sitrep@2026-11-16T10:00:00Z";
    let wrote = |key: &str, kind, id| What::Wrote { key: key.to_owned(), kind, comment: CommentId(id), covers: vec![] };
    let doing = |minute, what| Event { at: at(minute), by: Actor::Bot, url: None, what };
    let mut events = known(&[]);
    events.extend([
        doing(1, wrote("board", MessageKind::Board, 9)),
        doing(2, wrote(key, MessageKind::Reminder, 5)),
        doing(3, What::TakingBack { key: key.to_owned(), comment: CommentId(5) }),
        doing(3, What::Collapsed { key: key.to_owned() }),
        doing(3, What::CommentGone { comment: CommentId(5) }),
    ]);
    let mut scene = Scene::new(&events, issue(&[]));
    scene.all_comments = true;
    // As many as the forge counts, but not the same.
    scene.issue.comments = 1;
    scene.comments = vec![comment(5, bot(), false, Some((MessageKind::Reminder, key)))];
    let noticed = scene.noticed();
    assert_eq!((noticed.events, noticed.adopted), (Vec::new(), Vec::new()));
}

#[test]
fn what_the_bot_set_about_deleting_is_not_blamed_on_somebody() {
    let key = "reminder/sitrep@2026-11-16T10:00:00Z";
    let doing = |minute, what| Event { at: at(minute), by: Actor::Bot, url: None, what };
    let kind = MessageKind::Reminder;
    let mut events = known(&[]);
    events.extend([
        doing(2, What::Wrote { key: key.to_owned(), kind, comment: CommentId(5), covers: vec![] }),
        doing(3, What::TakingBack { key: key.to_owned(), comment: CommentId(5) }),
    ]);
    let mut scene = Scene::new(&events, issue(&[]));
    scene.all_comments = true;
    let told: Vec<_> = scene.noticed().events.into_iter().map(|event| (event.by, event.what)).collect();
    let gone = What::CommentGone { comment: CommentId(5) };
    assert_eq!(told, [(Actor::Bot, What::Collapsed { key: key.to_owned() }), (Actor::Bot, gone)]);
    // As long as it stands there, it is still to be taken back.
    (scene.issue.comments, scene.comments) = (1, vec![comment(5, bot(), false, Some((kind, key)))]);
    assert_eq!(scene.noticed().events, Vec::new());
    assert!(!scene.incident.reminders[0].collapsed);
}

#[test]
fn what_the_bot_was_not_let_delete_is_somebody_s_to_delete_until_the_bot_sets_about_it_again() {
    let key = "reminder/sitrep@2026-11-16T10:00:00Z";
    let doing = |minute, what| Event { at: at(minute), by: Actor::Bot, url: None, what };
    let taking_back = |minute| doing(minute, What::TakingBack { key: key.to_owned(), comment: CommentId(5) });
    let mut events = known(&[]);
    let wrote = What::Wrote { key: key.to_owned(), kind: MessageKind::Reminder, comment: CommentId(5), covers: vec![] };
    let refused = doing(3, What::NotTakenBack { comment: CommentId(5) });
    events.extend([doing(2, wrote), taking_back(3), refused]);
    let told = |events: &[Event]| {
        let mut scene = Scene::new(events, issue(&[]));
        scene.all_comments = true;
        scene.noticed().events.into_iter().map(|event| (event.by, event.what)).collect::<Vec<_>>()
    };
    let gone = What::CommentGone { comment: CommentId(5) };
    assert_eq!(told(&events), [(Actor::Somebody, gone.clone())]);
    events.push(taking_back(4));
    assert_eq!(told(&events), [(Actor::Bot, What::Collapsed { key: key.to_owned() }), (Actor::Bot, gone)]);
}

#[test]
fn what_the_bot_wrote_a_moment_ago_is_not_gone_because_a_list_lacks_it() {
    let wrote =
        What::Wrote { key: "board".to_owned(), kind: MessageKind::Board, comment: CommentId(9), covers: Vec::new() };
    let mut events = known(&[]);
    events.push(Event { at: at(60) - TimeDelta::seconds(20), by: Actor::Bot, url: None, what: wrote });
    let mut scene = Scene::new(&events, issue(&[]));
    (scene.all_comments, scene.issue.comments) = (true, 1);
    // A person's comment of which nobody knows that it is deleted.
    scene.comments = vec![comment(4, alice(), false, None)];
    assert!(!scene.noticed().events.iter().any(|event| matches!(event.what, What::CommentGone { .. })));
}

#[test]
fn an_issue_without_a_journal_is_told_from_its_history() {
    let mut scene = Scene::new(&[], issue(&["incident", "severity::low"]));
    let by = Actor::Person(alice());
    let change = |minute, what| Change { at: at(minute), by: by.clone(), what };
    scene.history = Some(vec![
        change(1, Changed::LabelAdded("severity::high".to_owned())),
        change(5, Changed::LabelRemoved("severity::high".to_owned())),
        change(5, Changed::LabelAdded("severity::low".to_owned())),
    ]);
    let events = scene.noticed().events;
    let incident = fold(&IssueRef::new("github", "acme/incidents", 1), &events, &project(chrono_tz::UTC));
    assert_eq!((incident.peak_severity.as_str(), incident.severity.value.as_str()), ("high", "low"));
    assert_eq!(incident.labels, BTreeSet::from(["incident".to_owned(), "severity::low".to_owned()]));
}

#[test]
fn labels_are_ours_whatever_their_capitals() {
    let scene = Scene::new(&known(&["incident", "severity::low"]), issue(&["Incident", "Severity::Low"]));
    assert_eq!(scene.noticed().events, Vec::new());
    assert!(!wants_history(&scene.incident, &scene.issue, &scene.hints, &project(chrono_tz::UTC)));
    let scene = Scene::new(&known(&["incident"]), issue(&["Incident", "Severity::High"]));
    let events: Vec<Event> = known(&["incident"]).into_iter().chain(scene.noticed().events).collect();
    let incident = fold(&IssueRef::new("github", "acme/incidents", 1), &events, &project(chrono_tz::UTC));
    assert_eq!(incident.severity.value, "high");
}

#[test]
fn a_closing_between_reading_the_issue_and_its_history_is_told_by_the_next_look_once() {
    let change = |minute, what| Change { at: at(minute), by: Actor::Person(alice()), what };
    let history = vec![change(20, Changed::LabelAdded("status::resolved".to_owned())), change(20, Changed::Closed)];
    let mut events = known(&["incident"]);
    let read = issue(&["incident", "status::resolved"]);
    let mut scene = Scene::new(&events, Issue { updated_at: at(20), ..read.clone() });
    scene.history = Some(history.clone());
    events.extend(scene.noticed().events);
    let turns = |events: &[Event]| -> Vec<What> {
        let turns = events.iter().filter(|event| matches!(event.what, What::Closed | What::Reopened));
        turns.map(|event| event.what.clone()).collect()
    };
    assert_eq!(turns(&events), Vec::new(), "the issue was open when it was read");
    let closed = Issue { open: false, closed_at: Some(at(20)), updated_at: at(20), ..read };
    let mut scene = Scene::new(&events, closed);
    scene.history = Some(history);
    events.extend(scene.noticed().events);
    assert_eq!(turns(&events), [What::Closed]);
    let incident = fold(&IssueRef::new("github", "acme/incidents", 1), &events, &project(chrono_tz::UTC));
    assert_eq!(incident.status.value, "resolved", "what held at the end holds");
}

#[test]
fn an_issue_that_was_opened_and_closed_again_unseen_is_told_as_both() {
    let mut events = known(&["incident"]);
    events.push(Event { at: at(5), by: Actor::Person(alice()), url: None, what: What::Closed });
    let mut closed = issue(&["incident"]);
    (closed.open, closed.closed_at) = (false, Some(at(25)));
    let mut scene = Scene::new(&events, closed);
    assert!(wants_history(&scene.incident, &scene.issue, &scene.hints, &project(chrono_tz::UTC)));
    let change = |minute, what| Change { at: at(minute), by: Actor::Person(alice()), what };
    scene.history = Some(vec![change(5, Changed::Closed), change(15, Changed::Reopened), change(25, Changed::Closed)]);
    let told: Vec<(Moment, What)> = scene.noticed().events.into_iter().map(|event| (event.at, event.what)).collect();
    assert_eq!(told, [(at(15), What::Reopened), (at(25), What::Closed)]);
}

#[test]
fn an_old_issue_that_becomes_an_incident_has_clocks_from_then_on() {
    let mut scene = Scene::new(&[], issue(&["incident"]));
    let what = Hinted::LabelAdded { label: "incident".to_owned() };
    scene.hints.push(Hint { at: at(25), by: Some(alice()), what });
    assert_eq!(scene.noticed().events[0].at, at(25));
}

#[test]
fn a_journal_written_anew_believes_the_labels_that_the_bot_put_on() {
    let mut scene = Scene::new(&[], issue(&["incident", "severity::low"]));
    scene.reading = reading(Some("low"));
    let change = |minute, who: Account, what| Change { at: at(minute), by: Actor::Person(who), what };
    scene.history = Some(vec![
        change(1, alice(), Changed::LabelAdded("severity::high".to_owned())),
        change(9, bot(), Changed::LabelAdded("severity::low".to_owned())),
        change(9, bot(), Changed::LabelRemoved("severity::high".to_owned())),
    ]);
    let events = scene.noticed().events;
    let incident = fold(&IssueRef::new("github", "acme/incidents", 1), &events, &project(chrono_tz::UTC));
    assert_eq!(incident.severity.value, "low");
}

#[test]
fn a_journal_written_anew_knows_the_command_that_the_bots_label_followed_in_the_same_second() {
    // Adapters know their own account.
    for own in [Actor::Person(bot()), Actor::Bot] {
        let mut scene = Scene::new(&[], issue(&["incident", "severity::high"]));
        scene.history =
            Some(vec![Change { at: at(9), by: own, what: Changed::LabelAdded("severity::high".to_owned()) }]);
        let mut events = scene.noticed().events;
        let command = Some(Command::Severity { to: "high".to_owned() });
        let what = What::Commanded {
            comment: CommentId(5),
            text: "@hotwash severity high".to_owned(),
            command,
            outcome: Outcome::Obeyed,
        };
        events.push(Event { at: at(9), by: bob(), url: None, what });
        let incident = fold(&IssueRef::new("github", "acme/incidents", 1), &events, &project(chrono_tz::UTC));
        assert_eq!((incident.severity.value.as_str(), incident.severity.by), ("high", bob()));
    }
}

#[test]
fn what_the_bot_did_before_it_died_is_its_own_doing() {
    for own in [Actor::Person(bot()), Actor::Bot] {
        let mut scene = Scene::new(&known(&["incident"]), issue(&["incident", "phase::assess"]));
        scene.history =
            Some(vec![Change { at: at(9), by: own, what: Changed::LabelAdded("phase::assess".to_owned()) }]);
        let events = scene.noticed().events;
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!(events[0].by, Actor::Bot, "nobody chose this phase");
    }
}

fn bob() -> Actor {
    Actor::Person(Account::new(12, "bob"))
}

fn edit(minute: i64, by: &Actor, severity: &str) -> SeenEdit {
    let mut reading = reading(Some(severity));
    reading.fields.entry(Field::Severity).and_modify(|field| severity.clone_into(&mut field.raw));
    SeenEdit { at: at(minute), by: by.clone(), reading: Some(reading) }
}

fn told(scene: &Scene) -> Vec<(Moment, Actor, String)> {
    let events = scene.noticed().events.into_iter().filter_map(|event| match event.what {
        What::FieldSet { value: Value::Named(name), .. } => Some((event.at, event.by, name)),
        _ => None,
    });
    events.collect()
}

#[test]
fn the_forges_record_says_who_edited_the_body_and_when() {
    let mut scene = Scene::new(&known(&[]), issue(&[]));
    scene.reading = edit(20, &bob(), "high").reading.unwrap();
    assert!(wants_edits(&scene.incident, &scene.issue, &scene.reading));
    assert_eq!(told(&scene), [(at(30), Actor::Somebody, "high".to_owned())], "nobody says it");
    scene.edits = vec![edit(0, &Actor::Person(alice()), "low"), edit(20, &bob(), "high")];
    assert_eq!(told(&scene), [(at(20), bob(), "high".to_owned())]);
    scene.hints = vec![Hint { at: at(29), by: Some(alice()), what: Hinted::Edited }];
    assert_eq!(told(&scene), [(at(20), bob(), "high".to_owned())], "a delivery may tell of another edit");
}

#[test]
fn edits_between_two_looks_are_told_each_by_its_editor() {
    let mut scene = Scene::new(&known(&[]), issue(&[]));
    let carol = Actor::Person(Account::new(13, "carol"));
    scene.edits = vec![
        edit(0, &Actor::Person(alice()), "low"),
        edit(10, &bob(), "high"),
        SeenEdit { reading: None, ..edit(15, &bob(), "medium") },
        edit(20, &carol, "medium"),
    ];
    scene.reading = edit(20, &carol, "medium").reading.unwrap();
    assert_eq!(told(&scene), [(at(10), bob(), "high".to_owned()), (at(20), carol.clone(), "medium".to_owned())]);
    // What the journal tells already is not told again.
    let known: Vec<Event> = known(&[]).into_iter().chain(scene.noticed().events).collect();
    let again = Scene { incident: Scene::new(&known, issue(&[])).incident, ..scene };
    assert_eq!(told(&again), []);
    assert!(!wants_edits(&again.incident, &again.issue, &again.reading));
}

#[test]
fn a_record_of_edits_that_lacks_what_is_known_of_lags() {
    let bobs = edit(20, &bob(), "high");
    let set = Event {
        at: bobs.at,
        by: bob(),
        url: None,
        what: What::FieldSet { field: Field::Severity, value: Value::Named("high".to_owned()) },
    };
    let scene = Scene::new(&known(&[]).into_iter().chain([set]).collect::<Vec<_>>(), issue(&[]));
    let edited = |minute| Hint { at: at(minute), by: Some(alice()), what: Hinted::Edited };
    let lacks = |turned, hints: &[Hint]| lacks_edit(&scene.incident, turned, bobs.at, hints);
    assert!(lacks(true, &[]), "a field is not what it was, and nobody edited since");
    assert!(!lacks(false, &[]));
    assert!(lacks(false, &[edited(25)]), "a delivery tells of one that is not listed");
    assert!(!lacks(false, &[edited(20)]));
    assert!(!lacks_edit(&scene.incident, true, at(25), &[edited(25)]));
    let unknown = Scene::new(&[], issue(&[]));
    assert!(
        !lacks_edit(&unknown.incident, true, bobs.at, &[]),
        "of an issue that the journal does not know, all is news"
    );
}

#[test]
fn a_comment_is_dated_where_its_stamp_moved_and_something_in_it_is_news() {
    let moved = |one: SeenComment| SeenComment { updated_at: at(20), ..one };
    let plain = moved(comment(1, alice(), false, None));
    let ticked = SeenComment { boxes: vec![("x".to_owned(), true)], ..moved(comment(2, bot(), false, None)) };
    let command = Spoken { line: 1, text: "ack".to_owned(), command: Ok(Command::Ack) };
    let spoken = SeenComment { spoken: vec![command], ..moved(comment(3, alice(), false, None)) };
    let untouched = SeenComment { updated_at: at(10), ..spoken.clone() };
    let report = moved(comment(4, alice(), true, None));
    let wanted =
        |scene: &Scene, comment: &SeenComment| !wants_dating(&scene.incident, std::slice::from_ref(comment)).is_empty();
    let scene = Scene::new(&known(&[]), issue(&[]));
    let all = [&plain, &ticked, &spoken, &untouched, &report];
    assert_eq!(all.map(|one| wanted(&scene, one)), [false, true, true, false, false]);
    let tell = |what| Event { at: at(10), by: Actor::Person(alice()), url: None, what };
    let obeyed = What::Commanded {
        comment: CommentId(3),
        text: "ack".to_owned(),
        command: Some(Command::Ack),
        outcome: Outcome::Obeyed,
    };
    let said = What::Commented { comment: CommentId(4), sitrep: false };
    let known: Vec<Event> = known(&[]).into_iter().chain([tell(obeyed), tell(said)]).collect();
    let later = Scene::new(&known, issue(&[]));
    assert_eq!(all.map(|one| wanted(&later, one)), [false, true, false, false, true]);
}

#[test]
fn a_new_text_is_not_told_by_an_edit_that_the_journal_knows() {
    let mut scene = Scene::new(&known(&[]), issue(&[]));
    scene.edits = vec![edit(10, &bob(), "medium")];
    scene.reading = edit(10, &bob(), "medium").reading.unwrap();
    let known: Vec<Event> = known(&[]).into_iter().chain(scene.noticed().events).collect();
    let mut again = Scene { incident: Scene::new(&known, issue(&[])).incident, ..scene };
    // The forge keeps of the texts only the newest, and its list lags.
    again.edits = vec![edit(10, &bob(), "high")];
    again.reading = edit(10, &bob(), "high").reading.unwrap();
    assert_eq!(told(&again), [(at(30), Actor::Somebody, "high".to_owned())]);
    again.hints = vec![Hint { at: at(29), by: Some(alice()), what: Hinted::Edited }];
    assert_eq!(told(&again), [(at(29), Actor::Person(alice()), "high".to_owned())]);
}

#[test]
fn a_journal_written_anew_tells_the_edits_of_the_incident_and_not_those_before_it() {
    let mut scene = Scene::new(&[], issue(&["incident"]));
    assert!(wants_edits(&scene.incident, &scene.issue, &scene.reading));
    scene.history = Some(vec![Change { at: at(12), by: bob(), what: Changed::LabelAdded("incident".to_owned()) }]);
    scene.edits = vec![
        edit(0, &Actor::Person(alice()), "low"),
        edit(5, &bob(), "high"),
        edit(10, &bob(), "medium"),
        edit(20, &bob(), "low"),
    ];
    scene.reading = edit(20, &bob(), "low").reading.unwrap();
    assert_eq!(told(&scene), [(at(10), bob(), "medium".to_owned()), (at(20), bob(), "low".to_owned())]);
    scene.issue.updated_at = scene.issue.created_at;
    assert!(!wants_edits(&scene.incident, &scene.issue, &scene.reading), "an issue as it was filed has no edits");
}

#[test]
fn a_history_that_does_not_tell_what_is_seen_lags() {
    let lagging = |scene: &Scene| {
        let history = scene.history.as_deref().unwrap_or_default();
        lags(history, &scene.incident, &scene.issue, &project(chrono_tz::UTC))
    };
    let change = |minute, what| Change { at: at(minute), by: bob(), what };
    let mut scene = Scene::new(&known(&["incident", "customer"]), issue(&["Incident", "severity::high"]));
    scene.history = Some(vec![change(5, Changed::LabelAdded("Severity::High".to_owned()))]);
    assert!(lagging(&scene), "it does not say who took the other label off");
    scene.history.as_mut().unwrap().push(change(6, Changed::LabelRemoved("customer".to_owned())));
    assert!(!lagging(&scene));
    scene.issue.assignees = vec![alice()];
    assert!(lagging(&scene));
    scene.history.as_mut().unwrap().push(change(7, Changed::Assigned(alice())));
    assert!(!lagging(&scene));
    scene.issue.open = false;
    assert!(lagging(&scene));
    scene.history.as_mut().unwrap().push(change(8, Changed::Closed));
    assert!(!lagging(&scene));
    let first = Scene { incident: Scene::new(&[], issue(&[])).incident, history: None, ..scene };
    assert!(!lagging(&first), "what an imported issue came with is in no history");
}

#[test]
fn a_closing_and_a_reopening_that_nobody_saw_are_told_from_the_history() {
    let mut scene = Scene::new(&known(&["incident"]), issue(&["incident"]));
    let change = |minute, what| Change { at: at(minute), by: bob(), what };
    scene.history = Some(vec![change(10, Changed::Closed), change(20, Changed::Reopened)]);
    let told: Vec<(Moment, Actor, What)> =
        scene.noticed().events.into_iter().map(|event| (event.at, event.by, event.what)).collect();
    assert_eq!(told, [(at(10), bob(), What::Closed), (at(20), bob(), What::Reopened)]);
    let known: Vec<Event> = known(&["incident"]).into_iter().chain(scene.noticed().events).collect();
    let again = Scene { incident: Scene::new(&known, issue(&[])).incident, ..scene };
    assert_eq!(again.noticed().events, Vec::new(), "and once");
}

fn with_board(ticked: &[&str], boxes: &[(&str, bool)]) -> Scene {
    let tell = |what| Event { at: at(5), by: Actor::Person(alice()), url: None, what };
    let mut events = known(&["incident"]);
    events.extend(ticked.iter().map(|item| tell(What::Ticked { item: (*item).to_owned(), on: true })));
    let wrote =
        What::Wrote { key: "board".to_owned(), kind: MessageKind::Board, comment: CommentId(9), covers: vec![] };
    events.push(Event { at: at(6), by: Actor::Bot, url: None, what: wrote });
    let mut scene = Scene::new(&events, issue(&["incident"]));
    let mut seen = comment(9, bot(), false, Some((MessageKind::Board, "board")));
    seen.boxes = boxes.iter().map(|(item, on)| ((*item).to_owned(), *on)).collect();
    scene.comments.push(seen);
    scene
}

#[test]
fn a_box_that_a_person_ticked_is_told_with_who_it_was() {
    let mut scene = with_board(&["assess-2"], &[("assess-1", true), ("assess-2", true), ("made-up", true)]);
    let what = Hinted::CommentEdited { comment: CommentId(9) };
    scene.hints.push(Hint { at: at(20), by: Some(alice()), what: what.clone() });
    scene.hints.push(Hint { at: at(21), by: Some(bot()), what });
    let ticked = What::Ticked { item: "assess-1".to_owned(), on: true };
    let noticed = scene.noticed();
    assert_eq!(noticed.events.len(), 1, "{:?}", noticed.events);
    assert_eq!((noticed.events[0].at, &noticed.events[0].by), (at(20), &Actor::Person(alice())));
    assert_eq!(noticed.events[0].what, ticked);
}

#[test]
fn a_tick_taken_away_without_a_delivery_is_somebodys() {
    let noticed = with_board(&["assess-1"], &[("assess-1", false), ("assess-2", false)]).noticed();
    let ticked = What::Ticked { item: "assess-1".to_owned(), on: false };
    assert_eq!(noticed.events.len(), 1, "{:?}", noticed.events);
    assert_eq!((noticed.events[0].by.clone(), &noticed.events[0].what), (Actor::Somebody, &ticked));
}

#[test]
fn what_a_board_does_not_show_yet_is_not_taken_back() {
    let mut scene = with_board(&[], &[("assess-1", false), ("assess-2", true)]);
    let done = (at(7), Actor::Person(alice()));
    scene.incident.ticked.insert("assess-1".to_owned(), done);
    let items: Vec<What> = scene.noticed().events.into_iter().map(|event| event.what).collect();
    assert_eq!(items, [What::Ticked { item: "assess-2".to_owned(), on: true }]);
}

/// What was noticed of labels, assignees and state: when, by whom, what.
fn changes(scene: &Scene) -> Vec<(Moment, Actor, What)> {
    scene.noticed().events.into_iter().map(|event| (event.at, event.by, event.what)).collect()
}

/// The same scene, looked at again once what was noticed is in the journal.
fn again(known: &[Event], scene: Scene) -> Scene {
    let all: Vec<Event> = known.iter().cloned().chain(scene.noticed().events).collect();
    let incident = fold(&IssueRef::new("github", "acme/incidents", 1), &all, &project(chrono_tz::UTC));
    Scene { incident, ..scene }
}

fn label_on(name: &str) -> What {
    What::LabelAdded { label: name.to_owned() }
}

fn label_off(name: &str) -> What {
    What::LabelRemoved { label: name.to_owned() }
}

#[test]
fn labels_that_were_turned_twice_while_nobody_looked_are_told_at_their_moments_and_once() {
    let known = known(&["incident", "severity::low"]);
    let mut scene = Scene::new(&known, issue(&["incident", "severity::low"]));
    let change = |minute, by: &Actor, what| Change { at: at(minute), by: by.clone(), what };
    let (on, off) =
        (|name: &str| Changed::LabelAdded(name.to_owned()), |name: &str| Changed::LabelRemoved(name.to_owned()));
    let carol = Actor::Person(Account::new(13, "carol"));
    scene.history = Some(vec![
        change(0, &Actor::Person(alice()), on("severity::low")),
        change(10, &bob(), on("severity::high")),
        change(10, &bob(), off("severity::low")),
        change(20, &carol, on("severity::low")),
        change(20, &carol, off("severity::high")),
    ]);
    let told = changes(&scene);
    let wanted = [
        (at(10), bob(), label_on("severity::high")),
        (at(10), bob(), label_off("severity::low")),
        (at(20), carol.clone(), label_on("severity::low")),
        (at(20), carol.clone(), label_off("severity::high")),
    ];
    assert_eq!(told, wanted);
    let again = again(&known, scene);
    assert_eq!((again.incident.severity.value.as_str(), again.incident.peak_severity.as_str()), ("low", "high"));
    assert_eq!(changes(&again), [], "and once");
}

#[test]
fn what_the_bot_did_with_labels_and_wrote_down_is_not_told_from_the_history() {
    let mut known = known(&["incident"]);
    let moved = |added: &[&str], removed: &[&str]| What::Labelled {
        added: added.iter().map(|name| (*name).to_owned()).collect(),
        removed: removed.iter().map(|name| (*name).to_owned()).collect(),
    };
    for (minute, what) in [(5, moved(&["phase::initiate"], &[])), (8, moved(&["phase::assess"], &["phase::initiate"]))]
    {
        known.push(Event { at: at(minute), by: Actor::Bot, url: None, what });
    }
    let mut scene = Scene::new(&known, issue(&["incident", "phase::assess"]));
    // By the forge's clock, which is a little ahead.
    let change = |minute: i64, what| Change { at: at(minute) + TimeDelta::seconds(3), by: Actor::Person(bot()), what };
    scene.history = Some(vec![
        change(5, Changed::LabelAdded("phase::initiate".to_owned())),
        change(8, Changed::LabelAdded("phase::assess".to_owned())),
        change(8, Changed::LabelRemoved("phase::initiate".to_owned())),
    ]);
    assert_eq!(changes(&scene), []);
}

/// The adapters tell the bot apart from people themselves.
#[test]
fn what_the_forge_calls_the_bots_own_doing_is_nobodys_wish() {
    let mut scene = Scene::new(&known(&["incident"]), issue(&["incident", "severity::high"]));
    let what = Changed::LabelAdded("severity::high".to_owned());
    scene.history = Some(vec![Change { at: at(20), by: Actor::Bot, what }]);
    assert_eq!(changes(&scene), [(at(20), Actor::Bot, label_on("severity::high"))]);
    scene.issue = issue(&["incident"]);
    assert_eq!(changes(&scene), [], "put on by the bot and gone: it wrote that down itself");
}

#[test]
fn an_assignment_that_was_taken_back_while_nobody_looked_is_told() {
    let known = known(&["incident"]);
    let mut scene = Scene::new(&known, issue(&["incident"]));
    let carol = Account::new(13, "carol");
    let change = |minute, what| Change { at: at(minute), by: bob(), what };
    scene.history =
        Some(vec![change(10, Changed::Assigned(carol.clone())), change(20, Changed::Unassigned(carol.clone()))]);
    let wanted =
        [(at(10), bob(), What::Assigned { who: carol.clone() }), (at(20), bob(), What::Unassigned { who: carol })];
    assert_eq!(changes(&scene), wanted);
    assert_eq!(changes(&again(&known, scene)), []);
}

#[test]
fn every_closing_and_reopening_that_nobody_saw_is_told() {
    let known = known(&["incident"]);
    let mut closed = issue(&["incident"]);
    (closed.open, closed.closed_at) = (false, Some(at(25)));
    let mut scene = Scene::new(&known, closed);
    let change = |minute, what| Change { at: at(minute), by: bob(), what };
    let turns = [
        (5, Changed::Closed),
        (10, Changed::Reopened),
        (15, Changed::Closed),
        (20, Changed::Reopened),
        (25, Changed::Closed),
    ];
    scene.history = Some(turns.map(|(minute, what)| change(minute, what)).into());
    let moments: Vec<Moment> = changes(&scene).into_iter().map(|(at, ..)| at).collect();
    assert_eq!(moments, [5, 10, 15, 20, 25].map(at));
    let again = again(&known, scene);
    assert_eq!((again.incident.closings, again.incident.open), (3, false));
    assert_eq!(changes(&again), []);
}

#[test]
fn deliveries_of_what_was_done_and_undone_make_the_forge_be_asked() {
    let mut scene = Scene::new(&known(&["incident"]), issue(&["incident"]));
    let asks = |scene: &Scene| wants_history(&scene.incident, &scene.issue, &scene.hints, &project(chrono_tz::UTC));
    let hint = |minute, what| Hint { at: at(minute), by: Some(alice()), what };
    scene.hints = vec![hint(0, Hinted::LabelRemoved { label: "incident".to_owned() })];
    assert!(!asks(&scene), "that is older than what is known");
    scene.hints = vec![hint(10, Hinted::LabelAdded { label: "severity::high".to_owned() })];
    assert!(asks(&scene));
    scene.hints = vec![hint(10, Hinted::Closed), hint(12, Hinted::Reopened)];
    assert!(asks(&scene));
    scene.hints = vec![hint(10, Hinted::Unassigned { who: alice() }), hint(9, Hinted::Edited)];
    assert!(!asks(&scene), "the issue shows it");
}

#[test]
fn a_closing_whose_two_stamps_differ_is_one_closing() {
    let mut closed = issue(&["incident"]);
    (closed.open, closed.closed_at) = (false, Some(at(25) + TimeDelta::seconds(1)));
    let mut scene = Scene::new(&[], closed);
    scene.history = Some(vec![Change { at: at(25), by: bob(), what: Changed::Closed }]);
    let again = again(&[], scene);
    assert_eq!(again.incident.closed_at, Some(at(25) + TimeDelta::seconds(1)));
    assert_eq!(changes(&again), [], "no reopening that never was");
    assert!(!wants_history(&again.incident, &again.issue, &[], &project(chrono_tz::UTC)));
}

/// Who could read an issue before it was first seen: minute, whether others could from then on, and who saw to it.
fn past_of_the_flag(history: &[(i64, Actor, Changed)]) -> Vec<(i64, bool, Actor)> {
    let mut scene = Scene::new(&[], Issue { confidential: Some(true), ..issue(&["incident"]) });
    let change =
        |(minute, by, what): &(i64, Actor, Changed)| Change { at: at(*minute), by: by.clone(), what: what.clone() };
    scene.history = Some(history.iter().map(change).collect());
    let events = scene.noticed().events;
    let incident = fold(&IssueRef::new("gitlab", "acme/incidents", 1), &events, &project(chrono_tz::UTC));
    assert!(!incident.is_exposed(), "it is over");
    let told = events.into_iter().filter_map(|event| match event.what {
        What::Exposed { .. } => Some(((event.at - at(0)).num_minutes(), true, event.by)),
        What::Hidden => Some(((event.at - at(0)).num_minutes(), false, event.by)),
        _ => None,
    });
    told.collect()
}

#[test]
fn a_lost_journal_knows_from_the_history_when_others_could_read_the_issue() {
    let (hidden, exposed, bot_did) = (|| Changed::Hidden, || Changed::Exposed, || Actor::Person(bot()));
    let (author, bob) = (Actor::Person(alice()), Actor::Person(Account::new(12, "bob")));
    assert_eq!(past_of_the_flag(&[]), Vec::new());
    assert_eq!(past_of_the_flag(&[(0, Actor::Bot, hidden())]), [(0, true, author.clone()), (0, false, Actor::Bot)]);
    let found =
        past_of_the_flag(&[(2, bot_did(), hidden()), (10, bob.clone(), exposed()), (20, bob.clone(), hidden())]);
    let later = [(10, true, bob.clone()), (20, false, bob.clone())];
    assert_eq!(found, [vec![(0, true, author), (2, false, Actor::Bot)], later.to_vec()].concat());
    // Filed with the flag, and shown to others for ten minutes.
    assert_eq!(past_of_the_flag(&[(10, bob.clone(), exposed()), (20, bob.clone(), hidden())]), later);
    // A history that does not tell the end yet.
    assert_eq!(past_of_the_flag(&[(10, bob, exposed())]), Vec::new());
}

/// An issue without the confidential flag, seen for the first time, with this history of its flag and labels.
fn exposed_at_first_sight(history: &[(i64, Changed)]) -> Vec<(Moment, Actor, What)> {
    let mut scene = Scene::new(&[], Issue { confidential: Some(false), ..issue(&["incident"]) });
    scene.audience = Audience::Anyone;
    let change = |(minute, what): &(i64, Changed)| Change { at: at(*minute), by: bob(), what: what.clone() };
    scene.history = Some(history.iter().map(change).collect());
    let exposed = scene.noticed().events.into_iter().filter(|event| matches!(event.what, What::Exposed { .. }));
    exposed.map(|event| (event.at, event.by, event.what)).collect()
}

#[test]
fn who_took_the_flag_off_is_known_from_the_history_when_the_journal_is_lost() {
    let flag = What::Exposed { how: Exposure::Flag };
    let found = exposed_at_first_sight(&[(10, Changed::Hidden), (20, Changed::Exposed)]);
    assert_eq!(found, [(at(20), bob(), flag)]);
}

#[test]
fn a_flag_that_was_never_on_or_was_taken_off_before_it_was_an_incident_is_the_bots_to_put_on() {
    let filed = || What::Exposed { how: Exposure::Filed };
    assert_eq!(exposed_at_first_sight(&[]), [(at(0), Actor::Person(alice()), filed())]);
    let labelled = Changed::LabelAdded("incident".to_owned());
    let found = exposed_at_first_sight(&[(5, Changed::Exposed), (10, labelled)]);
    assert_eq!(found, [(at(10), Actor::Person(alice()), filed())]);
}

#[test]
fn a_mailed_issue_is_exposed_by_that_once_and_its_flag_is_no_riddle() {
    let closed = || Issue { confidential: Some(true), is_mailed: true, ..issue(&["incident"]) };
    let mailed = What::Exposed { how: Exposure::Mailed };
    let mut scene = Scene::new(&[], closed());
    scene.audience = Audience::Anyone;
    // It was open to all for a while as well, which is over.
    let change = |minute, what| Change { at: at(minute), by: bob(), what };
    scene.history = Some(vec![change(10, Changed::Exposed), change(20, Changed::Hidden)]);
    let told: Vec<_> = scene.noticed().events.into_iter().map(|event| (event.at, event.what)).collect();
    let of_it = |what: &What| matches!(what, What::Exposed { .. } | What::Hidden);
    let told: Vec<_> = told.into_iter().filter(|(_, what)| of_it(what)).collect();
    let flag = What::Exposed { how: Exposure::Flag };
    assert_eq!(told, [(at(10), flag.clone()), (at(20), What::Hidden), (at(20), mailed.clone())]);
    // Known, it is told no second time, and asks for no history; nor does a forge without flags and mail.
    let mut known = known(&["incident"]);
    known.push(Event { at: at(20), by: Actor::Somebody, url: None, what: mailed.clone() });
    let mut scene = Scene::new(&known, closed());
    scene.audience = Audience::Anyone;
    assert_eq!(scene.noticed().events, Vec::new());
    assert!(!wants_history(&scene.incident, &scene.issue, &[], &project(chrono_tz::UTC)));
    // The flag goes as well: that is another exposure, and then the first again.
    scene.issue.confidential = Some(false);
    assert!(wants_history(&scene.incident, &scene.issue, &[], &project(chrono_tz::UTC)));
    let told = |scene: &Scene| scene.noticed().events.into_iter().map(|event| event.what).collect::<Vec<_>>();
    assert_eq!(told(&scene), std::slice::from_ref(&flag));
    known.push(Event { at: at(25), by: Actor::Somebody, url: None, what: flag });
    let mut scene = Scene::new(&known, closed());
    scene.audience = Audience::Anyone;
    assert_eq!(told(&scene), [mailed]);
    scene.issue.is_mailed = false;
    scene.audience = Audience::Trusted;
    assert_eq!(told(&scene), [What::Hidden]);
}

#[test]
fn a_flag_that_no_delivery_explains_has_the_history_asked_for() {
    let incident = Scene::new(&known(&["incident"]), issue(&["incident"])).incident;
    let seen = |confidential, hints: &[Hint]| {
        wants_history(&incident, &Issue { confidential, ..issue(&["incident"]) }, hints, &project(chrono_tz::UTC))
    };
    let told = Hint { at: at(20), by: Some(alice()), what: Hinted::Exposed };
    assert!(seen(Some(false), &[]));
    assert!(!seen(Some(false), &[told]) && !seen(Some(true), &[]) && !seen(None, &[]));
}
