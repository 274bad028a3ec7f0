//! The campaign: stories in which everything goes wrong must end as if nothing had.
//!
//! `scripts/campaign` plays many histories by the long form; the short form is a test like any other.

mod history;
mod ills;
mod lies;
mod life;
mod mortal_store;
mod picture;
mod runner;
mod shapes;
mod verdict;
mod witness;

use std::{collections::BTreeSet, time::Duration};

use chrono::TimeDelta;
use hotwash::drill::{face::Kind, faults::Mail};

use self::{
    ills::{Ill, Ills},
    lies::Lie,
    life::{Death, Side},
    runner::{Campaign, Outcome, Undisturbed, drawn, outcome},
    shapes::Shape,
};
use crate::support::settings::{number, say, setting};

/// Unless told otherwise, the same histories each time, so that a change is judged by what it changes; `scripts/campaign`
/// draws others.
const SEED: u64 = 20_261_121;

/// As many as `scripts/campaign` asks for.
#[test]
fn disturbed_histories_end_like_undisturbed_ones() {
    let campaign = Campaign {
        seed: number("HOTWASH_SEED", SEED),
        only: forge(),
        from: number("HOTWASH_FROM", 0),
        histories: number("HOTWASH_HISTORIES", 8),
        at_most: setting("HOTWASH_MINUTES").map(|_| Duration::from_mins(number("HOTWASH_MINUTES", 0))),
        state: setting("HOTWASH_STATE").map(Into::into),
    };
    let result = campaign.run();
    say(&result.told());
    if result.counted < campaign.histories {
        // `scripts/test` looks for these words.
        say(&format!("time was up: {} of {} histories were played", result.counted, campaign.histories));
    }
    assert!(result.failures.is_empty(), "histories {:?} of seed {}", result.failures.keys(), campaign.seed);
    assert!(result.counted > 0, "nothing was played");
}

/// `HOTWASH_FORGE`: the one forge on which histories are to be played; both, if it is not set.
fn forge() -> Option<Kind> {
    let name = setting("HOTWASH_FORGE")?;
    let known = Kind::ALL.into_iter().find(|kind| kind.name() == name);
    Some(known.unwrap_or_else(|| panic!("HOTWASH_FORGE={name} is neither github nor gitlab")))
}

/// A story on the first of its nights.
fn shape(story: &str) -> Shape {
    Shape::all().find(|shape| shape.story() == story).unwrap()
}

/// What a program with a lying database is caught at, by the first of these ills that the true program lives through
/// unseen.
fn caught(story: &str, lie: Lie, ills: impl IntoIterator<Item = Ills>) -> String {
    let undisturbed = Undisturbed::default();
    for ills in ills {
        if let Outcome::Bad(why) = outcome(&undisturbed, shape(story), &ills, Some(lie.disk())) {
            let truly = outcome(&undisturbed, shape(story), &ills, None);
            assert!(matches!(truly, Outcome::Good(_)), "the true program lives through {ills:?}");
            return why;
        }
    }
    panic!("a program that {lie:?} is not caught");
}

/// One death at one of the first changes, among them the first comments.
fn deaths(side: Side) -> impl Iterator<Item = Ills> {
    (4..9).map(move |nth| Ills { deaths: vec![(Death::AtChange(nth, side), TimeDelta::seconds(1))], ..Ills::default() })
}

fn once(ill: Ill) -> [Ills; 1] {
    [Ills { at: vec![(100, ill)], ..Ills::default() }]
}

#[test]
fn a_program_that_forgets_what_it_is_about_to_send_is_caught() {
    let why = caught("night", Lie::ForgetsIntents, deaths(Side::Later));
    assert!(why.contains("twice in the thread"), "{why}");
}

#[test]
fn a_program_that_takes_what_it_is_about_to_send_for_sent_is_caught() {
    let why = caught("night", Lie::CountsIntents, deaths(Side::Before));
    assert!(why.contains("found:    absent"), "{why}");
}

#[test]
fn a_program_that_forgets_what_came_of_duties_is_caught() {
    let why = caught("night", Lie::ForgetsDuties, once(Ill::Kill(TimeDelta::seconds(20))));
    assert!(why.contains("duty sitrep"), "{why}");
}

#[test]
fn a_program_that_does_not_know_when_to_look_again_is_caught() {
    let why = caught("night", Lie::ForgetsMoments, once(Ill::Mail(Mail { drop: 100, ..Mail::default() })));
    assert!(why.contains("comment reminder/"), "{why}");
}

#[test]
fn a_number_always_draws_the_same_story_and_ills() {
    let told = |seed, nth| {
        let (shape, ills) = drawn(seed, nth, None);
        format!("{} {ills:?}", shape.spoken())
    };
    let all: BTreeSet<String> = (0..100).map(|nth| told(7, nth)).collect();
    assert!((0..100).all(|nth| all.contains(&told(7, nth))), "the same every time");
    assert_eq!(all.len(), 100, "and each another");
    assert!((0..100).all(|nth| !all.contains(&told(8, nth))), "another seed, other histories");
    let on_gitlab = (0..300).filter(|nth| drawn(SEED, *nth, None).0.forge() == Kind::Gitlab).count();
    assert!((80..120).contains(&on_gitlab), "about a third is played on GitLab, not {on_gitlab} of 300");
    for nth in 0..100 {
        let (one, mut other) = (drawn(7, nth, Some(Kind::Github)), drawn(7, nth, Some(Kind::Gitlab)));
        assert_eq!(one.0, other.0.on(Kind::Github));
        if one.0.has_edits() {
            other.1.loses_database = one.1.loses_database;
        }
        assert_eq!(format!("{:?}", one.1), format!("{:?}", other.1), "the same befalls {nth} on both forges");
    }
}
