//! Frames between an agent's console and the router object of the site: the desk. No message text
//! passes here.

use super::Rejection;
use super::event::AgentRef;
use super::identity::Person;
use super::routing::{Decision, Profile};
use crate::id::{AgentId, ConversationId, DepartmentId};
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
        /// What the next agent should know.
        #[cfg_attr(test, ts(optional))]
        note: Option<String>,
    },
    /// Give a conversation of mine back to a queue (owners and admins: any conversation).
    HandBack {
        /// Which.
        conversation: ConversationId,
        /// Into which queue; the one it came from when absent.
        #[cfg_attr(test, ts(optional))]
        department: Option<DepartmentId>,
        /// What the next agent should know.
        #[cfg_attr(test, ts(optional))]
        note: Option<String>,
    },
    /// Have another agent help with a conversation of mine (owners and admins: any conversation):
    /// they read and write, and it stays mine.
    Invite {
        /// Which.
        conversation: ConversationId,
        /// Whom.
        to: AgentId,
    },
    /// I do not help with this conversation any more.
    Leave {
        /// Which.
        conversation: ConversationId,
    },
    /// Take a waiting conversation.
    Take {
        /// Which.
        conversation: ConversationId,
    },
    /// Answer an offer.
    Answer {
        /// Which conversation was offered.
        conversation: ConversationId,
        /// True to take it.
        yes: bool,
    },
    /// The notes after a close are written: I can have visitors again.
    Ready {},
    /// The agent has moved or typed since the last of these; now and then, where the desk asks for
    /// it.
    Active {},
    /// Why did this conversation go where it is? Without one: what was decided lately (owners and
    /// admins).
    Explain {
        /// About which.
        #[cfg_attr(test, ts(optional))]
        conversation: Option<ConversationId>,
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
        /// Waiting, parked, assigned, and lately closed conversations.
        conversations: Vec<DeskEntry>,
        /// The departments of the site.
        departments: Vec<DepartmentRef>,
        /// Conversations that went back to the queue while the agent of this socket was gone.
        lost: u32,
        /// Seconds without activity after which agents are away; absent for never.
        #[cfg_attr(test, ts(optional))]
        #[serde(skip_serializing_if = "Option::is_none")]
        away_after_s: Option<u32>,
    },
    /// The departments of the site have changed, or what else the rules say to consoles.
    Departments {
        /// All of them now.
        departments: Vec<DepartmentRef>,
        /// As in `Desk`.
        #[cfg_attr(test, ts(optional))]
        #[serde(skip_serializing_if = "Option::is_none")]
        away_after_s: Option<u32>,
    },
    /// An agent has missed several offers in a row (to owners and admins).
    Missing {
        /// Who.
        agent: AgentRef,
        /// How many.
        misses: u32,
    },
    /// The answer to `explain`, newest first.
    Decisions {
        /// About which conversation; absent for all.
        #[cfg_attr(test, ts(optional))]
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
        /// The decisions.
        list: Vec<Decision>,
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
    /// Why they do not accept.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub away: Option<Away>,
    /// Until when they write notes.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrap_up: Option<Millis>,
    /// Whom they can serve.
    pub profile: Profile,
}

/// Why an agent does not accept new chats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Away {
    /// By their own switch.
    Chosen,
    /// They let an offer pass.
    Missed,
    /// All their departments have closed.
    ShiftOver,
    /// They have done nothing at any console for long.
    Idle,
}

impl DeskClientFrame {
    /// Which conversation it is about.
    pub fn conversation(&self) -> Option<&ConversationId> {
        match self {
            Self::Transfer { conversation, .. }
            | Self::HandBack { conversation, .. }
            | Self::Take { conversation }
            | Self::Invite { conversation, .. }
            | Self::Leave { conversation }
            | Self::Answer { conversation, .. } => Some(conversation),
            Self::Explain { conversation } => conversation.as_ref(),
            Self::Hello {} | Self::Accept { .. } | Self::Ready {} | Self::Active {} => None,
        }
    }
}

/// A department as consoles name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DepartmentRef {
    /// Its id.
    pub id: DepartmentId,
    /// Its name for people; empty for the only one of a site that has made none.
    pub name: String,
    /// How long one place of its queue takes, in milliseconds, when that can be said.
    #[cfg_attr(test, ts(optional, type = "number"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace_ms: Option<i64>,
    /// When it opens next, when it is closed.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Millis>,
}

/// What an agent leaves for the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Note {
    /// Who wrote it.
    pub by: AgentRef,
    /// Plain text.
    pub text: String,
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
    /// In which department.
    pub department: DepartmentId,
    /// From the agent before.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// Who the visitor is, when the site's server has said so.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// Agents who help; it is not theirs and takes none of their places.
    pub helpers: Vec<AgentRef>,
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
        /// Lower is served earlier; the position is the place among all that wait in the
        /// department.
        #[cfg_attr(test, ts(type = "number"))]
        rank: i64,
        /// Who is asked, and until when.
        #[cfg_attr(test, ts(optional))]
        #[serde(skip_serializing_if = "Option::is_none")]
        offer: Option<Offer>,
    },
    /// Waits outside of the queue: the department is closed, or its queue is full.
    Parked {
        /// As in the queue.
        #[cfg_attr(test, ts(type = "number"))]
        rank: i64,
    },
    /// An agent answers.
    Assigned {
        /// Who.
        agent: AgentRef,
        /// Since when the visitor has been silent for so long that the agent's place is free.
        #[cfg_attr(test, ts(optional))]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        idle: Option<Millis>,
    },
    /// Closed.
    Closed {
        /// Who served it last, if anybody.
        agent: Option<AgentRef>,
    },
}

/// A visitor shown to one agent, who may accept or decline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Offer {
    /// To whom.
    pub agent: AgentId,
    /// Until when.
    pub until: Millis,
}
