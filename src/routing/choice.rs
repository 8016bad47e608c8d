//! Who may have a visitor, and who of those gets them. Every choice says why, and why not others.

use super::index::{Key, Table};
use super::{Agent, Chat, Presence, Router};
use crate::id::{AgentId, ConversationId, DepartmentId};
use crate::limits;
use crate::protocol::routing::{Because, Department, LanguageRule, Other, Policy, WhyNot};

/// An agent for a visitor.
pub(super) struct Choice {
    pub(super) agent: AgentId,
    pub(super) because: Because,
    pub(super) others: Vec<Other>,
}

impl Router {
    /// Whether an agent may be given this visitor now.
    ///
    /// # Errors
    /// Why not.
    pub fn check_eligible(&self, agent: &Agent, chat: &Chat) -> Result<(), WhyNot> {
        let id = &agent.who.id;
        let Some(rules) = self.department(&chat.department) else { return Ok(()) };
        if agent.presence != Presence::Online {
            return Err(WhyNot::Offline);
        }
        if !agent.accepting {
            return Err(WhyNot::Away);
        }
        let departments = &agent.profile.departments;
        if !departments.is_empty() && !departments.contains(&chat.department) {
            return Err(WhyNot::OtherDepartment);
        }
        if chat.skills.iter().any(|skill| !agent.profile.skills.contains(skill)) {
            return Err(WhyNot::LacksSkill);
        }
        if rules.language == LanguageRule::Required && !speaks(agent, chat) {
            return Err(WhyNot::OtherLanguage);
        }
        if chat.passed.contains(id) {
            return Err(WhyNot::Declined);
        }
        if self.index.load(id) >= agent.capacity {
            return Err(WhyNot::Full);
        }
        if agent.wrap_up.is_some() {
            return Err(WhyNot::WrapUp);
        }
        let bound = rules.per_agent.unwrap_or(u32::MAX);
        if bound < u32::MAX && self.load_in(id, &chat.department) >= bound {
            return Err(WhyNot::DepartmentFull);
        }
        Ok(())
    }

    /// The agent for this visitor, when anybody is eligible.
    pub(super) fn choose(&self, chat: &Chat) -> Option<Choice> {
        let rules = self.department(&chat.department)?;
        let last = chat.last.as_ref().filter(|_| rules.last_agent_first);
        let named = [(last, Because::LastAgent), (chat.context.agent.as_ref(), Because::Named)];
        for (id, because) in named {
            let known = id.and_then(|id| self.agents.get(id));
            if let Some(one) = known.filter(|one| self.check_eligible(one, chat).is_ok()) {
                let agent = one.who.id.clone();
                let others = self.others(chat, &agent, because);
                return Some(Choice { agent, because, others });
            }
        }
        let fits = |agent: &&Agent| self.check_eligible(agent, chat).is_ok();
        let prefers = rules.language == LanguageRule::Preferred;
        let mut candidates = self.in_order(rules).filter(fits);
        let first = candidates.next()?;
        let speaker = match prefers && !speaks(first, chat) {
            true => candidates.find(|agent| speaks(agent, chat)),
            false => None,
        };
        let chosen = speaker.unwrap_or(first);
        let rival = self.in_order(rules).filter(fits).find(|one| one.who.id != chosen.who.id);
        let because = match rival {
            _ if speaker.is_some() => Because::Language,
            None => Because::OnlyOne,
            Some(_) if rules.policy == Policy::RoundRobin => Because::Turn,
            Some(rival) if self.relative(rival) > self.relative(chosen) => Because::LeastLoaded,
            Some(_) => Because::LongestIdle,
        };
        let agent = chosen.who.id.clone();
        let others = self.others(chat, &agent, because);
        Some(Choice { agent, because, others })
    }

    /// Free agents in the order of the department's policy.
    fn in_order<'a>(&'a self, rules: &Department) -> impl Iterator<Item = &'a Agent> + use<'a> {
        let agents = &self.agents;
        let table = match rules.policy {
            Policy::LeastLoaded => Table::Load,
            Policy::RoundRobin => Table::Turn,
        };
        self.index.of(table, "").filter_map(|key| agents.get(&key.agent()?))
    }

    pub(super) fn load_in(&self, id: &AgentId, department: &DepartmentId) -> u32 {
        let held = self.index.of(Table::Held, id.as_str()).filter_map(Key::conversation);
        let here = |id: &ConversationId| {
            self.chats.get(id).is_some_and(|chat| chat.department == *department)
        };
        u32::try_from(held.filter(here).count()).unwrap_or(u32::MAX)
    }

    fn relative(&self, agent: &Agent) -> i64 {
        agent.relative_load(self.index.load(&agent.who.id))
    }

    /// Who else was looked at: first those who only lost, then those who could not.
    fn others(&self, chat: &Chat, chosen: &AgentId, because: Because) -> Vec<Other> {
        let (Some(rules), Some(winner)) =
            (self.department(&chat.department), self.agents.get(chosen))
        else {
            return Vec::new();
        };
        let other = |agent: &Agent, why| Other { agent: agent.who.id.clone(), why };
        let lost = self
            .in_order(rules)
            .take(limits::OTHERS_LOOKED_AT)
            .filter(|one| one.who.id != *chosen && self.check_eligible(one, chat).is_ok())
            .map(|one| other(one, self.why_lost(winner, one, because)));
        let online = self.index.of(Table::Online, "");
        let online = online.filter_map(|key| self.agents.get(&key.agent()?));
        let could_not = online
            .take(limits::OTHERS_LOOKED_AT)
            .filter_map(|one| Some(other(one, self.check_eligible(one, chat).err()?)))
            .filter(|one| one.agent != *chosen);
        lost.chain(could_not).take(limits::OTHERS_NAMED).collect()
    }

    fn why_lost(&self, winner: &Agent, loser: &Agent, because: Because) -> WhyNot {
        match because {
            Because::LastAgent | Because::Named => WhyNot::NotAskedFor,
            Because::Language => WhyNot::OtherLanguage,
            Because::Turn if loser.given > winner.given => WhyNot::LaterInTurn,
            Because::Turn => WhyNot::HigherId,
            _ if self.relative(loser) > self.relative(winner) => WhyNot::MoreLoaded,
            _ if loser.idle_since > winner.idle_since => WhyNot::LessIdle,
            // Another language, or a higher id.
            _ if loser.who.id < winner.who.id => WhyNot::OtherLanguage,
            _ => WhyNot::HigherId,
        }
    }
}

/// Whether the agent speaks the visitor's language; who names none speaks any.
fn speaks(agent: &Agent, chat: &Chat) -> bool {
    let languages = &agent.profile.languages;
    languages.is_empty() || languages.contains(&chat.language())
}
