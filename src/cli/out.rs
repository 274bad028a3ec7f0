//! What commands print. Results go to standard output, everything else to standard error.

use std::io::{ErrorKind, Write};

/// A line of the result. A reader that went away is no error; a result that cannot be written is one, because half of
/// it may be taken for the whole: the program then ends at once with exit code 3.
pub(super) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    let Err(error) = written else { return };
    if error.kind() != ErrorKind::BrokenPipe {
        complain(&format!("the output cannot be written ({error}); what came out is not whole"));
        std::process::exit(3);
    }
}

/// Something a person should read.
pub(super) fn complain(text: &str) {
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "{text}");
}
