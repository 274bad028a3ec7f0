//! What a lost delivery, a list that lags and an emoji make look otherwise than it was.

use chrono::TimeDelta;
use hotwash::{
    domain::{
        event::{Event, What},
        ids::CommentId,
    },
    drill::{
        face::Kind,
        faults::{Faults, Mail},
        model::{Deed, Target},
        stage::Stage,
    },
};

use super::play::{PATH, Play, SCRIPT, program, script, text};

fn faults<'p>(play: &'p Play<'_>) -> &'p Faults {
    play.0.forge().faults()
}

/// Whether deliveries are lost from now on.
fn lost(play: &Play<'_>, lost: bool) {
    faults(play).mail(Mail { drop: if lost { 100 } else { 0 }, ..Mail::default() });
}

fn note(play: &Play<'_>, part: &str) -> (CommentId, String) {
    play.0.look(|world| {
        let issue = world.issue(PATH, 1).unwrap().id;
        let found = world.comments(issue).find(|comment| comment.body.contains(part)).unwrap();
        (found.id, found.body.clone())
    })
}

async fn journal(play: &Play<'_>, kind: Kind) -> Vec<Event> {
    let forge = if kind == Kind::Github { "github" } else { "gitlab" };
    let store = play.0.store().unwrap();
    let entries = store.journal(&hotwash::domain::ids::IssueRef::new(forge, PATH, 1)).await.unwrap();
    entries.into_iter().map(|entry| entry.event).collect()
}

/// One comment was deleted, which no delivery tells; another was written. A list that lags is as long as it should be.
#[tokio::test]
async fn a_new_comment_is_not_taken_for_the_one_that_was_deleted() {
    for kind in [Kind::Github, Kind::Gitlab] {
        let program = program(SCRIPT);
        let script = script(&text("")).on(kind);
        let mut play = Play(Stage::set(&script, &program, Faults::new(0)).await.unwrap());
        play.file(kind == Kind::Gitlab);
        play.minutes(1).await;
        play.says("bob", "Looking.");
        faults(&play).lag(Some(TimeDelta::seconds(40)));
        play.minutes(6).await;
        let (deleted, _) = note(&play, "Looking.");
        lost(&play, true);
        play.does("bob", Deed::DeleteComment { id: deleted });
        lost(&play, false);
        play.says("erin", "Found it.");
        let soon = play.0.now() + TimeDelta::seconds(8);
        while play.0.towards(soon).await.unwrap() {}
        // Another look, before the list shows the one and lacks the other.
        play.labels("erin", "severity::high");
        play.minutes(1).await;
        assert!(faults(&play).count("stale") > 0, "{kind:?}: the list lagged");
        play.minutes(10).await;
        let gone = journal(&play, kind).await.into_iter().filter_map(|event| match event.what {
            What::CommentGone { comment } => Some(comment),
            _ => None,
        });
        assert_eq!(gone.collect::<Vec<_>>(), [deleted], "{kind:?}");
        play.0.strike().await.unwrap();
    }
}

#[tokio::test]
async fn a_tick_of_which_no_delivery_told_is_dated_by_itself_and_not_by_the_emoji_after_it() {
    let (script, program) = (script(SCRIPT), program(SCRIPT));
    let mut play = Play::set(&script, &program).await;
    play.file(true);
    play.minutes(6).await;
    let (board, body) = note(&play, "<!-- hotwash:board");
    let line = body.lines().find(|line| line.starts_with("- [ ]")).expect("the board has boxes").to_owned();
    lost(&play, true);
    let ticked = play.0.now();
    play.does("bob", Deed::EditComment { id: board, body: body.replace(&line, &line.replacen("[ ]", "[x]", 1)) });
    play.minutes(2).await;
    play.does("erin", Deed::React { to: Target::Comment(board), content: "heart".to_owned() });
    play.minutes(1).await;
    lost(&play, false);
    // The board is to be written anew, and is read before.
    play.says("bob", "@hotwash severity high");
    play.minutes(2).await;
    let ticks = journal(&play, Kind::Gitlab).await.into_iter().filter(|one| matches!(one.what, What::Ticked { .. }));
    assert_eq!(ticks.map(|tick| tick.at).collect::<Vec<_>>(), [ticked]);
    play.0.strike().await.unwrap();
}
