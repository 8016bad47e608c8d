//! The rules of one site's desk: who is present, who waits, who gets whom. Pure: time is an
//! argument, and what should happen comes back as effects.
//!
//! Every handler ends in `settle`, which restores what must always hold: whoever's grace is over
//! has given the conversations back, nobody waits while somebody is free, and every waiting
//! visitor knows the place.

mod agent;
mod chat;
mod desk;
mod effect;
mod settle;

pub use agent::{Agent, Presence};
pub use chat::{Chat, Place, State};
pub use effect::{Effect, To};

use crate::id::{AgentId, ConversationId, Generation};
use crate::protocol::close::CloseCode;
use crate::protocol::desk::{DeskClientFrame, DeskServerFrame};
use crate::protocol::event::AgentRef;
use crate::protocol::frames::Context;
use crate::protocol::peer::{ToConversation, ToRouter};
use crate::protocol::session::{Holder, Session, Stage};
use crate::protocol::{Rejection, api::Role};
use crate::time::Millis;
use std::collections::{BTreeMap, BTreeSet};

/// The desk of one site, as rebuilt from its store.
#[derive(Clone, Debug, Default)]
pub struct Router {
    agents: BTreeMap<AgentId, Agent>,
    chats: BTreeMap<ConversationId, Chat>,
    changed_agents: BTreeSet<AgentId>,
    changed_chats: BTreeSet<ConversationId>,
}

impl Router {
    /// Rebuilds the desk from what is stored.
    pub fn restore(agents: Vec<Agent>, chats: Vec<Chat>) -> Self {
        Self {
            agents: agents.into_iter().map(|agent| (agent.who.id.clone(), agent)).collect(),
            chats: chats.into_iter().map(|chat| (chat.conversation.clone(), chat)).collect(),
            ..Self::default()
        }
    }

    /// Everyone known at the desk, by id.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values()
    }

    /// Every conversation at the desk, by id.
    pub fn chats(&self) -> impl Iterator<Item = &Chat> {
        self.chats.values()
    }

    /// Takes one frame of a console.
    pub fn handle_frame(
        &mut self,
        now: Millis,
        from: &Session,
        frame: DeskClientFrame,
    ) -> Vec<Effect> {
        let Holder::Agent { agent, role, capacity, .. } = &from.holder else {
            return vec![Effect::Close { session: from.id, code: CloseCode::BadFrame }];
        };
        if from.stage == Stage::New && frame != (DeskClientFrame::Hello {}) {
            return vec![Effect::Close { session: from.id, code: CloseCode::HelloRequired }];
        }
        let mut effects = Vec::new();
        match frame {
            DeskClientFrame::Hello {} => {
                self.arrive(now, agent, *capacity);
                self.settle(now, &mut effects);
                let frame = self.desk(&agent.id);
                effects.push(Effect::Send { to: To::Session(from.id), frame });
                if from.stage != Stage::Live {
                    effects.push(Effect::Advance { session: from.id, stage: Stage::Live });
                }
                return effects;
            }
            DeskClientFrame::Accept { on } => self.accept(now, &agent.id, on),
            DeskClientFrame::Transfer { conversation, to } => {
                let may = *role != Role::Agent;
                let done = self.transfer(now, &agent.id, may, &conversation, &to, &mut effects);
                reject(from, conversation, done, &mut effects);
            }
            DeskClientFrame::Take { conversation } => {
                let done = self.take(now, &agent.id, &conversation, &mut effects);
                reject(from, conversation, done, &mut effects);
            }
        }
        self.settle(now, &mut effects);
        effects
    }

    /// Takes one tell of a conversation; the caller has dropped repeated ones.
    pub fn handle_tell(&mut self, now: Millis, tell: ToRouter) -> Vec<Effect> {
        let mut effects = Vec::new();
        match tell {
            ToRouter::Waiting { conversation, since, generation, context } => {
                self.enqueue(conversation, since, generation, context);
            }
            ToRouter::Closed { conversation, at, generation } => {
                self.free(now, &conversation, at, generation);
            }
        }
        self.settle(now, &mut effects);
        effects
    }

    /// Learns which agents have a session now, and does what is due. Sockets are the only truth
    /// about presence, so this comes after every lost socket, at every start and by the timer.
    pub fn handle_present(&mut self, now: Millis, present: &BTreeSet<AgentId>) -> Vec<Effect> {
        for agent in self.agents.values_mut() {
            if agent.presence == Presence::Online && !present.contains(&agent.who.id) {
                agent.presence = Presence::Gone { since: now };
                self.changed_agents.insert(agent.who.id.clone());
            }
        }
        let mut effects = Vec::new();
        self.settle(now, &mut effects);
        effects
    }

    /// When `handle_present` is wanted next: the earliest end of a grace period that matters.
    pub fn next_timer(&self) -> Option<Millis> {
        let holders = self.agents.values().filter(|agent| self.load(&agent.who.id) > 0);
        holders.filter_map(Agent::grace_ends).min()
    }

    /// Whether any agent has a console open, so that leases must be looked at.
    pub fn is_attended(&self) -> bool {
        self.agents.values().any(|agent| agent.presence == Presence::Online)
    }

    /// Open conversations of an agent.
    pub fn load(&self, id: &AgentId) -> u32 {
        let count = self.chats.values().filter(|chat| chat.is_assigned_to(id)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    fn arrive(&mut self, now: Millis, who: &AgentRef, capacity: u32) {
        let agent = self.agents.entry(who.id.clone()).or_insert_with(|| Agent {
            who: who.clone(),
            capacity,
            accepting: false,
            idle_since: now,
            presence: Presence::Gone { since: now },
        });
        let before = agent.clone();
        agent.who = who.clone();
        agent.capacity = capacity;
        agent.presence = Presence::Online;
        if *agent != before {
            self.changed_agents.insert(who.id.clone());
        }
    }

    fn accept(&mut self, now: Millis, id: &AgentId, on: bool) {
        if let Some(agent) = self.agents.get_mut(id)
            && agent.accepting != on
        {
            agent.accepting = on;
            agent.idle_since = now;
            self.changed_agents.insert(id.clone());
        }
    }

    fn enqueue(
        &mut self,
        conversation: ConversationId,
        since: Millis,
        generation: Generation,
        context: Context,
    ) {
        let rank = self.last_rank().saturating_add(1);
        let known = self.chats.get(&conversation);
        if known.is_some_and(|chat| !matches!(chat.state, State::Closed { .. })) {
            return; // Already open: a late repetition.
        }
        let generation = known.map_or(generation, |chat| chat.generation.max(generation));
        self.changed_chats.insert(conversation.clone());
        let state = State::Waiting { rank, told: None };
        let chat = Chat { conversation: conversation.clone(), since, context, generation, state };
        self.chats.insert(conversation, chat);
    }

    fn free(
        &mut self,
        now: Millis,
        conversation: &ConversationId,
        at: Millis,
        generation: Generation,
    ) {
        let Some(chat) = self.chats.get_mut(conversation) else { return };
        let State::Assigned { agent } = chat.state.clone() else { return };
        if chat.generation != generation {
            return; // Another assignment has come meanwhile; the conversation will hear of it.
        }
        chat.state = State::Closed { agent: Some(agent.clone()) };
        chat.since = at;
        self.changed_chats.insert(conversation.clone());
        self.touch(now, &agent.id);
    }

    fn transfer(
        &mut self,
        now: Millis,
        by: &AgentId,
        any: bool,
        conversation: &ConversationId,
        to: &AgentId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Rejection> {
        let chat = self.chats.get(conversation).ok_or(Rejection::UnknownConversation)?;
        let State::Assigned { agent } = &chat.state else { return Err(Rejection::NotAssigned) };
        let from = agent.id.clone();
        if from != *by && !any {
            return Err(Rejection::NotAssigned);
        }
        if from == *to {
            return Ok(());
        }
        self.check_room(to)?;
        self.assign(now, conversation, to, effects);
        self.touch(now, &from);
        Ok(())
    }

    fn take(
        &mut self,
        now: Millis,
        by: &AgentId,
        conversation: &ConversationId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Rejection> {
        let chat = self.chats.get(conversation).ok_or(Rejection::UnknownConversation)?;
        if !matches!(chat.state, State::Waiting { .. }) {
            return Err(Rejection::NotWaiting);
        }
        self.check_room(by)?;
        self.assign(now, conversation, by, effects);
        Ok(())
    }

    /// An agent may get one more by hand: present and below capacity.
    fn check_room(&self, id: &AgentId) -> Result<(), Rejection> {
        let agent = self.agents.get(id).ok_or(Rejection::AgentUnavailable)?;
        let room = agent.presence == Presence::Online && self.load(id) < agent.capacity;
        if room { Ok(()) } else { Err(Rejection::AgentUnavailable) }
    }

    /// The one place where a conversation gets an agent.
    fn assign(
        &mut self,
        now: Millis,
        conversation: &ConversationId,
        to: &AgentId,
        effects: &mut Vec<Effect>,
    ) {
        let Some(agent) = self.agents.get(to) else { return };
        let Some(chat) = self.chats.get_mut(conversation) else { return };
        chat.generation = chat.generation.next();
        chat.state = State::Assigned { agent: agent.who.clone() };
        effects.push(Effect::Tell {
            to: conversation.clone(),
            tell: ToConversation::Assigned {
                agent: agent.who.clone(),
                generation: chat.generation,
            },
        });
        self.changed_chats.insert(conversation.clone());
        self.touch(now, to);
    }

    /// The agent's load changed now.
    fn touch(&mut self, now: Millis, id: &AgentId) {
        if let Some(agent) = self.agents.get_mut(id) {
            agent.idle_since = now;
            self.changed_agents.insert(id.clone());
        }
    }

    fn last_rank(&self) -> i32 {
        self.ranks().max().unwrap_or(0)
    }

    fn ranks(&self) -> impl Iterator<Item = i32> {
        self.chats.values().filter_map(Chat::rank)
    }
}

fn reject(
    from: &Session,
    conversation: ConversationId,
    done: Result<(), Rejection>,
    effects: &mut Vec<Effect>,
) {
    if let Err(code) = done {
        let frame = DeskServerFrame::Rejected { conversation: Some(conversation), code };
        effects.push(Effect::Send { to: To::Session(from.id), frame });
    }
}
