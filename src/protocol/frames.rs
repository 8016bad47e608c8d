//! Frames between a browser and the object of one conversation.

use super::Rejection;
use super::event::{AgentRef, Author, Event, Side};
use crate::id::{AgentId, Chain, ClientId, DepartmentId, Epoch, Seq};
use crate::time::Millis;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// What a client sends on the socket of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "t", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// The first frame, and again after each batch that was not the last: "I have up to `after`".
    Hello {
        /// Last seq the client holds, 0 for none.
        after: Seq,
        /// The history that seq belongs to; absent when the client holds nothing.
        #[cfg_attr(test, ts(optional))]
        epoch: Option<Epoch>,
        /// The chain of the event `after`; absent when the client holds nothing.
        #[cfg_attr(test, ts(optional))]
        chain: Option<Chain>,
        /// What the visitor looks at; shown to agents, ignored from agents.
        #[cfg_attr(test, ts(optional))]
        context: Option<Context>,
        /// What the page says of the visitor; of agents, ignored.
        #[cfg_attr(test, ts(optional))]
        about: Option<About>,
    },
    /// Store a message.
    Send {
        /// Chosen by the sender, the same at each retry.
        client_id: ClientId,
        /// Plain text.
        text: String,
    },
    /// Store a message that carries the file which was sent under this id.
    Attach {
        /// As that of `send`.
        client_id: ClientId,
        /// The file's name, for people; at most `limits::FILE_NAME_CHARS`.
        text: String,
    },
    /// The sender began or stopped typing. Never stored.
    Typing {
        /// True while typing.
        on: bool,
    },
    /// The sender has seen everything up to `seq`.
    Seen {
        /// Last seq seen.
        seq: Seq,
    },
    /// Says how it was, once it has ended; the visitor's.
    Rate {
        /// Whether it helped.
        good: bool,
        /// In their words, at most `limits::NOTE_CHARS`; may be empty.
        comment: String,
    },
    /// Close the conversation: its agent, or the visitor whom an agent serves.
    Close {},
}

/// Where a visitor is, told by their browser and so never trusted: only shown, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// BCP 47 language of the widget, at most `limits::LOCALE_CHARS`.
    pub locale: String,
    /// URL of the page, at most `limits::PAGE_CHARS`.
    pub page: String,
    /// The department that the visitor chose, or that the page embeds.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// The agent whom the visitor or a link asks for.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
}

/// What the page says of the visitor, and so never trusted: only shown, as text. The conversation
/// keeps what it heard before, and what of it fits (`limits::ABOUT_BYTES`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct About {
    /// Facts by their names, such as `plan`; an empty one takes the fact away.
    pub attributes: BTreeMap<String, String>,
    /// What the visitor has done lately, by the moment on the browser's clock.
    #[serde(deserialize_with = "by_moment")]
    pub tracked: BTreeMap<Millis, String>,
}

/// Names of fields are texts, and within a frame serde makes no numbers of them.
fn by_moment<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<Millis, String>, D::Error> {
    let texts = BTreeMap::<String, String>::deserialize(from)?;
    let number = |at: &str| at.parse().map(Millis).map_err(|_| D::Error::custom("no moment"));
    texts.into_iter().map(|(at, text)| Ok((number(&at)?, text))).collect()
}

/// What the object sends to a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The answer to `hello`: the present state. Batches follow.
    Welcome {
        /// Which history this is; it changes when history moved backwards.
        epoch: Epoch,
        /// Who the server takes the client for.
        you: Author,
        /// Last seq of the log.
        last_seq: Seq,
        /// True when the client's `after` is not of this history: forget all and start at 0.
        reset: bool,
        /// Who serves the conversation.
        status: Status,
        /// What each side has seen.
        seen: Marks,
    },
    /// Events after the client's `after`, in order.
    Batch {
        /// Dense run of events; may be empty.
        events: Vec<Event>,
        /// True when the client has everything and gets events live; false: say hello again.
        done: bool,
    },
    /// What the page has said of the visitor; to agents, after their batch and when it changes.
    About {
        /// All of it.
        about: About,
    },
    /// The client's message is stored. Its other sockets and all others get the event.
    Ack {
        /// The id the client gave.
        client_id: ClientId,
        /// Where it is in the log.
        seq: Seq,
        /// When it was stored.
        at: Millis,
        /// The chain of its event.
        chain: Chain,
    },
    /// A new event.
    Event {
        /// The event.
        event: Event,
    },
    /// Someone else types or stopped.
    Typing {
        /// Who.
        who: Author,
        /// True while typing.
        on: bool,
    },
    /// A side has seen more.
    Seen {
        /// Which side.
        side: Side,
        /// Up to where.
        seq: Seq,
    },
    /// Who serves the conversation changed, or the position in the queue.
    Status {
        /// The status now.
        status: Status,
    },
    /// A frame of the client was refused; nothing was stored.
    Rejected {
        /// Of which message, when it was a `send`.
        #[cfg_attr(test, ts(optional))]
        #[serde(skip_serializing_if = "Option::is_none")]
        client_id: Option<ClientId>,
        /// Why.
        code: Rejection,
    },
}

/// Who serves the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Status {
    /// In the queue for an agent.
    Waiting {
        /// Place in the queue, when the router has told it.
        place: Option<Place>,
    },
    /// An agent answers.
    Assigned {
        /// Who.
        agent: AgentRef,
    },
    /// Nobody waits: closed, or nobody has written yet (`last_seq` 0).
    Closed,
}

/// A place in the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Place {
    /// 1 is next; 0 is not yet in line, for the department is closed or its queue full.
    pub position: u32,
    /// False when no agent accepts chats now.
    pub staffed: bool,
    /// How long it may take, in seconds and to the minute, when that can be said.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_s: Option<u32>,
    /// When the department opens next, when it is closed.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Millis>,
}

/// Read marks: the last seq each side has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Marks {
    /// The visitor's.
    pub visitor: Seq,
    /// The agents'.
    pub agent: Seq,
}
