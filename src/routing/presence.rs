//! Who is there: consoles come and go, agents accept and pause, and what is kept for them.

use super::decision::Verdict;
use super::{Agent, Effect, Presence, Router, To};
use crate::id::{AgentId, ConversationId};
use crate::protocol::desk::Away;
use crate::protocol::event::AgentRef;
use crate::protocol::routing::{Because, Made};
use crate::protocol::session::{Session, Stage};
use crate::time::Millis;
use std::collections::BTreeSet;

impl Router {
    pub(super) fn handle_hello(
        &mut self,
        now: Millis,
        from: &Session,
        agent: &AgentRef,
        capacity: u32,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        let lost = self.arrive(now, agent, capacity);
        self.settle(now, &mut effects);
        let frame = self.desk(&agent.id, lost);
        effects.push(Effect::Send { to: To::Session(from.id), frame });
        if from.stage != Stage::Live {
            effects.push(Effect::Advance { session: from.id, stage: Stage::Live });
        }
        effects
    }

    /// The agent has a console; the answer is how many conversations were lost meanwhile.
    fn arrive(&mut self, now: Millis, who: &AgentRef, capacity: u32) -> u32 {
        let known = self.agent_copy(&who.id);
        let mut agent = known.unwrap_or_else(|| Agent::new(who.clone(), capacity, now));
        let lost = std::mem::take(&mut agent.lost);
        agent.who = who.clone();
        agent.capacity = capacity;
        agent.presence = Presence::Online;
        agent.active = now;
        self.put_agent(agent);
        lost
    }

    pub(super) fn accept(&mut self, now: Millis, id: &AgentId, on: bool) {
        let Some(mut agent) = self.agents.get(id).filter(|one| one.accepting != on).cloned() else {
            return;
        };
        agent.accepting = on;
        agent.away = if on { None } else { Some(Away::Chosen) };
        agent.idle_since = now;
        self.put_agent(agent);
        if !on {
            self.withdraw_offers(now, id, Because::AgentAway);
        }
    }

    /// The agent has done something. It is a row only where the rules want to know.
    pub(super) fn note_active(&mut self, now: Millis, id: &AgentId) {
        if self.away_after().is_some()
            && let Some(mut agent) = self.agent_copy(id)
        {
            agent.active = now;
            self.put_agent(agent);
        }
    }

    /// Sets an agent away, not by their own choice: what they have stays theirs.
    pub(super) fn set_away(&mut self, now: Millis, id: &AgentId, why: Away) {
        if let Some(mut agent) = self.agent_copy(id) {
            (agent.accepting, agent.away) = (false, Some(why));
            self.put_agent(agent);
            self.withdraw_offers(now, id, Because::AgentAway);
        }
    }

    pub(super) fn end_wrap_up(&mut self, id: &AgentId) {
        if let Some(mut agent) = self.agent_copy(id) {
            agent.wrap_up = None;
            self.put_agent(agent);
        }
    }

    /// Learns which agents have a session now, and does what is due. Sockets are the only truth
    /// about presence, so this comes after every lost socket, at every start and by the timer.
    pub fn handle_present(&mut self, now: Millis, present: &BTreeSet<AgentId>) -> Vec<Effect> {
        let gone: Vec<AgentId> = self.online().filter(|id| !present.contains(id)).collect();
        for id in gone {
            if let Some(mut agent) = self.agent_copy(&id) {
                agent.presence = Presence::Gone { since: now };
                self.put_agent(agent);
                self.withdraw_offers(now, &id, Because::AgentGone);
            }
        }
        let mut effects = Vec::new();
        self.settle(now, &mut effects);
        effects
    }

    /// Gives the conversations of these agents back to the front of the queue. The one that began
    /// first ends up in front of all. Silent visitors need nobody before they write again.
    pub(super) fn give_back(&mut self, now: Millis, gone: &[AgentId], effects: &mut Vec<Effect>) {
        let held = gone.iter().flat_map(|id| self.index.held_by(id)).collect();
        self.give_back_these(now, held, effects);
    }

    pub(super) fn give_back_these(
        &mut self,
        now: Millis,
        held: Vec<ConversationId>,
        effects: &mut Vec<Effect>,
    ) {
        let since = |id: ConversationId| Some((self.chats.get(&id)?.since, id));
        let mut back: Vec<(Millis, ConversationId)> = Vec::new();
        for key in held.into_iter().filter_map(since) {
            let at = back.partition_point(|other| *other > key);
            back.insert(at, key);
        }
        for (_, conversation) in back {
            let Some(mut chat) = self.chat_copy(&conversation) else { continue };
            let Some(agent) = chat.served_by().cloned() else { continue };
            chat.fallback_at = self.fallback_of(now, &chat.department);
            let verdict = Verdict::new(Made::Requeued, Because::AgentGone).about(&agent.id);
            self.requeue(now, chat, verdict, effects);
            if let Some(mut one) = self.agent_copy(&agent.id) {
                one.lost = one.lost.saturating_add(1);
                self.put_agent(one);
            }
        }
    }
}
