//! Commands that need little: an issue by its web address, the record and its copy without secrets, answers for programs.

use serde_json::Value;

use super::{Desk, Done, GOOD, PATIENCE, done};
use crate::support::bot::hotwash;

#[test]
fn an_issue_can_be_named_as_the_browser_shows_it() {
    let desk = Desk::new(GOOD);
    let hub = "https://github.example/Acme/incidents/issues/7";
    for address in [hub, &format!("{hub}#issuecomment-12"), &format!("{hub}?notification=1"), &format!("{hub}/")] {
        desk.refuses(&["plan", address], 3, &["reading github:acme/incidents#7"]);
    }
    desk.refuses(&["why", hub, "acknowledge"], 3, &["reading github:acme/incidents#7"]);
    for address in ["https://github.example/acme/other/issues/7", "https://github.example/acme/incidents/x/issues/7"] {
        desk.refuses(&["plan", address], 2, &["is in no configured project", "web address"]);
    }
    for address in
        ["https://github.example/acme/incidents/pull/7", "https://github.example", "https://github.example/issues/7"]
    {
        desk.refuses(&["plan", address], 2, &["is not the web address of an issue"]);
    }
    // A forge elsewhere is known by its host, so that no other forge's issue is taken for one of ours.
    let real = Desk::new(&GOOD.replace("http://127.0.0.1:9", "https://api.github.com"));
    real.refuses(&["plan", hub], 2, &["is in no configured project"]);
}

#[test]
fn a_gitlab_address_is_understood_in_every_form() {
    let lab = "[[gitlab]]\nurl = \"http://127.0.0.1:9\"\nwebhook_secret = { env = \"HOTWASH_GITHUB_SECRET\" }\n\
        token = { env = \"GITHUB_TOKEN\" }\n[[project]]\nforge = \"gitlab\"\npath = \"acme/sec/incidents\"\nprocess = \"cloud-gov\"\n";
    let desk = Desk::new(&format!("{GOOD}{lab}"));
    let page = "https://gitlab.example/acme/sec/incidents/-";
    for end in ["issues/7", "work_items/7", "issues/incident/7", "issues/7#note_3"] {
        // The first request looks the project up.
        desk.refuses(&["plan", &format!("{page}/{end}")], 3, &["could not reach the forge", "acme/sec/incidents"]);
    }
}

#[tokio::test]
async fn the_record_and_its_copy_need_no_secrets() {
    let desk = Desk::new(GOOD);
    desk.records(&[7, 8]).await;
    let bare = |args: &[&str]| {
        done(hotwash(desk.path()).env_remove("HOTWASH_GITHUB_SECRET").env_remove("GITHUB_TOKEN").args(args))
    };
    assert_eq!(bare(&["plan", "7"]).code, Some(2), "the secrets are gone");
    let whole = bare(&["journal", "verify"]);
    assert_eq!((whole.code, whole.out.lines().count()), (Some(0), 2), "{whole:?}");
    for issue in ["7", "acme/incidents#7", "github:acme/incidents#7"] {
        let one = bare(&["journal", "export", issue]);
        assert_eq!((one.code, one.out.lines().count()), (Some(0), 3), "{issue}: {one:?}");
    }
    let unknown = bare(&["journal", "verify", "9"]);
    assert!(unknown.code == Some(1) && unknown.err.contains("holds nothing about it"), "{unknown:?}");
    let copy = bare(&["db", "backup", "copy.db"]);
    assert_eq!((copy.code, copy.out.as_str()), (Some(0), "backed up to copy.db\n"), "{copy:?}");
    let migrated = bare(&["db", "migrate"]);
    assert!(migrated.code == Some(0) && migrated.out.contains("the newest schema already"), "{migrated:?}");
}

#[tokio::test]
async fn a_database_is_brought_to_the_newest_schema_and_none_is_made() {
    let desk = Desk::new(GOOD);
    desk.refuses(&["db", "migrate"], 2, &["there is no database", "hotwash.db"]);
    assert!(!desk.path().join("hotwash.db").exists());
    // A file that holds nothing yet.
    desk.file("hotwash.db", "");
    let done = desk.succeeds(&["db", "migrate"]);
    assert!(done.out.contains("went from schema version 0 to "), "{}", done.out);
    assert!(desk.succeeds(&["db", "migrate"]).out.contains("already"));
    let (mut server, _) = desk.serves();
    desk.refuses(&["db", "migrate"], 3, &["in use by another process"]);
    assert_eq!(server.stop(PATIENCE), Some(0));
}

#[tokio::test]
async fn a_record_is_verified_where_nothing_can_be_written() {
    let desk = Desk::new(GOOD);
    desk.records(&[7]).await;
    for name in ["hotwash.db-wal", "hotwash.db-shm", "hotwash.db.lock"] {
        let _ = std::fs::remove_file(desk.path().join(name));
    }
    // Administrators may write anywhere, so what stands in the way of SQLite's book is a name that leads nowhere.
    std::os::unix::fs::symlink("/nowhere/at/all", desk.path().join("hotwash.db-shm")).unwrap();
    let whole = desk.succeeds(&["journal", "verify"]).out;
    assert!(whole.contains("#7: 3 entries, whole"), "{whole}");
    // What waits beside the file cannot be read without the book, and is not passed over.
    desk.file("hotwash.db-wal", "something that waits");
    let refused = desk.runs(&["journal", "verify"]);
    assert_eq!((refused.code, refused.out.as_str()), (Some(3), ""), "{refused:?}");
}

#[test]
fn what_is_known_of_processes_is_told_to_programs_as_well() {
    let desk = Desk::new("this is not even read");
    let read = |done: &Done| serde_json::from_str::<Value>(&done.out).unwrap();
    let list = read(&desk.succeeds(&["process", "list", "--json"]));
    assert!(list["processes"].as_array().unwrap().contains(&"cloud-gov".into()), "{list}");
    let shown = desk.succeeds(&["process", "show", "cloud-gov"]).out;
    desk.file("own.toml", &shown.replacen("cron = \"0 0 10 * * Mon-Fri *\"", "cron = \"0 0 10 * * Sun *\"", 1));
    let good = read(&desk.succeeds(&["process", "check", "--json", "own.toml"]));
    assert_eq!((&good["process"]["name"], &good["problems"]), (&"cloud-gov".into(), &serde_json::json!([])));
    assert!(good["warnings"][0].as_str().unwrap().contains("never comes due"), "{good}");
    desk.file("bad.toml", &shown.replacen("rank = 0", "rank = 4", 1).replacen("name = ", "nmae = ", 1));
    let done = desk.runs(&["process", "check", "--json", "bad.toml"]);
    assert_eq!(done.code, Some(1), "{done:?}");
    let bad = read(&done);
    assert_eq!(bad["process"], Value::Null);
    let lines: Vec<u64> = bad["problems"].as_array().unwrap().iter().map(|it| it["line"].as_u64().unwrap()).collect();
    assert!(lines.len() >= 2 && lines.iter().all(|line| *line > 0), "{bad}");
    assert!(done.err.lines().count() >= 2, "and to people: {}", done.err);
}
