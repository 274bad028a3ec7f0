//! The one owner of the stage: takes requests in their order and answers each before it looks at the next.
//!
//! What always holds: a number is used up only by something that was carried out; whatever cannot be carried out comes
//! back as the form, with what was typed and a sentence on what to mend. Once the program under drill breaks, nothing is
//! carried out any more, and every page says so. As whom a window acts is in its address, so windows do not disturb each
//! other.

use std::{collections::VecDeque, net::SocketAddr};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use tokio::sync::mpsc::error::TryRecvError;

use super::{
    Asked, Bell, answer,
    ask::{Ask, Odd},
    clock::Way,
    fields::{Complaint, Fields, Filled},
    form::Form,
    guard,
    looks::Looks,
    slips::{Slips, Standing},
};
use crate::{
    drill::{
        script::Script,
        stage::{Stage, Trouble},
    },
    render::html::Html,
};

const USED: &str = "The same form was sent before with something else in it, and that was carried out. If you want this \
                    as well, send it again.";
const STRANGE: &str = "The form is from another drill, or from long ago, so nothing was done. Look at how things stand \
                       now, and send it again if you still want to.";

/// Sentences that can still be shown.
const NOTES: usize = 200;

/// Owns the stage.
pub struct Keeper<'s> {
    pub(super) stage: Stage<'s>,
    pub(super) script: &'s Script,
    pub(super) html: Html,
    pub(super) slips: Slips,
    /// As whom the window acts that asks at present.
    pub(super) actor: String,
    /// The clock's way to a moment that is far away.
    pub(super) way: Option<Way>,
    /// The window that asks at present waits for the clock.
    pub(super) waits: bool,
    port: u16,
    /// Why the drill cannot go on.
    pub(super) broken: Option<String>,
    notes: VecDeque<(u64, String)>,
}

/// Something was carried out.
pub(super) struct Done {
    /// Where to look.
    pub(super) to: String,
    /// What to say about it.
    pub(super) said: String,
}

/// Something was not carried out.
pub(super) enum Undone {
    /// Something is to be mended.
    Mend(Vec<Complaint>),
    /// What the form showed is no longer so.
    Stale(Vec<Complaint>),
    /// The drill broke.
    Broken(Trouble),
}

impl From<Trouble> for Undone {
    fn from(trouble: Trouble) -> Self {
        Self::Broken(trouble)
    }
}

impl From<Complaint> for Undone {
    fn from(complaint: Complaint) -> Self {
        Self::Mend(vec![complaint])
    }
}

impl<'s> Keeper<'s> {
    /// Takes over a stage that was set as `script` says; browsers ask at `address`.
    ///
    /// # Errors
    /// Where the machine gives no random numbers.
    pub fn new(stage: Stage<'s>, script: &'s Script, address: SocketAddr) -> std::io::Result<Self> {
        let html = Html::new(&super::show::TEMPLATES).map_err(std::io::Error::other)?;
        let (slips, port, actor) = (Slips::new()?, address.port(), String::new());
        let (way, waits, broken, notes) = (None, false, None, VecDeque::new());
        Ok(Self { stage, script, html, slips, actor, way, waits, port, broken, notes })
    }

    /// How the forge shows things.
    pub(super) fn looks(&self) -> Looks {
        Looks(self.script.forge)
    }

    /// Answers until `leave` completes, then ends the program under drill.
    ///
    /// # Errors
    /// Where the program does not end.
    pub async fn run(mut self, mut bell: Bell, leave: impl Future<Output = ()> + Send) -> Result<(), Trouble> {
        let mut leave = std::pin::pin!(leave);
        loop {
            let asked = tokio::select! {
                biased;
                () = &mut leave => break,
                asked = self.next(&mut bell) => asked,
            };
            let Some(Asked { request, answer }) = asked else { break };
            let response = tokio::select! {
                biased;
                () = &mut leave => break,
                response = self.answer(&request) => response,
            };
            // A browser that went away does not take back what was carried out.
            let _ = answer.send(response);
        }
        // It may be waiting for a clock that nobody moves any more, and nothing of it is kept.
        self.stage.kill().await
    }

    /// The next request. While none is there, the clock goes on its way; a stride is never broken off for one.
    async fn next(&mut self, bell: &mut Bell) -> Option<Asked> {
        while self.way.is_some() {
            match bell.asked.try_recv() {
                Ok(asked) => return Some(asked),
                Err(TryRecvError::Empty) => self.walk().await,
                Err(TryRecvError::Disconnected) => return None,
            }
        }
        bell.asked.recv().await
    }

    async fn answer(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        if let Err((status, why)) = guard::admit(request, self.port) {
            return answer::plain(status, why);
        }
        let ask = match Ask::read(request) {
            Ok(ask) => ask,
            Err(Odd::Method) => return answer::plain(StatusCode::METHOD_NOT_ALLOWED, "Pages are looked at or sent."),
            Err(Odd::Kind) => {
                return answer::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "This is not one of our forms.");
            }
        };
        self.waits = ask.waits;
        match &ask.sent {
            None => self.looked(&ask).await,
            Some(fields) => {
                self.actor = self.player(&[Some(fields.one("as")), ask.acts_as.as_deref(), ask.acted_as.as_deref()]);
                self.sent(&ask.path, fields).await
            }
        }
    }

    /// A page was asked for.
    async fn looked(&mut self, ask: &Ask) -> Response<Bytes> {
        let (here, before) = (self.player(&[ask.acts_as.as_deref()]), self.player(&[ask.acted_as.as_deref()]));
        self.actor = if here.is_empty() { before.clone() } else { here.clone() };
        let parts: Vec<&str> = ask.path.split('/').filter(|part| !part.is_empty()).collect();
        if let Some(page) = Form::at(&parts).map(|form| form.page().unwrap_or_else(|| "/".to_owned()))
            && page != ask.path
        {
            let said = "Nothing was done: the address was that of a form, and forms are sent with their buttons.";
            return self.look_at(&page, said.to_owned());
        }
        if self.waits && self.way.is_none() {
            return answer::look_at(&self.address(&ask.path, ask.note));
        }
        // A link leads from page to page within a window: who acts in it comes along.
        let led = here.is_empty() && !before.is_empty() && !is_style(&ask.path);
        if led {
            return answer::look_at(&self.address(&ask.path, ask.note));
        }
        let note = ask.note.and_then(|number| self.noted(number)).unwrap_or_default();
        self.show(&ask.path, StatusCode::OK, &Filled::default(), &note).await
    }

    /// The first of these who takes part; nobody, if none does.
    fn player(&self, names: &[Option<&str>]) -> String {
        let known = |name: &&str| self.script.people.iter().find(|player| player.login.eq_ignore_ascii_case(name));
        names.iter().flatten().find_map(known).map(|player| player.login.clone()).unwrap_or_default()
    }

    /// A form was sent.
    async fn sent(&mut self, path: &str, fields: &Fields) -> Response<Bytes> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let Some(form) = Form::at(&parts) else {
            return self.show("/nowhere", StatusCode::NOT_FOUND, &Filled::default(), "").await;
        };
        let page = form.page().unwrap_or_else(|| back(fields));
        let digest = fields.digest();
        let number = match self.slips.look(fields.one("number"), &digest) {
            Standing::Fresh(number) => number,
            Standing::Done(to) => {
                let said = "This form was sent twice. It was carried out once, the first time.".to_owned();
                return self.look_at(&to, said);
            }
            Standing::Used => return self.not_yet(&page, StatusCode::CONFLICT, form, fields, USED).await,
            Standing::Strange => return self.not_yet(&page, StatusCode::CONFLICT, form, fields, STRANGE).await,
        };
        if self.broken.is_some() {
            return self.show(&page, StatusCode::INTERNAL_SERVER_ERROR, &Filled::default(), "").await;
        }
        if let Some(says) = self.way_says() {
            let says = format!("{says} Nothing was done; send it again when the clock is there.");
            return self.not_yet(&page, StatusCode::CONFLICT, form, fields, &says).await;
        }
        let (status, complaints) = match self.carry_out(form, fields, &page).await {
            Ok(done) => return self.done(number, digest, done),
            Err(Undone::Broken(trouble)) => {
                self.broken = Some(trouble.to_string());
                (StatusCode::INTERNAL_SERVER_ERROR, Vec::new())
            }
            Err(Undone::Mend(complaints)) => (StatusCode::UNPROCESSABLE_ENTITY, complaints),
            Err(Undone::Stale(complaints)) => (StatusCode::CONFLICT, complaints),
        };
        let filled = Filled { form: form.name(), fields: fields.clone(), complaints };
        self.show(&page, status, &filled, "").await
    }

    /// Something was carried out: its number is used up, and the browser is led to where it shows.
    fn done(&mut self, number: u64, digest: String, Done { to, said }: Done) -> Response<Bytes> {
        self.slips.spend(number, digest, to.clone());
        let note = self.note(said);
        if let Some(way) = &mut self.way {
            way.note = note;
        }
        answer::look_at(&self.address(&to, Some(note)))
    }

    async fn carry_out(&mut self, form: Form, fields: &Fields, page: &str) -> Result<Done, Undone> {
        match form {
            Form::Clock => self.step(fields, page).await,
            Form::Moment => self.until(fields, page).await,
            Form::New => self.file(fields).await,
            Form::Comment(issue) => self.comment(issue, fields).await,
            Form::Edit(issue) => self.edit(issue, fields).await,
            Form::Labels(issue) => self.label(issue, fields).await,
            Form::People(issue) => self.assign(issue, fields).await,
            Form::State(issue) => self.open_or_close(issue, fields).await,
            Form::Flag(issue) => self.hide_or_show(issue, fields).await,
            Form::Again(delivery) => self.deliver_again(delivery).await,
        }
    }

    async fn not_yet(
        &mut self,
        page: &str,
        status: StatusCode,
        form: Form,
        fields: &Fields,
        says: &str,
    ) -> Response<Bytes> {
        let complaints = vec![Complaint::new("form", says)];
        let filled = Filled { form: form.name(), fields: fields.clone(), complaints };
        self.show(page, status, &filled, "").await
    }

    /// Leads to a page that says a sentence.
    fn look_at(&mut self, to: &str, said: String) -> Response<Bytes> {
        let number = self.note(said);
        answer::look_at(&self.address(to, Some(number)))
    }

    /// Keeps a sentence for a page that is to say it.
    fn note(&mut self, said: String) -> u64 {
        let number = self.notes.back().map_or(1, |(number, _)| number + 1);
        self.notes.push_back((number, said));
        if self.notes.len() > NOTES {
            self.notes.pop_front();
        }
        number
    }

    /// Another sentence in the place of one that was kept.
    pub(super) fn say_instead(&mut self, number: u64, said: String) {
        if let Some(note) = self.notes.iter_mut().find(|(known, _)| *known == number) {
            note.1 = said;
        }
    }

    /// The address of a page in the window that asks at present.
    fn address(&self, to: &str, note: Option<u64>) -> String {
        let (page, mark, place) = to.split_once('#').map_or((to, "", ""), |(page, place)| (page, "#", place));
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(note) = note {
            query.append_pair("note", &note.to_string());
            // Whoever sent the clock on its way is told when it has arrived.
            if self.way.as_ref().is_some_and(|way| way.note == note) {
                query.append_pair("waits", "");
            }
        }
        if !self.actor.is_empty() {
            query.append_pair("as", &self.actor);
        }
        format!("{page}?{}{mark}{place}", query.finish())
    }

    fn noted(&self, number: u64) -> Option<String> {
        self.notes.iter().find(|(known, _)| *known == number).map(|(_, said)| said.clone())
    }
}

fn is_style(path: &str) -> bool {
    ["/style.css", "/labels.css"].contains(&path)
}

/// The page of ours that a form on every page was sent from; the first page, if it names none.
fn back(fields: &Fields) -> String {
    let page = fields.one("back");
    let plain = page.starts_with('/') && !page.starts_with("//");
    let plain = plain && page.chars().all(|c| c.is_ascii_alphanumeric() || c == '/');
    if plain { page.to_owned() } else { "/".to_owned() }
}
