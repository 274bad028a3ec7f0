//! What befalls a history: drawn by a seed, from everything that can go wrong on the forge, on the way, and with the
//! machine that the program runs on.

use chrono::TimeDelta;
use hotwash::drill::faults::{Effect, How, Mail, Switch};

use super::life::{Death, Side};
use crate::support::dice::Dice;

/// What happens at a moment.
#[derive(Debug, Clone)]
pub(super) enum Ill {
    /// Requests go wrong from here on.
    Foul(Switch),
    /// Deliveries travel badly from here on.
    Mail(Mail),
    /// Lists lag behind from here on.
    Lag(TimeDelta),
    /// Everything about the forge goes well again.
    Fair,
    /// The program is killed wherever it is, and is gone for this long.
    Kill(TimeDelta),
    /// The program is ended in good order, and is gone for this long.
    Stop(TimeDelta),
    /// The machine is suspended: the clock leaps this far, but not over what people do.
    Sleep(TimeDelta),
}

/// Everything that befalls one history.
#[derive(Debug, Clone, Default)]
pub(super) struct Ills {
    /// When, in thousandths of the story, and what.
    pub(super) at: Vec<(u16, Ill)>,
    /// How life after life ends, and how long it takes until the next begins.
    pub(super) deaths: Vec<(Death, TimeDelta)>,
    /// The database is lost with the so-manieth end.
    pub(super) loses_database: Option<usize>,
    /// Decides which requests and deliveries are struck.
    pub(super) seed: u64,
}

/// What the addresses of comments have in them; another forge has another word for it.
pub(super) const COMMENTS: &str = "comments";

/// An absence longer than this can make several reminders one.
const SHORT: TimeDelta = TimeDelta::minutes(8);

impl Ills {
    /// The ills of a seed; never none.
    pub(super) fn drawn(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut ills = Self { seed: dice.throw(), ..Self::default() };
        while ills.at.is_empty() && ills.deaths.is_empty() {
            if dice.chance(45) {
                ills.mail(&mut dice);
            }
            if dice.chance(50) {
                ills.requests(&mut dice);
            }
            if dice.chance(60) {
                ills.deaths(&mut dice);
            }
            if dice.chance(12) {
                ills.absence(&mut dice);
            }
        }
        if dice.chance(8) {
            ills.lose_the_database(&mut dice);
        }
        ills
    }

    /// Somebody was away for so long that several reminders may have become one.
    pub(super) fn is_long(&self) -> bool {
        self.at.iter().any(|(_, ill)| match ill {
            Ill::Kill(span) | Ill::Stop(span) | Ill::Sleep(span) => *span > SHORT,
            _ => false,
        })
    }

    fn mail(&mut self, dice: &mut Dice) {
        let percent = |dice: &mut Dice, most: i64| u8::try_from(dice.within(5..most)).expect("small");
        let mut mail = Mail::default();
        match dice.within(0..6) {
            0 => mail.drop = 100,
            1 => mail.drop = percent(dice, 80),
            2 => mail.double = percent(dice, 100),
            3 => (mail.late, mail.delay) = (percent(dice, 100), TimeDelta::seconds(dice.within(5..900))),
            4 => (mail.late, mail.delay) = (percent(dice, 60), TimeDelta::minutes(dice.within(15..360))),
            _ => {
                (mail.drop, mail.double) = (percent(dice, 40), percent(dice, 60));
                (mail.late, mail.delay) = (percent(dice, 60), TimeDelta::seconds(dice.within(5..600)));
            }
        }
        self.at.push((early(dice), Ill::Mail(mail)));
    }

    fn requests(&mut self, dice: &mut Dice) {
        let lag = dice.chance(25);
        if lag {
            self.at.push((early(dice), Ill::Lag(TimeDelta::seconds(dice.within(1..14)))));
        }
        let mut reads_fail = false;
        for _ in 0..dice.within(1..4) {
            let switch = switch(dice, lag);
            // Several at once would leave the forge out of reach: that would be a long absence.
            let reads = switch.which.method.as_deref() != Some("write");
            if !(reads && reads_fail) {
                self.at.push((early(dice), Ill::Foul(switch)));
            }
            reads_fail |= reads;
        }
        if dice.chance(30) {
            let fair = u16::try_from(dice.within(500..900)).expect("small");
            self.at.push((fair, Ill::Fair));
        }
    }

    fn deaths(&mut self, dice: &mut Dice) {
        for _ in 0..dice.within(1..6) {
            let side = *dice.pick(&[Side::Before, Side::Before, Side::After, Side::After, Side::Later]);
            let death = match dice.within(0..8) {
                0..=2 => Death::AtWrite(number(dice, 70), side),
                3 => Death::AtRequest(number(dice, 60), side),
                4..=6 => Death::AtChange(number(dice, 14), side),
                _ => Death::Waiting(number(dice, 14), side),
            };
            self.deaths.push((death, TimeDelta::seconds(dice.within(0..150))));
        }
        for _ in 0..dice.within(0..3) {
            let (at, span) = (anywhen(dice), TimeDelta::seconds(dice.within(0..180)));
            self.at.push((at, if dice.chance(75) { Ill::Kill(span) } else { Ill::Stop(span) }));
        }
    }

    fn absence(&mut self, dice: &mut Dice) {
        let (at, span) = (anywhen(dice), TimeDelta::seconds(dice.within(30..14_400)));
        self.at.push((at, if dice.chance(50) { Ill::Sleep(span) } else { Ill::Kill(span) }));
    }

    /// What is under way on the forge when the database is lost is known to nobody: so nothing is.
    fn lose_the_database(&mut self, dice: &mut Dice) {
        self.at.retain(|(_, ill)| matches!(ill, Ill::Mail(_) | Ill::Kill(_) | Ill::Stop(_) | Ill::Sleep(_)));
        self.deaths.iter_mut().for_each(|(death, _)| death.not_later());
        if self.deaths.is_empty() {
            self.at.push((anywhen(dice), Ill::Kill(TimeDelta::seconds(dice.within(0..180)))));
        }
        self.loses_database = Some(0);
    }
}

fn number(dice: &mut Dice, below: i64) -> u64 {
    dice.within(0..below).unsigned_abs()
}

fn early(dice: &mut Dice) -> u16 {
    if dice.chance(60) { 0 } else { anywhen(dice) }
}

fn anywhen(dice: &mut Dice) -> u16 {
    u16::try_from(dice.within(0..1_000)).expect("small")
}

/// Requests that go wrong. A write that happens although it failed happens before the program looks for it.
fn switch(dice: &mut Dice, lag: bool) -> Switch {
    let status = *dice.pick(&[500, 502, 503, 504]);
    let latest = if lag { 12 } else { 25 };
    let how = match dice.within(0..12) {
        0..=4 => How::Status(status),
        5..=7 => How::Reset,
        8..=9 => How::Truncated,
        10 => How::TooMany(Some(u32::try_from(dice.within(1..90)).expect("small"))),
        _ => How::TooMany(None),
    };
    let effect = match (how, dice.within(0..4)) {
        (How::TooMany(_), _) | (_, 0) => Effect::Nothing,
        (How::Status(_) | How::Reset, 1 | 2) => Effect::Later(TimeDelta::seconds(dice.within(1..latest))),
        _ => Effect::AtOnce,
    };
    let kind = dice.within(0..5);
    // A look is several reads in a row, and all of them must succeed.
    let most = if matches!(kind, 1..=3) { 30 } else { 16 };
    let percent = u8::try_from(dice.within(3..most)).expect("small");
    let switch = match kind {
        0 => Switch::reads(how),
        1 | 2 => Switch::writes(how, effect),
        3 => Switch::writes(how, effect).at(COMMENTS),
        _ => Switch { which: hotwash::drill::faults::Which::default(), ..Switch::writes(how, effect) },
    };
    // Something that never answers costs the machine's time, so there is one at most.
    if dice.chance(1) {
        return Switch { how: How::Hang, ..switch }.at_most(1);
    }
    // A forge that says `later` again and again, each time for longer, is out of reach: that would be a long absence.
    let limited = matches!(switch.how, How::TooMany(_));
    if limited { switch.percent(percent).at_most(2) } else { switch.percent(percent) }
}
