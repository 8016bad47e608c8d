//! What the desk wants done. The first group is stored in one transaction; the second may happen
//! only after that.

use super::{Agent, Chat};
use crate::id::{AgentId, ConversationId};
use crate::protocol::api::Role;
use crate::protocol::close::CloseCode;
use crate::protocol::desk::DeskServerFrame;
use crate::protocol::peer::ToConversation;
use crate::protocol::routing::{Decision, RoutingSettings};
use crate::protocol::session::{Holder, Session, SessionId, Stage};

/// One thing to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Store the rules.
    SaveSettings(Box<RoutingSettings>),
    /// Store an agent.
    SaveAgent(Box<Agent>),
    /// Forget an agent.
    DropAgent(AgentId),
    /// Store a conversation.
    SaveChat(Box<Chat>),
    /// Forget a closed conversation.
    DropChat(ConversationId),
    /// Store a decision, and forget those too old to keep.
    SaveDecision(Box<Decision>),
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

impl Effect {
    /// What is sent.
    pub fn frame(&self) -> Option<&DeskServerFrame> {
        if let Self::Send { frame, .. } = self { Some(frame) } else { None }
    }
}

/// Who gets a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// One session.
    Session(SessionId),
    /// Every console that has said hello.
    Consoles,
    /// Those of owners and admins.
    Admins,
}

impl To {
    /// Whether this session is meant.
    pub fn includes(&self, session: &Session) -> bool {
        match self {
            Self::Session(id) => session.id == *id,
            Self::Consoles => session.stage == Stage::Live,
            Self::Admins => {
                let manages = |holder: &Holder| match holder {
                    Holder::Agent { role, .. } => *role != Role::Agent,
                    Holder::Visitor | Holder::Person(_) => false,
                };
                session.stage == Stage::Live && manages(&session.holder)
            }
        }
    }
}
