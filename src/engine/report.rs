//! The text of a report: from the journal as it was at the closing, and from what people wrote into an earlier one.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{
        event::{Event, What},
        ids::CommentId,
        message::{Message, MessageKind},
    },
    forge::Forge,
    plan,
    plan::fold::fold,
    report,
    store::Entry,
    text::{neutral, sections},
};

use super::{Trouble, desk::Desk};

impl Desk<'_> {
    /// The text of the report of one closing.
    pub(super) async fn report(&mut self, forge: &Forge, closing: u32) -> Result<String, Trouble> {
        self.flush().await?;
        self.stay().await?;
        let entries = self.engine.ports.store.journal(&self.claim.issue).await?;
        let entries = self.up_to_closing(&entries, closing);
        let digest = entries.last().map_or("", |entry| entry.hash.as_str());
        let events: Vec<Event> = entries.iter().map(|entry| entry.event.clone()).collect();
        let incident = fold(&self.claim.issue, &events, &self.project);
        let kept = self.kept(forge, closing).await?;
        let source = report::Source {
            incident: &incident,
            events: &events,
            project: &self.project,
            title: &self.title,
            digest,
            kept: &kept,
        };
        let message = Message::Retrospective(Box::new(report::retrospective(&source)));
        Ok(self.renderer.render(&message)?)
    }

    /// What belongs to the report of one closing, so that the same report comes out whenever it is made: not what was done
    /// after it, but what was done before it and learned later (a command whose judgement had to wait, say), and where
    /// the follow-ups are that were asked for before it.
    fn up_to_closing<'e>(&self, entries: &'e [Entry], closing: u32) -> Vec<&'e Entry> {
        let nth = usize::try_from(closing.saturating_sub(1)).unwrap_or(usize::MAX);
        let closed = entries.iter().filter(|entry| entry.event.what == What::Closed).nth(nth);
        let (last, at) = closed.map_or_else(|| (u64::MAX, self.now()), |entry| (entry.seq, entry.event.at));
        let asked = |key: &str| self.incident.follow_ups.iter().any(|asked| asked.key == key && asked.at <= at);
        let belongs = |event: &Event| match &event.what {
            What::Closed => false,
            What::Filed { key, .. } => asked(key),
            What::Duty { .. } => event.at <= at,
            _ => event.at <= at && event.by.is_human(),
        };
        entries.iter().filter(|entry| entry.seq <= last || belongs(&entry.event)).collect()
    }

    /// What people wrote into the blanks of an earlier report.
    async fn kept(&mut self, forge: &Forge, closing: u32) -> Result<BTreeMap<String, Vec<String>>, Trouble> {
        // The one of this closing may be half posted.
        let own = plan::keys::retrospective(closing);
        let earlier = self.incident.written.iter().rev().find(|written| {
            let whole = !written.gone && !written.key.contains('#');
            written.kind == MessageKind::Retrospective && whole && written.key != own
        });
        let Some(earlier) = earlier.map(|written| written.key.clone()) else { return Ok(BTreeMap::new()) };
        let thread = self.every_comment(forge).await?;
        // A long report stands in several comments; the blanks are in the last of them.
        let pages = self.incident.written.iter().filter(|written| written.key.split('#').next() == Some(&earlier));
        let pages: BTreeSet<CommentId> = pages.map(|written| written.comment).collect();
        let bodies = thread.iter().filter(|comment| pages.contains(&comment.id)).map(|comment| comment.body.as_str());
        let body = bodies.collect::<Vec<_>>().join("\n\n");
        let kept = self.project.process.report.blanks().into_iter().map(|blank| {
            let lines = sections::under(&body, &blank.heading).into_iter().map(|line| neutral::undo(&line));
            let written = lines.filter(|line| line.trim_matches('_') != blank.hint).collect();
            (blank.heading, written)
        });
        Ok(kept.filter(|(_, lines): &(String, Vec<String>)| !lines.is_empty()).collect())
    }
}
