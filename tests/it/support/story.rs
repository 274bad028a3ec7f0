//! One whole incident, as people live it, in steps that wait for what they should see.

use super::{
    stage::{Scene, Stage},
    thread::{Canonical, canonical},
};

/// The issue as the template gives it, filled in by a reporter in a hurry.
pub(crate) const REPORT: &str = "<!-- hotwash:incident -->\nSomebody is logged in from two continents at once.\n\n\
    - **Status**: investigating\n- **Severity**: unknown\n- **Reporter**: @robin\n- **IC**: Your Name\n\
    - **Responders**: Any other responders\n";

/// Told to whoever wants to watch: what happens next, and the issue.
pub(crate) type Narrator<'a> = &'a (dyn Fn(&str) + Sync);

/// Nobody watches.
pub(crate) const SILENT: Narrator<'static> = &|_| {};

/// From the report to the second retrospective; what it all ended in.
pub(crate) async fn whole_incident(stage: &Stage, tell: Narrator<'_>) -> (u64, Canonical) {
    let issue = reported(stage, tell).await;
    acknowledged_late(stage, issue, tell).await;
    worked_on(stage, issue, tell).await;
    resolved_and_closed(stage, issue, tell).await;
    closed_again(stage, issue, tell).await;
    let end = stage.calm(issue).await;
    assert_eq!(current_reports(&end), 1, "{:?}", end.of_kind("retrospective"));
    for (marker, said) in super::thread::written(&end.thread) {
        assert!(said.body.contains("EXERCISE"), "{marker:?} does not say that this is an exercise");
    }
    (issue, canonical(end.labels, &end.thread))
}

async fn reported(stage: &Stage, tell: Narrator<'_>) -> u64 {
    tell("robin reports an incident from the template");
    let issue = stage.reporter.files("Strange logins", REPORT, &["incident"]);
    stage.until("board", issue, |it| it.of_kind("board").pop()).await;
    let labels = ["incident", "phase::initiate", "severity::unknown", "status::investigating"];
    stage.until("labels from the report", issue, |it| (it.labels == labels).then_some(())).await;
    issue
}

async fn acknowledged_late(stage: &Stage, issue: u64, tell: Narrator<'_>) {
    tell("nobody answers for ten minutes");
    let reminder = stage.until("reminder to acknowledge", issue, |it| it.reminder("acknowledge")).await;
    tell("alice acknowledges");
    stage.forge.another_second().await;
    stage.responder.comments(issue, "@hotwash ack");
    stage.until("folded reminder to acknowledge", issue, |it| it.folded(&reminder).then_some(())).await;
}

async fn worked_on(stage: &Stage, issue: u64, tell: Narrator<'_>) {
    tell("alice finds it serious and sets the label severity::high");
    stage.forge.another_second().await;
    stage.responder.labels(issue, "severity::high");
    stage.until("severity high alone", issue, |it| (it.only("severity::") == Some("high")).then_some(())).await;
    tell("an hour passes without a sitrep");
    let reminder = stage.until("hourly reminder", issue, |it| it.reminder("sitrep")).await;
    tell("alice posts a sitrep");
    stage.forge.another_second().await;
    stage.responder.comments(issue, "Sitrep: both sessions are ended, the account is locked.");
    stage.until("folded reminder of the sitrep", issue, |it| it.folded(&reminder).then_some(())).await;
    tell("the team moves on to remediation");
    stage.forge.another_second().await;
    stage.responder.labels(issue, "phase::remediate");
    stage.until("phase remediate alone", issue, |it| (it.only("phase::") == Some("remediate")).then_some(())).await;
}

async fn resolved_and_closed(stage: &Stage, issue: u64, tell: Narrator<'_>) {
    tell("robin edits the issue: resolved");
    stage.forge.another_second().await;
    let resolved = REPORT.replace("investigating", "resolved");
    stage.reporter.edits(issue, &resolved);
    stage.until("status resolved alone", issue, |it| (it.only("status::") == Some("resolved")).then_some(())).await;
    // The line in the body still says `unknown`, but nobody changed it: the label is newer.
    stage.until("severity high still", issue, |it| (it.only("severity::") == Some("high")).then_some(())).await;
    tell("alice closes the issue");
    stage.forge.another_second().await;
    stage.responder.closes(issue);
    stage.until("retrospective", issue, |it| (current_reports(it) == 1).then_some(())).await;
}

async fn closed_again(stage: &Stage, issue: u64, tell: Narrator<'_>) {
    tell("something was forgotten: alice reopens the issue");
    stage.forge.another_second().await;
    stage.responder.reopens(issue);
    stage.until("superseded retrospective", issue, |it| (current_reports(it) == 0).then_some(())).await;
    // A label that is still on cannot be put on: the forge would not even say that somebody tried.
    stage
        .until("what held before the end", issue, |it| (it.only("status::") == Some("investigating")).then_some(()))
        .await;
    tell("the incident goes on; alice resolves it by a label and closes it again");
    stage.forge.another_second().await;
    stage.responder.labels(issue, "status::resolved");
    stage
        .until("status resolved alone", issue, |it| {
            it.labels.iter().filter(|label| label.starts_with("status::")).eq(["status::resolved"]).then_some(())
        })
        .await;
    stage.forge.another_second().await;
    stage.responder.closes(issue);
    stage.until("second retrospective", issue, |it| (current_reports(it) == 1).then_some(())).await;
}

/// Reports that no line on top calls superseded.
pub(crate) fn current_reports(scene: &Scene) -> usize {
    let superseded = |body: &str| body.lines().take(6).any(|line| line.to_lowercase().contains("superseded"));
    scene.of_kind("retrospective").iter().filter(|(_, said)| !superseded(&said.body)).count()
}
