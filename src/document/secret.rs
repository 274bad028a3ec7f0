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

/// No secret is shorter behind its prefix; with letters in lower case alone, it may be a name.
const SHORTEST: usize = 8;
const LONGEST_NAME: usize = 20;

/// Whether a secret seems to stand in a text.
#[must_use]
pub(super) fn looks_secret(text: &str) -> bool {
    let part_of_token = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    text.contains("-----BEGIN ") || text.split(|c| !part_of_token(c)).any(is_token)
}

fn is_token(word: &str) -> bool {
    let rest = PREFIXES.iter().find_map(|prefix| word.strip_prefix(prefix)).unwrap_or_default();
    let is_random = rest.chars().any(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    rest.len() >= if is_random { SHORTEST } else { LONGEST_NAME }
}
