//! Visitors who are silent: they keep their agent and take no place. One who writes again takes it
//! as long as there is one, and else stands in front of the queue: nobody has more than fits.

use super::decision::Verdict;
use super::{Agent, Chat, Effect, Presence, Router, State};
use crate::id::{ConversationId, Generation};
use crate::protocol::routing::{Because, Made};
use crate::time::Millis;

impl Router {
    /// The visitor is silent. News of an assignment that is over does nothing.
    pub(super) fn idle(&mut self, now: Millis, id: &ConversationId, generation: Generation) {
        let Some(mut chat) = self.chat_copy(id) else { return };
        let State::Assigned { agent } = chat.state.clone() else { return };
        if chat.generation != generation {
            return;
        }
        let verdict = Verdict::new(Made::Idled, Because::Silent).about(&agent.id);
        self.note(now, &chat, verdict);
        chat.state = State::Idle { agent: agent.clone(), since: now };
        self.put_chat(chat);
        self.touch(now, &agent.id);
    }

    /// The visitor is back.
    pub(super) fn resume(
        &mut self,
        now: Millis,
        id: &ConversationId,
        generation: Generation,
        effects: &mut Vec<Effect>,
    ) {
        let Some(mut chat) = self.chat_copy(id) else { return };
        let State::Idle { agent, .. } = chat.state.clone() else { return };
        if chat.generation != generation {
            return;
        }
        match self.check_return(now, &chat) {
            Ok(()) => {
                let verdict = Verdict::new(Made::Resumed, Because::Wrote).about(&agent.id);
                self.note(now, &chat, verdict);
                chat.state = State::Assigned { agent: agent.clone() };
                self.put_chat(chat);
                self.touch(now, &agent.id);
            }
            Err(because) => {
                chat.fallback_at = self.fallback_of(now, &chat.department);
                let verdict = Verdict::new(Made::Requeued, because).about(&agent.id);
                self.requeue(now, chat, verdict, effects);
            }
        }
    }

    /// Whether the agent can have the visitor back. Who is away keeps theirs, as who is gone does
    /// for the grace period.
    fn check_return(&self, now: Millis, chat: &Chat) -> Result<(), Because> {
        let known = chat.served_by().and_then(|agent| self.agents.get(&agent.id));
        let here = |agent: &&Agent| match agent.presence {
            Presence::Online => true,
            Presence::Gone { since } => since.after(self.grace()) > now,
        };
        let agent = known.filter(here).ok_or(Because::AgentGone)?;
        let id = &agent.who.id;
        let bound = self.department(&chat.department).and_then(|rules| rules.per_agent);
        let fits = self.load(id) < agent.capacity
            && bound.is_none_or(|bound| self.load_in(id, &chat.department) < bound);
        if fits { Ok(()) } else { Err(Because::AgentFull) }
    }
}
