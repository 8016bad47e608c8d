//! What must hold after every turn (docs/routing.md, R1 to R18), from the stored rows alone.

use super::action::{Action, World};
use edgewise::id::AgentId;
use edgewise::protocol::peer::ToConversation;
use edgewise::protocol::routing::{Department, LanguageRule, Mode};
use edgewise::routing::{Agent, Chat, Effect, Place, Presence, Router, State};
use edgewise::time::{Millis, Span};

type Checked = Result<(), String>;

impl World {
    fn rules(&self, chat: &Chat) -> &Department {
        let all = &self.stored.settings.as_ref().unwrap().departments;
        all.iter().find(|one| one.id == chat.department).unwrap()
    }

    fn load(&self, id: &AgentId) -> usize {
        self.stored.chats.iter().filter(|chat| holder(chat) == Some(id)).count()
    }

    fn known(&self, id: &AgentId) -> Option<&Agent> {
        self.stored.agents.iter().find(|one| one.who.id == *id)
    }

    fn was(&self, chat: &Chat) -> Option<&Chat> {
        self.stored.chats.iter().find(|one| one.conversation == chat.conversation)
    }

    /// May be given this visitor, were there room.
    fn fits(&self, agent: &Agent, chat: &Chat) -> bool {
        let departments = &agent.profile.departments;
        let rules = self.rules(chat);
        agent.accepting
            && agent.presence == Presence::Online
            && (departments.is_empty() || departments.contains(&chat.department))
            && chat.skills.iter().all(|skill| agent.profile.skills.contains(skill))
            && rules.language != LanguageRule::Required
    }

    fn has_room(&self, agent: &Agent, chat: &Chat) -> bool {
        let id = &agent.who.id;
        let here = |one: &&Chat| holder(one) == Some(id) && one.department == chat.department;
        let in_department = self.stored.chats.iter().filter(here).count();
        let bound = self.rules(chat).per_agent.map_or(usize::MAX, |bound| bound as usize);
        self.load(id) < agent.capacity as usize && in_department < bound
    }
}

fn holder(chat: &Chat) -> Option<&AgentId> {
    match &chat.state {
        State::Assigned { agent } => Some(&agent.id),
        State::Waiting { offer: Some(offer), .. } => Some(&offer.agent),
        _ => None,
    }
}

/// Who answers, were it only to a visitor who is silent.
fn assigned(chat: &Chat) -> Option<&AgentId> {
    match &chat.state {
        State::Assigned { agent } | State::Idle { agent, .. } => Some(&agent.id),
        _ => None,
    }
}

/// Compares a desk with what it was.
pub fn check(
    before: &World,
    after: &World,
    action: &Action,
    router: &Router,
    effects: &[Effect],
) -> Checked {
    for agent in &after.stored.agents {
        check_agent(before, after, agent)?;
    }
    for chat in &after.stored.chats {
        check_numbers(before, chat, effects)?;
        check_place_in_line(before, after, chat)?;
        check_choice(before, after, chat, action)?;
        check_care(after, chat)?;
    }
    check_timer(after, router)
}

fn check_agent(before: &World, after: &World, agent: &Agent) -> Checked {
    let id = &agent.who.id;
    let load = after.load(id);
    if load > agent.capacity as usize && load > before.load(id) {
        return Err(format!("R2: {id} was given more than {}", agent.capacity));
    }
    if let Presence::Gone { since } = agent.presence
        && since.after(grace(after)) <= after.now
        && load > 0
    {
        return Err(format!("R7: {id} is gone and keeps {load}"));
    }
    Ok(())
}

fn grace(world: &World) -> Span {
    Span::seconds(world.stored.settings.as_ref().unwrap().grace_s.into())
}

/// R13, and that each change is told once.
fn check_numbers(before: &World, chat: &Chat, effects: &[Effect]) -> Checked {
    let name = &chat.conversation;
    let was = before.was(chat);
    let number = was.map_or(0, |was| was.generation.0);
    let told = effects.iter().filter_map(|effect| match effect {
        Effect::Tell { to, tell } if to == name => match tell {
            ToConversation::Assigned { generation, .. }
            | ToConversation::Requeued { generation } => Some(generation.0),
            ToConversation::Place { .. } | ToConversation::Helpers { .. } => None,
        },
        _ => None,
    });
    let told: Vec<u32> = told.collect();
    let wanted: Vec<u32> = (number + 1..=chat.generation.0).collect();
    if told != wanted {
        return Err(format!("R13: {name} went from {number}, and was told {told:?}"));
    }
    let moved = assigned(chat).is_some() && was.and_then(assigned) != assigned(chat);
    if moved && chat.generation.0 == number {
        return Err(format!("R13: {name} moved in its generation"));
    }
    Ok(())
}

/// R5, R7, R8: nobody moves in the line, who comes stands behind, who comes back in front.
fn check_place_in_line(before: &World, after: &World, chat: &Chat) -> Checked {
    let name = &chat.conversation;
    let rank = |chat: &Chat| match chat.state {
        State::Waiting { rank, .. } | State::Parked { rank, .. } => Some(rank),
        _ => None,
    };
    let Some(mine) = rank(chat) else { return Ok(()) };
    let was = before.was(chat);
    if let Some(rank) = was.and_then(rank) {
        return if rank == mine { Ok(()) } else { Err(format!("R8: {name} moved")) };
    }
    let others = before.stored.chats.iter().filter(|one| one.conversation != *name);
    let still = others
        .filter(|one| after.was(one).is_some_and(|now| rank(now).is_some()) && rank(one).is_some());
    let came_back = was.and_then(assigned).is_some() && chat.generation > was.unwrap().generation;
    for other in still {
        let theirs = rank(other).unwrap();
        if came_back && theirs < mine {
            return Err(format!("R7: {name} stands behind {}", other.conversation));
        }
        if !came_back && other.priority == chat.priority && theirs > mine {
            return Err(format!("R5: {name} overtook {}", other.conversation));
        }
    }
    Ok(())
}

/// R3, R4, R5: who got a visitor by rule could have them, came first, and nobody is left beside.
fn check_choice(before: &World, after: &World, chat: &Chat, action: &Action) -> Checked {
    let name = &chat.conversation;
    // Who is back after a silence was chosen before.
    let by_hand = matches!(
        action,
        Action::Take(..) | Action::Transfer(..) | Action::Answer(..) | Action::Back(_)
    );
    let given = holder(chat).filter(|id| before.was(chat).and_then(holder) != Some(id));
    if let Some(id) = given.filter(|_| !by_hand) {
        let agent = after.known(id).ok_or(format!("R3: {name} went to a stranger"))?;
        if !after.fits(agent, chat) || agent.wrap_up.is_some() {
            return Err(format!("R3: {name} went to {id}"));
        }
        let Some(mine) = before.was(chat).and_then(Chat::rank) else { return Ok(()) };
        let earlier = after.stored.chats.iter().find(|one| {
            let same = one.skills == chat.skills && one.department == chat.department;
            let passes = before.was(one).is_some_and(|was| !was.passed.is_empty());
            let free = same && !passes && holder(one).is_none();
            free && one.passed.is_empty()
                && one.rank().is_some_and(|rank| rank < mine)
                && before.was(one).is_some_and(|was| was.rank().is_some() && holder(was).is_none())
        });
        if let Some(earlier) = earlier {
            return Err(format!("R5: {name} was served before {}", earlier.conversation));
        }
    }
    if chat.rank().is_none() || chat.offer().is_some() || after.rules(chat).mode == Mode::Manual {
        return Ok(());
    }
    for agent in &after.stored.agents {
        let passed = chat.passed.contains(&agent.who.id);
        if after.fits(agent, chat)
            && after.has_room(agent, chat)
            && agent.wrap_up.is_none()
            && !passed
        {
            return Err(format!("R4: {name} waits beside {}", agent.who.id));
        }
    }
    Ok(())
}

/// R6: somebody or something cares for every open conversation. R17: offers end with what they are
/// about.
fn check_care(after: &World, chat: &Chat) -> Checked {
    let name = &chat.conversation;
    let here = |id: &AgentId| after.known(id).map(|one| one.presence);
    match &chat.state {
        State::Assigned { agent } | State::Idle { agent, .. } => match here(&agent.id) {
            None => Err(format!("R18: {name} is with somebody who is out")),
            Some(_) => Ok(()), // Online, or by R7 and R15 until the grace ends.
        },
        State::Waiting { offer: Some(offer), .. } => {
            let asked = after.known(&offer.agent).is_some_and(Agent::is_on_duty);
            let stands = offer.until > after.now;
            if asked && stands { Ok(()) } else { Err(format!("R3: {name} is offered to nobody")) }
        }
        State::Parked { .. } => {
            let bound = after.rules(chat).queue_max.map_or(usize::MAX, |bound| bound as usize);
            let line = after.stored.chats.iter().filter(|one| one.department == chat.department);
            let length = line.filter(|one| one.rank().is_some()).count();
            if length < bound { Err(format!("R6: {name} is parked for nothing")) } else { Ok(()) }
        }
        State::Waiting { rank, told, .. } => {
            let line = after.stored.chats.iter().filter(|one| one.department == chat.department);
            let ahead = line.filter(|one| one.rank().is_some_and(|other| other < *rank)).count();
            match told {
                Some(Place { position, .. }) if *position as usize == ahead + 1 => Ok(()),
                _ => Err(format!("{name} was told {told:?} and is behind {ahead}")),
            }
        }
        State::Closed { .. } => Ok(()),
    }
}

/// R15: the next timer is the earliest end of anything, and nothing has ended.
fn check_timer(after: &World, router: &Router) -> Checked {
    let mut ends: Vec<Millis> = Vec::new();
    for agent in &after.stored.agents {
        ends.extend(agent.wrap_up);
        if let Presence::Gone { since } = agent.presence
            && after.load(&agent.who.id) > 0
        {
            ends.push(since.after(grace(after)));
        }
    }
    let parked = after.stored.chats.iter().any(|one| matches!(one.state, State::Parked { .. }));
    for chat in after.stored.chats.iter().filter(|chat| chat.rank().is_some()) {
        ends.extend(chat.offer().map(|offer| offer.until));
        ends.extend(chat.again);
        ends.extend(chat.fallback_at);
    }
    let earliest = ends.iter().min().copied();
    let next = router.next_timer();
    // Who is parked is told so in a round of its own.
    let early = parked && next.is_some() && (earliest.is_none() || next < earliest);
    if next != earliest && !early {
        return Err(format!("R15: the next timer is {next:?}, and {earliest:?} is due"));
    }
    match earliest {
        Some(end) if end <= after.now => Err(format!("R6: {end:?} has passed")),
        _ => Ok(()),
    }
}
