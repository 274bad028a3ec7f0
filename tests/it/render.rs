//! Wording: what each comment says, what no template can be made to do, and what an override may get wrong.

use std::{collections::BTreeSet, fs, path::Path};

use hotwash::{
    domain::{
        message::{Message, Reply, When, Why, Wild},
        process::Wording,
    },
    render::{RenderError, Renderer, samples},
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

fn stand_in(text: &str) -> String {
    text.replace('@', "@\u{2060}").replace('<', "&lt;").replace('|', "\\|").replace('`', "\\`")
}

fn identity(text: &str) -> String {
    text.to_owned()
}

fn wrap(text: &str) -> String {
    format!("⟦{text}⟧")
}

fn shipped() -> Renderer {
    Renderer::new(None, stand_in).unwrap()
}

/// A folder that holds one override.
fn folder(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

/// What is said about one override, without the folder's own path.
fn refused(name: &str, text: &str) -> String {
    let folder = folder(name, text);
    let error = Renderer::new(Some(folder.path()), stand_in).unwrap_err().to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

fn full(name: &str) -> Message {
    samples("a text").into_iter().find(|message| message.template() == name).unwrap()
}

fn with_override(name: &str, text: &str) -> String {
    let folder = folder(&format!("{name}.md.hbs"), text);
    let text = Renderer::new(Some(folder.path()), stand_in).unwrap().render(&full(name)).unwrap();
    unmarked(&text).to_owned()
}

/// What a full message says below the mark that every exercise has.
#[track_caller]
fn unmarked(text: &str) -> &str {
    let below = text.strip_prefix("**EXERCISE**: a drill. Nothing in this comment is about a real incident.\n\n");
    below.unwrap_or_else(|| panic!("not marked: {text}"))
}

/// Compares with `tests/it/goldens/<name>.md`; `HOTWASH_BLESS=1` writes the file anew.
#[expect(clippy::disallowed_methods, reason = "a test may be told by its caller to bless")]
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/goldens").join(format!("{name}.md"));
    if std::env::var("HOTWASH_BLESS").is_ok() {
        fs::write(&path, format!("{text}\n")).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    assert_eq!(format!("{text}\n"), expected, "{} differs; HOTWASH_BLESS=1 accepts it", path.display());
}

#[test]
fn every_comment_reads_as_agreed() {
    let renderer = shipped();
    for (place, message) in samples("<b>@org/all</b> `x` | [y](z)").iter().enumerate() {
        let form = if place % 2 == 0 { "full" } else { "sparse" };
        golden(&format!("{}-{form}", message.template()), &renderer.render(message).unwrap());
    }
}

#[test]
fn a_reminder_begins_with_what_is_due_by_when_and_for_whom() {
    let text = shipped().render(&samples("")[3]).unwrap();
    assert!(text.starts_with("**Due 2026-11-20 10:00 EST (15:00 UTC): Situation report**\n\n"), "{text}");
    let text = shipped().render(&full("reminder")).unwrap();
    assert!(text.contains("\n**Overdue since 2026-11-20 10:00 EST (15:00 UTC): Situation report** @alice\n"), "{text}");
    assert!(text.contains("Not now: `@hotwash snooze sitrep 30m`."), "{text}");
}

#[test]
fn a_sitrep_has_the_form_of_the_handbook() {
    let Message::Sitrep(mut sitrep) = full("sitrep") else { panic!("not a sitrep") };
    (sitrep.exercise, sitrep.draft) = (false, false);
    (sitrep.title, sitrep.ic) = (Wild::from("The chickens have escaped"), Wild::from("Farmer Jane"));
    sitrep.responders = vec![Wild::from("Spot the Dog"), Wild::from("Farmer Dave")];
    sitrep.text = vec![Wild::from("A fox may have tunneled in."), Wild::from(""), Wild::from("Dave fixes the fence.")];
    let text = shipped().render(&Message::Sitrep(sitrep)).unwrap();
    let expected = "[sitrep] The chickens have escaped\n\nhttps://forge.example/acme/incidents/7\n\nSeverity: high\nIC: \
                    Farmer Jane\nResponders: Spot the Dog, Farmer Dave\nStatus: confirmed\n\nA fox may have tunneled \
                    in.\n\nDave fixes the fence.\n\nReported by `alice`.\n\n<sub>why: ";
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn every_comment_ends_by_saying_why() {
    // An entry of GitLab's timeline has no room for it.
    for message in samples("a text").into_iter().filter(|message| message.template() != "timeline") {
        let text = shipped().render(&message).unwrap();
        let last = text.lines().last().unwrap();
        assert!(last.starts_with("<sub>") && last.contains("why: ") && last.ends_with("</sub>"), "{last}");
    }
}

#[test]
fn a_why_line_names_rule_start_due_and_source() {
    let text = shipped().render(&full("alarm")).unwrap();
    let expected = "<sub>why: sitrep: every 1 h · started by severity high set by @\u{2060}alice through a label at \
                    2026-11-20 10:00 EST (15:00 UTC) · due 2026-11-20 10:00 EST (15:00 UTC) · source handbook, line 212</sub>";
    assert_eq!(text.lines().last().unwrap(), expected);
}

#[test]
fn everything_in_an_exercise_says_so_first_and_nothing_else_does() {
    for (place, message) in samples("a text").iter().enumerate() {
        let text = shipped().render(message).unwrap();
        if place % 2 == 0 {
            assert!(text.starts_with("**EXERCISE**"), "{}: {text}", message.template());
        } else {
            assert!(!text.contains("EXERCISE"), "{}: {text}", message.template());
        }
    }
}

#[test]
fn no_override_takes_the_mark_off_an_exercise() {
    for kind in samples("").iter().step_by(2).map(Message::template) {
        assert_eq!(with_override(kind, "mine"), "mine", "{kind}");
        let ours = [("exercise.md.hbs", "ours"), (&format!("{kind}.md.hbs"), "{{> exercise}}\nmine")];
        for text in ["", "{{#unless exercise}}**EXERCISE**{{/unless}}", "A drill, or not"] {
            let folder = folder(ours[1].0, ours[1].1);
            fs::write(folder.path().join(ours[0].0), text).unwrap();
            let renderer = Renderer::new(Some(folder.path()), stand_in).unwrap();
            let said = renderer.render(&full(kind)).unwrap();
            assert!(unmarked(&said).ends_with("mine"), "{kind}: {said}");
        }
    }
    // One that is there is not doubled, in whatever words it goes on; and outside of an exercise there is none.
    let folder = folder("gate.md.hbs", "{{#if exercise}}**EXERCISE** of ours: {{/if}}mine");
    let renderer = Renderer::new(Some(folder.path()), stand_in).unwrap();
    assert_eq!(renderer.render(&full("gate")).unwrap(), "**EXERCISE** of ours: mine");
    let Message::Gate(mut gate) = full("gate") else { panic!("not a gate") };
    gate.exercise = false;
    assert_eq!(renderer.render(&Message::Gate(gate)).unwrap(), "mine");
}

#[test]
fn text_from_people_is_always_encoded_and_never_lost() {
    let renderer = Renderer::new(None, wrap).unwrap();
    for message in samples("canary") {
        let text = renderer.render(&message).unwrap();
        let given = serde_json::to_string(&message).unwrap().matches("canary").count();
        assert_eq!(text.matches("⟦canary⟧").count(), given, "{}: {text}", message.template());
        assert_eq!(text.matches("canary").count(), given, "{}: {text}", message.template());
    }
}

#[test]
fn no_value_breaks_a_line_a_table_or_begins_like_a_quick_action() {
    let renderer = Renderer::new(None, |text| text.replace('|', "\\|")).unwrap();
    for (wild, calm) in samples("/close\r\n/label ~x | y\u{2028}/assign @z").iter().zip(samples("calm")) {
        let text = renderer.render(wild).unwrap();
        let expected = renderer.render(&calm).unwrap();
        assert_eq!(text.lines().count(), expected.lines().count(), "{text}");
        for (line, calm) in text.lines().zip(expected.lines()) {
            assert!(!line.trim_start().starts_with("/close"), "{line}");
            let bars = |line: &str| line.replace("\\|", "").matches('|').count();
            assert_eq!(bars(line), bars(calm), "{line}");
        }
    }
}

#[test]
fn no_line_ends_in_a_space_and_no_comment_in_a_newline() {
    for message in samples("a text   ") {
        let text = shipped().render(&message).unwrap();
        assert!(text.lines().all(|line| line == line.trim_end()), "{text}");
        assert!(!text.contains("\n\n\n") && text == text.trim(), "{text}");
    }
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    let (one, other) = (shipped(), shipped());
    for message in samples("a text") {
        assert_eq!(one.render(&message).unwrap(), other.render(&message).unwrap());
    }
}

#[test]
fn an_address_that_could_leave_its_link_is_left_out() {
    for url in
        ["javascript:alert(1)", "https://x.example/a)b", "https://x.example/<a>", "https://x.example/a b", "https://"]
    {
        let Message::Board(mut board) = full("board") else { panic!("not a board") };
        board.status.url = url.to_owned();
        let text = shipped().render(&Message::Board(board)).unwrap();
        assert!(!text.contains(&format!("({url})")), "{text}");
        assert!(
            text.contains("| **Status** | confirmed | 2026-11-20 10:00 EST (15:00 UTC) | `alice` | a label |"),
            "{text}"
        );
    }
}

#[test]
fn a_mention_that_is_none_notifies_nobody() {
    let Message::Reminder(mut reminder) = full("reminder") else { panic!("not a reminder") };
    reminder.mention = "@alice <img src=x>".to_owned();
    let text = shipped().render(&Message::Reminder(reminder)).unwrap();
    assert!(!text.contains("@alice") && !text.contains("<img"), "{text}");
}

#[test]
fn a_text_without_end_is_refused() {
    let Message::Sitrep(mut sitrep) = full("sitrep") else { panic!("not a sitrep") };
    sitrep.text = vec![Wild("x".repeat(3_000_000))];
    let error = shipped().render(&Message::Sitrep(sitrep)).unwrap_err();
    assert!(matches!(error, RenderError::TooLong { template: "sitrep", limit: 2_097_152 }), "{error}");
}

#[test]
fn a_reply_never_pings_the_one_it_answers() {
    let why = Why {
        rule: "an answer".to_owned(),
        source: String::new(),
        started_by: String::new(),
        started_at: None,
        due: None,
    };
    let reply = Reply {
        exercise: false,
        to: "@alice".to_owned(),
        items: Vec::new(),
        lines: vec!["There is no duty of this name.".to_owned()],
        quoted: Wild::from("why lunch"),
        bot: "@hotwash".to_owned(),
        forms: vec![("why DUTY".to_owned(), "explain a duty's clock".to_owned())],
        why,
    };
    let text = shipped().render(&Message::Reply(reply)).unwrap();
    let expected = "To `alice`, on “why lunch”:\n\nThere is no duty of this name.\n\nYou can type:\n\n- `@hotwash why \
                    DUTY`: explain a duty's clock\n\n<sub>why: an answer</sub>";
    assert_eq!(text, expected);
}

#[test]
fn an_override_replaces_one_template_and_leaves_the_others() {
    assert_eq!(
        with_override("reminder", "{{title}} by {{{due.spoken}}}\n{{! plain }}"),
        "Situation report by 2026-11-20 10:00 EST (15:00 UTC)"
    );
    let folder = folder("reminder.md.hbs", "short");
    let renderer = Renderer::new(Some(folder.path()), stand_in).unwrap();
    assert_eq!(renderer.render(&full("alarm")).unwrap(), shipped().render(&full("alarm")).unwrap());
}

#[test]
fn an_overridden_part_is_used_by_every_template() {
    let folder = folder("why.md.hbs", "<sub>{{why.rule}}</sub>");
    let renderer = Renderer::new(Some(folder.path()), stand_in).unwrap();
    assert!(renderer.render(&full("alarm")).unwrap().ends_with("\n<sub>sitrep: every 1 h</sub>"));
}

#[test]
fn files_that_begin_with_a_dot_are_passed_over() {
    let folder = folder(".gitkeep", "{{");
    fs::create_dir(folder.path().join("..data")).unwrap();
    assert!(Renderer::new(Some(folder.path()), stand_in).is_ok());
}

#[test]
fn an_override_that_cannot_show_a_message_gives_way_to_the_shipped_words() {
    let text = "{{#if overdue}}{{#unless exercise}}{{why.due.spoken}}{{/unless}}{{/if}}mine";
    let folder = folder("reminder.md.hbs", text);
    let renderer = Renderer::new(Some(folder.path()), stand_in).unwrap();
    let Message::Reminder(mut reminder) = full("reminder") else { panic!("not a reminder") };
    reminder.exercise = false;
    assert_eq!(renderer.render(&Message::Reminder(reminder.clone())).unwrap(), "2026-11-20 10:00 EST (15:00 UTC)mine");
    reminder.why.due = None;
    let text = renderer.render(&Message::Reminder(reminder)).unwrap();
    assert!(text.starts_with("**Overdue since"), "{text}");
}

#[test]
fn an_unknown_file_names_the_allowed_ones() {
    let said = refused("bord.md.hbs", "x");
    assert!(
        said.starts_with(
            "bord.md.hbs: is not the name of a template; this folder may hold alarm.md.hbs, authority.md.hbs, "
        ),
        "{said}"
    );
}

#[test]
fn a_missing_folder_is_named() {
    let error = Renderer::new(Some(Path::new("no/such/folder")), stand_in).unwrap_err().to_string();
    assert!(error.starts_with("no/such/folder: cannot be read ("), "{error}");
}

#[test]
fn broken_syntax_is_named_with_its_line() {
    for (text, said) in [
        ("one\n\n{{#if overdue}}x", "reminder.md.hbs:3: this block is never closed"),
        (
            "{{#if overdue}}\n{{/each}}",
            "reminder.md.hbs:2: closes another block than the one open: `if`, opened in line 1",
        ),
        ("a\n{{title", "reminder.md.hbs:2: a tag is opened and never closed"),
        ("a\n{{/if}}", "reminder.md.hbs:2: a block is closed that was never opened"),
        ("{{else}}", "reminder.md.hbs:1: {{else}} stands outside any block"),
        ("{{! {{title}} }}", "reminder.md.hbs:1: a comment may not hold `{{`"),
        ("{{#if \"}}{{/if}}\"}}", "reminder.md.hbs:1: a text in quotes is not closed"),
        ("\n{{}}", "reminder.md.hbs:2: this tag is empty"),
        ("{{{{raw}}}}{{{{/raw}}}}", "reminder.md.hbs:1: raw blocks (four braces) are not supported"),
        ("\\{{title}}", "reminder.md.hbs:1: a backslash before a tag is not supported; put the tag elsewhere"),
    ] {
        assert_eq!(refused("reminder.md.hbs", text), said, "{text}");
    }
}

#[test]
fn syntax_that_only_the_engine_knows_is_wrong_still_has_its_line() {
    let said = refused("reminder.md.hbs", "fine\n\n{{title.}}\n");
    assert!(said.starts_with("reminder.md.hbs:3: "), "{said}");
}

#[test]
fn an_unknown_field_is_named_with_its_line_in_branches_never_taken_too() {
    let said =
        refused("reminder.md.hbs", "{{#if overdue}}\n{{else}}\n{{#unless overdue}}{{titel}}{{/unless}}\n{{/if}}");
    assert!(
        said.starts_with("reminder.md.hbs:3: there is no field `titel` here; there are ask, bot, due, duty, "),
        "{said}"
    );
    let said = refused("board.md.hbs", "{{#each duties}}\n{{due.when}}{{/each}}");
    assert_eq!(said, "board.md.hbs:2: there is no field `when` here; there are exact, spoken");
    let said = refused("board.md.hbs", "{{#if nobody}}x{{/if}}");
    assert!(said.starts_with("board.md.hbs:1: there is no field `nobody` here"), "{said}");
}

#[test]
fn a_field_that_may_be_missing_must_be_asked_for_first() {
    let said = refused("alarm.md.hbs", "all is\n{{{why.due.spoken}}}");
    assert!(said.starts_with("alarm.md.hbs:2: "), "{said}");
    let asked = with_override("alarm", "{{#if why.due}}{{{why.due.spoken}}}{{/if}}");
    assert_eq!(asked, "2026-11-20 10:00 EST (15:00 UTC)");
}

#[test]
fn a_part_that_includes_itself_or_another_is_refused() {
    let expected = "why.md.hbs:2: a part may not include parts: it could come to include itself";
    assert_eq!(refused("why.md.hbs", "\n{{> why}}"), expected);
    assert_eq!(refused("why.md.hbs", "\n{{> exercise}}"), expected);
    assert_eq!(
        refused("board.md.hbs", "{{> board}}"),
        "board.md.hbs:1: only these parts can be included: exercise, why"
    );
}

#[test]
fn nesting_that_would_end_the_process_is_refused() {
    let deep = |count: usize| format!("{}{}", "{{#if overdue}}".repeat(count), "{{/if}}".repeat(count));
    assert_eq!(with_override("reminder", &format!("x{}", deep(32))), "x");
    assert_eq!(refused("reminder.md.hbs", &deep(33)), "reminder.md.hbs:1: blocks nest deeper than 32");
    assert_eq!(refused("reminder.md.hbs", &deep(2_500)), "reminder.md.hbs:1: blocks nest deeper than 32");
    let chain = format!("{{{{#if overdue}}}}{}{{{{/if}}}}", "{{else if overdue}}".repeat(3_000));
    assert_eq!(refused("reminder.md.hbs", &chain), "reminder.md.hbs:1: blocks nest deeper than 32");
    let calls = format!("{{{{#if {}overdue{}}}}}x{{{{/if}}}}", "(not ".repeat(5_000), ")".repeat(5_000));
    assert_eq!(refused("reminder.md.hbs", &calls), "reminder.md.hbs:1: parentheses nest deeper than 32");
    let opened = "{{#each duties}}{{#each ../duties}}{{#each ../../duties}}{{#each ../../../duties}}";
    let loops = format!("{opened}{}", "{{/each}}".repeat(4));
    assert_eq!(refused("board.md.hbs", &loops), "board.md.hbs:1: `each` nests deeper than 3");
}

#[test]
fn inline_partials_and_partial_blocks_are_refused() {
    for text in
        ["{{#*inline \"x\"}}{{> x}}{{/inline}}", "{{#> why}}x{{/why}}", "{{* x}}", "{{#each duties as |why|}}{{/each}}"]
    {
        let said = refused("board.md.hbs", text);
        assert!(said.starts_with("board.md.hbs:1: ") && said.contains("not supported"), "{said}");
    }
}

#[test]
fn an_override_beyond_64_kib_is_refused() {
    assert_eq!(
        refused("alarm.md.hbs", &"x".repeat(65_537)),
        "alarm.md.hbs: has 65537 bytes; a template may have 65536"
    );
    assert_eq!(with_override("alarm", &"x".repeat(65_536)).len(), 65_536);
}

#[test]
fn an_override_cannot_show_text_from_people_unencoded() {
    for text in ["{{{title}}}", "{{{this}}}", "{{{link \"x\" url}}}"] {
        let said = refused("sitrep.md.hbs", text);
        assert!(
            said.starts_with("sitrep.md.hbs:1: three braces are only for fields that hold nothing from people"),
            "{said}"
        );
    }
    for text in [
        "{{&title}}",
        "{{#with title as |url|}}{{{url}}}{{/with}}",
        "{{lookup . title}}",
        "{{log title}}",
        "{{raw title}}",
    ] {
        let said = refused("sitrep.md.hbs", text);
        assert!(said.starts_with("sitrep.md.hbs:1: "), "{said}");
    }
}

#[test]
fn everything_wrong_is_told_at_once_in_order() {
    let folder = folder("alarm.md.hbs", "{{a}}\n{{b}}");
    fs::write(folder.path().join("reply.md.hbs"), "{{c}}").unwrap();
    let RenderError::Templates(problems) = Renderer::new(Some(folder.path()), identity).unwrap_err() else {
        panic!("another error")
    };
    let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [1, 2, 1]);
    assert!(problems[2].file.ends_with("reply.md.hbs"));
}

#[test]
fn one_template_that_cannot_be_read_does_not_hide_what_is_wrong_with_others() {
    let folder = folder("alarm.md.hbs", "{{#if over}}\n{{unfinished");
    fs::write(folder.path().join("gate.md.hbs"), "{{#if held}}no end").unwrap();
    fs::write(folder.path().join("reply.md.hbs"), "fine\n{{nothing}}").unwrap();
    fs::write(folder.path().join("why.md.hbs"), "{{why.nothing}}").unwrap();
    let RenderError::Templates(problems) = Renderer::new(Some(folder.path()), identity).unwrap_err() else {
        panic!("another error")
    };
    for file in ["alarm.md.hbs", "gate.md.hbs", "reply.md.hbs", "why.md.hbs"] {
        assert!(problems.iter().any(|problem| problem.file.ends_with(file)), "{file}: {problems:#?}");
    }
}

#[test]
fn a_moment_is_shown_in_the_zone_and_in_utc() {
    let when = When::new("2026-11-20T15:00:00Z".parse().unwrap(), chrono_tz::Tz::America__New_York);
    assert_eq!(
        (when.spoken.as_str(), when.exact.as_str()),
        ("2026-11-20 10:00 EST (15:00 UTC)", "2026-11-20T15:00:00Z")
    );
}

#[test]
fn every_field_of_every_view_is_documented() {
    fn names(view: &serde_json::Value, into: &mut BTreeSet<String>) {
        match view {
            serde_json::Value::Object(fields) => fields.iter().for_each(|(name, inner)| {
                into.insert(name.clone());
                names(inner, into);
            }),
            serde_json::Value::Array(entries) => entries.iter().for_each(|entry| names(entry, into)),
            _ => {}
        }
    }
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/templates.md")).unwrap();
    let mut fields = BTreeSet::new();
    for message in samples("a text") {
        assert!(guide.contains(&format!("| `{}.md.hbs` |", message.template())), "{}", message.template());
        names(&serde_json::to_value(&message).unwrap(), &mut fields);
    }
    assert!(fields.len() > 60, "{fields:?}");
    for field in fields {
        assert!(guide.contains(&format!("`{field}`")), "{field}");
    }
}

#[test]
fn any_soup_of_tags_is_taken_or_refused_and_never_brings_the_process_down() {
    let pieces = prop::sample::select(vec![
        "{{",
        "}}",
        "{{{",
        "}}}",
        "#if",
        "#each",
        "/if",
        "/each",
        "else",
        ">",
        "why",
        " ",
        "overdue",
        "title",
        "../",
        "this",
        "(",
        ")",
        "\"",
        "'",
        "\n",
        "~",
        "!",
        "--",
        ".",
        "@first",
        "eq",
        "{{#if overdue}}",
        "{{/if}}",
        "{{title}}",
        "\\",
        "é",
    ]);
    let soup = prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat());
    let seed = [7_u8; 32];
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let outcome = runner.run(&soup, |text| {
        let folder = folder("reminder.md.hbs", &text);
        if let Err(error) = Renderer::new(Some(folder.path()), stand_in) {
            let said = error.to_string();
            prop_assert!(said.contains("reminder.md.hbs:"), "{said}");
        }
        Ok(())
    });
    assert!(outcome.is_ok(), "seed {seed:?}: {}", outcome.unwrap_err());
}

#[test]
fn a_view_or_a_list_as_a_whole_is_not_written() {
    for (name, text, said) in [
        (
            "reminder",
            "\n{{due}}",
            "reminder.md.hbs:2: `due` holds several values; write one of them: due.exact, due.spoken",
        ),
        ("reminder", "{{#if due}}{{due}}{{/if}}", "reminder.md.hbs:1: `due` holds several"),
        ("reminder", "{{this}}", "reminder.md.hbs:1: `this` holds several values; write one of them: ask, bot, due, "),
        (
            "board",
            "{{#each duties}}\n{{this}}{{/each}}",
            "board.md.hbs:2: `this` holds several values; write one of them: due,",
        ),
        ("board", "{{ic}}", "board.md.hbs:1: `ic` holds several values; write one of them: ic.mention, ic.name"),
        (
            "board",
            "{{commands}}",
            "board.md.hbs:1: `commands` is a list; go through it with {{#each commands}}, or write ",
        ),
        (
            "board",
            "{{#each commands}}{{this}}{{/each}}",
            "board.md.hbs:1: `this` is a list; go through it with {{#each this}}, or write one entry: this.0 to this.1",
        ),
        ("reminder", "{{code due}}", "reminder.md.hbs:1: `due` holds several"),
        ("reminder", "{{link \"x\" why}}", "reminder.md.hbs:1: `why` holds several"),
    ] {
        let told = refused(&format!("{name}.md.hbs"), text);
        assert!(told.starts_with(said) && told.lines().count() == 1, "{text}: {told}");
    }
    for text in [
        "{{#each reporter}}{{this}}{{@index}}{{/each}}x",
        "{{#if ic}}{{#with ic}}{{name}}{{/with}}{{/if}}",
        "{{len duties}}{{process}}",
    ] {
        assert!(!with_override("board", text).is_empty(), "{text}");
    }
}

/// A template of a process file that begins on line 7 of it.
fn worded(template: &str, text: &str) -> Result<Renderer, String> {
    let wording = Wording {
        template: template.to_owned(),
        text: text.to_owned(),
        file: "own.toml".to_owned(),
        line: 7,
        column: 1,
        in_lines: true,
    };
    Renderer::with_wording(&[wording], None, stand_in).map_err(|error| error.to_string())
}

#[test]
fn a_process_can_bring_its_own_words_along() {
    let renderer = worded("reminder", "{{> exercise}}\nNow: {{ask}}\n{{> why}}").unwrap();
    let text = renderer.render(&full("reminder")).unwrap();
    assert!(text.contains("\nNow: Say where things stand.\n"), "{text}");
    assert_eq!(renderer.render(&full("gate")).unwrap(), shipped().render(&full("gate")).unwrap(), "others stay");
}

#[test]
fn the_words_of_the_folder_go_before_those_of_the_process() {
    let wording = ["reminder", "gate"].map(|template| Wording {
        template: template.to_owned(),
        text: "of the process {{> why}}".to_owned(),
        file: "own.toml".to_owned(),
        line: 1,
        column: 1,
        in_lines: true,
    });
    let folder = folder("reminder.md.hbs", "of the folder {{> why}}");
    let renderer = Renderer::with_wording(&wording, Some(folder.path()), stand_in).unwrap();
    let says = |kind: &str| unmarked(&renderer.render(&full(kind)).unwrap()).to_owned();
    assert!(says("reminder").starts_with("of the folder"));
    assert!(says("gate").starts_with("of the process"));
}

#[test]
fn words_of_a_process_that_are_wrong_are_told_with_the_line_in_its_file() {
    let refused = |template: &str, text: &str, start: &str, word: &str| {
        let said = worded(template, text).expect_err("the wording is wrong");
        assert!(said.starts_with(start) && said.contains(word) && said.lines().count() == 1, "{start}: {said}");
    };
    refused("reminder", "one\ntwo {{nonesuch}}", "own.toml:8:5: wording.reminder: ", "there is no field `nonesuch`");
    refused("reminder", "öä {{#if ask}}", "own.toml:7:4: wording.reminder: ", "never closed");
    refused("reminder", "{{due}}", "own.toml:7:1: wording.reminder: ", "due.exact, due.spoken");
    refused("reminder", "{{! nothing }}", "own.toml:7:1: wording.reminder: ", "says nothing");
    refused(
        "remainder",
        "{{ask}}",
        "own.toml:7:1: wording.remainder: ",
        "is not the name of a template; there are alarm",
    );
    refused("reminder", &"x".repeat(70_000), "own.toml:7:1: wording.reminder: ", "70000 bytes");
}
