//! Every state that a small desk can reach, breadth first: three agents, four visitors, and a crash
//! after every single turn, for each turn begins from what is stored. What must hold is said once
//! more in `oracle`, without the code that makes it hold.

mod action;
mod oracle;

use action::{Action, World};
use edgewise::protocol::routing::RoutingSettings;
use std::collections::{HashMap, VecDeque};

/// A kind of desk to explore.
pub struct Desk {
    pub name: &'static str,
    pub settings: RoutingSettings,
    /// Skills and departments of the three agents.
    pub profiles: [edgewise::protocol::routing::Profile; 3],
}

/// What was seen.
#[derive(Debug, Default)]
pub struct Seen {
    pub states: usize,
    pub turns: usize,
    pub deepest: usize,
    /// Whether every reachable state was visited.
    pub whole: bool,
}

/// Explores up to so many states, from an empty desk or a busy one.
///
/// # Errors
/// What does not hold, and the shortest way there.
pub fn explore(desk: &Desk, busy: bool, limit: usize) -> Result<Seen, String> {
    let mut first = World::new(desk);
    for action in Action::opening().into_iter().filter(|_| busy) {
        first = first.take(&action)?;
    }
    let mut seen = Seen { states: 1, whole: true, ..Seen::default() };
    let mut known: HashMap<String, usize> = HashMap::from([(first.shape(), 0)]);
    // How each state was reached: from which, by what, in how many steps.
    let mut ways: Vec<(usize, Option<Action>, usize)> = vec![(0, None, 0)];
    let mut open = VecDeque::from([(0, first)]);
    while let Some((at, world)) = open.pop_front() {
        for action in world.actions() {
            seen.turns += 1;
            let depth = ways[at].2 + 1;
            let after = world
                .take(&action)
                .map_err(|what| format!("{}: {what}\n{}", desk.name, way(&ways, at, &action)))?;
            let shape = after.shape();
            if known.contains_key(&shape) {
                continue;
            }
            if seen.states >= limit {
                seen.whole = false;
                continue;
            }
            known.insert(shape, ways.len());
            seen.states += 1;
            seen.deepest = seen.deepest.max(depth);
            open.push_back((ways.len(), after));
            ways.push((at, Some(action), depth));
        }
    }
    Ok(seen)
}

fn way(ways: &[(usize, Option<Action>, usize)], at: usize, last: &Action) -> String {
    let mut steps = vec![format!("{last:?}")];
    let mut at = at;
    while let (from, Some(action), _) = &ways[at] {
        steps.push(format!("{action:?}"));
        at = *from;
    }
    steps.reverse();
    steps.join("\n")
}

/// The desks that are explored.
pub fn desks() -> Vec<Desk> {
    use edgewise::id::{DepartmentId, Skill};
    use edgewise::protocol::routing::{Department, Mode, PageRule, Policy, Profile};
    let id = |text: &str| DepartmentId::parse(text).unwrap();
    let one = |rules: Department| RoutingSettings {
        departments: vec![rules],
        ..RoutingSettings::default()
    };
    let anybody = || [Profile::default(), Profile::default(), Profile::default()];
    let in_one = |name: &str| Profile { departments: vec![id(name)], ..Profile::default() };
    let tax = Skill::parse("tax").unwrap();
    let knows = Profile { skills: vec![tax.clone()], ..in_one("sales") };
    let page = |number: &str, department: &str, skills: Vec<Skill>, priority| PageRule {
        contains: format!("/{number}"),
        department: id(department),
        skills,
        priority,
    };
    let two = RoutingSettings {
        departments: vec![
            Department {
                id: id("sales"),
                fallback: Some(id("support")),
                fallback_after_s: Some(45),
                queue_max: Some(2),
                ..Department::default()
            },
            Department { id: id("support"), per_agent: Some(1), ..Department::default() },
        ],
        pages: vec![
            page("1", "sales", vec![tax], None),
            page("2", "sales", vec![], Some(2)),
            page("3", "support", vec![], None),
        ],
        ..RoutingSettings::default()
    };
    let offers = Department { mode: Mode::Offer, wrap_up_s: 25, ..Department::default() };
    let turns = Department { policy: Policy::RoundRobin, wrap_up_s: 10, ..Department::default() };
    let manual = Department { mode: Mode::Manual, ..Department::default() };
    vec![
        Desk { name: "automatic", settings: one(Department::default()), profiles: anybody() },
        Desk { name: "offers", settings: one(offers), profiles: anybody() },
        Desk { name: "in turn", settings: one(turns), profiles: anybody() },
        Desk { name: "manual", settings: one(manual), profiles: anybody() },
        Desk {
            name: "two departments",
            settings: two,
            profiles: [knows, in_one("support"), Profile::default()],
        },
    ]
}
