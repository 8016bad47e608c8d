//! Events: what a conversation stores. Everything a reader sees in the thread is one of these.

use super::file::FileRef;
use super::widget::Answer;
use crate::id::{AgentId, Chain, ClientId, Seq};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// Who wrote an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Author {
    /// The visitor whose conversation this is.
    Visitor,
    /// An agent of the site.
    Agent(AgentRef),
    /// Edgewise itself.
    System,
}

/// An agent as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AgentRef {
    /// Stable id of the agent.
    pub id: AgentId,
    /// Display name, at most `limits::NAME_CHARS` characters.
    pub name: String,
}

/// The two sides of a conversation, for read marks and typing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The visitor, in any of their tabs.
    Visitor,
    /// The agents of the site.
    Agent,
}

/// One stored entry of a conversation's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Event {
    /// Dense position in the log: 1, 2, 3 …
    pub seq: Seq,
    /// When the server stored it, milliseconds since 1970.
    pub at: Millis,
    /// Who wrote it.
    pub author: Author,
    /// What happened.
    pub body: Body,
    /// Names the history up to and with this event.
    pub chain: Chain,
}

impl Event {
    /// Whether it is the message or form of this sender with this id. Agents may change their
    /// names.
    pub fn is_message_of(&self, author: &Author, id: &ClientId) -> bool {
        let same = match (&self.author, author) {
            (Author::Visitor, Author::Visitor) => true,
            (Author::Agent(one), Author::Agent(other)) => one.id == other.id,
            _ => false,
        };
        same && self.body.client_id() == Some(id)
    }
}

/// What happened in an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// A message. Plain text, never HTML.
    Message {
        /// The sender's own id of it, so that other tabs recognise it.
        client_id: ClientId,
        /// The text as written.
        text: String,
    },
    /// A message that carries a file.
    File {
        /// As that of a message; no file and no message share one.
        client_id: ClientId,
        /// The file's name, for people.
        text: String,
        /// The file.
        file: FileRef,
    },
    /// An agent has taken the conversation over.
    Assigned {
        /// Who answers from now on.
        agent: AgentRef,
    },
    /// The agent is gone; the conversation is back at the front of the queue.
    Requeued,
    /// The conversation was closed by the author.
    Closed,
    /// A message of the visitor opened a closed conversation again.
    Reopened,
    /// Another agent helps.
    Joined {
        /// Who.
        agent: AgentRef,
    },
    /// A helper is not needed any more.
    Left {
        /// Who.
        agent: AgentRef,
    },
    /// The visitor has been silent for long, and is asked whether they are still there.
    Idle,
    /// The visitor has said how it was.
    Rated {
        /// Whether it helped.
        good: bool,
        /// In their words; may be empty.
        comment: String,
    },
    /// The visitor has answered a form of the site.
    Filled {
        /// The sender's own id of it.
        client_id: ClientId,
        /// In the order of the form.
        answers: Vec<Answer>,
    },
}

impl Body {
    /// The sender's id of what a client sends: of a message, a file or a form.
    pub fn client_id(&self) -> Option<&ClientId> {
        match self {
            Self::Message { client_id, .. }
            | Self::File { client_id, .. }
            | Self::Filled { client_id, .. } => Some(client_id),
            _ => None,
        }
    }
}
