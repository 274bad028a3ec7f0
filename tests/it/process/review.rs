//! `[review]`: what a process may say of the meeting about all incidents.

use hotwash::{domain::process::Answer, domain::process::ReviewField, process};

use super::language::{OWN, refused};

const REVIEW: &str = "[review]\ntitle = \"Monday round\"\ncron = \"0 30 9 * * Mon *\"\n\
    fields = [\"status\", { title = \"Customers\", hint = \"Who heard what?\" }]\nsource = \"house rule\"\n";

/// One problem of `REVIEW` with one thing replaced, which stands so many lines below its heading.
#[track_caller]
fn breaks(from: &str, to: &str, below: u32, words: &[&str]) {
    let review = REVIEW.replacen(from, to, 1);
    assert_ne!(review, REVIEW, "{from:?} is not in it");
    refused("[[role]]\nid", &format!("{review}[[role]]\nid"), 3 + below, words);
}

#[test]
fn a_process_says_when_what_is_gone_through_and_inherits_it() {
    let own = process::read(&OWN.replacen("[[role]]\nid", &format!("{REVIEW}[[role]]\nid"), 1), "own.toml");
    let review = own.map_err(|all| format!("{all:#?}")).unwrap().review.unwrap();
    let headings: Vec<&str> = review.fields.iter().map(ReviewField::heading).collect();
    assert_eq!(
        (review.title.as_str(), headings.as_slice()),
        ("Monday round", ["Current status", "Customers"].as_slice())
    );
    assert_eq!(review.fields[0], ReviewField::Known(Answer::Status));
    assert!(process::read(OWN, "own.toml").unwrap().review.is_none(), "cloud-gov has none");
    let heir = OWN.replacen("cloud-gov", "gitlab-sirt", 1).replacen(", \"leads\"", "", 1);
    let heir = process::read(&heir, "own.toml").map_err(|all| format!("{all:#?}")).unwrap();
    assert_eq!(heir.review.unwrap().fields.len(), 6, "it is taken over");
}

#[test]
fn what_cannot_be_an_agenda_is_refused_with_its_line() {
    breaks("0 30 9 * * Mon *", "0 0 9 * * 1 *", 2, &["weekdays in numbers"]);
    breaks("0 30 9 * * Mon *", "0 0 * * * Mon *", 2, &["more than once a day"]);
    breaks("0 30 9 * * Mon *", "0 0 9,16 * * Mon *", 2, &["more than once a day"]);
    breaks("\"status\"", "\"statuss\"", 3, &["\"statuss\" is no field of an agenda", "nearest: status"]);
    breaks("\"status\"", "\"status\", \"status\"", 3, &["is on the agenda already"]);
    breaks("source =", "topics = [\"Lessons\", \"lessons\"]\nsource =", 4, &["is on the agenda already"]);
    breaks("Customers", "@customers", 3, &["is a heading of at most"]);
    breaks("Monday round", "<b>Monday</b>", 1, &["is a heading of at most"]);
    breaks("source = \"house rule\"\n", "", 0, &["source"]);
}

#[test]
fn a_review_on_days_off_alone_is_found_out() {
    let text = OWN.replacen("[[role]]\nid", &format!("{}[[role]]\nid", REVIEW.replace("Mon", "Sun")), 1);
    let process = process::read(&text, "own.toml").map_err(|all| format!("{all:#?}")).unwrap();
    let usual = hotwash::domain::calendar::BusinessHours::default();
    assert!(process.review_never_due(chrono_tz::Tz::UTC, &usual).is_some());
    let sundays = hotwash::domain::calendar::BusinessHours { days: vec![chrono::Weekday::Sun], ..usual };
    assert!(process.review_never_due(chrono_tz::Tz::UTC, &sundays).is_none());
}
