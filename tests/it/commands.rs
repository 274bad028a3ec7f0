//! What people say to the bot, what counts as a situation report, and what the bot knows as its own.

use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use hotwash::{
    domain::{
        command::{Command, Spoken},
        ids::IssueRef,
        message::MessageKind,
        people::Person,
        time::Moment,
    },
    text::{
        boxes,
        commands::{self, Here},
        marker::{self, Marker, MarkerKey, stamp},
        sections::under,
        sitrep::is_sitrep,
    },
};
use proptest::prelude::*;

use crate::fields::{cases, runner, seed, soup};

fn say(body: &str) -> Vec<Spoken> {
    said_at(body, "2026-11-20T15:30:00Z", chrono_tz::UTC)
}

fn said_at(body: &str, at: &str, zone: Tz) -> Vec<Spoken> {
    commands::read(body, &["hotwash", "hotwash-acme[bot]"], Here { at: moment(at), zone })
}

fn moment(text: &str) -> Moment {
    text.parse().unwrap()
}

fn one(body: &str) -> Command {
    let said = say(body);
    assert_eq!(said.len(), 1, "{said:?}");
    said[0].command.clone().unwrap()
}

fn refused(body: &str) -> String {
    say(body).first().unwrap().command.clone().unwrap_err()
}

fn alice() -> Person {
    Person::Handle("alice".into())
}

fn bob() -> Person {
    Person::Handle("bob".into())
}

#[test]
fn every_verb_is_understood_in_any_case() {
    let snooze = |minutes| Command::Snooze { duty: "sitrep".into(), span: Duration::minutes(minutes) };
    for (line, command) in [
        ("@hotwash ack", Command::Ack),
        ("@HotWash ACK, on it", Command::Ack),
        ("@hotwash: ack!", Command::Ack),
        ("@hotwash, help", Command::Help),
        ("   @hotwash-acme[bot] help", Command::Help),
        ("@hotwash ic @alice", Command::Ic { who: alice() }),
        ("@hotwash ic Alice Miller", Command::Ic { who: Person::Name("Alice Miller".into()) }),
        ("@hotwash handoff\u{a0}@alice", Command::Handoff { who: alice() }),
        ("@hotwash status false  alarm", Command::Status { to: "false alarm".into() }),
        ("@hotwash status: `confirmed`", Command::Status { to: "confirmed".into() }),
        ("@hotwash severity=High", Command::Severity { to: "High".into() }),
        ("@hotwash phase remediate", Command::Phase { to: "remediate".into() }),
        ("@hotwash sitrep", Command::Sitrep { text: None }),
        ("@hotwash snooze sitrep 30m", snooze(30)),
        ("@hotwash snooze sitrep 2h", snooze(120)),
        ("@hotwash snooze sitrep 1h30m", snooze(90)),
        ("@hotwash snooze sitrep 1d", snooze(1440)),
        ("@hotwash snooze Sitrep for 45 min", snooze(45)),
        ("@hotwash why sitrep?", Command::Why { duty: "sitrep".into() }),
    ] {
        assert_eq!(one(line), command, "{line}");
    }
}

#[test]
fn people_are_added_and_taken_away_and_put_on_shift() {
    let responders = |add: &[Person], remove: &[Person]| Command::Responders { add: add.into(), remove: remove.into() };
    let shift =
        |who: &[Person], minutes: Option<i64>| Command::Shift { who: who.into(), span: minutes.map(Duration::minutes) };
    let miller = Person::Name("Bob Miller".into());
    for (line, command) in [
        ("@hotwash responders +@alice -@bob", responders(&[alice()], &[bob()])),
        ("@hotwash responders + @alice, @bob", responders(&[alice(), bob()], &[])),
        ("@hotwash responders @alice −@bob", responders(&[alice()], &[bob()])),
        ("@hotwash responders -Bob Miller", responders(&[], std::slice::from_ref(&miller))),
        ("@hotwash shift @alice", shift(&[alice()], None)),
        ("@hotwash shift @alice 3h", shift(&[alice()], Some(180))),
        ("@hotwash shift @alice and @bob for 1h 30m", shift(&[alice(), bob()], Some(90))),
        ("@hotwash shift Bob Miller 45 min", shift(&[miller], Some(45))),
    ] {
        assert_eq!(one(line), command, "{line}");
    }
}

#[test]
fn texts_end_in_an_owner_a_date_or_deferred() {
    let lead = |text: &str, owner| Command::Lead { text: text.into(), owner };
    let step = |text: &str, owner, deferred| Command::Step { text: text.into(), owner, deferred };
    let followup = |text: &str, owner, by| Command::Followup { text: text.into(), owner, by };
    let december = NaiveDate::from_ymd_opt(2026, 12, 1);
    for (line, command) in [
        ("@hotwash lead  who opened the coop?", lead("who opened the coop?", None)),
        ("@hotwash lead ask @bob about the fence @alice", lead("ask @bob about the fence", Some(alice()))),
        ("@hotwash lead @alice", lead("@alice", None)),
        ("@hotwash lead deferred", lead("deferred", None)),
        ("@hotwash step mend the fence", step("mend the fence", None, false)),
        ("@hotwash step mend the fence @alice deferred", step("mend the fence", Some(alice()), true)),
        ("@hotwash step mend the fence, (deferred) (@alice)", step("mend the fence", Some(alice()), true)),
        ("@hotwash step the deferred one", step("the deferred one", None, false)),
        ("@hotwash followup buy locks @alice by 2026-12-01", followup("buy locks", Some(alice()), december)),
        ("@hotwash followup buy locks, by 2026-12-01 @alice", followup("buy locks", Some(alice()), december)),
        ("@hotwash followup none", Command::NoFollowup),
        ("@hotwash followup None.", Command::NoFollowup),
        ("@hotwash followup none of the locks held", followup("none of the locks held", None, None)),
        ("@hotwash followup buy locks by phone", followup("buy locks by phone", None, None)),
        ("@hotwash done 3", Command::Done { what: "3".into() }),
        ("@hotwash done `assess-2`", Command::Done { what: "assess-2".into() }),
        ("@hotwash disrupt lock the coop", Command::Disrupt { text: "lock the coop".into() }),
        ("@hotwash approve", Command::Approve),
        ("@hotwash decline, too early", Command::Decline),
        ("@hotwash playbook compromised account", Command::Playbook { name: "compromised account".into() }),
        ("@hotwash flag legal", Command::Flag { name: "legal".into() }),
        (
            "@hotwash waive sitrep because it is over",
            Command::Waive { duty: "sitrep".into(), reason: "it is over".into() },
        ),
    ] {
        assert_eq!(one(line), command, "{line}");
    }
    let long = one(&format!("@hotwash lead {}", "hen ".repeat(500)));
    assert!(matches!(&long, Command::Lead { text, .. } if text.chars().count() <= 500), "{long:?}");
}

#[test]
fn moments_are_read_in_the_projects_zone_and_never_lie_ahead() {
    let told = |line: &str| {
        let said = said_at(line, "2026-11-20T15:30:00Z", chrono_tz::America::New_York);
        match said[0].command.clone().unwrap() {
            Command::Notified { who: text, at } | Command::Timeline { at, text } => (text, at),
            other => panic!("{other:?}"),
        }
    };
    for (line, text, at) in [
        ("@hotwash notified legal", "legal", None),
        ("@hotwash notified the press office at 9:05", "the press office", Some("2026-11-20T14:05:00Z")),
        ("@hotwash notified legal 14:05 UTC", "legal", Some("2026-11-20T14:05:00Z")),
        ("@hotwash notified legal at 23:50", "legal", Some("2026-11-20T04:50:00Z")),
        ("@hotwash notified legal, 2026-11-19 14:05 UTC", "legal", Some("2026-11-19T14:05:00Z")),
        ("@hotwash notified legal at 10:33", "legal", Some("2026-11-20T15:30:00Z")),
        ("@hotwash timeline hens seen on the road", "hens seen on the road", None),
        ("@hotwash timeline 3 hens were seen", "3 hens were seen", None),
        ("@hotwash timeline 09:05 hens seen", "hens seen", Some("2026-11-20T14:05:00Z")),
        ("@hotwash timeline at 09:05: hens seen", "hens seen", Some("2026-11-20T14:05:00Z")),
        ("@hotwash timeline 09:05 - UTC was off", "UTC was off", Some("2026-11-20T14:05:00Z")),
        ("@hotwash timeline 09:05 Turkey escaped", "Turkey escaped", Some("2026-11-20T14:05:00Z")),
        ("@hotwash timeline 2026-11-20 14:05 UTC hens seen", "hens seen", Some("2026-11-20T14:05:00Z")),
        ("@hotwash timeline 2026-11-20T14:05:00Z hens seen", "hens seen", Some("2026-11-20T14:05:00Z")),
    ] {
        assert_eq!(told(line), (text.to_owned(), at.map(moment)), "{line}");
    }
    for line in ["@hotwash notified legal at 2027-01-01 10:00", "@hotwash timeline 2027-01-01 10:00 hens seen"] {
        assert!(refused(line).ends_with("That moment has not come yet."), "{line}: {}", refused(line));
    }
}

#[test]
fn a_refusal_names_the_form_and_repeats_nothing() {
    for (line, form) in [
        ("@hotwash ic", "`ic @who`"),
        ("@hotwash ic @alice @mallory", "`ic @who`"),
        ("@hotwash handoff me", "`handoff @who`"),
        ("@hotwash status", "`status VALUE`"),
        ("@hotwash snooze sitrep", "`snooze DUTY 30m`"),
        ("@hotwash snooze sitrep 30", "`snooze DUTY 30m`"),
        ("@hotwash snooze sitrep 0m", "`snooze DUTY 30m`"),
        ("@hotwash snooze sitrep 99999999999999999999h", "`snooze DUTY 30m`"),
        ("@hotwash why", "`why DUTY`"),
        ("@hotwash why mallory's secret", "`why DUTY`"),
        ("@hotwash responders", "`responders +@a -@b`"),
        ("@hotwash responders + -", "`responders +@a -@b`"),
        ("@hotwash shift", "`shift @who 3h`"),
        ("@hotwash shift me 3h", "`shift @who 3h`"),
        ("@hotwash shift 3h", "`shift @who 3h`"),
        ("@hotwash lead", "`lead TEXT @who`"),
        ("@hotwash step ---", "`step TEXT @who deferred`"),
        ("@hotwash done", "`done WHAT`"),
        ("@hotwash disrupt", "`disrupt TEXT`"),
        ("@hotwash notified", "`notified WHO at 14:05`"),
        ("@hotwash notified mallory at 25:00", "`notified WHO at 14:05`"),
        ("@hotwash timeline", "`timeline 14:05 TEXT`"),
        ("@hotwash timeline 14:05", "`timeline 14:05 TEXT`"),
        ("@hotwash timeline 2026-11-20 mallory came", "`timeline 14:05 TEXT`"),
        ("@hotwash waive sitrep", "`waive DUTY REASON`"),
        ("@hotwash waive", "`waive DUTY REASON`"),
        ("@hotwash playbook", "`playbook NAME`"),
        ("@hotwash flag", "`flag NAME`"),
        ("@hotwash followup", "`followup TEXT @who by 2026-12-01`"),
        ("@hotwash followup catch mallory by 2026-13-01", "`followup TEXT @who by 2026-12-01`"),
        ("@hotwash severty high", "`severity VALUE`"),
        ("@hotwash hepl", "`help`"),
        ("@hotwash mallory", "`help`"),
        ("@hotwash", "`help`"),
    ] {
        let sentence = refused(line);
        assert!(sentence.contains(form), "{line}: {sentence}");
        assert!(!sentence.to_lowercase().contains("mallory"), "{line}: {sentence}");
    }
}

#[test]
fn only_the_start_of_a_visible_line_is_a_command() {
    for body in [
        "please @hotwash ack",
        "- @hotwash ack",
        "    @hotwash ack",
        "> @hotwash ack",
        "> quoted\n@hotwash ack",
        ">>>\n@hotwash ack\n>>>",
        "```\n@hotwash ack\n```",
        "~~~\n\n@hotwash ack",
        "`code\n@hotwash ack\nmore`",
        "<!--\n@hotwash ack\n-->",
        "<pre>\n@hotwash ack\n</pre>",
        "@hotwash-other ack",
        "@hotwashed",
        "@\u{2060}hotwash ack",
        "hotwash ack",
    ] {
        assert_eq!(say(body), [], "{body:?}");
    }
    assert_eq!(say("text\r\n\r\n@hotwash ack\r\n")[0].line, 3);
    assert_eq!(say("> quoted\n\n@hotwash ack")[0].line, 3);
    assert_eq!(say(">>>\nquoted\n>>>\n\n@hotwash ack")[0].line, 5);
    assert_eq!(one(">>>\n\n@hotwash ack"), Command::Ack, "a lone `>>>` quotes nothing");
}

#[test]
fn a_sitrep_goes_on_to_the_next_command() {
    let said =
        say("@hotwash sitrep contained  \n\n- two accounts\n- `@hotwash` is fine here\n\n@hotwash severity low\nbye");
    let report = "contained\n\n- two accounts\n- `@hotwash` is fine here";
    assert_eq!(said[0].command, Ok(Command::Sitrep { text: Some(report.into()) }));
    assert_eq!(said[0].text, "@hotwash sitrep contained - two accounts - `@hotwash` is fine here");
    assert_eq!(said[1].command, Ok(Command::Severity { to: "low".into() }));
    assert_eq!((said[1].line, said[1].text.as_str()), (6, "@hotwash severity low"));
    assert_eq!(one("@hotwash sitrep\n- first\n- second"), Command::Sitrep { text: Some("- first\n- second".into()) });
}

#[test]
fn any_comment_is_read_without_panic() {
    let seed = seed();
    println!("HOTWASH_SEED={seed}");
    let body = prop_oneof![any::<String>(), soup(), soup().prop_map(|text| format!("@hotwash {text}"))];
    let issue = IssueRef::new("github", "acme/incidents", 7);
    let keys = [MarkerKey::derive(b"secret")];
    runner(seed, cases(3_000))
        .run(&body, |body| {
            let lines = body.split('\n').count();
            for spoken in say(&body) {
                prop_assert!(usize::try_from(spoken.line).unwrap() <= lines);
                prop_assert!(spoken.text.to_lowercase().starts_with("@hotwash"));
            }
            prop_assert!(!is_sitrep(&body) || body.to_lowercase().contains("sitrep"));
            prop_assert_eq!(marker::read(&body, &issue, &keys), None);
            prop_assert!(under(&body, "Impact").len() <= lines);
            Ok(())
        })
        .unwrap();
}

#[test]
fn situation_reports_are_known_by_their_beginning() {
    for body in [
        "[sitrep] all quiet",
        "\n  [SITREP]\n\nall quiet",
        "Sitrep: all quiet",
        "**Sitrep:** all quiet",
        "**Sitrep**: all quiet",
        "### [sitrep] 14:00\nall quiet",
        "Subject: [sitrep] Mail outage\n\nall quiet",
        "**Subject:** [Sitrep] Mail outage",
        "Sitrep: \u{1f7e2}",
    ] {
        assert!(is_sitrep(body), "{body:?}");
    }
    for body in [
        "",
        "[sitrep]",
        "Sitrep:\n\n<!-- nothing yet -->",
        "> [sitrep] all quiet",
        "```\n[sitrep] all quiet\n```",
        "    [sitrep] all quiet",
        "The sitrep: all quiet",
        "Sitrep at noon, please",
        "<!-- [sitrep] --> all quiet",
        "Subject: sitrep",
    ] {
        assert!(!is_sitrep(body), "{body:?}");
    }
}

fn issue() -> IssueRef {
    IssueRef::new("github", "acme/incidents", 7)
}

fn key(secret: &str) -> MarkerKey {
    MarkerKey::derive(secret.as_bytes())
}

fn board() -> Marker {
    Marker { kind: MessageKind::Board, key: "board".into() }
}

#[test]
fn a_marker_is_known_on_its_issue_alone() {
    let stamped = stamp(MessageKind::Board, "board", &issue(), &key("secret"));
    assert!(stamped.starts_with("<!-- hotwash:board board ") && stamped.ends_with(" -->"), "{stamped}");
    let body = format!("# Board\n\n{stamped}\n");
    assert_eq!(marker::read(&body, &issue(), &[key("secret")]), Some(board()));
    for elsewhere in [
        IssueRef::new("github", "acme/incidents", 8),
        IssueRef::new("github", "acme/incident", 7),
        IssueRef::new("gitlab", "acme/incidents", 7),
        IssueRef::new("githubacme", "/incidents", 7),
    ] {
        assert_eq!(marker::read(&body, &elsewhere, &[key("secret")]), None, "{elsewhere}");
    }
    assert_eq!(marker::read(&body, &issue(), &[]), None);
}

#[test]
fn forged_and_mutilated_markers_are_passed_over() {
    let stamped = stamp(MessageKind::Board, "board", &issue(), &key("secret"));
    for at in 0..stamped.len() {
        assert_eq!(marker::read(&stamped[..at], &issue(), &[key("secret")]), None, "cut at {at}");
        let mut changed = stamped.clone().into_bytes();
        changed[at] ^= 1;
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(marker::read(&changed, &issue(), &[key("secret")]), None, "{changed}");
    }
    let reminder = stamped.replace("hotwash:board", "hotwash:reminder");
    assert_eq!(marker::read(&reminder, &issue(), &[key("secret")]), None);
    assert_eq!(marker::read(marker::INCIDENT, &issue(), &[key("secret")]), None);
    let forged = stamp(MessageKind::Board, "board", &issue(), &key("guess"));
    assert_eq!(marker::read(&forged, &issue(), &[key("secret")]), None);
    let before = format!("{stamped}\n{forged}\n{}", &stamped[..30]);
    assert_eq!(marker::read(&before, &issue(), &[key("secret")]), Some(board()));
}

#[test]
fn the_last_of_several_markers_counts_and_old_keys_still_open() {
    let old = stamp(MessageKind::Reminder, "sitrep@1", &issue(), &key("old"));
    let new = stamp(MessageKind::Reminder, "sitrep@2", &issue(), &key("new"));
    let keys = [key("new"), key("old")];
    let last = |body: &str| marker::read(body, &issue(), &keys).unwrap().key;
    assert_eq!(last(&format!("{old}{new}")), "sitrep@2");
    assert_eq!(last(&format!("{new}\n\n{old}")), "sitrep@1");
    assert_eq!(last(&format!("{new}\n{new}")), "sitrep@2");
}

#[test]
fn any_key_survives_the_marker_and_cannot_end_it() {
    let seed = seed();
    println!("HOTWASH_SEED={seed}");
    let texts = prop_oneof![any::<String>(), "[-> %<!A-Z]{0,30}"];
    runner(seed, cases(2_000))
        .run(&texts, |text| {
            let stamped = stamp(MessageKind::Gate, &text, &issue(), &key("secret"));
            let inside = stamped.trim_start_matches("<!--").trim_end_matches("-->");
            prop_assert!(
                !inside.contains("--") && !inside.contains('>') && inside.split(' ').count() == 5,
                "{}",
                stamped
            );
            let read = marker::read(&format!("x{stamped}y"), &issue(), &[key("secret")]);
            prop_assert_eq!(read, Some(Marker { kind: MessageKind::Gate, key: text }));
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_megabyte_of_marker_beginnings_is_passed_over() {
    let stamped = stamp(MessageKind::Board, "board", &issue(), &key("secret"));
    let body = format!("{stamped}{}", "<!-- hotwash:board k ".repeat(50_000));
    assert_eq!(marker::read(&body, &issue(), &[key("secret")]), Some(board()));
    assert_eq!(format!("{:?}", key("secret")), "MarkerKey(..)");
}

#[test]
fn lines_under_a_heading_come_back_without_comments() {
    let body =
        "# Report\n\n## Lessons\n<!-- write\nhere -->\n\n- **one**  \n\n- two <!-- no --> end\n\n\n### Next\nx\n";
    assert_eq!(under(body, "lessons"), ["- **one**", "", "- two  end"]);
    assert_eq!(under(body, "Next"), ["x"]);
    assert_eq!(under(body, "Missing"), Vec::<String>::new());
    assert_eq!(under("```\n## Lessons\nx\n```\n> ## Lessons\n> y\n\nLessons\n---\nz", "Lessons"), ["z"]);
    assert_eq!(under("## Lessons ##\r\n\r\n```\r\n# code\r\n```\r\n", "Lessons"), ["```", "# code", "```"]);
    assert_eq!(under("## Lessons\n<!-- never closed\nx", "Lessons"), Vec::<String>::new());
}

#[test]
fn boxes_are_known_by_the_first_code_marks_behind_them() {
    let board = "- [x] Judge `assess-1`, done by `bob`\n- [ ] who \\`task-9\\` `task-1`\r\n- [X] no name\n- text `task-2`\n\
                 - [ ] twice `assess-1`\n```\n- [x] code `task-3`\n```\n";
    assert_eq!(boxes::read(board), [("assess-1".to_owned(), true), ("task-1".to_owned(), false)]);
}

#[test]
fn of_a_flood_of_commands_the_first_twenty_are_read_and_the_next_is_refused() {
    let said = say(&"@hotwash ack\n".repeat(5_000));
    assert_eq!(said.len(), 21);
    assert!(said[..20].iter().all(|spoken| spoken.command == Ok(Command::Ack)));
    assert!(said[20].command.as_ref().is_err_and(|why| why.contains("at most 20")), "{:?}", said[20]);
}
