//! What goes wrong from a step on: switches of the simulated forge, in a script's words.

use std::ops::RangeInclusive;

use chrono::Duration;

use crate::{
    document::{Hint, Node, Table, quoted},
    drill::faults::{Effect, How, Mail, Switch, Which},
};

/// What a step changes about the faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weather {
    /// Everything goes well from now on.
    Fair,
    /// These go wrong, too, from now on.
    Foul {
        /// With requests.
        switch: Option<Switch>,
        /// With deliveries.
        mail: Option<Mail>,
        /// Lists lag behind by this much.
        lag: Option<Duration>,
    },
}

const KEYS: [&str; 8] = ["requests", "path", "end", "effect", "percent", "at_most", "deliveries", "lists_lag"];

const ENDS: [(&str, How); 10] = [
    ("500", How::Status(500)),
    ("502", How::Status(502)),
    ("503", How::Status(503)),
    ("504", How::Status(504)),
    ("429", How::TooMany(Some(60))),
    ("429 without a wait", How::TooMany(None)),
    ("403", How::Status(403)),
    ("hang", How::Hang),
    ("reset", How::Reset),
    ("truncated", How::Truncated),
];

/// Delays of deliveries, late writes and lists.
const SPANS: RangeInclusive<Duration> = Duration::zero()..=Duration::hours(6);

/// `faults = "none"`, or a table of what goes wrong.
pub(super) fn weather(node: &Node<'_>) -> Option<Weather> {
    if node.is_text() {
        return node.choice(&[("none", ())]).map(|()| Weather::Fair);
    }
    let table = node.table()?;
    table.only(&KEYS);
    let switch = table.get("requests").map(|node| switch(&table, &node));
    let mail = table.get("deliveries").map(|node| mail(&node));
    let lag = table.get("lists_lag").map(|node| node.span(&SPANS));
    if switch.is_none() && mail.is_none() && lag.is_none() {
        table.reject_absence("switches nothing on; write requests, deliveries or lists_lag, or \"none\"");
        return None;
    }
    if switch.is_none() {
        for key in ["path", "end", "effect", "percent", "at_most"] {
            if let Some(node) = table.get(key) {
                node.reject("is about `requests`, which is not there");
            }
        }
    }
    let given = |wanted: bool, read: bool| !wanted || read;
    let whole = given(switch.is_some(), switch.as_ref().is_some_and(Option::is_some))
        && given(mail.is_some(), mail.as_ref().is_some_and(Option::is_some))
        && given(lag.is_some(), lag.as_ref().is_some_and(Option::is_some));
    whole.then(|| Weather::Foul { switch: switch.flatten(), mail: mail.flatten(), lag: lag.flatten() })
}

fn switch(table: &Table<'_>, requests: &Node<'_>) -> Option<Switch> {
    let methods = [("all", None), ("writes", Some("write")), ("reads", Some("GET"))];
    let method = requests.choice(&methods)?;
    let how = table.need("end").and_then(|node| node.choice(&ENDS));
    let effect = table.get("effect").map_or(Some(Effect::Nothing), |node| effect(&node));
    let percent = table.get("percent").map_or(Some(100), |node| node.whole(&(1..=100)));
    let at_most = match table.get("at_most") {
        Some(node) => Some(node.whole(&(1..=100_000))?),
        None => None,
    };
    let path = table.get("path").and_then(|node| node.text()).map(str::to_owned);
    let which = Which { method: method.map(str::to_owned), path };
    Some(Switch { which, how: how?, effect: effect?, percent: u8::try_from(percent?).unwrap_or(100), at_most })
}

/// `"nothing"`, `"done"`, `"done after 20s"`.
fn effect(node: &Node<'_>) -> Option<Effect> {
    let text = node.text()?;
    let read = match text {
        "nothing" => Some(Effect::Nothing),
        "done" => Some(Effect::AtOnce),
        _ => text.strip_prefix("done after ").and_then(crate::document::duration).map(Effect::Later),
    };
    if read.is_none() {
        let forms = ["nothing", "done", "done after 20s"].map(str::to_owned).to_vec();
        node.reject_for(format!("{} says not what becomes of a request", quoted(text)), Hint::Allowed(forms));
    }
    read
}

/// `{ lost = 30, doubled = 20, late = 30, by = "2m" }`: of a hundred.
fn mail(node: &Node<'_>) -> Option<Mail> {
    let table = node.table()?;
    table.only(&["lost", "doubled", "late", "by"]);
    let percent = |key: &str| {
        table.get(key).map_or(Some(0), |node| node.whole(&(0..=100)).and_then(|number| u8::try_from(number).ok()))
    };
    let delay = table.get("by").map_or(Some(Duration::minutes(1)), |node| node.span(&SPANS));
    Some(Mail { drop: percent("lost")?, double: percent("doubled")?, late: percent("late")?, delay: delay? })
}
