//! A form that the visitor has filled in: stored once, as a message is, and with the same effect.

use super::{Conversation, Effect, Log, Standing, To};
use crate::protocol::event::{Author, Body};
use crate::protocol::frames::ServerFrame;
use crate::protocol::session::{Holder, Session};
use crate::protocol::widget::Filled;
use crate::time::Millis;

impl Conversation {
    /// Whether this session may fill in a form here.
    pub fn takes_form_of(&self, now: Millis, from: &Session) -> bool {
        !matches!(from.holder, Holder::Agent { .. }) && self.admits(now, from, true)
    }

    /// Takes a form that the site has found to be in order. `from` has no socket of its own; its
    /// draft is that of the visitor's session, while nobody has written.
    ///
    /// # Errors
    /// Those of the log.
    pub fn handle_filled<L: Log>(
        &mut self,
        now: Millis,
        from: &Session,
        filled: Filled,
        log: &L,
    ) -> Result<Vec<Effect>, L::Error> {
        let Filled { client_id, answers, department } = filled;
        let known = self.find(&Author::Visitor, &client_id, log)?.is_some();
        if known || !self.takes_form_of(now, from) {
            return Ok(Vec::new());
        }
        self.take_draft(from);
        let mut effects = Vec::with_capacity(6);
        self.learn_person(from, &mut effects);
        let woken = matches!(self.head.standing, Standing::Closed);
        let returns = self.head.care.silent;
        if woken && department.is_some() {
            self.head.context.department.clone_from(&department);
            self.head.chosen = department;
        }
        let reopened = (woken && !self.is_empty()).then_some(Body::Reopened);
        for body in reopened.into_iter().chain([Body::Filled { client_id, answers }]) {
            let event = self.append(now, Author::Visitor, body, &mut effects);
            effects.push(Effect::Send { to: To::Live, frame: ServerFrame::Event { event } });
        }
        if woken {
            self.wait_for_agent(now, &mut effects);
        }
        if returns {
            self.return_from_silence(&mut effects);
        }
        Ok(effects)
    }
}
