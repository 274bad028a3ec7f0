//! A whole incident in a real browser that runs no scripts. The steps are in `tests/browser/`.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use hotwash::drill::face::Kind;
use tempfile::TempDir;

use super::visitor::Visitor;
use crate::{
    foreign::emulate::installed,
    support::settings::{say, setting},
};

const CHROMIUM: &str = "/usr/bin/chromium";

/// The folder of npm packages, if everything that the story needs is there. Stops the test where somebody insists.
fn peers() -> Option<PathBuf> {
    let folder = installed()?;
    let missing = [folder.join("node_modules/playwright-core/package.json"), PathBuf::from(CHROMIUM)];
    let missing: Vec<_> = missing.iter().filter(|path| !path.exists()).collect();
    if missing.is_empty() {
        return Some(folder);
    }
    assert!(
        setting("HOTWASH_PEERS").as_deref() != Some("required"),
        "{missing:?} not found; scripts/setup installs chromium and playwright-core"
    );
    say(&format!("NOT RUN: {missing:?} not found"));
    None
}

/// Plays a story of `tests/browser/` on a fresh drill, up to its last picture.
fn plays(story: &str, on: Kind, last: &str) {
    let Some(peers) = peers() else { return };
    let visitor = Visitor::on(on);
    let kept = setting("HOTWASH_PICTURES").map(PathBuf::from);
    let pictures = TempDir::new().unwrap();
    let folder = kept.as_deref().unwrap_or(pictures.path());
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(story);
    let mut node = Command::new(peers.join("node_modules/node/bin/node"));
    let output = node.arg(story).arg(format!("{}/", visitor.url)).arg(&peers).arg(folder).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.ends_with("ok\n"), "{out}\n{err}");
    assert!(folder.join(last).exists(), "{last} was not taken");
}

#[test]
fn an_incident_from_its_report_to_its_retrospective_without_a_script() {
    plays("story.mjs", Kind::Github, "report-phone.png");
}

#[test]
fn a_short_walk_on_gitlab_without_a_script() {
    plays("gitlab.mjs", Kind::Gitlab, "gitlab-deliveries-phone.png");
}
