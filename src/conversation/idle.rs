//! A visitor who leaves the agent's word unanswered: they are asked, the agent's place is free, and
//! in the end the conversation is closed. Whoever waits for the agent is not silent.

use super::{Conversation, Effect, Log, Standing, To};
use crate::protocol::event::{Author, Body};
use crate::protocol::frames::ServerFrame;
use crate::protocol::peer::ToRouter;
use crate::time::{Millis, Span};

/// Whose turn it is after the last event of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Last {
    /// The agent's: the visitor has written, or nobody has since the agent came.
    #[default]
    Said,
    /// The visitor's: an agent has written.
    Answered,
    /// The visitor's, who was asked whether they are still there.
    Asked,
}

impl Last {
    /// Whose turn it is after this event; none when it is whose it was: nobody is answered by
    /// somebody else's coming and going.
    pub fn of(author: &Author, body: &Body) -> Option<Self> {
        match (author, body) {
            (_, Body::Joined { .. } | Body::Left { .. }) => None,
            (_, Body::Idle) => Some(Self::Asked),
            (Author::Agent(_), _) => Some(Self::Answered),
            _ => Some(Self::Said),
        }
    }
}

impl Conversation {
    /// When `handle_time` is wanted next, at the latest. While the visitor waits for the agent that
    /// is as late as a silence that began now: so the alarm need not move with each message.
    pub fn next_timer(&self, now: Millis) -> Option<Millis> {
        let rule = self.head.care.idle;
        // Where nothing is closed, there is nothing more to do before the visitor is back.
        let done = rule.close_s == 0 && self.head.care.silent;
        if rule.ask_s == 0 || done || !matches!(self.head.standing, Standing::Assigned { .. }) {
            return None;
        }
        // A clock that went back may show what was said as yet to come. A silence that began then
        // would end later than one that begins now, and the alarm be late for the next message.
        let said = self.tail.at.min(now);
        let (from, wait) = match self.tail.last {
            // Asked once; whatever the agent adds gives the visitor more time.
            _ if self.head.care.silent => (said, rule.close_s),
            Last::Said => (now, rule.ask_s),
            Last::Answered | Last::Asked => (said, rule.ask_s),
        };
        Some(from.after(Span::seconds(wait.into())))
    }

    /// Does what is due by the clock; twice is as good as once.
    ///
    /// # Errors
    /// Those of the log.
    pub fn handle_time<L: Log>(&mut self, now: Millis, log: &L) -> Result<Vec<Effect>, L::Error> {
        if self.next_timer(now).is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        if self.head.care.silent {
            return self.end(now, Author::System, log);
        }
        let mut effects = Vec::with_capacity(4);
        let event = self.append(now, Author::System, Body::Idle, &mut effects);
        effects.push(Effect::Send { to: To::Live, frame: ServerFrame::Event { event } });
        self.head.care.silent = true;
        effects.push(Effect::Save(self.head.clone()));
        effects.push(Effect::Tell(ToRouter::Idle {
            conversation: self.id.clone(),
            generation: self.head.generation,
        }));
        Ok(effects)
    }

    /// The visitor has written after a silence that the router knows of.
    pub(super) fn return_from_silence(&mut self, effects: &mut Vec<Effect>) {
        self.head.care.silent = false;
        effects.push(Effect::Save(self.head.clone()));
        effects.push(Effect::Tell(ToRouter::Back {
            conversation: self.id.clone(),
            generation: self.head.generation,
        }));
    }
}
