//! What the router tells the conversation. A generation at or below the present one is late news
//! and does nothing.

use super::{Care, Conversation, Effect, Standing, To};
use crate::id::Generation;
use crate::protocol::event::{Author, Body};
use crate::protocol::frames::ServerFrame;
use crate::protocol::peer::ToConversation;
use crate::time::Millis;

impl Conversation {
    /// Takes one tell of the router; the caller has dropped repeated ones.
    pub fn handle_tell(&mut self, now: Millis, tell: ToConversation) -> Vec<Effect> {
        match tell {
            ToConversation::Assigned { agent, generation, idle } => {
                let care = Care { idle, ..Care::default() };
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
