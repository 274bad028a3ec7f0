//! Text from people does nothing when the bot repeats it, and long comments become pages.

mod forges;
mod frame;
mod grammar;
mod judge;
mod places;
mod thousands;

use hotwash::{
    domain::message::{Message, Sitrep, Wild},
    render::{Renderer, samples},
    text::{
        neutral::{LONGEST, inline, plain, title},
        pages::split,
    },
};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use self::{
    frame::is_action,
    judge::{Flavour, show},
};
use crate::fields::{cases, runner, seed, soup};

/// What a forge shows of the Markdown, or what else it would show than text.
fn shown(markdown: &str, wrapping: &[&str]) -> Result<String, String> {
    let mut out = String::new();
    let forges = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH
        | Options::ENABLE_WIKILINKS;
    for event in Parser::new_ext(markdown, forges) {
        match event {
            Event::Text(text) => out.push_str(&text),
            Event::Start(Tag::Paragraph) | Event::End(_) => {}
            Event::Start(tag) if wrapping.iter().any(|name| format!("{tag:?}").starts_with(name)) => {}
            other => return Err(format!("{other:?} in {markdown:?}")),
        }
    }
    Ok(out.replace('\u{2060}', ""))
}

/// Nothing live is left, wherever a template may put the text.
fn assert_harmless(text: &str) -> Result<(), TestCaseError> {
    let safe = inline(text);
    let plain = plain(text);
    let lone = shown(&safe, &[]).map_err(TestCaseError::fail)?;
    prop_assert_eq!(&lone, &plain, "alone: {:?}", safe);
    let sentence = shown(&format!("Set by {safe} today."), &[]).map_err(TestCaseError::fail)?;
    prop_assert_eq!(sentence.split_whitespace().collect::<String>(), format!("Set by {plain} today.").replace(' ', ""));
    let item = shown(&format!("- {safe}\n- end"), &["List", "Item"]).map_err(TestCaseError::fail)?;
    prop_assert_eq!(&item, &format!("{plain}end"), "item: {:?}", safe);
    let title = shown(&format!("## {safe}"), &["Heading"]).map_err(TestCaseError::fail)?;
    prop_assert_eq!(&title, &plain, "heading: {:?}", safe);
    let table = format!("| a | b |\n|---|---|\n| {safe} | end |\n");
    let cells = shown(&table, &["Table"]).map_err(TestCaseError::fail)?;
    prop_assert_eq!(&cells, &format!("ab{plain}end"), "table: {:?}", safe);
    prop_assert!(!safe.contains("<!--") && !safe.contains("-->") && !safe.contains(['\n', '\r']), "{:?}", safe);
    for (at, _) in safe.match_indices('@') {
        let next = safe[at + 1..].chars().next();
        prop_assert!(next.is_none_or(|c| c == '\u{2060}' || c.is_whitespace()), "mention: {:?}", safe);
    }
    let command = safe.trim_start().strip_prefix('/').and_then(|rest| rest.chars().next());
    prop_assert!(!command.is_some_and(|c| c.is_ascii_alphabetic()), "quick action: {:?}", safe);
    Ok(())
}

#[test]
fn generated_texts_come_out_as_text() {
    let seed = seed();
    println!("HOTWASH_SEED={seed}");
    let hostile = prop::sample::select(vec![
        "@", "#", "!", "$", "~", "%", "&", "^", "*", "_", "`", "|", "\\", "<", ">", "[", "]", "(", ")", "{", "}", "-",
        "+", "=", ":", ";", "/", ".", "'", "\"", " ", "\n", "a", "1", "alice", "www", "https", "GH-1", "deadbeef",
        "&#64;", "&amp;", "<!--", "-->", "](x)", "![", "\u{2060}", "\u{200d}", "\u{202e}", "é", "   ", "fixes ", "\r",
        "\t", "\0",
    ]);
    let strings = prop::collection::vec(hostile, 0..24).prop_map(|pieces| pieces.concat());
    let text = prop_oneof![3 => strings, 1 => soup(), 1 => any::<String>()];
    runner(seed, cases(20_000)).run(&text, |text| assert_harmless(&text)).unwrap();
}

#[test]
fn what_a_forge_makes_live_is_broken_up() {
    for (text, live) in [
        ("ask @alice", "@alice"),
        ("see #1 and acme/web#12", "#1"),
        ("fixes #42", "#4"),
        ("GH-12 and OPS-7", "GH-1"),
        ("OPS-7", "OPS-7"),
        ("CVE-2026-1234", "CVE-2"),
        ("GHSA-jfh8-c2jp-5v3q", "GHSA-j"),
        ("!5", "!5"),
        ("$7", "$7"),
        ("~bug", "~bug"),
        ("~\"two words\"", "~\""),
        ("%v1", "%v1"),
        ("&9", "&9"),
        ("^alert", "^a"),
        ("at 9fceb02d0ae598e95dc970b74767f19372d61af8", "9fceb02"),
        ("see 1234567", "1234567"),
        ("see xdead1beefx", "dead1be"),
        ("[ ] a task", "[ ]"),
        ("[~] a task", "[~]"),
        ("[[a page]]", "[["),
        ("it is :tada", ":tada"),
        ("at 5:100: now", ":100:"),
        ("https://evil.example/x", "://"),
        ("www.evil.example", "www."),
        ("mail a@evil.example", "a@e"),
        ("[TOC]", "[T"),
        ("[vulnerability:1]", "[v"),
        (":tada:", ":tada"),
        ("&#64;alice", "&#6"),
        ("<!-- hotwash:board -->", "<!--"),
        ("{+ added +}", "{+"),
    ] {
        let safe = inline(text);
        assert!(!safe.replace('\\', "").contains(live) || safe.contains("\\<\\!"), "{text} came out as {safe}");
        assert_harmless(text).unwrap();
    }
}

#[test]
fn beginnings_of_blocks_stay_text() {
    for text in [
        "/close",
        "# title",
        "- item",
        "+ item",
        "1. one",
        "12) twelve",
        "> quote",
        "```",
        "~~~",
        "---",
        "===",
        "| a | b |",
        "***",
        "[ ] task",
        "[x]: http://e.example",
        "::include{file=x}",
        "+++",
        ";;;",
        "&nbsp;",
        "\\",
        "a\\",
        "a|b\\|c",
        "|",
    ] {
        assert_harmless(text).unwrap();
    }
    assert!(inline("/close").starts_with("\\/"));
    assert!(!inline("a\n/close\n@bob").contains('\n'));
}

#[test]
fn ordinary_sentences_are_left_alone() {
    for text in [
        "2026-11-20 10:00 EST (15:00 UTC)",
        "Re-keyed the east-coast servers, all (three) of them; 40% done.",
        "Ärger mit Größe 3.5 - naïve café, 日本語, שלום",
        "R & D said: no",
        "Their feedback: \"fine\", 5 o'clock = 1 + 1",
    ] {
        assert_eq!(inline(text), text);
    }
    assert_eq!(inline("10:00:07"), "10:00:07");
}

#[test]
fn the_text_is_cleaned_and_cut() {
    assert_eq!(plain("  a\r\n\tb\u{2028}c\u{0}\u{202e}\u{200b}\u{e0041}d  "), "a b cd");
    assert_eq!(inline(""), "");
    let long = inline(&"x".repeat(1_000_000));
    assert!(long.chars().count() == LONGEST && long.ends_with("x…"), "{long}");
}

/// The pages' lines without what pages repeat.
fn rejoined(pages: &[String], repeated: &[&str]) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, page) in pages.iter().enumerate() {
        let mut own: Vec<&str> = page.split('\n').collect();
        if number > 0 && own.starts_with(repeated) {
            own.drain(..repeated.len());
        }
        lines.extend(own.into_iter().map(str::to_owned));
    }
    lines
}

#[test]
fn a_short_comment_is_one_page() {
    assert_eq!(split("one\ntwo\n", 60_000), ["one\ntwo\n"]);
    assert_eq!(split("", 60_000), [""]);
}

#[test]
fn a_cut_fence_is_closed_and_opened_again() {
    let text = format!("Picture\n\n```mermaid\n{}```\n\nEnd", "line of the picture\n".repeat(20));
    let pages = split(&text, 120);
    assert!(pages.len() > 2 && pages.iter().all(|page| page.len() < 120), "{pages:?}");
    for page in &pages {
        assert_eq!(page.lines().filter(|line| line.starts_with("```")).count() % 2, 0, "{page}");
    }
    assert!(pages[1].starts_with("```mermaid\nline of the picture\n") && pages[1].ends_with("\n```"), "{}", pages[1]);
    let whole: usize = pages.iter().map(|page| page.matches("line of the picture").count()).sum();
    assert_eq!((whole, pages.last().unwrap().ends_with("End")), (20, true));
}

#[test]
fn a_cut_table_repeats_its_header() {
    let rows: Vec<String> = (0..30).map(|row| format!("| {row} | something |")).collect();
    let text = format!("Turns\n\n| When | What |\n| --- | --- |\n{}\n\nEnd", rows.join("\n"));
    let pages = split(&text, 150);
    assert!(pages.len() > 3 && pages.iter().all(|page| page.len() < 150));
    assert!(pages[1].starts_with("| When | What |\n| --- | --- |\n| "), "{}", pages[1]);
    assert_eq!(rejoined(&pages, &["| When | What |", "| --- | --- |"]).join("\n"), text);
}

#[test]
fn a_long_line_is_cut_between_words_and_never_inside_a_character() {
    let pages = split(&"wörter und wörter ".repeat(50), 100);
    assert!(pages.iter().all(|page| page.len() < 100));
    assert_eq!(pages.concat(), "wörter und wörter ".repeat(50));
    assert!(pages[0].ends_with(' '));
    assert_eq!(split(&"🔥".repeat(100), 0).concat(), "🔥".repeat(100));
}

#[test]
fn no_page_of_a_report_begins_with_what_its_middle_only_said() {
    let renderer = Renderer::new(None, inline).unwrap();
    let Some(Message::Sitrep(sample)) = samples("a text").into_iter().find(|it| it.template() == "sitrep") else {
        panic!("no sitrep")
    };
    let mut guarded = 0;
    for hostile in
        ["/close now", "- item", "1. one", "> quote", "<!-- x -->", "![x](y)", "\\/close", "`/close`", "# title"]
    {
        for (pipes, gap) in (9_826..9_836).flat_map(|pipes| [(pipes, " "), (pipes, "")]) {
            let text = Wild(format!("{}{gap}{hostile}{}", "|".repeat(pipes), "|".repeat(9_990 - pipes)));
            let sitrep = Message::Sitrep(Sitrep { text: vec![text], ..sample.clone() });
            let pages = split(&renderer.render(&sitrep).unwrap(), 59_000);
            assert!(pages.len() > 1, "a line longer than a page");
            for first in pages.iter().skip(1).filter_map(|page| page.lines().next()) {
                if first.starts_with("<sub>") || first.starts_with("Reported by") {
                    continue; // the template's own
                }
                assert!(!is_action(first), "{hostile} after {pipes}: {first:.40}");
                guarded += usize::from(first.starts_with('\u{2060}'));
                let shown = show(first, Flavour::GitLab).whole;
                assert!(shown.starts_with("\u{1}paragraph\u{2}"), "{hostile} after {pipes}: {shown:.60}");
                assert_eq!(shown.matches('\u{1}').count(), 2, "{hostile} after {pipes}: {shown:.60}");
            }
        }
    }
    assert!(guarded >= 10, "only {guarded} pages would have begun with something");
}

#[test]
fn no_page_reaches_the_limit_and_nothing_is_lost() {
    let seed = seed();
    println!("HOTWASH_SEED={seed}");
    let texts =
        prop::collection::vec(prop_oneof![soup(), Just("```\n".to_owned()), Just("|a|b|\n|-|-|\n".to_owned())], 0..8)
            .prop_map(|parts| parts.concat());
    runner(seed, cases(3_000))
        .run(&(texts, 0_usize..200), |(text, limit)| {
            let pages = split(&text, limit);
            prop_assert!(!pages.is_empty());
            for page in &pages {
                prop_assert!(page.len() < limit.max(16), "{} bytes of {limit}: {page:?}", page.len());
            }
            let mut left = pages.concat().replace('\n', "");
            let kept = text.replace('\n', "");
            let mut at = left.drain(..);
            for wanted in kept.chars() {
                prop_assert!(at.any(|c| c == wanted), "{wanted:?} is lost: {pages:?}");
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_title_is_short_names_nobody_and_reads_as_it_was_written() {
    assert_eq!(title("Mend `the` \\fence, please"), "Mend `the` \\fence, please");
    for live in
        ["@team", "#7", "!7", "GH-1", "acme/incidents#7", "https://evil.example", "www.evil.example", "9fceb02d0"]
    {
        let safe = title(&format!("Mend {live}"));
        assert!(!safe.contains(live) && safe.replace('\u{2060}', "").contains(live), "{safe}");
    }
    assert_eq!(title("one\n@two\r\nthree").lines().count(), 1);
    let long = title(&"@".repeat(1_000));
    assert!(long.chars().count() <= 250, "{}", long.chars().count());
}
