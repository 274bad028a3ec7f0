//! A configuration as large as one may be costs seconds: what is done for each project does not grow with their number.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use super::{Desk, GOOD};

/// So many fit into the largest file that is read.
const MOST: usize = 16_000;

/// Far more than it takes, and far less than it took when each project was compared with all others and had its words
/// tried for itself.
const A_MINUTE: Duration = Duration::from_mins(1);

fn desk(path: impl Fn(usize) -> String) -> Desk {
    let (head, _) = GOOD.split_once("[[project]]").unwrap();
    let text = (0..MOST).fold(head.to_owned(), |mut text, number| {
        let path = path(number);
        writeln!(text, "[[project]]\nforge=\"github\"\npath=\"a/{path}\"\nprocess=\"own.toml\"").unwrap();
        text
    });
    let desk = Desk::new(&text);
    desk.file("own.toml", "name = \"own\"\nextends = \"cloud-gov\"\n[wording]\ngate = \"{{from}}\"\n");
    desk
}

#[test]
fn thousands_of_projects_are_checked_in_seconds() {
    let begun = Instant::now();
    let desk = desk(|number| number.to_string());
    let named = desk.refuses(&["plan", "b/1#1"], 2, &["\"b/1#1\" is in no configured project; there are github:a/0, "]);
    assert_eq!(named.err.lines().count(), 1);
    // Everything but the forge, which nobody asks twice once it is out of reach.
    let all = desk.runs(&["doctor"]);
    assert_eq!(all.code, Some(3), "{}", all.err);
    assert!(all.out.contains(&format!("projects {MOST}")), "{}", &all.out[..1_000]);
    assert!(begun.elapsed() < A_MINUTE, "it took {:?}", begun.elapsed());
}

#[test]
fn thousands_of_mistakes_are_told_in_seconds() {
    let begun = Instant::now();
    let desk = desk(|_| "b".to_owned());
    desk.file("own.toml", "name = \"own\"\nextends = \"cloud-gov\"\n[wording]\ngate = \"{{nonesuch}}\"\n");
    let told = desk.refuses(&["doctor"], 2, &["\"a/b\" is watched already by the project on line 9"]);
    assert_eq!(told.err.lines().count(), MOST, "each but the first, and the words once");
    assert!(begun.elapsed() < A_MINUTE, "it took {:?}", begun.elapsed());
}
