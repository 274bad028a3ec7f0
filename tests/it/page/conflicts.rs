//! Forms that are sent twice, pages in two tabs, and pages that are older than what they are about.

use super::visitor::Visitor;

fn comments(html: &str, text: &str) -> usize {
    html.matches(&format!("<p>{text}</p>")).count()
}

#[tokio::test]
async fn a_form_sent_twice_acts_once_and_says_so() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let form = visitor.reads("/issues/1").await.form("/issues/1/comment").with("as", "bob").with("text", "Once only");
    // A double click: both are on their way before either is answered.
    let (one, other) = tokio::join!(visitor.sends(visitor.sending(&form)), visitor.sends(visitor.sending(&form)));
    assert_eq!((one.status, other.status), (303, 303), "{one:?} {other:?}");
    let third = visitor.submits(&form).await;
    third.must_say("This form was sent twice. It was carried out once, the first time.");
    assert_eq!(comments(&third.html, "Once only"), 1, "{}", third.html);

    // The clock, too: an hour is not two.
    let step = visitor.reads("/").await.form("/clock").with("step", "1h");
    visitor.submits(&step).await.must_say("1 h passed.");
    let again = visitor.submits(&step).await;
    again.must_say("This form was sent twice.");
    again.must_say("2026-11-19 10:55 EST");

    // And an issue is filed once.
    let new = visitor.reads("/new").await.form("/new").with("as", "bob").with("title", "Another").with("body", "x");
    visitor.submits(&new).await.must_say("bob filed issue #2.");
    visitor.submits(&new).await.must_say("This form was sent twice.");
    let issues = visitor.reads("/").await;
    assert_eq!(issues.html.matches("class=\"title\"").count(), 2, "{}", issues.html);
}

#[tokio::test]
async fn a_form_that_comes_back_from_history_loses_nothing_of_what_is_typed_into_it() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let form = visitor.reads("/issues/1").await.form("/issues/1/comment").with("as", "bob");
    visitor.submits(&form.clone().with("text", "First")).await.must_say("bob commented.");
    let seen = visitor.submits(&form.with("text", "Second")).await;
    assert_eq!(seen.status, 409);
    seen.must_say("The same form was sent before with something else in it");
    assert_eq!((seen.text_in("comment-text").as_str(), comments(&seen.html, "Second")), ("Second", 0));
    // As it is shown now, it can be sent.
    let seen = visitor.submits(&seen.form("/issues/1/comment").with("as", "bob").with("text", "Second")).await;
    assert_eq!(comments(&seen.html, "Second"), 1, "{}", seen.html);
}

#[tokio::test]
async fn a_form_of_another_drill_does_nothing() {
    let (visitor, other) = (Visitor::new(), Visitor::new());
    visitor.files("Odd logins").await;
    other.files("Odd logins").await;
    let form = other.reads("/issues/1").await.form("/issues/1/comment").with("as", "bob").with("text", "Strange");
    for number in [None, Some(""), Some("x"), Some("1"), Some("-1"), Some("99999999999999999999")] {
        let form = number.map_or_else(|| form.clone(), |number| form.clone().with("number", number));
        let seen = visitor.submits(&form).await;
        assert_eq!(seen.status, 409, "{seen:?}");
        seen.must_say("The form is from another drill, or from long ago, so nothing was done.");
        assert_eq!((seen.text_in("comment-text").as_str(), comments(&seen.html, "Strange")), ("Strange", 0));
    }
}

#[tokio::test]
async fn two_people_who_edit_at_once_see_both_texts() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let (one, other) = (visitor.reads("/issues/1/edit").await, visitor.reads("/issues/1/edit").await);
    let edit = |seen: &super::visitor::Seen, body: &str| {
        let form = seen.form("/issues/1/edit").with("as", "bob").with("title", "Odd logins");
        form.with("body", body)
    };
    visitor.submits(&edit(&one, "The text of one")).await.must_say("bob edited the issue.");
    let stale = visitor.submits(&edit(&other, "The text of the other")).await;
    assert_eq!(stale.status, 409);
    stale.must_say("The title or the description was changed meanwhile, so nothing was done.");
    stale.must_say("<pre>The text of one</pre>");
    assert_eq!(stale.text_in("edit-body"), "The text of the other");
    visitor.reads("/issues/1").await.must_say("<p>The text of one</p>");
    // Whoever has seen both may replace it.
    visitor.submits(&edit(&stale, "The text of both")).await.must_say("bob edited the issue.");
    visitor.reads("/issues/1").await.must_say("<p>The text of both</p>");
}

#[tokio::test]
async fn a_second_tab_never_acts_on_what_it_no_longer_shows() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let tab = visitor.reads("/issues/1").await;

    // Labels: the other tab put one on, which this one would take off.
    let labels = visitor.reads("/issues/1").await.form("/issues/1/labels").with("as", "bob").with("further", "urgent");
    visitor.submits(&labels).await.must_say("bob changed the labels.");
    let stale = visitor.submits(&tab.form("/issues/1/labels").with("as", "bob").with("further", "")).await;
    assert_eq!(stale.status, 409);
    stale.must_say("The labels were changed meanwhile, so nothing was done.");
    stale.must_say("name=\"label\" value=\"urgent\" checked");

    // People.
    let people = visitor.reads("/issues/1").await.form("/issues/1/people").with("as", "bob").and("who", "carol");
    visitor.submits(&people).await.must_say("assigned: carol");
    let stale = visitor.submits(&tab.form("/issues/1/people").with("as", "bob").with("who", "dave")).await;
    assert_eq!(stale.status, 409);
    stale.must_say("Somebody else was assigned meanwhile, so nothing was done.");

    // A comment is an addition and goes through, but whoever wrote it is told.
    let comment = tab.form("/issues/1/comment").with("as", "bob").with("text", "From the old tab");
    visitor.submits(&comment).await.must_say("The thread had changed since you opened it");

    // The state.
    let close = visitor.reads("/issues/1").await.form("/issues/1/state").with("as", "bob").with("state", "completed");
    visitor.submits(&close).await.must_say("bob closed the issue.");
    let stale = visitor.submits(&tab.form("/issues/1/state").with("as", "bob").with("state", "not-planned")).await;
    assert_eq!(stale.status, 409);
    stale.must_say("The issue was closed or opened meanwhile, so nothing was done.");

    // The clock.
    let hour = visitor.reads("/").await.form("/clock").with("step", "1h");
    visitor.submits(&hour).await.must_say("1 h passed.");
    for form in [tab.form("/clock").with("step", "1h"), tab.form("/moment").with("to", "2026-11-19 23:00")] {
        let stale = visitor.submits(&form).await;
        assert_eq!(stale.status, 409);
        stale.must_say("The clock was moved in another window meanwhile: it is 2026-11-19 10:5");
    }
}
