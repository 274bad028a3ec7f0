//! The real program against the simulated forge, as the machine's clock goes.

use std::{sync::Arc, time::Duration};

use hotwash::{
    clock::{Clock, SystemClock},
    domain::snapshot::Visibility,
    drill::{
        faults::Faults,
        github::{Attempt, Simulated},
        model::{Access, Deed, HookConfig, Outcome, World},
    },
};
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::super::support::{
    bot::{BRIEF, Bot, SECRET, configure},
    forge::{BOT, BOT_TOKEN, PROJECT},
};

const TEMPLATE: &str = "Short description\n\n- **Status**: investigating\n- **Severity**: high\n- **Reporter**: robin\n\
                        - **IC**: @alice\n- **Responders**: @alice\n";

#[tokio::test(flavor = "multi_thread")]
async fn serve_takes_up_an_incident() {
    let clock = Arc::new(SystemClock::real());
    let mut world = World::new();
    let acme = world.add_organisation("acme", &[("alice", true)]);
    let project = world.add_project(acme, "incidents", Visibility::Private, clock.now());
    let bot = world.add_person(BOT);
    world.give(project, bot, Access::Write);
    world.add_personal_token(BOT_TOKEN, bot);
    let faults = Faults::default();
    // Every request of the program's is a reason to look again.
    let (asked, mut asks) = mpsc::unbounded_channel();
    faults.decided_by(Box::new(move |_, _| {
        // Once the incident is taken up, nobody listens any more.
        let _ = asked.send(());
        None
    }));
    let forge = Simulated::start(world, Arc::<SystemClock>::clone(&clock), faults).await.unwrap();

    let folder = TempDir::new().unwrap();
    configure(folder.path(), forge.base_url(), &BRIEF);
    let serve = Bot::start(folder.path());
    let config =
        HookConfig { url: serve.hook(), secret: Some(SECRET.to_owned()), events: vec!["*".to_owned()], active: true };
    forge.act("alice", Deed::AddHook { project: PROJECT.to_owned(), config }).unwrap();
    let filed = Deed::File {
        project: PROJECT.to_owned(),
        title: "It burns".to_owned(),
        body: Some(TEMPLATE.to_owned()),
        labels: vec!["incident".to_owned()],
        assignees: Vec::new(),
        confidential: false,
    };
    let Outcome::Issue(issue) = forge.act("alice", filed).unwrap() else { panic!("no issue was filed") };

    let taken_up = async {
        loop {
            forge.deliver_due(clock.now()).await;
            let (labels, comments) = forge.look(|world| {
                let comments: Vec<String> = world.comments(issue).map(|comment| comment.body.clone()).collect();
                (world.issue_by_id(issue).unwrap().labels.clone(), comments)
            });
            let board = comments.iter().any(|body| body.contains("<!-- hotwash:board"));
            if board && labels.iter().any(|label| label == "severity::high") {
                return comments;
            }
            asks.recv().await.unwrap();
            while forge.in_flight() > 0 {
                tokio::task::yield_now().await;
            }
        }
    };
    let comments = tokio::time::timeout(Duration::from_secs(30), taken_up).await.unwrap_or_else(|_| {
        panic!("not taken up; the program said:\n{}\nand was sent: {:?}", serve.said(), forge.attempts())
    });
    let [board] = comments.as_slice() else { panic!("one comment was to come: {comments:?}") };
    assert!(board.contains("| **Severity** | high |"), "{board}");
    let refused: Vec<String> = forge.attempts().iter().filter(|one| !one.arrived()).map(Attempt::spoken).collect();
    assert_eq!(refused, Vec::<String>::new(), "every delivery is taken");
    assert_eq!(forge.faults().met(), []);
}
