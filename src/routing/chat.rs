//! A conversation at the desk.

use crate::id::{AgentId, ConversationId, DepartmentId, Generation, Skill};
use crate::protocol::desk::{DeskEntry, DeskState, Note, Offer};
use crate::protocol::event::AgentRef;
use crate::protocol::frames::Context;
pub use crate::protocol::frames::Place;
use crate::protocol::identity::Person;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// What the desk keeps of a conversation; one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// In which department.
    pub department: DepartmentId,
    /// Skills that the visitor needs, sorted.
    pub skills: Vec<Skill>,
    /// 0 is the lowest.
    pub priority: u32,
    /// Who had it last, for whom it is kept when they are free.
    pub last: Option<AgentId>,
    /// Who has declined, missed or handed back; they are asked again after `again`.
    pub passed: Vec<AgentId>,
    /// When those may be asked again.
    pub again: Option<Millis>,
    /// When it goes on to the fallback of its department.
    pub fallback_at: Option<Millis>,
    /// From the agent before.
    pub note: Option<Note>,
    /// Who the visitor is, when the site's server has named them.
    #[serde(default)]
    pub person: Option<Person>,
    /// The visitor has called while the department was closed: the answer took the night.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub out_of_hours: bool,
    /// Of a closed one: how long the visitor waited for the first word, in seconds, when it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_s: Option<u32>,
    /// Agents who help, in the order they came.
    #[serde(default)]
    pub helpers: Vec<AgentRef>,
}

/// Who serves a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In the queue.
    Waiting {
        /// Lower goes first.
        rank: i64,
        /// The place the visitor was told last.
        told: Option<Place>,
        /// Who is asked.
        offer: Option<Offer>,
    },
    /// Waits outside of the queue: the department is closed, or its queue is full.
    Parked {
        /// As in the queue.
        rank: i64,
        /// The place the visitor was told last.
        told: Option<Place>,
    },
    /// An agent answers.
    Assigned {
        /// Who.
        agent: AgentRef,
    },
    /// The visitor is silent: it is the agent's, and takes no place.
    Idle {
        /// Whose.
        agent: AgentRef,
        /// Since when.
        since: Millis,
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

    /// The order in the queue, when it waits there.
    pub fn rank(&self) -> Option<i64> {
        match self.state {
            State::Waiting { rank, .. } => Some(rank),
            _ => None,
        }
    }

    /// Who is asked, and until when.
    pub fn offer(&self) -> Option<&Offer> {
        match &self.state {
            State::Waiting { offer, .. } => offer.as_ref(),
            _ => None,
        }
    }

    /// Who answers, were it only to a visitor who is silent.
    pub fn served_by(&self) -> Option<&AgentRef> {
        match &self.state {
            State::Assigned { agent } | State::Idle { agent, .. } => Some(agent),
            _ => None,
        }
    }

    /// Whose place it takes: who answers, or is asked.
    pub fn holder(&self) -> Option<&AgentId> {
        match &self.state {
            State::Assigned { agent } => Some(&agent.id),
            _ => self.offer().map(|offer| &offer.agent),
        }
    }

    /// The visitor's language without region, lower case; empty for what is no language.
    pub(super) fn language(&self) -> String {
        let locale = &self.context.locale;
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        let fits = language.bytes().all(|byte| byte.is_ascii_alphabetic());
        if fits { language.to_ascii_lowercase() } else { String::new() }
    }

    /// As consoles see it.
    pub fn entry(&self) -> DeskEntry {
        DeskEntry {
            conversation: self.conversation.clone(),
            since: self.since,
            locale: self.context.locale.clone(),
            page: self.context.page.clone(),
            department: self.department.clone(),
            note: self.note.clone(),
            person: self.person.clone(),
            helpers: self.helpers.clone(),
            state: match &self.state {
                State::Waiting { rank, offer, .. } => {
                    DeskState::Waiting { rank: *rank, offer: offer.clone() }
                }
                State::Parked { rank, .. } => DeskState::Parked { rank: *rank },
                State::Assigned { agent } => {
                    DeskState::Assigned { agent: agent.clone(), idle: None }
                }
                State::Idle { agent, since } => {
                    DeskState::Assigned { agent: agent.clone(), idle: Some(*since) }
                }
                State::Closed { agent } => DeskState::Closed { agent: agent.clone() },
            },
        }
    }
}
