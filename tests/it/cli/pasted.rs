//! A secret pasted where none belongs is told by its place, and never shown.

use super::{Desk, GOOD};

/// Tokens as forges and chats make them, and a key.
const SECRETS: [&str; 7] = [
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_pat_11AAAAAAA0abcdefghijkl_mnopqrstuvwxyz",
    "ghs_abcdefghijklmnopqrstuvwxyz",
    "glpat-7Q2xhVPdrxKkYvkQzzzz",
    "xoxb-2345678901-abcdefghij",
    "/srv/glpat-7Q2xhVPdrxKkYvkQzzzz.toml",
    "-----BEGIN RSA PRIVATE KEY-----MIIEpAIB",
];

#[test]
fn a_secret_in_any_key_is_told_with_its_place_and_never_shown() {
    let revoke = "revoke it";
    for secret in SECRETS {
        let cases = [
            (GOOD.replace("\"acme/incidents\"", &format!("\"{secret}\"")), 9, "project[0].path"),
            (GOOD.replace("forge = \"github\"", &format!("forge = \"{secret}\"")), 8, "project[0].forge"),
            (GOOD.replace("\"cloud-gov\"", &format!("\"{secret}\"")), 10, "project[0].process"),
            (GOOD.replace("127.0.0.1:0", secret), 2, "server.listen"),
            (format!("{GOOD}timezone = \"{secret}\"\n"), 11, "project[0].timezone"),
            (format!("{GOOD}mention = \"{secret}\"\n"), 11, "project[0].mention"),
            (format!("{GOOD}commanders = [\"alice\", \"{secret}\"]\n"), 11, "project[0].commanders[1]"),
            (format!("{GOOD}labels = {{ incident = \"{secret}\" }}\n"), 11, "project[0].labels.incident"),
            (format!("{GOOD}colour = \"{secret}\"\n"), 11, "project[0].colour"),
            (format!("{GOOD}\"{secret}\" = 1\n"), 11, "project[0]."),
        ];
        for (text, line, key) in cases {
            let desk = Desk::new(&text);
            for args in [&["serve"][..], &["doctor"], &["doctor", "--json"]] {
                let said = desk.runs(args);
                assert_eq!(said.code, Some(2), "{key}: {said:?}");
                let told: Vec<&str> = said.err.lines().filter(|it| it.contains(key)).collect();
                assert!(told.iter().any(|it| it.contains(&format!("hotwash.toml:{line}:"))), "{key}: {said:?}");
                assert!(!format!("{said:?}").contains(&secret[..secret.len() / 2 + 4]), "{key}: {said:?}");
            }
            let said = desk.runs(&["serve"]).err;
            let unasked = ["server.listen", "project[0].colour"].contains(&key);
            assert!(unasked || (said.contains("looks like a secret") && said.contains(revoke)), "{key}: {said}");
        }
    }
}

#[test]
fn a_secret_in_a_process_is_never_shown_and_names_that_begin_alike_are_none() {
    let desk = Desk::new(GOOD);
    desk.file("own.toml", &format!("name = \"own\"\nextends = \"{}\"\n", SECRETS[0]));
    let done = desk.refuses(&["process", "check", "own.toml"], 1, &["own.toml:2:1: extends: what looks like a secret"]);
    assert!(!done.err.contains("16C7"), "{done:?}");
    // Words about secrets are none, and playbooks are full of them.
    for name in [
        "ghp_tokens",
        "glpat-rotation",
        "xoxb-leak",
        "acme-ghp_x",
        "glrt-runner-2026-production",
        "ghp_HOTWASH_MAIN_2026",
    ] {
        let desk = Desk::new(&GOOD.replace("acme/incidents", &format!("acme/{name}")));
        let done = desk.runs(&["plan", "acme/other#1"]);
        assert!(done.err.contains(&format!("there are github:acme/{name}")), "{done:?}");
    }
}
