//! Frames between an agent's console and the router object of the site: the desk. No message text
//! passes here.

use super::Rejection;
use super::event::AgentRef;
use crate::id::{AgentId, ConversationId};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// What a console sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "t", rename_all = "snake_case", deny_unknown_fields)]
pub enum DeskClientFrame {
    /// The first frame: the agent is present, send me the desk.
    Hello {},
    /// Accept new chats, or pause.
    Accept {
        /// True to accept.
        on: bool,
    },
    /// Give a conversation of mine to another agent (owners and admins: any conversation).
    Transfer {
        /// Which.
        conversation: ConversationId,
        /// To whom.
        to: AgentId,
    },
    /// Take a waiting conversation, out of turn.
    Take {
        /// Which.
        conversation: ConversationId,
    },
}

/// What the router sends to consoles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum DeskServerFrame {
    /// The whole desk; replaces what the console knew.
    Desk {
        /// The agent of this socket.
        you: AgentId,
        /// Everyone who has signed in lately.
        agents: Vec<RosterEntry>,
        /// Waiting, assigned, and lately closed conversations.
        conversations: Vec<DeskEntry>,
    },
    /// An agent's state changed.
    Agent {
        /// Its state now.
        agent: RosterEntry,
    },
    /// Conversations changed, or are new.
    Conversations {
        /// Their state now.
        changed: Vec<DeskEntry>,
    },
    /// A frame of this console was refused.
    Rejected {
        /// Which conversation it was about.
        #[cfg_attr(test, ts(optional))]
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
        /// Why.
        code: Rejection,
    },
}

/// An agent at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RosterEntry {
    /// Who.
    pub agent: AgentRef,
    /// Has a console open.
    pub online: bool,
    /// Accepts new chats.
    pub accepting: bool,
    /// Open conversations.
    pub load: u32,
    /// How many at most.
    pub capacity: u32,
}

/// A conversation at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DeskEntry {
    /// Which conversation.
    pub conversation: ConversationId,
    /// When it began to wait, or was closed.
    pub since: Millis,
    /// Language of the visitor's widget; untrusted text.
    pub locale: String,
    /// Page of the visitor; untrusted text.
    pub page: String,
    /// Who serves it.
    pub state: DeskState,
}

/// The router's view of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum DeskState {
    /// In the queue.
    Waiting {
        /// Lower is served earlier; the position is the place among all waiting ones.
        rank: i32,
    },
    /// An agent answers.
    Assigned {
        /// Who.
        agent: AgentRef,
    },
    /// Closed.
    Closed {
        /// Who served it last, if anybody.
        agent: Option<AgentRef>,
    },
}
