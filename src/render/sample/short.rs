//! The shorter ones: what asks, calls, and is filed.

use super::{Maker, when};
use crate::domain::message::{
    Alarm, CatchUp, CatchUpItem, Collapsed, Escalation, FalseAlarm, FollowUpIssue, Gate, Message, Reminder, Review,
    ReviewAnswer, ReviewLine, Superseded, TimelineEntry,
};

pub(super) fn reminder(of: &Maker) -> Message {
    Message::Reminder(Reminder {
        exercise: of.full,
        duty: "sitrep".to_owned(),
        title: "Situation report".to_owned(),
        ask: "Say where things stand.".to_owned(),
        place: of.wild(),
        mention: of.text("@alice"),
        due: when(),
        overdue: of.full,
        noun: "incident".to_owned(),
        bot: "@hotwash".to_owned(),
        why: of.why(),
    })
}

pub(super) fn catch_up(of: &Maker) -> Message {
    let item = CatchUpItem {
        duty: "sitrep".to_owned(),
        title: "Situation report".to_owned(),
        ask: "Say where things stand.".to_owned(),
        place: of.wild(),
        due: when(),
        ahead: false,
        missed: u32::from(of.full) * 2,
        escalated: of.list(|| "Leads".to_owned()),
        nobody: of.list(|| ("Leads".to_owned(), "leads".to_owned())),
        why: of.why(),
    };
    Message::CatchUp(CatchUp {
        exercise: of.full,
        mention: of.text("@alice"),
        ahead: false,
        items: vec![item],
        bot: "@hotwash".to_owned(),
    })
}

pub(super) fn superseded(of: &Maker) -> Message {
    Message::Superseded(Superseded { exercise: of.full, reopened_at: when(), by: "@alice".to_owned() })
}

pub(super) fn collapsed(of: &Maker) -> Message {
    Message::Collapsed(Collapsed {
        exercise: of.full,
        title: "Situation report".to_owned(),
        outcome: "met".to_owned(),
        due: when(),
    })
}

pub(super) fn alarm(of: &Maker) -> Message {
    Message::Alarm(Alarm {
        exercise: of.full,
        mention: of.text("@alice"),
        flag: of.full,
        refused: !of.full,
        mailed: false,
        over: !of.full,
        why: of.why(),
    })
}

pub(super) fn escalation(of: &Maker) -> Message {
    Message::Escalation(Escalation {
        exercise: of.full,
        duty: "sitrep".to_owned(),
        title: "Situation report".to_owned(),
        ask: "Find somebody who can say where things stand.".to_owned(),
        place: of.wild(),
        mention: of.text("@dave"),
        to: vec!["Leads".to_owned()],
        nobody: of.list(|| ("Leads".to_owned(), "leads".to_owned())),
        before: of.list(|| "@alice".to_owned()),
        due: when(),
        bot: "@hotwash".to_owned(),
        why: of.why(),
    })
}

pub(super) fn gate(of: &Maker) -> Message {
    Message::Gate(Gate {
        exercise: of.full,
        mention: of.text("@alice"),
        from: "Assess".to_owned(),
        to: "Remediate".to_owned(),
        held: of.full,
        items: vec![("assess-3".to_owned(), "Save the evidence".to_owned())],
        bot: "@hotwash".to_owned(),
        why: of.why(),
    })
}

pub(super) fn follow_up_issue(of: &Maker) -> Message {
    Message::FollowUp(FollowUpIssue {
        exercise: of.full,
        incident: 7,
        text: of.wild(),
        owner: of.wild(),
        date: of.text("2026-12-01"),
        by: "@alice".to_owned(),
        url: of.text("https://forge.example/acme/incidents/7#note-4"),
        why: of.why(),
    })
}

pub(super) fn false_alarm(of: &Maker) -> Message {
    Message::FalseAlarm(FalseAlarm {
        exercise: of.full,
        mention: of.text("@alice"),
        status: "false alarm".to_owned(),
        by: "@bob".to_owned(),
        reached: of.list(|| of.wild()),
        others: of.list(|| of.wild()),
        why: of.why(),
    })
}

pub(super) fn review(of: &Maker) -> Message {
    let known = of.list(|| of.wild());
    let answer = ReviewAnswer { heading: "Scope".to_owned(), known, hint: "to be filled in".to_owned() };
    Message::Review(Box::new(Review {
        exercise: of.full,
        title: "Weekly incident review".to_owned(),
        since: when(),
        incidents: of.list(|| ReviewLine {
            number: 7,
            open: false,
            severity: "high".to_owned(),
            opened: when(),
            closed: of.option(when()),
            answers: vec![answer],
        }),
        more: of.list(|| 8),
        topics: of.list(|| "Process improvements".to_owned()),
        why: of.why(),
    }))
}

pub(super) fn timeline_entry(of: &Maker) -> Message {
    Message::TimelineEntry(TimelineEntry {
        exercise: of.full,
        set: of.text("Severity"),
        text: of.wild(),
        by: "@alice".to_owned(),
    })
}
