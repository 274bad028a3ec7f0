//! The model without a face.

use hotwash::{
    domain::{snapshot::Visibility, time::Moment},
    drill::model::{Access, At, Close, Deed, Fault, Outcome, Refusal, World},
};

fn now() -> Moment {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

/// alice runs acme/incidents, bob sorts, carol and rita read.
fn world() -> World {
    let mut world = World::new();
    let acme = world.add_organisation("acme", &[("alice", true)]);
    let project = world.add_project(acme, "incidents", Visibility::Private, now());
    world.add_project(acme, "other", Visibility::Private, now());
    for (who, access) in [("bob", Access::Triage), ("carol", Access::Read), ("rita", Access::Read)] {
        let id = world.add_person(who);
        world.give(project, id, access);
    }
    world
}

fn file(world: &mut World, by: &str, confidential: bool) -> At {
    let deed = Deed::File {
        project: "acme/incidents".to_owned(),
        title: "It burns".to_owned(),
        body: None,
        labels: vec!["incident".to_owned()],
        assignees: vec!["bob".into()],
        confidential,
    };
    let Ok(Outcome::Issue(id)) = world.perform(&by.into(), deed, now()) else { panic!("no issue was filed") };
    At::new("acme/incidents", world.issue_by_id(id).unwrap().number)
}

#[test]
fn the_same_deeds_make_the_same_world() {
    let play = || {
        let mut world = world();
        let at = file(&mut world, "bob", false);
        let said = world.perform(&"bob".into(), Deed::Comment { at, body: "hi".to_owned() }, now());
        let told: Vec<u64> = world.take_happenings().iter().map(|one| one.serial).collect();
        (said, told)
    };
    assert_eq!(play(), play());
}

#[test]
fn a_refusal_changes_nothing() {
    let mut world = world();
    let at = file(&mut world, "bob", false);
    let before = (world.serial(), world.history(world.issue("acme/incidents", 1).unwrap().id).len());
    let deeds: [(&str, Deed, Refusal); 5] = [
        (
            "rita",
            Deed::Label { at: at.clone(), names: vec!["x".to_owned()] },
            Refusal::Forbidden { needs: Access::Triage },
        ),
        (
            "rita",
            Deed::Close { at: at.clone(), reason: Close::Completed },
            Refusal::Forbidden { needs: Access::Triage },
        ),
        ("bob", Deed::Delete { at: at.clone() }, Refusal::Forbidden { needs: Access::Admin }),
        ("bob", Deed::Unlabel { at: at.clone(), name: "absent".to_owned() }, Refusal::Absent("label")),
        ("nobody", Deed::Reopen { at }, Refusal::Absent("account")),
    ];
    for (who, deed, expected) in deeds {
        assert_eq!(world.perform(&who.into(), deed, now()), Err(expected), "{who}");
    }
    assert_eq!((world.serial(), world.history(world.issue("acme/incidents", 1).unwrap().id).len()), before);
}

#[test]
fn a_confidential_issue_is_there_for_its_author_and_those_who_sort() {
    let mut world = world();
    let at = file(&mut world, "rita", true);
    let say = |world: &mut World, who: &str| {
        world.perform(&who.into(), Deed::Comment { at: at.clone(), body: "hi".to_owned() }, now()).map(|_| ())
    };
    assert_eq!(say(&mut world, "carol"), Err(Refusal::Absent("issue")));
    assert_eq!((say(&mut world, "rita"), say(&mut world, "bob")), (Ok(()), Ok(())));
    let open = Deed::SetConfidential { at: at.clone(), confidential: false };
    world.perform(&"bob".into(), open, now()).unwrap();
    assert_eq!(say(&mut world, "carol"), Ok(()));
}

#[test]
fn who_only_reads_files_without_labels_and_assignees() {
    let mut world = world();
    let at = file(&mut world, "carol", false);
    let issue = world.issue(&at.project, at.number).unwrap();
    assert_eq!((issue.labels.len(), issue.assignees.len()), (0, 0));
}

#[test]
fn an_author_reopens_only_what_the_author_closed() {
    let mut world = world();
    let at = file(&mut world, "carol", false);
    let close = |world: &mut World, who: &str| {
        world.perform(&who.into(), Deed::Close { at: at.clone(), reason: Close::NotPlanned }, now()).unwrap();
        world.perform(&"carol".into(), Deed::Reopen { at: at.clone() }, now())
    };
    assert!(close(&mut world, "carol").is_ok());
    assert_eq!(close(&mut world, "bob"), Err(Refusal::Forbidden { needs: Access::Triage }));
}

#[test]
fn a_label_keeps_its_issues_when_it_is_renamed_and_leaves_them_when_it_is_dropped() {
    let mut world = world();
    let at = file(&mut world, "bob", false);
    let project = || "acme/incidents".to_owned();
    let rename = Deed::RedefineLabel {
        project: project(),
        name: "Incident".to_owned(),
        new_name: Some("fire".to_owned()),
        color: None,
        description: None,
    };
    world.perform(&"alice".into(), rename, now()).unwrap();
    assert_eq!(world.issue(&at.project, at.number).unwrap().labels, ["fire"]);
    let taken = Deed::DefineLabel { project: project(), name: "FIRE".to_owned(), color: None, description: None };
    let expected = Refusal::Invalid { of: "Label", field: "name", fault: Fault::Taken };
    assert_eq!(world.perform(&"alice".into(), taken, now()), Err(expected));
    world.perform(&"alice".into(), Deed::DropLabel { project: project(), name: "fire".to_owned() }, now()).unwrap();
    assert_eq!(world.issue(&at.project, at.number).unwrap().labels, Vec::<String>::new());
}

#[test]
fn an_issue_moves_within_its_owner_and_never_into_the_open() {
    let mut world = world();
    let at = file(&mut world, "alice", false);
    let show = |visibility| Deed::SetVisibility { project: "acme/other".to_owned(), visibility };
    let transfer = || Deed::Transfer { at: at.clone(), to: "acme/other".to_owned() };
    world.perform(&"alice".into(), show(Visibility::Public), now()).unwrap();
    assert!(world.perform(&"alice".into(), transfer(), now()).is_err());
    world.perform(&"alice".into(), show(Visibility::Private), now()).unwrap();
    let Ok(Outcome::Issue(id)) = world.perform(&"alice".into(), transfer(), now()) else { panic!("it did not move") };
    assert_eq!(world.perform(&"alice".into(), Deed::Reopen { at: at.clone() }, now()), Err(Refusal::Moved(id)));
    assert_eq!(world.issue("acme/other", 1).unwrap().labels, Vec::<String>::new(), "no such label there");
}
