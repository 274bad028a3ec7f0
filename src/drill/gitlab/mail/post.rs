//! Sending a delivery: with its token, signed, once, to a place on this machine, with ten seconds to answer.

use std::{collections::BTreeMap, time::Duration};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::TimeDelta;

use super::{
    super::{super::model::HookConfig, State, WEB},
    Attempt, Letter, secrets,
};
use crate::{
    domain::time::Moment,
    drill::line::{
        listen::Busy,
        locked,
        send::{Ending, post},
    },
};

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
        let Some(config) = locked(&self.world).hook(letter.hook).map(|hook| hook.config.clone()) else { return };
        let begun = self.line.clock.machine_now();
        // While a hook is switched off, nothing is even written down. Sending by hand tries it.
        let off = locked(&self.mail).standing(letter.hook).status(begun).0 != "executable";
        if off && !letter.again {
            return;
        }
        let stamp = begun + self.line.faults.skewed();
        let headers = headers(&letter, &config, stamp, self.options.keyless);
        let ending = tokio::time::timeout(PATIENCE, post(&config.url, &headers, letter.payload.clone())).await;
        let took = self.line.clock.machine_now() - begun;
        let ending: Ending = match ending {
            Ok(ending) if took <= PATIENCE_BY_CLOCK => ending,
            _ => Err("timed out"),
        };
        self.remember(letter, &config, headers, begun, took, &ending);
    }

    fn remember(
        &self,
        letter: Letter,
        config: &HookConfig,
        headers: BTreeMap<String, String>,
        at: Moment,
        took: TimeDelta,
        ending: &Ending,
    ) {
        let (status, words) = match ending {
            Ok((status, ..)) => (Some(*status), ""),
            Err(words) => (None, *words),
        };
        let mut mail = locked(&self.mail);
        mail.made += 1;
        let attempt = Attempt {
            id: mail.made,
            key: letter.key.clone(),
            at,
            event: letter.header,
            action: letter.action.clone(),
            status,
            again: letter.again,
            payload: letter.payload.clone(),
            headers,
            letter,
            took,
            words,
        };
        let (hook, arrived) = (attempt.letter.hook, attempt.arrived());
        mail.standings.entry(hook).or_default().note(arrived, at);
        mail.urls.insert(hook, config.url.clone());
        mail.attempts.push(attempt);
    }
}

fn headers(letter: &Letter, config: &HookConfig, now: Moment, keyless: bool) -> BTreeMap<String, String> {
    let mut all = BTreeMap::from([
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("User-Agent".to_owned(), "GitLab/19.5.0-ee".to_owned()),
        ("X-Gitlab-Event".to_owned(), letter.header.to_owned()),
        ("X-Gitlab-Instance".to_owned(), WEB.to_owned()),
        ("X-Gitlab-Webhook-UUID".to_owned(), super::key(letter.hook.0)),
        ("X-Gitlab-Event-UUID".to_owned(), letter.request.clone()),
    ]);
    if !keyless {
        all.insert("Idempotency-Key".to_owned(), letter.key.clone());
    }
    let (token, signing) = secrets(config.secret.as_deref());
    if let Some(token) = token {
        all.insert("X-Gitlab-Token".to_owned(), token.to_owned());
    }
    if let Some(key) = signing.and_then(|signing| STANDARD.decode(signing.strip_prefix("whsec_")?).ok()) {
        let stamp = now.timestamp().to_string();
        let mut signed = format!("{}.{stamp}.", letter.key).into_bytes();
        signed.extend_from_slice(&letter.payload);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &signed);
        all.insert("webhook-id".to_owned(), letter.key.clone());
        all.insert("webhook-timestamp".to_owned(), stamp);
        all.insert("webhook-signature".to_owned(), format!("v1,{}", STANDARD.encode(tag.as_ref())));
    }
    all
}
