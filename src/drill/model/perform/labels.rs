//! Labels: putting on, taking off, defining.
//!
//! What always holds: a label that is put on is defined first if it is not; names are the same without case.

use super::{
    super::{
        deed::At,
        happening::What,
        ids::ProjectId,
        issue::Event,
        label::Label,
        outcome::Outcome,
        project::Access,
        refusal::{Fault, Refusal},
        world::World,
    },
    Doing, Scene,
    standing::within,
};

/// The colour of a label that nobody chose one for.
const GREY: &str = "ededed";

impl World {
    pub(super) fn put_labels(&mut self, doing: Doing, at: &At, names: &[String]) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        scene.needs(Access::Triage)?;
        let on = self.issue_mut(scene.issue)?.labels.len();
        self.check_labels(names, on)?;
        for name in names {
            if let Some(label) = self.put_on(doing, scene, name)? {
                self.touch(doing, scene.issue);
                self.tell(doing, scene, What::Labelled(label));
            }
        }
        Ok(Outcome::Issue(scene.issue))
    }

    pub(super) fn take_label(&mut self, doing: Doing, at: &At, name: &str) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        scene.needs(Access::Triage)?;
        if !self.take_off(doing, scene, name)? {
            return Err(Refusal::Absent("label"));
        }
        Ok(Outcome::Issue(scene.issue))
    }

    pub(super) fn set_labels(&mut self, doing: Doing, at: &At, names: &[String]) -> Result<Outcome, Refusal> {
        let scene = self.scene(doing, at)?;
        scene.needs(Access::Triage)?;
        self.check_labels(names, 0)?;
        let on = self.issue_mut(scene.issue)?.labels.clone();
        for name in on.iter().filter(|name| !has(names, name)) {
            self.take_off(doing, scene, name)?;
        }
        for name in names {
            if let Some(label) = self.put_on(doing, scene, name)? {
                self.touch(doing, scene.issue);
                self.tell(doing, scene, What::Labelled(label));
            }
        }
        Ok(Outcome::Issue(scene.issue))
    }

    /// Puts one label on and writes it down; `None` if it was on.
    pub(super) fn put_on(&mut self, doing: Doing, scene: Scene, name: &str) -> Result<Option<Label>, Refusal> {
        let label = self.defined(doing, scene.project, name)?;
        let issue = self.issue_mut(scene.issue)?;
        if has(&issue.labels, name) {
            return Ok(None);
        }
        issue.labels.push(label.name.clone());
        self.write_down(doing, scene.issue, Event::Labelled(label.clone()));
        Ok(Some(label))
    }

    /// Takes one label off with everything that follows; false if it was not on.
    fn take_off(&mut self, doing: Doing, scene: Scene, name: &str) -> Result<bool, Refusal> {
        let label = self.projects.get(&scene.project).and_then(|project| project.label(name)).cloned();
        let issue = self.issue_mut(scene.issue)?;
        let Some(label) = label.filter(|label| has(&issue.labels, &label.name)) else { return Ok(false) };
        issue.labels.retain(|other| !other.eq_ignore_ascii_case(&label.name));
        self.write_down(doing, scene.issue, Event::Unlabelled(label.clone()));
        self.touch(doing, scene.issue);
        self.tell(doing, scene, What::Unlabelled(label));
        Ok(true)
    }

    /// The definition, made now if there is none.
    fn defined(&mut self, doing: Doing, project: ProjectId, name: &str) -> Result<Label, Refusal> {
        if let Some(label) = self.project_mut(project)?.label(name) {
            return Ok(label.clone());
        }
        let label = Label {
            id: self.fresh(),
            name: name.to_owned(),
            color: GREY.to_owned(),
            description: None,
            shipped: false,
        };
        self.project_mut(project)?.labels.insert(name.to_lowercase(), label.clone());
        self.tell_of(doing, project, What::LabelDefined(label.clone()));
        Ok(label)
    }

    pub(super) fn check_labels(&self, names: &[String], on: usize) -> Result<(), Refusal> {
        if on + names.len() > self.caps.labels {
            return Err(Refusal::invalid("Issue", "labels", Fault::TooLong(self.caps.labels)));
        }
        names.iter().try_for_each(|name| self.check_name(name))
    }

    fn check_name(&self, name: &str) -> Result<(), Refusal> {
        if name.trim().is_empty() {
            return Err(Refusal::invalid("Label", "name", Fault::Missing));
        }
        within("Label", "name", name, self.caps.label)
    }

    fn check_look(&self, color: Option<&str>, description: Option<&str>) -> Result<(), Refusal> {
        let hexadecimal = |color: &str| color.len() == 6 && color.bytes().all(|byte| byte.is_ascii_hexdigit());
        if color.is_some_and(|color| !hexadecimal(color)) {
            return Err(Refusal::invalid("Label", "color", Fault::Unknown));
        }
        within("Label", "description", description.unwrap_or_default(), self.caps.description)
    }

    pub(super) fn define_label(
        &mut self,
        doing: Doing,
        path: &str,
        name: &str,
        color: Option<String>,
        description: Option<String>,
    ) -> Result<Outcome, Refusal> {
        let project = self.ground(doing, path, Access::Write)?;
        self.check_name(name)?;
        self.check_look(color.as_deref(), description.as_deref())?;
        if self.project_mut(project)?.label(name).is_some() {
            return Err(Refusal::invalid("Label", "name", Fault::Taken));
        }
        let color = color.map_or_else(|| GREY.to_owned(), |color| color.to_lowercase());
        let label = Label { id: self.fresh(), name: name.to_owned(), color, description, shipped: false };
        self.project_mut(project)?.labels.insert(name.to_lowercase(), label.clone());
        self.tell_of(doing, project, What::LabelDefined(label));
        Ok(Outcome::Done)
    }

    pub(super) fn redefine_label(
        &mut self,
        doing: Doing,
        path: &str,
        name: &str,
        new_name: Option<String>,
        color: Option<String>,
        description: Option<String>,
    ) -> Result<Outcome, Refusal> {
        let project = self.ground(doing, path, Access::Write)?;
        let before = self.project_mut(project)?.label(name).cloned().ok_or(Refusal::Absent("label"))?;
        let mut now = before.clone();
        if let Some(new_name) = new_name {
            self.check_name(&new_name)?;
            now.name = new_name;
        }
        self.check_look(color.as_deref(), description.as_deref())?;
        if let Some(color) = color {
            now.color = color.to_lowercase();
        }
        now.description = description.or(now.description);
        let labels = &mut self.project_mut(project)?.labels;
        let moved = !now.name.eq_ignore_ascii_case(&before.name);
        if moved && labels.contains_key(&now.name.to_lowercase()) {
            return Err(Refusal::invalid("Label", "name", Fault::Taken));
        }
        labels.remove(&before.name.to_lowercase());
        labels.insert(now.name.to_lowercase(), now.clone());
        for issue in self.issues.values_mut().filter(|issue| issue.project == project) {
            for label in issue.labels.iter_mut().filter(|label| label.eq_ignore_ascii_case(&before.name)) {
                label.clone_from(&now.name);
            }
        }
        self.tell_of(doing, project, What::LabelChanged { now, before });
        Ok(Outcome::Done)
    }

    pub(super) fn drop_label(&mut self, doing: Doing, path: &str, name: &str) -> Result<Outcome, Refusal> {
        let project = self.ground(doing, path, Access::Write)?;
        let gone = self.project_mut(project)?.labels.remove(&name.to_lowercase()).ok_or(Refusal::Absent("label"))?;
        let mut bereft = Vec::new();
        for issue in self.issues.values_mut().filter(|issue| issue.project == project) {
            let before = issue.labels.len();
            issue.labels.retain(|label| !label.eq_ignore_ascii_case(name));
            if issue.labels.len() < before {
                bereft.push(issue.clone());
            }
        }
        for issue in bereft {
            self.announce_old(doing, project, issue, What::LabelLost);
        }
        self.tell_of(doing, project, What::LabelDropped(gone));
        Ok(Outcome::Done)
    }
}

fn has(names: &[String], name: &str) -> bool {
    names.iter().any(|other| other.to_lowercase() == name.to_lowercase())
}
