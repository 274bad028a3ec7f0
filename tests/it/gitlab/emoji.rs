//! Emoji of the simulated GitLab: awarding over HTTP, the hook that tells of it, and a program that does not mind.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use hotwash::{
    domain::snapshot::Visibility,
    drill::{
        gitlab::{Dates, Options},
        model::{Deed, HookConfig, Outcome, Target},
    },
    forge::gitlab::webhook::{Decoded, decode},
};
use serde_json::{Value, json};

use super::{
    bench::Bench,
    captured::bodies,
    emitted::lacking,
    play::{PATH, Play, SCRIPT, program, script},
    wire::{delete, get, hear, post},
};
use crate::drill_forge::bench::Ear;

/// An issue with a note of bob's: its number, and the note's.
fn thread(bench: &Bench) -> (u64, u64) {
    let number = bench.file("x", true);
    let Outcome::Comment(note) = bench.act("bob", Deed::Comment { at: Bench::at(number), body: "y".to_owned() }) else {
        panic!("nothing was said")
    };
    (number, note.0)
}

#[tokio::test]
async fn an_award_is_shown_once_and_taken_back_by_whoever_gave_it() {
    let bench = Bench::new().await;
    let (number, note) = thread(&bench);
    for path in [format!("issues/{number}/award_emoji"), format!("issues/{number}/notes/{note}/award_emoji")] {
        let given = post(&bench, "rita", &path, json!({ "name": "thumbsup" })).await.expect(201).body;
        let of_note = path.contains("notes");
        assert_eq!(given["awardable_type"], if of_note { "Note" } else { "Issue" });
        assert_eq!((given["name"].as_str(), given["user"]["username"].as_str()), (Some("thumbsup"), Some("rita")));
        let keys: Vec<&String> = given.as_object().unwrap().keys().collect();
        let wanted = ["awardable_id", "awardable_type", "created_at", "id", "name", "updated_at", "user"];
        assert_eq!(keys, wanted, "as in the documentation");
        post(&bench, "rita", &path, json!({ "name": "thumbsup" })).await.expect(404);
        post(&bench, "rita", &path, json!({ "name": "nothing_known" })).await.expect(404);
        let one = format!("{path}/{}", given["id"]);
        assert_eq!(get(&bench, "bob", &one).await.expect(200).body, given);
        assert_eq!(get(&bench, "bob", &path).await.expect(200).each("id"), [given["id"].clone()]);
        delete(&bench, "bob", &one).await.expect(401);
        delete(&bench, "rita", &one).await.expect(204);
        delete(&bench, "rita", &one).await.expect(404);
        assert_eq!(get(&bench, "bob", &path).await.expect(200).body, json!([]));
    }
}

#[tokio::test]
async fn nobody_awards_what_they_may_not_read() {
    let bench = Bench::new().await;
    let number = bench.file("x", false);
    let Outcome::Comment(note) = bench.act("bob", Deed::Note { at: Bench::at(number), body: "us".to_owned() }) else {
        panic!("nothing was said")
    };
    let path = format!("issues/{number}/notes/{note}/award_emoji");
    post(&bench, "gus", &path, json!({ "name": "eyes" })).await.expect(404);
    post(&bench, "mallory", &format!("issues/{number}/award_emoji"), json!({ "name": "eyes" })).await.expect(404);
    let confidential = bench.file("x", true);
    post(&bench, "gus", &format!("issues/{confidential}/award_emoji"), json!({ "name": "eyes" })).await.expect(404);
    post(&bench, "rita", &path, json!({ "name": "eyes" })).await.expect(201);
}

#[tokio::test]
async fn votes_are_counted_and_an_award_moves_the_stamp_of_a_note_and_of_no_issue() {
    let bench = Bench::new().await;
    let (number, note) = thread(&bench);
    let (issue, one) = (format!("issues/{number}"), format!("issues/{number}/notes/{note}"));
    let before = get(&bench, "bob", &issue).await.expect(200).body;
    bench.clock.pass(60);
    post(&bench, "rita", &format!("{issue}/award_emoji"), json!({ "name": "thumbsup" })).await.expect(201);
    post(&bench, "rita", &format!("{issue}/award_emoji"), json!({ "name": "thumbsdown" })).await.expect(201);
    post(&bench, "bob", &format!("{issue}/award_emoji"), json!({ "name": "thumbsup" })).await.expect(201);
    let given = post(&bench, "rita", &format!("{one}/award_emoji"), json!({ "name": "eyes" })).await.expect(201).body;
    let after = get(&bench, "bob", &issue).await.expect(200).body;
    assert_eq!((&after["upvotes"], &after["downvotes"]), (&json!(2), &json!(1)));
    assert_eq!(after["updated_at"], before["updated_at"]);
    let shown = get(&bench, "bob", &one).await.expect(200).body;
    assert_eq!((shown["updated_at"].as_str(), shown["body"].as_str()), (Some("2026-11-20T10:01:00.000Z"), Some("y")));
    assert_eq!(shown["created_at"], "2026-11-20T10:00:00.000Z");
    bench.clock.pass(60);
    delete(&bench, "rita", &format!("{one}/award_emoji/{}", given["id"])).await.expect(204);
    assert_eq!(get(&bench, "bob", &one).await.expect(200).body["updated_at"], "2026-11-20T10:02:00.000Z");
}

#[tokio::test]
async fn a_hook_hears_of_awards_where_its_flag_says_so_and_of_one_that_was_there_already_nobody_does() {
    let bench = Bench::new().await;
    let (number, note) = thread(&bench);
    let (deaf, ear) = (Ear::open().await, Ear::open().await);
    hear(&bench, &deaf, &["issues_events", "confidential_issues_events", "note_events", "confidential_note_events"]);
    hear(&bench, &ear, &["emoji_events"]);
    let path = format!("issues/{number}/notes/{note}/award_emoji");
    let given = post(&bench, "rita", &path, json!({ "name": "eyes" })).await.expect(201).body;
    post(&bench, "rita", &path, json!({ "name": "eyes" })).await.expect(404);
    bench.clock.pass(60);
    delete(&bench, "rita", &format!("{path}/{}", given["id"])).await.expect(204);
    bench.deliver().await;
    assert_eq!(deaf.heard().len(), 0);
    let heard = ear.heard();
    assert_eq!(heard.iter().map(|got| got.header("x-gitlab-event")).collect::<Vec<_>>(), ["Emoji Hook"; 2]);
    let types: Vec<&Value> = heard.iter().map(|got| &got.body["event_type"]).collect();
    assert_eq!(types, ["award", "revoke"]);
    for got in &heard {
        let told = &got.body["object_attributes"];
        assert_eq!((&told["id"], &told["awardable_id"]), (&given["id"], &json!(note)));
        assert_eq!((told["name"].as_str(), got.body["user"]["username"].as_str()), (Some("eyes"), Some("rita")));
        assert_eq!((&got.body["note"]["note"], &got.body["issue"]["iid"]), (&json!("y"), &json!(number)));
        assert_eq!(decode(got.header("x-gitlab-event"), &got.bytes), Decoded::Other, "nothing to look at");
    }
    let (given_at, taken_at) = (&heard[0].body["note"]["updated_at"], &heard[1].body["note"]["updated_at"]);
    assert_eq!((given_at, taken_at), (&json!("2026-11-20T10:00:00.000Z"), &json!("2026-11-20T10:01:00.000Z")));
}

#[tokio::test]
async fn emitted_awards_have_the_shape_of_captured_ones() {
    let captured = bodies();
    if captured.is_empty() {
        return;
    }
    let bench = Bench::with(Visibility::Private, Options { dates: Dates::Offset, ..Options::default() }).await;
    let (number, note) = thread(&bench);
    let ear = Ear::open().await;
    hear(&bench, &ear, &["emoji_events"]);
    let (of_issue, of_note) =
        (format!("issues/{number}/award_emoji"), format!("issues/{number}/notes/{note}/award_emoji"));
    let given = post(&bench, "rita", &of_issue, json!({ "name": "thumbsup" })).await.expect(201).body;
    post(&bench, "rita", &of_note, json!({ "name": "eyes" })).await.expect(201);
    delete(&bench, "rita", &format!("{of_issue}/{}", given["id"])).await.expect(204);
    bench.deliver().await;
    let heard = ear.heard();
    let names = ["hephaestus__emoji.award.issue", "hephaestus__emoji.award.note", "hephaestus__emoji.revoke.issue"];
    assert_eq!(heard.len(), names.len());
    for (name, got) in names.into_iter().zip(&heard) {
        let (_, body) = captured.iter().find(|(known, _)| known == name).unwrap();
        let mut body: Value = serde_json::from_slice(body).unwrap();
        // That note stands under a merge request, which there are none of here.
        body.as_object_mut().unwrap().remove("merge_request");
        let mut out = Vec::new();
        lacking(&body, &got.body, name, &mut out);
        assert!(out.is_empty(), "{out:#?}");
        assert_eq!(body["event_type"], got.body["event_type"]);
    }
}

#[tokio::test]
async fn awards_cost_the_program_nothing_and_what_was_obeyed_is_not_obeyed_again() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::set(&script, &program).await;
    play.file(true);
    play.minutes(1).await;
    let hook = play.0.look(|world| {
        let project = world.project(PATH).unwrap().id;
        world.hooks(project).next().unwrap().clone()
    });
    let config = HookConfig { events: vec!["*".to_owned()], ..hook.config };
    play.does("acme", Deed::ChangeHook { id: hook.id, config });
    play.says("bob", "@hotwash severity high");
    play.minutes(6).await;
    assert_eq!(play.shows().1, ["severity::high"]);
    let (journal, looks) = (play.journal().await.len(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&looks);
    play.forge().faults().decided_by(Box::new(move |_, path| {
        count.fetch_add(usize::from(path.contains("/issues/1")), Ordering::SeqCst);
        None
    }));
    let (issue, notes) = play.0.look(|world| {
        let issue = world.issue(PATH, 1).unwrap().id;
        (issue, world.comments(issue).map(|comment| comment.id).collect::<Vec<_>>())
    });
    for to in notes.into_iter().map(Target::Comment).chain([Target::Issue(issue)]) {
        play.does("erin", Deed::React { to, content: "heart".to_owned() });
    }
    play.minutes(2).await;
    let told: Vec<_> = play.forge().attempts().into_iter().filter(|one| one.event == "Emoji Hook").collect();
    assert!(told.len() >= 4, "the program's own thumb, and what erin gave: {}", told.len());
    assert!(told.iter().all(hotwash::drill::gitlab::Attempt::arrived), "each is taken");
    assert_eq!((looks.load(Ordering::SeqCst), play.journal().await.len()), (0, journal), "nobody looks");
    // Notes whose stamps moved are read again by the next look, and nothing in them is new.
    play.says("bob", "And now?");
    play.minutes(6).await;
    assert!(looks.load(Ordering::SeqCst) > 0);
    assert_eq!(play.journal().await.len(), journal + 1, "the comment");
    assert_eq!(play.shows().1, ["severity::high"]);
    play.0.strike().await.unwrap();
}
