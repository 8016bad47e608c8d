//! What must hold after every handler, made to hold: grace, matching, places, and the news of it.

use super::{Chat, Effect, Place, Presence, Router, State, To};
use crate::id::{AgentId, ConversationId};
use crate::limits;
use crate::protocol::desk::DeskServerFrame;
use crate::protocol::peer::ToConversation;
use crate::time::Millis;
use std::cmp::Reverse;

impl Router {
    pub(super) fn settle(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        self.end_grace(now, effects);
        self.match_waiting(now, effects);
        self.forget_old(effects);
        self.tell_places(effects);
        self.publish(effects);
    }

    /// Gives the conversations of agents whose grace is over back to the front of the queue.
    fn end_grace(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let over = |end: Millis| end <= now;
        let gone: Vec<AgentId> = self
            .agents
            .values()
            .filter(|agent| agent.grace_ends().is_some_and(over))
            .map(|agent| agent.who.id.clone())
            .collect();
        let mut back: Vec<(Millis, ConversationId)> = self
            .chats
            .values()
            .filter(|chat| gone.iter().any(|id| chat.is_assigned_to(id)))
            .map(|chat| (chat.since, chat.conversation.clone()))
            .collect();
        // The one that began first ends up in front of all.
        back.sort_by_key(|key| Reverse(key.clone()));
        let mut front = self.ranks().min().unwrap_or(1);
        for (_, conversation) in back {
            let Some(chat) = self.chats.get_mut(&conversation) else { continue };
            let State::Assigned { agent } = chat.state.clone() else { continue };
            front = front.saturating_sub(1);
            chat.generation = chat.generation.next();
            chat.state = State::Waiting { rank: front, told: None };
            let tell = ToConversation::Requeued { generation: chat.generation };
            effects.push(Effect::Tell { to: conversation.clone(), tell });
            self.changed_chats.insert(conversation);
            self.changed_agents.insert(agent.id);
        }
    }

    /// Gives waiting conversations to free agents until one of the two runs out.
    fn match_waiting(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        for conversation in self.queue() {
            let Some(agent) = self.choose() else { break };
            self.assign(now, &conversation, &agent, effects);
        }
    }

    /// The least loaded agent on duty below capacity; of these the longest idle; of these the
    /// lowest id.
    fn choose(&self) -> Option<AgentId> {
        self.agents
            .values()
            .filter(|agent| agent.is_on_duty())
            .map(|agent| (self.load(&agent.who.id), agent))
            .filter(|(load, agent)| *load < agent.capacity)
            .min_by_key(|(load, agent)| (*load, agent.idle_since, &agent.who.id))
            .map(|(_, agent)| agent.who.id.clone())
    }

    /// Waiting conversations, the next one first.
    fn queue(&self) -> Vec<ConversationId> {
        let mut waiting: Vec<(i32, &Chat)> =
            self.chats.values().filter_map(|chat| Some((chat.rank()?, chat))).collect();
        waiting.sort_by_key(|(rank, _)| *rank);
        waiting.into_iter().map(|(_, chat)| chat.conversation.clone()).collect()
    }

    /// Keeps only the conversations closed last.
    fn forget_old(&mut self, effects: &mut Vec<Effect>) {
        let mut closed: Vec<(Millis, ConversationId)> = self
            .chats
            .values()
            .filter(|chat| matches!(chat.state, State::Closed { .. }))
            .map(|chat| (chat.since, chat.conversation.clone()))
            .collect();
        closed.sort_by_key(|key| Reverse(key.clone()));
        for (_, conversation) in closed.into_iter().skip(limits::CLOSED_KEPT) {
            self.chats.remove(&conversation);
            self.changed_chats.remove(&conversation);
            effects.push(Effect::DropChat(conversation));
        }
    }

    /// Tells those in front of the queue their place, when it is not what they were told.
    fn tell_places(&mut self, effects: &mut Vec<Effect>) {
        let staffed = self.agents.values().any(super::Agent::is_on_duty);
        let queue = self.queue();
        for (conversation, position) in queue.into_iter().take(limits::PLACES_TOLD).zip(1u32..) {
            let place = Place { position, staffed };
            if let Some(chat) = self.chats.get_mut(&conversation)
                && let State::Waiting { told, .. } = &mut chat.state
                && *told != Some(place)
            {
                *told = Some(place);
                effects.push(Effect::SaveChat(chat.clone()));
                let tell = ToConversation::Place { place };
                effects.push(Effect::Tell { to: conversation, tell });
            }
        }
    }

    /// Stores and shows what changed.
    fn publish(&mut self, effects: &mut Vec<Effect>) {
        let mut changed = Vec::new();
        for id in std::mem::take(&mut self.changed_chats) {
            if let Some(chat) = self.chats.get(&id) {
                effects.push(Effect::SaveChat(chat.clone()));
                changed.push(chat.entry());
            }
        }
        for id in std::mem::take(&mut self.changed_agents) {
            if let Some(agent) = self.agents.get(&id) {
                effects.push(Effect::SaveAgent(agent.clone()));
                let frame = DeskServerFrame::Agent { agent: self.roster_entry(agent) };
                effects.push(Effect::Send { to: To::Consoles, frame });
            }
        }
        if !changed.is_empty() {
            let frame = DeskServerFrame::Conversations { changed };
            effects.push(Effect::Send { to: To::Consoles, frame });
        }
    }

    /// Agents present, for tests and the lease check.
    pub fn online(&self) -> impl Iterator<Item = &AgentId> {
        let present = |agent: &&super::Agent| agent.presence == Presence::Online;
        self.agents.values().filter(present).map(|agent| &agent.who.id)
    }
}
