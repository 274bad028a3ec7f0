//! Pages of notes that are shorter than asked for though others follow, because what may not be read is left out after
//! paging.

use hotwash::drill::model::Deed;
use serde_json::json;

use super::{
    bench::Bench,
    wire::{get, noted},
};

fn say(bench: &Bench, number: u64, notes: usize) {
    for nth in 0..notes {
        bench.act("bob", Deed::Comment { at: Bench::at(number), body: format!("note {nth}") });
    }
}

#[tokio::test]
async fn internal_notes_make_a_guests_pages_short() {
    let bench = Bench::new().await;
    let number = bench.file("x", false);
    say(&bench, number, 3);
    for _ in 0..3 {
        bench.act("bob", Deed::Note { at: Bench::at(number), body: "for us".to_owned() });
    }
    say(&bench, number, 1);
    let page = |nth: u32| format!("issues/{number}/notes?activity_filter=only_comments&sort=asc&per_page=2&page={nth}");
    let mut sizes = Vec::new();
    for nth in 1..=4 {
        let said = get(&bench, "gus", &page(nth)).await.expect(200);
        sizes.push((said.body.as_array().unwrap().len(), said.header("x-next-page").to_owned()));
        assert!(!said.text.contains("for us"));
    }
    let wanted = [(2, "2"), (1, "3"), (0, "4"), (1, "")].map(|(size, next)| (size, next.to_owned()));
    assert_eq!(sizes, wanted);
    assert_eq!(get(&bench, "rita", &page(3)).await.expect(200).body.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn short_and_empty_pages_lead_on_and_whoever_stops_at_one_misses_the_rest() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    say(&bench, number, 5);
    bench.forge.faults().unreadable_notes(120);
    let path = format!("issues/{number}/notes?activity_filter=only_comments&sort=asc&per_page=100");
    let first = get(&bench, "bob", &path).await.expect(200);
    assert_eq!((&first.body, first.header("x-next-page"), first.header("x-total")), (&json!([]), "2", "605"));
    assert!(first.header("link").contains("page=2"), "{}", first.header("link"));
    let second = get(&bench, "bob", &format!("{path}&page=2")).await.expect(200);
    assert_eq!((second.each("body"), second.header("x-next-page")), (vec![json!("note 0")], "3"));
    assert!(bench.forge.faults().count("short") >= 2);
    bench.forge.faults().switch_off();
    assert_eq!(get(&bench, "bob", &path).await.expect(200).each("body").len(), 5);
}

#[tokio::test]
async fn the_adapter_reads_all_comments_whatever_the_pages_hold() {
    for (notes, hidden) in [(230, 1), (230, 3), (7, 120), (1, 450)] {
        let bench = Bench::new().await;
        let number = bench.file("x", true);
        say(&bench, number, notes);
        bench.forge.faults().unreadable_notes(hidden);
        let all = bench.port.read.comments(&Bench::issue(number), None).await.unwrap();
        let wanted: Vec<String> = (0..notes).map(|nth| format!("note {nth}")).collect();
        let read: Vec<&str> = all.iter().map(|comment| comment.body.as_str()).collect();
        assert_eq!(read, wanted, "{hidden} before each");
    }
}

#[tokio::test]
async fn the_adapter_reads_who_did_what_and_what_is_new_from_short_pages() {
    let bench = Bench::new().await;
    let number = bench.file("x", true);
    say(&bench, number, 3);
    for nth in 0..120 {
        bench.act("bob", Deed::SetConfidential { at: Bench::at(number), confidential: nth % 2 == 1 });
    }
    bench.clock.pass(3_600);
    say(&bench, number, 2);
    bench.forge.faults().unreadable_notes(150);
    let since = Some(bench.now() - chrono::TimeDelta::minutes(5));
    let late = bench.port.read.comments(&Bench::issue(number), since).await.unwrap();
    assert_eq!(late.iter().map(|one| one.body.as_str()).collect::<Vec<_>>(), ["note 0", "note 1"]);
    let history = bench.port.read.history(&Bench::issue(number)).await.unwrap();
    let turns = history.iter().filter(|change| change.by.spoken() == "@bob").count();
    assert_eq!(turns, 120, "every line");
    bench.forge.faults().switch_off();
    assert_eq!(noted(&bench, number).await.len(), 100, "a page");
}
