//! T11 and A7.7: the agenda of the weekly review, which is about all incidents of a project.

use std::path::Path;

use chrono::TimeDelta;
use hotwash::{
    cli::Program,
    config::DrillSettings,
    document::{Document, Source},
    domain::time::Moment,
    drill::{
        face::Kind,
        faults::{Effect, Faults, How, Switch},
        model::{At, Close, Deed, Issue, Outcome},
        script,
        stage::Stage,
    },
};

use super::{FORGE, PROJECT, moment};

const SCRIPT: &str = "title = \"A scenario\"\nstart = \"2026-11-20 08:00\"\n[project]\nprocess = \"gitlab-sirt\"\n\
    timezone = \"UTC\"\n[project.limits]\nsweep_every = \"4h\"\n[people]\nerin = \"write\"\nbob = \"write\"\n\
    [[step]]\nafter = \"1m\"\nnote = \"what happens is up to the test\"\n";

const BODY: &str = "Odd logins\n\n- **Status**: investigating\n- **Severity**: medium\n- **Reporter**: @erin\n\
    - **IC**: @bob\n- **Responders**:\n- **Systems**: payments and @wiki\n";

struct Scene<'s> {
    stage: Stage<'s>,
}

impl Scene<'_> {
    async fn until(&mut self, at: &str) {
        let at = exactly(at);
        while self.stage.towards(at).await.unwrap() {}
    }

    fn files(&mut self, title: &str) -> u64 {
        let deed = Deed::File {
            project: PROJECT.to_owned(),
            title: title.to_owned(),
            body: Some(BODY.to_owned()),
            labels: vec!["incident".to_owned()],
            assignees: Vec::new(),
            confidential: false,
        };
        let Outcome::Issue(id) = self.stage.perform(&"erin".into(), deed).unwrap() else { panic!("nothing was filed") };
        self.stage.look(|world| world.issue_by_id(id).unwrap().number)
    }

    fn says(&mut self, number: u64, text: &str) {
        let deed = Deed::Comment { at: At::new(PROJECT, number), body: text.to_owned() };
        self.stage.perform(&"bob".into(), deed).unwrap();
    }

    fn closes(&mut self, number: u64) {
        let deed = Deed::Close { at: At::new(PROJECT, number), reason: Close::Completed };
        self.stage.perform(&"bob".into(), deed).unwrap();
    }

    /// The agendas so far, oldest first.
    fn agendas(&self) -> Vec<Issue> {
        self.stage.look(|world| {
            let project = world.project(PROJECT).unwrap().id;
            let reviews = world.issues(project).filter(|issue| issue.labels.iter().any(|label| label == "review"));
            reviews.cloned().collect()
        })
    }

    fn comments(&self, issue: &Issue) -> usize {
        self.stage.look(|world| world.comments(issue.id).count())
    }
}

/// As in other stories, or `2026-12-07 08:59`.
fn exactly(text: &str) -> Moment {
    let exact = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M");
    exact.map_or_else(|_| moment(text), |wall| wall.and_utc())
}

/// What stands below an incident's heading.
fn section(agenda: &Issue, number: u64) -> Option<String> {
    let body = agenda.body.as_deref().unwrap_or_default();
    let begin = body.find(&format!("### #{number}, "))?;
    let text = &body[begin..];
    let end = text[3..].find("\n### ").map_or(text.len(), |end| end + 3);
    Some(text[..end].to_owned())
}

/// Plays on a project that follows the handbook with the review.
async fn play<F>(tell: impl FnOnce(Stage<'static>) -> F)
where
    F: Future<Output = ()>,
{
    let source = Source::read(SCRIPT);
    let document = Document::parse(&source, "weekly.toml");
    let settings = DrillSettings::read(&document.root().sub("project").unwrap(), Path::new("")).unwrap();
    let program: &'static Program = Box::leak(Box::new(Program::new(settings)));
    let mut reader = |table: &hotwash::document::Table<'_>| {
        DrillSettings::read(table, Path::new(""))?.project().cloned().map(Into::into)
    };
    let script = script::read(SCRIPT, "weekly.toml", &mut reader).unwrap().on(FORGE);
    tell(Stage::set(&script, program, Faults::new(0)).await.unwrap()).await;
}

#[tokio::test]
async fn t11_the_agenda_of_the_review_is_filed_on_monday_once() {
    play(async |stage| {
        let mut scene = Scene { stage };
        scene.until("Fri 09:00").await;
        let (open, over) = (scene.files("Odd logins"), scene.files("Odd mails"));
        scene.until("Fri 11:00").await;
        scene.closes(over);
        scene.until("next Mon 08:59").await;
        assert_eq!(scene.agendas().len(), 0, "it is not time yet");
        scene.until("next Mon 09:01").await;
        let agendas = scene.agendas();
        assert_eq!(agendas.len(), 1);
        assert_eq!(
            (agendas[0].title.as_str(), agendas[0].labels.len()),
            ("EXERCISE: Weekly incident review, 2026-11-23", 1)
        );
        assert!(section(&agendas[0], open).is_some() && section(&agendas[0], over).is_some(), "{:?}", agendas[0].body);
        assert_eq!(agendas[0].confidential, FORGE == Kind::Gitlab, "where there is such a flag, it has it");

        // A restart files nothing anew, and the agenda is no incident of its own.
        scene.stage.kill().await.unwrap();
        scene.stage.start().await.unwrap();
        scene.until("next Tue 09:00").await;
        assert_eq!((scene.agendas().len(), scene.comments(&agendas[0])), (1, 0));

        // A week later, only what is still open is left.
        scene.until("2026-11-30 09:01").await;
        let second = scene.agendas().pop().unwrap();
        assert!(section(&second, open).is_some() && section(&second, over).is_none(), "{:?}", second.body);

        // Whoever was away over a Monday files that one agenda late.
        scene.until("2026-12-06 12:00").await;
        scene.stage.kill().await.unwrap();
        scene.until("2026-12-07 15:00").await;
        scene.stage.start().await.unwrap();
        scene.until("2026-12-07 15:05").await;
        let titles: Vec<String> = scene.agendas().into_iter().map(|issue| issue.title).collect();
        assert_eq!(titles.len(), 3, "{titles:?}");
        assert!(titles[2].ends_with("2026-12-07"), "{titles:?}");
        scene.stage.strike().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn t11_an_agenda_is_filed_once_whatever_the_forge_answers_and_whenever_the_program_dies() {
    for effect in [Effect::Nothing, Effect::AtOnce, Effect::Later(TimeDelta::seconds(12))] {
        for dies in [false, true] {
            play(async |stage| {
                let mut scene = Scene { stage };
                scene.files("Odd logins");
                scene.until("next Mon 08:59").await;
                let switch = Switch::writes(How::Reset, effect).at("/issues").at_most(1);
                scene.stage.forge().faults().switch_on(switch);
                scene.until("next Mon 09:00").await;
                scene.stage.settle().await.unwrap();
                if dies {
                    scene.stage.kill().await.unwrap();
                    scene.stage.start().await.unwrap();
                }
                scene.until("next Mon 09:20").await;
                assert_eq!(scene.agendas().len(), 1, "{effect:?}, dies: {dies}");
                scene.stage.strike().await.unwrap();
            })
            .await;
        }
    }
}

#[tokio::test]
async fn a7_7_the_agenda_has_the_six_fields_and_two_topics() {
    play(async |stage| {
        let mut scene = Scene { stage };
        scene.until("Fri 09:00").await;
        let number = scene.files("Odd logins");
        scene.until("Fri 09:02").await;
        for said in [
            "ack",
            "lead The proxy's log @erin",
            "step Change the keys @bob",
            "step Tell @everybody",
            "done task-2",
            "disrupt Take the wiki offline",
        ] {
            scene.says(number, &format!("@hotwash {said}"));
            scene.stage.settle().await.unwrap();
        }
        scene.until("next Mon 09:01").await;
        let agenda = scene.agendas().pop().expect("an agenda");
        let text = section(&agenda, number).expect("the incident is on it");
        let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words:?} is missing\n{text}"));
        let order =
            ["**Scope**", "**Impact**", "**Work done**", "**Next steps**", "**Blockers**", "**Current status**"];
        let places: Vec<usize> = order.into_iter().map(at).collect();
        assert!(places.is_sorted(), "{text}");
        let between = |words: &str, from: usize, to: usize| {
            assert!(
                (places[from]..places.get(to).copied().unwrap_or(text.len())).contains(&at(words)),
                "{words}\n{text}"
            );
        };
        between("payments", 0, 1);
        between("to be filled in", 1, 2);
        between("Change the keys", 2, 3);
        between("proxy", 3, 4);
        between("waits for a decision: Take the wiki offline", 4, 5);
        between("investigating since 2026-11-20 09:00 UTC", 5, 6);
        let body = agenda.body.as_deref().unwrap();
        assert!(body.contains("### Mishandled incidents") && body.contains("### Process improvements"), "{body}");
        assert!(body.contains("line 26"), "{body}");
        for live in ["@wiki", "@everybody", "@erin", "@bob"] {
            assert!(!body.contains(live), "{live}: {body}");
        }
        scene.stage.strike().await.unwrap();
    })
    .await;
}
