//! The page on which people take part in a drill: over HTTP as a hostile world would use it, and in a real browser.

mod chromium;
mod conflicts;
mod forms;
mod gitlab;
mod strangers;
mod texts;
mod visitor;
mod ways;
mod windows;
