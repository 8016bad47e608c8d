//! Joining and catching up: one path for the first visit, a reload and a lost connection.

use super::about::Told;
use super::{Conversation, Effect, Log, To};
use crate::id::{Chain, Epoch, Seq};
use crate::protocol::frames::ServerFrame;
use crate::protocol::session::{Session, Stage};

/// What a client says it holds.
pub(super) struct Held {
    pub(super) after: Seq,
    pub(super) epoch: Option<Epoch>,
    pub(super) chain: Option<Chain>,
}

impl Conversation {
    pub(super) fn handle_hello<L: Log>(
        &mut self,
        from: &Session,
        held: Held,
        told: Told,
        log: &L,
    ) -> Result<Vec<Effect>, L::Error> {
        let reset = !self.is_of_this_history(&held, log)?;
        let after = if reset { Seq(0) } else { held.after };
        let events = if self.is_empty() { Vec::new() } else { log.read(after)? };
        let done = events.last().map_or(after, |event| event.seq) >= self.tail.seq;
        let mut effects = self.keep_told(from, told);
        if !self.is_empty() {
            self.learn_person(from, &mut effects);
        }
        let welcome = ServerFrame::Welcome {
            epoch: self.head.epoch.clone(),
            you: from.holder.author(),
            last_seq: self.tail.seq,
            reset,
            status: self.head.status(),
            seen: self.head.seen,
        };
        let to = To::Session(from.id);
        effects.push(Effect::Send { to: to.clone(), frame: welcome });
        effects.push(Effect::Send { to: to.clone(), frame: ServerFrame::Batch { events, done } });
        effects.extend(self.about_for(from).map(|frame| Effect::Send { to, frame }));
        let stage = if done { Stage::Live } else { Stage::CatchingUp };
        if stage != from.stage {
            effects.push(Effect::Advance { session: from.id, stage });
        }
        Ok(effects)
    }

    /// Whether what the client holds is the beginning of this log.
    fn is_of_this_history<L: Log>(&self, held: &Held, log: &L) -> Result<bool, L::Error> {
        if held.after == Seq(0) {
            return Ok(true);
        }
        if held.after > self.tail.seq || held.epoch.as_ref() != Some(&self.head.epoch) {
            return Ok(false);
        }
        let chain = match held.after == self.tail.seq {
            true => Some(self.tail.chain),
            false => log.event(held.after)?.map(|event| event.chain),
        };
        Ok(chain.is_some() && held.chain == chain)
    }
}
