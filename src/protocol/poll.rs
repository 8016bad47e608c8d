//! A socket by other means: `POST /api/poll` carries, for networks that let no WebSocket through,
//! the very texts that a socket would carry (docs/protocol.md, B).

use serde::{Deserialize, Serialize};

/// One request of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// The session, as the first answer named it; absent opens one.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Frames of the client, in order, each the text of one. None in an open session: wait for
    /// frames of the server.
    pub frames: Vec<String>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PollAnswer {
    /// Names the session in further requests.
    pub session: String,
    /// Frames of the server, in order, each the text of one.
    pub frames: Vec<String>,
    /// The session has ended behind these frames.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close: Option<PollClose>,
}

/// How a polled session has ended: what the close of a socket would say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PollClose {
    /// A close code (rule C1).
    pub code: u16,
    /// Its reason.
    pub reason: String,
}
