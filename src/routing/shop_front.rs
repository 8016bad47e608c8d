//! What a visitor is told who has not written yet: whether somebody is there, and how long an
//! answer takes.

use super::index::Table;
use super::{Router, State};
use crate::id::AgentId;
use crate::limits;
use crate::protocol::event::AgentRef;
use crate::protocol::widget::Presence;
use crate::time::Millis;
use std::collections::BTreeSet;

impl Router {
    /// Who is there. A department that is closed or that nobody attends counts for nothing.
    pub fn presence(&self, now: Millis) -> Presence {
        let all = &self.settings.departments;
        let open = || all.iter().filter(|one| self.is_open(&one.id));
        let opens = |id| self.queue(id).and_then(|queue| queue.shift).and_then(|shift| shift.opens);
        Presence {
            online: open().any(|one| self.index.is_staffed(&one.id)),
            opens: match open().next() {
                Some(_) => None,
                None => all.iter().filter_map(|one| opens(&one.id)).min(),
            },
            reply_s: self.usual_reply(now),
            team: self.there(),
        }
    }

    /// Some of those on duty in a department that is open, each once, by their ids.
    fn there(&self) -> Vec<AgentRef> {
        let open = self.settings.departments.iter().filter(|one| self.is_open(&one.id));
        let on_duty = open.flat_map(|one| self.index.on_duty(&one.id).take(limits::TEAM_SHOWN));
        let ids: BTreeSet<AgentId> = on_duty.collect();
        let shown = ids.iter().filter_map(|id| self.agents.get(id)).take(limits::TEAM_SHOWN);
        shown.map(|agent| agent.who.clone()).collect()
    }

    /// The median of the conversations that have ended lately and are still known. Each of them
    /// keeps its own, so that there is no tally to be stored, and nothing to be forgotten.
    fn usual_reply(&self, now: Millis) -> Option<u32> {
        let closed = self.index.of(Table::Closed, "").rev();
        let lately =
            closed.take_while(|key| now.since(Millis(key.first)) <= limits::REPLIES_WITHIN);
        let ended = lately.filter_map(|key| self.chats.get(&key.conversation()?));
        let mut replies: Vec<u32> = ended
            .filter(|chat| matches!(chat.state, State::Closed { .. }))
            .filter_map(|chat| chat.reply_s)
            .collect();
        if replies.len() < limits::REPLIES_MIN {
            return None;
        }
        let middle = replies.len() / 2;
        Some(*replies.select_nth_unstable(middle).1)
    }
}
