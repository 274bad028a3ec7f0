//! Requests that no page of ours would make.

use reqwest::Method;

use super::visitor::Visitor;

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_foreign_name_for_this_machine_is_shown_nothing() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let port = visitor.url.rsplit(':').next().unwrap().to_owned();
    for host in ["evil.example", &format!("evil.example:{port}"), "127.0.0.1", "127.0.0.1:1", "", ":", "localhost"] {
        let seen = visitor.sends(visitor.request(Method::GET, "/issues/1").header("host", host)).await;
        assert!(seen.status == 421 && !seen.says("Odd logins"), "{host:?}: {seen:?}");
    }
    for host in [format!("localhost:{port}"), format!("LOCALHOST:{port}"), format!("127.0.0.1:{port}")] {
        let seen = visitor.sends(visitor.request(Method::GET, "/issues/1").header("host", &host)).await;
        assert!(seen.status == 200 && seen.says("Odd logins"), "{host:?}: {seen:?}");
    }
}

#[tokio::test]
async fn a_form_that_a_foreign_page_sends_does_nothing() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let form = visitor.reads("/issues/1").await.form("/issues/1/comment").with("as", "bob").with("text", "Forged");
    let port = visitor.url.rsplit(':').next().unwrap();
    let foreign = [
        None,
        Some("null".to_owned()),
        Some(String::new()),
        Some("http://evil.example".to_owned()),
        Some(format!("https://127.0.0.1:{port}")),
        Some("http://127.0.0.1".to_owned()),
        Some("http://127.0.0.1:1".to_owned()),
        // The same machine by another name is another place to a browser.
        Some(format!("http://localhost:{port}")),
        Some(format!("{}.evil.example", visitor.url)),
    ];
    for origin in foreign {
        let request = visitor.request(Method::POST, "/issues/1/comment").header("content-type", FORM).body(form.body());
        let request = origin.iter().fold(request, |request, origin| request.header("origin", origin));
        let seen = visitor.sends(request).await;
        assert_eq!(seen.status, 403, "{origin:?}");
    }
    assert!(!visitor.reads("/issues/1").await.says("Forged"));
    // Nothing of this used the number up.
    visitor.submits(&form).await.must_say("bob commented.");
}

#[tokio::test]
async fn what_is_no_form_of_ours_is_refused() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let post = |path: &str, kind: &str| {
        visitor.request(Method::POST, path).header("origin", &visitor.url).header("content-type", kind)
    };
    assert_eq!(visitor.sends(post("/issues/1/comment", "text/plain").body("number=1")).await.status, 415);
    assert_eq!(visitor.sends(post("/issues/1/comment", "application/json").body("{}")).await.status, 415);
    for path in ["/", "/issues/1", "/issues/x/comment", "/issues/1/comment/2", "/style.css", "/issues/-1/state"] {
        assert_eq!(visitor.sends(post(path, FORM).body("number=1")).await.status, 404, "{path}");
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let request = visitor.request(method.clone(), "/issues/1").header("origin", &visitor.url);
        assert_eq!(visitor.sends(request).await.status, 405, "{method}");
    }
    for path in [
        "/issues/2",
        "/issues/1/",
        "/issues/",
        "/issues/1/nothing",
        "/..",
        "/%2e%2e/etc/passwd",
        "/issues/99999999999999999999",
    ] {
        let seen = visitor.reads(path).await;
        let found = path == "/issues/1/" || path == "/..";
        assert_eq!(seen.status, if found { 200 } else { 404 }, "{path}");
    }
    let seen = visitor.sends(post("/new", FORM).body(vec![b'x'; 3 * 1024 * 1024])).await;
    assert_eq!(seen.status, 413);
    let broken = "number=%zz&as=%ff%fe&text=%00&&&=&seen";
    let seen = visitor.sends(post("/issues/1/comment", FORM).body(broken)).await;
    assert_eq!(seen.status, 409, "{seen:?}");
}

#[tokio::test]
async fn every_answer_says_exercise_and_forbids_scripts() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let pages =
        ["/", "/new", "/issues/1", "/issues/1/edit", "/issues/1/duties", "/issues/1/journal", "/deliveries", "/no"];
    for path in pages {
        let seen = visitor.reads(path).await;
        seen.must_say("<strong>EXERCISE</strong>");
        seen.must_say("<title>EXERCISE: ");
        for forbidden in ["<script", "style=\"", "<style", "javascript:", "onclick", "src=\""] {
            assert!(!seen.says(forbidden), "{path} has {forbidden}");
        }
    }
    let asked = pages.into_iter().chain(["/style.css", "/labels.css"]);
    for path in asked {
        let seen = visitor.reads(path).await;
        let header = |name: &str| seen.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
        let policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";
        assert_eq!(header("content-security-policy"), policy, "{path}");
        assert_eq!((header("x-content-type-options"), header("cache-control")), ("nosniff", "no-store"), "{path}");
    }
}
