//! What people do on the forge and see there: straight at it, past the proxy that watches the bot.

use std::{fmt, sync::Arc};

use hotwash::{
    domain::{ids::CommentId, snapshot::Visibility, time::Moment},
    drill::{
        face::{Face, Kind},
        model::{At, Close, Deed, Issue, Outcome, World},
    },
};

use super::forge::PROJECT;

/// Somebody with an account.
#[derive(Clone)]
pub(crate) struct Person {
    forge: Arc<Face>,
    on: Kind,
    login: &'static str,
}

/// A comment as the thread shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) id: u64,
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) body: String,
    /// Folded away, so that people see only that it is there; or deleted, where nothing can be folded.
    pub(crate) folded: bool,
}

impl Person {
    pub(crate) fn new(forge: Arc<Face>, on: Kind, login: &'static str) -> Self {
        Self { forge, on, login }
    }

    /// Anything but success stops the test.
    fn does(&self, deed: Deed) -> Outcome {
        let shown = format!("{} {deed:?}", self.login);
        self.forge.act(self.login, deed).unwrap_or_else(|refusal| panic!("{shown}: {refusal:?}"))
    }

    /// Files an issue, as the forge's template does: on GitLab, it is confidential. Its number.
    pub(crate) fn files(&self, title: &str, body: &str, labels: &[&str]) -> u64 {
        let deed = Deed::File {
            project: PROJECT.to_owned(),
            title: title.to_owned(),
            body: Some(body.to_owned()),
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            assignees: Vec::new(),
            confidential: self.on == Kind::Gitlab,
        };
        let Outcome::Issue(id) = self.does(deed) else { panic!("no issue was filed") };
        self.forge.look(|world| world.issue_by_id(id).unwrap().number)
    }

    pub(crate) fn comments(&self, issue: u64, text: &str) -> u64 {
        let deed = Deed::Comment { at: at(issue), body: text.to_owned() };
        let Outcome::Comment(CommentId(id)) = self.does(deed) else { panic!("no comment was posted") };
        id
    }

    /// Comments for the team alone, which only GitLab knows.
    pub(crate) fn notes(&self, issue: u64, text: &str) {
        self.does(Deed::Note { at: at(issue), body: text.to_owned() });
    }

    /// Makes it an issue of GitLab's type for incidents.
    pub(crate) fn promotes(&self, issue: u64) {
        self.does(Deed::SetKind { at: at(issue), kind: Some("incident".to_owned()) });
    }

    /// Replaces the text of a comment.
    pub(crate) fn rewords(&self, comment: u64, text: &str) {
        self.does(Deed::EditComment { id: CommentId(comment), body: text.to_owned() });
    }

    pub(crate) fn labels(&self, issue: u64, label: &str) {
        self.does(Deed::Label { at: at(issue), names: vec![label.to_owned()] });
    }

    /// Deletes a label from the whole project.
    pub(crate) fn deletes_label(&self, label: &str) {
        self.does(Deed::DropLabel { project: PROJECT.to_owned(), name: label.to_owned() });
    }

    pub(crate) fn edits(&self, issue: u64, body: &str) {
        self.does(Deed::Edit { at: at(issue), title: None, body: Some(body.to_owned()) });
    }

    pub(crate) fn closes(&self, issue: u64) {
        self.does(Deed::Close { at: at(issue), reason: Close::Completed });
    }

    pub(crate) fn reopens(&self, issue: u64) {
        self.does(Deed::Reopen { at: at(issue) });
    }

    /// Lets others read an issue, or the trusted alone: by the whole project or, where issues have a flag of their own,
    /// by that.
    pub(crate) fn publishes(&self, issue: u64, public: bool) {
        let visibility = if public { Visibility::Public } else { Visibility::Private };
        self.does(match self.on {
            Kind::Github => Deed::SetVisibility { project: PROJECT.to_owned(), visibility },
            Kind::Gitlab => Deed::SetConfidential { at: at(issue), confidential: !public },
        });
    }

    /// The labels on an issue, ordered, and the whole thread, oldest first: both of one moment.
    pub(crate) fn sees(&self, issue: u64) -> (Vec<String>, Vec<Said>) {
        self.forge.look(|world| {
            let issue = world.issue(PROJECT, issue).unwrap();
            let mut labels = issue.labels.clone();
            labels.sort();
            (labels, thread(world, issue))
        })
    }

    /// The whole thread, oldest first.
    pub(crate) fn reads(&self, issue: u64) -> Vec<Said> {
        self.sees(issue).1
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.login)
    }
}

fn at(issue: u64) -> At {
    At::new(PROJECT, issue)
}

fn thread(world: &World, issue: &Issue) -> Vec<Said> {
    let said = |comment: &hotwash::drill::model::Comment| {
        let by = world.user_by_id(comment.author).map_or("ghost", |user| user.login.as_str()).to_owned();
        let (at, folded) = (stamp(comment.created_at), comment.minimised.is_some());
        Said { id: comment.id.0, by, at, body: comment.body.clone(), folded }
    };
    world.comments(issue.id).map(said).collect()
}

fn stamp(at: Moment) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
