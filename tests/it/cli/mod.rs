//! The command line as people use it, mostly wrongly: what it prints where, and its exit codes.

mod broken;
mod little;
mod many;
mod named;
mod pasted;
mod record;

use std::{net::TcpListener, path::Path, process::Command, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use hotwash::{
    domain::{
        event::{Event, What},
        ids::IssueRef,
        people::Actor,
    },
    store::{Delivery, Store as _, chain, sqlite::SqliteStore},
};
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{
    bot::{BRIEF, hotwash},
    child::Process,
    settings::seed,
    stage::Stage,
    story::REPORT,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// A configuration whose forge is at a port where nobody listens.
const GOOD: &str = "[server]\nlisten = \"127.0.0.1:0\"\n[[github]]\napi_url = \"http://127.0.0.1:9\"\n\
    webhook_secret = { env = \"HOTWASH_GITHUB_SECRET\" }\ntoken = { env = \"GITHUB_TOKEN\" }\n[[project]]\n\
    forge = \"github\"\npath = \"acme/incidents\"\nprocess = \"cloud-gov\"\n";

struct Desk(TempDir);

/// What a command did.
#[derive(Debug)]
struct Done {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Desk {
    fn new(configuration: &str) -> Self {
        let desk = Self(TempDir::new().unwrap());
        desk.file("hotwash.toml", configuration);
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn runs(&self, args: &[&str]) -> Done {
        done(hotwash(self.path()).args(args))
    }

    /// It ends so, says all of these on the standard error, and nothing as a result.
    #[track_caller]
    fn refuses(&self, args: &[&str], code: i32, words: &[&str]) -> Done {
        let done = self.runs(args);
        assert_eq!((done.code, done.out.as_str()), (Some(code), ""), "{args:?}: {done:?}");
        for word in words {
            assert!(done.err.contains(word), "{args:?} does not say {word:?}: {}", done.err);
        }
        done
    }

    #[track_caller]
    fn succeeds(&self, args: &[&str]) -> Done {
        let done = self.runs(args);
        assert_eq!(done.code, Some(0), "{args:?}: {done:?}");
        done
    }

    /// The server, taking deliveries, and where.
    fn serves(&self) -> (Process, String) {
        let mut process = Process::start(hotwash(self.path()).arg("serve"));
        let address =
            process.wait_for("`listening on`", PATIENCE, |line| Some(line.strip_prefix("listening on ")?.to_owned()));
        (process, format!("http://{address}"))
    }

    /// A database that holds one entry for each event of these incidents.
    async fn records(&self, numbers: &[u64]) {
        let store = SqliteStore::open(&self.path().join("hotwash.db")).unwrap();
        for number in numbers {
            store.accept(delivery(*number)).await.unwrap();
            let claim = store.claim(now(), 1, TimeDelta::minutes(10)).await.unwrap().remove(0);
            let told = [What::Opened, What::Closed, What::Reopened];
            let events = told.map(|what| Event { at: now(), by: Actor::Bot, url: None, what });
            store.record(&claim, events.to_vec(), Vec::new()).await.unwrap();
            store.finish(&claim, None).await.unwrap();
        }
    }

    /// Somebody with a database shell, who also removes what guards against that.
    fn tampers(&self, sql: &str) {
        let shell = Connection::open(self.path().join("hotwash.db")).unwrap();
        shell
            .execute_batch("DROP TRIGGER IF EXISTS journal_is_not_edited; DROP TRIGGER IF EXISTS journal_is_not_cut;")
            .unwrap();
        assert!(shell.execute(sql, []).unwrap() > 0, "{sql}");
    }
}

fn done(command: &mut Command) -> Done {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn now() -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn delivery(number: u64) -> Delivery {
    let mut digest = [0; 16];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    Delivery {
        forge: "github".to_owned(),
        id: format!("delivery-{number}"),
        digest,
        event: "issues".to_owned(),
        received_at: now(),
        issue: Some(IssueRef::new("github", "acme/incidents", number)),
        hint: None,
        unreadable: false,
        body: Bytes::from_static(b"{}"),
    }
}

#[test]
fn without_a_configuration_every_command_that_needs_one_says_how_to_name_it() {
    let folder = TempDir::new().unwrap();
    for args in [&["serve"][..], &["plan", "1"], &["journal", "verify"], &["db", "backup", "copy.db"]] {
        let done = done(hotwash(folder.path()).args(args));
        assert_eq!((done.code, done.out.as_str()), (Some(2), ""), "{args:?}: {done:?}");
        assert!(
            done.err.contains("hotwash.toml: cannot be read") && done.err.contains("--config FILE"),
            "{}",
            done.err
        );
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn a_bad_configuration_is_told_all_at_once_and_nothing_starts() {
    let bad = GOOD.replace("127.0.0.1:0", "anywhere").replace("cloud-gov", "cloudgov") + "timezone = \"Mars\"\n";
    let desk = Desk::new(&bad);
    let words = [
        "hotwash.toml:2:1: server.listen",
        "hotwash.toml:10:1: project[0].process",
        "nearest: cloud-gov",
        "hotwash.toml:11:1: project[0].timezone",
    ];
    for args in [&["serve"][..], &["plan", "1"], &["why", "1", "sitrep"], &["doctor"]] {
        let done = desk.refuses(args, 2, &words);
        assert_eq!(done.err.lines().count(), 3, "{}", done.err);
    }
    assert!(!desk.path().join("hotwash.db").exists());
}

#[test]
fn what_this_version_cannot_do_yet_is_refused_by_name() {
    let postgres = Desk::new(&format!("{GOOD}[store]\nurl = \"postgres://hotwash:hunter2@db/hotwash\"\n"));
    let done = postgres.refuses(&["serve"], 2, &["hotwash.toml:12:1: store.url", "PostgreSQL", "sqlite:PATH"]);
    assert!(!done.err.contains("hunter2"), "{}", done.err);
}

#[test]
fn a_command_line_that_cannot_be_meant_is_a_usage_error() {
    let desk = Desk::new(GOOD);
    for args in [&[][..], &["frobnicate"], &["plan"], &["process", "show"], &["db", "backup"], &["journal"]] {
        desk.refuses(args, 2, &["Usage: hotwash"]);
    }
    for speed in ["0", "-1", "100001", "fast"] {
        desk.refuses(&["serve", &format!("--exercise-speed={speed}")], 2, &["--exercise-speed <N>", speed]);
    }
    assert!(!desk.path().join("hotwash.db").exists());
}

#[test]
fn an_issue_must_be_named_so_that_it_can_be_found() {
    let desk = Desk::new(GOOD);
    let forms = "name it as 12 (with one project), acme/incidents#12, github:acme/incidents#12, or by its web address";
    let unnumbered = [
        "",
        "x",
        "#",
        "12#",
        "-3",
        "0",
        "1.5",
        "acme/incidents",
        "acme/incidents#0",
        "acme/incidents#99999999999999999999",
    ];
    for issue in unnumbered {
        desk.refuses(&["plan", "--", issue], 2, &[&format!("{issue:?} has no issue number"), forms]);
    }
    for issue in ["acme/other#1", "gitlab:acme/incidents#1", "incidents#1"] {
        let says = format!("{issue:?} is in no configured project; there are github:acme/incidents; {forms}");
        desk.refuses(&["plan", issue], 2, &[&says]);
        desk.refuses(&["why", issue, "sitrep"], 2, &[&says]);
        desk.refuses(&["journal", "verify", issue], 2, &[&says]);
    }
    let second = "[[project]]\nforge = \"github\"\npath = \"acme/other\"\nprocess = \"cloud-gov\"\n";
    let two = Desk::new(&format!("{GOOD}{second}"));
    two.refuses(
        &["plan", "1"],
        2,
        &["\"1\" fits several configured projects; there are github:acme/incidents, github:acme/other; ", forms],
    );
}

#[test]
fn without_a_network_a_plan_says_what_it_could_not_reach() {
    let desk = Desk::new(GOOD);
    for issue in ["1", "acme/incidents#1", "ACME/Incidents#1", "github:acme/incidents#1"] {
        let words = ["could not reach the forge for reading github:acme/incidents#1", "refused"];
        desk.refuses(&["plan", issue], 3, &words);
    }
    assert!(!desk.path().join("hotwash.db").exists(), "looking makes no database");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_plan_is_made_beside_a_running_server_and_without_any_database() {
    let stage = Stage::set(&BRIEF, seed()).await;
    let issue = stage.reporter.files("Strange logins", REPORT, &["incident"]);
    let other = stage.reporter.files("A feature", "Nothing happened.", &[]);
    stage.until("board", issue, |it| it.of_kind("board").pop()).await;
    let before = stage.calm(issue).await;
    let plan = |args: &[&str]| done(hotwash(stage.folder()).arg("plan").args(args));

    let beside = plan(&[&issue.to_string()]);
    assert_eq!(beside.code, Some(0), "{beside:?}");
    assert!(!beside.out.contains("labels:") && !beside.out.contains("(board)"), "all of it is done: {}", beside.out);
    let no_incident = plan(&[&other.to_string()]);
    assert!(no_incident.code == Some(0) && no_incident.out.contains("is not an incident"), "{no_incident:?}");
    for told in [
        plan(&["--json", &other.to_string()]),
        done(hotwash(stage.folder()).args(["why", "--json", &other.to_string(), "sitrep"])),
    ] {
        let read: Value = serde_json::from_str(&told.out).unwrap_or_else(|error| panic!("{error}: {told:?}"));
        let named = format!("github:acme/incidents#{other}");
        assert_eq!((&read["incident"], &read["issue"]), (&false.into(), &named.into()), "{told:?}");
    }
    let nowhere = plan(&["4711"]);
    assert_eq!((nowhere.code, nowhere.out.as_str()), (Some(3), ""), "{nowhere:?}");
    assert!(nowhere.err.contains("github:acme/incidents#4711 is gone or hidden"), "{}", nowhere.err);

    let why = |args: &[&str]| done(hotwash(stage.folder()).arg("why").arg(issue.to_string()).args(args));
    let told = why(&["acknowledge"]);
    for words in ["within 10 min", "clock started by: the issue was opened", "owed by: responders", "due: "] {
        assert!(told.code == Some(0) && told.out.contains(words), "{words:?} is not in {told:?}");
    }
    let read: Value = serde_json::from_str(&why(&["Acknowledge", "--json"]).out).unwrap();
    assert_eq!((&read["duty"], &read["owes"]), (&"acknowledge".into(), &"responders".into()));
    let unknown = why(&["acknolwedge"]);
    assert!(unknown.code == Some(2) && unknown.err.contains("there are acknowledge, "), "{unknown:?}");
    assert_eq!(stage.look(issue), before, "an explanation changes nothing");

    assert_eq!(stage.stop_bot(), Some(0));
    std::fs::remove_file(stage.folder().join("hotwash.db")).unwrap();
    let without = plan(&["--json", &issue.to_string()]);
    assert_eq!(without.code, Some(0), "{without:?}");
    let read: Value = serde_json::from_str(&without.out).unwrap();
    let keys: Vec<&str> = read["actions"].as_array().unwrap().iter().map(|it| it["key"].as_str().unwrap()).collect();
    assert!(!keys.contains(&"labels"), "the labels are right already: {keys:?}");
    assert_eq!(stage.look(issue), before, "a plan changes nothing");
    assert!(!stage.folder().join("hotwash.db").exists(), "and makes no database");
}

#[tokio::test]
async fn a_journal_is_exported_and_verified_by_anybody() {
    let desk = Desk::new(GOOD);
    for what in ["export", "verify"] {
        desk.refuses(&["journal", what], 2, &["there is no database", "hotwash.db", "store.url"]);
    }
    desk.records(&[]).await;
    for what in ["export", "verify"] {
        desk.refuses(&["journal", what], 0, &["the journal is empty"]);
        desk.refuses(&["journal", what, "8"], 1, &["github:acme/incidents#8", "holds nothing about it"]);
    }
    desk.records(&[7, 8]).await;
    let export = desk.succeeds(&["journal", "export", "7"]).out;
    let mut head = chain::GENESIS.to_owned();
    for (line, seq) in export.lines().zip(1..) {
        let entry: Value = serde_json::from_str(line).unwrap();
        assert_eq!((&entry["seq"], &entry["issue"]), (&seq.into(), &"github:acme/incidents#7".into()));
        // The event's bytes are those between its key and the end of the line.
        let event = line.split_once("\"event\":").unwrap().1.strip_suffix('}').unwrap();
        head = chain::link(&head, event);
        assert_eq!(entry["hash"], head);
    }
    let whole = desk.succeeds(&["journal", "verify"]).out;
    assert_eq!(whole.lines().count(), 2, "{whole}");
    assert!(whole.starts_with(&format!("github:acme/incidents#7: 3 entries, whole, head {head}\n")), "{whole}");
    assert_eq!(desk.succeeds(&["journal", "export"]).out.lines().count(), 6);
}

#[tokio::test]
async fn a_journal_that_was_tampered_with_names_the_entry() {
    let changes = [
        (
            "UPDATE journal SET json = replace(json, 'closed', 'opened') WHERE seq = 2 AND issue = 1",
            "entry 2",
            "changed",
        ),
        ("UPDATE journal SET hash = upper(hash) WHERE seq = 3 AND issue = 1", "entry 3", "changed"),
        ("DELETE FROM journal WHERE seq = 1 AND issue = 1", "entry 1", "removed"),
        ("UPDATE journal SET seq = 9 WHERE seq = 3 AND issue = 1", "entry 3", "moved"),
        ("UPDATE journal SET json = 'x' WHERE seq = 3 AND issue = 1", "entry 3", "changed"),
        ("UPDATE journal SET json = CAST(x'ff22' AS TEXT) WHERE seq = 2 AND issue = 1", "entry 2", "changed"),
    ];
    for (sql, entry, how) in changes {
        let desk = Desk::new(GOOD);
        desk.records(&[7, 8]).await;
        desk.tampers(sql);
        let done = desk.runs(&["journal", "verify"]);
        assert_eq!(done.code, Some(1), "{sql}: {done:?}");
        let said = format!("github:acme/incidents#7: broken: the journal is broken at {entry}:");
        assert!(done.err.starts_with(&said) && done.err.contains(how), "{sql}: {}", done.err);
        assert!(done.out.starts_with("github:acme/incidents#8: 3 entries, whole"), "{sql}: {}", done.out);
        desk.refuses(&["journal", "verify", "7"], 1, &[entry]);
        desk.succeeds(&["journal", "verify", "8"]);
    }
}

/// A process of its own with these words for a reminder, from line 5 of its file on.
fn worded(words: &str) -> String {
    format!("name = \"own\"\nextends = \"cloud-gov\"\n[wording]\nreminder = \"\"\"\n{words}\"\"\"\n")
}

#[test]
fn the_words_of_a_process_are_tried_when_it_is_checked_and_before_anything_starts() {
    let desk = Desk::new(&GOOD.replace("\"cloud-gov\"", "\"own.toml\""));
    desk.file("own.toml", &worded("{{> exercise}}\n{{ask}}\n{{> why}}\n"));
    assert!(desk.succeeds(&["process", "check", "own.toml"]).out.starts_with("own.toml: own is right: "));
    desk.file("own.toml", &worded("{{> exercise}}\n{{ask}} {{nonesuch}}\n{{> why}}\n"));
    desk.refuses(
        &["process", "check", "own.toml"],
        1,
        &["own.toml:6:9: wording.reminder: there is no field `nonesuch`"],
    );
    desk.file("own.toml", &worded("{{#if ask}}\n"));
    desk.refuses(&["process", "check", "own.toml"], 1, &["own.toml:"]);
    desk.file("own.toml", &worded("{{ask}} {{nonesuch}}\n").replace("\"own\"", "\"Own\""));
    let said = desk.refuses(
        &["process", "check", "own.toml"],
        1,
        &["own.toml:1:1: name", "own.toml:5:9: wording.reminder: there is no field"],
    );
    assert_eq!(said.err.lines().count(), 2, "both at once: {}", said.err);
    desk.file("own.toml", &worded("{{ask}} {{nonesuch}}\n"));
    desk.refuses(&["serve"], 2, &["own.toml:5:9: wording.reminder: there is no field `nonesuch`"]);
}

#[test]
fn processes_are_listed_shown_and_checked() {
    let desk = Desk::new("this is not even read");
    assert!(desk.succeeds(&["process", "list"]).out.lines().any(|name| name == "cloud-gov"));
    let shown = desk.succeeds(&["process", "show", "cloud-gov"]).out;
    desk.file("own.toml", &shown);
    assert!(desk.succeeds(&["process", "check", "own.toml"]).out.starts_with("own.toml: cloud-gov is right: "));
    let daily = "cron = \"0 0 10 * * Mon-Fri *\"";
    assert!(shown.contains(daily));
    desk.file("rest.toml", &shown.replacen(daily, "cron = \"0 0 10 * * Sun *\"", 1));
    let rest = desk.succeeds(&["process", "check", "rest.toml"]).out;
    assert!(rest.contains("rest.toml: warning: the duty ") && rest.contains("0 0 10 * * Sun *"), "{rest}");
    desk.refuses(
        &["process", "show", "cloudgov"],
        2,
        &["no process called \"cloudgov\" comes with the program", "cloud-gov"],
    );
    desk.refuses(&["process", "check", "absent.toml"], 2, &["absent.toml: cannot be read", "there is no such file"]);
    desk.refuses(&["process", "check", "."], 2, &[".: cannot be read (it is a folder)"]);
    desk.file("bad.toml", &shown.replacen("rank = 0", "rank = 4", 1).replacen("name = ", "nmae = ", 1));
    let bad = desk.refuses(&["process", "check", "bad.toml"], 1, &["bad.toml:", "nmae", "rank"]);
    assert!(bad.err.lines().count() >= 2 && bad.err.lines().all(|line| line.starts_with("bad.toml:")), "{}", bad.err);
    desk.file("broken.toml", "name = \"x\"\nphases");
    desk.refuses(&["process", "check", "broken.toml"], 1, &["broken.toml:2:"]);
    std::fs::write(desk.path().join("bytes.toml"), b"\xff\xfe").unwrap();
    desk.refuses(&["process", "check", "bytes.toml"], 2, &["bytes.toml: cannot be read (it is not UTF-8 text)"]);
}

#[test]
fn a_second_server_on_the_same_database_is_refused_and_the_first_goes_on() {
    let desk = Desk::new(GOOD);
    let (mut first, url) = desk.serves();
    desk.refuses(&["serve"], 3, &["hotwash.db is in use by another process", "one process per SQLite file"]);
    assert_eq!(desk.succeeds(&["probe", "--url", &format!("{url}/healthz")]).out, "ready\n");
    assert_eq!(first.stop(PATIENCE), Some(0), "asked to stop, it stops with success");
    let (mut next, _) = desk.serves();
    assert_eq!(next.stop(PATIENCE), Some(0));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let desk = Desk::new(&GOOD.replace("127.0.0.1:0", &address));
    let words = [&format!("cannot listen on {address}")[..], "in use", "is another server running?"];
    assert_eq!(desk.runs(&["serve"]).out, "");
    desk.refuses(&["serve"], 3, &words);
    // An address set aside for documentation.
    let abroad = Desk::new(&GOOD.replace("127.0.0.1:0", "192.0.2.1:8080"));
    abroad.refuses(&["serve"], 3, &["cannot listen on 192.0.2.1:8080", "no address of this machine", "server.listen"]);
}

#[test]
fn a_probe_says_why_a_server_is_not_ready() {
    let desk = Desk::new(GOOD);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{free}/readyz");
    desk.refuses(&["probe", "--url", &nobody], 3, &[&format!("cannot reach {nobody}"), "refused"]);
    for url in ["/readyz", "https://127.0.0.1/readyz", "ftp://127.0.0.1"] {
        desk.refuses(&["probe", "--url", url], 2, &[&format!("cannot ask {url}"), "http://127.0.0.1:8080/readyz"]);
    }
    let said = desk.refuses(&["probe", "--url", "http://user:hush@127.0.0.1:1/readyz"], 2, &["no name and password"]);
    assert!(!format!("{said:?}").contains("hush"), "{said:?}");
    desk.refuses(&["probe", "--url", "not an address"], 2, &["--url <URL>"]);
    let (mut server, url) = desk.serves();
    desk.refuses(&["probe", "--url", &format!("{url}/nothing")], 3, &["answered 404"]);
    let ready = ["probe", "--url", &format!("{url}/readyz")];
    let named = desk.path().join("named.toml");
    std::fs::write(&named, GOOD.replace("127.0.0.1:0", url.strip_prefix("http://").unwrap())).unwrap();
    let asked = desk.runs(&["probe", "--config", named.to_str().unwrap()]);
    assert_eq!(asked.code, Some(0), "it asks where the configuration says: {asked:?}");
    desk.refuses(&["probe", "--config", "absent.toml"], 2, &["absent.toml: cannot be read"]);
    // A forge that cannot be reached is no reason to turn deliveries away.
    assert_eq!(desk.runs(&ready).code, Some(0));
    let told = std::iter::repeat_with(|| desk.succeeds(&ready).out).take(500).find(|out| out != "ready\n");
    let told = told.expect("the first sweep finds that the forge cannot be reached");
    assert!(told.starts_with("ready; needs attention: cannot ask the forge what changed"), "{told}");
    assert_eq!(server.stop(PATIENCE), Some(0));
}

#[tokio::test]
async fn a_backup_beside_a_running_server_can_be_restored() {
    let desk = Desk::new(GOOD);
    desk.refuses(&["db", "backup", "copy.db"], 2, &["there is no database", "hotwash.db", "store.url"]);
    desk.refuses(&["db", "migrate"], 2, &["there is no database", "hotwash.db", "store.url"]);
    desk.records(&[7]).await;
    let (mut server, _) = desk.serves();
    assert_eq!(desk.succeeds(&["db", "backup", "copy.db"]).out, "backed up to copy.db\n");
    desk.refuses(&["db", "backup", "copy.db"], 2, &["copy.db", "is there already and is not overwritten"]);
    desk.refuses(&["db", "backup", "absent/copy.db"], 2, &["absent/copy.db", "there is no folder absent"]);
    desk.refuses(&["db", "backup", "hotwash.toml/copy.db"], 2, &["there is no folder hotwash.toml"]);
    let whole = desk.succeeds(&["journal", "verify"]).out;
    assert!(whole.contains("#7: 3 entries, whole"), "beside a running server: {whole}");
    assert_eq!(server.stop(PATIENCE), Some(0));

    for name in ["hotwash.db", "hotwash.db-wal", "hotwash.db-shm"] {
        let _ = std::fs::remove_file(desk.path().join(name));
    }
    std::fs::rename(desk.path().join("copy.db"), desk.path().join("hotwash.db")).unwrap();
    assert_eq!(desk.succeeds(&["journal", "verify"]).out, whole, "the copy holds the same record");
    let (mut restored, _) = desk.serves();
    assert_eq!(restored.stop(PATIENCE), Some(0));
}
