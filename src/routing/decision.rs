//! The record of decisions: bounded, in the order they were made.

use super::{Chat, Router, To};
use crate::id::{AgentId, ConversationId};
use crate::limits;
use crate::protocol::desk::DeskServerFrame;
use crate::protocol::routing::{Because, Decision, Made, Other};
use crate::time::Millis;

/// What is decided about a conversation, before it is numbered.
pub(super) struct Verdict {
    pub(super) made: Made,
    pub(super) because: Because,
    pub(super) agent: Option<AgentId>,
    pub(super) others: Vec<Other>,
}

impl Verdict {
    pub(super) fn new(made: Made, because: Because) -> Self {
        Self { made, because, agent: None, others: Vec::new() }
    }

    pub(super) fn about(self, agent: &AgentId) -> Self {
        Self { agent: Some(agent.clone()), ..self }
    }
}

impl Router {
    /// Writes a decision down; the answer is its number.
    #[inline(never)]
    pub(super) fn note(&mut self, now: Millis, chat: &Chat, verdict: Verdict) -> i64 {
        let nth = self.decisions.back().map_or(0, |last| last.nth).saturating_add(1);
        let decision = Decision {
            nth,
            at: now,
            conversation: chat.conversation.clone(),
            department: chat.department.clone(),
            made: verdict.made,
            because: verdict.because,
            agent: verdict.agent,
            waited: now.since(chat.since).0,
            others: verdict.others,
        };
        self.fresh.push(decision.clone());
        self.keep(decision);
        nth
    }

    /// Remembers a decision, as long as there is room.
    pub(super) fn keep(&mut self, decision: Decision) {
        self.learn_pace(&decision);
        self.decisions.push_back(decision);
        if self.decisions.len() > limits::DECISIONS_KEPT {
            self.decisions.pop_front();
        }
    }

    /// The decisions of the site that are still kept, oldest first.
    pub fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.decisions.iter()
    }

    /// Answers `explain`.
    #[inline(never)]
    pub(super) fn explain(&self, about: Option<ConversationId>) -> DeskServerFrame {
        let wanted = |one: &&Decision| about.as_ref().is_none_or(|id| one.conversation == *id);
        let newest = self.decisions.iter().rev().filter(wanted);
        let list = newest.take(limits::DECISIONS_TOLD).cloned().collect();
        DeskServerFrame::Decisions { conversation: about, list }
    }

    /// Tells owners and admins of an agent who lets offers pass.
    pub(super) fn tell_of_misses(&self, id: &AgentId) -> Option<super::Effect> {
        let agent = self.agents.get(id)?;
        let (who, misses) = (agent.who.clone(), agent.misses);
        let frame = DeskServerFrame::Missing { agent: who, misses };
        (misses > 0 && misses.is_multiple_of(self.settings.misses.max(1)))
            .then_some(super::Effect::Send { to: To::Admins, frame })
    }
}
