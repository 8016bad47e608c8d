//! What crosses a wire. `frames` and `desk` run between a browser and an object, `peer` between two
//! objects, `poll` is a socket by other means, `routing`, `identity` and `widget` are what admins
//! set and read, `api` is the rest of the HTTP surface. The rules these types follow are numbered
//! in docs/protocol.md; `client/frames.ts` is generated from here (`npm run types`).

pub mod api;
pub mod close;
pub mod decode;
pub mod desk;
pub mod encode;
pub mod event;
pub mod file;
pub mod frames;
pub mod identity;
pub mod peer;
pub mod picture;
pub mod poll;
pub mod routing;
pub mod session;
pub mod site;
#[cfg(test)]
mod typescript;
pub mod widget;

/// Why the server refused one request and what the client may do; a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// The same `client_id` came before with another text. The first one stands.
    IdReused,
    /// The text is empty or only white space.
    TextEmpty,
    /// The text is longer than `limits::TEXT_CHARS`.
    TextTooLong,
    /// An identifier is malformed or too long.
    BadId,
    /// Only the agent to whom the conversation is assigned may do this.
    NotAssigned,
    /// This participant may never do this.
    Forbidden,
    /// The conversation is not waiting, so it cannot be taken.
    NotWaiting,
    /// The named agent is unknown, away or at capacity.
    AgentUnavailable,
    /// No such conversation at this desk.
    UnknownConversation,
    /// No such department at this site.
    UnknownDepartment,
    /// The offer is over: it was withdrawn, or another agent has the visitor.
    OfferOver,
    /// The note is longer than `limits::NOTE_CHARS`.
    NoteTooLong,
    /// No file was sent under this id, or it waited too long: send it again.
    FileMissing,
}
