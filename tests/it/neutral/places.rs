//! Every place in which the bot repeats text from people, by the messages that it sends.

use hotwash::{
    domain::message::{
        Board, DutyLine, FindingLine, FollowUpLine, ItemLine, Message, Retrospective, ShiftLine, TaskLine, Wild,
    },
    render::samples,
};

/// One message of each kind with something of everything in it, lists with several entries where lines follow each
/// other; and the sparse ones that repeat anything.
pub(super) fn messages() -> Vec<Message> {
    let mut all = samples("a text");
    for message in &mut all {
        match message {
            Message::Sitrep(sitrep) if !sitrep.text.is_empty() => {
                sitrep.text = vec![Wild::from("a line"); 3];
                sitrep.responders = vec![Wild::from("a name"); 2];
            }
            Message::Retrospective(report) => longer(report),
            Message::Board(board) if !board.reporter.is_empty() => {
                board.reporter = vec![Wild::from("a name"); 2];
                board.findings = vec![board.findings[0].clone(); 2];
                board.leads = vec![board.leads[0].clone(); 2];
            }
            _ => {}
        }
    }
    all.retain_mut(|message| !wilds(message).is_empty());
    all
}

/// Blanks with several lines, one of them empty.
fn longer(report: &mut Retrospective) {
    for section in &mut report.sections {
        if !section.kept.is_empty() {
            section.kept = ["a line", "a line", "", "a line"].map(Wild::from).to_vec();
        }
    }
}

/// Every text from people in a message that is shown and not left empty.
pub(super) fn wilds(message: &mut Message) -> Vec<&mut Wild> {
    let mut all: Vec<&mut Wild> = Vec::new();
    match message {
        Message::Board(it) => all.extend(of_board(it)),
        Message::Reminder(it) => all.push(&mut it.place),
        Message::Escalation(it) => all.push(&mut it.place),
        Message::CatchUp(it) => all.extend(it.items.iter_mut().map(|item| &mut item.place)),
        Message::Sitrep(it) => {
            all.extend([&mut it.title, &mut it.ic]);
            all.extend(it.responders.iter_mut().chain(&mut it.text));
        }
        Message::Handoff(it) => {
            all.extend([&mut it.to, &mut it.from]);
            all.extend(it.responders.iter_mut());
            all.extend(it.duties.iter_mut().map(duty).chain(it.findings.iter_mut().map(finding)));
            all.extend(it.leads.iter_mut().chain(&mut it.steps).flat_map(task));
        }
        Message::Authority(it) => all.push(&mut it.quoted),
        Message::Reply(it) => {
            all.push(&mut it.quoted);
            all.extend(it.items.iter_mut().map(item));
        }
        Message::Retrospective(it) => all.extend(of_report(it)),
        Message::FollowUp(it) => all.extend([&mut it.text, &mut it.owner]),
        Message::FalseAlarm(it) => all.extend(it.reached.iter_mut().chain(&mut it.others)),
        Message::TimelineEntry(it) => all.push(&mut it.text),
        Message::Review(it) => {
            let answers = it.incidents.iter_mut().flat_map(|line| &mut line.answers);
            all.extend(answers.flat_map(|answer| &mut answer.known));
        }
        Message::Superseded(_) | Message::Collapsed(_) | Message::Alarm(_) | Message::Gate(_) => {}
    }
    all.retain(|wild| !wild.0.is_empty());
    all
}

fn of_board(it: &mut Board) -> Vec<&mut Wild> {
    let mut all: Vec<&mut Wild> = it.ic.iter_mut().map(|holder| &mut holder.name).collect();
    all.extend(it.reporter.iter_mut().chain(&mut it.responders));
    all.extend(it.duties.iter_mut().map(duty).chain(it.findings.iter_mut().map(finding)));
    all.extend(it.shift.iter_mut().flat_map(shift));
    all.extend(it.disruptions.iter_mut().map(|line| &mut line.text));
    for checklist in &mut it.checklists {
        all.push(&mut checklist.place);
        all.extend(checklist.items.iter_mut().map(item));
    }
    all.extend(it.leads.iter_mut().chain(&mut it.steps).flat_map(task));
    all.extend(it.follow_ups.iter_mut().flat_map(follow_up));
    all.extend(it.waived.iter_mut().map(|line| &mut line.reason));
    all
}

fn of_report(it: &mut Retrospective) -> Vec<&mut Wild> {
    let mut all = vec![&mut it.title];
    all.extend(it.sections.iter_mut().flat_map(|section| &mut section.kept));
    all.extend(it.summary.iter_mut().map(|(_, value)| value));
    all.extend(it.turns.iter_mut().map(|turn| &mut turn.to));
    all.extend(it.timeline.iter_mut().map(|line| &mut line.detail));
    all.extend(it.metrics.iter_mut().map(|metric| &mut metric.value));
    all.extend(it.leads.iter_mut().chain(&mut it.steps).flat_map(task));
    all.extend(it.follow_ups.iter_mut().flat_map(follow_up));
    all.extend(it.shifts.iter_mut().flat_map(shift));
    all
}

fn duty(line: &mut DutyLine) -> &mut Wild {
    &mut line.place
}

fn finding(line: &mut FindingLine) -> &mut Wild {
    &mut line.text
}

fn item(line: &mut ItemLine) -> &mut Wild {
    &mut line.place
}

fn shift(line: &mut ShiftLine) -> &mut Vec<Wild> {
    &mut line.who
}

fn task(line: &mut TaskLine) -> [&mut Wild; 2] {
    [&mut line.text, &mut line.owner]
}

fn follow_up(line: &mut FollowUpLine) -> [&mut Wild; 2] {
    [&mut line.text, &mut line.owner]
}

#[test]
fn no_text_from_people_is_left_out() {
    let mut counted = 0;
    for mut message in samples("canary") {
        let held = serde_json::to_string(&message).unwrap().matches("canary").count();
        assert_eq!(wilds(&mut message).len(), held, "{}", message.template());
        counted += held;
    }
    assert!(counted > 50, "only {counted} places");
}
