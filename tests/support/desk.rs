//! A desk with its real store, for the tests of its rules; what must always hold is checked after
//! every step.

use super::*;
use edgewise::id::{AgentId, Generation};
use edgewise::limits;
use edgewise::protocol::Rejection;
use edgewise::protocol::api::Role;
use edgewise::protocol::desk::{DeskClientFrame, DeskServerFrame};
use edgewise::protocol::frames::Context;
use edgewise::protocol::peer::{ToConversation, ToRouter};
use edgewise::protocol::session::Session;
use edgewise::routing::{Effect, Presence, Router, State};
use edgewise::store::RouterStore;
use edgewise::time::Millis;
use std::collections::BTreeSet;

/// A desk with its database and the sockets of its agents.
pub struct World {
    pub sql: HostSql,
    pub router: Router,
    pub present: BTreeSet<AgentId>,
    pub clock: i64,
}

impl World {
    pub fn new() -> Self {
        let sql = HostSql::new();
        RouterStore::new(&sql).migrate().unwrap();
        let router = Router::restore(vec![], vec![]);
        Self { sql, router, present: BTreeSet::new(), clock: 0 }
    }

    pub fn turn(&mut self, act: impl FnOnce(&mut Router, Millis) -> Vec<Effect>) -> Vec<Effect> {
        self.clock += 1;
        let effects = act(&mut self.router, at(self.clock));
        RouterStore::new(&self.sql).apply(at(self.clock), &effects).unwrap();
        self.check();
        effects
    }

    pub fn frame(&mut self, from: &Session, frame: DeskClientFrame) -> Vec<Effect> {
        self.turn(|router, now| router.handle_frame(now, from, frame))
    }

    pub fn arrive(&mut self, name: &str, capacity: u32) {
        self.present.insert(agent_id(name));
        self.frame(&agent_session(1, name, Role::Agent, capacity), DeskClientFrame::Hello {});
    }

    pub fn accept(&mut self, name: &str, on: bool) -> Vec<Effect> {
        self.frame(&agent_session(1, name, Role::Agent, 5), DeskClientFrame::Accept { on })
    }

    /// An agent who takes chats.
    pub fn on_duty(&mut self, name: &str, capacity: u32) {
        self.arrive(name, capacity);
        self.accept(name, true);
    }

    pub fn leave(&mut self, name: &str) -> Vec<Effect> {
        self.present.remove(&agent_id(name));
        let present = self.present.clone();
        self.turn(|router, now| router.handle_present(now, &present))
    }

    pub fn wait(&mut self, id: &str) -> Vec<Effect> {
        let since = at(self.clock);
        let (conversation, context) = (conversation_id(id), Context::default());
        let generation = Generation(0);
        let tell = ToRouter::Waiting { conversation, since, generation, context };
        self.turn(|router, now| router.handle_tell(now, tell))
    }

    pub fn close(&mut self, id: &str) -> Vec<Effect> {
        let generation = self.generation(id);
        let tell = ToRouter::Closed { conversation: conversation_id(id), at: at(0), generation };
        self.turn(|router, now| router.handle_tell(now, tell))
    }

    pub fn pass(&mut self, seconds: i64) -> Vec<Effect> {
        self.clock += seconds;
        let present = self.present.clone();
        self.turn(|router, now| router.handle_present(now, &present))
    }

    /// Throws the desk away and rebuilds it from the database.
    pub fn restart(&mut self) {
        let (agents, chats) = RouterStore::new(&self.sql).load().unwrap();
        let rebuilt = Router::restore(agents, chats);
        let known: Vec<_> = self.router.agents().cloned().collect();
        assert_eq!(rebuilt.agents().cloned().collect::<Vec<_>>(), known, "agents");
        let known: Vec<_> = self.router.chats().cloned().collect();
        assert_eq!(rebuilt.chats().cloned().collect::<Vec<_>>(), known, "conversations");
        self.router = rebuilt;
    }

    pub fn generation(&self, id: &str) -> Generation {
        let wanted = conversation_id(id);
        self.router.chats().find(|chat| chat.conversation == wanted).unwrap().generation
    }

    pub fn owner(&self, id: &str) -> Option<String> {
        let wanted = conversation_id(id);
        let chat = self.router.chats().find(|chat| chat.conversation == wanted)?;
        match &chat.state {
            State::Assigned { agent } => Some(agent.id.as_str().to_owned()),
            _ => None,
        }
    }

    pub fn queue(&self) -> Vec<String> {
        let mut waiting: Vec<_> = self
            .router
            .chats()
            .filter_map(|chat| Some((chat.rank()?, chat.conversation.as_str().to_owned())))
            .collect();
        waiting.sort();
        waiting.into_iter().map(|(_, id)| id).collect()
    }

    /// What must hold after every step.
    pub fn check(&self) {
        let mut free = false;
        for agent in self.router.agents() {
            let load = self.router.load(&agent.who.id);
            assert!(load <= agent.capacity, "R2: {load} of {}", agent.capacity);
            free |= agent.is_on_duty() && load < agent.capacity;
        }
        assert!(!free || self.queue().is_empty(), "R4: somebody waits while another is free");
        for chat in self.router.chats() {
            if let State::Assigned { agent } = &chat.state {
                let known = self.router.agents().find(|one| one.who.id == agent.id).unwrap();
                let due = self.router.next_timer();
                let cared_for = known.presence == Presence::Online || due.is_some();
                assert!(cared_for, "R6: a visitor of a gone agent without a timer");
            }
        }
        for (position, id) in (1u32..).zip(self.queue()).take(limits::PLACES_TOLD) {
            let wanted = conversation_id(&id);
            let chat = self.router.chats().find(|chat| chat.conversation == wanted).unwrap();
            let State::Waiting { told, .. } = chat.state else { panic!("waiting") };
            assert_eq!(told.map(|place| place.position), Some(position), "place of {id}");
        }
    }
}

pub fn told<'a>(effects: &'a [Effect], id: &str) -> Vec<&'a ToConversation> {
    let wanted = conversation_id(id);
    let to_it = |effect: &'a Effect| match effect {
        Effect::Tell { to, tell } if *to == wanted => Some(tell),
        _ => None,
    };
    effects.iter().filter_map(to_it).collect()
}

pub fn rejection(effects: &[Effect]) -> Option<Rejection> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send { frame: DeskServerFrame::Rejected { code, .. }, .. } => Some(*code),
        _ => None,
    })
}
