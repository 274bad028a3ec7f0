//! Every word the bot writes: one Handlebars template per kind of message, replaceable one by one.
//!
//! What always holds: text from people reaches the output through the encoder only, whatever an override says; a
//! renderer that was made can render every message; what an exercise writes says so first; the same message gives the same bytes; no line ends in a space or
//! begins like a quick action. What is deliberately not here: the encoder (an argument), the hidden marker and the
//! splitting of long reports (the engine's), and any decision on what to say.

mod clean;
mod error;
mod fields;
pub mod html;
mod overrides;
mod sample;
mod scan;
mod shipped;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::Path,
};

use handlebars::Handlebars;
use serde_json::Value;

pub use self::{
    error::{Problem, RenderError},
    sample::samples,
};
use self::{
    overrides::Source,
    scan::{Place, Tag},
};
use crate::domain::{message::Message, process::Wording};

/// What the first line of everything that an exercise writes begins with.
const MARK: &str = "**EXERCISE**";

/// The largest text that a template may produce, in bytes.
const LARGEST_OUTPUT: usize = 2 * 1024 * 1024;

/// Turns messages into text.
#[derive(Debug)]
pub struct Renderer {
    shipped: Handlebars<'static>,
    /// With the overrides in place; `None` where there are none.
    overridden: Option<Handlebars<'static>>,
}

impl Renderer {
    /// Reads and tries every template: the shipped ones, and those in the folder `overrides` that replace them.
    ///
    /// `encode` neutralises text from people; it is given one line at a time.
    ///
    /// # Errors
    /// Everything that is wrong with the overrides, each with its file and line.
    pub fn new(overrides: Option<&Path>, encode: fn(&str) -> String) -> Result<Self, RenderError> {
        Self::with_wording(&[], overrides, encode)
    }

    /// The same, with the templates that a process brings along; those of the folder go before them.
    ///
    /// # Errors
    /// As `new`; a template of a process is named by the process's file and its line there.
    pub fn with_wording(
        wording: &[Wording],
        overrides: Option<&Path>,
        encode: fn(&str) -> String,
    ) -> Result<Self, RenderError> {
        let mut sources = shipped::sources();
        let shipped = registry(&sources, Vec::new(), encode)?;
        if wording.is_empty() && overrides.is_none() {
            return Ok(Self { shipped, overridden: None });
        }
        let (found, mut problems) = overrides::of_process(wording);
        sources.extend(found);
        if let Some((found, more)) = overrides.map(overrides::read) {
            sources.extend(found);
            problems.extend(more);
        }
        Ok(Self { shipped, overridden: Some(registry(&sources, problems, encode)?) })
    }

    /// The message as Markdown, without the marker and without a last newline.
    ///
    /// An override that cannot show this very message gives way to the shipped template: a reminder in plain words is
    /// worth more at night than none.
    ///
    /// # Errors
    /// When the text grows beyond 2 MB, which only a message of absurd size can cause.
    pub fn render(&self, message: &Message) -> Result<String, RenderError> {
        if let Some(text) = self.overridden.as_ref().and_then(|templates| produce(templates, message).ok()) {
            return Ok(self.marked(message, text));
        }
        produce(&self.shipped, message).map_err(|failure| match failure {
            Failure::TooLong => RenderError::TooLong { template: message.template(), limit: LARGEST_OUTPUT },
            Failure::Template { what, .. } => RenderError::Message { template: message.template(), what },
        })
    }

    /// In an exercise the shipped mark stands above whatever does not begin with it: no override can drop it.
    fn marked(&self, message: &Message, text: String) -> String {
        let view = clean::view(message);
        if view.get("exercise") != Some(&Value::Bool(true)) || text.starts_with(MARK) {
            return text;
        }
        let mark = self.shipped.render("exercise", &view).unwrap_or_else(|_| MARK.to_owned());
        format!("{}\n\n{text}", mark.trim_end())
    }
}

/// Checks, compiles and tries a full set of templates. One that is wrong gives way to the shipped one for what is left to
/// be checked, so that everything wrong with the others is told as well, beside the `problems` that are known already.
fn registry(
    sources: &BTreeMap<String, Source>,
    problems: Vec<Problem>,
    encode: fn(&str) -> String,
) -> Result<Handlebars<'static>, RenderError> {
    let shipped = shipped::sources();
    let usable = sources.iter().map(|(name, source)| (name.as_str(), source)).collect();
    let mut trial = Trial { sources, shipped: &shipped, usable, problems };
    let samples = samples("a text");
    trial.set_aside(unreadable(&trial.usable));
    trial.set_aside(misnamed(&trial.usable, &samples));
    trial.set_aside(compiled(&trial.usable, encode).1);
    let (templates, _) = compiled(&trial.usable, encode);
    let wrong = samples.iter().filter_map(|message| match produce(&templates, message) {
        Err(Failure::Template { name, place, what }) => {
            let name = name.filter(|name| sources.contains_key(name));
            Some((name.unwrap_or_else(|| message.template().to_owned()), place, what))
        }
        _ => None,
    });
    trial.set_aside(wrong.collect());
    trial.set_aside(silent(&templates, &samples));
    RenderError::unless_empty(&mut trial.problems)?;
    Ok(templates)
}

/// What is wrong with one template: its name, the place, what.
type Wrong = (String, Place, String);

/// Templates on trial.
struct Trial<'s> {
    sources: &'s BTreeMap<String, Source>,
    shipped: &'s BTreeMap<String, Source>,
    /// The sources, with shipped ones in the place of those that are known to be wrong.
    usable: BTreeMap<&'s str, &'s Source>,
    problems: Vec<Problem>,
}

impl Trial<'_> {
    fn set_aside(&mut self, wrong: Vec<Wrong>) {
        for (name, place, what) in wrong {
            self.problems.extend(self.sources.get(&name).map(|source| source.problem(place, what)));
            if let (Some(place), Some(shipped)) = (self.usable.get_mut(name.as_str()), self.shipped.get(&name)) {
                *place = shipped;
            }
        }
    }
}

/// Templates whose tags cannot be told apart.
fn unreadable(sources: &BTreeMap<&str, &Source>) -> Vec<Wrong> {
    let wrong = |(name, source): (&&str, &&Source)| {
        scan::tags(&source.text).err().map(|(place, what)| ((*name).to_owned(), place, what))
    };
    sources.iter().filter_map(wrong).collect()
}

/// Templates that say nothing, whatever the message holds.
fn silent(templates: &Handlebars<'static>, samples: &[Message]) -> Vec<Wrong> {
    let is_blank = |message: &&Message| produce(templates, message).is_ok_and(|text| text.trim().is_empty());
    let (blank, speaking): (Vec<&Message>, Vec<&Message>) = samples.iter().partition(is_blank);
    let speaking: BTreeSet<&str> = speaking.iter().map(|message| message.template()).collect();
    let silent: BTreeSet<&str> =
        blank.iter().map(|message| message.template()).filter(|name| !speaking.contains(name)).collect();
    let what = "says nothing: leave it out, to say what the program says otherwise";
    silent.into_iter().map(|name| (name.to_owned(), Place { line: 1, column: 0 }, what.to_owned())).collect()
}

/// Tags that name nothing that their message has.
fn misnamed(sources: &BTreeMap<&str, &Source>, samples: &[Message]) -> Vec<Wrong> {
    let tags: BTreeMap<&str, Vec<Tag<'_>>> =
        sources.iter().filter_map(|(name, source)| Some((*name, scan::tags(&source.text).ok()?))).collect();
    let full = samples.iter().step_by(2);
    let wrong = full.flat_map(|message| fields::unknown(message.template(), &tags, &clean::view(message)));
    wrong.map(|(name, place, what)| (name.to_owned(), place, what)).collect()
}

/// The registry of those that the template engine takes, and what is wrong with the others.
fn compiled(sources: &BTreeMap<&str, &Source>, encode: fn(&str) -> String) -> (Handlebars<'static>, Vec<Wrong>) {
    let mut templates = Handlebars::new();
    templates.set_strict_mode(true);
    templates.register_escape_fn(move |text| encode(&clean::one_line(text)));
    words::register(&mut templates);
    let mut wrong = Vec::new();
    for (name, source) in sources {
        if let Err(error) = templates.register_template_string(name, &source.text) {
            let (line, column) = error.pos().unwrap_or((1, 0));
            wrong.push(((*name).to_owned(), Place { line, column }, error.reason().to_string()));
        }
    }
    (templates, wrong)
}

/// Why a template gave no text.
enum Failure {
    TooLong,
    Template { name: Option<String>, place: Place, what: String },
}

fn produce(templates: &Handlebars<'static>, message: &Message) -> Result<String, Failure> {
    let mut out = Bounded::default();
    let rendered = templates.render_to_write(message.template(), &clean::view(message), &mut out);
    if out.full {
        return Err(Failure::TooLong);
    }
    match rendered {
        Ok(()) => Ok(clean::tidy(&String::from_utf8_lossy(&out.bytes))),
        Err(error) => Err(Failure::Template {
            name: error.template_name.clone(),
            place: Place { line: error.line_no.unwrap_or(1), column: error.column_no.unwrap_or(0) },
            what: error.reason().to_string(),
        }),
    }
}

/// A buffer that takes no more than the largest output.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    full: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > LARGEST_OUTPUT {
            self.full = true;
            return Err(io::Error::other("the text is too long"));
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
