//! What must hold at a desk after every turn, by comparison with the turn before (R1 to R8, R13).

use super::{Checked, violation};
use edgewise::id::{AgentId, ConversationId, Generation};
use edgewise::limits;
use edgewise::routing::{Agent, Chat, Presence, Router, State};
use edgewise::time::Millis;
use std::collections::BTreeMap;

/// A conversation at the desk as it was.
#[derive(Clone, PartialEq)]
struct Was {
    rank: Option<i64>,
    owner: Option<AgentId>,
    generation: Generation,
}

#[derive(Default)]
pub struct Queue {
    chats: BTreeMap<ConversationId, Was>,
}

impl Queue {
    /// Compares with the desk as it was, and keeps it as it is. A turn `by_hand` may choose whom it
    /// likes.
    pub fn check(&mut self, now: Millis, router: &Router, by_hand: bool) -> Checked {
        let waited = |chat: &Chat| self.chats.get(&chat.conversation)?.rank;
        let still: Vec<i64> = router
            .chats()
            .filter(|chat| waited(chat).is_some())
            .filter_map(|chat| chat.rank())
            .collect();
        let (front, back) = (still.iter().min(), still.iter().max());
        let mut served: Vec<(Option<i64>, &Chat)> = Vec::new();
        for chat in router.chats() {
            let was = self.chats.get(&chat.conversation);
            let rank = chat.rank();
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
                check_choice(router, chat, by_hand)?;
            }
        }
        if let (Some(least), false) = (front, by_hand) {
            let early = |(rank, _): &&(Option<i64>, &Chat)| rank.is_none_or(|rank| rank > *least);
            if let Some((_, chat)) = served.iter().find(early) {
                return violation(format!("R5: {} was served out of turn", chat.conversation));
            }
        }
        check_state(now, router)?;
        self.keep(router);
        Ok(())
    }

    fn keep(&mut self, router: &Router) {
        self.chats.retain(|id, _| router.chats().any(|chat| chat.conversation == *id));
        for chat in router.chats() {
            let is = |was: &Was| {
                was.rank == chat.rank()
                    && was.generation == chat.generation
                    && was.owner.as_ref() == assigned(chat)
            };
            if !self.chats.get(&chat.conversation).is_some_and(is) {
                let (rank, generation) = (chat.rank(), chat.generation);
                let was = Was { rank, owner: assigned(chat).cloned(), generation };
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
fn check_choice(router: &Router, chat: &Chat, by_hand: bool) -> Checked {
    let owner = assigned(chat).and_then(|id| agent(router, id));
    let Some(owner) = owner else {
        return violation(format!("R3: {} went to a stranger", chat.conversation));
    };
    let (load, room) = (router.load(&owner.who.id), owner.capacity);
    if load > room {
        return violation(format!("R2: {} got {load} of {room}", owner.who.id));
    }
    if owner.presence != Presence::Online || !(by_hand || owner.accepting) {
        return violation(format!("R3: {} got {} while away", owner.who.id, chat.conversation));
    }
    Ok(())
}

/// R4, R6, R7 and the places told, which need no comparison.
fn check_state(now: Millis, router: &Router) -> Checked {
    let waits = router.chats().any(|chat| chat.rank().is_some());
    for agent in router.agents() {
        let load = router.load(&agent.who.id);
        if waits && agent.is_on_duty() && load < agent.capacity {
            return violation(format!("R4: somebody waits while {} is free", agent.who.id));
        }
        let Some(end) = router.grace_ends(agent).filter(|_| load > 0) else { continue };
        if end <= now {
            return violation(format!("R7: {} is gone and keeps {load}", agent.who.id));
        }
        if router.next_timer().is_none_or(|timer| timer > end) {
            return violation(format!("R6: nothing ends the grace of {}", agent.who.id));
        }
    }
    if !waits {
        return Ok(());
    }
    let mut queue: Vec<_> = router.chats().filter_map(|chat| Some((chat.rank()?, chat))).collect();
    queue.sort_by_key(|(rank, _)| *rank);
    if queue.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return violation("R5: two have the same rank".into());
    }
    let staffed = router.agents().any(Agent::is_on_duty);
    for ((_, chat), position) in queue.into_iter().take(limits::PLACES_AT_ONCE).zip(1..) {
        let State::Waiting { told: Some(told), .. } = &chat.state else {
            return violation(format!("D5: {} was told no place", chat.conversation));
        };
        if told.position != position || told.staffed != staffed {
            return violation(format!("D5: {} was told {told:?}", chat.conversation));
        }
    }
    Ok(())
}
