//! The real program as a child process, with its configuration file, on its own database.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use hotwash::drill::face::Kind;

use super::{
    child::Process,
    forge::{BOT_TOKEN, PROJECT},
    settings::setting,
};

/// The webhook's secret, shared with the forge.
pub(crate) const SECRET: &str = "a secret that both sides know";
/// The same on GitLab, which signs with a key of 32 bytes.
pub(crate) const SIGNING: &str = "whsec_YSBrZXkgdGhhdCBib3RoIHNpZGVzIGtub3csIDMyIGI=";
/// The key of the hidden markers.
pub(crate) const MARKER_KEY: &str = "a key for the markers, 32 bytes.";
const START: Duration = Duration::from_secs(30);

/// What differs between stories.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// How many times as fast as the machine's the incident's clock runs.
    pub(crate) speed: u32,
    /// How often the bot looks through everything that changed.
    pub(crate) sweep_every: &'static str,
}

/// The incident's clock keeps to the machine's: nothing comes due in a story of seconds.
pub(crate) const BRIEF: Settings = Settings { speed: 1, sweep_every: "2s" };

/// The bot and where it listens.
pub(crate) struct Bot {
    process: Process,
    url: String,
}

impl Bot {
    /// Starts `hotwash serve` and waits until it listens. `folder` holds its configuration and database.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut command = hotwash(folder);
        command.args(["serve", "--exercise-speed", &std::fs::read_to_string(folder.join("speed")).unwrap()]);
        let mut process = Process::start(&mut command);
        let address = process.wait_for("`listening on` from hotwash", START, |line| {
            let (_, after) = line.split_once("listening on ")?;
            Some(after.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ':')).collect::<String>())
        });
        Self { process, url: format!("http://{address}") }
    }

    /// Where GitHub's deliveries go.
    pub(crate) fn hook(&self) -> String {
        self.hook_of(Kind::Github)
    }

    /// Where a forge's deliveries go.
    pub(crate) fn hook_of(&self, forge: Kind) -> String {
        format!("{}/webhooks/{}", self.url, forge.name())
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.process.kill();
    }

    /// Ends it as an operator does; its exit code.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        self.process.stop(Duration::from_secs(25))
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn said(&self) -> String {
        self.process.said()
    }
}

/// The program with the configuration in `folder` and its secrets; what it is to do is for the caller to add.
pub(crate) fn hotwash(folder: &Path) -> Command {
    let mut command = Command::new(binary());
    command.env("HOTWASH_CONFIG", folder.join("hotwash.toml"));
    command.env("HOTWASH_GITHUB_SECRET", SECRET).env("GITHUB_TOKEN", BOT_TOKEN);
    command.env("HOTWASH_GITLAB_SIGNING", SIGNING).env("HOTWASH_GITLAB_TOKEN", BOT_TOKEN);
    command.env("HOTWASH_MARKER_KEY", MARKER_KEY).env("NO_COLOR", "1").current_dir(folder);
    command
}

/// Writes the configuration for a bot whose forge is a GitHub at `api_url`.
pub(crate) fn configure(folder: &Path, api_url: &str, settings: &Settings) {
    configure_on(Kind::Github, folder, api_url, settings);
}

/// The same for either forge.
pub(crate) fn configure_on(on: Kind, folder: &Path, url: &str, settings: &Settings) {
    let database = folder.join("hotwash.db");
    let Settings { speed, sweep_every } = settings;
    let (forge, name) = (forge(on, url), on.name());
    let text = format!(
        r#"[server]
listen = "127.0.0.1:0"
public_url = "http://127.0.0.1"
marker_key = {{ env = "HOTWASH_MARKER_KEY" }}

[store]
url = "sqlite:{}"

{forge}
write_interval = "0s"

[[project]]
forge = "{name}"
path = "{PROJECT}"
process = "two-duties.toml"
timezone = "UTC"
mention = "hotwash"

[project.limits]
settle = "1s"
recheck = "300ms"
sweep_every = "{sweep_every}"
lease = "5s"
board_every = "1s"
"#,
        database.display()
    );
    std::fs::write(folder.join("hotwash.toml"), text).unwrap();
    // What these stories tell does not depend on what a handbook asks for.
    std::fs::write(folder.join("two-duties.toml"), include_str!("../plan/two-duties.toml")).unwrap();
    std::fs::write(folder.join("speed"), speed.to_string()).unwrap();
}

/// The table of the forge.
fn forge(on: Kind, url: &str) -> String {
    match on {
        Kind::Github => format!(
            r#"[[github]]
name = "github"
api_url = "{url}"
webhook_secret = {{ env = "HOTWASH_GITHUB_SECRET" }}
token = {{ env = "GITHUB_TOKEN" }}"#
        ),
        Kind::Gitlab => format!(
            r#"[[gitlab]]
name = "gitlab"
url = "{url}"
signing_token = {{ env = "HOTWASH_GITLAB_SIGNING" }}
token = {{ env = "HOTWASH_GITLAB_TOKEN" }}"#
        ),
    }
}

/// `HOTWASH_BIN`, else the binary that was built along with the tests.
fn binary() -> PathBuf {
    setting("HOTWASH_BIN")
        .or(option_env!("CARGO_BIN_EXE_hotwash").map(str::to_owned))
        .map(PathBuf::from)
        .expect("HOTWASH_BIN names the program where it is not built along with the caller")
}

/// `hotwash` with one of its commands, on the configuration in `folder`.
pub(crate) fn command(folder: &Path, name: &str) -> Command {
    let mut command = hotwash(folder);
    command.arg(name);
    command
}
