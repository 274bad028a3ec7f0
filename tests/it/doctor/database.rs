//! The database that is there but cannot be worked with, or should not be.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use hotwash::store::{
    Store as _,
    sqlite::{SqliteStore, obstacle},
};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::bot::{Settings, configure, hotwash};

/// What the doctor says of the configuration's own place: check, outcome, words, advice. No forge answers here.
fn local(folder: &Path) -> Vec<[String; 4]> {
    let output = hotwash(folder).args(["doctor", "--json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let word = |check: &Value, name: &str| check[name].as_str().unwrap().to_owned();
    let of = |check: &Value| ["check", "outcome", "says", "mend"].map(|name| word(check, name));
    report["checks"].as_array().unwrap().iter().map(of).filter(|[id, ..]| id == "store" || id == "exercise").collect()
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), "http://127.0.0.1:9", &Settings { speed: 60, sweep_every: "1h" });
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_database_of_an_exercise_is_told_with_the_flag_that_belongs_to_it() {
    let folder = folder();
    let store = SqliteStore::open(&folder.path().join("hotwash.db")).unwrap();
    drop(store);
    assert_eq!(local(folder.path()).len(), 1, "a database like any other");
    for (value, outcome, words) in [
        ("2026-11-20T10:00:00+00:00 60", "warning", "belongs to an exercise at --exercise-speed 60"),
        ("once", "error", "an exercise whose clock cannot be read"),
    ] {
        let store = SqliteStore::open(&folder.path().join("hotwash.db")).unwrap();
        store.set_value("exercise/epoch", value).await.unwrap();
        drop(store);
        let checks = local(folder.path());
        let [_, exercise] = checks.as_slice() else { panic!("{checks:?}") };
        assert!(exercise[0] == "exercise" && exercise[1] == outcome && exercise[2].contains(words), "{exercise:?}");
        assert!(format!("{exercise:?}").contains("a database of its own"), "{exercise:?}");
    }
}

#[test]
fn what_cannot_be_written_is_told_and_nothing_is_written_to_find_out() {
    let folder = folder();
    let database = folder.path().join("hotwash.db");
    drop(SqliteStore::open(&database).unwrap());
    let before = names(folder.path());
    assert_eq!((obstacle(&database), local(folder.path()).len()), (None, 1));
    assert_eq!(names(folder.path()), before, "nothing is left behind");
    // Not even the administrator of the machine can write a folder like a file.
    let lock = folder.path().join("hotwash.db.lock");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    let checks = local(folder.path());
    let [_, [id, outcome, says, mend]] = checks.as_slice() else { panic!("{checks:?}") };
    assert_eq!((id.as_str(), outcome.as_str()), ("store", "error"), "{checks:?}");
    assert!(says.contains("hotwash.db.lock cannot be written by this user (is a directory)"), "{says}");
    assert!(mend.contains("`serve` will not start"), "{mend}");
    assert!(SqliteStore::open(&database).is_err(), "it is true");
}

#[test]
fn a_folder_that_takes_no_files_is_told_to_whom_it_is_closed() {
    let folder = folder();
    for is_there in [false, true] {
        if is_there {
            drop(SqliteStore::open(&folder.path().join("hotwash.db")).unwrap());
        }
        fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).unwrap();
        // To the administrator of the machine no folder is closed.
        let is_closed = fs::write(folder.path().join("new"), "").is_err();
        let told = obstacle(&folder.path().join("hotwash.db"));
        assert_eq!(told.is_some(), is_closed, "{told:?}");
        let errors = local(folder.path()).iter().filter(|check| check[1] == "error").count();
        assert_eq!(errors, usize::from(is_closed), "as the doctor says");
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    }
}
