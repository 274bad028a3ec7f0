//! Steps of a script as deeds on the forge.

use super::{
    Play,
    told::{Line, Verdict, What},
    watch::Watch,
};
use crate::{
    domain::ids::{CommentId, IssueRef},
    drill::{
        faults::Faults,
        model::{At, Close, Deed, Login, Outcome},
        script::{Act, Change, Ending, Rewording, Said, Step, Weather, with_field},
    },
};

impl Play<'_> {
    /// Does what the step says, and tells if the forge refuses.
    pub(super) async fn deed(&mut self, step: &Step, act: &Act) {
        let by = step.by.as_deref().map_or_else(|| self.stage.owner().clone(), Login::new);
        let deeds = match self.deeds(step, act) {
            Ok(deeds) => deeds,
            Err(why) => return self.not_done(step, &by, &why).await,
        };
        for deed in deeds {
            match self.stage.perform(&by, deed) {
                Ok(outcome) => self.done(step, outcome),
                Err(why) => return self.not_done(step, &by, &why.to_string()).await,
            }
        }
        if step.refused {
            self.verdict(step, Some("it was done".to_owned()));
        }
    }

    fn done(&mut self, step: &Step, outcome: Outcome) {
        match (outcome, &step.act) {
            (Outcome::Issue(id), Some(Act::File(_))) => {
                let number = self.stage.look(|world| world.issue_by_id(id).map(|issue| issue.number));
                let Some(number) = number else { return };
                let issue = IssueRef::new(&self.script.project.forge, &self.script.project.path, number);
                self.watches.push(Watch::new(issue, &self.script.bot, self.stage.marker_keys()));
            }
            (Outcome::Comment(id), Some(Act::Comment(_))) => {
                if let Some(name) = &step.name {
                    self.named.insert(name.clone(), id);
                }
            }
            _ => {}
        }
    }

    async fn not_done(&mut self, step: &Step, by: &Login, why: &str) {
        let tried = step.act.as_ref().map_or("", name).to_owned();
        let what = What::Refused { tried, why: why.to_owned() };
        let issue = self.watches.get(step.issue).map_or(0, |watch| watch.issue.number);
        self.tell(Line { at: self.stage.now(), who: by.as_str().to_owned(), own: false, issue, what }).await;
        self.verdict(step, (!step.refused).then(|| format!("the forge refused: {why}")));
    }

    fn verdict(&mut self, step: &Step, found: Option<String>) {
        let tried = step.act.as_ref().map_or("", name);
        let expected = if step.refused { format!("the forge refuses: {tried}") } else { format!("done: {tried}") };
        let at = self.stage.now();
        self.looked(Verdict { line: step.line, at, expected, found });
    }

    /// What is to be done on the forge for an act; in words, why it cannot be.
    fn deeds(&self, step: &Step, act: &Act) -> Result<Vec<Deed>, String> {
        let project = self.script.project.path.clone();
        if let Act::File(file) = act {
            let assignees = file.assignees.iter().map(|login| Login::new(login.as_str())).collect();
            let (title, body, labels) = (file.title.clone(), Some(file.body.clone()), file.labels.clone());
            return Ok(vec![Deed::File { project, title, body, labels, assignees, confidential: false }]);
        }
        if let Act::Visibility(visibility) = act {
            return Ok(vec![Deed::SetVisibility { project, visibility: *visibility }]);
        }
        let number = self.watches.get(step.issue).map(|watch| watch.issue.number);
        let at = At::new(project, number.ok_or("the issue was never filed")?);
        Ok(match act {
            Act::Edit(changes) => vec![self.edit(at, changes)?],
            Act::Comment(text) => vec![Deed::Comment { at, body: text.clone() }],
            Act::EditComment(of, wording) => vec![self.edit_comment(step, of, wording)?],
            Act::DeleteComment(of) => vec![Deed::DeleteComment { id: self.comment(step, of)? }],
            Act::Label { add, remove } => {
                let off = remove.iter().map(|name| Deed::Unlabel { at: at.clone(), name: name.clone() });
                let on = (!add.is_empty()).then(|| Deed::Label { at: at.clone(), names: add.clone() });
                on.into_iter().chain(off).collect()
            }
            Act::Assign { add, remove } => {
                let logins = |all: &[String]| all.iter().map(|login| Login::new(login.as_str())).collect::<Vec<_>>();
                let on = (!add.is_empty()).then(|| Deed::Assign { at: at.clone(), who: logins(add) });
                let off = (!remove.is_empty()).then(|| Deed::Unassign { at: at.clone(), who: logins(remove) });
                on.into_iter().chain(off).collect()
            }
            Act::Close(Ending::Completed) => vec![Deed::Close { at, reason: Close::Completed }],
            Act::Close(Ending::NotPlanned) => vec![Deed::Close { at, reason: Close::NotPlanned }],
            Act::Reopen => vec![Deed::Reopen { at }],
            Act::File(_) | Act::Visibility(_) | Act::Down(_) | Act::Jump(_) | Act::Weather(_) => Vec::new(),
        })
    }

    fn edit(&self, at: At, changes: &[Change]) -> Result<Deed, String> {
        let now = self.stage.look(|world| {
            let issue = world.issue(&at.project, at.number)?;
            Some(issue.body.clone().unwrap_or_default())
        });
        let mut body = now.ok_or("the issue is not there")?;
        let (mut title, mut rewritten) = (None, false);
        for change in changes {
            match change {
                Change::Title(new) => title = Some(new.clone()),
                Change::Body(new) => (body, rewritten) = (new.clone(), true),
                Change::Field(field, value) => (body, rewritten) = (with_field(&body, field.title(), value), true),
            }
        }
        Ok(Deed::Edit { at, title, body: rewritten.then_some(body) })
    }

    fn edit_comment(&self, step: &Step, of: &Said, wording: &Rewording) -> Result<Deed, String> {
        let id = self.comment(step, of)?;
        let before = self.stage.look(|world| world.comment(id).map(|comment| comment.body.clone()));
        let before = before.ok_or("the comment is not there")?;
        let body = match wording {
            Rewording::Text(text) => text.clone(),
            Rewording::Part { from, to } if before.contains(from.as_str()) => before.replacen(from.as_str(), to, 1),
            Rewording::Part { from, .. } => return Err(format!("the comment does not hold {from:?}")),
        };
        Ok(Deed::EditComment { id, body })
    }

    /// The comment that is meant.
    fn comment(&self, step: &Step, of: &Said) -> Result<CommentId, String> {
        let found = match of {
            Said::Named(name) => self.named.get(name).copied(),
            Said::Newest(kind) => self.watches.get(step.issue).and_then(|watch| {
                self.stage.look(|world| {
                    let issue = world.issue(&watch.issue.project, watch.issue.number)?;
                    let written = watch.written(world, issue);
                    written.iter().rfind(|(marker, _)| marker.kind == *kind).map(|(_, comment)| comment.id)
                })
            }),
        };
        found.ok_or_else(|| "there is no such comment".to_owned())
    }
}

/// An act in a word.
fn name(act: &Act) -> &'static str {
    match act {
        Act::File(_) => "file an issue",
        Act::Edit(_) => "edit the issue",
        Act::Comment(_) => "comment",
        Act::EditComment(..) => "edit a comment",
        Act::DeleteComment(_) => "delete a comment",
        Act::Label { .. } => "change labels",
        Act::Assign { .. } => "change who is assigned",
        Act::Close(_) => "close the issue",
        Act::Reopen => "open the issue again",
        Act::Visibility(_) => "change who can read the project",
        Act::Down(_) => "go down",
        Act::Jump(_) => "be suspended",
        Act::Weather(_) => "go wrong",
    }
}

/// Switches faults on or off; says so in words.
pub(super) fn weather(faults: &Faults, weather: &Weather) -> String {
    match weather {
        Weather::Fair => {
            faults.switch_off();
            "from here on, nothing goes wrong on the forge".to_owned()
        }
        Weather::Foul { switch, mail, lag } => {
            if let Some(switch) = switch {
                faults.switch_on(switch.clone());
            }
            if let Some(mail) = mail {
                faults.mail(*mail);
            }
            if lag.is_some() {
                faults.lag(*lag);
            }
            "from here on, things go wrong on the forge".to_owned()
        }
    }
}
