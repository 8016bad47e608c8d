//! What must hold at a desk after every turn, by comparison with the turn before (R1 to R8, R13).

use super::{Checked, violation};
use edgewise::id::{AgentId, ConversationId, Generation};
use edgewise::limits;
use edgewise::protocol::routing::{Department, Mode};
use edgewise::routing::{Agent, Chat, Presence, Router, State};
use edgewise::time::Millis;
use std::collections::{BTreeMap, BTreeSet};

/// A conversation at the desk as it was.
#[derive(Clone, PartialEq)]
struct Was {
    rank: Option<i64>,
    owner: Option<AgentId>,
    generation: Generation,
    asked: Option<AgentId>,
    /// Nobody was asked, and nobody had declined: the next free agent of the department was theirs.
    plain: bool,
}

fn asked(chat: &Chat) -> Option<&AgentId> {
    chat.offer().map(|offer| &offer.agent)
}

/// Whether the next free agent of the department is this visitor's.
fn is_plain(chat: &Chat) -> bool {
    chat.rank().is_some() && chat.offer().is_none() && chat.passed.is_empty()
}

/// The turn of a visitor who waits, if only to be taken into the queue.
fn turn_of(chat: &Chat) -> Option<i64> {
    match chat.state {
        State::Waiting { rank, .. } | State::Parked { rank, .. } => Some(rank),
        _ => None,
    }
}

#[derive(Default)]
pub struct Queue {
    chats: BTreeMap<ConversationId, Was>,
    /// Their databases were put back: they may end and begin once more while they wait here.
    put_back: BTreeSet<ConversationId>,
    /// How many conversations each agent could have.
    rooms: BTreeMap<AgentId, u32>,
}

impl Queue {
    /// The database of a conversation was put back to an earlier state.
    pub fn note_put_back(&mut self, id: &ConversationId) {
        self.put_back.insert(id.clone());
    }

    /// Compares with the desk as it was, and keeps it as it is. A turn `by_hand` may choose whom it
    /// likes.
    pub fn check(&mut self, now: Millis, router: &Router, by_hand: bool) -> Checked {
        let waited = |chat: &Chat| self.chats.get(&chat.conversation)?.rank;
        let still: Vec<i64> =
            router.chats().filter(|chat| waited(chat).is_some()).filter_map(turn_of).collect();
        let (front, back) = (still.iter().min(), still.iter().max());
        let mut served: Vec<(Option<i64>, &Chat)> = Vec::new();
        for chat in router.chats() {
            let was = self.chats.get(&chat.conversation);
            let rank = turn_of(chat);
            let before = was.and_then(|was| was.rank);
            let owner = was.and_then(|was| was.owner.as_ref());
            if was.is_some_and(|was| was.generation > chat.generation) {
                return violation(format!("R13: the generation of {} fell", chat.conversation));
            }
            // A return to the queue has a number of its own; a conversation that was closed and
            // opened again has not.
            let steps = was.map_or(0, |was| chat.generation.0 - was.generation.0);
            let given = assigned(chat).is_some() && assigned(chat) != owner;
            if given && was.is_some() && steps == 0 {
                return violation(format!("R13: {} moved in its generation", chat.conversation));
            }
            let returned = owner.is_some() && steps > 0;
            match (before, rank) {
                (Some(before), Some(rank)) if before != rank => {
                    if self.put_back.contains(&chat.conversation) && back == Some(&rank) {
                        continue;
                    }
                    return violation(format!("R8: {} moved in the queue", chat.conversation));
                }
                (None, Some(rank)) if returned && front.is_some_and(|it| *it <= rank) => {
                    return violation(format!("R7: {} is not in front", chat.conversation));
                }
                (None, Some(rank)) if !returned && back.is_some_and(|it| *it >= rank) => {
                    return violation(format!("R5: {} overtook somebody", chat.conversation));
                }
                _ => {}
            }
            if given {
                if owner.is_none() || steps == 1 {
                    served.push((before, chat));
                }
                let asked = was.and_then(|was| was.asked.as_ref());
                // What an agent was asked took a place before, though there may be fewer now.
                // Who wakes the desk up gets what is due, and then says that there is less room.
                let room = assigned(chat).and_then(|id| self.rooms.get(id)).copied();
                check_choice(router, chat, by_hand, asked == assigned(chat), room)?;
            }
        }
        for (rank, chat) in served.into_iter().filter(|_| !by_hand) {
            self.check_turn(router, rank, chat)?;
        }
        check_state(now, router)?;
        self.keep(router);
        Ok(())
    }

    /// R5: nobody of the same department who came before, and could have been served, was left.
    fn check_turn(&self, router: &Router, rank: Option<i64>, chat: &Chat) -> Checked {
        let came_before = |other: &&Chat| {
            let was = self.chats.get(&other.conversation);
            let waited = was.is_some_and(|was| was.rank.is_some() && was.plain);
            let before = other.rank().is_some_and(|other| rank.is_none_or(|rank| other < rank));
            // Who had passed this visitor may have been the one who was free.
            let same = other.department == chat.department && is_plain(other);
            waited && before && same
        };
        match router.chats().find(came_before) {
            None => Ok(()),
            Some(other) => {
                let (chat, other) = (&chat.conversation, &other.conversation);
                violation(format!("R5: {chat} was served out of turn, before {other}"))
            }
        }
    }

    fn keep(&mut self, router: &Router) {
        self.rooms = router.agents().map(|one| (one.who.id.clone(), one.capacity)).collect();
        self.chats.retain(|id, _| router.chats().any(|chat| chat.conversation == *id));
        for chat in router.chats() {
            let is = |was: &Was| {
                was.rank == turn_of(chat)
                    && was.generation == chat.generation
                    && was.owner.as_ref() == assigned(chat)
                    && was.plain == is_plain(chat)
                    && was.asked.as_ref() == asked(chat)
            };
            if !self.chats.get(&chat.conversation).is_some_and(is) {
                let (rank, generation) = (turn_of(chat), chat.generation);
                let (owner, plain) = (assigned(chat).cloned(), is_plain(chat));
                let asked = asked(chat).cloned();
                let was = Was { rank, owner, generation, asked, plain };
                self.chats.insert(chat.conversation.clone(), was);
            }
        }
    }
}

fn assigned(chat: &Chat) -> Option<&AgentId> {
    chat.served_by().map(|agent| &agent.id)
}

fn agent<'a>(router: &'a Router, id: &AgentId) -> Option<&'a Agent> {
    router.agents().find(|agent| agent.who.id == *id)
}

/// R2 and R3: who gets a conversation is there, takes new ones, and had room.
fn check_choice(
    router: &Router,
    chat: &Chat,
    by_hand: bool,
    held: bool,
    before: Option<u32>,
) -> Checked {
    let owner = assigned(chat).and_then(|id| agent(router, id));
    let Some(owner) = owner else {
        return violation(format!("R3: {} went to a stranger", chat.conversation));
    };
    let (load, room) = (router.load(&owner.who.id), owner.capacity.max(before.unwrap_or(0)));
    if load > room && !held {
        return violation(format!("R2: {} got {load} of {room}", owner.who.id));
    }
    if owner.presence != Presence::Online || !(by_hand || owner.accepting) {
        return violation(format!("R3: {} got {} while away", owner.who.id, chat.conversation));
    }
    Ok(())
}

fn rules_of<'a>(router: &'a Router, chat: &Chat) -> &'a Department {
    let all = &router.settings().departments;
    all.iter().find(|one| one.id == chat.department).unwrap_or(&all[0])
}

/// R4, R6, R7 and the places told, which need no comparison.
fn check_state(now: Millis, router: &Router) -> Checked {
    let waits = |chat: &&Chat| chat.rank().is_some() && chat.offer().is_none();
    for chat in router.chats().filter(waits) {
        let manual = rules_of(router, chat).mode == Mode::Manual;
        let free = |agent: &&Agent| !manual && router.check_eligible(agent, chat).is_ok();
        if let Some(agent) = router.agents().find(free) {
            let (chat, agent) = (&chat.conversation, &agent.who.id);
            return violation(format!("R4: {chat} waits while {agent} is free"));
        }
    }
    for agent in router.agents() {
        let load = router.load(&agent.who.id);
        let Some(end) = router.grace_ends(agent).filter(|_| load > 0) else { continue };
        if end <= now {
            return violation(format!("R7: {} is gone and keeps {load}", agent.who.id));
        }
        if router.next_timer().is_none_or(|timer| timer > end) {
            return violation(format!("R6: nothing ends the grace of {}", agent.who.id));
        }
    }
    check_timers(now, router)?;
    let mut line: Vec<_> = router.chats().filter_map(|chat| Some((chat.rank()?, chat))).collect();
    line.sort_by_key(|(rank, _)| *rank);
    if line.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return violation("R5: two have the same rank".into());
    }
    router.settings().departments.iter().try_for_each(|one| check_places(now, router, &line, one))
}

/// R15: offers and times for notes end in time.
fn check_timers(now: Millis, router: &Router) -> Checked {
    let offers = router.chats().filter_map(|chat| Some(chat.offer()?.until));
    let ends = offers.chain(router.agents().filter_map(|agent| agent.wrap_up)).min();
    let Some(end) = ends else { return Ok(()) };
    if end <= now || router.next_timer().is_none_or(|timer| timer > end) {
        let timer = router.next_timer();
        return violation(format!("R15: {end:?} is due, the timer is {timer:?}"));
    }
    Ok(())
}

/// D5: those in front of a queue know their places, or hear of a second move within the pause.
fn check_places(
    now: Millis,
    router: &Router,
    line: &[(i64, &Chat)],
    department: &Department,
) -> Checked {
    let soon = |due: Millis| due <= now.after(limits::PLACES_PAUSE);
    let told_soon = router.next_round().is_some_and(soon);
    let works_here = |agent: &Agent| {
        let own = &agent.profile.departments;
        agent.is_on_duty() && (own.is_empty() || own.contains(&department.id))
    };
    let staffed = router.agents().any(works_here);
    let here = line.iter().filter(|(_, chat)| chat.department == department.id);
    for ((_, chat), position) in here.take(limits::PLACES_AT_ONCE).zip(1..) {
        let State::Waiting { told: Some(told), .. } = &chat.state else {
            return violation(format!("D5: {} was told no place", chat.conversation));
        };
        let wrong = told.position != position || told.staffed != staffed;
        if wrong && !told_soon {
            return violation(format!("D5: {} was told {told:?}", chat.conversation));
        }
    }
    Ok(())
}
