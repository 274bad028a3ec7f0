//! What can be done through forms, and what comes back when it cannot.

use std::process::Command;

use reqwest::Method;

use super::visitor::{Form, Visitor};
use crate::support::bot::hotwash;

/// Sent, it comes back with a sentence, and nothing was done.
async fn comes_back(visitor: &Visitor, form: &Form, sentence: &str) -> super::visitor::Seen {
    let before = visitor.reads("/issues/1").await.html.matches("<article").count();
    let seen = visitor.submits(form).await;
    assert_eq!(seen.status, 422, "{seen:?}");
    seen.must_say("Not done yet.");
    let said = super::visitor::plain(&seen.html);
    assert!(said.contains(sentence), "{sentence:?} is not in\n{said}");
    assert_eq!(visitor.reads("/issues/1").await.html.matches("<article").count(), before);
    seen
}

#[tokio::test]
async fn what_cannot_be_filed_comes_back_as_it_was_typed() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let new = visitor.reads("/new").await.form("/new").with("as", "bob").with("title", "T").with("body", "My text");
    let seen = comes_back(&visitor, &new.clone().with("title", " \t"), "Give the issue a title.").await;
    assert_eq!(seen.text_in("new-body"), "My text");
    seen.must_say("<option value=\"bob\" selected>");
    seen.must_say("aria-invalid=\"true\" aria-describedby=\"new-title-says\"");
    seen.must_say("<a href=\"#new-title\">Give the issue a title.</a>");
    let long = "x".repeat(257);
    let seen = comes_back(&visitor, &new.clone().with("title", &long), "The title has 257 characters").await;
    seen.must_say(&format!("value=\"{long}\""));
    let seen = comes_back(&visitor, &new.clone().with("as", "zoe<b>"), "“zoe<b>” does not take part").await;
    assert_eq!((seen.text_in("new-body").as_str(), seen.says("zoe<b>")), ("My text", false));
    comes_back(&visitor, &new.clone().with("severity", "apocalyptic"), "Choose one of the severities.").await;
    let body = "Grüße ".repeat(12_000);
    let seen = comes_back(&visitor, &new.with("body", &body), "The description has 72,000 characters").await;
    assert_eq!(seen.text_in("new-body"), body);
    assert!(!visitor.reads("/").await.says("#2"), "nothing was filed");
}

#[tokio::test]
async fn what_cannot_be_said_comes_back_as_it_was_typed() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let form = visitor.reads("/issues/1").await.form("/issues/1/comment").with("as", "bob");
    comes_back(&visitor, &form.clone().with("text", " \r\n "), "Write something first.").await;
    let text = "0123456789".repeat(7_000);
    let sentence = "The comment has 70,000 characters and the forge takes 65,536 at most: take away 4,464.";
    let seen = comes_back(&visitor, &form.clone().with("text", &text), sentence).await;
    assert_eq!(seen.text_in("comment-text"), text);
    // The number was not used up: mended, the same form is carried out.
    visitor.submits(&form.with("text", &text[..65_536])).await.must_say("bob commented.");
    let odd = "<b>&amp;</textarea>\"'\r\nsecond line";
    let form = visitor.reads("/issues/1").await.form("/issues/1/comment").with("as", "nobody").with("text", odd);
    let seen = comes_back(&visitor, &form, "“nobody” does not take part in this drill").await;
    assert_eq!(seen.text_in("comment-text"), odd);
}

#[tokio::test]
async fn what_somebody_may_not_do_is_said_and_not_done() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let page = visitor.reads("/issues/1").await;
    let labels = page.form("/issues/1/labels").with("as", "mallory").with("further", "mine");
    let sentence = "The forge does not let mallory do this: it takes the access “triage”. Nothing was done.";
    let seen = comes_back(&visitor, &labels, sentence).await;
    seen.must_say("value=\"mine\"");
    let close = page.form("/issues/1/state").with("as", "mallory").with("state", "completed");
    comes_back(&visitor, &close, "The forge does not let mallory do this").await;
    let edit = visitor.reads("/issues/1/edit").await.form("/issues/1/edit").with("as", "mallory");
    let edit = edit.with("title", "Mine").with("body", "Mine");
    let seen = comes_back(&visitor, &edit, "it takes the access “write”").await;
    assert_eq!(seen.text_in("edit-body"), "Mine");
    comes_back(&visitor, &edit.with("title", "").with("as", "bob"), "An issue needs a title.").await;
    let assign = page.form("/issues/1/people").with("as", "bob").with("who", "zoe");
    comes_back(&visitor, &assign, "Only people who take part can be assigned.").await;
    let page = visitor.reads("/issues/1").await;
    assert!(page.says("nobody assigned") && !page.says("mine") && page.says(">Open<"), "{}", page.html);
    // Who may only read may still comment.
    visitor.comments("mallory", "I saw it, too").await.must_say("mallory commented.");
}

#[tokio::test]
async fn the_clock_goes_where_it_is_told_and_nowhere_else() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let moment = || async { visitor.reads("/issues/1").await.form("/moment") };
    for (to, sentence) in [
        ("", "This is not a day and a time; write it like 2026-11-20 14:05."),
        ("tomorrow", "This is not a day and a time"),
        ("2026-02-30 10:00", "This is not a day and a time"),
        ("2026-11-19 09:00", "The clock only goes forward, and it is 2026-11-19 09:55 EST"),
        ("1999-01-01 00:00", "The clock only goes forward"),
        ("2026-12-24 10:00", "The clock goes at most 7 d at a time"),
        ("9999-12-31 23:59", "The clock goes at most 7 d at a time"),
        ("2027-03-14 02:30", "On that day the clocks in America/New_York skip this time"),
    ] {
        let seen = comes_back(&visitor, &moment().await.with("to", to), sentence).await;
        seen.must_say(&format!("autocomplete=\"off\" value=\"{to}\" aria-invalid=\"true\""));
        seen.must_say("<h1>Odd logins");
    }
    comes_back(&visitor, &visitor.reads("/").await.form("/clock").with("step", "2y"), "one of the clock's buttons")
        .await;
    visitor.submits(&moment().await.with("to", "2026-11-19 10:00")).await.must_say("2026-11-19 10:00 EST");
    // To the very moment at which something is due; then it is due.
    let page = visitor.reads("/issues/1").await;
    page.must_say("Due next, in 5 min:</span> Acknowledge the report (#1)");
    let seen = visitor.submits(&page.form("/clock").with("step", "due")).await;
    seen.must_say("5 min passed. Hotwash wrote one comment meanwhile.");
    seen.must_say("2026-11-19 10:05 EST");
    seen.must_say("Acknowledge the report</strong>");
    visitor.submits(&seen.form("/clock").with("step", "10m")).await.must_say("2026-11-19 10:15 EST");
    // Only pages of ours are led to.
    let form = visitor.reads("/").await.form("/clock").with("step", "10m");
    for back in ["//evil.example/", "https://evil.example/", "/\\evil.example", "evil", ""] {
        let seen = visitor.sends(visitor.sending(&form.clone().with("back", back).with("step", ""))).await;
        assert!(seen.status == 422 && seen.says("<h1>Issues</h1>"), "{back}: {seen:?}");
    }
    let seen = visitor.sends(visitor.sending(&form.with("back", "//evil.example/"))).await;
    assert_eq!(seen.leads_to().unwrap().split('?').next(), Some("/"));
}

#[tokio::test]
async fn duties_journal_and_deliveries_tell_what_the_program_knows() {
    let visitor = Visitor::new();
    let seen = visitor.reads("/issues/1/duties").await;
    assert_eq!(seen.status, 404);
    visitor.files("Odd logins").await;
    visitor.comments("bob", "@hotwash ack").await.must_say("bob commented.");
    let duties = visitor.reads("/issues/1/duties").await;
    duties.must_say("Incident commander: <strong>@bob</strong>");
    duties.must_say("met: due 2026-11-19 10:05 EST (15:05 UTC), decided 2026-11-19 09:5");
    let labels = visitor.reads("/issues/1").await.form("/issues/1/labels").with("as", "bob");
    visitor.submits(&labels.with("further", "severity::medium")).await.must_say("bob changed the labels.");
    let duties = visitor.reads("/issues/1/duties").await;
    duties.must_say("at 10:00 and 16:00, Monday to Friday, on business days");
    assert!(!duties.says("10,16"), "{}", duties.html);
    let journal = visitor.reads("/issues/1/journal").await;
    journal.must_say("The chain is whole; its head is <code>");
    journal.must_say("<td>commanded</td>");
    let deliveries = visitor.reads("/deliveries").await;
    deliveries.must_say("<code>issues.opened</code>");
    let (_, rest) = deliveries.html.rsplit_once("action=\"/deliveries/").unwrap();
    let path = format!("/deliveries/{}", rest.split('"').next().unwrap());
    let seen = visitor.submits(&deliveries.form(&path)).await;
    seen.must_say("It was delivered again; see the newest line.");
    seen.must_say("sent again");
    let strange = deliveries.form(&path).with("number", &number(&seen.form(&path)));
    let strange = visitor
        .request(Method::POST, "/deliveries/999999/again")
        .header("origin", &visitor.url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(strange.body());
    let seen = visitor.sends(strange).await;
    assert!(seen.status == 422 && seen.says("The forge does not know this delivery any more"), "{seen:?}");
}

fn number(form: &Form) -> String {
    form_urlencoded::parse(form.body().as_bytes()).find(|(name, _)| name == "number").unwrap().1.into_owned()
}

#[tokio::test]
async fn a_drill_that_is_told_to_end_leaves_nothing_behind() {
    let mut visitor = Visitor::new();
    visitor.files("Odd logins").await;
    assert_eq!(visitor.left_behind().len(), 1, "its database is somewhere");
    assert_eq!(visitor.end(), Some(0));
    assert_eq!(visitor.left_behind(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_port_that_is_taken_is_named() {
    let folder = tempfile::TempDir::new().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let run = |args: &[&str]| {
        let output: std::process::Output = Command::output(hotwash(folder.path()).arg("drill").args(args)).unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, err) = run(&["--interactive", "--port", &port]);
    assert_eq!(code, Some(2));
    assert!(err.starts_with(&format!("the page cannot listen on 127.0.0.1:{port}: Address already in use")), "{err}");
    assert!(err.contains("choose another with --port"), "{err}");
    for args in [&["--port", "8080"][..], &["--interactive", "--port", "70000"], &["--interactive", "--json"]] {
        let (code, err) = run(args);
        assert_eq!(code, Some(2), "{args:?}: {err}");
    }
}

#[tokio::test]
async fn what_the_bot_files_for_an_incident_stands_in_its_thread_and_in_no_other() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let other = visitor.reads("/new").await.form("/new").with("as", "erin").with("title", "A lost laptop");
    visitor.submits(&other.with("body", "Mine.")).await.must_say("erin filed issue #2.");
    visitor.comments("bob", "@hotwash followup rotate the keys @bob by 2030-12-04").await;
    visitor.submits(&visitor.reads("/").await.form("/clock").with("step", "10m")).await;
    let filed = "filed issue #3: EXERCISE: rotate the keys";
    visitor.reads("/issues/1").await.must_say(filed);
    assert!(!visitor.reads("/issues/2").await.says(filed), "the other incident has nothing to do with it");
    visitor.reads("/").await.must_say("rotate the keys");
}
