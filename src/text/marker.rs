//! The hidden line by which the bot knows its own comments: `<!-- hotwash:KIND KEY MAC -->`.
//!
//! What always holds: a marker only counts on the issue and for the kind and key that it was made for, because all of
//! them go into its keyed hash; every part is written with its length in front, so no two different markers hash the
//! same bytes. What is deliberately not here: who wrote the comment. The account decides first; the marker only tells
//! which of the bot's effects a comment is.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use crate::domain::{ids::IssueRef, message::MessageKind};

/// The marker that the templates put into an issue's body to make it an incident. It is not secret and has no hash.
pub const INCIDENT: &str = "<!-- hotwash:incident -->";

const OPENING: &str = "<!-- hotwash:";
const CLOSING: &str = " -->";
/// Bytes of the hash that a marker shows: 128 bits.
const SHOWN: usize = 16;

/// The key that markers are made and checked with.
#[derive(Clone)]
pub struct MarkerKey([u8; 32]);

impl MarkerKey {
    /// Derives the key from a secret of any length, so that the secret may serve other purposes as well.
    #[must_use]
    pub fn derive(secret: &[u8]) -> Self {
        Self(keyed(secret, |mac| mac.update(b"hotwash/marker/1")))
    }
}

impl fmt::Debug for MarkerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MarkerKey(..)")
    }
}

/// A marker that this program made for this issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// What kind of comment it stands in.
    pub kind: MessageKind,
    /// The effect's key.
    pub key: String,
}

/// The marker of one effect. The key may hold any text; in the marker it is percent-encoded.
#[must_use]
pub fn stamp(kind: MessageKind, key: &str, issue: &IssueRef, with: &MarkerKey) -> String {
    let seal = u128::from_be_bytes(seal(kind, key, issue, with));
    format!("{OPENING}{kind} {} {seal:032x}{CLOSING}", encoded(key))
}

/// The last marker of the body that one of the keys made for this issue. Anything else that looks like a marker
/// (forged, cut short, copied from another issue) is passed over.
#[must_use]
pub fn read(body: &str, issue: &IssueRef, keys: &[MarkerKey]) -> Option<Marker> {
    let mut end = body.len();
    for (start, _) in body.rmatch_indices(OPENING) {
        // A marker never reaches into the next one, so each byte is looked at once.
        let candidate = body.get(start + OPENING.len()..end).and_then(parts);
        end = start;
        if let Some((marker, shown)) = candidate
            && is_genuine(&marker, &shown, issue, keys)
        {
            return Some(marker);
        }
    }
    None
}

/// Kind, key and hash of a well-formed marker.
fn parts(text: &str) -> Option<(Marker, [u8; SHOWN])> {
    let (inside, _) = text.split_once(CLOSING)?;
    let mut words = inside.split(' ');
    let (name, key, seal) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    let (_, kind) = MessageKind::ALL.iter().find(|(known, _)| *known == name)?;
    let plain = decoded(key).filter(|plain| encoded(plain) == key)?;
    Some((Marker { kind: *kind, key: plain }, unhex(seal)?))
}

/// Compares with every key, whether or not an earlier one fits, in constant time.
fn is_genuine(marker: &Marker, shown: &[u8; SHOWN], issue: &IssueRef, keys: &[MarkerKey]) -> bool {
    let mut genuine = Choice::from(0);
    for key in keys {
        genuine |= seal(marker.kind, &marker.key, issue, key).ct_eq(shown);
    }
    genuine.into()
}

fn seal(kind: MessageKind, key: &str, issue: &IssueRef, with: &MarkerKey) -> [u8; SHOWN] {
    let whole = keyed(&with.0, |mac| {
        let number = issue.number.to_string();
        for part in [issue.forge.as_str(), &issue.project, &number, kind.name(), key] {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            mac.update(part.as_bytes());
        }
    });
    let mut shown = [0; SHOWN];
    shown.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
    shown
}

fn keyed(key: &[u8], feed: impl FnOnce(&mut Hmac<Sha256>)) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    feed(&mut mac);
    mac.finalize().into_bytes().into()
}

fn unhex(text: &str) -> Option<[u8; SHOWN]> {
    let mut bytes = [0; SHOWN];
    let digits = text.as_bytes();
    if digits.len() != SHOWN * 2 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = (nibble(*high)? << 4) | nibble(*low)?;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Percent-encodes all but plain letters, digits and a few signs; a hyphen after a hyphen is encoded as well, so that
/// the key can never end the comment. An empty key is a lone `%`, which nothing else encodes to.
fn encoded(key: &str) -> String {
    if key.is_empty() {
        return "%".to_owned();
    }
    let mut out = String::with_capacity(key.len());
    for byte in key.bytes() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'/' | b'+');
        if plain || (byte == b'-' && !out.ends_with('-')) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(hex_digit(byte >> 4));
            out.push(hex_digit(byte & 15));
        }
    }
    out
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase()
}

fn decoded(text: &str) -> Option<String> {
    if text == "%" {
        return Some(String::new());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let (high, low) = (rest.next()?.to_ascii_lowercase(), rest.next()?.to_ascii_lowercase());
            (nibble(high)? << 4) | nibble(low)?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}
