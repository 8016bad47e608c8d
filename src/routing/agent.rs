//! An agent at the desk.

use crate::limits;
use crate::protocol::event::AgentRef;
use crate::time::Millis;

/// What the desk keeps of an agent; one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Who.
    pub who: AgentRef,
    /// How many conversations at once.
    pub capacity: u32,
    /// Accepts new chats.
    pub accepting: bool,
    /// When the load changed last; the longest idle goes first.
    pub idle_since: Millis,
    /// Has a console open?
    pub presence: Presence,
}

/// Whether an agent has a console open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// At least one session.
    Online,
    /// None.
    Gone {
        /// Since when.
        since: Millis,
    },
}

impl Agent {
    /// May be given new chats, were there room.
    pub fn is_on_duty(&self) -> bool {
        self.accepting && self.presence == Presence::Online
    }

    /// When the conversations of a gone agent go back to the queue.
    pub fn grace_ends(&self) -> Option<Millis> {
        match self.presence {
            Presence::Online => None,
            Presence::Gone { since } => Some(since.after(limits::GRACE)),
        }
    }
}
