//! Which commands are obeyed, and as what.

use hotwash::{
    domain::{
        command::{Command, Spoken},
        event::{Outcome, What},
        ids::CommentId,
        people::{Account, Permission, Person},
        process::EvidenceKind,
        project::Project,
        time::Moment,
    },
    plan::judge::{Pending, judge, named},
};

use super::story::{Story, given, high};

fn pending(command: Command) -> Pending {
    Pending {
        comment: CommentId(7),
        by: Account::new(12, "bob"),
        at: Moment::default(),
        url: "https://forge.example/issues/1#c7".to_owned(),
        spoken: Spoken { line: 1, text: "@hotwash x".to_owned(), command: Ok(command) },
    }
}

fn outcome(command: Command, of: Option<Permission>, project: &Project) -> (Option<Command>, Outcome) {
    match judge(&pending(command), Permission::Write, of, project).what {
        What::Commanded { command, outcome, .. } => (command, outcome),
        other => panic!("{other:?}"),
    }
}

fn done(what: &str) -> Command {
    Command::Done { what: what.to_owned() }
}

/// An item of a checklist is called as a duty is.
fn ambiguous() -> Story {
    high().process(
        "[[flag]]\nid = \"ack\"\ntitle = \"Acknowledge\"\nsource = \"x\"\n\
         checklist = [{ id = \"first-sitrep\", text = \"Post it\" }]\n",
    )
}

#[test]
fn the_commander_has_to_be_somebody_with_access() {
    let project = high().project;
    let who = || Person::Handle("carol".to_owned());
    for command in [Command::Ic { who: who() }, Command::Handoff { who: who() }] {
        assert_eq!(named(&pending(command.clone())), Some("carol"));
        let (_, none) = outcome(command.clone(), Some(Permission::None), &project);
        assert!(matches!(&none, Outcome::Refused { why } if why.contains("access")), "{none:?}");
        assert_eq!(outcome(command, Some(Permission::Read), &project).1, Outcome::Obeyed);
    }
    assert_eq!(named(&pending(Command::Ack)), None);
    assert_eq!(named(&pending(Command::Ic { who: Person::Name("Farmer Jane".to_owned()) })), None);
}

#[test]
fn what_names_an_item_and_a_duty_has_to_say_which() {
    let story = ambiguous();
    let (_, refused) = outcome(done("first-sitrep"), None, &story.project);
    let Outcome::Refused { why } = refused else { panic!("{refused:?}") };
    assert!(why.contains("done item first-sitrep") && why.contains("done duty first-sitrep"), "{why}");
    for said in ["item first-sitrep", "duty first-sitrep"] {
        assert_eq!(outcome(done(said), None, &story.project), (Some(done(said)), Outcome::Obeyed));
    }
    assert_eq!(outcome(done("duty assess"), None, &story.project).0, Some(done("assess")));
    assert!(matches!(outcome(done("item assess"), None, &story.project).1, Outcome::Refused { .. }));
}

#[test]
fn the_item_and_the_duty_of_one_name_are_done_apart() {
    let duty = EvidenceKind::Done("first-sitrep".to_owned());
    let item = EvidenceKind::Ticked("first-sitrep".to_owned());
    for (said, kind) in [("duty first-sitrep", &duty), ("item first-sitrep", &item)] {
        let incident = given(ambiguous().opened("09:00").says(done(said), "09:05")).incident();
        let met: Vec<_> = incident.evidence.iter().map(|evidence| &evidence.kind).collect();
        assert_eq!([&duty, &item].map(|one| met.contains(&one)), [&duty, &item].map(|one| one == kind), "{said}");
    }
}
