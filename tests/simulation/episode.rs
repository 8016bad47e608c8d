//! A run: episodes of some thousand events, each a world of its own, so that a run of any length
//! stays small and a failure can be had again by itself.

use super::action::Action;
use super::chance::Chance;
use super::generate::{Mood, next};
use super::report::Report;
use super::rules::STREAM;
use super::shrink::shrink;
use super::world::World;
use super::{Checked, Violation};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub seed: u64,
    /// The first episode.
    pub from: u64,
    /// Events over all episodes, at least.
    pub events: u64,
    /// Events of one episode.
    pub length: usize,
}

/// Where a promise was broken, and the shortest way there that was found.
#[derive(Debug)]
pub struct Failure {
    pub seed: u64,
    pub episode: u64,
    pub event: usize,
    /// Events of its episode.
    pub length: usize,
    pub violation: Violation,
    pub trace: Vec<Action>,
}

/// Runs episodes until there were enough events.
pub fn run(options: Options) -> Result<Report, Box<Failure>> {
    let mut report = Report::default();
    let mut episode = options.from;
    while report.events < options.events {
        report.add(play_episode(options, episode)?);
        episode += 1;
    }
    Ok(report)
}

fn play_episode(options: Options, episode: u64) -> Result<Report, Box<Failure>> {
    let mut chance = Chance::new(options.seed, episode);
    let mut world = World::new(&mut chance);
    ruled(&mut world, options.seed, episode);
    let mood = Mood::new(&mut chance);
    let mut actions = Vec::with_capacity(options.length);
    let mut rest = mood.rest;
    while actions.len() < options.length {
        let action = if actions.len() + 1 == options.length {
            Action::Heal(0)
        } else if actions.len() >= rest {
            rest = actions.len() + mood.rest;
            Action::Heal(if chance.one_in(3) { chance.below(256) as u8 } else { 0 })
        } else {
            next(&world, &mut chance, &mood)
        };
        actions.push(action);
        if let Err(violation) = act(&mut world, &action) {
            let event = actions.len();
            let failed = |actions: &[Action]| replay(options.seed, episode, actions, true);
            let (violation, trace) = shrink(violation, actions, failed);
            let Options { seed, length, .. } = options;
            return Err(Box::new(Failure { seed, episode, event, length, violation, trace }));
        }
    }
    world.report.stored = world.talks.iter().map(|talk| u64::from(talk.ledger.last())).sum();
    Ok(world.report)
}

fn ruled(world: &mut World, seed: u64, episode: u64) {
    let set = world.set_rules(&mut Chance::new(seed ^ STREAM, episode));
    assert_eq!(set, Ok(()), "the rules of this world");
}

/// Plays a list of actions in the world of an episode, with its rules or the usual ones. The
/// violation, and after how many actions.
pub fn replay(
    seed: u64,
    episode: u64,
    actions: &[Action],
    rules: bool,
) -> Option<(usize, Violation)> {
    let mut chance = Chance::new(seed, episode);
    let mut world = World::new(&mut chance);
    if rules {
        ruled(&mut world, seed, episode);
    }
    let wrong = |(at, action)| Some((at + 1, act(&mut world, action).err()?));
    actions.iter().enumerate().find_map(wrong)
}

/// One action; a panic is a violation like any other.
fn act(world: &mut World, action: &Action) -> Checked {
    let done = catch_unwind(AssertUnwindSafe(|| world.act(action)));
    done.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(Violation(format!("panic: {}", text.unwrap_or_default())))
    })
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, episode, event, length, trace, .. } = self;
        writeln!(f, "{}", self.violation.0)?;
        writeln!(f, "  at event {event} of episode {episode} of seed {seed}")?;
        writeln!(f, "  the shortest way there that was found, {} actions:", trace.len())?;
        for (at, action) in trace.iter().enumerate() {
            writeln!(f, "  {:>4}  {action:?}", at + 1)?;
        }
        let again = format!("--seed {seed} --from {episode} --events 1 --length {length}");
        write!(f, "  again: npm run simulate -- {again}")
    }
}
