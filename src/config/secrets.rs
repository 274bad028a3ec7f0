//! Secrets come from the environment or from files, never from the configuration itself.
//!
//! Problems name the key and the line. They quote no value, no file content, and the name of a variable or file only
//! where there is such a one, or where it cannot be a secret that somebody pasted in the wrong place.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use secrecy::{ExposeSecret as _, SecretString};

use super::Env;
use crate::document::{Node, Table, quoted};

/// No key or token is longer, in bytes.
const MOST: u64 = 64 * 1024;

/// A webhook's secret should have at least so many characters.
const STRONG: usize = 20;

/// What else a secret must be: what is wrong with this one, to be read after where it comes from.
pub(super) type Fault = fn(&str) -> Option<&'static str>;

/// Where secrets are found.
pub(super) struct Vault<'e> {
    env: Env<'e>,
    folder: &'e Path,
}

impl<'e> Vault<'e> {
    pub(super) fn new(env: Env<'e>, folder: &'e Path) -> Self {
        Self { env, folder }
    }

    /// One secret: `{ env = "NAME" }` or `{ file = "PATH" }`.
    pub(super) fn secret(&self, node: &Node<'_>) -> Option<SecretString> {
        self.secret_of(node, |_| None)
    }

    /// An access token, as it travels in a header.
    pub(super) fn token(&self, node: &Node<'_>) -> Option<SecretString> {
        self.secret_of(node, no_token)
    }

    /// A secret of a kind.
    pub(super) fn secret_of(&self, node: &Node<'_>, fault: Fault) -> Option<SecretString> {
        if node.is_text() {
            node.reject("is a secret in plain text; write { env = \"NAME\" } or { file = \"PATH\" } instead");
            return None;
        }
        let table = node.table()?;
        match sole_entry(&table) {
            Some(entry) if entry.name() == "env" => self.variable(&entry, fault),
            Some(entry) if entry.name() == "file" => self.content(&entry, fault),
            _ => {
                node.reject("takes one key: { env = \"NAME\" } or { file = \"PATH\" }");
                None
            }
        }
    }

    /// One secret, or a list of one or two.
    pub(super) fn secrets(&self, node: &Node<'_>) -> Vec<SecretString> {
        if !node.is_list() {
            return self.secret(node).into_iter().collect();
        }
        let items = node.items();
        if !(1..=2).contains(&items.len()) {
            node.reject(format!("holds {} secrets; write one, or two while rotating", items.len()));
        }
        items.iter().filter_map(|item| self.secret(item)).collect()
    }

    fn variable(&self, node: &Node<'_>, fault: Fault) -> Option<SecretString> {
        let name = node.text()?;
        let Some(value) = usable_name(name).then(|| (self.env)(name)).flatten() else {
            let shown =
                if shows_a_variable(name) { format!("variable {name}") } else { "variable it names".to_owned() };
            node.reject(format!("the environment {shown} is not set, or not text"));
            return None;
        };
        checked(node, value, &format!("the environment variable {name}"), fault)
    }

    fn content(&self, node: &Node<'_>, fault: Fault) -> Option<SecretString> {
        let name = node.text()?;
        let path = self.folder.join(name);
        match read(&path) {
            Ok((text, readable_by_all)) => {
                if readable_by_all {
                    node.warn("the file it names can be read by every user of the machine; chmod 600 it");
                }
                checked(
                    node,
                    text.trim_end_matches(['\n', '\r']).to_owned(),
                    &format!("the file {}", quoted(name)),
                    fault,
                )
            }
            Err(error) => {
                node.reject(format!("the file it names cannot be used ({}){}", reason(&error), self.start()));
                None
            }
        }
    }

    /// Where relative names start from: the usual reason why a file is not found.
    fn start(&self) -> String {
        let folder = if self.folder.as_os_str().is_empty() { Path::new(".") } else { self.folder };
        format!("; relative names start from {}", folder.display())
    }
}

/// What is wrong with a text as an access token.
fn no_token(text: &str) -> Option<&'static str> {
    let fits = text.bytes().all(|byte| byte.is_ascii_graphic());
    (!fits).then_some(
        "holds no access token: there is a blank, a line break or a letter in it that no token has; a token is one line, \
         as the forge showed it when it was made",
    )
}

/// What is wrong with a text as the key of a GitHub App.
pub(super) fn no_key(text: &str) -> Option<&'static str> {
    if !(text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----")) {
        return Some("is not a private key in PEM, which begins -----BEGIN ... PRIVATE KEY-----");
    }
    jsonwebtoken::EncodingKey::from_rsa_pem(text.as_bytes()).err().map(|_| {
        "is no whole RSA key without a pass phrase; take the file as GitHub makes it in the settings of the App, which \
         begins -----BEGIN RSA PRIVATE KEY-----"
    })
}

fn checked(node: &Node<'_>, value: String, what: &str, fault: Fault) -> Option<SecretString> {
    let fault = if value.trim().is_empty() { Some("is empty") } else { fault(&value) };
    if let Some(fault) = fault {
        node.reject(format!("{what} {fault}"));
        return None;
    }
    Some(SecretString::from(value))
}

/// Whoever guesses the secret of a webhook can write deliveries.
pub(super) fn strong(node: &Node<'_>, secrets: Vec<SecretString>) -> Vec<SecretString> {
    if secrets.iter().any(|secret| secret.expose_secret().len() < STRONG) {
        node.warn(format!(
            "is shorter than {STRONG} characters, which can be guessed; make one with: openssl rand -hex 32"
        ));
    }
    secrets
}

fn sole_entry<'d>(table: &Table<'d>) -> Option<Node<'d>> {
    let mut entries = table.entries();
    let last = entries.pop();
    last.filter(|_| entries.is_empty())
}

/// Asking for other names is an error or worse on some systems.
fn usable_name(name: &str) -> bool {
    !name.contains(['=', '\0'])
}

/// A token in the place of a variable's name has lower-case letters, or no underscore between its capitals.
fn shows_a_variable(name: &str) -> bool {
    let capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.len() <= 64 && name.contains('_') && name.chars().all(capital)
}

fn read(path: &Path) -> io::Result<(String, bool)> {
    let file = File::open(path)?;
    let facts = file.metadata()?;
    if facts.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let mut text = String::new();
    if file.take(MOST + 1).read_to_string(&mut text)? as u64 > MOST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok((text, readable_by_all(&facts)))
}

/// The kind only: the full text of some errors quotes names.
fn reason(error: &io::Error) -> String {
    error.kind().to_string()
}

#[cfg(unix)]
fn readable_by_all(facts: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    facts.permissions().mode() & 0o004 != 0
}

#[cfg(not(unix))]
fn readable_by_all(_facts: &std::fs::Metadata) -> bool {
    false
}
