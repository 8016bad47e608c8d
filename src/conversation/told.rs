//! What the router tells the conversation. A generation at or below the present one is late news
//! and does nothing.

use super::{Care, Conversation, Effect, Standing, To};
use crate::id::Generation;
use crate::protocol::event::{AgentRef, Author, Body};
use crate::protocol::frames::ServerFrame;
use crate::protocol::peer::ToConversation;
use crate::time::Millis;

impl Conversation {
    /// Takes one tell of the router; the caller has dropped repeated ones.
    pub fn handle_tell(&mut self, now: Millis, tell: ToConversation) -> Vec<Effect> {
        match tell {
            ToConversation::Assigned { agent, generation, idle, helpers } => {
                let care = Care { idle, helpers, ..Care::default() };
                if self.head.is_assigned_to(&agent.id) {
                    return self.stay(generation, care);
                }
                let body = Body::Assigned { agent: agent.clone() };
                self.move_on(now, generation, body, Standing::Assigned { agent }, care)
            }
            ToConversation::Requeued { generation } => {
                let standing = Standing::Waiting { place: None };
                self.move_on(now, generation, Body::Requeued, standing, Care::default())
            }
            ToConversation::Helpers { generation, helpers } => {
                self.have_helpers(now, generation, helpers)
            }
            ToConversation::Place { place } => {
                let standing = Standing::Waiting { place: Some(place) };
                let waits = matches!(self.head.standing, Standing::Waiting { .. });
                let mut effects = Vec::new();
                if waits && standing != self.head.standing {
                    self.stand(standing, &mut effects);
                }
                effects
            }
        }
    }

    /// Who helps is in the log: the visitor sees whom they write with.
    fn have_helpers(
        &mut self,
        now: Millis,
        generation: Generation,
        helpers: Vec<AgentRef>,
    ) -> Vec<Effect> {
        let assigned = matches!(self.head.standing, Standing::Assigned { .. });
        if !assigned || generation != self.head.generation || helpers == self.head.care.helpers {
            return Vec::new();
        }
        let before = std::mem::replace(&mut self.head.care.helpers, helpers.clone());
        let without = |all: &[AgentRef], one: &AgentRef| all.iter().all(|it| it.id != one.id);
        let came = helpers.iter().filter(|one| without(&before, one)).cloned();
        let left = before.iter().filter(|one| without(&helpers, one)).cloned();
        let bodies = came.map(|agent| Body::Joined { agent });
        let bodies: Vec<Body> = bodies.chain(left.map(|agent| Body::Left { agent })).collect();
        let mut effects = Vec::with_capacity(4);
        for body in bodies {
            let event = self.append(now, Author::System, body, &mut effects);
            effects.push(Effect::Send { to: To::Live, frame: ServerFrame::Event { event } });
        }
        effects.push(Effect::Save(self.head.clone()));
        effects
    }

    fn is_late(&self, generation: Generation) -> bool {
        generation <= self.head.generation
    }

    /// The same agent as before: nothing that anybody would have to read.
    fn stay(&mut self, generation: Generation, care: Care) -> Vec<Effect> {
        if self.is_late(generation) {
            return Vec::new();
        }
        (self.head.generation, self.head.care) = (generation, care);
        vec![Effect::Save(self.head.clone())]
    }

    fn move_on(
        &mut self,
        now: Millis,
        generation: Generation,
        body: Body,
        standing: Standing,
        care: Care,
    ) -> Vec<Effect> {
        if self.is_late(generation) {
            return Vec::new();
        }
        (self.head.generation, self.head.care) = (generation, care);
        let mut effects = Vec::with_capacity(4);
        let event = self.append(now, Author::System, body, &mut effects);
        effects.push(Effect::Send { to: To::Live, frame: ServerFrame::Event { event } });
        self.stand(standing, &mut effects);
        effects
    }
}
