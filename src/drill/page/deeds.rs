//! What people do on the forge through forms.
//!
//! What always holds: a deed is tried only on the state that the form showed; what the forge refuses comes back as a
//! sentence; afterwards everything that follows at this moment has happened.

use super::{
    fields::{Complaint, Fields},
    issue::Part,
    keeper::{Done, Keeper, Undone},
    looks::Looks,
};
use crate::drill::{
    model::{At, Close, Deed, Login, Outcome, Refusal},
    script::with_field,
};

impl Keeper<'_> {
    /// Files an issue.
    pub(super) async fn file(&mut self, fields: &Fields) -> Result<Done, Undone> {
        let mut complaints = Vec::new();
        let by = self.person(fields).map_err(|complaint| complaints.push(complaint)).ok();
        let caps = self.stage.look(|world| world.caps);
        let title = fields.one("title").trim();
        if title.is_empty() {
            complaints.push(Complaint::new("title", "Give the issue a title."));
        }
        complaints.extend(too_long("title", "title", title, caps.title));
        let severity = fields.one("severity");
        let known = self.script.project.process.severities.iter().any(|known| known.name == severity);
        if !severity.is_empty() && !known {
            complaints.push(Complaint::new("severity", "Choose one of the severities."));
        }
        let mut body = fields.one("body").to_owned();
        if known {
            body = with_field(&body, "Severity", severity);
        }
        complaints.extend(too_long("body", "description", &body, caps.body));
        let Some(by) = by.filter(|_| complaints.is_empty()) else { return Err(Undone::Mend(complaints)) };
        let project = self.script.project.path.clone();
        let labels = self.looks().label_of_template(&self.script.project.labels.incident);
        let (title, body, assignees) = (title.to_owned(), Some(body), Vec::new());
        let deed = Deed::File { project, title, body, labels, assignees, confidential: false };
        let outcome = self.perform(&by, deed, "title").await?;
        let Outcome::Issue(id) = outcome else { return Err(Complaint::new("title", "Nothing was filed.").into()) };
        let number = self.stage.look(|world| world.issue_by_id(id).map_or(0, |issue| issue.number));
        Ok(Done { to: format!("/issues/{number}"), said: format!("{by} filed issue #{number}.") })
    }

    /// Comments. Comments by others in between are no obstacle, but are told of.
    pub(super) async fn comment(&mut self, issue: u64, fields: &Fields) -> Result<Done, Undone> {
        let by = self.person(fields)?;
        let body = fields.one("text");
        if body.trim().is_empty() {
            return Err(Complaint::new("text", "Write something first.").into());
        }
        let most = self.stage.look(|world| world.caps.body);
        if let Some(complaint) = too_long("text", "comment", body, most) {
            return Err(complaint.into());
        }
        let moved_on = self.seen(issue, Part::Thread).as_deref() != Some(fields.one("seen"));
        let deed = Deed::Comment { at: self.at(issue), body: body.to_owned() };
        let outcome = self.perform(&by, deed, "text").await?;
        let Outcome::Comment(id) = outcome else {
            // A text of nothing but quick actions, which GitLab carries out and keeps none of.
            let (to, said) = (format!("/issues/{issue}"), format!("What {by} asked for was carried out."));
            return Ok(Done { to, said });
        };
        let meanwhile =
            if moved_on { " The thread had changed since you opened it: read what is above, too." } else { "" };
        let to = format!("/issues/{issue}#{}", self.looks().anchor(id));
        Ok(Done { to, said: format!("{by} commented.{meanwhile}") })
    }

    /// Changes title and text, if they are still those that the form began with.
    pub(super) async fn edit(&mut self, issue: u64, fields: &Fields) -> Result<Done, Undone> {
        self.unchanged(issue, Part::Text, fields, "body", "The title or the description was changed meanwhile")?;
        let by = self.person(fields)?;
        let (title, body) = (fields.one("title").trim(), fields.one("body"));
        let caps = self.stage.look(|world| world.caps);
        let mut complaints = Vec::new();
        if title.is_empty() {
            complaints.push(Complaint::new("title", "An issue needs a title."));
        }
        complaints.extend(too_long("title", "title", title, caps.title));
        complaints.extend(too_long("body", "description", body, caps.body));
        if !complaints.is_empty() {
            return Err(Undone::Mend(complaints));
        }
        let now = self.of_issue(issue, |found| (found.title.clone(), found.body.clone().unwrap_or_default()));
        let Some((old_title, old_body)) = now else { return Err(gone("body").into()) };
        // Browsers end lines in their own way; that alone is no change.
        let body = (!old_body.lines().eq(body.lines())).then(|| body.to_owned());
        let title = (old_title != title).then(|| title.to_owned());
        if title.is_none() && body.is_none() {
            return Ok(Done { to: format!("/issues/{issue}"), said: "Nothing was changed.".to_owned() });
        }
        self.perform(&by, Deed::Edit { at: self.at(issue), title, body }, "body").await?;
        Ok(Done { to: format!("/issues/{issue}"), said: format!("{by} edited the issue.") })
    }

    /// Makes the chosen labels those of the issue.
    pub(super) async fn label(&mut self, issue: u64, fields: &Fields) -> Result<Done, Undone> {
        self.unchanged(issue, Part::Labels, fields, "form", "The labels were changed meanwhile")?;
        let by = self.person(fields)?;
        let mut wanted: Vec<String> = fields.all("label").map(str::to_owned).collect();
        let further = fields.one("further").trim();
        let most = self.stage.look(|world| world.caps.label);
        if let Some(complaint) = too_long("further", "label", further, most) {
            return Err(complaint.into());
        }
        if !further.is_empty() {
            wanted.push(further.to_owned());
        }
        let Some(on) = self.of_issue(issue, |found| found.labels.clone()) else { return Err(gone("form").into()) };
        let is_in = |all: &[String], name: &str| all.iter().any(|other| other.eq_ignore_ascii_case(name));
        let names: Vec<String> = wanted.iter().filter(|name| !is_in(&on, name)).cloned().collect();
        let off: Vec<String> = on.iter().filter(|name| !is_in(&wanted, name)).cloned().collect();
        if names.is_empty() && off.is_empty() {
            return Ok(Done { to: format!("/issues/{issue}"), said: "The labels stay as they are.".to_owned() });
        }
        let at = self.at(issue);
        let off = off.into_iter().map(|name| Deed::Unlabel { at: at.clone(), name });
        let on = (!names.is_empty()).then(|| Deed::Label { at: at.clone(), names });
        self.perform_all(&by, on.into_iter().chain(off).collect(), "further").await?;
        Ok(Done { to: format!("/issues/{issue}"), said: format!("{by} changed the labels.") })
    }

    /// Makes the chosen people those who are assigned.
    pub(super) async fn assign(&mut self, issue: u64, fields: &Fields) -> Result<Done, Undone> {
        self.unchanged(issue, Part::People, fields, "form", "Somebody else was assigned meanwhile")?;
        let by = self.person(fields)?;
        let wanted: Vec<Login> = fields.all("who").map(Login::new).collect();
        let known = |login: &Login| self.script.people.iter().any(|player| Login::new(player.login.as_str()) == *login);
        if !wanted.iter().all(known) {
            return Err(Complaint::new("form", "Only people who take part can be assigned.").into());
        }
        let Some(on) = self.assigned(issue) else { return Err(gone("form").into()) };
        let who: Vec<Login> = wanted.iter().filter(|login| !on.contains(login)).cloned().collect();
        let off: Vec<Login> = on.iter().filter(|login| !wanted.contains(login)).cloned().collect();
        if who.is_empty() && off.is_empty() {
            return Ok(Done { to: format!("/issues/{issue}"), said: "Nobody else is assigned.".to_owned() });
        }
        let at = self.at(issue);
        let on = (!who.is_empty()).then(|| Deed::Assign { at: at.clone(), who });
        let off = (!off.is_empty()).then(|| Deed::Unassign { at: at.clone(), who: off });
        self.perform_all(&by, on.into_iter().chain(off).collect(), "form").await?;
        Ok(Done { to: format!("/issues/{issue}"), said: format!("{by} changed who is assigned.") })
    }

    /// Closes or opens again.
    pub(super) async fn open_or_close(&mut self, issue: u64, fields: &Fields) -> Result<Done, Undone> {
        self.unchanged(issue, Part::State, fields, "form", "The issue was closed or opened meanwhile")?;
        let by = self.person(fields)?;
        let at = self.at(issue);
        let (deed, did) = match fields.one("state") {
            "completed" => (Deed::Close { at, reason: Close::Completed }, "closed the issue"),
            "not-planned" => (Deed::Close { at, reason: Close::NotPlanned }, "closed the issue as not planned"),
            "open" => (Deed::Reopen { at }, "opened the issue again"),
            _ => return Err(Complaint::new("form", "Choose one of the buttons.").into()),
        };
        self.perform(&by, deed, "form").await?;
        Ok(Done { to: format!("/issues/{issue}"), said: format!("{by} {did}.") })
    }

    /// Makes the issue confidential, or visible again, on forges that know this.
    pub(super) async fn hide_or_show(&mut self, issue: u64, fields: &Fields) -> Result<Done, Undone> {
        self.unchanged(issue, Part::Flag, fields, "form", "Who can see the issue was changed meanwhile")?;
        let by = self.person(fields)?;
        let (confidential, did) = match fields.one("flag") {
            "on" => (true, "made the issue confidential"),
            "off" => (false, "made the issue visible to everyone"),
            _ => return Err(Complaint::new("form", "Choose one of the buttons.").into()),
        };
        if !self.looks().has_flag() {
            let says = "This forge knows no confidential issues: who can see them is up to the project.";
            return Err(Complaint::new("form", says).into());
        }
        self.perform(&by, Deed::SetConfidential { at: self.at(issue), confidential }, "form").await?;
        Ok(Done { to: format!("/issues/{issue}"), said: format!("{by} {did}.") })
    }

    /// Has a delivery sent once more.
    pub(super) async fn deliver_again(&mut self, delivery: u64) -> Result<Done, Undone> {
        if !self.stage.forge().deliver_again(delivery) {
            let keeps = self.looks().keeps();
            let says = format!("The forge does not know this delivery any more; it keeps them for {keeps}.");
            return Err(Complaint::new("form", says).into());
        }
        self.respond().await?;
        Ok(Done { to: "/deliveries".to_owned(), said: "It was delivered again; see the newest line.".to_owned() })
    }

    /// Who acts.
    fn person(&self, fields: &Fields) -> Result<Login, Complaint> {
        let name = fields.one("as");
        let Some(player) = self.script.people.iter().find(|player| player.login.eq_ignore_ascii_case(name)) else {
            let says = format!("“{}” does not take part in this drill; choose one of the people.", shortened(name));
            return Err(Complaint::new("as", says));
        };
        Ok(Login::new(player.login.as_str()))
    }

    async fn perform(&mut self, by: &Login, deed: Deed, field: &'static str) -> Result<Outcome, Undone> {
        let outcome = self.stage.perform(by, deed);
        let outcome = outcome.map_err(|why| Complaint::new(field, sentence(by, &why, self.looks())))?;
        self.respond().await?;
        Ok(outcome)
    }

    /// All of them, before anybody else moves.
    async fn perform_all(&mut self, by: &Login, deeds: Vec<Deed>, field: &'static str) -> Result<(), Undone> {
        let mut refused = None;
        for (before, deed) in deeds.into_iter().enumerate() {
            if let Err(why) = self.stage.perform(by, deed) {
                let says = sentence(by, &why, self.looks());
                let says = if before == 0 { says } else { says.replace(NOTHING_DONE, SOME_DONE) };
                refused = Some(Complaint::new(field, says));
                break;
            }
        }
        self.respond().await?;
        refused.map_or(Ok(()), |complaint| Err(complaint.into()))
    }

    fn at(&self, issue: u64) -> At {
        At::new(self.script.project.path.clone(), issue)
    }

    /// What the form began with is still so.
    fn unchanged(
        &self,
        issue: u64,
        part: Part,
        fields: &Fields,
        field: &'static str,
        what: &str,
    ) -> Result<(), Undone> {
        let Some(now) = self.seen(issue, part) else { return Err(gone(field).into()) };
        if now == fields.one("seen") {
            return Ok(());
        }
        let says =
            format!("{what}, so nothing was done. Look at how it stands now, and send again what you still want.");
        Err(Undone::Stale(vec![Complaint::new(field, says)]))
    }
}

fn gone(field: &'static str) -> Complaint {
    Complaint::new(field, "There is no such issue any more.")
}

fn too_long(field: &'static str, what: &str, text: &str, most: usize) -> Option<Complaint> {
    let length = text.chars().count();
    let over = length.checked_sub(most).filter(|over| *over > 0)?;
    let says = format!(
        "The {what} has {} characters and the forge takes {} at most: take away {}.",
        grouped(length),
        grouped(most),
        grouped(over)
    );
    Some(Complaint::new(field, says))
}

/// `65,536`
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

const NOTHING_DONE: &str = "Nothing was done.";
const SOME_DONE: &str = "What the form asked for before that was done; the issue shows it.";

/// Why the forge refused, for the person who tried.
fn sentence(by: &Login, why: &Refusal, looks: Looks) -> String {
    match why {
        Refusal::Forbidden { needs } => {
            let (access, needs) = (looks.access(), looks.needed(*needs));
            format!("The forge does not let {by} do this: it takes the {access} “{needs}”. {NOTHING_DONE}")
        }
        Refusal::Absent(what) => format!("The forge says that {by} cannot see such a {what}. {NOTHING_DONE}"),
        other => format!("The forge refused: {other}. {NOTHING_DONE}"),
    }
}
