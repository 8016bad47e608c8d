//! What is known of each queue beside who stands in it. Nothing of it is stored: after a restart
//! places may have changed, clocks are looked at, and the pace follows from the decisions.

use super::{Chat, Router, Shift, State};
use crate::id::DepartmentId;
use crate::limits;
use crate::protocol::routing::{Decision, Made};
use crate::time::{Millis, Span};
use std::collections::VecDeque;

/// One queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Queue {
    pub(super) department: DepartmentId,
    /// Places may have changed in this turn.
    pub(super) moved: bool,
    /// The back must be told, from this rank on.
    pub(super) behind: Option<i64>,
    /// When its front was told of a move.
    pub(super) told: Option<Millis>,
    pub(super) shift: Option<Shift>,
    /// When the last visitors were taken from it.
    taken: VecDeque<Millis>,
}

impl Queue {
    /// How long one place takes, when enough were served to say so.
    pub(super) fn pace(&self) -> Option<Span> {
        let (first, last) = (self.taken.front()?, self.taken.back()?);
        let steps = i64::try_from(self.taken.len()).unwrap_or(i64::MAX).saturating_sub(1);
        (steps >= 3).then(|| Span(last.since(*first).0 / steps.max(1)))
    }

    fn take(&mut self, at: Millis) {
        // A night, or a quiet hour, says nothing about the pace.
        if self.taken.back().is_some_and(|last| at.since(*last) > limits::PACE_GAP) {
            self.taken.clear();
        }
        self.taken.push_back(at);
        if self.taken.len() > limits::PACE_SAMPLES {
            self.taken.pop_front();
        }
    }
}

impl Router {
    /// The queue of a department; there are few.
    pub(super) fn queue(&self, id: &DepartmentId) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.department == *id)
    }

    pub(super) fn queue_mut(&mut self, id: &DepartmentId) -> Option<&mut Queue> {
        if self.queue(id).is_none() {
            self.queues.push(Queue {
                department: id.clone(),
                moved: false,
                behind: None,
                told: None,
                shift: None,
                taken: VecDeque::new(),
            });
        }
        self.queues.iter_mut().find(|queue| queue.department == *id)
    }

    /// Places of the queue in which it stands may have changed.
    pub(super) fn has_moved(&mut self, chat: &Chat) {
        if matches!(chat.state, State::Waiting { .. } | State::Parked { .. })
            && let Some(queue) = self.queue_mut(&chat.department)
        {
            queue.moved = true;
        }
    }

    /// Learns the pace from a decision.
    pub(super) fn learn_pace(&mut self, decision: &Decision) {
        if decision.made == Made::Assigned
            && decision.waited > 0
            && let Some(queue) = self.queue_mut(&decision.department)
        {
            queue.take(decision.at);
        }
    }
}
