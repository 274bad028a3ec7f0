//! The files of a drill: its script, its log, and what the terminal makes of it.

use std::fs;

use tempfile::TempDir;

use super::{
    scripts::GOOD,
    stories::{plays, run, with},
};
use crate::support::bot::hotwash;

#[test]
fn the_log_goes_into_its_file_and_holds_nothing_from_the_thread() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("drill.toml"), GOOD.replace("Odd logins", "Xylophone thieves")).unwrap();
    let told = run(hotwash(folder.path()).args(["drill", "--script", "drill.toml", "--log", "drill.log"])).holds();
    assert_eq!(told.err, "the log goes to drill.log\n");
    let log = fs::read_to_string(folder.path().join("drill.log")).unwrap();
    assert!(log.contains("reconcile") || log.contains("sweep"), "{log}");
    assert!(!log.contains("Xylophone"), "{log}");
}

#[test]
fn the_log_never_takes_the_scripts_place() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("story.toml");
    fs::write(&script, GOOD).unwrap();
    let ran =
        hotwash(folder.path()).args(["drill", "--script"]).arg(&script).arg("--log").arg(&script).output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("is the script"), "{ran:?}");
    assert_eq!(fs::read_to_string(&script).unwrap(), GOOD);
}

/// `hotwash drill` with a script and a log of these names; the exit code and what it complains of.
fn logs(folder: &TempDir, log: &str) -> (Option<i32>, String) {
    fs::write(folder.path().join("drill.toml"), GOOD).unwrap();
    let ran = run(hotwash(folder.path()).args(["drill", "--headless", "--script", "drill.toml", "--log", log]));
    (ran.code, ran.err)
}

#[test]
fn the_log_takes_the_place_of_an_earlier_log_and_of_nothing_else() {
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("drill.log");
    for precious in ["precious", "# the log of a hotwash drill", "\n", "\u{0}"] {
        fs::write(&log, precious).unwrap();
        let (code, err) = logs(&folder, "drill.log");
        let why =
            "drill.log: is there already and is no log of a drill; name another file after --log, or remove this one";
        assert_eq!((code, err.trim_end()), (Some(2), why));
        assert_eq!(fs::read_to_string(&log).unwrap(), precious, "it is left as it was");
    }
    fs::write(&log, "").unwrap();
    for _ in 0..2 {
        assert_eq!(logs(&folder, "drill.log"), (Some(0), "the log goes to drill.log\n".to_owned()));
        let text = fs::read_to_string(&log).unwrap();
        assert_eq!(text.matches("# the log of a hotwash drill").count(), 1, "begun anew:\n{text}");
    }
    assert_eq!(logs(&folder, "/dev/null").0, Some(0), "what is no file keeps nothing");
    let (code, err) = logs(&folder, "nowhere/drill.log");
    assert!(code == Some(2) && err.starts_with("nowhere/drill.log: cannot be written: "), "{err}");
}

#[test]
fn a_script_that_is_too_long_is_refused_with_the_limit() {
    let refused = |script: &str| {
        let told = plays(script, &["--headless"]);
        assert_eq!((told.code, told.out.as_str()), (Some(2), ""), "{}", told.err);
        told.err
    };
    let step = "[[step]]\nafter = \"1s\"\nby = \"bob\"\ncomment = \"x\"\n";
    let err = refused(&with(&step.repeat(1_999)));
    assert_eq!(err, "drill.toml: has 2001 steps, and 2000 are the most; tell it in several scripts\n");
    let err = refused(&format!("{GOOD}# {}\n", "x".repeat(1024 * 1024)));
    assert_eq!(err, "drill.toml: is larger than 1 MiB, the most that a script may have; tell it in several scripts\n");
    // One that never ends is not read to its end.
    let folder = TempDir::new().unwrap();
    let told = run(hotwash(folder.path()).args(["drill", "--headless", "--script", "/dev/zero"]));
    assert!(told.code == Some(2) && told.err.contains("larger than 1 MiB"), "{}", told.err);
}

#[test]
fn colours_are_for_those_who_want_them_and_can_show_them() {
    let wants = |set: &[(&str, &str)]| {
        let env = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        hotwash::config::wants_colours(&env)
    };
    assert!(wants(&[]) && wants(&[("TERM", "xterm-256color")]) && wants(&[("NO_COLOR", "")]));
    for off in [&[("TERM", "dumb")][..], &[("NO_COLOR", "1")], &[("NO_COLOR", "0"), ("TERM", "xterm")]] {
        assert!(!wants(off), "{off:?}");
    }
}
