//! The rules of the world's sites, by chance: departments, offers, time for notes, silent visitors,
//! agents who do nothing. Runs that were found before there were such rules keep the usual ones.

use super::chance::Chance;
use super::world::World;
use super::{Checked, Violation, fault};
use edgewise::id::DepartmentId;
use edgewise::protocol::routing::*;
use edgewise::routing::Offset;
use edgewise::store::RouterStore;

/// A number that gives these their own chance: the rest of the world stays as it is.
pub const STREAM: u64 = 0x7275_6c65;

fn id(text: &str) -> DepartmentId {
    DepartmentId::parse(text).unwrap()
}

fn department(name: &str, chance: &mut Chance) -> Department {
    Department {
        id: id(name),
        mode: chance.pick(&[Mode::Automatic, Mode::Automatic, Mode::Offer, Mode::Manual]),
        policy: chance.pick(&[Policy::LeastLoaded, Policy::RoundRobin]),
        last_agent_first: chance.one_in(2),
        per_agent: chance.pick(&[None, None, Some(1), Some(2)]),
        queue_max: chance.pick(&[None, None, Some(2)]),
        offer_s: chance.pick(&[3, 20]),
        wrap_up_s: chance.pick(&[0, 0, 5, 40]),
        idle_s: chance.pick(&[0, 5, 60, 900]),
        idle_close_s: chance.pick(&[0, 5, 60, 900]),
        ..Department::default()
    }
}

fn rules(chance: &mut Chance) -> RoutingSettings {
    let mut rules = RoutingSettings {
        grace_s: chance.pick(&[0, 5, 30]),
        away_after_s: chance.pick(&[0, 0, 60]),
        departments: vec![department("one", chance)],
        ..RoutingSettings::default()
    };
    if chance.one_in(2) {
        rules.departments.push(department("two", chance));
        let (contains, department) = ("/1".into(), id("two"));
        rules.pages = vec![PageRule { contains, department, skills: Vec::new(), priority: None }];
    }
    if rules.departments.len() > 1 && chance.one_in(2) {
        rules.departments[0].fallback = Some(id("two"));
        rules.departments[0].fallback_after_s = chance.pick(&[None, Some(10)]);
    }
    rules
}

impl World {
    /// Gives most sites rules of their own, and their agents departments.
    pub fn set_rules(&mut self, chance: &mut Chance) -> Checked {
        for site in 0..self.desks.len() {
            if chance.one_in(4) {
                continue;
            }
            let rules = rules(chance);
            let two = rules.departments.len() > 1;
            let now = self.now;
            let sql = &self.desks[site].object.sql;
            let store = RouterStore::new(sql);
            let mut router = store.restore().map_err(fault)?;
            let utc: Offset<'_> = &|_, _| Some(0);
            let refused = |error: edgewise::protocol::api::ApiError| Violation(error.message);
            let mut effects = router.handle_settings(now, rules, utc).map_err(refused)?;
            for person in self.people.iter().filter(|person| person.site == site) {
                let departments = match chance.below(4) {
                    0 if two => vec![id("two")],
                    1 => vec![id("one")],
                    _ => Vec::new(),
                };
                let profile = Profile { departments, ..Profile::default() };
                let who = person.agent.clone();
                let more = router.handle_profile(now, who, person.capacity, profile);
                effects.extend(more.map_err(refused)?);
            }
            store.apply(now, &effects).map_err(fault)?;
        }
        Ok(())
    }
}
