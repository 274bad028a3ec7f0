//! A hundred thousand hostile texts in every place of every message, before both forges.

use std::sync::Arc;

use hotwash::{
    clock::{SharedClock, SystemClock},
    domain::snapshot::Visibility,
    drill::{
        faults::Faults,
        gitlab::{self, Simulated},
        model::{Access, At, Deed, Outcome, World},
    },
    render::Renderer,
    text::neutral::{inline, plain, title, undo},
};

use super::{forges::live, frame::Frame, grammar, places::messages};
use crate::{
    fields::cases,
    support::{
        dice::Dice,
        settings::{say, seed},
    },
};

const PATH: &str = "acme/incidents";

fn frames(renderer: &Renderer) -> Vec<Frame> {
    messages().into_iter().map(|message| Frame::new(renderer, message)).collect()
}

/// A simulated GitLab with an issue in it, in whose thread the bot's messages are posted.
struct Thread {
    forge: Simulated,
    at: At,
}

impl Thread {
    async fn open() -> Self {
        let clock: SharedClock = Arc::new(SystemClock::real());
        let mut world = World::new();
        world.caps = gitlab::caps();
        let owner = world.add_organisation("acme", &[]);
        let project = world.add_project(owner, "incidents", Visibility::Private, clock.machine_now());
        let bot = world.add_person("hotwash");
        world.give(project, bot, Access::Maintain);
        let forge = Simulated::start(world, clock, Faults::default()).await.unwrap();
        let filed = Deed::File {
            project: PATH.to_owned(),
            title: "Chickens".to_owned(),
            body: None,
            labels: vec!["incident".to_owned()],
            assignees: Vec::new(),
            confidential: true,
        };
        let Outcome::Issue(id) = forge.act("hotwash", filed).unwrap() else { panic!("not filed") };
        let number = forge.look(|world| world.issue_by_id(id).unwrap().number);
        Self { forge, at: At::new(PATH, number) }
    }

    /// Posts a message as the bot. What GitLab took out of it and ran is missing from what then stands there.
    fn keeps(&self, text: &str) -> Result<(), String> {
        let posted = self.forge.act("hotwash", Deed::Comment { at: self.at.clone(), body: text.to_owned() });
        let Ok(Outcome::Comment(id)) = posted else { return Err(format!("not posted: {posted:?}")) };
        let kept = self.forge.look(|world| world.comment(id).map(|comment| comment.body.clone())).unwrap_or_default();
        if kept == text.trim() { Ok(()) } else { Err(format!("kept {kept:?} of {text:?}")) }
    }

    fn open_and_unchanged(&self) -> bool {
        self.forge.look(|world| {
            let issue = world.issue(PATH, self.at.number).unwrap();
            issue.open && issue.confidential && issue.title == "Chickens" && issue.labels == ["incident"]
        })
    }
}

/// What must hold of a text wherever it comes to stand.
fn harmless_alone(text: &str) -> Result<(), String> {
    let (shown, safe) = (plain(text), inline(text));
    if undo(&safe) != shown {
        return Err(format!("{text:?} comes back as {:?}", undo(&safe)));
    }
    if safe.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        return Err(format!("{text:?} has several lines: {safe:?}"));
    }
    let name = title(text);
    let found = live(&name);
    if !found.is_empty() || name.chars().count() > 250 {
        return Err(format!("{text:?} as a title: {name:?}: {found:?}"));
    }
    Ok(())
}

#[tokio::test]
async fn a_hundred_thousand_hostile_texts_make_neither_forge_act() {
    let seed = seed();
    let mut dice = Dice::new(seed);
    let renderer = Renderer::new(None, inline).unwrap();
    let (frames, thread) = (frames(&renderer), Thread::open().await);
    let most = usize::try_from(cases(100_000)).unwrap();
    let (mut texts, mut posted, mut wrong) = (0, 0, Vec::new());
    while texts < most && wrong.len() < 10 {
        for frame in &frames {
            let drawn: Vec<String> = (0..frame.places()).map(|_| grammar::hostile(&mut dice)).collect();
            texts += drawn.len();
            wrong.extend(drawn.iter().filter_map(|text| harmless_alone(text).err()));
            let judged = frame.judged(&renderer, &drawn).and_then(|text| thread.keeps(&text));
            wrong.extend(judged.err());
            posted += 1;
        }
    }
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
    assert!(thread.open_and_unchanged(), "seed {seed}: something was run");
    say(&format!("{texts} texts in {posted} messages"));
}

#[tokio::test]
async fn every_piece_of_the_grammar_is_harmless_in_every_place() {
    let renderer = Renderer::new(None, inline).unwrap();
    let (frames, thread) = (frames(&renderer), Thread::open().await);
    let (mut wrong, mut placed) = (Vec::new(), 0);
    for text in grammar::every_piece() {
        wrong.extend(harmless_alone(&text).err());
        for frame in &frames {
            let same = vec![text.clone(); frame.places()];
            placed += same.len();
            wrong.extend(frame.judged(&renderer, &same).and_then(|text| thread.keeps(&text)).err());
        }
        if wrong.len() > 20 {
            break;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(placed > 20_000 && thread.open_and_unchanged(), "{placed} texts");
}

#[tokio::test]
async fn the_simulated_gitlab_runs_what_is_not_neutralised() {
    let thread = Thread::open().await;
    assert!(thread.keeps("Set by x\n/label ~gone").is_err());
    assert!(!thread.open_and_unchanged());
}
