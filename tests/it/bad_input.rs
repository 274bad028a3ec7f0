//! Bad input, item by item: what shows that each is survived. Where a room's own tests show it, they are named; what
//! only the whole program can show, and what was shown nowhere else, is below.
//!
//! | bad input | shown by |
//! |---|---|
//! | signature wrong, missing, doubled, SHA-1 only | `intake::signatures::only_a_right_signature_over_the_very_bytes_is_let_in`, `github::webhook::anything_but_one_whole_signature_is_refused` |
//! | body not JSON | `intake::signatures::an_authentic_body_that_is_not_json_is_parked`; `canary` sends one to the program |
//! | 25 MiB and 26 MiB | `intake::bodies::exactly_25_mib_are_taken_with_and_without_a_stated_length`, `one_byte_more_is_refused_and_the_answer_arrives` |
//! | unknown event and action | `intake::signatures::authentic_deliveries_of_no_interest_are_stored_without_an_issue`, `github::webhook::what_nobody_needs_is_told_from_what_nobody_understands`, `intake::examples` |
//! | `user: null` | `github::reading::an_issue_is_read_in_neutral_words`, `github::webhook::what_is_missing_costs_the_detail_and_not_the_delivery`; [`an_issue_and_comments_of_deleted_accounts_are_worked_on`] |
//! | issue body of 1 MB, of 65,000 `>` | `fields::a_megabyte_of_anything_still_yields_the_field_before_it`, `fields::sixty_five_thousand_nested_quotes_hide_what_they_quote`, `engine::wild::a_body_of_a_megabyte_and_one_of_quotes_are_read` |
//! | Cyrillic look-alikes | `corpus/44-cyrillic-look-alike.txt` (values); [`a_field_name_in_look_alikes_changes_nothing`] |
//! | severity `Hihg` | `engine::faults::an_unreadable_severity_keeps_the_last_good_one`, `plan::observe::an_unreadable_field_keeps_the_last_good_value_and_is_told_once` |
//! | times that do not exist | `corpus/62-impossible-moments.txt`, `fields::moments_that_do_not_exist_are_refused_with_a_suggestion`; [`a_moment_that_does_not_exist_is_shown_on_the_board`] |
//! | label deleted by a person | `engine::faults::a_label_that_a_person_took_off_comes_back`; [`a_label_deleted_from_the_project_comes_back`] |
//! | the bot's comment edited or deleted | `engine::faults::a_reminder_that_a_person_deleted_is_not_posted_again`, `a_board_that_a_person_deleted_stays_away`; [`a_board_that_a_person_wrote_over_is_put_right`] |
//! | the bot's marker pasted by a person | `engine::faults::a_marker_pasted_by_a_person_moves_nothing`, `plan::observe::a_persons_comment_with_our_marker_is_a_persons_comment` |
//! | mentions, comments, quick actions, references, pipes, images repeated | `engine::wild::nothing_from_people_acts_when_the_bot_repeats_it`, `neutral`, `render::text_from_people_is_always_encoded_and_never_lost` |
//! | forge answers 401, 403, 404, 410, 422 | `github::errors::each_status_has_its_class_for_a_read`; [`refusals_pass_without_a_trace`] |
//! | 429 with and without `Retry-After` | `github::limits`; [`a_limit_passes_without_a_trace`], `drill::limits::an_unstated_limit_is_waited_out_in_silence` |
//! | 500, 502 after it applied the write, truncated JSON | `github::errors::each_status_has_its_class_and_a_comment_is_sent_once_in_every_one`, `engine::faults::a_write_that_shows_up_late_is_waited_for` and its neighbours; [`trouble_of_the_forges_own_passes_without_a_trace`] |
//! | hangs | `github::errors::a_peer_that_says_nothing_leaves_the_outcome_unknown`; [`a_forge_that_hangs_is_given_up_on`] |
//! | any of these at random | [`a_whole_incident_among_random_faults_ends_as_the_calm_one`] |

use std::{collections::BTreeMap, time::Instant};

use chrono::TimeDelta;
use hotwash::{
    clock::Clock as _,
    domain::hint::{Hint, Hinted},
};
use tokio::task::JoinSet;

use crate::{
    engine::scene::{BODY, Scene as Held, alice, bob},
    support::{
        bot::{BRIEF, Settings},
        dice::Dice,
        proxy::{Fault, Faults},
        settings::{say, seed},
        stage::{Scene, Stage},
        story::{REPORT, SILENT, whole_incident},
        thread::{Canonical, canonical},
    },
};

const READ: &str = "GET /issues/{n}";
const THREAD: &str = "GET /issues/{n}/comments";
const MAY: &str = "GET /collaborators/{login}/permission";
const LABEL: &str = "POST /issues/{n}/labels";
const UNLABEL: &str = "DELETE /issues/{n}/labels/{name}";
const COMMENT: &str = "POST /issues/{n}/comments";
const REWRITE: &str = "PATCH /issues/comments/{n}";
/// Every kind of request that a brief incident makes about its issue.
const ALL: [&str; 7] = [READ, THREAD, MAY, LABEL, UNLABEL, COMMENT, REWRITE];
/// Those of which `gone` is no statement about the world that would have to be believed: about a comment, a label or
/// an account it would be the truth.
const NEVER_GONE: [&str; 4] = [READ, THREAD, LABEL, COMMENT];

/// An incident of a few seconds: filed, acknowledged, assessed, reported on, resolved, closed.
async fn brief_incident(stage: &Stage) -> Canonical {
    let issue = stage.reporter.files("Strange logins", REPORT, &["incident"]);
    stage.until("board", issue, |it| it.of_kind("board").pop()).await;
    let labels = ["incident", "phase::initiate", "severity::unknown", "status::investigating"];
    stage.until("labels from the report", issue, |it| (it.labels == labels).then_some(())).await;
    stage.responder.comments(issue, "@hotwash ack");
    stage
        .until("alice on the board", issue, |it| it.of_kind("board").pop().filter(|it| it.1.body.contains("alice")))
        .await;
    stage.responder.labels(issue, "severity::high");
    stage.until("severity high alone", issue, |it| only(it, "severity::high")).await;
    stage.responder.comments(issue, "@hotwash sitrep Both sessions are ended.");
    stage.until("sitrep", issue, |it| it.of_kind("sitrep").pop()).await;
    stage.responder.labels(issue, "status::resolved");
    stage.until("status resolved alone", issue, |it| only(it, "status::resolved")).await;
    stage.until("the phase that follows", issue, |it| only(it, "phase::retrospective")).await;
    stage.responder.closes(issue);
    stage.until("retrospective", issue, |it| it.of_kind("retrospective").pop()).await;
    let end = stage.calm(issue).await;
    canonical(end.labels, &end.thread)
}

fn only(scene: &Scene, label: &str) -> Option<()> {
    let prefix = &label[..label.find("::").unwrap() + 2];
    (scene.only(prefix).map(|value| format!("{prefix}{value}")).as_deref() == Some(label)).then_some(())
}

/// The right labels, and one of each comment.
fn assert_brief_end(end: &Canonical, during: &str) {
    assert_eq!(end.labels, ["incident", "phase::retrospective", "severity::high", "status::resolved"], "{during}");
    let kinds: BTreeMap<&str, usize> =
        end.comments.iter().map(|(key, count)| (key.split(' ').next().unwrap(), *count)).collect();
    assert_eq!(kinds, BTreeMap::from([("board", 1), ("retrospective", 1), ("sitrep", 1)]), "{during}: {end:?}");
    assert!(end.reminded.is_empty(), "{during}: {end:?}");
}

/// One brief incident on a stage of its own, in which each of these requests fails so once.
async fn survives(fault: Fault, at: &'static [&'static str], seed: u64) {
    let stage = Stage::set(&BRIEF, seed).await;
    let script = at.iter().map(|class| ((*class).to_owned(), fault)).collect();
    stage.proxy.misbehave(Faults { script, chance: None });
    let start = Instant::now();
    let end = brief_incident(&stage).await;
    assert_brief_end(&end, &format!("{fault:?}"));
    let mut met: Vec<String> =
        stage.proxy.calls().into_iter().filter(|call| call.fault == Some(fault)).map(|call| call.class).collect();
    met.sort();
    let mut wanted = at.to_vec();
    wanted.sort_unstable();
    assert_eq!(met, wanted, "{fault:?} was met everywhere it was laid");
    assert_eq!(stage.stop_bot(), Some(0), "a graceful stop after {fault:?}");
    say(&format!("{fault:?}: {} ms", start.elapsed().as_millis()));
}

/// Several of these side by side: most of a story is waiting.
async fn all_survive(faults: &[(Fault, &'static [&'static str])]) {
    let seed = seed();
    let mut stories = JoinSet::new();
    for (fault, at) in faults.iter().copied() {
        stories.spawn(survives(fault, at, seed));
    }
    stories.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn refusals_pass_without_a_trace() {
    all_survive(&[
        (Fault::Refused(401), &ALL),
        (Fault::Refused(403), &ALL),
        (Fault::Refused(404), &NEVER_GONE),
        (Fault::Refused(410), &NEVER_GONE),
        (Fault::Refused(422), &ALL),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn trouble_of_the_forges_own_passes_without_a_trace() {
    all_survive(&[
        (Fault::ErrorBefore, &ALL),
        (Fault::BadGatewayAfter, &ALL),
        (Fault::Truncated, &ALL),
        (Fault::ResetBefore, &ALL),
        (Fault::ResetAfter, &ALL),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_limit_passes_without_a_trace() {
    all_survive(&[(Fault::TooMany(Some(1)), &ALL)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_forge_that_hangs_is_given_up_on() {
    all_survive(&[(Fault::Hang, &[READ]), (Fault::Hang, &[COMMENT])]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_whole_incident_among_random_faults_ends_as_the_calm_one() {
    let seed = seed();
    let kinds = vec![
        Fault::ErrorBefore,
        Fault::BadGatewayAfter,
        Fault::Truncated,
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::TooMany(Some(1)),
        Fault::Refused(403),
    ];
    let story = |chance: Option<(u8, Vec<Fault>, Dice)>| async move {
        let stage = Stage::set(&Settings { speed: 600, sweep_every: "2s" }, seed).await;
        stage.proxy.misbehave(Faults { script: Vec::new(), chance });
        let (_, end) = whole_incident(&stage, SILENT).await;
        let met = stage.proxy.calls().iter().filter(|call| call.fault.is_some()).count();
        assert_eq!(stage.stop_bot(), Some(0), "a graceful stop, seed {seed}");
        (end, met)
    };
    let ((calm, none), (rough, mut met)) = tokio::join!(story(None), story(Some((15, kinds.clone(), Dice::new(seed)))));
    assert_eq!(rough, calm, "seed {seed}");
    // About a dozen a story; a lucky draw plays on until the story was disturbed often enough to count.
    for round in 1..=3 {
        if met >= 10 {
            break;
        }
        let dice = Dice::new(seed.wrapping_add(round));
        let (again, more) = story(Some((15, kinds.clone(), dice))).await;
        assert_eq!(again, calm, "seed {seed}, round {round}");
        met += more;
    }
    assert!(none == 0 && met >= 10, "{met} faults, seed {seed}");
    say(&format!("{met} faults met"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_label_deleted_from_the_project_comes_back() {
    let stage = Stage::set(&BRIEF, seed()).await;
    let issue = stage.reporter.files("Strange logins", REPORT, &["incident"]);
    stage.until("severity unknown", issue, |it| only(it, "severity::unknown")).await;
    stage.calm(issue).await;
    stage.responder.deletes_label("severity::unknown");
    stage.until("the label again", issue, |it| only(it, "severity::unknown")).await;
}

/// A held clock and a forge in memory: an incident under way at 09:10.
async fn under_way() -> (Held, u64) {
    let mut scene = Held::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident", "severity::high"]);
    scene.settle().await;
    scene.model.say(&bob(), issue, "on it");
    scene.until("09:10").await;
    (scene, issue)
}

#[tokio::test]
async fn a_board_that_a_person_wrote_over_is_put_right() {
    for keeps_marker in [true, false] {
        let (mut scene, issue) = under_way().await;
        let before = scene.text(issue, "board");
        let (_, board) = scene.bots(issue).remove(0);
        let marker = before.lines().last().filter(|_| keeps_marker).unwrap_or_default().to_owned();
        scene.model.reword(&bob(), issue, board, &format!("All clear, go home.\n\n{marker}"));
        scene.later(TimeDelta::minutes(2)).await;
        let after = scene.text(issue, "board");
        assert!(!after.contains("go home") && after.contains("Severity"), "{after}");
        assert_eq!(scene.keys(issue), ["board"]);
    }
}

/// Hides the issue from the bot, lets time pass, and shows it again without any delivery.
async fn hidden_until(scene: &mut Held, issue: u64, until: &str) {
    let hidden = scene.model.open().issues.remove(&issue).unwrap();
    scene.engine.wake();
    let hint = Hint { what: Hinted::Other, by: None, at: scene.clock.now() };
    scene.deliver(issue, &hint).await;
    scene.until(until).await;
    scene.model.open().issues.insert(issue, hidden);
}

#[tokio::test]
async fn an_incident_that_was_hidden_for_a_while_goes_on() {
    let (mut scene, issue) = under_way().await;
    hidden_until(&mut scene, issue, "09:40").await;
    scene.until("10:50").await;
    let reminded = scene.keys(issue).iter().filter(|key| key.starts_with("reminder/sitrep@")).count();
    assert_eq!(reminded, 1, "{:?}", scene.keys(issue));
}

#[tokio::test]
async fn an_issue_that_is_gone_for_good_costs_little() {
    let (mut scene, issue) = under_way().await;
    scene.model.open().reads.clear();
    hidden_until(&mut scene, issue, "21:00").await;
    let reads = scene.model.open().reads.get("issue").copied().unwrap_or_default();
    // Four an hour: the price for being back within a quarter of an hour once the issue is.
    assert!((1..=60).contains(&reads), "{reads} looks in twelve hours");
}

#[tokio::test]
async fn an_issue_and_comments_of_deleted_accounts_are_worked_on() {
    let mut scene = Held::new();
    let issue = scene.model.file(&alice(), "Chickens", BODY, &["incident", "severity::high"]);
    scene.model.open().issues.get_mut(&issue).unwrap().author = None;
    let ghost = scene.model.say(&bob(), issue, "@hotwash severity low");
    let forget = |(of, comment): &mut (u64, hotwash::domain::snapshot::Comment)| {
        if *of == issue && comment.id == ghost {
            comment.author = None;
        }
    };
    scene.model.open().comments.iter_mut().for_each(forget);
    scene.until("09:10").await;
    assert_eq!(scene.labels(issue), ["incident", "phase::initiate", "severity::high", "status::investigating"]);
    assert!(scene.keys(issue).contains(&"board".to_owned()), "{:?}", scene.keys(issue));
}

#[tokio::test]
async fn a_field_name_in_look_alikes_changes_nothing() {
    let (mut scene, issue) = under_way().await;
    // The first letters of both names and of the value are Cyrillic.
    scene.model.edit(&bob(), issue, "**Severity**: unknown", "**\u{405}everity**: \u{410}low");
    scene.model.edit(&bob(), issue, "**Status**: investigating", "**\u{405}tatus**: resolved");
    scene.later(TimeDelta::minutes(2)).await;
    assert_eq!(scene.labels(issue), ["incident", "phase::initiate", "severity::high", "status::investigating"]);
    let board = scene.text(issue, "board").to_lowercase();
    assert!(board.contains("severity") && board.contains("missing"), "the board says what it cannot find: {board}");
}

#[tokio::test]
async fn a_moment_that_does_not_exist_is_shown_on_the_board() {
    let (mut scene, issue) = under_way().await;
    let with = "**Severity**: unknown\n- **Started**: 2026-02-30 25:61";
    scene.model.edit(&bob(), issue, "**Severity**: unknown", with);
    scene.later(TimeDelta::minutes(2)).await;
    let board = scene.text(issue, "board");
    assert!(board.contains("2026-02-30 25:61"), "{board}");
    assert!(scene.labels(issue).contains(&"severity::high".to_owned()));
}
