//! What the host tests share: SQLite behind the store's trait, and short ways to make things.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod desk;
pub mod host_sql;
pub mod site;
pub mod talk;

use edgewise::id::{AgentId, ClientId, ConversationId, Epoch, Seq};
use edgewise::limits;
use edgewise::protocol::api::Role;
use edgewise::protocol::event::AgentRef;
use edgewise::protocol::peer::IdleRule;
use edgewise::protocol::session::{Holder, Session, SessionId, Stage};
use edgewise::time::Millis;
pub use host_sql::HostSql;

pub fn agent(id: &str) -> AgentRef {
    AgentRef { id: agent_id(id), name: format!("Agent {id}") }
}

pub fn agent_id(id: &str) -> AgentId {
    AgentId::parse(id).unwrap()
}

pub fn client_id(id: &str) -> ClientId {
    ClientId::parse(id).unwrap()
}

pub fn conversation_id(id: &str) -> ConversationId {
    ConversationId::parse(id).unwrap()
}

pub fn epoch(id: &str) -> Epoch {
    Epoch::parse(id).unwrap()
}

pub fn at(seconds: i64) -> Millis {
    Millis(1_000_000_000_000 + seconds * 1_000)
}

/// What a site that sets nothing lets silent visitors have.
pub fn idle_rule() -> IdleRule {
    IdleRule { ask_s: limits::IDLE_S, close_s: limits::IDLE_S }
}

pub fn seq(number: u32) -> Seq {
    Seq(number)
}

fn session(id: u32, holder: Holder) -> Session {
    Session { stage: Stage::Live, ..Session::new(SessionId(id), holder, at(0)) }
}

/// A live session of the visitor.
pub fn visitor(id: u32) -> Session {
    session(id, Holder::Visitor)
}

/// A live session of an agent with this role.
pub fn agent_session(id: u32, name: &str, role: Role, capacity: u32) -> Session {
    session(id, Holder::Agent { agent: agent(name), role, capacity, login: String::new() })
}
