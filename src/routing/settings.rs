//! What admins may set, and where a visitor enters.

use super::check::{check, check_profile};
use super::{Chat, Router};
use crate::id::{AgentId, DepartmentId, Skill};
use crate::protocol::api::{ApiError, ErrorCode};
use crate::protocol::frames::Context;
use crate::protocol::routing::{Department, LanguageRule, PageRule, Profile, RoutingSettings};
use crate::time::{Millis, Span};

/// Where a visitor enters, and as what.
pub(super) struct Entry {
    pub(super) department: DepartmentId,
    pub(super) skills: Vec<Skill>,
    pub(super) priority: u32,
}

/// Both, sorted, each once.
pub(super) fn union(mut some: Vec<Skill>, more: Vec<Skill>) -> Vec<Skill> {
    for skill in std::mem::take(&mut some).into_iter().chain(more) {
        if let Err(at) = some.binary_search(&skill) {
            some.insert(at, skill);
        }
    }
    some
}

impl Router {
    /// The rules of the site.
    pub fn settings(&self) -> &RoutingSettings {
        &self.settings
    }

    /// The rules of a department; those of the first when it is gone.
    pub(super) fn department(&self, id: &DepartmentId) -> Option<&Department> {
        let all = &self.settings.departments;
        all.iter().find(|one| one.id == *id).or_else(|| all.first())
    }

    pub(super) fn grace(&self) -> Span {
        Span::seconds(self.settings.grace_s.into())
    }

    /// How long agents may do nothing.
    pub(super) fn away_after(&self) -> Option<Span> {
        let seconds = self.settings.away_after_s;
        (seconds > 0).then(|| Span::seconds(seconds.into()))
    }

    pub(super) fn worth(&self) -> Span {
        Span::seconds(self.settings.priority_worth_s.into())
    }

    pub(super) fn requires_language(&self, id: &DepartmentId) -> bool {
        self.department(id).is_some_and(|one| one.language == LanguageRule::Required)
    }

    /// Where a visitor of this page enters.
    pub(super) fn entry_of(&self, context: &Context) -> Entry {
        let known = |id: &&DepartmentId| self.settings.departments.iter().any(|one| one.id == **id);
        let chosen = context.department.as_ref().filter(known);
        let fits = |rule: &&PageRule| {
            context.page.contains(&rule.contains)
                && chosen.is_none_or(|chosen| rule.department == *chosen)
        };
        let rule = self.settings.pages.iter().find(fits);
        let first = self.settings.departments.first().map(|one| &one.id);
        let id = chosen.or(rule.map(|rule| &rule.department)).or(first).cloned();
        let department = id.unwrap_or_else(DepartmentId::main);
        let rules = self.department(&department);
        let own = rules.map(|one| one.skills.clone()).unwrap_or_default();
        let asked = rule.map(|rule| rule.skills.clone()).unwrap_or_default();
        let skills = union(own, asked);
        let usual = rules.map(|one| one.priority).unwrap_or_default();
        let priority = rule.and_then(|rule| rule.priority).unwrap_or(usual);
        Entry { department, skills, priority }
    }

    /// Takes new rules. Who waits in a department that is gone goes on in the first.
    ///
    /// # Errors
    /// Says which field does not fit, or that others have saved meanwhile; then nothing changed.
    #[cold]
    pub fn handle_settings(
        &mut self,
        now: Millis,
        mut settings: RoutingSettings,
        offset: super::Offset<'_>,
    ) -> Result<Vec<super::Effect>, ApiError> {
        let version = self.settings.version.unwrap_or_default();
        if settings.version.is_some_and(|basis| basis != version) {
            let text = "Others have saved rules meanwhile. Load them, then change them again.";
            return Err(ApiError::new(ErrorCode::Outdated, text).at("version"));
        }
        check(&settings, &|zone| offset(zone, now).is_some())?;
        settings.version = Some(version.saturating_add(1));
        let mut effects = vec![super::Effect::SaveSettings(Box::new(settings.clone()))];
        let counts_anew = settings.away_after_s != self.settings.away_after_s;
        self.settings = settings;
        self.queues.iter_mut().for_each(|queue| queue.shift = None);
        let known: Vec<DepartmentId> =
            self.settings.departments.iter().map(|one| one.id.clone()).collect();
        let first = self.settings.departments.first().map(|one| one.id.clone());
        let lost = |chat: &&Chat| !known.contains(&chat.department);
        let stray: Vec<Chat> = self.chats.values().filter(lost).cloned().collect();
        self.rebuild_index();
        for id in self.online().filter(|_| counts_anew).collect::<Vec<_>>() {
            self.note_active(now, &id);
        }
        for mut chat in stray {
            chat.department = first.clone().unwrap_or_else(DepartmentId::main);
            self.put_chat(chat);
        }
        let unknown = |id: &DepartmentId| !known.contains(id);
        let strayed = |agent: &&super::Agent| agent.profile.departments.iter().any(unknown);
        let strayed: Vec<_> = self.agents.values().filter(strayed).cloned().collect();
        for mut agent in strayed {
            agent.profile.departments.retain(|id| known.contains(id));
            self.put_agent(agent);
        }
        self.shown = self.department_refs();
        effects.extend(self.handle_clock(now, offset));
        self.settle(now, &mut effects);
        let frame = self.departments_frame();
        effects.push(super::Effect::Send { to: super::To::Consoles, frame });
        Ok(effects)
    }

    /// Takes what an agent can serve, and how much at once.
    ///
    /// # Errors
    /// As `handle_settings`.
    #[cold]
    pub fn handle_profile(
        &mut self,
        now: Millis,
        who: crate::protocol::event::AgentRef,
        capacity: u32,
        profile: Profile,
    ) -> Result<Vec<super::Effect>, ApiError> {
        check_profile(&profile, &self.settings)?;
        let known = self.agent_copy(&who.id);
        let mut agent = known.unwrap_or_else(|| super::Agent::new(who, capacity, now));
        agent.capacity = capacity;
        agent.profile = profile;
        self.put_agent(agent);
        let mut effects = Vec::new();
        self.settle(now, &mut effects);
        Ok(effects)
    }

    /// An agent is no longer of the team, or may not serve: the conversations go back at once.
    #[cold]
    pub fn handle_removed(&mut self, now: Millis, id: &AgentId) -> Vec<super::Effect> {
        let mut effects = Vec::new();
        let Some(mut agent) = self.agent_copy(id) else { return effects };
        agent.accepting = false;
        agent.presence = super::Presence::Gone { since: now };
        self.put_agent(agent);
        self.withdraw_offers(now, id, crate::protocol::routing::Because::AgentGone);
        self.leave_all(id, &mut effects);
        let mut all = self.index.held_by(id);
        let silent = self.index.of(super::index::Table::Idle, id.as_str());
        all.extend(silent.filter_map(super::index::Key::conversation));
        self.give_back_these(now, all, &mut effects);
        self.settle(now, &mut effects);
        if let Some(agent) = self.agents.remove(id) {
            self.index.remove_agent(&agent);
            effects.push(super::Effect::DropAgent(id.clone()));
        }
        effects
    }
}
