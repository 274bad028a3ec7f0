//! Rule: whoever leaves a phase with items of its gate open is told what is open, once.
//!
//! What is deliberately not here: whether the phase changes (`fold`), and putting its label back (`labels`).

use crate::domain::{
    action::{Action, Effect},
    incident::{Breach, Effective},
    message::{Gate, Message},
    process::{Ending, Item},
};

use super::{
    Notes, keys,
    view::{View, plain},
};

pub(super) fn gate(view: &View<'_>, notes: &mut Notes) {
    let incident = view.incident;
    let Some(breach) = incident.breaches.last().filter(|breach| holds(view, breach)) else { return };
    let items = view.project.process.items();
    let open: Vec<&Item> =
        items.filter(|item| breach.open.contains(&item.id) && !incident.ticked.contains_key(&item.id)).collect();
    let key = keys::gate(&breach.from, breach.to.at);
    if open.is_empty() || incident.written.iter().any(|written| written.key == key) {
        return;
    }
    let message = Box::new(Message::Gate(compose(view, breach, &open)));
    notes.act(Action { key, what: Effect::Comment { message, covers: Vec::new() } });
}

/// Nobody has thought better of it since.
fn holds(view: &View<'_>, breach: &Breach) -> bool {
    let status = view.project.process.status(&view.incident.status.value);
    let false_alarm = status.is_some_and(|status| status.ending == Some(Ending::FalseAlarm));
    let phase = &view.incident.phase;
    let stands = if breach.held { phase.value == breach.from } else { *phase == breach.to };
    stands && !false_alarm
}

fn compose(view: &View<'_>, breach: &Breach, open: &[&Item]) -> Gate {
    let title =
        |name: &str| view.project.process.phase(name).map_or_else(|| name.to_owned(), |phase| phase.title.clone());
    Gate {
        exercise: view.project.exercise,
        mention: mention(view, &breach.to),
        from: title(&breach.from),
        to: title(&breach.to.value),
        held: breach.held,
        items: open.iter().map(|item| (item.id.clone(), item.text.clone())).collect(),
        bot: view.bot(),
        why: view.because(
            "gate",
            format!(
                "phase {} set by {} through {}",
                breach.to.value,
                plain(&breach.to.by.spoken()),
                breach.to.via.spoken()
            ),
            Some(breach.to.at),
        ),
    }
}

/// Whoever set it, where that is known; else who is called for everything.
fn mention(view: &View<'_>, set: &Effective) -> String {
    set.by.account().map_or_else(|| view.mention(), |account| format!("@{}", account.login))
}
