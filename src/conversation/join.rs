//! Joining and catching up: one path for the first visit, a reload and a lost connection.

use super::{Conversation, Effect, Log, To};
use crate::id::{Epoch, Seq};
use crate::limits;
use crate::protocol::frames::{Context, ServerFrame};
use crate::protocol::session::{Holder, Session, Stage};

impl Conversation {
    pub(super) fn handle_hello<L: Log>(
        &mut self,
        from: &Session,
        after: Seq,
        epoch: Option<Epoch>,
        context: Option<Context>,
        log: &L,
    ) -> Result<Vec<Effect>, L::Error> {
        let other_history = after > Seq(0) && epoch.as_ref() != Some(&self.head.epoch);
        let reset = other_history || after > self.last_seq;
        let after = if reset { Seq(0) } else { after };
        let events = log.read(after)?;
        let done = events.last().map_or(after, |event| event.seq) >= self.last_seq;
        let mut effects = self.keep_context(from, context);
        let welcome = ServerFrame::Welcome {
            epoch: self.head.epoch.clone(),
            you: from.holder.author(),
            last_seq: self.last_seq,
            reset,
            status: self.head.status(),
            seen: self.head.seen,
        };
        let to = To::Session(from.id);
        effects.push(Effect::Send { to: to.clone(), frame: welcome });
        effects.push(Effect::Send { to, frame: ServerFrame::Batch { events, done } });
        let stage = if done { Stage::Live } else { Stage::CatchingUp };
        if stage != from.stage {
            effects.push(Effect::Advance { session: from.id, stage });
        }
        Ok(effects)
    }

    /// Remembers where the visitor is, for the router and through hibernation; a row is written
    /// only when it changed.
    fn keep_context(&mut self, from: &Session, context: Option<Context>) -> Vec<Effect> {
        let (Holder::Visitor, Some(context)) = (&from.holder, context) else {
            return Vec::new();
        };
        let context = Context {
            locale: cut(&context.locale, limits::LOCALE_CHARS),
            page: cut(&context.page, limits::PAGE_CHARS),
        };
        if context == self.head.context {
            return Vec::new();
        }
        self.head.context = context;
        vec![Effect::Save(self.head.clone())]
    }
}

fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}
