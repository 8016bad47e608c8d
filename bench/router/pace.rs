//! `npm run bench:router`: assignments a second of the rules, beside a plain queue with no rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use edgewise::id::{AgentId, ConversationId, Generation};
use edgewise::protocol::api::Role;
use edgewise::protocol::desk::DeskClientFrame;
use edgewise::protocol::event::AgentRef;
use edgewise::protocol::frames::Context;
use edgewise::protocol::peer::ToRouter;
use edgewise::protocol::session::{Holder, Session, SessionId, Stage};
use edgewise::routing::{Router, State};
use edgewise::time::Millis;
use std::collections::VecDeque;
use std::time::Instant;

const CAPACITY: u32 = 5;
const WAITING: [usize; 2] = [100, 10_000];
const AGENTS: [usize; 3] = [10, 100, 1_000];
const TURNS: usize = 2_000;

fn main() {
    println!("closings that each give the next visitor an agent, a second");
    println!("agents  waiting      rules  plain queue");
    for agents in AGENTS {
        for waiting in WAITING {
            let rules = pace(&mut Desk::new(agents, waiting));
            let plain = pace(&mut Plain::new(agents, waiting));
            println!("{agents:6}  {waiting:7}  {rules:9.0}  {plain:11.0}");
        }
    }
}

/// A desk in which everybody is busy and many wait.
trait Busy {
    /// The conversation that began first ends, and a new visitor comes.
    fn turn(&mut self);
}

fn pace(desk: &mut dyn Busy) -> f64 {
    let since = Instant::now();
    for _ in 0..TURNS {
        desk.turn();
    }
    TURNS as f64 / since.elapsed().as_secs_f64()
}

struct Desk {
    router: Router,
    now: i64,
    came: usize,
    ended: usize,
}

impl Desk {
    fn new(agents: usize, waiting: usize) -> Self {
        let mut desk = Self { router: Router::default(), now: 1, came: 0, ended: 0 };
        for number in 0..agents {
            let id = AgentId::parse(&format!("a{number}")).unwrap();
            let agent = AgentRef { id, name: String::new() };
            let (role, login) = (Role::Agent, String::new());
            let holder = Holder::Agent { agent, role, capacity: CAPACITY, login };
            let mut session = Session::new(SessionId(1), holder, Millis(0));
            session.stage = Stage::Live;
            for frame in [DeskClientFrame::Hello {}, DeskClientFrame::Accept { on: true }] {
                desk.router.handle_frame(Millis(desk.now), &session, frame);
            }
        }
        for _ in 0..agents * CAPACITY as usize + waiting {
            desk.come();
        }
        desk
    }

    fn come(&mut self) {
        self.now += 1;
        let tell = ToRouter::Waiting {
            conversation: name(self.came),
            since: Millis(self.now),
            generation: Generation(0),
            context: Context::default(),
        };
        self.came += 1;
        self.router.handle_tell(Millis(self.now), tell);
    }
}

fn name(number: usize) -> ConversationId {
    ConversationId::parse(&format!("v{number}")).unwrap()
}

impl Busy for Desk {
    fn turn(&mut self) {
        self.now += 1;
        let chat = self.router.chat(&name(self.ended)).unwrap();
        assert!(matches!(chat.state, State::Assigned { .. }), "served in order");
        let (conversation, generation) = (chat.conversation.clone(), chat.generation);
        let tell =
            ToRouter::Closed { conversation, at: Millis(self.now), generation, reply_s: None };
        self.router.handle_tell(Millis(self.now), tell);
        self.ended += 1;
        self.come();
    }
}

/// What a chat without rules does: a list of free places, a list of names.
struct Plain {
    free: VecDeque<usize>,
    busy: VecDeque<(usize, String)>,
    queue: VecDeque<String>,
    came: usize,
}

impl Plain {
    fn new(agents: usize, waiting: usize) -> Self {
        let free = (0..agents * CAPACITY as usize).map(|place| place % agents).collect();
        let mut plain = Self { free, busy: VecDeque::new(), queue: VecDeque::new(), came: 0 };
        for _ in 0..agents * CAPACITY as usize + waiting {
            plain.come();
        }
        plain
    }

    fn come(&mut self) {
        self.queue.push_back(format!("v{}", self.came));
        self.came += 1;
        while let (Some(agent), Some(_)) = (self.free.front().copied(), self.queue.front()) {
            self.free.pop_front();
            self.busy.push_back((agent, self.queue.pop_front().unwrap()));
        }
    }
}

impl Busy for Plain {
    fn turn(&mut self) {
        let (agent, _) = self.busy.pop_front().unwrap();
        self.free.push_back(agent);
        self.come();
    }
}
