//! The desk as consoles see it.

use super::index::Table;
use super::{Agent, Chat, Presence, Router, State};
use crate::id::AgentId;
use crate::limits;
use crate::protocol::desk::{DepartmentRef, DeskServerFrame, RosterEntry};

impl Router {
    /// The whole desk, for a console that says hello.
    pub(super) fn desk(&self, you: &AgentId, lost: u32) -> DeskServerFrame {
        let open = self.chats.values().filter(|chat| !matches!(chat.state, State::Closed { .. }));
        let closed = self.index.of(Table::Closed, "").rev().take(limits::CLOSED_LISTED);
        let closed = closed.filter_map(|key| self.chats.get(&key.conversation()?));
        DeskServerFrame::Desk {
            you: you.clone(),
            agents: self.agents.values().map(|agent| self.roster_entry(agent)).collect(),
            conversations: open.chain(closed).map(Chat::entry).collect(),
            departments: self.department_refs(),
            lost,
            away_after_s: self.told_away_after(),
        }
    }

    pub(super) fn departments_frame(&self) -> DeskServerFrame {
        let (departments, away_after_s) = (self.department_refs(), self.told_away_after());
        DeskServerFrame::Departments { departments, away_after_s }
    }

    fn told_away_after(&self) -> Option<u32> {
        Some(self.settings.away_after_s).filter(|seconds| *seconds > 0)
    }

    fn department_refs(&self) -> Vec<DepartmentRef> {
        let departments = self.settings.departments.iter();
        departments
            .map(|one| DepartmentRef { id: one.id.clone(), name: one.name.clone() })
            .collect()
    }

    /// An agent as consoles see them.
    pub fn roster_entry(&self, agent: &Agent) -> RosterEntry {
        RosterEntry {
            agent: agent.who.clone(),
            online: agent.presence == Presence::Online,
            accepting: agent.accepting,
            load: self.load(&agent.who.id),
            capacity: agent.capacity,
            away: agent.away,
            wrap_up: agent.wrap_up,
            profile: agent.profile.clone(),
        }
    }
}
