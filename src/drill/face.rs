//! The simulated forge of a drill, whichever it is: what the stage and those who look at it need of it.

use super::{
    faults::Faults,
    github, gitlab,
    model::{Deed, IssueId, Outcome, Refusal, World},
};
use crate::{clock::SharedClock, domain::time::Moment};

/// Which forge is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// GitHub.
    #[default]
    Github,
    /// GitLab.
    Gitlab,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Github, Self::Gitlab];

    /// The forge's name in the program's configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
        }
    }

    /// The forge's name as it is written.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Github => "GitHub",
            Self::Gitlab => "GitLab",
        }
    }

    /// Where people would read its issues.
    #[must_use]
    pub fn web(self) -> &'static str {
        match self {
            Self::Github => github::WEB,
            Self::Gitlab => gitlab::WEB,
        }
    }
}

/// A running simulated forge. Ends when dropped.
pub enum Face {
    /// GitHub.
    Github(github::Simulated),
    /// GitLab.
    Gitlab(gitlab::Simulated),
}

/// One attempt to deliver.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its number; every attempt has its own.
    pub id: u64,
    /// When it was sent.
    pub at: Moment,
    /// What it told, such as `issues.opened`.
    pub spoken: String,
    /// The status that was answered; `None` where there was no answer in time.
    pub status: Option<u16>,
    /// It was asked for again.
    pub again: bool,
    /// The other side took it.
    pub arrived: bool,
}

impl Face {
    /// Listens on a free port of the loopback.
    pub async fn start(kind: Kind, world: World, clock: SharedClock, faults: Faults) -> std::io::Result<Self> {
        Ok(match kind {
            Kind::Github => Self::Github(github::Simulated::start(world, clock, faults).await?),
            Kind::Gitlab => Self::Gitlab(gitlab::Simulated::start(world, clock, faults).await?),
        })
    }

    /// The address that the program is configured with.
    #[must_use]
    pub fn base_url(&self) -> &str {
        match self {
            Self::Github(forge) => forge.base_url(),
            Self::Gitlab(forge) => forge.base_url(),
        }
    }

    /// Looks at the world.
    pub fn look<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        match self {
            Self::Github(forge) => forge.look(look),
            Self::Gitlab(forge) => forge.look(look),
        }
    }

    /// Somebody does something, now.
    ///
    /// # Errors
    /// What the forge says, if it refuses.
    pub fn act(&self, by: &str, deed: Deed) -> Result<Outcome, Refusal> {
        match self {
            Self::Github(forge) => forge.act(by, deed),
            Self::Gitlab(forge) => forge.act(by, deed),
        }
    }

    /// How bad an issue is by the forge's own measure, which only GitLab has, in its capitals.
    #[must_use]
    pub fn severity(&self, issue: IssueId) -> Option<String> {
        match self {
            Self::Github(_) => None,
            Self::Gitlab(forge) => forge.severity(issue),
        }
    }

    /// The switches.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        match self {
            Self::Github(forge) => forge.faults(),
            Self::Gitlab(forge) => forge.faults(),
        }
    }

    /// How many requests are being answered and deliveries sent.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        match self {
            Self::Github(forge) => forge.in_flight(),
            Self::Gitlab(forge) => forge.in_flight(),
        }
    }

    /// How many requests were answered altogether.
    #[must_use]
    pub fn served(&self) -> u64 {
        match self {
            Self::Github(forge) => forge.served(),
            Self::Gitlab(forge) => forge.served(),
        }
    }

    /// When the next delivery or late write is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Moment> {
        match self {
            Self::Github(forge) => forge.next_due(),
            Self::Gitlab(forge) => forge.next_due(),
        }
    }

    /// Does the late writes that are due, or else sends the first delivery that is due.
    pub async fn deliver_one(&self, now: Moment) {
        match self {
            Self::Github(forge) => forge.deliver_one(now).await,
            Self::Gitlab(forge) => forge.deliver_one(now).await,
        }
    }

    /// Puts a delivery on its way again; false where it is not known any more.
    #[must_use]
    pub fn deliver_again(&self, attempt: u64) -> bool {
        match self {
            Self::Github(forge) => forge.deliver_again(attempt),
            Self::Gitlab(forge) => forge.deliver_again(attempt),
        }
    }

    /// Every attempt to deliver, oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        macro_rules! told {
            ($forge:expr) => {
                $forge
                    .attempts()
                    .iter()
                    .map(|one| Delivery {
                        id: one.id,
                        at: one.at,
                        spoken: one.spoken(),
                        status: one.status,
                        again: one.again,
                        arrived: one.arrived(),
                    })
                    .collect()
            };
        }
        match self {
            Self::Github(forge) => told!(forge),
            Self::Gitlab(forge) => told!(forge),
        }
    }
}
