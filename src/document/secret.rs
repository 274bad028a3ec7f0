//! What looks like a secret: a token by its prefix, or a key in PEM. Such a text is never quoted, wherever it stands.

/// How tokens of forges, chats and clouds begin.
const PREFIXES: [&str; 18] = [
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "gldt-",
    "glrt-",
    "glptt-",
    "glft-",
    "glagent-",
    "glimt-",
    "whsec_",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xapp-",
];

/// No secret is shorter behind its prefix. Words with a year among them may be a name, as of a file or a variable.
const SHORTEST: usize = 16;
const MANY_DIGITS: usize = 6;
const LONGEST_WORD: usize = 23;

/// Whether a secret seems to stand in a text.
#[must_use]
pub(super) fn looks_secret(text: &str) -> bool {
    let part_of_token = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    text.contains("-----BEGIN ") || text.split(|c| !part_of_token(c)).any(is_token)
}

fn is_token(word: &str) -> bool {
    let rest = PREFIXES.iter().find_map(|prefix| word.strip_prefix(prefix)).unwrap_or_default();
    let count = |of: fn(&char) -> bool| rest.chars().filter(of).count();
    let (digits, small) = (count(char::is_ascii_digit), count(char::is_ascii_lowercase));
    let mixed = small > 0 && count(char::is_ascii_uppercase) > 0;
    let is_one_word = rest.split(['-', '_']).any(|word| word.len() > LONGEST_WORD);
    rest.len() >= SHORTEST && (digits >= MANY_DIGITS || digits > 0 && mixed || is_one_word)
}
