//! What commands print. Results go to standard output, everything else to standard error.

use std::io::Write;

/// A line of the result. A reader that went away is not an error.
pub(super) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Something a person should read.
pub(super) fn complain(text: &str) {
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "{text}");
}
