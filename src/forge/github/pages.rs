//! Lists, page by page, in pages that fit.
//!
//! What always holds: a list ends where GitHub names no further page.

use serde::de::DeserializeOwned;

use super::{
    super::{
        ForgeError,
        answer::unknown,
        paging::{MOST_ENTRIES, MOST_OF_A_PAGE, Place},
    },
    Github,
    client::Ask,
    route,
};

/// Pages that are read of a list whose pages are not numbered.
const MOST_PAGES: u64 = MOST_ENTRIES / 100;

/// Reads one list.
pub(super) struct Pager<'a> {
    github: &'a Github,
    project: &'a str,
    what: &'a str,
    /// The path of the page that comes next; `None` at the end.
    next: Option<String>,
    /// Entries on a page, as they were asked for.
    usual: u32,
    pages: u64,
    missing: bool,
    /// Bytes of the largest page.
    largest: usize,
}

impl<'a> Pager<'a> {
    /// `first` is the path of the list.
    pub(super) fn new(github: &'a Github, project: &'a str, what: &'a str, first: String) -> Self {
        let usual = route::place(&first).map_or(0, |place| place.size);
        let begin = github.shared.sizes.first(what, usual);
        let first = if begin.size < usual { route::at(&first, begin) } else { first };
        Self { github, project, what, next: Some(first), usual, pages: 0, missing: false, largest: 0 }
    }

    /// No page was read yet.
    pub(super) fn is_at_its_start(&self) -> bool {
        self.pages == 0
    }

    /// Entries were left out: one too large to read, or those beyond the most that are read.
    pub(super) fn is_missing(&self) -> bool {
        self.missing
    }

    /// The next entries; `None` at the end of the list.
    pub(super) async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<Vec<T>>, ForgeError> {
        let sizes = &self.github.shared.sizes;
        while let Some(path) = self.next.take() {
            let place = route::place(&path);
            if place.map_or(self.pages >= MOST_PAGES, |place| place.before() >= MOST_ENTRIES) {
                self.missing = true;
                break;
            }
            let ask = Ask { most: MOST_OF_A_PAGE, ..Ask::get(self.what, path.as_str()) };
            let answer = match (self.github.read(self.project, &ask).await, place) {
                (Err(error), Some(place)) => {
                    let on = sizes.after(self.what, place, error)?;
                    self.missing |= on.before() > place.before();
                    self.next = Some(route::at(&path, on));
                    continue;
                }
                (answer, _) => answer?,
            };
            self.pages += 1;
            self.largest = self.largest.max(answer.body.len());
            self.next = route::next_page(&answer.headers);
            if let (None, Some(Place { size, .. })) = (&self.next, place) {
                sizes.read(self.what, size, self.usual, self.largest);
            }
            return Ok(Some(answer.read(self.what)?));
        }
        Ok(None)
    }

    /// An error where something was left out.
    pub(super) fn whole(&self) -> Result<(), ForgeError> {
        let why = || format!("the list is longer than {MOST_ENTRIES} entries, or one is too large");
        if self.missing { Err(unknown(self.what, why())) } else { Ok(()) }
    }
}

impl Github {
    /// A whole list.
    pub(super) async fn pages<T: DeserializeOwned>(
        &self,
        project: &str,
        what: &str,
        path: String,
    ) -> Result<Vec<T>, ForgeError> {
        let (mut pager, mut all) = (Pager::new(self, project, what, path), Vec::new());
        while let Some(page) = pager.next::<T>().await? {
            all.extend(page);
        }
        pager.whole().map(|()| all)
    }
}
