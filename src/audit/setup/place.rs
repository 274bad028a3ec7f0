//! The project: that it is there, under this name, open for work, closed to strangers; and what the bot may do in it.

use super::{
    super::{Check, Outcome},
    rights,
};
use crate::domain::{
    setup::{Found, Place},
    snapshot::Visibility,
};

/// Everything about a project that was found; `path` is what the configuration calls it.
#[must_use]
pub fn checks(found: &Found, path: &str) -> Vec<Check> {
    match found {
        Found::Here(place) => {
            let give = "let somebody who runs the project give it that";
            let mut checks = vec![
                named(place, path),
                readers(place),
                rights("rights", "what the bot is given here", &place.rights, give),
            ];
            checks.extend(mail(place));
            checks
        }
        Found::Suspended => {
            let mend = "let an owner switch it on again, in the settings of its installation";
            vec![Check::new("rights", Outcome::Error, "the App is suspended here, so it can do nothing", mend)]
        }
    }
}

fn named(place: &Place, path: &str) -> Check {
    if !place.path.eq_ignore_ascii_case(path) {
        let says = format!("it is called {} now", place.path);
        let mend = "write that under `path` and restart, once no incident is open there: it is found only while the forge redirects the old path";
        return Check::new("project", Outcome::Error, says, mend);
    }
    if place.archived {
        let mend = "nothing can be written in it: unarchive it, or take it out of the configuration";
        return Check::new("project", Outcome::Error, "it is archived", mend);
    }
    if !place.takes_issues {
        return Check::new("project", Outcome::Error, "it takes no issues", "switch issues on in its settings");
    }
    Check::ok("project", "it is there")
}

/// Many servers switch it on in every project, so this is no more than a note.
fn mail(place: &Place) -> Option<Check> {
    let says =
        "Service Desk is on, so issues can come in by mail, and GitLab mails what is written there to whoever wrote";
    let mend = "file incidents as issues of your own: on one that came in by mail the bot writes nothing but an alarm; or \
                switch Service Desk off in this project";
    place.takes_mail.then(|| Check::new("service-desk", Outcome::Note, says, mend))
}

fn readers(place: &Place) -> Check {
    let mend = "make it private, or move the incidents to a project that is";
    match place.visibility {
        Visibility::Private => Check::ok("readers", "it is private"),
        Visibility::Public => Check::new("readers", Outcome::Error, "everybody can read it", mend),
        Visibility::Internal if place.internal_is_fine => {
            let says = "the whole enterprise can read it, which the configuration allows";
            Check::new("readers", Outcome::Note, says, "see that this is still meant (`allow_internal`)")
        }
        Visibility::Internal if place.hides_issues => {
            let says = "everybody with an account on the forge can read what is not confidential in it";
            Check::new("readers", Outcome::Warning, says, mend)
        }
        Visibility::Internal => {
            let mend = format!("{mend}; or allow it (`allow_internal`)");
            Check::new("readers", Outcome::Error, "the whole enterprise can read it", mend)
        }
    }
}
