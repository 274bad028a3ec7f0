//! Process files: the shipped ones are sound, and whatever is wrong with one is said at once, with its line.

mod extends;
mod handbooks;
mod language;
mod reminders;
mod report;
mod review;
mod routes;
mod severities;
mod table;
mod templates;

use chrono::Duration;
use hotwash::{
    document::Problem,
    domain::{
        process::{Calendar, Due, Ending, EvidenceKind, Pattern, Process, RemindAt},
        reading::Field,
    },
    process,
};

fn cloud_gov() -> Process {
    process::read(process::shipped("cloud-gov").unwrap(), "cloud-gov.toml").unwrap()
}

/// The problems of cloud-gov after one replacement, as lines `LINE: rest`.
fn broken(from: &str, to: &str) -> Vec<String> {
    let text = process::shipped("cloud-gov").unwrap();
    assert!(text.contains(from), "{from:?} is not in the file");
    problems(&text.replacen(from, to, 1))
}

fn problems(text: &str) -> Vec<String> {
    process::read(text, "p.toml").unwrap_err().iter().map(ToString::to_string).collect()
}

/// 1-based line of the first occurrence in cloud-gov.
fn line_of(part: &str) -> usize {
    let text = process::shipped("cloud-gov").unwrap();
    text.split(part).next().unwrap().lines().count() + usize::from(text.split(part).next().unwrap().ends_with('\n'))
}

/// Exactly one problem, on the line of `from`, containing each of `words`.
fn one(from: &str, to: &str, words: &[&str]) {
    let all = broken(from, to);
    assert_eq!(all.len(), 1, "{all:#?}");
    let line = line_of(from);
    assert!(all[0].starts_with(&format!("p.toml:{line}:")), "expected line {line}: {}", all[0]);
    for word in words {
        assert!(all[0].contains(word), "{word:?} is not in {:?}", all[0]);
    }
}

#[test]
fn every_shipped_process_is_sound_and_bears_its_own_name() {
    let names: Vec<&str> = process::names().collect();
    assert_eq!(names, ["cloud-gov", "civicactions", "gitlab-sirt", "sectemplates"]);
    for name in names {
        let read = process::read(process::shipped(name).unwrap(), name).unwrap();
        assert_eq!(read.name, name);
    }
    assert!(process::shipped("nonesuch").is_none());
}

#[test]
fn cloud_gov_has_the_phases_statuses_and_severities_of_its_guide() {
    let process = cloud_gov();
    let phases: Vec<&str> = process.phases.iter().map(|phase| phase.name.as_str()).collect();
    assert_eq!(phases, ["initiate", "assess", "remediate", "retrospective"]);
    assert!(process.phases.iter().all(|phase| phase.entry.len() >= 3));
    let statuses: Vec<(&str, Option<&str>, Option<Ending>, &str)> = process
        .statuses
        .iter()
        .map(|status| (status.name.as_str(), status.phase.as_deref(), status.ending, status.noun.as_str()))
        .collect();
    assert_eq!(
        statuses,
        [
            ("investigating", Some("initiate"), None, "event"),
            ("confirmed", Some("remediate"), None, "incident"),
            ("false alarm", Some("retrospective"), Some(Ending::FalseAlarm), "event"),
            ("resolved", Some("retrospective"), Some(Ending::Resolved), "incident"),
        ]
    );
    let severities: Vec<(&str, u8, Pattern)> =
        process.severities.iter().map(|severity| (severity.name.as_str(), severity.rank, severity.pattern)).collect();
    assert_eq!(
        severities,
        [
            ("unknown", 0, Pattern::BusinessHours),
            ("low", 1, Pattern::BusinessHours),
            ("medium", 2, Pattern::BusinessHours),
            ("high", 3, Pattern::RoundTheClock),
        ]
    );
}

#[test]
fn cloud_gov_understands_the_usual_spellings() {
    let process = cloud_gov();
    for spelling in ["med", "sev2", "s2", "p2", "2", "2 - medium"] {
        assert!(process.severity("medium").unwrap().aliases.iter().any(|alias| alias == spelling), "{spelling}");
    }
    let (_, names) = process.synonyms.iter().find(|(field, _)| *field == Field::Ic).unwrap();
    assert!(names.contains(&"incident commander".to_owned()) && names.contains(&"commander".to_owned()));
    assert_eq!(process.placeholders, ["who initially reported the issue", "your name", "any other responders"]);
}

#[test]
fn cloud_gov_owes_an_acknowledgement_in_10_minutes() {
    let process = cloud_gov();
    let duty = process.duty("acknowledge").unwrap();
    assert_eq!(duty.met_by, [EvidenceKind::Ack, EvidenceKind::IcNamed, EvidenceKind::ResponderComment]);
    assert_eq!(duty.remind, [RemindAt::DUE]);
    let [schedule] = duty.schedules.as_slice() else { panic!("one schedule") };
    assert!(
        matches!(&schedule.due, Due::Within(span, Calendar::Fixed(Pattern::RoundTheClock)) if *span == Duration::minutes(10))
    );
    assert!(duty.source.contains("line 70"));
}

#[test]
fn cloud_gov_owes_sitreps_by_severity() {
    let process = cloud_gov();
    let duty = process.duty("sitrep").unwrap();
    let schedules: Vec<(&str, Option<Duration>, String)> = duty
        .schedules
        .iter()
        .map(|schedule| {
            let due = match &schedule.due {
                Due::Within(..) => "within".to_owned(),
                Due::Every(span) => format!("every {} min", span.num_minutes()),
                Due::Cron(rule) => rule.to_string(),
            };
            (schedule.severities[0].as_str(), schedule.after, due)
        })
        .collect();
    assert_eq!(
        schedules,
        [
            ("high", None, "every 60 min".to_owned()),
            ("medium", None, "0 0 10,16 * * Mon-Fri *".to_owned()),
            ("low", None, "0 0 10 * * Mon-Fri *".to_owned()),
            ("unknown", Some(Duration::hours(1)), "0 0 10,16 * * Mon-Fri *".to_owned()),
        ]
    );
}

#[test]
fn a_new_duty_takes_toml_alone() {
    let text = process::shipped("cloud-gov").unwrap().to_owned()
        + r#"
[[duty]]
id = "second-look"
title = "Assess the severity again"
owes = "ic"
ask = "Set the severity."
met_by = ["severity-assessed"]
remind = [50, 100, 150]
source = "house rule"

[[duty.schedule]]
status = ["investigating"]
phase = ["initiate", "assess"]
within = "1h30m"
calendar = "business"
"#;
    let process = process::read(&text, "own.toml").unwrap();
    let duty = process.duty("second-look").unwrap();
    assert_eq!(duty.remind, [50, 100, 150].map(RemindAt::Percent));
    assert_eq!(duty.schedules[0].phases, ["initiate", "assess"]);
    assert!(
        matches!(&duty.schedules[0].due, Due::Within(span, Calendar::Fixed(Pattern::BusinessHours)) if *span == Duration::minutes(90))
    );
}

#[test]
fn the_process_in_the_guide_is_sound() {
    let guide = include_str!("../../../docs/processes.md");
    let file = guide.split("## The file").nth(1).unwrap().split("| due |").next().unwrap();
    let read = process::read(file, "guide").map_err(|problems| format!("{problems:#?}")).unwrap();
    assert_eq!((read.name.as_str(), read.duties.len()), ("our-process", 1));
}

#[test]
fn names_that_refer_to_nothing_say_what_was_meant() {
    one("phase = \"initiate\"\n", "phase = \"initate\"\n", &["status[0].phase", "\"initate\"", "nearest: initiate"]);
    one("severity = [\"medium\"]", "severity = [\"meduim\"]", &["duty[1].schedule[1].severity[0]", "nearest: medium"]);
    one("\"ic-named\"", "\"ic-name\"", &["duty[0].met_by[1]", "no kind of evidence", "nearest: ic-named"]);
    one("owes = \"ic\"", "owes = \"boss\"", &["duty[1].owes", "\"boss\"", "allowed: ic, reporter, responders"]);
    one("discovery-method =", "discovery-methods =", &["fields.discovery-methods", "nearest: discovery-method"]);
}

#[test]
fn a_schedule_has_exactly_one_due_and_can_come_to_apply() {
    let everything = "[[duty.schedule]]\nseverity = [\"medium\"]\n";
    one("every = \"1h\"", "every = \"1 hour\"", &["duty[1].schedule[0].every", "is not a duration", "1h30m"]);
    one("every = \"1h\"", "every = \"400d\"", &["out of range", "1m to 366d"]);
    one("severity = [\"low\"]", "severity = []", &["is empty; leave the key out for all"]);
    let all = broken("every = \"1h\"", "every = \"1h\"\nwithin = \"1h\"");
    assert!(all.len() == 1 && all[0].contains("more than one of `within`, `every` and `cron`"), "{all:?}");
    let all = broken("every = \"1h\"\n", "");
    assert!(all.len() == 1 && all[0].contains("duty[1].schedule[0]: has no due"), "{all:?}");
    let all = broken(everything, &format!("{everything}status = [\"confirmed\"]\ncalendar = \"business\"\n"));
    assert!(all.len() == 1 && all[0].contains("goes with `within` only"), "{all:?}");
    let all = broken("severity = [\"high\"]\n", "");
    assert_eq!(all.len(), 3, "the schedules after one for every severity never apply: {all:#?}");
    assert!(all.iter().all(|problem| problem.contains("can never apply")));
    let all = broken("calendar = \"always\"", "after = \"20m\"");
    assert!(all.len() == 1 && all[0].contains("due before it begins to apply"), "{all:?}");
    let all = broken("[[duty.schedule]]\nwithin = \"10m\"\ncalendar = \"always\"\n", "");
    assert!(all.len() == 1 && all[0].contains("duty[0]: has no [[duty.schedule]]"), "{all:?}");
}

#[test]
fn cron_rules_are_refused_with_advice() {
    let rule = "cron = \"0 0 10 * * Mon-Fri *\"";
    one(rule, "cron = \"0 10 * * Mon-Fri\"", &["has 5 of seven fields", "second minute hour day month weekday year"]);
    one(rule, "cron = \"0 0 10 * * 1-5 *\"", &["weekdays in numbers", "Mon-Fri"]);
    one(rule, "cron = \"0 0 25 * * Mon-Fri *\"", &["has `25` as its hour; there stands 0 to 23"]);
    one(rule, "cron = \"0 0 10 * * Mon-Fri 2020\"", &["names no moment in the years to come"]);
    one(rule, "cron = \"*/5 * 10 * * Mon-Fri *\"", &["fires more than once a minute", "one second"]);
}

#[test]
fn no_spelling_means_two_things() {
    one("\"falsealarm\"", "\"Valid\"", &["status[2].aliases[1]", "\"Valid\" is already taken on line"]);
    let all = broken("name = \"resolved\"", "name = \"False Alarm\"");
    assert!(all[0].contains("status[3].name: \"False Alarm\" is already taken"), "{all:?}");
    let all = broken("name = \"resolved\"", "name = \"false-alarm\"");
    assert!(all.iter().any(|problem| problem.contains("status[3].name")), "both would be one label: {all:?}");
    one("id = \"sitrep\"", "id = \"acknowledge\"", &["duty[1].id", "already taken on line"]);
    one("\"commander\"", "\"status\"", &["fields.ic[1]", "is the name of the field status already"]);
    one("\"responding\"", "\"reported by\"", &["fields.responders[2]", "already taken on line"]);
    one("rank = 3", "rank = 2", &["severity[3].rank", "already taken on line"]);
}

#[test]
fn names_fit_into_labels() {
    one("name = \"assess\"", "name = \"assess, really\"", &["phase[1].name", "comma"]);
    let long = "x".repeat(44);
    one("name = \"assess\"", &format!("name = \"{long}\""), &["phase[1].name", "43 characters or fewer"]);
    let fits = "x".repeat(43);
    let text = process::shipped("cloud-gov").unwrap().replacen("name = \"assess\"", &format!("name = \"{fits}\""), 1);
    assert_eq!(process::read(&text, "p.toml").unwrap().phases[1].name, fits);
}

#[test]
fn values_out_of_bounds_say_what_is_allowed() {
    one(
        "color = \"1d76db\"",
        "color = \"#1d76db\"",
        &["phase[1].color", "\"#1d76db\" is not a colour", "six hexadecimal"],
    );
    one("remind = [100]", "remind = [0, 100]", &["duty[0].remind[0]", "allowed: 1 to 200"]);
    one("remind = [100]", "remind = [201]", &["allowed: 1 to 200"]);
    one("remind = [100]", "remind = [100, 50]", &["duty[0].remind[1]", "does not grow"]);
    one("rank = 0", "rank = 4", &["severity[0].rank", "its rank is 0"]);
    one("rank = 1\n", "rank = 0\n", &["severity[1].rank", "rank 0 belongs to the first"]);
    one("ending = \"resolved\"", "ending = \"over\"", &["status[3].ending", "allowed: resolved, false-alarm"]);
    one("noun = \"event\"", "noun = \"thing\"", &["status[0].noun", "allowed: event, incident"]);
    one("pattern = \"always\"", "pattern = \"24/7\"", &["severity[3].pattern", "allowed: always, business"]);
    one("id = \"sitrep\"", "id = \"Sit Rep\"", &["duty[1].id", "is not an id"]);
    one("title = \"Assess\"", "title = 7", &["phase[1].title", "expects text in quotes, found a whole number"]);
    one("title = \"Assess\"", "title = \"  \"", &["phase[1].title", "is empty"]);
}

#[test]
fn the_first_status_cannot_end_the_response() {
    let all = broken("noun = \"event\"", "noun = \"event\"\nending = \"resolved\"");
    assert!(all[0].contains("status[0].ending: the first status"), "{all:?}");
}

#[test]
fn every_problem_of_a_bad_file_is_said_at_once_in_order() {
    let text = r#"nmae = "x"
title = ""

[[phase]]
name = "a, b"
colour = "red"

[[duty]]
id = "Bad Id"
met_by = ["smoke"]
remind = [300]
[[duty.schedule]]
severity = ["high"]
"#;
    let all = problems(text);
    let expected = [
        "p.toml:1:1: nmae: is not a known key; nearest: name",
        "p.toml:2:1: title: is empty",
        "p.toml:5:1: phase[0].name: \"a, b\" holds a comma",
        "p.toml:6:1: phase[0].colour: is not a known key; nearest: color",
        "p.toml:9:1: duty[0].id: \"Bad Id\" is not an id",
        "p.toml:10:11: duty[0].met_by[0]: \"smoke\" is no kind of evidence",
        "p.toml:11:11: duty[0].remind[0]: is out of range; allowed: 1 to 200",
        "p.toml:13:13: duty[0].schedule[0].severity[0]: \"high\" is no severity",
    ];
    for start in expected {
        assert!(all.iter().any(|problem| problem.starts_with(start)), "{start:?} is not among {all:#?}");
    }
    for missing in
        ["name: is missing", "source: is missing", "has no [[status]]", "has no [[severity]]", "phase[0].color"]
    {
        assert!(all.iter().any(|problem| problem.contains(missing)), "{missing:?} is not among {all:#?}");
    }
    let lines: Vec<u32> = process::read(text, "p.toml").unwrap_err().iter().map(|problem| problem.line).collect();
    assert!(lines.is_sorted(), "{lines:?}");
}

#[test]
fn broken_syntax_is_reported_with_its_line_and_without_consequences() {
    let all = broken("name = \"assess\"", "name = \"assess");
    assert!(all.iter().all(|problem| problem.contains("is not TOML here")), "{all:#?}");
    assert!(all[0].starts_with(&format!("p.toml:{}:", line_of("name = \"assess\""))), "{all:?}");
    let all = broken("rank = 0\n", "rank = 0\nrank = 0\n");
    assert_eq!(all.len(), 1, "{all:#?}");
    assert!(all[0].contains("duplicate key"), "{all:?}");
}

#[test]
fn mutated_processes_are_read_or_refused_with_a_place_but_never_panic() {
    let seed = mutate::seed();
    println!("seed {seed}; set HOTWASH_SEED to it to see the same again");
    let text = process::shipped("cloud-gov").unwrap();
    let mut refused = 0;
    for mutant in mutate::mutants(text, seed, 1_500) {
        if let Err(problems) = process::read(&mutant, "mutant.toml") {
            refused += 1;
            assert!(!problems.is_empty(), "no reason given (seed {seed}):\n{mutant}");
            let lines = mutant.matches('\n').count() + 1;
            let placed = |problem: &Problem| (1..=lines).contains(&(problem.line as usize)) && problem.column > 0;
            assert!(problems.iter().all(placed), "a problem without a place (seed {seed}): {problems:#?}");
        }
    }
    assert!(refused > 200, "only {refused} of 1500 mutants were refused (seed {seed})");
}

/// Documents with a few random mistakes, the same for the same seed.
pub(crate) mod mutate {
    use std::hash::{BuildHasher, Hasher, RandomState};

    const JUNK: [&str; 20] = [
        "\"",
        "'''",
        "\"\"\"",
        "[",
        "]",
        "[[",
        "{",
        "}",
        "=",
        ",",
        ".",
        "#",
        "\0",
        "\r\n",
        "🦀",
        "99999999999999999999",
        "0x",
        "1979-05-27",
        "true",
        "\\u12",
    ];

    /// From `HOTWASH_SEED`, else a fresh one.
    pub(crate) fn seed() -> u64 {
        let given = hotwash::config::environment()("HOTWASH_SEED").and_then(|text| text.parse().ok());
        given.unwrap_or_else(|| RandomState::new().build_hasher().finish())
    }

    /// `count` mutants of a text.
    pub(crate) fn mutants(text: &str, seed: u64, count: usize) -> impl Iterator<Item = String> {
        let original: Vec<char> = text.chars().collect();
        let mut dice = Dice(seed);
        (0..count).map(move |_| {
            let mut mutant = original.clone();
            for _ in 0..=dice.below(3) {
                mutate(&mut mutant, &mut dice);
            }
            mutant.into_iter().collect()
        })
    }

    fn mutate(text: &mut Vec<char>, dice: &mut Dice) {
        let from = dice.below(text.len() + 1);
        let to = (from + dice.below(12)).min(text.len());
        match dice.below(6) {
            0 => drop(text.drain(from..to)),
            1 => text.truncate(text.len() - dice.below(40).min(text.len())),
            2 => copy(text, from..to, dice),
            3 => {
                let rest = text[from..].iter().position(|c| *c == '\n').map_or(text.len(), |end| from + end + 1);
                let end = text[rest..].iter().position(|c| *c == '\n').map_or(text.len(), |end| rest + end + 1);
                copy(text, rest..end, dice);
            }
            _ => drop(text.splice(from..to, JUNK[dice.below(JUNK.len())].chars())),
        }
    }

    /// Puts a copy of a part at the beginning of some line.
    fn copy(text: &mut Vec<char>, part: std::ops::Range<usize>, dice: &mut Dice) {
        let part: Vec<char> = text[part].to_vec();
        let somewhere = dice.below(text.len() + 1);
        let at = text[..somewhere].iter().rposition(|c| *c == '\n').map_or(0, |at| at + 1);
        text.splice(at..at, part);
    }

    /// `SplitMix64`.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, bound: usize) -> usize {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            usize::try_from((z ^ (z >> 31)) % (bound as u64)).unwrap()
        }
    }
}
