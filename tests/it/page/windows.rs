//! Several windows: each acts as the person chosen in it; and addresses that are those of forms.

use reqwest::{Method, header::REFERER};

use super::visitor::{Seen, Visitor};

/// Who is chosen in each of the page's forms.
fn chosen(seen: &Seen) -> Vec<String> {
    let all = seen.html.split("<option value=\"").skip(1).filter_map(|option| option.split_once('"'));
    let all = all.filter(|(_, rest)| rest.starts_with(" selected>"));
    all.map(|(login, _)| login.to_owned()).collect()
}

/// A link in a window is followed, redirections and all; where it led.
async fn follows(visitor: &Visitor, from: &str, to: &str) -> (String, Seen) {
    let from = format!("{}{from}", visitor.url);
    let mut at = to.to_owned();
    loop {
        let seen = visitor.sends(visitor.request(Method::GET, &at).header(REFERER, &from)).await;
        match seen.leads_to() {
            Some(place) => at = place,
            None => return (at, seen),
        }
    }
}

/// Comments in a window; the address at which it is then.
async fn comments(visitor: &Visitor, window: &str, by: &str, text: &str) -> String {
    let form = visitor.reads(window).await.form("/issues/1/comment").with("as", by).with("text", text);
    let seen = visitor.sends(visitor.sending(&form)).await;
    assert_eq!(seen.status, 303, "{seen:?}");
    seen.leads_to().unwrap().split('#').next().unwrap().to_owned()
}

#[tokio::test]
async fn each_window_acts_as_the_person_chosen_in_it() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let first = chosen(&visitor.reads("/issues/1").await);
    assert!(first.is_empty(), "nobody was chosen yet: {first:?}");
    let bobs = comments(&visitor, "/issues/1", "bob", "One").await;
    let carols = comments(&visitor, "/issues/1", "carol", "Two").await;
    for (window, who) in [(&bobs, "bob"), (&carols, "carol"), (&bobs, "bob")] {
        let chosen = chosen(&visitor.reads(window).await);
        assert_eq!(chosen, vec![who; 4], "comment, state, labels, people: {window}");
    }
    // Along links, through the clock, and through a form that is to be mended.
    let (edits, seen) = follows(&visitor, &bobs, "/issues/1/edit").await;
    assert_eq!((edits.as_str(), chosen(&seen)), ("/issues/1/edit?as=bob", vec!["bob".to_owned()]));
    let (lists, seen) = follows(&visitor, &edits, "/").await;
    let moved = visitor.sends(visitor.sending(&seen.form("/clock").with("step", "10m"))).await.leads_to().unwrap();
    assert!(lists == "/?as=bob" && moved.ends_with("as=bob"), "{lists} {moved}");
    let wrong = visitor.reads(&bobs).await.form("/issues/1/comment").with("as", "dave").with("text", "");
    assert_eq!(chosen(&visitor.submits(&wrong).await), vec!["dave"; 4]);
    assert!(chosen(&visitor.reads("/issues/1").await).is_empty(), "a new window has a choice of its own");
    let deliveries = follows(&visitor, &carols, "/deliveries").await.1;
    assert!(deliveries.says("name=\"as\" value=\"carol\""), "{}", deliveries.html);
}

#[tokio::test]
async fn an_address_names_only_people_who_take_part() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    for name in ["zoe", "%3Cb%3E", "", "bob%0d%0aX-Odd:1", &"x".repeat(5_000)] {
        let seen = visitor.reads(&format!("/issues/1?as={name}")).await;
        assert!(seen.status == 200 && chosen(&seen).is_empty() && !seen.says("<b>"), "{name}: {seen:?}");
        let (at, seen) = follows(&visitor, &format!("/?as={name}"), "/issues/1").await;
        assert_eq!((at.as_str(), seen.status), ("/issues/1", 200));
    }
    let style = visitor.sends(visitor.request(Method::GET, "/style.css").header(REFERER, "http://x/?as=bob")).await;
    assert_eq!(style.status, 200, "style sheets are no pages");
}

#[tokio::test]
async fn the_address_of_a_form_leads_to_its_page_and_does_nothing() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    for (address, page) in [
        ("/clock", "/"),
        ("/moment", "/"),
        ("/issues/1/comment", "/issues/1"),
        ("/issues/1/labels", "/issues/1"),
        ("/issues/1/people", "/issues/1"),
        ("/issues/1/state", "/issues/1"),
        ("/deliveries/1/again", "/deliveries"),
    ] {
        let seen = visitor.reads(address).await;
        assert_eq!(seen.status, 303, "{address}: {seen:?}");
        let place = seen.leads_to().unwrap();
        assert_eq!(place.split('?').next(), Some(page), "{address}");
        let said = visitor.reads(&place).await;
        assert_eq!(said.status, 200);
        said.must_say("Nothing was done: the address was that of a form, and forms are sent with their buttons.");
    }
    for page in ["/new", "/issues/1/edit"] {
        assert_eq!(visitor.reads(page).await.status, 200, "{page} is a page as well");
    }
    let nowhere = visitor.reads("/issues/99/comment").await.leads_to().unwrap();
    assert_eq!(visitor.reads(&nowhere).await.status, 404);
}
