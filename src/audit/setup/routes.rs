//! The ways on which people outside hear of an incident: where they lead here.

use super::super::{Check, Outcome};
use crate::domain::project::Project;

/// Which routes lead somewhere. This version posts on none of them, and says so.
#[must_use]
pub fn check(project: &Project) -> Check {
    let routes = &project.process.routes;
    if routes.is_empty() {
        return Check::ok("routes", "the process has none");
    }
    let led = |id: &str| project.routes.get(id).filter(|place| !place.is_empty());
    let leading: Vec<String> =
        routes.iter().filter_map(|route| led(&route.id).map(|place| format!("{} to {place}", route.id))).collect();
    let nowhere: Vec<&str> = routes.iter().map(|route| route.id.as_str()).filter(|id| led(id).is_none()).collect();
    let by_hand = "reminders and the board name the place, and people post there: this version posts on no route";
    if nowhere.is_empty() {
        return Check::new(
            "routes",
            Outcome::Note,
            format!("{} lead somewhere: {}", leading.len(), leading.join(", ")),
            by_hand,
        );
    }
    let led = if leading.is_empty() { String::new() } else { format!("; others do: {}", leading.join(", ")) };
    let says = format!("these lead nowhere: {}{led}", nowhere.join(", "));
    Check::new("routes", Outcome::Note, says, format!("say where under [project.routes]; {by_hand}"))
}
