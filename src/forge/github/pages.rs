//! Lists, page by page, in pages that fit.
//!
//! What always holds: a list ends where GitHub names no further page.

use serde::de::DeserializeOwned;

use super::{
    super::{
        ForgeError,
        answer::unknown,
        paging::{MOST_ENTRIES, MOST_OF_A_PAGE, MOST_SKIPPED, Place},
    },
    Github,
    client::Ask,
    route,
};

/// Pages that are read of any list.
const MOST_PAGES: u64 = MOST_ENTRIES / 10;

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
    /// Entries that were asked for.
    entries: u64,
    missing: bool,
    skipped: u32,
    /// Bytes of the largest page.
    largest: usize,
}

impl<'a> Pager<'a> {
    /// `first` is the path of the list.
    pub(super) fn new(github: &'a Github, project: &'a str, what: &'a str, first: String) -> Self {
        let usual = route::place(&first).map_or(0, |place| place.size);
        let begin = github.shared.sizes.first(what, usual);
        let first = if begin.size < usual { route::at(&first, begin) } else { first };
        Self {
            github,
            project,
            what,
            next: Some(first),
            usual,
            pages: 0,
            entries: 0,
            missing: false,
            skipped: 0,
            largest: 0,
        }
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
        while let Some(path) = self.next.take() {
            let place = route::place(&path);
            if place.map_or(self.entries, Place::before) >= MOST_ENTRIES
                || self.pages >= MOST_PAGES
                || self.skipped > MOST_SKIPPED
            {
                self.missing = true;
                break;
            }
            let ask = Ask { most: MOST_OF_A_PAGE, ..Ask::get(self.what, path.as_str()) };
            let answer = match self.github.read(self.project, &ask).await {
                Ok(answer) => answer,
                Err(error) => {
                    self.next = self.instead(&path, error)?;
                    continue;
                }
            };
            self.pages += 1;
            self.largest = self.largest.max(answer.body.len());
            self.next = route::next_page(&answer.headers);
            if let (None, Some(size)) = (&self.next, route::size(&path)) {
                self.github.shared.sizes.read(self.what, size, self.usual, self.largest);
            }
            self.entries += u64::from(route::size(&path).unwrap_or(100));
            return Ok(Some(answer.read(self.what)?));
        }
        Ok(None)
    }

    /// Where to go on after a page that did not come. A list that goes on by cursor has the same place in pages of any size,
    /// but no entry of it can be stepped over.
    fn instead(&mut self, path: &str, error: ForgeError) -> Result<Option<String>, ForgeError> {
        let sizes = &self.github.shared.sizes;
        if let Some(place) = route::place(path) {
            let on = sizes.after(self.what, place, error)?;
            let skips = on.before() > place.before();
            self.missing |= skips;
            self.skipped += u32::from(skips);
            return Ok(Some(route::at(path, on)));
        }
        let Some(size) = route::size(path) else { return Err(error) };
        let on = sizes.after(self.what, Place { size, page: 1 }, error)?;
        if on.size < size {
            return Ok(Some(route::sized(path, on.size)));
        }
        self.missing = true;
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
