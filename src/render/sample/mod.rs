//! One full and one sparse message of every kind, on which templates are tried before they are trusted.
//!
//! What always holds: in a full one nothing is left out and every list has an entry; in a sparse one everything that
//! may be missing is. All moments are literal, so trying templates gives the same result on any day.

mod short;

use chrono_tz::Tz;

use self::short::{
    alarm, catch_up, collapsed, escalation, false_alarm, follow_up_issue, gate, reminder, review, superseded,
    timeline_entry,
};

use crate::domain::{
    message::{
        Authority, Blank, Board, Checklist, DisruptionLine, DutyLine, DutySummary, FindingLine, FollowUpLine, Handoff,
        Holder, ItemLine, Message, MetricLine, Reply, Retrospective, SectionLine, ShiftLine, Shown, Sitrep, TaskLine,
        TimelineLine, TurnLine, WaivedLine, When, Why, Wild,
    },
    time::Moment,
};

/// Every kind of message twice, the full one first; all text from people is `wild`. In the full ones it is an exercise.
#[must_use]
pub fn samples(wild: &str) -> Vec<Message> {
    let kinds: [fn(&Maker) -> Message; 17] = [
        board,
        reminder,
        catch_up,
        sitrep,
        handoff,
        authority,
        reply,
        retrospective,
        superseded,
        collapsed,
        alarm,
        escalation,
        gate,
        follow_up_issue,
        false_alarm,
        review,
        timeline_entry,
    ];
    kinds.iter().flat_map(|kind| [true, false].map(|full| kind(&Maker { full, wild: Wild(wild.to_owned()) }))).collect()
}

struct Maker {
    full: bool,
    wild: Wild,
}

impl Maker {
    fn text(&self, text: &str) -> String {
        if self.full { text.to_owned() } else { String::new() }
    }

    fn wild(&self) -> Wild {
        if self.full { self.wild.clone() } else { Wild::default() }
    }

    fn list<T>(&self, entry: impl FnOnce() -> T) -> Vec<T> {
        self.full.then(entry).into_iter().collect()
    }

    fn option<T>(&self, value: T) -> Option<T> {
        self.full.then_some(value)
    }

    fn why(&self) -> Why {
        Why {
            rule: "sitrep: every 1 h".to_owned(),
            source: self.text("handbook, line 212"),
            started_by: self.text("severity high set by @alice through a label"),
            started_at: self.option(when()),
            due: self.option(when()),
        }
    }

    fn shown(&self, value: &str) -> Shown {
        Shown {
            value: value.to_owned(),
            by: "@alice".to_owned(),
            via: "a label".to_owned(),
            at: when(),
            url: self.text("https://forge.example/acme/incidents/7#event-1"),
        }
    }

    fn duty(&self) -> DutyLine {
        DutyLine {
            id: "sitrep".to_owned(),
            title: "Situation report".to_owned(),
            state: "waiting".to_owned(),
            due: self.option(when()),
            owes: "ic".to_owned(),
            place: self.wild(),
            snoozed_until: self.option(when()),
        }
    }

    fn finding(&self) -> FindingLine {
        FindingLine {
            what: "The severity cannot be read".to_owned(),
            line: u32::from(self.full) * 4,
            text: self.wild(),
            nearest: self.list(|| "high".to_owned()),
        }
    }

    fn item(&self) -> ItemLine {
        ItemLine {
            id: "assess-1".to_owned(),
            text: "Judge the impact".to_owned(),
            gate: self.full,
            place: self.wild(),
            done: self.full,
            by: self.text("@alice"),
        }
    }

    fn task(&self) -> TaskLine {
        TaskLine {
            id: "task-3".to_owned(),
            text: self.wild(),
            owner: self.wild(),
            deferred: self.full,
            done: self.full,
            by: self.text("@alice"),
        }
    }

    fn shift(&self) -> ShiftLine {
        ShiftLine { who: self.list(|| self.wild()), at: when(), until: self.option(when()) }
    }

    fn follow_up(&self) -> FollowUpLine {
        FollowUpLine {
            text: self.wild(),
            owner: self.wild(),
            date: self.text("2026-12-01"),
            number: self.text("#18"),
            url: self.text("https://forge.example/acme/incidents/18"),
        }
    }

    fn forms(&self) -> Vec<(String, String)> {
        self.list(|| ("sitrep TEXT".to_owned(), "post a situation report".to_owned()))
    }
}

/// 2026-11-20 15:00 UTC, in New York.
fn when() -> When {
    When::new(Moment::from_timestamp(1_795_186_800, 0).unwrap_or_default(), Tz::America__New_York)
}

fn board(of: &Maker) -> Message {
    Message::Board(Box::new(Board {
        exercise: of.full,
        noun: "incident".to_owned(),
        process: "Incident response".to_owned(),
        open: of.full,
        status: of.shown("confirmed"),
        severity: of.shown("high"),
        severity_definition: of.text("Systems are breached."),
        phase: of.shown("assess"),
        ic: of.option(Holder { name: of.wild(), mention: String::new() }),
        reporter: of.list(|| of.wild()),
        responders: of.list(|| of.wild()),
        duties: vec![of.duty()],
        shift: of.option(of.shift()),
        disruptions: of.list(|| DisruptionLine {
            text: of.wild(),
            by: "@alice".to_owned(),
            at: when(),
            url: "https://forge.example/acme/incidents/7#note-4".to_owned(),
        }),
        checklists: of.list(|| Checklist {
            title: "To do in assess".to_owned(),
            place: of.wild(),
            items: vec![of.item()],
        }),
        leads: of.list(|| of.task()),
        steps: of.list(|| of.task()),
        follow_ups: of.list(|| of.follow_up()),
        waived: of.list(|| WaivedLine {
            id: "sitrep".to_owned(),
            by: "@alice".to_owned(),
            at: when(),
            reason: of.wild(),
        }),
        findings: vec![of.finding()],
        held_back: of.list(|| "Situation report".to_owned()),
        mention: "@hotwash".to_owned(),
        commands: of.forms(),
        exposed: !of.full,
        why: of.why(),
    }))
}

fn sitrep(of: &Maker) -> Message {
    Message::Sitrep(Sitrep {
        exercise: of.full,
        draft: of.full,
        title: of.wild(),
        url: of.text("https://forge.example/acme/incidents/7"),
        severity: "high".to_owned(),
        status: "confirmed".to_owned(),
        ic: of.wild(),
        responders: of.list(|| of.wild()),
        text: of.list(|| of.wild()),
        by: of.text("@alice"),
        why: of.why(),
    })
}

fn handoff(of: &Maker) -> Message {
    Message::Handoff(Box::new(Handoff {
        exercise: of.full,
        mention: String::new(),
        to: of.wild.clone(),
        from: of.wild(),
        status: of.shown("confirmed"),
        severity: of.shown("high"),
        phase: of.shown("assess"),
        responders: of.list(|| of.wild()),
        last_sitrep_url: of.text("https://forge.example/acme/incidents/7#note-3"),
        last_sitrep_at: of.option(when()),
        duties: vec![of.duty()],
        leads: of.list(|| of.task()),
        steps: of.list(|| of.task()),
        findings: vec![of.finding()],
        why: of.why(),
    }))
}

fn authority(of: &Maker) -> Message {
    Message::Authority(Authority {
        exercise: of.full,
        to: "@alice".to_owned(),
        mention: of.text("@carol"),
        quoted: of.wild(),
        severity: "medium".to_owned(),
        allows: of.text("consult"),
        alone_at: of.option(when()),
        bot: "@hotwash".to_owned(),
        why: of.why(),
    })
}

fn reply(of: &Maker) -> Message {
    Message::Reply(Reply {
        exercise: of.full,
        to: "@alice".to_owned(),
        lines: of.list(|| "There is no such duty.".to_owned()),
        items: of.list(|| of.item()),
        quoted: of.wild(),
        bot: "@hotwash".to_owned(),
        forms: of.forms(),
        why: of.why(),
    })
}

fn retrospective(of: &Maker) -> Message {
    Message::Retrospective(Box::new(Retrospective {
        exercise: of.full,
        short: !of.full,
        title: of.wild(),
        url: of.text("https://forge.example/acme/incidents/7"),
        process: "Incident response".to_owned(),
        closing: 1,
        sections: sections(of),
        summary: of.list(|| ("Reporter".to_owned(), of.wild())),
        turns: of.list(|| TurnLine {
            at: when(),
            dimension: "IC".to_owned(),
            to: of.wild(),
            by: "@alice".to_owned(),
            via: "the body".to_owned(),
            url: "https://forge.example/acme/incidents/7#event-1".to_owned(),
        }),
        timeline: of.list(|| TimelineLine {
            at: when(),
            by: "@alice".to_owned(),
            what: "stated the impact".to_owned(),
            detail: of.wild(),
            url: "https://forge.example/acme/incidents/7#event-2".to_owned(),
        }),
        picture: of.text("gantt\n    dateFormat X"),
        metrics: vec![MetricLine {
            name: "Discovery method".to_owned(),
            value: of.wild(),
            basis: "stated".to_owned(),
            note: "the field in the description".to_owned(),
        }],
        duties: of.list(|| DutySummary { title: "Situation report".to_owned(), met: 3, late: 1, missed: 0, waived: 0 }),
        punctuality: (3, 1, 0),
        leads: of.list(|| of.task()),
        steps: of.list(|| of.task()),
        follow_ups: of.list(|| of.follow_up()),
        shifts: of.list(|| of.shift()),
        blanks: vec![Blank {
            heading: "Lessons learned".to_owned(),
            hint: "What would you do again?".to_owned(),
            kept: of.list(|| of.wild()),
        }],
        digest: of.text("3f2a"),
        entries: 12,
        why: of.why(),
    }))
}

/// All of them where nothing is left out, those of the short form otherwise.
fn sections(of: &Maker) -> Vec<SectionLine> {
    let made =
        ["summary", "metrics", "changes", "picture", "timeline", "duties", "leads", "steps", "shifts", "follow-ups"];
    let short = ["summary", "metrics", "changes", "timeline", "follow-ups"];
    let names: &[&str] = if of.full { &made } else { &short };
    let made = names.iter().map(|name| SectionLine { name: (*name).to_owned(), ..SectionLine::default() });
    let blank = SectionLine {
        name: "blank".to_owned(),
        heading: "Lessons learned".to_owned(),
        hint: "What would you do again?".to_owned(),
        kept: of.list(|| of.wild()),
    };
    // First, because templates are checked against the first entry of a list.
    std::iter::once(blank).chain(made).collect()
}
