//! The retrospective: from a journal to what people read, with nothing guessed and nothing lost.

use std::{collections::BTreeMap, sync::Arc};

use hotwash::{
    domain::{
        calendar::BusinessHours,
        command::Command,
        event::{DutyState, Event, Exposure, Occurrence, Outcome, What},
        ids::{CommentId, IssueRef},
        incident::{Effective, Incident, Turn, Via},
        message::{Message, MessageKind, MetricLine, Retrospective},
        people::{Account, Actor, Person},
        process::{
            DutySpec, Ending, EvidenceKind, Metric, Pattern, Phase, Process, ReportPlan, Section, Severity, Start,
            Status,
        },
        project::{Detect, Gates, LabelNames, Limits, Project},
        reading::{Field, Value},
        time::Moment,
    },
    render::Renderer,
    report::{Source, retrospective},
};

/// `15:04` on the day of the story, in UTC.
fn at(clock: &str) -> Moment {
    format!("2026-11-20T{clock}:00Z").parse().unwrap()
}

fn alice() -> Actor {
    Actor::Person(Account::new(1, "alice"))
}

fn status(name: &str, ending: Option<Ending>) -> Status {
    Status {
        name: name.to_owned(),
        aliases: Vec::new(),
        phase: None,
        ending,
        noun: "incident".to_owned(),
        color: "ededed".to_owned(),
        source: String::new(),
    }
}

fn severity(name: &str, rank: u8) -> Severity {
    Severity {
        name: name.to_owned(),
        aliases: Vec::new(),
        rank,
        definition: String::new(),
        examples: Vec::new(),
        authority: None,
        pattern: Pattern::RoundTheClock,
        gitlab: None,
        color: "ededed".to_owned(),
        source: String::new(),
    }
}

fn duty(id: &str, title: &str, met_by: EvidenceKind) -> DutySpec {
    DutySpec {
        id: id.to_owned(),
        title: title.to_owned(),
        owes: "ic".to_owned(),
        start: Start::Opened,
        ask: String::new(),
        schedules: Vec::new(),
        met_by: vec![met_by],
        remind: Vec::new(),
        route: None,
        ladder: Vec::new(),
        source: String::new(),
    }
}

fn project() -> Project {
    let phase = Phase {
        name: "assess".to_owned(),
        title: "Assess".to_owned(),
        color: "ededed".to_owned(),
        entry: Vec::new(),
        source: String::new(),
    };
    let process = Process {
        name: "plain".to_owned(),
        title: "Incident response".to_owned(),
        source: String::new(),
        phases: vec![phase],
        statuses: vec![
            status("investigating", None),
            status("confirmed", None),
            status("resolved", Some(Ending::Resolved)),
            status("false alarm", Some(Ending::FalseAlarm)),
        ],
        severities: vec![severity("unknown", 0), severity("low", 1), severity("high", 3)],
        synonyms: Vec::new(),
        placeholders: Vec::new(),
        duties: vec![
            duty("acknowledge", "Acknowledge", EvidenceKind::Ack),
            duty("sitrep", "Situation report", EvidenceKind::Sitrep),
        ],
        roles: Vec::new(),
        flags: Vec::new(),
        playbooks: Vec::new(),
        routes: Vec::new(),
        review: None,
        report: ReportPlan::default(),
        wording: Vec::new(),
    };
    Project {
        forge: "github".to_owned(),
        path: "acme/incidents".to_owned(),
        process: Arc::new(process),
        zone: chrono_tz::Tz::America__New_York,
        mention: "hotwash".to_owned(),
        labels: LabelNames::default(),
        detect: Detect::default(),
        business: BusinessHours::default(),
        commanders: Vec::new(),
        roles: BTreeMap::new(),
        routes: BTreeMap::new(),
        gates: Gates::Warn,
        close_false_alarms: false,
        timeline_events: false,
        advance: true,
        limits: Limits::default(),
        exercise: false,
    }
}

fn effective(value: &str, clock: &str, via: Via) -> Effective {
    Effective {
        value: value.to_owned(),
        at: at(clock),
        by: alice(),
        via,
        url: Some(format!("https://f.example/{clock}")),
    }
}

/// An incident filed at 15:00 and closed at 18:00, with what a story adds.
struct Story {
    incident: Incident,
    events: Vec<Event>,
    kept: BTreeMap<String, Vec<String>>,
}

fn story() -> Story {
    let start = |value| effective(value, "15:00", Via::Start);
    let issue = IssueRef::new("github", "acme/incidents", 7);
    let incident = Incident {
        opened: Some(at("15:00")),
        filed_by: Some(Account::new(1, "alice")),
        url: Some("https://f.example/7".to_owned()),
        open: false,
        closed_at: Some(at("18:00")),
        closed_by: Some(alice()),
        closings: 1,
        status: start("investigating"),
        severity: start("unknown"),
        phase: start("assess"),
        peak_severity: "unknown".to_owned(),
        turns: Vec::new(),
        ..hotwash::plan::fold::fold(&issue, &[], &project())
    };
    let mut story = Story { incident, events: Vec::new(), kept: BTreeMap::new() };
    for dimension in ["status", "severity", "phase"] {
        let to = match dimension {
            "status" => story.incident.status.clone(),
            "severity" => story.incident.severity.clone(),
            _ => story.incident.phase.clone(),
        };
        story.incident.turns.push(Turn { dimension, to });
    }
    story.event("15:00", alice(), What::Opened).event("18:00", alice(), What::Closed)
}

impl Story {
    fn event(mut self, clock: &str, by: Actor, what: What) -> Self {
        self.events.push(Event { at: at(clock), by, url: Some(format!("https://f.example/{clock}")), what });
        self
    }

    fn turn(mut self, dimension: &'static str, value: &str, clock: &str) -> Self {
        let to = effective(value, clock, Via::Command);
        match dimension {
            "status" => self.incident.status = to.clone(),
            "severity" => {
                self.incident.severity = to.clone();
                let rank = |name: &str| project().process.severity(name).unwrap().rank;
                if rank(value) > rank(&self.incident.peak_severity) {
                    value.clone_into(&mut self.incident.peak_severity);
                }
            }
            _ => {}
        }
        self.incident.turns.push(Turn { dimension, to });
        self
    }

    fn stated(mut self, field: Field, clock: &str) -> Self {
        self.incident.fields.insert(field, Value::Moment(at(clock)));
        self
    }

    fn said(mut self, field: Field, text: &str) -> Self {
        self.incident.fields.insert(field, Value::Text(text.to_owned()));
        self
    }

    fn duty(self, id: &str, due: &str, seen: &str, state: DutyState) -> Self {
        let occurrence = Occurrence { duty: id.to_owned(), due: at(due) };
        self.event(seen, Actor::Bot, What::Duty { occurrence, state, evidence: None })
    }

    fn report(&self) -> Retrospective {
        let project = project();
        retrospective(&Source {
            incident: &self.incident,
            events: &self.events,
            project: &project,
            title: "The chickens have escaped",
            digest: "3f2a",
            kept: &self.kept,
        })
    }
}

fn metric<'a>(report: &'a Retrospective, name: &str) -> &'a MetricLine {
    report.metrics.iter().find(|metric| metric.name == name).unwrap()
}

fn summary<'a>(report: &'a Retrospective, label: &str) -> &'a str {
    report.summary.iter().find(|(known, _)| known == label).map_or("", |(_, value)| value.0.as_str())
}

/// `15:04 alice: what [detail]` for each line.
fn told(report: &Retrospective) -> Vec<String> {
    let line = |line: &hotwash::domain::message::TimelineLine| {
        let detail = if line.detail.0.is_empty() { String::new() } else { format!(" [{}]", line.detail.0) };
        format!("{} {}: {}{detail}", line.at.exact.get(11..16).unwrap(), line.by, line.what)
    };
    report.timeline.iter().map(line).collect()
}

#[test]
fn a_reminder_that_was_taken_back_is_told_without_a_link_to_it_and_its_deletion_is_not() {
    let wrote = |comment, kind| What::Wrote {
        key: format!("k{comment}"),
        kind,
        comment: CommentId(comment),
        covers: Vec::new(),
    };
    let gone = |comment| What::CommentGone { comment: CommentId(comment) };
    let report = story()
        .event("16:00", Actor::Bot, wrote(5, MessageKind::Reminder))
        .event("16:10", Actor::Bot, wrote(6, MessageKind::Escalation))
        .event("16:20", Actor::Bot, What::Collapsed { key: "k5".to_owned() })
        .event("16:20", Actor::Bot, gone(5))
        .event("16:30", Actor::Somebody, gone(7))
        .report();
    let told = told(&report);
    assert!(told.iter().any(|line| line == "16:30 somebody: a comment was deleted"), "{told:?}");
    assert_eq!(told.iter().filter(|line| line.contains("deleted")).count(), 1, "{told:?}");
    let url =
        |what: &str| report.timeline.iter().find(|line| line.what.starts_with(what)).map(|line| line.url.as_str());
    assert_eq!(url("reminded of"), Some("https://f.example/7"), "the issue stands for the comment");
    assert_eq!(url("escalated"), Some("https://f.example/16:10"));
}

#[test]
fn the_timeline_tells_changes_reports_and_duties_in_order_each_with_its_proof() {
    let command = What::Commanded {
        comment: CommentId(4),
        text: "severity high".to_owned(),
        command: Some(Command::Severity { to: "high".to_owned() }),
        outcome: Outcome::Obeyed,
    };
    let covers = vec![Occurrence { duty: "sitrep".to_owned(), due: at("16:00") }];
    let wrote = What::Wrote { key: "k".to_owned(), kind: MessageKind::Reminder, comment: CommentId(5), covers };
    let report = story()
        .event("16:05", alice(), What::Commented { comment: CommentId(6), sitrep: true })
        .duty("sitrep", "16:00", "16:05", DutyState::Late)
        .event("16:00", Actor::Bot, wrote)
        .event("15:10", alice(), command)
        .turn("severity", "high", "15:10")
        .event("15:12", Actor::Bot, What::Labelled { added: vec!["x".to_owned()], removed: Vec::new() })
        .event("15:13", alice(), What::Commented { comment: CommentId(9), sitrep: false })
        .report();
    assert_eq!(
        told(&report),
        [
            "15:00 @alice: filed the incident",
            "15:10 @alice: set the severity through a command [high]",
            "16:00 Hotwash: reminded of Situation report (due 2026-11-20 11:00 EST (16:00 UTC))",
            "16:05 @alice: posted a situation report",
            "16:05 Hotwash: noted: Situation report, due 2026-11-20 11:00 EST (16:00 UTC), was met late",
            "18:00 @alice: closed the issue",
        ]
    );
    assert!(report.timeline.iter().all(|line| line.url.starts_with("https://f.example/")));
}

#[test]
fn a_command_without_effect_of_its_own_is_told_and_a_refused_one_is_not() {
    let command = |outcome| What::Commanded {
        comment: CommentId(4),
        text: "status confirmed".to_owned(),
        command: Some(Command::Status { to: "confirmed".to_owned() }),
        outcome,
    };
    let report = story()
        .event("15:20", alice(), command(Outcome::Obeyed))
        .event("15:30", alice(), command(Outcome::NotAllowed))
        .report();
    assert_eq!(told(&report)[1], "15:20 @alice: confirmed the status [confirmed]");
    assert_eq!(report.timeline.len(), 3);
}

#[test]
fn a_sitrep_by_command_is_told_once() {
    let command = What::Commanded {
        comment: CommentId(6),
        text: "sitrep all well".to_owned(),
        command: Some(Command::Sitrep { text: Some("all well".to_owned()) }),
        outcome: Outcome::Obeyed,
    };
    let report = story()
        .event("16:05", alice(), What::Commented { comment: CommentId(6), sitrep: true })
        .event("16:05", alice(), command)
        .report();
    assert_eq!(report.timeline.iter().filter(|line| line.what.contains("situation report")).count(), 1);
}

#[test]
fn a_reminder_that_the_forge_deleted_when_it_was_folded_away_is_deleted_by_nobody() {
    let wrote = |key: &str, comment| What::Wrote {
        key: key.to_owned(),
        kind: MessageKind::Reminder,
        comment: CommentId(comment),
        covers: Vec::new(),
    };
    let report = story()
        .event("15:10", Actor::Bot, wrote("reminder/acknowledge@1", 7))
        .event("15:11", Actor::Bot, wrote("reminder/sitrep@2", 8))
        .event("15:12", Actor::Bot, What::Collapsed { key: "reminder/acknowledge@1".to_owned() })
        .event("15:13", Actor::Somebody, What::CommentGone { comment: CommentId(7) })
        .event("15:14", Actor::Somebody, What::CommentGone { comment: CommentId(8) })
        .report();
    let deleted: Vec<String> = told(&report).into_iter().filter(|line| line.contains("deleted")).collect();
    assert_eq!(deleted, ["15:14 somebody: a comment was deleted"]);
}

#[test]
fn text_from_people_stands_in_details_alone() {
    let set = |field, text: &str| What::FieldSet { field, value: Value::Text(text.to_owned()) };
    let report = story()
        .event("15:40", alice(), set(Field::Impact, "secret"))
        .event("15:41", alice(), set(Field::Kind, ""))
        .report();
    assert_eq!(told(&report)[1], "15:40 @alice: stated impact in the description [secret]");
    assert!(report.timeline.iter().all(|line| !line.what.contains("secret")));
    assert_eq!(report.timeline.len(), 3);
}

#[test]
fn stated_moments_give_stated_metrics() {
    let report = story()
        .stated(Field::Started, "13:00")
        .stated(Field::Discovered, "14:30")
        .stated(Field::Contained, "16:45")
        .said(Field::DiscoveryMethod, "an alert")
        .said(Field::ThreatActions, "phishing")
        .report();
    let shown: Vec<(&str, &str, &str)> = report
        .metrics
        .iter()
        .map(|metric| (metric.name.as_str(), metric.value.0.as_str(), metric.basis.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("Discovery method", "an alert", "stated"),
            ("Time to discovery", "1 h 30 min", "stated"),
            ("Time to containment", "2 h 15 min", "stated"),
            ("Threat actions", "phishing", "stated"),
        ]
    );
}

#[test]
fn what_nobody_stated_is_measured_where_the_journal_knows() {
    let report = story()
        .stated(Field::Started, "13:00")
        .turn("status", "confirmed", "15:10")
        .turn("status", "resolved", "17:20")
        .report();
    let discovery = metric(&report, "Time to discovery");
    assert_eq!((discovery.value.0.as_str(), discovery.basis.as_str()), ("2 h", "measured"));
    let containment = metric(&report, "Time to containment");
    assert_eq!((containment.value.0.as_str(), containment.basis.as_str()), ("2 h 20 min", "measured"));
    assert_eq!(
        containment.note,
        "from the filing of the issue (2026-11-20 10:00 EST (15:00 UTC)) to the status that ended the response \
         (2026-11-20 12:20 EST (17:20 UTC))"
    );
}

#[test]
fn what_nobody_knows_is_missing_and_says_how_to_supply_it() {
    let report = story().report();
    for metric in &report.metrics {
        assert_eq!((metric.value.0.as_str(), metric.basis.as_str()), ("", "missing"), "{}", metric.name);
        assert!(metric.note.starts_with("to supply it, add a line to the description, such as: "), "{}", metric.note);
    }
    assert!(metric(&report, "Time to discovery").note.ends_with("Started: 2026-11-20 14:05"));
    assert!(metric(&report, "Time to containment").note.ends_with("Contained: 2026-11-20 14:05"));
}

#[test]
fn contained_before_discovered_is_a_note_and_never_a_negative_time() {
    let report = story().stated(Field::Discovered, "16:00").stated(Field::Contained, "15:30").report();
    let containment = metric(&report, "Time to containment");
    assert_eq!((containment.value.0.as_str(), containment.basis.as_str()), ("", "missing"));
    let contradiction = "the field Contained (2026-11-20 10:30 EST (15:30 UTC)) lies before the field Discovered \
                         (2026-11-20 11:00 EST (16:00 UTC))";
    assert_eq!(
        containment.note,
        format!("not to be had: {contradiction}. Mend the fields in the description and close again")
    );
    assert_eq!(summary(&report, "To mend"), contradiction);
}

#[test]
fn the_peak_severity_is_named_even_if_it_went_down() {
    let report = story().turn("severity", "high", "15:10").turn("severity", "low", "17:00").report();
    assert_eq!(summary(&report, "Peak severity"), "high (at the end low)");
    assert_eq!(summary(&story().turn("severity", "high", "15:10").report(), "Peak severity"), "high");
}

#[test]
fn a_severity_that_nobody_set_was_never_assessed() {
    assert_eq!(summary(&story().report(), "Peak severity"), "unknown (never assessed)");
}

#[test]
fn commanders_are_named_in_order() {
    let report = story().turn("IC", "@alice", "15:05").turn("IC", "Farmer Jane", "17:05").report();
    assert_eq!(summary(&report, "Incident commander"), "@alice, then Farmer Jane");
    assert_eq!(summary(&story().report(), "Incident commander"), "nobody took it");
}

#[test]
fn a_false_alarm_gets_the_short_form() {
    let report = story().turn("status", "false alarm", "15:30").report();
    assert!(report.short && report.metrics.is_empty() && report.duties.is_empty() && report.blanks.is_empty());
    assert_eq!((report.picture.as_str(), summary(&report, "Outcome")), ("", "false alarm"));
    assert_eq!(report.timeline.len(), 3);
}

#[test]
fn a_reopened_incident_is_told_whole_and_measured_to_its_last_end() {
    let mut story = story()
        .turn("status", "resolved", "16:00")
        .event("16:10", alice(), What::Closed)
        .event("16:30", alice(), What::Reopened)
        .turn("status", "confirmed", "16:30")
        .turn("status", "resolved", "17:30");
    (story.incident.closings, story.incident.reopened_at) = (2, Some(at("16:30")));
    let report = story.report();
    assert_eq!((report.closing, summary(&report, "Reopened")), (2, "last 2026-11-20 11:30 EST (16:30 UTC)"));
    assert_eq!(metric(&report, "Time to containment").value.0, "2 h 30 min");
    assert!(told(&report).contains(&"16:30 @alice: reopened the issue; the clocks start again".to_owned()));
}

#[test]
fn a_status_that_was_left_again_contained_nothing() {
    let report = story().turn("status", "resolved", "16:00").turn("status", "confirmed", "16:30").report();
    assert_eq!(metric(&report, "Time to containment").basis, "missing");
}

#[test]
fn duties_are_counted_once_in_their_last_state() {
    let report = story()
        .duty("acknowledge", "15:10", "15:05", DutyState::Met)
        .duty("sitrep", "16:00", "16:00", DutyState::Due)
        .duty("sitrep", "16:00", "16:05", DutyState::Late)
        .duty("sitrep", "17:05", "17:00", DutyState::Met)
        .duty("sitrep", "17:30", "17:30", DutyState::Due)
        .duty("sitrep", "17:50", "17:50", DutyState::Cancelled)
        .duty("retired", "15:30", "15:30", DutyState::Waived)
        .report();
    let counted: Vec<_> =
        report.duties.iter().map(|duty| (duty.title.as_str(), duty.met, duty.late, duty.missed, duty.waived)).collect();
    assert_eq!(counted, [("Acknowledge", 1, 0, 0, 0), ("Situation report", 1, 1, 1, 0), ("retired", 0, 0, 0, 1)]);
    assert_eq!(report.punctuality, (1, 1, 1));
}

#[test]
fn what_people_wrote_into_an_earlier_report_is_kept() {
    let mut story = story();
    story.kept.insert("Lessons learned".to_owned(), vec!["Check the fence.".to_owned()]);
    story.kept.insert("Our own heading".to_owned(), vec!["More.".to_owned()]);
    story.kept.insert("Prevention".to_owned(), vec![" ".to_owned()]);
    let kept = |report: &Retrospective, heading: &str| {
        let blank = report.blanks.iter().find(|blank| blank.heading == heading);
        blank.map(|blank| blank.kept.iter().map(|line| line.0.clone()).collect::<Vec<_>>())
    };
    let report = story.report();
    assert_eq!(report.blanks.len(), 7);
    assert_eq!(kept(&report, "Lessons learned").unwrap(), ["Check the fence."]);
    assert_eq!(kept(&report, "Our own heading").unwrap(), ["More."]);
    assert!(kept(&report, "Prevention").unwrap().is_empty());
    let short = story.turn("status", "false alarm", "15:30").report();
    let headings: Vec<&str> = short.blanks.iter().map(|blank| blank.heading.as_str()).collect();
    assert_eq!(headings, ["Lessons learned", "Our own heading"]);
}

#[test]
fn the_picture_shows_what_held_when_and_nothing_people_wrote() {
    let report = story()
        .turn("severity", "high", "15:10")
        .turn("IC", "Jane :crit, done", "15:05")
        .turn("IC", "@bob", "17:00")
        .report();
    let expected = "gantt\n    title Who and what held when (UTC)\n    dateFormat YYYY-MM-DDTHH:mm:ss\n    axisFormat \
                    %m-%d %H:%M\n    section Status\n    investigating :2026-11-20T15:00:00, 2026-11-20T18:00:00\n    \
                    section Severity\n    unknown :2026-11-20T15:00:00, 2026-11-20T15:10:00\n    high \
                    :2026-11-20T15:10:00, 2026-11-20T18:00:00\n    section Phase\n    assess :2026-11-20T15:00:00, \
                    2026-11-20T18:00:00\n    section Command\n    named in the issue :2026-11-20T15:05:00, \
                    2026-11-20T17:00:00\n    bob :2026-11-20T17:00:00, 2026-11-20T18:00:00";
    assert_eq!(report.picture, expected);
}

#[test]
fn five_hundred_events_make_a_bounded_picture_and_a_whole_timeline() {
    let mut story = story();
    for minute in 0..500_u32 {
        let clock = format!("{:02}:{:02}", 8 + minute / 60, minute % 60);
        let value = if minute % 2 == 0 { "high" } else { "low" };
        story = story.turn("severity", value, &clock).event(
            &clock,
            alice(),
            What::Commented { comment: CommentId(u64::from(minute)), sitrep: true },
        );
    }
    let report = story.report();
    assert_eq!(report.picture.lines().filter(|line| line.contains(" :2026")).count(), 60);
    assert!(report.picture.contains("shortest"), "{}", report.picture);
    assert_eq!((report.entries, report.timeline.len()), (502, 1_002));
    let text = Renderer::new(None, str::to_owned).unwrap().render(&Message::Retrospective(Box::new(report))).unwrap();
    assert!(text.lines().count() > 1_500 && text.len() < 2_000_000);
}

#[test]
fn the_same_journal_gives_the_same_report_whatever_the_order_of_distant_events() {
    let one =
        story().event("16:05", alice(), What::Exposed { how: Exposure::Project }).event("16:20", alice(), What::Hidden);
    let other =
        story().event("16:20", alice(), What::Hidden).event("16:05", alice(), What::Exposed { how: Exposure::Project });
    assert_eq!(one.report(), one.report());
    assert_eq!(one.report(), other.report());
}

#[test]
fn the_report_says_why_it_was_written() {
    let why = story().report().why;
    assert_eq!(why.rule, "retrospective: written from the journal when the incident closes");
    assert_eq!(
        (why.started_by.as_str(), why.started_at.unwrap().exact.as_str()),
        ("the close by @alice", "2026-11-20T18:00:00Z")
    );
    let mut open = story();
    open.incident.open = true;
    let report = open.report();
    assert_eq!((report.why.started_at.as_ref(), summary(&report, "Closed")), (None, "not yet"));
}

#[test]
fn a_whole_report_reads_as_agreed() {
    let report = story()
        .stated(Field::Started, "13:00")
        .turn("severity", "high", "15:10")
        .turn("status", "resolved", "17:30")
        .duty("sitrep", "16:00", "16:05", DutyState::Late)
        .report();
    let text = Renderer::new(None, str::to_owned).unwrap().render(&Message::Retrospective(Box::new(report))).unwrap();
    for expected in [
        "## Retrospective: The chickens have escaped\n\n- **Outcome**: resolved\n- **Peak severity**: high\n",
        "| Time to containment | 2 h 30 min | **measured** | from the filing of the issue (",
        "| 2026-11-20 10:10 EST (15:10 UTC) | severity | high | `alice` | a command [evidence](https://f.example/15:10) |",
        "- 2026-11-20 11:05 EST (16:05 UTC) `Hotwash` noted: Situation report, due 2026-11-20 11:00 EST (16:00 UTC), was met late",
        "| Situation report | 0 | 1 | 0 | 0 |",
        "Situation reports: 0 in time, 1 late, 0 missed.",
        "### Lessons learned\n\n_What do we know now that we did not know before?_",
        "Journal: 3 entries, digest `3f2a`.",
    ] {
        assert!(text.contains(expected), "{expected}\nis not in\n{text}");
    }
}

/// The report on a journal that is folded as it is in earnest.
fn folded(events: &[Event]) -> Retrospective {
    let (project, kept) = (project(), BTreeMap::new());
    let incident = hotwash::plan::fold::fold(&IssueRef::new("github", "acme/incidents", 7), events, &project);
    let (title, digest) = ("The chickens have escaped", "3f2a");
    retrospective(&Source { incident: &incident, events, project: &project, title, digest, kept: &kept })
}

fn said(clock: &str, command: Command) -> Event {
    let what = What::Commanded {
        comment: CommentId(4),
        text: command.verb().to_owned(),
        command: Some(command),
        outcome: Outcome::Obeyed,
    };
    Event { at: at(clock), by: alice(), url: None, what }
}

#[test]
fn work_shifts_and_follow_ups_stand_in_the_report() {
    let bob = || Person::Handle("bob".to_owned());
    let text = |text: &str| text.to_owned();
    let done = What::Ticked { item: "task-1".to_owned(), on: true };
    let report = folded(&[
        Event { at: at("15:00"), by: alice(), url: None, what: What::Opened },
        said("15:10", Command::Lead { text: text("Who opened?"), owner: Some(bob()) }),
        said("15:11", Command::Step { text: text("Mend the fence"), owner: None, deferred: true }),
        said("15:12", Command::Shift { who: vec![bob()], span: Some(chrono::Duration::hours(3)) }),
        said(
            "15:13",
            Command::Followup {
                text: text("Buy locks"),
                owner: Some(bob()),
                by: chrono::NaiveDate::from_ymd_opt(2026, 12, 1),
            },
        ),
        Event { at: at("15:20"), by: alice(), url: None, what: done },
        Event { at: at("18:00"), by: alice(), url: None, what: What::Closed },
    ]);
    let text = Renderer::new(None, hotwash::text::neutral::inline)
        .unwrap()
        .render(&Message::Retrospective(Box::new(report)))
        .unwrap();
    for line in [
        "- **done**: Who opened?, @\u{2060}bob, done by `alice`",
        "- **deferred**: Mend the fence",
        "- 2026-11-20 10:12 EST (15:12 UTC) to 2026-11-20 13:12 EST (18:12 UTC): @\u{2060}bob",
        "- Buy locks: @\u{2060}bob, by 2026-12-01",
        "- 2026-11-20 10:20 EST (15:20 UTC) `alice` ticked on the board: Who opened?",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n\n{text}");
    }
}

#[test]
fn what_is_told_later_stands_where_it_happened() {
    let told = Command::Timeline { at: Some(at("14:30")), text: "The gate was open".to_owned() };
    let notified = Command::Notified { who: "farmer".to_owned(), at: Some(at("15:05")) };
    let disrupt = Command::Disrupt { text: "Lock the coop".to_owned() };
    let report = folded(&[
        Event { at: at("15:00"), by: alice(), url: None, what: What::Opened },
        said("15:10", Command::Ack),
        said("15:20", told),
        said("15:21", notified),
        said("15:22", disrupt),
        said("15:23", Command::Approve),
        said("15:24", Command::Approve),
    ]);
    let lines: Vec<(&str, &str, &str)> = report
        .timeline
        .iter()
        .filter(|line| !line.what.starts_with("set the"))
        .map(|line| (line.at.exact.get(11..16).unwrap(), line.what.as_str(), line.detail.0.as_str()))
        .collect();
    let wanted = [
        ("14:30", "told", "The gate was open"),
        ("15:00", "filed the incident", ""),
        ("15:05", "notified", "farmer"),
        ("15:10", "acknowledged the report", ""),
        ("15:22", "asked to disrupt service", "Lock the coop"),
        ("15:23", "approved the disruption", "Lock the coop"),
    ];
    assert_eq!(lines, wanted, "an approval of nothing is not told");
}

/// A report whose process asks for these sections and metrics.
fn planned(sections: Vec<Section>, metrics: Vec<Metric>, kept: &[(&str, &str)]) -> Retrospective {
    let mut project = project();
    Arc::make_mut(&mut project.process).report = ReportPlan { sections, metrics };
    let kept: BTreeMap<String, Vec<String>> =
        kept.iter().map(|(heading, line)| ((*heading).to_owned(), vec![(*line).to_owned()])).collect();
    let events = [];
    let incident = hotwash::plan::fold::fold(&IssueRef::new("github", "acme/incidents", 1), &events, &project);
    let source =
        Source { incident: &incident, events: &events, project: &project, title: "x", digest: "d", kept: &kept };
    retrospective(&source)
}

fn heads(report: &Retrospective) -> Vec<String> {
    let text = Renderer::new(None, str::to_owned).unwrap().render(&Message::Retrospective(Box::new(report.clone())));
    text.unwrap().lines().filter_map(|line| line.strip_prefix("### ")).map(str::to_owned).collect()
}

#[test]
fn a_report_has_the_sections_of_its_process_in_their_order_and_the_record_last() {
    let prompt = hotwash::domain::process::Prompt { heading: "Customers".to_owned(), hint: "Who heard?".to_owned() };
    let sections = ["timeline", "metrics", "lessons"].into_iter().filter_map(Section::named);
    let sections: Vec<Section> = sections.chain([Section::Blank(prompt)]).collect();
    let metrics = vec![Metric::ThreatActions, Metric::DiscoveryMethod];
    let report = planned(sections.clone(), metrics.clone(), &[]);
    assert_eq!(heads(&report), ["Timeline", "Metrics", "Lessons learned", "Customers", "Record"]);
    let names: Vec<&str> = report.metrics.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["Threat actions", "Discovery method"]);
    let report = planned(sections, metrics, &[("Prevention", "Lock the door.")]);
    assert_eq!(heads(&report)[3..], ["Customers", "Prevention", "Record"], "what people wrote stays");
}

#[test]
fn what_people_wrote_is_looked_for_under_every_heading_that_a_report_may_have_had() {
    let plan = ReportPlan { sections: vec![Section::named("lessons").unwrap()], metrics: Vec::new() };
    let headings: Vec<String> = plan.blanks().into_iter().map(|prompt| prompt.heading).collect();
    assert_eq!((headings[0].as_str(), headings.len()), ("Lessons learned", 6));
}
