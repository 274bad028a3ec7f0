//! A long random history, step by step beside a model in memory: who may hold what, and where every delivery is.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, Hasher, RandomState},
};

use super::*;

/// Set to a printed seed to walk the same history again.
const REPLAY: Option<u64> = None;
const STEPS: usize = 1_500;
const ISSUES: u64 = 5;
const PARK_AFTER: u32 = 3;

#[expect(clippy::print_stdout, reason = "shown when the test fails, to walk the same history again")]
pub(super) async fn random_histories_agree_with_the_model(database: &dyn Backend) {
    let seed = REPLAY.unwrap_or_else(|| RandomState::new().build_hasher().finish());
    println!("seed {seed:#x}");
    let mut walk =
        Walk { store: database.open().await, dice: Dice(seed), model: Model::default(), now: 0, held: vec![] };
    for step in 0..STEPS {
        println!("step {step} at {}", walk.now);
        walk.step().await;
        walk.compare().await;
    }
    walk.drain().await;
}

/// A small generator with a visible seed (the finaliser of `SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn span(&mut self, limit: u64) -> i64 {
        i64::try_from(self.below(limit)).unwrap()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Pending,
    Done,
    Parked,
}

struct Known {
    issue: u64,
    state: State,
    /// Place in the order of arrival.
    place: usize,
}

#[derive(Default)]
struct Wish {
    due: Option<i64>,
    /// Number of the claim in force.
    holder: Option<usize>,
    token: i64,
    not_before: Option<i64>,
    again: Option<i64>,
    full: bool,
    again_full: bool,
    attempts: u32,
}

/// What the store should know. Times are seconds.
#[derive(Default)]
struct Model {
    issues: BTreeMap<u64, Wish>,
    deliveries: BTreeMap<u64, Known>,
    arrivals: usize,
    claims: usize,
}

impl Model {
    fn mark(&mut self, issue: u64, at: i64, full: bool) {
        let wish = self.issues.entry(issue).or_default();
        if wish.holder.is_some() {
            wish.again = Some(wish.again.map_or(at, |again| again.min(at)));
            wish.again_full |= full;
        } else {
            let at = wish.not_before.map_or(at, |limit| limit.max(at));
            wish.due = Some(wish.due.map_or(at, |due| due.min(at)));
            wish.full |= full;
        }
    }

    fn accept(&mut self, id: u64, issue: u64, now: i64) -> Accepted {
        self.mark(issue, now, false);
        self.arrivals += 1;
        let place = self.arrivals;
        match self.deliveries.get_mut(&id) {
            None => {
                self.deliveries.insert(id, Known { issue, state: State::Pending, place });
                return Accepted::New;
            }
            Some(known) if known.state == State::Parked => (known.state, known.place) = (State::Pending, place),
            Some(_) => {}
        }
        Accepted::Duplicate
    }

    /// Ids that wait for an issue, in order of arrival.
    fn waiting(&self, issue: u64) -> Vec<u64> {
        let mut waiting: Vec<_> =
            self.deliveries.iter().filter(|(_, known)| known.issue == issue && known.state == State::Pending).collect();
        waiting.sort_by_key(|(_, known)| known.place);
        waiting.into_iter().map(|(id, _)| *id).collect()
    }

    fn close(&mut self, held: &Held, state: State) {
        for known in self.deliveries.values_mut() {
            if known.issue == held.claim.issue.number && known.state == State::Pending && known.place <= held.seen {
                known.state = state;
            }
        }
    }

    fn count(&self, state: State) -> u64 {
        self.deliveries.values().filter(|known| known.state == state).count() as u64
    }
}

/// A claim that somebody has, in force or not.
#[derive(Clone)]
struct Held {
    number: usize,
    claim: Claim,
    seen: usize,
}

struct Walk {
    store: SharedStore,
    dice: Dice,
    model: Model,
    now: i64,
    held: Vec<Held>,
}

fn second(now: i64) -> Moment {
    at("09:00") + Duration::seconds(now)
}

impl Walk {
    async fn step(&mut self) {
        match self.dice.below(20) {
            0..5 => self.accept().await,
            5..7 => self.nudge().await,
            7..11 => {
                let limit = 1 + usize::try_from(self.dice.below(3)).unwrap();
                self.claim(limit).await;
            }
            11..14 => self.finish().await,
            14..16 => self.fail().await,
            16 => self.extend().await,
            _ => self.now += self.dice.span(8),
        }
    }

    async fn accept(&mut self) {
        let known = self.model.deliveries.len() as u64;
        let id = if known > 0 && self.dice.below(3) == 0 { self.dice.below(known) } else { known };
        let number = id % ISSUES;
        let wire = Delivery { issue: Some(issue(number)), received_at: second(self.now), ..delivery(&id.to_string()) };
        let expected = self.model.accept(id, number, self.now);
        assert_eq!(self.store.accept(wire).await.unwrap(), expected, "delivery {id}");
    }

    async fn nudge(&mut self) {
        let (number, wait, full) = (self.dice.below(ISSUES), self.dice.span(25) - 5, self.dice.below(4) == 0);
        self.store.nudge(vec![issue(number)], second(self.now + wait), full).await.unwrap();
        self.model.mark(number, self.now + wait, full);
    }

    async fn claim(&mut self, limit: usize) {
        let lease = 1 + self.dice.span(10);
        let claims = self.store.claim(second(self.now), limit, Duration::seconds(lease)).await.unwrap();
        let mut due: Vec<i64> = self.model.issues.values().filter_map(|wish| wish.due).collect();
        due.retain(|due| *due <= self.now);
        due.sort_unstable();
        due.truncate(limit);
        let taken: Vec<_> = claims.iter().map(|claim| self.model.issues[&claim.issue.number].due.unwrap()).collect();
        assert_eq!(taken, due, "the longest waiting, and nothing held under a live lease");
        for claim in claims {
            self.taken(claim, lease);
        }
    }

    fn taken(&mut self, claim: Claim, lease: i64) {
        let number = claim.issue.number;
        let waiting = self.model.waiting(number);
        assert_eq!(claim.hints, waiting.iter().map(|id| format!("hint of {id}")).collect::<Vec<_>>());
        let (now, until) = (self.now, self.now + lease);
        let rival = self.held.iter().find(|held| held.claim.issue == claim.issue && held.claim.until > second(now));
        let wish = self.model.issues.get_mut(&number).unwrap();
        assert!(rival.is_none_or(|rival| wish.holder != Some(rival.number)), "two live holders of {number}");
        assert_eq!((claim.until, claim.attempts), (second(until), wish.attempts));
        assert_eq!(claim.full, wish.full || wish.again_full);
        assert!(claim.token > wish.token);
        self.model.claims += 1;
        let full = claim.full;
        *wish = Wish {
            due: Some(until),
            holder: Some(self.model.claims),
            token: claim.token,
            full,
            again_full: false,
            again: wish.again.filter(|again| *again > now),
            ..std::mem::take(wish)
        };
        self.held.push(Held { number: self.model.claims, claim, seen: self.model.arrivals });
    }

    /// Some claim, and whether it is in force.
    fn pick(&mut self) -> Option<(Held, bool)> {
        // The newest six: old ones are as lost as they will ever be.
        let newest = self.held.len().min(6) as u64;
        let back = if newest == 0 { return None } else { usize::try_from(self.dice.below(newest)).unwrap() };
        let held = self.held[self.held.len() - 1 - back].clone();
        let valid = self.model.issues[&held.claim.issue.number].holder == Some(held.number);
        Some((held, valid))
    }

    async fn finish(&mut self) {
        let Some((held, valid)) = self.pick() else { return };
        let next = (self.dice.below(2) == 0).then_some(self.now + self.dice.span(20));
        let outcome = self.store.finish(&held.claim, next.map(second)).await;
        if !valid {
            return assert!(matches!(outcome, Err(StoreError::LeaseLost(_))), "{outcome:?}");
        }
        outcome.unwrap();
        self.model.close(&held, State::Done);
        let wish = self.model.issues.get_mut(&held.claim.issue.number).unwrap();
        let due = wish.again.into_iter().chain(next).min();
        *wish = Wish { due, token: wish.token, full: wish.again_full, ..Wish::default() };
    }

    async fn fail(&mut self) {
        let Some((held, valid)) = self.pick() else { return };
        let not_before = self.now + self.dice.span(12);
        let outcome = self.store.fail(&held.claim, second(not_before), PARK_AFTER).await;
        if !valid {
            return assert!(matches!(outcome, Err(StoreError::LeaseLost(_))), "{outcome:?}");
        }
        let wish = self.model.issues.get_mut(&held.claim.issue.number).unwrap();
        let attempts = wish.attempts + 1;
        *wish = Wish {
            due: Some(not_before),
            not_before: Some(not_before),
            token: wish.token,
            attempts,
            full: wish.full || wish.again_full,
            ..Wish::default()
        };
        let expected = if attempts < PARK_AFTER { Failed::Retry } else { Failed::Parked };
        assert_eq!(outcome.unwrap(), expected);
        if expected == Failed::Parked {
            self.model.close(&held, State::Parked);
        }
    }

    async fn extend(&mut self) {
        let Some((held, valid)) = self.pick() else { return };
        let until = self.now + 1 + self.dice.span(10);
        let outcome = self.store.extend(&held.claim, second(until)).await;
        assert_eq!(outcome.is_ok(), valid, "{outcome:?}");
        if valid {
            self.model.issues.get_mut(&held.claim.issue.number).unwrap().due = Some(until);
            self.held.iter_mut().find(|other| other.number == held.number).unwrap().claim.until = second(until);
        }
    }

    async fn compare(&self) {
        let counts = self.store.counts().await.unwrap();
        let expected = (self.model.count(State::Pending), self.model.count(State::Parked));
        assert_eq!((counts.pending, counts.parked), expected, "every delivery is pending, done or parked");
        let first = self.model.issues.values().filter_map(|wish| wish.due).min();
        assert_eq!(self.store.next_due().await.unwrap(), first.map(second));
        assert!(counts.pending == 0 || first.is_some(), "a pending delivery that nobody will look at");
    }

    /// Left alone, everything that waits is worked off.
    async fn drain(&mut self) {
        while let Some(due) = self.store.next_due().await.unwrap() {
            self.now = self.now.max((due - at("09:00")).num_seconds());
            for claim in self.store.claim(second(self.now), 100, minutes(1)).await.unwrap() {
                self.store.finish(&claim, None).await.unwrap();
            }
        }
        assert_eq!(waiting(&self.store).await, (0, self.model.count(State::Parked)));
        assert!(self.model.count(State::Done) > 0, "the history was too quiet to prove anything");
    }
}
