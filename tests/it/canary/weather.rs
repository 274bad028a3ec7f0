//! What goes wrong between the program and the forge, and whether it really did.

use std::time::Instant;

use hotwash::drill::face::Kind;

use crate::support::{
    proxy::{Call, Fault, Faults},
    stage::Stage,
};

/// How long a fault may take to be met.
const PATIENCE: u64 = 60;

/// Kinds of requests, as a forge has them.
pub(super) struct Requests {
    pub(super) issue: &'static str,
    pub(super) put_on: &'static str,
    pub(super) take_off: &'static str,
    pub(super) comment: &'static str,
    pub(super) rewrite: &'static str,
    pub(super) comments: &'static str,
    pub(super) permission: &'static str,
    pub(super) fold: &'static str,
}

const OF_GITHUB: Requests = Requests {
    issue: "GET /issues/{n}",
    put_on: "POST /issues/{n}/labels",
    take_off: "DELETE /issues/{n}/labels/{name}",
    comment: "POST /issues/{n}/comments",
    rewrite: "PATCH /issues/comments/{n}",
    comments: "GET /issues/{n}/comments",
    permission: "GET /collaborators/{login}/permission",
    fold: "POST /graphql",
};
const OF_GITLAB: Requests = Requests {
    issue: "GET /issues/{n}",
    put_on: "PUT /issues/{n}",
    take_off: "PUT /issues/{n}",
    comment: "POST /issues/{n}/notes",
    rewrite: "PUT /issues/{n}/notes/{n}",
    comments: "GET /issues/{n}/notes",
    permission: "GET /members/all/{n}",
    fold: "DELETE /issues/{n}/notes/{n}",
};

/// The kinds of requests of this forge.
pub(super) fn requests(on: Kind) -> &'static Requests {
    match on {
        Kind::Github => &OF_GITHUB,
        Kind::Gitlab => &OF_GITLAB,
    }
}

/// Faults on their way.
pub(super) struct Weather<'s> {
    stage: &'s Stage,
    faults: Vec<(String, Fault)>,
    /// How many requests came before.
    from: usize,
}

impl<'s> Weather<'s> {
    /// From now on these requests fail so, each as often as it is named.
    pub(super) fn comes(stage: &'s Stage, faults: &[(&str, Fault)]) -> Self {
        let from = stage.proxy.calls().len();
        let faults: Vec<(String, Fault)> = faults.iter().map(|(class, fault)| ((*class).to_owned(), *fault)).collect();
        stage.proxy.misbehave(Faults { script: faults.clone(), chance: None });
        Self { stage, faults, from }
    }

    /// Faults of a kind that no request has met.
    fn unmet(&self) -> Vec<&(String, Fault)> {
        let calls = self.stage.proxy.calls();
        let met = |(class, fault): &(String, Fault)| {
            calls[self.from..].iter().any(|call: &Call| call.class == *class && call.fault == Some(*fault))
        };
        self.faults.iter().filter(|fault| !met(fault)).collect()
    }

    /// Waits until each kind was met, and ends it all.
    pub(super) async fn passes(self) {
        let start = Instant::now();
        while !self.unmet().is_empty() {
            let counts = self.stage.proxy.counts();
            let waited = start.elapsed().as_secs();
            assert!(waited < PATIENCE, "not met: {:?}\n{counts:#?}\n{}", self.unmet(), self.stage.bot_said());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        self.stage.proxy.misbehave(Faults::default());
    }
}
