//! The rules, on facts alone.

use chrono::TimeDelta;
use hotwash::{
    audit::{
        Check, Outcome,
        setup::{forge, hook, place, template},
    },
    domain::{
        people::Account,
        setup::{Bearer, Found, Hook, Intake, Place, Proof, Rights, Server, Shown, Standing, Token},
        snapshot::Visibility,
        time::Moment,
    },
};

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

fn now() -> Moment {
    at("2026-11-21T12:00:00Z")
}

fn intake() -> Intake {
    Intake { url: "https://hotwash.example.org/webhooks/gitlab".to_owned(), proof: Proof::SigningToken }
}

fn good() -> Hook {
    Hook {
        url: intake().url,
        standing: Standing::On,
        unheard: Vec::new(),
        missed: Vec::new(),
        proofs: Some(vec![Proof::SigningToken]),
        verifies_tls: true,
        is_json: true,
        failing: None,
    }
}

fn judged(hooks: Vec<Hook>) -> Vec<Check> {
    hook::checks(&Shown::Yes(hooks), &intake())
}

#[track_caller]
fn only(checks: &[Check], outcome: Outcome, words: &str) {
    let [check] = checks else { panic!("not one check: {checks:?}") };
    assert!(check.outcome == outcome && check.to_string().contains(words), "{check:?}");
}

#[test]
fn a_good_webhook_is_ok_and_each_fault_is_one_check() {
    only(&judged(vec![good()]), Outcome::Ok, "it is on");
    let until = Some(at("2026-11-21T13:05:00Z"));
    let faults: [(Hook, Outcome, &str); 9] = [
        (Hook { standing: Standing::Off, ..good() }, Outcome::Error, "switch it on (Active)"),
        (Hook { standing: Standing::Dropped, ..good() }, Outcome::Error, "for good, because too many"),
        (Hook { standing: Standing::Paused(until), ..good() }, Outcome::Error, "off until 2026-11-21 13:05 UTC"),
        (
            Hook { standing: Standing::Paused(None), failing: Some("500".to_owned()), ..good() },
            Outcome::Error,
            "off, because",
        ),
        (Hook { unheard: vec!["Comments".to_owned()], ..good() }, Outcome::Error, "does not tell of Comments"),
        (Hook { proofs: Some(vec![Proof::Secret]), ..good() }, Outcome::Error, "no signing token"),
        (Hook { failing: Some("502".to_owned()), ..good() }, Outcome::Warning, "failed (502)"),
        (Hook { verifies_tls: false, ..good() }, Outcome::Warning, "SSL verification"),
        (Hook { is_json: false, ..good() }, Outcome::Warning, "application/json"),
    ];
    for (hook, outcome, words) in faults {
        only(&judged(vec![hook]), outcome, words);
    }
}

#[test]
fn what_an_old_server_does_not_tell_of_the_webhook_is_no_fault() {
    only(&judged(vec![Hook { proofs: None, ..good() }]), Outcome::Ok, "proves itself");
}

#[test]
fn of_several_webhooks_the_best_counts_and_another_instances_does_not() {
    let staging =
        Hook { url: "https://staging.example.org/webhooks/gitlab".to_owned(), unheard: vec!["x".to_owned()], ..good() };
    only(&judged(vec![staging.clone(), good()]), Outcome::Ok, "it is on");
    let twice = judged(vec![Hook { standing: Standing::Off, ..good() }, good()]);
    only(&twice, Outcome::Note, "2 webhooks deliver here");
    let elsewhere = judged(vec![staging]);
    assert_eq!(elsewhere.iter().map(|check| check.id).collect::<Vec<_>>(), ["webhook", "webhook-address"]);
}

#[test]
fn addresses_are_compared_only_where_the_public_one_is_known() {
    let unknown = Intake { url: "http://127.0.0.1:8080/webhooks/gitlab".to_owned(), ..intake() };
    only(&hook::checks(&Shown::Yes(vec![good()]), &unknown), Outcome::Ok, "it is on");
    let clear = Hook { url: "http://hotwash.example.org/webhooks/gitlab".to_owned(), ..good() };
    only(&hook::checks(&Shown::Yes(vec![clear]), &unknown), Outcome::Warning, "in clear");
    for (url, here) in [
        ("http://localhost:1/x", true),
        ("http://[::1]:8080", true),
        ("http://0.0.0.0:8080/", true),
        ("https://127.0.0.1.example.org/", false),
        ("https://hotwash.example.org", false),
    ] {
        assert_eq!(hook::is_loopback(url), here, "{url}");
    }
}

#[test]
fn no_webhook_is_an_error_and_an_unseen_one_is_unasked() {
    only(&judged(Vec::new()), Outcome::Error, "no webhook of the project delivers here");
    let unseen = hook::checks(&Shown::Needs("the role Maintainer".to_owned()), &intake());
    only(&unseen, Outcome::Unasked, "that takes the role Maintainer");
}

fn server(ahead: Option<TimeDelta>, expires_at: Option<Moment>) -> Server {
    let rights = Rights { held: Some(vec!["api".to_owned()]), ..Rights::default() };
    let account = Account::new(7, "project_1_bot");
    let token = Token::Good(Bearer { account, is_program: true, rights, expires_at });
    Server { version: Some("19.5.0-ee".to_owned()), ahead, token }
}

fn outcome(checks: &[Check], id: &str) -> Outcome {
    checks.iter().find(|check| check.id == id).unwrap_or_else(|| panic!("no {id} in {checks:?}")).outcome
}

#[test]
fn the_clock_is_judged_at_its_bounds_in_both_directions() {
    let judged = |seconds: i64| {
        outcome(&forge::checks(&server(Some(TimeDelta::seconds(seconds)), None), true, &[], now()), "clock")
    };
    for (seconds, expected) in
        [(0, Outcome::Ok), (30, Outcome::Ok), (31, Outcome::Warning), (300, Outcome::Warning), (301, Outcome::Error)]
    {
        assert_eq!((judged(seconds), judged(-seconds)), (expected, expected), "{seconds} s");
    }
    assert_eq!(outcome(&forge::checks(&server(None, None), true, &[], now()), "clock"), Outcome::Unasked);
}

#[test]
fn the_end_of_a_token_is_judged_at_its_bounds() {
    let judged = |text: &str| outcome(&forge::checks(&server(None, Some(at(text))), true, &[], now()), "expiry");
    assert_eq!(judged("2026-12-05T12:00:00Z"), Outcome::Ok, "14 days");
    assert_eq!(judged("2026-12-05T11:59:59Z"), Outcome::Warning, "just under 14 days");
    assert_eq!(judged("2026-11-21T12:00:00Z"), Outcome::Error, "now");
}

#[test]
fn an_old_gitlab_is_a_warning_and_what_is_no_number_is_not() {
    for (version, expected) in
        [("16.10.9", Outcome::Warning), ("16.11.0-ee", Outcome::Ok), ("19.5.0-pre", Outcome::Ok), ("main", Outcome::Ok)]
    {
        let server = Server { version: Some(version.to_owned()), ..server(None, None) };
        assert_eq!(outcome(&forge::checks(&server, true, &[], now()), "server"), expected, "{version}");
        assert_eq!(outcome(&forge::checks(&server, false, &[], now()), "server"), Outcome::Ok, "{version}");
    }
}

#[test]
fn the_bots_account_may_be_nobodys_own() {
    let people = ["@Project_1_Bot".to_owned()];
    assert_eq!(outcome(&forge::checks(&server(None, None), true, &people, now()), "account"), Outcome::Error);
    assert_eq!(
        outcome(&forge::checks(&server(None, None), true, &["@alice".to_owned()], now()), "account"),
        Outcome::Ok
    );
}

#[test]
fn a_token_of_which_nothing_is_told_is_unasked() {
    let mut server = server(None, None);
    if let Token::Good(bearer) = &mut server.token {
        bearer.rights = Rights::default();
    }
    assert_eq!(outcome(&forge::checks(&server, false, &[], now()), "scopes"), Outcome::Unasked);
}

fn here() -> Place {
    Place {
        path: "acme/incidents".to_owned(),
        visibility: Visibility::Private,
        hides_issues: false,
        internal_is_fine: false,
        archived: false,
        takes_issues: true,
        takes_mail: false,
        rights: Rights { held: Some(vec!["write".to_owned()]), ..Rights::default() },
    }
}

#[test]
fn a_project_is_judged_by_name_state_and_readers() {
    let judged = |place: Place, id: &str| outcome(&place::checks(&Found::Here(place), "Acme/Incidents"), id);
    assert_eq!(judged(here(), "project"), Outcome::Ok, "the case of a path is no difference");
    assert_eq!(judged(Place { path: "acme/other".to_owned(), ..here() }, "project"), Outcome::Error);
    assert_eq!(judged(Place { archived: true, ..here() }, "project"), Outcome::Error);
    assert_eq!(judged(Place { takes_issues: false, ..here() }, "project"), Outcome::Error);
    let internal = Place { visibility: Visibility::Internal, ..here() };
    assert_eq!(judged(internal.clone(), "readers"), Outcome::Error);
    assert_eq!(judged(Place { internal_is_fine: true, ..internal.clone() }, "readers"), Outcome::Note);
    assert_eq!(judged(Place { hides_issues: true, ..internal }, "readers"), Outcome::Warning);
    assert_eq!(judged(Place { visibility: Visibility::Public, ..here() }, "readers"), Outcome::Error);
    assert_eq!(judged(Place { takes_mail: true, ..here() }, "service-desk"), Outcome::Note);
    assert!(!place::checks(&Found::Here(here()), "acme/incidents").iter().any(|check| check.id == "service-desk"));
    only(&place::checks(&Found::Suspended, "acme/incidents"), Outcome::Error, "suspended");
}

#[test]
fn among_templates_one_that_makes_an_incident_is_enough_and_each_of_those_is_judged() {
    let good = template::Read { name: "Incident".to_owned(), makes_incident: true, lacks: Vec::new(), hides: true };
    let bug =
        template::Read { name: "Bug".to_owned(), makes_incident: false, lacks: vec!["IC".to_owned()], hides: false };
    let judged = |all: &[template::Read]| template::check(all, "templates").outcome;
    assert_eq!(judged(&[bug.clone(), good.clone()]), Outcome::Ok);
    assert_eq!(judged(&[bug]), Outcome::Warning);
    assert_eq!(judged(&[]), Outcome::Warning);
    let poor = template::Read { lacks: vec!["IC".to_owned()], ..good.clone() };
    assert_eq!(judged(&[good.clone(), poor]), Outcome::Warning);
    assert_eq!(judged(&[template::Read { hides: false, ..good }]), Outcome::Warning);
}
