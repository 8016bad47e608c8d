//! A conversation at the desk.

use crate::id::{AgentId, ConversationId, Generation};
use crate::protocol::desk::{DeskEntry, DeskState};
use crate::protocol::event::AgentRef;
use crate::protocol::frames::Context;
pub use crate::protocol::frames::Place;
use crate::time::Millis;

/// What the desk keeps of a conversation; one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    /// Which.
    pub conversation: ConversationId,
    /// When it began to wait, or was closed.
    pub since: Millis,
    /// What the visitor looked at when they wrote.
    pub context: Context,
    /// Number of the last assignment or return to the queue.
    pub generation: Generation,
    /// Who serves it.
    pub state: State,
}

/// Who serves a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// In the queue.
    Waiting {
        /// Lower goes first.
        rank: i32,
        /// The place the visitor was told last.
        told: Option<Place>,
    },
    /// An agent answers.
    Assigned {
        /// Who.
        agent: AgentRef,
    },
    /// Closed.
    Closed {
        /// Who served it last.
        agent: Option<AgentRef>,
    },
}

impl Chat {
    /// Whether this agent answers.
    pub fn is_assigned_to(&self, id: &AgentId) -> bool {
        matches!(&self.state, State::Assigned { agent } if agent.id == *id)
    }

    /// The order in the queue, when it waits.
    pub fn rank(&self) -> Option<i32> {
        match self.state {
            State::Waiting { rank, .. } => Some(rank),
            _ => None,
        }
    }

    /// As consoles see it.
    pub fn entry(&self) -> DeskEntry {
        DeskEntry {
            conversation: self.conversation.clone(),
            since: self.since,
            locale: self.context.locale.clone(),
            page: self.context.page.clone(),
            state: match &self.state {
                State::Waiting { rank, .. } => DeskState::Waiting { rank: *rank },
                State::Assigned { agent } => DeskState::Assigned { agent: agent.clone() },
                State::Closed { agent } => DeskState::Closed { agent: agent.clone() },
            },
        }
    }
}
