//! A forge in memory for stories about the engine: issues, comments, history, permissions, and faults on demand.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use chrono::TimeDelta;
use hotwash::{
    clock::Clock,
    domain::{
        action::LabelDefinition,
        forge_severity::ForgeSeverity,
        hint::{Hint, Hinted},
        ids::{CommentId, IssueRef},
        people::{Account, Actor, Permission},
        snapshot::{Change, Changed, Comment, Edit, Issue, Visibility},
        time::Moment,
    },
    forge::{Forge, ForgeError, Gaps, NewIssue, ProjectFacts, Read, Thread, Write},
};
use tokio::sync::{Semaphore, watch};

use super::clock::HeldClock;

pub(crate) const BOT: u64 = 7;

pub(crate) fn bot() -> Account {
    Account::new(BOT, "hotwash[bot]")
}

/// What happens to the next write of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// An error, and nothing was written.
    Lost,
    /// An error, and the comment was written all the same.
    Ghost,
    /// An error, and the comment appears only so many seconds later.
    Late(i64),
    /// Certainly not written.
    Limited,
    /// The forge will never take it.
    Refused,
    /// Its turn comes only so many seconds later.
    Queued(i64),
}

/// A list of so many pages, each of which comes when it is let.
pub(crate) struct Slowly {
    of: &'static str,
    pages: u32,
    gate: Semaphore,
    /// Pages asked for.
    asked: watch::Sender<u32>,
}

impl Slowly {
    pub(crate) fn new(of: &'static str, pages: u32) -> Self {
        Self { of, pages, gate: Semaphore::new(0), asked: watch::Sender::new(0) }
    }

    /// How many pages were asked for so far.
    pub(crate) fn asked(&self) -> u32 {
        *self.asked.borrow()
    }

    /// Returns once so many pages were asked for.
    pub(crate) async fn is_asked(&self, times: u32) {
        self.asked.subscribe().wait_for(|asked| *asked >= times).await.unwrap();
    }

    /// Lets one page come.
    pub(crate) fn give(&self) {
        self.gate.add_permits(1);
    }
}

#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) issues: BTreeMap<u64, Issue>,
    pub(crate) comments: Vec<(u64, Comment)>,
    pub(crate) collapsed: BTreeSet<CommentId>,
    pub(crate) history: Vec<(u64, Change)>,
    /// The forge's own timeline, of all incidents.
    pub(crate) entries: Vec<String>,
    pub(crate) faults: VecDeque<Fault>,
    /// What happens to the next issues that are filed by the program.
    pub(crate) filing_faults: VecDeque<Fault>,
    pub(crate) public: bool,
    /// What the forge leaves out of each thread, as it says itself.
    pub(crate) gaps: Gaps,
    /// Nothing can be folded away, so it is deleted.
    pub(crate) deletes: bool,
    /// Issues have a confidential flag of their own, and are filed without it.
    pub(crate) flags: bool,
    /// The next read panics.
    pub(crate) breaks: bool,
    /// Calls that end with nobody knowing: `permission`, `add labels`, ...
    pub(crate) broken: BTreeSet<&'static str>,
    /// Calls that the forge refuses, because the account may not.
    pub(crate) denied: BTreeSet<&'static str>,
    /// Each read takes so many seconds.
    pub(crate) slow: i64,
    /// One kind of list comes page by page.
    pub(crate) slowly: Option<Arc<Slowly>>,
    pub(crate) reads: BTreeMap<&'static str, u32>,
    pub(crate) writes: BTreeMap<&'static str, u32>,
    /// What the forge wants to deliver: issue, hint.
    pub(crate) outbox: Vec<(u64, Hint)>,
    late: Vec<(Moment, u64, Comment)>,
    next: u64,
}

#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) inner: Arc<Mutex<Inner>>,
    clock: Arc<HeldClock>,
}

impl Model {
    pub(crate) fn new(clock: Arc<HeldClock>) -> Self {
        let inner = Inner { next: 1_000, ..Inner::default() };
        Self { inner: Arc::new(Mutex::new(inner)), clock }
    }

    pub(crate) fn forge(&self) -> Forge {
        Forge { read: Arc::new(self.clone()), write: Arc::new(self.clone()) }
    }

    fn now(&self) -> Moment {
        self.clock.machine_now()
    }

    /// The model, with whatever was late and has arrived by now.
    pub(crate) fn open(&self) -> std::sync::MutexGuard<'_, Inner> {
        let now = self.now();
        let mut inner = self.inner.lock().unwrap();
        let (arrived, waiting) = std::mem::take(&mut inner.late).into_iter().partition(|(at, ..)| *at <= now);
        inner.late = waiting;
        let arrived: Vec<(Moment, u64, Comment)> = arrived;
        for (_, number, comment) in arrived {
            inner.place(number, comment);
        }
        inner
    }

    pub(crate) fn file(&self, who: &Account, title: &str, body: &str, labels: &[&str]) -> u64 {
        let now = self.now();
        let mut inner = self.open();
        let number = u64::try_from(inner.issues.len()).unwrap() + 1;
        let issue = Issue {
            number,
            title: title.to_owned(),
            body: body.to_owned(),
            open: true,
            author: Some(who.clone()),
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            assignees: Vec::new(),
            comments: 0,
            created_at: now,
            updated_at: now,
            closed_at: None,
            closed_by: None,
            url: format!("https://forge.example/acme/incidents/issues/{number}"),
            is_change_request: false,
            confidential: inner.flags.then_some(false),
            is_mailed: false,
            is_incident: false,
            forge_severity: None,
        };
        inner.issues.insert(number, issue);
        inner.deliver(number, now, who, Hinted::Opened);
        number
    }

    pub(crate) fn edit(&self, who: &Account, number: u64, from: &str, to: &str) {
        let now = self.now();
        let mut inner = self.open();
        let issue = inner.issues.get_mut(&number).unwrap();
        assert!(issue.body.contains(from), "the body has no {from:?}");
        issue.body = issue.body.replace(from, to);
        issue.updated_at = now;
        inner.deliver(number, now, who, Hinted::Edited);
    }

    pub(crate) fn label(&self, who: &Account, number: u64, label: &str) {
        let now = self.now();
        self.open().put_label(number, now, who, label);
    }

    pub(crate) fn unlabel(&self, who: &Account, number: u64, label: &str) {
        let now = self.now();
        self.open().take_label(number, now, who, label);
    }

    pub(crate) fn say(&self, who: &Account, number: u64, body: &str) -> CommentId {
        let now = self.now();
        let mut inner = self.open();
        let comment = inner.compose(number, who, body, now);
        let id = comment.id;
        inner.place(number, comment);
        id
    }

    pub(crate) fn reword(&self, who: &Account, number: u64, id: CommentId, body: &str) {
        let now = self.now();
        let mut inner = self.open();
        let (_, comment) = inner.comments.iter_mut().find(|(_, comment)| comment.id == id).unwrap();
        body.clone_into(&mut comment.body);
        comment.updated_at = now;
        inner.deliver(number, now, who, Hinted::CommentEdited { comment: id });
    }

    pub(crate) fn delete(&self, who: &Account, number: u64, id: CommentId) {
        let now = self.now();
        let mut inner = self.open();
        inner.comments.retain(|(_, comment)| comment.id != id);
        inner.issues.get_mut(&number).unwrap().comments -= 1;
        inner.deliver(number, now, who, Hinted::CommentDeleted { comment: id });
    }

    pub(crate) fn close(&self, who: &Account, number: u64) {
        let now = self.now();
        let mut inner = self.open();
        let issue = inner.issues.get_mut(&number).unwrap();
        issue.open = false;
        issue.closed_at = Some(now);
        issue.closed_by = Some(who.clone());
        issue.updated_at = now;
        inner.change(number, now, who, Changed::Closed);
        inner.deliver(number, now, who, Hinted::Closed);
    }

    pub(crate) fn reopen(&self, who: &Account, number: u64) {
        let now = self.now();
        let mut inner = self.open();
        let issue = inner.issues.get_mut(&number).unwrap();
        issue.open = true;
        issue.closed_at = None;
        issue.closed_by = None;
        issue.updated_at = now;
        inner.change(number, now, who, Changed::Reopened);
        inner.deliver(number, now, who, Hinted::Reopened);
    }

    /// Puts the confidential flag on or takes it off.
    pub(crate) fn flag(&self, who: &Account, number: u64, on: bool) {
        let now = self.now();
        let mut inner = self.open();
        let issue = inner.issues.get_mut(&number).unwrap();
        issue.confidential = Some(on);
        issue.updated_at = now;
        inner.change(number, now, who, if on { Changed::Hidden } else { Changed::Exposed });
        inner.deliver(number, now, who, if on { Hinted::Hidden } else { Hinted::Exposed });
    }

    fn count_read(&self, what: &'static str) {
        let breaks = std::mem::take(&mut self.inner.lock().unwrap().breaks);
        assert!(!breaks, "a mistake in the program");
        let slow = self.inner.lock().unwrap().slow;
        self.clock.set(self.now() + TimeDelta::seconds(slow));
        *self.inner.lock().unwrap().reads.entry(what).or_default() += 1;
    }

    /// A list, which may come page by page.
    async fn list(&self, what: &'static str) {
        self.count_read(what);
        let slowly = self.inner.lock().unwrap().slowly.clone().filter(|slowly| slowly.of == what);
        let Some(slowly) = slowly else { return };
        for _ in 0..slowly.pages {
            slowly.asked.send_modify(|asked| *asked += 1);
            slowly.gate.acquire().await.unwrap().forget();
        }
    }

    /// Counts a write, and refuses it where others can read it.
    fn count_write(&self, what: &'static str, issue: Option<&IssueRef>) -> Result<(), ForgeError> {
        let inner = self.inner.lock().unwrap();
        let flag = issue.and_then(|issue| inner.issues.get(&issue.number)?.confidential);
        if flag.map_or(inner.public, |closed| !closed) {
            return Err(ForgeError::Denied { what: format!("{what}: others can read it"), status: 0 });
        }
        drop(inner);
        self.count_anywhere(what)
    }

    fn count_anywhere(&self, what: &'static str) -> Result<(), ForgeError> {
        let mut inner = self.inner.lock().unwrap();
        *inner.writes.entry(what).or_default() += 1;
        inner.answers(what)
    }

    fn post(&self, issue: &IssueRef, body: &str, not_after: Moment, trusted: bool) -> Result<Comment, ForgeError> {
        let fault = self.open().faults.pop_front();
        let what = "posting a comment".to_owned();
        if let Some(Fault::Queued(seconds)) = fault {
            self.clock.set(self.now() + TimeDelta::seconds(seconds));
        }
        if self.now() >= not_after {
            return Err(ForgeError::Later { what, after: std::time::Duration::from_secs(1) });
        }
        if trusted { self.count_write("comment", Some(issue)) } else { self.count_anywhere("announce") }?;
        let now = self.now();
        let mut inner = self.open();
        let unknown =
            || ForgeError::Unknown { what: "posting a comment".to_owned(), source: "connection reset".into() };
        match fault {
            Some(Fault::Lost) => return Err(unknown()),
            Some(Fault::Limited) => return Err(ForgeError::Later { what, after: std::time::Duration::from_secs(40) }),
            Some(Fault::Refused) => return Err(ForgeError::Invalid { what, status: 422 }),
            Some(Fault::Late(seconds)) => {
                let at = now + TimeDelta::seconds(seconds);
                let comment = inner.compose(issue.number, &bot(), body, at);
                inner.late.push((at, issue.number, comment));
                return Err(unknown());
            }
            Some(Fault::Ghost | Fault::Queued(_)) | None => {}
        }
        let comment = inner.compose(issue.number, &bot(), body, now);
        inner.place(issue.number, comment.clone());
        if fault == Some(Fault::Ghost) { Err(unknown()) } else { Ok(comment) }
    }
}

impl Inner {
    fn answers(&self, what: &'static str) -> Result<(), ForgeError> {
        if self.broken.contains(what) {
            return Err(ForgeError::Unknown { what: what.to_owned(), source: "503".into() });
        }
        if self.denied.contains(what) {
            return Err(ForgeError::Denied { what: what.to_owned(), status: 403 });
        }
        Ok(())
    }

    fn compose(&mut self, number: u64, who: &Account, body: &str, at: Moment) -> Comment {
        self.next += 1;
        Comment {
            id: CommentId(self.next),
            author: Some(who.clone()),
            body: body.to_owned(),
            created_at: at,
            updated_at: at,
            url: format!("https://forge.example/acme/incidents/issues/{number}#issuecomment-{}", self.next),
            internal: false,
        }
    }

    fn place(&mut self, number: u64, comment: Comment) {
        let issue = self.issues.get_mut(&number).unwrap();
        issue.comments += 1;
        issue.updated_at = issue.updated_at.max(comment.created_at);
        let (at, who, id) = (comment.created_at, comment.author.clone().unwrap(), comment.id);
        self.comments.push((number, comment));
        self.deliver(number, at, &who, Hinted::CommentPosted { comment: id });
    }

    fn put_label(&mut self, number: u64, at: Moment, who: &Account, label: &str) {
        let issue = self.issues.get_mut(&number).unwrap();
        if issue.labels.insert(label.to_owned()) {
            issue.updated_at = at;
            self.change(number, at, who, Changed::LabelAdded(label.to_owned()));
            self.deliver(number, at, who, Hinted::LabelAdded { label: label.to_owned() });
        }
    }

    fn take_label(&mut self, number: u64, at: Moment, who: &Account, label: &str) {
        let issue = self.issues.get_mut(&number).unwrap();
        if issue.labels.remove(label) {
            issue.updated_at = at;
            self.change(number, at, who, Changed::LabelRemoved(label.to_owned()));
            self.deliver(number, at, who, Hinted::LabelRemoved { label: label.to_owned() });
        }
    }

    fn change(&mut self, number: u64, at: Moment, who: &Account, what: Changed) {
        self.history.push((number, Change { at, by: Actor::Person(who.clone()), what }));
    }

    fn deliver(&mut self, number: u64, at: Moment, who: &Account, what: Hinted) {
        self.outbox.push((number, Hint { at, by: Some(who.clone()), what }));
    }
}

fn gone(what: &str) -> ForgeError {
    ForgeError::Gone { what: what.to_owned() }
}

#[async_trait]
impl Read for Model {
    async fn whoami(&self) -> Result<Account, ForgeError> {
        Ok(bot())
    }

    async fn issue(&self, issue: &IssueRef) -> Result<Issue, ForgeError> {
        self.count_read("issue");
        self.open().answers("issue")?;
        self.open().issues.get(&issue.number).cloned().ok_or_else(|| gone("an issue"))
    }

    async fn comments(&self, issue: &IssueRef, since: Option<Moment>) -> Result<Vec<Comment>, ForgeError> {
        self.list("comments").await;
        let inner = self.open();
        inner.answers("comments")?;
        let of_issue = inner.comments.iter().filter(|(number, _)| *number == issue.number);
        let fitting = of_issue.filter(|(_, comment)| since.is_none_or(|since| comment.updated_at >= since));
        Ok(fitting.map(|(_, comment)| comment.clone()).collect())
    }

    async fn thread(&self, issue: &IssueRef, since: Option<Moment>) -> Result<Thread, ForgeError> {
        let comments = self.comments(issue, since).await?;
        let Gaps { missing, mut cut } = self.open().gaps.clone();
        cut.retain(|id| comments.iter().any(|comment| comment.id == *id));
        Ok(Thread { comments, gaps: Gaps { cut, missing } })
    }

    async fn history(&self, issue: &IssueRef) -> Result<Vec<Change>, ForgeError> {
        self.list("history").await;
        let inner = self.open();
        inner.answers("history")?;
        Ok(inner
            .history
            .iter()
            .filter(|(number, _)| *number == issue.number)
            .map(|(_, change)| change.clone())
            .collect())
    }

    async fn edits(&self, _: &IssueRef, _: Option<Moment>) -> Result<Vec<Edit>, ForgeError> {
        self.list("edits").await;
        Ok(Vec::new())
    }

    async fn timeline(&self, _: &IssueRef) -> Result<Vec<String>, ForgeError> {
        self.list("timeline").await;
        Ok(Vec::new())
    }

    async fn permission(&self, _: &str, account: &Account) -> Result<Permission, ForgeError> {
        self.count_read("permission");
        self.open().answers("permission")?;
        // Mallory may read only.
        Ok(if account.login == "mallory" { Permission::Read } else { Permission::Write })
    }

    async fn permission_of(&self, _: &str, login: &str) -> Result<Permission, ForgeError> {
        self.count_read("permission of");
        self.open().answers("permission")?;
        Ok(match login {
            "nobody" => Permission::None,
            "mallory" => Permission::Read,
            _ => Permission::Write,
        })
    }

    async fn comment(&self, issue: &IssueRef, comment: CommentId) -> Result<Comment, ForgeError> {
        self.count_read("comment");
        let inner = self.open();
        let found = inner.comments.iter().find(|(of, known)| *of == issue.number && known.id == comment);
        found.map(|(_, comment)| comment.clone()).ok_or_else(|| gone("a comment"))
    }

    async fn project(&self, project: &str) -> Result<ProjectFacts, ForgeError> {
        let visibility = if self.open().public { Visibility::Public } else { Visibility::Private };
        Ok(ProjectFacts { id: 1, path: project.to_owned(), visibility, archived: false })
    }

    async fn changed(&self, _: &str, since: Option<Moment>, label: &str) -> Result<Vec<Issue>, ForgeError> {
        let inner = self.open();
        let wanted = |issue: &&Issue| match since {
            Some(since) => issue.updated_at >= since,
            None => issue.open && issue.labels.contains(label),
        };
        Ok(inner.issues.values().filter(wanted).cloned().collect())
    }

    async fn commented(&self, _: &str, since: Moment) -> Result<BTreeSet<u64>, ForgeError> {
        let inner = self.open();
        let fitting = inner.comments.iter().filter(|(_, comment)| comment.updated_at >= since);
        Ok(fitting.map(|(number, _)| *number).collect())
    }

    fn forget(&self, _: &str) {}

    async fn labels(&self, _: &str) -> Result<BTreeSet<String>, ForgeError> {
        Ok(BTreeSet::new())
    }

    async fn redeliver_failed(&self, _: &str, _: Moment) -> Result<u32, ForgeError> {
        Ok(0)
    }
}

#[async_trait]
impl Write for Model {
    async fn comment(&self, issue: &IssueRef, body: &str, not_after: Moment) -> Result<Comment, ForgeError> {
        self.post(issue, body, not_after, true)
    }

    async fn announce(&self, issue: &IssueRef, body: &str, not_after: Moment) -> Result<Comment, ForgeError> {
        self.post(issue, body, not_after, false)
    }

    async fn make_confidential(&self, issue: &IssueRef) -> Result<(), ForgeError> {
        self.count_anywhere("make confidential")?;
        self.flag(&bot(), issue.number, true);
        Ok(())
    }

    async fn set_severity(&self, issue: &IssueRef, to: ForgeSeverity) -> Result<(), ForgeError> {
        self.count_write("set severity", Some(issue))?;
        self.open().issues.get_mut(&issue.number).unwrap().forge_severity = Some(to);
        Ok(())
    }

    async fn enter(&self, issue: &IssueRef, entry: &str, _: Moment, _: Moment) -> Result<(), ForgeError> {
        self.count_write("enter", Some(issue))?;
        self.open().entries.push(entry.to_owned());
        Ok(())
    }

    async fn file(&self, _: &str, draft: &NewIssue, _: Moment) -> Result<Issue, ForgeError> {
        let fault = self.open().filing_faults.pop_front();
        let what = "filing an issue".to_owned();
        let unknown = || ForgeError::Unknown { what: "filing an issue".to_owned(), source: "connection reset".into() };
        self.count_write("file", None)?;
        match fault {
            Some(Fault::Lost) => return Err(unknown()),
            Some(Fault::Refused) => return Err(ForgeError::Invalid { what, status: 422 }),
            _ => {}
        }
        // Nobody of that name: GitHub refuses the whole issue.
        if draft.assignees.iter().any(|login| login == "nobody") {
            return Err(ForgeError::Invalid { what, status: 422 });
        }
        let labels: Vec<&str> = draft.labels.iter().map(|label| label.name.as_str()).collect();
        let number = Self::file(self, &bot(), &draft.title, &draft.body, &labels);
        let mut inner = self.open();
        let issue = inner.issues.get_mut(&number).unwrap();
        issue.assignees = draft.assignees.iter().map(|login| Account::new(60, login.as_str())).collect();
        if fault == Some(Fault::Ghost) { Err(unknown()) } else { Ok(issue.clone()) }
    }

    async fn rewrite(&self, issue: &IssueRef, comment: CommentId, body: &str) -> Result<(), ForgeError> {
        self.count_write("rewrite", Some(issue))?;
        let now = self.now();
        let mut inner = self.open();
        if !inner.issues.contains_key(&issue.number) {
            return Err(gone("an issue"));
        }
        let found = inner.comments.iter_mut().find(|(_, known)| known.id == comment);
        let (_, known) = found.ok_or_else(|| gone("a comment"))?;
        body.clone_into(&mut known.body);
        known.updated_at = now;
        inner.deliver(issue.number, now, &bot(), Hinted::CommentEdited { comment });
        Ok(())
    }

    async fn collapse(&self, issue: &IssueRef, comment: CommentId, _: &str) -> Result<(), ForgeError> {
        self.count_write("collapse", Some(issue))?;
        let mut inner = self.open();
        if !inner.comments.iter().any(|(_, known)| known.id == comment) {
            return Err(gone("a comment"));
        }
        let deletes = inner.deletes;
        inner.collapsed.insert(comment);
        drop(inner);
        if deletes {
            self.delete(&bot(), issue.number, comment);
        }
        Ok(())
    }

    fn collapses_by_deleting(&self) -> bool {
        self.open().deletes
    }

    async fn add_labels(&self, issue: &IssueRef, labels: &[LabelDefinition]) -> Result<BTreeSet<String>, ForgeError> {
        self.count_write("add labels", Some(issue))?;
        let now = self.now();
        let mut inner = self.open();
        for label in labels {
            inner.put_label(issue.number, now, &bot(), &label.name);
        }
        Ok(inner.issues.get(&issue.number).unwrap().labels.clone())
    }

    async fn remove_label(&self, issue: &IssueRef, label: &str) -> Result<(), ForgeError> {
        self.count_write("remove label", Some(issue))?;
        let now = self.now();
        self.open().take_label(issue.number, now, &bot(), label);
        Ok(())
    }

    async fn close(&self, issue: &IssueRef) -> Result<(), ForgeError> {
        self.count_write("close", Some(issue))?;
        Self::close(self, &bot(), issue.number);
        Ok(())
    }

    async fn react(&self, issue: &IssueRef, _: CommentId) -> Result<(), ForgeError> {
        self.count_write("react", Some(issue))
    }
}
