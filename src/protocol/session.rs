//! Who is at the other end of a socket, and how far they have come.

use super::api::Role;
use super::event::{AgentRef, Author};
use super::frames::{About, Context};
use super::identity::Person;
use crate::id::{ConversationId, Epoch, SiteId};
use crate::limits;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// What a signed token says: who may open which socket of which site, from where, until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The site.
    pub site: SiteId,
    /// The page's origin; the upgrade must come from the same.
    pub origin: String,
    /// Worthless after this.
    pub expires: Millis,
    /// Which socket.
    pub door: Door,
    /// Who.
    pub holder: Holder,
}

/// Which object a socket leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The router of the site.
    Desk,
    /// One conversation.
    Conversation(ConversationId),
}

/// Who holds a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// The visitor of the conversation, by the secret of their browser.
    Visitor,
    /// The visitor of the conversation, as the site's server has named them.
    Person(Person),
    /// An agent of the site.
    Agent {
        /// Who.
        agent: AgentRef,
        /// What they may do.
        role: Role,
        /// How many conversations at once.
        capacity: u32,
        /// Hash of the sign-in's secret: which of their sign-ins opened this.
        login: String,
    },
}

impl Holder {
    /// The author of what this holder writes.
    pub fn author(&self) -> Author {
        match self {
            Self::Visitor | Self::Person(_) => Author::Visitor,
            Self::Agent { agent, .. } => Author::Agent(agent.clone()),
        }
    }

    /// The same person, whatever name, role or capacity they had at sign-in.
    pub fn same_person(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Agent { agent: one, .. }, Self::Agent { agent: two, .. }) => one.id == two.id,
            (Self::Agent { .. }, _) | (_, Self::Agent { .. }) => false,
            // A conversation has one visitor, whether they have been named or not.
            _ => true,
        }
    }
}

/// Number of a session within its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionId(pub u32);

/// Which of a participant's open sessions goes for one more that comes; they are given oldest
/// first, each with its last sign of life. Of too many, one that has missed a ping: its browser has
/// come back by another, on a network that loses connections without a word.
pub fn to_replace(mine: &[(SessionId, Millis)], now: Millis) -> Option<SessionId> {
    if mine.len() < limits::SESSIONS_PER_PARTICIPANT {
        return None;
    }
    let silent = mine.iter().find(|(_, heard)| now.since(*heard) > limits::PING_MISSED);
    silent.or(mine.first()).map(|(id, _)| *id)
}

/// How far a session has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Opened; the first frame must be `hello`.
    New,
    /// Has said hello and lacks older events.
    CatchingUp,
    /// Has everything, gets what is new.
    Live,
    /// Closed by us. Frames that were on their way still arrive, and count for nothing.
    Ended,
}

/// One socket. It is kept in the socket's attachment, so it outlives hibernation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its number; grows with each socket of the object.
    pub id: SessionId,
    /// Who.
    pub holder: Holder,
    /// How far.
    pub stage: Stage,
    /// When it was opened.
    pub since: Millis,
    /// What was said at its hello, while nothing is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Draft>,
}

/// The beginning of a conversation that nobody has written in. It costs no row: it is kept with the
/// session, and stored with the first message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The epoch that the client was told.
    pub epoch: Epoch,
    /// What the visitor looks at.
    pub context: Context,
    /// What the page says of them.
    #[serde(default)]
    pub about: About,
}

impl Session {
    /// A session that was just opened.
    pub fn new(id: SessionId, holder: Holder, since: Millis) -> Self {
        Self { id, holder, stage: Stage::New, since, draft: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;

    const NOW: Millis = Millis(1_000_000);

    /// Sessions, oldest first, heard of so many seconds ago.
    fn replaced(heard: &[i64]) -> Option<u32> {
        let ago = |seconds: &i64| Millis(NOW.0 - Span::seconds(*seconds).0);
        let mine: Vec<_> = (1..).map(SessionId).zip(heard.iter().map(ago)).collect();
        to_replace(&mine, NOW).map(|id| id.0)
    }

    #[test]
    fn c1_one_of_too_many_goes_and_first_one_that_has_missed_a_ping() {
        assert_eq!(replaced(&[79, 79, 79, 79]), None, "there is room");
        assert_eq!(replaced(&[40, 0, 12, 25, 3]), Some(1), "all ping: the oldest");
        assert_eq!(replaced(&[25, 0, 41, 79, 3]), Some(3), "the oldest of the silent");
    }
}
