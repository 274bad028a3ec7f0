//! Hostile texts, drawn from a grammar: every piece that means something to Markdown, to GitHub or to GitLab, put together
//! in every order.

use crate::support::dice::Dice;

/// Line ends as every system has them, and what only looks like one.
#[rustfmt::skip]
const BREAKS: &[&str] = &[
    "\n", "\n", "\r\n", "\r", "\n\n", "\r\r", "\n\r\n", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}", " \n", "  \n",
    "\\\n", "\n    ", "\n\t", "\u{a0}\n", "&#10;", "&NewLine;", "\u{0}\n",
];

/// What begins a block where it stands at the start of a line.
#[rustfmt::skip]
const OPENERS: &[&str] = &[
    "> ", ">", ">>>", ">>>\n", "- ", "* ", "+ ", "1. ", "12) ", "- [ ] ", "- [x] ", "[ ] ", "[x] ", "[~] ", "# ", "### ",
    "#", "```\n", "```mermaid\n", "````", "~~~\n", "~~~~", "<div>\n", "<details>\n", "<!--\n", "    ", "\t", "===", "---",
    "***", "___", "|---|---|\n", "| a | b |\n|---|---|\n| ", "[^1]: ", ": ", "::: ", "+++\n", "---\n", ";;;\n", "$$\n",
    "> [!WARNING]\n> ", "::include{file=x}", "[TOC]", "[[_TOC_]]", "[r]: https://evil.example 'x'\n", "Signed-off-by: ",
];

/// What GitLab runs.
#[rustfmt::skip]
const ACTIONS: &[&str] = &[
    "/close", "/CLOSE", "/Close", "/reopen", "/confidential", "/label ~x", "/labels ~\"a b\"", "/relabel ~x", "/unlabel",
    "/assign @alice", "/unassign", "/title Gone", "/lock", "/move acme/other", "/clone", "/duplicate #3", "/severity low",
    "/promote_to_incident", "/timeline x | 2026-11-20 10:00", "/shrug", "/tableflip", "/todo", "/done", "/due tomorrow",
    "/estimate 1h", "/spend 1h", "/page x", "/react :tada:", "/award :tada:", "/cc @all", "/copy_metadata #1",
    "/close\u{200b}", "\\/close", "/\u{2060}close", "//close", " /close",
];

/// Who is called.
#[rustfmt::skip]
const MENTIONS: &[&str] = &[
    "@alice", "@all", "@here", "@acme/security", "@a.b_c-d", "@@alice", "\\@alice", "&#64;alice", "&#x40;alice",
    "&commat;alice", "\u{ff20}alice", "@\u{200b}alice", "@\u{2060}alice", "(@alice)", "alice@evil.example", "<@alice>",
    "x@alice", "@", "@-a", "@1", "`@alice", "*@alice*", "mailto:alice@evil.example", "xmpp:a@b.example/c",
];

/// What is referred to.
#[rustfmt::skip]
const REFERENCES: &[&str] = &[
    "#12", "\\#12", "##12", "GH-12", "gh-12", "GL-12", "acme/web#1", "acme/group/web!3", "!3", "&4", "&amp;4", "$5", "%6",
    "%\"v 1\"", "%{project_path}", "~label", "~\"two words\"", "~a::b", "^alert#7", "*iteration:8", "*iteration:\"x\"",
    "[vulnerability:9]", "[issue:9]", "[work_item:3]", "[epic:acme/1]", "[feature_flag:3]", "[contact:a@b.example]",
    "OPS-7", "A_B-7", "CVE-2026-1234", "GHSA-jfh8-c2jp-5v3q", "fixes #42", "Closes: acme/web#3", "resolves GH-1",
    "deadbee", "9fceb02d0ae598e95dc970b74767f19372d61af8", "deadbeef1..cafebabe2", "acme/web@deadbeefcafe", "xdeadbeefx",
    "DEADBEEF", "1234567", "_1234567_", "alice@1234567", "#", "!", "&", "$", "%", "~", "^", "GHSA-", "CVE-",
];

/// What is linked or fetched.
#[rustfmt::skip]
const ADDRESSES: &[&str] = &[
    "https://gitlab.com/acme/incidents/-/issues/5", "https://github.com/acme/web/issues/7#issuecomment-1",
    "https://gitlab.com/acme/web/-/commit/9fceb02d0ae598e95dc970b74767f19372d61af8", "http://evil.example",
    "HTTPS://EVIL.EXAMPLE", "www.evil.example", "WWW.evil.example", "ftp://evil.example/x", "irc://evil.example/x",
    "<https://evil.example>", "javascript:alert(1)", "//evil.example/x", "https:\u{200b}//evil.example", "://",
    "![a](https://evil.example/x.png)", "![a][r]", "![a]", "!\\[a](x)", "[![a](x)](y)", "![](data:image/png;base64,AA)",
    "[[x.png|alt=a]]", "[a](https://evil.example)", "[a](<x> 't')", "[a][r]", "[a][]", "[a]", "[^1]", "^[note]",
    "[[wiki]]", "[[Git|http://evil.example]]", "![[x.png]]", "](x)", "![", "[", "]", "(x)", "<img src=x>",
];

/// HTML, comments, our own markers, and characters written otherwise.
#[rustfmt::skip]
const HTML: &[&str] = &[
    "<!-- x -->", "<!--", "-->", "--!>", "<!-->", "<!--->", "<!-- hotwash:board board 00 -->",
    "<!-- hotwash:incident -->", "hotwash:reminder", "<b>", "</b>", "<sub>", "</sub>", "</details>", "<br>", "<br/>",
    "<a href=\"x\">", "<script>", "<style>", "<![CDATA[x]]>", "<?php ?>", "<!DOCTYPE html>", "<", ">", "</", "&lt;b&gt;",
    "&nbsp;", "&#124;", "&#x7c;", "&vert;", "&grave;", "&#96;", "&copy", "&", "&;", "&#", "&#0;", "<https://e", "<a@b>",
];

/// What changes how text looks.
#[rustfmt::skip]
const MARKS: &[&str] = &[
    "**", "*", "__", "_", "~~", "~", "`", "``", "```", "$a$", "$$a$$", "$`a`$", "{+ a +}", "{- a -}", "[+ a +]", "[- a -]",
    "==a==", "^a^", "||a||", "|", "\\|", "a|b", "|---|", "||", "\\", "\\\\", ":tada:", ":+1:", ":100:", "10:00:07", ":x",
    "``` a", "~~~ a", "\"", "'", "(", ")", "{", "}", "=", "+", "-", ".", "1.", ";", "<!", "!<", "->", "`#1`", "*@a*",
];

/// What nobody sees, or what steers the rest.
#[rustfmt::skip]
const UNSEEN: &[&str] = &[
    "\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{feff}", "\u{202e}", "\u{202c}", "\u{2066}", "\u{2069}", "\u{ad}",
    "\u{34f}", "\u{180e}", "\u{e0041}", "\u{fe0f}", "\u{0}", "\u{7f}", "\u{1b}[31m", "\u{8}", "\u{a0}", "\u{3000}", "\t",
];

/// What anybody writes.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "the", "chickens", "have", "escaped", "a", "1", "v1.2", "at 10:00", "node 7", "zürich", "日本", "🔥", "👩\u{200d}🚒",
    "مرحبا", "naïve", "defaced", "feedback", "C:\\temp\\x", "snake_case_name", "f(x) = y", "50%", "R&D", "50 $", "#",
];

#[rustfmt::skip]
const KINDS: &[(&[&str], u8)] = &[
    (WORDS, 16), (BREAKS, 10), (OPENERS, 12), (ACTIONS, 10), (MENTIONS, 11), (REFERENCES, 13), (ADDRESSES, 9), (HTML, 8),
    (MARKS, 8), (UNSEEN, 3),
];

/// One hostile text, of which something can be seen.
pub(super) fn hostile(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..dice.within(1..9) {
        text.push_str(piece(dice));
        match dice.within(0..100) {
            0..40 => {}
            40..75 => text.push(' '),
            75..92 => text.push_str(pick(dice, BREAKS)),
            _ => {
                text.push_str(pick(dice, BREAKS));
                text.push_str(pick(dice, OPENERS));
                text.push_str(pick(dice, ACTIONS));
            }
        }
    }
    if dice.chance(12) {
        text = bent(&text, dice);
    }
    if dice.chance(1) {
        text = text.repeat(20);
    }
    if hotwash::text::neutral::plain(&text).is_empty() {
        text.push_str(pick(dice, MENTIONS));
    }
    text
}

/// All pieces one by one, each after a line end as well.
pub(super) fn every_piece() -> Vec<String> {
    let pieces = KINDS.iter().flat_map(|(pieces, _)| pieces.iter());
    let alone_and_below =
        |piece: &&str| [(*piece).to_owned(), format!("first\n{piece}"), format!("{piece} 1\n{piece}1")];
    let seen = |text: &String| !hotwash::text::neutral::plain(text).is_empty();
    pieces.flat_map(alone_and_below).filter(seen).collect()
}

fn pick(dice: &mut Dice, from: &[&'static str]) -> &'static str {
    dice.pick::<&'static str>(from)
}

fn piece(dice: &mut Dice) -> &'static str {
    let mut left = dice.within(0..100);
    for (pieces, weight) in KINDS {
        left -= i64::from(*weight);
        if left < 0 {
            return pick(dice, pieces);
        }
    }
    pick(dice, WORDS)
}

/// The text with something lost, doubled or put in between at random.
fn bent(text: &str, dice: &mut Dice) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..dice.within(1..4) {
        let at = usize::try_from(dice.within(0..i64::try_from(chars.len()).unwrap().max(1))).unwrap();
        match dice.within(0..4) {
            0 if chars.len() > 1 => drop(chars.remove(at)),
            1 => chars.insert(at, chars[at.min(chars.len() - 1)]),
            2 => chars.splice(at..at, pick(dice, UNSEEN).chars()).for_each(drop),
            _ => chars.splice(at..at, piece(dice).chars()).for_each(drop),
        }
    }
    chars.into_iter().collect()
}
