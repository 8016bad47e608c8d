//! What must hold after every handler, made to hold: timers, parking, fallback, matching, places,
//! and the news of it.

use super::decision::Verdict;
use super::index::{Ends, Key, Table};
use super::{Effect, Router, State, To};
use crate::id::{AgentId, ConversationId, DepartmentId};
use crate::limits;
use crate::protocol::desk::{Away, DeskServerFrame};
use crate::protocol::routing::{Because, Made, Mode};
use crate::time::Millis;

impl Router {
    pub(super) fn settle(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        self.end_what_is_due(now, effects);
        self.park_left_over(now);
        self.take_in(now);
        self.fall_back(now);
        self.match_waiting(now, effects);
        // Whoever was served or has gone on has left room for those who wait outside.
        while self.take_in(now) {
            self.fall_back(now);
            self.match_waiting(now, effects);
        }
        self.forget_old(effects);
        self.tell_places(now, effects);
        self.show_departments(effects);
        self.publish(effects);
    }

    fn end_what_is_due(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let mut gone = Vec::new();
        for timer in self.index.due(now) {
            match (timer.ends(), timer.agent(), timer.conversation()) {
                (Some(Ends::Grace), Some(id), _) => gone.push(id),
                (Some(Ends::WrapUp), Some(id), _) => self.end_wrap_up(&id),
                (Some(Ends::Offer), _, Some(id)) => self.miss(now, &id, effects),
                (Some(Ends::Rest), _, Some(id)) => self.ask_again(&id),
                (Some(Ends::Activity), Some(id), _) => self.set_away(now, &id, Away::Idle),
                (Some(Ends::Wait), _, Some(id)) => self.move_on(now, &id, Because::WaitedLong),
                _ => {}
            }
        }
        self.give_back(now, &gone, effects);
    }

    /// Why whoever comes to this department now is parked.
    pub(super) fn why_park(&self, department: &DepartmentId) -> Option<Because> {
        if !self.is_open(department) {
            return Some(Because::OutOfHours);
        }
        let bound = self.department(department)?.queue_max?;
        let parked = !self.index.is_empty(Table::Parked, department.as_str());
        (parked || self.room(department, bound) == 0).then_some(Because::QueueFull)
    }

    /// Parks who waits at a closed department that nobody attends.
    fn park_left_over(&mut self, now: Millis) {
        for department in self.groups(Table::Line) {
            if !self.is_open(&department) && !self.index.is_staffed(&department) {
                for id in self.all_of(Table::Line, &department, usize::MAX) {
                    self.park(now, &id);
                }
            }
        }
    }

    /// Takes into the queue who is parked at an open department with room, in the order they came.
    /// Whether there was anybody.
    fn take_in(&mut self, now: Millis) -> bool {
        let mut any = false;
        for department in self.groups(Table::Parked) {
            if !self.is_open(&department) {
                continue;
            }
            let bound = self.department(&department).and_then(|rules| rules.queue_max);
            let room = bound.map_or(usize::MAX, |bound| self.room(&department, bound));
            for id in self.all_of(Table::Parked, &department, room) {
                self.unpark(now, &id);
                any = true;
            }
        }
        any
    }

    /// Departments with somebody in a table.
    fn groups(&self, table: Table) -> Vec<DepartmentId> {
        self.index.firsts(table).iter().filter_map(Key::department).collect()
    }

    /// The first of a department in a table.
    fn all_of(&self, table: Table, department: &DepartmentId, count: usize) -> Vec<ConversationId> {
        let keys = self.index.of(table, department.as_str()).take(count);
        keys.filter_map(Key::conversation).collect()
    }

    /// How many may enter a queue of this length.
    fn room(&self, department: &DepartmentId, bound: u32) -> usize {
        let bound = bound as usize;
        bound.saturating_sub(self.index.of(Table::Line, department.as_str()).take(bound).count())
    }

    fn park(&mut self, now: Millis, id: &ConversationId) {
        let Some(mut chat) = self.chat_copy(id) else { return };
        let State::Waiting { rank, told, .. } = chat.state else { return };
        chat.state = State::Parked { rank, told };
        chat.out_of_hours = true;
        self.note(now, &chat, Verdict::new(Made::Parked, Because::OutOfHours));
        self.put_chat(chat);
    }

    fn unpark(&mut self, now: Millis, id: &ConversationId) {
        let Some(mut chat) = self.chat_copy(id) else { return };
        let State::Parked { rank, told } = chat.state else { return };
        chat.state = State::Waiting { rank, told, offer: None };
        chat.fallback_at = self.fallback_of(now, &chat.department);
        self.note(now, &chat, Verdict::new(Made::Queued, Because::Opened));
        self.put_chat(chat);
    }

    /// Sends who waits where nobody is on duty to a fallback where somebody is.
    fn fall_back(&mut self, now: Millis) {
        for department in self.groups(Table::Line) {
            let fallback = self.department(&department).and_then(|rules| rules.fallback.as_ref());
            let attended = |id: &DepartmentId| self.index.is_staffed(id) && self.is_open(id);
            if !self.index.is_staffed(&department) && fallback.is_some_and(attended) {
                for id in self.all_of(Table::Line, &department, usize::MAX) {
                    self.move_on(now, &id, Because::NobodyOnDuty);
                }
            }
        }
    }

    /// Sends a visitor to the fallback of the department, with the turn they have.
    fn move_on(&mut self, now: Millis, id: &ConversationId, because: Because) {
        let Some(mut chat) = self.chat_copy(id) else { return };
        let State::Waiting { offer, .. } = &mut chat.state else { return };
        let rules = self.settings.departments.iter().find(|one| one.id == chat.department);
        chat.fallback_at = None;
        let Some(fallback) = rules.and_then(|rules| rules.fallback.clone()) else {
            return self.put_chat(chat);
        };
        *offer = None;
        let own = rules.map(|rules| rules.skills.clone()).unwrap_or_default();
        let more = self.department(&fallback).map(|rules| rules.skills.clone());
        chat.skills.retain(|skill| !own.contains(skill));
        chat.skills = super::settings::union(chat.skills, more.unwrap_or_default());
        chat.department = fallback;
        self.note(now, &chat, Verdict::new(Made::Moved, because));
        self.put_chat(chat);
    }

    /// Gives waiting conversations to free agents until no free agent can have any.
    fn match_waiting(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        while self.index.has_any(Table::Load) && self.index.has_any(Table::Lane) {
            let Some((conversation, choice)) = self.next_match() else { break };
            let Some(chat) = self.chat_copy(&conversation) else { break };
            let offers = self.mode(&chat.department) == Mode::Offer;
            let made = if offers { Made::Offered } else { Made::Assigned };
            let mut verdict = Verdict::new(made, choice.because);
            verdict.others = choice.others;
            if offers {
                self.offer(now, chat, verdict, &choice.agent);
            } else {
                self.assign(now, &conversation, &choice.agent, verdict, effects);
            }
        }
    }

    /// Whose turn it is of all for whom an agent is free. In each lane only the first is asked
    /// about: whom that one cannot have, those behind cannot have either.
    fn next_match(&self) -> Option<(ConversationId, super::choice::Choice)> {
        let mut best: Option<(i64, ConversationId, super::choice::Choice)> = None;
        for first in self.index.firsts(Table::Lane) {
            if best.as_ref().is_some_and(|(rank, ..)| *rank < first.first) {
                continue;
            }
            let found = first.conversation().and_then(|id| self.chats.get(&id));
            let Some(chat) = found.filter(|chat| self.mode(&chat.department) != Mode::Manual)
            else {
                continue;
            };
            if let Some(choice) = self.choose(chat) {
                best = Some((first.first, chat.conversation.clone(), choice));
            }
        }
        best.map(|(_, id, choice)| (id, choice))
    }

    fn mode(&self, department: &DepartmentId) -> Mode {
        self.department(department).map_or(Mode::Automatic, |rules| rules.mode)
    }

    /// Agents whose departments have all closed go off duty.
    pub(super) fn end_shifts(&mut self, now: Millis, closed: &[DepartmentId]) {
        let open = |id: &DepartmentId| self.is_open(id);
        let any_open = self.settings.departments.iter().any(|one| open(&one.id));
        let over = |agent: &&super::Agent| {
            let own = &agent.profile.departments;
            let closes = own.is_empty() || own.iter().any(|id| closed.contains(id));
            agent.accepting
                && closes
                && !if own.is_empty() { any_open } else { own.iter().any(open) }
        };
        let ids: Vec<AgentId> =
            self.agents.values().filter(over).map(|agent| agent.who.id.clone()).collect();
        for id in ids {
            self.set_away(now, &id, Away::ShiftOver);
        }
    }

    /// Keeps only the conversations closed last.
    fn forget_old(&mut self, effects: &mut Vec<Effect>) {
        let closed = self.index.of(Table::Closed, "");
        let more = self.index.closed.saturating_sub(limits::CLOSED_KEPT);
        let old: Vec<ConversationId> = closed.take(more).filter_map(Key::conversation).collect();
        for id in old {
            if let Some(chat) = self.chats.remove(&id) {
                self.index.remove_chat(&chat, "");
            }
            effects.push(Effect::DropChat(id));
        }
    }

    /// Stores and shows what changed.
    fn publish(&mut self, effects: &mut Vec<Effect>) {
        let mut changed = Vec::new();
        for key in self.index.take_noted(Table::Chat) {
            if let Some(chat) = key.conversation().and_then(|id| self.chats.get(&id)) {
                effects.push(Effect::SaveChat(Box::new(chat.clone())));
                changed.push(chat.entry());
            }
        }
        for key in self.index.take_noted(Table::Agent) {
            if let Some(agent) = key.agent().and_then(|id| self.agents.get(&id)) {
                effects.push(Effect::SaveAgent(Box::new(agent.clone())));
                let frame = DeskServerFrame::Agent { agent: self.roster_entry(agent) };
                effects.push(Effect::Send { to: To::Consoles, frame });
            }
        }
        if !changed.is_empty() {
            let frame = DeskServerFrame::Conversations { changed };
            effects.push(Effect::Send { to: To::Consoles, frame });
        }
        let decisions = std::mem::take(&mut self.fresh).into_iter();
        effects.extend(decisions.map(|one| Effect::SaveDecision(Box::new(one))));
    }
}
