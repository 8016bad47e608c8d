//! What one object tells another. Each tell is a row of the sender's outbox, written with the
//! change that caused it, and applied once by the receiver (docs/protocol.md, rules P1 to P4).

use super::event::AgentRef;
use super::frames::{Context, Place};
use super::identity::Person;
use crate::id::{ConversationId, Generation, TellId};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// Rows of one sender's outbox, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery<T> {
    /// The sender: a conversation's id, or the site of a router.
    pub source: String,
    /// The rows.
    pub tells: Vec<Numbered<T>>,
}

/// A tell with its place in the sender's outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered<T> {
    /// Grows with each tell of this sender.
    pub id: TellId,
    /// What is told.
    pub tell: T,
}

/// From a conversation to its router.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToRouter {
    /// The visitor has written and nobody serves the conversation.
    Waiting {
        /// Which conversation.
        conversation: ConversationId,
        /// Since when.
        since: Millis,
        /// Generation of its last assignment, 0 for none.
        generation: Generation,
        /// What the visitor looks at.
        context: Context,
    },
    /// The agent has closed it.
    Closed {
        /// Which conversation.
        conversation: ConversationId,
        /// When.
        at: Millis,
        /// The assignment that ended; a stale one has no effect.
        generation: Generation,
        /// How long the visitor waited for the first word of an agent, in seconds; none when they
        /// wrote while the department was closed, or got no answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_s: Option<u32>,
    },
    /// The visitor has been silent for too long: the agent's place is free.
    Idle {
        /// Which conversation.
        conversation: ConversationId,
        /// Of which assignment; a stale one has no effect.
        generation: Generation,
    },
    /// The visitor has written again.
    Back {
        /// Which conversation.
        conversation: ConversationId,
        /// As in `Idle`.
        generation: Generation,
    },
    /// The site's server has named the visitor.
    Named {
        /// Which conversation.
        conversation: ConversationId,
        /// Who.
        person: Person,
    },
}

/// How long a visitor may leave the agent's word unanswered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdleRule {
    /// Seconds until the visitor is asked and the agent's place is free; 0 for never.
    pub ask_s: u32,
    /// Seconds from then on until the conversation is closed; 0 for never.
    pub close_s: u32,
}

/// From the router to a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToConversation {
    /// The conversation has an agent.
    Assigned {
        /// Who.
        agent: AgentRef,
        /// Grows with each assignment and each return to the queue.
        generation: Generation,
        /// How long the visitor may be silent.
        #[serde(default)]
        idle: IdleRule,
        /// Who helps, in the order they came.
        #[serde(default)]
        helpers: Vec<AgentRef>,
    },
    /// The agent is gone, the conversation waits again.
    Requeued {
        /// See `Assigned`.
        generation: Generation,
    },
    /// Who helps the agent now: all of them.
    Helpers {
        /// Of which assignment; a stale one has no effect.
        generation: Generation,
        /// In the order they came.
        helpers: Vec<AgentRef>,
    },
    /// The place in the queue changed.
    Place {
        /// The place now.
        place: Place,
    },
}
