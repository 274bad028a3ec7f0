//! The clock on a long way: pages are shown meanwhile, nothing else is done, and whoever sent it is told how it went.

use super::visitor::{Seen, Visitor};

const ON_ITS_WAY: &str = "The clock is on its way to 2026-11-20 10:00 EST (15:00 UTC) and has ";
const REFRESHES: &str = "<meta http-equiv=\"refresh\" content=\"1\">";

/// Sends the clock a day ahead; the address that the window is led to.
async fn a_day_ahead(visitor: &Visitor) -> String {
    let form = visitor.reads("/issues/1").await.form("/moment").with("to", "2026-11-20 10:00").with("as", "bob");
    let seen = visitor.sends(visitor.sending(&form)).await;
    assert_eq!(seen.status, 303, "{seen:?}");
    let place = seen.leads_to().unwrap();
    // A double click, and impatience.
    visitor.submits(&form).await.must_say("The clock is on its way");
    place
}

/// Follows the page until it no longer follows the clock; how often it was shown on the way, and what it shows then.
async fn arrives(visitor: &Visitor, window: &str) -> (usize, Seen) {
    let (mut at, mut on_the_way) = (window.to_owned(), 0);
    loop {
        let seen = visitor.reads(&at).await;
        match seen.leads_to() {
            Some(place) => at = place,
            None if seen.says(REFRESHES) => on_the_way += 1,
            None => return (on_the_way, seen),
        }
    }
}

#[tokio::test]
async fn a_day_passes_in_strides_and_pages_are_shown_in_between() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let tab = visitor.reads("/issues/1").await;
    let window = a_day_ahead(&visitor).await;
    let seen = visitor.reads(&window).await;
    seen.must_say(ON_ITS_WAY);
    seen.must_say(REFRESHES);
    seen.must_say("This page follows it.");
    // Another window is shown everything, keeps what is typed into it, and can do nothing yet.
    let other = visitor.reads("/issues/1").await;
    other.must_say(ON_ITS_WAY);
    other.must_say("nothing else can be done");
    assert!(!other.says(REFRESHES), "{}", other.html);
    let comment = tab.form("/issues/1/comment").with("as", "bob").with("text", "Meanwhile");
    let kept = visitor.submits(&comment).await;
    assert_eq!((kept.status, kept.text_in("comment-text").as_str()), (409, "Meanwhile"), "{kept:?}");
    kept.must_say("Nothing was done; send it again when the clock is there.");

    let (on_the_way, seen) = arrives(&visitor, &window).await;
    assert!(on_the_way > 3, "the page was shown {on_the_way} times on the way");
    seen.must_say("1 d passed. Hotwash wrote ");
    seen.must_say("2026-11-20 10:00 EST");
    assert!(!seen.says("on its way") && seen.says("Acknowledge the report"), "{}", seen.html);
    visitor.submits(&comment).await.must_say("bob commented.");
}

#[tokio::test]
async fn a_clock_on_its_way_can_be_left() {
    let mut visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let window = a_day_ahead(&visitor).await;
    visitor.reads(&window).await.must_say(ON_ITS_WAY);
    assert_eq!(visitor.end(), Some(0));
    assert_eq!(visitor.left_behind(), Vec::<std::path::PathBuf>::new());
}
