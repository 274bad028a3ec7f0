//! When commands were given, on a forge whose stamps emoji move: by when their texts were written, which GraphQL tells.

use std::{collections::BTreeMap, fs};

use chrono::TimeDelta;
use hotwash::{
    domain::{event::What, ids::CommentId, time::Moment},
    drill::{
        faults::{Effect, How},
        model::{Deed, Outcome, Target},
    },
    forge::ForgeError,
};
use serde_json::{Value, json};

use super::{
    bench::Bench,
    play::{PATH, Play, SCRIPT, program, script},
    wire::{graphql, post},
};

const EARLIER: &str = "@hotwash severity medium";
const LATER: &str = "@hotwash severity high";

fn note(play: &Play<'_>, body: &str) -> CommentId {
    play.0.look(|world| {
        let issue = world.issue(PATH, 1).unwrap().id;
        world.comments(issue).find(|comment| comment.body == body).unwrap().id
    })
}

fn heart(play: &mut Play<'_>, body: &str) {
    let to = Target::Comment(note(play, body));
    play.does("erin", Deed::React { to, content: "heart".to_owned() });
}

async fn given(play: &Play<'_>) -> BTreeMap<String, Moment> {
    let commands = play.journal().await.into_iter().filter_map(|event| match event.what {
        What::Commanded { text, .. } => Some((text, event.at)),
        _ => None,
    });
    commands.collect()
}

/// While the program is away: a command, and five minutes later another, by an edit; then emoji for both.
async fn absence(play: &mut Play<'_>) -> [(String, Moment); 2] {
    play.0.kill().await.unwrap();
    play.minutes(1).await;
    let written = play.0.now();
    play.says("bob", EARLIER);
    play.says("bob", "Let me see.");
    play.minutes(5).await;
    let edited = play.0.now();
    let id = note(play, "Let me see.");
    play.does("bob", Deed::EditComment { id, body: LATER.to_owned() });
    play.minutes(10).await;
    heart(play, EARLIER);
    heart(play, LATER);
    play.minutes(5).await;
    [(EARLIER.to_owned(), written), (LATER.to_owned(), edited)]
}

#[tokio::test]
async fn commands_given_in_an_absence_are_dated_by_their_texts_and_not_by_the_emoji_that_came_after() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::set(&script, &program).await;
    play.file(true);
    play.minutes(1).await;
    let said = absence(&mut play).await;
    play.0.start().await.unwrap();
    play.minutes(6).await;
    assert_eq!(given(&play).await, said.into());
    assert_eq!(play.shows().1, ["severity::high"], "the later one holds");
    play.0.strike().await.unwrap();
}

#[tokio::test]
async fn a_new_database_dates_what_was_obeyed_by_its_text_though_the_program_reacted_to_it() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::set(&script, &program).await;
    play.file(true);
    play.minutes(1).await;
    let written = play.0.now();
    play.says("bob", LATER);
    play.minutes(20).await;
    let known = given(&play).await;
    assert_eq!(known, [(LATER.to_owned(), written)].into());
    let stamp = play.0.look(|world| {
        let issue = world.issue(PATH, 1).unwrap().id;
        world.comments(issue).find(|comment| comment.body == LATER).unwrap().updated_at
    });
    assert!(stamp > written, "the program's own emoji");
    play.0.kill().await.unwrap();
    let files = fs::read_dir(play.0.folder()).unwrap().map(|file| file.unwrap().path());
    let lost: Vec<_> = files.filter(|file| file.to_string_lossy().contains("hotwash.db")).collect();
    assert!(!lost.is_empty());
    for file in &lost {
        fs::remove_file(file).unwrap();
    }
    play.0.start().await.unwrap();
    play.minutes(6).await;
    assert_eq!(given(&play).await, known);
    play.0.strike().await.unwrap();
}

/// A server that has no such question, and one that fails for a while.
#[tokio::test]
async fn where_nobody_tells_the_stamp_holds_and_nothing_waits_for_ever() {
    for (status, soon) in [(404, true), (500, false)] {
        let (script, program) = (script(SCRIPT), program(SCRIPT));
        let mut play = Play::set(&script, &program).await;
        play.file(true);
        play.minutes(1).await;
        let [_, (later, edited)] = absence(&mut play).await;
        play.forge().faults().decided_by(Box::new(move |_, path| {
            path.contains("graphql").then_some((How::Status(status), Effect::Nothing))
        }));
        let back = play.0.now();
        play.0.start().await.unwrap();
        play.minutes(if soon { 1 } else { 3 }).await;
        let given = given(&play).await;
        assert_eq!(given.len(), 2, "{status}: {given:?}");
        assert!(given[&later] > edited && given[&later] <= back, "{status}: by the emoji: {given:?}");
        play.0.strike().await.unwrap();
    }
}

fn comment(bench: &Bench, number: u64, deed: Deed) -> CommentId {
    let Outcome::Comment(id) = bench.act("bob", deed) else { panic!("nothing was said on {number}") };
    id
}

#[tokio::test]
async fn the_adapter_tells_edited_notes_from_those_that_only_got_an_emoji() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    let say = |body: &str| comment(&bench, number, Deed::Comment { at: Bench::at(number), body: body.to_owned() });
    let ids: Vec<CommentId> = (0..43).map(|nth| say(&format!("note {nth}"))).collect();
    bench.clock.pass(60);
    let edited = bench.now();
    for id in [ids[0], ids[41]] {
        bench.act("bob", Deed::EditComment { id, body: "another".to_owned() });
    }
    bench.clock.pass(60);
    for id in [ids[0], ids[1]] {
        bench.act("rita", Deed::React { to: Target::Comment(id), content: "heart".to_owned() });
    }
    let stamp = |id: &CommentId| bench.forge.look(|world| world.comment(*id).unwrap().updated_at);
    let mut asked: Vec<_> = ids.iter().map(|id| (*id, stamp(id))).collect();
    asked.push((CommentId(999_999), bench.now()));
    let issue = Bench::issue(number);
    let told = bench.port.read.last_edits(&issue, &asked).await.unwrap();
    let wanted: BTreeMap<CommentId, Option<Moment>> =
        ids.iter().map(|id| (*id, [ids[0], ids[41]].contains(id).then_some(edited))).collect();
    assert_eq!(told, wanted, "what is not there is not told of");
    let read_later = [(ids[2], bench.now() + TimeDelta::seconds(2))];
    let older = bench.port.read.last_edits(&issue, &read_later).await;
    assert!(matches!(older, Err(ForgeError::Unknown { .. })), "a replica that lags: {older:?}");
    bench
        .forge
        .faults()
        .decided_by(Box::new(|_, path| path.contains("graphql").then_some((How::Status(503), Effect::Nothing))));
    let failed = bench.port.read.last_edits(&issue, &asked).await;
    assert!(matches!(failed, Err(ForgeError::Later { .. } | ForgeError::Unknown { .. })), "{failed:?}");
}

#[tokio::test]
async fn the_simulated_gitlab_tells_of_notes_what_the_caller_may_see() {
    let bench = Bench::new().await;
    let number = bench.file("x", false);
    let at = Bench::at(number);
    let open = comment(&bench, number, Deed::Comment { at: at.clone(), body: "y".to_owned() });
    let internal = comment(&bench, number, Deed::Note { at, body: "us".to_owned() });
    bench.clock.pass(60);
    let path = format!("issues/{number}/notes/{open}/award_emoji");
    post(&bench, "rita", &path, json!({ "name": "eyes" })).await.expect(201);
    let fields = "id body updatedAt lastEditedAt lastEditedBy { id username }";
    let question = format!(
        "query q($id: NoteID!) {{ a: note(id: $id) {{ {fields} }} b: note(id: \"gid://gitlab/Note/{internal}\") {{ id }} }}"
    );
    let id = format!("gid://gitlab/Note/{open}");
    let said = graphql(&bench, "gus", &question, json!({ "id": id })).await;
    let stamp = "2026-11-20T10:01:00Z";
    let wanted = json!({ "id": id, "body": "y", "updatedAt": stamp, "lastEditedAt": stamp, "lastEditedBy": null });
    assert_eq!(said["data"], json!({ "a": wanted, "b": null }), "gus is a guest");
    bench.act("bob", Deed::EditComment { id: open, body: "z".to_owned() });
    bench.clock.pass(60);
    let said = graphql(&bench, "bob", &question, json!({ "id": id })).await;
    assert_eq!(said["data"]["a"]["lastEditedBy"]["username"], "bob");
    assert_eq!(said["data"]["a"]["lastEditedAt"], stamp);
    assert_eq!(said["data"]["b"]["id"], format!("gid://gitlab/Note/{internal}"));
    let refused = |said: &Value| said["data"].is_null() && said["errors"][0]["message"].is_string();
    let many = (0..90).map(|nth| format!("n{nth}: note(id: \"{id}\") {{ id body }}")).collect::<Vec<_>>().join(" ");
    for wrong in ["{ note(id: 7) { id } }", "{ note(id: \"gid://gitlab/Note/1\") { colour } }", "{ note(id: ", &many] {
        let question = if wrong == many { format!("{{ {many} }}") } else { wrong.to_owned() };
        assert!(refused(&graphql(&bench, "bob", &question, json!({})).await), "{wrong}");
    }
}
