//! The state beside the log: who serves, what was seen, which history this is.

use crate::id::{AgentId, DepartmentId, Epoch, Generation};
use crate::protocol::event::AgentRef;
use crate::protocol::frames::{About, Context, Marks, Place, Status};
use crate::protocol::identity::Person;
use crate::protocol::peer::IdleRule;
use serde::{Deserialize, Serialize};

/// What is stored of a conversation beside its events; one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Names this history.
    pub epoch: Epoch,
    /// Who serves.
    pub standing: Standing,
    /// Number of the last assignment or return to the queue.
    pub generation: Generation,
    /// Read marks.
    pub seen: Marks,
    /// What the visitor looked at last.
    pub context: Context,
    /// What the pages have said of the visitor.
    pub about: About,
    /// The department that the visitor chose in a form: theirs wherever no page names one.
    pub chosen: Option<DepartmentId>,
    /// What goes with the present assignment.
    pub care: Care,
    /// Who the visitor is, once the site's server has named them.
    pub person: Option<Person>,
}

/// What goes with an assignment, and begins anew with each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Care {
    /// How long the visitor may be silent.
    pub idle: IdleRule,
    /// The router knows that the visitor is silent.
    pub silent: bool,
    /// Agents who help; they write as the assigned one does.
    pub helpers: Vec<AgentRef>,
}

/// Who serves the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In the queue.
    Waiting {
        /// As the router told it last.
        place: Option<Place>,
    },
    /// An agent answers.
    Assigned {
        /// Who.
        agent: AgentRef,
    },
    /// Closed, or nobody has written.
    Closed,
}

impl Head {
    /// The head of a conversation in which nobody has written.
    pub fn new(epoch: Epoch) -> Self {
        Self {
            epoch,
            standing: Standing::Closed,
            generation: Generation(0),
            seen: Marks::default(),
            context: Context::default(),
            about: About::default(),
            chosen: None,
            care: Care::default(),
            person: None,
        }
    }

    /// Whether this agent answers.
    pub fn is_assigned_to(&self, id: &AgentId) -> bool {
        matches!(&self.standing, Standing::Assigned { agent } if agent.id == *id)
    }

    /// Whether this agent answers, or helps.
    pub fn is_served_by(&self, id: &AgentId) -> bool {
        self.is_assigned_to(id) || self.care.helpers.iter().any(|helper| helper.id == *id)
    }

    /// The status as clients see it.
    pub fn status(&self) -> Status {
        match &self.standing {
            Standing::Waiting { place } => Status::Waiting { place: *place },
            Standing::Assigned { agent } => Status::Assigned { agent: agent.clone() },
            Standing::Closed => Status::Closed,
        }
    }
}
