//! Why a socket is closed: a closed list, and whether coming back helps.

/// Close codes of Edgewise sockets (docs/protocol.md, rule C1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[repr(u16)]
pub enum CloseCode {
    /// A binary frame. Do not retry.
    TextOnly = 1003,
    /// A frame over the limit. Do not retry.
    TooBig = 1009,
    /// Not JSON, an unknown frame or field, or a wrong type. Do not retry.
    BadFrame = 4400,
    /// The session has ended (signed out, or removed). Do not retry.
    SignedOut = 4401,
    /// The first frame was not `hello`. Do not retry.
    HelloRequired = 4402,
    /// No sign of life for `limits::LEASE`. Retry with backoff.
    Lapsed = 4408,
    /// Too many sockets of this participant; the oldest goes. Do not retry.
    Replaced = 4409,
    /// Too many frames. Retry after the milliseconds in the close reason; nothing was stored since.
    SlowDown = 4429,
    /// An error of ours; it is logged. Retry with backoff.
    Fault = 4500,
}

impl CloseCode {
    /// All codes, for the generated list.
    pub const ALL: [Self; 9] = [
        Self::TextOnly,
        Self::TooBig,
        Self::BadFrame,
        Self::SignedOut,
        Self::HelloRequired,
        Self::Lapsed,
        Self::Replaced,
        Self::SlowDown,
        Self::Fault,
    ];

    /// The number on the wire.
    pub const fn code(self) -> u16 {
        self as u16
    }

    /// Whether a client may open a new socket and go on.
    pub const fn retry(self) -> bool {
        matches!(self, Self::Lapsed | Self::SlowDown | Self::Fault)
    }
}
