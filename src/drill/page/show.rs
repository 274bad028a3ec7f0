//! Which page is where, and what all pages share.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::{answer, fields::Filled, keeper::Keeper, labels};

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../templates/page/", $name, ".html.hbs")))),*]
    };
}

/// Every template of the page.
pub(super) const TEMPLATES: [(&str, &str); 12] = templates![
    "layout",
    "person",
    "chips",
    "head",
    "says",
    "home",
    "new",
    "issue",
    "edit",
    "duties",
    "journal",
    "deliveries",
];

const STYLE: &str = include_str!("../../../templates/page/style.css");

/// A page before it is framed.
struct Leaf {
    template: &'static str,
    title: String,
    view: Value,
}

impl Keeper<'_> {
    /// The page at a path.
    pub(super) async fn show(
        &mut self,
        path: &str,
        status: StatusCode,
        filled: &Filled,
        note: &str,
    ) -> Response<Bytes> {
        match path {
            "/style.css" => return answer::style(STYLE.to_owned()),
            "/labels.css" => {
                let project = &self.script.project.path;
                return answer::style(self.stage.look(|world| labels::style(world, project)));
            }
            _ => {}
        }
        let leaf = self.leaf(path, filled).await;
        let (status, leaf) = match leaf {
            Some(leaf) => (status, Some(leaf)),
            None => (StatusCode::NOT_FOUND, None),
        };
        match self.framed(path, leaf, filled, note).await {
            Ok(page) => answer::html(status, page),
            Err(why) => answer::plain(StatusCode::INTERNAL_SERVER_ERROR, &format!("This page cannot be shown: {why}")),
        }
    }

    async fn leaf(&mut self, path: &str, filled: &Filled) -> Option<Leaf> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (template, title, view) = match parts.as_slice() {
            [] => ("home", "Issues".to_owned(), self.home_view()),
            ["new"] => ("new", "New issue".to_owned(), self.new_view(filled)),
            ["deliveries"] => ("deliveries", "Deliveries".to_owned(), self.deliveries_view()),
            ["issues", number, rest @ ..] => {
                let number: u64 = number.parse().ok()?;
                let title = self.of_issue(number, |issue| format!("{} · #{number}", issue.title))?;
                match rest {
                    [] => ("issue", title, self.issue_view(number, filled)?),
                    ["edit"] => ("edit", format!("Edit {title}"), self.edit_view(number, filled)?),
                    ["duties"] => ("duties", format!("Duties of {title}"), self.duties_view(number).await?),
                    ["journal"] => ("journal", format!("Journal of {title}"), self.journal_view(number).await?),
                    _ => return None,
                }
            }
            _ => return None,
        };
        Some(Leaf { template, title, view })
    }

    /// A page in its frame: clock, navigation, what is to be said.
    async fn framed(
        &mut self,
        path: &str,
        leaf: Option<Leaf>,
        filled: &Filled,
        note: &str,
    ) -> Result<String, crate::render::RenderError> {
        let content = match &leaf {
            Some(leaf) => self.html.render(leaf.template, &leaf.view)?,
            None => String::new(),
        };
        let title = leaf.as_ref().map_or("Not here", |leaf| leaf.title.as_str());
        let here = if leaf.is_some() { path } else { "/" };
        let clock = self.clock_view(here, filled).await;
        let view = json!({
            "title": title,
            "project": self.script.project.path,
            "found": leaf.is_some(),
            "content": content,
            "clock": clock,
            "note": note,
            "way": self.way_says(),
            "waits": self.waits && self.way.is_some(),
            "broken": self.broken,
            "complaints": filled.complaints(),
            "at_home": here == "/",
            "at_new": here == "/new",
            "at_deliveries": here == "/deliveries",
        });
        self.html.render("layout", &view)
    }
}
