//! Reading the fields of a body: a corpus with exact expectations, then random bodies.
//!
//! A corpus file has its expectation, a line `=====`, and the body. In the body `{U+00A0}` stands for that character,
//! `{CRLF}` on the first line turns all line ends into CRLF, and `{700*x}` repeats a text.

use std::{
    fmt::Write as _,
    hash::{BuildHasher, Hasher},
    path::Path,
};

use chrono::{TimeZone, Utc};
use chrono_tz::Tz;
use hotwash::{
    domain::{
        people::Person,
        reading::{Field, Reading, Value, Vocabulary},
    },
    text::{fields::read, nearest::nearest},
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// The seed of a random test: `HOTWASH_SEED`, else a new one each time. Tests print it.
pub(crate) fn seed() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a failure is run again by its seed")]
    let given = std::env::var("HOTWASH_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| std::hash::RandomState::new().build_hasher().finish())
}

/// How many random cases to try: `HOTWASH_CASES`, else the given number.
pub(crate) fn cases(otherwise: u32) -> u32 {
    #[expect(clippy::disallowed_methods, reason = "a nightly run tries more")]
    let given = std::env::var("HOTWASH_CASES").ok().and_then(|cases| cases.parse().ok());
    given.unwrap_or(otherwise)
}

/// Runs property tests from a seed.
pub(crate) fn runner(seed: u64, cases: u32) -> TestRunner {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Text made of what matters in Markdown, fields and commands.
pub(crate) fn soup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        " ",
        "    ",
        "\t",
        "- ",
        "* ",
        "+ ",
        "1. ",
        "# ",
        "### ",
        "> ",
        ">>>",
        "```",
        "~~~",
        "`",
        "**",
        "*",
        "_",
        "~~",
        "|",
        "|---|---|\n",
        "---",
        "<!--",
        "-->",
        "<b>",
        "</details>",
        "<br>",
        "[",
        "](",
        ")",
        "![",
        "[x] ",
        "[ ] ",
        "\\",
        "&#64;",
        "&",
        "Status",
        "**Severity**",
        "IC",
        "Started",
        ":",
        "：",
        "=",
        "high",
        "confirmed",
        "@alice",
        "@hotwash",
        " sitrep ",
        "snooze ",
        "30m",
        "/close",
        "#1",
        "https://a.example",
        "\u{a0}",
        "\u{200b}",
        "\u{feff}",
        "\u{202e}",
        "é",
        "日本",
        "🔥",
        "2026-03-08 02:30",
        "Europe/Berlin",
        "(x)",
        ",",
        ";",
        "and",
        "<!-- hotwash:board k ",
        "[sitrep]",
    ]);
    prop::collection::vec(
        prop_oneof![9 => pieces.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)],
        0..60,
    )
    .prop_map(|pieces| pieces.concat())
}

fn pairs(text: &[(&str, &str)]) -> Vec<(String, String)> {
    text.iter().map(|(alias, name)| ((*alias).to_owned(), (*name).to_owned())).collect()
}

fn vocabulary() -> Vocabulary {
    let mut names: Vec<(String, Field)> = Vec::new();
    for field in Field::ALL {
        names.push((field.title().to_lowercase(), field));
        names.push((field.key(), field));
    }
    for (name, field) in [
        ("incident commander", Field::Ic),
        ("commander", Field::Ic),
        ("zustand", Field::Status),
        ("schweregrad", Field::Severity),
        ("критичность", Field::Severity),
        ("κατάστασις", Field::Status),
        ("深刻度", Field::Severity),
        ("sévérité", Field::Severity),
    ] {
        names.push((name.to_owned(), field));
    }
    Vocabulary {
        names,
        statuses: pairs(&[
            ("investigating", "investigating"),
            ("confirmed", "confirmed"),
            ("false alarm", "false alarm"),
            ("fp", "false alarm"),
            ("resolved", "resolved"),
        ]),
        severities: pairs(&[
            ("unknown", "unknown"),
            ("low", "low"),
            ("medium", "medium"),
            ("med", "medium"),
            ("2 - medium", "medium"),
            ("sev2", "medium"),
            ("high", "high"),
            ("sev1", "high"),
            ("1 - high", "high"),
        ]),
        placeholders: ["your name", "who initially reported the issue", "any other responders"]
            .map(str::to_owned)
            .into(),
        zone: Tz::America__New_York,
    }
}

fn read_it(body: &str) -> Reading {
    read(body, &vocabulary())
}

/// The reading in the words of the corpus files.
fn spoken(reading: &Reading) -> String {
    let mut out = String::new();
    if reading.marked {
        out.push_str("marked\n");
    }
    for (field, found) in &reading.fields {
        let value = match &found.value {
            None => "?".to_owned(),
            Some(Value::Named(name)) => name.clone(),
            Some(Value::People(people)) => people.iter().map(Person::written).collect::<Vec<_>>().join("; "),
            Some(Value::Moment(at)) => at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            Some(Value::Text(text)) => format!("\"{text}\""),
        };
        writeln!(out, "{} @{} = {value}", field.key(), found.line).unwrap();
    }
    for finding in &reading.findings {
        match (finding.line, &finding.text) {
            (None, _) => writeln!(out, "missing {}", finding.what.split(" is ").next().unwrap()),
            (Some(line), None) => writeln!(out, "! {} @{line}", finding.id),
            (Some(line), Some(text)) => {
                writeln!(out, "! {} @{line} \"{text}\" -> {}", finding.id, finding.nearest.join(", "))
            }
        }
        .unwrap();
    }
    out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// Replaces what the body of a corpus file writes in braces.
fn unfolded(body: &str) -> String {
    let (crlf, body) = body.strip_prefix("{CRLF}\n").map_or((false, body), |rest| (true, rest));
    let mut out = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (inside, after) = after.split_once('}').unwrap();
        if let Some((times, text)) = inside.split_once('*') {
            out.push_str(&text.repeat(times.parse().unwrap()));
        } else {
            let digits = inside.strip_prefix("U+").unwrap();
            out.push(char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap());
        }
        rest = after;
    }
    out.push_str(rest);
    if crlf { out.replace('\n', "\r\n") } else { out }
}

#[test]
fn every_body_of_the_corpus_is_read_exactly() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/corpus");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut wrong = String::new();
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        let (expected, body) = text.split_once("=====\n").expect("a line `=====` between expectation and body");
        let found = spoken(&read_it(&unfolded(body)));
        if found != expected.trim_end() {
            let name = file.file_name().unwrap().to_string_lossy();
            write!(wrong, "\n{name}\n--- expected\n{}\n--- found\n{found}\n", expected.trim_end()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(files.len() >= 60, "the corpus shrank to {}", files.len());
}

#[test]
fn any_text_is_read_without_panic() {
    let seed = seed();
    println!("HOTWASH_SEED={seed}");
    let text = prop_oneof![any::<String>(), soup()];
    let vocabulary = vocabulary();
    runner(seed, cases(3_000))
        .run(&text, |body| {
            let reading = read(&body, &vocabulary);
            let lines = u32::try_from(body.split('\n').count()).unwrap();
            for (field, found) in &reading.fields {
                prop_assert!((1..=lines).contains(&found.line), "{field:?} on line {} of {lines}", found.line);
                let explained = found.value.is_some()
                    || reading.findings.iter().any(|finding| finding.line == Some(found.line))
                    || found.raw.is_empty();
                prop_assert!(explained, "{field:?} is unreadable without a finding");
            }
            Ok(())
        })
        .unwrap();
}

/// One field in one of the forms that people use.
fn written(form: usize, name: &str, value: &str) -> String {
    match form {
        0 => format!("- **{name}**: {value}\n"),
        1 => format!("* **{name}:** {value}\n"),
        2 => format!("+ {name}: {value}\n"),
        3 => format!("\n{name}: {value}\n\n"),
        4 => format!("\n### {name}\n\n{value}\n\n"),
        5 => format!("\n| Field | Value |\n| --- | --- |\n| {name} | {value} |\n\n"),
        6 => format!("- __{name}__ ： `{value}`  \r\n"),
        7 => format!("\n* ~~{name}~~:\u{a0}*{value}*\n"),
        _ => format!("- **{name}**:\n  - {value}\n\n"),
    }
}

#[test]
fn known_fields_in_any_form_and_order_come_back_the_same() {
    let seed = seed();
    println!("HOTWASH_SEED={seed}");
    let known = [
        ("Status", "confirmed", Value::Named("confirmed".into())),
        ("SEVERITY", "Sev1", Value::Named("high".into())),
        ("reporter", "Bob Miller", Value::People(vec![Person::Name("Bob Miller".into())])),
        ("Incident Commander", "@alice", Value::People(vec![Person::Handle("alice".into())])),
        ("Responders", "@carol and @dan", Value::People(["carol", "dan"].map(|h| Person::Handle(h.into())).into())),
        ("Started", "2026-11-20 10:00", Value::Moment(Utc.with_ymd_and_hms(2026, 11, 20, 15, 0, 0).unwrap())),
        ("Impact", "mail is down", Value::Text("mail is down".into())),
    ];
    let order: Vec<usize> = (0..known.len()).collect();
    let bodies = (Just(order).prop_shuffle(), prop::collection::vec(0_usize..9, known.len()));
    runner(seed, cases(2_000))
        .run(&bodies, |(order, forms)| {
            let mut body = "Something is going on\n\n".to_owned();
            for (field, form) in order.iter().zip(&forms) {
                body.push_str(&written(*form, known[*field].0, known[*field].1));
            }
            let reading = read_it(&body);
            let values: Vec<_> = reading.fields.values().map(|found| found.value.clone().unwrap()).collect();
            let wanted: Vec<_> = known.iter().map(|(_, _, value)| value.clone()).collect();
            prop_assert_eq!(&values, &wanted, "{}", body);
            prop_assert!(reading.findings.is_empty(), "{:?} in {}", reading.findings, body);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_megabyte_of_anything_still_yields_the_field_before_it() {
    for piece in [
        ">",
        "> ",
        "- ",
        "`",
        "```\n",
        "*",
        "**a",
        "[",
        "![",
        "](",
        "<!--",
        "<",
        "&",
        "|",
        "|a|b\n",
        "\n",
        "\r",
        "\\",
        "~~",
        "Status: high\n",
        "### Impact\n",
        "- Impact:\n",
        "@a,",
        "x",
        "\u{200b}",
        ":",
        "<b>",
        "[x]: y\n",
        ">>>\n",
    ] {
        let body = format!("Severity: high\n\n{}", piece.repeat(1_000_000 / piece.len()));
        let reading = read_it(&body);
        let severity = reading.fields[&Field::Severity].value.clone();
        assert_eq!(severity, Some(Value::Named("high".into())), "after {piece:?}");
        assert!(reading.findings.len() < 40, "after {piece:?}: {} findings", reading.findings.len());
    }
}

#[test]
fn sixty_five_thousand_nested_quotes_hide_what_they_quote() {
    let body = format!("{} Severity: high", ">".repeat(65_000));
    assert!(read_it(&body).fields.is_empty());
}

#[test]
fn a_long_value_is_cut_between_words() {
    let body = format!("Impact: {}", "word ".repeat(10_000));
    let Some(Value::Text(text)) = read_it(&body).fields[&Field::Impact].value.clone() else { panic!("no text") };
    assert!(text.ends_with("word…") && text.chars().count() <= 500, "{text}");
}

fn started(text: &str) -> Result<String, Vec<String>> {
    let reading = read_it(&format!("Started: {text}"));
    match &reading.fields[&Field::Started].value {
        Some(Value::Moment(at)) => Ok(at.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
        _ => Err(reading.findings.iter().find(|finding| finding.line == Some(1)).unwrap().nearest.clone()),
    }
}

#[test]
fn moments_are_read_in_their_zone_or_the_projects() {
    for (text, at) in [
        ("2026-11-20T14:05:07Z", "2026-11-20T14:05:07Z"),
        ("2026-11-20T14:05:07.25+01:00", "2026-11-20T13:05:07Z"),
        ("2026-11-20 14:05", "2026-11-20T19:05:00Z"),
        ("2026-07-20 14:05:07", "2026-07-20T18:05:07Z"),
        ("2026-11-20T14:05", "2026-11-20T19:05:00Z"),
        ("2026-11-20 14:05 UTC", "2026-11-20T14:05:00Z"),
        ("2026-11-20 14:05Z", "2026-11-20T14:05:00Z"),
        ("2026-11-20 14:05 Europe/Berlin", "2026-11-20T13:05:00Z"),
        ("2026-11-20 14:05 europe/berlin", "2026-11-20T13:05:00Z"),
        ("2026-11-20 14:05 +02:00", "2026-11-20T12:05:00Z"),
        ("2026-11-20 14:05 -0530", "2026-11-20T19:35:00Z"),
        ("2026-11-20 14:05 UTC+1", "2026-11-20T13:05:00Z"),
        ("2026-07-20 10:00 EDT (14:00 UTC)", "2026-07-20T14:00:00Z"),
        ("2026-11-01 01:30", "2026-11-01T05:30:00Z"), // shown twice: the first
    ] {
        assert_eq!(started(text), Ok(at.to_owned()), "{text}");
    }
}

#[test]
fn moments_that_do_not_exist_are_refused_with_a_suggestion() {
    for (text, meant) in [
        ("2026-03-08 02:30", "2026-03-08 03:30"),
        ("2026-03-29 02:30 Europe/Berlin", "2026-03-29 03:30 Europe/Berlin"),
        ("2026-02-30 14:05", "2026-02-28 14:05"),
        ("2026-11-20 25:00", "2026-11-21 01:00"),
        ("2026-11-20 14:75 UTC", "2026-11-20 15:15 UTC"),
        ("2026-20-11 14:05", "2026-11-20 14:05"),
        ("2026/11/20 14:05", "2026-11-20 14:05"),
        ("2026-11-20", "2026-11-20 00:00"),
        ("2026-11-20 14:05 Berlin", "2026-11-20 14:05 Europe/Berlin"),
        ("2026-11-20 14:05 Europe/Berln", "2026-11-20 14:05 Europe/Berlin"),
    ] {
        let nearest = started(text).expect_err(text);
        assert_eq!(nearest.first().map(String::as_str), Some(meant), "{text}");
    }
    assert_eq!(started("yesterday evening"), Err(Vec::new()));
}

#[test]
fn suggestions_are_plausible_few_and_best_first() {
    let among = || ["unknown", "low", "medium", "high"].into_iter();
    assert_eq!(nearest("Hihg", among()), ["high"]);
    assert_eq!(nearest("Нigh", among()), ["high"], "with a Cyrillic first letter");
    assert_eq!(nearest("medum", among()), ["medium"]);
    assert_eq!(nearest("med", among()), ["medium"]);
    assert_eq!(nearest("ｌｏｗ", among()), ["low"], "in full-width letters");
    assert_eq!(nearest("banana", among()), Vec::<String>::new());
    assert_eq!(nearest("", among()), Vec::<String>::new());
    assert_eq!(nearest("a1", ["a2", "a3", "a4", "a5"].into_iter()), ["a2", "a3", "a4"]);
}
