//! What the desk wants done. The first group is stored in one transaction; the second may happen
//! only after that.

use super::{Agent, Chat};
use crate::id::ConversationId;
use crate::protocol::close::CloseCode;
use crate::protocol::desk::DeskServerFrame;
use crate::protocol::peer::ToConversation;
use crate::protocol::session::{Session, SessionId, Stage};

/// One thing to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Store an agent.
    SaveAgent(Agent),
    /// Store a conversation.
    SaveChat(Chat),
    /// Forget a closed conversation.
    DropChat(ConversationId),
    /// Put a tell to a conversation into the outbox.
    Tell {
        /// To whom.
        to: ConversationId,
        /// What.
        tell: ToConversation,
    },
    /// Send a frame.
    Send {
        /// To whom.
        to: To,
        /// What.
        frame: DeskServerFrame,
    },
    /// A session has come further.
    Advance {
        /// Which.
        session: SessionId,
        /// How far.
        stage: Stage,
    },
    /// Close a session.
    Close {
        /// Which.
        session: SessionId,
        /// Why.
        code: CloseCode,
    },
}

/// Who gets a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// One session.
    Session(SessionId),
    /// Every console that has said hello.
    Consoles,
}

impl To {
    /// Whether this session is meant.
    pub fn includes(&self, session: &Session) -> bool {
        match self {
            Self::Session(id) => session.id == *id,
            Self::Consoles => session.stage == Stage::Live,
        }
    }
}
