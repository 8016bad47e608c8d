//! A conversation with its real store, for the tests of its rules.

use super::*;
use edgewise::conversation::{Conversation, Effect, Log, Tail};
use edgewise::id::{Chain, Generation, Seq};
use edgewise::protocol::Rejection;
use edgewise::protocol::api::Role;
use edgewise::protocol::event::Event;
use edgewise::protocol::frames::{ClientFrame, ServerFrame, Status};
use edgewise::protocol::peer::ToConversation;
use edgewise::protocol::session::Session;
use edgewise::store::ConversationStore;

/// A conversation with its database; every turn is stored, and the machine can be thrown away.
pub struct World {
    pub sql: HostSql,
    pub machine: Conversation,
    pub clock: i64,
}

impl World {
    pub fn new() -> Self {
        let sql = HostSql::new();
        let store = ConversationStore::new(&sql);
        store.migrate().unwrap();
        let tail = Tail::default();
        let machine = Conversation::restore(conversation_id("c"), None, tail, epoch("e1"));
        Self { sql, machine, clock: 0 }
    }

    pub fn frame(&mut self, from: &Session, frame: ClientFrame) -> Vec<Effect> {
        self.clock += 1;
        let store = ConversationStore::new(&self.sql);
        store.take_frame(&mut self.machine, at(self.clock), from, frame).unwrap()
    }

    pub fn tell(&mut self, tell: ToConversation) -> Vec<Effect> {
        self.clock += 1;
        let effects = self.machine.handle_tell(at(self.clock), tell);
        ConversationStore::new(&self.sql).apply(at(self.clock), &effects).unwrap();
        effects
    }

    pub fn send(&mut self, from: &Session, id: &str, text: &str) -> Vec<Effect> {
        self.frame(from, ClientFrame::Send { client_id: client_id(id), text: text.into() })
    }

    pub fn hello(&mut self, from: &Session, after: u32, epoch_of: Option<&str>) -> Vec<Effect> {
        let chain = self.chain(after);
        self.hello_with(from, after, epoch_of, chain)
    }

    /// The chain of an event of this log.
    pub fn chain(&self, of: u32) -> Option<Chain> {
        ConversationStore::new(&self.sql).event(Seq(of)).unwrap().map(|event| event.chain)
    }

    pub fn hello_with(
        &mut self,
        from: &Session,
        after: u32,
        epoch_of: Option<&str>,
        chain: Option<Chain>,
    ) -> Vec<Effect> {
        let (after, epoch) = (Seq(after), epoch_of.map(epoch));
        self.frame(from, ClientFrame::Hello { after, epoch, chain, context: None, about: None })
    }

    pub fn assign(&mut self, name: &str, generation: u32) -> Vec<Effect> {
        let generation = Generation(generation);
        self.assign_with(name, generation, &[])
    }

    /// As `assign`, where others help.
    pub fn assign_with(
        &mut self,
        name: &str,
        generation: Generation,
        helpers: &[&str],
    ) -> Vec<Effect> {
        let helpers = helpers.iter().map(|name| agent(name)).collect();
        let (agent, idle) = (agent(name), idle_rule());
        self.tell(ToConversation::Assigned { agent, generation, idle, helpers })
    }

    /// Throws the machine away and rebuilds it from the database.
    pub fn restart(&mut self) {
        let (head, last) = ConversationStore::new(&self.sql).load().unwrap();
        self.machine = Conversation::restore(conversation_id("c"), head, last, epoch("other"));
    }

    /// Time goes on to the alarm, which rings.
    pub fn ring(&mut self) -> Vec<Effect> {
        let due = self.machine.next_timer(at(self.clock)).expect("a timer");
        self.clock = due.since(at(0)).0 / 1_000;
        self.look_at_clock()
    }

    pub fn look_at_clock(&mut self) -> Vec<Effect> {
        let store = ConversationStore::new(&self.sql);
        store.take_time(&mut self.machine, at(self.clock)).unwrap()
    }

    pub fn status(&self) -> Status {
        self.machine.head().status()
    }
}

/// The session as its attachment keeps it after these effects.
pub fn with_draft(session: Session, effects: &[Effect]) -> Session {
    let draft = effects.iter().find_map(|effect| match effect {
        Effect::Draft { session: of, draft } if *of == session.id => Some(draft.clone()),
        _ => None,
    });
    Session { draft, ..session }
}

pub fn ana(id: u32) -> Session {
    agent_session(id, "ana", Role::Agent, 5)
}

pub fn frames(effects: &[Effect], session: &Session) -> Vec<ServerFrame> {
    let mine = |effect: &Effect| match effect {
        Effect::Send { to, frame } if to.includes(session) => Some(frame.clone()),
        _ => None,
    };
    effects.iter().filter_map(mine).collect()
}

pub fn appended(effects: &[Effect]) -> Vec<Event> {
    let stored = |effect: &Effect| match effect {
        Effect::Append(event) => Some(event.clone()),
        _ => None,
    };
    effects.iter().filter_map(stored).collect()
}

pub fn ack_of(effects: &[Effect], session: &Session) -> Option<Seq> {
    frames(effects, session).into_iter().find_map(|frame| match frame {
        ServerFrame::Ack { seq, .. } => Some(seq),
        _ => None,
    })
}

pub fn rejection_of(effects: &[Effect], session: &Session) -> Option<Rejection> {
    frames(effects, session).into_iter().find_map(|frame| match frame {
        ServerFrame::Rejected { code, .. } => Some(code),
        _ => None,
    })
}

pub fn batch_of(effects: &[Effect], session: &Session) -> (Vec<u32>, bool) {
    let batch = frames(effects, session).into_iter().find_map(|frame| match frame {
        ServerFrame::Batch { events, done } => Some((events, done)),
        _ => None,
    });
    let (events, done) = batch.expect("a batch");
    (events.iter().map(|event| event.seq.0).collect(), done)
}
