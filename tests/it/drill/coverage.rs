//! How much of its process each shipped story really uses.
//!
//! A rule is used if the journal, which holds everything that was seen and done, shows it at work: a duty came due or was
//! met, late, missed or waived; a status, severity or phase was entered; a flag was raised; a playbook was started; an item
//! was ticked, by hand or by word. That something merely stood on the board is not enough.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex, Weak},
};

use hotwash::{
    cli::Program,
    config::DrillSettings,
    document::{Document, Source},
    domain::{
        event::{DutyState, Event},
        process::Process,
        project::Project,
    },
    drill::play::{Audience, Pace, Told, play},
    plan::fold::fold,
    store::Store,
};
use tokio::task::JoinHandle;

use super::scripts::read;

const STORIES: [(&str, &str); 4] = [
    ("cloud-gov", include_str!("../../../drills/cloud-gov.toml")),
    ("civicactions", include_str!("../../../drills/civicactions.toml")),
    ("gitlab-sirt", include_str!("../../../drills/gitlab-sirt.toml")),
    ("sectemplates", include_str!("../../../drills/sectemplates.toml")),
];

/// The program's database, while there is one.
type Glimpse = Arc<Mutex<Option<Weak<dyn Store>>>>;

type Journals = Vec<(hotwash::domain::ids::IssueRef, Vec<Event>)>;

/// Reads every journal when the story is over.
struct Reader {
    database: Glimpse,
    read: Option<JoinHandle<Journals>>,
    failed: usize,
}

impl Audience for Reader {
    fn hears(&mut self, told: &Told) {
        let Told::End(tally) = told else { return };
        self.failed = tally.failed;
        let database = self.database.lock().unwrap().as_ref().and_then(Weak::upgrade).unwrap();
        self.read = Some(tokio::spawn(async move {
            let mut journals = Vec::new();
            for issue in database.incidents().await.unwrap() {
                let entries = database.journal(&issue).await.unwrap();
                journals.push((issue, entries.into_iter().map(|entry| entry.event).collect()));
            }
            journals
        }));
    }
}

/// Plays a story; its project, and what it left behind.
fn played(text: &str) -> (Arc<Project>, Journals) {
    let script = read(text).unwrap();
    let source = Source::read(text);
    let document = Document::parse(&source, "drill.toml");
    let settings = DrillSettings::read(&document.root().sub("project").unwrap(), Path::new("")).unwrap();
    let glimpse = Glimpse::default();
    let seen = Arc::clone(&glimpse);
    let program = Program::new(settings).over(Arc::new(move |store| {
        *seen.lock().unwrap() = Some(Arc::downgrade(&store));
        store
    }));
    let mut reader = Reader { database: glimpse, read: None, failed: 0 };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let journals = runtime.block_on(async {
        play(&script, &program, &mut reader, Pace::AtOnce).await.unwrap();
        reader.read.take().unwrap().await.unwrap()
    });
    assert_eq!(reader.failed, 0, "expectations of the story that do not hold");
    (script.project, journals)
}

/// Every rule by its kind and name: `duty/sitrep`.
fn rules(process: &Process) -> BTreeSet<String> {
    let name = |kind: &str, id: &str| format!("{kind}/{id}");
    let mut all: BTreeSet<String> = process.items().map(|item| name("item", &item.id)).collect();
    all.extend(process.duties.iter().map(|one| name("duty", &one.id)));
    all.extend(process.flags.iter().map(|one| name("flag", &one.id)));
    all.extend(process.playbooks.iter().map(|one| name("playbook", &one.id)));
    all.extend(process.phases.iter().map(|one| name("phase", &one.name)));
    all.extend(process.statuses.iter().map(|one| name("status", &one.name)));
    all.extend(process.severities.iter().map(|one| name("severity", &one.name)));
    all
}

/// The rules that a journal shows at work.
fn used(project: &Project, journals: &Journals) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (issue, events) in journals {
        let incident = fold(issue, events, project);
        let worked = |state: &DutyState| !matches!(state, DutyState::Waiting | DutyState::Cancelled);
        let duties = incident.duties.iter().filter(|(_, state)| worked(state));
        used.extend(duties.map(|(occurrence, _)| format!("duty/{}", occurrence.duty)));
        used.extend(incident.turns.iter().map(|turn| format!("{}/{}", turn.dimension, turn.to.value)));
        used.extend(incident.ticked.keys().map(|item| format!("item/{item}")));
        used.extend(incident.flags.keys().map(|flag| format!("flag/{flag}")));
        let started = incident.playbooks.iter().filter_map(|name| project.process.playbook(name));
        used.extend(started.map(|playbook| format!("playbook/{}", playbook.id)));
    }
    used
}

/// At least two thirds of the rules, of a story that anybody can play.
#[track_caller]
fn uses_two_thirds(name: &str) {
    let (_, text) = STORIES.iter().find(|(known, _)| *known == name).unwrap();
    let (project, journals) = played(text);
    assert_eq!(project.process.name, name);
    let (rules, used) = (rules(&project.process), used(&project, &journals));
    let unused: Vec<&String> = rules.difference(&used).collect();
    let count = rules.len() - unused.len();
    assert!(count * 3 >= rules.len() * 2, "{name}: {count} of {} rules are used; not: {unused:#?}", rules.len());
}

#[test]
fn the_story_of_cloud_gov_uses_two_thirds_of_its_rules() {
    uses_two_thirds("cloud-gov");
}

#[test]
fn the_story_of_civicactions_uses_two_thirds_of_its_rules() {
    uses_two_thirds("civicactions");
}

#[test]
fn the_story_of_gitlab_sirt_uses_two_thirds_of_its_rules() {
    uses_two_thirds("gitlab-sirt");
}

#[test]
fn the_story_of_sectemplates_uses_two_thirds_of_its_rules() {
    uses_two_thirds("sectemplates");
}

#[test]
fn what_nobody_did_is_not_used() {
    let (project, journals) = played(super::scripts::GOOD);
    let used = used(&project, &journals);
    let wanted = ["duty/acknowledge", "phase/initiate", "severity/unknown", "status/investigating"];
    assert_eq!(
        used.iter().filter(|rule| !rule.starts_with("IC/")).collect::<Vec<_>>(),
        wanted.iter().collect::<Vec<_>>()
    );
    assert!(used.is_subset(&rules(&project.process).into_iter().chain(["IC/@bob".to_owned()]).collect()));
}
