//! `[[project]]`: what is watched, and how.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    path::{Path, PathBuf},
};

use chrono_tz::TZ_VARIANTS;

use super::{
    business::{CalendarFiles, business},
    forges::Forges,
    labels::labels,
    limits::Limits,
    processes::Processes,
    settings::DEFAULT_MENTION,
};
use crate::{
    document::{Hint, Node, Table, nearest, quoted},
    domain::{
        calendar::BusinessHours,
        process::Process,
        project::{Detect, Gates, Project},
        time::Zone,
    },
};

const GATES: [(&str, Gates); 2] = [("warn", Gates::Warn), ("enforce", Gates::Enforce)];
const FALSE_ALARMS: [(&str, bool); 2] = [("close", true), ("ask", false)];
const ON_OR_OFF: [(&str, bool); 2] = [("off", false), ("on", true)];

const KEYS: [&str; 18] = [
    "forge",
    "path",
    "process",
    "timezone",
    "mention",
    "detect",
    "labels",
    "calendar",
    "holidays",
    "commanders",
    "advance",
    "roles",
    "routes",
    "gates",
    "false_alarm",
    "timeline_events",
    "limits",
    "templates",
];

/// The longest name of a place, in characters.
const LONGEST_PLACE: usize = 120;

/// The repository of a drill that names none.
const DRILLED: &str = "acme/incidents";

/// The projects of a configuration.
#[derive(Debug, Clone)]
pub(super) struct Projects {
    pub(super) projects: Vec<Project>,
    /// Forge, path, and the folder of templates.
    pub(super) templates: Vec<(String, String, PathBuf)>,
}

/// Folders of templates by forge and path.
pub(super) fn by_place(templates: Vec<(String, String, PathBuf)>) -> BTreeMap<(String, String), PathBuf> {
    templates.into_iter().map(|(forge, path, folder)| ((forge, path), folder)).collect()
}

/// What projects share while they are read.
struct Shared<'l> {
    processes: Processes,
    calendars: CalendarFiles,
    limits: &'l mut Limits,
}

impl<'l> Shared<'l> {
    fn new(limits: &'l mut Limits) -> Self {
        Self { processes: Processes::default(), calendars: CalendarFiles::default(), limits }
    }
}

pub(super) fn projects(root: &Table<'_>, folder: &Path, forges: &Forges, limits: &mut Limits) -> Projects {
    let tables = root.each("project");
    if tables.is_empty() {
        root.reject_absence("has no [[project]], so there is nothing to watch; hotwash.example.toml shows one");
    }
    let mut shared = Shared::new(limits);
    let mut seen = BTreeMap::new();
    let mut all = Projects { projects: Vec::new(), templates: Vec::new() };
    for table in &tables {
        unique(table, &mut seen);
        let project = project(table, folder, forges, &mut shared);
        let templates = table.get("templates").and_then(|node| templates(&node, folder));
        if let (Some(project), Some(templates)) = (&project, templates) {
            all.templates.push((project.forge.clone(), project.path.clone(), templates));
        }
        all.projects.extend(project);
    }
    all
}

fn project(table: &Table<'_>, folder: &Path, forges: &Forges, shared: &mut Shared<'_>) -> Option<Project> {
    table.only(&KEYS);
    let forge = table.need("forge").and_then(|node| forge(&node, &forges.names));
    let nests = forge.as_ref().is_none_or(|forge| forges.gitlabs.contains(forge));
    let path = table.need("path").and_then(|node| path(&node, nests));
    if let Some(node) = table.get("timeline_events").filter(|node| !nests && node.plain() == Some("on")) {
        node.reject("is for projects on GitLab: GitHub keeps no timeline of incidents; leave it out");
    }
    settings(table, folder, (forge, path), shared)
}

/// The project of a drill: on the one forge that there is, and under any path.
pub(super) fn of_drill(table: &Table<'_>, folder: &Path, forge: &str, limits: &mut Limits) -> Option<Projects> {
    let keys: Vec<&str> = KEYS.into_iter().filter(|key| *key != "forge").collect();
    table.only(&keys);
    let path = table.get("path").map_or(Some(DRILLED.to_owned()), |node| path(&node, true));
    let project = settings(table, folder, (Some(forge.to_owned()), path), &mut Shared::new(limits));
    let templates = table.get("templates").and_then(|node| templates(&node, folder));
    let project = project?;
    let templates = templates.map(|folder| (project.forge.clone(), project.path.clone(), folder));
    Some(Projects { projects: vec![project], templates: templates.into_iter().collect() })
}

/// Where and under which path is known; the rest is read.
fn settings(
    table: &Table<'_>,
    folder: &Path,
    (forge, path): (Option<String>, Option<String>),
    shared: &mut Shared<'_>,
) -> Option<Project> {
    let process = shared.processes.of(table, folder);
    let zone = table.get("timezone").map_or(Some(Zone::UTC), |node| zone(&node));
    let mention = table.get("mention").map_or(Some(DEFAULT_MENTION.to_owned()), |node| login(&node));
    let labels = labels(table, process.as_deref());
    let detect = table.get("detect").map(|node| detect(&node)).unwrap_or_default();
    let business = business(table, folder, &mut shared.calendars);
    if let (Some(process), Some(zone)) = (&process, zone) {
        come_due(table, process, zone, &business);
    }
    let commanders = table.get("commanders").map(|node| node.items()).unwrap_or_default();
    let commanders = commanders.iter().filter_map(login).collect();
    let advance = table.get("advance").map_or(Some(true), |node| node.choice(&[("auto", true), ("off", false)]));
    let limits = shared.limits.project(table);
    let roles = roles(table, process.as_deref());
    let routes = routes(table, process.as_deref());
    let gates = table.get("gates").map_or(Some(Gates::Warn), |node| node.choice(&GATES));
    let false_alarms = table.get("false_alarm").map_or(Some(false), |node| node.choice(&FALSE_ALARMS));
    let timeline_events = table.get("timeline_events").map_or(Some(false), |node| node.choice(&ON_OR_OFF));
    Some(Project {
        forge: forge?,
        path: path?,
        process: process?,
        zone: zone?,
        mention: mention?,
        labels,
        detect,
        business,
        commanders,
        roles,
        routes,
        gates: gates?,
        close_false_alarms: false_alarms?,
        timeline_events: timeline_events?,
        advance: advance?,
        limits,
        exercise: false,
    })
}

/// What the process wants on a day on which nobody works here would never come due.
fn come_due(table: &Table<'_>, process: &Process, zone: Zone, business: &BusinessHours) {
    if business.days.is_empty() {
        return; // that has been said
    }
    for (duty, rule) in process.never_due(zone, business) {
        table.reject(format!(
            "the duty {} of {} would never come due: {} falls on no business day of this project; add its day to \
             calendar.days, or change the duty in a process of your own",
            quoted(&duty.id),
            process.name,
            quoted(&rule.to_string())
        ));
    }
    if let Some(rule) = process.review_never_due(zone, business) {
        table.reject(format!(
            "the agenda of the review of {} would never be filed: {} falls on no business day of this project; add its \
             day to calendar.days, or change the review in a process of your own",
            process.name,
            quoted(&rule.to_string())
        ));
    }
}

/// Who plays the roles of the process here: `[project.roles]`, each a handle or a list of them.
fn roles(table: &Table<'_>, process: Option<&Process>) -> BTreeMap<String, Vec<String>> {
    let (Some(roles), Some(process)) = (table.sub("roles"), process) else { return BTreeMap::new() };
    let known: Vec<&str> = process.roles.iter().map(|role| role.id.as_str()).collect();
    roles.only(&known);
    let named = |node: &Node<'_>| {
        let items = if node.is_list() { node.items() } else { vec![node.clone()] };
        items.iter().filter_map(handle).collect()
    };
    let listed = roles.entries().into_iter().filter(|node| known.contains(&node.name()));
    listed.map(|node| (node.name().to_owned(), named(&node))).collect()
}

/// Where the routes of the process lead here: `[project.routes]`, in words that people find the place by.
fn routes(table: &Table<'_>, process: Option<&Process>) -> BTreeMap<String, String> {
    let (Some(routes), Some(process)) = (table.sub("routes"), process) else { return BTreeMap::new() };
    let known: Vec<&str> = process.routes.iter().map(|route| route.id.as_str()).collect();
    routes.only(&known);
    let place = |node: Node<'_>| {
        let text = node.text()?;
        if text.contains(char::is_control) || text.chars().count() > LONGEST_PLACE {
            node.reject(format!("is one line of at most {LONGEST_PLACE} characters, such as \"#incident-updates\""));
            return None;
        }
        Some((node.name().to_owned(), text.to_owned()))
    };
    routes.entries().into_iter().filter(|node| known.contains(&node.name())).filter_map(place).collect()
}

/// A person or, with a slash, a team: `@alice`, `@acme/leads`.
fn handle(node: &Node<'_>) -> Option<String> {
    let team = node.plain().and_then(|text| text.trim_start_matches('@').split_once('/'));
    let fits = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    match team {
        Some((group, name)) if fits(group) && fits(name) => Some(format!("@{group}/{name}")),
        _ => login(node).map(|login| format!("@{login}")),
    }
}

/// Paths are compared without case, as forges do.
fn unique(table: &Table<'_>, seen: &mut BTreeMap<(String, String), u32>) {
    let (Some(forge), Some(path)) = (table.get("forge"), table.get("path")) else { return };
    let (Some(name), Some(text)) = (forge.plain(), path.plain()) else { return };
    match seen.entry((name.to_owned(), text.to_lowercase())) {
        Entry::Occupied(first) => {
            path.reject(format!("{} is watched already by the project on line {}", quoted(text), first.get()));
        }
        Entry::Vacant(place) => {
            place.insert(path.line());
        }
    }
}

fn forge(node: &Node<'_>, forges: &[String]) -> Option<String> {
    let name = node.text()?;
    let known = forges.iter().any(|forge| forge == name);
    if !known {
        let names: Vec<&str> = forges.iter().map(String::as_str).collect();
        node.reject_reference(
            format!("{} is not the name of a forge in this file", quoted(name)),
            Hint::among(name, &names),
        );
    }
    known.then(|| name.to_owned())
}

/// `owner/name` in the characters that forges allow; on GitLab, groups nest.
fn path(node: &Node<'_>, nests: bool) -> Option<String> {
    let text = node.text()?;
    let fits = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    let parts: Vec<&str> = text.split('/').collect();
    let good = parts.iter().all(|part| fits(part)) && if nests { parts.len() >= 2 } else { parts.len() == 2 };
    if !good {
        let form = if nests {
            "a project; write its whole path, as in acme/security/incidents"
        } else {
            "a repository; write owner/name, as in acme/incidents"
        };
        node.reject(format!("{} is not {form}", quoted(text)));
    }
    good.then(|| text.to_owned())
}

pub(super) fn zone(node: &Node<'_>) -> Option<Zone> {
    let text = node.text()?;
    let zone = text.parse().ok();
    if zone.is_none() {
        let near = nearest(text, TZ_VARIANTS.iter().map(|zone| zone.name()));
        let hint = near.map_or(Hint::Allowed(vec!["names such as Europe/Berlin or UTC".to_owned()]), |near| {
            Hint::Nearest(near.to_owned())
        });
        node.reject_for(format!("{} is not an IANA zone", quoted(text)), hint);
    }
    zone
}

/// A name as after `@`, with or without it.
pub(super) fn login(node: &Node<'_>) -> Option<String> {
    let text = node.text()?;
    let name = text.trim_start_matches('@');
    // Brackets end the logins of bots.
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '[' | ']');
    let good = !name.is_empty() && name.len() <= 100 && name.chars().all(fits);
    if !good {
        node.reject(format!("{} is not a name that can stand after @", quoted(text)));
    }
    good.then(|| name.to_owned())
}

fn detect(node: &Node<'_>) -> Detect {
    let mut detect = Detect { label: false, marker: false, kind: false, fields: false };
    let items = node.items();
    if node.is_list() && items.is_empty() {
        node.reject("is empty, so no issue would ever be an incident; list label, marker, type or fields");
    }
    for item in items {
        match item.choice(&[("label", 0), ("marker", 1), ("type", 2), ("fields", 3)]) {
            Some(0) => detect.label = true,
            Some(1) => detect.marker = true,
            Some(2) => detect.kind = true,
            Some(_) => detect.fields = true,
            None => {}
        }
    }
    detect
}

fn templates(node: &Node<'_>, folder: &Path) -> Option<PathBuf> {
    let path = folder.join(node.text()?);
    let good = path.is_dir();
    if !good {
        node.reject(format!("{} is not a folder", quoted(&path.display().to_string())));
    }
    good.then_some(path)
}
