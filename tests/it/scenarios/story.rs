//! One incident as people live it, in literal times: what they do, and what then stands in the thread.

use std::panic::Location;

use chrono::TimeDelta;
use hotwash::{
    domain::time::Moment,
    drill::{face::Kind, script::with_field},
};

use super::{
    thread::{Thread, read},
    times::{literal, moment},
};

/// The issue as teams file it.
fn template(on: Kind) -> &'static str {
    match on {
        // The forge takes off what stands above the text.
        Kind::Github => include_str!("../../../issue-templates/github/incident.md").splitn(3, "---\n").nth(2).unwrap(),
        Kind::Gitlab => include_str!("../../../issue-templates/gitlab/incident.md"),
    }
}

/// The same with these fields, and without the words that explain it.
pub(super) fn report(on: Kind, fields: &[(String, String)]) -> String {
    let (body, rest) = template(on).split_once("\nAny extra details").unwrap();
    let body = fields.iter().fold(body.to_owned(), |body, (field, value)| with_field(&body, field, value));
    let actions: String = rest.lines().filter(|line| line.starts_with('/')).flat_map(|line| ["\n", line]).collect();
    body + &actions
}

/// A look at a minute sees what was written within it.
pub(super) const MINUTE: TimeDelta = TimeDelta::seconds(59);

/// Looks at the thread; says what is wrong.
pub(super) type Look = Box<dyn Fn(&Thread) -> Result<(), String>>;

/// What happens.
pub(super) enum What {
    Files(Vec<(String, String)>),
    Comments(String),
    Labels(String),
    Edits { field: &'static str, value: String },
    Ticks(String),
    Closes,
    Reopens,
    Publishes(bool),
    Looks(Look),
}

/// One step of a story.
pub(super) struct Step {
    pub(super) at: Moment,
    pub(super) by: &'static str,
    pub(super) what: What,
    pub(super) place: &'static Location<'static>,
}

/// A story. Its times go forward.
pub(super) struct Story {
    pub(super) name: &'static str,
    pub(super) steps: Vec<Step>,
    by: &'static str,
}

/// A story in which nothing has happened yet.
pub(super) fn story(name: &'static str) -> Story {
    Story { name, steps: Vec::new(), by: "bob" }
}

impl Story {
    #[track_caller]
    fn add(mut self, at: &str, what: What) -> Self {
        let looks = matches!(what, What::Looks(_));
        let at = moment(at) + if looks { MINUTE } else { TimeDelta::zero() };
        let before = self.steps.last().map_or(at, |step| step.at);
        assert!(at >= before || literal(at) == literal(before), "{}: times go forward", self.name);
        let by = if matches!(what, What::Files(_)) { "erin" } else { self.by };
        self.steps.push(Step { at: at.max(before), by, what, place: Location::caller() });
        self
    }

    /// Erin files an issue from the template, with this severity.
    #[track_caller]
    pub(super) fn filed(self, at: &str, severity: &str) -> Self {
        self.filed_with(at, &[("Severity", severity)])
    }

    /// The same with these fields.
    #[track_caller]
    pub(super) fn filed_with(self, at: &str, fields: &[(&str, &str)]) -> Self {
        let given = [("Reporter", "@erin")].iter().chain(fields);
        let given = given.map(|(field, value)| ((*field).to_owned(), (*value).to_owned()));
        self.add(at, What::Files(given.collect()))
    }

    /// Who does what follows; Bob, if nobody else was named.
    pub(super) fn by(mut self, who: &'static str) -> Self {
        self.by = who;
        self
    }

    /// A command.
    #[track_caller]
    pub(super) fn says(self, at: &str, command: &str) -> Self {
        self.add(at, What::Comments(format!("@hotwash {command}")))
    }

    /// A comment.
    #[track_caller]
    pub(super) fn comments(self, at: &str, text: &str) -> Self {
        self.add(at, What::Comments(text.to_owned()))
    }

    /// Bob acknowledges, and commands from then on.
    #[track_caller]
    pub(super) fn acked(self, at: &str) -> Self {
        self.says(at, "ack")
    }

    /// Puts a label on.
    #[track_caller]
    pub(super) fn labels(self, at: &str, label: &str) -> Self {
        self.add(at, What::Labels(label.to_owned()))
    }

    /// Edits one field of the description.
    #[track_caller]
    pub(super) fn edits(self, at: &str, field: &'static str, value: &str) -> Self {
        self.add(at, What::Edits { field, value: value.to_owned() })
    }

    /// Ticks a box on the board.
    #[track_caller]
    pub(super) fn ticks(self, at: &str, item: &str) -> Self {
        self.add(at, What::Ticks(item.to_owned()))
    }

    #[track_caller]
    pub(super) fn closed(self, at: &str) -> Self {
        self.add(at, What::Closes)
    }

    #[track_caller]
    pub(super) fn reopened(self, at: &str) -> Self {
        self.add(at, What::Reopens)
    }

    /// The issue can be read by others, or no longer.
    #[track_caller]
    pub(super) fn published(self, at: &str, public: bool) -> Self {
        self.add(at, What::Publishes(public))
    }

    #[track_caller]
    fn look(self, at: &str, look: impl Fn(&Thread) -> Result<(), String> + 'static) -> Self {
        self.add(at, What::Looks(Box::new(look)))
    }

    /// By then, the thread has spoken of the duty at exactly these times: `09:30`, or `09:30 @bob` with whom it called.
    #[track_caller]
    pub(super) fn hears(self, at: &str, duty: &str, wanted: &[&str]) -> Self {
        let (duty, wanted): (String, Vec<String>) =
            (duty.to_owned(), wanted.iter().map(|one| (*one).to_owned()).collect());
        self.look(at, move |thread| {
            let found = thread.heard(&duty);
            let fits = |(wanted, found): (&String, &String)| {
                wanted == found || (!wanted.contains('@') && found.split(" @").next() == Some(wanted))
            };
            let holds = wanted.len() == found.len() && wanted.iter().zip(&found).all(fits);
            fails(!holds, || format!("of {duty}, the thread was to speak at {wanted:?}; it spoke at {found:?}"))
        })
    }

    /// What asked for the duty is folded away.
    #[track_caller]
    pub(super) fn folds(self, at: &str, duty: &str) -> Self {
        let duty = duty.to_owned();
        self.look(at, move |thread| {
            let about = thread.about(&duty);
            let open = about.iter().filter(|said| !said.folded).count();
            fails(about.is_empty() || open > 0, || format!("{open} of {} about {duty} are not folded", about.len()))
        })
    }

    /// The board says of a duty that it is in this state, and due then.
    #[track_caller]
    pub(super) fn owes(self, at: &str, duty: &str, state: &str, due: &str) -> Self {
        let due = moment(due).format("%Y-%m-%d %H:%M UTC").to_string();
        let (duty, state) = (duty.to_owned(), state.to_owned());
        self.look(at, move |thread| {
            let line = thread.line(&duty).unwrap_or_default();
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let holds = cells.get(1) == Some(&due.as_str()) && cells.get(4).is_some_and(|cell| *cell == state);
            fails(!holds, || format!("{duty} was to be {state}, due {due}; the board says {line:?}"))
        })
    }

    /// The board does not speak of this duty.
    #[track_caller]
    pub(super) fn owes_no(self, at: &str, duty: &str) -> Self {
        let duty = duty.to_owned();
        self.look(at, move |thread| {
            let line = thread.line(&duty);
            fails(line.is_some(), || format!("{duty} was to be no matter; the board says {line:?}"))
        })
    }

    /// The newest comment of a kind says all of this.
    #[track_caller]
    pub(super) fn reads(self, at: &str, kind: &'static str, words: &[&str]) -> Self {
        let words: Vec<String> = words.iter().map(|one| read(one)).collect();
        self.look(at, move |thread| {
            let text = thread.newest(kind).unwrap_or_default();
            let missing: Vec<&String> = words.iter().filter(|word| !text.contains(word.as_str())).collect();
            fails(!missing.is_empty(), || format!("the newest {kind} does not say {missing:?}"))
        })
    }

    /// The newest comment of a kind says nothing of this.
    #[track_caller]
    pub(super) fn reads_no(self, at: &str, kind: &'static str, words: &[&str]) -> Self {
        let words: Vec<String> = words.iter().map(|one| read(one)).collect();
        self.look(at, move |thread| {
            let text = thread.newest(kind).unwrap_or_default();
            let there: Vec<&String> = words.iter().filter(|word| text.contains(word.as_str())).collect();
            fails(text.is_empty() || !there.is_empty(), || {
                format!("the newest {kind} is to be there without {there:?}")
            })
        })
    }

    /// So many comments of a kind were posted.
    #[track_caller]
    pub(super) fn counts(self, at: &str, kind: &'static str, wanted: usize) -> Self {
        self.look(at, move |thread| {
            let found = thread.of_kind(kind).len();
            fails(found != wanted, || format!("{wanted} of the kind {kind} were to be there; there are {found}"))
        })
    }

    /// The issue carries this label, and no other of its dimension.
    #[track_caller]
    pub(super) fn carries(self, at: &str, label: &str) -> Self {
        let label = label.to_owned();
        self.look(at, move |thread| {
            let prefix = label.split("::").next().unwrap_or_default();
            let found: Vec<&String> = thread.labels.iter().filter(|it| it.split("::").next() == Some(prefix)).collect();
            fails(found != [&label], || format!("{label} was to be the only one of its kind; there are {found:?}"))
        })
    }

    /// So often did the program put this label on.
    #[track_caller]
    pub(super) fn was_given(self, at: &str, label: &str, times: usize) -> Self {
        let label = label.to_owned();
        self.look(at, move |thread| {
            let found = thread.put_on.iter().filter(|it| **it == label).count();
            fails(found != times, || format!("{label} was to be put on {times} times; it was put on {found} times"))
        })
    }

    /// The issue is open, or closed.
    #[track_caller]
    pub(super) fn stands_open(self, at: &str, open: bool) -> Self {
        self.look(at, move |thread| fails(thread.open != open, || format!("open was to be {open}")))
    }

    /// The board lists all of these, none of them ticked.
    #[track_caller]
    pub(super) fn lists(self, at: &str, items: &[&str]) -> Self {
        self.boxed(at, items, Some(false))
    }

    /// The board lists none of these.
    #[track_caller]
    pub(super) fn lists_no(self, at: &str, items: &[&str]) -> Self {
        self.boxed(at, items, None)
    }

    /// An item is ticked, by whom the board says.
    #[track_caller]
    pub(super) fn shows_done(self, at: &str, item: &str, by: &'static str) -> Self {
        let id = item.to_owned();
        self.boxed(at, &[item], Some(true)).look(at, move |thread| {
            let line = thread.line(&id).unwrap_or_default();
            fails(!line.ends_with(&format!("done by {by}")), || format!("{id} was to be done by {by}: {line:?}"))
        })
    }

    #[track_caller]
    fn boxed(self, at: &str, items: &[&str], wanted: Option<bool>) -> Self {
        let items: Vec<String> = items.iter().map(|one| (*one).to_owned()).collect();
        self.look(at, move |thread| {
            let boxes = thread.boxes();
            let found = |item: &String| boxes.iter().find(|(known, _)| known == item).map(|(_, ticked)| *ticked);
            let wrong: Vec<&String> = items.iter().filter(|item| found(item) != wanted).collect();
            fails(!wrong.is_empty(), || format!("{wrong:?} were to be {wanted:?} (ticked); the boxes are {boxes:?}"))
        })
    }

    /// The program reacted to the last comment by people, which is how it says that it obeyed.
    #[track_caller]
    pub(super) fn gets_obeyed(self, at: &str) -> Self {
        self.look(at, |thread| {
            let last = thread.said.iter().rfind(|said| said.mark.is_none());
            let reactions = last.map(|said| said.reactions.clone()).unwrap_or_default();
            fails(reactions != ["+1"], || format!("the last command was to be obeyed; reactions: {reactions:?}"))
        })
    }
}

fn fails(wrong: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if wrong { Err(why()) } else { Ok(()) }
}
