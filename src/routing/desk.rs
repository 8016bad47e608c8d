//! The desk as consoles see it.

use super::index::Table;
use super::{Agent, Chat, Effect, Presence, Router, State, To};
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

    /// Consoles say of those who wait what these hear: it follows from their departments.
    pub(super) fn show_departments(&mut self, effects: &mut Vec<Effect>) {
        let refs = self.department_refs();
        if self.shown != refs {
            self.shown = refs;
            effects.push(Effect::Send { to: To::Consoles, frame: self.departments_frame() });
        }
    }

    pub(super) fn departments_frame(&self) -> DeskServerFrame {
        let (departments, away_after_s) = (self.department_refs(), self.told_away_after());
        DeskServerFrame::Departments { departments, away_after_s }
    }

    fn told_away_after(&self) -> Option<u32> {
        Some(self.settings.away_after_s).filter(|seconds| *seconds > 0)
    }

    pub(super) fn department_refs(&self) -> Vec<DepartmentRef> {
        let departments = self.settings.departments.iter();
        departments
            .map(|one| {
                let queue = self.queue(&one.id).filter(|_| self.index.is_staffed(&one.id));
                let pace = queue.and_then(super::queue::Queue::pace);
                let shift = self.queue(&one.id).and_then(|queue| queue.shift);
                DepartmentRef {
                    id: one.id.clone(),
                    name: one.name.clone(),
                    pace_ms: pace.map(|pace| pace.0),
                    opens: shift.and_then(|shift| shift.opens),
                }
            })
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
