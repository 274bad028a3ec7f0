//! Somebody who takes part in a drill by HTTP alone, as a browser would: reads pages, fills in their forms, is led on.

use std::{path::PathBuf, time::Duration};

use hotwash::drill::face::Kind;
use reqwest::{Client, Method, RequestBuilder, redirect::Policy};
use tempfile::TempDir;

use crate::support::{bot::hotwash, child::Process};

const PATIENCE: Duration = Duration::from_secs(30);

/// A running drill with its page.
pub(super) struct Visitor {
    process: Process,
    /// `http://127.0.0.1:PORT`
    pub(super) url: String,
    client: Client,
    folder: TempDir,
}

/// What came back.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) html: String,
}

/// The fields of a form: hidden ones as they were shown, others as they are filled in.
#[derive(Debug, Clone)]
pub(super) struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

impl Visitor {
    /// Starts a drill on GitHub.
    pub(super) fn new() -> Self {
        Self::on(Kind::Github)
    }

    /// Starts a drill on a forge.
    pub(super) fn on(forge: Kind) -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = hotwash(folder.path());
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        command.env("TMPDIR", folder.path().join("tmp")).args(["drill", "--interactive", "--forge", forge.name()]);
        let mut process = Process::start(&mut command);
        let url = process.wait_for("the page's address", PATIENCE, |line| {
            let (_, after) = line.split_once("take part at ")?;
            Some(after.split_whitespace().next()?.trim_end_matches('/').to_owned())
        });
        let client = Client::builder().redirect(Policy::none()).timeout(PATIENCE).build().unwrap();
        Self { process, url, client, folder }
    }

    /// What stays behind in the folder for temporary files.
    pub(super) fn left_behind(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path().join("tmp")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// Asks it to end; the exit code.
    pub(super) fn end(&mut self) -> Option<i32> {
        self.process.stop(PATIENCE)
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(super) async fn sends(&self, request: RequestBuilder) -> Seen {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Seen { status, headers, html: response.text().await.unwrap() }
    }

    pub(super) async fn reads(&self, path: &str) -> Seen {
        self.sends(self.request(Method::GET, path)).await
    }

    /// Sends a form as a browser does.
    pub(super) fn sending(&self, form: &Form) -> RequestBuilder {
        let request = self.request(Method::POST, &form.action).header("origin", &self.url);
        request.header("content-type", "application/x-www-form-urlencoded").body(form.body())
    }

    /// Sends a form and follows where it leads.
    pub(super) async fn submits(&self, form: &Form) -> Seen {
        let seen = self.sends(self.sending(form)).await;
        match seen.leads_to() {
            Some(place) => self.reads(place.split('#').next().unwrap()).await,
            None => seen,
        }
    }

    /// Files the first issue.
    pub(super) async fn files(&self, title: &str) {
        let form = self.reads("/new").await.form("/new").with("as", "erin").with("title", title);
        let form = form.with("body", "- **Status**: investigating\n- **Severity**: unknown\n");
        let seen = self.submits(&form).await;
        assert!(seen.status == 200 && seen.says("erin filed issue #1."), "{seen:?}");
    }

    /// Comments on the first issue.
    pub(super) async fn comments(&self, by: &str, text: &str) -> Seen {
        let form = self.reads("/issues/1").await.form("/issues/1/comment");
        self.submits(&form.with("as", by).with("text", text)).await
    }
}

impl Seen {
    /// The address of a redirection.
    pub(super) fn leads_to(&self) -> Option<String> {
        Some(self.headers.get("location")?.to_str().unwrap().to_owned())
    }

    pub(super) fn says(&self, words: &str) -> bool {
        self.html.contains(words)
    }

    #[track_caller]
    pub(super) fn must_say(&self, words: &str) {
        assert!(self.says(words), "{words:?} is not in\n{} {}", self.status, self.html);
    }

    /// The form that is sent to an address, as it is shown.
    #[track_caller]
    pub(super) fn form(&self, action: &str) -> Form {
        let start = format!("<form method=\"post\" action=\"{action}\"");
        let (_, rest) = self.html.split_once(&start).unwrap_or_else(|| panic!("no form {action} in\n{}", self.html));
        let (inside, _) = rest.split_once("</form>").unwrap();
        let mut fields = Vec::new();
        for tag in inside.split("<input ").skip(1) {
            let tag = tag.split('>').next().unwrap();
            let checkbox = tag.contains("type=\"checkbox\"");
            if tag.contains("type=\"hidden\"") || (checkbox && tag.contains(" checked")) {
                fields.push((attribute(tag, "name"), attribute(tag, "value")));
            }
        }
        Form { action: action.to_owned(), fields }
    }

    /// What a field for longer texts holds.
    pub(super) fn text_in(&self, id: &str) -> String {
        let (_, rest) = self.html.split_once(&format!("<textarea id=\"{id}\"")).unwrap();
        let text = rest.split_once('>').unwrap().1.split_once("</textarea>").unwrap().0;
        plain(text.strip_prefix('\n').unwrap_or(text))
    }
}

impl Form {
    /// With a field filled in; another value in place of the one that was shown.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With one more value of a name.
    pub(super) fn and(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What a field holds.
    pub(super) fn value(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known == name);
        &found.unwrap_or_else(|| panic!("no {name} in {}", self.action)).1
    }

    pub(super) fn body(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let (_, rest) = tag.split_once(&format!("{name}=\"")).unwrap_or_else(|| panic!("no {name} in {tag}"));
    plain(rest.split('"').next().unwrap())
}

/// Text out of HTML.
pub(super) fn plain(text: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x3D;", "="), ("&#x60;", "`")];
    let text = named.iter().fold(text.to_owned(), |text, (name, letter)| text.replace(name, letter));
    text.replace("&amp;", "&")
}
