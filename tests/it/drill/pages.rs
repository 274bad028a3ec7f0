//! What a spectator sees: Markdown on a terminal, and the page as a whole.

use std::sync::{Arc, Mutex};

use hotwash::{
    config::wants_colours,
    domain::message::MessageKind,
    drill::play::{
        Audience, Line, Told, Verdict, What,
        page::Page,
        readable::{lines, plain},
    },
};
use proptest::prelude::*;

fn text(markdown: &str, width: usize) -> Vec<String> {
    lines(markdown, width).iter().map(|line| plain(line).trim_end().to_owned()).collect()
}

#[test]
fn markdown_is_shown_as_a_reader_of_the_forge_would_see_it() {
    let table: &[(&str, &[&str])] = &[
        ("One **bold** word, *two*.", &["One bold word, two."]),
        ("first\nsecond", &["first", "second"]),
        (
            "# Head\n\ntext\n\n- a\n- b\n  - c\n\n1. x\n2. y",
            &["Head", "", "text", "", "- a", "- b", "  - c", "", "1. x", "2. y"],
        ),
        ("before <!-- hidden --> after", &["before after"]),
        ("<!-- hotwash:board board 12 -->\nbody", &["body"]),
        ("<details><summary>More</summary>\n\n- hidden\n\n</details>\n\nshown", &["shown"]),
        ("| a | b |\n|---|---|\n| one | 2 |\n| three | 4 |", &["a      b", "one    2", "three  4"]),
        ("```mermaid\ngantt\n```\n\nend", &["(a picture of the course of events, which the forge draws)", "", "end"]),
        ("`@hotwash ack` at [the issue](https://x) [evidence](https://x)", &["`@hotwash ack` at the issue"]),
    ];
    for (markdown, expected) in table {
        assert_eq!(text(markdown, 80), *expected, "{markdown:?}");
    }
}

#[test]
fn long_lines_are_wrapped_below_where_they_begin() {
    let found = text("- one two three four five six seven eight nine", 20);
    assert_eq!(found, ["- one two three four", "  five six seven", "  eight nine"]);
    let wide = text("| a | b |\n|---|---|\n| one two three | four five six seven |", 20);
    assert_eq!(wide, ["- one two three,", "  four five six", "  seven"]);
}

proptest! {
    #[test]
    fn nothing_steers_the_terminal_and_only_long_words_are_wider_than_the_page(markdown in ".{0,400}") {
        for line in text(&markdown, 40) {
            prop_assert!(!line.chars().any(char::is_control), "{line:?}");
            let longest = line.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
            // A long word may stand behind the sign of a list, however deep.
            prop_assert!(line.chars().count() <= 40 || longest > 8, "{line:?}");
        }
    }
}

/// A page that is written into a list.
fn page(colours: bool, tell: impl FnOnce(&mut Page<'_>)) -> Vec<String> {
    let written = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&written);
    let mut page =
        Page::new(Box::new(move |line| sink.lock().unwrap().push(line.to_owned())), chrono_tz::Tz::UTC, 60, colours);
    tell(&mut page);
    drop(page);
    Arc::try_unwrap(written).unwrap().into_inner().unwrap()
}

fn said(who: &str, own: bool, what: What) -> Told {
    let at = "2026-11-20T10:00:00Z".parse().unwrap();
    Told::Line(Line { at, who: who.to_owned(), own, issue: 1, what })
}

#[test]
fn who_did_what_when_stands_in_one_line_and_what_they_wrote_below() {
    let told = page(false, |page| {
        let body = "Look at this:\x1b[2J gone".to_owned();
        page.hears(&said("bob", false, What::Commented { comment: 7, kind: None, body }));
        let labels =
            What::Labels { added: vec!["severity::high".to_owned()], removed: vec!["severity::low".to_owned()] };
        page.hears(&said("hotwash-bot", true, labels));
        let first = "**Due** now".to_owned();
        page.hears(&said("hotwash-bot", true, What::Folded { comment: 8, kind: Some(MessageKind::Reminder), first }));
    });
    let expected = [
        "",
        "Friday, 20 November 2026 (UTC)",
        "",
        "10:00:00  bob comments",
        "          │ Look at this:[2J gone",
        "10:00:00  Hotwash labels: +severity::high -severity::low",
        "10:00:00  Hotwash folds the reminder away: Due now",
    ];
    assert_eq!(told, expected);
}

#[test]
fn expectations_that_hold_are_counted_and_others_are_told() {
    let verdict = |found: Option<&str>| {
        let at = "2026-11-20T10:00:00Z".parse().unwrap();
        let expected = "the issue is closed".to_owned();
        Told::Looked(Verdict { line: 9, at, expected, found: found.map(str::to_owned) })
    };
    let told = page(false, |page| {
        page.hears(&verdict(None));
        page.hears(&verdict(Some("open")));
        page.hears(&verdict(None));
        page.hears(&Told::Report("# Report".to_owned()));
    });
    assert_eq!(told[0], "          ✗ expected at 10:00 (line 9): the issue is closed");
    assert_eq!(told[1], "            found: open");
    assert_eq!(told[2], "          ✓ as expected, 2 times");
    assert!(told.contains(&"Report".to_owned()), "{told:?}");
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let comment = || said("bob", false, What::Closed);
    assert!(page(true, |page| page.hears(&comment())).iter().any(|line| line.contains("\x1b[1;36mbob\x1b[0m")));
    assert!(!page(false, |page| page.hears(&comment())).iter().any(|line| line.contains('\x1b')));
    assert!(wants_colours(&|_| None) && wants_colours(&|_| Some(String::new())));
    assert!(!wants_colours(&|name| (name == "NO_COLOR").then(|| "1".to_owned())));
}
