//! Small readers of values: durations, and the allowed name that comes nearest to a misspelt one; files that people write,
//! and why one is not read, in words.

use std::{
    io::{self, ErrorKind, Read as _},
    path::Path,
};

use chrono::Duration;

use super::secret::looks_secret;

/// Units in milliseconds, largest first.
const UNITS: [(&str, i64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Reads `10m`, `1h30m`, `3d`: whole numbers with the units d, h, m, s and ms, larger units first, nothing between.
/// A day is 24 hours. `None` for anything else.
#[must_use]
pub fn duration(text: &str) -> Option<Duration> {
    let (mut rest, mut total, mut last) = (text, Duration::zero(), i64::MAX);
    while !rest.is_empty() {
        let (number, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let (unit, after) = tail.split_at(tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len()));
        let (_, size) = UNITS.into_iter().find(|(name, size)| *name == unit && *size < last)?;
        let part = Duration::try_milliseconds(number.parse::<i64>().ok()?.checked_mul(size)?)?;
        (rest, total, last) = (after, total.checked_add(&part)?, size);
    }
    (!text.is_empty()).then_some(total)
}

/// Writes a duration the way `duration` reads it: `1h30m`. Negative ones are written as `0s`.
#[must_use]
pub fn written(span: Duration) -> String {
    let mut left = span.num_milliseconds().max(0);
    let mut text = String::new();
    for (unit, size) in UNITS {
        if left >= size {
            text += &(left / size).to_string();
            text += unit;
            left %= size;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// Why a file cannot be read. Never the whole text of the error, which may quote names.
#[must_use]
pub fn unread(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        ErrorKind::FileTooLarge => format!("it is larger than {} MiB, the most that is read", LARGEST >> 20),
        other => other.to_string(),
    }
}

/// Bytes of a file that people write.
const LARGEST: u64 = 1 << 20;

/// What stands in a file that people write, a configuration or a process.
///
/// # Errors
/// It cannot be read, or is larger than 1 MiB.
pub fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    let mut bytes = Vec::new();
    if file.take(LARGEST + 1).read_to_end(&mut bytes)? as u64 > LARGEST {
        return Err(ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// The same as text.
///
/// # Errors
/// As [`bytes_of`]; or it is not UTF-8.
pub fn text_of(path: &Path) -> io::Result<String> {
    String::from_utf8(bytes_of(path)?).map_err(|_| ErrorKind::InvalidData.into())
}

/// A value in quotes, on one line, cut to 60 characters. What looks like a secret is not shown.
#[must_use]
pub fn quoted(text: &str) -> String {
    if looks_secret(text) {
        return "what looks like a secret (not shown; take it out of the file and revoke it)".to_owned();
    }
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
}

/// The allowed name that comes nearest, without case; `None` if none comes near. The first of equals.
#[must_use]
pub fn nearest<'a>(given: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    let bound = match given.chars().count() {
        0..=3 => 1,
        4..=8 => 2,
        length @ 9..=80 => length / 3,
        _ => return None,
    };
    allowed
        .into_iter()
        .map(|name| (distance(&given, &name.to_lowercase()), name))
        .filter(|(far, _)| *far <= bound)
        .min_by_key(|(far, _)| *far)
        .map(|(_, name)| name)
}

/// Insertions, deletions and substitutions that lead from one to the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (done, letter) in from.chars().enumerate() {
        let mut left = done + 1;
        let mut next = vec![left];
        for (pair, other) in row.windows(2).zip(&to) {
            if let [diagonal, above] = pair {
                left = (diagonal + usize::from(letter != *other)).min(above + 1).min(left + 1);
                next.push(left);
            }
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
