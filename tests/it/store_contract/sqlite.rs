//! What only a file can do wrong: be taken, damaged, too new, not ours, readable by others.

use std::{
    fs::{self, File},
    io::{Seek as _, SeekFrom, Write as _},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    task::{Context, Waker},
};

use hotwash::store::{
    Store as _, chain,
    sqlite::{SqliteReader, SqliteStore, backup, trust_version},
};
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;

struct Folder(TempDir);

#[async_trait]
impl Backend for Folder {
    async fn open(&self) -> SharedStore {
        Arc::new(self.sqlite())
    }
}

pub(super) fn fresh() -> impl Backend {
    folder()
}

fn folder() -> Folder {
    Folder(tempfile::tempdir().unwrap())
}

impl Folder {
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn database(&self) -> PathBuf {
        self.path("hotwash.db")
    }

    fn sqlite(&self) -> SqliteStore {
        SqliteStore::open(&self.database()).unwrap()
    }

    /// Another program's connection to the file.
    fn shell(&self) -> Connection {
        Connection::open(self.database()).unwrap()
    }
}

fn refused(path: &Path) -> StoreError {
    SqliteStore::open(path).err().expect("the file is refused")
}

#[tokio::test]
async fn a_second_process_is_refused_at_once() {
    let folder = folder();
    let first = folder.sqlite();
    assert!(matches!(refused(&folder.database()), StoreError::InUse { path } if path.ends_with("hotwash.db")));
    symlink(folder.database(), folder.path("alias.db")).unwrap();
    assert!(matches!(refused(&folder.path("alias.db")), StoreError::InUse { .. }), "by another name");
    first.probe().await.unwrap();
    drop(first);
    folder.sqlite().probe().await.unwrap();
}

#[tokio::test]
async fn a_crash_loses_nothing_and_frees_what_was_held() {
    let (before, after) = (folder(), folder());
    let store: SharedStore = before.open().await;
    accept(&store, delivery("a")).await;
    let claim = claim_one(&store, "09:00").await;
    store.record(&claim, vec![opened("09:00")], vec![effect("board", EffectState::Sending)]).await.unwrap();
    accept(&store, delivery("b")).await;
    for name in ["hotwash.db", "hotwash.db-wal"] {
        fs::copy(before.path(name), after.path(name)).unwrap();
    }
    let store: SharedStore = after.open().await;
    assert_eq!(chain::verify(&store.journal(&issue(7)).await.unwrap()).map(|head| head.len()), Ok(64));
    assert_eq!(store.ledger(&issue(7)).await.unwrap()["board"].state, EffectState::Sending);
    is_lost(store.finish(&claim, None).await);
    let again = claim_one(&store, "09:00").await;
    assert!(again.token > claim.token);
    assert_eq!(again.hints, ["hint of a", "hint of b"]);
    repeat(&store, delivery("b")).await;
}

#[tokio::test]
async fn a_clean_end_leaves_one_file() {
    let folder = folder();
    let store: SharedStore = folder.open().await;
    accept(&store, delivery("a")).await;
    assert!(folder.path("hotwash.db-wal").exists());
    drop(store);
    assert!(!folder.path("hotwash.db-wal").exists(), "everything is in the database");
}

#[test]
fn only_a_trustworthy_sqlite_will_do() {
    for trusted in ["3.51.3", "3.52.0", "3.100.0", "4.0.0", rusqlite::version()] {
        assert!(trust_version(trusted).is_ok(), "{trusted}");
    }
    for old in ["3.51.2", "3.50.9", "3.9.0", "3.51", "2.99.99", "", "unknown"] {
        assert!(matches!(trust_version(old), Err(StoreError::TooOld { found }) if found == old), "{old}");
    }
}

#[tokio::test]
async fn a_newer_schema_is_left_alone() {
    let folder = folder();
    drop(folder.sqlite());
    folder.shell().pragma_update(None, "user_version", 2).unwrap();
    let said = refused(&folder.database()).to_string();
    assert!(said.contains("schema version 2") && said.contains("hotwash.db"), "{said}");
    let left: i64 = folder.shell().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(left, 2);
}

#[test]
fn a_file_that_is_not_ours_is_left_alone() {
    let folder = folder();
    folder.shell().execute_batch("CREATE TABLE theirs (a)").unwrap();
    let said = refused(&folder.database()).to_string();
    assert!(said.contains("another program"), "{said}");
    fs::write(folder.path("notes.txt"), "not a database at all, but long enough to have a header of some kind")
        .unwrap();
    assert!(matches!(refused(&folder.path("notes.txt")), StoreError::Corrupt { .. }));
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = folder();
    let missing = folder.path("nowhere/hotwash.db");
    for path in [missing.as_path(), Path::new("/proc/self/hotwash.db"), Path::new("/dev/null/hotwash.db")] {
        let error = refused(path);
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        assert!(error.to_string().contains("hotwash.db"), "{error}");
    }
}

#[tokio::test]
async fn only_the_owner_can_read() {
    let folder = folder();
    let store = folder.sqlite();
    store.probe().await.unwrap();
    store.backup_to(&folder.path("copy.db")).await.unwrap();
    for name in ["hotwash.db", "hotwash.db-wal", "hotwash.db.lock", "copy.db"] {
        let mode = fs::metadata(folder.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name} has mode {mode:o}");
    }
}

#[test]
fn a_file_is_what_it_says_it_is() {
    let folder = folder();
    drop(folder.sqlite());
    let setting = |name| folder.shell().pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(setting("page_size"), 8_192);
    assert_eq!(setting("application_id").to_be_bytes()[4..], *b"HtWs");
    assert_eq!(setting("user_version"), 1);
    let mode: String = folder.shell().pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn one_failing_write_takes_nobody_with_it() {
    let folder = folder();
    let store: SharedStore = folder.open().await;
    folder
        .shell()
        .execute_batch(
            "CREATE TRIGGER bad BEFORE INSERT ON body WHEN length(new.lz4) > 1000
             BEGIN SELECT RAISE(ABORT, 'refused'); END",
        )
        .unwrap();
    let noise: Vec<u8> = (0..2_000_u32).flat_map(|n| Sha256::digest(n.to_be_bytes())).collect();
    let heavy = Delivery { body: noise.into(), issue: Some(issue(8)), ..delivery("heavy") };
    let (light, refused, other) =
        tokio::join!(store.accept(delivery("a")), store.accept(heavy.clone()), store.accept(delivery("b")));
    assert_eq!((light.unwrap(), other.unwrap()), (Accepted::New, Accepted::New));
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    assert_eq!(store.counts().await.unwrap().scheduled, 1, "the refused one's issue is not marked either");
    folder.shell().execute_batch("DROP TRIGGER bad").unwrap();
    accept(&store, heavy).await;
}

#[tokio::test]
async fn a_lost_transaction_acknowledges_nothing_and_the_store_heals() {
    let folder = folder();
    let store: SharedStore = folder.open().await;
    // What a full disk does: the whole transaction is gone, not only the statement.
    let full = "CREATE TRIGGER full BEFORE INSERT ON body BEGIN SELECT RAISE(ROLLBACK, 'no room'); END";
    folder.shell().execute_batch(full).unwrap();
    let (one, other) = tokio::join!(store.accept(delivery("a")), store.accept(delivery("b")));
    for outcome in [one, other] {
        let error = outcome.expect_err("nothing is acknowledged");
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains("no room"), "the cause is told: {source}");
        assert!(!error.to_string().contains("content of"), "{error}");
    }
    assert_eq!(waiting(&store).await, (0, 0));
    folder.shell().execute_batch("DROP TRIGGER full").unwrap();
    accept(&store, delivery("a")).await;
    accept(&store, delivery("b")).await;
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_all_or_nothing() {
    let folder = folder();
    let store: SharedStore = folder.open().await;
    for n in 0..50 {
        let mut call = store.accept(delivery(&n.to_string()));
        // Asked once, then dropped: as a server drops a handler whose client hung up.
        let _ = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    store.probe().await.unwrap();
    for n in 0..50 {
        store.accept(delivery(&n.to_string())).await.unwrap();
    }
    assert_eq!((waiting(&store).await, claim_one(&store, "09:00").await.hints.len()), ((50, 0), 50));
}

#[tokio::test]
async fn damage_is_noticed_behind_the_start() {
    let folder = folder();
    let store: SharedStore = folder.open().await;
    store.set_value("a", "b").await.unwrap();
    drop(store);
    let page: u64 = folder
        .shell()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'named_value'", [], |row| row.get::<_, i64>(0))
        .unwrap()
        .cast_unsigned();
    let mut file = File::options().write(true).open(folder.database()).unwrap();
    file.seek(SeekFrom::Start((page - 1) * 8_192)).unwrap();
    file.write_all(&[0xA5; 8_192]).unwrap();
    let store = folder.sqlite();
    // The check runs beside the calls; none of these touches the damaged page.
    let mut noticed = None;
    for _ in 0..100_000 {
        noticed = store.counts().await.err();
        if noticed.is_some() {
            break;
        }
    }
    let said = noticed.expect("the damage is noticed").to_string();
    assert!(said.contains("damaged") && said.contains("backup"), "{said}");
    assert!(matches!(store.accept(delivery("a")).await, Err(StoreError::Corrupt { .. })), "nothing is acknowledged");
    assert!(store.probe().await.is_err());
}

#[tokio::test]
async fn a_backup_is_a_whole_database() {
    let folder = folder();
    let store = folder.sqlite();
    store.accept(delivery("a")).await.unwrap();
    let claim = store.claim(at("09:00"), 1, minutes(10)).await.unwrap().remove(0);
    store.record(&claim, vec![opened("09:00")], vec![]).await.unwrap();
    let copy = folder.path("copy.db");
    store.backup_to(&copy).await.unwrap();
    let copied = SqliteStore::open(&copy).unwrap();
    assert_eq!(copied.journal(&issue(7)).await.unwrap(), store.journal(&issue(7)).await.unwrap());
    assert_eq!(copied.accept(delivery("a")).await.unwrap(), Accepted::Duplicate);
    let refused = store.backup_to(&copy).await.expect_err("nothing is overwritten").to_string();
    assert!(refused.contains("copy.db"), "{refused}");
    backup(&folder.database(), &folder.path("other.db")).unwrap();
    assert!(backup(&folder.path("absent.db"), &folder.path("none.db")).is_err());
    assert!(!folder.path("none.db").exists());
}

#[test]
fn the_journal_cannot_be_rewritten_by_a_plain_statement() {
    let folder = folder();
    let store = folder.sqlite();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        store.accept(delivery("a")).await.unwrap();
        let claim = store.claim(at("09:00"), 1, minutes(10)).await.unwrap().remove(0);
        store.record(&claim, vec![opened("09:00")], vec![]).await.unwrap();
    });
    for change in ["UPDATE journal SET json = '{}'", "DELETE FROM journal"] {
        let said = folder.shell().execute(change, []).expect_err(change).to_string();
        assert!(said.contains("append-only"), "{said}");
    }
}

#[test]
fn nothing_but_this_programs_database_is_backed_up() {
    let folder = tempfile::tempdir().unwrap();
    let (foreign, empty) = (folder.path().join("foreign.db"), folder.path().join("empty.db"));
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE users (name TEXT)").unwrap();
    fs::write(&empty, "").unwrap();
    for (from, words) in [(&foreign, "the database of another program"), (&empty, "holds no database yet")] {
        let to = folder.path().join("copy.db");
        let said = backup(from, &to).unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
        assert!(!to.exists(), "no file is left that looks like a backup");
    }
    let said = SqliteReader::open(&foreign).err().expect("it is not ours to read").to_string();
    assert!(said.contains("the database of another program"), "{said}");
    assert!(SqliteReader::open(&empty).is_ok(), "nothing is in it yet");
}
