//! Why a socket is closed: a closed list, whether coming back helps, and when.

use crate::limits;
use crate::time::Span;
use std::fmt;

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
    /// No sign of life for `limits::LEASE`. Retry.
    Lapsed = 4408,
    /// Too many sockets of this participant; the oldest goes. Do not retry.
    Replaced = 4409,
    /// What this session came by counts no longer: the conversation belongs to a person now, or
    /// it is long ago. Retry: the next ticket leads where the visitor belongs.
    Moved = 4410,
    /// Too many frames. Retry; nothing was stored since.
    SlowDown = 4429,
    /// An error of ours; it is logged. Retry.
    Fault = 4500,
}

impl CloseCode {
    /// All codes, for the generated list.
    pub const ALL: [Self; 10] = [
        Self::TextOnly,
        Self::TooBig,
        Self::BadFrame,
        Self::SignedOut,
        Self::HelloRequired,
        Self::Lapsed,
        Self::Replaced,
        Self::Moved,
        Self::SlowDown,
        Self::Fault,
    ];

    /// The number on the wire.
    pub const fn code(self) -> u16 {
        self as u16
    }

    /// Whether a client may open a new socket and go on.
    pub const fn retry(self) -> bool {
        matches!(self, Self::Lapsed | Self::Moved | Self::SlowDown | Self::Fault)
    }
}

/// When to come back after a close that allows it: at a random moment between the two, so that
/// sockets closed together do not return together. It is the reason of the close: `from-to`, in
/// milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryWindow {
    /// Not before.
    pub from: Span,
    /// Not after.
    pub to: Span,
}

impl RetryWindow {
    /// Not before `from`, spread over half as long again but at least `limits::RETRY_SPREAD`.
    pub fn after(from: Span) -> Self {
        let spread = (from.0 / 2).max(limits::RETRY_SPREAD.0);
        Self { from, to: Span(from.0.saturating_add(spread)) }
    }
}

impl fmt::Display for RetryWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from.0, self.to.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_back_is_spread_out() {
        let check = |from: i64, text: &str| {
            assert_eq!(RetryWindow::after(Span(from)).to_string(), text);
        };
        check(0, "0-2000");
        check(1_000, "1000-3000");
        check(4_000, "4000-6000");
        check(6_000, "6000-9000");
    }
}
