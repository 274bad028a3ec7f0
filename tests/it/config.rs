//! Configuration: everything wrong is said at once with its line, and secrets never show.

use std::{collections::BTreeMap, fs, path::Path};

use chrono::{Duration, NaiveDate, Weekday};
use hotwash::{
    config::{Config, EngineSettings, GithubAuth, LogFormat, LogLevel},
    document::{duration, nearest, written},
    domain::{
        calendar::BusinessHours,
        project::{Detect, LabelNames, Limits},
    },
    drill::github::AppKeys,
};
use secrecy::ExposeSecret;
use tempfile::TempDir;

use crate::process::mutate;

const CANARY: &str = "canary-3f9c-do-not-show";

/// A signing token; the key inside is the canary.
const SIGNING: &str = "whsec_Y2FuYXJ5LTNmOWMtZG8tbm90LXNob3c=";

const GOOD: &str = r#"[[github]]
webhook_secret = { env = "HOTWASH_SECRET" }
token = { env = "GITHUB_TOKEN" }

[[project]]
forge = "github"
path = "acme/incidents"
process = "cloud-gov"
"#;

/// A folder with a configuration in it, and an environment.
struct Desk {
    folder: TempDir,
    env: BTreeMap<&'static str, String>,
}

fn desk() -> Desk {
    let env = [
        ("HOTWASH_SECRET", format!("{CANARY}-webhook")),
        ("HOTWASH_GITHUB_SECRET", format!("{CANARY}-webhook")),
        ("HOTWASH_APP_SECRET", format!("{CANARY}-app")),
        ("HOTWASH_MARKER_KEY", format!("{CANARY}-marker")),
        ("GITHUB_TOKEN", format!("{CANARY}-token")),
        ("HOTWASH_GITLAB_TOKEN", format!("{CANARY}-gitlab")),
        ("HOTWASH_GITLAB_SECRET", format!("{CANARY}-secret-token")),
        ("HOTWASH_GITLAB_SIGNING", SIGNING.to_owned()),
        ("EMPTY", " \n".to_owned()),
    ];
    Desk { folder: tempfile::tempdir().unwrap(), env: env.into() }
}

impl Desk {
    /// Puts a file beside the configuration; only its owner may read it.
    fn file(self, name: &str, text: &str) -> Self {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        permit(&path, 0o600);
        self
    }

    fn load(&self, text: &str) -> Result<Config, Vec<String>> {
        let path = self.folder.path().join("hotwash.toml");
        fs::write(&path, text).unwrap();
        let place = format!("{}/", self.folder.path().display());
        let env = |name: &str| self.env.get(name).cloned();
        Config::load(&path, &env).map_err(|problems| {
            let dump = format!("{problems:?}{problems}");
            assert!(!dump.contains(CANARY) && !dump.contains(SIGNING), "a problem shows a secret: {dump}");
            problems.to_string().lines().map(|line| line.replace(&place, "")).collect()
        })
    }

    /// Exactly one problem, which begins and goes on as given.
    fn refuses(&self, text: &str, start: &str, words: &[&str]) {
        let all = self.load(text).unwrap_err();
        assert_eq!(all.len(), 1, "{all:#?}");
        assert!(all[0].starts_with(start), "{start:?} does not begin {:?}", all[0]);
        for word in words {
            assert!(all[0].contains(word), "{word:?} is not in {:?}", all[0]);
        }
    }
}

#[cfg(unix)]
fn permit(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn permit(_path: &Path, _mode: u32) {}

/// The good configuration with one part replaced.
fn with(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from:?} is not in the configuration");
    GOOD.replacen(from, to, 1)
}

/// The good configuration with lines added to its project, from line 9 on.
fn project(more: &str) -> String {
    format!("{GOOD}{more}\n")
}

/// HMAC-SHA256 of `hotwash marker key` under the key `key`, in hexadecimal.
const DERIVED_FROM_KEY: &str = "749e42037ec7e1b6f2fd6d65a079648dd007c6b35cdee027d476744d13abbf57";

/// A key that can be used, made for these tests alone.
fn pem() -> String {
    AppKeys::fresh().unwrap().private_pem
}

fn assert_defaults(config: &Config, folder: &Path) {
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.public_url, "http://127.0.0.1:8080");
    assert_eq!((config.server.log_format, config.server.log_level), (LogFormat::Text, LogLevel::Info));
    assert_eq!(config.store.path, folder.join("hotwash.db"));
    assert_eq!(config.engine, EngineSettings::default());
    let forge = &config.github[0];
    assert_eq!((forge.name.as_str(), forge.api_url.as_str()), ("github", "https://api.github.com"));
    assert_eq!((forge.allow_internal, forge.write_interval), (false, Duration::seconds(1)));
    let [project] = config.projects.as_slice() else { panic!("one project") };
    assert_eq!((project.forge.as_str(), project.path.as_str()), ("github", "acme/incidents"));
    assert_eq!(project.process.name, "cloud-gov");
    assert_eq!((project.zone.name(), project.mention.as_str()), ("UTC", "hotwash"));
    assert_eq!(project.labels, LabelNames::default());
    assert_eq!(project.detect, Detect::default());
    assert_eq!(project.business, BusinessHours::default());
    assert_eq!(project.limits, Limits::default());
    assert!(project.commanders.is_empty() && project.advance && !project.exercise);
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
}

#[test]
fn the_least_configuration_has_every_default() {
    let desk = desk();
    let config = desk.load(GOOD).unwrap();
    assert_defaults(&config, desk.folder.path());
    assert!(config.templates(&config.projects[0]).is_none());
}

#[test]
fn the_example_shows_every_default() {
    let desk = desk().file("app.pem", &pem());
    let example = include_str!("../../hotwash.example.toml");
    assert_defaults(&desk.load(example).unwrap(), desk.folder.path());

    fs::create_dir(desk.folder.path().join("templates")).unwrap();
    let all: Vec<&str> =
        example.lines().map(|line| if line.starts_with("# ") { line } else { line.trim_start_matches('#') }).collect();
    let config = desk.load(&all.join("\n")).unwrap();
    assert_defaults(&config, desk.folder.path());
    assert_eq!(config.server.marker_key.expose_secret(), format!("{CANARY}-marker"));
    assert!(matches!(&config.github[1].auth, GithubAuth::App { id: 4242, .. }));
    assert_eq!(config.templates(&config.projects[0]).unwrap(), desk.folder.path().join("templates"));
}

#[test]
fn every_key_of_the_example_has_a_comment_above_it() {
    let lines: Vec<&str> = include_str!("../../hotwash.example.toml").lines().collect();
    let bare = lines.windows(2).filter(|pair| pair[1].contains(" = ") && !pair[1].starts_with("# "));
    let bare: Vec<_> = bare.filter(|pair| !pair[0].starts_with("# ")).collect();
    assert!(bare.is_empty(), "{bare:?}");
}

#[test]
fn everything_can_be_said() {
    let desk = desk().file("own.toml", hotwash::process::shipped("cloud-gov").unwrap());
    let text = r#"
[server]
listen = "0.0.0.0:9000"
public_url = "https://hotwash.acme.example/"
log_format = "json"
log_level = "debug"
[store]
url = "sqlite:/var/lib/hotwash/h.db"
[limits]
settle = "5s"
reminders_per_hour = 3
[[github]]
name = "ghes"
api_url = "https://git.acme.example/api/v3/"
webhook_secret = { env = "HOTWASH_SECRET" }
token = { env = "GITHUB_TOKEN" }
allow_internal = true
write_interval = "500ms"
[[project]]
forge = "ghes"
path = "acme/incidents"
process = "own.toml"
timezone = "America/New_York"
mention = "@wash"
detect = ["fields"]
labels = { incident = "sec", severity = "sev/" }
calendar = { days = ["Sun", "Mon"], from = "08:30", to = "16:00" }
holidays = [2026-12-25, "2027-01-01"]
commanders = ["@ann", "bo"]
advance = "off"
limits = { board_every = "1m", lease = "2m" }
routes = { stakeholders = "at #updates" }
"#;
    let config = desk.load(text).unwrap();
    assert_eq!(config.server.public_url, "https://hotwash.acme.example");
    assert_eq!((config.server.log_format, config.server.log_level), (LogFormat::Json, LogLevel::Debug));
    assert_eq!(config.store.path, Path::new("/var/lib/hotwash/h.db"));
    assert_eq!((config.engine.settle, config.engine.lease), (Duration::seconds(5), Duration::minutes(2)));
    assert_eq!(config.github[0].api_url, "https://git.acme.example/api/v3");
    assert_eq!((config.github[0].allow_internal, config.github[0].write_interval), (true, Duration::milliseconds(500)));
    let project = &config.projects[0];
    assert_eq!((project.zone.name(), project.mention.as_str(), project.advance), ("America/New_York", "wash", false));
    assert_eq!(project.detect, Detect { label: false, marker: false, kind: false, fields: true });
    assert_eq!((project.labels.incident.as_str(), project.labels.severity.as_str()), ("sec", "sev/"));
    assert_eq!(project.business.days, [Weekday::Sun, Weekday::Mon]);
    let days = [(2026, 12, 25), (2027, 1, 1)].map(|(y, m, d)| NaiveDate::from_ymd_opt(y, m, d).unwrap());
    assert_eq!(project.business.holidays, days.into());
    assert_eq!(project.commanders, ["ann", "bo"]);
    assert_eq!((project.place(Some("stakeholders")), project.place(Some("it-security"))), ("at #updates", ""));
    assert_eq!(project.limits, Limits { reminders_per_hour: 3, board_every: Duration::minutes(1) });
}

#[test]
fn a_bad_file_is_told_everything_at_once() {
    let text = r#"[server]
listen = "localhost"
log_levle = "info"
[[github]]
name = "Git Hub"
api_url = "http://git.acme.example"
webhook_secret = "plain"
[[project]]
forge = "git"
path = "incidents"
process = "cloud-gof"
  timezone = "Amerika/New_York"
detect = ["labels"]
limits = { settle = "long" }
[[gitlab]]
name = "gitlab"
"#;
    let all = desk().load(text).unwrap_err();
    let expected = [
        "hotwash.toml:2:1: server.listen: \"localhost\" is not an address to listen on",
        "hotwash.toml:3:1: server.log_levle: is not a known key; nearest: log_level",
        "hotwash.toml:4:1: github[0]: has neither `app` nor `token`",
        "hotwash.toml:5:1: github[0].name: \"Git Hub\" is not a name for a forge",
        "hotwash.toml:6:1: github[0].api_url: is http://",
        "hotwash.toml:7:1: github[0].webhook_secret: is a secret in plain text",
        "hotwash.toml:9:1: project[0].forge: \"git\" is not the name of a forge in this file",
        "hotwash.toml:10:1: project[0].path: \"incidents\" is not a project",
        "hotwash.toml:11:1: project[0].process: \"cloud-gof\" is no shipped process",
        "hotwash.toml:12:3: project[0].timezone: \"Amerika/New_York\" is not an IANA zone; nearest: America/New_York",
        "hotwash.toml:13:11: project[0].detect[0]: \"labels\" is not allowed; allowed: label, marker, type, fields",
        "hotwash.toml:14:12: project[0].limits.settle: \"long\" is not a duration",
        "hotwash.toml:15:1: gitlab[0].token: is missing",
        "hotwash.toml:15:1: gitlab[0]: has neither `signing_token` nor `webhook_secret`",
    ];
    assert_eq!(all.len(), expected.len(), "{all:#?}");
    for (problem, start) in all.iter().zip(expected) {
        assert!(problem.starts_with(start), "{start:?} does not begin {problem:?}");
    }
}

#[test]
fn secrets_come_from_the_environment_or_a_file() {
    let desk = desk().file("hook", &format!("{CANARY}-old\r\n")).file("empty", "\n").file("app.pem", &pem());
    let secret = r#"{ env = "HOTWASH_SECRET" }"#;
    let config = desk.load(&with(secret, &format!("[{secret}, {{ file = \"hook\" }}]"))).unwrap();
    let secrets: Vec<&str> = config.github[0].webhook_secrets.iter().map(ExposeSecret::expose_secret).collect();
    assert_eq!(secrets, [format!("{CANARY}-webhook"), format!("{CANARY}-old")]);

    let at = "hotwash.toml:2:";
    desk.refuses(&with(secret, "\"canary-3f9c-do-not-show\""), at, &["webhook_secret", "in plain text", "env", "file"]);
    desk.refuses(&with(secret, r#"{ env = "NO_SUCH" }"#), at, &["variable NO_SUCH is not set"]);
    desk.refuses(&with(secret, r#"{ env = "canary-3f9c-do-not-show" }"#), at, &["variable it names is not set"]);
    desk.refuses(&with(secret, r#"{ file = "canary-3f9c-do-not-show" }"#), at, &["cannot be used", "names start from"]);
    desk.refuses(&with(secret, r#"{ canary-3f9c-do-not-show = "x" }"#), at, &["takes one key"]);
    desk.refuses(&with(secret, r#"{ env = "HOTWASH_SECRET", file = "hook" }"#), at, &["takes one key"]);
    desk.refuses(&with(secret, r#"{ env = "EMPTY" }"#), at, &["variable EMPTY is empty"]);
    desk.refuses(&with(secret, r#"{ file = "empty" }"#), at, &["the file \"empty\" is empty"]);
    desk.refuses(&with(secret, r#"{ file = "." }"#), at, &["is a directory"]);
    desk.refuses(&with(secret, "[]"), at, &["holds 0 secrets"]);
    desk.refuses(&with(secret, &format!("[{secret}, {secret}, {secret}]")), at, &["holds 3 secrets"]);
    desk.refuses(
        &with(&format!("webhook_secret = {secret}\n"), ""),
        "hotwash.toml:1:",
        &["webhook_secret: is missing"],
    );
    let token = "token = { env = \"GITHUB_TOKEN\" }";
    desk.refuses(
        &with(token, &format!("{token}\napp = {{ id = 1, private_key = {{ file = \"app.pem\" }} }}")),
        "hotwash.toml:3:1: github[0].token",
        &["beside `app`"],
    );
    desk.refuses(
        &with(token, "app = { id = 1, private_key = { file = \"hook\" } }"),
        "hotwash.toml:3:33: github[0].app.private_key",
        &["the file \"hook\" is not a private key in PEM"],
    );
}

#[test]
fn a_token_or_a_key_that_cannot_be_used_is_told_with_its_place_and_where_it_comes_from() {
    let whole = pem();
    let cut = whole.lines().take(9).collect::<Vec<_>>().join("\n") + "\n-----END PRIVATE KEY-----\n";
    let mut desk = desk().file("cut.pem", &cut).file("token", &format!("{CANARY} and more\n"));
    desk.env.insert("GITHUB_TOKEN", format!("{CANARY}\n{CANARY}"));
    let advice = "a token is one line";
    desk.refuses(
        GOOD,
        "hotwash.toml:3:11: github[0].token.env",
        &["variable GITHUB_TOKEN holds no access token", advice],
    );
    let token = "{ env = \"GITHUB_TOKEN\" }";
    let of_file = with(token, "{ file = \"token\" }");
    desk.refuses(&of_file, "hotwash.toml:3:11: github[0].token.file", &["the file \"token\" holds no access", advice]);
    let app = "token = { env = \"GITHUB_TOKEN\" }";
    let text = with(app, "app = { id = 1, private_key = { file = \"cut.pem\" } }");
    let words = ["the file \"cut.pem\" is no whole RSA key", "BEGIN RSA PRIVATE KEY"];
    desk.refuses(&text, "hotwash.toml:3:33: github[0].app.private_key.file", &words);
    let lab = "[[gitlab]]\nwebhook_secret = { env = \"HOTWASH_SECRET\" }\ntoken = { env = \"HOTWASH_GITLAB_TOKEN\" }\n\
        [[project]]\nforge = \"gitlab\"\npath = \"acme/sec/incidents\"\nprocess = \"cloud-gov\"\n";
    desk.env.insert("HOTWASH_GITLAB_TOKEN", format!("{CANARY}\u{a0}"));
    desk.refuses(lab, "hotwash.toml:3:11: gitlab[0].token.env", &["variable HOTWASH_GITLAB_TOKEN holds no access"]);
}

#[test]
fn a_broken_line_with_a_secret_on_it_is_not_quoted() {
    let desk = desk();
    for bad in
        [CANARY.to_owned(), format!("\"{CANARY}"), format!("{{ env = {CANARY} }}"), format!("\"a\" \"{CANARY}\"")]
    {
        let all = desk.load(&with(r#"{ env = "GITHUB_TOKEN" }"#, &bad)).unwrap_err();
        assert!(all[0].starts_with("hotwash.toml:3:"), "{all:?}");
    }
}

#[test]
fn secrets_never_show_in_what_is_printed() {
    let desk = desk().file("app.pem", &pem());
    let app = "app = { id = 1, private_key = { file = \"app.pem\" } }";
    for text in [GOOD.to_owned(), with("token = { env = \"GITHUB_TOKEN\" }", app)] {
        let shown = format!("{:#?}", desk.load(&text).unwrap());
        assert!(shown.contains("REDACTED") && !shown.contains(CANARY) && !shown.contains("PRIVATE KEY"), "{shown}");
    }
}

#[cfg(unix)]
#[test]
fn a_secret_file_that_all_can_read_is_a_warning() {
    let desk = desk().file("hook", "s3cret-of-many-letters");
    permit(&desk.folder.path().join("hook"), 0o644);
    let text = with(r#"{ env = "HOTWASH_SECRET" }"#, r#"{ file = "hook" }"#);
    let warnings = desk.load(&text).unwrap().warnings;
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    let said = warning.to_string();
    assert!(
        said.contains("hotwash.toml:2:20: warning: github[0].webhook_secret.file: ") && said.contains("chmod 600"),
        "{said}"
    );
}

#[test]
fn the_marker_key_is_derived_as_documented_and_rotation_is_warned_of() {
    let mut desk = desk();
    desk.env.insert("HOTWASH_SECRET", "key".to_owned());
    // printf 'hotwash marker key' | openssl dgst -sha256 -hmac key
    let config = desk.load(GOOD).unwrap();
    assert_eq!(config.server.marker_key.expose_secret(), DERIVED_FROM_KEY);

    let two = with(r#"{ env = "HOTWASH_SECRET" }"#, r#"[{ env = "HOTWASH_SECRET" }, { env = "HOTWASH_APP_SECRET" }]"#);
    desk.env.insert("HOTWASH_SECRET", "a key that is long enough".to_owned());
    assert!(desk.load(&two).unwrap().warnings[0].to_string().contains("server.marker_key"));
    let pinned = format!("{two}\n[server]\nmarker_key = {{ env = \"HOTWASH_MARKER_KEY\" }}\n");
    assert!(desk.load(&pinned).unwrap().warnings.is_empty());
}

#[test]
fn a_secret_that_can_be_guessed_is_a_warning() {
    let mut desk = desk();
    desk.env.insert("HOTWASH_SECRET", "hunter2".to_owned());
    let warnings = desk.load(GOOD).unwrap().warnings;
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    let said = warning.to_string();
    assert!(said.contains("github[0].webhook_secret: is shorter than 20 characters"), "{said}");
    assert!(said.contains("openssl rand -hex 32") && !said.contains("hunter2"), "{said}");
}

#[test]
fn the_address_of_a_website_is_not_taken_for_its_api() {
    let desk = desk();
    let at = |url: &str| GOOD.replacen("[[github]]", &format!("[[github]]\napi_url = \"{url}\""), 1);
    for website in ["https://github.com", "https://www.GitHub.com/acme/incidents"] {
        let said = desk.load(&at(website)).unwrap_err().join("\n");
        assert!(said.contains("is GitHub's website; its API is https://api.github.com"), "{website}: {said}");
    }
    let bare = desk.load(&at("https://github.acme.example/")).unwrap().warnings;
    assert!(bare.iter().any(|warning| warning.to_string().contains("https://HOST/api/v3")), "{bare:?}");
    for api in ["https://github.acme.example/api/v3", "https://api.acme.ghe.com", "http://127.0.0.1:4000"] {
        let warnings = desk.load(&at(api)).unwrap().warnings;
        assert!(warnings.is_empty(), "{api}: {warnings:?}");
    }
}

#[test]
fn forges_are_reached_over_https_or_on_loopback() {
    let desk = desk();
    let api = |url: &str| format!("[[github]]\napi_url = \"{url}\"{}", GOOD.trim_start_matches("[[github]]"));
    for good in ["https://git.acme.example/api/v3", "http://127.0.0.1:4000", "http://localhost:1", "http://[::1]:2/x"] {
        assert_eq!(desk.load(&api(good)).unwrap().github[0].api_url, good);
    }
    let at = "hotwash.toml:2:1: github[0].api_url";
    for plain in
        ["http://git.acme.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://10.0.0.1"]
    {
        desk.refuses(&api(plain), at, &["is http://", "loopback"]);
    }
    desk.refuses(&api("https://u:canary-3f9c-do-not-show@git.acme.example"), at, &["carries a user or password"]);
    desk.refuses(&api("https://git.acme.example?token=canary-3f9c-do-not-show"), at, &["has a query"]);
    desk.refuses(&api("git.acme.example"), at, &["is not a URL"]);
    desk.refuses(&api("ftp://git.acme.example"), at, &["scheme"]);
}

#[test]
fn names_and_projects_are_given_once() {
    let desk = desk();
    let second = "[[github]]\nwebhook_secret = { env = \"HOTWASH_SECRET\" }\ntoken = { env = \"GITHUB_TOKEN\" }\n";
    desk.refuses(&format!("{GOOD}{second}"), "hotwash.toml:9:", &["\"github\" is the name of an earlier forge"]);
    let again = "[[project]]\nforge = \"github\"\npath = \"Acme/Incidents\"\nprocess = \"cloud-gov\"\n";
    desk.refuses(&format!("{GOOD}{again}"), "hotwash.toml:11:1: project[1].path", &["watched already", "line 7"]);
}

#[test]
fn a_gitlab_says_what_is_wrong_with_it() {
    let desk = desk();
    let proof = "signing_token = { env = \"HOTWASH_GITLAB_SIGNING\" }";
    let gitlab = |more: &str| {
        let rest = GOOD.split_once("[[project]]").unwrap().1.replace("\"github\"", "\"gitlab\"");
        format!("[[gitlab]]\ntoken = {{ env = \"HOTWASH_GITLAB_TOKEN\" }}\n{more}\n[[project]]{rest}")
    };
    let config = desk.load(&gitlab(proof)).unwrap();
    assert_eq!((config.gitlab[0].name.as_str(), config.gitlab[0].url.as_str()), ("gitlab", "https://gitlab.com"));
    let refuses = |more: &str, start: &str, words: &[&str]| {
        desk.refuses(&gitlab(more), &format!("hotwash.toml:{start}"), words);
    };
    refuses("", "1:1: gitlab[0]", &["neither `signing_token` nor `webhook_secret`"]);
    let swapped = proof.replace("signing_token", "webhook_secret");
    refuses(&swapped, "3:1: gitlab[0].webhook_secret", &["is a signing token", "under `signing_token`"]);
    let swapped = proof.replace("SIGNING", "SECRET");
    refuses(&swapped, "3:1: gitlab[0].signing_token", &["is no signing token", "whsec_"]);
    refuses(&format!("{proof}\nurl = \"https://gitlab.com/api/v4\""), "4:1: gitlab[0].url", &["address of the API"]);
    refuses(&format!("{proof}\nurl = \"http://git.example\""), "4:1: gitlab[0].url", &["is http://"]);
    refuses(&format!("{proof}\nwrite_interval = \"1.2s\""), "4:1: gitlab[0].write_interval", &["is not a duration"]);
    let single = desk.load(&gitlab(proof).replace("[[gitlab]]", "[gitlab]")).unwrap_err();
    let said = single.iter().filter(|one| one.contains("write [[gitlab]] above each")).count();
    assert_eq!(said, 1, "what is read twice is said once: {single:#?}");
}

#[test]
fn a_project_says_what_is_wrong_with_it() {
    let desk = desk();
    let refuses = |more: &str, start: &str, words: &[&str]| {
        desk.refuses(&project(more), &format!("hotwash.toml:9:{start}"), words);
    };
    refuses("mention = \"two words\"", "1: project[0].mention", &["stand after @"]);
    refuses("detect = []", "1: project[0].detect", &["is empty", "label, marker, type or fields"]);
    refuses("advance = \"yes\"", "1: project[0].advance", &["allowed: auto, off"]);
    refuses("advance = true", "1: project[0].advance", &["expects text in quotes, found true or false"]);
    refuses("calendar = { days = [\"Monday\"] }", "22: project[0].calendar.days[0]", &["Mon, Tue"]);
    refuses("calendar = { from = \"9\" }", "14: project[0].calendar.from", &["\"09:00\""]);
    refuses("calendar = { from = \"18:00\" }", "1: project[0].calendar", &["ends at 17:00 and begins at 18:00"]);
    refuses("holidays = \"de.ics\"", "1: project[0].holidays", &["de.ics", "cannot be read"]);
    refuses(
        "routes = { stakeholder = \"#updates\" }",
        "12: project[0].routes.stakeholder",
        &["not a known key", "nearest: stakeholders"],
    );
    refuses(
        "routes = { stakeholders = \"a\\nb\" }",
        "12: project[0].routes.stakeholders",
        &["one line", "#incident-updates"],
    );
    refuses("holidays = [\"Christmas\"]", "13: project[0].holidays[0]", &["2026-12-25", "ends in .ics"]);
    refuses("holidays = [2026-12-25T10:00:00Z]", "13: project[0].holidays[0]", &["a day such as"]);
    refuses("commanders = [\"a b\"]", "15: project[0].commanders[0]", &["stand after @"]);
    refuses("templates = \"nowhere\"", "1: project[0].templates", &["is not a folder"]);
    refuses("timezone = \"Mars/Olympus\"", "1: project[0].timezone", &["not an IANA zone"]);
    refuses("limits = { park_after = 0 }", "12: project[0].limits.park_after", &["allowed: 1 to 1000"]);
    refuses(
        "limits = { lease = \"2h\" }",
        "12: project[0].limits.lease",
        &["\"2h\" is out of range; allowed: 1s to 1h"],
    );
    refuses("escalation = {}", "1: project[0].escalation", &["is not a known key"]);
    refuses("gates = \"strict\"", "1: project[0].gates", &["allowed: warn, enforce"]);
    refuses("false_alarm = true", "1: project[0].false_alarm", &["expects text in quotes"]);
    refuses("timeline_events = \"on\"", "1: project[0].timeline_events", &["GitHub keeps no timeline", "leave it out"]);
    refuses("timeline_events = true", "1: project[0].timeline_events", &["expects text in quotes"]);
    refuses("roles = { tea-cook = \"@ann\" }", "11: project[0].roles.tea-cook", &["is not a known key"]);
}

#[test]
fn what_would_never_come_due_in_a_project_is_told_there() {
    let duty = "name = \"own\"\nextends = \"cloud-gov\"\n[[duty]]\nid = \"tidy\"\ntitle = \"Tidy\"\nowes = \"ic\"\n\
                ask = \"Tidy up.\"\nmet_by = [\"done:tidy\"]\nsource = \"x\"\n[[duty.schedule]]\n\
                cron = \"0 0 10 * * Sat *\"\n";
    let desk = desk().file("own.toml", duty);
    let own = with("\"cloud-gov\"", "\"own.toml\"");
    desk.refuses(
        &own,
        "hotwash.toml:5:",
        &["duty \"tidy\" of own", "never come due", "0 0 10 * * Sat *", "calendar.days"],
    );
    desk.load(&format!("{own}calendar = {{ days = [\"Fri\", \"Sat\"] }}\n")).unwrap();
}

#[test]
fn roles_are_played_by_people_and_teams() {
    let role = "[[role]]\nid = \"tea-cook\"\ntitle = \"Tea\"\nsource = \"test\"\n";
    let desk = desk().file("own.toml", &format!("name = \"own\"\nextends = \"cloud-gov\"\n{role}"));
    let played = |by: &str| project(&format!("roles = {{ tea-cook = {by} }}")).replace("\"cloud-gov\"", "\"own.toml\"");
    let config = desk.load(&played("[\"@ann\", \"bo\", \"@acme/leads\"]")).unwrap();
    assert_eq!(config.projects[0].roles["tea-cook"], ["@ann", "@bo", "@acme/leads"]);
    assert_eq!(desk.load(&played("\"@ann\"")).unwrap().projects[0].roles["tea-cook"], ["@ann"]);
    for wrong in ["\"@a b\"", "\"@acme/\"", "\"@acme/a/b\""] {
        desk.refuses(&played(wrong), "hotwash.toml:9:11: project[0].roles.tea-cook", &["stand after @"]);
    }
}

#[test]
fn labels_keep_apart_and_fit() {
    let desk = desk();
    let labels = |text: &str| project(&format!("labels = {{ {text} }}"));
    desk.refuses(&labels("status = \"s/\", severity = \"s/\""), "hotwash.toml:9:", &["keep them apart"]);
    desk.refuses(&labels("incident = \"phase::x\""), "hotwash.toml:9:", &["the incident label", "keep them apart"]);
    desk.refuses(&labels("phase = \"a,b\""), "hotwash.toml:9:12: project[0].labels.phase", &["comma"]);
    desk.refuses(&labels("phase = \"\""), "hotwash.toml:9:12: project[0].labels.phase", &["is empty"]);
    let long = "p".repeat(40);
    desk.refuses(&labels(&format!("phase = \"{long}\"")), "hotwash.toml:9:12:", &["use 37 characters or fewer"]);
}

#[test]
fn limits_of_the_whole_service_do_not_contradict_each_other() {
    let text = format!("[limits]\nlease = \"1m\"\n{}", project("limits = { lease = \"2m\" }"));
    desk().refuses(
        &text,
        "hotwash.toml:11:12: project[0].limits.lease",
        &["\"2m\" contradicts \"1m\" on line 2", "[limits]"],
    );
    let same = format!("[limits]\nlease = \"1m\"\n{}", project("limits = { lease = \"60s\" }"));
    assert_eq!(desk().load(&same).unwrap().engine.lease, Duration::minutes(1));
}

#[test]
fn the_store_is_one_sqlite_file_for_now() {
    let desk = desk();
    let store = |url: &str| format!("{GOOD}[store]\nurl = \"{url}\"\n");
    let at = "hotwash.toml:10:1: store.url";
    desk.refuses(
        &store("postgres://u:canary-3f9c-do-not-show@db/h"),
        at,
        &["PostgreSQL", "this version", "sqlite:PATH"],
    );
    desk.refuses(&store("mysql://canary-3f9c-do-not-show"), at, &["not a database of this program"]);
    desk.refuses(&store("sqlite:"), at, &["names no file"]);
    desk.refuses(&store("sqlite::memory:"), at, &["names no lasting file"]);
    assert_eq!(desk.load(&store("sqlite:data/h.db")).unwrap().store.path, desk.folder.path().join("data/h.db"));
}

#[test]
fn problems_of_a_process_file_come_along_under_its_own_name() {
    let text = hotwash::process::shipped("cloud-gov").unwrap().replacen("rank = 0", "rank = 4", 1);
    let desk = desk().file("own.toml", &text);
    let all = desk.load(&with("\"cloud-gov\"", "\"own.toml\"\ntimezone = \"Nowhere\"")).unwrap_err();
    assert_eq!(all.len(), 2, "{all:#?}");
    assert!(all[0].starts_with("hotwash.toml:9:1: project[0].timezone"), "{all:?}");
    assert!(all[1].starts_with("own.toml:") && all[1].contains("severity[0].rank"), "{all:?}");
    desk.refuses(
        &with("\"cloud-gov\"", "\"gone.toml\""),
        "hotwash.toml:8:1: project[0].process",
        &["gone.toml", "cannot be read"],
    );
}

#[test]
fn a_file_that_is_missing_empty_or_not_text_is_said_so() {
    let desk = desk();
    let missing = Config::load(Path::new("nowhere/hotwash.toml"), &|_| None).unwrap_err().to_string();
    assert!(missing.starts_with("nowhere/hotwash.toml: cannot be read") && missing.contains("--config"), "{missing}");
    let all = desk.load("").unwrap_err();
    assert!(all.len() == 2 && all[0].contains("has no [[github]]") && all[1].contains("has no [[project]]"), "{all:?}");
    let path = desk.folder.path().join("hotwash.toml");
    fs::write(&path, b"a = 1\nb = \xff").unwrap();
    let garbled = Config::load(&path, &|_| None).unwrap_err().to_string();
    assert!(garbled.ends_with("is not UTF-8 text on line 2"), "{garbled}");
}

#[test]
fn mutated_configurations_never_panic_and_never_show_a_secret() {
    let seed = mutate::seed();
    println!("seed {seed}; set HOTWASH_SEED to it to see the same again");
    let example = include_str!("../../hotwash.example.toml").replace("\n#", "\n").replace("\n ", "\n# ");
    let desk = desk().file("app.pem", &pem());
    fs::create_dir(desk.folder.path().join("templates")).unwrap();
    let path = desk.folder.path().join("hotwash.toml");
    let env = |name: &str| Some(if name.ends_with("SIGNING") { SIGNING } else { CANARY }.to_owned());
    Config::read(&example, &path, &env).unwrap();
    let mut refused = 0;
    for mutant in mutate::mutants(&example, seed, 1_500) {
        let read = Config::read(&mutant, &path, &env);
        let shown = format!("{read:?}");
        assert!(!shown.contains(CANARY) && !shown.contains(SIGNING), "a secret shows (seed {seed}):\n{mutant}");
        if let Err(problems) = read {
            refused += 1;
            assert!(!problems.0.is_empty(), "no reason given (seed {seed}):\n{mutant}");
        }
    }
    assert!(refused > 300, "only {refused} of 1500 mutants were refused (seed {seed})");
}

#[test]
fn durations_are_numbers_with_units_larger_first() {
    let good = [("10m", 600), ("1h30m", 5_400), ("3d", 259_200), ("90s", 90), ("0s", 0), ("1d1h1m1s", 90_061)];
    for (text, seconds) in good {
        assert_eq!(duration(text), Some(Duration::seconds(seconds)), "{text}");
    }
    assert_eq!(duration("1s500ms"), Some(Duration::milliseconds(1_500)));
    let huge = "9".repeat(30) + "d";
    for bad in ["", "10", "m", "10 m", "1m1h", "1m1m", "-1m", "1.5h", "1w", "1H", "١m", "9223372036854775807d", &huge]
    {
        assert_eq!(duration(bad), None, "{bad}");
    }
    for text in ["10m", "1h30m", "3d", "1m30s", "500ms", "0s"] {
        assert_eq!(written(duration(text).unwrap()), text);
    }
}

#[test]
fn the_nearest_name_is_near() {
    let names = ["timezone", "mention", "process"];
    assert_eq!(nearest("tiemzone", names), Some("timezone"));
    assert_eq!(nearest("Mention", names), Some("mention"));
    assert_eq!(nearest("colour", names), None);
    assert_eq!(nearest(&"x".repeat(10_000), names), None);
}

const GITLAB: &str = r#"
[[gitlab]]
token = { env = "HOTWASH_GITLAB_TOKEN" }
signing_token = { env = "HOTWASH_GITLAB_SIGNING" }
[[project]]
forge = "gitlab"
path = "acme/security/incidents"
process = "cloud-gov"
"#;

#[test]
fn a_gitlab_alone_is_a_whole_configuration() {
    let config = desk().load(GITLAB).unwrap();
    let gitlab = &config.gitlab[0];
    assert_eq!((gitlab.name.as_str(), gitlab.url.as_str()), ("gitlab", "https://gitlab.com"));
    assert_eq!((gitlab.webhook_secrets.len(), gitlab.signing_tokens.len()), (0, 1));
    assert_eq!(gitlab.write_interval, Duration::seconds(2));
    assert!(config.github.is_empty());
    assert_eq!(config.projects[0].path, "acme/security/incidents");
    assert!(!format!("{config:?}").contains(SIGNING));
    assert!(!config.projects[0].timeline_events);
    assert!(desk().load(&format!("{GITLAB}timeline_events = \"on\"\n")).unwrap().projects[0].timeline_events);
}

#[test]
fn each_mistake_about_a_gitlab_has_a_sentence_of_its_own() {
    let desk = desk();
    let with = |line: &str| GITLAB.replacen("[[gitlab]]\n", &format!("[[gitlab]]\n{line}\n"), 1);
    let at = "hotwash.toml:3:";
    desk.refuses(&with("url = \"http://git.acme.example\""), at, &["http://", "https://"]);
    desk.refuses(&with("url = \"https://git.acme.example/api/v4\""), at, &["address of the API"]);
    desk.refuses(&with("api_url = \"https://gitlab.com\""), at, &["not a known key"]);
    let plain = GITLAB.replace("HOTWASH_GITLAB_SIGNING", "HOTWASH_GITLAB_SECRET");
    desk.refuses(&plain, "hotwash.toml:4:", &["is no signing token", "whsec_"]);
    let none = GITLAB.replace("signing_token = { env = \"HOTWASH_GITLAB_SIGNING\" }\n", "");
    desk.refuses(&none, "hotwash.toml:2:", &["neither `signing_token` nor `webhook_secret`"]);
    let flat = GITLAB.replace("acme/security/incidents", "incidents");
    desk.refuses(&flat, "hotwash.toml:7:", &["whole path"]);
}
