//! The desk as consoles see it.

use super::{Agent, Presence, Router};
use crate::id::AgentId;
use crate::protocol::desk::{DeskServerFrame, RosterEntry};

impl Router {
    /// The whole desk, for a console that says hello.
    pub(super) fn desk(&self, you: &AgentId) -> DeskServerFrame {
        DeskServerFrame::Desk {
            you: you.clone(),
            agents: self.agents.values().map(|agent| self.roster_entry(agent)).collect(),
            conversations: self.chats.values().map(super::Chat::entry).collect(),
        }
    }

    pub(super) fn roster_entry(&self, agent: &Agent) -> RosterEntry {
        RosterEntry {
            agent: agent.who.clone(),
            online: agent.presence == Presence::Online,
            accepting: agent.accepting,
            load: self.load(&agent.who.id),
            capacity: agent.capacity,
        }
    }
}
