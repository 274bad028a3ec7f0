//! When reminders go out: what can be written, and what could never come in its time.

use hotwash::{domain::process::RemindAt, process};

use super::language::OWN;

/// The process with these reminders on line 20.
fn reminded(list: &str) -> String {
    let source = "source = \"house rule\"\n[[duty.schedule]]";
    assert_eq!(OWN.matches(source).count(), 1);
    OWN.replacen(source, &format!("source = \"house rule\"\nremind = {list}\n[[duty.schedule]]"), 1)
}

#[test]
fn reminders_stand_at_fractions_of_the_way_or_so_long_before_or_after() {
    let own = process::read(&reminded("[50, \"15m before\", 100, \"30m after\", \"1h30m after\"]"), "own.toml");
    let own = own.map_err(|problems| format!("{problems:#?}")).unwrap();
    let minutes = chrono::Duration::minutes;
    let wanted = [
        RemindAt::Percent(50),
        RemindAt::Before(minutes(15)),
        RemindAt::DUE,
        RemindAt::After(minutes(30)),
        RemindAt::After(minutes(90)),
    ];
    assert_eq!(own.duty("tell").unwrap().remind, wanted);
}

#[test]
fn a_reminder_that_could_never_come_in_its_time_is_refused() {
    let refused = |text: &str, key: &str, words: &[&str]| {
        let all = process::read(text, "own.toml").expect_err("the reminders are wrong");
        assert!(all.len() == 1 && all[0].line == 20 && all[0].key == format!("duty[0].remind{key}"), "{all:#?}");
        let said = all[0].to_string();
        assert!(words.iter().all(|word| said.contains(word)), "{words:?} are not all in {said}");
    };
    refused(&reminded("[\"1h before\"]"), "[0]", &["\"1h before\" lies before the start", "runs 1 h (within 1 h)"]);
    refused(&reminded("[\"soon\"]"), "[0]", &["says no time for a reminder", "\"15m before\""]);
    refused(&reminded("[\"15 before\"]"), "[0]", &["says no time for a reminder"]);
    refused(&reminded("[\"30s before\"]"), "[0]", &["out of range", "1m to 366d"]);
    refused(&reminded("[100, \"5m before\"]"), "[1]", &["\"5m before\" does not grow"]);
    refused(&reminded("[\"5m before\", \"15m before\"]"), "[1]", &["does not grow"]);
    refused(&reminded("[\"5m after\", \"5m after\"]"), "[1]", &["does not grow"]);
    let again = |list: &str, due: &str| reminded(list).replacen("within = \"1h\"", due, 1);
    refused(&again("[\"1h after\"]", "every = \"1h\""), "[0]", &["when the next one is due already, 1 h later"]);
    let cron = "cron = \"0 0 10,16 * * Mon-Fri *\"";
    refused(&again("[\"6h before\"]", cron), "[0]", &["runs 6 h", "at 10:00 and 16:00, Monday to Friday"]);
    assert!(process::read(&again("[\"5h before\", \"5h after\"]", cron), "own.toml").is_ok());
}
