//! What a conversation wants done. The first group is stored in one transaction; the second may
//! happen only after that.

use super::{Head, Page};
use crate::protocol::close::CloseCode;
use crate::protocol::event::Event;
use crate::protocol::frames::ServerFrame;
use crate::protocol::peer::ToRouter;
use crate::protocol::session::{Draft, Holder, Session, SessionId, Stage};

/// One thing to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Store an event.
    Append(Event),
    /// Store a page of ids.
    Remember(Page),
    /// Store the state beside the log.
    Save(Head),
    /// Put a tell to the router into the outbox.
    Tell(ToRouter),
    /// Send a frame.
    Send {
        /// To whom.
        to: To,
        /// What.
        frame: ServerFrame,
    },
    /// Keep with a session what was said at its hello.
    Draft {
        /// Which.
        session: SessionId,
        /// What.
        draft: Draft,
    },
    /// A session has come further.
    Advance {
        /// Which.
        session: SessionId,
        /// How far.
        stage: Stage,
    },
    /// Close the sessions of the visitor that came by the browser's secret alone.
    CloseUnnamed {
        /// Why.
        code: CloseCode,
    },
    /// Close a session.
    Close {
        /// Which.
        session: SessionId,
        /// Why.
        code: CloseCode,
    },
}

impl Effect {
    /// What is sent.
    pub fn frame(&self) -> Option<&ServerFrame> {
        if let Self::Send { frame, .. } = self { Some(frame) } else { None }
    }

    /// Whether it is stored.
    pub fn is_stored(&self) -> bool {
        match self {
            Self::Append(_) | Self::Remember(_) | Self::Save(_) | Self::Tell(_) => true,
            Self::Send { .. } | Self::Draft { .. } | Self::Advance { .. } => false,
            Self::Close { .. } | Self::CloseUnnamed { .. } => false,
        }
    }
}

/// Who gets a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// One session.
    Session(SessionId),
    /// Every live session.
    Live,
    /// Every live session but this one.
    LiveExcept(SessionId),
    /// Every live session of other people.
    LiveOthers(Holder),
    /// Every live session of an agent.
    LiveAgents,
}

impl To {
    /// Whether this session is meant.
    pub fn includes(&self, session: &Session) -> bool {
        match self {
            Self::Session(id) => session.id == *id,
            Self::Live => session.stage == Stage::Live,
            Self::LiveExcept(id) => session.stage == Stage::Live && session.id != *id,
            Self::LiveOthers(who) => {
                session.stage == Stage::Live && !session.holder.same_person(who)
            }
            Self::LiveAgents => {
                session.stage == Stage::Live && matches!(session.holder, Holder::Agent { .. })
            }
        }
    }
}
