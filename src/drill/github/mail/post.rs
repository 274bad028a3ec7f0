//! Sending a delivery: signed, once, to a place on this machine, with ten seconds to answer.

use std::{collections::BTreeMap, time::Duration};

use aws_lc_rs::hmac;
use chrono::TimeDelta;

use super::{
    super::{
        super::line::{
            listen::Busy,
            send::{Ending, post},
        },
        State, hex, locked,
    },
    Attempt, Letter, Via,
};
use crate::{domain::time::Moment, drill::model::HookConfig};

/// How long an answer may take, by the machine's time and by the clock's.
const PATIENCE: Duration = Duration::from_secs(10);
const PATIENCE_BY_CLOCK: TimeDelta = TimeDelta::seconds(10);
impl State {
    /// Sends what is due, one after the other. Says how many.
    pub(in super::super) async fn send_due(&self, now: Moment) -> usize {
        let mut sent = 0;
        while self.send_one(now).await {
            sent += 1;
        }
        sent
    }

    /// Sends the first that is due; false where none is.
    pub(in super::super) async fn send_one(&self, now: Moment) -> bool {
        self.collect();
        let Some(letter) = locked(&self.mail).take(now) else { return false };
        self.send(letter).await;
        true
    }

    async fn send(&self, letter: Letter) {
        let _busy = Busy::new(&self.line.busy);
        let Some((config, form)) = self.config(letter.via) else { return };
        let letter = if form { as_form(letter) } else { letter };
        let headers = headers(&letter, config.secret.as_deref(), form);
        let begun = self.line.clock.machine_now();
        let ending = tokio::time::timeout(PATIENCE, post(&config.url, &headers, letter.payload.clone())).await;
        let took = self.line.clock.machine_now() - begun;
        let ending: Ending = match ending {
            Ok(ending) if took <= PATIENCE_BY_CLOCK => ending,
            _ => Err("timed out"),
        };
        self.remember(letter, &config, headers, begun, took, ending);
    }

    /// Where to, and whether as a form.
    fn config(&self, via: Via) -> Option<(HookConfig, bool)> {
        let world = locked(&self.world);
        match via {
            Via::Hook(id) => world.hook(id).map(|hook| (hook.config.clone(), hook.sends_forms)),
            Via::App(id) => world.app(id).and_then(|app| app.hook.clone()).map(|config| (config, false)),
        }
    }

    fn remember(
        &self,
        letter: Letter,
        config: &HookConfig,
        headers: BTreeMap<String, String>,
        at: Moment,
        took: TimeDelta,
        ending: Ending,
    ) {
        let mut mail = locked(&self.mail);
        mail.made += 1;
        let words = match &ending {
            Ok((status, ..)) if (200..300).contains(status) => "OK",
            Ok(_) => "Invalid HTTP Response",
            Err(why) => why,
        };
        let (status, answer) = match ending {
            Ok((status, headers, text)) => (Some(status), (headers, text)),
            Err(_) => (None, (BTreeMap::new(), String::new())),
        };
        let attempt = Attempt {
            id: mail.made,
            guid: letter.guid.clone(),
            at,
            event: letter.event.clone(),
            action: letter.action.clone(),
            status,
            again: letter.again,
            payload: letter.payload.clone(),
            via: letter.via,
            took,
            words,
            url: config.url.clone(),
            headers,
            answer,
            letter,
        };
        mail.attempts.push(attempt);
    }
}

/// The same with its payload as the one field of a form. What is sent again was made one before.
fn as_form(letter: Letter) -> Letter {
    if letter.payload.starts_with(b"payload=") {
        return letter;
    }
    let text = String::from_utf8_lossy(&letter.payload);
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("payload", &text).finish();
    Letter { payload: form.into(), ..letter }
}

fn headers(letter: &Letter, secret: Option<&str>, form: bool) -> BTreeMap<String, String> {
    let kind = if form { "application/x-www-form-urlencoded" } else { "application/json" };
    let hook = match letter.via {
        Via::Hook(id) => id.0,
        Via::App(id) => id.0,
    };
    let mut all = BTreeMap::from([
        ("Accept".to_owned(), "*/*".to_owned()),
        ("Content-Type".to_owned(), kind.to_owned()),
        ("User-Agent".to_owned(), "GitHub-Hookshot/0d11a5".to_owned()),
        ("X-GitHub-Delivery".to_owned(), letter.guid.clone()),
        ("X-GitHub-Event".to_owned(), letter.event.clone()),
        ("X-GitHub-Hook-ID".to_owned(), hook.to_string()),
        ("X-GitHub-Hook-Installation-Target-ID".to_owned(), letter.target.1.to_string()),
        ("X-GitHub-Hook-Installation-Target-Type".to_owned(), letter.target.0.to_owned()),
    ]);
    if let Some(secret) = secret {
        let sign = |algorithm, name: &str| {
            let key = hmac::Key::new(algorithm, secret.as_bytes());
            let tag = hmac::sign(&key, &letter.payload);
            format!("{name}={}", hex(tag.as_ref()))
        };
        all.insert("X-Hub-Signature".to_owned(), sign(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, "sha1"));
        all.insert("X-Hub-Signature-256".to_owned(), sign(hmac::HMAC_SHA256, "sha256"));
    }
    all
}
