//! What reading a body costs, against what the Markdown parser alone needs to walk it with source offsets.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints its figures, and a failed setup step should stop it"
)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use hotwash::{
    domain::reading::{Field, Vocabulary},
    text::fields::read,
};
use pulldown_cmark::{Options, Parser};

const ROUNDS: usize = 101;
const BODIES: u32 = 20;
const LIMIT: f64 = 1.5;

fn main() {
    let (body, vocabulary) = (body(), vocabulary());
    assert_eq!(read(&body, &vocabulary).fields.len(), 9, "the body holds nine fields");
    let (mut reading, mut walking) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        reading.push(timed(|| drop(black_box(read(black_box(&body), &vocabulary)))));
        walking.push(timed(|| walk(black_box(&body))));
    }
    let (read, walk) = (median(reading), median(walking));
    let ratio = read.as_secs_f64() / walk.as_secs_f64();
    println!(
        "body {} bytes, median of {ROUNDS} rounds: fields {:?}, walk {:?}",
        body.len(),
        read / BODIES,
        walk / BODIES
    );
    println!("ratio fields/walk = {ratio:.2} (limit {LIMIT:.2})");
    assert!(ratio <= LIMIT, "reading a body costs more than {LIMIT} times the walk");
}

fn walk(body: &str) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    for event in Parser::new_ext(body, options).into_offset_iter() {
        black_box(event);
    }
}

fn timed(work: impl Fn()) -> Duration {
    let start = Instant::now();
    for _ in 0..BODIES {
        work();
    }
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap()
}

/// A body as an incident has it after an hour: fields, prose, a table, tasks, code and a quotation.
fn body() -> String {
    let mut body = "The mail relay sends messages that nobody wrote.\n\n\
        - **Status**: confirmed\n- **Severity**: high\n- **Reporter**: Bob Miller\n- **IC**: @alice\n\
        - **Responders**: @carol, @dan and Eve Jones\n- **Started**: 2026-11-20 14:05\n\n\
        | Field | Value |\n| --- | --- |\n| Systems | mail, web |\n| Impact | messages to customers |\n\n\
        ### Discovery method\n\nalert\n\n## Notes\n\n"
        .to_owned();
    let notes = "The queue held *many* messages when we looked: see `mailq` and [the graph](https://graph.example/mail).\n\
        - [x] stop the queue\n- [ ] rotate the **relay's** key\n- tell the partners, see below\n\n\
        > Status: so says somebody else\n\n```sh\nmailq | tail -n 20\nSeverity: not here\n```\n\n\
        | Time | What |\n| --- | --- |\n| 14:10 | first alert |\n| 14:25 | queue stopped |\n\n";
    while body.len() + notes.len() <= 4096 {
        body.push_str(notes);
    }
    body
}

fn vocabulary() -> Vocabulary {
    let names = Field::ALL
        .iter()
        .flat_map(|field| [(field.title().to_lowercase(), *field), (field.key(), *field)])
        .chain([("incident commander".to_owned(), Field::Ic), ("commander".to_owned(), Field::Ic)])
        .collect();
    let same = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
    Vocabulary {
        names,
        statuses: same(&["investigating", "confirmed", "false alarm", "resolved"]),
        severities: same(&["unknown", "low", "medium", "high"]),
        placeholders: vec!["your name".to_owned()],
        zone: chrono_tz::Tz::America__New_York,
    }
}
