//! Days off from iCalendar files: what counts, what is passed over, and what is said of a file that is wrong.

use std::fs;

use chrono::{Duration, NaiveDate};
use hotwash::{config::Config, domain::calendar::BusinessHours};
use tempfile::TempDir;

use crate::{
    plan::story::{bob, given, medium},
    support::{dice::Dice, settings::seed},
};

const CONFIG: &str = r#"[[github]]
webhook_secret = { env = "SECRET" }
token = { env = "SECRET" }
[[project]]
forge = "github"
path = "acme/incidents"
process = "cloud-gov"
holidays = ["2026-12-31", "off.ics"]
"#;

/// Events between the lines that every file has; the first of them begins on line 3.
fn calendar(events: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", events.replace('\n', "\r\n"))
}

fn event(lines: &str) -> String {
    calendar(&format!("BEGIN:VEVENT\nUID:1\nSUMMARY:Closed\n{lines}\nEND:VEVENT\n"))
}

fn load(ics: &str, config: &str) -> (Result<Config, String>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("off.ics"), ics).unwrap();
    let path = folder.path().join("hotwash.toml");
    let env = |_: &str| Some("a-secret-that-nobody-guesses-0123456789".to_owned());
    let read = Config::read(config, &path, &env);
    let place = format!("{}/", folder.path().display());
    (read.map_err(|problems| problems.to_string().replace(&place, "")), folder)
}

/// The days off, without the one that the configuration lists itself.
fn days(ics: &str) -> Vec<String> {
    let (config, _folder) = load(ics, CONFIG);
    let config = config.unwrap_or_else(|problems| panic!("{problems}\n{ics}"));
    let mut days: Vec<String> = config.projects[0].business.holidays.iter().map(ToString::to_string).collect();
    days.retain(|day| day != "2026-12-31");
    days
}

/// What is said of the file, all of it.
fn refused(ics: &str) -> String {
    load(ics, CONFIG).0.expect_err("the file is wrong")
}

#[test]
fn whole_days_count_and_an_end_is_the_first_day_after() {
    assert_eq!(days(&event("DTSTART;VALUE=DATE:20261225")), ["2026-12-25"]);
    let span = "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227";
    assert_eq!(days(&event(span)), ["2026-12-24", "2026-12-25", "2026-12-26"]);
    assert_eq!(days(&event("DTSTART;VALUE=DATE:20261224\nDURATION:P2D")), ["2026-12-24", "2026-12-25"]);
    assert_eq!(days(&event("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261224")), ["2026-12-24"]);
}

#[test]
fn folded_lines_a_mark_at_the_start_and_bare_line_feeds_are_no_obstacle() {
    let folded = event("DTSTART;VALUE=DA\n TE:2026\n\t1225\nDESCRIPTION:one\\, two\n BEGIN:VEVENT");
    assert_eq!(days(&folded), ["2026-12-25"]);
    assert_eq!(days(&format!("\u{feff}{}", folded.replace("\r\n", "\n"))), ["2026-12-25"]);
}

#[test]
fn yearly_rules_go_on_to_the_end_of_schedules() {
    let every = days(&event("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY"));
    assert_eq!((every.len(), every[0].as_str(), every[74].as_str()), (75, "2026-12-25", "2100-12-25"));
    let rule = "DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;UNTIL=20281201";
    assert_eq!(days(&event(rule)), ["2026-11-26", "2027-11-25", "2028-11-23"]);
    let without =
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;COUNT=3\nEXDATE;VALUE=DATE:20270101\nRDATE;VALUE=DATE:20260706";
    assert_eq!(days(&event(without)), ["2026-01-01", "2026-07-06", "2028-01-01"]);
}

#[test]
fn a_repetition_that_was_moved_or_cancelled_counts_as_it_is_now() {
    let moved = "BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;COUNT=2\nEND:VEVENT\n\
                 BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;VALUE=DATE:20270101\nDTSTART;VALUE=DATE:20270104\nEND:VEVENT\n\
                 BEGIN:VEVENT\nUID:2\nSTATUS:CANCELLED\nDTSTART;VALUE=DATE:20260401\nEND:VEVENT\n";
    assert_eq!(days(&calendar(moved)), ["2026-01-01", "2027-01-04"]);
}

#[test]
fn what_has_a_time_of_day_is_passed_over_with_a_warning() {
    let both = "BEGIN:VEVENT\nUID:1\nDTSTART:20261225T140000Z\nEND:VEVENT\n\
                BEGIN:VEVENT\nUID:2\nDTSTART;VALUE=DATE:20261226\nEND:VEVENT\n";
    let (config, _folder) = load(&calendar(both), CONFIG);
    let warnings: Vec<String> = config.unwrap().warnings.iter().map(ToString::to_string).collect();
    assert!(
        warnings.iter().any(|warning| warning.contains("time of day") && warning.contains("line 3")),
        "{warnings:?}"
    );
    assert_eq!(days(&calendar(both)), ["2026-12-26"]);
    assert!(refused(&event("DTSTART:20261225T140000Z")).contains("holds no whole-day event"));
}

#[test]
fn a_file_that_is_wrong_is_told_with_its_line() {
    let begins = |ics: &str, start: &str, word: &str| {
        let said = refused(ics);
        assert!(said.starts_with(start) && said.contains(word) && said.lines().count() == 1, "{start:?}: {said}");
    };
    begins("<html>", "off.ics:1:1: ", "has no colon");
    begins("", "off.ics:1:1: ", "is empty");
    begins("BEGIN:VEVENT\nEND:VEVENT\n", "off.ics:1:1: ", "BEGIN:VCALENDAR");
    begins("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261225\n", "off.ics:2:1: ", "\"VEVENT\", which never ends");
    begins("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VTODO\n", "off.ics:3:1: ", "VEVENT of line 2");
    begins(&"BEGIN:VCALENDAR\nEND:VCALENDAR\n".repeat(2), "off.ics:3:1: ", "is not one iCalendar calendar");
    begins(&event("LOCATION:Here"), "off.ics:3:1: the event \"Closed\" ", "has no DTSTART");
    begins(&event("DTSTART;VALUE=DATE:20261325"), "off.ics:3:1: the event \"Closed\" ", "such as 20261225");
    begins(&event("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261224"), "off.ics:3:1: ", "ends before it begins");
    begins(&event("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=HOURLY"), "off.ics:3:1: ", "within a day");
    begins(&event("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=SOMETIMES"), "off.ics:3:1: ", "is not to be understood");
    begins(&"BEGIN:VCALENDAR\n".repeat(60_000), "off.ics:9:1: ", "more than 8");
}

#[test]
fn every_problem_of_the_configuration_and_the_file_is_said_at_once() {
    let config = CONFIG.replace("cloud-gov", "cloud-guv");
    let said = load(&event("LOCATION:Here"), &config).0.expect_err("both are wrong");
    assert!(said.contains("nearest: cloud-gov") && said.contains("has no DTSTART"), "{said}");
}

#[test]
fn a_file_that_two_projects_name_is_complained_of_once() {
    let second = CONFIG.split("[[project]]").nth(1).unwrap().replace("acme/incidents", "acme/others");
    let said = load(&event("LOCATION:Here"), &format!("{CONFIG}[[project]]{second}")).0.expect_err("it is wrong");
    assert_eq!(said.matches("has no DTSTART").count(), 1, "{said}");
}

#[test]
fn a_file_of_endless_repetitions_is_refused_in_bounded_time() {
    let daily = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:19700101\nRRULE:FREQ=DAILY\nEND:VEVENT\n";
    let said = refused(&calendar(&daily.repeat(4)));
    assert!(said.contains("off.ics:11:1: ") && said.contains("makes more than 100000 days off"), "{said}");
    let many = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY\nEND:VEVENT\n".repeat(501);
    assert!(refused(&calendar(&many)).contains("off.ics: repeats more than 500 events"));
    let never = event("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30");
    assert_eq!(days(&never), ["2026-01-01"]);
}

#[test]
fn mutated_files_are_read_or_refused_with_a_line_but_never_panic() {
    let seed = seed();
    println!("seed {seed}; set HOTWASH_SEED to it to see the same again");
    let mut dice = Dice::new(seed);
    let good = calendar(
        "BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20260103\nRRULE:FREQ=YEARLY;COUNT=3\n\
         EXDATE;VALUE=DATE:20270101\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20280101\nDTSTART:20280102\nEND:VEVENT\n",
    );
    let junk = [
        "",
        ":",
        ";",
        "T",
        "9",
        "0",
        "-",
        "\n ",
        "\r\n",
        "=",
        "COUNT=0;",
        "INTERVAL=0;",
        "FREQ=WEEKLY;",
        "BYSETPOS=-1;",
        "BYDAY=53MO,-53SU;",
        "BYYEARDAY=366;",
        "UNTIL=2026;",
        "99999999",
        "BEGIN:VEVENT\r\n",
        "END:VEVENT\r\n",
        "\u{e4}",
    ];
    let mut refusals = 0;
    for _ in 0..200 {
        let mut letters: Vec<char> = good.chars().collect();
        for _ in 0..dice.within(1..4) {
            let at = usize::try_from(dice.within(0..i64::try_from(letters.len()).unwrap())).unwrap();
            letters.splice(at..(at + 1).min(letters.len()), dice.pick(&junk).chars());
        }
        let mutant: String = letters.into_iter().collect();
        if let Err(said) = load(&mutant, CONFIG).0 {
            refusals += 1;
            let placed = said.lines().all(|line| line.starts_with("off.ics:") || line.starts_with("hotwash.toml:8:"));
            assert!(placed, "a problem without a place (seed {seed}): {said}\n{mutant}");
        }
    }
    assert!(refusals > 40, "only {refusals} of 200 mutants were refused (seed {seed})");
}

#[test]
fn business_time_and_business_schedules_pass_over_the_days_of_the_file() {
    let (config, _folder) = load(&event("DTSTART;VALUE=DATE:20261117\nDTEND;VALUE=DATE:20261119"), CONFIG);
    let business: BusinessHours = config.unwrap().projects[0].business.clone();
    let mut story = medium();
    story.project.business = business.clone();
    let story = given(story.opened("09:00").comment(bob(), "09:01").sitrep("15:00")).at("16:00").reminds("sitrep");
    story.running_until("Wed 23:59").stays_silent().at("Thu 10:00").reminds("sitrep");
    let monday = NaiveDate::from_ymd_opt(2026, 11, 16).unwrap().and_hms_opt(16, 0, 0).unwrap().and_utc();
    let due = business.add(monday, Duration::hours(2), chrono_tz::Tz::UTC).unwrap();
    assert_eq!(due.to_rfc3339(), "2026-11-19T10:00:00+00:00");
}
