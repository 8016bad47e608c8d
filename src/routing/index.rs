//! What the desk must find without looking at everybody: queues, free agents, loads, timers. It
//! holds nothing that agents and conversations do not say, and is rebuilt from them.
//!
//! All of it is one ordered set, as the indices of a database are: each map of its own would cost
//! the worker several kilobytes.

use super::{Agent, Chat, Presence, State};
use crate::id::{AgentId, ConversationId, DepartmentId};
use crate::time::{Millis, Span};
use std::collections::BTreeSet;
use std::collections::btree_set;
use std::ops::RangeInclusive;

/// An index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Table {
    /// By department and rank: all who wait.
    Line,
    /// By lane and rank: those of them whom nobody is asked to take.
    Lane,
    /// By department and rank: who waits outside of the queue.
    Parked,
    /// By the moment: closed conversations.
    Closed,
    /// By priority and rank: all who wait or are parked.
    Priority,
    /// By rank: the same.
    Rank,
    /// By agent: what they answer or are asked to.
    Held,
    /// By agent: what they keep though its visitor is silent.
    Idle,
    /// Free agents, the least loaded first, of these the longest idle.
    Load,
    /// Free agents, who has the turn first.
    Turn,
    /// Agents with a console.
    Online,
    /// By department: agents on duty; under `ALL` those of all departments.
    Duty,
    /// By the moment: what ends then, told by the second number.
    Timer,
    /// Agents that changed in this turn.
    Agent,
    /// Conversations that changed in this turn.
    Chat,
}

/// The group of agents who work in all departments; no department is named so.
const ALL: &str = "*";

/// What a timer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// The grace of a gone agent with conversations.
    Grace,
    /// An agent's time for notes.
    WrapUp,
    /// An offer.
    Offer,
    /// The rest of those who have declined a visitor.
    Rest,
    /// A visitor's wait in the first department.
    Wait,
    /// What an agent may do nothing for.
    Activity,
}

impl Ends {
    const ALL: [Self; 6] =
        [Self::Grace, Self::WrapUp, Self::Offer, Self::Rest, Self::Wait, Self::Activity];
}

/// An entry of an index: where it stands, and whom it names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    table: Table,
    group: String,
    pub(super) first: i64,
    second: i64,
    id: String,
}

impl Key {
    #[inline(never)]
    pub(super) fn new(table: Table, group: &str, first: i64, second: i64, id: &str) -> Self {
        Self { table, group: group.to_owned(), first, second, id: id.to_owned() }
    }

    pub(super) fn agent(&self) -> Option<AgentId> {
        AgentId::parse(&self.id)
    }

    pub(super) fn conversation(&self) -> Option<ConversationId> {
        ConversationId::parse(&self.id)
    }

    pub(super) fn department(&self) -> Option<DepartmentId> {
        DepartmentId::parse(&self.group)
    }

    pub(super) fn ends(&self) -> Option<Ends> {
        Ends::ALL.get(usize::try_from(self.second).ok()?).copied()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    grace: Span,
    away_after: Option<Span>,
    keys: BTreeSet<Key>,
    /// How many conversations are closed.
    pub(super) closed: usize,
}

impl Index {
    pub(super) fn new(grace: Span, away_after: Option<Span>) -> Self {
        Self { grace, away_after, ..Self::default() }
    }

    /// The entries of one group, in order.
    #[inline(never)]
    pub(super) fn of(&self, table: Table, group: &str) -> btree_set::Range<'_, Key> {
        self.keys.range(bounds(table, group, i64::MIN, i64::MAX))
    }

    /// The first entry of each group of a table.
    #[inline(never)]
    pub(super) fn firsts(&self, table: Table) -> Vec<Key> {
        let mut firsts: Vec<Key> = Vec::new();
        let mut from = Key::new(table, "", i64::MIN, i64::MIN, "");
        while let Some(key) = self.keys.range(from..).next().filter(|key| key.table == table) {
            firsts.push(key.clone());
            // No id holds the highest character.
            from = Key::new(table, &key.group, i64::MAX, i64::MAX, "\u{10ffff}");
        }
        firsts
    }

    pub(super) fn is_empty(&self, table: Table, group: &str) -> bool {
        self.of(table, group).next().is_none()
    }

    pub(super) fn has_any(&self, table: Table) -> bool {
        let from = Key::new(table, "", i64::MIN, i64::MIN, "");
        self.keys.range(from..).next().is_some_and(|key| key.table == table)
    }

    #[inline(never)]
    pub(super) fn load(&self, id: &AgentId) -> u32 {
        u32::try_from(self.of(Table::Held, id.as_str()).count()).unwrap_or(u32::MAX)
    }

    pub(super) fn held_by(&self, id: &AgentId) -> Vec<ConversationId> {
        self.of(Table::Held, id.as_str()).filter_map(Key::conversation).collect()
    }

    /// Whether anybody of the department is on duty.
    pub(super) fn is_staffed(&self, department: &DepartmentId) -> bool {
        let on = |group| !self.is_empty(Table::Duty, group);
        on(ALL) || on(department.as_str())
    }

    /// Who of the department is on duty.
    pub(super) fn on_duty(&self, department: &DepartmentId) -> impl Iterator<Item = AgentId> {
        let of = |group| self.of(Table::Duty, group);
        of(ALL).chain(of(department.as_str())).filter_map(Key::agent)
    }

    /// Timers that have ended.
    pub(super) fn due(&self, now: Millis) -> Vec<Key> {
        self.keys.range(bounds(Table::Timer, "", i64::MIN, now.0)).cloned().collect()
    }

    /// The turn of one who comes now: as if they had come earlier by what their priority is worth,
    /// but behind all of the same priority. Nobody else can have it.
    pub(super) fn new_rank(&self, now: Millis, priority: u32, worth: Span) -> i64 {
        let wished = now.0.saturating_sub(worth.0.saturating_mul(i64::from(priority)));
        let last = self.of(Table::Priority, &priority.to_string()).next_back();
        let mut rank = last.map_or(wished, |last| wished.max(last.first.saturating_add(1)));
        while self.keys.range(bounds(Table::Rank, "", rank, rank)).next().is_some() {
            rank = rank.saturating_add(1);
        }
        rank
    }

    /// The turn before all others. Such ranks are negative and those of arrivals are not, so
    /// whoever came back stays in front of whoever comes.
    pub(super) fn front_rank(&self) -> i64 {
        let first = self.of(Table::Rank, "").next().map(|key| key.first);
        first.unwrap_or_default().min(0).saturating_sub(1)
    }

    /// Notes a change of this turn.
    pub(super) fn note(&mut self, table: Table, id: &str) {
        self.keys.insert(Key::new(table, "", 0, 0, id));
    }

    /// Whether a change is noted.
    pub(super) fn is_noted(&self, table: Table, id: &str) -> bool {
        self.keys.contains(&Key::new(table, "", 0, 0, id))
    }

    /// The changes of this turn, which ends.
    pub(super) fn take_noted(&mut self, table: Table) -> Vec<Key> {
        let noted: Vec<Key> = self.of(table, "").cloned().collect();
        for key in &noted {
            self.keys.remove(key);
        }
        noted
    }

    pub(super) fn add_chat(&mut self, chat: &Chat, lane: &str) {
        self.closed += usize::from(matches!(chat.state, State::Closed { .. }));
        for key in keys_of_chat(chat, lane) {
            self.keys.insert(key);
        }
    }

    pub(super) fn remove_chat(&mut self, chat: &Chat, lane: &str) {
        let closed = usize::from(matches!(chat.state, State::Closed { .. }));
        self.closed = self.closed.saturating_sub(closed);
        for key in keys_of_chat(chat, lane) {
            self.keys.remove(&key);
        }
    }

    pub(super) fn add_agent(&mut self, agent: &Agent) {
        for key in self.keys_of_agent(agent) {
            self.keys.insert(key);
        }
    }

    /// Undoes `add_agent`; the load must be what it was then.
    pub(super) fn remove_agent(&mut self, agent: &Agent) {
        for key in self.keys_of_agent(agent) {
            self.keys.remove(&key);
        }
    }

    #[inline(never)]
    fn keys_of_agent(&self, agent: &Agent) -> Vec<Key> {
        let id = agent.who.id.as_str();
        let load = self.load(&agent.who.id);
        let mut keys = Vec::new();
        let mut key = |table, group: &str, first, second| {
            keys.push(Key::new(table, group, first, second, id));
        };
        if agent.presence == Presence::Online {
            key(Table::Online, "", 0, 0);
        }
        if agent.is_on_duty() {
            if agent.profile.departments.is_empty() {
                key(Table::Duty, ALL, 0, 0);
            }
            for department in &agent.profile.departments {
                key(Table::Duty, department.as_str(), 0, 0);
            }
            if let Some(after) = self.away_after {
                key(Table::Timer, "", agent.active.after(after).0, Ends::Activity as i64);
            }
            if load < agent.capacity && agent.wrap_up.is_none() {
                key(Table::Load, "", agent.relative_load(load), agent.idle_since.0);
                key(Table::Turn, "", agent.given, 0);
            }
        }
        if let Some(end) = agent.grace_ends(self.grace).filter(|_| load > 0) {
            key(Table::Timer, "", end.0, Ends::Grace as i64);
        }
        if let Some(end) = agent.wrap_up {
            key(Table::Timer, "", end.0, Ends::WrapUp as i64);
        }
        keys
    }
}

fn bounds(table: Table, group: &str, from: i64, to: i64) -> RangeInclusive<Key> {
    let first = Key::new(table, group, from, i64::MIN, "");
    first..=Key::new(table, group, to, i64::MAX, "\u{10ffff}")
}

#[inline(never)]
fn keys_of_chat(chat: &Chat, lane: &str) -> Vec<Key> {
    let id = chat.conversation.as_str();
    let mut keys = Vec::new();
    let mut key = |table, group: &str, first, second| {
        keys.push(Key::new(table, group, first, second, id));
    };
    if let Some(holder) = chat.holder() {
        key(Table::Held, holder.as_str(), 0, 0);
    }
    let department = chat.department.as_str();
    match &chat.state {
        State::Waiting { rank, offer, .. } => {
            key(Table::Line, department, *rank, 0);
            match offer {
                None => key(Table::Lane, lane, *rank, 0),
                Some(offer) => key(Table::Timer, "", offer.until.0, Ends::Offer as i64),
            }
            let more = [(chat.again, Ends::Rest), (chat.fallback_at, Ends::Wait)];
            for (moment, ends) in more {
                if let Some(moment) = moment {
                    key(Table::Timer, "", moment.0, ends as i64);
                }
            }
        }
        State::Parked { rank, .. } => key(Table::Parked, department, *rank, 0),
        State::Closed { .. } => key(Table::Closed, "", chat.since.0, 0),
        State::Idle { agent, .. } => key(Table::Idle, agent.id.as_str(), 0, 0),
        State::Assigned { .. } => {}
    }
    if let State::Waiting { rank, .. } | State::Parked { rank, .. } = &chat.state {
        key(Table::Priority, &chat.priority.to_string(), *rank, 0);
        key(Table::Rank, "", *rank, 0);
    }
    keys
}
