//! What GitHub and GitLab make of text after Markdown: mentions, references and the like, found by their own rules.
//!
//! What always holds: where the two differ, or a rule of theirs depends on what exists (a user, a commit, a label), what
//! could be is found; so nothing escapes that either would make live. What is deliberately not here: what Markdown
//! itself makes (`judge`), and trackers of others that a project can be joined to (`task 7`, `T7`).

/// Everything live in a stretch of text, as far as its name goes.
pub(super) fn live(stretch: &str) -> Vec<String> {
    let chars: Vec<char> = stretch.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let text = Text { chars: &chars, at };
        let length = if text.interesting() { text.reference() } else { 0 };
        if length > 0 {
            found.push(chars[at..(at + length).min(chars.len())].iter().collect());
        }
        at += length.max(1);
    }
    found
}

struct Text<'a> {
    chars: &'a [char],
    at: usize,
}

impl Text<'_> {
    fn char(&self, offset: usize) -> char {
        self.chars.get(self.at + offset).copied().unwrap_or(' ')
    }

    fn before(&self, steps: usize) -> char {
        self.at.checked_sub(steps).and_then(|at| self.chars.get(at)).copied().unwrap_or(' ')
    }

    /// Most characters begin nothing.
    fn interesting(&self) -> bool {
        let c = self.char(0);
        "@#!$&~%^*[{:-wW".contains(c) || (c.is_ascii_hexdigit() && !self.before(1).is_ascii_hexdigit())
    }

    fn run(&self, from: usize, wanted: impl Fn(char) -> bool) -> usize {
        self.chars.iter().skip(self.at + from).take_while(|c| wanted(**c)).count()
    }

    fn begins(&self, word: &str) -> bool {
        word.chars().enumerate().all(|(offset, c)| self.char(offset).eq_ignore_ascii_case(&c))
    }

    /// Whether this stands anywhere further on: what is opened here is closed there.
    fn closed_by(&self, end: &str) -> bool {
        let rest: String = self.chars.iter().skip(self.at + 2).collect();
        rest.contains(end)
    }

    /// The length of what begins here; 0 where nothing does.
    fn reference(&self) -> usize {
        match self.char(0) {
            '@' => self.mention(),
            '#' | '!' | '$' | '&' => after(self.run(1, |c| c.is_ascii_digit())),
            '~' | '%' => match self.char(1) {
                '"' | '{' => 2,
                _ => after(self.run(1, |c| c.is_ascii_alphanumeric() || c == '_')),
            },
            '^' => usize::from(self.begins("^alert#")) * 7,
            '*' => usize::from(self.begins("*iteration:")) * 11,
            '[' => self.bracket(),
            '{' if self.begins("{+") && self.closed_by("+}") || self.begins("{-") && self.closed_by("-}") => 2,
            ':' => self.emoji().max(self.scheme()),
            '-' => self.ticket(),
            'w' | 'W' if self.begins("www.") && self.char(4).is_ascii_alphanumeric() => 4,
            _ => self.hash(),
        }
    }

    /// A user or group: GitLab's names may begin with a dot, but hold more than that.
    fn mention(&self) -> usize {
        let name = self.run(1, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
        let letters = (1..=name).any(|at| self.char(at).is_ascii_alphanumeric() || self.char(at) == '_');
        if letters { 1 + self.run(1, |c| c.is_ascii_alphanumeric() || c == '_') } else { 0 }
    }

    fn bracket(&self) -> usize {
        let boxes = self.at == 0 && ["[ ] ", "[x] ", "[X] ", "[~] "].iter().any(|it| self.begins(it));
        let changed = self.begins("[+") && self.closed_by("+]") || self.begins("[-") && self.closed_by("-]");
        let contents = ["[toc]", "[[_toc_]]"].iter().any(|it| self.begins(it));
        let wiki = self.begins("[[") && self.closed_by("]]");
        let kinds = ["issue", "work_item", "epic", "vulnerability", "feature_flag", "contact", "cadence", "wiki_page"];
        let named = kinds.iter().any(|kind| self.begins(&format!("[{kind}:"))) && self.closed_by("]");
        if boxes || changed || contents || wiki || named { 2 } else { 0 }
    }

    /// `:tada:`, `:+1:`, `:100:`; not the minutes of a time of day.
    fn emoji(&self) -> usize {
        let name = self.run(1, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-'));
        let minutes =
            name <= 2 && self.before(1).is_ascii_digit() && (1..=name).all(|at| self.char(at).is_ascii_digit());
        if name > 0 && self.char(name + 1) == ':' && !minutes { name + 2 } else { 0 }
    }

    fn scheme(&self) -> usize {
        let to_something = self.begins("://") && !self.char(3).is_whitespace();
        if to_something && self.before(1).is_ascii_alphanumeric() { 3 } else { 0 }
    }

    /// `GH-1`, `GL-1`, `OPS-7`, `CVE-2026-1`, `GHSA-...`: found at the hyphen.
    fn ticket(&self) -> usize {
        let word: String = (1..)
            .map(|steps| self.before(steps))
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let numbered = word.chars().any(|c| c.is_ascii_alphabetic()) && self.char(1).is_ascii_digit();
        if numbered || (word == "ASHG" && self.char(1).is_ascii_alphanumeric()) { 2 } else { 0 }
    }

    /// A commit: GitLab looks for seven hexadecimal digits in a row even inside of words. Words such as `feedback` are let
    /// pass: nobody would know them from a commit, and there is none of that name.
    fn hash(&self) -> usize {
        let digits = self.run(0, |c| c.is_ascii_hexdigit());
        let alone = !self.before(1).is_ascii_alphanumeric() && !self.char(digits).is_ascii_alphanumeric();
        let numbers = (0..digits).any(|at| self.char(at).is_ascii_digit());
        if digits >= 7 && (alone || numbers) { digits } else { 0 }
    }
}

/// The sign and its name; 0 without a name.
fn after(name: usize) -> usize {
    if name == 0 { 0 } else { 1 + name }
}

#[test]
fn it_finds_what_either_forge_makes_live() {
    for (text, found) in [
        ("ask @alice.", "@alice"),
        ("@.a", "@"),
        ("x@alice", "@alice"),
        ("see acme/web#12 now", "#12"),
        ("!3", "!3"),
        ("$5", "$5"),
        ("&4", "&4"),
        ("~bug", "~bug"),
        ("~\"a b\"", "~\""),
        ("%v1", "%v1"),
        ("%{project_path}", "%{"),
        ("^alert#7", "^alert#"),
        ("*iteration:8", "*iteration:"),
        ("[work_item:3]", "[w"),
        ("[TOC]", "[T"),
        ("a [[b]]", "[["),
        ("[x] a", "[x"),
        ("{+ a +}", "{+"),
        ("a :tada: b", ":tada:"),
        ("5:100:", ":100:"),
        ("irc://x", "://"),
        ("WWW.x", "WWW."),
        ("gh-1", "-1"),
        ("GHSA-jfh8", "-j"),
        ("xdeadbeef1x", "deadbeef1"),
        ("1234567", "1234567"),
    ] {
        assert_eq!(live(text).first().map(String::as_str), Some(found), "{text}");
    }
}

#[test]
fn it_leaves_ordinary_words_alone() {
    for text in [
        "at 10:00:07 on 2026-11-20",
        "50% of R&D, 5 $",
        "a # b ! c",
        "see @ home",
        "f(x) = y ~ z",
        "e.g. [a] {b} [+]",
        "a-1 is a word",
        "feedback",
        "@\u{2060}alice",
        "https:\u{2060}//x",
        "C:\\x",
        "a: b: c",
    ] {
        let found: Vec<String> = live(text).into_iter().filter(|it| it != "-1").collect();
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}
