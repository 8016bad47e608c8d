//! What admins may set, and where a visitor enters.

use super::{Chat, Router};
use crate::id::{AgentId, DepartmentId, Skill};
use crate::limits;
use crate::protocol::frames::Context;
use crate::protocol::routing::{
    Department, Hours, LanguageRule, PageRule, Profile, RoutingSettings,
};
use crate::time::{Millis, Span};

/// Where a visitor enters, and as what.
pub(super) struct Entry {
    pub(super) department: DepartmentId,
    pub(super) skills: Vec<Skill>,
    pub(super) priority: u32,
}

/// Checks settings before they are taken.
///
/// # Errors
/// Says what does not fit, for people.
#[cold]
pub fn check(settings: &RoutingSettings) -> Result<(), String> {
    let departments = &settings.departments;
    if !(1..=limits::DEPARTMENTS).contains(&departments.len()) {
        return Err(format!("There are 1 to {} departments.", limits::DEPARTMENTS));
    }
    let ids: Vec<&DepartmentId> = departments.iter().map(|one| &one.id).collect();
    if ids.iter().any(|id| ids.iter().filter(|other| *other == id).count() > 1) {
        return Err("Two departments have the same id.".into());
    }
    seconds("The grace period", settings.grace_s)?;
    seconds("A step of priority", settings.priority_worth_s)?;
    seconds("The time without activity", settings.away_after_s)?;
    if settings.misses == 0 {
        return Err("Admins are told after 1 missed offer or more.".into());
    }
    departments.iter().try_for_each(|one| department(one, &ids))?;
    if settings.pages.len() > limits::PAGE_RULES {
        return Err(format!("There are at most {} rules for pages.", limits::PAGE_RULES));
    }
    settings.pages.iter().try_for_each(|rule| page(rule, &ids))
}

#[cold]
fn department(one: &Department, ids: &[&DepartmentId]) -> Result<(), String> {
    let id = &one.id;
    if one.name.chars().count() > limits::NAME_CHARS || one.name.chars().any(char::is_control) {
        return Err(format!("The name of {id} has at most {} characters.", limits::NAME_CHARS));
    }
    if let Some(fallback) = &one.fallback
        && (!ids.contains(&fallback) || fallback == id)
    {
        return Err(format!("The fallback of {id} is not another department of this site."));
    }
    if one.offer_s == 0 {
        return Err(format!("An offer of {id} stands for at least a second."));
    }
    seconds("An offer", one.offer_s)?;
    seconds("Time for notes", one.wrap_up_s)?;
    seconds("The time before a silent visitor is asked", one.idle_s)?;
    seconds("The time before a silent visitor's chat is closed", one.idle_close_s)?;
    seconds("The time before the fallback", one.fallback_after_s.unwrap_or_default())?;
    priority(one.priority)?;
    few(&one.skills)?;
    if one.per_agent == Some(0) || one.queue_max == Some(0) {
        return Err(format!("A bound of {id} is at least 1, or absent."));
    }
    one.hours.as_ref().map_or(Ok(()), hours)
}

#[cold]
fn page(rule: &PageRule, ids: &[&DepartmentId]) -> Result<(), String> {
    if !ids.contains(&&rule.department) {
        return Err(format!("There is no department {}.", rule.department));
    }
    let length = rule.contains.chars().count();
    if !(1..=limits::PAGE_CHARS).contains(&length) {
        return Err(format!("A part of a page has 1 to {} characters.", limits::PAGE_CHARS));
    }
    few(&rule.skills)?;
    priority(rule.priority.unwrap_or_default())
}

#[cold]
fn hours(hours: &Hours) -> Result<(), String> {
    if hours.week.len() > limits::OPENINGS || hours.holidays.len() > limits::OPENINGS {
        return Err(format!("There are at most {} times and holidays.", limits::OPENINGS));
    }
    let fits = |opening: &crate::protocol::routing::Opening| {
        (1..=7).contains(&opening.day) && opening.from < opening.to && opening.to <= 1_440
    };
    if !hours.week.iter().all(fits) {
        return Err("A time is of day 1 to 7 and ends after it begins, by 24:00.".into());
    }
    if !hours.holidays.iter().all(|day| super::hours::parse_day(day).is_some()) {
        return Err("Holidays are written like 2026-12-24.".into());
    }
    Ok(())
}

/// Checks what an agent can serve.
///
/// # Errors
/// As `check`.
#[cold]
pub fn check_profile(profile: &Profile, settings: &RoutingSettings) -> Result<(), String> {
    let known = |id: &DepartmentId| settings.departments.iter().any(|one| one.id == *id);
    if let Some(id) = profile.departments.iter().find(|id| !known(id)) {
        return Err(format!("There is no department {id}."));
    }
    few(&profile.skills)?;
    let language = |text: &String| {
        (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    if profile.languages.len() > limits::SKILLS || !profile.languages.iter().all(language) {
        return Err("Languages are codes like en, at most 20.".into());
    }
    Ok(())
}

fn seconds(what: &str, value: u32) -> Result<(), String> {
    if value <= limits::DESK_TIME_S {
        return Ok(());
    }
    Err(format!("{what} is at most {} seconds.", limits::DESK_TIME_S))
}

fn priority(value: u32) -> Result<(), String> {
    if value <= limits::PRIORITY_MAX {
        return Ok(());
    }
    Err(format!("Priority is 0 to {}.", limits::PRIORITY_MAX))
}

fn few(skills: &[Skill]) -> Result<(), String> {
    if skills.len() <= limits::SKILLS {
        return Ok(());
    }
    Err(format!("At most {} skills.", limits::SKILLS))
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
    /// Says what does not fit, for people; then nothing has changed.
    #[cold]
    pub fn handle_settings(
        &mut self,
        now: Millis,
        settings: RoutingSettings,
        offset: super::Offset<'_>,
    ) -> Result<Vec<super::Effect>, String> {
        check(&settings)?;
        let zones = settings.departments.iter().filter_map(|one| Some(&one.hours.as_ref()?.zone));
        if let Some(zone) = zones.into_iter().find(|zone| offset(zone, now).is_none()) {
            return Err(format!("There is no time zone {zone}: write it like Europe/Vienna."));
        }
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
    ) -> Result<Vec<super::Effect>, String> {
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
