//! The rules of one site's desk: who is present, who waits, who gets whom. Pure: time is an
//! argument, and what should happen comes back as effects. docs/routing.md explains the rules and
//! names what always holds (R1 to R18).
//!
//! Every handler ends in `settle`, which restores what must always hold: what is due has happened,
//! nobody waits while somebody who could have them is free, and every waiting visitor is told the
//! place. Whatever is changed goes through `put_agent` and `put_chat`, which keep the indices.

mod agent;
mod chat;
mod check;
mod choice;
mod decision;
mod desk;
mod effect;
mod hand;
mod help;
mod hours;
mod idle;
mod index;
mod offer;
mod place;
mod presence;
mod queue;
mod settings;
mod settle;
mod shop_front;

pub use agent::{Agent, Presence};
pub use chat::{Chat, Place, State};
pub use effect::{Effect, To};
pub use hours::{Offset, Shift};

use crate::id::{AgentId, ConversationId, Skill};
use crate::protocol::Rejection;
use crate::protocol::api::Role;
use crate::protocol::close::CloseCode;
use crate::protocol::desk::{DepartmentRef, DeskClientFrame, DeskServerFrame};
use crate::protocol::event::AgentRef;
use crate::protocol::peer::{IdleRule, ToConversation, ToRouter};
use crate::protocol::routing::{Decision, RoutingSettings};
use crate::protocol::session::{Holder, Session, Stage};
use crate::time::Millis;
use index::{Index, Key, Table};
use queue::Queue;
use std::collections::{BTreeMap, VecDeque};

/// What is stored of a desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// The rules; those of a new site when there are none.
    pub settings: Option<RoutingSettings>,
    /// Everyone known at the desk.
    pub agents: Vec<Agent>,
    /// Every conversation at the desk.
    pub chats: Vec<Chat>,
    /// The last decisions, oldest first.
    pub decisions: Vec<Decision>,
}

/// The desk of one site, as rebuilt from its store.
#[derive(Clone, Debug)]
pub struct Router {
    settings: RoutingSettings,
    agents: BTreeMap<AgentId, Agent>,
    chats: BTreeMap<ConversationId, Chat>,
    /// The last ones, oldest first.
    decisions: VecDeque<Decision>,
    /// Those of this turn.
    fresh: Vec<Decision>,
    index: Index,
    queues: Vec<Queue>,
    /// When the back of queues is told next.
    round: Option<Millis>,
    /// What consoles were told of departments.
    shown: Vec<DepartmentRef>,
}

impl Default for Router {
    fn default() -> Self {
        Self::restore(Stored::default())
    }
}

impl Router {
    /// Rebuilds the desk from what is stored.
    pub fn restore(stored: Stored) -> Self {
        let settings = stored.settings.unwrap_or_default();
        let mut router = Self {
            settings: RoutingSettings {
                version: Some(settings.version.unwrap_or_default()),
                ..settings
            },
            agents: BTreeMap::new(),
            chats: BTreeMap::new(),
            decisions: VecDeque::new(),
            fresh: Vec::new(),
            index: Index::default(),
            queues: Vec::new(),
            round: None,
            shown: Vec::new(),
        };
        // One by one: collecting them would sort them first, with code for each kind.
        for agent in stored.agents {
            router.agents.insert(agent.who.id.clone(), agent);
        }
        for chat in stored.chats {
            router.chats.insert(chat.conversation.clone(), chat);
        }
        stored.decisions.into_iter().for_each(|one| router.keep(one));
        router.rebuild_index();
        router.shown = router.department_refs();
        router
    }

    /// Everyone known at the desk, by id.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values()
    }

    /// Every conversation at the desk, by id.
    pub fn chats(&self) -> impl Iterator<Item = &Chat> {
        self.chats.values()
    }

    /// A conversation of the desk.
    pub fn chat(&self, id: &ConversationId) -> Option<&Chat> {
        self.chats.get(id)
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
        if frame == (DeskClientFrame::Hello {}) {
            return self.handle_hello(now, from, agent, *capacity);
        }
        if from.stage == Stage::New {
            return vec![Effect::Close { session: from.id, code: CloseCode::HelloRequired }];
        }
        let mut effects = Vec::new();
        let (by, manages) = (&agent.id, *role != Role::Agent);
        let about = frame.conversation().cloned();
        self.note_active(now, by);
        let done = match frame {
            DeskClientFrame::Hello {} | DeskClientFrame::Active {} => Ok(()),
            DeskClientFrame::Accept { on } => {
                self.accept(now, by, on);
                Ok(())
            }
            DeskClientFrame::Ready {} => {
                self.end_wrap_up(by);
                Ok(())
            }
            DeskClientFrame::Transfer { conversation, to, note } => {
                let hand = hand::Hand { by: agent, manages, conversation: &conversation, note };
                self.transfer(now, hand, &to, &mut effects)
            }
            DeskClientFrame::HandBack { conversation, department, note } => {
                let hand = hand::Hand { by: agent, manages, conversation: &conversation, note };
                self.hand_back(now, hand, department, &mut effects)
            }
            DeskClientFrame::Invite { conversation, to } => {
                let (conversation, note) = (&conversation, None);
                let hand = hand::Hand { by: agent, manages, conversation, note };
                self.invite(&hand, &to, &mut effects)
            }
            DeskClientFrame::Leave { conversation } => {
                self.stop_helping(by, &conversation, &mut effects)
            }
            DeskClientFrame::Take { conversation } => {
                self.take(now, by, manages, &conversation, &mut effects)
            }
            DeskClientFrame::Answer { conversation, yes } => {
                self.answer(now, by, &conversation, yes, &mut effects)
            }
            DeskClientFrame::Explain { conversation } => {
                self.handle_explain(from, manages, conversation, &mut effects)
            }
        };
        if let Err(code) = done {
            let frame = DeskServerFrame::Rejected { conversation: about, code };
            effects.push(Effect::Send { to: To::Session(from.id), frame });
        }
        self.settle(now, &mut effects);
        effects
    }

    /// Takes one tell of a conversation; the caller has dropped repeated ones.
    pub fn handle_tell(&mut self, now: Millis, tell: ToRouter) -> Vec<Effect> {
        let mut effects = Vec::new();
        match tell {
            ToRouter::Waiting { conversation, since, generation, context } => {
                self.enqueue(now, conversation, since, generation, context, &mut effects);
            }
            ToRouter::Closed { conversation, at, generation, reply_s } => {
                self.free(now, &conversation, at, generation, reply_s);
            }
            ToRouter::Idle { conversation, generation } => {
                self.idle(now, &conversation, generation);
            }
            ToRouter::Back { conversation, generation } => {
                self.resume(now, &conversation, generation, &mut effects);
            }
            ToRouter::Named { conversation, person } => {
                if let Some(chat) = self.chat_copy(&conversation) {
                    self.put_chat(Chat { person: Some(person), ..chat });
                }
            }
        }
        self.settle(now, &mut effects);
        effects
    }

    /// When `handle_wake` is wanted next: the earliest end of anything that matters.
    pub fn next_timer(&self) -> Option<Millis> {
        let own = self.index.of(Table::Timer, "").next().map(|key| Millis(key.first));
        let shifts = self.queues.iter().filter_map(|queue| queue.shift?.until);
        shifts.chain(own).chain(self.round).min()
    }

    /// When places are told that were not told at once; part of `next_timer`.
    pub fn next_round(&self) -> Option<Millis> {
        self.round
    }

    /// Whether any agent has a console open, so that leases must be looked at.
    pub fn is_attended(&self) -> bool {
        self.index.has_any(Table::Online)
    }

    /// Agents present, for tests and the lease check.
    pub fn online(&self) -> impl Iterator<Item = AgentId> {
        self.index.of(Table::Online, "").filter_map(Key::agent)
    }

    /// Conversations that an agent answers or is asked to.
    pub fn load(&self, id: &AgentId) -> u32 {
        self.index.load(id)
    }

    /// When the conversations of a gone agent go back to the queue.
    pub fn grace_ends(&self, agent: &Agent) -> Option<Millis> {
        agent.grace_ends(self.grace())
    }

    /// Whether the indices say what agents and conversations say; for tests.
    pub fn is_indexed(&self) -> bool {
        let mut again = self.clone();
        again.rebuild_index();
        again.index == self.index
    }

    fn handle_explain(
        &self,
        from: &Session,
        manages: bool,
        about: Option<ConversationId>,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Rejection> {
        if about.is_none() && !manages {
            return Err(Rejection::Forbidden);
        }
        effects.push(Effect::Send { to: To::Session(from.id), frame: self.explain(about) });
        Ok(())
    }

    /// A conversation, to be changed and put back. Copied in one place, for the size of the worker.
    #[inline(never)]
    fn chat_copy(&self, id: &ConversationId) -> Option<Chat> {
        self.chats.get(id).cloned()
    }

    /// As `chat_copy`.
    #[inline(never)]
    fn agent_copy(&self, id: &AgentId) -> Option<Agent> {
        self.agents.get(id).cloned()
    }

    /// The one place where a conversation gets an agent.
    #[inline(never)]
    fn assign(
        &mut self,
        now: Millis,
        conversation: &ConversationId,
        to: &AgentId,
        verdict: decision::Verdict,
        effects: &mut Vec<Effect>,
    ) {
        let Some(mut agent) = self.agent_copy(to) else { return };
        let Some(mut chat) = self.chat_copy(conversation) else { return };
        let nth = self.note(now, &chat, verdict.about(to));
        chat.generation = chat.generation.next();
        chat.state = State::Assigned { agent: agent.who.clone() };
        chat.last = Some(to.clone());
        chat.helpers.retain(|helper| helper.id != *to);
        (chat.passed, chat.again, chat.fallback_at) = (Vec::new(), None, None);
        effects.push(self.tell_assigned(&chat, &agent.who));
        self.put_chat(chat);
        (agent.idle_since, agent.given) = (now, nth);
        self.put_agent(agent);
    }

    /// Tells a conversation who serves it.
    fn tell_assigned(&self, chat: &Chat, agent: &AgentRef) -> Effect {
        let rules = self.department(&chat.department);
        let idle = rules.map(|one| IdleRule { ask_s: one.idle_s, close_s: one.idle_close_s });
        let tell = ToConversation::Assigned {
            agent: agent.clone(),
            generation: chat.generation,
            idle: idle.unwrap_or_default(),
            helpers: chat.helpers.clone(),
        };
        Effect::Tell { to: chat.conversation.clone(), tell }
    }

    /// Stores an agent's state and what follows from it.
    #[inline(never)]
    fn put_agent(&mut self, agent: Agent) {
        let id = agent.who.id.clone();
        let staffed = self.staffing();
        if let Some(old) = self.agents.get(&id) {
            if *old == agent {
                return;
            }
            self.index.remove_agent(old);
        }
        self.index.add_agent(&agent);
        self.index.note(Table::Agent, id.as_str());
        self.agents.insert(id, agent);
        let staffed = staffed.into_iter().zip(self.staffing());
        for (queue, (before, now)) in self.queues.iter_mut().zip(staffed) {
            queue.moved |= before != now;
        }
    }

    /// Stores a conversation's state and what follows from it.
    #[inline(never)]
    fn put_chat(&mut self, chat: Chat) {
        let id = chat.conversation.clone();
        let old = self.chats.get(&id);
        if old == Some(&chat) {
            return;
        }
        let (before, after) = (old.and_then(Chat::holder), chat.holder());
        let moved = before != after;
        let touched: Vec<AgentId> =
            before.into_iter().chain(after).filter(|_| moved).cloned().collect();
        for agent in touched.iter().filter_map(|id| self.agents.get(id)) {
            self.index.remove_agent(agent);
        }
        if let Some(old) = old.cloned() {
            self.index.remove_chat(&old, &self.lane_of(&old));
            self.has_moved(&old);
        }
        self.has_moved(&chat);
        self.index.add_chat(&chat, &self.lane_of(&chat));
        for agent in touched.iter().filter_map(|id| self.agents.get(id)) {
            self.index.add_agent(agent);
        }
        touched.iter().for_each(|id| self.index.note(Table::Agent, id.as_str()));
        self.index.note(Table::Chat, id.as_str());
        self.chats.insert(id, chat);
    }

    /// Names those who can go to the same agents: whom the first of them cannot have, none can.
    fn lane_of(&self, chat: &Chat) -> String {
        let required = self.requires_language(&chat.department);
        let language = if required { chat.language() } else { String::new() };
        let mut names = vec![chat.department.as_str(), &language];
        names.extend(chat.skills.iter().map(Skill::as_str));
        names.push("");
        names.extend(chat.passed.iter().map(AgentId::as_str));
        names.join(" ")
    }

    #[inline(never)]
    fn rebuild_index(&mut self) {
        let mut index = Index::new(self.grace(), self.away_after());
        for chat in self.chats.values() {
            index.add_chat(chat, &self.lane_of(chat));
        }
        self.agents.values().for_each(|agent| index.add_agent(agent));
        self.index = index;
        for key in [self.index.firsts(Table::Line), self.index.firsts(Table::Parked)].concat() {
            if let Some(queue) = key.department().and_then(|id| self.queue_mut(&id)) {
                queue.moved = true;
            }
        }
    }
}
