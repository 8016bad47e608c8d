//! Offers: a visitor is shown to one agent, who takes, declines, or lets the time pass. The visitor
//! keeps the place all the while.

use super::decision::Verdict;
use super::{Chat, Effect, Router, State};
use crate::id::{AgentId, ConversationId};
use crate::limits;
use crate::protocol::Rejection;
use crate::protocol::desk::{Away, Offer};
use crate::protocol::routing::{Because, Made};
use crate::time::{Millis, Span};

impl Router {
    /// Asks an agent.
    pub(super) fn offer(&mut self, now: Millis, mut chat: Chat, verdict: Verdict, to: &AgentId) {
        let stands = self.department(&chat.department).map_or(0, |rules| rules.offer_s);
        self.note(now, &chat, verdict.about(to));
        if let State::Waiting { offer, .. } = &mut chat.state {
            let until = now.after(Span::seconds(stands.into()));
            *offer = Some(Offer { agent: to.clone(), until });
        }
        self.put_chat(chat);
    }

    /// Takes the answer to an offer. One that is over has no effect: whoever else was asked
    /// meanwhile stays asked.
    pub(super) fn answer(
        &mut self,
        now: Millis,
        by: &AgentId,
        conversation: &ConversationId,
        yes: bool,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Rejection> {
        let chat = self.chats.get(conversation).ok_or(Rejection::UnknownConversation)?;
        let stands = |offer: &&Offer| offer.agent == *by && offer.until > now;
        if chat.offer().filter(stands).is_none() {
            return Err(Rejection::OfferOver);
        }
        if !yes {
            self.pass_on(now, conversation, Because::Declined);
            return Ok(());
        }
        if let Some(mut agent) = self.agent_copy(by) {
            agent.misses = 0;
            self.put_agent(agent);
        }
        let verdict = Verdict::new(Made::Assigned, Because::Accepted);
        self.assign(now, conversation, by, verdict, effects);
        Ok(())
    }

    /// The time of an offer is over: its agent is away from now on.
    pub(super) fn miss(
        &mut self,
        now: Millis,
        conversation: &ConversationId,
        effects: &mut Vec<Effect>,
    ) {
        let offer = self.chats.get(conversation).and_then(Chat::offer).cloned();
        let Some(Offer { agent: id, .. }) = offer else { return };
        self.pass_on(now, conversation, Because::NoAnswer);
        if let Some(mut agent) = self.agent_copy(&id) {
            (agent.accepting, agent.away) = (false, Some(Away::Missed));
            agent.misses = agent.misses.saturating_add(1);
            self.put_agent(agent);
            self.withdraw_offers(now, &id, Because::AgentAway);
            effects.extend(self.tell_of_misses(&id));
        }
    }

    /// Ends an offer; the one asked is not asked again for a while.
    fn pass_on(&mut self, now: Millis, conversation: &ConversationId, because: Because) {
        let Some(mut chat) = self.chat_copy(conversation) else { return };
        let State::Waiting { offer, .. } = &mut chat.state else { return };
        let Some(Offer { agent, .. }) = offer.take() else { return };
        let made = if because == Because::NoAnswer { Made::Missed } else { Made::Requeued };
        self.note(now, &chat, Verdict::new(made, because).about(&agent));
        if let Err(at) = chat.passed.binary_search(&agent) {
            chat.passed.insert(at, agent);
        }
        chat.again = Some(now.after(limits::OFFER_REST));
        self.put_chat(chat);
    }

    /// Takes back what an agent was offered who cannot answer any more; that is no miss.
    pub(super) fn withdraw_offers(&mut self, now: Millis, id: &AgentId, because: Because) {
        for conversation in self.index.held_by(id) {
            let Some(mut chat) = self.chat_copy(&conversation) else { continue };
            if let State::Waiting { offer, .. } = &mut chat.state
                && offer.take().is_some()
            {
                self.note(now, &chat, Verdict::new(Made::Requeued, because).about(id));
                self.put_chat(chat);
            }
        }
    }

    /// Those who passed a visitor may be asked again.
    pub(super) fn ask_again(&mut self, conversation: &ConversationId) {
        if let Some(mut chat) = self.chat_copy(conversation) {
            (chat.passed, chat.again) = (Vec::new(), None);
            self.put_chat(chat);
        }
    }
}
