//! Letting time pass: by a step, to what is due next, or to a moment.
//!
//! What always holds: a form that showed another time moves nothing; on the way, everything that is due happens at its
//! moment. A long way is gone in strides, and pages are shown in between; nothing else is carried out until it is over.

use chrono::{LocalResult, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use serde_json::{Value, json};

use super::{
    fields::{Complaint, Fields, Filled},
    keeper::{Done, Keeper, Undone},
};
use crate::{
    domain::time::{Moment, Zone, lasting, spoken},
    drill::stage::Trouble,
    plan::duties::{Standing, standings},
};

/// So far at a time, because one waits for it.
const FARTHEST: TimeDelta = TimeDelta::days(7);
/// Leaps of the clock before a form is answered: those of an hour, and some.
const AT_ONCE: usize = 60;
/// Leaps of the clock between two pages.
const STRIDE: usize = 4;
/// Seconds are not shown, so spans are rounded.
const HALF_A_MINUTE: TimeDelta = TimeDelta::seconds(30);
/// The program answers within this time; what it does later, people have to wait for.
const ANSWER: TimeDelta = TimeDelta::seconds(45);

/// The clock's way to a moment that is far away.
pub(super) struct Way {
    from: Moment,
    to: Moment,
    /// Hotwash's comments when it began.
    before: usize,
    /// The sentence that tells how it went, by its number.
    pub(super) note: u64,
}

impl Keeper<'_> {
    /// A button of the clock.
    pub(super) async fn step(&mut self, fields: &Fields, page: &str) -> Result<Done, Undone> {
        self.same_time(fields)?;
        let now = self.stage.now();
        let to = match fields.one("step") {
            "10m" => now + TimeDelta::minutes(10),
            "1h" => now + TimeDelta::hours(1),
            "due" => {
                let due = self.next_due().await.map(|(at, _)| at);
                due.ok_or_else(|| Complaint::new("step", "Nothing is due, so there is nothing to go to."))?
            }
            _ => return Err(Complaint::new("step", "Choose one of the clock's buttons.").into()),
        };
        self.pass(to, page).await
    }

    /// A given moment.
    pub(super) async fn until(&mut self, fields: &Fields, page: &str) -> Result<Done, Undone> {
        self.same_time(fields)?;
        let to = self.moment(fields.one("to")).map_err(|says| Complaint::new("to", says))?;
        self.pass(to, page).await
    }

    fn moment(&self, text: &str) -> Result<Moment, String> {
        let zone = self.script.project.zone;
        let forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"];
        let read = |form: &&str| NaiveDateTime::parse_from_str(text.trim(), form).ok();
        let Some(wall) = forms.iter().find_map(read) else {
            return Err("This is not a day and a time; write it like 2026-11-20 14:05.".to_owned());
        };
        let now = self.stage.now();
        let at = match zone.from_local_datetime(&wall) {
            LocalResult::Single(at) => at.with_timezone(&Utc),
            // Shown twice on that night: the first that is not over.
            LocalResult::Ambiguous(one, other) => {
                let (first, last) = (one.min(other).with_timezone(&Utc), one.max(other).with_timezone(&Utc));
                if first >= now { first } else { last }
            }
            LocalResult::None => return Err(format!("On that day the clocks in {zone} skip this time; take another.")),
        };
        if at <= now {
            return Err(format!("The clock only goes forward, and it is {} already.", spoken(now, zone)));
        }
        if at - now > FARTHEST {
            return Err(format!("The clock goes at most {} at a time; take an earlier moment.", lasting(FARTHEST)));
        }
        Ok(at)
    }

    /// The form showed the present time.
    fn same_time(&self, fields: &Fields) -> Result<(), Undone> {
        if fields.one("seen") == stamp(self.stage.now()) {
            return Ok(());
        }
        let now = spoken(self.stage.now(), self.script.project.zone);
        let says = format!("The clock was moved in another window meanwhile: it is {now}. It was not moved again.");
        Err(Undone::Stale(vec![Complaint::new("step", says)]))
    }

    async fn pass(&mut self, to: Moment, page: &str) -> Result<Done, Undone> {
        let way = Way { from: self.stage.now(), to, before: self.own_comments(), note: 0 };
        let said = if self.stride(to, AT_ONCE).await? {
            self.arrived(&way)
        } else {
            self.way = Some(way);
            "The clock was sent on its way.".to_owned()
        };
        Ok(Done { to: page.to_owned(), said })
    }

    /// So many leaps towards a moment; true once it is there.
    async fn stride(&mut self, to: Moment, leaps: usize) -> Result<bool, Trouble> {
        for _ in 0..leaps {
            if !self.stage.towards(to).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A stride on the clock's way, if it is on one.
    pub(super) async fn walk(&mut self) {
        let Some(to) = self.way.as_ref().map(|way| way.to) else { return };
        let strode = self.stride(to, STRIDE).await;
        let says = match strode {
            Ok(false) => return,
            Ok(true) => self.way.as_ref().map(|way| self.arrived(way)).unwrap_or_default(),
            Err(trouble) => {
                self.broken = Some(trouble.to_string());
                "The clock did not arrive.".to_owned()
            }
        };
        if let Some(way) = self.way.take() {
            self.say_instead(way.note, says);
        }
    }

    /// How far the clock is on its way, if it is on one.
    pub(super) fn way_says(&self) -> Option<String> {
        let (way, now, zone) = (self.way.as_ref()?, self.stage.now(), self.script.project.zone);
        let left = lasting(way.to - now + HALF_A_MINUTE);
        Some(format!("The clock is on its way to {} and has {left} to go.", spoken(way.to, zone)))
    }

    /// What a way brought.
    fn arrived(&self, way: &Way) -> String {
        let written = self.own_comments().saturating_sub(way.before);
        let news = match written {
            0 => "Hotwash wrote no comment meanwhile.".to_owned(),
            1 => "Hotwash wrote one comment meanwhile.".to_owned(),
            more => format!("Hotwash wrote {more} comments meanwhile."),
        };
        format!("{} passed. {news}", lasting(self.stage.now() - way.from))
    }

    /// Lets the program answer what somebody just did. That takes the seconds between two writes, or those until the
    /// board may be written anew; if it takes none, none pass.
    pub(super) async fn respond(&mut self) -> Result<(), Undone> {
        let by = self.stage.now() + ANSWER;
        self.stage.settle().await?;
        while let Some(next) = self.stage.next_moment().filter(|next| *next <= by) {
            self.stage.towards(next).await?;
        }
        Ok(())
    }

    fn own_comments(&self) -> usize {
        let project = &self.script.project.path;
        self.stage.look(|world| {
            let Some(project) = world.project(project) else { return 0 };
            let bot = world.user(&self.script.bot).map(|user| user.id);
            let comments = world.issues(project.id).flat_map(|issue| world.comments(issue.id));
            comments.filter(|comment| Some(comment.author) == bot).count()
        })
    }

    /// What is due next, and when, in all incidents.
    pub(super) async fn next_due(&self) -> Option<(Moment, String)> {
        let now = self.stage.now();
        let mut next: Option<(Moment, String)> = None;
        for known in self.known().await.unwrap_or_default() {
            let Some(incident) = &known.incident else { continue };
            for standing in standings(incident, &self.script.project, now) {
                let Some(at) = comes(&standing, now) else { continue };
                if next.as_ref().is_none_or(|(soonest, _)| at < *soonest) {
                    next = Some((at, format!("{} (#{})", standing.spec.title, known.issue.number)));
                }
            }
        }
        next
    }

    /// The clock as every page shows it.
    pub(super) async fn clock_view(&mut self, page: &str, filled: &Filled) -> Value {
        let (now, zone) = (self.stage.now(), self.script.project.zone);
        let due = self.next_due().await;
        let due = due
            .map(|(at, what)| json!({ "what": what, "at": when(at, zone), "in": lasting(at - now + HALF_A_MINUTE) }));
        let local = now.with_timezone(&zone);
        json!({
            "now": when(now, zone),
            "day": local.format("%A").to_string(),
            "due": due,
            "seen": stamp(now),
            "back": page,
            "as": self.actor,
            "number": self.slips.give(),
            "moment_number": self.slips.give(),
            "step": filled.field("clock", "step", ""),
            "to": filled.field("moment", "to", &local.format("%Y-%m-%d %H:%M").to_string()),
            "moment_step": filled.field("moment", "step", ""),
        })
    }
}

/// When a duty comes due next: its open occurrence, or the one after it.
fn comes(standing: &Standing<'_>, now: Moment) -> Option<Moment> {
    let open = standing.open.as_ref()?;
    if open.due > now { Some(open.due) } else { open.superseded_at.filter(|at| *at > now) }
}

/// For machines, to the second.
pub(super) fn stamp(at: Moment) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// For people and machines.
pub(super) fn when(at: Moment, zone: Zone) -> Value {
    json!({ "spoken": spoken(at, zone), "exact": stamp(at) })
}
