//! What people decide by hand: take, hand over, hand back, and what conversations tell.

use super::decision::Verdict;
use super::index::{Key, Table};
use super::{Chat, Effect, Presence, Router, State};
use crate::id::{AgentId, ConversationId, DepartmentId, Generation};
use crate::limits;
use crate::protocol::Rejection;
use crate::protocol::desk::Note;
use crate::protocol::event::AgentRef;
use crate::protocol::frames::Context;
use crate::protocol::peer::ToConversation;
use crate::protocol::routing::{Because, Made};
use crate::time::{Millis, Span};

/// Somebody gives a conversation away.
pub(super) struct Hand<'a> {
    pub(super) by: &'a AgentRef,
    /// May do so with conversations of others.
    pub(super) manages: bool,
    pub(super) conversation: &'a ConversationId,
    pub(super) note: Option<String>,
}

impl Hand<'_> {
    fn check_note(&self) -> Result<Option<Note>, Rejection> {
        let Some(text) = self.note.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        if text.chars().count() > limits::NOTE_CHARS {
            return Err(Rejection::NoteTooLong);
        }
        Ok(Some(Note { by: self.by.clone(), text: text.to_owned() }))
    }
}

impl Router {
    /// The visitor has written and nobody serves the conversation.
    pub(super) fn enqueue(
        &mut self,
        now: Millis,
        conversation: ConversationId,
        since: Millis,
        generation: Generation,
        context: Context,
        effects: &mut Vec<Effect>,
    ) {
        let known = self.chats.get(&conversation);
        if known.is_some_and(|chat| !matches!(chat.state, State::Closed { .. })) {
            self.tell_again(now, &conversation, effects);
            return;
        }
        let generation = known.map_or(generation, |chat| chat.generation.max(generation));
        let last = known.and_then(|chat| match &chat.state {
            State::Closed { agent } => agent.as_ref().map(|agent| agent.id.clone()),
            _ => None,
        });
        let entry = self.entry_of(&context);
        let rank = self.index.new_rank(now, entry.priority, self.worth());
        let mut chat = Chat {
            conversation,
            since,
            context,
            generation,
            state: State::Waiting { rank, told: None, offer: None },
            fallback_at: self.fallback_of(now, &entry.department),
            department: entry.department,
            skills: entry.skills,
            priority: entry.priority,
            last,
            passed: Vec::new(),
            again: None,
            note: None,
            person: known.and_then(|chat| chat.person.clone()),
            out_of_hours: false,
            reply_s: None,
            helpers: Vec::new(),
        };
        let verdict = match self.why_park(&chat.department) {
            None => Verdict::new(Made::Queued, Because::Wrote),
            Some(because) => {
                chat.state = State::Parked { rank, told: None };
                chat.out_of_hours = because == Because::OutOfHours;
                Verdict::new(Made::Parked, because)
            }
        };
        self.note(now, &chat, verdict);
        self.put_chat(chat);
    }

    /// A conversation that has an agent and asks for one does not know: the news is on its way, or
    /// was lost when the conversation was put back to an earlier state. It is told again.
    fn tell_again(
        &mut self,
        now: Millis,
        conversation: &ConversationId,
        effects: &mut Vec<Effect>,
    ) {
        let generation = self.chats.get(conversation).map(|chat| chat.generation);
        // Whoever asks is not silent.
        self.resume(now, conversation, generation.unwrap_or_default(), effects);
        let Some(mut chat) = self.chat_copy(conversation) else { return };
        let State::Assigned { agent } = chat.state.clone() else { return };
        chat.generation = chat.generation.next();
        effects.push(self.tell_assigned(&chat, &agent));
        self.put_chat(chat);
    }

    /// When a visitor of this department goes on to its fallback.
    pub(super) fn fallback_of(&self, now: Millis, department: &DepartmentId) -> Option<Millis> {
        let rules = self.department(department)?;
        let after = rules.fallback.as_ref().and(rules.fallback_after_s)?;
        Some(now.after(Span::seconds(after.into())))
    }

    /// The conversation has ended. A number that is not the present one is late news: another
    /// assignment has come meanwhile, of which the conversation will hear.
    pub(super) fn free(
        &mut self,
        now: Millis,
        conversation: &ConversationId,
        at: Millis,
        generation: Generation,
        reply_s: Option<u32>,
    ) {
        let Some(mut chat) = self.chat_copy(conversation) else { return };
        if chat.generation != generation || matches!(chat.state, State::Closed { .. }) {
            return;
        }
        let agent = chat.served_by().cloned();
        let held = chat.holder().is_some();
        let mut verdict = Verdict::new(Made::Closed, Because::Ended);
        verdict.agent = agent.as_ref().map(|agent| agent.id.clone());
        self.note(now, &chat, verdict);
        let notes = self.department(&chat.department).map_or(0, |rules| rules.wrap_up_s);
        chat.helpers.clear();
        chat.state = State::Closed { agent: agent.clone() };
        chat.since = at;
        chat.reply_s = reply_s.filter(|_| !chat.out_of_hours);
        self.put_chat(chat);
        let served = agent.filter(|_| held).and_then(|agent| self.agents.get(&agent.id)).cloned();
        if let Some(mut one) = served {
            one.idle_since = now;
            if notes > 0 {
                one.wrap_up = Some(now.after(Span::seconds(notes.into())));
            }
            self.put_agent(one);
        }
    }

    pub(super) fn transfer(
        &mut self,
        now: Millis,
        hand: Hand<'_>,
        to: &AgentId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Rejection> {
        let (mut chat, from) = self.check_own(&hand)?;
        if from == *to {
            return Ok(());
        }
        self.check_room(to)?;
        chat.note = hand.check_note()?.or(chat.note);
        self.put_chat(chat);
        let verdict = Verdict::new(Made::Assigned, Because::Transfer);
        self.assign(now, hand.conversation, to, verdict, effects);
        self.touch(now, &from);
        Ok(())
    }

    pub(super) fn hand_back(
        &mut self,
        now: Millis,
        hand: Hand<'_>,
        department: Option<DepartmentId>,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Rejection> {
        let (mut chat, from) = self.check_own(&hand)?;
        let known = |id: &DepartmentId| self.settings.departments.iter().any(|one| one.id == *id);
        if department.as_ref().is_some_and(|id| !known(id)) {
            return Err(Rejection::UnknownDepartment);
        }
        chat.note = hand.check_note()?.or(chat.note);
        if let Some(department) = department {
            chat.department = department;
            let rules = self.department(&chat.department);
            chat.skills = rules.map(|one| one.skills.clone()).unwrap_or_default();
        }
        chat.fallback_at = self.fallback_of(now, &chat.department);
        // Whoever gives a visitor away must not be the next to get them.
        (chat.last, chat.passed) = (None, vec![from.clone()]);
        chat.again = Some(now.after(limits::OFFER_REST));
        let verdict = Verdict::new(Made::Requeued, Because::HandedBack).about(&from);
        self.requeue(now, chat, verdict, effects);
        self.touch(now, &from);
        Ok(())
    }

    /// Puts a conversation that had an agent in front of its queue.
    pub(super) fn requeue(
        &mut self,
        now: Millis,
        mut chat: Chat,
        verdict: Verdict,
        effects: &mut Vec<Effect>,
    ) {
        self.note(now, &chat, verdict);
        let rank = self.index.front_rank();
        chat.generation = chat.generation.next();
        chat.helpers.clear();
        chat.state = State::Waiting { rank, told: None, offer: None };
        let tell = ToConversation::Requeued { generation: chat.generation };
        effects.push(Effect::Tell { to: chat.conversation.clone(), tell });
        self.put_chat(chat);
    }

    pub(super) fn take(
        &mut self,
        now: Millis,
        by: &AgentId,
        manages: bool,
        conversation: &ConversationId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Rejection> {
        let chat = self.chats.get(conversation).ok_or(Rejection::UnknownConversation)?.clone();
        if !matches!(chat.state, State::Waiting { .. } | State::Parked { .. }) {
            return Err(Rejection::NotWaiting);
        }
        if chat.offer().is_some_and(|offer| offer.agent == *by) {
            return self.answer(now, by, conversation, true, effects);
        }
        let next = self.index.of(Table::Line, chat.department.as_str()).next();
        let in_turn = next.and_then(Key::conversation).as_ref() == Some(conversation);
        if !in_turn && !manages && !self.settings.agents_take {
            return Err(Rejection::Forbidden);
        }
        self.check_room(by)?;
        let because = if in_turn { Because::TookNext } else { Because::TookOutOfTurn };
        self.assign(now, conversation, by, Verdict::new(Made::Assigned, because), effects);
        Ok(())
    }

    /// A conversation that its giver may give away, and whose it is.
    pub(super) fn check_own(&self, hand: &Hand<'_>) -> Result<(Chat, AgentId), Rejection> {
        let chat = self.chats.get(hand.conversation).ok_or(Rejection::UnknownConversation)?;
        let agent = chat.served_by().ok_or(Rejection::NotAssigned)?;
        if agent.id != hand.by.id && !hand.manages {
            return Err(Rejection::NotAssigned);
        }
        Ok((chat.clone(), agent.id.clone()))
    }

    /// Whether the agent is there and below capacity; accepting new chats or not is not asked.
    fn check_room(&self, id: &AgentId) -> Result<(), Rejection> {
        let free = |agent: &super::Agent| {
            agent.presence == Presence::Online && self.load(id) < agent.capacity
        };
        let found = self.agents.get(id).filter(|agent| free(agent));
        found.map(drop).ok_or(Rejection::AgentUnavailable)
    }

    /// The agent's load changed now.
    pub(super) fn touch(&mut self, now: Millis, id: &AgentId) {
        if let Some(mut agent) = self.agent_copy(id) {
            agent.idle_since = now;
            self.put_agent(agent);
        }
    }
}
