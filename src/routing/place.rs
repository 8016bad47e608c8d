//! What waiting visitors are told of their place. The front of a queue hears of a move in the turn
//! that made it, when it heard of none just before. In a rush, and those behind always, hear of it
//! in rounds, a bounded number at a time, one after the other: so a move of ten thousand costs no
//! more a second than a move of a hundred, and ten moves in a second no more than one.

use super::index::{Key, Table};
use super::{Effect, Place, Router, State};
use crate::id::{ConversationId, DepartmentId};
use crate::limits;
use crate::protocol::peer::ToConversation;
use crate::time::{Millis, Span};

impl Router {
    /// Queues, and whether somebody is on duty for each.
    pub(super) fn staffing(&self) -> Vec<bool> {
        self.queues.iter().map(|queue| self.index.is_staffed(&queue.department)).collect()
    }

    pub(super) fn tell_places(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        // A clock that went back makes nobody wait.
        let latest = now.after(limits::PLACES_PAUSE);
        self.round = self.round.map(|round| round.min(latest));
        for department in self.moved_queues() {
            let told = self.tell_front(now, &department, effects);
            let line = self.index.of(Table::Line, department.as_str());
            let long = !told
                || line.take(limits::PLACES_AT_ONCE + 1).count() > limits::PLACES_AT_ONCE
                || !self.index.is_empty(Table::Parked, department.as_str());
            if long && let Some(queue) = self.queue_mut(&department) {
                queue.behind.get_or_insert(i64::MIN);
                self.round.get_or_insert(latest);
            }
        }
        if self.round.is_some_and(|due| due <= now) {
            self.tell_round(now, effects);
        }
    }

    fn moved_queues(&mut self) -> Vec<DepartmentId> {
        let moved = |queue: &mut super::queue::Queue| {
            std::mem::take(&mut queue.moved).then(|| queue.department.clone())
        };
        self.queues.iter_mut().filter_map(moved).collect()
    }

    /// False when it heard of a move just before, and waits for the next round. Who has just come
    /// never waits.
    fn tell_front(
        &mut self,
        now: Millis,
        department: &DepartmentId,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let before = self.queue(department).and_then(|queue| queue.told);
        let pause = 0..limits::PLACES_PAUSE.0;
        let rests = before.is_some_and(|told| pause.contains(&now.since(told).0));
        let line = self.index.of(Table::Line, department.as_str());
        let front: Vec<ConversationId> =
            line.take(limits::PLACES_AT_ONCE).filter_map(Key::conversation).collect();
        let known = effects.len();
        for (id, position) in front.into_iter().zip(1..) {
            if !rests || self.told(&id).is_none() {
                self.tell_place(&id, position, effects);
            }
        }
        if !rests
            && effects.len() > known
            && let Some(queue) = self.queue_mut(department)
        {
            queue.told = Some(now);
        }
        !rests
    }

    /// One round over all queues that have somebody to be told.
    fn tell_round(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let mut left = limits::PLACES_PER_ROUND;
        self.round = None;
        let behind = |queue: &mut super::queue::Queue| {
            queue.behind.take().map(|from| (queue.department.clone(), from))
        };
        let queues: Vec<(DepartmentId, i64)> = self.queues.iter_mut().filter_map(behind).collect();
        for (department, from) in queues {
            let stale = self.stale_from(&department, from, left.saturating_add(1));
            let more = stale.get(left).map(|(rank, ..)| *rank);
            for (_, id, position) in stale.into_iter().take(left) {
                self.tell_place(&id, position, effects);
                left = left.saturating_sub(1);
            }
            // Whoever moved before this round came so far is told in the next one.
            let again = more.or_else(|| (from > i64::MIN).then_some(i64::MIN));
            if let Some(queue) = self.queue_mut(&department).filter(|_| again.is_some()) {
                queue.behind = again;
                self.round = Some(now.after(limits::PLACES_PAUSE));
            }
        }
    }

    /// Up to `limit` visitors of a queue, and of those parked, who were told another place.
    fn stale_from(
        &self,
        department: &DepartmentId,
        from: i64,
        limit: usize,
    ) -> Vec<(i64, ConversationId, u32)> {
        let waiting = self.index.of(Table::Line, department.as_str()).zip(1..);
        let parked = self.index.of(Table::Parked, department.as_str()).map(|key| (key, 0));
        waiting
            .chain(parked)
            .filter(|(key, _)| key.first >= from)
            .filter_map(|(key, position)| Some((key.first, key.conversation()?, position)))
            .filter(|(_, id, position)| self.told(id) != Some(self.place(department, *position)))
            .take(limit)
            .collect()
    }

    fn told(&self, id: &ConversationId) -> Option<Place> {
        match self.chats.get(id).map(|chat| &chat.state) {
            Some(State::Waiting { told, .. } | State::Parked { told, .. }) => *told,
            _ => None,
        }
    }

    /// What one at this position is told; 0 is outside of the queue.
    #[inline(never)]
    fn place(&self, department: &DepartmentId, position: u32) -> Place {
        let staffed = position > 0 && self.index.is_staffed(department);
        let queue = self.queue(department);
        let opens = queue.and_then(|queue| queue.shift).and_then(|shift| shift.opens);
        let pace = queue.and_then(super::queue::Queue::pace).filter(|_| staffed);
        // To the minute: what changes with every second would be told every second.
        let minutes = |pace: Span| pace.0.saturating_mul(position.into()).div_euclid(60_000) + 1;
        let wait_s = pace.and_then(|pace| u32::try_from(minutes(pace).saturating_mul(60)).ok());
        Place { position, staffed, wait_s, opens: opens.filter(|_| position == 0) }
    }

    #[inline(never)]
    fn tell_place(&mut self, id: &ConversationId, position: u32, effects: &mut Vec<Effect>) {
        let Some(chat) = self.chats.get(id) else { return };
        let place = self.place(&chat.department, position);
        let noted = self.index.is_noted(Table::Chat, id.as_str());
        let Some(chat) = self.chats.get_mut(id) else { return };
        let (State::Waiting { told, .. } | State::Parked { told, .. }) = &mut chat.state else {
            return;
        };
        if *told == Some(place) {
            return;
        }
        // The place told is in no index.
        *told = Some(place);
        if !noted {
            effects.push(Effect::SaveChat(Box::new(chat.clone())));
        }
        effects.push(Effect::Tell { to: id.clone(), tell: ToConversation::Place { place } });
    }
}
