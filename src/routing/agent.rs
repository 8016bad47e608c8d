//! An agent at the desk.

use crate::protocol::desk::Away;
use crate::protocol::event::AgentRef;
use crate::protocol::routing::Profile;
use crate::time::{Millis, Span};
use serde::{Deserialize, Serialize};

/// What the desk keeps of an agent; one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Who.
    pub who: AgentRef,
    /// How many conversations at once.
    pub capacity: u32,
    /// Accepts new chats.
    pub accepting: bool,
    /// Why not, when it was not by default.
    pub away: Option<Away>,
    /// When the load changed last; the longest idle goes first.
    pub idle_since: Millis,
    /// Has a console open?
    pub presence: Presence,
    /// Whom they can serve.
    pub profile: Profile,
    /// Until when they write notes.
    pub wrap_up: Option<Millis>,
    /// Offers missed in a row.
    pub misses: u32,
    /// Conversations taken from them while they were gone, until they hear of it.
    pub lost: u32,
    /// The last decision that gave them a conversation; the lowest has the turn.
    pub given: i64,
    /// When they last did anything, as far as the rules want to know.
    #[serde(default)]
    pub active: Millis,
}

/// Whether an agent has a console open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// At least one session.
    Online,
    /// None.
    Gone {
        /// Since when.
        since: Millis,
    },
}

impl Agent {
    /// Somebody whom the desk has not seen.
    pub(super) fn new(who: AgentRef, capacity: u32, now: Millis) -> Self {
        Self {
            who,
            capacity,
            accepting: false,
            away: None,
            idle_since: now,
            presence: Presence::Gone { since: now },
            profile: Profile::default(),
            wrap_up: None,
            misses: 0,
            lost: 0,
            given: 0,
            active: now,
        }
    }

    /// Takes new chats, were there room.
    pub fn is_on_duty(&self) -> bool {
        self.accepting && self.presence == Presence::Online
    }

    /// When the conversations of a gone agent go back to the queue.
    pub(super) fn grace_ends(&self, grace: Span) -> Option<Millis> {
        match self.presence {
            Presence::Online => None,
            Presence::Gone { since } => Some(since.after(grace)),
        }
    }

    /// Load relative to capacity, as a number that compares exactly.
    pub(super) fn relative_load(&self, load: u32) -> i64 {
        // 2^32 conversations times 10^6 fits; equal fractions give equal numbers.
        i64::from(load) * 1_000_000 / i64::from(self.capacity.max(1))
    }
}
