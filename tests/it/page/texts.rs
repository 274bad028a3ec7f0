//! Hostile texts: whatever people write stays text.

use super::visitor::Visitor;
use crate::support::{dice::Dice, settings::seed};

const HOSTILE: &str = "<script>alert(1)</script> <img src=x onerror=alert(1)> <b onclick=x>bold</b>

<details><summary>Open</summary><style>*{display:none}</style>

</details></details></div></article></main> after

<details open ontoggle=alert(1)><summary>Attributes</summary></details>

[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,x) [d](//evil.example/x) [e](/clock)
[f](https://good.example/?a=1&b=2 \"title\\\" onmouseover=x\") <https://good.example/auto> ![picture](https://evil.example/pixel.png)

<!-- hotwash:board board abc --> <!-- unclosed \" onload=\"

| a |
|:-:|
| <img src=y> |

```html
<script>alert(2)</script>
```

```mermaid
gantt
    title </text><script>alert(3)</script>
    dateFormat YYYY-MM-DDTHH:mm:ss
    axisFormat %m-%d %H:%M
    section <img src=z>
    </svg><script> :2026-11-19T10:00:00, 2026-11-19T11:00:00
```

```mermaid
flowchart LR
    A --> B[<img src=w>]
```
";

/// Tags that a page of ours may hold.
const KNOWN: [&str; 62] = [
    "!doctype",
    "html",
    "head",
    "meta",
    "title",
    "link",
    "body",
    "a",
    "p",
    "strong",
    "header",
    "nav",
    "ul",
    "li",
    "section",
    "span",
    "time",
    "div",
    "form",
    "input",
    "button",
    "label",
    "main",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "article",
    "details",
    "summary",
    "select",
    "option",
    "textarea",
    "aside",
    "fieldset",
    "legend",
    "dl",
    "dt",
    "dd",
    "code",
    "pre",
    "em",
    "del",
    "blockquote",
    "ol",
    "hr",
    "br",
    "sub",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "svg",
    "text",
    "line",
    "rect",
    "sup",
];

/// Tags without an end.
const VOID: [&str; 10] = ["!doctype", "meta", "link", "input", "br", "hr", "line", "rect", "img", "sup"];

/// Every tag is known, carries no handler, and is closed where it was opened.
#[track_caller]
fn sound(html: &str) {
    let mut open: Vec<String> = Vec::new();
    for piece in html.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').unwrap_or_else(|| panic!("an open tag: {piece}"));
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap().to_lowercase();
        assert!(KNOWN.contains(&name.as_str()), "<{tag}> in\n{html}");
        let outside: String = tag.split('"').step_by(2).collect();
        let handler = outside.split_whitespace().skip(1).any(|word| word.to_lowercase().starts_with("on"));
        assert!(!handler && !outside.contains("src="), "<{tag}>");
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "</{name}> closes something else in\n{html}");
        } else if !VOID.contains(&name.as_str()) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<String>::new());
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let visitor = Visitor::new();
    let title = "</title><script>alert(1)</script>\"><img src=x> \u{202e}live";
    visitor.files(title).await;
    let page = visitor.comments("mallory", HOSTILE).await;
    page.must_say("mallory commented.");
    sound(&page.html);
    page.must_say("&lt;script&gt;alert(1)&lt;/script&gt;");
    page.must_say("<details><summary>Open</summary>");
    page.must_say("[image, not loaded: picture]");
    page.must_say("href=\"https://good.example/?a=1&amp;b=2\"");
    page.must_say("href=\"https://good.example/auto\"");
    let (_, comment) = page.html.rsplit_once("<article").unwrap();
    let (comment, _) = comment.split_once("</article>").unwrap();
    assert_eq!(comment.matches("href=").count(), 2, "only the two good links lead anywhere: {comment}");
    assert_eq!(comment.matches("<svg").count(), 1, "{comment}");
    for hidden in ["hotwash:board", "unclosed", "javascript:", "evil.example", "href=\"/clock"] {
        assert!(!comment.contains(hidden), "{hidden} in {comment}");
    }
    for path in ["/", "/issues/1/edit", "/issues/1/duties", "/issues/1/journal", "/deliveries"] {
        sound(&visitor.reads(path).await.html);
    }
}

#[tokio::test]
async fn any_mixture_of_marks_and_tags_stays_in_its_frame() {
    const PIECES: [&str; 40] = [
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
        "<sub>",
        "</sub>",
        "<br>",
        "<div>",
        "</div>",
        "</article>",
        "<!--",
        "-->",
        "<",
        ">",
        "\"",
        "'",
        "&",
        "&lt;",
        "`",
        "```",
        "```mermaid\n",
        "gantt\n",
        "section a\n",
        "> ",
        "- ",
        "1. ",
        "    ",
        "\n",
        "\n\n",
        "| a | b |\n|---|---|\n",
        "|",
        "# ",
        "###### ",
        "**",
        "_",
        "~~",
        "[x](https://a.example)",
        "![",
        "](javascript:x)",
        "- [x] ",
    ];
    let mut dice = Dice::new(seed());
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    for _ in 0..60 {
        let length = dice.within(1..60);
        let text: String = (0..length).map(|_| *dice.pick(&PIECES)).collect();
        let page = visitor.comments("bob", &format!("x{text}")).await;
        assert!(page.status == 200 && page.says("bob commented."), "{text:?}: {page:?}");
        let (_, comment) = page.html.rsplit_once("<article").unwrap();
        let (comment, _) = comment.split_once("</article>").unwrap();
        sound(&format!("<article{comment}</article>"));
    }
    sound(&visitor.reads("/issues/1").await.html);
}

#[tokio::test]
async fn a_very_long_word_and_very_deep_marks_are_answered_in_time() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    for text in [
        "x".repeat(65_536),
        ">".repeat(65_000),
        "[".repeat(65_000),
        "<details>".repeat(7_000),
        "<!--".repeat(16_000),
        "*a_".repeat(20_000),
    ] {
        visitor.comments("bob", &text).await.must_say("bob commented.");
    }
}
