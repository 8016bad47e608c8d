//! Whose conversation it is. Once the site's server has named the visitor, the browser's secret
//! alone opens it no longer (docs/protocol.md, I4).

use super::{Conversation, Effect, Head, Standing};
use crate::limits;
use crate::protocol::close::CloseCode;
use crate::protocol::identity::Person;
use crate::protocol::peer::ToRouter;
use crate::protocol::session::{Holder, Session};
use crate::time::Millis;

impl Head {
    /// Whether the conversation is open to this holder at all.
    pub fn admits(&self, holder: &Holder) -> bool {
        match (&self.person, holder) {
            (Some(person), Holder::Person(other)) => person.id == other.id,
            (Some(_), Holder::Visitor) => false,
            (None, _) | (_, Holder::Agent { .. }) => true,
        }
    }
}

impl Conversation {
    /// Whether this session may say something here; `writes` is for what is stored. One that nobody
    /// vouches for has to show now and then that the site still takes such.
    pub(super) fn admits(&self, now: Millis, from: &Session, writes: bool) -> bool {
        let fresh = match from.holder {
            Holder::Visitor if writes => now.since(from.since) <= limits::UNNAMED_SESSION,
            _ => true,
        };
        fresh && self.head.admits(&from.holder)
    }

    /// Learns who the visitor is, or what has changed of them. What nobody has written in stays
    /// without a row, and so without a person.
    pub(super) fn learn_person(&mut self, from: &Session, effects: &mut Vec<Effect>) {
        let Holder::Person(person) = &from.holder else { return };
        if self.head.person.as_ref() == Some(person) {
            return;
        }
        if self.head.person.is_none() {
            effects.push(Effect::CloseUnnamed { code: CloseCode::Moved });
        }
        self.head.person = Some(person.clone());
        effects.push(Effect::Save(self.head.clone()));
        if !matches!(self.head.standing, Standing::Closed) {
            effects.push(self.name(person.clone()));
        }
    }

    /// Tells the router who the visitor is.
    pub(super) fn name(&self, person: Person) -> Effect {
        Effect::Tell(ToRouter::Named { conversation: self.id.clone(), person })
    }
}
