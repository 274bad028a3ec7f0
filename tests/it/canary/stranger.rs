//! Somebody who asks the program what anybody may ask, and delivers what no forge would.

use hotwash::{
    clock::{Clock as _, SystemClock},
    drill::face::Kind,
};
use serde_json::json;

use super::words::canary;
use crate::support::{
    bot::{SECRET, SIGNING},
    forge::{signature, standard},
    stage::Stage,
};

/// Answers of the program to anybody who asks, collected.
pub(super) struct Stranger {
    client: reqwest::Client,
    url: String,
    on: Kind,
    pub(super) heard: Vec<String>,
}

impl Stranger {
    pub(super) fn new(stage: &Stage) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { client, url: stage.bot_url(), on: stage.forge.kind(), heard: Vec::new() }
    }

    async fn hear(&mut self, request: reqwest::RequestBuilder) -> (u16, String) {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let head = format!("{:?}", response.headers());
        let body = response.text().await.unwrap();
        self.heard.push(format!("{status} {head} {body}"));
        (status, body)
    }

    /// What machines ask; the text of `/metrics`.
    pub(super) async fn asks(&mut self) -> String {
        for path in ["healthz", "readyz"] {
            self.hear(self.client.get(format!("{}/{path}", self.url))).await;
        }
        self.hear(self.client.get(format!("{}/metrics", self.url))).await.1
    }

    async fn delivers(&mut self, to: &str, body: String, signed: bool) -> u16 {
        let post = self.client.post(format!("{}{to}", self.url));
        let id = format!("72d3162e-cc78-11e3-81ab-{:012}", self.heard.len());
        let post = match self.on {
            Kind::Github => {
                let secret = if signed { SECRET } else { "guess" };
                let post = post.header("x-github-event", "issues").header("x-github-delivery", id);
                post.header("x-hub-signature-256", signature(secret, body.as_bytes()))
            }
            Kind::Gitlab => {
                let stamp = SystemClock::real().machine_now().timestamp().to_string();
                let signing = if signed { SIGNING } else { "whsec_Z3Vlc3M=" };
                let proof = standard(signing, &id, &stamp, &body);
                let post = post.header("x-gitlab-event", "Issue Hook").header("webhook-id", id);
                post.header("webhook-timestamp", stamp).header("webhook-signature", proof)
            }
        };
        self.hear(post.body(body)).await.0
    }

    /// Deliveries that are refused or cannot be read.
    pub(super) async fn knocks(&mut self) {
        let hook = format!("/webhooks/{}", self.on.name());
        let forged = json!({ "issue": { "title": canary("forged") } }).to_string();
        assert_eq!(self.delivers(&hook, forged.clone(), false).await, 401);
        assert_eq!(self.delivers(&hook, format!("{} is no JSON", canary("unreadable")), true).await, 202);
        let to_nobody = format!("/webhooks/{}", canary("forged"));
        assert_eq!(self.delivers(&to_nobody, forged.clone(), true).await, 404);
        assert_eq!(self.delivers(&format!("/{}", canary("forged")), forged, true).await, 404);
        let (number, title) = (canary("unreadable"), canary("title"));
        let odd = match self.on {
            Kind::Github => json!({ "issue": { "number": number, "title": title } }),
            Kind::Gitlab => json!({ "object_kind": "issue", "object_attributes": { "iid": number, "title": title } }),
        };
        assert_eq!(self.delivers(&hook, odd.to_string(), true).await, 202);
    }
}
