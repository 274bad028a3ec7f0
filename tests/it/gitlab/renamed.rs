//! A project that was renamed and moved, and a program that was started anew since: what happens there is still heard at
//! once, on both forges. Deliveries of projects that nobody configured are not.

use hotwash::{
    domain::snapshot::Visibility,
    drill::{
        face::{Face, Kind},
        faults::Faults,
        model::{Access, At, Deed, HookConfig, Login},
        stage::Stage,
    },
};

use super::play::{PATH, Play, SCRIPT, program, text};

/// As the owner, moves the project to another owner and name.
fn moved(play: &mut Play<'_>, kind: Kind) -> &'static str {
    play.does("acme", Deed::Rename { project: PATH.to_owned(), name: "cases".to_owned() });
    if kind == Kind::Github {
        // There, another owner means another installation of the App.
        return "acme/cases";
    }
    play.forge().look(|world| world.add_organisation("umbrella", &[("acme", true)]));
    play.does("acme", Deed::MoveProject { project: "acme/cases".to_owned(), to: Login::new("umbrella") });
    "umbrella/cases"
}

fn severity(play: &Play<'_>, path: &str) -> Vec<String> {
    play.0.look(|world| {
        let labels = &world.issue(path, 1).unwrap().labels;
        labels.iter().filter(|label| label.starts_with("severity::")).cloned().collect()
    })
}

async fn restarted(play: &mut Play<'_>) {
    play.0.kill().await.unwrap();
    play.0.start().await.unwrap();
    play.minutes(1).await;
}

#[tokio::test]
async fn after_a_restart_a_renamed_project_is_heard_at_once() {
    for kind in [Kind::Github, Kind::Gitlab] {
        let program = program(SCRIPT);
        let script = super::play::script(&text("")).on(kind);
        let mut play = Play(Stage::set(&script, &program, Faults::new(0)).await.unwrap());
        play.file(kind == Kind::Gitlab);
        play.minutes(1).await;
        assert_eq!(severity(&play, PATH), ["severity::unknown"], "{kind:?}");
        let path = moved(&mut play, kind);
        restarted(&mut play).await;
        let at = || At::new(path, 1);
        play.does("bob", Deed::Comment { at: at(), body: "@hotwash severity high".to_owned() });
        // The next sweep is minutes away.
        play.minutes(1).await;
        assert_eq!(severity(&play, path), ["severity::high"], "{kind:?}");
        play.does("bob", Deed::Comment { at: at(), body: "@hotwash severity low".to_owned() });
        play.minutes(1).await;
        assert_eq!(severity(&play, path), ["severity::low"], "{kind:?}");
        play.0.strike().await.unwrap();
    }
}

/// Another project of the same owner, whose deliveries come here, too.
fn strange(play: &Play<'_>) -> &'static str {
    let add = |world: &mut hotwash::drill::model::World| {
        let owner = world.user("acme").unwrap().id;
        let (ours, now) = (world.project(PATH).unwrap(), world.project(PATH).unwrap().created_at);
        let hook: Option<HookConfig> = world.hooks(ours.id).next().map(|hook| hook.config.clone());
        let theirs = world.add_project(owner, "other", Visibility::Private, now);
        for login in ["bob", "erin", "hotwash-bot"] {
            if let Some(id) = world.user(login).map(|user| user.id) {
                world.give(theirs, id, Access::Maintain);
            }
        }
        hook
    };
    let (hook, by) = (play.0.forge().look(add), "acme");
    if let Some(config) = hook {
        play.0.forge().act(by, Deed::AddHook { project: "acme/other".to_owned(), config }).unwrap();
    }
    "acme/other"
}

#[tokio::test]
async fn a_delivery_of_another_project_is_taken_and_refused_by_name_and_number() {
    for kind in [Kind::Github, Kind::Gitlab] {
        let program = program(SCRIPT);
        let script = super::play::script(&text("")).on(kind);
        let mut play = Play(Stage::set(&script, &program, Faults::new(0)).await.unwrap());
        play.file(kind == Kind::Gitlab);
        play.minutes(1).await;
        let path = strange(&play);
        let sent = attempts(&play);
        let deed = Deed::File {
            project: path.to_owned(),
            title: "Theirs".to_owned(),
            body: Some("- **Status**: investigating\n- **Severity**: unknown\n".to_owned()),
            labels: vec!["incident".to_owned()],
            assignees: Vec::new(),
            confidential: true,
        };
        play.does("erin", deed);
        play.does("erin", Deed::Comment { at: At::new(path, 1), body: "@hotwash severity high".to_owned() });
        play.minutes(2).await;
        assert!(attempts(&play) > sent, "{kind:?}: nothing was delivered, so nothing was tried");
        let comments = play.0.look(|world| world.issue(path, 1).unwrap().comments);
        assert_eq!(comments, 1, "{kind:?}: nobody answered");
        assert_eq!(severity(&play, PATH), ["severity::unknown"], "{kind:?}: nor was it taken for ours");
        play.0.strike().await.unwrap();
    }
}

/// How many deliveries arrived.
fn attempts(play: &Play<'_>) -> usize {
    match play.0.forge() {
        Face::Github(forge) => forge.attempts().iter().filter(|it| it.arrived()).count(),
        Face::Gitlab(forge) => forge.attempts().iter().filter(|it| it.arrived()).count(),
    }
}
