//! Whether a delivery is GitLab's.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use hotwash::{
    domain::time::Moment,
    forge::gitlab::webhook::{Brought, Proofs, signing_key, verify},
};
use secrecy::SecretString;

const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";
const OTHER: &[u8] = b"fedcba9876543210fedcba9876543210";
const BODY: &[u8] = br#"{"object_kind":"issue"}"#;

fn now() -> Moment {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn signing(key: &[u8]) -> SecretString {
    format!("whsec_{}", STANDARD.encode(key)).into()
}

/// As GitLab signs.
fn signature(key: &[u8], at: Moment, body: &[u8]) -> (String, String) {
    let stamp = at.timestamp().to_string();
    let text = [b"id-1.", stamp.as_bytes(), b".", body].concat();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &text);
    (stamp, format!("v1,{}", STANDARD.encode(tag.as_ref())))
}

fn signed_by(tokens: &[&[u8]], signatures: &str, stamp: &str, body: &[u8]) -> bool {
    let signing_tokens = tokens.iter().map(|key| signing(key)).collect();
    let proofs = Proofs { secret_tokens: vec!["a secret token".into()], signing_tokens };
    let brought = Brought {
        token: Some(b"a secret token"),
        id: Some(b"id-1"),
        timestamp: Some(stamp.as_bytes()),
        signature: Some(signatures.as_bytes()),
    };
    verify(&proofs, &brought, body, now()).is_some()
}

fn holds(tokens: &[&str], given: Option<&[u8]>) -> bool {
    let secret_tokens = tokens.iter().map(|token| SecretString::from(*token)).collect();
    let proofs = Proofs { secret_tokens, signing_tokens: Vec::new() };
    verify(&proofs, &Brought { token: given, ..Brought::default() }, BODY, now()).is_some()
}

#[test]
fn a_secret_token_is_taken_by_either_while_it_is_changed() {
    assert!(holds(&["old", "new"], Some(b"old")) && holds(&["old", "new"], Some(b"new")));
    assert!(!holds(&["old", "new"], Some(b"ol")) && !holds(&["old"], Some(b"")) && !holds(&["old"], None));
    assert!(!holds(&[""], Some(b"")), "an empty token is none");
}

#[test]
fn a_signature_by_either_key_is_taken_and_each_of_several_is_looked_at() {
    let (stamp, good) = signature(KEY, now(), BODY);
    let (_, other) = signature(OTHER, now(), BODY);
    assert!(signed_by(&[KEY], &good, &stamp, BODY));
    assert!(signed_by(&[OTHER, KEY], &good, &stamp, BODY), "two keys while rotating");
    assert!(signed_by(&[KEY], &format!("{other} {good}"), &stamp, BODY), "two signatures while rotating");
    assert!(!signed_by(&[KEY], &other, &stamp, BODY));
    assert!(!signed_by(&[KEY], &good, &stamp, b"{}"), "another body");
    assert!(!signed_by(&[KEY], good.trim_start_matches("v1,"), &stamp, BODY), "no version");
}

#[test]
fn an_old_signature_or_one_from_the_future_is_refused() {
    for (minutes, good) in [(-6, false), (-4, true), (4, true), (6, false)] {
        let (stamp, signature) = signature(KEY, now() + TimeDelta::minutes(minutes), BODY);
        assert_eq!(signed_by(&[KEY], &signature, &stamp, BODY), good, "{minutes} minutes");
    }
}

#[test]
fn where_signing_is_configured_a_secret_token_alone_proves_nothing() {
    let proofs = Proofs { secret_tokens: vec!["a secret token".into()], signing_tokens: vec![signing(KEY)] };
    let brought = Brought { token: Some(b"a secret token"), ..Brought::default() };
    assert_eq!(verify(&proofs, &brought, BODY, now()), None);
}

#[test]
fn a_signing_token_has_a_form() {
    assert_eq!(signing_key(&signing(KEY)).as_deref(), Some(KEY));
    for bad in ["", "whsec_", "whsec_%%%", "MDEyMw=="] {
        assert_eq!(signing_key(&bad.into()), None, "{bad}");
    }
}
