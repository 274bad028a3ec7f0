//! Which configuration is meant, and where none is.

use super::{Desk, GOOD, done};
use crate::support::bot::hotwash;

#[test]
fn an_empty_variable_names_no_configuration() {
    let desk = Desk::new(GOOD);
    let empty = |args: &[&str]| done(hotwash(desk.path()).env("HOTWASH_CONFIG", "").args(args));
    assert_eq!(empty(&["process", "list"]).code, Some(0));
    let record = empty(&["journal", "verify"]);
    assert!(record.code == Some(2) && record.err.contains("there is no database hotwash.db"), "{record:?}");
    std::fs::rename(desk.path().join("hotwash.toml"), desk.path().join("other.toml")).unwrap();
    let absent = empty(&["journal", "verify"]);
    assert!(absent.code == Some(2) && absent.err.contains("hotwash.toml: cannot be read"), "{absent:?}");
    let named = empty(&["journal", "verify", "--config", "other.toml"]);
    assert!(named.err.contains("there is no database hotwash.db"), "{named:?}");
    // What the command line says goes before the variable.
    let before = done(hotwash(desk.path()).args(["--config", "other.toml", "journal", "verify"]));
    assert!(before.err.contains("there is no database hotwash.db"), "{before:?}");
}

#[test]
fn the_help_speaks_of_a_configuration_where_one_is_read() {
    let desk = Desk::new(GOOD);
    let help = |args: &[&str]| desk.succeeds(&[args, &["--help"]].concat()).out;
    for args in [&[][..], &["serve"], &["journal", "verify"], &["probe"]] {
        let said = help(args);
        assert!(said.contains("--config <FILE>") && said.contains("[env: HOTWASH_CONFIG]"), "{args:?}: {said}");
        assert!(said.contains("[default: hotwash.toml]"), "{args:?}: {said}");
    }
    for args in [&["drill"][..], &["process"], &["process", "list"], &["process", "check"]] {
        let said = help(args);
        assert!(!said.contains("--config"), "{args:?}: {said}");
    }
}

#[test]
fn a_probe_without_a_configuration_says_how_to_name_the_server() {
    let desk = Desk::new("");
    std::fs::remove_file(desk.path().join("hotwash.toml")).unwrap();
    // Whether or not somebody else listens at the usual place, it is not this program.
    let done = done(hotwash(desk.path()).env("HOTWASH_CONFIG", "").arg("probe"));
    assert_eq!(done.code, Some(3), "{done:?}");
    for words in ["http://127.0.0.1:8080/readyz", "there is no hotwash.toml here", "--config FILE", "--url URL"] {
        assert!(done.err.contains(words), "{words:?}: {}", done.err);
    }
}
