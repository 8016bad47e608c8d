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
use edgewise::protocol::routing::{Mode, RoutingSettings};
use edgewise::protocol::session::Session;
use edgewise::routing::{Chat, Effect, Offset, Presence, Router, State};
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
        Self { sql, router: Router::default(), present: BTreeSet::new(), clock: 0 }
    }

    /// A desk with these rules.
    pub fn with(settings: RoutingSettings) -> Self {
        let mut world = Self::new();
        world.turn(|router, now| router.handle_settings(now, settings, &utc).unwrap());
        world
    }

    pub fn turn(&mut self, act: impl FnOnce(&mut Router, Millis) -> Vec<Effect>) -> Vec<Effect> {
        let effects = self.quick(act);
        self.check();
        effects
    }

    /// A turn without the checks, where thousands of them are wanted.
    pub fn quick(&mut self, act: impl FnOnce(&mut Router, Millis) -> Vec<Effect>) -> Vec<Effect> {
        self.clock += 1;
        let effects = act(&mut self.router, at(self.clock));
        RouterStore::new(&self.sql).apply(at(self.clock), &effects).unwrap();
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

    /// The agent comes, and takes this conversation.
    pub fn arrive_and_take(&mut self, name: &str, id: &str) -> Vec<Effect> {
        self.arrive(name, 5);
        let take = DeskClientFrame::Take { conversation: conversation_id(id) };
        self.frame(&agent_session(1, name, Role::Agent, 5), take)
    }

    pub fn leave(&mut self, name: &str) -> Vec<Effect> {
        self.present.remove(&agent_id(name));
        let present = self.present.clone();
        self.turn(|router, now| router.handle_present(now, &present))
    }

    pub fn wait(&mut self, id: &str) -> Vec<Effect> {
        let effects = self.quick_wait(id);
        self.check();
        effects
    }

    pub fn quick_wait(&mut self, id: &str) -> Vec<Effect> {
        let since = at(self.clock);
        let (conversation, context) = (conversation_id(id), Context::default());
        let generation = Generation(0);
        let tell = ToRouter::Waiting { conversation, since, generation, context };
        self.quick(|router, now| router.handle_tell(now, tell))
    }

    pub fn close(&mut self, id: &str) -> Vec<Effect> {
        let generation = self.generation(id);
        let tell = ToRouter::Closed {
            conversation: conversation_id(id),
            at: at(0),
            generation,
            reply_s: None,
        };
        self.turn(|router, now| router.handle_tell(now, tell))
    }

    pub fn pass(&mut self, seconds: i64) -> Vec<Effect> {
        self.clock += seconds;
        let present = self.present.clone();
        self.turn(|router, now| router.handle_wake(now, &present, &utc))
    }

    /// The alarm rings at this moment, by these clocks.
    pub fn wake_at(&mut self, moment: Millis, offset: Offset<'_>) -> Vec<Effect> {
        self.clock = (moment.0 - at(0).0) / 1_000 - 1;
        let present = self.present.clone();
        self.turn(|router, now| router.handle_wake(now, &present, offset))
    }

    /// Throws the desk away and rebuilds it from the database.
    pub fn restart(&mut self) {
        let rebuilt = Router::restore(RouterStore::new(&self.sql).load().unwrap());
        let known: Vec<_> = self.router.agents().cloned().collect();
        assert_eq!(rebuilt.agents().cloned().collect::<Vec<_>>(), known, "agents");
        let known: Vec<_> = self.router.chats().cloned().collect();
        assert_eq!(rebuilt.chats().cloned().collect::<Vec<_>>(), known, "conversations");
        assert!(rebuilt.decisions().eq(self.router.decisions()), "decisions");
        assert_eq!(rebuilt.settings(), self.router.settings());
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

    /// What those who wait were told, in their order.
    pub fn places(&self) -> Vec<u32> {
        let told = |chat: &Chat| match &chat.state {
            State::Waiting { rank, told, .. } => Some((*rank, told.map_or(0, |it| it.position))),
            _ => None,
        };
        let mut all: Vec<_> = self.router.chats().filter_map(told).collect();
        all.sort_unstable();
        all.into_iter().map(|(_, position)| position).collect()
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
        assert!(self.router.is_indexed(), "the indices are not those of the state");
        for agent in self.router.agents() {
            let load = self.router.load(&agent.who.id);
            assert!(load <= agent.capacity, "R2: {load} of {}", agent.capacity);
        }
        let rules = self.router.settings();
        let manual = |chat: &Chat| {
            let own = rules.departments.iter().find(|one| one.id == chat.department);
            own.is_some_and(|one| one.mode == Mode::Manual)
        };
        for chat in self.router.chats().filter(|chat| chat.rank().is_some() && !manual(chat)) {
            for agent in self.router.agents().filter(|_| chat.offer().is_none()) {
                let id = &agent.who.id;
                let free = self.router.check_eligible(agent, chat).is_ok();
                assert!(!free, "R4: {} waits while {id} is free", chat.conversation);
            }
        }
        for chat in self.router.chats() {
            if let State::Assigned { agent } = &chat.state {
                let known = self.router.agents().find(|one| one.who.id == agent.id).unwrap();
                let due = self.router.next_timer();
                let cared_for = known.presence == Presence::Online || due.is_some();
                assert!(cared_for, "R6: a visitor of a gone agent without a timer");
            }
        }
        for department in &rules.departments {
            let here = |chat: &&Chat| chat.department == department.id;
            let line =
                self.router.chats().filter(here).filter_map(|chat| Some((chat.rank()?, chat)));
            let mut line: Vec<(i64, &Chat)> = line.collect();
            line.sort_by_key(|(rank, _)| *rank);
            let front = line.into_iter().take(limits::PLACES_AT_ONCE);
            for (position, (_, chat)) in (1u32..).zip(front) {
                let State::Waiting { told, .. } = chat.state else { panic!("waiting") };
                let id = &chat.conversation;
                assert_eq!(told.map(|place| place.position), Some(position), "place of {id}");
            }
        }
    }
}

/// A world in which all clocks show UTC.
pub fn utc(_: &str, _: Millis) -> Option<i32> {
    Some(0)
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
