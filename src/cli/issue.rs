//! How an issue is named on the command line.

use http::Uri;

use crate::{
    config::Config,
    domain::{ids::IssueRef, project::Project},
};

use super::Failure;

/// Every way to name an issue.
const FORMS: &str =
    "name it as 12 (with one project), acme/incidents#12, github:acme/incidents#12, or by its web address";

/// So many names are listed.
const LISTED: usize = 10;

/// An issue as somebody named it.
struct Named<'t> {
    text: &'t str,
    forge: Option<&'t str>,
    path: String,
    number: u64,
    /// The host of a web address.
    host: Option<String>,
}

/// `12` where one project is configured, `acme/incidents#12` where the path is unique, `github:acme/incidents#12` always;
/// or the address at which people read it.
pub(super) fn named(text: &str, config: &Config) -> Result<IssueRef, Failure> {
    let named = read(text)?;
    let fits = |project: &&Project| {
        (named.path.is_empty() || project.path.eq_ignore_ascii_case(&named.path))
            && named.forge.is_none_or(|forge| project.forge == forge)
            && named.host.as_ref().is_none_or(|host| lives_at(config, &project.forge, host))
    };
    let fitting: Vec<&Project> = config.projects.iter().filter(fits).collect();
    match fitting.as_slice() {
        [project] => Ok(IssueRef::new(&project.forge, &project.path, named.number)),
        [] => Err(wrong(text, &format!("is in no configured project; {}", configured(&config.projects)))),
        _ => Err(wrong(text, &format!("fits several configured projects; {}", configured(fitting)))),
    }
}

/// The same among incidents that are known, for who has no whole configuration.
pub(super) fn among(text: &str, known: &[IssueRef]) -> Result<IssueRef, Failure> {
    let named = read(text)?;
    let fits = |issue: &&IssueRef| {
        issue.number == named.number
            && (named.path.is_empty() || issue.project.eq_ignore_ascii_case(&named.path))
            && named.forge.is_none_or(|forge| issue.forge == forge)
    };
    let fitting: Vec<&IssueRef> = known.iter().filter(fits).collect();
    match fitting.as_slice() {
        [issue] => Ok((*issue).clone()),
        [] => {
            let told = listed("there are ", known.iter().map(ToString::to_string));
            Err(Failure::Findings(format!("{:?}: the journal holds nothing about it; {told}", named.text)))
        }
        several => {
            let told = listed("they are ", several.iter().map(ToString::to_string));
            Err(wrong(text, &format!("fits several incidents; {told}")))
        }
    }
}

/// What `plan` and `why` answer about an issue that is no incident, with `--json` for programs as well.
pub(super) fn no_incident(issue: &IssueRef, json: bool) -> String {
    if json {
        return serde_json::json!({ "issue": issue.to_string(), "incident": false }).to_string();
    }
    format!("{issue} is not an incident by the project's rules (see `detect` in the configuration)")
}

fn configured<'p>(projects: impl IntoIterator<Item = &'p Project>) -> String {
    let names = projects.into_iter().map(|project| format!("{}:{}", project.forge, project.path));
    listed("there are ", names)
}

/// The first names of what may be many.
fn listed(before: &str, names: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = names.collect();
    let shown = all.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(LISTED) {
        _ if all.is_empty() => "there is none".to_owned(),
        0 => format!("{before}{shown}"),
        more => format!("{before}{shown} and {more} more"),
    }
}

fn wrong(text: &str, why: &str) -> Failure {
    Failure::Usage(format!("{text:?} {why}; {FORMS}"))
}

fn read(text: &str) -> Result<Named<'_>, Failure> {
    if let Some(address) = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme)) {
        return addressed(text, address).ok_or_else(|| wrong(text, "is not the web address of an issue"));
    }
    let (place, number) = text.rsplit_once('#').unwrap_or(("", text));
    let number = numbered(number).ok_or_else(|| wrong(text, "has no issue number"))?;
    let (forge, path) = place.split_once(':').map_or((None, place), |(forge, path)| (Some(forge), path));
    Ok(Named { text, forge, path: path.to_owned(), number, host: None })
}

fn numbered(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number| *number > 0)
}

/// `github.com/acme/incidents/issues/12#issuecomment-3`, `gitlab.com/acme/sec/incidents/-/work_items/12`
fn addressed<'t>(text: &'t str, address: &str) -> Option<Named<'t>> {
    let (host, path) = address.split(['?', '#']).next()?.split_once('/')?;
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let (number, rest) = parts.split_last()?;
    let ([place @ .., "-", "issues", "incident"] | [place @ .., "-", "issues" | "work_items"] | [place @ .., "issues"]) =
        rest
    else {
        return None;
    };
    if place.is_empty() {
        return None;
    }
    let host = Some(host.to_lowercase());
    Some(Named { text, forge: None, path: place.join("/"), number: numbered(number)?, host })
}

/// Whether a forge's pages are at this host. A forge on the machine itself is a stand-in, and its pages are anywhere.
fn lives_at(config: &Config, forge: &str, host: &str) -> bool {
    let github = config.github.iter().find(|settings| settings.name == forge).map(|settings| &settings.api_url);
    let gitlab = config.gitlab.iter().find(|settings| settings.name == forge).map(|settings| &settings.url);
    let Some(uri) = github.or(gitlab).and_then(|url| url.parse::<Uri>().ok()) else { return false };
    let authority = uri.authority().map(|authority| authority.as_str().to_lowercase()).unwrap_or_default();
    let pages = if github.is_some() && authority == "api.github.com" { "github.com".to_owned() } else { authority };
    pages == host || crate::audit::setup::hook::is_loopback(&uri.to_string())
}
