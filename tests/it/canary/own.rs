//! What only GitLab has: commands dated by GraphQL, incidents with a severity and a timeline, internal notes.

use super::{stranger::Stranger, weather::Weather, words::canary};
use crate::support::{proxy::Fault, stage::Stage};

const GRAPHQL: &str = "POST /api/graphql";

pub(super) async fn every_feature_of_gitlab(stage: &Stage, stranger: &mut Stranger, issue: u64) {
    reworded(stage, issue).await;
    promoted(stage, issue).await;
    refused(stage, issue).await;
    stranger.asks().await;
    internal(stage, issue).await;
}

/// A comment that is made a command: when, is asked by GraphQL.
async fn reworded(stage: &Stage, issue: u64) {
    let weather = Weather::comes(stage, &[(GRAPHQL, Fault::Refused(422))]);
    let comment = stage.responder.comments(issue, &canary("before"));
    stage.forge.another_second().await;
    stage.responder.rewords(comment, &format!("@hotwash lead {}", canary("reworded")));
    weather.passes().await;
    let holds = |body: &str| body.contains(&canary("reworded"));
    stage.until("it on the board", issue, |it| it.of_kind("board").pop().filter(|(_, it)| holds(&it.body))).await;
}

/// An issue that becomes one of the type Incident: its severity and its timeline follow, those told before included.
async fn promoted(stage: &Stage, issue: u64) {
    assert_eq!(stage.forge.timeline(), [""; 0], "a plain issue has no timeline");
    let weather = Weather::comes(stage, &[(GRAPHQL, Fault::Truncated), (GRAPHQL, Fault::ErrorBefore)]);
    stage.responder.promotes(issue);
    stage.responder.labels(issue, "severity::medium");
    stage.responder.comments(issue, &format!("@hotwash timeline {}", canary("promoted")));
    weather.passes().await;
    entered(stage, issue, &[&canary("entry"), &canary("promoted"), "Severity: medium"]).await;
    let severity = || stage.forge.severity(issue).filter(|severity| severity == "MEDIUM");
    stage.until("severity in step", issue, |_| severity()).await;
}

/// What stands there is read; then the entry is refused, with its words; then it is taken.
async fn refused(stage: &Stage, issue: u64) {
    let weather = Weather::comes(stage, &[(GRAPHQL, Fault::None), (GRAPHQL, Fault::Refused(422))]);
    stage.responder.comments(issue, &format!("@hotwash timeline {}", canary("refused")));
    weather.passes().await;
    entered(stage, issue, &[&canary("refused")]).await;
}

async fn entered(stage: &Stage, issue: u64, wanted: &[&str]) {
    let all = || {
        let told = stage.forge.timeline().concat();
        wanted.iter().all(|one| told.contains(one)).then_some(())
    };
    stage.until(&format!("{wanted:?} in the timeline"), issue, |_| all()).await;
}

/// Words of the team alone: answered, and repeated nowhere.
async fn internal(stage: &Stage, issue: u64) {
    let words = canary("internal");
    stage.responder.notes(issue, &format!("{words}\n@hotwash timeline {words}\n@hotwash {}", canary("whispered")));
    let answered = |said: String| said.contains("stands in an internal note") && said.contains("do not quote it here");
    let replies = |bodies: Vec<String>| answered(bodies.concat()).then_some(());
    stage
        .until("an answer to both", issue, |it| {
            replies(it.of_kind("reply").into_iter().map(|(_, it)| it.body).collect())
        })
        .await;
}
