//! The record under somebody's hands: what was made unreadable or taken away is told, and the rest is still verified.

use hotwash::store::chain;
use serde_json::Value;

use super::{Desk, GOOD};

#[tokio::test]
async fn an_entry_that_is_no_event_is_told_and_the_rest_is_verified() {
    let desk = Desk::new(GOOD);
    desk.records(&[7, 8]).await;
    let first = desk.succeeds(&["journal", "export", "7"]).out;
    let before = serde_json::from_str::<Value>(first.lines().nth(1).unwrap()).unwrap();
    for (json, exported) in [("{\"secret\":1}", 6), ("hush", 5)] {
        // Whoever can write the file can make the hash fit, too.
        let hash = chain::link(before["hash"].as_str().unwrap(), json);
        let sql = format!("UPDATE journal SET json = '{json}', hash = '{hash}' WHERE seq = 3 AND issue = 1");
        desk.tampers(&sql);
        let done = desk.runs(&["journal", "verify"]);
        assert_eq!(done.code, Some(1), "{done:?}");
        let said =
            "github:acme/incidents#7: broken: the journal is broken at entry 3: it is no event that this program knows";
        assert!(done.err.starts_with(said) && done.err.lines().count() == 1, "{}", done.err);
        assert!(!done.err.contains("secret") && !done.err.contains("hush"), "{}", done.err);
        assert!(done.out.starts_with("github:acme/incidents#8: 3 entries, whole"), "{}", done.out);
        let done = desk.runs(&["journal", "export"]);
        assert_eq!((done.out.lines().count(), done.code), (exported, Some(i32::from(exported < 6))), "{done:?}");
        assert!(done.out.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{}", done.out);
    }
}

#[tokio::test]
async fn a_journal_that_was_wiped_is_not_taken_for_one_that_never_was() {
    let desk = Desk::new(GOOD);
    desk.records(&[7, 8]).await;
    let ledger = "INSERT INTO ledger (issue, key, state, attempts, absences) VALUES (1, 'board', 'done', 1, 0)";
    let project = "INSERT INTO issue (forge, project, number) VALUES ('github', 'acme/incidents', 0)";
    let review = "INSERT INTO ledger (issue, key, state, attempts, absences) SELECT id, 'review', 'done', 1, 0 FROM issue WHERE \
                  number = 0";
    for sql in [ledger, project, review] {
        desk.tampers(sql);
    }
    assert_eq!(desk.succeeds(&["journal", "verify"]).out.lines().count(), 2, "a project's agenda is in no journal");
    desk.tampers("DELETE FROM journal WHERE issue = 1 AND seq < 3");
    desk.tampers("DELETE FROM journal WHERE issue = 1");
    let lost = "github:acme/incidents#7: the journal holds nothing about it, although the ledger knows what was done";
    for what in ["verify", "export"] {
        let done = desk.runs(&["journal", what]);
        assert!(done.code == Some(1) && done.err.starts_with(lost), "{what}: {done:?}");
        assert!(!done.out.is_empty() && !done.out.contains("#7"), "the other is there: {done:?}");
        desk.refuses(&["journal", what, "7"], 1, &[lost]);
    }
    desk.tampers("DELETE FROM journal");
    let done = desk.refuses(&["journal", "verify"], 1, &[lost]);
    assert!(!done.err.contains("empty"), "{done:?}");
}
