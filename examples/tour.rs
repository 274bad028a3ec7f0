//! Five minutes of an incident in one: the real program against a simulated GitHub on this machine, the thread printed
//! as it grows, the report at the end. `scripts/tour` builds and starts it.
//!
//! Ends with 0 if everything happened that should; else it says what was missing, and what everybody said last.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a step that fails should end the tour")]

use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write, stdout},
    sync::{Arc, Mutex},
    time::Instant,
};

#[expect(dead_code, reason = "shared with the tests, which use the rest")]
#[path = "../tests/it/support/mod.rs"]
mod support;

use support::{
    bot::Settings,
    forge::BOT,
    person::Said,
    stage::{Scene, Stage},
    story::whole_incident,
    thread::marker,
};

/// One hour of the incident takes six seconds.
const SPEED: u32 = 600;
/// How much of a comment is shown while the thread grows.
const SHOWN_LINES: usize = 7;
const WIDTH: usize = 108;

#[tokio::main]
async fn main() {
    let page = Arc::new(Page { start: Instant::now(), colours: stdout().is_terminal(), seen: Mutex::default() });
    page.heading("One security incident, from its report to its retrospective");
    line("The forge is a simulated GitHub on this machine; nothing leaves it. An hour takes six seconds.");
    let settings = Settings { speed: SPEED, sweep_every: "2s" };
    let stage = Stage::set(&settings, 1).await;
    let screen = Arc::clone(&page);
    stage.watched_by(Box::new(move |scene| screen.show(scene)));
    let (issue, end) = whole_incident(&stage, &|step| page.heading(step)).await;
    let scene = stage.look(issue);
    page.heading("The report");
    let report = scene.of_kind("retrospective").pop().map(|(_, said)| said.body).unwrap_or_default();
    readable(&report).lines().for_each(line);
    let own = scene.thread.iter().filter(|said| said.by == BOT).count();
    let seconds = page.start.elapsed().as_secs();
    page.heading(&format!("Done in {seconds} s: {own} comments by Hotwash, none of them twice"));
    line(&format!("labels: {}", end.labels.join(", ")));
    if stage.stop_bot() != Some(0) {
        line("but Hotwash did not stop as asked");
        std::process::exit(3);
    }
}

/// The terminal, and what it has shown already.
struct Page {
    start: Instant,
    colours: bool,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    labels: Vec<String>,
    /// Texts of comments by number, and whether they are folded away.
    comments: BTreeMap<u64, (String, bool)>,
}

impl Page {
    fn heading(&self, text: &str) {
        let (on, off) = if self.colours { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        line(&format!("\n{on}== {text}{off}"));
    }

    /// Whatever is new or different since the last time.
    fn show(&self, scene: &Scene) {
        let mut seen = self.seen.lock().unwrap();
        if scene.labels != seen.labels {
            self.entry("labels", &scene.labels.join(", "), 1);
            seen.labels.clone_from(&scene.labels);
        }
        for said in &scene.thread {
            let before = seen.comments.insert(said.id, (said.body.clone(), said.folded));
            match before {
                None => self.entry(&who(said), &readable(&said.body), SHOWN_LINES),
                Some((_, false)) if said.folded => self.entry(&who(said), "(folded away)", 1),
                Some((before, _)) if before == said.body => {}
                Some((before, _)) => self.entry(&who(said), &difference(&before, said), 2),
            }
        }
    }

    /// `  2:10  hotwash, reminder   text`: the incident's own time since it began, who, and the first lines.
    fn entry(&self, who: &str, text: &str, most: usize) {
        let minutes = self.start.elapsed().as_secs_f64() * f64::from(SPEED) / 60.0;
        let clock = format!("{:>3.0}:{:02.0}", (minutes / 60.0).floor(), (minutes % 60.0).floor());
        let (on, off) = if self.colours { ("\x1b[36m", "\x1b[0m") } else { ("", "") };
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        line(&format!("{clock}  {on}{who}{off}"));
        lines.by_ref().take(most).for_each(|text| line(&format!("        {}", short(text))));
        let more = lines.count();
        if more > 0 && most > 2 {
            line(&format!("        … {more} more lines"));
        }
    }
}

fn who(said: &Said) -> String {
    match marker(&said.body) {
        Some(marker) if said.by == BOT => format!("hotwash: {}", marker.kind),
        _ => said.by.clone(),
    }
}

/// Prints a line. A reader who has left, as in `scripts/tour | head`, is no reason to fail.
fn line(text: &str) {
    let _ = writeln!(stdout(), "{text}");
}

/// What an edit changed, in a line or two.
fn difference(before: &str, now: &Said) -> String {
    let (before, after) = (readable(before), readable(&now.body));
    if now.body.len() < before.len() / 2 {
        return format!("(folded) {}", after.lines().find(|line| !line.trim().is_empty()).unwrap_or_default());
    }
    let new: Vec<&str> = after.lines().filter(|line| !before.contains(line.trim())).collect();
    format!("(edited) {}", new.join("\n"))
}

/// Markdown as a terminal shows it best: without comments, tags, emphasis and the line that every comment begins with.
fn readable(body: &str) -> String {
    let mut text = body.to_owned();
    while let Some((before, rest)) = text.split_once("<!--") {
        let after = rest.split_once("-->").map_or("", |(_, after)| after);
        text = format!("{before}{after}");
    }
    for gone in ["**", "<sub>", "</sub>"] {
        text = text.replace(gone, "");
    }
    let lines = text.lines().filter(|line| !line.starts_with("EXERCISE") && !line.starts_with("|---"));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn short(line: &str) -> String {
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    line.chars().take(WIDTH - 1).chain(['…']).collect()
}
