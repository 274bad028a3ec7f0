//! The npm package `emulate`: a stateful GitHub on loopback.

use std::{
    fmt::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::super::support::{
    child::Process,
    forge::{BOT, BOT_TOKEN},
    settings::{say, setting},
};

/// A running simulated GitHub with a private repository, people and the bot's account in it.
pub(super) struct Emulate {
    _process: Process,
    url: String,
}

impl Emulate {
    /// Starts it with its seed file in `folder`. `None` if the npm packages are not installed and nobody insists.
    pub(super) fn start(folder: &Path, people: &[&str]) -> Option<Self> {
        let peers = installed()?;
        let seed = folder.join("github.yaml");
        std::fs::write(&seed, seed_file(people)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(peers.join("node_modules/node/bin/node"));
        command.arg(peers.join("node_modules/emulate/dist/index.js"));
        command.args(["start", "-s", "github", "--port", &port.to_string(), "--seed"]).arg(&seed);
        let mut process = Process::start(command.current_dir(folder));
        process.wait_for("`Ready.` from emulate", Duration::from_secs(30), |line| line.contains("Ready").then_some(()));
        Some(Self { _process: process, url: format!("http://127.0.0.1:{port}") })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

/// The token of a person.
pub(super) fn token(login: &str) -> String {
    format!("test_token_{login}")
}

/// Where the npm packages are: `HOTWASH_PEERS_DIR`, else `target/peers`.
pub(crate) fn installed() -> Option<PathBuf> {
    let folder = setting("HOTWASH_PEERS_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers"), PathBuf::from);
    if folder.join("node_modules/emulate/dist/index.js").is_file() {
        return Some(folder);
    }
    assert!(
        setting("HOTWASH_PEERS").as_deref() != Some("required"),
        "{} holds no npm package `emulate`; `npm i --prefix target/peers emulate@0.12.2 node@24` installs it",
        folder.display()
    );
    say(&format!("NOT RUN: the npm package `emulate` is not in {}", folder.display()));
    None
}

fn seed_file(people: &[&str]) -> String {
    let scopes = "scopes: [repo, user, admin:org, admin:repo_hook]";
    let mut tokens = format!("  {BOT_TOKEN}: {{ login: {BOT}, {scopes} }}\n");
    let (mut users, mut members) = (format!("{{ login: {BOT} }}"), format!("{{ login: {BOT}, role: member }}"));
    for login in people {
        let _ = writeln!(tokens, "  {}: {{ login: {login}, {scopes} }}", token(login));
        let _ = write!(users, ", {{ login: {login} }}");
        let _ = write!(members, ", {{ login: {login}, role: admin }}");
    }
    format!(
        "tokens:\n{tokens}github:\n  users: [ {users} ]\n  orgs:\n    - {{ login: acme, members: [ {members} ] }}\n  \
         repos:\n    - {{ owner: acme, name: incidents, private: true, auto_init: true }}\n"
    )
}
