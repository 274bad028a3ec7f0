//! Lists, page by page, in pages that fit.
//!
//! What always holds: a list ends where GitLab says so, never where a page happens to be short.

use gitlab::api::Endpoint;
use http::HeaderMap;
use serde::de::DeserializeOwned;

use super::{
    super::{
        ForgeError,
        answer::{number, unknown},
        paging::{MOST_ENTRIES, MOST_OF_A_PAGE, MOST_SKIPPED, Place},
    },
    Gitlab,
    client::Ask,
};

/// Reads one list.
pub(super) struct Pager<'a, E> {
    gitlab: &'a Gitlab,
    ask: Ask<'a>,
    endpoint: &'a E,
    /// The page that comes next; `None` at the end.
    at: Option<Place>,
    missing: bool,
    skipped: u32,
    /// The last page was full, and nothing told whether another follows.
    untold: bool,
    /// Bytes of the largest page.
    largest: usize,
}

impl<'a, E: Endpoint + Sync> Pager<'a, E> {
    pub(super) fn new(gitlab: &'a Gitlab, ask: Ask<'a>, endpoint: &'a E) -> Self {
        let at = Some(gitlab.shared.sizes.first(ask.what, ask.size));
        Self { gitlab, ask, endpoint, at, missing: false, skipped: 0, untold: false, largest: 0 }
    }

    /// Entries were left out: one too large to read, or those beyond the most that are read.
    pub(super) fn is_missing(&self) -> bool {
        self.missing
    }

    /// No more is read than was, in pages of this size at the end.
    fn is_enough(&self, size: u32) {
        self.gitlab.shared.sizes.read(self.ask.what, size, self.ask.size, self.largest);
    }

    /// The next entries; `None` at the end of the list.
    pub(super) async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<Vec<T>>, ForgeError> {
        let shared = &self.gitlab.shared;
        if self.untold {
            let why = "a page is full, and the answer does not say whether another follows";
            return Err(unknown(self.ask.what, why));
        }
        while let Some(at) = self.at {
            if at.before() >= MOST_ENTRIES || self.skipped > MOST_SKIPPED {
                self.missing = true;
                break;
            }
            let ask = Ask { page: Some(at.page), size: at.size, most: MOST_OF_A_PAGE, ..self.ask };
            let answer = match shared.client.send(ask, self.endpoint).await {
                Ok(answer) => answer,
                Err(error) => {
                    let on = shared.sizes.after(ask.what, at, error)?;
                    let skips = on.before() > at.before();
                    self.missing |= skips;
                    self.skipped += u32::from(skips);
                    self.at = Some(on);
                    continue;
                }
            };
            // A page may be short or empty and yet have a next one: what one may not see is left out after paging.
            let entries: Vec<T> = answer.read(ask.what)?;
            self.untold = entries.len() >= ask.size as usize && !says_what_follows(&answer.headers);
            self.largest = self.largest.max(answer.body.len());
            self.at = next_page(&answer.headers).map(|page| Place { page, ..at });
            if self.at.is_none() {
                self.is_enough(at.size);
            }
            return Ok(Some(entries));
        }
        self.at = None;
        Ok(None)
    }
}

impl Gitlab {
    /// A whole list.
    pub(super) async fn pages<T: DeserializeOwned + Send>(
        &self,
        what: &str,
        endpoint: &(impl Endpoint + Sync),
    ) -> Result<Vec<T>, ForgeError> {
        self.pages_until(Ask::read(what), endpoint, |_: &T| false).await
    }

    /// A list up to the page on which one entry is `enough`.
    pub(super) async fn pages_until<T: DeserializeOwned + Send>(
        &self,
        ask: Ask<'_>,
        endpoint: &(impl Endpoint + Sync),
        enough: impl Fn(&T) -> bool + Send,
    ) -> Result<Vec<T>, ForgeError> {
        let (mut pager, mut all) = (Pager::new(self, ask, endpoint), Vec::new());
        while let Some(page) = pager.next::<T>().await? {
            let done = page.iter().any(&enough);
            all.extend(page);
            if done {
                pager.at.iter().for_each(|at| pager.is_enough(at.size));
                break;
            }
        }
        if pager.is_missing() {
            return Err(unknown(
                ask.what,
                format!("the list is longer than {MOST_ENTRIES} entries, or one is too large"),
            ));
        }
        Ok(all)
    }
}

/// Whether the answer tells of further pages at all: a proxy may have lost that.
fn says_what_follows(headers: &HeaderMap) -> bool {
    headers.contains_key("x-next-page") || headers.contains_key(http::header::LINK)
}

/// The number of the next page. Servers behind some proxies lose it and keep the link.
fn next_page(headers: &HeaderMap) -> Option<u32> {
    if headers.contains_key("x-next-page") {
        return number(headers, "x-next-page").and_then(|page| u32::try_from(page).ok());
    }
    let links = headers.get(http::header::LINK)?.to_str().ok()?;
    let next = links.split(',').find(|link| link.contains("rel=\"next\""))?;
    let query = next.split(['?', '&', '>']);
    query.filter_map(|part| part.strip_prefix("page=")).find_map(|page| page.parse().ok())
}
