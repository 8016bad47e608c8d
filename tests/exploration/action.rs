//! What can happen at the small desk, and what comes of it.

use super::{Desk, oracle};
use edgewise::id::{AgentId, ConversationId, Generation};
use edgewise::protocol::api::Role;
use edgewise::protocol::desk::{DeskClientFrame, DeskServerFrame};
use edgewise::protocol::event::AgentRef;
use edgewise::protocol::frames::Context;
use edgewise::protocol::peer::ToRouter;
use edgewise::protocol::session::{Holder, Session, SessionId, Stage};
use edgewise::routing::{Agent, Chat, Effect, Presence, Router, State, Stored};
use edgewise::time::{Millis, Span};
use std::collections::{BTreeMap, BTreeSet};

const AGENTS: usize = 3;
const VISITORS: usize = 4;
const CAPACITIES: [u32; AGENTS] = [1, 2, 1];

/// Agents and visitors by number.
#[derive(Clone, Debug)]
pub enum Action {
    Arrive(usize),
    Leave(usize),
    Accept(usize, bool),
    Ready(usize),
    Write(usize),
    /// The conversation ends, by its agent or because the visitor leaves.
    Close(usize),
    Take(usize, usize),
    /// The visitor is silent for long, or writes again.
    Idle(usize),
    Back(usize),
    Answer(usize, usize, bool),
    Transfer(usize, usize),
    HandBack(usize),
    Lower(usize),
    Remove(usize),
    /// Time goes on to the next timer.
    Wake,
}

impl Action {
    /// How a day begins: all agents on duty, and three visitors.
    pub fn opening() -> Vec<Self> {
        let come = (0..AGENTS).flat_map(|one| [Self::Arrive(one), Self::Accept(one, true)]);
        come.chain((0..VISITORS - 1).map(Self::Write)).collect()
    }
}

/// A desk as it is stored, and who has a console.
#[derive(Clone)]
pub struct World {
    pub stored: Stored,
    pub now: Millis,
    present: BTreeSet<AgentId>,
}

fn agent(number: usize) -> AgentRef {
    let id = AgentId::parse(&format!("a{number}")).unwrap();
    AgentRef { id, name: String::new() }
}

fn visitor(number: usize) -> ConversationId {
    ConversationId::parse(&format!("v{number}")).unwrap()
}

fn console(number: usize, role: Role) -> Session {
    let holder = Holder::Agent {
        agent: agent(number),
        role,
        capacity: CAPACITIES[number],
        login: String::new(),
    };
    let mut session = Session::new(SessionId(1), holder, Millis(0));
    session.stage = Stage::Live;
    session
}

fn utc(_: &str, _: Millis) -> Option<i32> {
    Some(0)
}

impl World {
    pub fn new(desk: &Desk) -> Self {
        let now = Millis(1_000_000_000_000);
        let mut world = Self { stored: Stored::default(), now, present: BTreeSet::new() };
        let mut router = Router::default();
        let mut effects = router.handle_settings(now, desk.settings.clone(), &utc).unwrap();
        for (number, profile) in desk.profiles.iter().enumerate() {
            let who = agent(number);
            let more = router.handle_profile(now, who, CAPACITIES[number], profile.clone());
            effects.extend(more.unwrap());
        }
        world.store(&effects);
        world
    }

    fn agent(&self, number: usize) -> Option<&Agent> {
        self.stored.agents.iter().find(|one| one.who == agent(number))
    }

    fn chat(&self, number: usize) -> Option<&Chat> {
        self.stored.chats.iter().find(|one| one.conversation == visitor(number))
    }

    fn number_of(id: &AgentId) -> usize {
        id.as_str()[1..].parse().unwrap()
    }

    /// All that can happen now.
    pub fn actions(&self) -> Vec<Action> {
        let mut actions = Vec::new();
        for number in 0..AGENTS {
            let Some(one) = self.agent(number) else { continue };
            if one.presence != Presence::Online {
                actions.push(Action::Arrive(number));
                continue;
            }
            actions.push(Action::Leave(number));
            actions.push(Action::Accept(number, !one.accepting));
            if one.wrap_up.is_some() {
                actions.push(Action::Ready(number));
            }
            if number == 1 && one.capacity > 1 {
                actions.push(Action::Lower(number));
            }
            if number == 2 {
                actions.push(Action::Remove(number));
            }
        }
        for number in 0..VISITORS {
            match self.chat(number).map(|chat| &chat.state) {
                None | Some(State::Closed { .. }) => actions.push(Action::Write(number)),
                Some(State::Parked { .. }) => actions.push(Action::Close(number)),
                Some(State::Waiting { offer, .. }) => {
                    actions.push(Action::Close(number));
                    actions.push(Action::Take(0, number));
                    if let Some(offer) = offer {
                        let asked = Self::number_of(&offer.agent);
                        actions.push(Action::Answer(asked, number, true));
                        actions.push(Action::Answer(asked, number, false));
                    }
                }
                Some(State::Assigned { .. } | State::Idle { .. }) => {
                    let silent = matches!(self.chat(number).unwrap().state, State::Idle { .. });
                    let turn = if silent { Action::Back } else { Action::Idle };
                    actions.push(turn(number));
                    actions.push(Action::Close(number));
                    actions.push(Action::HandBack(number));
                    actions.push(Action::Transfer(number, 1));
                }
            }
        }
        if Router::restore(self.stored.clone()).next_timer().is_some() {
            actions.push(Action::Wake);
        }
        actions
    }

    /// The desk after this; it was restarted just before.
    ///
    /// # Errors
    /// What should hold and does not.
    pub fn take(&self, action: &Action) -> Result<Self, String> {
        let mut after = self.clone();
        after.now = self.now.after(Span(1));
        let mut router = Router::restore(self.stored.clone());
        let effects = after.act(&mut router, action);
        after.store(&effects);
        let again = Router::restore(after.stored.clone());
        if !again.agents().eq(router.agents()) || !again.chats().eq(router.chats()) {
            return Err("R14: what is stored is not what is known".into());
        }
        if !router.is_indexed() {
            return Err("the indices are not those of the state".into());
        }
        oracle::check(self, &after, action, &router, &effects)?;
        after.check_late(&router)?;
        Ok(after)
    }

    fn act(&mut self, router: &mut Router, action: &Action) -> Vec<Effect> {
        let now = self.now;
        let plain = |number: usize| console(number, Role::Agent);
        let holder = |number: usize| {
            let agent = self.chat(number).and_then(|chat| chat.served_by());
            agent.map_or(0, |agent| Self::number_of(&agent.id))
        };
        let (conversation, note) = (visitor, None);
        match *action {
            Action::Arrive(number) => {
                self.present.insert(agent(number).id);
                router.handle_frame(now, &plain(number), DeskClientFrame::Hello {})
            }
            Action::Leave(number) => {
                self.present.remove(&agent(number).id);
                router.handle_present(now, &self.present)
            }
            Action::Accept(number, on) => {
                router.handle_frame(now, &plain(number), DeskClientFrame::Accept { on })
            }
            Action::Ready(number) => {
                router.handle_frame(now, &plain(number), DeskClientFrame::Ready {})
            }
            Action::Write(number) => router.handle_tell(now, self.writes(number)),
            Action::Close(number) => {
                let generation = self.chat(number).unwrap().generation;
                router.handle_tell(now, closes(number, now, generation))
            }
            Action::Idle(number) => {
                let (conversation, generation) = self.numbered(number);
                router.handle_tell(now, ToRouter::Idle { conversation, generation })
            }
            Action::Back(number) => {
                let (conversation, generation) = self.numbered(number);
                router.handle_tell(now, ToRouter::Back { conversation, generation })
            }
            Action::Take(by, number) => {
                let frame = DeskClientFrame::Take { conversation: conversation(number) };
                router.handle_frame(now, &plain(by), frame)
            }
            Action::Answer(by, number, yes) => {
                let frame = DeskClientFrame::Answer { conversation: conversation(number), yes };
                router.handle_frame(now, &plain(by), frame)
            }
            Action::Transfer(number, to) => {
                let (conversation, to) = (conversation(number), agent(to).id);
                let frame = DeskClientFrame::Transfer { conversation, to, note };
                router.handle_frame(now, &plain(holder(number)), frame)
            }
            Action::HandBack(number) => {
                let conversation = conversation(number);
                let frame = DeskClientFrame::HandBack { conversation, department: None, note };
                router.handle_frame(now, &plain(holder(number)), frame)
            }
            Action::Lower(number) => {
                let profile = self.agent(number).unwrap().profile.clone();
                router.handle_profile(now, agent(number), 1, profile).unwrap()
            }
            Action::Remove(number) => {
                self.present.remove(&agent(number).id);
                router.handle_removed(now, &agent(number).id)
            }
            Action::Wake => {
                self.now = router.next_timer().map_or(now, |due| due.max(now));
                router.handle_wake(self.now, &self.present, &utc)
            }
        }
    }

    fn numbered(&self, number: usize) -> (ConversationId, Generation) {
        (visitor(number), self.chat(number).unwrap().generation)
    }

    fn writes(&self, number: usize) -> ToRouter {
        let generation = self.chat(number).map_or(Generation(0), |chat| chat.generation);
        let context = Context { page: format!("/{number}"), ..Context::default() };
        let (conversation, since) = (visitor(number), self.now);
        ToRouter::Waiting { conversation, since, generation, context }
    }

    /// R11, R12: what comes late or twice changes nothing.
    fn check_late(&self, router: &Router) -> Result<(), String> {
        for number in 0..VISITORS {
            let Some(chat) = self.chat(number) else { continue };
            let mut stale = vec![];
            // One with an agent that asks for one has lost the news, and is told again.
            if matches!(chat.state, State::Waiting { .. } | State::Parked { .. }) {
                stale.push(self.writes(number));
            }
            if chat.generation > Generation(0) {
                let before = Generation(chat.generation.0 - 1);
                let conversation = visitor(number);
                stale.push(closes(number, self.now, before));
                let generation = before;
                let again = conversation.clone();
                stale.push(ToRouter::Idle { conversation, generation });
                stale.push(ToRouter::Back { conversation: again, generation });
            }
            for tell in stale {
                let effects = router.clone().handle_tell(self.now, tell);
                if !effects.is_empty() {
                    return Err(format!("R11: v{number} heard late news: {effects:?}"));
                }
            }
            for by in (0..AGENTS).filter(|by| self.agent(*by).is_some()) {
                if chat.offer().is_some_and(|offer| offer.agent == agent(by).id) {
                    continue;
                }
                let frame = DeskClientFrame::Answer { conversation: visitor(number), yes: true };
                let effects =
                    router.clone().handle_frame(self.now, &console(by, Role::Agent), frame);
                let refused = matches!(
                    effects.as_slice(),
                    [Effect::Send { frame: DeskServerFrame::Rejected { .. }, .. }]
                );
                if !refused {
                    return Err(format!("R12: a{by} answered for v{number}: {effects:?}"));
                }
            }
        }
        Ok(())
    }

    fn store(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::SaveSettings(settings) => self.stored.settings = Some(*settings.clone()),
                Effect::SaveAgent(agent) => {
                    self.stored.agents.retain(|one| one.who.id != agent.who.id);
                    self.stored.agents.push(*agent.clone());
                }
                Effect::DropAgent(id) => self.stored.agents.retain(|one| one.who.id != *id),
                Effect::SaveChat(chat) => {
                    self.stored.chats.retain(|one| one.conversation != chat.conversation);
                    self.stored.chats.push(*chat.clone());
                }
                Effect::DropChat(id) => self.stored.chats.retain(|one| one.conversation != *id),
                // Only the number of the last one counts for what comes.
                Effect::SaveDecision(decision) => {
                    self.stored.decisions = vec![*decision.clone()];
                }
                _ => {}
            }
        }
        self.stored.agents.sort_by(|a, b| a.who.id.cmp(&b.who.id));
        self.stored.chats.sort_by(|a, b| a.conversation.cmp(&b.conversation));
    }

    /// Two states of one shape differ only in numbers of which none but the order matters.
    pub fn shape(&self) -> String {
        let mut numbers: BTreeMap<(u8, i64), usize> = BTreeMap::new();
        let mut parts = Vec::new();
        let moment = |at: Millis| (u8::from(at > self.now), at.0);
        for one in &self.stored.agents {
            let gone = match one.presence {
                Presence::Online => None,
                Presence::Gone { since } => Some((2, since.0)),
            };
            let wrap_up = one.wrap_up.map(moment);
            let keys = [gone, wrap_up, Some((3, one.idle_since.0)), Some((4, one.given))];
            parts.push((format!("{}{}{:?}", one.accepting, one.capacity, one.away), keys));
        }
        for one in &self.stored.chats {
            let (state, rank, until) = match &one.state {
                State::Waiting { rank, offer, .. } => (
                    format!("w{:?}", offer.as_ref().map(|offer| &offer.agent)),
                    Some((5, *rank)),
                    offer.as_ref().map(|offer| moment(offer.until)),
                ),
                State::Parked { rank, .. } => ("p".into(), Some((5, *rank)), None),
                State::Assigned { agent } => (format!("a{}", agent.id), None, None),
                State::Idle { agent, .. } => (format!("i{}", agent.id), None, None),
                State::Closed { agent } => {
                    (format!("c{:?}", agent.as_ref().map(|it| &it.id)), None, None)
                }
            };
            let again = one.again.or(one.fallback_at).map(moment);
            let more = (&one.department, &one.passed, &one.last, one.fallback_at.is_some());
            parts
                .push((format!("{}{state}{more:?}", one.conversation), [rank, until, again, None]));
        }
        for key in parts.iter().flat_map(|(_, keys)| keys.iter().flatten()) {
            numbers.insert(*key, 0);
        }
        for (order, place) in numbers.values_mut().enumerate() {
            *place = order;
        }
        let name = |key: &Option<(u8, i64)>| key.map(|key| numbers[&key]);
        let told =
            parts.iter().map(|(text, keys)| format!("{text}{:?}", keys.each_ref().map(name)));
        told.collect::<Vec<_>>().join("|")
    }
}

fn closes(number: usize, at: Millis, generation: Generation) -> ToRouter {
    ToRouter::Closed { conversation: visitor(number), at, generation, reply_s: None }
}
