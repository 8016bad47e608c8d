//! Helpers: agents whom another has asked into a conversation. They read and write; it stays with
//! its agent, and takes none of their places.

use super::hand::Hand;
use super::{Chat, Effect, Presence, Router};
use crate::id::{AgentId, ConversationId};
use crate::limits;
use crate::protocol::Rejection;
use crate::protocol::peer::ToConversation;

impl Router {
    /// Asks an agent into a conversation; being there is enough, accepting new chats is not asked.
    pub(super) fn invite(
        &mut self,
        hand: &Hand<'_>,
        to: &AgentId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Rejection> {
        let (mut chat, owner) = self.check_own(hand)?;
        if owner == *to || chat.helpers.iter().any(|helper| helper.id == *to) {
            return Ok(());
        }
        let there = |agent: &&super::Agent| agent.presence == Presence::Online;
        let agent = self.agents.get(to).filter(there).ok_or(Rejection::AgentUnavailable)?;
        if chat.helpers.len() >= limits::HELPERS {
            return Err(Rejection::AgentUnavailable);
        }
        chat.helpers.push(agent.who.clone());
        self.put_helpers(chat, effects);
        Ok(())
    }

    /// A helper leaves.
    pub(super) fn stop_helping(
        &mut self,
        by: &AgentId,
        conversation: &ConversationId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Rejection> {
        let mut chat = self.chat_copy(conversation).ok_or(Rejection::UnknownConversation)?;
        if chat.helpers.iter().all(|helper| helper.id != *by) {
            return Err(Rejection::NotAssigned);
        }
        chat.helpers.retain(|helper| helper.id != *by);
        self.put_helpers(chat, effects);
        Ok(())
    }

    /// Somebody who is out of the team helps nobody.
    pub(super) fn leave_all(&mut self, id: &AgentId, effects: &mut Vec<Effect>) {
        let helps = |chat: &&Chat| chat.helpers.iter().any(|helper| helper.id == *id);
        let all: Vec<ConversationId> =
            self.chats.values().filter(helps).map(|chat| chat.conversation.clone()).collect();
        for conversation in all {
            let left = self.stop_helping(id, &conversation, effects);
            debug_assert_eq!(left, Ok(()));
        }
    }

    fn put_helpers(&mut self, chat: Chat, effects: &mut Vec<Effect>) {
        let (generation, helpers) = (chat.generation, chat.helpers.clone());
        let tell = ToConversation::Helpers { generation, helpers };
        effects.push(Effect::Tell { to: chat.conversation.clone(), tell });
        self.put_chat(chat);
    }
}
