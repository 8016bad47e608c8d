//! Plays a day with the real rules, and says what came of it.

use crate::day::{Chance, Day};
use edgewise::id::{AgentId, ConversationId, Generation};
use edgewise::protocol::api::Role;
use edgewise::protocol::desk::DeskClientFrame;
use edgewise::protocol::event::AgentRef;
use edgewise::protocol::frames::Context;
use edgewise::protocol::peer::{ToConversation, ToRouter};
use edgewise::protocol::routing::{Made, RoutingSettings};
use edgewise::protocol::session::{Holder, Session, SessionId, Stage};
use edgewise::routing::{Effect, Router};
use edgewise::time::{Millis, Span};
use std::collections::{BTreeMap, BTreeSet};

/// How the day is played.
pub struct Plan {
    pub settings: RoutingSettings,
    pub capacity: u32,
    /// Of a hundred offers, so many are let pass.
    pub misses: u32,
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How long each who was served had waited, sorted; milliseconds.
    pub waits: Vec<i64>,
    pub unserved: usize,
    pub missed: usize,
    /// Conversations of each agent, and the most at once.
    pub agents: BTreeMap<AgentId, (usize, u32)>,
    /// The queue over the day.
    pub queue: Vec<(Millis, usize)>,
    /// What the router took in and told in each second in which it did anything.
    pub work: BTreeMap<i64, Work>,
}

/// The work of a router.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    /// Frames, tells and rings of the alarm.
    pub turns: usize,
    /// Tells to conversations.
    pub tells: usize,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Duty(usize, bool),
    Visit(usize),
    Ends(ConversationId, Generation),
    Answer(AgentId, ConversationId),
}

struct Play<'a> {
    day: &'a Day,
    plan: &'a Plan,
    router: Router,
    agenda: BTreeSet<(Millis, Event)>,
    present: BTreeSet<AgentId>,
    takes: BTreeMap<ConversationId, i64>,
    chance: Chance,
    waiting: BTreeMap<ConversationId, Millis>,
    outcome: Outcome,
}

impl Outcome {
    /// The most turns in this many seconds, and the most tells.
    pub fn busiest(&self, seconds: i64) -> Work {
        let mut most = Work::default();
        for begin in self.work.keys() {
            let span = self.work.range(begin..&(begin + seconds)).map(|(_, work)| work);
            let (turns, tells) = span.fold((0, 0), |(a, b), one| (a + one.turns, b + one.tells));
            most = Work { turns: most.turns.max(turns), tells: most.tells.max(tells) };
        }
        most
    }

    /// The wait that this share of those served did not exceed.
    pub fn wait(&self, share: f64) -> i64 {
        let last = self.waits.len().saturating_sub(1);
        self.waits.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
    }
}

/// Plays the day until nothing is left to happen.
///
/// # Errors
/// What does not fit in the settings.
pub fn play(day: &Day, plan: &Plan) -> Result<Outcome, String> {
    let mut router = Router::default();
    let taken = router.handle_settings(Millis(0), plan.settings.clone(), &|_, _| Some(0));
    taken.map_err(|refusal| refusal.message)?;
    let mut agenda = BTreeSet::new();
    for (at, duty) in day.duties.iter().enumerate() {
        agenda.insert((duty.from, Event::Duty(at, true)));
        agenda.insert((duty.to, Event::Duty(at, false)));
    }
    for (at, visit) in day.visits.iter().enumerate() {
        agenda.insert((visit.at, Event::Visit(at)));
    }
    let takes = day.visits.iter().map(|one| (one.conversation.clone(), one.takes)).collect();
    let mut play = Play {
        day,
        plan,
        router,
        agenda,
        present: BTreeSet::new(),
        takes,
        chance: Chance::new(plan.seed),
        waiting: BTreeMap::new(),
        outcome: Outcome::default(),
    };
    while play.step() {}
    play.outcome.waits.sort_unstable();
    play.outcome.unserved = play.waiting.len();
    Ok(play.outcome)
}

impl Play<'_> {
    fn step(&mut self) -> bool {
        let timer = self.router.next_timer();
        let next = self.agenda.first().map(|(at, _)| *at);
        let (now, effects) = match (next, timer) {
            (None, _) => return false, // What is left are rounds of places and lost agents.
            (Some(at), Some(due)) if due < at => {
                (due, self.router.handle_wake(due, &self.present, &|_, _| Some(0)))
            }
            (Some(at), _) => {
                let Some((_, event)) = self.agenda.pop_first() else { return false };
                (at, self.act(at, event))
            }
        };
        self.learn(now, &effects);
        true
    }

    fn act(&mut self, now: Millis, event: Event) -> Vec<Effect> {
        match event {
            Event::Duty(at, true) => {
                let id = self.day.duties[at].agent.clone();
                self.present.insert(id.clone());
                let mut effects = self.frame(now, &id, DeskClientFrame::Hello {});
                effects.extend(self.frame(now, &id, DeskClientFrame::Accept { on: true }));
                effects
            }
            Event::Duty(at, false) => {
                let id = self.day.duties[at].agent.clone();
                self.frame(now, &id, DeskClientFrame::Accept { on: false })
            }
            Event::Visit(at) => {
                let conversation = self.day.visits[at].conversation.clone();
                self.waiting.insert(conversation.clone(), now);
                let (generation, context) = (Generation(0), Context::default());
                let tell = ToRouter::Waiting { conversation, since: now, generation, context };
                self.router.handle_tell(now, tell)
            }
            Event::Ends(conversation, generation) => {
                let tell = ToRouter::Closed { conversation, at: now, generation, reply_s: None };
                self.router.handle_tell(now, tell)
            }
            Event::Answer(by, conversation) => {
                self.frame(now, &by, DeskClientFrame::Answer { conversation, yes: true })
            }
        }
    }

    fn frame(&mut self, now: Millis, id: &AgentId, frame: DeskClientFrame) -> Vec<Effect> {
        let agent = AgentRef { id: id.clone(), name: String::new() };
        let (role, capacity) = (Role::Agent, self.plan.capacity);
        let holder = Holder::Agent { agent, role, capacity, login: String::new() };
        let mut session = Session::new(SessionId(1), holder, now);
        session.stage = Stage::Live;
        self.router.handle_frame(now, &session, frame)
    }

    /// What follows from what was decided.
    fn learn(&mut self, now: Millis, effects: &[Effect]) {
        let tells = effects.iter().filter(|effect| matches!(effect, Effect::Tell { .. })).count();
        let work = self.outcome.work.entry(now.0 / 1_000).or_default();
        (work.turns, work.tells) = (work.turns + 1, work.tells + tells);
        for effect in effects {
            match effect {
                Effect::Tell { to, tell: ToConversation::Assigned { agent, generation, .. } } => {
                    if let Some(since) = self.waiting.remove(to) {
                        self.outcome.waits.push(now.since(since).0);
                    }
                    let load = self.router.load(&agent.id);
                    let entry = self.outcome.agents.entry(agent.id.clone()).or_default();
                    (entry.0, entry.1) = (entry.0 + 1, entry.1.max(load));
                    let ends = now.after(Span(self.takes.get(to).copied().unwrap_or(1_000)));
                    self.agenda.insert((ends, Event::Ends(to.clone(), *generation)));
                }
                Effect::SaveDecision(one) if one.made == Made::Offered => {
                    let missed = self.chance.share() * 100.0 < f64::from(self.plan.misses);
                    if let Some(agent) = one.agent.clone().filter(|_| !missed) {
                        let answer = Event::Answer(agent, one.conversation.clone());
                        self.agenda.insert((now.after(Span(4_000)), answer));
                    }
                }
                Effect::SaveDecision(one) if one.made == Made::Missed => {
                    self.outcome.missed += 1;
                    // Who was away for a moment switches on again.
                    let on_duty =
                        self.day.duties.iter().position(|duty| {
                            one.agent.as_ref() == Some(&duty.agent) && now < duty.to
                        });
                    if let Some(at) = on_duty {
                        let back = now.after(Span::seconds(120));
                        self.agenda.insert((back, Event::Duty(at, true)));
                    }
                }
                _ => {}
            }
        }
        self.outcome.queue.push((now, self.waiting.len()));
    }
}
